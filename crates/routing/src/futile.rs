//! Rules that can never decide, and why: what somebody who sets up a workspace wants to be told.

use crate::rule::Rule;
use crate::{Condition, Kind, Op, QueueId, RuleId, State, Value};
use std::collections::BTreeSet;

/// Why a rule can never decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Futile {
    /// Its condition holds for nothing.
    Contradiction,
    /// It names a source that is not there or not active.
    UnknownSource(String),
    /// Its queue takes no items: it is inactive or gone.
    QueueInactive(QueueId),
    /// No active source sends items of its queue's kind.
    NothingOfKind(Kind),
    /// Whatever it holds for, this earlier rule has already decided.
    Behind(RuleId),
}

impl State {
    /// The active rules that can never decide, in the order in which they are tried.
    pub fn futile_rules(&self) -> Vec<(RuleId, Futile)> {
        let mut rules: Vec<&Rule> = self.facts.rules.values().filter(|r| r.active).collect();
        rules.sort_by_key(|r| (r.spec.position, r.id));
        let mut found = Vec::new();
        let mut before: Vec<(&Rule, BTreeSet<Kind>)> = Vec::new();
        for rule in rules {
            let kinds = self.kinds_of(rule);
            let futile = self.futile_alone(rule, &kinds).or_else(|| {
                let decides = |(earlier, theirs): &&(&Rule, BTreeSet<Kind>)| {
                    kinds.is_subset(theirs) && rule.spec.when.implies(&earlier.spec.when)
                };
                before.iter().find(decides).map(|(earlier, _)| Futile::Behind(earlier.id))
            });
            match futile {
                Some(futile) => found.push((rule.id, futile)),
                None => before.push((rule, kinds)),
            }
        }
        found
    }

    fn futile_alone(&self, rule: &Rule, kinds: &BTreeSet<Kind>) -> Option<Futile> {
        if rule.spec.when.is_never() {
            return Some(Futile::Contradiction);
        }
        if let Some(queue) = rule.spec.queue {
            match self.facts.queues.get(&queue).filter(|q| q.active) {
                None => return Some(Futile::QueueInactive(queue)),
                Some(q) if kinds.is_empty() => return Some(Futile::NothingOfKind(q.spec.kind)),
                Some(_) => {}
            }
        }
        let sources: BTreeSet<&str> =
            self.active_sources().map(|source| source.spec.name.as_str()).collect();
        unknown_source(&rule.spec.when, &sources).map(|name| Futile::UnknownSource(name.to_owned()))
    }

    fn active_sources(&self) -> impl Iterator<Item = &crate::Source> {
        self.facts.sources.values().filter(|source| source.active)
    }

    /// The kinds of the items that a rule can decide about.
    fn kinds_of(&self, rule: &Rule) -> BTreeSet<Kind> {
        let sent = self.active_sources().map(|source| source.spec.kind);
        match rule.spec.queue {
            None => sent.collect(),
            Some(queue) => {
                let kind = self.facts.queues.get(&queue).filter(|q| q.active).map(|q| q.spec.kind);
                sent.filter(|sent| Some(*sent) == kind).collect()
            }
        }
    }
}

/// A source that the condition insists on, and that is not among those there are.
fn unknown_source<'a>(when: &'a Condition, known: &BTreeSet<&str>) -> Option<&'a str> {
    match when {
        Condition::All(parts) => parts.iter().find_map(|part| unknown_source(part, known)),
        Condition::Any(parts) => {
            let unknown = parts.iter().map(|part| unknown_source(part, known));
            unknown.collect::<Option<Vec<&str>>>()?.first().copied()
        }
        Condition::Compare { attribute, op: Op::Eq, value: Value::Text(name) }
            if attribute == "source" =>
        {
            (!known.contains(name.as_str())).then_some(name)
        }
        Condition::Compare { attribute, op: Op::In, value: Value::List(names) }
            if attribute == "source" =>
        {
            let is_known = |name: &String| known.contains(name.as_str());
            if names.iter().any(is_known) { None } else { names.first().map(String::as_str) }
        }
        Condition::Compare { .. } | Condition::Not(_) => None,
    }
}
