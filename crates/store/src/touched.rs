//! Which rows a batch's events touch: found here from the events, written from the final facts.

use crate::{Ended, ItemStatus, Recorded};
use routing::{
    AgentId, Code, ContactKey, Event, Facts, ItemId, Outcome, QueueId, Reason, Returned, RuleId,
    SourceId, Submission, Target, Time,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an item's row said before the batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    pub queue: QueueId,
    pub agent: Option<AgentId>,
    /// Whether it was only offered to the agent.
    pub offered: bool,
}

/// An item that the batch touches.
#[derive(Clone, Debug, Default)]
pub(crate) struct ItemTrace<'a> {
    pub submitted: Option<&'a Submission>,
    /// How it was closed: by whom, and as what.
    pub closed_as: Option<ItemStatus>,
    pub closed_by: Option<AgentId>,
    pub duplicate_of: Option<ItemId>,
    pub disposition: Option<&'a Code>,
    /// Its last result was taken back.
    pub undone: bool,
    /// What its open assignment was like before a result in this batch.
    before_result: Option<BeforeResult>,
    queue: Option<QueueId>,
    holder: Option<AgentId>,
    /// Whether it is only offered to the holder.
    offered: bool,
    /// Its open assignment's place in `opened`, when that was opened in this batch.
    open: Option<usize>,
    /// Whether what stood open before the batch has ended in it, if anything did.
    earlier_ended: bool,
}

/// An assignment or offer that the batch opens.
#[derive(Clone, Debug)]
pub(crate) struct Opened<'a> {
    pub event: usize,
    pub item: ItemId,
    pub agent: AgentId,
    pub queue: QueueId,
    pub offer: bool,
    pub at: Time,
    pub accepted_at: Option<Time>,
    pub ended: Option<End<'a>>,
    /// `None` when a person placed it.
    pub reason: Option<&'a Reason>,
    pub count_after: u64,
    pub mark: Mark,
}

/// How an assignment ended, when, and with which result if with one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End<'a> {
    pub how: Ended,
    pub at: Time,
    pub disposition: Option<&'a Code>,
}

/// What has come of an assignment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// When the contact was first reached.
    pub contacted_at: Option<Time>,
    pub won: bool,
}

/// An assignment as it was before a result: where in `opened` it is, if the batch opened it, and
/// what had come of it.
#[derive(Clone, Copy, Debug)]
struct BeforeResult {
    place: Option<usize>,
    mark: Option<Mark>,
}

/// Everything that a batch's events touch.
#[derive(Debug, Default)]
pub(crate) struct Touched<'a> {
    /// A hash map: its order does not matter, and rows are sorted where they are written.
    pub items: HashMap<ItemId, ItemTrace<'a>>,
    pub opened: Vec<Opened<'a>>,
    /// Offers of earlier batches that were accepted.
    pub accepted: Vec<(ItemId, Time)>,
    /// What has come of assignments of earlier batches.
    pub marked: BTreeMap<ItemId, Mark>,
    /// Items that were cancelled, or whose persons are gone: nobody is their duplicate any more.
    pub forgotten: Vec<ItemId>,
    /// Items that were let through, by whom they may be known from now on.
    pub forced: Vec<(ItemId, ContactKey)>,
    /// Items whose last assignment, of an earlier batch, is open again.
    pub reopened: Vec<ItemId>,
    /// Assignments and offers of earlier batches that ended.
    pub ended: Vec<(ItemId, End<'a>)>,
    pub agents: BTreeSet<AgentId>,
    /// By event, whose count came back with it: an offer was taken away.
    taken_back: HashMap<usize, AgentId>,
    /// Every agent, because a day began or a line was built anew.
    pub everyone: bool,
    pub queues: BTreeSet<QueueId>,
    pub sources: BTreeSet<SourceId>,
    pub rules: BTreeSet<RuleId>,
    pub signed_in: Vec<(AgentId, Time)>,
    /// Items and duplicates per source and local day.
    pub arrivals: BTreeMap<(SourceId, Time), (u64, u64)>,
}

