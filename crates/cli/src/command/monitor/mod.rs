//! `fairlead monitor`: a board in the terminal, until q, Esc or Ctrl-C. What has no room is scrolled
//! to.

mod board;
mod draw;
mod screen;
mod table;

use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Result, bail};
use board::Board;
use clap::Args;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Args)]
pub struct Monitor {
    /// Seconds between looks.
    #[arg(long, default_value_t = 30, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
    /// Print the board once, as text (or as JSON with --json), and end.
    #[arg(long)]
    once: bool,
}

pub fn run(options: &Options, args: Monitor) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    if args.once {
        let board = Board::read(&engine.api)?;
        match options.json {
            true => print::json(&serde_json::to_value(&board)?)?,
            false => print::text(draw::text(&board)?)?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    if options.json {
        bail!("--json prints the board once: add --once");
    }
    if !std::io::stdout().is_terminal() {
        bail!("the board needs a terminal; to print it once, add --once");
    }
    screen::watch(engine.lasting(), Duration::from_secs(args.interval))?;
    Ok(ExitCode::SUCCESS)
}
