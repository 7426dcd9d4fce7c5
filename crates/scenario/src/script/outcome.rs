//! What came of a command, in a supervisor's words.

use super::Stage;
use super::line::Makes;
use super::names::{Names, word};
use super::print::{local, status_words, zone};
use super::print_clauses::{kind_name, skills, strategy_words};
use jiff::tz::TimeZone;
use routing::{
    Agent, Answer, Calling, Cause, Command, Event, Handled, ItemId, ItemState, Key, Mode, Notice,
    Outcome, Promise, Reason, Refusal, Returned, Strategy, TICK, Target, Time, Way,
};

/// Tells outcomes of one workspace.
pub struct Teller<'a> {
    names: &'a Names,
    stage: &'a Stage,
    zone: TimeZone,
}

impl<'a> Teller<'a> {
    pub fn new(stage: &'a Stage) -> Self {
        Teller { names: &stage.names, stage, zone: zone(stage.state.facts()) }
    }

    /// The lines that say what came of a command.
    pub fn tell(&self, command: &Command, makes: Option<&Makes>, handled: &Handled) -> Vec<String> {
        let mut lines: Vec<String> = handled.events.iter().filter_map(|e| self.event(e)).collect();
        match &handled.answer {
            Err(refusal) => lines.push(format!("refused: {}", self.refusal(refusal))),
            Ok(Answer::Item(item)) if matches!(command, Command::Claim { .. }) => {
                let claimed = handled.events.iter().any(|e| matches!(e, Event::Claimed { .. }));
                if !claimed {
                    lines.push(format!("goes on with {}", self.item(*item)));
                }
            }
            Ok(_) => {
                let quiet = handled.events.is_empty() && makes.is_none();
                if quiet && !matches!(command, Command::Clock | Command::Match { .. }) {
                    lines.push("nothing changes".into());
                }
                if handled.events.is_empty() && matches!(command, Command::Match { .. }) {
                    lines.push("nothing to match".into());
                }
            }
        }
        lines
    }

    fn agent(&self, id: routing::AgentId) -> String {
        self.names.agents.name(id.0)
    }

    fn queue(&self, id: routing::QueueId) -> String {
        self.names.queues.name(id.0)
    }

    fn item(&self, id: ItemId) -> String {
        self.names.items.name(id.0)
    }

    /// `09:30` today, `2026-03-02 09:30` otherwise.
    fn time(&self, time: Time) -> String {
        let day = |t: Time| t.timestamp().to_zoned(self.zone.clone()).date();
        let text = local(time, &self.zone);
        match text.split_once(' ') {
            Some((_, clock)) if day(time) == day(self.stage.now) => clock.to_owned(),
            _ => text,
        }
    }

