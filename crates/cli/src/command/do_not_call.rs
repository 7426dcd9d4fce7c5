//! `fairlead do-not-call`: who is not to be called.

use crate::command::import::keep_rejected;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use crate::when::{local, zone};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use server::http::csv::Csv;
use std::fmt::Write;
use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;
use ureq::unversioned::multipart::Form;

#[derive(Args)]
pub struct DoNotCall {
    #[command(subcommand)]
    action: Action,
}

/// Arguments are visible to others on this machine: `-` reads the number from standard input.
#[derive(Subcommand)]
enum Action {
    /// List the entries, newest first. Numbers are not kept, so none are shown.
    List {
        /// Only those that came so.
        #[arg(long, value_parser = ["person", "import", "result"])]
        origin: Option<String>,
    },
    /// Put a number on the list: what waits for it is held back, and who has it is warned.
    Add {
        /// In any form; `-` reads it from standard input.
        phone: String,
        #[command(flatten)]
        about: About,
        /// They may be called, but not on the workspace's holidays.
        #[arg(long)]
        not_on_holidays: bool,
        /// Until when, such as 2026-12-31T18:30:00Z; for ever when absent.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Say what the list has of a number.
    Check {
        /// In any form; `-` reads it from standard input.
        phone: String,
    },
    /// Take an entry off the list, by its id. What it held back goes out again.
    Remove { id: u64 },
    /// Put the numbers of a CSV or Excel file on the list.
    Import {
        file: PathBuf,
        /// The column of the numbers; guessed when absent.
        #[arg(long, value_name = "NAME")]
        column: Option<String>,
        #[command(flatten)]
        about: About,
        /// Where rows without a number are written [default: beside the file, as
        /// NAME.rejected.csv].
        #[arg(long, value_name = "FILE")]
        rejected: Option<PathBuf>,
    },
}

#[derive(Args)]
struct About {
    /// What they do not want to be called about, such as banking; everything when absent.
    #[arg(long, value_name = "NAME")]
    category: Option<String>,
    /// How they do not want to be reached, such as voice; in any way when absent.
    #[arg(long, value_name = "NAME")]
    medium: Option<String>,
}

pub fn run(options: &Options, args: DoNotCall) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    match args.action {
        Action::List { origin } => {
            let query = origin.map(|origin| format!("?origin={origin}")).unwrap_or_default();
            let entries = Value::from(engine.api.list(&format!("/do-not-call{query}"))?);
            let zone = zone(&engine.api)?;
            said(options, &entries, || table(&entries, &zone))
        }
        Action::Add { phone, about, not_on_holidays, until } => {
            let body = json!({ "phone": number(phone)?, "category": about.category,
                "medium": about.medium, "not_on_holidays": not_on_holidays, "until": until });
            let entry: Value = engine.api.post("/do-not-call", &body)?;
            said(options, &entry, || format!("Entry {} is on the list.", entry["id"]))
        }
        Action::Check { phone } => {
            let body = json!({ "phone": number(phone)? });
            let found: Value = engine.api.post("/do-not-call/check", &body)?;
            let zone = zone(&engine.api)?;
            said(options, &found, || listed(&found, &zone))
        }
        Action::Remove { id } => {
            engine.api.delete(&format!("/do-not-call/{id}"))?;
            said(options, &json!({ "removed": id }), || format!("Entry {id} is off the list."))
        }
        Action::Import { file, column, about, rejected } => {
            let form = Form::new()
                .text("column", column.as_deref().unwrap_or_default())
                .text("category", about.category.as_deref().unwrap_or_default())
                .text("medium", about.medium.as_deref().unwrap_or_default())
                .file("file", &file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let done: Value = engine.api.post_form("/do-not-call/import", form)?;
            let kept = match done["not_a_number"].as_u64() {
                Some(0) | None => None,
                Some(_) => Some(keep_rejected(&file, rejected.as_deref(), &csv(&done))?),
            };
            said(options, &done, || {
                let row = print::cells(&done, &["added", "known", "not_a_number"]);
                let mut text = print::table(&["added#", "known#", "not a number#"], [row]);
                if let Some(path) = kept {
                    // A text takes everything.
                    let _ = write!(text, "\nThe first rows without a number: {}", path.display());
                }
                text
            })
        }
    }
}

fn said(options: &Options, answer: &Value, text: impl FnOnce() -> String) -> Result<ExitCode> {
    match options.json {
        true => print::json(answer)?,
        false => print::line(text())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// With times in the zone.
fn table(entries: &Value, zone: &str) -> String {
    let fields = ["id", "category", "medium", "origin"];
    let row = |entry: &Value| {
        let mut cells = print::cells(entry, &fields);
        let times = entry["not_on_holidays"] == true || entry["hours"] != json!([]);
        cells.insert(3, if times { "at some times" } else { "never" }.to_owned());
        cells.extend([local(&entry["added_at"], zone), local(&entry["until"], zone)]);
        cells
    };
    let rows: Vec<Vec<String>> = entries.as_array().into_iter().flatten().map(row).collect();
    match rows.is_empty() {
        true => "Nobody is on the list.".to_owned(),
        false => {
            let titles = ["id#", "category", "medium", "called", "origin", "added", "until"];
            print::table(&titles, rows)
        }
    }
}

fn listed(found: &Value, zone: &str) -> String {
    let first = match found["listed"].as_bool() {
        Some(true) => "It is on the list.",
        _ => "It is not on the list now.",
    };
    match found["entries"].as_array().is_none_or(Vec::is_empty) {
        true => first.to_owned(),
        false => format!("{first}\n{}", table(&found["entries"], zone)),
    }
}

/// Rows without a number, as a file that a spreadsheet opens.
fn csv(done: &Value) -> String {
    let mut csv = Csv::new(&["row", "text"]);
    for row in done["rejected"].as_array().into_iter().flatten() {
        csv.line([row["row"].to_string(), row["text"].as_str().unwrap_or_default().to_owned()]);
    }
    csv.into_text()
}

fn number(given: String) -> Result<String> {
    if given != "-" {
        return Ok(given);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read standard input")?;
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Value {
        json!({"id": 7, "category": "loans", "medium": "all", "origin": "import", "until": null,
            "hours": [], "not_on_holidays": false, "added_at": "2026-03-02T03:30:00.000Z"})
    }

    #[test]
    fn what_the_list_says_of_a_number_is_shown() {
        let none = json!({"listed": false, "entries": []});
        assert_eq!(listed(&none, "UTC"), "It is not on the list now.");
        let text = listed(&json!({"listed": true, "entries": [entry()]}), "Asia/Kolkata");
        assert!(text.starts_with("It is on the list.\n"), "{text}");
        assert!(text.contains("loans") && text.contains("never"), "{text}");
        assert!(text.contains("2026-03-02 09:00:00 +05:30"), "{text}");
    }

    #[test]
    fn a_partial_wish_is_told_from_never() {
        let mut partial = entry();
        partial["not_on_holidays"] = true.into();
        assert!(table(&json!([partial]), "UTC").contains("at some times"));
        assert_eq!(table(&json!([]), "UTC"), "Nobody is on the list.");
    }

    #[test]
    fn rows_without_a_number_are_written_as_they_stand() {
        let done = json!({"rejected": [{"row": 4, "text": "ask \"Ravi\", later"},
            {"row": 5, "text": "=cmd()"}]});
        let rows = "4,\"ask \"\"Ravi\"\", later\"\r\n5,'=cmd()\r\n";
        assert_eq!(csv(&done), format!("\u{feff}row,text\r\n{rows}"), "and no formula");
    }
}
