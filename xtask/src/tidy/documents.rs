//! The documents: their links lead somewhere, and the map names every crate.

use super::{Untidy, files::Files, layers::package};
use std::path::{Component, Path, PathBuf};

/// What a newcomer needs to find.
const NEEDED: [&str; 4] = ["README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md"];

pub fn check(files: &Files) -> Vec<Untidy> {
    let mut found = Vec::new();
    for needed in NEEDED {
        if files.text(needed).is_none() {
            found.push(Untidy::new(Path::new(needed), 0, "is missing"));
        }
    }
    if let Some(map) = files.text("ARCHITECTURE.md") {
        for (path, text) in files.ending(&["/Cargo.toml"]) {
            let folder = path.parent().unwrap_or(path).to_string_lossy();
            if package(text).is_some() && !map.contains(&*folder) {
                let what = format!("does not say what {folder} is for");
                found.push(Untidy::new(Path::new("ARCHITECTURE.md"), 0, what));
            }
        }
    }
    for (path, text) in files.ending(&[".md"]) {
        for (line, link) in links(text) {
            if let Some(what) = broken(files, path, text, link) {
                found.push(Untidy::new(path, line, what));
            }
        }
    }
    found
}

fn broken(files: &Files, from: &Path, text: &str, link: &str) -> Option<String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    if link.contains("://") || link.starts_with("mailto:") || link.starts_with('/') {
        return None;
    }
    let target = if file.is_empty() {
        Some(text)
    } else {
        let path = joined(from, file)?;
        if !files.has(&path) {
            return Some(format!("the link to {file} leads nowhere"));
        }
        files.text(&path.to_string_lossy())
    };
    let headings = target.filter(|_| file.is_empty() || file.ends_with(".md"))?;
    if !anchor.is_empty() && !anchors(headings).iter().any(|known| known == anchor) {
        return Some(format!(
            "no heading '#{anchor}' in {}",
            if file.is_empty() { "it" } else { file }
        ));
    }
    None
}

/// `file` as seen from the folder of `from`, without dots.
fn joined(from: &Path, file: &str) -> Option<PathBuf> {
    let mut path = from.parent()?.to_owned();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir if !path.pop() => return Some(PathBuf::from("outside")),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    Some(path)
}

/// `](target)` of links and images outside fences and code, with their lines.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in outside_fences(text) {
        let mut code = false;
        let mut rest = line;
        while let Some(at) = rest.find(['`', ']']) {
            let after = &rest[at + 1..];
            if rest[at..].starts_with('`') {
                code = !code;
            } else if !code
                && let Some((inside, _)) = after.strip_prefix('(').and_then(|t| t.split_once(')'))
            {
                let target = inside.split_whitespace().next().unwrap_or("");
                found.push((number, target));
            }
            rest = after;
        }
    }
    found
}

/// The headings' anchors as the common renderers make them.
fn anchors(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, line) in outside_fences(text) {
        if !line.starts_with('#') {
            continue;
        }
        let heading = line.trim_start_matches('#').trim();
        let slug: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_')
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let same = found.iter().filter(|known| **known == slug).count();
        found.push(if same == 0 { slug } else { format!("{slug}-{same}") });
    }
    found
}

fn outside_fences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            return None;
        }
        (!inside).then_some((number + 1, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(files: &[(&str, &str)]) -> Vec<String> {
        let found = check(&Files::of(files)).into_iter();
        found.map(|untidy| untidy.to_string()).filter(|text| !text.contains("missing")).collect()
    }

    #[test]
    fn links_must_lead_somewhere() {
        let readme = "[a](docs/a.md) [b](docs/b.md#there) ![c](c.png)\n[w](https://x.org/y)\n\
                      ```\n[not](a-link)\n```\n`[nor](this)`\n[d](docs)\n";
        let found = what(&[
            ("README.md", readme),
            ("docs/b.md", "# There\n[up](../README.md) [here](#there) [gone](#gone)\n"),
        ]);
        assert_eq!(
            found,
            [
                "README.md:1: the link to docs/a.md leads nowhere",
                "README.md:1: the link to c.png leads nowhere",
                "docs/b.md:2: no heading '#gone' in it",
            ]
        );
    }

    #[test]
    fn the_map_names_every_crate() {
        let manifest = ("crates/store/Cargo.toml", "[package]\nname = \"store\"\n");
        assert_eq!(what(&[("ARCHITECTURE.md", "# Map\n"), manifest]).len(), 1);
        assert!(what(&[("ARCHITECTURE.md", "`crates/store`: tables\n"), manifest]).is_empty());
    }

    #[test]
    fn anchors_are_made_as_renderers_make_them() {
        assert_eq!(anchors("# One, two!\n## A_b\n## A_b\n"), ["one-two", "a_b", "a_b-1"]);
    }

    #[test]
    fn the_needed_documents_are_named() {
        assert_eq!(check(&Files::of(&[])).len(), NEEDED.len());
    }
}
