//! Webhooks of lead sources: who really sent one, and what it says. One file per kind; nothing here
//! knows a header map, a clock or a connection.

pub mod google;
pub mod graph;
pub mod meta;
pub mod standard;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use std::str::FromStr;

/// How a source's webhook proves who sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// The secret itself, in the header `X-Webhook-Secret`.
    #[default]
    SharedSecret,
    /// Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    Standard,
    /// Meta Lead Ads: `X-Hub-Signature-256`, and a handshake before.
    Meta,
    /// Google Ads lead forms: `google_key` in the body.
    Google,
}

impl Signing {
    pub fn as_str(self) -> &'static str {
        match self {
            Signing::SharedSecret => "shared_secret",
            Signing::Standard => "standard",
            Signing::Meta => "meta",
            Signing::Google => "google",
        }
    }
}

impl FromStr for Signing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "shared_secret" => Ok(Signing::SharedSecret),
            "standard" => Ok(Signing::Standard),
            "meta" => Ok(Signing::Meta),
            "google" => Ok(Signing::Google),
            _ => Err(format!("unknown kind of signing “{text}”")),
        }
    }
}

/// HMAC-SHA-256 of the parts, one after the other. A key of any length is taken.
fn mac(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac)
}

/// An id as text, whether it came as a number or as a text. Numbers with a point are no ids.
fn id(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_id_is_kept_as_text_however_it_came() {
        let large = 444_444_444_444_444_444_u64;
        assert_eq!(id(Some(&json!(large))).as_deref(), Some("444444444444444444"));
        assert_eq!(id(Some(&json!(" 12 "))).as_deref(), Some("12"));
        for none in [json!(""), json!(1.5), json!(null), json!([1])] {
            assert_eq!(id(Some(&none)), None);
        }
    }

    #[test]
    fn a_kind_is_written_as_it_is_read() {
        for kind in [Signing::SharedSecret, Signing::Standard, Signing::Meta, Signing::Google] {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("hmac".parse::<Signing>().is_err());
    }
}
