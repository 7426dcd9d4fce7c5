//! `fairlead setup`: the database, a workspace and its admin. Idempotent.

use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub struct Setup {
    /// The workspace's zone, when it is created now.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// The workspace's country, when it is created now.
    #[arg(long, default_value = "US")]
    country: String,
}

pub fn run(options: &Options, args: Setup) -> Result<ExitCode> {
    let runtime = crate::engine::runtime()?;
    let config = options.server_config();
    let name = options.workspace.clone().unwrap_or_else(|| "main".to_owned());
    let there = runtime.block_on(server::workspaces(&config)).context("cannot set up")?;
    let known = there.iter().find(|w| w.name == name || options.workspace.is_none());
    if let Some(workspace) = known {
        match options.json {
            true => print::json(&json!({ "id": workspace.id, "created": false }))?,
            false => println!(
                "The tables are up to date. Workspace “{}” is there ({}, {} events).",
                workspace.name, workspace.time_zone, workspace.seq
            ),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let made = server::NewWorkspace { name, time_zone: args.time_zone, country: args.country };
    let setup = runtime.block_on(server::create_workspace(&config, made))?;
    match options.json {
        true => {
            let (id, path) = (setup.id, setup.path);
            print::json(&json!({ "id": id, "created": true, "setup_path": path }))?;
        }
        false => println!(
            "The tables are up to date and the workspace is there. Start `fairlead serve`, then \
             open this once to make its admin:\n  http://{}{}",
            config.address, setup.path
        ),
    }
    Ok(ExitCode::SUCCESS)
}
