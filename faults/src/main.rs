//! Kills nodes of the built product under load and checks I1–I9 from the journal: `cargo xtask
//! faults` gives it the binary and a throw-away PostgreSQL.

mod database;
mod inspect;
mod ledger;
mod load;
mod node;
mod options;
mod promises;
mod reasons;
mod report;
mod run;
mod shop;
mod wire;

use options::{HELP, Options};
use std::process::ExitCode;

/// Anything that stops a run; a broken invariant among them.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match asked() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Does what was asked; whether everything held.
fn asked() -> Result<bool, Problem> {
    let Some(options) = Options::read(std::env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(true);
    };
    let seed = options.seed.map_or_else(by_chance, Ok)?;
    println!("seed {seed}");
    let binary = node::binary(options.binary.as_deref())?;
    let own = tempfile::tempdir()?;
    let folder = options.folder.as_deref().unwrap_or(own.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut passed, mut failed) = (0, 0);
    for place in &options.places {
        let outcome = run::run(&options, *place, seed, &binary, folder, &runtime)?;
        outcome.print(seed);
        let (held, broken) = outcome.count();
        (passed, failed) = (passed + held, failed + broken);
    }
    println!("\nchecks: {passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// A seed short enough to be typed.
fn by_chance() -> Result<u64, Problem> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes)?;
    Ok(u64::from(u32::from_be_bytes(bytes)))
}
