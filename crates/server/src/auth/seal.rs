//! Secrets that must be known in clear, sealed at rest: with ChaCha20-Poly1305, under a key that is
//! not in the database, and bound to the place they belong to.

use crate::auth::secret;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use routing::{AgentId, SourceId};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use store::{EndpointId, SheetId, WorkspaceId};
use thiserror::Error;

const FILE: &str = "secret.key";
const VERSION: &str = "v1";

/// The keys as the configuration gives them, divided by commas; they never show themselves.
#[derive(Clone)]
pub struct GivenKey(pub String);

impl fmt::Debug for GivenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenKey")
    }
}

/// Whose a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Source(SourceId),
    Endpoint(EndpointId),
    Agent(AgentId),
    /// The workspace itself.
    Workspace,
    Sheet(SheetId),
}

/// What a sealed secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signs Standard Webhooks, of a source or to an endpoint.
    SigningSecret,
    /// Signs Meta's notices.
    AppSecret,
    /// Fetches Meta's leads.
    PageToken,
    /// Opens the list of agents who sign in there.
    DeskLink,
    /// The hash of what an agent signs in with there.
    Pin,
    /// Opens a sheet.
    SheetAccess,
}

impl Purpose {
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::SigningSecret => "signing_secret",
            Purpose::AppSecret => "app_secret",
            Purpose::PageToken => "page_token",
            Purpose::DeskLink => "desk_link",
            Purpose::Pin => "pin",
            Purpose::SheetAccess => "sheet_access",
        }
    }
}

/// Where a secret belongs. Moved elsewhere, it cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub workspace: WorkspaceId,
    pub owner: Owner,
    pub purpose: Purpose,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        let (workspace, purpose) = (self.workspace.0, self.purpose.as_str());
        let owner = match self.owner {
            Owner::Source(source) => format!("source:{source}"),
            Owner::Endpoint(EndpointId(endpoint)) => format!("endpoint:{endpoint}"),
            Owner::Agent(agent) => format!("agent:{agent}"),
            Owner::Workspace => "workspace".to_owned(),
            Owner::Sheet(SheetId(sheet)) => format!("sheet:{sheet}"),
        };
        format!("fairlead workspace:{workspace} {owner} {purpose}").into()
    }
}

/// Why a secret cannot be sealed or opened.
#[derive(Debug, Error)]
pub enum SealError {
    #[error(
        "FAIRLEAD_SECRET_KEY is not 32 bytes in base64, or several such divided by commas; make one with `openssl rand -base64 32`"
    )]
    BadKey,
    #[error(
        "there is no key to seal or open secrets with; set FAIRLEAD_SECRET_KEY on every server (`openssl rand -base64 32` makes one), or put the file secret.key back into the data folder"
    )]
    NoKey,
    #[error(
        "the key file {0} does not hold 32 bytes in base64; put the right file back, or remove it and set the secrets of sources and endpoints anew"
    )]
    BadFile(PathBuf),
    #[error(
        "a secret was sealed with the key {sealed} and this server has the key {own}; give every server the same FAIRLEAD_SECRET_KEY (or file secret.key), with the old key behind the new one and a comma, or set the secret anew"
    )]
    OtherKey { sealed: String, own: String },
    #[error("a sealed secret was changed or moved in the database; set the secret anew")]
    Broken,
    #[error("the key file {path} cannot be used: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error("no randomness from the operating system")]
    Randomness,
}

/// Seals and opens.
#[derive(Debug)]
pub struct Sealer {
    /// Seals, and opens what it sealed.
    own: NamedKey,
    /// Open what was sealed before the key was changed.
    older: Vec<NamedKey>,
}

struct NamedKey {
    key: LessSafeKey,
    /// What the key is recognised by: the beginning of its hash.
    name: String,
}

impl fmt::Debug for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl NamedKey {
    fn read(text: &str) -> Option<NamedKey> {
        let bytes = BASE64_STANDARD.decode(text.trim()).ok()?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).ok()?;
        let name = secret::hex(&Sha256::digest(&bytes))[..8].to_owned();
        Some(NamedKey { key: LessSafeKey::new(key), name })
    }
}

