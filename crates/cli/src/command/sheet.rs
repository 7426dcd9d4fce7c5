//! `fairlead sheet`: people's own tables, as a source of items and a mirror of what came of them.

use crate::api::Refused;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use crate::signal::stop_signal;
use crate::when::{local, zone};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

#[derive(Args)]
pub struct Sheet {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Add a sheet: its rows become items, and it shows what came of them.
    Add(Box<Add>),
    /// List the sheets and how they are doing.
    List,
    /// Try everything from the secrets to the columns without writing a cell; exit code 1 with what is
    /// wrong or could not be tried.
    Check {
        /// The sheet, by name or id.
        sheet: String,
    },
    /// Read everything and write what is due, again and again or `--once`; exit code 1 when something
    /// is in the way. A running server does this by itself.
    Sync {
        /// The sheet, by name or id.
        sheet: String,
        /// One pass, then end.
        #[arg(long)]
        once: bool,
        /// Seconds between passes.
        #[arg(long, default_value_t = 60, value_name = "SECONDS",
              value_parser = clap::value_parser!(u64).range(1..=86_400))]
        interval: u64,
    },
    /// Remove a sheet here. The items that its rows became stay, and so does the sheet itself.
    Remove {
        /// The sheet, by name or id.
        sheet: String,
    },
}

/// Arguments are visible to others on this machine: secrets come from a file or a variable.
#[derive(Args)]
struct Add {
    /// What it is called here.
    name: String,
    /// Whose service keeps it.
    #[arg(long, value_parser = ["tencent", "google", "file"])]
    kind: String,
    /// What a browser's address bar shows, or a file's path.
    #[arg(long, value_name = "LINK")]
    link: String,
    /// The source whose items its rows become, by name or id.
    #[arg(long)]
    source: String,
    /// The sheet's title within its document.
    #[arg(long, value_name = "TITLE")]
    tab: Option<String>,
    /// Columns that many have.
    #[arg(long, value_parser = ["recruitment"], required_unless_present = "columns",
          conflicts_with = "columns")]
    preset: Option<String>,
    /// A JSON file with the list of columns, such as [{"column": "Phone", "permission": "read",
    /// "attribute": "phone"}].
    #[arg(long, value_name = "FILE")]
    columns: Option<PathBuf>,
    /// A JSON file with what lets us in: Tencent's client_id, client_secret, access_token,
    /// refresh_token and open_id, or Google's key file.
    #[arg(long, env = "FAIRLEAD_SHEET_SECRETS_FILE", hide_env = true, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// The same JSON itself, from the variable.
    #[arg(long, env = "FAIRLEAD_SHEET_SECRETS", hide = true, hide_env_values = true)]
    secrets_json: Option<String>,
    /// Another address than the service's own.
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// Google: the row with the titles.
    #[arg(long, value_name = "ROW")]
    header_row: Option<u32>,
    /// Calls in any minute at most.
    #[arg(long, value_name = "CALLS")]
    per_minute: Option<u32>,
    /// Calls in any 24 hours at most.
    #[arg(long, value_name = "CALLS")]
    per_day: Option<u32>,
    /// Read everything again after so many seconds.
    #[arg(long, value_name = "SECONDS")]
    read_secs: Option<u32>,
}

