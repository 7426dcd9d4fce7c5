//! `fairlead backup`: the whole SQLite database as one file, checked before it gets its name.

use crate::command::workspace::Database;
use crate::engine::runtime;
use crate::file::{private, with};
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use server::Copied;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Backup {
    /// Where the copy goes; only its owner can read it.
    file: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
}

pub fn run(options: &Options, args: Backup) -> Result<ExitCode> {
    let file = &args.file;
    // Its name until it is whole.
    let fresh = with(file, &format!(".partial-{}", std::process::id()));
    if file.exists() && !args.force {
        bail!(
            "{} is there already; choose another name, or replace it with --force",
            file.display()
        );
    }
    for ending in [".lock", "-wal"] {
        let beside = with(file, ending);
        if beside.exists() {
            bail!(
                "{} is a database that is or was in use, as {} beside it says; choose another name",
                file.display(),
                beside.display()
            );
        }
    }
    let copied = copy(options, &fresh).and_then(|copied| {
        let named = fs::rename(&fresh, file).and_then(|()| settle(file));
        named.with_context(|| format!("cannot write {}", file.display()))?;
        Ok(copied)
    });
    if copied.is_err() {
        // There is none when it could not be made.
        let _ = fs::remove_file(&fresh);
    }
    let copied = copied.context("the database was not copied")?;
    match options.json {
        true => print::json(&described(file, &copied))?,
        false => print::line(format_args!(
            "{} holds {}. Every page and every event was checked.",
            file.display(),
            counted(&copied)
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies into the new file, through the server where one runs, and checks what has come.
fn copy(options: &Options, fresh: &Path) -> Result<Copied> {
    let runtime = runtime()?;
    match Database::open(options)? {
        Database::Served { api, .. } => {
            let cannot = || format!("cannot write {}", fresh.display());
            let mut file = private(fresh).with_context(cannot)?;
            api.download("/backup", &mut file)?;
            file.sync_all().with_context(cannot)?;
        }
        Database::Own(config) => runtime.block_on(server::copy_database(&config, fresh))?,
    }
    Ok(runtime.block_on(server::check_copy(fresh))?)
}

/// Returns when a file's new name is on the disk.
fn settle(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Elsewhere a folder cannot be opened, and need not be.
    if cfg!(unix) { File::open(folder.unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
}

/// What a copy holds, for people.
pub fn counted(copied: &Copied) -> String {
    let all = copied.workspaces.iter().map(|(name, events)| format!("{events} events of “{name}”"));
    match copied.workspaces.is_empty() {
        true => "no workspace yet".to_owned(),
        false => all.collect::<Vec<_>>().join(", "),
    }
}

/// What a copy holds, for programs.
pub fn described(file: &Path, copied: &Copied) -> serde_json::Value {
    let all = copied.workspaces.iter();
    let all = all.map(|(name, events)| json!({ "name": name, "events": events }));
    json!({
        "file": file,
        "schema_version": copied.version,
        "workspaces": all.collect::<Vec<_>>(),
    })
}
