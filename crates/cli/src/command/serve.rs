//! `fairlead serve`: the server, until Ctrl-C or SIGTERM.

use crate::engine::runtime;
use crate::options::Options;
use anyhow::{Context, Result};
use clap::Args;
use clap::builder::BoolishValueParser;
use std::process::ExitCode;

#[derive(Args)]
pub struct Serve {
    /// Fill an empty database with a small living demo workspace; loopback only.
    #[arg(long)]
    demo: bool,
    /// Log lines as JSON.
    #[arg(long, env = "FAIRLEAD_LOG_JSON", value_parser = BoolishValueParser::new())]
    log_json: bool,
    /// What to log, such as info or server=debug.
    #[arg(long, env = "FAIRLEAD_LOG", default_value = "info", value_name = "FILTER")]
    log: String,
    /// Answer requests, but leave deadlines to other nodes on the same PostgreSQL.
    #[arg(long, env = "FAIRLEAD_NO_DISPATCH", value_parser = BoolishValueParser::new())]
    no_dispatch: bool,
    /// A proxy, or a network of proxies, whose X-Forwarded-For and X-Forwarded-Proto are believed;
    /// may be given again.
    #[arg(
        long = "trusted-proxy",
        env = "FAIRLEAD_TRUSTED_PROXIES",
        value_name = "CIDR",
        value_delimiter = ','
    )]
    trusted_proxies: Vec<server::Network>,
    /// Let webhooks go to addresses in private networks and on this machine, over http too.
    #[arg(long, env = "FAIRLEAD_PRIVATE_WEBHOOKS", value_parser = BoolishValueParser::new())]
    private_webhooks: bool,
    /// Where files that admins keep as sheets over HTTP lie, one folder for each workspace's number
    /// when there are several; without it only commands on this machine may add files.
    #[arg(long, env = "FAIRLEAD_SHEET_FOLDER", value_name = "FOLDER")]
    sheet_folder: Option<std::path::PathBuf>,
}

pub fn run(options: &Options, args: Serve) -> Result<ExitCode> {
    let mut config = options.server_config();
    config.demo = args.demo;
    config.no_dispatch = args.no_dispatch;
    config.trusted_proxies = args.trusted_proxies;
    config.private_webhooks = args.private_webhooks;
    config.sheet_folder = args.sheet_folder;
    config.log_filter = args.log;
    if args.log_json {
        config.log_format = server::LogFormat::Json;
    }
    runtime()?.block_on(server::serve(config)).context("the server stopped")?;
    Ok(ExitCode::SUCCESS)
}
