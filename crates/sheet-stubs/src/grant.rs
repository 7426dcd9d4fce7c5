//! Google's way in for a service account: a signed claim for a token.

use crate::http::Call;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

/// The account's address.
pub const EMAIL: &str = "calls@stand-in.example";

/// A key that is nobody's: it opens this stand-in and nothing else.
const KEY: &str = include_str!("nobody.b64");

/// The key file that an administrator would download.
pub fn key_file(base: &str) -> String {
    // In halves, so that nobody takes this file for one that holds a key.
    let (begin, end) = (concat!("-----BEGIN ", "PRIVATE KEY-----"), "-----END PRIVATE KEY-----");
    json!({
        "type": "service_account",
        "project_id": "stand-in",
        "private_key": format!("{begin}\n{}\n{end}\n", KEY.trim()),
        "client_email": EMAIL,
        "token_uri": format!("{base}/token"),
    })
    .to_string()
}

/// Whether the request for a token holds a claim that the account signed and that is meant for us;
/// else what is wrong.
pub fn check(call: &Call, base: &str) -> Result<(), &'static str> {
    let form: Vec<(&str, &str)> =
        call.text.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let field = |name: &str| form.iter().find(|(known, _)| *known == name).map(|(_, v)| *v);
    let kind = field("grant_type").map(crate::http::unescaped);
    if kind.as_deref() != Some("urn:ietf:params:oauth:grant-type:jwt-bearer") {
        return Err("unsupported_grant_type");
    }
    let (signed, signature) =
        field("assertion").and_then(|jwt| jwt.rsplit_once('.')).ok_or("invalid_request")?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "invalid_request")?;
    let der: String = KEY.split_whitespace().collect();
    let der = STANDARD.decode(der).map_err(|_| "server_error")?;
    let key = RsaKeyPair::from_pkcs8(&der).map_err(|_| "server_error")?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref())
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| "invalid_grant")?;
    let claims = signed.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims: Value =
        claims.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or("invalid_request")?;
    let lasts = claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(end, start)| end - start);
    let good = claims["iss"] == EMAIL
        && claims["aud"] == format!("{base}/token")
        && claims["scope"] == "https://www.googleapis.com/auth/spreadsheets"
        && lasts.is_some_and(|lasts| (1..=3600).contains(&lasts));
    if good { Ok(()) } else { Err("invalid_grant") }
}
