//! Measures Fairlead: `cargo xtask bench` gives it a throw-away PostgreSQL and the built binary.

mod baseline;
mod core;
mod databases;
mod durable;
mod options;
mod report;
mod shop;
mod window;

use options::{HELP, Options};
use report::Report;
use std::process::ExitCode;

/// Anything that stops a benchmark.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let done = Options::read(std::env::args().skip(1)).and_then(|options| match options {
        Some(options) => run(&options),
        None => {
            println!("{HELP}");
            Ok(true)
        }
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
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
    if options.wants("durable") || options.wants("baseline") {
        databases::postgres(options, report).await?;
    }
    if options.wants("cluster") {
        databases::cluster(options, report).await?;
    }
    Ok(())
}
