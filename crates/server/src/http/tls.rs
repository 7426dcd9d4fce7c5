//! TLS in: handshakes bounded in time and number, and a word to those who speak plain HTTP.

use crate::clock::Clock;
use crate::error::Error;
use crate::http::Problem;
use crate::http::certificate::{Certificate, CertificateFiles, LOOK_AGAIN};
use crate::http::connections::Patience;
use axum::http::StatusCode;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::server::TlsStream;

/// The first byte of every TLS connection: a record that holds a handshake.
const HANDSHAKE: u8 = 22;
/// What is read of somebody who speaks plain HTTP, so that our answer is not lost with it.
const PLAIN_BYTES: u64 = 64 << 10;

/// In the extensions of each request that came over our own TLS.
#[derive(Clone, Copy, Debug)]
pub struct OwnTls;

/// Makes TLS of connections.
#[derive(Clone)]
pub struct Tls {
    certificate: Arc<Certificate>,
    acceptor: TlsAcceptor,
    /// For handshakes only, and fewer than for connections: those who never finish theirs cannot
    /// take all of these.
    places: Arc<Semaphore>,
    limit: Duration,
}

impl Tls {
    /// With the certificate in these files.
    ///
    /// # Errors
    /// When it cannot be used.
    pub async fn open(
        files: CertificateFiles,
        clock: Clock,
        patience: Patience,
    ) -> Result<Self, Error> {
        let certificate = Certificate::open(files, clock).await?;
        let versions = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Io { what: "TLS", error: io::Error::other(error) })?;
        let mut config = versions.with_no_client_auth().with_cert_resolver(certificate.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls {
            certificate,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            places: Arc::new(Semaphore::new(patience.handshakes)),
            limit: patience.handshake,
        })
    }

    /// Takes over what is renewed, for ever.
    pub async fn keep(&self) {
        self.certificate.keep(LOOK_AGAIN).await;
    }

    /// Shakes hands. `None` for whoever does not, or not in time, or while too many others do.
    pub async fn enter(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let Ok(_place) = self.places.try_acquire() else {
            tracing::debug!("a connection was closed: too many handshakes at once");
            return None;
        };
        match timeout(self.limit, self.shake(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::debug!(%error, "a handshake failed");
                None
            }
            Err(_) => {
                tracing::debug!("a handshake took too long");
                None
            }
        }
    }

    async fn shake(&self, mut stream: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
        let mut first = [0];
        match stream.peek(&mut first).await? {
            // A probe that only wants to know whether somebody listens.
            0 => Ok(None),
            _ if first == [HANDSHAKE] => self.acceptor.accept(stream).await.map(Some),
            _ => {
                stream.write_all(to_plain_http().as_bytes()).await?;
                stream.shutdown().await?;
                let mut rest = stream.take(PLAIN_BYTES);
                tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
                Ok(None)
            }
        }
    }
}

/// The answer to whoever speaks plain HTTP.
fn to_plain_http() -> String {
    let detail = "This port speaks HTTPS: begin the address with https://.";
    let problem = Problem::new(StatusCode::BAD_REQUEST, "https_only", detail);
    let body = serde_json::to_string(&problem.body()).unwrap_or_default();
    format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests;
