//! Clippy and the Rust tests.

use super::{
    cargo, count,
    ledger::{Done, counted},
};
use crate::{faults, postgres::Cluster, problem::Outcome, run, system};
use std::{path::Path, process::Command};

/// Tests with this in their name read the folder of real data and have a stage of their own.
const REAL: &str = "real_data";

/// What the tests find in their environment.
pub struct Setting<'a> {
    pub root: &'a Path,
    pub postgres: Option<&'a Cluster>,
    pub real_data: Option<&'a Path>,
    pub sim_runs: Option<u64>,
}

/// Every lint is an error.
pub fn clippy(root: &Path) -> Outcome<Done> {
    let args = ["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run::checked(cargo(root).args(args)).map(|_| Done::Checked)
}

/// The whole workspace's tests, the long simulation among them.
pub fn tests(setting: &Setting) -> Outcome<Done> {
    if nextest() {
        with_nextest(setting, &format!("not test({REAL})"))
    } else {
        with_cargo(setting, &["--skip", REAL])
    }
}

/// The tests on the folder of real data.
pub fn on_real_data(setting: &Setting) -> Outcome<Done> {
    if nextest() {
        with_nextest(setting, &format!("test({REAL})"))
    } else {
        with_cargo(setting, &[REAL])
    }
}

/// The examples in the documentation, which nextest does not run.
pub fn examples(root: &Path) -> Outcome<Done> {
    let ran = run::shown(cargo(root).args(["test", "--release", "--workspace", "--doc", "-q"]))?;
    counted(count::cargo_test(&ran.text), ran.status.success())
}

/// Nodes are killed a few times under load; each check that is then made is a test.
pub fn faults(root: &Path) -> Outcome<Done> {
    let ran = faults::short(root)?;
    counted(count::checks(&ran.text), ran.status.success())
}

fn nextest() -> bool {
    system::on_path("cargo-nextest").is_some()
}

fn with_nextest(setting: &Setting, filter: &str) -> Outcome<Done> {
    let mut command = cargo(setting.root);
    command.args(["nextest", "run", "--release", "--workspace", "--no-fail-fast"]);
    command.args(["--status-level", "slow", "--final-status-level", "slow", "-E", filter]);
    let ran = run::shown(prepared(&mut command, setting))?;
    counted(count::nextest(&ran.text), ran.status.success())
}

fn with_cargo(setting: &Setting, filter: &[&str]) -> Outcome<Done> {
    let mut command = cargo(setting.root);
    command.args(["test", "--release", "--workspace", "--no-fail-fast", "--lib", "--bins"]);
    command.args(["--tests", "-q", "--"]).args(filter);
    let ran = run::shown(prepared(&mut command, setting))?;
    counted(count::cargo_test(&ran.text), ran.status.success())
}

fn prepared<'a>(command: &'a mut Command, setting: &Setting) -> &'a mut Command {
    if let Some(cluster) = setting.postgres {
        cluster.tell(command);
    }
    if let Some(folder) = setting.real_data {
        command.env("FAIRLEAD_REAL_DATA", folder);
    }
    if let Some(runs) = setting.sim_runs {
        command.env("FAIRLEAD_SIM_RUNS", runs.to_string());
    }
    command
}
