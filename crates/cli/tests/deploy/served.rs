//! What looks after a running server finds it.

use crate::yaml;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_fairlead");

/// A server on a database of its own.
pub struct Served {
    child: Child,
    pub address: String,
    folder: TempDir,
}

impl Served {
    fn start() -> Served {
        Served::start_with(&[])
    }

    /// With more flags. Its log goes into a file.
    pub fn start_with(flags: &[&str]) -> Served {
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--log", "warn", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said.map_while(Result::ok).find_map(|line| {
            line.strip_prefix("Fairlead runs at ").map(|address| address.trim().to_owned())
        });
        Served { child, address: address.expect("the server starts"), folder }
    }

    /// A command beside it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("--data-dir").arg(self.folder.path());
        command
    }

    /// Ends it, and gives what it logged.
    pub fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Gone already where the test has stopped it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn health(args: &[&str]) -> Output {
    Command::new(PROGRAM).arg("health").args(args).output().unwrap()
}

/// The paths that Kubernetes and Render ask.
fn probes(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(probes).collect(),
        Value::Object(fields) => {
            let own = fields.iter().filter_map(|(key, value)| match key.as_str() {
                "httpGet" => value["path"].as_str(),
                "healthCheckPath" => value.as_str(),
                _ => None,
            });
            own.map(str::to_owned).chain(fields.values().flat_map(probes)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_probe_is_answered() {
    let files = ["kubernetes.yaml", "render.yaml"];
    let all: Vec<String> =
        files.iter().flat_map(|name| yaml(name)).flat_map(|v| probes(&v)).collect();
    assert_eq!(all.len(), 4, "{all:?}");
    let served = Served::start();
    for path in all {
        let answer = ureq::get(format!("{}{path}", served.address)).call();
        assert!(answer.is_ok_and(|answer| answer.status() == 200), "{path}");
    }
}

#[test]
fn health_says_whether_the_server_is_ready() {
    let mut served = Served::start();
    let listens = served.address.trim_start_matches("http://").to_owned();
    assert!(health(&["--listen", &listens]).status.success());
    let said = health(&["--server", &served.address, "--json"]);
    assert!(said.status.success());
    assert_eq!(serde_json::from_slice::<Value>(&said.stdout).unwrap()["ready"], true);
    served.child.kill().unwrap();
    served.child.wait().unwrap();
    let said = health(&["--listen", &listens]);
    assert_eq!(said.status.code(), Some(1));
    let error = String::from_utf8(said.stderr).unwrap();
    assert!(error.contains(&served.address) && error.contains("not ready"), "{error}");
}
