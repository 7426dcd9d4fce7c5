//! Standard Webhooks: an HMAC over id, time and body; several signatures while keys change.

use super::mac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::Mac;

/// How far a webhook's time may be from ours, either way.
pub const TOLERANCE_SECS: i64 = 300;

const PREFIX: &str = "whsec_";

/// A signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Vec<u8>);

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be whsec_ and 24 to 64 bytes in base64")]
pub struct BadKey;

impl Key {
    /// Reads `whsec_` and base64, or the base64 alone.
    ///
    /// # Errors
    /// When it is not base64, or not of 24 to 64 bytes.
    pub fn read(text: &str) -> Result<Key, BadKey> {
        let bytes = BASE64_STANDARD.decode(text.strip_prefix(PREFIX).unwrap_or(text));
        bytes.ok().filter(|bytes| (24..=64).contains(&bytes.len())).map(Key).ok_or(BadKey)
    }

    /// The text of a key with these bytes.
    pub fn text(bytes: &[u8; 32]) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes))
    }
}

/// What came, as it came.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    pub id: &'a str,
    /// Unix seconds.
    pub timestamp: &'a str,
    /// `v1,<base64>` and others, divided by spaces.
    pub signatures: &'a str,
    pub body: &'a [u8],
}

/// Why a webhook was not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbelieved {
    #[error(
        "webhook-timestamp must be in Unix seconds and within 5 minutes of this server's time; look at both clocks, and sign anew for each attempt"
    )]
    Time,
    #[error("no signature in webhook-signature is of this source's secret")]
    Signature,
}

/// Believes what was signed with one of the keys, not long ago. `now` in Unix seconds.
///
/// # Errors
/// When no signature is right, or the time is not; that is told to whoever has the key alone.
pub fn verify(keys: &[Key], sent: Sent<'_>, now: i64) -> Result<(), Unbelieved> {
    let given = sent.signatures.split(' ').filter_map(|one| one.strip_prefix("v1,"));
    let given: Vec<Vec<u8>> = given.filter_map(|one| BASE64_STANDARD.decode(one).ok()).collect();
    let right = keys.iter().any(|key| {
        // The body is hashed once a key, however many signatures a stranger sends; each is compared
        // in constant time.
        signed(key, sent.id, sent.timestamp, sent.body)
            .is_some_and(|mac| given.iter().any(|one| mac.clone().verify_slice(one).is_ok()))
    });
    let at: Result<i64, _> = sent.timestamp.parse();
    match at {
        _ if !right => Err(Unbelieved::Signature),
        Ok(at) if at.abs_diff(now) <= TOLERANCE_SECS.unsigned_abs() => Ok(()),
        _ => Err(Unbelieved::Time),
    }
}

/// The signature as it is sent: `v1,` and base64.
pub fn sign(key: &Key, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    let mac = signed(key, id, &timestamp.to_string(), body)?;
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

fn signed(key: &Key, id: &str, timestamp: &str, body: &[u8]) -> Option<hmac::Hmac<sha2::Sha256>> {
    mac(&key.0, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two public vectors of the specification's own libraries.
    const VECTORS: [(&str, &str, i64, &str, &str); 2] = [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1_649_367_553,
            r#"{"email":"test@example.com","username":"test_user"}"#,
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
    ];

    #[test]
    fn the_public_vectors_are_signed_and_believed() {
        for (secret, id, at, body, signature) in VECTORS {
            let key = Key::read(secret).unwrap();
            assert_eq!(sign(&key, id, at, body.as_bytes()).as_deref(), Some(signature));
            let timestamp = at.to_string();
            let sent =
                Sent { id, timestamp: &timestamp, signatures: signature, body: body.as_bytes() };
            let other = Key::read(&Key::text(&[7; 32])).unwrap();
            assert_eq!(verify(&[other.clone(), key.clone()], sent, at), Ok(()));
            assert_eq!(verify(&[other], sent, at), Err(Unbelieved::Signature));
            let key = [key];
            assert_eq!(verify(&key, sent, at + 300), Ok(()));
            assert_eq!(verify(&key, sent, at - 300), Ok(()));
            assert_eq!(verify(&key, sent, at + 301), Err(Unbelieved::Time));
            assert_eq!(verify(&key, sent, at - 301), Err(Unbelieved::Time));
            let changed = Sent { body: b"{}", ..sent };
            assert_eq!(verify(&key, changed, at), Err(Unbelieved::Signature));
        }
    }

    #[test]
    fn one_right_signature_among_several_is_enough() {
        let (secret, id, at, body, signature) = VECTORS[0];
        let key = [Key::read(secret).unwrap()];
        let timestamp = at.to_string();
        let with = |signatures: &str| {
            verify(&key, Sent { id, timestamp: &timestamp, signatures, body: body.as_bytes() }, at)
        };
        let wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(with(&format!("{wrong} v1a,AAAA {signature}")), Ok(()));
        for none in ["", wrong, "v1,%", signature.trim_start_matches("v1,"), "v1a,AAAA"] {
            assert_eq!(with(none), Err(Unbelieved::Signature), "{none}");
        }
        let soon = signed(&key[0], id, "soon", body.as_bytes()).unwrap().finalize().into_bytes();
        let soon = format!("v1,{}", BASE64_STANDARD.encode(soon));
        let sent = Sent { id, timestamp: "soon", signatures: &soon, body: body.as_bytes() };
        assert_eq!(verify(&key, sent, at), Err(Unbelieved::Time));
        let strange = Sent { signatures: signature, ..sent };
        assert_eq!(verify(&key, strange, at), Err(Unbelieved::Signature));
    }

    #[test]
    fn a_key_has_24_to_64_bytes() {
        assert!(Key::read(&Key::text(&[1; 32])).is_ok());
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!"] {
            assert!(Key::read(bad).is_err(), "{bad}");
        }
        assert!(Key::read(&BASE64_STANDARD.encode([1; 65])).is_err());
    }
}
