//! Events: everything that can happen to work. A *given* event came from outside; a *decided*
//! one followed from it. Feeding the given ones to the core again yields the decided ones.

use crate::agent::{AgentSpec, Code, Skills, Status, is_false};
use crate::command::{Command, Seen, Target};
use crate::item::{Promise, Submission};
use crate::queue::QueueSpec;
use crate::reason::Reason;
use crate::rule::RuleSpec;
use crate::source::SourceSpec;
use crate::workspace::Settings;
use crate::{AgentId, Bar, ItemId, QueueId, RuleId, SourceId, Time};
use serde::{Deserialize, Serialize};

/// What a recorded disposition did, as resolved from the queue when it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Closed,
    Retry { until: Time },
    Moved { queue: QueueId },
}

/// Why an item left its agent without the agent's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Returned {
    SignedOut,
    Lapsed,
    Deactivated,
    /// Its contact was put on the do-not-call list while it was held out.
    Barred,
    /// The agent took back the result after which they got it.
    Undone,
}

/// What a supervisor is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The holder is gone; a person placed the item, so the machine left it there.
    PlacedItemHeldByAbsent,
    /// The holder is silent; a person placed the item, so the machine left it there.
    PlacedItemSilent,
    /// The holder is silent, and the item has left silent holders as often as its queue allows.
    SilentTooOften,
    /// It left its holder for their silence, nobody has taken it, and it cannot go back to them.
    NobodyTookIt,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    // Given.
    Configured {
        settings: Settings,
    },
    AgentCreated {
        agent: AgentId,
        spec: AgentSpec,
    },
    AgentUpdated {
        agent: AgentId,
        spec: AgentSpec,
    },
    AgentDeactivated {
        agent: AgentId,
    },
    QueueCreated {
        queue: QueueId,
        spec: QueueSpec,
    },
    QueueUpdated {
        queue: QueueId,
        spec: QueueSpec,
    },
    QueueDeactivated {
        queue: QueueId,
    },
    SourceCreated {
        source: SourceId,
        spec: SourceSpec,
    },
    SourceUpdated {
        source: SourceId,
        spec: SourceSpec,
    },
    SourceDeactivated {
        source: SourceId,
    },
    RuleCreated {
        rule: RuleId,
        spec: RuleSpec,
    },
    RuleUpdated {
        rule: RuleId,
        spec: RuleSpec,
    },
    RuleDeactivated {
        rule: RuleId,
    },
    SignedIn {
        agent: AgentId,
    },
    SignedOut {
        agent: AgentId,
    },
    Lapsed {
        agent: AgentId,
    },
    StatusSet {
        agent: AgentId,
        status: Status,
    },
    Submitted {
        item: ItemId,
        submission: Submission,
    },
    Claimed {
        agent: AgentId,
    },
    Accepted {
        item: ItemId,
        seen: Seen,
        agent: AgentId,
    },
    Declined {
        item: ItemId,
        seen: Seen,
        agent: AgentId,
    },
    Completed {
        item: ItemId,
        seen: Seen,
        agent: AgentId,
        disposition: Code,
        outcome: Outcome,
        #[serde(default, skip_serializing_if = "is_false")]
        contacted: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        won: bool,
        /// Its contact is put on the do-not-call list.
        #[serde(default, skip_serializing_if = "is_false")]
        do_not_call: bool,
        /// Until when the agent may take it back, if the queue lets them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo_until: Option<Time>,
    },
    /// The agent's result came when they held the item no longer, `holder` did if anybody: it is
    /// kept as a note, and the item stays as it is.
    ResultKept {
        item: ItemId,
        agent: AgentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holder: Option<AgentId>,
    },
    /// Nobody is its duplicate any more, and its result stands; the item stays as it is.
    Forgotten {
        item: ItemId,
    },
    Updated {
        item: ItemId,
        seen: Seen,
        agent: AgentId,
        #[serde(default, skip_serializing_if = "is_false")]
        contacted: bool,
        /// A person did who is not the agent that holds it.
        #[serde(default, skip_serializing_if = "is_false")]
        by_other: bool,
    },
    Released {
        item: ItemId,
        seen: Seen,
        agent: AgentId,
    },
    RetryScheduled {
        item: ItemId,
        seen: Seen,
        until: Time,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promise: Option<Promise>,
    },
    /// The agent's last result of it is void: it is in their hands as before, and `next`, which
    /// they got after it, is not.
    Undone {
        item: ItemId,
        agent: AgentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<ItemId>,
    },
    Reassigned {
        item: ItemId,
        seen: Seen,
        to: Target,
    },
    Cancelled {
        item: ItemId,
        seen: Seen,
    },
    /// What was kept back, as a duplicate or by the do-not-call list, is routed after all: open
    /// again, as it came.
    Forced {
        item: ItemId,
        version: u32,
        arrived_at: Time,
        submission: Submission,
    },
    /// What the do-not-call list says of the item's contact from now on; nothing when it is empty.
    BarsSet {
        item: ItemId,
        bars: Vec<Bar>,
    },
    MatchRequested {
        source: Option<SourceId>,
        max: u32,
    },
    ClockTicked,

    // Decided.
    /// The contact is known within its window: linked to the first, and not routed.
    Duplicate {
        item: ItemId,
        of: ItemId,
    },
    /// The contact is never to be called: recorded, and not routed.
    Barred {
        item: ItemId,
    },
    /// The item got its queue; `rule` is the one that decided, if any did.
    Queued {
        item: ItemId,
        queue: QueueId,
        rule: Option<RuleId>,
        priority: u8,
        skills: Skills,
    },
    Offered {
        item: ItemId,
        agent: AgentId,
        until: Time,
        reason: Reason,
    },
    Assigned {
        item: ItemId,
        agent: AgentId,
        reason: Reason,
    },
    /// Nobody answered in time; an available agent is set away with reason `missed_offer`.
    OfferMissed {
        item: ItemId,
        agent: AgentId,
    },
    /// Back to its old place.
    Returned {
        item: ItemId,
        agent: AgentId,
        cause: Returned,
    },
    /// Its holder did nothing with it for as long as its queue allows: back to its old place, or to
    /// another queue when that has happened too often.
    WentSilent {
        item: ItemId,
        agent: AgentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<QueueId>,
    },
    /// Its earliest time or retry has come.
    Due {
        item: ItemId,
    },
    /// Everyone in the queue was at their cap.
    Overflowed {
        item: ItemId,
        from: QueueId,
        to: QueueId,
    },
    SupervisorTold {
        item: ItemId,
        agent: AgentId,
        notice: Notice,
    },
    ShiftChanged {
        agent: AgentId,
        on_shift: bool,
    },
    /// A local day began at `at`: the counts of today start again.
    DayStarted {
        at: Time,
    },
}

