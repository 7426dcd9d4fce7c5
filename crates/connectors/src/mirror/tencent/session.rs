//! One call after the other, with a token that is valid.

use super::tokens::{App, RATE, Tokens};
use crate::mirror::{Method, Outside, Request, Response, Trouble};
use serde_json::Value;

/// Codes that say that the token is not good (any more).
const AUTH: [i64; 4] = [10_302, 10_303, 10_313, 37_019];

pub struct Session {
    outside: Box<dyn Outside>,
    base: String,
    app: App,
    tokens: Tokens,
    /// The tokens are newer than those that the caller knows.
    renewed: bool,
    /// A new token did not help: nothing is sent until it is reopened.
    closed: Option<Trouble>,
}

impl Session {
    pub fn new(outside: Box<dyn Outside>, base: String, app: App, tokens: Tokens) -> Self {
        Session { outside, base, app, tokens, renewed: false, closed: None }
    }

    pub fn take_tokens(&mut self) -> Option<Tokens> {
        std::mem::take(&mut self.renewed).then(|| self.tokens.clone())
    }

    /// Somebody may have mended what was wrong.
    pub fn reopen(&mut self) {
        self.closed = None;
    }

    /// The answer's `data`.
    pub fn call(&mut self, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        if let Some(trouble) = &self.closed {
            return Err(trouble.clone());
        }
        let mut fresh = false;
        if self.tokens.are_old(self.outside.now()) {
            self.renew()?;
            fresh = true;
        }
        match self.send(path, body) {
            Err(Trouble::Auth(what)) if !self.tokens.can_be_renewed() => {
                return Err(self.shut(format!(
                    "{what}, and there is no refresh token to get a new one with: share the \
                     document with the account that signed in, or sign in again and give the sheet \
                     its new secrets, with refresh_token"
                )));
            }
            Err(Trouble::Auth(_)) if !fresh => self.renew()?,
            Err(Trouble::Auth(what)) => return Err(self.close(what)),
            answer => return answer,
        }
        match self.send(path, body) {
            Err(Trouble::Auth(what)) => Err(self.close(what)),
            answer => answer,
        }
    }

    fn close(&mut self, what: String) -> Trouble {
        self.shut(format!(
            "{what}, and a new token did not help: share the document with the account that signed \
             in, or sign in again"
        ))
    }

    fn shut(&mut self, what: String) -> Trouble {
        let trouble = Trouble::Auth(what);
        self.closed = Some(trouble.clone());
        trouble
    }

    fn renew(&mut self) -> Result<(), Trouble> {
        let Some(request) = self.tokens.renewal(&self.base, &self.app) else {
            return Err(self.shut(
                "the access token has ended, and there is no refresh token to get a new one with: \
                 sign in again and give the sheet its new secrets, with refresh_token"
                    .into(),
            ));
        };
        let response = self.outside.send(request)?;
        let renewed = match Trouble::of_status(&response) {
            Some(Trouble::Auth(_) | Trouble::BadRequest(_)) => {
                Err(Trouble::Auth("Tencent Docs does not renew the token: sign in again".into()))
            }
            Some(trouble) => Err(trouble),
            None => self.tokens.renewed(&response.body, self.outside.now()),
        };
        match renewed {
            Ok(tokens) => {
                self.tokens = tokens;
                self.renewed = true;
                Ok(())
            }
            Err(trouble) => {
                if matches!(trouble, Trouble::Auth(_)) {
                    self.closed = Some(trouble.clone());
                }
                Err(trouble)
            }
        }
    }

    fn send(&self, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        let headers = vec![
            ("Access-Token", self.tokens.access_token.clone()),
            ("Client-Id", self.app.client_id.clone()),
            ("Open-Id", self.tokens.open_id()),
            ("Content-Type", "application/json".to_owned()),
        ];
        let request = Request {
            method: if body.is_some() { Method::Post } else { Method::Get },
            url: format!("{}{path}", self.base),
            headers,
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        };
        read(&self.outside.send(request)?)
    }
}

/// An envelope's data. A code that is not 0 is a failure whatever the status says.
fn read(response: &Response) -> Result<Value, Trouble> {
    let envelope: Option<Value> = serde_json::from_slice(&response.body).ok();
    let code = envelope.as_ref().and_then(|envelope| envelope["ret"].as_i64());
    if response.status != 429 && response.status < 500 {
        match code {
            Some(RATE) => return Err(Trouble::Rate { retry_after: response.retry_after }),
            Some(code) if AUTH.contains(&code) => {
                let what = format!("Tencent Docs refuses the token (code {code})");
                return Err(Trouble::Auth(what));
            }
            Some(0) | None => {}
            Some(code) => {
                let what = format!("Tencent Docs refuses the request (code {code})");
                return Err(Trouble::BadRequest(what));
            }
        }
    }
    if let Some(trouble) = Trouble::of_status(response) {
        return Err(trouble);
    }
    match (code, envelope) {
        (Some(0), Some(mut envelope)) => Ok(envelope["data"].take()),
        _ => Err(Trouble::Unreadable("Tencent Docs' answer is not what it documents".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn trouble(status: u16, body: &str) -> Trouble {
        let retry_after = Some(Duration::from_secs(7));
        read(&Response { status, retry_after, body: body.into() }).unwrap_err()
    }

    #[test]
    fn an_answer_says_what_to_do() {
        let rate = Trouble::Rate { retry_after: Some(Duration::from_secs(7)) };
        assert_eq!(trouble(429, "<html>"), rate);
        assert_eq!(trouble(429, r#"{"ret":10302}"#), rate);
        assert_eq!(trouble(200, r#"{"ret":400007,"msg":"count"}"#), rate);
        assert_eq!(trouble(400, r#"{"ret":400007}"#), rate);
        for code in AUTH {
            let body = format!(r#"{{"ret":{code},"msg":"token s3cret"}}"#);
            let trouble = trouble(200, &body);
            assert!(matches!(&trouble, Trouble::Auth(what) if !what.contains("s3cret")));
        }
        assert!(matches!(trouble(403, ""), Trouble::Auth(_)));
        assert!(matches!(trouble(200, r#"{"ret":400123}"#), Trouble::BadRequest(_)));
        assert!(matches!(trouble(404, ""), Trouble::BadRequest(_)));
        assert!(matches!(trouble(502, r#"{"ret":400123}"#), Trouble::Soon(_)));
        assert!(matches!(trouble(200, "<html>"), Trouble::Unreadable(_)));
        assert!(matches!(trouble(200, "{}"), Trouble::Unreadable(_)));
    }
}
