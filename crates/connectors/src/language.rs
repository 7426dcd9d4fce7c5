//! Languages: what people write for one, as the one code that it is kept as.
//!
//! Forms send `Hindi`, `हिन्दी`, `hi-IN`, `hi_IN` or `hin` for what an agent's page calls `hi`. A
//! locale's country says nothing about who can talk to whom, so a tag is cut to its language. What
//! `languages.txt` does not know is kept as it is written, so that it still equals itself.

use crate::region::folded;
use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("languages.txt");

/// Folded name → code.
static KNOWN: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let names = entries().flat_map(|(code, names)| names.chain([code]).map(move |n| (n, code)));
    names.map(|(name, code)| (folded(name), code)).collect()
});

fn entries() -> impl Iterator<Item = (&'static str, std::str::Split<'static, char>)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(':')).map(|(code, names)| (code, names.split(',')))
}

/// The code of a language: `Hindi`, `हिंदी`, `hi-IN`, `hi_IN.UTF-8`, `hin` and `Hindi (India)` are all
/// `hi`. What is unknown comes back as it is; nothing comes back for an empty text.
pub fn language(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let bare = text.split_once('(').map_or(text, |(bare, _)| bare);
    let tag = primary(text);
    let known = [Some(bare), tag].into_iter().flatten().find_map(|name| KNOWN.get(&folded(name)));
    let kept = known.copied().or(tag).unwrap_or(text);
    Some(if tag.is_some() { kept.to_lowercase() } else { kept.to_owned() })
}

/// The language of a BCP 47 tag or of a locale's name: two or three letters before `-` or `_`.
fn primary(text: &str) -> Option<&str> {
    // POSIX adds a character set: hi_IN.UTF-8.
    let tag = text.split_once(['.', '@']).map_or(text, |(tag, _)| tag);
    let mut subtags = tag.split(['-', '_']);
    let language = subtags.next()?;
    let letters = language.chars().all(|c| c.is_ascii_alphabetic());
    let subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    (matches!(language.len(), 2 | 3) && letters && subtags.all(subtag)).then_some(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_all_its_names() {
        for (text, code) in [
            ("hi", "hi"),
            (" HINDI ", "hi"),
            ("हिन्दी", "hi"),
            ("हिंदी", "hi"),
            ("hi-IN", "hi"),
            ("hi_IN.UTF-8", "hi"),
            ("hin", "hi"),
            ("Hindi (India)", "hi"),
            ("en_IN", "en"),
            ("EN-us", "en"),
            ("English", "en"),
            ("मराठी", "mr"),
            ("mar", "mr"),
            ("தமிழ்", "ta"),
            ("తెలుగు", "te"),
            ("ಕನ್ನಡ", "kn"),
            ("മലയാളം", "ml"),
            ("বাংলা", "bn"),
            ("ਪੰਜਾਬੀ", "pa"),
            ("ଓଡ଼ିଆ", "or"),
            ("Oriya", "or"),
            ("اردو", "ur"),
            ("Konkani", "kok"),
            ("zh-Hant-TW", "zh"),
            ("中文", "zh"),
            ("Français", "fr"),
            ("ger", "de"),
        ] {
            assert_eq!(language(text).as_deref(), Some(code), "{text}");
        }
    }

    #[test]
    fn what_is_unknown_stays_as_it_is() {
        for text in ["Klingon", "Hindi, English", "Tok Pisin", "hi-whatsoever"] {
            assert_eq!(language(text).as_deref(), Some(text));
        }
        assert_eq!(language("xx-YY").as_deref(), Some("xx"));
        assert_eq!(language("  "), None);
    }

    #[test]
    fn no_name_is_two_languages() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for (code, names) in entries() {
            assert!(matches!(code.len(), 2 | 3), "{code}");
            for name in names.chain([code]) {
                let name = folded(name);
                assert!(!name.is_empty(), "{code} has a name of nothing");
                let before = seen.insert(name.clone(), code);
                assert!(before.is_none_or(|other| other == code), "{name}: {before:?} and {code}");
            }
        }
    }
}
