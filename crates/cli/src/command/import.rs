//! `fairlead import`: items from a CSV or Excel file.

use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use ureq::unversioned::multipart::Form;

/// How often a running import is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Args)]
pub struct Import {
    file: PathBuf,
    /// The source the items come by: its name, key or id.
    #[arg(long)]
    source: String,
    /// What a column is, where the guess is wrong: `--map "Mobile No=phone"`. One of phone, name,
    /// email, region, language, priority, earliest, skip, or an attribute's name.
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,
    /// Show the mapping and what would happen to the rows; import nothing.
    #[arg(long)]
    dry_run: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((column, field)) if !column.is_empty() && !field.is_empty() => {
            Ok((column.to_owned(), field.to_owned()))
        }
        _ => Err("write it as COLUMN=FIELD".to_owned()),
    }
}

pub fn run(options: &Options, args: Import) -> Result<ExitCode> {
    let file = args.file.as_path();
    if !file.is_file() {
        bail!("there is no file {}", file.display());
    }
    let engine = Engine::connect(options)?;
    let map: Map<String, Value> =
        args.map.iter().map(|(column, field)| (column.clone(), field.as_str().into())).collect();
    let map = Value::Object(map).to_string();
    let send = |dry_run: bool| -> Result<Value> {
        let form = Form::new()
            .text("source", &args.source)
            .text("map", &map)
            .text("dry_run", if dry_run { "true" } else { "false" })
            .file("file", file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        engine.api.post_form("/imports", form)
    };
    let preview = send(true)?;
    if !options.json {
        println!("{}", mapping(&preview));
        println!("{}", forecast(&preview));
    }
    if args.dry_run {
        if options.json {
            print::json(&preview)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut job = send(false)?;
    let bar = ProgressBar::new(job["total"].as_u64().unwrap_or(0));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {per_sec}, {eta} left")?;
    bar.set_style(style);
    let id = job["id"].as_u64().context("the server gave the import no id")?;
    while job["state"] == "running" {
        std::thread::sleep(LOOK_EVERY);
        job = engine.api.get(&format!("/imports/{id}"))?;
        bar.set_length(job["total"].as_u64().unwrap_or(0));
        bar.set_position(job["done"].as_u64().unwrap_or(0));
    }
    bar.finish_and_clear();
    let rejected = job["rejected"].as_u64().unwrap_or(0);
    let kept = match rejected {
        0 => None,
        _ => Some(keep_rejected(file, &engine.api.get_text(&format!("/imports/{id}/rejected"))?)?),
    };
    if options.json {
        print::json(&job)?;
    } else {
        let titles = ["imported#", "duplicate#", "rejected#"];
        let row = print::cells(&job, &["imported", "duplicates", "rejected"]);
        println!("{}", print::table(&titles, [row]));
        if let Some(path) = kept {
            println!("The rejected rows and what is wrong with each: {}", path.display());
        }
    }
    match job["state"].as_str() {
        Some("done") => Ok(ExitCode::SUCCESS),
        _ => bail!(
            "the import stopped: {}. Run the same command again: it goes on where it stopped",
            job["problem"].as_str().unwrap_or("the server did not say why")
        ),
    }
}

fn mapping(preview: &Value) -> String {
    let columns = preview["mapping"].as_object();
    let rows = columns
        .into_iter()
        .flatten()
        .map(|(column, field)| vec![column.clone(), print::cell(field)]);
    print::table(&["column", "is"], rows)
}

/// What would become of the rows that the server tried.
fn forecast(preview: &Value) -> String {
    let count = |name: &str| preview[name].as_u64().unwrap_or(0);
    let (tried, total) = (count("done"), count("total"));
    let of =
        if tried < total { format!("the first {tried} of {total}") } else { total.to_string() };
    let mut text = format!(
        "Of {of} rows: {} would be imported, {} are duplicates, {} would be rejected.",
        count("imported"),
        count("duplicates"),
        count("rejected")
    );
    for row in preview["rejected_rows"].as_array().into_iter().flatten() {
        text += &format!("\n  row {}: {}", row["row"], print::cell(&row["problem"]));
    }
    text
}

/// Writes the rejected rows beside the file.
fn keep_rejected(file: &Path, csv: &str) -> Result<PathBuf> {
    let stem = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let path = file.with_file_name(format!("{stem}.rejected.csv"));
    std::fs::write(&path, csv).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_says_what_it_looked_at() {
        let preview = serde_json::json!({
            "total": 2000, "done": 1000, "imported": 990, "duplicates": 9, "rejected": 1,
            "rejected_rows": [{"row": 7, "problem": "has too many cells"}],
        });
        assert_eq!(
            forecast(&preview),
            "Of the first 1000 of 2000 rows: 990 would be imported, 9 are duplicates, 1 would be \
             rejected.\n  row 7: has too many cells"
        );
    }

    #[test]
    fn a_column_may_contain_the_sign() {
        assert_eq!(pair("a=b=phone"), Ok(("a=b".into(), "phone".into())));
        assert!(pair("phone").is_err() && pair("=phone").is_err() && pair("a=").is_err());
    }
}
