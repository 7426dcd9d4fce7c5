//! What the client says it takes and what it already has.

/// Whether an `Accept-Encoding` value takes brotli.
pub fn brotli(value: &str) -> bool {
    value.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let refused = parts
            .filter_map(|part| part.strip_prefix("q="))
            .any(|quality| quality.parse::<f32>().is_ok_and(|quality| quality == 0.0));
        named && !refused
    })
}

/// Whether an `If-None-Match` value names this tag.
pub fn knows(value: &str, tag: &str) -> bool {
    value
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}
