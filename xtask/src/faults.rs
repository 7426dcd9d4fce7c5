//! `cargo xtask faults`: builds what is killed and what kills it, gives them a throw-away
//! PostgreSQL and a folder, and runs.

use crate::{
    guard::Guard,
    openapi,
    postgres::{self, Cluster},
    problem::Outcome,
    run::{self, Ran},
    test::cargo,
};
use std::{
    path::Path,
    process::{Command, ExitCode},
};

/// Kills at each place in the test command: enough for every check to be made.
const SHORT: &str = "4";

/// Ends what nodes an interrupted run has left, and removes its folder.
const CLEAN: &str =
    "for pid in \"$1\"/*/*.pid; do kill -9 \"$(cat \"$pid\")\"; done; rm -rf -- \"$1\"";

/// `cargo xtask faults [flags]`; `--help` lists them.
pub fn main(root: &Path, args: &[String]) -> Outcome<ExitCode> {
    let asks = |word: &str| args.iter().any(|arg| arg == word);
    let mut build = cargo(root);
    build.args(["build", "--release", "--package", "faults"]);
    if !asks("--binary") {
        build.args(["--package", "fairlead"]);
    }
    run::checked(&mut build)?;
    let ran = faults(root, args, !asks("sqlite") && !asks("--help") && !asks("-h"))?;
    Ok(if ran.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The short form, with everything built.
pub fn short(root: &Path) -> Outcome<Ran> {
    faults(root, &["--kills".to_owned(), SHORT.to_owned()], true)
}

fn faults(root: &Path, args: &[String], postgres: bool) -> Outcome<Ran> {
    let folder = postgres::new_folder(None)?;
    let _guard = Guard::new(CLEAN, &[&folder.to_string_lossy()], None)?;
    let mut faults = Command::new(openapi::target(root).join("release/faults"));
    faults.current_dir(root).args(args).arg("--folder").arg(&folder);
    let cluster = if postgres { Some(Cluster::start()?) } else { None };
    if let Some(cluster) = &cluster {
        cluster.tell(&mut faults);
    }
    run::shown(&mut faults)
}
