//! Speaks to a server over its HTTP API; errors carry what the server's problem says.

use crate::trust;
use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use ureq::http::StatusCode;
use ureq::tls::TlsConfig;
use ureq::unversioned::multipart::Form;
use ureq::{Agent, Body, http::Response};

/// How often and for how long a busy or restarting server is asked again.
const TRIES: u32 = 6;
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// What a server refused, in its own words.
#[derive(Debug)]
pub struct Refused {
    pub status: StatusCode,
    /// The problem's name for programs, such as `stale_version`.
    pub name: String,
    says: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Refused {}

/// A server and the right to speak to it.
#[derive(Clone)]
pub struct Api {
    agent: Agent,
    root: String,
    token: String,
}

impl Api {
    pub fn new(root: &str, token: &str) -> Self {
        Api::trusting(TlsConfig::default(), root, token)
    }

    /// One that has to show a certificate of these authorities.
    pub fn trusting(authorities: TlsConfig, root: &str, token: &str) -> Self {
        let config = Agent::config_builder()
            .tls_config(authorities)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .user_agent(concat!("fairlead/", env!("CARGO_PKG_VERSION")));
        Api {
            agent: config.build().into(),
            root: root.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        }
    }

    /// Whether it speaks to this server with this token.
    pub fn is(&self, root: &str, token: &str) -> bool {
        self.root == root.trim_end_matches('/') && self.token == token
    }

    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.read(path, || {
            self.agent.get(self.url(path)).header("authorization", self.bearer()).call()
        })
    }

    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        self.read(path, || {
            let request = self.agent.post(self.url(path)).header("authorization", self.bearer());
            request.send_json(body)
        })
    }

    pub fn patch<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        self.read(path, || {
            let request = self.agent.patch(self.url(path)).header("authorization", self.bearer());
            request.send_json(body)
        })
    }

    pub fn put<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        self.read(path, || {
            let request = self.agent.put(self.url(path)).header("authorization", self.bearer());
            request.send_json(body)
        })
    }

    pub fn delete(&self, path: &str) -> Result<()> {
        let send =
            || self.agent.delete(self.url(path)).header("authorization", self.bearer()).call();
        self.send(path, send).map(drop)
    }

    /// Sends a form with a file; not again by itself, the file has been read.
    pub fn post_form<T: DeserializeOwned>(&self, path: &str, form: Form<'_>) -> Result<T> {
        let request = self.agent.post(self.url(path)).header("authorization", self.bearer());
        let mut once = Some(move || request.send(form));
        self.read(path, || match once.take() {
            Some(send) => send(),
            None => Err(ureq::Error::ConnectionFailed),
        })
    }

    /// Writes the body as it comes, however long it takes.
    pub fn download(&self, path: &str, out: &mut dyn std::io::Write) -> Result<()> {
        let mut response = self.send(path, || {
            let request = self.agent.get(self.url(path)).header("authorization", self.bearer());
            request.config().timeout_global(None).build().call()
        })?;
        let copied = std::io::copy(&mut response.body_mut().as_reader(), out);
        copied.map(drop).with_context(|| format!("{path} was not written to its end"))
    }

    /// The body as text.
    pub fn get_text(&self, path: &str) -> Result<String> {
        let mut response = self.send(path, || {
            self.agent.get(self.url(path)).header("authorization", self.bearer()).call()
        })?;
        Ok(response.body_mut().read_to_string()?)
    }

    /// Every item of a list, page by page.
    pub fn list(&self, path: &str) -> Result<Vec<Value>> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let mut page: Value = self.get(&format!("{path}{mark}limit=200{cursor}"))?;
            match page["items"].take() {
                Value::Array(items) => all.extend(items),
                _ => bail!("{path} did not answer with a list"),
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(all),
            }
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.root)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn read<T: DeserializeOwned>(
        &self,
        path: &str,
        send: impl FnMut() -> std::result::Result<Response<Body>, ureq::Error>,
    ) -> Result<T> {
        let mut response = self.send(path, send)?;
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
        let body = if body.is_empty() { b"null".as_slice() } else { &body };
        serde_json::from_slice(body)
            .with_context(|| format!("{path} answered something unexpected"))
    }

    /// Asks again while the server is busy; what it refuses becomes an error.
    fn send(
        &self,
        path: &str,
        mut send: impl FnMut() -> std::result::Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>> {
        let mut tries = 1;
        loop {
            let mut response = send()
                .map_err(trust::explained)
                .with_context(|| format!("cannot reach the server at {}", self.root))?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            let busy =
                matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
            if busy && tries < TRIES {
                tries += 1;
                let after = response.headers().get("retry-after").and_then(|v| v.to_str().ok());
                let secs = after.and_then(|v| v.parse().ok()).unwrap_or(1);
                std::thread::sleep(Duration::from_secs(secs).min(MAX_PAUSE));
                continue;
            }
            let problem: Value = response.body_mut().read_json().unwrap_or_default();
            return Err(explain(path, status, &problem).into());
        }
    }
}

/// What is wrong with a field, or with all of it.
fn said(error: &Value) -> String {
    let problem = error["problem"].as_str().unwrap_or("it was not taken");
    match error["field"].as_str().filter(|field| !field.is_empty()) {
        Some(field) if problem.starts_with(char::is_lowercase) => format!("{field} {problem}"),
        Some(field) => format!("{field}: {problem}"),
        None => problem.to_owned(),
    }
}

fn explain(path: &str, status: StatusCode, problem: &Value) -> Refused {
    let text = |key: &str| problem[key].as_str().map(str::to_owned);
    let mut says = text("detail").or(text("title")).unwrap_or_else(|| format!("{path}: {status}"));
    let errors = problem["errors"].as_array().map_or(&[][..], Vec::as_slice);
    if let [error] = errors {
        says = said(error);
    } else {
        errors.iter().for_each(|error| says += &format!("\n  {}", said(error)));
    }
    if let Some(request) = text("request_id") {
        says += &format!("\n  (request {request})");
    }
    let kind = text("type").unwrap_or_default();
    let name = kind.rsplit('/').next().unwrap_or_default().to_owned();
    Refused { status, name, says }
}
