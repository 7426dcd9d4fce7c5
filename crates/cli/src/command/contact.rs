//! `fairlead contact`: what is kept of one person outside: written out, or erased.

use crate::engine::Engine;
use crate::options::Options;
use crate::{file, print};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Contact {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Write everything that is kept of a person as JSON.
    Export {
        #[command(flatten)]
        whose: Whose,
        /// Where to; standard output when absent.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Erase a person everywhere. The work that was done stays; this cannot be undone.
    Erase {
        #[command(flatten)]
        whose: Whose,
        /// Why, as it is audited.
        #[arg(long, value_parser = ["requested", "consent_withdrawn", "mistake", "other"])]
        reason: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// Whose data it is. Arguments are visible to others on this machine: `-` reads the value from
/// standard input.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// Their phone number, in any form.
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// Their e-mail address.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// An item of theirs: the others are found by its phone and e-mail.
    #[arg(long, value_name = "ID")]
    item: Option<u64>,
}

impl Whose {
    fn body(&self) -> Result<Map<String, Value>> {
        let mut body = Map::new();
        for (name, given) in [("phone", &self.phone), ("email", &self.email)] {
            let Some(given) = given else { continue };
            let value = match given.as_str() {
                "-" => line()?,
                given => given.to_owned(),
            };
            body.insert(name.to_owned(), value.into());
        }
        if let Some(item) = self.item {
            body.insert("item".to_owned(), item.into());
        }
        Ok(body)
    }
}

pub fn run(options: &Options, args: Contact) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    match args.action {
        Action::Export { whose, to } => {
            let kept: Value = engine.api.post("/contacts/export", &Value::Object(whose.body()?))?;
            match to {
                Some(path) => {
                    let text = serde_json::to_string_pretty(&kept)?;
                    file::write(&path, |out| Ok(writeln!(out, "{text}")?))?;
                    let items = kept["items"].as_array().map_or(0, Vec::len);
                    match options.json {
                        true => print::json(&json!({ "file": path, "items": items }))?,
                        false => print::line(format_args!(
                            "{items} items and what belongs to them: {}",
                            path.display()
                        ))?,
                    }
                }
                None => print::json(&kept)?,
            }
        }
        Action::Erase { whose, reason, yes } => {
            let mut body = whose.body()?;
            if !yes && !agreed()? {
                bail!("nothing was erased");
            }
            body.insert("reason".to_owned(), reason.into());
            let erased: Value = engine.api.post("/contacts/erase", &Value::Object(body))?;
            if options.json {
                print::json(&erased)?;
            } else {
                print::line(said(&erased))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn said(erased: &Value) -> String {
    let items = erased["items"].as_array().map_or(0, Vec::len);
    match erased["rows"].as_u64() {
        Some(0) | None => "There was nothing (left) to erase.".to_owned(),
        Some(rows) => {
            format!("Erased: {rows} rows; {items} items no longer say whom they are about.")
        }
    }
}

/// Asks the person at the terminal.
fn agreed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody is there to agree; say --yes");
    }
    print::text("Everything kept of this person is erased for good. Type “erase” to go on: ")?;
    Ok(line()?.eq_ignore_ascii_case("erase"))
}

fn line() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read standard input")?;
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        contact: Contact,
    }

    #[test]
    fn exactly_one_of_phone_email_and_item() {
        let parse = |line: &str| Line::try_parse_from(line.split(' '));
        assert!(parse("x export").is_err());
        assert!(parse("x export --phone 1 --item 2").is_err());
        assert!(parse("x erase --item 2").is_err());
        assert!(parse("x erase --item 2 --reason fun").is_err());
        let Ok(Line { contact: Contact { action: Action::Erase { whose, reason, yes } } }) =
            parse("x erase --item 2 --reason requested --yes")
        else {
            panic!("not understood");
        };
        assert_eq!(Value::Object(whose.body().unwrap()), json!({"item": 2}));
        assert_eq!((reason.as_str(), yes), ("requested", true));
    }

    #[test]
    fn what_was_erased_is_counted() {
        assert_eq!(
            said(&json!({"items": [1, 2], "rows": 3})),
            "Erased: 3 rows; 2 items no longer say whom they are about."
        );
        assert_eq!(said(&json!({"items": [], "rows": 0})), "There was nothing (left) to erase.");
    }
}
