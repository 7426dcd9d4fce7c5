//! `fairlead setup`: the database, a workspace and its admin. Idempotent.

use crate::command::workspace::Database;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use server::{NewWorkspace, SetupLink, WorkspaceSummary};
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
    let database = Database::open(options)?;
    let name = options.workspace.clone().unwrap_or_else(|| "main".to_owned());
    let there = database.workspaces().context("cannot set up")?;
    let known = there.iter().find(|w| w.name == name || options.workspace.is_none());
    let (id, link) = match known {
        Some(workspace) => {
            if !options.json {
                println!(
                    "The tables are up to date. Workspace “{}” is there ({}, {} events).",
                    workspace.name, workspace.time_zone, workspace.seq
                );
            }
            (workspace.id, admin_link(&database, workspace)?)
        }
        None => {
            let new = NewWorkspace { name, time_zone: args.time_zone, country: args.country };
            let made = database.create(new)?;
            if !options.json {
                println!("The tables are up to date and the workspace is there.");
            }
            (made.id, Some(made))
        }
    };
    if options.json {
        let path = link.map(|link| link.path);
        print::json(&json!({ "id": id, "created": known.is_none(), "setup_path": path }))?;
    } else if let Some(link) = link {
        let first = match database {
            Database::Served { .. } => "Open",
            Database::Own(_) => "Start `fairlead serve`, then open",
        };
        println!("{first} this once to make its admin:\n  {}{}", database.root(), link.path);
    }
    Ok(ExitCode::SUCCESS)
}

/// A link for a workspace that has no admin yet. A server that runs has printed one.
fn admin_link(database: &Database, workspace: &WorkspaceSummary) -> Result<Option<SetupLink>> {
    match database {
        _ if workspace.has_admin => Ok(None),
        Database::Own(config) => Ok(Some(server::renew_link(config, workspace.id)?)),
        Database::Served { .. } => {
            eprintln!("It has no admin yet: open the link that the server printed at its start.");
            Ok(None)
        }
    }
}
