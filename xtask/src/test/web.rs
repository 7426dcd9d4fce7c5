//! The web's stages: packages, types, lint, unit tests, and the browser tests on the built binary.

use super::{
    count,
    ledger::{Done, counted},
    product, program,
};
use crate::{
    problem::{Context, Outcome, Problem},
    run, system,
};
use std::{fs, path::Path, process::Command, time::SystemTime};

const NODE: &str = "install Node 20 or newer (with npm)";

/// Installs the packages when the lock file is newer than what is installed.
pub fn packages(root: &Path) -> Outcome<Done> {
    let web = root.join("web");
    let changed = |file: &str| web.join(file).metadata().and_then(|meta| meta.modified());
    let lock = changed("package-lock.json")
        .map_err(|error| Problem::new(format!("web/package-lock.json: {error}")))?;
    if changed("node_modules/.package-lock.json").is_ok_and(|done: SystemTime| done >= lock) {
        println!("up to date");
        return Ok(Done::Checked);
    }
    run::checked(npm(root)?.args(["ci", "--no-audit", "--no-fund"])).map(|_| Done::Checked)
}

/// svelte-check.
pub fn check(root: &Path) -> Outcome<Done> {
    run::checked(npm(root)?.args(["run", "check"])).map(|_| Done::Checked)
}

/// The API's types are those of docs/openapi.json.
pub fn api(root: &Path) -> Outcome<Done> {
    let file = root.join("web/src/lib/api/schema.d.ts");
    let kept = fs::read(&file).context(|| format!("reading {}", file.display()))?;
    let changed = fs::metadata(&file)?.modified()?;
    let made = run::checked(npm(root)?.args(["run", "api"]));
    let fresh = fs::read(&file);
    // A check leaves everything as it was, also when it was changed: else the next build would take
    // the web UI for stale, and build it and the server again.
    fs::write(&file, &kept)?;
    fs::File::options().write(true).open(&file)?.set_modified(changed)?;
    made?;
    if fresh? == kept {
        return Ok(Done::Checked);
    }
    Err(Problem::new(
        "web/src/lib/api/schema.d.ts is stale: run `npm run api` in web/, and commit it",
    ))
}

/// eslint and prettier.
pub fn lint(root: &Path) -> Outcome<Done> {
    run::checked(npm(root)?.args(["run", "lint"])).map(|_| Done::Checked)
}

/// vitest.
pub fn unit(root: &Path) -> Outcome<Done> {
    let ran = run::shown(npm(root)?.args(["test", "--", "--run"]))?;
    counted(count::vitest(&ran.text), ran.status.success())
}

/// Playwright in a real Chromium against the built binary.
pub fn browser(root: &Path) -> Outcome<Done> {
    let chromium = system::ensure(&system::CHROMIUM)?;
    let mut e2e = npm(root)?;
    e2e.args(["run", "e2e", "--", "--reporter=list", "--forbid-only"]);
    e2e.env("FAIRLEAD_BIN", product(root)?).env("CHROMIUM", chromium);
    let ran = run::shown(&mut e2e)?;
    counted(count::playwright(&ran.text), ran.status.success())
}

fn npm(root: &Path) -> Outcome<Command> {
    let mut npm = Command::new(program("npm", NODE)?);
    npm.current_dir(root.join("web"));
    npm.env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    // The system's Chromium is used; the runner shall not fetch one.
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    Ok(npm)
}
