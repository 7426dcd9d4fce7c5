//! Why: what an assignment says about how it came to be.

use crate::agent::Code;
use crate::{AgentId, Key, Strategy};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The first cause for which an agent who serves the queue was passed over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    LacksSkill(Code),
    WrongRegion,
    WrongLanguage,
    Inactive,
    /// A supervisor has paused them.
    Paused,
    OffShift,
    SignedOut,
    Away,
    AtCapacity,
    AtCap,
    /// Had this item a short while ago: declined, missed or released it, or did nothing with it.
    RecentlyDeclined,
    /// It is a call back that a colleague promised.
    Promised,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::LacksSkill(skill) => write!(f, "lacks skill {}", skill.as_str()),
            Cause::WrongRegion => f.write_str("wrong region"),
            Cause::WrongLanguage => f.write_str("wrong language"),
            Cause::Inactive => f.write_str("inactive"),
            Cause::Paused => f.write_str("paused"),
            Cause::OffShift => f.write_str("off shift"),
            Cause::SignedOut => f.write_str("signed out"),
            Cause::Away => f.write_str("away"),
            Cause::AtCapacity => f.write_str("at capacity"),
            Cause::AtCap => f.write_str("at daily cap"),
            Cause::RecentlyDeclined => f.write_str("had it a short while ago"),
            Cause::Promised => f.write_str("promised to a colleague"),
        }
    }
}

/// How an item found its agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The queue's strategy picked the agent.
    Matched,
    /// The agent claimed it.
    Claimed,
    /// Everyone was at their cap; the queue's overflow rule picked the agent above it.
    Overflow,
    /// It had left the agent for their silence and nobody took it: back to them, above their cap.
    Back,
}

/// The agent who would have been next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerUp {
    pub agent: AgentId,
    pub key: Key,
}

/// The most runners-up a reason names.
pub const MAX_RUNNERS_UP: usize = 5;

/// Why this agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub way: Way,
    /// Which of the queue's steps found the agent, counted from 1.
    pub step: u8,
    pub strategy: Strategy,
    /// What the winner was compared by; less goes first.
    pub key: Key,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runners_up: Vec<RunnerUp>,
    /// How many agents of the queue were passed over in that step, by their first cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<(Cause, u32)>,
}
