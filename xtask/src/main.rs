//! The project's own commands, one file (or folder) per command.

mod bench;
mod coverage;
mod faults;
mod guard;
mod openapi;
mod postgres;
mod problem;
mod run;
mod system;
mod test;
mod tidy;

use std::{path::PathBuf, process::ExitCode};

const HELP: &str = "\
cargo xtask test       everything: formatting, lints, tidy, Rust, README, web and browser tests
cargo xtask bench      measure Fairlead, and the classic way beside it
cargo xtask faults     kill nodes under load, and check every invariant from what is left
cargo xtask tidy       the conventions of this repository
cargo xtask coverage   line coverage of the routing core (--missing: name the lines not reached)
cargo xtask openapi    write docs/openapi.json from the built binary (--check: only compare)
cargo xtask postgres   run a command with a throw-away PostgreSQL: cargo xtask postgres CMD ARGS…

`cargo xtask test --help` lists its flags.";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let root = root();
    let outcome = match command.as_str() {
        "test" => test::main(&root, &rest),
        "bench" => bench::main(&root, &rest),
        "faults" => faults::main(&root, &rest),
        "tidy" => tidy::main(&root, &rest),
        "coverage" => coverage::main(&root, &rest),
        "openapi" => openapi::main(&root, &rest),
        "postgres" => postgres::main(&rest),
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(problem::Problem::new(format!("no command '{other}'\n\n{HELP}"))),
    };
    outcome.unwrap_or_else(|problem| {
        eprintln!("error: {problem}");
        ExitCode::FAILURE
    })
}

/// The repository's folder.
fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
