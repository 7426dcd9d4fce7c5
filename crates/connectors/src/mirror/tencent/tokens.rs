//! Who we are to Tencent Docs, and how that is renewed.

use crate::mirror::{Method, Request, Trouble, outside::escaped};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A token is renewed when it has no more than this left, in milliseconds.
const MARGIN: i64 = 5 * 60 * 1_000;

/// The code for too many calls.
pub(super) const RATE: i64 = 400_007;

/// The application that the token was given to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
}

/// What lets us in. It changes by itself: keep what [`take_tokens`](crate::mirror::Sheet::take_tokens)
/// gives.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    pub access_token: String,
    /// Without one the token cannot be renewed, and somebody has to sign in again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Else it is read from the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_id: Option<String>,
    /// Unix milliseconds; else it is read from the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App(secret)")
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(secret)")
    }
}

impl Tokens {
    /// Whether they should be renewed before they are used.
    pub fn are_old(&self, now: i64) -> bool {
        let from_token = || claim(&self.access_token, "exp")?.as_i64()?.checked_mul(1_000);
        self.expires_at.or_else(from_token).is_some_and(|at| at <= now + MARGIN)
    }

    /// The header `Open-Id`.
    pub fn open_id(&self) -> String {
        let from_token = || Some(claim(&self.access_token, "sub")?.as_str()?.to_owned());
        self.open_id.clone().or_else(from_token).unwrap_or_default()
    }

    pub fn can_be_renewed(&self) -> bool {
        self.refresh_token.is_some()
    }

    /// The request that renews them; `None` where nothing can.
    pub fn renewal(&self, base: &str, app: &App) -> Option<Request> {
        let refresh = escaped(self.refresh_token.as_deref()?, "");
        let (id, secret) = (escaped(&app.client_id, ""), escaped(&app.client_secret, ""));
        Some(Request {
            method: Method::Get,
            url: format!(
                "{base}/oauth/v2/token?client_id={id}&client_secret={secret}\
                 &grant_type=refresh_token&refresh_token={refresh}"
            ),
            headers: Vec::new(),
            body: Vec::new(),
        })
    }

    /// The new tokens from the answer to that, which comes bare or in an envelope, and may leave out
    /// what stays as it was.
    pub fn renewed(&self, answer: &[u8], now: i64) -> Result<Tokens, Trouble> {
        let answer: Value = serde_json::from_slice(answer)
            .map_err(|_| Trouble::Unreadable("the answer for a new token is not JSON".into()))?;
        if answer["ret"] == RATE {
            return Err(Trouble::Rate { retry_after: None });
        }
        let told = if answer["access_token"].is_string() { &answer } else { &answer["data"] };
        let text = |name: &str| told[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        let Some(access_token) = text("access_token") else {
            let what = "Tencent Docs does not renew the token: sign in again, and check the \
                        application's id and secret";
            return Err(Trouble::Auth(what.into()));
        };
        let lasts = told["expires_in"].as_i64().and_then(|seconds| seconds.checked_mul(1_000));
        Ok(Tokens {
            access_token,
            refresh_token: text("refresh_token").or_else(|| self.refresh_token.clone()),
            open_id: text("user_id").or_else(|| self.open_id.clone()),
            expires_at: lasts.map(|lasts| now + lasts),
        })
    }
}

/// A claim of a JWT, which is believed: it only says when to ask for a new one.
fn claim(token: &str, name: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&bytes).ok()?;
    claims.get(name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tokens(access_token: &str) -> Tokens {
        let refresh_token = Some("r1".to_owned());
        Tokens { access_token: access_token.into(), refresh_token, open_id: None, expires_at: None }
    }

    #[test]
    fn a_token_says_itself_when_it_ends_and_whose_it_is() {
        let payload = URL_SAFE_NO_PAD.encode(json!({"exp": 10_000, "sub": "o1"}).to_string());
        let tokens = tokens(&format!("h.{payload}.s"));
        assert_eq!(tokens.open_id(), "o1");
        assert!(tokens.are_old(10_000_000) && tokens.are_old(9_700_000));
        assert!(!tokens.are_old(9_699_999));
        assert!(!self::tokens("opaque").are_old(i64::MAX - MARGIN));
    }

    #[test]
    fn an_answer_may_be_bare_enveloped_or_short() {
        let old = tokens("a1");
        let bare = json!({"access_token": "a2", "expires_in": 60, "user_id": "o2"});
        let enveloped = json!({"ret": 0, "msg": "Succeed", "data": bare});
        for answer in [bare.to_string(), enveloped.to_string()] {
            let new = old.renewed(answer.as_bytes(), 1_000).unwrap();
            assert_eq!((new.access_token.as_str(), new.expires_at), ("a2", Some(61_000)));
            assert_eq!(new.refresh_token.as_deref(), Some("r1"), "the old one is kept");
            assert_eq!(new.open_id(), "o2");
        }
        let full = json!({"access_token": "a2", "refresh_token": "r2"}).to_string();
        let new = old.renewed(full.as_bytes(), 0).unwrap();
        assert_eq!(new.refresh_token.as_deref(), Some("r2"));
        let rate = old.renewed(br#"{"ret":400007}"#, 0);
        assert_eq!(rate, Err(Trouble::Rate { retry_after: None }));
        let refused = old.renewed(br#"{"ret":10303,"msg":"r1"}"#, 0).unwrap_err();
        assert!(matches!(&refused, Trouble::Auth(what) if !what.contains("r1")), "{refused:?}");
    }

    #[test]
    fn what_is_printed_holds_no_secret() {
        let app = App { client_id: "i".into(), client_secret: "s3cret".into() };
        let printed = format!("{app:?} {:?}", tokens("s3cret"));
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}
