//! States and provinces: what people write for one, as the one code that it is kept as.
//!
//! India's are known by every name and code in `regions_in.txt`, and a workspace may have a table of
//! its own, of any country or of districts that it made up. A region that no table knows is kept as
//! it is written, without case, accents and punctuation, so that it still equals itself.

use crate::Country;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const INDIA: &str = include_str!("regions_in.txt");

/// Folded name → code.
type Names = HashMap<String, &'static str>;

static OF_INDIA: LazyLock<Names> = LazyLock::new(|| names(INDIA));

/// The regions of a country, by all their names.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    /// In small letters.
    country: Option<String>,
    /// Folded name → code, of the workspace's own table.
    own: HashMap<String, String>,
}

/// A name that is of two regions, or a code or name without any letter and digit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    #[error("“{0}” is a name of both {1} and {2}")]
    Ambiguous(String, String, String),
    #[error("“{0}” holds no letter and no digit")]
    Empty(String),
}

impl Regions {
    /// Those of the country, if there is a table of them.
    pub fn of(country: Option<Country>) -> Self {
        let country = country.map(|country| country.to_string().to_lowercase());
        Regions { country, own: HashMap::new() }
    }

    /// And those of an own table: codes, each with its names. It goes before the country's.
    ///
    /// # Errors
    /// When a name is of two regions, or nothing is left of it.
    pub fn with<'a, N>(
        mut self,
        table: impl IntoIterator<Item = (&'a String, N)>,
    ) -> Result<Self, RegionError>
    where
        N: IntoIterator<Item = &'a String>,
    {
        for (code, names) in table {
            let kept = folded(code);
            for name in names.into_iter().chain([code]) {
                let name = folded(name);
                if name.is_empty() {
                    return Err(RegionError::Empty(code.clone()));
                }
                // Who is known by the country's code is known by this one from now on.
                if let Some(code) = self.of_country(&name) {
                    self.own.entry(code.to_owned()).or_insert_with(|| kept.clone());
                }
                let before = self.own.insert(name.clone(), kept.clone());
                if let Some(before) = before.filter(|before| *before != kept) {
                    return Err(RegionError::Ambiguous(name, before, kept));
                }
            }
        }
        Ok(self)
    }

    fn of_country(&self, name: &str) -> Option<&'static str> {
        OF_INDIA.get(name).filter(|_| self.country.as_deref() == Some("in")).copied()
    }

    /// The code of a region: `Mahārāshtra`, `IN-MH` and `mh` are all `mh`. What is unknown comes back
    /// folded; nothing comes back for what holds no letter and no digit.
    pub fn code(&self, text: &str) -> Option<String> {
        let folded = folded(text);
        let known = self.known(&folded).map(str::to_owned);
        known.or_else(|| Some(folded).filter(|folded| !folded.is_empty()))
    }

    /// Whether a table knows the region.
    pub fn knows(&self, text: &str) -> bool {
        self.known(&folded(text)).is_some()
    }

    /// Whether there is a table at all.
    pub fn has_table(&self) -> bool {
        !self.own.is_empty() || self.country.as_deref() == Some("in")
    }

    /// What else than the code itself the tables read as this code, folded.
    pub fn names(&self, code: &str) -> BTreeSet<String> {
        let of_country = OF_INDIA.keys().filter(|_| self.country.as_deref() == Some("in"));
        let all = self.own.keys().chain(of_country);
        let names = all.filter(|name| *name != code && self.known(name) == Some(code));
        names.cloned().collect()
    }

    fn known(&self, folded: &str) -> Option<&str> {
        let iso = self.country.as_deref();
        let bare = iso.and_then(|iso| folded.strip_prefix(iso)?.strip_prefix(' '));
        // As in “Maharashtra, India”.
        let tail = folded.strip_suffix(" india").filter(|_| iso == Some("in"));
        [Some(folded), bare, tail].into_iter().flatten().find_map(|name| {
            let own = |name: &str| self.own.get(name).map(String::as_str);
            own(name).or_else(|| self.of_country(name).map(|code| own(code).unwrap_or(code)))
        })
    }
}

fn names(table: &'static str) -> Names {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let entries = lines.filter_map(|line| line.split_once(':'));
    let pairs = entries.flat_map(|(code, names)| {
        let names = names.split(',').chain([code]);
        names.map(move |name| (folded(name), code))
    });
    pairs.collect()
}

