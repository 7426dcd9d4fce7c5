//! Strategies: how a step picks among eligible agents. The lowest key is next, then the lowest id.

use crate::Time;
use crate::agent::Standing;
use serde::{Deserialize, Serialize};

/// What one item advances a clock by at weight 1: the least common multiple of 1 to 20, so that
/// every weight divides it and shares stay exact integers.
pub const TICK: u64 = 232_792_560;

/// After every time there is: whoever is not idle.
const BUSY: u64 = 1 << 63;

/// How a queue picks among the agents of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Weighted fair share by virtual time (start-time fair queueing, Goyal, Vin, Cheng 1996).
    #[default]
    FairShare,
    /// Who has waited longest since their last assignment here.
    RoundRobin,
    /// Who has had fewest in total.
    FewestAssigned,
    /// Who has had fewest on this local day.
    FewestToday,
    /// Who has held nothing for longest; whoever holds something comes after, as round robin.
    LongestIdle,
    /// Whose load is the smallest part of their capacity, then as round robin.
    LeastBusy,
    /// Whose levels in the required skills add up highest, then as round robin.
    BestSkill,
}

/// What an agent is compared by; less goes first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Key(pub u64, pub u64);

/// What a strategy may look at.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    pub standing: Standing,
    pub idle_since: Time,
    /// Items of the queue's kind held now, and the most of them.
    pub held: u32,
    pub capacity: Option<u32>,
    /// The sum of the agent's levels in the skills asked for.
    pub levels: u32,
}

impl Strategy {
    /// Whether what it compares is a number of assignments.
    pub fn counts(self) -> bool {
        matches!(self, Strategy::FewestAssigned | Strategy::FewestToday)
    }

    /// Every strategy there is.
    pub const ALL: [Strategy; 7] = [
        Strategy::FairShare,
        Strategy::RoundRobin,
        Strategy::FewestAssigned,
        Strategy::FewestToday,
        Strategy::LongestIdle,
        Strategy::LeastBusy,
        Strategy::BestSkill,
    ];

    /// The key of a candidate.
    pub fn key(self, candidate: &Candidate) -> Key {
        let Candidate { standing, idle_since, held, capacity, levels } = *candidate;
        match self {
            Strategy::FairShare => Key(standing.clock, 0),
            Strategy::RoundRobin => Key(standing.last_turn, 0),
            Strategy::FewestAssigned => Key(standing.count, 0),
            Strategy::FewestToday => Key(standing.today, 0),
            Strategy::LongestIdle if held > 0 => Key(BUSY, standing.last_turn),
            Strategy::LongestIdle => Key(idle_since.0.max(0) as u64, standing.last_turn),
            Strategy::LeastBusy => Key(load_ppm(held, capacity), standing.last_turn),
            Strategy::BestSkill => Key(u64::from(u32::MAX - levels), standing.last_turn),
        }
    }
}

/// The load in millionths of the capacity; without a limit, of a capacity of 1,000.
fn load_ppm(held: u32, capacity: Option<u32>) -> u64 {
    u64::from(held) * 1_000_000 / u64::from(capacity.unwrap_or(1000).max(1))
}
