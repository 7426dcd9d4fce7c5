//! The server's own certificate: read from its files, judged, and read again when they change.

use crate::clock::Clock;
use crate::error::Error;
use routing::Time;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_rustls::rustls::client::verify_server_cert_signed_by_trust_anchor;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, CertificateError, InconsistentKeys, RootCertStore};

/// Between two looks at the files.
pub const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// So long before its end a certificate should have been renewed, or a tenth of its life if that is
/// shorter: programs that renew them begin with a third left.
const SOON_MS: i64 = 7 * 24 * 3600 * 1000;

/// Where the certificate and its key are, as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The server's certificate, then those that it is signed with.
    pub cert: PathBuf,
    /// PKCS#8, PKCS#1 or SEC1, without a passphrase.
    pub key: PathBuf,
}

/// The certificate that handshakes use, and the files that it comes from.
#[derive(Debug)]
pub struct Certificate {
    files: CertificateFiles,
    clock: Clock,
    current: RwLock<Arc<Loaded>>,
}

/// What the files held at one time.
#[derive(Debug)]
struct Loaded {
    key: Arc<CertifiedKey>,
    /// Of both files, to see when they change.
    digest: [u8; 32],
    first: Time,
    last: Time,
}

/// What a certificate is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    NotYet,
    Good,
    EndsSoon,
    Ended,
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read, is no certificate or key, or they do not belong together.
    pub async fn open(files: CertificateFiles, clock: Clock) -> Result<Arc<Self>, Error> {
        let contents = Contents::read(&files).await?;
        let loaded = contents.load(&files)?;
        if is_open_to_all(&files.key) {
            let file = files.key.display();
            tracing::warn!(%file, "everybody on this machine can read the key; chmod it to 0640");
        }
        let current = RwLock::new(Arc::new(loaded));
        let certificate = Arc::new(Certificate { files, clock, current });
        certificate.current().say(certificate.clock.now());
        Ok(certificate)
    }

    /// Takes over what is renewed, and says when the end comes near, for ever.
    pub async fn keep(&self, every: Duration) {
        let mut standing = self.current().standing(self.clock.now());
        let mut trouble = String::new();
        loop {
            tokio::time::sleep(every).await;
            match self.look().await {
                Ok(renewed) => {
                    trouble.clear();
                    let (current, now) = (self.current(), self.clock.now());
                    if renewed {
                        tracing::info!("another certificate is in its files, and is used now");
                    }
                    if renewed || current.standing(now) != standing {
                        current.say(now);
                    }
                    standing = current.standing(now);
                }
                Err(error) => {
                    // Once, not at every look.
                    let error = error.to_string();
                    if error != trouble {
                        tracing::error!(%error, "the certificate stays the one that it was");
                        trouble = error;
                    }
                }
            }
        }
    }

    /// Reads the files again; `true` when they hold another certificate or key, which is used from
    /// now on.
    pub async fn look(&self) -> Result<bool, Error> {
        let contents = Contents::read(&self.files).await?;
        if contents.digest() == self.current().digest {
            return Ok(false);
        }
        let loaded = Arc::new(contents.load(&self.files)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(true)
    }

    fn current(&self) -> Arc<Loaded> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current().key.clone())
    }
}

impl Loaded {
    fn standing(&self, now: Time) -> Standing {
        let soon = SOON_MS.min(self.last.0.saturating_sub(self.first.0) / 10);
        match now {
            now if now < self.first => Standing::NotYet,
            now if now > self.last => Standing::Ended,
            now if now.0 > self.last.0.saturating_sub(soon) => Standing::EndsSoon,
            _ => Standing::Good,
        }
    }

    /// Says in the log what the certificate is worth.
    fn say(&self, now: Time) {
        let (first, last) = (day(self.first), day(self.last));
        match self.standing(now) {
            Standing::NotYet => tracing::warn!(
                "the certificate is not valid before {first}; until then browsers refuse it"
            ),
            Standing::Good => tracing::info!("the certificate is valid until {last}"),
            Standing::EndsSoon => {
                tracing::warn!("the certificate ends on {last}; see that it is renewed");
            }
            Standing::Ended => tracing::warn!(
                "the certificate ended on {last} and browsers refuse it; put a new one in its place"
            ),
        }
    }
}

/// The day in UTC.
fn day(time: Time) -> String {
    time.timestamp().strftime("%Y-%m-%d").to_string()
}

struct Contents {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl Contents {
    async fn read(files: &CertificateFiles) -> Result<Self, Error> {
        let read = async |path: &Path| {
            let text = tokio::fs::read(path).await;
            text.map_err(|error| wrong(path, format!("cannot be read: {error}")))
        };
        Ok(Contents { cert: read(&files.cert).await?, key: read(&files.key).await? })
    }

    fn digest(&self) -> [u8; 32] {
        let both = Sha256::new().chain_update((self.cert.len() as u64).to_be_bytes());
        both.chain_update(&self.cert).chain_update(&self.key).finalize().into()
    }

    fn load(&self, files: &CertificateFiles) -> Result<Loaded, Error> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.cert).collect();
        let chain = chain.map_err(|error| wrong(&files.cert, format!("is no PEM: {error}")))?;
        let Some(own) = chain.first() else {
            return Err(wrong(&files.cert, "holds no certificate in PEM (BEGIN CERTIFICATE)"));
        };
        let provider = default_provider();
        let (first, last) = validity(own, &provider)
            .ok_or_else(|| wrong(&files.cert, "is no X.509 certificate of version 3"))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| {
            let problem = "holds no private key in PEM (PKCS#8, PKCS#1 or SEC1, no passphrase)";
            wrong(&files.key, problem)
        })?;
        let key = CertifiedKey::from_der(chain, key, &provider).map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                let cert = files.cert.display();
                wrong(&files.key, format!("is not the key of the first certificate in {cert}"))
            }
            error => wrong(&files.key, format!("is no key that TLS takes: {error}")),
        })?;
        Ok(Loaded { key: Arc::new(key), digest: self.digest(), first, last })
    }
}

