//! `fairlead worker`: match what waits, again and again.

use super::trigger::match_waiting;
use crate::engine::{Engine, runtime};
use crate::options::Options;
use crate::print;
use anyhow::Result;
use clap::Args;
use serde_json::json;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

#[derive(Args)]
pub struct Worker {
    /// One pass, then end: for cron. So it is where GITHUB_ACTIONS is set.
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
    let engine = Engine::connect(options)?;
    let once = args.once || std::env::var_os("GITHUB_ACTIONS").is_some();
    let stop = stop_signal()?;
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

/// Hears SIGINT and SIGTERM; a pass under way is finished first.
fn stop_signal() -> Result<std::sync::mpsc::Receiver<()>> {
    let (send, receive) = channel();
    let runtime = runtime()?;
    std::thread::spawn(move || {
        runtime.block_on(server::stop_signal());
        // Nobody listens any more when the command has ended by itself.
        let _ = send.send(());
    });
    Ok(receive)
}
