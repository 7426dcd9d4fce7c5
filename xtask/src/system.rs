//! What the tests need from the machine: found, installed where that is ours to do, or named.

use crate::{
    problem::{Outcome, Problem},
    run,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A program the tests need that cargo and npm cannot bring.
pub struct Need {
    /// The package's name in Debian.
    pub package: &'static str,
    /// What to do on other systems.
    pub hint: &'static str,
    pub find: fn() -> Option<PathBuf>,
}

pub const POSTGRESQL: Need = Need {
    package: "postgresql",
    hint: "on macOS: brew install postgresql@17",
    find: postgres_folder,
};

pub const OPENSSL: Need =
    Need { package: "openssl", hint: "install openssl", find: || on_path("openssl") };

pub const CHROMIUM: Need = Need {
    package: "chromium",
    hint: "on macOS: brew install --cask chromium; or set CHROMIUM to a Chromium's path",
    find: chromium,
};

pub const CURL: Need =
    Need { package: "curl", hint: "install curl", find: || on_path("curl").filter(|p| p.exists()) };

/// Where the need is met; installs it first when root on Debian, and names it otherwise.
pub fn ensure(need: &Need) -> Outcome<PathBuf> {
    if let Some(found) = (need.find)() {
        return Ok(found);
    }
    install(need.package, need.hint)?;
    (need.find)().ok_or_else(|| {
        Problem::new(format!("'{}' was installed, yet is not where expected", need.package))
    })
}

/// Installs a package when root on Debian, and names it otherwise.
pub fn install(package: &str, hint: &str) -> Outcome<()> {
    if !(user_id()? == 0 && Path::new("/etc/debian_version").exists()) {
        return Err(Problem::new(format!(
            "the package '{package}' is needed: on Debian run `sudo apt-get install \
             --no-install-recommends {package}`; {hint}"
        )));
    }
    apt(&["update", "-q"])?;
    apt(&["install", "-q", "-y", "--no-install-recommends", package])
}

fn apt(args: &[&str]) -> Outcome<()> {
    let mut apt = Command::new("apt-get");
    run::checked(apt.args(args).env("DEBIAN_FRONTEND", "noninteractive")).map(|_| ())
}

/// The number of the user this runs as.
pub fn user_id() -> Outcome<u32> {
    number(&run::quiet(Command::new("id").arg("-u"))?)
}

/// User and group numbers of a named user.
pub fn ids_of(user: &str) -> Outcome<(u32, u32)> {
    let id = |flag| number(&run::quiet(Command::new("id").args([flag, user]))?);
    Ok((id("-u")?, id("-g")?))
}

fn number(text: &[u8]) -> Outcome<u32> {
    let text = String::from_utf8_lossy(text);
    text.trim().parse().map_err(|_| Problem::new(format!("`id` answered '{text}', not a number")))
}

/// The first file of this name in PATH.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn chromium() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(told));
    }
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path).or_else(|| {
        ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"]
            .map(|app| Path::new("/Applications").join(app))
            .into_iter()
            .find(|app| app.exists())
    })
}

/// The newest PostgreSQL's folder of programs (Debian keeps them outside PATH).
fn postgres_folder() -> Option<PathBuf> {
    let has = |folder: &Path| folder.join("initdb").exists() && folder.join("pg_ctl").exists();
    let mut found = Vec::new();
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ] {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        found.extend(entries.filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version: u32 = name.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join("bin"))).filter(|(_, bin)| has(bin))
        }));
    }
    let newest = found.into_iter().max().map(|(_, bin)| bin);
    newest
        .or_else(|| on_path("initdb").and_then(|p| Some(p.parent()?.to_owned())).filter(|p| has(p)))
}
