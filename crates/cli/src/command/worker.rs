//! `fairlead worker`: match what waits, again and again.

use super::trigger::match_waiting;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use crate::signal::stop_signal;
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

#[derive(Args)]
pub struct Worker {
    /// One pass, then end: for cron. So it is where GITHUB_ACTIONS is set. Exit code 1 when the
    /// pass failed; what it had matched stays matched, and the next pass finds the rest.
    #[arg(long)]
    once: bool,
    /// Seconds between passes.
    #[arg(long, env = "CHECK_INTERVAL", default_value_t = 5, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
    /// The most items of one pass.
    #[arg(long, env = "MAX_LEADS_PER_BATCH", default_value_t = 1000, value_name = "N",
          value_parser = clap::value_parser!(u64).range(1..))]
    max_batch: u64,
    /// Only items of this source, by name or key.
    #[arg(long)]
    source: Option<String>,
}

pub fn run(options: &Options, args: Worker) -> Result<ExitCode> {
    // Heard from the start: a pass that is under way when a signal comes is finished first.
    let stop = stop_signal()?;
    let engine = Engine::connect(options)?;
    let once = args.once || std::env::var_os("GITHUB_ACTIONS").is_some_and(|set| !set.is_empty());
    match engine.api.get::<Value>("/workspace") {
        Ok(workspace) if workspace["dispatch"] == "at_once" => eprintln!(
            "fairlead: this workspace dispatches at once: a worker is needed only where every \
             server runs with --no-dispatch; set dispatch to by_worker to have items wait for it"
        ),
        Ok(_) => {}
        Err(error) if once => return Err(error),
        // The server may be starting: the passes go on asking.
        Err(error) => eprintln!("fairlead: {error:#}"),
    }
    loop {
        match match_waiting(&engine.api, args.source.as_deref(), args.max_batch) {
            Ok(0) if !once => {}
            Ok(matched) if options.json => print::json(&json!({ "matched": matched }))?,
            Ok(matched) => println!("{matched} assigned"),
            Err(error) if once => return Err(error),
            // The server may be restarting: the next pass finds what this one left.
            Err(error) => eprintln!("fairlead: {error:#}"),
        }
        if once {
            return Ok(ExitCode::SUCCESS);
        }
        match stop.recv_timeout(Duration::from_secs(args.interval)) {
            Err(RecvTimeoutError::Timeout) => {}
            _ => return Ok(ExitCode::SUCCESS),
        }
    }
}
