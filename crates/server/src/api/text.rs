//! Reasons and events in plain English, one line each.

use routing::{
    AgentId, Answer, Cause, Event, Key, Notice, Outcome, Queue, QueueId, Reason, RuleId, RunnerUp,
    SourceId, State, Status, Step, Strategy, TICK, Target, Time, Verdict, Way,
};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What a line needs to know beside the event: names, and how queues are set up.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    pub agents: BTreeMap<AgentId, String>,
    pub queues: BTreeMap<QueueId, Queue>,
    pub sources: BTreeMap<SourceId, String>,
    pub rules: BTreeMap<RuleId, String>,
    pub zone: Option<jiff::tz::TimeZone>,
}

impl Lexicon {
    /// What the state knows, with the agents' names from elsewhere.
    pub fn new(state: &State, agents: BTreeMap<AgentId, String>) -> Self {
        let facts = state.facts();
        Lexicon {
            agents,
            queues: facts.queues.clone(),
            sources: facts.sources.iter().map(|(id, s)| (*id, s.spec.name.clone())).collect(),
            rules: facts.rules.iter().map(|(id, r)| (*id, r.spec.name.clone())).collect(),
            zone: jiff::tz::TimeZone::get(&facts.settings.time_zone).ok(),
        }
    }

    /// The agent's name, or what to call them without one.
    pub fn agent(&self, id: AgentId) -> String {
        self.agents.get(&id).cloned().unwrap_or_else(|| format!("agent {id}"))
    }

    /// The queue's name.
    pub fn queue(&self, id: QueueId) -> String {
        self.queues.get(&id).map_or_else(|| format!("queue {id}"), |q| q.spec.name.clone())
    }

    fn source(&self, id: SourceId) -> String {
        self.sources.get(&id).cloned().unwrap_or_else(|| format!("source {id}"))
    }

    fn rule(&self, id: RuleId) -> String {
        self.rules.get(&id).cloned().unwrap_or_else(|| format!("rule {id}"))
    }

    /// A time as the workspace's clocks show it.
    pub fn clock(&self, at: Time) -> String {
        let zone = self.zone.clone().unwrap_or(jiff::tz::TimeZone::UTC);
        at.timestamp().to_zoned(zone).strftime("%d %b %H:%M").to_string()
    }

    /// Why an agent got an item: "Step 1, same region: Asha had fewest (3); next would have been
    /// Ben (4). Passed over: 2 away, 1 at daily cap."
    pub fn reason(&self, reason: &Reason, winner: AgentId, queue: Option<QueueId>) -> String {
        let name = self.agent(winner);
        let mut text = String::new();
        match reason.way {
            Way::Claimed => {
                let _ = write!(text, "{name} took the next one that waited.");
            }
            Way::Matched | Way::Overflow => {
                if reason.way == Way::Overflow {
                    text.push_str(
                        "Everyone was at their daily cap, so the overflow rule decided. ",
                    );
                }
                let step = queue
                    .and_then(|q| self.queues.get(&q))
                    .and_then(|q| q.spec.steps.get(usize::from(reason.step).saturating_sub(1)));
                let step = step.map(widening).unwrap_or_default();
                let _ = write!(text, "Step {}{step}: {name} ", reason.step);
                text.push_str(&self.compared(reason.strategy, reason.key));
                match reason.runners_up.as_slice() {
                    [] => text.push_str("; nobody else was free and eligible."),
                    [RunnerUp { agent, key }, ..] => {
                        let figure = self.figure(reason.strategy, *key);
                        let figure = figure.map(|f| format!(" ({f})")).unwrap_or_default();
                        let _ =
                            write!(text, "; next would have been {}{figure}.", self.agent(*agent));
                    }
                }
            }
        }
        if !reason.passed_over.is_empty() {
            let causes: Vec<String> =
                reason.passed_over.iter().map(|(cause, n)| format!("{n} {cause}")).collect();
            let _ = write!(text, " Passed over: {}.", causes.join(", "));
        }
        text
    }

    fn compared(&self, strategy: Strategy, key: Key) -> String {
        let words = match strategy {
            Strategy::FairShare => "was next in fair share",
            Strategy::RoundRobin if key.0 == 0 => return "had not had one yet".to_owned(),
            Strategy::RoundRobin => "had waited longest since the last one",
            Strategy::FewestAssigned => "had fewest",
            Strategy::FewestToday => "had fewest today",
            Strategy::LongestIdle => "had been idle longest",
            Strategy::LeastBusy => "was least busy",
            Strategy::BestSkill => "was best skilled",
        };
        match self.figure(strategy, key) {
            Some(figure) => format!("{words} ({figure})"),
            None => words.to_owned(),
        }
    }

