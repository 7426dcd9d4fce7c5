//! What the command line, the `FAIRLEAD_*` variables and the configuration file say, in that
//! order.

use crate::command;
use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The configuration file that is read when none is named and it is there.
const FILE: &str = "fairlead.toml";

const VARIABLES: &str = "Options of every command have variables too, such as FAIRLEAD_DATA_DIR \
    for --data-dir; and lines in fairlead.toml, such as data_dir = \"/srv/fairlead\". An option \
    goes before a variable, a variable before the file.";

/// Hands out work to people: fairly, exactly once, at once, and can say why.
#[derive(Parser)]
#[command(version, propagate_version = true, after_help = VARIABLES)]
pub struct Cli {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve the web pages and the API, and hand out work.
    Serve(command::serve::Serve),
    /// Create or migrate the database, a workspace and its admin. May be run again.
    Setup(command::setup::Setup),
    /// Create and list workspaces.
    Workspace(command::workspace::Workspace),
    /// Create, list and revoke API tokens.
    Token(command::token::Token),
    /// The link by which agents sign in from the list of their names: show, renew, withdraw.
    DeskLink(command::desk_link::DeskLink),
    /// Give agents a PIN for that list, or take it away.
    Pin(command::pin::Pin),
    /// Check schema, configuration and journal; exit code 1 with a list of what is wrong.
    Verify(command::verify::Verify),
    /// Import items from a CSV or Excel file.
    Import(command::import::Import),
    /// Match what waits, again and again, where dispatch is by worker.
    Worker(command::worker::Worker),
    /// Match what waits now, and print how many.
    Trigger(command::trigger::Trigger),
    /// Who has how much: agents, queues, sources.
    Stats,
    /// How evenly work is spread, and who is next and why.
    Fairness(command::fairness::Fairness),
    /// Watch agents, fairness and assignments in the terminal.
    Monitor(command::monitor::Monitor),
    /// Write what happened as CSV or Excel.
    Export(command::export::Export),
    /// Copy the SQLite database into a file, while a server runs or not.
    Backup(command::backup::Backup),
    /// Put a copy in the place of the SQLite database, which is kept; no server may run.
    Restore(command::restore::Restore),
    /// Ask whether the server is ready; exit code 0 or 1.
    Health,
    /// Write out or erase what is kept of one person outside.
    Contact(command::contact::Contact),
    /// Who is not to be called: list, add, check, remove, import.
    DoNotCall(command::do_not_call::DoNotCall),
    /// People's own sheets: add, list, check, sync, remove.
    Sheet(command::sheet::Sheet),
    /// With --from, play a recorded period again under another policy and compare both; without, run
    /// random workspaces through the core and check every invariant.
    Simulate(command::simulate::Simulate),
    /// Print the OpenAPI document.
    Openapi,
}

/// Options of every command.
#[derive(Args, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`; by default a SQLite file in the data folder.
    #[arg(long, global = true, env = "FAIRLEAD_DATABASE_URL", hide_env = true)]
    pub database_url: Option<String>,
    /// The data folder [default: data].
    #[arg(long, global = true, env = "FAIRLEAD_DATA_DIR", hide_env = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// A server elsewhere, such as https://fairlead.example.
    #[arg(long, global = true, env = "FAIRLEAD_SERVER", hide_env = true, value_name = "URL")]
    pub server: Option<String>,
    /// The API token for that server. Prefer the variable: arguments are visible to others.
    #[arg(long, global = true, env = "FAIRLEAD_TOKEN", hide_env = true)]
    pub token: Option<String>,
    /// The workspace, where the database has several.
    #[arg(long, global = true, env = "FAIRLEAD_WORKSPACE", hide_env = true, value_name = "NAME")]
    pub workspace: Option<String>,
    /// Where to listen [default: 127.0.0.1:8080].
    #[arg(long, global = true, env = "FAIRLEAD_LISTEN", hide_env = true, value_name = "ADDRESS")]
    pub listen: Option<std::net::SocketAddr>,
    /// What secrets of webhooks are sealed with: 32 bytes in base64, the same on every node; older
    /// keys may follow after commas. A file in the data folder when absent. Prefer the variable: arguments are visible to others.
    #[arg(
        long,
        global = true,
        env = "FAIRLEAD_SECRET_KEY",
        hide_env = true,
        value_name = "BASE64"
    )]
    pub secret_key: Option<String>,
    /// Where Meta's leads are fetched [default: https://graph.facebook.com/v23.0].
    #[arg(long, global = true, env = "FAIRLEAD_META_URL", hide_env = true, value_name = "URL")]
    pub meta_url: Option<String>,
    /// The server's own certificate: a PEM file with it and those that it is signed with.
    #[arg(long, global = true, env = "FAIRLEAD_TLS_CERT", hide_env = true, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// That certificate's private key: a PEM file without a passphrase.
    #[arg(long, global = true, env = "FAIRLEAD_TLS_KEY", hide_env = true, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Whose certificates --server may have: a PEM file [default: the public authorities].
    #[arg(long, global = true, env = "FAIRLEAD_CA_CERT", hide_env = true, value_name = "FILE")]
    pub ca_cert: Option<PathBuf>,
    /// Print JSON instead of tables.
    #[arg(long, global = true)]
    #[serde(skip)]
    pub json: bool,
    /// A configuration file [default: fairlead.toml, if it is there].
    #[arg(long, global = true, env = "FAIRLEAD_CONFIG", hide_env = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
}

