//! `fairlead workspace`: create and list workspaces.

use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub struct Workspace {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Create a workspace; prints the one-time link that makes its admin.
    Create {
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
    let runtime = crate::engine::runtime()?;
    let config = options.server_config();
    match args.action {
        Action::Create { name, time_zone, country } => {
            let made = server::NewWorkspace { name, time_zone, country };
            let setup = runtime
                .block_on(server::create_workspace(&config, made))
                .context("the workspace was not created")?;
            match options.json {
                true => print::json(&json!({ "id": setup.id, "setup_path": setup.path }))?,
                false => println!(
                    "Workspace {} is there. Open this once to make its admin:\n  http://{}{}",
                    setup.id, config.address, setup.path
                ),
            }
        }
        Action::List => {
            let all = runtime.block_on(server::workspaces(&config))?;
            if options.json {
                print::json(&json!(all))?;
            } else {
                let rows = all.iter().map(|w| {
                    vec![w.id.to_string(), w.name.clone(), w.time_zone.clone(), w.seq.to_string()]
                });
                println!("{}", print::table(&["id#", "workspace", "zone", "events#"], rows));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
