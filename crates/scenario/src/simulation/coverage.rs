//! How often each command, event and refusal came up: what never did was not tested.

use routing::{Command, Event, Handled, Notice, Outcome, Reason, Returned, Way};
use std::collections::BTreeMap;
use std::fmt;

/// Counts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub commands: BTreeMap<&'static str, u64>,
    pub events: BTreeMap<&'static str, u64>,
    pub refusals: BTreeMap<&'static str, u64>,
}

impl Coverage {
    pub(super) fn count(&mut self, command: &Command, handled: &Handled) {
        *self.commands.entry(command_name(command)).or_default() += 1;
        for event in &handled.events {
            *self.events.entry(event_name(event)).or_default() += 1;
        }
        if let Err(refusal) = &handled.answer {
            *self.refusals.entry(refusal.name()).or_default() += 1;
        }
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Coverage) {
        let pairs = [
            (&mut self.commands, &other.commands),
            (&mut self.events, &other.events),
            (&mut self.refusals, &other.refusals),
        ];
        for (ours, theirs) in pairs {
            for (name, n) in theirs {
                *ours.entry(name).or_default() += n;
            }
        }
    }

    /// What can come up and never did.
    pub fn missing(&self) -> Vec<&'static str> {
        let of = |known: &[&'static str], counts: &BTreeMap<&'static str, u64>| {
            known.iter().copied().filter(|name| !counts.contains_key(name)).collect::<Vec<_>>()
        };
        let mut missing = of(COMMANDS, &self.commands);
        missing.extend(of(EVENTS, &self.events));
        missing.extend(of(REFUSALS, &self.refusals));
        missing
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts =
            [("command", &self.commands), ("event", &self.events), ("refusal", &self.refusals)];
        for (what, counts) in parts {
            writeln!(f, "{what:<26}{:>14}", "times")?;
            for (name, n) in counts {
                writeln!(f, "  {name:<24}{n:>14}")?;
            }
        }
        Ok(())
    }
}

macro_rules! names {
    ($list:ident, $function:ident, $type:ident, { $($pattern:pat => $name:literal),+ $(,)? }) => {
        const $list: &[&str] = &[$($name),+];
        fn $function(of: &$type) -> &'static str {
            match of {
                $($pattern => $name),+
            }
        }
    };
}

names!(COMMANDS, command_name, Command, {
    Command::Configure { .. } => "configure",
    Command::CreateAgent { .. } => "create_agent",
    Command::UpdateAgent { .. } => "update_agent",
    Command::DeactivateAgent { .. } => "deactivate_agent",
    Command::CreateQueue { .. } => "create_queue",
    Command::UpdateQueue { .. } => "update_queue",
    Command::DeactivateQueue { .. } => "deactivate_queue",
    Command::CreateSource { .. } => "create_source",
    Command::UpdateSource { .. } => "update_source",
    Command::DeactivateSource { .. } => "deactivate_source",
    Command::CreateRule { .. } => "create_rule",
    Command::UpdateRule { .. } => "update_rule",
    Command::DeactivateRule { .. } => "deactivate_rule",
    Command::SignIn { .. } => "sign_in",
    Command::SignOut { .. } => "sign_out",
    Command::Lapse { .. } => "lapse",
    Command::SetStatus { .. } => "set_status",
    Command::Submit { .. } => "submit",
    Command::Claim { .. } => "claim",
    Command::Accept { .. } => "accept",
    Command::Decline { .. } => "decline",
    Command::Complete { .. } => "complete",
    Command::KeepResult { .. } => "keep_result",
    Command::Force { .. } => "force",
    Command::Forget { .. } => "forget",
    Command::SetBars { .. } => "set_bars",
    Command::Update { .. } => "update",
    Command::Release { .. } => "release",
    Command::Retry { promise: None, .. } => "retry",
    Command::Retry { promise: Some(_), .. } => "call_back",
    Command::Undo { .. } => "undo",
    Command::Reassign { .. } => "reassign",
    Command::Cancel { .. } => "cancel",
    Command::Match { .. } => "match",
    Command::Clock => "clock",
});

