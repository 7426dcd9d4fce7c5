//! One call after the other, with a token that is valid.

use super::account::Account;
use crate::mirror::{Method, Outside, Request, Response, Trouble};
use serde_json::Value;

/// A token is renewed when it has no more than this left, in milliseconds.
const MARGIN: i64 = 60_000;

pub struct Session {
    outside: Box<dyn Outside>,
    base: String,
    account: Account,
    /// The token, and when it ends in Unix milliseconds.
    token: Option<(String, i64)>,
    /// Nobody lets us in: nothing is sent until it is reopened.
    closed: Option<Trouble>,
}

impl Session {
    pub fn new(outside: Box<dyn Outside>, base: String, account: Account) -> Self {
        Session { outside, base, account, token: None, closed: None }
    }

    pub fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// Somebody may have mended what was wrong.
    pub fn reopen(&mut self) {
        self.closed = None;
        self.token = None;
    }

    /// The answer to a question, or to a body that is posted.
    pub fn call(&mut self, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        if let Some(trouble) = &self.closed {
            return Err(trouble.clone());
        }
        let now = self.outside.now();
        let valid = self.token.as_ref().is_some_and(|(_, end)| *end > now + MARGIN);
        if !valid {
            self.renew()?;
        }
        let mut response = self.send(path, body)?;
        if response.status == 401 && valid {
            self.renew()?;
            response = self.send(path, body)?;
        }
        let answer = self.read(&response);
        if let Err(trouble @ Trouble::Auth(_)) = &answer {
            self.closed = Some(trouble.clone());
        }
        answer
    }

    fn renew(&mut self) -> Result<(), Trouble> {
        let now = self.outside.now();
        let response = self.outside.send(self.account.request(now)?)?;
        let token = match Trouble::of_status(&response) {
            Some(Trouble::Auth(_) | Trouble::BadRequest(_)) => {
                let what = "Google gives the service account no token: is its key still valid, and \
                            this machine's clock right?";
                Err(Trouble::Auth(what.into()))
            }
            Some(trouble) => Err(trouble),
            None => token(&response.body, now),
        };
        if let Err(trouble @ Trouble::Auth(_)) = &token {
            self.closed = Some(trouble.clone());
        }
        self.token = Some(token?);
        Ok(())
    }

    fn send(&self, path: &str, body: Option<&Value>) -> Result<Response, Trouble> {
        let token = self.token.as_ref().map(|(token, _)| token.as_str()).unwrap_or_default();
        let headers = vec![
            ("Authorization", format!("Bearer {token}")),
            ("Content-Type", "application/json".to_owned()),
        ];
        Ok(self.outside.send(Request {
            method: if body.is_some() { Method::Post } else { Method::Get },
            url: format!("{}{path}", self.base),
            headers,
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        })?)
    }

    fn read(&self, response: &Response) -> Result<Value, Trouble> {
        let answer: Option<Value> = serde_json::from_slice(&response.body).ok();
        let word = answer.as_ref().and_then(|answer| answer["error"]["status"].as_str());
        if word == Some("RESOURCE_EXHAUSTED") {
            return Err(Trouble::Rate { retry_after: response.retry_after });
        }
        match Trouble::of_status(response) {
            Some(Trouble::Auth(_)) => Err(Trouble::Auth(format!(
                "Google does not let the service account in: share the sheet with {} as an editor, \
                 and switch on the Google Sheets API in its project",
                self.account.email()
            ))),
            Some(trouble) => Err(trouble),
            None => answer.filter(Value::is_object).ok_or_else(|| {
                Trouble::Unreadable("Google's answer is not what it documents".into())
            }),
        }
    }
}

fn token(answer: &[u8], now: i64) -> Result<(String, i64), Trouble> {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let lasts = answer["expires_in"].as_i64().unwrap_or(0).clamp(0, 86_400) * 1_000;
    let token = answer["access_token"].as_str().map(|token| (token.to_owned(), now + lasts));
    token.ok_or_else(|| Trouble::Unreadable("Google's answer holds no token".into()))
}
