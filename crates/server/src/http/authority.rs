//! Certificates as tests need them: an authority, and what it signs.

use crate::http::certificate::CertificateFiles;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::{ALL_VERSIONS, ClientConfig, RootCertStore, SupportedProtocolVersion};

pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate for localhost from the first of January of one year to that of another,
    /// followed by the authority's; and its key.
    pub fn sign(&self, years: Range<i32>) -> [String; 2] {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(years.start, 1, 1);
        params.not_after = date_time_ymd(years.end, 1, 1);
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.0).unwrap();
        [format!("{}{}", cert.pem(), self.0.pem()), key.serialize_pem()]
    }

    /// Puts another certificate and its key into the folder.
    pub fn write(&self, folder: &Path, years: Range<i32>) -> CertificateFiles {
        let files = CertificateFiles { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
        let [cert, key] = self.sign(years);
        std::fs::write(&files.cert, cert).unwrap();
        std::fs::write(&files.key, key).unwrap();
        files
    }

    /// A client that trusts this authority only.
    pub fn client(
        &self,
        protocol: &str,
        version: Option<&'static SupportedProtocolVersion>,
    ) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let versions = version.map_or(ALL_VERSIONS.to_vec(), |version| vec![version]);
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        TlsConnector::from(Arc::new(config))
    }
}
