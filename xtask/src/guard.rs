//! Cleaning up whatever happens.
//!
//! The standard library has no signal handlers, and no handler outlives `kill -9`. So a small shell
//! waits on a pipe that this process holds: when the pipe closes (dropped, panicked, interrupted,
//! killed) the shell runs the clean-up. It stands in its own process group, where Ctrl-C does
//! not reach it.

use crate::problem::{Context, Outcome};
use std::{
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};

/// Runs a shell script when it is dropped or this process ends in any way.
pub struct Guard(Child);

impl Guard {
    /// `script` runs in `sh` with `args` as `$1`, `$2`, …; as user `owner` when one is given.
    pub fn new(script: &str, args: &[&str], owner: Option<(u32, u32)>) -> Outcome<Self> {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("trap '' INT TERM HUP; cat >/dev/null; {script}"))
            .arg("guard")
            .args(args)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        if let Some((user, group)) = owner {
            shell.uid(user).gid(group);
        }
        Ok(Guard(shell.spawn().context(|| "starting sh".into())?))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        if let Err(error) = self.0.wait() {
            eprintln!("warning: the clean-up did not end: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_runs_when_the_guard_is_dropped() {
        let folder = std::env::temp_dir().join(format!("fairlead-guard-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.to_str().unwrap();
        let guard = Guard::new("rm -rf -- \"$1\"", &[path], None).unwrap();
        assert!(folder.exists());
        drop(guard);
        assert!(!folder.exists());
    }

    #[test]
    fn a_panic_runs_it_too() {
        let folder = std::env::temp_dir().join(format!("fairlead-panic-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.to_str().unwrap().to_owned();
        let stage = std::panic::catch_unwind(|| {
            let _guard = Guard::new("rm -rf -- \"$1\"", &[&path], None).unwrap();
            panic!("a stage panics (expected in this test)");
        });
        assert!(stage.is_err());
        assert!(!folder.exists());
    }
}
