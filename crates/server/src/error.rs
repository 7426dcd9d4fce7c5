//! Why a server did not start, or stopped.

use std::net::SocketAddr;
use std::path::PathBuf;
use thiserror::Error;

/// A failure that ends the process.
#[derive(Debug, Error)]
pub enum Error {
    #[error("cannot listen on {address}: {error}; choose another address with --listen")]
    Listen { address: SocketAddr, error: std::io::Error },
    #[error("the certificate cannot be used: {} {problem}", file.display())]
    Certificate { file: PathBuf, problem: String },
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(
        "the demo has logins that everybody knows, so it listens on a loopback address only; {0} is none"
    )]
    DemoAddress(SocketAddr),
    #[error("no randomness from the operating system: {0}")]
    Randomness(String),
    #[error("there is no workspace “{0}”; `fairlead workspace list` shows them all")]
    NoSuchWorkspace(String),
    #[error("the database holds no workspace yet; make one with `fairlead setup`")]
    NoWorkspace,
    #[error("the database has several workspaces ({0}); choose one with --workspace")]
    WhichWorkspace(String),
    #[error(
        "the server that has this database open does not say how to reach it; stop it, or wait until it is up"
    )]
    Unreachable,
    #[error("{what}: {error}")]
    Io { what: &'static str, error: std::io::Error },
    #[error("{field}: {problem}")]
    Invalid { field: String, problem: String },
}
