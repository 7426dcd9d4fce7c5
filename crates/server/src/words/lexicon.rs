//! Names and figures, and how a line is put together of them.

use super::{Ask, Language, Next, Standing, Thing, When, Where};
use routing::{
    AgentId, Calling, Cause, Event, Key, Queue, QueueId, Reason, RuleId, RunnerUp, SourceId, State,
    Step, Strategy, TICK, Time, Verdict, Way,
};
use std::collections::BTreeMap;

/// What a line needs to know beside the event: names, how queues are set up, and who reads it.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    pub agents: BTreeMap<AgentId, String>,
    pub queues: BTreeMap<QueueId, Queue>,
    pub sources: BTreeMap<SourceId, String>,
    pub rules: BTreeMap<RuleId, String>,
    pub zone: Option<jiff::tz::TimeZone>,
    pub language: Language,
    /// When it is read: times of another year name it.
    pub now: Option<Time>,
    /// An agent who reads it: lines name no colleague and none of their figures.
    pub reader: Option<AgentId>,
}

impl Lexicon {
    /// What the state knows.
    pub fn new(state: &State) -> Self {
        let facts = state.facts();
        Lexicon {
            queues: facts.queues.clone(),
            sources: facts.sources.iter().map(|(id, s)| (*id, s.spec.name.clone())).collect(),
            rules: facts.rules.iter().map(|(id, r)| (*id, r.spec.name.clone())).collect(),
            zone: jiff::tz::TimeZone::get(&facts.settings.time_zone).ok(),
            ..Lexicon::default()
        }
    }

    /// The agent's name, or what to call them without one.
    pub fn agent(&self, id: AgentId) -> String {
        if self.is_colleague(id) {
            return self.language.words().colleague().to_owned();
        }
        let name = self.agents.get(&id).cloned();
        name.unwrap_or_else(|| self.language.words().unnamed(Thing::Agent, id.0))
    }

    /// Names those who are added to a period that is played again, and whom they are like.
    pub fn add(&mut self, added: &BTreeMap<AgentId, AgentId>) {
        let names = added.iter().zip(1..).map(|((agent, like), n)| {
            let name = self.language.words().another(n, &self.agent(*like));
            (*agent, name)
        });
        let names: Vec<_> = names.collect();
        self.agents.extend(names);
    }

    /// What a strategy is called, and whom it takes.
    pub fn strategy(&self, strategy: Strategy) -> (&'static str, &'static str) {
        self.language.words().strategy(strategy)
    }

    fn is_colleague(&self, id: AgentId) -> bool {
        self.reader.is_some_and(|reader| reader != id)
    }

    /// The queue's name.
    pub fn queue(&self, id: QueueId) -> String {
        let name = self.queues.get(&id).map(|q| q.spec.name.clone());
        name.unwrap_or_else(|| self.language.words().unnamed(Thing::Queue, id.0))
    }

    /// The source's name.
    pub fn source(&self, id: SourceId) -> String {
        let name = self.sources.get(&id).cloned();
        name.unwrap_or_else(|| self.language.words().unnamed(Thing::Source, id.0))
    }

    /// The rule's name.
    pub fn rule(&self, id: RuleId) -> String {
        let name = self.rules.get(&id).cloned();
        name.unwrap_or_else(|| self.language.words().unnamed(Thing::Rule, id.0))
    }

    /// A time as the workspace's clocks show it.
    pub fn clock(&self, at: Time) -> String {
        let zone = self.zone.clone().unwrap_or(jiff::tz::TimeZone::UTC);
        let (at, words) = (at.timestamp().to_zoned(zone.clone()), self.language.words());
        match self.now.is_some_and(|now| now.timestamp().to_zoned(zone).year() != at.year()) {
            true => words.date(&at),
            false => words.clock(&at),
        }
    }

    /// What was done beside the core, in one line.
    pub fn act(&self, act: &str, object: &str) -> String {
        self.language.words().act(act, object)
    }

