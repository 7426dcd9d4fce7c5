//! `fairlead setup`: the database, a workspace and its admin. Idempotent.

use crate::command::workspace::Database;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};
use server::{NewWorkspace, Preset, SetupLink, WorkspaceSummary};
use std::process::ExitCode;

#[derive(Args)]
pub struct Setup {
    /// The workspace's zone, when it is created now [default: the preset's, else UTC].
    #[arg(long)]
    time_zone: Option<String>,
    /// The workspace's country, when it is created now [default: the preset's, else US].
    #[arg(long)]
    country: Option<String>,
    /// What an empty workspace begins with: lead-desk (leads per source, fewest first), crm (by
    /// state, with caps and overflow) or qc-desk (the oldest task to whoever is free).
    #[arg(long, value_name = "PRESET")]
    preset: Option<Preset>,
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
            let (zone, country) = args.preset.map_or(("UTC", "US"), Preset::place);
            let time_zone = args.time_zone.unwrap_or_else(|| zone.to_owned());
            let country = args.country.unwrap_or_else(|| country.to_owned());
            let new = NewWorkspace { name: name.clone(), time_zone, country };
            let made = database.create(new)?;
            if !options.json {
                println!("The tables are up to date and the workspace is there.");
            }
            (made.id, Some(made))
        }
    };
    let sources = match args.preset {
        Some(preset) => {
            let name = known.map_or(name, |workspace| workspace.name.clone());
            furnish(options, preset, &name)?
        }
        None => Vec::new(),
    };
    if options.json {
        let path = link.map(|link| link.path);
        print::json(
            &json!({ "id": id, "created": known.is_none(), "setup_path": path, "sources": sources }),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    print_sources(&sources);
    if let Some(link) = link {
        let first = match database {
            Database::Served { .. } => "Open",
            Database::Own(_) => "Start `fairlead serve`, then open",
        };
        println!("{first} this once to make its admin:\n  {}{}", database.root(), link.path);
    }
    Ok(ExitCode::SUCCESS)
}

/// Furnishes the workspace, if it is empty.
fn furnish(options: &Options, preset: Preset, workspace: &str) -> Result<Vec<Value>> {
    let options = Options { workspace: Some(workspace.to_owned()), ..options.clone() };
    let engine = Engine::connect(&options)?;
    if !engine.api.list("/queues")?.is_empty() || !engine.api.list("/sources")?.is_empty() {
        eprintln!("It has queues or sources already: the preset changes nothing.");
        return Ok(Vec::new());
    }
    let body = json!({ "preset": preset.name() });
    let mut made: Value = engine.api.post("/workspace/preset", &body)?;
    match made["sources"].take() {
        Value::Array(sources) => Ok(sources),
        _ => Ok(Vec::new()),
    }
}

fn print_sources(sources: &[Value]) {
    if sources.is_empty() {
        return;
    }
    println!("Its sources, with their webhooks' secrets, which are shown this once:");
    let rows = sources.iter().map(|source| print::cells(source, &["name", "key", "secret"]));
    println!("{}", print::table(&["source", "key", "secret"], rows));
}

/// A link for a workspace that has no admin yet. A server that runs has printed one.
fn admin_link(database: &Database, workspace: &WorkspaceSummary) -> Result<Option<SetupLink>> {
    match database {
        _ if workspace.has_admin => Ok(None),
        Database::Own(config) => Ok(Some(server::renew_link(config, workspace.id)?)),
        Database::Served { .. } => {
            eprintln!(
                "It has no admin yet: open the link that was printed for it, or restart the server."
            );
            Ok(None)
        }
    }
}
