//! `fairlead workspace`: create and list workspaces.

use crate::api::Api;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use server::{Missing, NewWorkspace, SetupLink, WorkspaceSummary};
use std::process::ExitCode;

#[derive(Args)]
pub struct Workspace {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Create a workspace, and the database where there is none; prints the one-time link that
    /// makes its admin.
    Create {
        /// What it is called; people sign in to it by this name where there are several.
        name: String,
        /// IANA name; days and caps are counted in it.
        #[arg(long)]
        time_zone: String,
        /// ISO 3166-1; how phone numbers without a country code are read.
        #[arg(long)]
        country: String,
    },
    /// List the workspaces of the database.
    List,
}

pub fn run(options: &Options, args: Workspace) -> Result<ExitCode> {
    let database = Database::open(options)?;
    match args.action {
        Action::Create { name, time_zone, country } => {
            let made = database.create(NewWorkspace { name, time_zone, country });
            let setup = made.context("the workspace was not created")?;
            match options.json {
                true => print::json(&json!({ "id": setup.id, "setup_path": setup.path }))?,
                false => print::line(format_args!(
                    "Workspace {} is there. Open this once to make its admin:\n  {}{}",
                    setup.id,
                    database.root(),
                    setup.path
                ))?,
            }
        }
        Action::List => {
            let all = database.workspaces(Missing::Refused)?;
            if options.json {
                print::json(&json!(all))?;
            } else {
                let rows = all.iter().map(|w| {
                    vec![w.id.to_string(), w.name.clone(), w.time_zone.clone(), w.seq.to_string()]
                });
                print::line(print::table(&["id#", "workspace", "zone", "events#"], rows))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The database as a whole: through the server that has it open, or by itself.
pub enum Database {
    Served { root: String, api: Api },
    Own(Box<server::Config>),
}

impl Database {
    pub fn open(options: &Options) -> Result<Database> {
        options.of_this_machine()?;
        let config = options.server_config();
        Ok(match server::find_server(&config)? {
            Some(found) => {
                let api = Api::new(&found.address, &found.token);
                Database::Served { root: found.root, api }
            }
            None => Database::Own(Box::new(config)),
        })
    }

    /// Where a server on this database is reached.
    pub fn root(&self) -> String {
        match self {
            Database::Served { root, .. } => root.clone(),
            Database::Own(config) => config.root(config.address),
        }
    }

    /// All of them; a database that is not there may be made.
    pub fn workspaces(&self, missing: Missing) -> Result<Vec<WorkspaceSummary>> {
        match self {
            Database::Served { api, .. } => {
                let all = api.list("/workspaces")?;
                Ok(all.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?)
            }
            Database::Own(config) => {
                Ok(crate::engine::runtime()?.block_on(server::workspaces(config, missing))?)
            }
        }
    }

    pub fn create(&self, new: NewWorkspace) -> Result<SetupLink> {
        match self {
            Database::Served { api, .. } => api.post("/workspaces", &json!(new)),
            Database::Own(config) => {
                Ok(crate::engine::runtime()?.block_on(server::create_workspace(config, new))?)
            }
        }
    }
}
