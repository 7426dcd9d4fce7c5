//! `fairlead desk-link`: the link by which agents sign in from the list of their names.

use crate::command::workspace::Database;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub struct DeskLink {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Copy, Subcommand)]
enum Action {
    /// Print the link.
    Show,
    /// Make the link, or another one: the one before opens nothing any more.
    Renew,
    /// Withdraw the link: nobody signs in from the list any more.
    Withdraw,
}

pub fn run(options: &Options, args: DeskLink) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let link: Value = match args.action {
        Action::Show => engine.api.get("/desk-link")?,
        Action::Renew => engine.api.put("/desk-link", &json!({}))?,
        Action::Withdraw => {
            engine.api.delete("/desk-link")?;
            print::line("The desk link is withdrawn.")?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    if options.json {
        print::json(&link)?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = link["path"].as_str();
    let path = path.context("there is no desk link; `fairlead desk-link renew` makes one")?;
    // The engine of a command may be one for this moment: what people open is the server.
    drop(engine);
    let root = match &options.server {
        Some(root) => root.trim_end_matches('/').to_owned(),
        None => Database::open(options)?.root(),
    };
    print::line(format_args!("{root}{path}"))?;
    Ok(ExitCode::SUCCESS)
}
