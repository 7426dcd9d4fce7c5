//! Refusals: why a command was not carried out, and what to do next.

use crate::reason::Cause;
use crate::{AgentId, ItemId, QueueId, RuleId, SourceId, Time};
use thiserror::Error;

/// A named refusal; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("there is no agent {0}")]
    UnknownAgent(AgentId),
    #[error("there is no queue {0}")]
    UnknownQueue(QueueId),
    #[error("there is no source {0}")]
    UnknownSource(SourceId),
    #[error("there is no rule {0}")]
    UnknownRule(RuleId),
    #[error(
        "item {0} is not open: it was never there, is closed, is a duplicate or on the do-not-call \
         list, where only forcing hands it out"
    )]
    UnknownItem(ItemId),
    #[error("{field}: {problem}")]
    Invalid { field: &'static str, problem: String },
    #[error("agent {0} is inactive; activate the agent first")]
    AgentInactive(AgentId),
    #[error("source {0} is inactive; activate it, or send to another source")]
    SourceInactive(SourceId),
    #[error("queue {0} is inactive; activate it, or choose another queue")]
    QueueInactive(QueueId),
    #[error("queue {queue} is still used by {by}; change that first")]
    QueueInUse { queue: QueueId, by: String },
    #[error("queue {queue} takes another kind of item")]
    WrongKind { queue: QueueId },
    #[error("agent {0} is not signed in; sign in first")]
    NotSignedIn(AgentId),
    #[error("item {item} is at version {current}, not {seen}; load it again and decide anew")]
    Stale { item: ItemId, seen: u32, current: u32 },
    #[error("item {item} is not held by agent {agent}")]
    NotHolder { item: ItemId, agent: AgentId },
    #[error("item {item} is with agent {agent}; load it again and decide anew")]
    StillHeld { item: ItemId, agent: AgentId },
    #[error("item {0} is not kept back, as a duplicate or by the do-not-call list; load it again")]
    NotDuplicate(ItemId),
    #[error("item {0} is not on offer")]
    NotOffered(ItemId),
    #[error("item {0} is not assigned to anybody")]
    NotAssigned(ItemId),
    #[error("“{disposition}” is not a result of queue {queue}; use one of: {known}")]
    UnknownDisposition { queue: QueueId, disposition: String, known: String },
    #[error("nothing is waiting that agent {0} may claim")]
    NothingWaiting(AgentId),
    #[error("agent {agent} cannot get more work now: {cause}")]
    NotEligible { agent: AgentId, cause: Cause },
    #[error(
        "agent {agent} has no result of item {item} to take back: only the last one can be, where the queue allows it"
    )]
    NothingToUndo { agent: AgentId, item: ItemId },
    #[error("the result of item {0} is too old to be taken back; ask a supervisor to re-assign it")]
    UndoTooLate(ItemId),
    #[error("item {0} has gone on since its result was recorded; ask a supervisor to re-assign it")]
    GoneOn(ItemId),
    #[error("item {0} came after that result and has been worked on; finish or release it first")]
    NextInHand(ItemId),
    #[error("calling hours: what waits for agent {agent} may not be called before {}", .opens.timestamp())]
    CallingClosed { agent: AgentId, opens: Time },
}

impl Refusal {
    /// A stable name for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Refusal::UnknownAgent(_) => "unknown_agent",
            Refusal::UnknownQueue(_) => "unknown_queue",
            Refusal::UnknownSource(_) => "unknown_source",
            Refusal::UnknownRule(_) => "unknown_rule",
            Refusal::UnknownItem(_) => "unknown_item",
            Refusal::Invalid { .. } => "invalid",
            Refusal::AgentInactive(_) => "agent_inactive",
            Refusal::SourceInactive(_) => "source_inactive",
            Refusal::QueueInactive(_) => "queue_inactive",
            Refusal::QueueInUse { .. } => "queue_in_use",
            Refusal::WrongKind { .. } => "wrong_kind",
            Refusal::NotSignedIn(_) => "not_signed_in",
            Refusal::Stale { .. } => "stale_version",
            Refusal::NotHolder { .. } => "not_holder",
            Refusal::StillHeld { .. } => "still_held",
            Refusal::NotDuplicate(_) => "not_duplicate",
            Refusal::NotOffered(_) => "not_offered",
            Refusal::NotAssigned(_) => "not_assigned",
            Refusal::UnknownDisposition { .. } => "unknown_disposition",
            Refusal::NothingWaiting(_) => "nothing_waiting",
            Refusal::NotEligible { .. } => "not_eligible",
            Refusal::NothingToUndo { .. } => "nothing_to_undo",
            Refusal::UndoTooLate(_) => "undo_too_late",
            Refusal::GoneOn(_) => "gone_on",
            Refusal::NextInHand(_) => "next_in_hand",
            Refusal::CallingClosed { .. } => "calling_closed",
        }
    }
}
