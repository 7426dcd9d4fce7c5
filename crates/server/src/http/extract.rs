//! Extractors whose rejections are problems: a body, path parameters, query parameters.

use crate::auth::Caller;
use crate::auth::secret::hex;
use crate::dispatcher::IdempotencyKey;
use crate::http::Problem;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        object(&bytes(request, state).await?).map(Body)
    }
}

/// A JSON body that creates something, and the client's key for it: the same key with the same
/// body gives the same answer again.
#[derive(Debug)]
pub struct Create<T> {
    pub body: T,
    pub key: Option<IdempotencyKey>,
}

/// The header of requests that create something.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct IdempotencyHeader {
    /// Any text of 1–200 visible characters, new for each thing to be created. A repeated request
    /// with the same key and body changes nothing and gives the answer again.
    #[param(rename = "Idempotency-Key", required = false)]
    pub idempotency_key: Option<String>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Create<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let scope = request.extensions().get::<Caller>().map(|c| c.actor.to_string());
        let (headers, path) = (request.headers().clone(), request.uri().path().to_owned());
        let bytes = bytes(request, state).await?;
        let key = idempotency(&headers, &scope.unwrap_or_default(), &path, &bytes)?;
        Ok(Create { body: object(&bytes)?, key })
    }
}

/// The client's key for a request, if it sent one.
pub fn idempotency(
    headers: &HeaderMap,
    scope: &str,
    path: &str,
    body: &[u8],
) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|k| (1..=200).contains(&k.len()));
    let problem = "must be 1 to 200 visible ASCII characters";
    let key = key.ok_or_else(|| Problem::field("Idempotency-Key", problem))?;
    let mut request = Sha256::new();
    request.update(path.as_bytes());
    request.update([0]);
    request.update(body);
    Ok(Some(IdempotencyKey {
        scope: scope.to_owned(),
        key: key.to_owned(),
        request: hex(&request.finalize()),
        keep_secs: IdempotencyKey::DAY,
    }))
}

/// The raw bytes of a JSON body, at most as many as the route takes.
pub async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let is_json = kind.is_none_or(|kind| {
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        essence == "application/json" || essence.ends_with("+json")
    });
    if !is_json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body must be JSON; send it with the header Content-Type: application/json.",
        ));
    }
    Bytes::from_request(request, state).await.map_err(rejected)
}

fn rejected(rejection: BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload_too_large",
            "The body is larger than this operation takes; send less at once.",
        ),
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            "The body ended before it was complete; send it again.",
        ),
    }
}

/// Whether a JSON text writes the character U+0000 at `at`, which databases do not keep.
fn is_nul(bytes: &[u8], at: usize) -> bool {
    let escapes = || bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
    bytes[at..].starts_with(br"\u0000") && escapes().is_multiple_of(2)
}

/// A JSON text without the character U+0000.
pub fn without_nul(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = (0..bytes.len()).find(|at| is_nul(bytes, *at)) else {
        return Cow::Borrowed(bytes);
    };
    let (mut kept, mut at) = (bytes[..first].to_vec(), first);
    while at < bytes.len() {
        if is_nul(bytes, at) {
            at += br"\u0000".len();
        } else {
            kept.push(bytes[at]);
            at += 1;
        }
    }
    Cow::Owned(kept)
}

/// Reads a JSON object. Without this check an array would pass for the object's fields in order.
fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    match bytes.trim_ascii_start().first() {
        Some(b'[') => Err(Problem::field("", "The body must be a JSON object, not an array.")),
        _ if (0..bytes.len()).any(|at| is_nul(bytes, at)) => {
            let problem = "A text holds the character U+0000, which cannot be kept; take it out.";
            Err(Problem::field("", problem))
        }
        _ => json(bytes),
    }
}

/// Reads JSON, naming the field that is wrong.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            format!("The body is not UTF-8: byte {} is wrong.", error.valid_up_to()),
        ));
    }
    let bytes = if bytes.iter().all(u8::is_ascii_whitespace) { b"{}".as_slice() } else { bytes };
    let mut input = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut input).map_err(|error| {
        let path = error.path().to_string();
        of_json(&path, error.inner())
    })?;
    match input.end() {
        Ok(()) => Ok(read),
        Err(error) => Err(of_json(".", &error)),
    }
}

/// Reads an already parsed value, naming the field that is wrong.
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        of_json(&path, error.inner())
    })
}

