//! The web UI, embedded.
//!
//! [`serve`] answers a path with a file of the build, or with the start page for every path that
//! belongs to the UI's own router. It knows nothing of the server around it: request in, response
//! out.

mod accept;
mod policy;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, Response, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/ui"]
struct Files;

/// Whether the UI is in this binary; if not, every page says how to get it.
pub fn built() -> bool {
    Files::iter().any(|name| name.starts_with("_app/"))
}

/// Answers a GET or HEAD of `path` (without its query).
///
/// Files with a hash in their name may be kept for ever; everything else is asked for again and
/// answered 304 when it has not changed. Unknown API paths and missing files are 404; every other
/// path is the start page, whose router decides.
pub fn serve(path: &str, headers: &HeaderMap) -> Response<Bytes> {
    let name = path.trim_start_matches('/');
    if name == "api" || name.starts_with("api/") {
        return not_found("application/problem+json", NO_SUCH_OPERATION);
    }
    if !name.is_empty() && !name.ends_with(".br") && Files::get(name).is_some() {
        return file(name, headers);
    }
    let last = name.rsplit('/').next().unwrap_or_default();
    if name.starts_with("_app/") || last.contains('.') {
        return not_found("text/plain; charset=utf-8", "There is no such file.\n");
    }
    file("index.html", headers)
}

const NO_SUCH_OPERATION: &str = r#"{"type":"https://fairlead.dev/problems/not_found","title":"Not found","status":404,"detail":"There is no such operation; /api/docs lists them all."}"#;

fn file(name: &str, headers: &HeaderMap) -> Response<Bytes> {
    let packed = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .any(|value| value.to_str().is_ok_and(accept::brotli))
        .then(|| Files::get(&format!("{name}.br")))
        .flatten();
    let brotli = packed.is_some();
    let Some(found) = packed.or_else(|| Files::get(name)) else {
        return not_found("text/plain; charset=utf-8", "There is no such file.\n");
    };
    let tag = tag(&found);
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| accept::knows(value, &tag)));
    let mut response = Response::new(if known { Bytes::new() } else { bytes(found.data) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let html = name.ends_with(".html");
    let out = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(ETAG, tag);
    }
    let keep = if name.starts_with("_app/immutable/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    out.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    out.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if !known {
        out.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        if brotli {
            out.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
    }
    policy::guard(out, html.then(start_page).as_deref());
    response
}

fn start_page() -> Cow<'static, str> {
    Files::get("index.html").map_or(Cow::Borrowed(""), |page| match page.data {
        Cow::Borrowed(data) => String::from_utf8_lossy(data),
        Cow::Owned(data) => String::from_utf8_lossy(&data).into_owned().into(),
    })
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

/// A strong tag: the content's own hash.
fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

fn not_found(content_type: &'static str, text: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let out = response.headers_mut();
    out.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    out.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    policy::guard(out, None);
    response
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
