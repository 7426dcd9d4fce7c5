//! What a change does to a source's secrets: which are made, kept, sealed, shown once and audited.

use crate::auth::secret;
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::submission::{Secrets, Slot};
use connectors::webhook::{Signing, standard};
use serde_json::{Value, json};

/// The longest secret of the other side, in bytes.
const MAX_BYTES: usize = 2000;

/// A source's secrets after a change.
#[derive(Default)]
pub struct Changed {
    pub secrets: Secrets,
    /// To be sealed when the source's id is known.
    pub clear: Vec<(Slot, String)>,
    /// The source's own secret, which the answer shows once.
    pub shown: Option<String>,
    /// The fields of the secrets that were taken out.
    removed: Vec<&'static str>,
}

impl Changed {
    pub fn of(secrets: Secrets) -> Self {
        Changed { secrets, ..Changed::default() }
    }

    /// A new own secret: the one given, or one that is made.
    pub fn own(&mut self, signing: Signing, given: Option<String>) -> Answered<()> {
        let own = match given {
            Some(given) => checked(signing, given)?,
            None => made(signing)?,
        };
        self.secrets.hash = Some(secret::hash(&own));
        if signing == Signing::Standard {
            self.clear.push((Slot::Own, own.clone()));
        } else {
            self.secrets.forget(Slot::Own);
        }
        self.shown = Some(own);
        Ok(())
    }

    /// A secret that the other side made; an empty one takes it out.
    pub fn theirs(
        &mut self,
        field: &'static str,
        slot: Slot,
        given: Option<String>,
    ) -> Answered<()> {
        let Some(given) = given else { return Ok(()) };
        let given = given.trim().to_owned();
        if given.len() > MAX_BYTES || !given.bytes().all(|byte| byte.is_ascii_graphic()) {
            let problem = format!("must be 1 to {MAX_BYTES} visible ASCII characters");
            return Err(Problem::field(field, problem));
        }
        if given.is_empty() {
            self.secrets.forget(slot);
            self.removed.push(field);
        } else {
            self.clear.push((slot, given));
        }
        Ok(())
    }

    /// What the audit says of this: which secrets are others now, never what they are.
    pub fn told(&self) -> Option<Value> {
        let theirs = [("app_secret", Slot::AppSecret), ("page_token", Slot::PageToken)];
        let given =
            theirs.into_iter().filter(|(_, slot)| self.clear.iter().any(|(s, _)| s == slot));
        let own = self.shown.iter().map(|_| "secret");
        let changed: Vec<_> = own.chain(given.map(|(field, _)| field)).collect();
        let any = !changed.is_empty() || !self.removed.is_empty();
        any.then(|| json!({ "changed": changed, "removed": self.removed }))
    }
}

fn checked(signing: Signing, given: String) -> Answered<String> {
    let problem = match signing {
        Signing::Standard => match standard::Key::read(&given) {
            Ok(_) => return Ok(given),
            Err(bad) => bad.to_string(),
        },
        // It comes in a header, which holds nothing else and loses blanks at its ends.
        Signing::SharedSecret if given.trim() != given || !given.bytes().all(is_printable) => {
            "must be of letters without accents, digits, signs and blanks between them, as it \
             comes in a header"
                .to_owned()
        }
        _ if (16..=200).contains(&given.len()) => return Ok(given),
        _ => "must have 16 to 200 characters".to_owned(),
    };
    Err(Problem::field("secret", problem))
}

fn is_printable(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b' '
}

fn made(signing: Signing) -> Answered<String> {
    match signing {
        Signing::SharedSecret | Signing::Meta => secret::webhook().map_err(Problem::internal),
        // Google's form takes 50 characters at most.
        Signing::Google => secret::short_webhook().map_err(Problem::internal),
        Signing::Standard => secret::signing_key().map_err(Problem::internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_gets_a_secret_that_it_takes() {
        for signing in [Signing::SharedSecret, Signing::Standard, Signing::Meta, Signing::Google] {
            let mut changed = Changed::default();
            changed.own(signing, None).unwrap();
            let shown = changed.shown.clone().unwrap();
            assert_eq!(checked(signing, shown.clone()).unwrap(), shown);
            assert_eq!(changed.clear.len(), usize::from(signing == Signing::Standard));
            assert!(signing != Signing::Google || shown.len() <= 50);
        }
        for (signing, bad) in [
            (Signing::Standard, "a long plain secret"),
            (Signing::Meta, "short"),
            // None of them could ever be sent.
            (Signing::SharedSecret, "from-a-file-with-its-end\n"),
            (Signing::SharedSecret, " with-a-blank-before-it"),
            (Signing::SharedSecret, "schlüssel-für-das-formular"),
        ] {
            let refused = Changed::default().own(signing, Some(bad.to_owned())).unwrap_err();
            assert_eq!(refused.errors[0].field, "secret");
        }
        let words = "correct horse battery staple".to_owned();
        assert_eq!(checked(Signing::SharedSecret, words.clone()).unwrap(), words);
    }
}