fn of_json(path: &str, error: &serde_json::Error) -> Problem {
    use serde_json::error::Category;
    if matches!(error.classify(), Category::Syntax | Category::Eof | Category::Io) {
        return Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            format!("The body is not JSON: {error}."),
        );
    }
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    let quoted = |text: &str| text.split('`').nth(1).map(str::to_owned);
    let path = if path == "." { "" } else { path };
    let within = |name: String| match path {
        "" => name,
        p if p == name || p.ends_with(&format!(".{name}")) => p.to_owned(),
        p => format!("{p}.{name}"),
    };
    let (field, problem) = if text.starts_with("unknown field") {
        let known = text.split_once("expected ").map(|(_, e)| format!("; known here: {e}"));
        let known = known.unwrap_or_default().replace("one of ", "").replace('`', "");
        (quoted(text).map(within), format!("is not a field of this request{known}"))
    } else if let Some((_, known)) =
        text.split_once("unknown variant ").filter(|_| text.starts_with("unknown"))
    {
        // What was sent may be personal; what is known is not.
        let known = known.split_once("expected ").map_or("", |(_, known)| known);
        let known = known.trim_start_matches("one of ").replace('`', "");
        (Some(path.to_owned()), format!("is none of the known values: {known}"))
    } else if text.starts_with("missing field") {
        (quoted(text).map(within), "is required".to_owned())
    } else {
        (Some(path.to_owned()), unvalued(text))
    };
    let field = field.unwrap_or_default();
    Problem::field(field, problem)
}

/// serde repeats the value it did not like, which may be personal and would end up in somebody's
/// log: only its type is kept.
fn unvalued(text: &str) -> String {
    let mut kept = text.to_owned();
    for kind in ["string", "integer", "floating point", "boolean"] {
        for open in [format!("{kind} \""), format!("{kind} `")] {
            while let Some(at) = kept.find(&open) {
                let close = open.as_bytes()[open.len() - 1] as char;
                let start = at + open.len();
                let Some(len) = kept[start..].rfind(close) else { break };
                kept.replace_range(at + kind.len()..start + len + 1, "");
            }
        }
    }
    let kept = match kept.split_once(", expected ") {
        Some((found, wanted)) => format!("{found}, expected {}", plain(wanted)),
        None => kept,
    };
    kept.replace("invalid type: ", "has the wrong type: a ")
        .replace("invalid value: ", "has a wrong value: a ")
        .replace("a integer", "an integer")
        .replace("a null", "null")
}

/// What serde expected, in words of JSON instead of Rust.
fn plain(wanted: &str) -> &str {
    match wanted {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i64" => "a whole number",
        "f64" => "a number",
        "a sequence" => "an array",
        "a map" => "an object",
        _ if wanted.starts_with("struct ") || wanted.starts_with("internally tagged enum ") => {
            "an object"
        }
        _ => wanted,
    }
}

/// Path parameters.
#[derive(Debug)]
pub struct Pick<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Pick<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) if !parts.uri.path().contains("%00") => Ok(Pick(path)),
            _ => Err(Problem::not_found(
                "There is no such object: ids are whole numbers; look at the list for them.",
            )),
        }
    }
}

/// Query parameters.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::field("", "A parameter holds the character U+0000; take it out."));
        }
        axum::extract::Query::<T>::try_from_uri(&parts.uri).map(|q| Params(q.0)).map_err(|error| {
            let text = std::error::Error::source(&error).map(ToString::to_string);
            let text = text.unwrap_or_else(|| error.to_string());
            let (field, problem) = match text.split_once(": ") {
                Some((field, problem)) if !field.contains(' ') => (field.to_owned(), problem),
                _ => (String::new(), text.as_str()),
            };
            if let Some(name) = text.split('`').nth(1).filter(|_| text.contains("unknown field")) {
                return Problem::field(name, "is not a parameter of this operation");
            }
            Problem::field(field, unvalued(problem))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[allow(dead_code)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[allow(dead_code)]
        secs: u32,
    }

    fn error(text: &str) -> (u16, String, String) {
        let problem = object::<Outer>(text.as_bytes()).unwrap_err();
        let first = problem.errors.first().map(|e| e.field.clone()).unwrap_or_default();
        (problem.status.as_u16(), first, problem.detail)
    }

    #[test]
    fn an_error_names_the_field() {
        assert_eq!(error(r#"{"inner":[{"secs":"x"}]}"#).1, "inner[0].secs");
        assert_eq!(error(r#"{"inner":[{}]}"#).1, "inner[0].secs");
        assert_eq!(error(r#"{"inner":[{"secs":1,"foo":2}]}"#).1, "inner[0].foo");
        assert_eq!(error(r#"{}"#).1, "inner");
        let array = (422, String::new(), "The body must be a JSON object, not an array.".into());
        assert_eq!(error(" [[]]"), array);
    }

    #[test]
    fn an_error_does_not_repeat_the_value() {
        let (status, _, detail) = error(r#"{"inner":[{"secs":"+14155550123"}]}"#);
        assert_eq!(status, 422);
        assert!(!detail.contains("4155"), "{detail}");
        assert_eq!(
            detail,
            "inner[0].secs: has the wrong type: a string, expected a whole number, 0 or more"
        );
    }

    #[test]
    fn broken_json_and_broken_text_are_bad_requests() {
        assert_eq!(error("{").0, 400);
        assert_eq!(error("{} x").0, 422);
        assert_eq!(json::<Outer>(&[b'{', 0xff, b'}']).unwrap_err().status, 400);
    }
}
