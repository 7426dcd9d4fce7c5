//! A queue's line: its waiting items in groups, the agents who serve it in pools.
//!
//! Items that demand the same of the same open steps, exclude the same agents, and may be called
//! at the same times, form a *group*; the first of a group stands for all of it. Agents are kept in
//! one *pool* per demand, in the order of the strategy. A decision looks at the heads of groups and
//! of pools, so its cost does not grow with what waits. All of this is derived from the facts and
//! can be built anew.

mod pool;
mod window;

pub(crate) use pool::{Pool, Seat};
pub(crate) use window::Windows;

use crate::agent::{Code, Skills};
use crate::eligibility::Demand;
use crate::{AgentId, Cause, ItemId, SourceId, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Pools kept although nothing waits for them; beyond that they are dropped.
const MAX_IDLE_POOLS: usize = 4_096;

/// What the items of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupKey {
    pub source: SourceId,
    pub region: Option<Code>,
    pub language: Option<Code>,
    pub skills: Skills,
    /// How many steps are open.
    pub open: u8,
    /// Who does not get these items just now, in the order of ids.
    pub excluded: Vec<AgentId>,
    /// Whether they have been where this queue's overflow would send them.
    pub stays: bool,
    /// When their contacts may be called; `None` is at any time.
    pub window: Option<Slot>,
    /// Who has promised to call, while they alone may have them.
    pub only: Option<AgentId>,
    /// Whom they left for their silence, and come back to when nobody else is found.
    pub back: Option<AgentId>,
}

impl GroupKey {
    /// Whether nothing of the items' own keeps them from the agent.
    pub fn allows(&self, agent: AgentId) -> bool {
        self.only.is_none_or(|only| only == agent) && !self.excluded.contains(&agent)
    }
}

/// The number of a group, pool or window within its line.
pub(crate) type Slot = u32;

/// Items that the same agents may have.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub key: GroupKey,
    /// One pool for each open step, in the order of the steps.
    pub pools: Vec<Slot>,
    pub all_open: bool,
    pub items: BTreeSet<(Time, ItemId)>,
}

/// How an agent stands with a line, as last seen: what a change is told by.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standby {
    passing: Option<Cause>,
    /// The pools against whose demand nothing lasting speaks.
    pools: Vec<Slot>,
}

/// A queue's waiting items and serving agents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    groups: BTreeMap<Slot, Group>,
    group_of: BTreeMap<GroupKey, Slot>,
    pools: BTreeMap<Slot, Pool>,
    pool_of: BTreeMap<Demand, Slot>,
    last_slot: Slot,
    agents: BTreeMap<AgentId, Standby>,
    /// Groups that may have become matchable since they were last looked at.
    dirty: BTreeSet<Slot>,
    pub windows: Windows,
    pub waiting: usize,
}

impl Line {
    /// A line without items, with those of the agents who still serve it as they were last seen.
    pub fn of<'a>(
        agents: impl Iterator<Item = (AgentId, &'a Option<Cause>)>,
        serving: &[AgentId],
    ) -> Self {
        let still = agents.filter(|(agent, _)| serving.binary_search(agent).is_ok());
        let standby =
            |passing: &Option<Cause>| Standby { passing: passing.clone(), pools: Vec::new() };
        Line {
            agents: still.map(|(agent, passing)| (agent, standby(passing))).collect(),
            ..Line::default()
        }
    }

    pub fn group(&self, slot: Slot) -> Option<&Group> {
        self.groups.get(&slot)
    }

    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    pub fn pool(&self, slot: Slot) -> Option<&Pool> {
        self.pools.get(&slot)
    }

    pub fn dirty(&self) -> impl Iterator<Item = (Slot, &Group)> {
        self.dirty.iter().filter_map(|slot| Some((*slot, self.groups.get(slot)?)))
    }

    pub fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Has every group looked at again.
    pub fn mark_all(&mut self) {
        self.dirty = self.groups.keys().copied().collect();
    }

    /// Forgets the groups for which nobody can be found: no pool of theirs has anybody in it whom
    /// a strategy or an overflow rule could pick, or it is not the time to call.
    pub fn clean_barren(&mut self) {
        let Line { dirty, groups, pools, windows, .. } = self;
        dirty.retain(|slot| {
            let barren = |pool: &Slot| pools.get(pool).is_none_or(Pool::is_barren);
            let found = |group: &Group| !group.pools.iter().all(barren);
            groups.get(slot).is_some_and(|g| windows.is_open(g.key.window) && found(g))
        });
    }

    /// Opens or closes a window, and has what waits behind it looked at again.
    pub fn set_window(&mut self, slot: Slot, open: bool) {
        self.dirty.extend(self.windows.set(slot, open));
    }

    pub fn clean(&mut self, slot: Slot) {
        self.dirty.remove(&slot);
    }

