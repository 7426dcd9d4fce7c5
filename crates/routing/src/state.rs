//! The state of one workspace: what all its events add up to.

use crate::agent::Agent;
use crate::index::Index;
use crate::item::{ContactKey, FIRST_PLACE, Hold, Item, place_of};
use crate::line::Group;
use crate::queue::Queue;
use crate::rule::Rule;
use crate::source::Source;
use crate::workspace::Settings;
use crate::{AgentId, Event, ItemId, QueueId, Refusal, RuleId, SourceId, Time};
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
    pub(crate) facts: Facts,
    pub(crate) index: Index,
    /// Items closed since the last [`State::forget_closed`].
    pub(crate) closed: Vec<ItemId>,
}

impl State {
    /// The state with these facts, as loaded from tables. Every item is looked at again by the
    /// next command, which finds nothing new.
    pub fn restore(facts: Facts) -> Self {
        let mut state = State { facts, index: Index::default(), closed: Vec::new() };
        state.build_index();
        state
    }

    /// Everything the tables keep. Items closed since the last [`State::forget_closed`] are still
    /// there, in state `Closed`.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The facts as bytes; equal facts give equal bytes. Closed items are left out.
    pub fn canonical(&self) -> Vec<u8> {
        let mut open = self.facts.clone();
        self.closed.iter().for_each(|item| drop(open.items.remove(item)));
        // Facts are maps with text keys, lists, texts and numbers: they always have a JSON form.
        serde_json::to_vec(&open).unwrap_or_default()
    }

    /// Drops the items closed since the last call, once their rows are written.
    pub fn forget_closed(&mut self) {
        for item in self.closed.drain(..) {
            self.facts.items.remove(&item);
        }
    }

    /// What the agent holds, offers included.
    pub fn held(&self, agent: AgentId) -> impl Iterator<Item = ItemId> {
        self.index.held(agent)
    }

    /// How many items wait in a queue.
    pub fn waiting(&self, queue: QueueId) -> usize {
        self.index.lines.get(&queue).map_or(0, |line| line.waiting)
    }

    /// Since when the item that has waited longest in a queue has been there. Costs no more than
    /// the number of distinct requirements that wait.
    pub fn oldest_place(&self, queue: QueueId) -> Option<Time> {
        let line = self.index.lines.get(&queue)?;
        // What was promised goes first, and yet may not have waited longest.
        let first = |g: &Group| g.items.first().map(|(turn, _)| place_of(*turn));
        let unpromised =
            |g: &Group| g.items.range((FIRST_PLACE, ItemId(0))..).next().map(|at| at.0);
        line.groups().flat_map(|g| [first(g), unpromised(g)]).flatten().min()
    }
}