    /// A time in RFC 3339 in the workspace's zone, to the millisecond, with its offset from UTC.
    pub fn local(&self, at: Time) -> String {
        let zone = self.zone.clone().unwrap_or(jiff::tz::TimeZone::UTC);
        at.timestamp().to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    /// Why an agent got an item: "Step 1, same region: Asha had fewest (3); next would have been
    /// Ben (4). Passed over: 2 away, 1 at daily cap."
    pub fn reason(&self, reason: &Reason, winner: AgentId, queue: Option<QueueId>) -> String {
        let words = self.language.words();
        let mut text = String::new();
        match reason.way {
            _ if self.is_colleague(winner) => return text,
            Way::Claimed => text.push_str(&words.claimed(&self.agent(winner))),
            Way::Matched | Way::Overflow | Way::Back => {
                match reason.way {
                    Way::Overflow => text.push_str(words.overflow()),
                    Way::Back => text.push_str(words.back()),
                    Way::Matched | Way::Claimed => {}
                }
                let step = queue
                    .and_then(|q| self.queues.get(&q))
                    .and_then(|q| q.spec.steps.get(usize::from(reason.step).saturating_sub(1)));
                let asks: Option<Vec<String>> =
                    step.map(|step| asks(step).into_iter().map(|ask| words.ask(ask)).collect());
                // Above the cap it is the day's count that decides, whatever the queue goes by.
                let strategy = match reason.way {
                    Way::Overflow | Way::Back => Strategy::FewestToday,
                    _ => reason.strategy,
                };
                let standing = self.standing(strategy, reason.key);
                let compared = words.compared(&self.agent(winner), &standing);
                let next = self.next(reason);
                text.push_str(&words.found(reason.step, asks.as_deref(), &compared, &next));
            }
        }
        if !reason.passed_over.is_empty() {
            text.push_str(&words.passed_over(&reason.passed_over));
        }
        text
    }

    fn next(&self, reason: &Reason) -> Next {
        match reason.runners_up.as_slice() {
            _ if self.reader.is_some() => Next::Unsaid,
            // Everybody was at their cap: who came after is not in the reason.
            _ if matches!(reason.way, Way::Overflow | Way::Back) => Next::Unsaid,
            [] => Next::Nobody,
            [RunnerUp { agent, key }, ..] => {
                let standing = self.standing(reason.strategy, *key);
                let figure = self.language.words().figure(&standing);
                Next::Somebody { name: self.agent(*agent), figure }
            }
        }
    }

    fn standing(&self, strategy: Strategy, key: Key) -> Standing {
        match strategy {
            Strategy::FairShare => {
                let hundredths = u128::from(key.0) * 100 / u128::from(TICK);
                let (whole, part) = (hundredths / 100, hundredths % 100);
                Standing::Share(match part {
                    0 => whole.to_string(),
                    _ => format!("{whole}.{part:02}"),
                })
            }
            Strategy::RoundRobin if key.0 == 0 => Standing::NeverYet,
            Strategy::RoundRobin => Standing::WaitedLongest,
            Strategy::FewestAssigned => Standing::Assigned(key.0),
            Strategy::FewestToday => Standing::Today(key.0),
            // Past every time: somebody with work, compared by their last turn.
            Strategy::LongestIdle => match i64::try_from(key.0) {
                Ok(since) => Standing::Idle(self.clock(Time(since))),
                Err(_) => Standing::WaitedLongest,
            },
            Strategy::LeastBusy => Standing::Busy(key.0 / 10_000),
            Strategy::BestSkill => Standing::Skilled(u64::from(u32::MAX).saturating_sub(key.0)),
        }
    }

    /// Why an agent has an item that a person gave them.
    pub fn placed_with(&self, agent: AgentId) -> String {
        self.language.words().placed_with(&self.agent(agent))
    }

    /// Why an item is where a person put it.
    pub fn placed(&self) -> String {
        self.language.words().placed().to_owned()
    }

    /// How an item stands with calling hours: "Calling hours in Asia/Kolkata open at 09:00." By the
    /// contact's clock, or where it is not known which, by the workspace's.
    pub fn calling(&self, calling: &Calling, now: Time) -> String {
        let words = self.language.words();
        let (place, zone) = match calling.zones.as_slice() {
            [zone] => (Where::Zone(zone), jiff::tz::TimeZone::get(zone).ok()),
            zones => (Where::Zones(zones.len()), self.zone.clone()),
        };
        let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
        let clock = |at: Time| {
            let (at, now) = (at.timestamp(), now.timestamp());
            let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
            match (at.date() == now.date(), place) {
                (true, Where::Zone(_)) => at.strftime("%H:%M").to_string(),
                (false, Where::Zone(_)) if at.year() == now.year() => words.clock(&at),
                (false, Where::Zone(_)) => words.date(&at),
                (_, Where::Zones(_)) if at.year() == now.year() => {
                    format!("{} {}", words.clock(&at), at.strftime("%Z"))
                }
                (_, Where::Zones(_)) => format!("{} {}", words.date(&at), at.strftime("%Z")),
            }
        };
        let when = match (calling.open, calling.until) {
            (false, until) if calling.barred => When::Barred(until.map(clock)),
            (true, Some(until)) => When::Ends(clock(until)),
            (true, None) => When::Open,
            (false, Some(until)) => When::Opens(clock(until)),
            (false, None) => When::Never,
        };
        words.calling(place, &when)
    }

    /// What speaks against an agent.
    pub fn cause(&self, cause: &Cause) -> String {
        self.language.words().cause(cause)
    }

    /// What speaks for or against an agent now.
    pub fn verdict(&self, verdict: &Verdict) -> String {
        self.language.words().verdict(verdict)
    }

    /// The verdict on the agent who holds the item.
    pub fn holds(&self) -> String {
        self.language.words().holds().to_owned()
    }

    /// What happened, in one line that names the person who did what is not of the item's agent.
    pub fn event_by(&self, event: &Event, queue: Option<QueueId>, actor: Option<&str>) -> String {
        match event {
            Event::Updated { by_other: true, contacted, .. } => {
                self.language.words().done_by(actor, *contacted)
            }
            _ => self.event(event, queue),
        }
    }

    /// What happened, in one line.
    pub fn event(&self, event: &Event, queue: Option<QueueId>) -> String {
        self.language.words().event(self, event, queue).trim_end().to_owned()
    }
}

/// What a step asks for.
fn asks(step: &Step) -> Vec<Ask<'_>> {
    let mut asks = Vec::new();
    if step.same_region {
        asks.push(Ask::SameRegion);
    }
    if step.same_language {
        asks.push(Ask::SameLanguage);
    }
    asks.extend(step.skills.iter().map(|(skill, level)| Ask::Skill(skill.as_str(), *level)));
    asks
}
