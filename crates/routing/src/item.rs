//! Work items that are open: waiting, held out, or in somebody's hands.

use crate::agent::{Code, Skills};
use crate::source::Source;
use crate::{AgentId, Attributes, Callable, ItemId, Kind, QueueId, RuleId, SourceId, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A keyed hash that stands for a contact; who it is cannot be read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactKey(pub u128);

impl Serialize for ContactKey {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&format_args!("{:032x}", self.0))
    }
}

impl<'de> Deserialize<'de> for ContactKey {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(input)?;
        u128::from_str_radix(&text, 16).map(ContactKey).map_err(serde::de::Error::custom)
    }
}

/// What a source hands in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    pub source: SourceId,
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Code>,
    #[serde(default, skip_serializing_if = "Skills::is_empty")]
    pub skills: Skills,
    /// 0–100; a rule may set another.
    #[serde(default)]
    pub priority: u8,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<Time>,
    /// What a duplicate is recognised by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactKey>,
    /// When its contact may be called.
    #[serde(default, skip_serializing_if = "Callable::is_default")]
    pub callable: Callable,
}

impl Submission {
    /// The contact whose key it may hold. Who is never to be called holds none: once off the list
    /// they come as anybody does.
    pub(crate) fn holder(&self) -> Option<ContactKey> {
        self.contact.filter(|_| !self.callable.is_barred_for_good())
    }
}

/// Where an open item is; it is in exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ItemState {
    /// Submitted and not yet routed; only between two events of one command.
    Arrived {
        earliest: Option<Time>,
    },
    /// Not before `until`: an earliest time or a retry.
    Scheduled {
        until: Time,
    },
    Waiting,
    /// Held out to `agent`, who answers before `until`.
    Offered {
        agent: AgentId,
        since: Time,
        until: Time,
    },
    /// Held by `agent`; `placed` when a person put it there.
    Assigned {
        agent: AgentId,
        since: Time,
        placed: bool,
    },
    /// Done: nothing moves it any more. Leaves the state with the batch that closed it.
    Closed {
        at: Time,
    },
}

impl ItemState {
    /// The agent who holds the item or to whom it is held out.
    pub fn agent(&self) -> Option<AgentId> {
        match *self {
            ItemState::Offered { agent, .. } | ItemState::Assigned { agent, .. } => Some(agent),
            _ => None,
        }
    }
}

/// A call that somebody has promised the contact: when it is due, the item goes before all that
/// nobody promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    pub at: Time,
    /// Who promised to call themselves; anybody may when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

/// Whose call back an item becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    Anybody,
    Agent(AgentId),
}

/// By how much what was promised goes before what was not, in milliseconds: a thousand years, more
/// than any priority is worth.
const PROMISED_MS: i64 = 1_000 * 366 * 86_400_000;

/// An open item as the core knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub id: ItemId,
    /// Counts every change; a command that saw an older version is refused.
    pub version: u32,
    pub kind: Kind,
    pub source: SourceId,
    pub queue: QueueId,
    pub state: ItemState,
    pub attributes: Attributes,
    pub region: Option<Code>,
    pub language: Option<Code>,
    pub skills: Skills,
    pub callable: Callable,
    pub priority: u8,
    pub rule: Option<RuleId>,
    pub arrived_at: Time,
    /// Since when it has been in its queue: what the steps' `after_secs` count from.
    pub queued_at: Time,
    /// Its place: `arrived_at − priority × ageing_secs`. The least goes first, then the least id.
    pub place: Time,
    /// Who does not get it again before when.
    pub excluded: Vec<(AgentId, Time)>,
    /// Queues it has left by overflow.
    pub visited: Vec<QueueId>,
    /// The start of the local day to which its holder's count of it belongs; 0 while nobody holds
    /// it.
    pub taken_day: Time,
    /// How often it was scheduled to be tried again.
    pub attempts: u32,
    /// When its holder last did something with it; 0 when nobody has since it was handed out.
    pub updated_at: Time,
    /// When the do-not-call list last said something else of what its holder has, from where on
    /// their silence counts again; 0 when it has not.
    #[serde(default)]
    pub relisted_at: Time,
    /// How often it has left a silent holder since it came into its queue.
    pub moves: u32,
    /// Whom it left for their silence, while nobody has had it since.
    #[serde(default)]
    pub left: Option<AgentId>,
    /// A supervisor has been told that its holder is silent, or that nobody took it from them.
    pub told: bool,
    /// A call back that was promised; until somebody records what came of it.
    pub callback: Option<Callback>,
}

impl Item {
    /// As it comes in, before it is routed.
    pub(crate) fn arrived(
        id: ItemId,
        version: u32,
        at: Time,
        source: &Source,
        submission: &Submission,
    ) -> Self {
        Item {
            id,
            version,
            kind: source.spec.kind,
            source: source.id,
            queue: source.spec.queue,
            state: ItemState::Arrived { earliest: submission.earliest },
            attributes: submission.attributes.clone(),
            region: submission.region.clone(),
            language: submission.language.clone(),
            skills: submission.skills.clone(),
            callable: submission.callable.clone(),
            priority: submission.priority,
            rule: None,
            arrived_at: at,
            queued_at: at,
            place: at,
            excluded: Vec::new(),
            visited: Vec::new(),
            taken_day: Time(0),
            attempts: 0,
            updated_at: Time(0),
            relisted_at: Time(0),
            moves: 0,
            left: None,
            told: false,
            callback: None,
        }
    }

    /// Its turn in the line: the place, or for a promised call one before all places.
    pub(crate) fn turn(&self) -> Time {
        self.callback.map_or(self.place, |callback| Time(callback.at.0 - PROMISED_MS))
    }

    /// Until when whom it left for their silence does not get it again.
    pub(crate) fn left_until(&self) -> Option<Time> {
        let left = self.left?;
        let until = self.excluded.iter().find(|(agent, _)| *agent == left);
        Some(until.map_or(Time(0), |(_, until)| *until))
    }

    /// Who gets it back, even above their cap, when nobody else is found.
    pub(crate) fn back_to(&self, now: Time) -> Option<AgentId> {
        self.left.filter(|_| self.left_until().is_some_and(|until| until <= now))
    }
}

/// Since when what has this turn has been waiting: its place, or when it was promised for.
pub(crate) fn place_of(turn: Time) -> Time {
    if turn < FIRST_PLACE { Time(turn.0 + PROMISED_MS) } else { turn }
}

/// Turns below are of promised calls.
pub(crate) const FIRST_PLACE: Time = Time(-PROMISED_MS / 2);

/// A contact's key that is held from the first arrival until its window ends; dropped then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub item: ItemId,
    pub until: Time,
}
