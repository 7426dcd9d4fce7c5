//! Measures Fairlead: `cargo xtask bench` gives it a throw-away PostgreSQL and the built binary.

mod baseline;
mod core;
mod durable;
mod measure;
mod shop;

use measure::Measures;
use shop::Problem;
use sqlx::{Connection, Executor, PgConnection};
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
bench [--json FILE] [--postgres URL] [--fairlead PATH] [--only PART]… [--quick]

PART is one of: core, sqlite, postgres, baseline, nodes, http, start. All when none is named.
The URL is a PostgreSQL superuser's; FAIRLEAD_TEST_POSTGRES when absent.";

/// What was asked for.
#[derive(Debug, Default)]
struct Options {
    json: Option<PathBuf>,
    postgres: Option<String>,
    fairlead: Option<PathBuf>,
    only: Vec<String>,
    quick: bool,
}

impl Options {
    fn read(args: impl Iterator<Item = String>) -> Result<Option<Self>, Problem> {
        let mut options =
            Options { postgres: std::env::var("FAIRLEAD_TEST_POSTGRES").ok(), ..Self::default() };
        let mut args = args;
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--json" => options.json = Some(value()?.into()),
                "--postgres" => options.postgres = Some(value()?),
                "--fairlead" => options.fairlead = Some(value()?.into()),
                "--only" => options.only.push(value()?),
                "--quick" => options.quick = true,
                "--help" | "-h" => return Ok(None),
                other => return Err(format!("no flag {other}\n\n{HELP}").into()),
            }
        }
        Ok(Some(options))
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    fn secs(&self) -> u64 {
        if self.quick { 2 } else { 8 }
    }
}

fn main() -> ExitCode {
    let done = Options::read(std::env::args().skip(1)).and_then(|options| match options {
        Some(options) => run(&options),
        None => {
            println!("{HELP}");
            Ok(())
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Problem> {
    let mut measures = Measures::default();
    if options.wants("core") {
        core::measure(&mut measures, options.quick);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(databases(options, &mut measures))?;
    if let Some(json) = &options.json {
        measures.write(json)?;
    }
    Ok(())
}

async fn databases(options: &Options, measures: &mut Measures) -> Result<(), Problem> {
    let secs = options.secs();
    if options.wants("sqlite") {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("bench.db").display());
        durable::one_node(measures, "sqlite", &url, secs).await?;
    }
    let parts = ["postgres", "baseline", "nodes"];
    if !parts.iter().any(|part| options.wants(part)) {
        return Ok(());
    }
    let admin =
        options.postgres.as_deref().ok_or("say --postgres URL, or FAIRLEAD_TEST_POSTGRES")?;
    if options.wants("baseline") {
        baseline::measure(measures, &database(admin, "bench_baseline").await?, secs).await?;
    }
    if options.wants("postgres") {
        durable::one_node(measures, "postgres", &database(admin, "bench").await?, secs).await?;
    }
    if options.wants("baseline") && options.wants("postgres") {
        baseline::compare(measures);
    }
    if options.wants("nodes") {
        durable::nodes(measures, &database(admin, "bench_nodes").await?, secs).await?;
    }
    Ok(())
}

/// Makes an empty database and gives its URL.
async fn database(admin: &str, name: &'static str) -> Result<String, Problem> {
    let mut connection = PgConnection::connect(admin).await?;
    for statement in ["DROP DATABASE IF EXISTS ", "CREATE DATABASE "] {
        connection.execute(sqlx::AssertSqlSafe(format!("{statement}{name}"))).await?;
    }
    let (server, _) = admin.rsplit_once('/').ok_or("the URL names no database")?;
    Ok(format!("{server}/{name}"))
}
