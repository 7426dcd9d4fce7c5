//! `fairlead`: serves, sets up, imports, watches. A library only so that tests can hold what is
//! written about its commands against the commands themselves.

// A closed pipe makes them panic; `print` does not.
#![warn(clippy::print_stdout)]

mod api;
mod chain;
mod command;
mod engine;
mod file;
mod options;
mod print;
mod signal;
mod trust;
mod when;

use clap::{CommandFactory, Parser};
use options::{Cli, Command};
use std::process::ExitCode;

/// Does what the command line says.
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("fairlead: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Every command with its flags and variables.
pub fn commands() -> clap::Command {
    Cli::command()
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let options = cli.options.complete()?;
    match cli.command {
        Command::Serve(args) => command::serve::run(&options, args),
        Command::Setup(args) => command::setup::run(&options, args),
        Command::Workspace(args) => command::workspace::run(&options, args),
        Command::Token(args) => command::token::run(&options, args),
        Command::DeskLink(args) => command::desk_link::run(&options, args),
        Command::Pin(args) => command::pin::run(&options, args),
        Command::Verify(args) => command::verify::run(&options, args),
        Command::Import(args) => command::import::run(&options, args),
        Command::Worker(args) => command::worker::run(&options, args),
        Command::Trigger(args) => command::trigger::run(&options, args),
        Command::Stats => command::stats::run(&options),
        Command::Fairness(args) => command::fairness::run(&options, args),
        Command::Monitor(args) => command::monitor::run(&options, args),
        Command::Export(args) => command::export::run(&options, args),
        Command::Contact(args) => command::contact::run(&options, args),
        Command::DoNotCall(args) => command::do_not_call::run(&options, args),
        Command::Sheet(args) => command::sheet::run(&options, args),
        Command::Backup(args) => command::backup::run(&options, args),
        Command::Restore(args) => command::restore::run(&options, args),
        Command::Health => command::health::run(&options),
        Command::Simulate(args) => command::simulate::run(&options, args),
        Command::Openapi => command::openapi::run(),
    }
}