    fn figure(&self, strategy: Strategy, key: Key) -> Option<String> {
        Some(match strategy {
            Strategy::FairShare => {
                let hundredths = u128::from(key.0) * 100 / u128::from(TICK);
                let (whole, part) = (hundredths / 100, hundredths % 100);
                if part == 0 {
                    format!("share {whole}")
                } else {
                    format!("share {whole}.{part:02}")
                }
            }
            Strategy::RoundRobin => return None,
            Strategy::FewestAssigned | Strategy::FewestToday => key.0.to_string(),
            Strategy::LongestIdle => {
                format!("since {}", self.clock(Time(i64::try_from(key.0).unwrap_or(i64::MAX))))
            }
            Strategy::LeastBusy => format!("{} % of capacity", key.0 / 10_000),
            Strategy::BestSkill => {
                format!("levels add up to {}", u64::from(u32::MAX).saturating_sub(key.0))
            }
        })
    }

    /// What speaks for or against an agent now.
    pub fn verdict(&self, verdict: &Verdict) -> String {
        match (&verdict.cause, verdict.step) {
            _ if !verdict.serves => "does not serve this queue or source".to_owned(),
            (None, Some(step)) => format!("eligible in step {step}"),
            (None, None) => "eligible".to_owned(),
            (Some(cause), Some(step)) => format!("{cause}; eligible from step {step} on"),
            (Some(cause), None) => cause.to_string(),
        }
    }

    /// What happened, in one line.
    pub fn event(&self, event: &Event, queue: Option<QueueId>) -> String {
        use Event::*;
        let who = |agent: &AgentId| self.agent(*agent);
        match event {
            Configured { .. } => "The workspace's settings were changed.".into(),
            AgentCreated { agent, .. } => format!("{} joined.", who(agent)),
            AgentUpdated { agent, .. } => format!("{} was changed.", who(agent)),
            AgentDeactivated { agent } => format!("{} was deactivated.", who(agent)),
            QueueCreated { queue, .. } => format!("Queue {} was created.", self.queue(*queue)),
            QueueUpdated { queue, .. } => format!("Queue {} was changed.", self.queue(*queue)),
            QueueDeactivated { queue } => format!("Queue {} was deactivated.", self.queue(*queue)),
            SourceCreated { source, .. } => format!("Source {} was created.", self.source(*source)),
            SourceUpdated { source, .. } => format!("Source {} was changed.", self.source(*source)),
            SourceDeactivated { source } => {
                format!("Source {} was deactivated.", self.source(*source))
            }
            RuleCreated { rule, .. } => format!("Rule {} was created.", self.rule(*rule)),
            RuleUpdated { rule, .. } => format!("Rule {} was changed.", self.rule(*rule)),
            RuleDeactivated { rule } => format!("Rule {} was deactivated.", self.rule(*rule)),
            SignedIn { agent } => format!("{} signed in.", who(agent)),
            SignedOut { agent } => format!("{} signed out.", who(agent)),
            Lapsed { agent } => format!("{} was not heard from any more.", who(agent)),
            StatusSet { agent, status } => match status {
                Status::Available => format!("{} is available.", who(agent)),
                Status::Away { reason } => format!("{} is away: {}.", who(agent), reason.as_str()),
                Status::Offline => format!("{} is offline.", who(agent)),
            },
            Submitted { submission, .. } => {
                let mut text = format!("Arrived from {}", self.source(submission.source));
                if let Some(earliest) = submission.earliest {
                    let _ = write!(text, ", not before {}", self.clock(earliest));
                }
                text + "."
            }
            Claimed { agent } => format!("{} asked for the next one.", who(agent)),
            Accepted { agent, .. } => format!("{} accepted.", who(agent)),
            Declined { agent, .. } => format!("{} declined.", who(agent)),
            Completed { agent, disposition, outcome, .. } => {
                let then = match outcome {
                    Outcome::Closed => "done".to_owned(),
                    Outcome::Retry { until } => format!("again at {}", self.clock(*until)),
                    Outcome::Moved { queue } => format!("goes on in {}", self.queue(*queue)),
                };
                format!("{} recorded “{}”: {then}.", who(agent), disposition.as_str())
            }
            Released { agent, .. } => format!("{} gave it back.", who(agent)),
            RetryScheduled { until, .. } => format!("Put off until {}.", self.clock(*until)),
            Reassigned { to: Target::Agent(agent), .. } => {
                format!("Given to {} by hand.", who(agent))
            }
            Reassigned { to: Target::Queue(queue), .. } => {
                format!("Put into {} by hand.", self.queue(*queue))
            }
            Cancelled { .. } => "Cancelled.".into(),
            MatchRequested { .. } => "Matching was asked for.".into(),
            ClockTicked => "Time passed.".into(),
            Duplicate { of, .. } => format!("The same contact as item {of}: not handed out again."),
            Queued { queue, rule, .. } => match rule {
                Some(rule) => {
                    format!("Waits in {} (rule “{}”).", self.queue(*queue), self.rule(*rule))
                }
                None => format!("Waits in {}.", self.queue(*queue)),
            },
            Offered { agent, until, reason, .. } => format!(
                "Offered to {} until {}. {}",
                who(agent),
                self.clock(*until),
                self.reason(reason, *agent, queue)
            ),
            Assigned { agent, reason, .. } => {
                format!("Assigned to {}. {}", who(agent), self.reason(reason, *agent, queue))
            }
            OfferMissed { agent, .. } => format!("{} did not answer in time.", who(agent)),
            Event::Returned { agent, cause, .. } => {
                let cause = match cause {
                    routing::Returned::SignedOut => "signed out",
                    routing::Returned::Lapsed => "was not heard from any more",
                    routing::Returned::Deactivated => "was deactivated",
                };
                format!("Back in its old place: {} {cause}.", who(agent))
            }
            Due { .. } => "Its time has come.".into(),
            Overflowed { from, to, .. } => format!(
                "Everyone in {} was at their daily cap: goes to {}.",
                self.queue(*from),
                self.queue(*to)
            ),
            SupervisorTold { agent, notice, .. } => match notice {
                Notice::PlacedItemHeldByAbsent => format!(
                    "{} is gone, but a person placed this item: a supervisor decides.",
                    who(agent)
                ),
            },
            ShiftChanged { agent, on_shift: true } => format!("{}'s shift began.", who(agent)),
            ShiftChanged { agent, on_shift: false } => format!("{}'s shift ended.", who(agent)),
            DayStarted { .. } => "A new day began.".into(),
        }
    }
}

