//! Which crate may know which: the middle ones never see each other.

use super::{Untidy, files::Files};
use std::path::Path;

/// Each crate and those it may depend on. `fairlead` is the command line, which wires the
/// product together and so may name the parts it hands to the server, and plays scenarios.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("routing", &[]),
    ("metrics", &[]),
    ("whatif", &["routing", "metrics"]),
    ("webui", &[]),
    ("xtask", &[]),
    ("scenario", &["routing"]),
    // Stands in for what is outside, so it knows nothing of ours.
    ("sheet-stubs", &[]),
    ("store", &["routing"]),
    ("connectors", &["routing"]),
    ("server", &["routing", "metrics", "store", "connectors", "webui", "whatif"]),
    ("fairlead", &["routing", "store", "connectors", "server", "scenario"]),
    // Measures the product from within and from without; nothing depends on it.
    ("bench", &["routing", "store", "server"]),
    // Kills the product from without and reads what is left; nothing depends on it.
    ("faults", &["routing", "scenario", "store"]),
];

/// Tests of any crate may also play scenarios, count what is recorded a second time, and talk to
/// stand-ins.
const IN_TESTS: [&str; 3] = ["scenario", "sheet-stubs", "whatif"];

pub fn check(files: &Files) -> Vec<Untidy> {
    let manifests: Vec<(&Path, &str)> = files
        .ending(&["Cargo.toml"])
        .filter(|(path, _)| path.parent().is_some_and(|folder| !folder.as_os_str().is_empty()))
        .collect();
    let names: Vec<&str> = manifests.iter().filter_map(|(_, text)| package(text)).collect();
    let mut found = Vec::new();
    for (path, text) in &manifests {
        let Some(name) = package(text) else { continue };
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
            let what = format!("the crate '{name}' has no place in xtask/src/tidy/layers.rs yet");
            found.push(Untidy::new(path, 0, what));
            continue;
        };
        for (line, section, dependency) in dependencies(text) {
            let ours = names.contains(&dependency);
            let in_test = section == "dev-dependencies" && IN_TESTS.contains(&dependency);
            if ours && !allowed.contains(&dependency) && !in_test {
                let what = format!("{name} must not know {dependency} (see ARCHITECTURE.md)");
                found.push(Untidy::new(path, line, what));
            }
        }
    }
    found
}

/// The package's name.
pub fn package(manifest: &str) -> Option<&str> {
    let after = manifest.split_once("[package]")?.1;
    let line = after.lines().find_map(|line| line.strip_prefix("name = \""))?;
    line.split('"').next()
}

/// Every dependency: its line, its section, its name.
pub fn dependencies(manifest: &str) -> Vec<(usize, &str, &str)> {
    let mut section = "";
    let mut found = Vec::new();
    for (number, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(inside) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            // [target.'cfg(unix)'.dependencies] and [dependencies.serde] count as well.
            let parts: Vec<&str> = inside.split('.').collect();
            section = parts.iter().rfind(|part| part.ends_with("dependencies")).unwrap_or(&"");
            if let [.., kind, name] = parts[..]
                && kind.ends_with("dependencies")
            {
                found.push((number + 1, kind, name));
                section = "";
            }
        } else if !section.is_empty() && !line.starts_with('#') && line.contains('=') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or("");
            found.push((number + 1, section, name.trim_matches('"')));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTING: (&str, &str) =
        ("crates/routing/Cargo.toml", "[package]\nname = \"routing\"\n[dependencies]\n");
    const STORE: (&str, &str) = (
        "crates/store/Cargo.toml",
        "[package]\nname = \"store\"\n[dependencies]\n# why\nrouting.workspace = true\n\
         [dev-dependencies]\nscenario.workspace = true\n",
    );
    const SCENARIO: (&str, &str) =
        ("crates/scenario/Cargo.toml", "[package]\nname = \"scenario\"\n");

    fn what(files: &[(&str, &str)]) -> Vec<String> {
        check(&Files::of(files)).into_iter().map(|untidy| untidy.to_string()).collect()
    }

    #[test]
    fn the_allowed_directions_pass() {
        assert!(what(&[ROUTING, STORE, SCENARIO]).is_empty());
    }

    #[test]
    fn the_middle_ones_never_see_each_other() {
        let connectors = (
            "crates/connectors/Cargo.toml",
            "[package]\nname = \"connectors\"\n[dependencies]\nstore = { path = \"../store\" }\n",
        );
        let found = what(&[ROUTING, STORE, SCENARIO, connectors]);
        assert_eq!(
            found,
            [
                "crates/connectors/Cargo.toml:4: connectors must not know store (see ARCHITECTURE.md)"
            ]
        );
    }

    #[test]
    fn tables_and_targets_are_seen_and_unknown_crates_named() {
        let routing = (
            "crates/routing/Cargo.toml",
            "[package]\nname = \"routing\"\n[dependencies.store]\nworkspace = true\n\
             [target.'cfg(unix)'.dependencies]\nscenario.workspace = true\n",
        );
        assert_eq!(what(&[routing, STORE, SCENARIO]).len(), 2);
        let new = ("crates/new/Cargo.toml", "[package]\nname = \"new\"\n");
        assert!(what(&[new])[0].contains("no place"));
    }
}