    fn event(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::Queued { item, queue, rule, priority, skills: wanted } => {
                let mut text = format!("{} queued in {}", self.item(*item), self.queue(*queue));
                if let Some(rule) = rule {
                    text += &format!(" by rule {}", self.names.rules.name(rule.0));
                }
                if *priority > 0 {
                    text += &format!(", priority {priority}");
                }
                if !wanted.is_empty() {
                    text += &format!(", needs {}", skills(wanted));
                }
                let state = self.stage.state.facts().items.get(item).map(|i| i.state);
                if let Some(ItemState::Scheduled { until }) = state {
                    text += &format!(", not before {}", self.time(until));
                }
                text
            }
            Event::Duplicate { item, of } => {
                format!("{} is a duplicate of {}", self.item(*item), self.item(*of))
            }
            Event::Barred { item } => {
                format!("{} is not routed: its contact is not to be called", self.item(*item))
            }
            Event::BarsSet { item, bars } => match bars.is_empty() {
                true => format!("{} is barred no longer", self.item(*item)),
                false => format!("{} is barred by the do-not-call list", self.item(*item)),
            },
            Event::Offered { item, agent, until, reason } => format!(
                "{} offered to {} until {}: {}",
                self.item(*item),
                self.agent(*agent),
                self.time(*until),
                self.reason(reason)
            ),
            Event::Assigned { item, agent, reason } => {
                let how = match reason.way {
                    Way::Matched => "assigned to",
                    Way::Claimed => "claimed by",
                    Way::Overflow => "assigned above the cap to",
                    Way::Back => "back above the cap to",
                };
                let (item, agent) = (self.item(*item), self.agent(*agent));
                format!("{item} {how} {agent}: {}", self.reason(reason))
            }
            Event::Accepted { item, agent, .. } => {
                format!("{} accepted by {}", self.item(*item), self.agent(*agent))
            }
            Event::Declined { item, agent, .. } => {
                format!("{} declined by {}", self.item(*item), self.agent(*agent))
            }
            Event::OfferMissed { item, agent } => {
                let agent = self.agent(*agent);
                format!("{} missed by {agent}, who is now away", self.item(*item))
            }
            Event::Returned { item, agent, cause } => {
                let why = match cause {
                    Returned::SignedOut => "signed out",
                    Returned::Lapsed => "lapsed",
                    Returned::Deactivated => "was deactivated",
                    Returned::Barred => "is not to call them",
                    Returned::Undone => "took back the result before it",
                };
                format!("{} returned: {} {why}", self.item(*item), self.agent(*agent))
            }
            Event::WentSilent { item, agent, to } => {
                let (item, agent) = (self.item(*item), self.agent(*agent));
                match to {
                    None => format!("{item} taken back from {agent}, who is silent"),
                    Some(queue) => {
                        let queue = self.queue(*queue);
                        format!("{item} taken from {agent}, who is silent, to {queue}")
                    }
                }
            }
            Event::Due { item } => format!("{} is due", self.item(*item)),
            Event::Overflowed { item, from, to } => format!(
                "{} overflows from {} to {}: everyone is at the cap",
                self.item(*item),
                self.queue(*from),
                self.queue(*to)
            ),
            Event::SupervisorTold { item, agent, notice } => {
                let (item, agent) = (self.item(*item), self.agent(*agent));
                match notice {
                    Notice::PlacedItemHeldByAbsent => format!(
                        "supervisor told: {item} was placed with {agent}, who is gone, and stays \
                         there"
                    ),
                    Notice::PlacedItemSilent => format!(
                        "supervisor told: {item} was placed with {agent}, who is silent, and stays \
                         there"
                    ),
                    Notice::SilentTooOften => {
                        format!("supervisor told: {agent} is silent about {item}, and keeps it")
                    }
                    Notice::NobodyTookIt => {
                        format!("supervisor told: nobody took {item}, which left {agent}")
                    }
                }
            }
            Event::ShiftChanged { agent, on_shift } => {
                let agent = self.agent(*agent);
                if *on_shift {
                    format!("{agent} comes on shift")
                } else {
                    format!("{agent} goes off shift")
                }
            }
            Event::DayStarted { .. } => "a new day begins".into(),
            Event::Completed { item, agent, outcome, .. } => {
                let (item, agent) = (self.item(*item), self.agent(*agent));
                match outcome {
                    Outcome::Closed => format!("{item} closed by {agent}"),
                    Outcome::Retry { until } => {
                        format!("{item} done by {agent} for now, again at {}", self.time(*until))
                    }
                    Outcome::Moved { queue } => {
                        format!("{item} moved by {agent} to {}", self.queue(*queue))
                    }
                }
            }
            Event::Forgotten { item } => {
                format!("{}: whom it was about is forgotten", self.item(*item))
            }
            Event::ResultKept { item, agent, holder } => {
                let (item, agent) = (self.item(*item), self.agent(*agent));
                match holder {
                    Some(holder) => {
                        let holder = self.agent(*holder);
                        format!("{item}: a result of {agent} is kept as a note; {holder} has it")
                    }
                    None => format!("{item}: a result of {agent} is kept as a note"),
                }
            }
            Event::Forced { item, .. } => format!("{} forced through", self.item(*item)),
            Event::Released { item, agent, .. } => {
                format!("{} released by {}", self.item(*item), self.agent(*agent))
            }
            Event::Undone { item, agent, .. } => {
                format!("{}: {} takes the result back", self.item(*item), self.agent(*agent))
            }
            Event::RetryScheduled { item, until, promise, .. } => {
                let whose = match promise {
                    Some(Promise::Anybody) => ", first of all".to_owned(),
                    Some(Promise::Agent(agent)) => format!(", by {} first", self.agent(*agent)),
                    None => String::new(),
                };
                format!("{} again at {}{whose}", self.item(*item), self.time(*until))
            }
            Event::Reassigned { item, to, .. } => match to {
                Target::Agent(agent) => {
                    format!("{} placed with {}", self.item(*item), self.agent(*agent))
                }
                Target::Queue(queue) => {
                    format!("{} placed in {}", self.item(*item), self.queue(*queue))
                }
            },
            Event::Cancelled { item, .. } => format!("{} cancelled", self.item(*item)),
            // What the command said is not said again.
            _ => return None,
        })
    }

    fn reason(&self, reason: &Reason) -> String {
        let mut text = match reason.way {
            Way::Overflow => {
                format!("step {}, fewest today ({} today)", reason.step, reason.key.0)
            }
            Way::Back => {
                format!("step {}, nobody took it ({} today)", reason.step, reason.key.0)
            }
            Way::Matched | Way::Claimed => format!(
                "step {}, {} ({})",
                reason.step,
                strategy_words(reason.strategy),
                self.key(reason.strategy, reason.key)
            ),
        };
        if !reason.runners_up.is_empty() {
            let each: Vec<String> = reason
                .runners_up
                .iter()
                .map(|r| format!("{} ({})", self.agent(r.agent), self.key(reason.strategy, r.key)))
                .collect();
            text += &format!(", before {}", each.join(", "));
        }
        if !reason.passed_over.is_empty() {
            let each: Vec<String> =
                reason.passed_over.iter().map(|(cause, n)| format!("{cause} {n}")).collect();
            text += &format!("; passed over: {}", each.join(", "));
        }
        text
    }

    /// What a strategy compared, in its own terms.
    fn key(&self, strategy: Strategy, key: Key) -> String {
        match strategy {
            // In items at weight 1, to the hundredth.
            Strategy::FairShare => {
                let hundredths = key.0 / (TICK / 100);
                let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
                format!("clock {}", text.trim_end_matches('0').trim_end_matches('.'))
            }
            Strategy::RoundRobin if key.0 == 0 => "no turn yet".into(),
            Strategy::RoundRobin => format!("turn {}", key.0),
            Strategy::FewestAssigned => format!("{} in total", key.0),
            Strategy::FewestToday => format!("{} today", key.0),
            Strategy::LongestIdle if key.0 > i64::MAX as u64 => "busy".into(),
            Strategy::LongestIdle => format!("since {}", self.time(Time(key.0 as i64))),
            Strategy::LeastBusy => format!("{}.{:02} %", key.0 / 10_000, key.0 / 100 % 100),
            Strategy::BestSkill => format!("levels {}", u64::from(u32::MAX) - key.0),
        }
    }

    fn refusal(&self, refusal: &Refusal) -> String {
        let text = match refusal {
            Refusal::UnknownAgent(agent) => format!("there is no agent {}", self.agent(*agent)),
            Refusal::UnknownQueue(queue) => format!("there is no queue {}", self.queue(*queue)),
            Refusal::UnknownSource(s) => {
                format!("there is no source {}", self.names.sources.name(s.0))
            }
            Refusal::UnknownRule(r) => format!("there is no rule {}", self.names.rules.name(r.0)),
            Refusal::UnknownItem(item) => format!("{} is not open", self.item(*item)),
            Refusal::Invalid { field, problem } => format!("{field}: {problem}"),
            Refusal::AgentInactive(agent) => format!("{} is inactive", self.agent(*agent)),
            Refusal::SourceInactive(s) => {
                format!("{} is inactive", self.names.sources.name(s.0))
            }
            Refusal::QueueInactive(queue) => format!("{} is inactive", self.queue(*queue)),
            Refusal::QueueInUse { queue, by } => {
                format!("{} is still used by {by}", self.queue(*queue))
            }
            Refusal::WrongKind { queue } => {
                format!("{} takes another kind of item", self.queue(*queue))
            }
            Refusal::NotSignedIn(agent) => format!("{} is not signed in", self.agent(*agent)),
            Refusal::Stale { item, seen, current } => {
                format!("{} is at version {current}, not {seen}", self.item(*item))
            }
            Refusal::NotHolder { item, agent } => {
                format!("{} is not held by {}", self.item(*item), self.agent(*agent))
            }
            Refusal::StillHeld { item, agent } => {
                format!("{} is still with {}", self.item(*item), self.agent(*agent))
            }
            Refusal::NotDuplicate(item) => {
                format!("{} is no duplicate that is kept back", self.item(*item))
            }
            Refusal::NotOffered(item) => format!("{} is not on offer", self.item(*item)),
            Refusal::NotAssigned(item) => {
                format!("{} is not assigned to anybody", self.item(*item))
            }
            Refusal::UnknownDisposition { queue, disposition, known } => format!(
                "“{disposition}” is not a result of {}; use one of: {known}",
                self.queue(*queue)
            ),
            Refusal::NothingWaiting(agent) => {
                format!("nothing is waiting that {} may claim", self.agent(*agent))
            }
            Refusal::NotEligible { agent, cause } => {
                format!("{} cannot get more work now: {cause}", self.agent(*agent))
            }
            Refusal::NothingToUndo { agent, item } => {
                format!("{} has no result of {} to take back", self.agent(*agent), self.item(*item))
            }
            Refusal::UndoTooLate(item) => {
                format!("the result of {} is too old to be taken back", self.item(*item))
            }
            Refusal::GoneOn(item) => format!("{} has gone on since", self.item(*item)),
            Refusal::NextInHand(item) => format!("{} has been worked on", self.item(*item)),
            Refusal::CallingClosed { agent, opens } => format!(
                "what waits for {} may not be called before {}",
                self.agent(*agent),
                self.time(*opens)
            ),
        };
        format!("{text} ({})", refusal.name())
    }

    /// How an item stands with calling hours, by the workspace's clock.
    fn calling(&self, calling: &Calling) -> String {
        let zones = calling.zones.join(" and ");
        if calling.barred {
            return match calling.until {
                None => "not to be called: on the do-not-call list".into(),
                Some(until) => format!("on the do-not-call list until {}", self.time(until)),
            };
        }
        match (calling.open, calling.until) {
            (true, None) => format!("calling hours in {zones} are open"),
            (true, Some(until)) => {
                format!("calling hours in {zones} are open until {}", self.time(until))
            }
            (false, Some(until)) => {
                format!("calling hours in {zones} open at {}", self.time(until))
            }
            (false, None) => format!("calling hours in {zones} have no common time"),
        }
    }

    fn standing(&self, agent: &Agent) -> String {
        let mut held: Vec<String> = Vec::new();
        for id in self.stage.state.held(agent.id) {
            let state = self.stage.state.facts().items.get(&id).map(|item| item.state);
            let how = match state {
                Some(ItemState::Offered { .. }) => " (offered)",
                Some(ItemState::Assigned { placed: true, .. }) => " (placed)",
                _ => "",
            };
            held.push(format!("{}{how}", self.item(id)));
        }
        let holds = if held.is_empty() { "nothing".into() } else { held.join(", ") };
        let status = match (agent.active, agent.present) {
            (false, _) => "inactive".into(),
            (true, true) => status_words(&agent.status),
            (true, false) => "signed out".into(),
        };
        let shift = if agent.on_shift { "" } else { ", off shift" };
        let (today, total) = (agent.today, agent.total);
        let name = self.agent(agent.id);
        format!("{name}: {status}{shift}; holds {holds}; {today} today, {total} in total")
    }
}

