//! Random secrets, their hashes, and their comparison in constant time.

use connectors::webhook::standard::Key;
use hmac::{Hmac, KeyInit, Mac};
use routing::ContactKey;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What every API token begins with, so that a leaked one is recognised.
pub const TOKEN_PREFIX: &str = "fl_";

/// 256 random bits.
pub fn bytes() -> std::io::Result<[u8; 32]> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(bytes)
}

/// A fresh secret: 256 random bits in hexadecimal.
pub fn random() -> std::io::Result<String> {
    Ok(hex(&bytes()?))
}

/// A fresh signing key of Standard Webhooks.
pub fn signing_key() -> std::io::Result<String> {
    Ok(Key::text(&bytes()?))
}

/// A fresh API token.
pub fn token() -> std::io::Result<String> {
    Ok(format!("{TOKEN_PREFIX}{}", random()?))
}

/// A fresh webhook secret.
pub fn webhook() -> std::io::Result<String> {
    Ok(format!("whs_{}", random()?))
}

/// A fresh webhook secret of 160 bits, where the other side's form takes no long one.
pub fn short_webhook() -> std::io::Result<String> {
    Ok(format!("whs_{}", &random()?[..40]))
}

/// The token of a fresh desk link: 160 bits, since people copy it.
pub fn link() -> std::io::Result<String> {
    Ok(random()?[..40].to_owned())
}

/// SHA-256 in hexadecimal: how tokens, sessions and webhook secrets are kept. They are random, so
/// a slow hash would add nothing.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// The value that a page must repeat in a header to write with this session.
pub fn csrf(session: &str) -> String {
    hash(&format!("csrf:{session}"))
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// What a contact is recognised by: HMAC-SHA-256 under the workspace's secret, cut to 128 bits.
pub fn contact_key(workspace_secret: &[u8], identity: &str) -> Option<ContactKey> {
    let mut mac = Hmac::<Sha256>::new_from_slice(workspace_secret).ok()?;
    mac.update(identity.as_bytes());
    let bytes: [u8; 16] = mac.finalize().into_bytes().get(..16)?.try_into().ok()?;
    Some(ContactKey(u128::from_be_bytes(bytes)))
}

/// The same for a number in E.164, whatever duplicates are recognised by.
pub fn phone_key(workspace_secret: &[u8], phone: &str) -> Option<ContactKey> {
    contact_key(workspace_secret, &format!("phone:{phone}"))
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (a, b) = (token().unwrap(), token().unwrap());
        assert_eq!(a.len(), 3 + 64);
        assert_ne!(a, b);
        assert!(same(&a, &a) && !same(&a, &b));
    }

    #[test]
    fn contact_keys_depend_on_the_workspace() {
        let phone = "+14155550123";
        assert_eq!(contact_key(b"one", phone), contact_key(b"one", phone));
        assert_ne!(contact_key(b"one", phone), contact_key(b"two", phone));
    }

    #[test]
    fn hashes_are_the_well_known_ones() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), abc);
    }
}
