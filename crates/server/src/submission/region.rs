//! A state or province as people write it, and as it is compared.

use routing::Code;

/// The region's code in the workspace's country: `Orissa` and `IN-OD` are both `or`.
pub fn region(country: &str, text: &str) -> Option<Code> {
    connectors::region(country.parse().ok(), text).map(|code| Code::new(&code))
}
