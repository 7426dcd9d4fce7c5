//! What a running server is told: where to listen, where to keep things, and its limits.

use crate::auth::seal::GivenKey;
use crate::http::certificate::CertificateFiles;
use crate::http::connections::Patience;
use crate::http::peer::Network;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// The configuration of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes any free one.
    pub address: SocketAddr,
    /// The server's own certificate; plain HTTP without.
    pub tls: Option<CertificateFiles>,
    /// `sqlite:PATH` or `postgres://…`; a SQLite file in the data folder when absent.
    pub database_url: Option<String>,
    /// Where the SQLite database, uploads and `server.json` are.
    pub data_dir: PathBuf,
    /// What secrets are sealed with; a key in the data folder when absent.
    pub secret_key: Option<GivenKey>,
    /// Where Meta's leads are fetched, with the version of its Graph API.
    pub meta_url: String,
    /// Whether webhooks may go into private networks, and over plain http.
    pub private_webhooks: bool,
    /// Where files that are kept as sheets over HTTP lie, if there may be any.
    pub sheet_folder: Option<PathBuf>,
    pub log_format: LogFormat,
    /// A filter such as `info` or `server=debug`.
    pub log_filter: String,
    /// Serve requests, but leave deadlines and matching on time to other nodes.
    pub no_dispatch: bool,
    /// Fill an empty database with a living demo workspace; only on a loopback address.
    pub demo: bool,
    /// Proxies whose word about who sent a request is believed.
    pub trusted_proxies: Vec<Network>,
    pub request_timeout: Duration,
    /// How long requests under way may go on after a signal to stop.
    pub stop_timeout: Duration,
    pub patience: Patience,
    pub limits: Limits,
}

/// Bounds on what one request or client may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest ordinary body, in bytes.
    pub body_bytes: usize,
    /// The largest webhook body, in bytes.
    pub ingest_bytes: usize,
    /// The largest uploaded file, in bytes.
    pub import_bytes: usize,
    /// The most items of one webhook call.
    pub ingest_items: usize,
    /// Sign-ins a minute per name and address.
    pub sign_ins_per_minute: u32,
    /// Live clients at once.
    pub live_clients: i64,
    /// Imports running at once.
    pub imports: usize,
}

impl Limits {
    /// The largest body of an operation, by its path below `/api/v1`, in bytes.
    pub fn body_of(&self, path: &str) -> usize {
        match path {
            "/imports" | "/do-not-call/import" => self.import_bytes,
            "/ingest/{source_key}" => self.ingest_bytes,
            _ => self.body_bytes,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: 256 << 10,
            ingest_bytes: 4 << 20,
            import_bytes: 256 << 20,
            ingest_items: 1000,
            sign_ins_per_minute: 5,
            live_clients: 10_000,
            imports: 2,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            tls: None,
            database_url: None,
            data_dir: PathBuf::from("data"),
            secret_key: None,
            private_webhooks: false,
            sheet_folder: None,
            meta_url: "https://graph.facebook.com/v23.0".to_owned(),
            log_format: LogFormat::Text,
            log_filter: "info".to_owned(),
            no_dispatch: false,
            demo: false,
            trusted_proxies: Vec::new(),
            request_timeout: Duration::from_secs(30),
            stop_timeout: Duration::from_secs(20),
            patience: Patience {
                connections: 16_384,
                head: Duration::from_secs(30),
                handshakes: 4096,
                handshake: Duration::from_secs(10),
            },
            limits: Limits::default(),
        }
    }
}

impl Config {
    /// The root of a server that listens there, such as `http://127.0.0.1:8080`.
    pub fn root(&self, address: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{address}")
    }

    /// Where the database is.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.data_dir.join("fairlead.db").display());
        self.database_url.clone().unwrap_or_else(file)
    }
}