impl Options {
    /// Fills what was not given from the configuration file.
    pub fn complete(self) -> Result<Options> {
        let file = match &self.config {
            Some(path) => read(path)?,
            None if Path::new(FILE).is_file() => read(Path::new(FILE))?,
            None => Options::default(),
        };
        let options = Options {
            database_url: said(self.database_url).or(file.database_url),
            data_dir: self.data_dir.or(file.data_dir),
            server: said(self.server).or(file.server),
            token: said(self.token).or(file.token),
            workspace: said(self.workspace).or(file.workspace),
            listen: self.listen.or(file.listen),
            secret_key: said(self.secret_key).or(file.secret_key),
            meta_url: said(self.meta_url).or(file.meta_url),
            tls_cert: self.tls_cert.or(file.tls_cert),
            tls_key: self.tls_key.or(file.tls_key),
            ca_cert: self.ca_cert.or(file.ca_cert),
            ..self
        };
        if options.tls_cert.is_some() != options.tls_key.is_some() {
            bail!("--tls-cert and --tls-key go together: one of them is missing");
        }
        Ok(options)
    }

    /// Refuses to go on where a server elsewhere was named.
    pub fn of_this_machine(&self) -> Result<()> {
        if self.server.is_some() {
            bail!(
                "this works on the database of this machine; leave out --server (FAIRLEAD_SERVER)"
            );
        }
        Ok(())
    }

    /// How a server in this process is configured.
    pub fn server_config(&self) -> server::Config {
        let standard = server::Config::default();
        server::Config {
            address: self.listen.unwrap_or(standard.address),
            tls: self.certificate(),
            database_url: self.database_url.clone(),
            data_dir: self.data_dir.clone().unwrap_or(standard.data_dir),
            secret_key: self.secret_key.clone().map(server::GivenKey),
            meta_url: self.meta_url.clone().unwrap_or(standard.meta_url),
            ..standard
        }
    }

    fn certificate(&self) -> Option<server::CertificateFiles> {
        let (cert, key) = self.tls_cert.clone().zip(self.tls_key.clone())?;
        Some(server::CertificateFiles { cert, key })
    }
}

/// An empty variable says nothing: a secret that was never set comes as one.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn read(path: &Path) -> Result<Options> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not a configuration", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn a_flag_goes_before_the_file() {
        let folder = std::env::temp_dir().join(format!("fairlead-options-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("conf.toml");
        std::fs::write(&path, "data_dir = \"/srv/fairlead\"\nworkspace = \"acme\"\n").unwrap();
        let config = path.to_str().unwrap();
        let cli =
            Cli::parse_from(["fairlead", "--workspace", "globex", "--config", config, "stats"]);
        let options = cli.options.complete().unwrap();
        assert_eq!(options.workspace.as_deref(), Some("globex"));
        assert_eq!(options.data_dir, Some("/srv/fairlead".into()));
        let cli = Cli::parse_from([
            "fairlead",
            "--workspace",
            "",
            "--server",
            "",
            "--config",
            config,
            "stats",
        ]);
        let options = cli.options.complete().unwrap();
        assert_eq!((options.workspace.as_deref(), options.server), (Some("acme"), None));
        std::fs::write(&path, "tls_cert = \"cert.pem\"\n").unwrap();
        let half = Cli::parse_from(["fairlead", "--config", config, "serve"]).options.complete();
        assert!(half.err().unwrap().to_string().contains("--tls-key"));
        let both =
            Cli::parse_from(["fairlead", "--config", config, "serve", "--tls-key", "key.pem"]);
        let tls = both.options.complete().unwrap().server_config().tls.unwrap();
        assert_eq!((tls.cert, tls.key), ("cert.pem".into(), "key.pem".into()));
        std::fs::write(&path, "data_dri = \"x\"\n").unwrap();
        let again = Cli::parse_from(["fairlead", "--config", config, "stats"]).options.complete();
        assert!(format!("{:#}", again.err().unwrap()).contains("data_dri"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
