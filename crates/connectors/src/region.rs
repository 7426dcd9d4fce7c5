//! States and provinces: what people write for one, as the one code that it is kept as.
//!
//! India's are known by every name and code in `regions_in.txt`. A region that no table knows is
//! kept as it is written, without case, accents and punctuation, so that it still equals itself.

use crate::Country;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

const INDIA: &str = include_str!("regions_in.txt");

/// Folded name → code.
type Names = HashMap<String, &'static str>;

static OF_INDIA: LazyLock<Names> = LazyLock::new(|| names(INDIA));

/// The code of a region of this country: `Mahārāshtra`, `IN-MH` and `mh` are all `mh`. What is
/// unknown comes back folded; nothing comes back for what holds no letter and no digit.
pub fn region(country: Option<Country>, text: &str) -> Option<String> {
    let folded = folded(text);
    if folded.is_empty() {
        return None;
    }
    let Some(country) = country else { return Some(folded) };
    let iso = country.to_string().to_lowercase();
    let bare = folded.strip_prefix(&iso).and_then(|rest| rest.strip_prefix(' '));
    let known = match &*iso {
        "in" => [Some(&*folded), bare].into_iter().flatten().find_map(|name| OF_INDIA.get(name)),
        _ => None,
    };
    Some(known.map_or(folded.clone(), |code| (*code).to_owned()))
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
            '\u{900}'..='\u{97f}' => folded.push(c),
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
        region(Some("IN".parse().unwrap()), text).unwrap()
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
        assert_eq!(region(None, "São Paulo"), region(None, "SAO  PAULO"));
        assert_eq!(region(Some("DE".parse().unwrap()), "Bayern").unwrap(), "bayern");
        assert_eq!(region(None, " – "), None);
    }
}
