//! `fairlead token`: API tokens for programs.

use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub struct Token {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Create a token and print it. It is shown this once: the server keeps only its hash.
    Create {
        /// What it is for.
        name: String,
        /// What it may do.
        #[arg(long, default_value = "supervisor", value_parser = ["agent", "supervisor", "admin"])]
        role: String,
        /// The agent it acts as, for role agent.
        #[arg(long, value_name = "ID", required_if_eq("role", "agent"))]
        agent: Option<u64>,
    },
    /// List the tokens.
    List,
    /// Revoke a token at once.
    Revoke {
        /// Its number in the list.
        id: u64,
    },
}

pub fn run(options: &Options, args: Token) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    match args.action {
        Action::Create { name, role, agent } => {
            let body = json!({ "name": name, "role": role, "agent_id": agent });
            let made: Value = engine.api.post("/tokens", &body)?;
            match options.json {
                true => print::json(&made)?,
                false => println!("{}", made["token"].as_str().context("there is no token")?),
            }
        }
        Action::List => {
            let all = engine.api.list("/tokens")?;
            if options.json {
                print::json(&Value::Array(all))?;
            } else {
                let fields = ["id", "name", "role", "agent_id", "created_at"];
                let rows = all.iter().map(|token| print::cells(token, &fields));
                println!("{}", print::table(&["id#", "token", "role", "agent#", "made"], rows));
            }
        }
        Action::Revoke { id } => {
            engine.api.delete(&format!("/tokens/{id}"))?;
            println!("Token {id} is revoked.");
        }
    }
    Ok(ExitCode::SUCCESS)
}
