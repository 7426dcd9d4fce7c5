//! Where each item is on the changed side, and how far its recorded course has gone there.

use crate::record::Record;
use routing::{AgentId, Event, Facts, ItemId, ItemState, Mode, Outcome, Target, Time, Way};
use std::collections::BTreeMap;

/// An item's way through people's hands so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// How often it was held out, and how often somebody had it.
    pub offers: usize,
    pub stays: usize,
    /// Counts what makes everything that was planned for it void.
    pub token: u32,
    /// When it came to whoever has it.
    pub from: Time,
    /// Which of the stay's recorded deeds is next; [`DONE`] when none is left.
    pub next: usize,
    pub stage: Stage,
    /// Whether whoever has it asked for it.
    pub claimed: bool,
}

/// Nothing more is known of a stay.
pub(crate) const DONE: usize = usize::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Out,
    Offered(AgentId),
    Held(AgentId),
    /// Its agent has recorded a result that they will take back.
    Recorded(AgentId),
}

impl Stage {
    pub fn agent(self) -> Option<AgentId> {
        match self {
            Stage::Out => None,
            Stage::Offered(agent) | Stage::Held(agent) | Stage::Recorded(agent) => Some(agent),
        }
    }
}

/// All items' ways, and what the last events changed in them.
#[derive(Debug, Default)]
pub(crate) struct Hands {
    pub items: BTreeMap<ItemId, Progress>,
    /// Items that came to somebody, or whose result will be taken back.
    pub came: Vec<ItemId>,
    /// Agents whom something has left that they had asked for.
    pub freed: Vec<AgentId>,
    /// Items that may wait now.
    pub waiting: Vec<ItemId>,
    /// Agents who did not answer an offer.
    pub missed: Vec<AgentId>,
    /// When that was last.
    pub last_freed: BTreeMap<AgentId, Time>,
}

impl Hands {
    pub fn new(facts: &Facts) -> Self {
        let mut hands = Hands::default();
        for item in facts.items.values() {
            let (stage, from) = match item.state {
                ItemState::Offered { agent, since, .. } => (Stage::Offered(agent), since),
                ItemState::Assigned { agent, since, .. } => (Stage::Held(agent), since),
                _ => continue,
            };
            let offers = usize::from(matches!(stage, Stage::Offered(_)));
            let stays = 1 - offers;
            let queue = facts.queues.get(&item.queue);
            let claimed = stays == 1 && queue.is_some_and(|q| q.spec.mode == Mode::Pull);
            let progress = Progress { offers, stays, token: 0, from, next: 0, stage, claimed };
            hands.items.insert(item.id, progress);
        }
        hands
    }

    /// Forgets what the last events changed.
    pub fn settle(&mut self) {
        self.came.clear();
        self.freed.clear();
        self.waiting.clear();
        self.missed.clear();
    }

    /// What was done with the item was the next of its recorded deeds.
    pub fn advance(&mut self, item: ItemId) {
        if let Some(progress) = self.items.get_mut(&item)
            && matches!(progress.stage, Stage::Held(_) | Stage::Recorded(_))
        {
            progress.next = progress.next.saturating_add(1);
        }
    }

    pub fn saw(&mut self, record: &Record, at: Time, event: &Event) {
        match event {
            Event::Submitted { item, .. } | Event::Forced { item, .. } => self.waiting.push(*item),
            Event::Overflowed { item, .. } | Event::Due { item } => self.waiting.push(*item),
            Event::Offered { item, agent, .. } => {
                let progress = self.come(*item, at, Stage::Offered(*agent));
                progress.offers += 1;
            }
            Event::Assigned { item, agent, reason } => {
                self.hold(*item, at, *agent).claimed = reason.way == Way::Claimed;
            }
            Event::Accepted { item, agent, .. } => {
                self.hold(*item, at, *agent);
            }
            Event::Reassigned { item, to: Target::Agent(agent), .. } => {
                let stage = self.items.get(item).map(|progress| progress.stage);
                if stage != Some(Stage::Held(*agent)) {
                    self.leave(*item, at);
                    self.hold(*item, at, *agent);
                }
            }
            Event::Undone { item, agent, .. } => {
                let progress = self.items.get_mut(item);
                match progress.filter(|progress| matches!(progress.stage, Stage::Recorded(_))) {
                    Some(progress) => {
                        progress.stage = Stage::Held(*agent);
                        self.came.push(*item);
                    }
                    None => {
                        self.hold(*item, at, *agent);
                    }
                }
            }
            Event::Completed { item, outcome, .. } => self.completed(record, *item, at, *outcome),
            Event::OfferMissed { item, agent } => {
                self.missed.push(*agent);
                self.leave(*item, at);
            }
            Event::Declined { item, .. }
            | Event::Returned { item, .. }
            | Event::Released { item, .. }
            | Event::RetryScheduled { item, .. }
            | Event::WentSilent { item, .. }
            | Event::Reassigned { item, .. } => self.leave(*item, at),
            Event::Cancelled { item, .. } => {
                self.leave(*item, at);
                self.items.remove(item);
            }
            _ => {}
        }
    }

    fn completed(&mut self, record: &Record, item: ItemId, at: Time, outcome: Outcome) {
        let undone = |progress: &Progress| {
            let stay = record.courses.get(&item)?.stays.get(progress.stays.checked_sub(1)?)?;
            let next = *stay.deeds.get(progress.next)?;
            Some(matches!(record.entry(next).event, Event::Undone { .. }))
        };
        let before = self.items.get(&item).copied();
        self.leave(item, at);
        let Some((before, agent)) = before.and_then(|b| Some((b, b.stage.agent()?))) else {
            return;
        };
        if undone(&before) == Some(true) {
            let token = before.token + 1;
            let progress = Progress { token, stage: Stage::Recorded(agent), ..before };
            self.items.insert(item, progress);
            self.came.push(item);
        } else if outcome == Outcome::Closed {
            self.items.remove(&item);
        }
    }

    fn come(&mut self, item: ItemId, at: Time, stage: Stage) -> &mut Progress {
        self.came.push(item);
        let new =
            Progress { offers: 0, stays: 0, token: 0, from: at, next: 0, stage, claimed: false };
        let progress = self.items.entry(item).or_insert(new);
        progress.token += 1;
        (progress.from, progress.next, progress.stage) = (at, 0, stage);
        progress.claimed = false;
        progress
    }

    fn hold(&mut self, item: ItemId, at: Time, agent: AgentId) -> &mut Progress {
        let progress = self.come(item, at, Stage::Held(agent));
        progress.stays += 1;
        progress
    }

    fn leave(&mut self, item: ItemId, at: Time) {
        self.waiting.push(item);
        let Some(progress) = self.items.get_mut(&item) else { return };
        if let Some(agent) = progress.stage.agent().filter(|_| progress.claimed) {
            self.freed.push(agent);
            self.last_freed.insert(agent, at);
        }
        progress.token += 1;
        progress.stage = Stage::Out;
    }
}
