//! Whose certificates a command believes.

use anyhow::{Context, Error, Result, anyhow, bail};
use std::path::Path;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// Those in the file and no others; the public authorities when there is none.
pub fn authorities(file: Option<&Path>) -> Result<TlsConfig> {
    let Some(file) = file else { return Ok(TlsConfig::default()) };
    let name = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read --ca-cert {name}"))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        let item = item.with_context(|| format!("--ca-cert {name} is no PEM"))?;
        if let PemItem::Certificate(certificate) = item {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        bail!("--ca-cert {name} holds no certificate in PEM (BEGIN CERTIFICATE)");
    }
    Ok(TlsConfig::builder().root_certs(RootCerts::from(certificates)).build())
}

/// Anybody's, for a question to this machine that holds no secret: the certificate is for the
/// server's name, not for the loopback address that it is asked at.
pub fn anybody_here() -> TlsConfig {
    TlsConfig::builder().disable_verification(true).build()
}

/// Why a server was not reached. One refusal has a name that nobody understands.
pub fn explained(error: ureq::Error) -> Error {
    if !error.to_string().contains("CaUsedAsEndEntity") {
        return error.into();
    }
    anyhow!(
        "its certificate is marked as an authority's (CA:TRUE), as `openssl req -x509` makes it, \
         and an authority's is not taken as a server's own (CaUsedAsEndEntity); make it with \
         -addext basicConstraints=critical,CA:FALSE, or sign the server's certificate with it"
    )
}
