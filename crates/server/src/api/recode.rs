//! Other names for regions: what agents and rules call them follows.

use crate::api::agents::AgentChange;
use crate::api::rules::coded;
use crate::dispatcher::Work;
use crate::submission::Locale;
use routing::{Agent, Command, Facts, Refusal, Rule};
use std::sync::Arc;

/// Changes to whatever names a region that has another code in this locale.
pub fn recode(facts: &Facts, locale: &Arc<Locale>) -> Vec<Work> {
    [agents(facts, locale), rules(facts, locale)].concat()
}

/// Agents whose regions have other codes.
fn agents(facts: &Facts, locale: &Arc<Locale>) -> Vec<Work> {
    let recoded = |found: &Agent, locale: &Locale| {
        let mut spec = found.spec.clone();
        AgentChange::default().merge(&mut spec, locale);
        spec
    };
    let others = facts.agents.values().filter(|a| a.active && recoded(a, locale) != a.spec);
    let changes = others.map(|found| {
        let (agent, locale) = (found.id, locale.clone());
        Work::change(move |state| {
            let found = state.facts().agents.get(&agent);
            let found = found.filter(|found| found.active && locale.is_of(&state.facts().settings));
            let found = found.ok_or(Refusal::UnknownAgent(agent))?;
            let spec = recoded(found, &locale);
            Ok(Command::UpdateAgent { agent, spec })
        })
    });
    changes.collect()
}

/// Rules that ask for regions which have other codes.
fn rules(facts: &Facts, locale: &Arc<Locale>) -> Vec<Work> {
    let recoded = |found: &Rule, locale: &Locale| {
        let mut spec = found.spec.clone();
        coded(&mut spec.when, locale);
        spec
    };
    let others = facts.rules.values().filter(|r| r.active && recoded(r, locale) != r.spec);
    let changes = others.map(|found| {
        let (rule, locale) = (found.id, locale.clone());
        Work::change(move |state| {
            let found = state.facts().rules.get(&rule);
            let found = found.filter(|found| found.active && locale.is_of(&state.facts().settings));
            let found = found.ok_or(Refusal::UnknownRule(rule))?;
            let spec = recoded(found, &locale);
            Ok(Command::UpdateRule { rule, spec })
        })
    });
    changes.collect()
}
