//! Agents: what they can do (`AgentSpec`, edited by people) and how they stand (`Agent`).

use crate::{AgentId, DaysOff, Hours, Item, Kind, QueueId, SourceId, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A region or language code, trimmed and lower-case, so that `" MH"` and `mh` are one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    pub fn new(text: &str) -> Self {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        Code(words.join(" "))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Code::new(&String::deserialize(input)?))
    }
}

/// A skill's name, and how well: 1 (learning) to 10 (expert).
pub type Skills = BTreeMap<Code, u8>;

/// How much an agent may hold at once, in items of each kind. `None` is without limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capacity {
    pub lead: Option<u32>,
    pub task: Option<u32>,
    pub call: Option<u32>,
}

impl Default for Capacity {
    fn default() -> Self {
        Capacity { lead: None, task: Some(1), call: Some(1) }
    }
}

impl Capacity {
    pub fn of(&self, kind: Kind) -> Option<u32> {
        match kind {
            Kind::Lead => self.lead,
            Kind::Task => self.task,
            Kind::Call => self.call,
        }
    }
}

/// What people decide about an agent. A name is personal and stays with the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgentSpec {
    pub regions: BTreeSet<Code>,
    pub languages: BTreeSet<Code>,
    pub skills: Skills,
    /// Share relative to others in the fair-share strategy, 1–20.
    pub weight: u8,
    pub capacity: Capacity,
    /// The most assignments on one local day; `None` is without limit.
    pub daily_cap: Option<u32>,
    /// Queues whose every item this agent serves.
    pub queues: BTreeSet<QueueId>,
    /// Sources whose items this agent serves while they stand in the source's own queue.
    pub sources: BTreeSet<SourceId>,
    /// When this agent works, in the workspace's zone; empty is always.
    pub hours: Hours,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days_off: Vec<DaysOff>,
    /// Works also on the workspace's holidays.
    #[serde(skip_serializing_if = "is_false")]
    pub works_holidays: bool,
    /// Gets nothing new until that is taken back; keeps what they hold.
    #[serde(skip_serializing_if = "is_false")]
    pub paused: bool,
}

pub(crate) fn is_false(flag: &bool) -> bool {
    !flag
}

impl Default for AgentSpec {
    fn default() -> Self {
        AgentSpec {
            regions: BTreeSet::new(),
            languages: BTreeSet::new(),
            skills: Skills::new(),
            weight: 1,
            capacity: Capacity::default(),
            daily_cap: None,
            queues: BTreeSet::new(),
            sources: BTreeSet::new(),
            hours: Hours::default(),
            days_off: Vec::new(),
            works_holidays: false,
            paused: false,
        }
    }
}

/// What an agent says of themselves. A reason is a short code such as `lunch`, never free text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    Available,
    Away { reason: Code },
    Offline,
}

/// How an agent stands in one queue: the numbers that the strategies compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Virtual time: what this agent has had from the queue, divided by their weight.
    pub clock: u64,
    /// Assignments in total, counted from the peers' minimum for one who joined later.
    pub count: u64,
    /// Assignments on this local day, lifted like `count`.
    pub today: u64,
    /// The workspace's turn at which this agent was last assigned something here.
    pub last_turn: u64,
}

/// What an agent recorded last, kept for as long as it may be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastResult {
    /// The item as it was in their hands.
    pub item: Item,
    pub at: Time,
    /// Until when it may be taken back.
    pub until: Time,
    /// Whether the result closed the item.
    pub closed: bool,
}

/// An agent as the core knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub id: AgentId,
    pub spec: AgentSpec,
    pub active: bool,
    /// Connected: signed in and heard from.
    pub present: bool,
    pub status: Status,
    pub on_shift: bool,
    /// Assignments in total and on this local day.
    pub total: u64,
    pub today: u32,
    /// Since when this agent has held nothing, or when they last became less busy.
    pub idle_since: Time,
    pub standings: BTreeMap<QueueId, Standing>,
    /// Stays until they record another: whether it is too old only the time says.
    pub last_result: Option<Box<LastResult>>,
}
