//! Every dependency says why it is here: in the root manifest, or where only one crate has it.

use super::{Untidy, files::Files, layers::dependencies};
use std::path::Path;

pub fn check(files: &Files) -> Vec<Untidy> {
    let mut found = Vec::new();
    if let Some(root) = files.text("Cargo.toml") {
        found.extend(reasons(Path::new("Cargo.toml"), root));
    }
    for (path, text) in files.ending(&["/Cargo.toml"]) {
        let lines: Vec<&str> = text.lines().collect();
        for (number, _, name) in dependencies(text) {
            let inherited = |line: &&str| line.contains("workspace = true");
            let here = lines[number - 1..].iter().take(2).any(inherited);
            if !here && !reasoned(&lines, number) {
                found.push(unreasoned(path, number, name));
            }
        }
    }
    found
}

/// Each line of `[workspace.dependencies]` has a comment above it; our own crates need none.
fn reasons(path: &Path, manifest: &str) -> Vec<Untidy> {
    let lines: Vec<&str> = manifest.lines().collect();
    let mut found = Vec::new();
    for (number, section, name) in dependencies(manifest) {
        let own = lines[number - 1].contains("path = \"");
        if section == "dependencies" && !own && !reasoned(&lines, number) {
            found.push(unreasoned(path, number, name));
        }
    }
    found
}

fn reasoned(lines: &[&str], number: usize) -> bool {
    number >= 2 && lines[number - 2].trim_start().starts_with("# ")
}

fn unreasoned(path: &Path, number: usize, name: &str) -> Untidy {
    Untidy::new(path, number, format!("'{name}' has no comment above it that says why it is here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_needs_a_reason() {
        let root = "[workspace.dependencies]\nrouting = { path = \"crates/routing\" }\n\
                    # Every item is serialised.\nserde = \"1\"\nserde_json = \"1\"\n";
        let found = check(&Files::of(&[("Cargo.toml", root)]));
        assert_eq!(found.len(), 1);
        assert!(found[0].to_string().starts_with("Cargo.toml:5: 'serde_json'"));
    }

    #[test]
    fn crates_inherit_or_say_why() {
        let good = "[dependencies]\nserde.workspace = true\n# Reads rows.\ncsv = \"1\"\n";
        let bad = "[dependencies]\nserde = \"1\"\n";
        assert!(check(&Files::of(&[("crates/a/Cargo.toml", good)])).is_empty());
        assert_eq!(check(&Files::of(&[("crates/a/Cargo.toml", bad)])).len(), 1);
    }
}