pub fn run(options: &Options, args: Sheet) -> Result<ExitCode> {
    // Heard from the start: a pass that is under way when a signal comes is finished first.
    let stop = match args.action {
        Action::Sync { once: false, .. } => Some(stop_signal()?),
        _ => None,
    };
    let engine = Engine::connect(options)?;
    match args.action {
        Action::Add(add) => {
            let body = add.body(&engine, options)?;
            let made: Value = engine.api.post("/sheets", &body)?;
            let text = format!(
                "Sheet {} is added. Try it with fairlead sheet check {}.",
                made["id"], made["id"]
            );
            said(options, &made, text)?;
            Ok(ExitCode::SUCCESS)
        }
        Action::List => {
            let sheets = Value::from(engine.api.list("/sheets")?);
            let zone = zone(&engine.api)?;
            said(options, &sheets, table(&sheets, &zone))?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Check { sheet } => {
            let id = find(&engine, &sheet)?;
            let found: Value = engine.api.post(&format!("/sheets/{id}/check"), &json!({}))?;
            said(options, &found, findings(&found))?;
            Ok(code(found["good"] == true))
        }
        Action::Sync { sheet, once, interval } => {
            let id = find(&engine, &sheet)?;
            loop {
                let done: Result<Value> =
                    engine.api.post(&format!("/sheets/{id}/sync"), &json!({}));
                let stop = stop.as_ref().filter(|_| !once);
                let done = match (done, stop) {
                    // What is refused for now comes later.
                    (Err(refused), Some(_)) if is_for_now(&refused) => {
                        eprintln!("{refused}");
                        json!({})
                    }
                    (done, _) => {
                        let done = done?;
                        said(options, &done, synced(&done))?;
                        done
                    }
                };
                let Some(stop) = stop else { return Ok(code(done["trouble"].is_null())) };
                match stop.recv_timeout(Duration::from_secs(interval)) {
                    Err(RecvTimeoutError::Timeout) => {}
                    _ => return Ok(ExitCode::SUCCESS),
                }
            }
        }
        Action::Remove { sheet } => {
            let id = find(&engine, &sheet)?;
            engine.api.delete(&format!("/sheets/{id}"))?;
            said(options, &json!({ "removed": id }), format!("Sheet {id} is removed here."))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Whether it is only not the time: the service wants to be left alone, or another server works on it.
fn is_for_now(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<Refused>();
    refused.is_some_and(|refused| matches!(refused.name.as_str(), "resting" | "elsewhere"))
}

fn code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn said(options: &Options, answer: &Value, text: String) -> Result<()> {
    if options.json { print::json(answer) } else { print::line(text) }
}

impl Add {
    fn body(&self, engine: &Engine, options: &Options) -> Result<Value> {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                body.insert(name.to_owned(), value);
            }
        };
        put("name", json!(self.name));
        put("kind", json!(self.kind));
        put("source", json!(source(engine, &self.source)?));
        put("link", json!(self.link()?));
        // On the server itself the whole path is meant, on another one its place in the folder.
        if self.kind == "file" && options.server.is_none() {
            let path = std::path::absolute(&self.link).context("the file's path makes no sense")?;
            put("link", json!(path));
        }
        put("tab", json!(self.tab));
        put("base", json!(self.base));
        put("header_row", json!(self.header_row));
        put("preset", json!(self.preset));
        put("columns", self.columns.as_deref().map(read).transpose()?.unwrap_or_default());
        let pace = [
            ("per_minute", self.per_minute),
            ("per_day", self.per_day),
            ("read_secs", self.read_secs),
        ];
        let pace: Map<String, Value> = pace
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
            .collect();
        put("pace", Value::Object(pace));
        put("secrets", self.secrets()?);
        Ok(Value::Object(body))
    }

    fn link(&self) -> Result<&str> {
        match self.link.trim() {
            "" => bail!("--link is empty: copy it from the browser's address bar"),
            link => Ok(link),
        }
    }

    /// From the file, or else from the variable. What is wrong with it is said without it.
    fn secrets(&self) -> Result<Value> {
        let given = self.secrets_json.as_deref().filter(|text| !text.trim().is_empty());
        match (&self.secrets, given) {
            (Some(path), _) => read(path),
            (None, Some(text)) => {
                serde_json::from_str(text).ok().context("FAIRLEAD_SHEET_SECRETS holds no JSON")
            }
            (None, None) => Ok(Value::Null),
        }
    }
}

fn read(path: &Path) -> Result<Value> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).ok().with_context(|| format!("{} holds no JSON", path.display()))
}

