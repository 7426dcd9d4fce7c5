//! The built product as a process of its own.

use crate::Problem;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take at most; a million items are loaded in it.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running `fairlead serve`; dropped, it is stopped.
pub struct Product {
    child: Child,
    pub address: SocketAddr,
    /// From starting the process until it said that it is ready.
    pub ready_in: Duration,
}

impl Product {
    /// Starts the binary on a free port, and waits until it is ready.
    pub fn start(binary: &Path, folder: &Path, database: Option<&str>) -> Result<Self, Problem> {
        // The port is free when chosen; nobody else here takes ports meanwhile.
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let log = folder.join("server.log");
        let mut command = Command::new(binary);
        command.arg("serve").arg("--listen").arg(address.to_string());
        command.arg("--data-dir").arg(folder).args(["--log", "warn"]);
        if let Some(url) = database {
            command.env("FAIRLEAD_DATABASE_URL", url);
        }
        command.current_dir(folder).stdin(Stdio::null());
        command.stdout(File::create(&log)?).stderr(File::options().append(true).open(&log)?);
        let started = Instant::now();
        let child = command.spawn()?;
        let mut product = Product { child, address, ready_in: Duration::ZERO };
        loop {
            if get(address, "/readyz").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                product.ready_in = started.elapsed();
                return Ok(product);
            }
            let ended = product.child.try_wait()?;
            if ended.is_some() || started.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                return Err(format!("the server was not ready ({ended:?}):\n{said}").into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Memory that is its own and resident, in MiB.
    pub fn rss_mib(&self) -> Result<f64, Problem> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
        Ok(kib.ok_or("/proc tells no VmRSS")? / 1024.0)
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) -> Result<(), Problem> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status()?;
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait()? {
                return match status.success() {
                    true => Ok(()),
                    false => Err(format!("the server stopped with {status}").into()),
                };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err("the server did not stop within 30 s".into())
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
