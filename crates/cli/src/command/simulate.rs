//! `fairlead simulate`: random workspaces through the core, every invariant checked; or with `--from` a
//! recorded period once more (`what_if.rs`).

use crate::command::what_if::{self, WhatIf};
use crate::options::Options;
use crate::print;
use anyhow::{Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use scenario::simulation;
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub struct Simulate {
    /// How many workspaces.
    #[arg(long, default_value_t = 1_000)]
    runs: u64,
    /// How many commands each.
    #[arg(long, default_value_t = 200)]
    commands: usize,
    /// The first seed; the same seed gives the same run on every machine.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    what_if: WhatIf,
}

pub fn run(options: &Options, args: Simulate) -> Result<ExitCode> {
    if let Some(from) = args.what_if.from.as_deref() {
        return what_if::run(options, from, &args.what_if);
    }
    let bar = ProgressBar::new(args.runs);
    let report = simulation::simulate(args.seed, args.runs, args.commands, |done| {
        bar.set_position(done);
    });
    bar.finish_and_clear();
    if let Some(failure) = &report.failure {
        bail!("{failure}");
    }
    match options.json {
        true => print::json(&json!({ "runs": report.runs, "commands": report.commands }))?,
        false => print::line(format_args!(
            "{} runs, {} commands: every invariant held",
            report.runs, report.commands
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}
