//! A client that keeps its connections and, when a node does not answer, asks the next.

use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::Request;

/// A node that says nothing for this long is given up; whether it did it is then in doubt.
const PATIENCE: Duration = Duration::from_secs(6);

/// A node's answer.
pub struct Answer {
    pub status: u16,
    /// Null where there is none.
    pub body: Value,
}

impl Answer {
    pub fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether another node, or the same one later, would answer.
    fn is_trouble(&self) -> bool {
        self.status == 429 || self.status >= 500
    }

    /// The id of what was made or acted on.
    pub fn id(&self) -> Option<u64> {
        self.body["id"].as_u64()
    }
}

/// A client of several nodes.
#[derive(Clone)]
pub struct Wire {
    agent: ureq::Agent,
    roots: Arc<[String]>,
    token: Arc<str>,
    at: usize,
}

impl Wire {
    /// `roots` are such as `http://127.0.0.1:8080`; `at` is the one that is asked first.
    pub fn new(roots: &Arc<[String]>, token: &str, at: usize) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE));
        Wire { agent: config.build().into(), roots: roots.clone(), token: token.into(), at }
    }

    /// The same connections with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Wire { token: token.into(), ..self.clone() }
    }

    /// The same, asking another node first.
    pub fn starting_at(&self, at: usize) -> Self {
        Wire { at, ..self.clone() }
    }

    /// Asks once. `None` when nobody answered, or the answer was to come again.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Option<Answer> {
        let answer = self.exchange(method, path, body, key).ok();
        let answer = answer.filter(|answer| !answer.is_trouble());
        if answer.is_none() {
            self.at += 1;
        }
        answer
    }

    pub fn get(&mut self, path: &str) -> Option<Value> {
        let answer = self.ask("GET", path, &Value::Null, None)?;
        answer.is_done().then_some(answer.body)
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Option<Answer> {
        self.ask("POST", path, body, None)
    }

    fn exchange(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Result<Answer, ureq::Error> {
        let root = &self.roots[self.at % self.roots.len()];
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{root}/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.token));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let sent = if body.is_null() {
            self.agent.run(request.body(())?)
        } else {
            request = request.header("content-type", "application/json");
            self.agent.run(request.body(body.to_string())?)
        };
        let mut response = sent?;
        let text = response.body_mut().read_to_string()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status: response.status().as_u16(), body })
    }
}
