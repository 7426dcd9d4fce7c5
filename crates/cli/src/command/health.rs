//! `fairlead health`: whether a server is ready, as its exit code. For containers, whose images
//! hold nothing else that could ask.

use crate::options::Options;
use crate::print;
use crate::trust;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::TlsConfig;

/// Less than the time that whoever asks allows for the answer.
const PATIENCE: Duration = Duration::from_secs(4);

pub fn run(options: &Options) -> Result<ExitCode> {
    let (root, tls) = match &options.server {
        Some(root) => {
            let authorities = trust::authorities(options.ca_cert.as_deref())?;
            (root.trim_end_matches('/').to_owned(), authorities)
        }
        None => {
            let config = options.server_config();
            (config.root(reached(config.address)), trust::anybody_here())
        }
    };
    ask(&root, tls).with_context(|| format!("the server at {root} is not ready"))?;
    match options.json {
        true => print::json(&json!({ "ready": true }))?,
        false => print::line("ready")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(root: &str, tls: TlsConfig) -> Result<()> {
    let config = Agent::config_builder().http_status_as_error(false).tls_config(tls);
    let agent: Agent = config.timeout_global(Some(PATIENCE)).build().into();
    let mut answer = agent.get(format!("{root}/readyz")).call().map_err(trust::explained)?;
    if !answer.status().is_success() {
        let problem: serde_json::Value = answer.body_mut().read_json().unwrap_or_default();
        bail!("{}", problem["detail"].as_str().unwrap_or("it does not say why"));
    }
    Ok(())
}

/// How a server that listens there is reached from this machine.
fn reached(mut listens: SocketAddr) -> SocketAddr {
    match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => listens.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => listens.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    listens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_here() {
        for (listens, reach) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("10.1.2.3:80", "10.1.2.3:80"),
        ] {
            assert_eq!(reached(listens.parse().unwrap()), reach.parse().unwrap());
        }
    }
}
