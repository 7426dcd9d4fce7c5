//! An item arrives: may its contact be called, is it a duplicate, and which queue is it for?

use super::{Admitted, valid};
use crate::apply::held_as;
use crate::item::{Item, Submission};
use crate::rule::{PassedOver, Rule};
use crate::{
    Answer, Attributes, Event, ItemId, QueueId, Refusal, RuleId, Skills, State, Time, Value,
};

/// Where an item goes, and as what.
pub(crate) struct Destination {
    pub queue: QueueId,
    pub rule: Option<RuleId>,
    pub priority: u8,
    pub skills: Skills,
}

impl State {
    pub(super) fn admit_submit(&self, submission: Submission) -> Result<Admitted, Refusal> {
        self.may_bring(&submission)?;
        let item = ItemId(self.facts.last_item.0 + 1);
        Admitted::made(Event::Submitted { item, submission }, Answer::Item(item))
    }

    /// Whether its source may bring such an item now.
    pub(crate) fn may_bring(&self, submission: &Submission) -> Result<(), Refusal> {
        let source = submission.source;
        let source = self.facts.sources.get(&source).ok_or(Refusal::UnknownSource(source))?;
        if !source.active {
            return Err(Refusal::SourceInactive(source.id));
        }
        valid::submission(submission)
    }

    /// An item that came once, whether or not it is still in the state.
    pub(super) fn ever_came(&self, item: ItemId) -> Result<(), Refusal> {
        match item.0 >= 1 && item <= self.facts.last_item {
            true => Ok(()),
            false => Err(Refusal::UnknownItem(item)),
        }
    }

    /// Where a submitted item goes.
    pub(super) fn route(&self, now: Time, id: ItemId, submission: &Submission) -> Event {
        // Before all else: a duplicate could be forced, and whoever does that should know.
        if submission.callable.is_barred_for_good() {
            return Event::Barred { item: id };
        }
        let item = self.facts.items.get(&id);
        match item.and_then(|item| self.held_by(now, item, submission)) {
            Some(of) => Event::Duplicate { item: id, of },
            None => self.queue(id, submission),
        }
    }

    /// The earlier item that holds the contact's key.
    pub(crate) fn held_by(
        &self,
        now: Time,
        item: &Item,
        submission: &Submission,
    ) -> Option<ItemId> {
        let source = self.facts.sources.get(&item.source)?;
        let contact = submission.holder().filter(|_| source.spec.dedupe_window_secs > 0)?;
        let first = self.facts.holds.get(&held_as(&source.spec, item.source, contact))?;
        (first.item != item.id && first.until > now).then_some(first.item)
    }

    /// Which queue an item is for, whoever it is about.
    pub(super) fn queue(&self, id: ItemId, submission: &Submission) -> Event {
        let to = self.facts.items.get(&id).and_then(|item| self.destination(item));
        let Destination { queue, rule, priority, skills } = to.unwrap_or_else(|| Destination {
            queue: Default::default(),
            rule: None,
            priority: submission.priority,
            skills: submission.skills.clone(),
        });
        Event::Queued { item: id, queue, rule, priority, skills }
    }

    /// What the rules make of an item.
    pub(crate) fn destination(&self, item: &Item) -> Option<Destination> {
        let source = self.facts.sources.get(&item.source)?;
        let rule = self.rule_for(item);
        let spec = rule.map(|rule| &rule.spec);
        let mut skills = item.skills.clone();
        for (skill, level) in spec.map(|s| &s.skills).into_iter().flatten() {
            let entry: &mut u8 = skills.entry(skill.clone()).or_insert(*level);
            *entry = (*entry).max(*level);
        }
        Some(Destination {
            queue: spec.and_then(|s| s.queue).unwrap_or(source.spec.queue),
            rule: rule.map(|r| r.id),
            priority: spec.and_then(|s| s.priority).unwrap_or(item.priority),
            skills: bounded(skills),
        })
    }

    /// The first active rule that holds and whose queue is open to the item's kind.
    fn rule_for(&self, item: &Item) -> Option<&Rule> {
        if self.facts.rules.is_empty() {
            return None;
        }
        let attributes = self.rule_attributes(item);
        let decides = |rule: &&Rule| {
            self.passed_over(rule, item).is_none() && rule.spec.when.holds(&attributes)
        };
        self.rules_in_order().into_iter().find(decides)
    }

    /// The rules as they are tried, inactive ones too.
    pub(crate) fn rules_in_order(&self) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> = self.facts.rules.values().collect();
        rules.sort_by_key(|rule| (rule.spec.position, rule.id));
        rules
    }

    /// Why a rule is not even asked about an item.
    pub(crate) fn passed_over(&self, rule: &Rule, item: &Item) -> Option<PassedOver> {
        if !rule.active {
            return Some(PassedOver::Inactive);
        }
        let queue = self.facts.queues.get(&rule.spec.queue?);
        match queue.filter(|queue| queue.active) {
            None => Some(PassedOver::QueueInactive),
            Some(queue) => (queue.spec.kind != item.kind).then_some(PassedOver::OtherKind),
        }
    }

    /// What a rule's condition may name: the item's routing attributes, and `source` (its name),
    /// `region`, `language`, `priority`.
    pub fn rule_attributes(&self, item: &Item) -> Attributes {
        let text = |code: &crate::Code| Value::from(code.as_str());
        let source =
            self.facts.sources.get(&item.source).map(|s| Value::from(s.spec.name.as_str()));
        let own = item.attributes.iter().map(|(n, v)| (n.to_owned(), v.clone()));
        let known = [
            ("source", source),
            ("region", item.region.as_ref().map(text)),
            ("language", item.language.as_ref().map(text)),
            ("priority", Some(Value::from(f64::from(item.priority)))),
        ];
        let known = known.into_iter().filter_map(|(n, v)| Some((n.to_owned(), v?)));
        own.chain(known).collect()
    }
}

/// An item keeps no more requirements than it may arrive with.
fn bounded(skills: Skills) -> Skills {
    skills.into_iter().take(valid::MAX_SKILLS).collect()
}