/// By its id or its name, in whatever capitals.
fn source(engine: &Engine, wanted: &str) -> Result<u64> {
    named(&engine.api.list("/sources")?, wanted)
        .with_context(|| format!("there is no source “{wanted}”"))
}

fn find(engine: &Engine, wanted: &str) -> Result<u64> {
    named(&engine.api.list("/sheets")?, wanted).with_context(|| {
        format!("there is no sheet “{wanted}”: fairlead sheet list shows them all")
    })
}

fn named(all: &[Value], wanted: &str) -> Option<u64> {
    let same = |one: &&Value| {
        let name = one["name"].as_str().unwrap_or_default();
        name.to_lowercase() == wanted.trim().to_lowercase()
            || one["id"].as_u64() == wanted.parse().ok()
    };
    all.iter().find(same)?["id"].as_u64()
}

fn table(sheets: &Value, zone: &str) -> String {
    let row = |sheet: &Value| {
        let state = &sheet["state"];
        let mut cells = print::cells(sheet, &["id", "name", "kind"]);
        cells.extend(print::cells(state, &["rows", "waiting_to_write", "lag_secs", "conflicts"]));
        cells.push(local(&state["last_read_at"], zone));
        let off = (sheet["active"] == false).then(|| "switched off".to_owned());
        cells.push(off.unwrap_or_else(|| print::cell(&state["trouble"])));
        cells
    };
    let rows: Vec<Vec<String>> = sheets.as_array().into_iter().flatten().map(row).collect();
    match rows.is_empty() {
        true => "There are no sheets.".to_owned(),
        false => {
            let titles = [
                "id#",
                "name",
                "kind",
                "rows#",
                "to write#",
                "behind s#",
                "conflicts#",
                "read",
                "trouble",
            ];
            print::table(&titles, rows)
        }
    }
}

fn findings(found: &Value) -> String {
    let line = |finding: &Value| {
        let mark = match finding["weight"].as_str() {
            Some("good") => "ok",
            Some("warning") => "look",
            _ => "wrong",
        };
        format!("{mark}: {}", finding["text"].as_str().unwrap_or_default())
    };
    let lines: Vec<String> = found["findings"].as_array().into_iter().flatten().map(line).collect();
    lines.join("\n")
}

fn synced(done: &Value) -> String {
    let counts = &done["counts"];
    let of = |name: &str| counts[name].to_string();
    let mut text = format!(
        "{} rows read, {} new, {} changed, {} withdrawn, {} written",
        of("read"),
        of("new"),
        of("edited"),
        of("withdrawn"),
        of("written")
    );
    let more = [
        ("conflicts", "conflicts"),
        ("respected", "kept from being handed out"),
        ("unfit", "cannot become items"),
        ("left_out", "without a key of their own"),
    ];
    for (name, words) in more {
        if counts[name].as_u64().is_some_and(|count| count > 0) {
            text += &format!(", {} {words}", of(name));
        }
    }
    if let Some(trouble) = done["trouble"].as_str() {
        text += &format!("\n{trouble}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_in_one_line_and_what_is_wrong_in_another() {
        let counts = json!({"read": 50, "new": 2, "edited": 0, "withdrawn": 0, "written": 1,
            "conflicts": 1, "respected": 0, "unfit": 0, "left_out": 0});
        let said = synced(&json!({"counts": counts, "trouble": "the budget is used up"}));
        let first = "50 rows read, 2 new, 0 changed, 0 withdrawn, 1 written, 1 conflicts";
        assert_eq!(said, format!("{first}\nthe budget is used up"));
    }

    #[test]
    fn a_sheet_is_named_by_its_name_or_its_id() {
        let all = [json!({"id": 3, "name": "Calls"}), json!({"id": 4, "name": "3"})];
        assert_eq!(
            (named(&all, "calls"), named(&all, "4"), named(&all, "x")),
            (Some(3), Some(4), None)
        );
    }
}