impl Event {
    /// The command that this event answered, for a given event.
    pub fn command(&self) -> Option<Command> {
        Some(match self.clone() {
            Event::Configured { settings } => Command::Configure { settings },
            Event::AgentCreated { spec, .. } => Command::CreateAgent { spec },
            Event::AgentUpdated { agent, spec } => Command::UpdateAgent { agent, spec },
            Event::AgentDeactivated { agent } => Command::DeactivateAgent { agent },
            Event::QueueCreated { spec, .. } => Command::CreateQueue { spec },
            Event::QueueUpdated { queue, spec } => Command::UpdateQueue { queue, spec },
            Event::QueueDeactivated { queue } => Command::DeactivateQueue { queue },
            Event::SourceCreated { spec, .. } => Command::CreateSource { spec },
            Event::SourceUpdated { source, spec } => Command::UpdateSource { source, spec },
            Event::SourceDeactivated { source } => Command::DeactivateSource { source },
            Event::RuleCreated { spec, .. } => Command::CreateRule { spec },
            Event::RuleUpdated { rule, spec } => Command::UpdateRule { rule, spec },
            Event::RuleDeactivated { rule } => Command::DeactivateRule { rule },
            Event::SignedIn { agent } => Command::SignIn { agent },
            Event::SignedOut { agent } => Command::SignOut { agent },
            Event::Lapsed { agent } => Command::Lapse { agent },
            Event::StatusSet { agent, status } => Command::SetStatus { agent, status },
            Event::Submitted { submission, .. } => Command::Submit { submission },
            Event::Claimed { agent } => Command::Claim { agent },
            Event::Accepted { item, seen, .. } => Command::Accept { item, seen },
            Event::Declined { item, seen, .. } => Command::Decline { item, seen },
            Event::Completed { item, seen, disposition, .. } => {
                Command::Complete { item, seen, disposition }
            }
            Event::ResultKept { item, agent, .. } => Command::KeepResult { item, agent },
            Event::Forgotten { item } => Command::Forget { item },
            Event::Updated { item, seen, contacted, by_other, .. } => {
                Command::Update { item, seen, contacted, by_other }
            }
            Event::Released { item, seen, .. } => Command::Release { item, seen },
            Event::RetryScheduled { item, seen, until, promise } => {
                Command::Retry { item, seen, until, promise }
            }
            Event::Undone { item, agent, .. } => Command::Undo { item, agent },
            Event::Reassigned { item, seen, to } => Command::Reassign { item, seen, to },
            Event::Cancelled { item, seen } => Command::Cancel { item, seen },
            Event::Forced { item, version, arrived_at, submission } => {
                Command::Force { item, version, arrived_at, submission }
            }
            Event::BarsSet { item, bars } => Command::SetBars { item, bars },
            Event::MatchRequested { source, max } => Command::Match { source, max },
            Event::ClockTicked => Command::Clock,
            _ => return None,
        })
    }

