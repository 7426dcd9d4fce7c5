//! `fairlead setup`: the database, a workspace and its admin. Idempotent.

use crate::api::Refused;
use crate::command::workspace::Database;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::Args;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use server::{Missing, NewWorkspace, Preset, SetupLink, WorkspaceSummary};
use std::process::ExitCode;

#[derive(Args)]
pub struct Setup {
    /// The workspace's zone, when it is created now [default: the preset's, else UTC].
    #[arg(long, value_parser = zone)]
    time_zone: Option<String>,
    /// The workspace's country, when it is created now [default: the preset's, else US].
    #[arg(long, value_parser = country)]
    country: Option<String>,
    /// What an empty workspace begins with: lead-desk (leads per source, fewest first), crm (by
    /// state, with caps and overflow), qc-desk (the oldest task to whoever is free) or call-desk
    /// (one list, of which callers ask for the next number).
    #[arg(long, value_name = "PRESET")]
    preset: Option<Preset>,
}

fn zone(text: &str) -> Result<String, &'static str> {
    let known = TimeZone::get(text).map(|_| text.to_owned());
    known.map_err(|_| "it is not an IANA name such as Asia/Kolkata")
}

fn country(text: &str) -> Result<String, &'static str> {
    let known = server::is_country(text).then(|| text.to_owned());
    known.ok_or("it must be a two-letter code such as IN, US or CN")
}

