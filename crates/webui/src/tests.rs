use super::*;

fn get(path: &str, headers: &[(http::header::HeaderName, &str)]) -> Response<Bytes> {
    let headers = headers.iter().map(|(n, v)| (n.clone(), HeaderValue::from_str(v).unwrap()));
    serve(path, &headers.collect())
}

/// A file of the build that has a hash in its name; none in a binary without the UI.
fn hashed() -> Option<String> {
    Files::iter()
        .filter(|name| name.starts_with("_app/immutable/") && name.ends_with(".js"))
        // Nothing is gained by packing the smallest.
        .max_by_key(|name| Files::get(name).map(|file| file.data.len()))
        .map(|name| format!("/{name}"))
}

#[test]
fn every_path_of_the_ui_s_router_is_the_start_page() {
    for path in ["/", "/work", "/items/7", "/setup"] {
        let answer = get(path, &[]);
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-cache");
        assert!(answer.body().starts_with(b"<!doctype html>"));
    }
}

#[test]
fn an_unknown_operation_and_a_missing_file_are_not_the_start_page() {
    let paths =
        ["/api", "/api/v1/nothing", "/_app/immutable/gone.js", "/favicon.gone", "/index.html.br"];
    for path in paths {
        assert_eq!(get(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
    }
    let problem = get("/api/v1/nothing", &[]);
    assert_eq!(problem.headers()[CONTENT_TYPE], "application/problem+json");
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let first = get("/", &[]);
    let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
    let again = get("/", &[(IF_NONE_MATCH, &format!("\"other\", W/{tag}"))]);
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(again.body().is_empty());
    assert_eq!(again.headers()[ETAG], tag.as_str());
}

#[test]
fn a_hashed_file_may_be_kept_for_ever_and_comes_packed_to_whom_takes_it() {
    let Some(path) = hashed() else { return assert!(!built()) };
    let plain = get(&path, &[(ACCEPT_ENCODING, "gzip, br;q=0")]);
    assert_eq!(plain.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert!(!plain.headers().contains_key(CONTENT_ENCODING));
    let packed = get(&path, &[(ACCEPT_ENCODING, "gzip, br")]);
    assert_eq!(packed.headers()[CONTENT_ENCODING], "br");
    assert_eq!(packed.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert!(packed.body().len() < plain.body().len());
    assert_ne!(packed.headers()[ETAG], plain.headers()[ETAG]);
}

#[test]
fn no_page_may_be_framed_or_run_anybody_else_s_script() {
    let answer = get("/", &[]);
    let policy = answer.headers()[http::header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("default-src 'self'") || !built(), "{policy}");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src"));
    assert!(scripts.is_none_or(|scripts| !scripts.contains("unsafe-inline")), "{policy}");
    assert_eq!(answer.headers()[http::header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(answer.headers()[http::header::REFERRER_POLICY], "same-origin");
}
