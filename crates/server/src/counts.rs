//! How many open items stand where. Counted from the state now and then rather than on every
//! request: a look at a million items takes a while.

use routing::{
    AgentId, Callback, Cause, ItemId, ItemState, OutsideCalling, Queue, QueueId, SourceId, State,
    Time,
};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Up to so many open items are counted afresh for whoever asks.
const FEW: usize = 5_000;

/// The open items of one queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueCounts {
    pub waiting: u64,
    pub scheduled: u64,
    pub offered: u64,
    pub assigned: u64,
    /// What of the waiting may not be called yet.
    pub outside_calling: OutsideCalling,
    oldest: Option<Time>,
}

impl QueueCounts {
    /// How long the item that arrived first has waited.
    pub fn oldest_wait_secs(&self, now: Time) -> Option<u64> {
        self.oldest.map(|oldest| now.0.saturating_sub(oldest.0).max(0).unsigned_abs() / 1000)
    }
}

/// A call that was promised, of an item that nobody has in hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promised {
    pub at: Time,
    pub item: ItemId,
    pub queue: QueueId,
    /// Who promised to call themselves.
    pub agent: Option<AgentId>,
}

/// The open items of a workspace.
#[derive(Clone, Debug)]
pub struct Counts {
    queues: BTreeMap<QueueId, QueueCounts>,
    promised: Vec<Promised>,
    waiting_by_source: BTreeMap<SourceId, u64>,
    taken: Instant,
    fresh_for: Duration,
}

impl Counts {
    /// Counts them.
    pub fn of(state: &State) -> Self {
        let began = Instant::now();
        let items = &state.facts().items;
        let mut queues = BTreeMap::<QueueId, QueueCounts>::new();
        let mut waiting_by_source = BTreeMap::<SourceId, u64>::new();
        let mut promised = Vec::new();
        for item in items.values() {
            if let (Some(Callback { at, agent }), None) = (item.callback, item.state.agent()) {
                promised.push(Promised { at, item: item.id, queue: item.queue, agent });
            }
            let queue = queues.entry(item.queue).or_default();
            match item.state {
                ItemState::Scheduled { .. } => queue.scheduled += 1,
                ItemState::Waiting => {
                    queue.waiting += 1;
                    let first = queue.oldest.unwrap_or(item.arrived_at);
                    queue.oldest = Some(first.min(item.arrived_at));
                    *waiting_by_source.entry(item.source).or_default() += 1;
                }
                ItemState::Offered { .. } => queue.offered += 1,
                ItemState::Assigned { .. } => queue.assigned += 1,
                ItemState::Arrived { .. } | ItemState::Closed { .. } => {}
            }
        }
        for (queue, counts) in &mut queues {
            counts.outside_calling = state.outside_calling(*queue);
        }
        let fresh_for = if items.len() <= FEW {
            Duration::ZERO
        } else {
            (began.elapsed() * 50).clamp(Duration::from_millis(250), Duration::from_secs(15))
        };
        promised.sort_by_key(|promised| (promised.at, promised.item));
        Counts { queues, promised, waiting_by_source, taken: Instant::now(), fresh_for }
    }

    /// Whether they may still be shown.
    pub fn is_fresh(&self) -> bool {
        self.taken.elapsed() < self.fresh_for
    }

    pub fn queue(&self, id: QueueId) -> QueueCounts {
        self.queues.get(&id).copied().unwrap_or_default()
    }

    /// Promised calls, the earliest first.
    pub fn promised(&self) -> &[Promised] {
        &self.promised
    }

    /// How many of the queue's calls were promised, and how many of them are due.
    pub fn call_backs(&self, queue: QueueId, now: Time) -> (u64, u64) {
        let of_queue = self.promised.iter().filter(|promised| promised.queue == queue);
        of_queue.fold((0, 0), |(all, due), promised| (all + 1, due + u64::from(promised.at <= now)))
    }

    pub fn waiting_of_source(&self, id: SourceId) -> u64 {
        self.waiting_by_source.get(&id).copied().unwrap_or_default()
    }
}

/// How many items an agent holds, offers included.
pub fn holding(state: &State, agent: AgentId) -> u32 {
    u32::try_from(state.held(agent).count()).unwrap_or(u32::MAX)
}

/// Who serves a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    /// Active agents who can get its items.
    pub agents: u64,
    /// Those of them who are there: at work, and as its presence asks.
    pub there: u64,
    /// Those of them who would get an item now.
    pub free: u64,
}

impl Staff {
    /// Of nobody where nothing new enters.
    pub fn of(state: &State, queue: &Queue) -> Staff {
        use Cause::*;
        let mut staff = Staff::default();
        if !queue.active {
            return staff;
        }
        for (_, cause) in state.crew(queue.id) {
            let (there, free) = match cause {
                None => (true, true),
                Some(AtCapacity | AtCap | RecentlyDeclined | Promised) => (true, false),
                Some(Paused | OffShift | SignedOut | Away) => (false, false),
                Some(Inactive | LacksSkill(_) | WrongRegion | WrongLanguage) => continue,
            };
            staff.agents += 1;
            staff.there += u64::from(there);
            staff.free += u64::from(free);
        }
        staff
    }
}