    /// The pool for a demand; when it is not there yet, every agent is seated in a new one.
    pub fn pool_for(
        &mut self,
        demand: Demand,
        seat: impl Fn(AgentId, &Option<Cause>, &Demand) -> Option<Seat>,
    ) -> Slot {
        if let Some(slot) = self.pool_of.get(&demand) {
            return *slot;
        }
        self.drop_idle_pools();
        let slot = self.next_slot();
        let mut pool = Pool::new(demand.clone());
        for (agent, standby) in &mut self.agents {
            let seat = seat(*agent, &standby.passing, &demand);
            if seat.as_ref().is_some_and(Seat::may_change) {
                standby.pools.push(slot);
            }
            pool.reseat(*agent, seat);
        }
        self.pool_of.insert(demand, slot);
        self.pools.insert(slot, pool);
        slot
    }

    /// Adds an item; the group is made by `make` when it is not there yet.
    pub fn enter(
        &mut self,
        key: GroupKey,
        at: (Time, ItemId),
        make: impl FnOnce(&mut Line) -> (Vec<Slot>, bool),
    ) -> Slot {
        let slot = match self.group_of.get(&key) {
            Some(slot) => *slot,
            None => {
                let (pools, all_open) = make(self);
                let slot = self.next_slot();
                for pool in &pools {
                    if let Some(pool) = self.pools.get_mut(pool) {
                        pool.groups.insert(slot);
                    }
                }
                self.windows.enter(key.window, slot);
                self.group_of.insert(key.clone(), slot);
                self.groups.insert(slot, Group { key, pools, all_open, items: BTreeSet::new() });
                slot
            }
        };
        if let Some(group) = self.groups.get_mut(&slot) {
            group.items.insert(at);
            self.waiting += 1;
            self.dirty.insert(slot);
        }
        slot
    }

    /// Removes an item from its group; an empty group goes.
    pub fn leave(&mut self, slot: Slot, at: (Time, ItemId)) {
        let Some(group) = self.groups.get_mut(&slot) else { return };
        if group.items.remove(&at) {
            self.waiting -= 1;
        }
        if !group.items.is_empty() {
            return;
        }
        if let Some(group) = self.groups.remove(&slot) {
            for pool in &group.pools {
                if let Some(pool) = self.pools.get_mut(pool) {
                    pool.groups.remove(&slot);
                }
            }
            self.windows.leave(group.key.window, slot);
            self.group_of.remove(&group.key);
        }
        self.dirty.remove(&slot);
    }

    /// What spoke against the agent when last seen; the outer `None` when they were not here.
    pub fn passing(&self, agent: AgentId) -> Option<&Option<Cause>> {
        self.agents.get(&agent).map(|standby| &standby.passing)
    }

    pub fn agents(&self) -> impl Iterator<Item = (AgentId, &Option<Cause>)> {
        self.agents.iter().map(|(agent, standby)| (*agent, &standby.passing))
    }

    /// Seats the agent anew in every pool, as after an edit of theirs. `seat` says `None` where
    /// the agent does not serve the pool's items.
    pub fn admit(
        &mut self,
        agent: AgentId,
        passing: Option<Cause>,
        seat: impl Fn(&Demand) -> Option<Seat>,
    ) {
        let mut pools = Vec::new();
        for (slot, pool) in &mut self.pools {
            let seat = seat(&pool.demand);
            if seat.as_ref().is_some_and(Seat::may_change) {
                pools.push(*slot);
            }
            if pool.reseat(agent, seat) {
                self.dirty.extend(&pool.groups);
            }
        }
        self.agents.insert(agent, Standby { passing, pools });
    }

    /// Seats the agent anew where only something passing has changed.
    pub fn reseat(
        &mut self,
        agent: AgentId,
        passing: Option<Cause>,
        seat: impl Fn(&Demand) -> Option<Seat>,
    ) {
        let Some(standby) = self.agents.get_mut(&agent) else { return };
        standby.passing = passing;
        for slot in &standby.pools {
            let Some(pool) = self.pools.get_mut(slot) else { continue };
            let seat = seat(&pool.demand);
            if pool.reseat(agent, seat) {
                self.dirty.extend(&pool.groups);
            }
        }
    }

    /// Takes the agent out of the line.
    pub fn dismiss(&mut self, agent: AgentId) {
        self.agents.remove(&agent);
        for pool in self.pools.values_mut() {
            // The last one who was merely busy may have gone.
            if pool.reseat(agent, None) {
                self.dirty.extend(&pool.groups);
            }
        }
    }

    fn next_slot(&mut self) -> Slot {
        self.last_slot += 1;
        self.last_slot
    }

    fn drop_idle_pools(&mut self) {
        if self.pools.len() < MAX_IDLE_POOLS {
            return;
        }
        self.pools.retain(|_, pool| !pool.groups.is_empty());
        let pools = &self.pools;
        self.pool_of.retain(|_, slot| pools.contains_key(slot));
        for standby in self.agents.values_mut() {
            standby.pools.retain(|slot| pools.contains_key(slot));
        }
    }
}
