//! Versions of the list of rules: each piece of work that changes it makes one, in its transaction.

use super::known::Known;
use super::request::{Personal, RulesRow, Work};
use routing::{Command, Event, Refusal, Rule, State, Time};
use store::{Actor, Batch, NewRuleVersion, Recorded};

/// All rules as they are tried, inactive ones too.
pub fn in_order(state: &State) -> Vec<Rule> {
    let mut rules: Vec<Rule> = state.facts().rules.values().cloned().collect();
    rules.sort_by_key(|rule| (rule.spec.position, rule.id));
    rules
}

/// The list before a command that may change it.
pub(super) fn before(command: &Command, state: &State) -> Option<Vec<Rule>> {
    let changes = matches!(
        command,
        Command::CreateRule { .. } | Command::UpdateRule { .. } | Command::DeactivateRule { .. }
    );
    changes.then(|| in_order(state))
}

/// Refuses a change of a list that is no longer the one its author saw, and one that waits no
/// longer: another node was first, or it was cancelled.
pub(super) fn admit(row: &RulesRow, known: &Known, batch: &Batch) -> Result<(), Refusal> {
    let invalid = |field, problem| Err(Refusal::Invalid { field, problem });
    if let Some(seen) = row.seen {
        let made = batch.rule_versions.len() as u64;
        let first = batch.rule_versions.first();
        let begun = known.rules_version == 0 && first.is_some_and(|first| !first.before.is_empty());
        let current = known.rules_version + made + u64::from(begun);
        if seen != current {
            let problem =
                format!("the rules are at version {current}, not {seen}; load them again");
            return invalid("version", problem);
        }
    }
    match row.change {
        Some(id) if !known.rule_changes.contains(&id) || batch.rule_changes.contains(&id) => {
            invalid("change", "waits no longer".to_owned())
        }
        _ => Ok(()),
    }
}

/// Why one of several changes to the rules cannot be made as things stand, by the name of its rule:
/// each can be refused for its own sake only.
pub fn refused(state: &State, now: Time, changes: &[Command]) -> Option<Refusal> {
    changes.iter().find_map(|command| match command {
        Command::CreateRule { spec } | Command::UpdateRule { spec, .. } => {
            let refusal = state.refuses(now, command)?;
            let problem = format!("“{}”: {refusal}", spec.name);
            Some(Refusal::Invalid { field: "rules", problem })
        }
        _ => None,
    })
}

/// What goes with a piece of work that changes the rules.
pub(super) fn row(work: &Work) -> RulesRow {
    let row = work.personal.iter().find_map(|row| match row {
        Personal::Rules(row) => Some((**row).clone()),
        _ => None,
    });
    row.unwrap_or_default()
}

/// Adds the version that the work made, if it changed anything; `first` is the index of its first
/// event.
pub(super) fn add(
    work: &Work,
    (actor, at): (Actor, Time),
    before: Vec<Rule>,
    first: usize,
    state: &State,
    batch: &mut Batch,
) {
    let changes = |recorded: &Recorded| {
        matches!(
            recorded.event,
            Event::RuleCreated { .. } | Event::RuleUpdated { .. } | Event::RuleDeactivated { .. }
        )
    };
    let RulesRow { note, restored, change, .. } = row(work);
    batch.rule_changes.extend(change);
    let last = batch.events.iter().rposition(changes).filter(|last| *last >= first);
    batch.rule_versions.extend(last.map(|event| NewRuleVersion {
        event: event as u64,
        actor,
        at,
        note,
        restored,
        change,
        before,
        rules: in_order(state),
    }));
}
