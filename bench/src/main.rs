//! Measures Fairlead: `cargo xtask bench` gives it a throw-away PostgreSQL and the built binary.

mod baseline;
mod core;
mod databases;
mod durable;
mod http;
mod idle;
mod load;
mod options;
mod phases;
mod product;
mod report;
mod shop;
mod window;
mod wire;

use options::{HELP, Options};
use report::Report;
use std::process::ExitCode;

/// Anything that stops a benchmark.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The product's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match asked() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Result<bool, Problem> {
    let mut args = std::env::args().skip(1).peekable();
    if args.next_if(|first| first == load::ARGUMENT).is_some() {
        load::main(&args.next().unwrap_or_default())?;
        return Ok(true);
    }
    match Options::read(args)? {
        Some(options) => run(&options),
        None => {
            println!("{HELP}");
            Ok(true)
        }
    }
}

/// Measures what is wanted; whether every judged figure meets its goal.
fn run(options: &Options) -> Result<bool, Problem> {
    let mut report = Report::default();
    if options.wants("core") {
        core::measure(&mut report, options.quick);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(parts(options, &mut report))?;
    if let Some(json) = &options.json {
        report.write(json)?;
    }
    // A few seconds tell whether it runs, not how fast.
    Ok(options.quick || report.judge())
}

async fn parts(options: &Options, report: &mut Report) -> Result<(), Problem> {
    if options.wants("durable") {
        databases::sqlite(options, report).await?;
    }
    let on_postgres = ["durable", "baseline", "cluster", "http"];
    if !options.quick && on_postgres.iter().any(|part| options.wants(part)) {
        databases::lengthen_log(options).await?;
    }
    if options.wants("durable") || options.wants("baseline") {
        databases::postgres(options, report).await?;
    }
    if options.wants("cluster") {
        databases::cluster(options, report).await?;
    }
    if options.wants("http") {
        http::measure(options, report).await?;
    }
    if options.wants("idle") {
        idle::measure(options, report).await?;
    }
    Ok(())
}
