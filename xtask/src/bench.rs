//! `cargo xtask bench`: builds what is measured, gives it a throw-away PostgreSQL, and runs it.

use crate::{
    openapi,
    postgres::Cluster,
    problem::{Context, Outcome},
    run,
    test::cargo,
};
use std::{path::Path, process::Command, process::ExitCode};

/// A log that is kept and written over, as it is where a database has run for a while.
const KEPT_LOG: &str = "min_wal_size=1GB";

/// `cargo xtask bench [flags]`; `--help` lists them.
pub fn main(root: &Path, args: &[String]) -> Outcome<ExitCode> {
    let asks = |word: &str| args.iter().any(|arg| arg.split(',').any(|part| part == word));
    let all = !asks("--only");
    let mut build = cargo(root);
    build.args(["build", "--release", "--package", "bench"]);
    if all || asks("http") || asks("idle") {
        build.args(["--package", "fairlead"]);
    }
    run::checked(&mut build)?;
    let mut bench = Command::new(openapi::target(root).join("release/bench"));
    bench.current_dir(root).args(args);
    let postgres = all || ["durable", "baseline", "cluster", "http"].into_iter().any(asks);
    let cluster = match postgres && !asks("--help") && !asks("-h") {
        true => Some(Cluster::start_with(&[KEPT_LOG])?),
        false => None,
    };
    if let Some(cluster) = &cluster {
        cluster.tell(&mut bench);
    }
    let status = bench.status().context(|| "starting the benchmark".into())?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
