//! The port through which adapters reach the world.

use super::Trouble;
use std::{fmt, time::Duration};

/// What an adapter asks of the world. An implementation follows no redirects, sets a time limit,
/// reads at most some megabytes of an answer, and may count calls against a budget.
pub trait Outside: Send {
    /// Sends one request and waits for its answer, whatever its status.
    fn send(&self, request: Request) -> Result<Response, Unreached>;

    /// Unix time in milliseconds.
    fn now(&self) -> i64;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

impl Method {
    /// As it stands in a request's first line.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// One HTTP request. Queries, headers and bodies hold secrets and people's data, so what is printed
/// of it is the method and the URL up to the query.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split(['?', '#']).next().unwrap_or_default();
        write!(f, "{} {url} ({} bytes)", self.method.as_str(), self.body.len())
    }
}

/// An HTTP answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// The header `Retry-After`, where it is there and says seconds.
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// A request without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// The connection failed, was cut or took too long; the request may have been carried out. The
    /// text says which of them, without the URL.
    Failed(String),
    /// It was not sent: the budget allows none before this Unix time in milliseconds.
    Held { until: i64 },
}

/// A text as part of a path or a query: all bytes but unreserved ones, and those in `keep`, escaped.
pub(super) fn escaped(text: &str, keep: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if plain || keep.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A service's address without a slash at its end. Secrets go there: in clear only on this machine.
pub(super) fn service(base: &str) -> Result<String, Trouble> {
    let host = base.strip_prefix("http://").unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
    match base.starts_with("https://") || here {
        true => Ok(base.trim_end_matches('/').to_owned()),
        false => Err(Trouble::BadRequest(format!("the service's address “{base}” is not https"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_holds_no_secret() {
        let request = Request {
            method: Method::Get,
            url: "https://docs.example/oauth/v2/token?client_secret=s3cret".into(),
            headers: vec![("Access-Token", "s3cret".into())],
            body: b"s3cret".to_vec(),
        };
        let printed = format!("{request:?}");
        assert_eq!(printed, "GET https://docs.example/oauth/v2/token (6 bytes)");
        let response = Response { status: 200, retry_after: None, body: b"s3cret".to_vec() };
        assert!(!format!("{response:?}").contains("s3cret"));
    }

    #[test]
    fn what_a_path_cannot_carry_is_escaped() {
        assert_eq!(escaped("300000000$aB", "$"), "300000000$aB");
        assert_eq!(escaped("a/b ?#%表", ""), "a%2Fb%20%3F%23%25%E8%A1%A8");
    }

    #[test]
    fn secrets_leave_the_machine_under_tls_only() {
        assert_eq!(service("https://docs.example/").as_deref(), Ok("https://docs.example"));
        assert_eq!(service("http://127.0.0.1:81").as_deref(), Ok("http://127.0.0.1:81"));
        for bad in ["http://docs.example", "http://127.0.0.1.example", "ftp://x", "http://[::1]@x"]
        {
            assert!(service(bad).is_err(), "{bad}");
        }
    }
}
