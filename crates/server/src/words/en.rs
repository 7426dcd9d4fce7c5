//! Lines in English.

use super::{Ask, Lexicon, Next, Standing, Thing, When, Where, Words};
use jiff::Zoned;
use routing::{
    AgentId, Cause, Event, Notice, Outcome, Promise, QueueId, Status, Strategy, Target, Verdict,
};

#[derive(Debug)]
pub(super) struct English;

impl Words for English {
    fn unnamed(&self, thing: Thing, id: u64) -> String {
        match thing {
            Thing::Agent => format!("agent {id}"),
            Thing::Queue => format!("queue {id}"),
            Thing::Source => format!("source {id}"),
            Thing::Rule => format!("rule {id}"),
        }
    }

    fn another(&self, n: usize, like: &str) -> String {
        format!("New {n} (like {like})")
    }

    fn colleague(&self) -> &'static str {
        "a colleague"
    }

    fn clock(&self, at: &Zoned) -> String {
        at.strftime("%d %b %H:%M").to_string()
    }

    fn date(&self, at: &Zoned) -> String {
        at.strftime("%d %b %Y %H:%M").to_string()
    }

    fn strategy(&self, strategy: Strategy) -> (&'static str, &'static str) {
        match strategy {
            Strategy::FairShare => (
                "Fair share",
                "Everyone gets work in proportion to their weight; nobody is flooded on return.",
            ),
            Strategy::RoundRobin => ("Round robin", "Who has waited longest since their last one."),
            Strategy::FewestAssigned => (
                "Fewest in total",
                "Who has had fewest in this queue, ever; a newcomer starts level with the least.",
            ),
            Strategy::FewestToday => (
                "Fewest today",
                "Who has had fewest on this local day; who comes later starts level with the least.",
            ),
            Strategy::LongestIdle => ("Longest idle", "Who has been without work longest."),
            Strategy::LeastBusy => {
                ("Least busy", "Whose load is the smallest part of their capacity.")
            }
            Strategy::BestSkill => {
                ("Best skill", "Whose levels in the needed skills add up highest.")
            }
        }
    }

    fn claimed(&self, name: &str) -> String {
        format!("{name} took the next one that waited.")
    }

    fn overflow(&self) -> &'static str {
        "Everyone was at their daily cap, so the overflow rule decided. "
    }

    fn back(&self) -> &'static str {
        "Nobody else took it, so it went back above the daily cap. "
    }

    fn compared(&self, name: &str, standing: &Standing) -> String {
        let words = match standing {
            Standing::Share(_) => format!("{name} was next in fair share"),
            Standing::NeverYet => format!("{name} had not had one yet"),
            Standing::WaitedLongest => format!("{name} had waited longest since the last one"),
            Standing::Assigned(_) => format!("{name} had fewest"),
            Standing::Today(_) => format!("{name} had fewest today"),
            Standing::Idle(_) => format!("{name} had been idle longest"),
            Standing::Busy(_) => format!("{name} was least busy"),
            Standing::Skilled(_) => format!("{name} was best skilled"),
        };
        match self.figure(standing) {
            Some(figure) => format!("{words} ({figure})"),
            None => words,
        }
    }

    fn figure(&self, standing: &Standing) -> Option<String> {
        Some(match standing {
            Standing::Share(share) => format!("share {share}"),
            Standing::NeverYet | Standing::WaitedLongest => return None,
            Standing::Assigned(count) | Standing::Today(count) => format!("{count}"),
            Standing::Idle(since) => format!("since {since}"),
            Standing::Busy(percent) => format!("{percent} % of capacity"),
            Standing::Skilled(sum) => format!("levels add up to {sum}"),
        })
    }

    fn ask(&self, ask: Ask<'_>) -> String {
        match ask {
            Ask::SameRegion => "same region".to_owned(),
            Ask::SameLanguage => "same language".to_owned(),
            Ask::Skill(skill, level) => format!("{skill} {level}+"),
        }
    }

    fn found(&self, step: u8, asks: Option<&[String]>, compared: &str, next: &Next) -> String {
        let asks = match asks {
            None => String::new(),
            Some([]) => ", anybody".to_owned(),
            Some(asks) => format!(", {}", asks.join(", ")),
        };
        let next = match next {
            Next::Unsaid => ".".to_owned(),
            Next::Nobody => "; nobody else was free and eligible.".to_owned(),
            Next::Somebody { name, figure: None } => format!("; next would have been {name}."),
            Next::Somebody { name, figure: Some(figure) } => {
                format!("; next would have been {name} ({figure}).")
            }
        };
        format!("Step {step}{asks}: {compared}{next}")
    }

    fn passed_over(&self, agents: &[(Cause, u32)]) -> String {
        let parts = agents.iter().map(|(cause, n)| format!("{n} {}", self.cause(cause)));
        format!(" Passed over: {}.", parts.collect::<Vec<_>>().join(", "))
    }

    fn placed_with(&self, name: &str) -> String {
        format!("A supervisor gave it to {name}.")
    }

    fn placed(&self) -> &'static str {
        "A supervisor put it there."
    }

    fn calling(&self, place: Where<'_>, when: &When) -> String {
        let zone = match place {
            Where::Zone(zone) => Some(zone),
            Where::Zones(_) => None,
        };
        let hours = match place {
            Where::Zone(zone) => format!("Calling hours in {zone}"),
            Where::Zones(n) => format!("Calling hours in all {n} zones where the contact may be"),
        };
        match when {
            When::Opens(at) => format!("{hours} open at {at}."),
            When::Ends(at) => format!("{hours} end at {at}."),
            When::Open => format!("{hours} are open."),
            When::Never => format!("{hours} have no time in common."),
            When::Barred(None) => {
                "The contact is on the do-not-call list: not to be called.".to_owned()
            }
            When::Barred(Some(at)) => {
                let there = zone.map(|zone| format!(" in {zone}")).unwrap_or_default();
                format!(
                    "The contact is on the do-not-call list: not to be called before {at}{there}."
                )
            }
        }
    }

    fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::LacksSkill(skill) => return format!("lacks skill {}", skill.as_str()),
            Cause::WrongRegion => "wrong region",
            Cause::WrongLanguage => "wrong language",
            Cause::Inactive => "inactive",
            Cause::Paused => "paused",
            Cause::OffShift => "off shift",
            Cause::SignedOut => "signed out",
            Cause::Away => "away",
            Cause::AtCapacity => "at capacity",
            Cause::AtCap => "at daily cap",
            Cause::RecentlyDeclined => "had it a short while ago",
            Cause::Promised => "promised to a colleague",
        }
        .to_owned()
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        let cause = verdict.cause.as_ref().map(|cause| self.cause(cause));
        match (cause, verdict.step) {
            _ if !verdict.serves => "does not serve this queue or source".to_owned(),
            (None, Some(step)) => format!("eligible in step {step}"),
            (None, None) => "eligible".to_owned(),
            (Some(cause), Some(step)) => format!("{cause}; eligible from step {step} on"),
            (Some(cause), None) => cause,
        }
    }

    fn holds(&self) -> &'static str {
        "has it"
    }

    fn done_by(&self, name: Option<&str>, contacted: bool) -> String {
        let name = name.unwrap_or("A supervisor");
        match contacted {
            false => format!("{name} worked on it."),
            true => format!("{name} reached the contact."),
        }
    }

    fn event(&self, names: &Lexicon, event: &Event, queue: Option<QueueId>) -> String {
        use Event::*;
        let who = |agent: &AgentId| names.agent(*agent);
        let line = |id: &QueueId| names.queue(*id);
        match event {
            Configured { .. } => "The workspace's settings were changed.".to_owned(),
            AgentCreated { agent, .. } => format!("{} joined.", who(agent)),
            AgentUpdated { agent, .. } => format!("{} was changed.", who(agent)),
            AgentDeactivated { agent } => format!("{} was deactivated.", who(agent)),
            QueueCreated { queue, .. } => format!("Queue {} was created.", line(queue)),
            QueueUpdated { queue, .. } => format!("Queue {} was changed.", line(queue)),
            QueueDeactivated { queue } => format!("Queue {} was deactivated.", line(queue)),
            SourceCreated { source, .. } => {
                format!("Source {} was created.", names.source(*source))
            }
            SourceUpdated { source, .. } => {
                format!("Source {} was changed.", names.source(*source))
            }
            SourceDeactivated { source } => {
                format!("Source {} was deactivated.", names.source(*source))
            }
            RuleCreated { rule, .. } => format!("Rule {} was created.", names.rule(*rule)),
            RuleUpdated { rule, .. } => format!("Rule {} was changed.", names.rule(*rule)),
            RuleDeactivated { rule } => format!("Rule {} was deactivated.", names.rule(*rule)),
            SignedIn { agent } => format!("{} signed in.", who(agent)),
            SignedOut { agent } => format!("{} signed out.", who(agent)),
            Lapsed { agent } => format!("{} was not heard from any more.", who(agent)),
            StatusSet { agent, status } => match status {
                Status::Available => format!("{} is available.", who(agent)),
                Status::Away { reason } => {
                    format!("{} is away: {}.", who(agent), away(reason.as_str()))
                }
                Status::Offline => format!("{} is offline.", who(agent)),
            },
            Submitted { submission, .. } => {
                let source = names.source(submission.source);
                match submission.earliest.map(|at| names.clock(at)) {
                    Some(at) => format!("Arrived from {source}, not before {at}."),
                    None => format!("Arrived from {source}."),
                }
            }
            Claimed { agent } => format!("{} asked for the next one.", who(agent)),
            Accepted { agent, .. } => format!("{} accepted.", who(agent)),
            Declined { agent, .. } => format!("{} declined.", who(agent)),
            Completed { agent, disposition, outcome, .. } => {
                let then = match outcome {
                    Outcome::Closed => "done".to_owned(),
                    Outcome::Retry { until } => format!("again at {}", names.clock(*until)),
                    Outcome::Moved { queue } => format!("goes on in {}", line(queue)),
                };
                format!("{} recorded “{}”: {then}.", who(agent), disposition.as_str())
            }
            Updated { by_other: true, contacted, .. } => self.done_by(None, *contacted),
            Updated { agent, contacted: false, .. } => format!("{} is working on it.", who(agent)),
            Updated { agent, contacted: true, .. } => {
                format!("{} reached the contact.", who(agent))
            }
            ResultKept { agent, holder: Some(holder), .. } => {
                let (agent, holder) = (who(agent), who(holder));
                format!("{agent}'s result came after {holder} had it: kept as a note.")
            }
            ResultKept { agent, holder: None, .. } => {
                format!("{}'s result came too late: kept as a note.", who(agent))
            }
            Forgotten { .. } => "Whom it was about was erased.".to_owned(),
            Forced { .. } => "Forced through, though it had been kept back.".to_owned(),
            BarsSet { bars, .. } => match bars.iter().find(|bar| bar.is_never()).or(bars.first()) {
                None => "The do-not-call list bars the contact no longer.",
                Some(bar) if bar.is_never() => {
                    "The contact came onto the do-not-call list: not to be called."
                }
                Some(_) => {
                    "The contact came onto the do-not-call list: to be called at some times only."
                }
            }
            .to_owned(),
            Released { agent, seen, .. } if seen.agent == Some(*agent) => {
                format!("{} gave it back.", who(agent))
            }
            Released { agent, .. } => format!("It was taken back from {}.", who(agent)),
            RetryScheduled { until, promise: None, .. } => {
                format!("Put off until {}.", names.clock(*until))
            }
            RetryScheduled { until, promise: Some(Promise::Anybody), .. } => {
                format!("To be called again at {}, before all else.", names.clock(*until))
            }
            RetryScheduled { until, promise: Some(Promise::Agent(agent)), .. } => {
                let (at, agent) = (names.clock(*until), who(agent));
                format!("To be called again at {at} by {agent}, before all else.")
            }
            Undone { agent, .. } => format!("{} took the result back.", who(agent)),
            Reassigned { to: Target::Agent(agent), .. } => {
                format!("Given to {} by hand.", who(agent))
            }
            Reassigned { to: Target::Queue(queue), .. } => {
                format!("Put into {} by hand.", line(queue))
            }
            Cancelled { .. } => "Cancelled.".to_owned(),
            MatchRequested { .. } => "Matching was asked for.".to_owned(),
            ClockTicked => "Time passed.".to_owned(),
            Duplicate { of, .. } => format!("The same contact as item {of}: not handed out again."),
            Barred { .. } => "The contact is on the do-not-call list: not handed out.".to_owned(),
            Queued { queue, rule: None, .. } => format!("Waits in {}.", line(queue)),
            Queued { queue, rule: Some(rule), .. } => {
                format!("Waits in {} (rule “{}”).", line(queue), names.rule(*rule))
            }
            Offered { agent, until, reason, .. } => {
                let why = names.reason(reason, *agent, queue);
                format!("Offered to {} until {}. {why}", who(agent), names.clock(*until))
            }
            Assigned { agent, reason, .. } => {
                let why = names.reason(reason, *agent, queue);
                format!("Assigned to {}. {why}", who(agent))
            }
            OfferMissed { agent, .. } => format!("{} did not answer in time.", who(agent)),
            Event::Returned { agent, cause, .. } => {
                let name = who(agent);
                match cause {
                    routing::Returned::SignedOut => {
                        format!("Back in its old place: {name} signed out.")
                    }
                    routing::Returned::Lapsed => {
                        format!("Back in its old place: {name} was not heard from any more.")
                    }
                    routing::Returned::Deactivated => {
                        format!("Back in its old place: {name} was deactivated.")
                    }
                    routing::Returned::Undone => {
                        format!("Back in its old place: {name} took back the result before it.")
                    }
                    routing::Returned::Barred => {
                        format!(
                            "Back in its old place, away from {name}: the contact is on the do-not-call list now."
                        )
                    }
                }
            }
            WentSilent { agent, to: None, .. } => {
                format!("{} did nothing with it for too long: it leaves them.", who(agent))
            }
            WentSilent { agent, to: Some(to), .. } => {
                format!(
                    "{} did nothing with it for too long: it goes on in {}.",
                    who(agent),
                    line(to)
                )
            }
            Due { .. } => "Its time has come.".to_owned(),
            Overflowed { from, to, .. } => {
                format!("Everyone in {} was at their daily cap: goes to {}.", line(from), line(to))
            }
            SupervisorTold { agent, notice: Notice::PlacedItemHeldByAbsent, .. } => {
                format!(
                    "{} is gone, but a person placed this item: a supervisor decides.",
                    who(agent)
                )
            }
            SupervisorTold { agent, notice: Notice::PlacedItemSilent, .. } => {
                format!(
                    "{} does nothing with it, but a person placed this item: a supervisor decides.",
                    who(agent)
                )
            }
            SupervisorTold { agent, notice: Notice::SilentTooOften, .. } => {
                format!(
                    "{} does nothing with it, and it moves on no more: a supervisor decides.",
                    who(agent)
                )
            }
            SupervisorTold { agent, notice: Notice::NobodyTookIt, .. } => {
                format!(
                    "Nobody has taken it since it left {}, who cannot have it back: a supervisor \
                     decides.",
                    who(agent)
                )
            }
            ShiftChanged { agent, on_shift: true } => format!("{}'s shift began.", who(agent)),
            ShiftChanged { agent, on_shift: false } => format!("{}'s shift ended.", who(agent)),
            DayStarted { .. } => "A new day began.".to_owned(),
        }
    }

    fn act(&self, act: &str, object: &str) -> String {
        match act {
            "token_created" => format!("Token “{object}” was made."),
            "token_revoked" => format!("Token “{object}” was revoked."),
            "secret_rotated" => format!("Source {object} got a new secret."),
            "source_face_changed" => format!("How source {object} reads its items was changed."),
            "login_changed" => format!("{object}’s login was changed."),
            "session_started" => format!("{object} signed in."),
            "session_ended" => format!("{object} signed out."),
            "sign_in_failed" => format!("Somebody tried a wrong password for {object}."),
            "sign_in_limited" => format!("Somebody tried too often to sign in as {object}."),
            "desk_link_made" => {
                "A desk link was made; one before it opens nothing any more.".to_owned()
            }
            "desk_link_withdrawn" => "The desk link was withdrawn.".to_owned(),
            "pin_set" => format!("{object} got a PIN."),
            "pin_removed" => format!("{object}’s PIN was taken away."),
            "workspace_renamed" => "The workspace was renamed.".to_owned(),
            "import_started" => "A file was imported.".to_owned(),
            "desk_changed" => format!("The desk of queue {object} was changed."),
            "rules_scheduled" => "A change of the rules was scheduled.".to_owned(),
            "rules_schedule_cancelled" => {
                "A scheduled change of the rules was cancelled.".to_owned()
            }
            "rules_schedule_failed" => {
                "A scheduled change of the rules could not be made; they are as they were."
                    .to_owned()
            }
            "announced" => "Agents were told something.".to_owned(),
            "announcement_ended" => "An announcement to agents was ended.".to_owned(),
            "endpoint_created" => format!("Webhook endpoint {object} was made."),
            "endpoint_changed" => format!("Webhook endpoint {object} was changed."),
            "endpoint_secret_rotated" => {
                format!("Webhook endpoint {object} got a new signing key.")
            }
            "endpoint_removed" => format!("Webhook endpoint {object} was removed."),
            "endpoint_disabled" => {
                format!("Webhook endpoint {object} was switched off: nothing could be delivered.")
            }
            "sheet_created" => format!("Sheet {object} was added."),
            "sheet_changed" => format!("Sheet {object} was changed."),
            "sheet_removed" => format!("Sheet {object} was removed."),
            "sheet_conflict_decided" => format!("A conflict in sheet {object} was decided."),
            "do_not_call_added" => "A number was put on the do-not-call list.".to_owned(),
            "do_not_call_imported" => "A file was put on the do-not-call list.".to_owned(),
            "do_not_call_removed" => format!("Entry {object} was taken off the do-not-call list."),
            "contact_exported" => "What is kept of a person was given out.".to_owned(),
            "contact_erased" => "A person was erased.".to_owned(),
            other => other.to_owned(),
        }
    }
}

/// The reasons that every workspace has; others are the workspace's own words.
fn away(reason: &str) -> &str {
    match reason {
        "break" => "break",
        "lunch" => "lunch",
        "meeting" => "meeting",
        "training" => "training",
        "missed_offer" => "missed an offer",
        own => own,
    }
}
