//! A phone number as it came, and as it can be called.

/// What could be made of a phone number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phone {
    /// As it came, cut to a sane length.
    pub raw: Option<String>,
    /// E.164, when it is a number that exists.
    pub e164: Option<String>,
}

/// Reads a number; one without a country code is of `country`.
pub fn read(raw: Option<&str>, country: &str) -> Phone {
    let Some(raw) = raw.map(str::trim).filter(|raw| !raw.is_empty()) else {
        return Phone::default();
    };
    let raw: String = raw.chars().take(100).collect();
    let e164 = normalise(&raw, country);
    Phone { raw: Some(raw), e164 }
}

fn normalise(raw: &str, country: &str) -> Option<String> {
    let country = country.parse::<connectors::Country>().ok();
    connectors::phone::normalise(raw, country)?.e164
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_number_is_read_as_one_of_the_workspace_s_country() {
        assert_eq!(read(Some("098765 43210"), "IN").e164.as_deref(), Some("+919876543210"));
        assert_eq!(read(Some("call me"), "IN").e164, None);
        assert_eq!(read(Some("  "), "IN"), Phone::default());
    }
}
