//! `fairlead worker`: match what waits, again and again.

use super::trigger::match_waiting;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use crate::signal::stop_signal;
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::ops::RangeInclusive;
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
          value_parser = number(5, 1..=86_400))]
    interval: u64,
    /// The most items of one pass.
    #[arg(long, env = "MAX_LEADS_PER_BATCH", default_value_t = 1000, value_name = "N",
          value_parser = number(1000, 1..=u64::MAX))]
    max_batch: u64,
    /// Only items of this source, by name, key or number.
    #[arg(long)]
    source: Option<String>,
}

/// A number within the range. An empty variable says nothing: one that was never set comes so.
fn number(
    standard: u64,
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<u64, String> + Clone {
    move |text| match text {
        "" => Ok(standard),
        text => text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            format!("it must be a whole number, {least} to {most}")
        }),
    }
}

pub fn run(options: &Options, args: Worker) -> Result<ExitCode> {
    // Heard from the start: a pass that is under way when a signal comes is finished first.
    let stop = stop_signal()?;
    let engine = Engine::connect(options)?;
    let mut server = engine.lasting();
    let once = args.once || std::env::var_os("GITHUB_ACTIONS").is_some_and(|set| !set.is_empty());
    match server.ask(|api| api.get::<Value>("/workspace")) {
        Ok(workspace) if workspace["dispatch"] == "at_once" => eprintln!(
            "fairlead: this workspace dispatches at once: this worker hands out what servers with \
             --no-dispatch take in; where any server dispatches, it finds nothing to do. To have \
             items wait for workers, set dispatch to by_worker"
        ),
        Ok(_) => {}
        Err(error) if once => return Err(error),
        // The server may be starting: the passes go on asking.
        Err(error) => eprintln!("fairlead: {error:#}"),
    }
    loop {
        match server.ask(|api| match_waiting(api, args.source.as_deref(), args.max_batch)) {
            Ok(0) if !once => {}
            Ok(matched) if options.json => print::json(&json!({ "matched": matched }))?,
            Ok(matched) => print::line(format_args!("{matched} assigned"))?,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_the_default() {
        let interval = number(5, 1..=86_400);
        assert_eq!((interval(""), interval("60")), (Ok(5), Ok(60)));
        for wrong in ["0", "86401", "-1", "soon"] {
            assert!(interval(wrong).is_err_and(|said| said.contains("1 to 86400")), "{wrong}");
        }
    }
}
