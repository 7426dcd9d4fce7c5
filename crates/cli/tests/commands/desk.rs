//! A server with a lead desk in a folder of its own, and the commands that are tried on it.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fairlead");

/// What the machine that runs the tests may have set.
const INHERITED: [&str; 3] = ["GITHUB_ACTIONS", "CHECK_INTERVAL", "MAX_LEADS_PER_BATCH"];

/// The program with this data folder.
pub fn program(folder: &std::path::Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env("FAIRLEAD_DATA_DIR", folder).current_dir(folder);
    for name in INHERITED {
        command.env_remove(name);
    }
    command
}

/// What a command printed.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Starts a server, and says where it is.
fn serve(folder: &std::path::Path) -> (Child, String) {
    let mut server = program(folder)
        .args(["serve", "--log", "warn", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        line.strip_prefix("Fairlead runs at ").map(|address| address.trim().to_owned())
    });
    // Goes on reading, so that the server can go on speaking.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    (server, address.expect("the server starts"))
}

pub struct Desk {
    folder: tempfile::TempDir,
    server: Child,
    address: String,
    token: String,
}

impl Desk {
    /// Sources META, GOOGLE and FILE of one queue, fewest assigned first; no agents yet.
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup =
            program(folder.path()).args(["setup", "--preset", "lead-desk"]).output().unwrap();
        assert!(setup.status.success(), "{setup:?}");
        let (server, address) = serve(folder.path());
        let token = String::new();
        let mut desk = Desk { folder, server, address, token };
        let made = desk.run(&["token", "create", "test", "--role", "admin"]);
        desk.token = said(&made).trim().to_owned();
        desk
    }

    /// The server dies, and another comes in its place: at another address, with another token for
    /// commands on this machine.
    pub fn restart(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        (self.server, self.address) = serve(self.folder.path());
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn program(&self) -> Command {
        program(self.folder.path())
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.program().args(args).output().unwrap()
    }

    /// Runs a command that must succeed, with `--json`.
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        assert!(output.status.success(), "{args:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub fn send(&self, method: &str, path: &str, body: Value) -> Value {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.address))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body.to_string())
            .unwrap();
        ureq::run(request).unwrap().body_mut().read_json().unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // It may have gone already, when a test failed.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
