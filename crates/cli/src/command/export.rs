//! `fairlead export`: every assignment as CSV.

use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const COLUMNS: [&str; 11] = [
    "seq",
    "item",
    "source",
    "queue",
    "agent",
    "agent_name",
    "at",
    "ended_at",
    "end",
    "count_before",
    "count_after",
];

#[derive(Args)]
pub struct Export {
    /// Where to; standard output when absent.
    file: Option<PathBuf>,
}

pub fn run(options: &Options, args: Export) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let rows = engine.api.list("/assignments")?;
    if options.json {
        print::json(&Value::Array(rows))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = COLUMNS.join(",") + ",reason\r\n";
    for row in &rows {
        let cells = COLUMNS.iter().map(|column| &row[column]).chain([&row["text"]]);
        let line: Vec<String> = cells.map(csv_cell).collect();
        text += &(line.join(",") + "\r\n");
    }
    match &args.file {
        Some(path) => std::fs::write(path, text)
            .with_context(|| format!("cannot write {}", path.display()))?,
        None => std::io::stdout().write_all(text.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A cell that no spreadsheet takes for a formula (OWASP: CSV injection).
fn csv_cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            format!("'{text}")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_safe() {
        for (value, cell) in [
            (Value::from("=1+1"), "'=1+1"),
            (Value::from("a,b"), "\"a,b\""),
            (Value::from("say \"hi\""), "\"say \"\"hi\"\"\""),
            (Value::from(-3), "-3"),
            (Value::Null, ""),
        ] {
            assert_eq!(csv_cell(&value), cell);
        }
    }
}