/// Items whose rows must be read before the batch is written: the events do not say who held them
/// or which queue they came from.
pub(crate) fn unknown_before(events: &[Recorded]) -> BTreeSet<ItemId> {
    let mut new = BTreeSet::new();
    let mut unknown = BTreeSet::new();
    for Recorded { event, .. } in events {
        match event {
            Event::Submitted { item, .. } => {
                new.insert(*item);
            }
            Event::Cancelled { item, .. }
            | Event::Reassigned { item, .. }
            | Event::RetryScheduled { item, .. }
            | Event::Overflowed { item, .. }
            | Event::Completed { item, outcome: Outcome::Moved { .. }, .. }
            | Event::WentSilent { item, to: Some(_), .. }
                if !new.contains(item) =>
            {
                unknown.insert(*item);
            }
            _ => {}
        }
    }
    unknown
}

impl Mark {
    fn add(&mut self, later: Mark) {
        self.contacted_at = self.contacted_at.or(later.contacted_at);
        self.won |= later.won;
    }
}

impl<'a> Touched<'a> {
    /// `day` is when the local day began before the batch.
    pub fn by(
        events: &'a [Recorded],
        before: &HashMap<ItemId, Before>,
        mut day: Time,
        facts: &Facts,
    ) -> Self {
        let mut touched = Touched::default();
        for (index, Recorded { event, at, .. }) in events.iter().enumerate() {
            match event {
                Event::DayStarted { at } => day = *at,
                Event::Configured { .. } => day = facts.day_started,
                _ => {}
            }
            touched.agent_or_object(event, *at);
            touched.item(index, event, *at, day, before, facts);
        }
        touched.count(events, facts);
        touched
    }

    fn agent_or_object(&mut self, event: &Event, at: Time) {
        match event {
            Event::Configured { .. } | Event::DayStarted { .. } => self.everyone = true,
            Event::QueueCreated { queue, .. } | Event::QueueUpdated { queue, .. } => {
                self.queues.insert(*queue);
                self.everyone = true;
            }
            Event::QueueDeactivated { queue } => {
                self.queues.insert(*queue);
            }
            Event::SourceCreated { source, .. } | Event::SourceUpdated { source, .. } => {
                self.sources.insert(*source);
                self.everyone = true;
            }
            Event::SourceDeactivated { source } => {
                self.sources.insert(*source);
            }
            Event::RuleCreated { rule, .. }
            | Event::RuleUpdated { rule, .. }
            | Event::RuleDeactivated { rule } => {
                self.rules.insert(*rule);
            }
            Event::SignedIn { agent } => {
                self.signed_in.push((*agent, at));
                self.agents.insert(*agent);
            }
            Event::AgentCreated { agent, .. }
            | Event::AgentUpdated { agent, .. }
            | Event::AgentDeactivated { agent }
            | Event::SignedOut { agent }
            | Event::Lapsed { agent }
            | Event::StatusSet { agent, .. }
            | Event::ShiftChanged { agent, .. } => {
                self.agents.insert(*agent);
            }
            _ => {}
        }
    }

