//! Server processes, and the database that they share.

use sqlx::{Connection, Executor};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fairlead");

/// A PostgreSQL database of this test's own.
pub async fn postgres(test: &str) -> String {
    let admin = std::env::var("FAIRLEAD_TEST_POSTGRES").expect(
        "FAIRLEAD_TEST_POSTGRES is not set: run `cargo xtask test`, or this test with \
         `cargo xtask postgres cargo nextest run --release -p fairlead`",
    );
    let name = format!("processes_{test}_{}", std::process::id());
    let mut connection = sqlx::PgConnection::connect(&admin).await.unwrap();
    let create = format!("CREATE DATABASE {name}");
    connection.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
    let (server, _) = admin.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// The program with this database, and a data folder that is nobody's.
fn program(url: &str) -> Command {
    let folder = std::env::temp_dir().join(format!("fairlead-processes-{}", std::process::id()));
    let mut command = Command::new(PROGRAM);
    command.env("FAIRLEAD_DATABASE_URL", url).env("FAIRLEAD_DATA_DIR", folder);
    command
}

/// Runs a command to its end.
pub fn run(url: &str, args: &[&str]) -> Output {
    program(url).args(args).output().unwrap()
}

/// Runs a command to its end and gives what it printed.
pub fn fairlead(url: &str, args: &[&str]) -> String {
    let output = run(url, args);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "fairlead {args:?}: {said}{error}");
    said
}

/// A running server.
pub struct Node {
    child: Child,
    /// Its root, such as `http://127.0.0.1:8080`.
    pub address: String,
}

impl Node {
    /// Starts a server on this port, 0 for any, and waits until it serves.
    pub fn start(url: &str, port: u16) -> Self {
        Node::start_with(url, port, &[])
    }

    /// The same, with more flags.
    pub fn start_with(url: &str, port: u16, flags: &[&str]) -> Self {
        let mut child = program(url)
            .args(["serve", "--log", "warn", "--listen", &format!("127.0.0.1:{port}")])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said.by_ref().map_while(Result::ok).find_map(|line| {
            line.strip_prefix("Fairlead runs at ").map(|address| address.trim().to_owned())
        });
        // Goes on reading, so that the server can go on speaking.
        std::thread::spawn(move || said.map_while(Result::ok).for_each(drop));
        Node { child, address: address.expect("the server starts") }
    }

    pub fn port(&self) -> u16 {
        self.address.rsplit_once(':').unwrap().1.parse().unwrap()
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM: it finishes what it does and exits with 0.
    pub fn stop(mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}

/// A running `fairlead worker`.
pub struct Worker(Child);

impl Worker {
    pub fn start(url: &str, args: &[&str]) -> Self {
        let mut command = program(url);
        // With it set, a worker makes one pass and ends.
        command.env_remove("GITHUB_ACTIONS").arg("worker").args(args);
        Worker(command.stdout(Stdio::null()).spawn().unwrap())
    }

    /// SIGTERM: it finishes its pass and exits with 0.
    pub fn stop(mut self) {
        end(&mut self.0);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Gone already, unless the test failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Gone already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