/// Small letters without accents, words divided by one space, `&` as `and`.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::new();
    for c in text.nfkd() {
        match c {
            // Accents, and the dot below that Hindi letters may or may not have.
            '\u{300}'..='\u{36f}' | '\u{93c}' => {}
            '&' => folded.push_str(" and "),
            // The signs that stop or change a vowel are not all letters to Unicode.
            c if is_combining_mark(c) => folded.push(c),
            // They join letters or keep them apart, and are not seen.
            '\u{200c}' | '\u{200d}' => {}
            c if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
            // Jammu’s, N.C.T.
            '.' | '\'' | '’' => {}
            _ => folded.push(' '),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_india(text: &str) -> String {
        Regions::of(Some("IN".parse().unwrap())).code(text).unwrap()
    }

    #[test]
    fn a_state_is_known_by_all_its_names() {
        for (text, code) in [
            ("Mahārāshtra", "mh"),
            ("  MAHARASHTRA ", "mh"),
            ("IN-MH", "mh"),
            ("in mh", "mh"),
            ("महाराष्ट्र", "mh"),
            ("Orissa", "or"),
            ("OD", "or"),
            ("Jammu & Kashmir", "jk"),
            ("JAMMU AND KASHMĪR", "jk"),
            ("J&K", "jk"),
            ("N.C.T. of Delhi", "dl"),
            ("छत्तीसगढ़", "ct"),
            ("छत्तीसगढ", "ct"),
            ("Uttaranchal", "ut"),
            ("Dadra & Nagar Haveli", "dh"),
            ("Daman and Diu", "dh"),
            ("தமிழ்நாடு", "tn"),
            ("தமிழ் நாடு", "tn"),
            ("ಕರ್ನಾಟಕ", "ka"),
            ("Karnatak", "ka"),
            ("తెలంగాణ", "tg"),
            ("ગુજરાત", "gj"),
            ("ਪੰਜਾਬ", "pb"),
            ("കേരളം", "kl"),
            ("ଓଡ଼ିଶା", "or"),
            ("পশ্চিমবঙ্গ", "wb"),
            ("جموں و کشمیر", "jk"),
            ("Jammu Kashmir", "jk"),
            ("A&N", "an"),
            ("Maharashtra, India", "mh"),
        ] {
            assert_eq!(of_india(text), code, "{text}");
        }
    }

    #[test]
    fn no_name_is_two_states() {
        let mut seen: Names = HashMap::new();
        for line in INDIA.lines().filter(|line| !line.starts_with('#')) {
            let (code, names) = line.split_once(':').unwrap();
            assert_eq!(code.len(), 2, "{line}");
            for name in names.split(',').chain([code]) {
                let before = seen.insert(folded(name), code);
                assert!(before.is_none_or(|other| other == code), "{name}: {before:?} and {code}");
            }
        }
        assert_eq!(seen.values().collect::<std::collections::HashSet<_>>().len(), 36);
    }

    #[test]
    fn what_is_unknown_equals_itself() {
        assert_eq!(of_india("Île-de-France"), "ile de france");
        let nowhere = Regions::default();
        assert_eq!(nowhere.code("São Paulo"), nowhere.code("SAO  PAULO"));
        assert_eq!(Regions::of(Some("DE".parse().unwrap())).code("Bayern").unwrap(), "bayern");
        assert_eq!(nowhere.code(" – "), None);
        // With the marks without which it would be other letters.
        for name in ["தமிழ்நாடு", "ਪੰਜਾਬ", "తెలంగాణ"] {
            assert_eq!(nowhere.code(name).as_deref(), Some(name));
        }
        assert_eq!(nowhere.code("ക്\u{200d}ഷ"), nowhere.code("ക്ഷ"));
    }

    #[test]
    fn a_code_is_traced_back_to_all_its_names() {
        let table = table(&[("WEST", &["Maharashtra"]), ("CA", &["California", "Calif."])]);
        let regions = Regions::of(Some("IN".parse().unwrap()));
        let regions = regions.with(table.iter().map(|(code, names)| (code, names))).unwrap();
        assert_eq!(Vec::from_iter(regions.names("ca")), ["calif", "california"]);
        let west = regions.names("west");
        assert!(west.contains("mh") && west.contains("महाराष्ट्र") && !west.contains("west"));
        assert!(regions.names("mh").is_empty() && regions.names("gj").contains("gujarat"));
        assert_eq!(regions.code("Maharastra").unwrap(), "west");
    }

    fn table(lines: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        lines.iter().map(|(code, names)| ((*code).to_owned(), owned(names))).collect()
    }

    #[test]
    fn a_table_of_ones_own_goes_before_the_country_s() {
        let of = |country: &str, lines: &[(&str, &[&str])]| {
            let table = table(lines);
            let regions = Regions::of(Some(country.parse().unwrap()));
            regions.with(table.iter().map(|(code, names)| (code, names)))
        };
        let lines: &[(&str, &[&str])] = &[("CA", &["California", "Calif."]), ("BC", &["Québec"])];
        let america = of("US", lines).unwrap();
        for (text, code) in [
            ("california", "ca"),
            ("CALIF", "ca"),
            ("US-CA", "ca"),
            ("us california", "ca"),
            ("Quebec", "bc"),
            ("Nevada", "nevada"),
        ] {
            assert_eq!(america.code(text).unwrap(), code, "{text}");
        }
        let india = of("IN", &[("west", &["Maharashtra", "Gujarat"])]).unwrap();
        for text in ["maharashtra", "MH", "IN-MH", "gj"] {
            assert_eq!(india.code(text).unwrap(), "west", "{text}");
        }
        assert_eq!(india.code("Goa").unwrap(), "ga");
        let twice = of("US", &[("a", &["North"]), ("b", &["NORTH"])]).unwrap_err();
        assert_eq!(twice.to_string(), "“north” is a name of both a and b");
        assert_eq!(of("US", &[("a", &["–"])]).unwrap_err(), RegionError::Empty("a".into()));
    }
}