    fn item(
        &mut self,
        index: usize,
        event: &'a Event,
        at: Time,
        day: Time,
        before: &HashMap<ItemId, Before>,
        facts: &Facts,
    ) {
        if let Event::Forgotten { item } = event {
            self.forgotten.push(*item);
            // Whose last result it was the event does not say.
            self.everyone = true;
        }
        let Some(id) = event.changed_item() else { return };
        let trace = self.items.entry(id).or_insert_with(|| match before.get(&id) {
            Some(before) => ItemTrace {
                queue: Some(before.queue),
                holder: before.agent,
                offered: before.offered,
                ..ItemTrace::default()
            },
            None => ItemTrace::default(),
        });
        let open = |agent, offer, reason: Option<&'a Reason>, queue: Option<QueueId>| Opened {
            event: index,
            item: id,
            agent,
            // An item that the batch does not move stands where the facts say.
            queue: queue
                .or_else(|| facts.items.get(&id).map(|item| item.queue))
                .unwrap_or_default(),
            offer,
            at,
            accepted_at: None,
            ended: None,
            reason,
            count_after: 0,
            mark: Mark::default(),
        };
        let mut ended = None;
        let mut opened = None;
        let mut mark = Mark::default();
        let mut undone = None;
        match event {
            Event::Submitted { submission, .. } => {
                trace.submitted = Some(submission);
                trace.earlier_ended = true;
                self.arrivals.entry((submission.source, day)).or_default().0 += 1;
            }
            Event::Forced { submission, .. } => {
                // Nobody had it before.
                trace.earlier_ended = true;
                self.forced.extend(submission.contact.map(|contact| (id, contact)));
            }
            Event::Duplicate { of, .. } => {
                trace.closed_as = Some(ItemStatus::Duplicate);
                trace.duplicate_of = Some(*of);
                if let Some(submission) = trace.submitted {
                    self.arrivals.entry((submission.source, day)).or_default().1 += 1;
                }
            }
            Event::Barred { .. } => trace.closed_as = Some(ItemStatus::Barred),
            Event::Queued { queue, .. } => trace.queue = Some(*queue),
            Event::Offered { agent, reason, .. } => {
                opened = Some(open(*agent, true, Some(reason), trace.queue));
            }
            Event::Assigned { agent, reason, .. } => {
                opened = Some(open(*agent, false, Some(reason), trace.queue));
            }
            Event::Accepted { agent, .. } => {
                trace.offered = false;
                self.agents.insert(*agent);
                match trace.open {
                    Some(place) => {
                        self.opened[place].offer = false;
                        self.opened[place].accepted_at = Some(at);
                    }
                    None => self.accepted.push((id, at)),
                }
            }
            Event::Declined { agent, .. } => ended = Some((Ended::Declined, Some(*agent))),
            Event::OfferMissed { agent, .. } => ended = Some((Ended::Missed, Some(*agent))),
            Event::Released { agent, .. } => ended = Some((Ended::Released, Some(*agent))),
            Event::Returned { agent, cause, .. } => {
                let end = match cause {
                    Returned::SignedOut => Ended::SignedOut,
                    Returned::Lapsed => Ended::Lapsed,
                    Returned::Deactivated => Ended::Deactivated,
                    Returned::Barred => Ended::Barred,
                    Returned::Undone => Ended::Undone,
                };
                ended = Some((end, Some(*agent)));
            }
            Event::WentSilent { agent, to, .. } => {
                ended = Some((Ended::Silent, Some(*agent)));
                trace.queue = to.or(trace.queue);
            }
            Event::Updated { contacted: true, by_other: false, .. } => mark.contacted_at = Some(at),
            Event::Completed { agent, disposition, outcome, contacted, won, .. } => {
                let before = match trace.open {
                    Some(place) => Some(self.opened[place].mark),
                    None => self.marked.get(&id).copied(),
                };
                trace.before_result = Some(BeforeResult { place: trace.open, mark: before });
                mark = Mark { contacted_at: contacted.then_some(at), won: *won };
                trace.disposition = Some(disposition);
                ended = Some((Ended::Completed, Some(*agent)));
                match outcome {
                    Outcome::Closed => {
                        trace.closed_as = Some(ItemStatus::Closed);
                        trace.closed_by = Some(*agent);
                    }
                    Outcome::Moved { queue } => trace.queue = Some(*queue),
                    Outcome::Retry { .. } => {}
                }
            }
            // They had it already.
            Event::Reassigned { to: Target::Agent(agent), .. }
                if trace.holder == Some(*agent) && !trace.offered => {}
            Event::Undone { agent, .. } => {
                let before = trace.before_result.take();
                *trace = ItemTrace {
                    submitted: trace.submitted,
                    undone: true,
                    holder: Some(*agent),
                    open: before.and_then(|before| before.place),
                    ..ItemTrace::default()
                };
                self.agents.insert(*agent);
                undone = Some(before);
            }
            Event::RetryScheduled { .. } => ended = Some((Ended::Retry, None)),
            Event::Cancelled { .. } => {
                trace.closed_as = Some(ItemStatus::Cancelled);
                self.forgotten.push(id);
                ended = Some((Ended::Cancelled, None));
            }
            Event::Reassigned { to, .. } => {
                ended = Some((Ended::Reassigned, None));
                match to {
                    Target::Agent(agent) => opened = Some(open(*agent, false, None, trace.queue)),
                    Target::Queue(queue) => trace.queue = Some(*queue),
                }
            }
            Event::Overflowed { to, .. } => trace.queue = Some(*to),
            _ => {}
        }
        if let Some(before) = undone {
            self.reopen(id, before);
            return;
        }
        if mark != Mark::default() {
            match trace.open {
                Some(place) => self.opened[place].mark.add(mark),
                None => self.marked.entry(id).or_default().add(mark),
            }
        }
        let taken_away = matches!(
            event,
            Event::Cancelled { .. } | Event::Reassigned { .. } | Event::RetryScheduled { .. }
        );
        if let Some(holder) =
            trace.holder.filter(|_| ended.is_some() && taken_away && trace.offered)
        {
            self.taken_back.insert(index, holder);
        }
        if let Some((how, agent)) = ended {
            let disposition = match event {
                Event::Completed { disposition, .. } => Some(disposition),
                _ => None,
            };
            let end = End { how, at, disposition };
            trace.offered = false;
            self.agents.extend(agent.into_iter().chain(trace.holder.take()));
            match trace.open.take() {
                Some(place) => self.opened[place].ended = Some(end),
                None if !trace.earlier_ended => self.ended.push((id, end)),
                None => {}
            }
            trace.earlier_ended = true;
        }
        if let Some(opened) = opened {
            self.agents.insert(opened.agent);
            self.queues.insert(opened.queue);
            trace.holder = Some(opened.agent);
            trace.offered = opened.offer;
            trace.open = Some(self.opened.len());
            self.opened.push(opened);
        }
    }

    /// The item's last assignment is as it was before the result.
    fn reopen(&mut self, id: ItemId, before: Option<BeforeResult>) {
        match before {
            None => self.reopened.push(id),
            Some(BeforeResult { place: Some(place), mark }) => {
                self.opened[place].ended = None;
                self.opened[place].mark = mark.unwrap_or_default();
            }
            Some(BeforeResult { place: None, mark }) => {
                self.ended.retain(|(item, ..)| *item != id);
                match mark {
                    Some(mark) => drop(self.marked.insert(id, mark)),
                    None => drop(self.marked.remove(&id)),
                }
            }
        }
    }

    /// Each agent's count after each opening, walked back from the final counts.
    fn count(&mut self, events: &[Recorded], facts: &Facts) {
        let mut total: HashMap<AgentId, u64> = HashMap::new();
        let mut opened = self.opened.iter_mut().rev().peekable();
        for (index, Recorded { event, .. }) in events.iter().enumerate().rev() {
            let mut at = |agent: AgentId| {
                let last = facts.agents.get(&agent).map_or(0, |a| a.total);
                *total.entry(agent).or_insert(last)
            };
            match event {
                // Counts come back when the item was not worked.
                Event::Declined { agent, .. }
                | Event::OfferMissed { agent, .. }
                | Event::Returned { agent, .. } => {
                    let now = at(*agent);
                    total.insert(*agent, now + 1);
                }
                _ => {
                    if let Some(opened) = opened.next_if(|o| o.event == index) {
                        opened.count_after = at(opened.agent);
                        total.insert(opened.agent, opened.count_after.saturating_sub(1));
                    }
                    if let Some(agent) = self.taken_back.get(&index) {
                        let last = facts.agents.get(agent).map_or(0, |a| a.total);
                        *total.entry(*agent).or_insert(last) += 1;
                    }
                }
            }
        }
    }
}
