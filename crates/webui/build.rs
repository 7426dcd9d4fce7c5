//! Builds `web/` when it is stale and lays its files out for embedding.
//!
//! - `WEB=skip` embeds a page that says how to get the UI, without touching npm.
//! - Without a working npm the same page is embedded and cargo prints a warning, so that the
//!   server builds on a machine that has no Node. With `CI` set that is an error instead.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{env, fs, io};

/// What the build reads, relative to `web/`. Folders are watched with everything in them.
const INPUTS: [&str; 10] = [
    "package.json",
    "package-lock.json",
    ".npmrc",
    "svelte.config.js",
    "vite.config.ts",
    "tsconfig.json",
    "src",
    "static",
    "messages",
    "project.inlang/settings.json",
];

fn main() {
    let web = PathBuf::from(var("CARGO_MANIFEST_DIR")).join("../../web");
    let out = PathBuf::from(var("OUT_DIR")).join("ui");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/without-ui.html");
    println!("cargo:rerun-if-env-changed=WEB");
    println!("cargo:rerun-if-env-changed=CI");
    for input in INPUTS {
        println!("cargo:rerun-if-changed={}", web.join(input).display());
    }

    let skipped = env::var("WEB").is_ok_and(|value| value == "skip");
    let built = if skipped { Err(None) } else { build(&web).map_err(Some) };
    let laid_out = match built {
        Ok(()) => lay_out(&web.join("build"), &out),
        Err(problem) => {
            if let Some(problem) = problem {
                if env::var_os("CI").is_some() {
                    eprintln!("the web UI could not be built: {problem}");
                    std::process::exit(1);
                }
                println!("cargo:warning=the web UI is not in this binary: {problem}");
                // A file that never exists makes cargo look again at the next build.
                println!("cargo:rerun-if-changed={}", out.join("look-again").display());
            }
            without_ui(&out)
        }
    };
    if let Err(error) = laid_out {
        eprintln!("cannot write to {}: {error}", out.display());
        std::process::exit(1);
    }
}

fn var(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

/// Installs and builds as far as stale.
fn build(web: &Path) -> Result<(), String> {
    let stamp = web.join("node_modules/.package-lock.json");
    if newest(&web.join("package-lock.json")) > newest(&stamp) {
        npm(web, &["ci", "--no-audit", "--no-fund"])?;
        // npm may keep an older time on its own stamp.
        let now = fs::read(&stamp).and_then(|text| fs::write(&stamp, text));
        now.map_err(|error| format!("cannot touch {}: {error}", stamp.display()))?;
    }
    let sources = INPUTS.iter().map(|input| newest(&web.join(input))).max().flatten();
    if sources > newest(&web.join("build/index.html")) {
        npm(web, &["run", "build"])?;
    }
    Ok(())
}

fn npm(web: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let called = format!("`npm {}` in web/", arguments.join(" "));
    let output = Command::new(program).args(arguments).current_dir(web).output().map_err(|e| {
        format!("{called} cannot be started ({e}); install Node.js 20.19 or newer and build again")
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    eprintln!("{said}");
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    Err(format!("{called} failed: {last}"))
}

/// The newest change of a file or of anything in a folder; `None` when it is not there.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = fs::metadata(path).ok()?.modified().ok()?;
    let Ok(entries) = fs::read_dir(path) else { return Some(own) };
    entries.flatten().filter_map(|entry| newest(&entry.path())).chain([own]).max()
}

/// Copies the build, without the gzip twins that nobody is served.
fn lay_out(from: &Path, to: &Path) -> io::Result<()> {
    empty(to)?;
    copy(from, to)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else if path.extension().is_none_or(|extension| extension != "gz") {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

fn without_ui(to: &Path) -> io::Result<()> {
    empty(to)?;
    fs::copy("src/without-ui.html", to.join("index.html")).map(drop)
}

fn empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
}
