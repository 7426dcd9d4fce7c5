//! Every scenario in `scenarios/` comes out as it is written there. `UPDATE_GOLDEN=1` writes the
//! outcomes anew; look at each change as a supervisor would.

use scenario::script::play;
use std::fs;
use std::path::PathBuf;

fn scenarios() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let entries = fs::read_dir(folder).expect("the folder of scenarios");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn every_scenario_comes_out_as_written() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for file in scenarios() {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let before = fs::read_to_string(&file).expect("a readable scenario");
        let after = match play(&before) {
            Ok(played) => played.text,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        if before == after {
            continue;
        }
        if update {
            fs::write(&file, after).expect("a writable scenario");
            continue;
        }
        let differs = before.lines().zip(after.lines()).position(|(b, a)| b != a);
        let at = differs.unwrap_or_else(|| before.lines().count().min(after.lines().count()));
        let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
        wrong.push(format!(
            "{name}:{}:\n  written: {}\n  came:    {}",
            at + 1,
            line(&before),
            line(&after)
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_scenarios_and_each_asks_a_question() {
    let files = scenarios();
    assert!(files.len() >= 30, "{} scenarios", files.len());
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable scenario");
        assert!(text.starts_with("# "), "{} begins with a question", file.display());
    }
}