    /// Whether an item comes to an agent by matching.
    pub fn is_match(&self) -> bool {
        matches!(self, Event::Offered { .. } | Event::Assigned { .. })
    }

    /// Whether the event came from outside.
    pub fn is_given(&self) -> bool {
        use Event::*;
        !matches!(
            self,
            Duplicate { .. }
                | Barred { .. }
                | Queued { .. }
                | Offered { .. }
                | Assigned { .. }
                | OfferMissed { .. }
                | Returned { .. }
                | WentSilent { .. }
                | Due { .. }
                | Overflowed { .. }
                | SupervisorTold { .. }
                | ShiftChanged { .. }
                | DayStarted { .. }
        )
    }

    /// The item that the event is about.
    pub fn item(&self) -> Option<ItemId> {
        use Event::*;
        match self {
            Submitted { item, .. }
            | Accepted { item, .. }
            | Declined { item, .. }
            | Completed { item, .. }
            | ResultKept { item, .. }
            | Forgotten { item }
            | Updated { item, .. }
            | Released { item, .. }
            | RetryScheduled { item, .. }
            | Undone { item, .. }
            | Reassigned { item, .. }
            | Cancelled { item, .. }
            | Forced { item, .. }
            | BarsSet { item, .. }
            | Duplicate { item, .. }
            | Barred { item }
            | Queued { item, .. }
            | Offered { item, .. }
            | Assigned { item, .. }
            | OfferMissed { item, .. }
            | Returned { item, .. }
            | WentSilent { item, .. }
            | Due { item }
            | Overflowed { item, .. }
            | SupervisorTold { item, .. } => Some(*item),
            _ => None,
        }
    }

    /// The item that the event changes: not one whose late result is kept or whose person is gone.
    pub fn changed_item(&self) -> Option<ItemId> {
        let beside = matches!(self, Event::ResultKept { .. } | Event::Forgotten { .. });
        self.item().filter(|_| !beside)
    }
}