impl Sealer {
    /// With the given key; without one with that of the data folder.
    ///
    /// # Errors
    /// When there is no key, or what is there is none, or its file cannot be read.
    pub fn open(given: Option<&GivenKey>, data_dir: &Path) -> Result<Sealer, SealError> {
        if let Some(given) = given {
            return Sealer::read(&given.0).ok_or(SealError::BadKey);
        }
        let path = data_dir.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Sealer::read(&text).ok_or(SealError::BadFile(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(SealError::NoKey),
            Err(error) => Err(SealError::File { path, error }),
        }
    }

    /// With the data folder's key, which is made when it is not there.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds no key.
    pub fn make(data_dir: &Path) -> Result<Sealer, SealError> {
        let path = data_dir.join(FILE);
        let text = key_of(&path).map_err(|error| SealError::File { path: path.clone(), error })?;
        Sealer::read(&text).ok_or(SealError::BadFile(path))
    }

    fn read(text: &str) -> Option<Sealer> {
        let mut keys = text.split(',').map(NamedKey::read);
        let own = keys.next()??;
        Some(Sealer { own, older: keys.collect::<Option<_>>()? })
    }

    /// Seals a secret for its place: `v1.<key>.<base64>`.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn seal(&self, place: Place, text: &str) -> Result<String, SealError> {
        let mut nonce = [0u8; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| SealError::Randomness)?;
        let mut sealed = text.as_bytes().to_vec();
        let (once, aad) = (Nonce::assume_unique_for_key(nonce), Aad::from(place.bytes()));
        let done = self.own.key.seal_in_place_append_tag(once, aad, &mut sealed);
        done.map_err(|_| SealError::Broken)?;
        let whole = [nonce.as_slice(), &sealed].concat();
        Ok(format!("{VERSION}.{}.{}", self.own.name, BASE64_STANDARD.encode(whole)))
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When it was sealed with another key, for another place, or was changed.
    pub fn unseal(&self, place: Place, sealed: &str) -> Result<String, SealError> {
        let parts: Vec<&str> = sealed.split('.').collect();
        let [VERSION, name, text] = parts.as_slice() else { return Err(SealError::Broken) };
        let mut keys = std::iter::once(&self.own).chain(&self.older);
        let Some(NamedKey { key, .. }) = keys.find(|key| key.name == *name) else {
            let (sealed, own) = ((*name).to_owned(), self.own.name.clone());
            return Err(SealError::OtherKey { sealed, own });
        };
        let broken = |_| SealError::Broken;
        let whole = BASE64_STANDARD.decode(text).map_err(|_| SealError::Broken)?;
        let (nonce, rest) = whole.split_at_checked(NONCE_LEN).ok_or(SealError::Broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(broken)?;
        let mut rest = rest.to_vec();
        let aad = Aad::from(place.bytes());
        let clear = key.open_in_place(nonce, aad, &mut rest).map_err(broken)?;
        String::from_utf8(clear.to_vec()).map_err(|_| SealError::Broken)
    }
}

/// The key in this file. Of several processes that make it at once, all use the first one's.
fn key_of(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let key = secret::bytes()?;
    // Whoever reads the file finds a whole key: it is written beside, and given its name at once.
    let beside = folder.join(format!("{FILE}.{}", &secret::random()?[..16]));
    let written = write(&beside, &BASE64_STANDARD.encode(key));
    let named = written.and_then(|()| std::fs::hard_link(&beside, path));
    let removed = std::fs::remove_file(&beside);
    match named {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => removed?,
    }
    // The name must be durable before anything is sealed with the key. Elsewhere a folder cannot be
    // opened, and need not be.
    if cfg!(unix) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    std::fs::read_to_string(path)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(bytes: &[u8]) -> Result<Sealer, SealError> {
        let keys: Vec<_> = bytes.iter().map(|byte| BASE64_STANDARD.encode([*byte; 32])).collect();
        Sealer::open(Some(&GivenKey(keys.join(","))), Path::new("nowhere"))
    }

    fn sealer(byte: u8) -> Sealer {
        given(&[byte]).unwrap()
    }

    const PLACE: Place = Place {
        workspace: WorkspaceId(1),
        owner: Owner::Source(SourceId(2)),
        purpose: Purpose::AppSecret,
    };

    #[test]
    fn a_secret_is_opened_at_its_place_only() {
        let sealer = sealer(1);
        let sealed = sealer.seal(PLACE, "app secret").unwrap();
        assert!(!sealed.contains("app secret"));
        assert_ne!(sealed, sealer.seal(PLACE, "app secret").unwrap());
        assert_eq!(sealer.unseal(PLACE, &sealed).unwrap(), "app secret");
        for elsewhere in [
            Place { workspace: WorkspaceId(2), ..PLACE },
            Place { owner: Owner::Source(SourceId(3)), ..PLACE },
            Place { owner: Owner::Endpoint(EndpointId(2)), ..PLACE },
            Place { purpose: Purpose::PageToken, ..PLACE },
        ] {
            let opened = sealer.unseal(elsewhere, &sealed);
            assert!(matches!(opened, Err(SealError::Broken)), "{elsewhere:?}");
        }
        let mut changed = sealed.clone();
        let last = if changed.pop() == Some('A') { 'B' } else { 'A' };
        changed.push(last);
        for broken in [changed.as_str(), "", "v1", "v2.x.y", "app secret", &sealed[..20]] {
            assert!(sealer.unseal(PLACE, broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn another_key_is_named_and_never_shown() {
        let sealed = sealer(1).seal(PLACE, "app secret").unwrap();
        let error = sealer(2).unseal(PLACE, &sealed).unwrap_err();
        assert!(matches!(error, SealError::OtherKey { .. }), "{error}");
        assert!(error.to_string().contains("FAIRLEAD_SECRET_KEY"), "{error}");
        let short = GivenKey(BASE64_STANDARD.encode([1; 31]));
        let error = Sealer::open(Some(&short), Path::new("nowhere")).unwrap_err();
        assert!(matches!(error, SealError::BadKey));
        assert!(!format!("{short:?} {error}").contains(&short.0));
    }

    #[test]
    fn the_key_before_opens_what_it_sealed() {
        let sealed = sealer(1).seal(PLACE, "app secret").unwrap();
        let both = given(&[2, 1]).unwrap();
        assert_eq!(both.unseal(PLACE, &sealed).unwrap(), "app secret");
        let anew = both.seal(PLACE, "app secret").unwrap();
        assert_eq!(sealer(2).unseal(PLACE, &anew).unwrap(), "app secret");
        assert!(matches!(given(&[]), Err(SealError::BadKey)));
        let half = GivenKey(format!("{},", BASE64_STANDARD.encode([1; 32])));
        assert!(matches!(Sealer::open(Some(&half), Path::new("x")), Err(SealError::BadKey)));
    }

    #[test]
    fn the_folder_s_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        assert!(matches!(Sealer::open(None, &data), Err(SealError::NoKey)));
        let sealers: Vec<Sealer> = std::thread::scope(|scope| {
            let make = || Sealer::make(&data).unwrap();
            let opening: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            opening.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let sealed = sealers[0].seal(PLACE, "one").unwrap();
        assert!(sealers.iter().all(|sealer| sealer.unseal(PLACE, &sealed).unwrap() == "one"));
        assert_eq!(Sealer::open(None, &data).unwrap().unseal(PLACE, &sealed).unwrap(), "one");
        let files: Vec<_> = std::fs::read_dir(&data).unwrap().flatten().collect();
        assert_eq!(files.len(), 1, "{files:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = files[0].metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(data.join(FILE), "not a key").unwrap();
        assert!(matches!(Sealer::open(None, &data), Err(SealError::BadFile(_))));
    }
}
