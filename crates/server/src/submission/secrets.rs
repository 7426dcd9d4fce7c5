//! A source's secrets: its own, hashed or sealed, the one before while it still counts, and those of
//! the other side.

use crate::app::App;
use crate::auth::seal::{Owner, Place, Purpose, SealError};
use crate::auth::secret;
use crate::dispatcher::{Personal, Sealing, WorkspaceId};
use crate::http::Problem;
use crate::http::problem::Answered;
use connectors::webhook::Signing;
use routing::{SourceId, Time};
use serde_json::{Map, Value};
use store::{SourceFace, SourceRow};

/// Which sealed secret; the one before has a slot of its own and is opened in the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    Own,
    OwnBefore,
    AppSecret,
    PageToken,
}

impl Slot {
    fn name(self) -> &'static str {
        match self {
            Slot::OwnBefore => "old_signing_secret",
            other => other.purpose().as_str(),
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            Slot::Own | Slot::OwnBefore => Purpose::SigningSecret,
            Slot::AppSecret => Purpose::AppSecret,
            Slot::PageToken => Purpose::PageToken,
        }
    }
}

/// A source's secrets as the store keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// SHA-256 of the source's own secret.
    pub hash: Option<String>,
    pub old_hash: Option<String>,
    pub old_until: Option<Time>,
    sealed: Map<String, Value>,
}

impl Secrets {
    /// Nothing but an own secret that need not be known in clear.
    pub fn hashed(secret: &str) -> Self {
        Secrets { hash: Some(secret::hash(secret)), ..Secrets::default() }
    }

    /// What the store keeps.
    pub fn of(row: &SourceRow) -> Self {
        Secrets {
            hash: row.secret_hash.clone(),
            old_hash: row.old_secret_hash.clone(),
            old_until: row.old_secret_until,
            sealed: row.sealed.as_object().cloned().unwrap_or_default(),
        }
    }

    /// Puts them where the store keeps them.
    pub fn put(self, face: &mut SourceFace) {
        face.secret_hash = self.hash;
        face.old_secret_hash = self.old_hash;
        face.old_secret_until = self.old_until;
        face.sealed = Value::Object(self.sealed);
    }

    /// Whether this is the source's own secret, or the one before while it counts.
    pub fn knows(&self, sent: &str, now: Time) -> bool {
        let sent = secret::hash(sent);
        let old = self.old_hash.as_deref().filter(|_| self.old_counts(now));
        [self.hash.as_deref(), old].into_iter().flatten().any(|known| secret::same(known, &sent))
    }

    /// Whether the secret before the last rotation still counts.
    pub fn old_counts(&self, now: Time) -> bool {
        self.old_until.is_some_and(|until| now < until)
    }

    pub fn has(&self, slot: Slot) -> bool {
        self.sealed.contains_key(slot.name())
    }

    /// What the kind of signing needs and is not there, in words.
    pub fn missing(&self, signing: Signing) -> Vec<&'static str> {
        let own = self.hash.is_none().then_some("it has no webhook secret; rotate it to get one");
        let sealed = needed(signing).iter().filter(|(slot, _)| !self.has(*slot));
        own.into_iter().chain(sealed.map(|(_, problem)| *problem)).collect()
    }

    /// Why a secret that the kind of signing needs cannot be opened, if one cannot.
    pub fn unopened(
        &self,
        app: &App,
        workspace: WorkspaceId,
        source: SourceId,
        signing: Signing,
    ) -> Option<SealError> {
        let mut opened =
            needed(signing).iter().map(|(slot, _)| self.open(app, workspace, source, *slot));
        opened.find_map(Result::err)
    }

    /// Takes a secret out.
    pub fn forget(&mut self, slot: Slot) {
        self.sealed.remove(slot.name());
    }

    /// Makes the own secret the one before, which counts until then.
    pub fn retire(&mut self, until: Time) {
        self.old_hash = self.hash.take();
        self.old_until = Some(until);
        self.forget(Slot::OwnBefore);
        if let Some(sealed) = self.sealed.remove(Slot::Own.name()) {
            self.sealed.insert(Slot::OwnBefore.name().to_owned(), sealed);
        }
    }

    /// Forgets the own secret and the one before at once.
    pub fn revoke(&mut self) {
        (self.hash, self.old_hash, self.old_until) = (None, None, None);
        self.forget(Slot::Own);
        self.forget(Slot::OwnBefore);
    }

    /// A secret in clear; `None` when it was never set.
    pub fn open(
        &self,
        app: &App,
        workspace: WorkspaceId,
        source: SourceId,
        slot: Slot,
    ) -> Result<Option<String>, SealError> {
        let Some(sealed) = self.sealed.get(slot.name()).and_then(Value::as_str) else {
            return Ok(None);
        };
        let place = Place { workspace, owner: Owner::Source(source), purpose: slot.purpose() };
        app.sealer()?.unseal(place, sealed).map(Some)
    }
}

/// The sealed secrets that a kind of signing needs, and what is wrong without.
fn needed(signing: Signing) -> &'static [(Slot, &'static str)] {
    match signing {
        Signing::SharedSecret | Signing::Google => &[],
        Signing::Standard => &[(Slot::Own, "it has no signing key; rotate its secret to get one")],
        Signing::Meta => &[
            (Slot::AppSecret, "Meta's app secret is missing, so its webhooks are refused; set it"),
            (Slot::PageToken, "the Meta page's token is missing, so no lead is fetched; set it"),
        ],
    }
}

/// Seals new secrets as soon as the source's id is known; `None` when there are none.
pub fn sealing(
    app: &App,
    workspace: WorkspaceId,
    new: Vec<(Slot, String)>,
) -> Answered<Option<Personal>> {
    if new.is_empty() {
        return Ok(None);
    }
    let sealer = app.sealer_of_new().map_err(Problem::from)?;
    Ok(Some(Personal::Sealing(Sealing(std::sync::Arc::new(move |source, face| {
        for (slot, text) in &new {
            let place = Place { workspace, owner: Owner::Source(source), purpose: slot.purpose() };
            match (sealer.seal(place, text), &mut face.sealed) {
                (Ok(sealed), Value::Object(all)) => {
                    all.insert(slot.name().to_owned(), Value::String(sealed));
                }
                // The source is then named by `fairlead verify` and on its page.
                (Err(error), _) => tracing::error!(%error, "a secret was not sealed"),
                (Ok(_), _) => {}
            }
        }
    })))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_before_counts_until_its_time() {
        let mut secrets = Secrets::hashed("the first secret");
        secrets.retire(Time(1000));
        secrets.hash = Some(secret::hash("the second secret"));
        let knows = |sent: &str, now| secrets.knows(sent, Time(now));
        assert!(knows("the second secret", 0) && knows("the second secret", 5000));
        assert!(knows("the first secret", 999) && !knows("the first secret", 1000));
        assert!(!knows("", 0));
        secrets.revoke();
        assert_eq!(secrets, Secrets::default());
        assert!(!secrets.knows("", Time(0)));
    }
}
