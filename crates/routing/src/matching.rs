//! Matching: which waiting item goes to whom next.
//!
//! The choice is a function of the state alone: of all items of push and offer queues that may be
//! called now and for which somebody is eligible, the one whose place is lowest; of its open steps,
//! the first in which somebody is eligible; of those agents, the one whose key is lowest. The
//! line's dirty groups only save looking where nothing can have changed.

use crate::index::candidate;
use crate::item::Item;
use crate::line::{Group, Line, Pool, Seat, Slot};
use crate::queue::Queue;
use crate::reason::MAX_RUNNERS_UP;
use crate::{
    AgentId, AtCap, Cause, Event, ItemId, Key, Mode, QueueId, Reason, RunnerUp, SourceId, State,
    Time, Way,
};
use std::collections::{BTreeMap, BTreeSet};

/// Who gets the first item of a group.
enum Found {
    Agent {
        step: usize,
        agent: AgentId,
        key: Key,
        way: Way,
    },
    /// Everyone is at their cap: on to this queue.
    Queue(QueueId),
}

/// Why there is nothing that an agent may claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoClaim {
    NothingWaits,
    Against(Cause),
    /// What waits for them may not be called before then.
    Closed(Time),
}

impl State {
    /// The next match of items of `source` (of any, when `None`). Groups for which nobody is
    /// found are not looked at again until something changes for them.
    pub(crate) fn next_match(&mut self, source: Option<SourceId>) -> Option<Event> {
        let mut heads: Vec<(Time, ItemId, QueueId, Slot)> = Vec::new();
        for (queue, line) in self.index.lines.iter_mut().filter(|(_, line)| line.is_dirty()) {
            line.clean_barren();
            for (slot, group) in line.dirty() {
                if source.is_none_or(|s| s == group.key.source) {
                    heads.extend(
                        group.items.first().map(|&(place, item)| (place, item, *queue, slot)),
                    );
                }
            }
        }
        heads.sort_unstable();
        for (_, item, queue, slot) in heads {
            if let Some(event) = self.match_head(item, queue, slot) {
                return Some(event);
            }
            if let Some(line) = self.index.lines.get_mut(&queue) {
                line.clean(slot);
            }
        }
        None
    }

    /// The sources of which something could be given to somebody now, and since when the first of it
    /// has been in its queue: where matching waits for a worker, nothing could be for long. Looks at
    /// what comes first of those that demand the same.
    pub fn unmatched_since(&self) -> BTreeMap<SourceId, Time> {
        let heads = self.index.lines.iter().flat_map(|(queue, line)| {
            let head = |(slot, group): (Slot, &Group)| Some((group.items.first()?.1, *queue, slot));
            line.dirty().filter_map(head)
        });
        let matchable =
            heads.filter(|(item, queue, slot)| self.match_head(*item, *queue, *slot).is_some());
        let mut since = BTreeMap::new();
        for item in matchable.filter_map(|(item, ..)| self.facts.items.get(&item)) {
            let first = since.entry(item.source).or_insert(item.queued_at);
            *first = item.queued_at.min(*first);
        }
        since
    }

    fn match_head(&self, item: ItemId, queue: QueueId, slot: Slot) -> Option<Event> {
        let queue = self.facts.queues.get(&queue)?;
        let line = self.index.lines.get(&queue.id)?;
        let group = line.group(slot)?;
        if queue.spec.mode == Mode::Pull || !line.windows.is_open(group.key.window) {
            return None;
        }
        let item = self.facts.items.get(&item)?;
        let found = find(line, group).or_else(|| self.overflow(queue, line, group, item));
        match found.or_else(|| back(line, group))? {
            Found::Queue(to) => Some(Event::Overflowed { item: item.id, from: queue.id, to }),
            Found::Agent { step, agent, key, way } => {
                let reason = reason(queue, line, group, step, agent, key, way);
                Some(match queue.spec.mode {
                    Mode::Offer { secs } => {
                        let until = self.index.now.plus_secs(secs);
                        Event::Offered { item: item.id, agent, until, reason }
                    }
                    _ => Event::Assigned { item: item.id, agent, reason },
                })
            }
        }
    }

    /// When everyone who could have it is at their cap: all steps are open, somebody is kept from
    /// it by their cap, and nobody below theirs is merely busy.
    fn overflow(&self, queue: &Queue, line: &Line, group: &Group, item: &Item) -> Option<Found> {
        if queue.spec.at_cap == AtCap::Wait || !group.all_open || group.key.only.is_some() {
            return None;
        }
        let pools = || group.pools.iter().filter_map(|slot| line.pool(*slot)).enumerate();
        let excluded = &group.key.excluded;
        let passed = |cause: Cause| pools().any(|(_, pool)| pool.passed_for(&cause, excluded) > 0);
        if passed(Cause::AtCapacity) || !passed(Cause::AtCap) {
            return None;
        }
        match queue.spec.at_cap {
            AtCap::Wait => None,
            AtCap::OverflowFewestToday => {
                let (today, agent, step) = pools()
                    .flat_map(|(step, pool)| pool.capped().map(move |(n, agent)| (n, agent, step)))
                    .filter(|(_, agent, _)| !excluded.contains(agent))
                    .min()?;
                let key = Key(u64::from(today), 0);
                Some(Found::Agent { step, agent, key, way: Way::Overflow })
            }
            AtCap::Queue { queue: to } => {
                let open = self.facts.queues.get(&to).is_some_and(|q| q.active);
                (open && to != queue.id && !item.visited.contains(&to)).then_some(Found::Queue(to))
            }
        }
    }

