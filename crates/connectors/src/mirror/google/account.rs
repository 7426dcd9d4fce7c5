//! A service account's key, and what it signs to get a token.

use crate::mirror::{Method, Request, Trouble, outside::service};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde::Deserialize;
use serde_json::json;
use std::fmt;

const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";
const GRANT: &str = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";

/// A service account: an identity of its own that the sheet has to be shared with.
pub struct Account {
    email: String,
    token_uri: String,
    key: RsaKeyPair,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(secret)")
    }
}

/// What is used of a key file.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    token_uri: String,
}

impl Account {
    /// Reads the JSON file that Google Cloud hands out for a service account.
    ///
    /// # Errors
    /// When it is none. What is said holds nothing of it.
    pub fn read(key_file: &str) -> Result<Account, Trouble> {
        let wrong = |what: &str| {
            Trouble::Auth(format!(
                "the service account's key file {what}: download a new JSON key in Google Cloud"
            ))
        };
        let file: KeyFile =
            serde_json::from_str(key_file).map_err(|_| wrong("is not such a JSON file"))?;
        let inside = file.private_key.lines().filter(|line| !line.starts_with("-----"));
        let der = STANDARD.decode(inside.map(str::trim).collect::<String>());
        let der = der.map_err(|_| wrong("holds no key"))?;
        let key = RsaKeyPair::from_pkcs8(&der).map_err(|_| wrong("holds no RSA key"))?;
        let token_uri = service(&file.token_uri)
            .map_err(|_| wrong("names an address for tokens that is not https"))?;
        Ok(Account { email: file.client_email, token_uri, key })
    }

    /// The address that a sheet is shared with.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The request for a token that lasts an hour.
    pub(super) fn request(&self, now: i64) -> Result<Request, Trouble> {
        let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let seconds = now.div_euclid(1_000);
        let claims = json!({"iss": self.email, "scope": SCOPE, "aud": self.token_uri,
            "iat": seconds, "exp": seconds + 3_600});
        let signed =
            format!("{}.{}", encode(json!({"alg": "RS256", "typ": "JWT"})), encode(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| Trouble::Auth("the service account's key cannot sign".into()))?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(Request {
            method: Method::Post,
            url: self.token_uri.clone(),
            headers: vec![("Content-Type", "application/x-www-form-urlencoded".into())],
            body: format!("grant_type={GRANT}&assertion={signed}.{signature}").into_bytes(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_key_file_is_told_without_its_contents() {
        let key = json!({"client_email": "a@b", "private_key": "s3cret", "token_uri": "https://x"});
        for file in ["s3cret", "{}", &key.to_string()] {
            let said = Account::read(file).unwrap_err().to_string();
            assert!(said.contains("download a new JSON key") && !said.contains("s3cret"), "{said}");
        }
    }
}
