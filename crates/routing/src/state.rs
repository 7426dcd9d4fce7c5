//! The state of one workspace: what all its events add up to.

use crate::agent::Agent;
use crate::item::{ContactKey, Hold, Item};
use crate::queue::Queue;
use crate::rule::Rule;
use crate::source::Source;
use crate::workspace::Settings;
use crate::{AgentId, Cause, Command, Event, ItemId, QueueId, Refusal, RuleId, SourceId, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that the tables keep and a restart loads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub settings: Settings,
    /// The time of the last event.
    pub now: Time,
    /// When the local day that counts of today belong to began.
    pub day_started: Time,
    /// Counts assignments; what `last_turn` is taken from.
    pub turn: u64,
    /// The last id given out, per kind of object.
    pub last_agent: AgentId,
    pub last_queue: QueueId,
    pub last_source: SourceId,
    pub last_rule: RuleId,
    pub last_item: ItemId,
    pub agents: BTreeMap<AgentId, Agent>,
    pub queues: BTreeMap<QueueId, Queue>,
    pub sources: BTreeMap<SourceId, Source>,
    pub rules: BTreeMap<RuleId, Rule>,
    /// Open items.
    pub items: BTreeMap<ItemId, Item>,
    /// Contacts' keys that are held; the source is 0 for those of the workspace's scope.
    #[serde(with = "holds_as_list")]
    pub holds: BTreeMap<(SourceId, ContactKey), Hold>,
}

/// JSON objects have text keys only.
mod holds_as_list {
    use super::*;
    use serde::{Deserializer, Serializer};

    type Holds = BTreeMap<(SourceId, ContactKey), Hold>;

    pub fn serialize<S: Serializer>(holds: &Holds, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(holds.iter())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Holds, D::Error> {
        Ok(Vec::<((SourceId, ContactKey), Hold)>::deserialize(input)?.into_iter().collect())
    }
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// What happened, in order, already applied. Empty when the command changed nothing.
    /// A `Clock` command's events stand first when deadlines were due.
    pub events: Vec<Event>,
    /// What the command made or picked, or why it was refused. A refused command changed nothing,
    /// but deadlines that were due before it may have: `events` holds those.
    pub answer: Result<Answer, Refusal>,
}

/// What a command made or picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    Agent(AgentId),
    Queue(QueueId),
    Source(SourceId),
    Rule(RuleId),
    /// The submitted or claimed item.
    Item(ItemId),
}

/// The state of a workspace: its facts and what is derived from them.
#[derive(Clone, Debug, Default)]
pub struct State {
    facts: Facts,
}

impl State {
    /// The state with these facts, as loaded from tables.
    pub fn restore(facts: Facts) -> Self {
        State { facts }
    }

    /// Everything the tables keep. Items closed since the last [`State::forget_closed`] are still
    /// there, in state `Closed`.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The facts as bytes; equal facts give equal bytes. Closed items and holds that have ended
    /// are left out.
    pub fn canonical(&self) -> Vec<u8> {
        todo!()
    }

    /// Decides a command at `now` (never before the last event's time), applies what follows and
    /// returns it. Due deadlines fire first. At most 1,000 matches; see [`State::unfinished`].
    pub fn handle(&mut self, now: Time, command: Command) -> Handled {
        let _ = (now, command);
        todo!()
    }

    /// Applies an event that was decided elsewhere (another node, or the journal).
    pub fn apply(&mut self, at: Time, event: &Event) {
        let _ = (at, event);
        todo!()
    }

    /// The next time at which something may follow without a command.
    pub fn next_deadline(&self) -> Option<Time> {
        todo!()
    }

    /// Whether the limit of matches cut the last command short: send `Clock` at once.
    pub fn unfinished(&self) -> bool {
        todo!()
    }

    /// Drops the items closed since the last call, once their rows are written.
    pub fn forget_closed(&mut self) {
        todo!()
    }

    /// For an open item: every agent and what speaks for or against them now, by step.
    pub fn explain(&self, item: ItemId) -> Option<Vec<Verdict>> {
        let _ = item;
        todo!()
    }
}

/// What speaks against an agent for an item, or that nothing does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub agent: AgentId,
    /// The first step, counted from 1, in which nothing does; `None` when something always does.
    pub step: Option<u8>,
    /// What speaks against the agent in the last open step; `None`: eligible.
    pub cause: Option<Cause>,
    /// Whether the agent serves the item's queue or source at all.
    pub serves: bool,
}