/// How every agent and queue stands.
pub(super) fn show(stage: &Stage) -> Vec<String> {
    let teller = Teller::new(stage);
    let facts = stage.state.facts();
    let mut lines: Vec<String> = facts.agents.values().map(|a| teller.standing(a)).collect();
    for queue in facts.queues.values() {
        let waiting: Vec<&routing::Item> = facts
            .items
            .values()
            .filter(|i| i.queue == queue.id && i.state == ItemState::Waiting)
            .collect();
        let mode = match queue.spec.mode {
            Mode::Push => "push",
            Mode::Offer { .. } => "offer",
            Mode::Pull => "pull",
        };
        let mut order = waiting;
        order.sort_by_key(|item| (item.place, item.id));
        let order: Vec<String> = order.iter().map(|item| teller.item(item.id)).collect();
        let order = if order.is_empty() { "nothing".into() } else { order.join(", ") };
        let kind = kind_name(queue.spec.kind);
        let name = teller.queue(queue.id);
        lines.push(format!("{name} ({kind}s, {mode}): {order} waiting"));
    }
    lines
}

/// Who could have the item, and what speaks against the others.
pub(super) fn why(stage: &Stage, item: ItemId) -> Vec<String> {
    let teller = Teller::new(stage);
    let Some(verdicts) = stage.state.explain(item) else {
        return vec![format!("{} is not open", teller.item(item))];
    };
    let line = |v: &routing::Verdict| {
        let what = match (&v.step, &v.cause) {
            (Some(step), _) => format!("eligible in step {step}"),
            (None, Some(Cause::LacksSkill(skill))) => {
                format!("lacks skill {}", word(skill.as_str()))
            }
            (None, Some(cause)) => cause.to_string(),
            (None, None) if v.serves => "no step is open yet".into(),
            (None, None) => "does not serve it".into(),
        };
        format!("{}: {what}", teller.agent(v.agent))
    };
    let calling = stage.state.calling(stage.now, item).map(|calling| teller.calling(&calling));
    calling.into_iter().chain(verdicts.iter().map(line)).collect()
}
