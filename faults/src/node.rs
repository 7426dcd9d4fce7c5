//! A node: a real `fairlead serve` that is killed, stopped in its tracks, and started again.

use crate::Problem;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a node may take until it serves, or until it has ended.
const PATIENCE: Duration = Duration::from_secs(90);

/// The product, and the database that its nodes share.
#[derive(Clone)]
pub struct Product {
    pub binary: PathBuf,
    pub url: String,
    /// Its own, for data and logs.
    pub folder: PathBuf,
}

impl Product {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(&self.folder)
            .env("FAIRLEAD_DATABASE_URL", &self.url)
            .env("FAIRLEAD_DATA_DIR", &self.folder)
            .stdin(Stdio::null());
        command
    }

    /// Runs one of its commands to the end and gives what it printed.
    pub fn run(&self, args: &[&str]) -> Result<String, Problem> {
        let output = self.command().args(args).output()?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() {
            return Ok(said);
        }
        let error = String::from_utf8_lossy(&output.stderr);
        Err(format!("fairlead {} ended with {}: {said}{error}", args.join(" "), output.status)
            .into())
    }

    /// Where the nodes write their logs.
    pub fn log(&self) -> PathBuf {
        self.folder.join("nodes.log")
    }
}

/// A node; it is gone when dropped.
pub struct Node {
    product: Product,
    port: u16,
    child: Option<Child>,
    stopped_at: Option<Instant>,
}

impl Node {
    /// Chooses a free port and starts.
    pub fn start(product: &Product) -> Result<Self, Problem> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut node = Node { product: product.clone(), port, child: None, stopped_at: None };
        node.go()?;
        node.ready()?;
        Ok(node)
    }

    pub fn root(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts (again) at its port, and does not wait until it serves.
    pub fn go(&mut self) -> Result<(), Problem> {
        let log = File::options().create(true).append(true).open(self.product.log())?;
        let mut command = self.product.command();
        command
            .args(["serve", "--log", "info", "--listen", &format!("127.0.0.1:{}", self.port)])
            .stdout(log.try_clone()?)
            .stderr(log);
        let child = command.spawn()?;
        std::fs::write(self.pid_file(), child.id().to_string())?;
        self.child = Some(child);
        Ok(())
    }

    /// By which whoever started this program finds nodes that it has left.
    fn pid_file(&self) -> PathBuf {
        self.product.folder.join(format!("{}.pid", self.port))
    }

    /// Waits until it serves.
    pub fn ready(&mut self) -> Result<(), Problem> {
        let (root, began) = (self.root(), Instant::now());
        while began.elapsed() < PATIENCE {
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                let log = self.product.log();
                return Err(format!("a node ended with {status}; see {}", log.display()).into());
            }
            if ureq::get(format!("{root}/readyz")).call().is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!("the node at {root} does not serve after {} s", PATIENCE.as_secs()).into())
    }

    /// SIGKILL, wherever it is.
    pub fn kill(&mut self) -> Result<(), Problem> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
            std::fs::remove_file(self.pid_file())?;
        }
        self.stopped_at = None;
        Ok(())
    }

    /// SIGSTOP: the others, and the database, hear nothing of it any more.
    pub fn stop_dead(&mut self) -> Result<(), Problem> {
        self.signal("-STOP")?;
        self.stopped_at = Some(Instant::now());
        Ok(())
    }

    /// SIGCONT: it goes on with whatever it was about to do.
    pub fn go_on(&mut self) -> Result<(), Problem> {
        if self.stopped_at.take().is_some() {
            self.signal("-CONT")?;
        }
        Ok(())
    }

    /// For how long it has been stopped.
    pub fn stopped_for(&self) -> Option<Duration> {
        self.stopped_at.map(|at| at.elapsed())
    }

    /// SIGTERM: it finishes what it does and must end well.
    pub fn end(&mut self) -> Result<(), Problem> {
        self.signal("-TERM")?;
        let began = Instant::now();
        while let Some(child) = &mut self.child {
            let ended = child.try_wait()?;
            if let Some(status) = ended {
                self.kill()?;
                let wrong = || format!("a node that was to end: {status}").into();
                return if status.success() { Ok(()) } else { Err(wrong()) };
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("a node did not end in {} s", PATIENCE.as_secs()).into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn signal(&self, signal: &str) -> Result<(), Problem> {
        let Some(child) = &self.child else { return Ok(()) };
        let status = Command::new("kill").args([signal, &child.id().to_string()]).status()?;
        if status.success() { Ok(()) } else { Err(format!("kill {signal}: {status}").into()) }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Gone already, unless something went wrong.
        let _ = self.kill();
    }
}

/// The built product beside this program, or the one that was named.
pub fn binary(named: Option<&Path>) -> Result<PathBuf, Problem> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => std::env::current_exe()?.with_file_name("fairlead"),
    };
    path.canonicalize().map_err(|error| {
        format!("{}: {error}; build it, or name one with --binary", path.display()).into()
    })
}
