//! A whole list of rules, and the changes that it takes to have it.

use crate::api::rules::coded;
use crate::dispatcher::{RulesRow, Work, rules_refused};
use crate::http::Problem;
use crate::submission::Locale;
use routing::{Command, Refusal, Rule, RuleId, RuleSpec, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The longest note, in characters.
const MAX_NOTE: usize = 500;

/// A rule as a list has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// A new rule when absent.
    pub id: Option<RuleId>,
    pub active: bool,
    pub spec: RuleSpec,
}

impl From<Rule> for Line {
    fn from(rule: Rule) -> Self {
        Line { id: Some(rule.id), active: rule.active, spec: rule.spec }
    }
}

/// What is to become of the list. Kept as JSON while it waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// These rules, in this order; whatever is not among them is deactivated.
    List(Vec<Line>),
    /// The list of a version.
    Version(u64),
}

/// The work that makes the list so: all of it, or nothing.
pub fn work(lines: Vec<Line>, row: RulesRow) -> Work {
    let restores = row.restored.is_some();
    Work::together(move |state| changes(state, &lines, restores), row)
}

/// Why the list could not be had as things stand.
pub fn problem(state: &State, lines: &[Line], restores: bool) -> Option<Refusal> {
    match changes(state, lines, restores) {
        Ok(changes) => rules_refused(state, state.facts().now, &changes),
        Err(refusal) => Some(refusal),
    }
}

/// The changes that it takes. What a restored list says of its inactive rules is left alone: their
/// queues may be gone, and nobody is sent there.
fn changes(state: &State, lines: &[Line], restores: bool) -> Result<Vec<Command>, Refusal> {
    let facts = state.facts();
    let locale = Locale::of(&facts.settings);
    let (mut changes, mut listed, mut made) = (Vec::new(), BTreeSet::new(), facts.last_rule.0);
    for line in lines {
        let mut spec = line.spec.clone();
        coded(&mut spec.when, &locale);
        let Some(rule) = line.id else {
            made += 1;
            changes.push(Command::CreateRule { spec });
            if !line.active {
                changes.push(Command::DeactivateRule { rule: RuleId(made) });
            }
            continue;
        };
        let found = facts.rules.get(&rule).ok_or(Refusal::UnknownRule(rule))?;
        if !listed.insert(rule) {
            let problem = format!("rule {rule} stands in the list twice");
            return Err(Refusal::Invalid { field: "rules", problem });
        }
        let same = |spec: &RuleSpec| RuleSpec { position: 0, ..spec.clone() };
        let edited = same(&spec) != same(&found.spec);
        match line.active {
            true if !found.active || spec != found.spec => {
                changes.push(Command::UpdateRule { rule, spec });
            }
            false if edited && !restores => {
                changes.push(Command::UpdateRule { rule, spec });
                changes.push(Command::DeactivateRule { rule });
            }
            false if found.active => changes.push(Command::DeactivateRule { rule }),
            _ => {}
        }
    }
    let others = facts.rules.values().filter(|r| r.active && !listed.contains(&r.id));
    changes.extend(others.map(|other| Command::DeactivateRule { rule: other.id }));
    Ok(changes)
}

/// A note, as it is kept; none when it is empty.
pub fn note(text: Option<String>) -> Result<Option<String>, Problem> {
    let Some(text) = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > MAX_NOTE {
        let problem = format!("must have at most {MAX_NOTE} characters");
        return Err(Problem::named_field("too_long", "note", problem));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Problem::field("note", "must be plain text, without control characters"));
    }
    Ok(Some(text))
}
