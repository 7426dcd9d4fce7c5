//! `cargo xtask coverage`: which lines of the routing core its tests reach.
//!
//! rustc instruments, and LLVM's own two programs read what comes out; they must be of rustc's
//! major LLVM version. They come with `rustup component add llvm-tools`, or as the package
//! `llvm-N`, which Debian has for current versions. Lines of test modules do not count.

use crate::{
    openapi,
    problem::{Context, Outcome, Problem},
    run, system,
    test::cargo,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// The least share of lines, in per cent.
const LEAST: f64 = 95.0;
/// The crate that is measured.
const MEASURED: &str = "crates/routing/src";
/// The packages whose tests count.
const TESTS: [&str; 4] = ["-p", "routing", "-p", "scenario"];
/// Enough simulation to reach what chance reaches.
const RUNS: &str = "1000";

/// `cargo xtask coverage [--missing]`.
pub fn main(root: &Path, args: &[String]) -> Outcome<ExitCode> {
    let missing = match args {
        [] => false,
        [flag] if flag == "--missing" => true,
        _ => return Err(Problem::new("the only flag of coverage is --missing: name the lines")),
    };
    let rustc =
        String::from_utf8_lossy(&run::quiet(Command::new("rustc").arg("-vV"))?).into_owned();
    let host = field(&rustc, "host: ")?;
    let version = field(&rustc, "LLVM version: ")?;
    let tools = tools(&host, version.split('.').next().unwrap_or(&version))?;
    let target = openapi::target(root).join("coverage");
    let profiles = target.join("profiles");
    if profiles.exists() {
        fs::remove_dir_all(&profiles)?;
    }
    let test = |more: &[&str]| {
        let mut test = cargo(root);
        test.args(["test", "--release", "--lib", "--tests", "--target", &host]).args(TESTS);
        test.args(more).env("CARGO_TARGET_DIR", &target).env("FAIRLEAD_SIM_RUNS", RUNS);
        test.env("RUSTFLAGS", "-C instrument-coverage").env("CARGO_INCREMENTAL", "0");
        test.env("LLVM_PROFILE_FILE", profiles.join("%p-%m.profraw"));
        test
    };
    let built = run::quiet(&mut test(&["--no-run", "--message-format=json"]))?;
    let programs = executables(&String::from_utf8_lossy(&built));
    if programs.is_empty() {
        return Err(Problem::new("cargo named no test programs"));
    }
    let ran = run::shown(&mut test(&["-q", "--no-fail-fast"]))?;
    let merged = profiles.join("merged.profdata");
    let mut merge = Command::new(tools.join("llvm-profdata"));
    merge.args(["merge", "-sparse", "-o"]).arg(&merged);
    for entry in fs::read_dir(&profiles).context(|| format!("reading {}", profiles.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ext| ext == "profraw") {
            merge.arg(path);
        }
    }
    run::quiet(&mut merge)?;
    let mut export = Command::new(tools.join("llvm-cov"));
    export.args(["export", "--format=lcov", "--instr-profile"]).arg(&merged);
    for (at, program) in programs.iter().enumerate() {
        if at > 0 {
            export.arg("--object");
        }
        export.arg(program);
    }
    export.arg("--sources").arg(root.join(MEASURED));
    let lines = String::from_utf8_lossy(&run::quiet(&mut export)?).into_owned();
    let files =
        reached(&lines, |file| first_test_line(&fs::read_to_string(file).unwrap_or_default()));
    let enough = report(root, &files, missing)? >= LEAST;
    if !ran.status.success() {
        println!("tests failed: the figure is of those that ran");
    }
    Ok(if enough && ran.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints a line for each file and the sum; gives the sum in per cent.
fn report(root: &Path, files: &Files, missing: bool) -> Outcome<f64> {
    let (mut all, mut hit) = (0, 0);
    for (file, lines) in files {
        let reached = lines.values().filter(|reached| **reached).count();
        all += lines.len();
        hit += reached;
        let name = Path::new(file).strip_prefix(root).unwrap_or(Path::new(file)).display();
        println!(
            "{:>6.1} %  {reached:>5} of {:>5}  {name}",
            share(reached, lines.len()),
            lines.len()
        );
        if missing {
            let lines = lines.iter().filter(|(_, reached)| !**reached);
            let lines: Vec<String> = lines.map(|(line, _)| line.to_string()).collect();
            if !lines.is_empty() {
                println!("          not reached: {}", lines.join(" "));
            }
        }
    }
    if all == 0 {
        return Err(Problem::new(format!("no line of {MEASURED} was measured")));
    }
    println!(
        "{:.2} % of the lines of {MEASURED} ({hit} of {all}); the least is {LEAST} %",
        share(hit, all)
    );
    Ok(share(hit, all))
}

fn share(part: usize, all: usize) -> f64 {
    100.0 * part as f64 / all.max(1) as f64
}

fn field(text: &str, name: &str) -> Outcome<String> {
    let found = text.lines().find_map(|line| line.strip_prefix(name));
    found.map(str::to_owned).ok_or_else(|| Problem::new(format!("`rustc -vV` says no '{name}'")))
}

/// The folder of llvm-profdata and llvm-cov of this LLVM version.
fn tools(host: &str, version: &str) -> Outcome<PathBuf> {
    let root =
        String::from_utf8_lossy(&run::quiet(Command::new("rustc").args(["--print", "sysroot"]))?)
            .trim()
            .to_owned();
    let places = || {
        let places = [
            PathBuf::from(&root).join("lib/rustlib").join(host).join("bin"),
            PathBuf::from(format!("/usr/lib/llvm-{version}/bin")),
            PathBuf::from(format!("/opt/homebrew/opt/llvm@{version}/bin")),
        ];
        places.into_iter().find(|place| place.join("llvm-profdata").exists())
    };
    if let Some(found) = places() {
        return Ok(found);
    }
    let package = format!("llvm-{version}");
    system::install(&package, "or run `rustup component add llvm-tools`")?;
    places().ok_or_else(|| Problem::new(format!("'{package}' brought no llvm-profdata")))
}

/// The test programs that cargo names in its messages.
fn executables(messages: &str) -> Vec<PathBuf> {
    let after = |line: &str| {
        let rest = line.split_once("\"executable\":\"")?.1;
        rest.split('"').next().map(PathBuf::from)
    };
    messages.lines().filter_map(after).collect()
}

/// Each file's lines, and whether they were reached.
type Files = BTreeMap<String, BTreeMap<usize, bool>>;

/// Reads LLVM's `lcov` text. Lines from `end` of a file on are left out.
fn reached(text: &str, end: impl Fn(&str) -> usize) -> Files {
    let mut files = Files::new();
    let mut file = String::new();
    let mut last = usize::MAX;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("SF:") {
            file = name.to_owned();
            last = end(name);
        } else if let Some((line, count)) =
            line.strip_prefix("DA:").and_then(|rest| rest.split_once(','))
            && let Ok(line) = line.parse::<usize>()
            && line < last
        {
            let lines = files.entry(file.clone()).or_default();
            *lines.entry(line).or_default() |= count != "0";
        }
    }
    files
}

/// Where a file's tests begin; they stand at its end.
fn first_test_line(text: &str) -> usize {
    let found = text.lines().position(|line| line.trim() == "#[cfg(test)]");
    found.map_or(usize::MAX, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_summed_over_programs_and_tests_left_out() {
        let text = "SF:a.rs\nDA:1,3\nDA:2,0\nDA:9,1\nend_of_record\nSF:a.rs\nDA:2,1\nDA:3,0\n";
        let files = reached(text, |_| 9);
        assert_eq!(files["a.rs"], BTreeMap::from([(1, true), (2, true), (3, false)]));
        assert_eq!(first_test_line("fn a() {}\n\n#[cfg(test)]\nmod tests {}\n"), 3);
    }

    #[test]
    fn test_programs_are_named_by_cargo() {
        let text = "{\"executable\":null}\n{\"reason\":\"x\",\"executable\":\"/t/routing-1\",\"fresh\":true}";
        assert_eq!(executables(text), [PathBuf::from("/t/routing-1")]);
    }
}