/// What a step asks for, in words: ", same region" and so on.
fn widening(step: &Step) -> String {
    let mut asks = Vec::new();
    if step.same_region {
        asks.push("same region".to_owned());
    }
    if step.same_language {
        asks.push("same language".to_owned());
    }
    asks.extend(step.skills.iter().map(|(skill, level)| format!("{} {level}+", skill.as_str())));
    if asks.is_empty() { ", anybody".to_owned() } else { format!(", {}", asks.join(", ")) }
}

/// The verdict's name for programs.
pub fn verdict_name(verdict: &Verdict) -> String {
    match &verdict.cause {
        _ if !verdict.serves => "does_not_serve".to_owned(),
        None => "eligible".to_owned(),
        Some(Cause::LacksSkill(_)) => "lacks_skill".to_owned(),
        Some(cause) => serde_json::to_value(cause)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
    }
}

/// The item that a command made or picked.
pub fn answered_item(answer: Answer) -> Option<routing::ItemId> {
    if let Answer::Item(id) = answer { Some(id) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use routing::QueueSpec;

    #[test]
    fn a_reason_reads_as_a_supervisor_would_say_it() {
        let step = Step { same_region: true, ..Step::default() };
        let spec = QueueSpec { name: "Leads".into(), steps: vec![step], ..QueueSpec::default() };
        let queue = Queue { id: QueueId(1), spec, active: true, served: 0 };
        let mut words = Lexicon::default();
        words.queues.insert(QueueId(1), queue);
        words.agents.insert(AgentId(1), "Asha".into());
        words.agents.insert(AgentId(2), "Ben".into());
        let reason = Reason {
            way: Way::Matched,
            step: 1,
            strategy: Strategy::FewestAssigned,
            key: Key(3, 0),
            runners_up: vec![RunnerUp { agent: AgentId(2), key: Key(4, 0) }],
            passed_over: vec![(Cause::Away, 2), (Cause::AtCap, 1)],
        };
        assert_eq!(
            words.reason(&reason, AgentId(1), Some(QueueId(1))),
            "Step 1, same region: Asha had fewest (3); next would have been Ben (4). \
             Passed over: 2 away, 1 at daily cap."
        );
    }
}
