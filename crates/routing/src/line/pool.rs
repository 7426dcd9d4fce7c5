//! The agents for one demand, in the order in which they are next.

use super::Slot;
use crate::eligibility::Demand;
use crate::{AgentId, Cause, Key};
use std::collections::{BTreeMap, BTreeSet};

/// Where an agent sits in a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seat {
    /// Next by this key.
    Free(Key),
    /// Only their daily cap speaks against them; they have had so many today.
    Capped(u32),
    Passed(Cause),
}

impl Seat {
    /// What speaks against the agent; nothing does when they are free.
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Seat::Free(_) => None,
            Seat::Capped(_) => Some(&Cause::AtCap),
            Seat::Passed(cause) => Some(cause),
        }
    }

    /// Whether anything but an edit can move the agent from here.
    pub fn may_change(&self) -> bool {
        let lasting = |c: &Cause| {
            matches!(c, Cause::LacksSkill(_) | Cause::WrongRegion | Cause::WrongLanguage)
        };
        !matches!(self, Seat::Passed(cause) if lasting(cause))
    }
}

/// The agents who serve the queue, held against one demand.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub demand: Demand,
    free: BTreeSet<(Key, AgentId)>,
    capped: BTreeSet<(u32, AgentId)>,
    passed: BTreeMap<Cause, u32>,
    seats: BTreeMap<AgentId, Seat>,
    /// The groups that one of whose steps this pool serves.
    pub groups: BTreeSet<Slot>,
}

impl Pool {
    pub fn new(demand: Demand) -> Self {
        Pool {
            demand,
            free: BTreeSet::new(),
            capped: BTreeSet::new(),
            passed: BTreeMap::new(),
            seats: BTreeMap::new(),
            groups: BTreeSet::new(),
        }
    }

    /// Whether nobody is here whom a strategy or an overflow rule could pick.
    pub fn is_barren(&self) -> bool {
        self.free.is_empty() && self.passed_for(&Cause::AtCap, &[]) == 0
    }

    /// Who is eligible, next first.
    pub fn free(&self) -> impl Iterator<Item = (Key, AgentId)> {
        self.free.iter().copied()
    }

    /// The agent's key, if they are eligible.
    pub fn key_of(&self, agent: AgentId) -> Option<Key> {
        match self.seat(agent)? {
            Seat::Free(key) => Some(*key),
            Seat::Capped(_) | Seat::Passed(_) => None,
        }
    }

    /// How many are eligible.
    pub fn free_count(&self) -> usize {
        self.free.len()
    }

    /// Whom only their cap speaks against, fewest today first.
    pub fn capped(&self) -> impl Iterator<Item = (u32, AgentId)> {
        self.capped.iter().copied()
    }

    /// How many agents were passed over for each first cause.
    pub fn passed(&self) -> impl Iterator<Item = (&Cause, u32)> {
        self.passed.iter().map(|(cause, n)| (cause, *n))
    }

    /// How many agents were passed over for this cause, those of `but` apart.
    pub fn passed_for(&self, cause: &Cause, but: &[AgentId]) -> usize {
        let passed = self.passed.get(cause).map_or(0, |n| *n as usize);
        let theirs = |agent: &&AgentId| self.seat(**agent).and_then(Seat::cause) == Some(cause);
        passed - but.iter().filter(theirs).count()
    }

    pub fn seat(&self, agent: AgentId) -> Option<&Seat> {
        self.seats.get(&agent)
    }

    /// Moves the agent; `None` takes them out. Whether a waiting item may find somebody now who
    /// was not there before.
    pub fn reseat(&mut self, agent: AgentId, seat: Option<Seat>) -> bool {
        if self.seats.get(&agent) == seat.as_ref() {
            return false;
        }
        let freed = matches!(seat, Some(Seat::Free(_)));
        // Overflow waits for somebody to be capped and for nobody to be merely busy.
        let capped = seat.as_ref().and_then(Seat::cause) == Some(&Cause::AtCap);
        let old = match seat {
            Some(seat) => {
                self.count_in(agent, &seat);
                self.seats.insert(agent, seat)
            }
            None => self.seats.remove(&agent),
        };
        let was_busy = old.as_ref().and_then(Seat::cause) == Some(&Cause::AtCapacity);
        if let Some(old) = old {
            self.count_out(agent, old);
        }
        freed || capped || was_busy
    }

    fn count_in(&mut self, agent: AgentId, seat: &Seat) {
        match seat {
            Seat::Free(key) => {
                self.free.insert((*key, agent));
            }
            Seat::Capped(today) => {
                self.capped.insert((*today, agent));
                *self.passed.entry(Cause::AtCap).or_default() += 1;
            }
            Seat::Passed(cause) => *self.passed.entry(cause.clone()).or_default() += 1,
        }
    }

    fn count_out(&mut self, agent: AgentId, seat: Seat) {
        let cause = match seat {
            Seat::Free(key) => {
                self.free.remove(&(key, agent));
                return;
            }
            Seat::Capped(today) => {
                self.capped.remove(&(today, agent));
                Cause::AtCap
            }
            Seat::Passed(cause) => cause,
        };
        if let Some(n) = self.passed.get_mut(&cause) {
            *n -= 1;
            if *n == 0 {
                self.passed.remove(&cause);
            }
        }
    }
}
