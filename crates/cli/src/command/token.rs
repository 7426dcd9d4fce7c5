//! `fairlead token`: API tokens for programs.

use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use crate::when::{local, zone};
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
                false => print::line(made["token"].as_str().context("there is no token")?)?,
            }
        }
        Action::List => {
            let all = engine.api.list("/tokens")?;
            if options.json {
                print::json(&Value::Array(all))?;
            } else {
                let zone = zone(&engine.api)?;
                print::line(table(&all, &zone))?;
            }
        }
        Action::Revoke { id } => {
            engine.api.delete(&format!("/tokens/{id}"))?;
            print::line(format_args!("Token {id} is revoked."))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn table(tokens: &[Value], zone: &str) -> String {
    let rows = tokens.iter().map(|token| {
        let mut row = print::cells(token, &["id", "name", "role", "agent_id"]);
        row.push(local(&token["created_at"], zone));
        row
    });
    print::table(&["id#", "token", "role", "agent#", "made"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_in_their_zone_when_a_token_was_made() {
        let token = json!({"id": 1, "name": "cron", "role": "supervisor", "agent_id": null,
            "created_at": "2026-03-02T04:30:00.000Z"});
        let text = table(&[token], "Asia/Kolkata");
        assert!(text.contains("2026-03-02 10:00:00 +05:30"), "{text}");
    }
}
