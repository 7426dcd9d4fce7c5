//! `cargo xtask test`: everything, in stages; the last line is `N passed, N failed`.
//!
//! A stage that fails does not stop those that do not need it, so that one run tells all.

mod count;
mod demo;
mod ledger;
mod options;
mod readme;
mod rust;
mod web;

use crate::{
    openapi,
    postgres::Cluster,
    problem::{Outcome, Problem},
    run, system, tidy,
};
use ledger::{Done, Ledger};
use options::Options;
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// `cargo xtask test [flags]`.
pub fn main(root: &Path, args: &[String]) -> Outcome<ExitCode> {
    let options = Options::parse(args)?;
    if options.help {
        println!("{}", options::HELP);
        return Ok(ExitCode::SUCCESS);
    }
    let mut ledger = Ledger::default();
    check(root, &options, &mut ledger);
    test(root, &options, &mut ledger);
    Ok(if ledger.close() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The stages that run nothing of the product.
fn check(root: &Path, options: &Options, ledger: &mut Ledger) {
    if options.wants("fmt") {
        ledger.stage("format", || {
            run::checked(cargo(root).args(["fmt", "--all", "--check"])).map(|_| Done::Checked)
        });
    }
    if options.wants("tidy") {
        ledger.stage("tidy", || {
            let found = tidy::check(root)?;
            found.iter().for_each(|problem| println!("{problem}"));
            match found.len() {
                0 => Ok(Done::Checked),
                some => Err(Problem::new(format!("{some} untidy places"))),
            }
        });
    }
}

/// The stages that build and run the product.
fn test(root: &Path, options: &Options, ledger: &mut Ledger) {
    let product = ["rust", "faults", "openapi", "readme", "e2e"];
    let product = product.iter().any(|group| options.wants(group));
    let mut packages = true;
    if product || options.wants("web") || options.wants("clippy") {
        packages = ledger.stage("web packages", || web::packages(root));
    }
    if options.wants("clippy") {
        ledger.stage("clippy", || rust::clippy(root));
    }
    let mut built = true;
    if product {
        built = ledger.stage("build", || {
            // The product and the tests at once: built apart, they would turn on different features
            // of what they share, and each would build it again.
            let build = ["build", "--release", "--workspace", "--all-targets"];
            run::checked(cargo(root).args(build)).map(|_| Done::Checked)
        });
    }
    if options.wants("rust") || options.wants("real-data") {
        let mut cluster = None;
        let data = real_data(root);
        let ready = ledger.stage("postgresql", || {
            cluster = Some(Cluster::start()?);
            Ok(Done::Checked)
        });
        let setting = || rust::Setting {
            root,
            postgres: cluster.as_ref(),
            real_data: data.as_deref(),
            sim_runs: options.sim_runs,
        };
        if options.wants("rust") {
            ledger.stage("rust tests", || needs(ready, "postgresql", || rust::tests(&setting())));
            ledger.stage("rust examples", || rust::examples(root));
        }
        if options.wants("real-data") {
            ledger.stage("real data", || match &data {
                Some(_) => needs(ready, "postgresql", || rust::on_real_data(&setting())),
                None => Ok(Done::Absent(
                    "the folder of real data is not there (set FAIRLEAD_REAL_DATA)".into(),
                )),
            });
        }
    }
    if options.wants("faults") {
        ledger.stage("faults", || needs(built, "build", || rust::faults(root)));
    }
    if options.wants("openapi") {
        ledger.stage("openapi", || {
            needs(built, "build", || openapi::check(root).map(|()| Done::Checked))
        });
    }
    if options.wants("readme") {
        ledger.stage("readme commands", || needs(built, "build", || readme::stage(root)));
    }
    if options.wants("web") {
        ledger.stage("web api types", || needs(packages, "web packages", || web::api(root)));
        ledger.stage("web types", || needs(packages, "web packages", || web::check(root)));
        ledger.stage("web lint", || needs(packages, "web packages", || web::lint(root)));
        ledger.stage("web tests", || needs(packages, "web packages", || web::unit(root)));
    }
    if options.wants("e2e") {
        ledger.stage("browser tests", || needs(built && packages, "build", || web::browser(root)));
    }
}

fn needs(ready: bool, stage: &str, work: impl FnOnce() -> Outcome<Done>) -> Outcome<Done> {
    if ready { work() } else { Err(Problem::new(format!("not run, as '{stage}' failed"))) }
}

/// The folder of real data, when it is there.
fn real_data(root: &Path) -> Option<PathBuf> {
    let told = std::env::var_os("FAIRLEAD_REAL_DATA").map(PathBuf::from);
    let folder = told.unwrap_or_else(|| root.join("../shared/data"));
    folder.canonicalize().ok().filter(|folder| folder.is_dir())
}

/// Cargo as the developer calls it, not as `cargo xtask` set it up for this package.
pub fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_")) {
            cargo.env_remove(name);
        }
    }
    cargo.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_MANIFEST_PATH");
    cargo
}

/// The built product; a clear problem when it is not there.
fn product(root: &Path) -> Outcome<PathBuf> {
    let binary = openapi::binary(root);
    if binary.exists() {
        binary.canonicalize().map_err(Problem::from)
    } else {
        Err(Problem::new(format!("{} is not there: build first", binary.display())))
    }
}

/// A program that must be there, and where.
fn program(name: &str, how: &str) -> Outcome<PathBuf> {
    system::on_path(name).ok_or_else(|| Problem::new(format!("'{name}' is missing: {how}")))
}
