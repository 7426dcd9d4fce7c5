//! What no source file may hold.

use super::{Untidy, files::Files};
use std::path::Path;

/// The most lines a source file may have; past about 200, look for the second story.
const MOST_LINES: usize = 500;

/// Unfinished or switched-off Rust. (Written in two halves, so that this file is tidy itself.)
const RUST: [(&str, &str); 4] = [
    (concat!("to", "do!("), "finish it"),
    (concat!("unimple", "mented!("), "finish it"),
    (concat!("db", "g!("), "take it out"),
    (concat!("#[ig", "nore"), "a test that is not run is not a test"),
];

/// Switched-off or singled-out web tests.
const WEB: [&str; 6] = [
    concat!(".on", "ly("),
    concat!(".sk", "ip("),
    concat!(".fix", "me("),
    concat!(".to", "do("),
    concat!("debug", "ger;"),
    concat!("xi", "t("),
];

const CLOCK: &str = concat!("SystemTime", "::now");
const CLOCK_HOME: &str = "crates/server/src/clock.rs";

/// How known secrets begin, and how many letters or digits follow at least.
const SECRETS: [(&str, usize); 9] = [
    (concat!("-----BEGIN ", "PRIVATE KEY"), 0),
    (concat!("-----BEGIN RSA ", "PRIVATE KEY"), 0),
    (concat!("-----BEGIN EC ", "PRIVATE KEY"), 0),
    (concat!("-----BEGIN OPENSSH ", "PRIVATE KEY"), 0),
    ("AKIA", 16),
    ("ghp_", 30),
    ("github_pat_", 30),
    ("sk_live_", 16),
    ("fl_", 24),
];

pub fn check(files: &Files) -> Vec<Untidy> {
    let mut found = Vec::new();
    for (path, text) in files.texts() {
        let name = path.to_string_lossy();
        if text.contains("\r\n") {
            found.push(Untidy::new(path, 0, "has CRLF line ends; use LF"));
        }
        for (number, line) in text.lines().enumerate() {
            if secret(line) {
                found.push(Untidy::new(path, number + 1, "looks like a secret; take it out"));
            }
        }
        let source = [".rs", ".ts", ".svelte", ".js"].iter().any(|end| name.ends_with(end));
        if source && !generated(&name, text) {
            let lines = text.lines().count();
            if lines > MOST_LINES {
                let what = format!("{lines} lines; past {MOST_LINES}, look for the second story");
                found.push(Untidy::new(path, 0, what));
            }
        }
        if name.ends_with(".rs") {
            found.extend(rust(path, text));
        } else if source && name.starts_with("web/") {
            found.extend(web(path, text));
        }
    }
    found
}

fn rust(path: &Path, text: &str) -> Vec<Untidy> {
    let mut found = Vec::new();
    for (number, line) in code(text) {
        for (pattern, advice) in RUST {
            if line.contains(pattern) {
                found.push(Untidy::new(path, number, format!("{pattern}…: {advice}")));
            }
        }
        if line.contains(CLOCK) && path != Path::new(CLOCK_HOME) {
            let what = format!("{CLOCK}: time is read in {CLOCK_HOME} and passed on");
            found.push(Untidy::new(path, number, what));
        }
    }
    found
}

fn web(path: &Path, text: &str) -> Vec<Untidy> {
    let name = path.to_string_lossy();
    let test = name.contains(".test.") || name.contains(".spec.");
    let mut found = Vec::new();
    for (number, line) in code(text) {
        for pattern in WEB {
            let whole = pattern.starts_with('.') || begins(line, pattern);
            if test && whole && line.contains(pattern) {
                let what = format!("{pattern}…: every test runs, always");
                found.push(Untidy::new(path, number, what));
            }
        }
    }
    found
}

/// Lines that are not whole-line comments, numbered from 1.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn begins(line: &str, pattern: &str) -> bool {
    line.trim_start().starts_with(pattern)
}

fn generated(name: &str, text: &str) -> bool {
    name.ends_with(".d.ts")
        || text.lines().take(5).any(|line| line.to_lowercase().contains("generated"))
}

fn secret(line: &str) -> bool {
    SECRETS.iter().any(|(prefix, least)| {
        line.match_indices(prefix).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let inside_a_word = before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
            let after = &line[at + prefix.len()..];
            let run: Vec<char> =
                after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            // A name such as fl_some_function_with_a_long_name has no digits.
            let mixed = *least == 0 || run.iter().any(char::is_ascii_digit);
            !inside_a_word && run.len() >= *least && mixed
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(path: &str, text: &str) -> Vec<String> {
        check(&Files::of(&[(path, text)])).into_iter().map(|untidy| untidy.what).collect()
    }

    #[test]
    fn unfinished_rust_is_found_but_not_in_comments() {
        assert_eq!(what("crates/a/src/b.rs", &format!("fn a() {{ {}) }}\n", RUST[0].0)).len(), 1);
        assert_eq!(what("crates/a/src/b.rs", &format!("{}]\nfn t() {{}}\n", RUST[3].0)).len(), 1);
        assert!(what("crates/a/src/b.rs", &format!("// {})\n", RUST[0].0)).is_empty());
    }

    #[test]
    fn the_clock_has_one_home() {
        let text = format!("let now = {CLOCK}();\n");
        assert_eq!(what("crates/server/src/other.rs", &text).len(), 1);
        assert!(what(CLOCK_HOME, &text).is_empty());
    }

    #[test]
    fn switched_off_web_tests_are_found_and_iterators_are_not() {
        assert_eq!(what("web/src/a.test.ts", &format!("test{}'x')\n", WEB[1])).len(), 1);
        assert!(what("web/src/lib/a.ts", &format!("rows{}1)\n", WEB[1])).is_empty());
        assert!(what("web/src/a.test.ts", "await page.exit()\n").is_empty());
    }

    #[test]
    fn long_files_and_crlf() {
        let long = "x\n".repeat(MOST_LINES + 1);
        assert_eq!(what("web/src/a.svelte", &long).len(), 1);
        assert!(what("web/src/lib/api/schema.d.ts", &long).is_empty());
        assert!(what("docs/a.md", &long).is_empty());
        assert_eq!(what("a.md", "x\r\n"), ["has CRLF line ends; use LF"]);
    }

    #[test]
    fn secrets_are_seen_and_names_are_not() {
        assert_eq!(what("a.md", &format!("fl_{}\n", "a1".repeat(16))).len(), 1);
        assert_eq!(what("a.md", &format!("{} -----\n", SECRETS[0].0)).len(), 1);
        assert!(what("a.md", "fl_… is shown once; Bearer fl_TOKEN\n").is_empty());
        assert!(what("a.rs", "fn fl_a_name_without_any_digit_in_it() {}\n").is_empty());
    }
}
