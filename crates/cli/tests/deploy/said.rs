//! What a file says of commands, flags and variables, and which there are.

use serde_json::Value;
use std::collections::BTreeSet;

/// Every list that begins with `fairlead`, and every line of a text that does.
pub fn commands_in_yaml(value: &Value) -> Vec<Vec<String>> {
    match value {
        Value::Array(items) if items.first().is_some_and(|first| first == "fairlead") => {
            vec![items.iter().map(|word| word.as_str().unwrap().to_owned()).collect()]
        }
        Value::Array(items) => items.iter().flat_map(commands_in_yaml).collect(),
        Value::Object(fields) => fields.values().flat_map(commands_in_yaml).collect(),
        Value::String(text) => text.lines().filter_map(command).collect(),
        _ => Vec::new(),
    }
}

/// Every `CMD`, that of the health check too.
pub fn commands_in_dockerfile(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("CMD "));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn command_in_unit(text: &str) -> Vec<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/"));
    command(line.unwrap()).unwrap()
}

/// Every line of a fence that runs `fairlead`.
pub fn commands_in_page(text: &str) -> Vec<Vec<String>> {
    let fences = text.split("```").skip(1).step_by(2);
    fences.flat_map(str::lines).filter_map(command).collect()
}

/// The words of a line that runs `fairlead`, whoever it runs it as.
fn command(line: &str) -> Option<Vec<String>> {
    let line = line.trim().trim_start_matches("sudo ").trim_start_matches("-u fairlead ");
    if !line.starts_with("fairlead ") {
        return None;
    }
    let ends = ["|", ">", "#", "&&", "||"];
    let words = line.split_whitespace().take_while(|word| !ends.contains(word));
    Some(words.map(|word| word.trim_matches(['"', '\'']).to_owned()).collect())
}

/// Every `FAIRLEAD_…` of a text.
pub fn variables(text: &str) -> BTreeSet<String> {
    let inside = |c: char| c.is_ascii_uppercase() || c == '_';
    let words = text.split(|c| !inside(c));
    words.filter(|word| word.starts_with("FAIRLEAD_")).map(str::to_owned).collect()
}

/// Every flag that stands alone between backticks, outside fences.
pub fn flags_in_prose(text: &str) -> BTreeSet<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let code = prose.split('`').skip(1).step_by(2);
    let flags = code.filter_map(|code| code.split(' ').next()?.strip_prefix("--"));
    flags.map(|flag| format!("--{flag}")).collect()
}

pub fn known_variables() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    every_command(&fairlead::commands(), &mut |command| {
        let names = command.get_arguments().filter_map(|argument| argument.get_env());
        known.extend(names.map(|name| name.to_str().unwrap().to_owned()));
    });
    known
}

pub fn known_flags() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    every_command(&fairlead::commands(), &mut |command| {
        let names = command.get_arguments().filter_map(|argument| argument.get_long());
        known.extend(names.map(|name| format!("--{name}")));
    });
    known
}

fn every_command(command: &clap::Command, look: &mut impl FnMut(&clap::Command)) {
    look(command);
    command.get_subcommands().for_each(|inner| every_command(inner, look));
}
