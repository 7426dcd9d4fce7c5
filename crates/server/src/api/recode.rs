//! Other names for regions: what agents and rules call them follows.

use crate::api::agents::AgentChange;
use crate::api::rules::coded;
use crate::dispatcher::Work;
use crate::submission::Locale;
use routing::{
    Agent, AgentSpec, Code, Command, Condition, Facts, Op, Refusal, Rule, RuleSpec, Value,
};
use std::sync::Arc;

/// How regions were read before, and how they are from now on.
#[derive(Clone, Debug)]
pub struct Rereading {
    pub before: Locale,
    pub after: Locale,
}

/// Changes to whatever names a region that has another code from now on.
pub fn recode(facts: &Facts, reading: &Arc<Rereading>) -> Vec<Work> {
    [agents(facts, reading), rules(facts, reading)].concat()
}

impl Rereading {
    fn agent(&self, found: &Agent) -> AgentSpec {
        let mut spec = found.spec.clone();
        let regions = spec.regions.iter().flat_map(|code| self.after.reread(code, &self.before));
        spec.regions = regions.collect();
        AgentChange::default().merge(&mut spec, &self.after);
        spec
    }

    fn rule(&self, found: &Rule) -> RuleSpec {
        let mut spec = found.spec.clone();
        self.condition(&mut spec.when);
        coded(&mut spec.when, &self.after);
        spec
    }

    fn codes(&self, text: &str) -> Vec<String> {
        let codes = self.after.reread(&Code::new(text), &self.before);
        codes.iter().map(|code| code.as_str().to_owned()).collect()
    }

    /// One region may have become several: any of them where it was asked for, none where not.
    fn condition(&self, condition: &mut Condition) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter_mut().for_each(|part| self.condition(part));
            }
            Condition::Not(part) => self.condition(part),
            Condition::Compare { attribute, op, value } if attribute == "region" => {
                match (&mut *op, &mut *value) {
                    (Op::Eq, Value::Text(text)) => match self.codes(text).as_slice() {
                        [code] => text.clone_from(code),
                        codes => (*op, *value) = (Op::In, Value::List(codes.to_vec())),
                    },
                    (Op::In, Value::List(texts)) => {
                        *texts = texts.iter().flat_map(|text| self.codes(text)).collect();
                        texts.sort_unstable();
                        texts.dedup();
                    }
                    (Op::Ne, Value::Text(text)) => match self.codes(text).as_slice() {
                        [code] => text.clone_from(code),
                        codes => {
                            let (attribute, value) =
                                (attribute.clone(), Value::List(codes.to_vec()));
                            let any = Condition::Compare { attribute, op: Op::In, value };
                            *condition = Condition::Not(Box::new(any));
                        }
                    },
                    _ => {}
                }
            }
            Condition::Compare { .. } => {}
        }
    }
}

/// Agents whose regions have other codes.
fn agents(facts: &Facts, reading: &Arc<Rereading>) -> Vec<Work> {
    let others = facts.agents.values().filter(|a| a.active && reading.agent(a) != a.spec);
    let changes = others.map(|found| {
        let (agent, reading) = (found.id, reading.clone());
        Work::change(move |state| {
            let found = state.facts().agents.get(&agent);
            let is_of = reading.after.is_of(&state.facts().settings);
            let found = found.filter(|found| found.active && is_of);
            let found = found.ok_or(Refusal::UnknownAgent(agent))?;
            Ok(Command::UpdateAgent { agent, spec: reading.agent(found) })
        })
    });
    changes.collect()
}

/// Rules that ask for regions which have other codes.
fn rules(facts: &Facts, reading: &Arc<Rereading>) -> Vec<Work> {
    let others = facts.rules.values().filter(|r| r.active && reading.rule(r) != r.spec);
    let changes = others.map(|found| {
        let (rule, reading) = (found.id, reading.clone());
        Work::change(move |state| {
            let found = state.facts().rules.get(&rule);
            let is_of = reading.after.is_of(&state.facts().settings);
            let found = found.filter(|found| found.active && is_of);
            let found = found.ok_or(Refusal::UnknownRule(rule))?;
            Ok(Command::UpdateRule { rule, spec: reading.rule(found) })
        })
    });
    changes.collect()
}