fn wrong(file: &Path, problem: impl Into<String>) -> Error {
    Error::Certificate { file: file.to_owned(), problem: problem.into() }
}

/// From when to when a certificate is valid. The one who checks it says so when asked about the
/// beginning and the end of all time; reading the dates ourselves would take a parser more.
fn validity(cert: &CertificateDer<'_>, provider: &CryptoProvider) -> Option<(Time, Time)> {
    let parsed = ParsedCertificate::try_from(cert).ok()?;
    let roots = RootCertStore::empty();
    let algorithms = provider.signature_verification_algorithms.all;
    let at = |secs| {
        let time = UnixTime::since_unix_epoch(Duration::from_secs(secs));
        verify_server_cert_signed_by_trust_anchor(&parsed, &roots, &[], time, algorithms)
    };
    let time = |time: UnixTime| {
        let ms = i64::try_from(time.as_secs()).unwrap_or(i64::MAX).saturating_mul(1000);
        Some(Time(ms))
    };
    let first = match at(0) {
        Err(rustls::Error::InvalidCertificate(CertificateError::NotValidYetContext {
            not_before,
            ..
        })) => time(not_before)?,
        Err(rustls::Error::InvalidCertificate(CertificateError::BadEncoding)) => return None,
        // Valid since 1970.
        _ => Time(0),
    };
    match at(u64::MAX) {
        Err(rustls::Error::InvalidCertificate(CertificateError::ExpiredContext {
            not_after,
            ..
        })) => Some((first, time(not_after)?)),
        _ => None,
    }
}

/// Whether others than its owner and group can read the file.
fn is_open_to_all(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.metadata().is_ok_and(|about| about.permissions().mode() & 0o004 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::authority::Authority;
    use crate::testing::START;

    fn at(day: &str) -> Time {
        format!("{day}T12:00:00Z").parse::<jiff::Timestamp>().unwrap().into()
    }

    async fn refused(files: &CertificateFiles) -> String {
        let opened = Certificate::open(files.clone(), Clock::stopped(START)).await;
        opened.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn what_cannot_be_used_is_said_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let files = authority.write(folder.path(), 2026..2027);
        let [cert, key] = authority.sign(2026..2027);
        let write = |file: &Path, text: &str| std::fs::write(file, text).unwrap();

        write(&files.key, &key);
        let said = refused(&files).await;
        assert!(said.contains("key.pem is not the key of the first certificate"), "{said}");
        write(&files.key, &key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
        let said = refused(&files).await;
        assert!(said.contains("key.pem holds no private key") && said.contains("no passphrase"));
        let pem = |kind: &str| format!("-----BEGIN {kind}-----\nMAA=\n-----END {kind}-----\n");
        write(&files.key, &pem("PRIVATE KEY"));
        assert!(refused(&files).await.contains("key.pem is no key that TLS takes"));
        write(&files.cert, &key);
        assert!(refused(&files).await.contains("cert.pem holds no certificate"));
        write(&files.cert, &pem("CERTIFICATE"));
        assert!(refused(&files).await.contains("cert.pem is no X.509 certificate"));
        write(&files.cert, "-----BEGIN CERTIFICATE-----\nM");
        assert!(refused(&files).await.contains("cert.pem is no PEM"));
        std::fs::remove_file(&files.cert).unwrap();
        assert!(refused(&files).await.contains("cert.pem cannot be read"));
        write(&files.cert, &cert);
        write(&files.key, &key);
        Certificate::open(files, Clock::stopped(START)).await.unwrap();
    }

    #[tokio::test]
    async fn its_first_and_last_day_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let files = Authority::new().write(folder.path(), 2026..2027);
        let certificate = Certificate::open(files, Clock::stopped(START)).await.unwrap();
        let loaded = certificate.current();
        assert_eq!(
            (day(loaded.first), day(loaded.last)),
            ("2026-01-01".into(), "2027-01-01".into())
        );
        for (now, standing) in [
            ("2025-12-31", Standing::NotYet),
            ("2026-01-01", Standing::Good),
            ("2026-12-24", Standing::Good),
            ("2026-12-26", Standing::EndsSoon),
            ("2027-01-01", Standing::Ended),
        ] {
            assert_eq!(loaded.standing(at(now)), standing, "{now}");
        }
    }

    #[tokio::test]
    async fn one_that_lives_for_days_is_not_always_near_its_end() {
        let day = |days: i64| Time(START.0 + days * 24 * 3600 * 1000);
        let folder = tempfile::tempdir().unwrap();
        let files = Authority::new().write(folder.path(), 2026..2027);
        let contents = Contents::read(&files).await.unwrap();
        let loaded = Loaded { first: day(0), last: day(6), ..contents.load(&files).unwrap() };
        assert_eq!(loaded.standing(day(4)), Standing::Good);
        assert_eq!(loaded.standing(Time(day(6).0 - 1)), Standing::EndsSoon);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_everybody_can_read_is_noticed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        std::fs::write(&file, "key").unwrap();
        for (mode, open) in [(0o600, false), (0o640, false), (0o644, true), (0o604, true)] {
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
            assert_eq!(is_open_to_all(&file), open, "{mode:o}");
        }
    }
}
