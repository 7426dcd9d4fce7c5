//! `fairlead import`: items from a CSV or Excel file. The exit code is not 0 when no row was taken in,
//! neither as an item nor as a duplicate, because all of them were rejected.

use crate::engine::Engine;
use crate::file;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use ureq::unversioned::multipart::Form;

/// How often a running import is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Args)]
pub struct Import {
    /// The CSV or Excel file; its content says which it is.
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
    /// Import the file although this very file was imported before.
    #[arg(long)]
    again: bool,
    /// The first row holds titles, although one of them is a phone number or an e-mail address.
    #[arg(long)]
    first_row_is_titles: bool,
    /// Where rows that could not be imported are written, with the reason [default: beside the
    /// file, as NAME.rejected.csv].
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
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
    let flag = |flag: bool| if flag { "true" } else { "false" };
    let send = |dry_run: bool| -> Result<Value> {
        let form = Form::new()
            .text("source", &args.source)
            .text("map", &map)
            .text("dry_run", flag(dry_run))
            .text("again", flag(args.again))
            .text("first_row_is_titles", flag(args.first_row_is_titles))
            .file("file", file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        engine.api.post_form("/imports", form)
    };
    let preview = send(true)?;
    if !options.json {
        print::line(mapping(&preview))?;
        if preview["already"] != true || args.again {
            print::line(forecast(&preview))?;
        }
    }
    if preview["already"] == true && !args.again {
        return already(options, &preview);
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
        _ => {
            let csv = engine.api.get_text(&format!("/imports/{id}/rejected"))?;
            Some(keep_rejected(file, args.rejected.as_deref(), &csv)?)
        }
    };
    if options.json {
        print::json(&job)?;
    } else {
        let titles = ["imported#", "duplicate#", "rejected#"];
        let row = print::cells(&job, &["imported", "duplicates", "rejected"]);
        print::line(print::table(&titles, [row]))?;
        if let Some(path) = kept {
            let at = path.display();
            print::line(format_args!("The rejected rows and what is wrong with each: {at}"))?;
        }
    }
    let taken = |name: &str| job[name].as_u64().unwrap_or(0) > 0;
    match job["state"].as_str() {
        Some("done") if rejected > 0 && !taken("imported") && !taken("duplicates") => {
            bail!("no row was imported: all {rejected} were rejected")
        }
        Some("done") => Ok(ExitCode::SUCCESS),
        _ => bail!(
            "the import stopped: {}. Run the same command again: it goes on where it stopped",
            job["problem"].as_str().unwrap_or("the server did not say why")
        ),
    }
}

/// The same file again changes nothing, like any other command that is repeated.
fn already(options: &Options, preview: &Value) -> Result<ExitCode> {
    if options.json {
        print::json(preview)?;
    } else {
        let when = preview["created_at"].as_str().unwrap_or("some time ago");
        print::line(format_args!(
            "This very file was imported by this source before ({when}), and nothing was imported \
             now. With --again its rows come in once more."
        ))?;
    }
    Ok(ExitCode::SUCCESS)
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
        "Of {of} rows: {} would be imported, {} would be duplicates, {} would be rejected.",
        count("imported"),
        count("duplicates"),
        count("rejected")
    );
    if count("unusable_phones") > 0 {
        let unusable = count("unusable_phones");
        text += &format!("\nWith a phone that cannot be called, and marked as such: {unusable}.");
    }
    let fields = preview["mapping"].as_object();
    if !fields.into_iter().flatten().any(|(_, field)| *field == "phone" || *field == "email") {
        text += "\nNo column is a phone or an email: duplicates cannot be recognised.";
    }
    for row in preview["rejected_rows"].as_array().into_iter().flatten() {
        text += &format!("\n  row {}: {}", row["row"], print::cell(&row["problem"]));
    }
    text
}

/// Writes the rejected rows where it was asked, else beside the file, else where that is possible;
/// over nothing that is there.
pub(super) fn keep_rejected(file: &Path, asked: Option<&Path>, csv: &str) -> Result<PathBuf> {
    if let Some(path) = asked {
        file::write(path, |out| Ok(out.write_all(csv.as_bytes())?))?;
        return Ok(path.to_owned());
    }
    let stem = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let folders = [file.with_file_name(""), PathBuf::new(), std::env::temp_dir()];
    for folder in folders {
        for number in 1..1000 {
            let again = if number == 1 { String::new() } else { format!("-{number}") };
            let path = folder.join(format!("{stem}.rejected{again}.csv"));
            match file::private(&path) {
                Ok(mut made) => {
                    made.write_all(csv.as_bytes())
                        .with_context(|| format!("cannot write {}", path.display()))?;
                    return Ok(path);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(_) => break,
            }
        }
    }
    bail!("the rejected rows could be written nowhere; name a place with --rejected")
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
            "Of the first 1000 of 2000 rows: 990 would be imported, 9 would be duplicates, 1 would \
             be rejected.\nNo column is a phone or an email: duplicates cannot be recognised.\n  \
             row 7: has too many cells"
        );
    }

    #[test]
    fn rejected_rows_are_written_over_nothing() {
        let folder = std::env::temp_dir().join(format!("fairlead-rejected-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("leads.xlsx");
        let first = keep_rejected(&file, None, "a").unwrap();
        let second = keep_rejected(&file, None, "b").unwrap();
        assert_eq!(first, folder.join("leads.rejected.csv"));
        assert_eq!(second, folder.join("leads.rejected-2.csv"));
        assert_eq!(std::fs::read_to_string(first).unwrap(), "a");
        let asked = folder.join("here.csv");
        assert_eq!(keep_rejected(&file, Some(&asked), "c").unwrap(), asked);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_column_may_contain_the_sign() {
        assert_eq!(pair("a=b=phone"), Ok(("a=b".into(), "phone".into())));
        assert!(pair("phone").is_err() && pair("=phone").is_err() && pair("a=").is_err());
    }
}
