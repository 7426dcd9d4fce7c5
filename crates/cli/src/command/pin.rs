//! `fairlead pin`: what agents sign in with from the list of their names.

use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub struct Pin {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Give an agent a fresh PIN and print it, this once. Theirs so far, and their sessions, end.
    Set {
        /// Their name, or their number.
        agent: String,
    },
    /// Take an agent's PIN away, and end their sessions.
    Remove {
        /// Their name, or their number.
        agent: String,
    },
}

pub fn run(options: &Options, args: Pin) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let (Action::Set { agent } | Action::Remove { agent }) = &args.action;
    let (id, name) = find(&engine.api.list("/agents")?, agent)?;
    let path = format!("/agents/{id}/pin");
    match args.action {
        Action::Set { .. } => {
            let made: Value = engine.api.put(&path, &json!({}))?;
            let pin = made["pin"].as_str().unwrap_or_default();
            match options.json {
                true => print::json(&json!({ "agent": id, "pin": pin }))?,
                false => print::line(pin)?,
            }
        }
        Action::Remove { .. } => {
            engine.api.delete(&path)?;
            print::line(format_args!("{name} has no PIN any more."))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The one agent who is meant.
fn find(agents: &[Value], wanted: &str) -> Result<(u64, String)> {
    let number = wanted.parse::<u64>().ok();
    let is_meant = |agent: &&Value| {
        let name = agent["name"].as_str().unwrap_or_default();
        (number.is_some() && agent["id"].as_u64() == number)
            || name.to_lowercase() == wanted.to_lowercase()
    };
    let mut found = agents.iter().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(agent), None) => {
            let name = agent["name"].as_str().unwrap_or_default().to_owned();
            Ok((agent["id"].as_u64().unwrap_or_default(), name))
        }
        (None, _) => bail!("there is no agent “{wanted}”; `fairlead stats` lists them"),
        (Some(_), Some(_)) => bail!("several agents are called “{wanted}”; give the number"),
    }
}
