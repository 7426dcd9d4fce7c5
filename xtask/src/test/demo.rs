//! The built product running its demo in a folder of its own.

use super::product;
use crate::{
    guard::Guard,
    postgres,
    problem::{Context, Outcome, Problem},
};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long the server may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running demo server; dropping it stops it and removes its folder.
pub struct Demo {
    pub port: u16,
    /// The server's working folder, where ./data is.
    pub folder: PathBuf,
    server: Child,
    _guard: Guard,
}

impl Demo {
    /// Starts `fairlead serve --demo` on a free port, and waits until it is ready.
    pub fn start(root: &Path) -> Outcome<Demo> {
        let binary = product(root)?;
        let folder = postgres::new_folder(None)?;
        let port = postgres::free_port()?;
        let log = fs::File::create(folder.join("server.log"))?;
        let server = Command::new(&binary)
            .args(["serve", "--demo", "--listen", &format!("127.0.0.1:{port}")])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .context(|| format!("starting {}", binary.display()))?;
        let guard = Guard::new(
            "kill -9 \"$1\"; rm -rf -- \"$2\"",
            &[&server.id().to_string(), &folder.to_string_lossy()],
            None,
        )?;
        let mut demo = Demo { port, folder, server, _guard: guard };
        demo.wait()?;
        Ok(demo)
    }

    /// What the server has printed.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    fn wait(&mut self) -> Outcome<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.server.try_wait()? {
                let log = self.log();
                return Err(Problem::new(format!("the demo server ended with {status}\n{log}")));
            }
            if ready(self.port).unwrap_or(false) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = self.log();
        Err(Problem::new(format!("the demo server was not ready within {PATIENCE:?}\n{log}")))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Whether /readyz answers 200.
fn ready(port: u16) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    Ok(&answer == b"HTTP/1.1 200")
}