pub fn run(options: &Options, args: Setup) -> Result<ExitCode> {
    let database = Database::open(options)?;
    let there = database.workspaces(Missing::Made).context("cannot set up")?;
    let name = match (&options.workspace, &there[..]) {
        (Some(name), _) => name.clone(),
        (None, []) => "main".to_owned(),
        (None, [only]) => only.name.clone(),
        (None, several) => return which(options, &args, several),
    };
    let found = find_or_create(&database, there, &name, &args)?;
    let created = matches!(found, Found::Made(_));
    let mut before = None;
    let (id, link) = match found {
        Found::There(workspace) => {
            if !options.json {
                print::line(format_args!(
                    "The tables are up to date. Workspace “{}” is there ({}, {} events).",
                    workspace.name, workspace.time_zone, workspace.seq
                ))?;
            }
            before = Some(workspace.clone());
            (workspace.id, admin_link(&database, &workspace)?)
        }
        Found::Made(made) => {
            if !options.json {
                print::line("The tables are up to date and the workspace is there.")?;
            }
            (made.id, Some(made))
        }
    };
    let furnished = match args.preset {
        Some(preset) => furnish(options, preset, &name)?,
        None => None,
    };
    if let Some(before) = before {
        match (args.preset, &furnished) {
            (Some(preset), Some(_)) => place(options, &args, preset, &before)?,
            _ => unchanged(&args, &before).iter().for_each(|said| eprintln!("fairlead: {said}")),
        }
    }
    let sources = furnished.unwrap_or_default();
    if options.json {
        let path = link.map(|link| link.path);
        print::json(
            &json!({ "id": id, "created": created, "setup_path": path, "sources": sources }),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    print_sources(&sources)?;
    if let Some(link) = link {
        let first = match database {
            Database::Served { .. } => "Open",
            Database::Own(_) => "Start `fairlead serve`, then open",
        };
        let (root, path) = (database.root(), link.path);
        print::line(format_args!("{first} this once to make its admin:\n  {root}{path}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The zone and the country of a workspace for which nobody has chosen them.
const UNCHOSEN: (&str, &str) = ("UTC", "US");

/// The workspace to be set up.
enum Found {
    There(WorkspaceSummary),
    Made(SetupLink),
}

fn find_or_create(
    database: &Database,
    there: Vec<WorkspaceSummary>,
    name: &str,
    args: &Setup,
) -> Result<Found> {
    let named = |all: Vec<WorkspaceSummary>| all.into_iter().find(|one| one.name == name);
    if let Some(workspace) = named(there) {
        return Ok(Found::There(workspace));
    }
    let (zone, country) = args.preset.map_or(UNCHOSEN, Preset::place);
    let chosen = |given: &Option<String>, usual: &str| given.clone().unwrap_or(usual.to_owned());
    let time_zone = chosen(&args.time_zone, zone);
    let country = chosen(&args.country, country);
    match database.create(NewWorkspace { name: name.to_owned(), time_zone, country }) {
        Ok(made) => Ok(Found::Made(made)),
        // Somebody who sets up at the same time, or a server that starts, may have made it since.
        Err(error) => named(database.workspaces(Missing::Refused)?).map(Found::There).ok_or(error),
    }
}

/// Several workspaces and none chosen: the tables are up to date, and nothing else can be meant.
fn which(options: &Options, args: &Setup, there: &[WorkspaceSummary]) -> Result<ExitCode> {
    let names: Vec<&str> = there.iter().map(|workspace| workspace.name.as_str()).collect();
    if args.preset.is_some() || args.time_zone.is_some() || args.country.is_some() {
        return Err(server::Error::WhichWorkspace(names.join(", ")).into());
    }
    match options.json {
        true => print::json(&json!({ "created": false, "workspaces": there }))?,
        false => print::line(format_args!(
            "The tables are up to date. These workspaces are there: {}.",
            names.join(", ")
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What was asked for and is not done, because the workspace is there already.
fn unchanged(args: &Setup, workspace: &WorkspaceSummary) -> Option<String> {
    let zone = args.time_zone.as_ref().filter(|zone| **zone != workspace.time_zone);
    let asked: Vec<String> = [
        zone.map(|zone| format!("--time-zone {zone} (it has {})", workspace.time_zone)),
        args.country.as_ref().map(|country| format!("--country {country}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!asked.is_empty()).then(|| {
        format!(
            "the workspace is there already, so {} changed nothing; an admin changes it on the \
             page Settings, or with PATCH /api/v1/workspace",
            asked.join(" and ")
        )
    })
}

/// Puts a workspace that was there before, and has been furnished just now, where it was asked for; one
/// whose zone nobody has chosen yet, where such a team is.
fn place(options: &Options, args: &Setup, preset: Preset, before: &WorkspaceSummary) -> Result<()> {
    let unchosen = before.time_zone == UNCHOSEN.0;
    let (zone, country) = if unchosen { preset.place() } else { ("", "") };
    let chosen = |given: &Option<String>, usual: &str| {
        given.clone().or_else(|| (!usual.is_empty()).then(|| usual.to_owned()))
    };
    let (zone, country) = (chosen(&args.time_zone, zone), chosen(&args.country, country));
    if zone.is_none() && country.is_none() {
        return Ok(());
    }
    let engine = engine(options, &before.name)?;
    let body = json!({ "time_zone": zone, "country": country });
    let now: Value = engine.api.patch("/workspace", &body)?;
    if !options.json {
        print::line(format_args!(
            "Its time zone is {} and its country {}; Settings or PATCH /api/v1/workspace changes them.",
            print::cell(&now["time_zone"]),
            print::cell(&now["country"])
        ))?;
    }
    Ok(())
}

/// A connection to that workspace.
fn engine(options: &Options, workspace: &str) -> Result<Engine> {
    Engine::connect(&Options { workspace: Some(workspace.to_owned()), ..options.clone() })
}

/// Furnishes the workspace, if it is empty; `None` when it is not.
fn furnish(options: &Options, preset: Preset, workspace: &str) -> Result<Option<Vec<Value>>> {
    let engine = engine(options, workspace)?;
    let body = json!({ "preset": preset.name() });
    let mut made: Value = match engine.api.post("/workspace/preset", &body) {
        Err(error) if error.downcast_ref::<Refused>().is_some_and(|r| r.name == "not_empty") => {
            eprintln!("It has queues or sources already: the preset changes nothing.");
            return Ok(None);
        }
        made => made?,
    };
    Ok(Some(match made["sources"].take() {
        Value::Array(sources) => sources,
        _ => Vec::new(),
    }))
}

fn print_sources(sources: &[Value]) -> Result<()> {
    if sources.is_empty() {
        return Ok(());
    }
    print::line("Its sources, with their webhooks' secrets, which are shown this once:")?;
    let rows = sources.iter().map(|source| print::cells(source, &["name", "key", "secret"]));
    print::line(print::table(&["source", "key", "secret"], rows))
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