names!(EVENTS, event_name, Event, {
    Event::Configured { .. } => "configured",
    Event::AgentCreated { .. } => "agent_created",
    Event::AgentUpdated { .. } => "agent_updated",
    Event::AgentDeactivated { .. } => "agent_deactivated",
    Event::QueueCreated { .. } => "queue_created",
    Event::QueueUpdated { .. } => "queue_updated",
    Event::QueueDeactivated { .. } => "queue_deactivated",
    Event::SourceCreated { .. } => "source_created",
    Event::SourceUpdated { .. } => "source_updated",
    Event::SourceDeactivated { .. } => "source_deactivated",
    Event::RuleCreated { .. } => "rule_created",
    Event::RuleUpdated { .. } => "rule_updated",
    Event::RuleDeactivated { .. } => "rule_deactivated",
    Event::SignedIn { .. } => "signed_in",
    Event::SignedOut { .. } => "signed_out",
    Event::Lapsed { .. } => "lapsed",
    Event::StatusSet { .. } => "status_set",
    Event::Submitted { .. } => "submitted",
    Event::Claimed { .. } => "claimed",
    Event::Accepted { .. } => "accepted",
    Event::Declined { .. } => "declined",
    Event::Completed { outcome: Outcome::Closed, .. } => "completed_closed",
    Event::Completed { outcome: Outcome::Retry { .. }, .. } => "completed_retry",
    Event::Completed { outcome: Outcome::Moved { .. }, .. } => "completed_moved",
    Event::ResultKept { .. } => "result_kept",
    Event::Forced { .. } => "forced",
    Event::Forgotten { .. } => "forgotten",
    Event::BarsSet { .. } => "bars_set",
    Event::Updated { by_other: false, .. } => "updated",
    Event::Updated { by_other: true, .. } => "updated_by_other",
    Event::Released { .. } => "released",
    Event::RetryScheduled { promise: None, .. } => "retry_scheduled",
    Event::RetryScheduled { promise: Some(_), .. } => "call_back_promised",
    Event::Undone { next: None, .. } => "undone",
    Event::Undone { next: Some(_), .. } => "undone_next_back",
    Event::Reassigned { .. } => "reassigned",
    Event::Cancelled { .. } => "cancelled",
    Event::MatchRequested { .. } => "match_requested",
    Event::ClockTicked => "clock_ticked",
    Event::Duplicate { .. } => "duplicate",
    Event::Barred { .. } => "barred",
    Event::Queued { .. } => "queued",
    Event::Offered { .. } => "offered",
    Event::Assigned { reason: Reason { way: Way::Matched, .. }, .. } => "assigned_matched",
    Event::Assigned { reason: Reason { way: Way::Claimed, .. }, .. } => "assigned_claimed",
    Event::Assigned { reason: Reason { way: Way::Overflow, .. }, .. } => "assigned_overflow",
    Event::Assigned { reason: Reason { way: Way::Back, .. }, .. } => "assigned_back",
    Event::OfferMissed { .. } => "offer_missed",
    Event::Returned { cause: Returned::Barred, .. } => "returned_barred",
    Event::Returned { cause: Returned::Undone, .. } => "returned_undone",
    Event::Returned { .. } => "returned",
    Event::Due { .. } => "due",
    Event::Overflowed { .. } => "overflowed",
    Event::WentSilent { to: None, .. } => "went_silent",
    Event::WentSilent { to: Some(_), .. } => "went_silent_too_often",
    Event::SupervisorTold { notice: Notice::PlacedItemHeldByAbsent, .. } => "told_of_absent",
    Event::SupervisorTold { notice: Notice::PlacedItemSilent, .. } => "told_of_placed_silent",
    Event::SupervisorTold { notice: Notice::SilentTooOften, .. } => "told_of_silent",
    Event::SupervisorTold { notice: Notice::NobodyTookIt, .. } => "told_nobody_took_it",
    Event::ShiftChanged { .. } => "shift_changed",
    Event::DayStarted { .. } => "day_started",
});

const REFUSALS: &[&str] = &[
    "unknown_agent",
    "unknown_queue",
    "unknown_source",
    "unknown_rule",
    "unknown_item",
    "invalid",
    "agent_inactive",
    "source_inactive",
    "queue_inactive",
    "queue_in_use",
    "wrong_kind",
    "not_signed_in",
    "stale_version",
    "not_holder",
    "still_held",
    "not_duplicate",
    "not_offered",
    "not_assigned",
    "unknown_disposition",
    "nothing_waiting",
    "not_eligible",
    "nothing_to_undo",
    "undo_too_late",
    "gone_on",
    "next_in_hand",
    "calling_closed",
];
