//! What changed from one list of rules to another.

use crate::api::rules::RuleView;
use routing::{Rule, RuleId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is otherwise in a version than in another.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RulesDiff {
    pub since: u64,
    pub version: u64,
    /// Rules that decide and did not.
    pub added: Vec<RuleView>,
    /// Rules that decided and do no more, as they were.
    pub removed: Vec<RuleView>,
    pub changed: Vec<ChangedRule>,
    /// Rules that others have been passed by, as few as explain the order.
    pub moved: Vec<MovedRule>,
}

/// A rule that says something else.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangedRule {
    pub id: u64,
    /// As it is now.
    pub name: String,
    pub fields: Vec<ChangedField>,
}

/// A field of it: `name`, `when`, `queue`, `priority` or `skills`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangedField {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

/// A rule that is tried at another place, counted from 1 among those that decide.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MovedRule {
    pub id: u64,
    pub name: String,
    pub from: usize,
    pub to: usize,
}

/// What changed between two lists, each with its version.
pub fn between((since, before): (u64, &[Rule]), (version, after): (u64, &[Rule])) -> RulesDiff {
    let active = |list: &'_ [Rule]| -> Vec<Rule> {
        list.iter().filter(|rule| rule.active).cloned().collect()
    };
    let (before, after) = (active(before), active(after));
    let at = |list: &[Rule]| -> BTreeMap<RuleId, usize> {
        list.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect()
    };
    let (were, are) = (at(&before), at(&after));
    let added = after.iter().filter(|rule| !were.contains_key(&rule.id)).map(RuleView::from);
    let removed = before.iter().filter(|rule| !are.contains_key(&rule.id)).map(RuleView::from);
    let stayed: Vec<(&Rule, &Rule)> =
        after.iter().filter_map(|rule| Some((before.get(*were.get(&rule.id)?)?, rule))).collect();
    let changed = stayed.iter().filter_map(|(old, new)| {
        let fields = fields(old, new);
        let (id, name) = (new.id.0, new.spec.name.clone());
        (!fields.is_empty()).then_some(ChangedRule { id, name, fields })
    });
    let places: Vec<usize> = stayed.iter().map(|(old, _)| were[&old.id]).collect();
    let kept = longest_rising(&places);
    let moved = stayed.iter().zip(&places).filter(|(_, place)| !kept.contains(place));
    let moved = moved.map(|((_, new), from)| MovedRule {
        id: new.id.0,
        name: new.spec.name.clone(),
        from: from + 1,
        to: are[&new.id] + 1,
    });
    RulesDiff {
        since,
        version,
        added: added.collect(),
        removed: removed.collect(),
        changed: changed.collect(),
        moved: moved.collect(),
    }
}

fn fields(old: &Rule, new: &Rule) -> Vec<ChangedField> {
    let of = |rule: &Rule| serde_json::to_value(RuleView::from(rule)).unwrap_or_default();
    let (old, new) = (of(old), of(new));
    let differ = ["name", "when", "queue", "priority", "skills"].into_iter();
    let differ = differ.filter(|field| old[field] != new[field]);
    differ
        .map(|field| ChangedField {
            field: field.to_owned(),
            before: old[field].clone(),
            after: new[field].clone(),
        })
        .collect()
}

/// The longest part of distinct numbers that rises: what need not have moved.
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    // For each number the length of the longest such part that ends with it, and who is before it.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let before = (0..at).filter(|i| numbers[*i] < *number).max_by_key(|i| best[*i].0);
        best.push((before.map_or(1, |i| best[i].0 + 1), before));
    }
    let mut next = (0..numbers.len()).max_by_key(|i| best[*i].0);
    let mut kept = Vec::new();
    while let Some(at) = next {
        kept.push(numbers[at]);
        next = best[at].1;
    }
    kept
}
