//! docs/openapi.json: written by the binary, checked in, never stale.

use crate::{
    problem::{Context, Outcome, Problem},
    run,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// `cargo xtask openapi [--check]`.
pub fn main(root: &Path, args: &[String]) -> Outcome<ExitCode> {
    run::checked(Command::new("cargo").current_dir(root).args([
        "build",
        "--release",
        "-p",
        "fairlead",
    ]))?;
    match args {
        [] => write(root)?,
        [flag] if flag == "--check" => check(root)?,
        _ => return Err(Problem::new("the only flag of openapi is --check")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when the checked-in document is not what the built binary says.
pub fn check(root: &Path) -> Outcome<()> {
    let file = file(root);
    let kept = fs::read(&file).context(|| format!("reading {}", file.display()))?;
    if kept == document(root)? {
        return Ok(());
    }
    Err(Problem::new(
        "docs/openapi.json is stale: run `cargo xtask openapi` and `npm run api` in web/, and \
         commit what they change",
    ))
}

fn write(root: &Path) -> Outcome<()> {
    let file = file(root);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&file, document(root)?).context(|| format!("writing {}", file.display()))?;
    println!("wrote {}", file.display());
    Ok(())
}

fn file(root: &Path) -> PathBuf {
    root.join("docs/openapi.json")
}

fn document(root: &Path) -> Outcome<Vec<u8>> {
    let said = run::quiet(Command::new(binary(root)).arg("openapi"))?;
    if said.trim_ascii_start().starts_with(b"{") {
        Ok(said)
    } else {
        Err(Problem::new("`fairlead openapi` did not print a JSON document"))
    }
}

/// The built product.
pub fn binary(root: &Path) -> PathBuf {
    target(root).join("release/fairlead")
}

/// Where cargo builds.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
