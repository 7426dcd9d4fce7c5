//! `fairlead export`: what happened, as a file for a spreadsheet.

use crate::api::Api;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use crate::when::period;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The history of assignments: item, source, agent, their count before and after, method, when
    /// and why.
    Assignments(Assignments),
    /// What agents recorded: by agent, by result, or over time.
    Report(Report),
    /// Service levels in all their variants, waits and handling times: by queue, source or agent, or
    /// over time.
    Service(Service),
}

#[derive(Args)]
struct Assignments {
    /// Where to: an Excel workbook when it ends in .xlsx, else CSV; standard output when absent.
    file: Option<PathBuf>,
    /// Only of this source, by name, key or number.
    #[arg(long)]
    source: Option<String>,
    /// Only of this agent, by name or number.
    #[arg(long)]
    agent: Option<String>,
    /// Made from then on: a day such as 2026-01-31 in the workspace's zone, or an RFC 3339 time.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Made until then; a day counts to its end.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

#[derive(Args)]
struct Report {
    /// Where to: an Excel workbook when it ends in .xlsx, else CSV; standard output when absent.
    file: Option<PathBuf>,
    /// Which table.
    #[arg(long, value_enum, default_value = "agents")]
    table: Table,
    /// Only of this queue, by name or number.
    #[arg(long)]
    queue: Option<String>,
    /// Recorded from then on: a day such as 2026-01-31 in the workspace's zone, or an RFC 3339 time;
    /// since today began when absent.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Recorded until then; a day counts to its end.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

#[derive(Args)]
struct Service {
    /// Where to: an Excel workbook when it ends in .xlsx, else CSV; standard output when absent.
    file: Option<PathBuf>,
    /// Which table.
    #[arg(long, value_parser = ["queues", "sources", "agents", "time"], default_value = "queues")]
    table: String,
    /// Only of this queue, by name or number.
    #[arg(long)]
    queue: Option<String>,
    /// Waits that ended from then on: a day such as 2026-01-31 in the workspace's zone, or an RFC 3339
    /// time; since today began when absent.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until then; a day counts to its end.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// How time is divided; into a hundred parts at most when absent.
    #[arg(long, value_parser = ["quarter", "hour", "day", "week", "month"])]
    interval: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Table {
    /// Results, won, contacted and results per hour of each agent.
    Agents,
    /// How often each result was recorded.
    Results,
    /// Results over time.
    Activity,
}

pub fn run(options: &Options, args: Export) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    match args.what {
        What::Assignments(args) => assignments(&engine.api, options, &args)?,
        What::Report(args) => report(&engine.api, options, &args)?,
        What::Service(args) => service(&engine.api, options, &args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn assignments(api: &Api, options: &Options, args: &Assignments) -> Result<()> {
    let wanted = wanted(api, args)?;
    if options.json {
        let rows = Value::Array(api.list(&format!("/assignments?{wanted}"))?);
        let text = serde_json::to_string_pretty(&rows)? + "\n";
        return write(args.file.as_deref(), |out| Ok(out.write_all(text.as_bytes())?));
    }
    let path = format!("/assignments/export?format={}&{wanted}", format_of(args.file.as_deref()));
    write(args.file.as_deref(), |out| api.download(&path, out))
}

fn report(api: &Api, options: &Options, args: &Report) -> Result<()> {
    let mut query = period(api, args.from.as_deref(), args.to.as_deref())?;
    if let Some(queue) = &args.queue {
        query.push(format!("queue={}", number_of(api, "/queues", "queue", queue)?));
    }
    let table = match args.table {
        Table::Agents => "agents",
        Table::Results => "results",
        Table::Activity => "activity",
    };
    table_of(api, options, "/reports/desk", (table, args.file.as_deref()), query)
}

fn service(api: &Api, options: &Options, args: &Service) -> Result<()> {
    let mut query = period(api, args.from.as_deref(), args.to.as_deref())?;
    if let Some(queue) = &args.queue {
        query.push(format!("queue={}", number_of(api, "/queues", "queue", queue)?));
    }
    if let Some(interval) = &args.interval {
        query.push(format!("interval={interval}"));
    }
    table_of(api, options, "/reports/service", (&args.table, args.file.as_deref()), query)
}

/// A report's table as a file, or the whole report as JSON.
fn table_of(
    api: &Api,
    options: &Options,
    report: &str,
    (table, file): (&str, Option<&Path>),
    mut query: Vec<String>,
) -> Result<()> {
    if options.json {
        let report: Value = api.get(&format!("{report}?{}", query.join("&")))?;
        let text = serde_json::to_string_pretty(&report)? + "\n";
        return write(file, |out| Ok(out.write_all(text.as_bytes())?));
    }
    query.push(format!("table={table}"));
    query.push(format!("format={}", format_of(file)));
    let path = format!("{report}/export?{}", query.join("&"));
    write(file, |out| api.download(&path, out))
}

/// By the file's name.
fn format_of(file: Option<&Path>) -> &'static str {
    match file.and_then(Path::extension).is_some_and(|e| e == "xlsx") {
        true => "xlsx",
        false => "csv",
    }
}

/// The query string of what was asked for.
fn wanted(api: &Api, args: &Assignments) -> Result<String> {
    let mut query = Vec::new();
    if let Some(source) = &args.source {
        query.push(format!("source={}", number_of(api, "/sources", "source", source)?));
    }
    if let Some(agent) = &args.agent {
        query.push(format!("agent={}", number_of(api, "/agents", "agent", agent)?));
    }
    query.extend(period(api, args.from.as_deref(), args.to.as_deref())?);
    Ok(query.join("&"))
}

/// The number of what has this name, key or number.
fn number_of(api: &Api, list: &str, what: &str, text: &str) -> Result<u64> {
    let all = api.list(list)?;
    let number: Option<u64> = text.parse().ok();
    let is = |object: &&Value| {
        let named = |field: &str| {
            object[field].as_str().is_some_and(|name| name.eq_ignore_ascii_case(text))
        };
        named("name") || named("key") || (number.is_some() && object["id"].as_u64() == number)
    };
    let found: Vec<&Value> = all.iter().filter(is).collect();
    match found[..] {
        [one] => one["id"].as_u64().with_context(|| format!("the {what} has no number")),
        [] => bail!("there is no {what} “{text}”"),
        _ => {
            let ids: Vec<String> = found.iter().map(|object| object["id"].to_string()).collect();
            bail!("several have the name “{text}”: give the {what}'s number, {}", ids.join(" or "))
        }
    }
}

/// Into the file, or to standard output.
fn write(file: Option<&Path>, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    match file {
        Some(path) => crate::file::write(path, fill),
        None => print::stream(fill),
    }
}
