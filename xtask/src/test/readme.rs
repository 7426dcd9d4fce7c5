//! The commands that README.md, the guides and docs/webhooks.md show are run as they stand.
//!
//! A ```` ```sh ```` fence is run; any other (```` ```console ````, ```` ```json ````) is only
//! shown. Each file gets a demo server of its own, and its blocks are one bash session: what one
//! sets, the next one sees. `http://127.0.0.1:8080` becomes the server's address, port 8081 (where
//! guides start a server on a fresh database) another free one, `fairlead` the built binary, and
//! curl fails where the server answers with an error. One block is one test.

use super::{count::Count, demo::Demo, ledger::Done, product};
use crate::{
    postgres,
    problem::{Context, Outcome, Problem},
    run, system,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const ADDRESS: &str = "127.0.0.1:8080";
const FRESH: &str = "127.0.0.1:8081";
const MARK: &str = "::fairlead-block::";

/// A fence to run, and the line it begins at.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    line: usize,
    text: String,
}

/// Runs every file's blocks.
pub fn stage(root: &Path) -> Outcome<Done> {
    system::ensure(&system::CURL)?;
    let mut all = Count::default();
    for file in files(root)? {
        let text = fs::read_to_string(&file).context(|| format!("reading {}", file.display()))?;
        let blocks = blocks(&text);
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        if blocks.is_empty() {
            if name == "README.md" {
                return Err(Problem::new("README.md shows no ```sh block to run"));
            }
            continue;
        }
        all = all + session(root, &name, &blocks)?;
    }
    Ok(Done::Counted(all))
}

fn files(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut guides: Vec<PathBuf> = fs::read_dir(root.join("docs/guides"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "md"))
        .collect();
    guides.sort();
    guides.insert(0, root.join("README.md"));
    guides.push(root.join("docs/webhooks.md"));
    Ok(guides)
}

fn session(root: &Path, name: &str, blocks: &[Block]) -> Outcome<Count> {
    let demo = Demo::start(root)?;
    let mut script = String::from(
        "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\ncurl() { command curl --silent --show-error --fail-with-body \"$@\"; }\n",
    );
    for (number, block) in blocks.iter().enumerate() {
        script += &format!("echo; echo '{MARK}{number}'\n{}\n", block.text);
    }
    script += &format!("echo; echo '{MARK}{}'\n", blocks.len());
    let script = script.replace(ADDRESS, &format!("127.0.0.1:{}", demo.port));
    let script = script.replace(FRESH, &format!("127.0.0.1:{}", postgres::free_port()?));
    let file = demo.folder.join("commands.sh");
    fs::write(&file, script)?;
    let binary = product(root)?;
    let folder = binary.parent().unwrap_or(root);
    let path = std::env::var("PATH").unwrap_or_default();
    let mut bash = Command::new("bash");
    bash.arg(&file).current_dir(&demo.folder);
    bash.env("PATH", format!("{}:{path}", folder.display()));
    let ran = run::shown(&mut bash)?;
    let reached = ran.text.lines().filter(|line| line.starts_with(MARK)).count();
    // The mark of block n is printed when n blocks before it have succeeded.
    let passed = reached.saturating_sub(1);
    if passed < blocks.len() {
        println!("{name}: the block at line {} failed", blocks[passed].line);
        println!("the server said:\n{}", demo.log());
    }
    Ok(Count { passed: passed as u64, failed: (blocks.len() - passed) as u64 })
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut inside: Option<bool> = None;
    for (number, line) in text.lines().enumerate() {
        match (inside, line.trim_start().strip_prefix("```")) {
            (None, Some(kind)) => {
                let runs = kind.trim() == "sh";
                if runs {
                    found.push(Block { line: number + 1, text: String::new() });
                }
                inside = Some(runs);
            }
            (Some(_), Some(_)) => inside = None,
            (Some(true), None) => {
                if let Some(block) = found.last_mut() {
                    block.text += line;
                    block.text.push('\n');
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sh_fences_run() {
        let text = "# T\n```sh\ncurl a\ncurl b\n```\n```console\n$ no\n```\n\n```sh\nc\n```\n";
        let found = blocks(text);
        assert_eq!(
            found,
            [
                Block { line: 2, text: "curl a\ncurl b\n".into() },
                Block { line: 10, text: "c\n".into() }
            ]
        );
    }
}
