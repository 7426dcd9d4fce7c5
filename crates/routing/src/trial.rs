//! What would become of an item if it came now: which rule, which queue, and whom it would go to.
//! Nothing is changed, and the answers come from the same functions that decide.

use crate::eligibility::{Demand, serving_source};
use crate::item::{Item, Submission};
use crate::rule::{PassedOver, Trace};
use crate::{Contender, ItemId, QueueId, Refusal, RuleId, Skills, State, Time};
use serde::Serialize;

/// What would become of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trial {
    pub fate: Fate,
    /// Every rule in the order in which they are tried, those behind the one that decides too.
    pub rules: Vec<Tried>,
    /// The rule that decides; the source does when `None`.
    pub rule: Option<RuleId>,
    pub queue: QueueId,
    pub priority: u8,
    /// What it would require of its agent.
    pub skills: Skills,
    /// Every agent in the order in which they would be asked, once every step is open; then those
    /// who would not be, and why.
    pub agents: Vec<Contender>,
}

/// Whether it would be queued at all. What the rest of a [`Trial`] says holds for when it is forced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Queued,
    /// Its contact came before, with this item.
    Duplicate(ItemId),
    /// Its contact is never to be called.
    Barred,
}

/// A rule, held against an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tried {
    pub rule: RuleId,
    /// Why it would not be asked, whether its condition holds or not.
    pub passed_over: Option<PassedOver>,
    pub when: Trace,
}

impl State {
    /// What would become of a submission that came at this time, if nothing else was due before it.
    /// Scans rules and agents.
    pub fn try_out(&self, now: Time, submission: &Submission) -> Result<Trial, Refusal> {
        self.may_bring(submission)?;
        let source = self.facts.sources.get(&submission.source);
        let source = source.ok_or(Refusal::UnknownSource(submission.source))?;
        let next = ItemId(self.facts.last_item.0 + 1);
        let now = now.max(self.index.now);
        let mut item = Item::arrived(next, 1, now, source, submission);
        let fate = match self.held_by(now, &item, submission) {
            _ if submission.callable.is_barred_for_good() => Fate::Barred,
            Some(first) => Fate::Duplicate(first),
            None => Fate::Queued,
        };
        let attributes = self.rule_attributes(&item);
        let rules = self.rules_in_order().into_iter().map(|rule| Tried {
            rule: rule.id,
            passed_over: self.passed_over(rule, &item),
            when: rule.spec.when.explain(&attributes),
        });
        let rules = rules.collect();
        let to = self.destination(&item).ok_or(Refusal::UnknownSource(source.id))?;
        (item.queue, item.skills) = (to.queue, to.skills);
        Ok(Trial {
            fate,
            rules,
            rule: to.rule,
            queue: to.queue,
            priority: to.priority,
            agents: self.who_would(&item),
            skills: item.skills,
        })
    }

    fn who_would(&self, item: &Item) -> Vec<Contender> {
        let Some(queue) = self.facts.queues.get(&item.queue) else { return Vec::new() };
        let source = serving_source(&self.facts, item.source, item.queue);
        let steps = queue.spec.steps.iter();
        let demands: Vec<Demand> = steps.map(|step| Demand::of(step, item, source)).collect();
        let plain = Demand { source, ..Demand::default() };
        self.line_up(queue, &demands, |agent| plain.served_by(agent, queue.id))
    }
}
