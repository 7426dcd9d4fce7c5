//! What a browser may do with a page of ours.
//!
//! The build writes a Content-Security-Policy with the hash of its one inline script into the
//! start page; here the same policy becomes a header, with what only a header may say.

use http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

/// For whatever is not the UI: nothing may be loaded at all.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/// Adds the guarding headers; `page` is the start page when that is what is served.
pub fn guard(headers: &mut HeaderMap, page: Option<&str>) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let policy = page.and_then(written_policy).map(|p| format!("{p}; frame-ancestors 'none'"));
    let policy = policy.and_then(|policy| HeaderValue::from_str(&policy).ok());
    headers.insert(
        CONTENT_SECURITY_POLICY,
        policy.unwrap_or_else(|| HeaderValue::from_static(NOTHING)),
    );
}

/// The policy in the page's own `<meta>` element.
fn written_policy(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("http-equiv=\"content-security-policy\" content=\"")?;
    let (policy, _) = rest.split_once('"')?;
    Some(policy.replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_the_page_becomes_the_header() {
        let page = r#"<meta http-equiv="content-security-policy" content="default-src 'self'">"#;
        let mut headers = HeaderMap::new();
        guard(&mut headers, Some(page));
        assert_eq!(headers[CONTENT_SECURITY_POLICY], "default-src 'self'; frame-ancestors 'none'");
    }

    #[test]
    fn without_a_policy_nothing_may_be_loaded() {
        let mut headers = HeaderMap::new();
        guard(&mut headers, Some("<p>no policy here</p>"));
        assert_eq!(headers[CONTENT_SECURITY_POLICY], NOTHING);
    }
}