    /// The best item waiting in a pull queue that the agent may claim, or why there is none.
    pub(crate) fn best_claim(&self, agent: AgentId) -> Result<(ItemId, Reason), NoClaim> {
        let mut against = NoClaim::NothingWaits;
        let mut closed: BTreeSet<(QueueId, Slot)> = BTreeSet::new();
        let mut best: Option<(Time, ItemId, &Queue, &Group, usize)> = None;
        for (id, line) in &self.index.lines {
            let Some(queue) = self.facts.queues.get(id) else { continue };
            if queue.spec.mode != Mode::Pull {
                continue;
            }
            match line.passing(agent) {
                None => continue,
                Some(Some(cause)) if against == NoClaim::NothingWaits => {
                    against = NoClaim::Against(cause.clone());
                }
                Some(Some(_)) => {}
                Some(None) => {
                    for group in line.groups().filter(|g| g.key.allows(agent)) {
                        let free = |slot: &Slot| {
                            let seat = line.pool(*slot).and_then(|pool| pool.seat(agent));
                            matches!(seat, Some(Seat::Free(_)))
                        };
                        let Some(step) = group.pools.iter().position(free) else { continue };
                        if let Some(window) = group.key.window
                            && !line.windows.is_open(group.key.window)
                        {
                            closed.insert((*id, window));
                            continue;
                        }
                        let Some(&(place, item)) = group.items.first() else { continue };
                        if best.is_none_or(|(p, i, ..)| (place, item) < (p, i)) {
                            best = Some((place, item, queue, group, step));
                        }
                    }
                }
            }
        }
        let opens = closed.into_iter().filter_map(|(queue, slot)| self.window_opens(queue, slot));
        let none = || opens.min().map_or(against, NoClaim::Closed);
        let (_, item, queue, group, step) = best.ok_or_else(none)?;
        let missing = || NoClaim::NothingWaits;
        let line = self.index.lines.get(&queue.id).ok_or_else(missing)?;
        let pool = group.pools.get(step).and_then(|slot| line.pool(*slot)).ok_or_else(missing)?;
        let a = self.facts.agents.get(&agent).ok_or_else(missing)?;
        let candidate = candidate(a, self.index.load(agent), queue, &pool.demand);
        let key = queue.spec.strategy.key(&candidate);
        Ok((item, reason(queue, line, group, step, agent, key, Way::Claimed)))
    }

    pub(crate) fn is_dirty(&self) -> bool {
        self.index.lines.values().any(Line::is_dirty)
    }
}

/// The first open step with somebody eligible, and whoever is next there.
fn find(line: &Line, group: &Group) -> Option<Found> {
    group.pools.iter().enumerate().find_map(|(step, slot)| {
        let pool = line.pool(*slot)?;
        let (key, agent) = match group.key.only {
            Some(agent) => (pool.key_of(agent).filter(|_| group.key.allows(agent))?, agent),
            None => pool.free().find(|(_, agent)| !group.key.excluded.contains(agent))?,
        };
        Some(Found::Agent { step, agent, key, way: Way::Matched })
    })
}

/// Whom it left for their silence, when only their cap speaks against them: they have had it
/// already.
fn back(line: &Line, group: &Group) -> Option<Found> {
    let agent = group.key.back.filter(|agent| group.key.allows(*agent))?;
    let capped = |slot: &Slot| match line.pool(*slot)?.seat(agent)? {
        Seat::Capped(today) => Some(*today),
        Seat::Free(_) | Seat::Passed(_) => None,
    };
    let mut pools = group.pools.iter().enumerate();
    let (step, today) = pools.find_map(|(step, slot)| Some((step, capped(slot)?)))?;
    Some(Found::Agent { step, agent, key: Key(u64::from(today), 0), way: Way::Back })
}

fn reason(
    queue: &Queue,
    line: &Line,
    group: &Group,
    step: usize,
    winner: AgentId,
    key: Key,
    way: Way,
) -> Reason {
    let excluded = &group.key.excluded;
    let pool = group.pools.get(step).and_then(|slot| line.pool(*slot));
    let runners_up = pool.into_iter().flat_map(|pool| pool.free());
    let runners_up = runners_up
        .filter(|(_, agent)| *agent != winner && group.key.allows(*agent) && way == Way::Matched)
        .take(MAX_RUNNERS_UP)
        .map(|(key, agent)| RunnerUp { agent, key });
    let mut passed_over: Vec<(Cause, u32)> =
        pool.into_iter().flat_map(|pool| pool.passed()).map(|(c, n)| (c.clone(), n)).collect();
    let declined = excluded
        .iter()
        .filter(|agent| pool.is_some_and(|p| matches!(p.seat(**agent), Some(Seat::Free(_)))))
        .count();
    if declined > 0 {
        passed_over.push((Cause::RecentlyDeclined, declined as u32));
    }
    if group.key.only.is_some() {
        let others = pool.map_or(0, Pool::free_count).saturating_sub(declined + 1);
        passed_over.extend((others > 0).then_some((Cause::Promised, others as u32)));
    }
    if matches!(way, Way::Overflow | Way::Back) {
        // The winner was passed over for their cap before they were picked all the same.
        for (cause, n) in &mut passed_over {
            *n -= u32::from(*cause == Cause::AtCap);
        }
        passed_over.retain(|(_, n)| *n > 0);
    }
    Reason {
        way,
        step: u8::try_from(step + 1).unwrap_or(u8::MAX),
        strategy: queue.spec.strategy,
        key,
        runners_up: runners_up.collect(),
        passed_over,
    }
}
