//! What a workspace is asked next: chosen by chance, by what is there.

use super::generate::{RESULTS, Taste};
use super::random::Random;
use routing::{
    AgentId, Code, Command, Facts, Item, ItemId, ItemState, Mode, Promise, QueueId, RuleId, Seen,
    SourceId, State, Status, Target, Time,
};

/// 2026-01-01 00:00 UTC.
const YEAR: i64 = 1_767_225_600_000;
const DAY: i64 = 86_400_000;
/// The most items that wait before work is rather done than brought.
const MAX_OPEN: usize = 30;

/// Makes up the commands of one run.
#[derive(Clone, Debug)]
pub struct Driver {
    random: Random,
    taste: Taste,
    now: Time,
    made: usize,
    /// How often each kind of command comes, for this run.
    weights: Vec<(Kind, u64)>,
    /// How time passes: still, by seconds, to deadlines, by hours.
    pace: [u64; 4],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Submit,
    Come,
    Go,
    Status,
    Answer,
    Finish,
    Later,
    Late,
    Undo,
    Force,
    Forget,
    Bar,
    Place,
    Claim,
    Match,
    Clock,
    EditAgent,
    EditQueue,
    EditSource,
    EditRule,
    Settings,
    Nonsense,
}

impl Driver {
    /// A run of this seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let taste = Taste::new(&mut random);
        // Half of all runs begin in the days when clocks change.
        let day = match random.below(6) {
            0 => 86,
            1 => 66,
            2 => 296,
            3 => 113,
            _ => random.below(365),
        };
        let now = Time(YEAR + day as i64 * DAY + random.below(72 * 60) as i64 * 60_000);
        let mut weight = |kind: Kind, most: u64| (kind, random.below(most + 1));
        let weights = vec![
            weight(Kind::Submit, 40),
            weight(Kind::Come, 12),
            weight(Kind::Go, 6),
            weight(Kind::Status, 6),
            weight(Kind::Answer, 20),
            weight(Kind::Finish, 25),
            weight(Kind::Later, 4),
            weight(Kind::Late, 2),
            weight(Kind::Undo, 6),
            weight(Kind::Force, 3),
            weight(Kind::Forget, 2),
            weight(Kind::Bar, 4),
            weight(Kind::Place, 6),
            weight(Kind::Claim, 12),
            weight(Kind::Match, 8),
            (Kind::Clock, 6),
            weight(Kind::EditAgent, 5),
            weight(Kind::EditQueue, 4),
            weight(Kind::EditSource, 2),
            weight(Kind::EditRule, 2),
            weight(Kind::Settings, 1),
            weight(Kind::Nonsense, 2),
        ];
        let pace = [40, random.below(60), random.below(40), random.below(8)];
        Driver { random, taste, now, made: 0, weights, pace }
    }

    /// The next command and its time.
    pub fn next(&mut self, state: &State) -> (Time, Command) {
        self.made += 1;
        let facts = state.facts();
        if self.made == 1 {
            return (
                self.now,
                Command::Configure { settings: self.taste.settings(&mut self.random, self.now) },
            );
        }
        let command = self.setup(facts).unwrap_or_else(|| {
            self.pass_time(state);
            self.choose(facts)
        });
        (self.now, command)
    }

    /// The workspace is set up first: queues, sources, rules, agents.
    fn setup(&mut self, facts: &Facts) -> Option<Command> {
        if self.made > 30 {
            return None;
        }
        let random = &mut self.random;
        if facts.last_queue.0 == 0 || (facts.last_queue.0 < 4 && random.percent(60)) {
            return Some(Command::CreateQueue { spec: self.taste.queue(random, facts, None) });
        }
        if facts.last_source.0 == 0 || (facts.last_source.0 < 3 && random.percent(40)) {
            return Some(Command::CreateSource { spec: self.taste.source(random, facts) });
        }
        if facts.last_agent.0 < self.taste.max_agents {
            return Some(Command::CreateAgent { spec: self.taste.agent(random, facts) });
        }
        None
    }

    fn pass_time(&mut self, state: &State) {
        let random = &mut self.random;
        let total: u64 = self.pace.iter().sum();
        let mut at = random.below(total);
        let kind = self.pace.iter().position(|weight| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        self.now = match kind {
            Some(1) => Time(self.now.0 + random.from_to(1, 90) as i64 * 1000),
            Some(2) => match state.next_deadline() {
                // Exactly, and the last moment before.
                Some(time) if random.percent(80) => Time(time.0 - random.below(2) as i64),
                _ => Time(self.now.0 + random.from_to(1, 1500) as i64),
            },
            Some(3) => Time(self.now.0 + random.from_to(1, 30) as i64 * 3_600_000),
            _ => self.now,
        }
        .max(self.now);
    }

    fn choose(&mut self, facts: &Facts) -> Command {
        let open = facts.items.len();
        let total: u64 = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut at = self.random.below(total);
        let mut kind = Kind::Clock;
        for (candidate, weight) in &self.weights {
            if at < *weight {
                kind = *candidate;
                break;
            }
            at -= weight;
        }
        if kind == Kind::Submit && open >= MAX_OPEN {
            kind = Kind::Finish;
        }
        self.make(kind, facts).unwrap_or(Command::Clock)
    }

    fn make(&mut self, kind: Kind, facts: &Facts) -> Option<Command> {
        let now = self.now;
        let random = &mut self.random;
        let taste = &self.taste;
        let agent = AgentId(random.from_to(1, facts.last_agent.0.max(1)));
        Some(match kind {
            Kind::Submit => Command::Submit { submission: taste.submission(random, facts, now) },
            Kind::Come => Command::SignIn { agent },
            // Now and then somebody who holds what a person placed.
            Kind::Go if random.percent(30) => {
                let placed =
                    |i: &&Item| matches!(i.state, ItemState::Assigned { placed: true, .. });
                Command::Lapse { agent: facts.items.values().find(placed)?.state.agent()? }
            }
            Kind::Go if random.percent(50) => Command::Lapse { agent },
            Kind::Go => Command::SignOut { agent },
            Kind::Status => {
                let status = match random.below(5) {
                    0 => Status::Away { reason: Code::new("lunch") },
                    1 => Status::Offline,
                    _ => Status::Available,
                };
                Command::SetStatus { agent, status }
            }
            Kind::Answer => {
                let (item, seen) =
                    self.item(facts, |i| matches!(i.state, ItemState::Offered { .. }))?;
                if self.random.percent(70) {
                    Command::Accept { item, seen }
                } else {
                    Command::Decline { item, seen }
                }
            }
            Kind::Finish => {
                let (item, seen) =
                    self.item(facts, |i| matches!(i.state, ItemState::Assigned { .. }))?;
                match self.random.below(12) {
                    0 => Command::Release { item, seen },
                    10.. => {
                        let contacted = self.random.percent(50);
                        let by_other = seen.agent.is_none() && self.random.percent(20);
                        Command::Update { item, seen, contacted, by_other }
                    }
                    n => {
                        let last = if n == 1 { 5 } else { 4 };
                        let name = self.random.pick(&RESULTS[..last]).copied().unwrap_or("good");
                        Command::Complete { item, seen, disposition: Code::new(name) }
                    }
                }
            }
            Kind::Later => {
                let (item, seen) = self.item(facts, |_| true)?;
                if self.random.percent(40) {
                    return Some(Command::Cancel { item, seen });
                }
                let until = Time(now.0 + self.random.below(7200) as i64 * 1000);
                let promise = match self.random.below(10) {
                    0..3 => None,
                    3..5 => Some(Promise::Anybody),
                    // A promise by whoever has it, and by somebody else.
                    5..9 => seen.agent.map(Promise::Agent),
                    _ => Some(Promise::Agent(agent)),
                };
                Command::Retry { item, seen, until, promise }
            }
            Kind::Undo => {
                let last: Vec<(AgentId, ItemId)> = facts
                    .agents
                    .values()
                    .filter_map(|a| Some((a.id, a.last_result.as_ref()?.item.id)))
                    .collect();
                let (by, item) = *random.pick(&last)?;
                Command::Undo { item, agent: if random.percent(5) { agent } else { by } }
            }
            Kind::Late => {
                let item = ItemId(random.from_to(1, facts.last_item.0.max(1)));
                let holder = facts.items.get(&item).and_then(|i| i.state.agent());
                let agent = holder.filter(|_| random.percent(30)).unwrap_or(agent);
                Command::KeepResult { item, agent }
            }
            // What is closed has left the state: any of it may have been a duplicate.
            Kind::Force => {
                let item = ItemId(random.from_to(1, facts.last_item.0.max(1)));
                let arrived_at = Time(now.0 - random.below(7200) as i64 * 1000);
                let submission = taste.submission(random, facts, now);
                Command::Force { item, version: 2, arrived_at, submission }
            }
            Kind::Forget => {
                Command::Forget { item: ItemId(random.from_to(1, facts.last_item.0.max(1))) }
            }
            Kind::Bar => {
                let (item, _) = self.item(facts, |_| true)?;
                let bars = match self.random.percent(40) {
                    true => Vec::new(),
                    false => self.taste.bars(&mut self.random, now),
                };
                Command::SetBars { item, bars }
            }
            Kind::Place => {
                let (item, seen) = self.item(facts, |_| true)?;
                let present: Vec<AgentId> =
                    facts.agents.values().filter(|a| a.present).map(|a| a.id).collect();
                let agent = self.random.pick(&present).copied().unwrap_or(agent);
                let to = if self.random.percent(70) {
                    Target::Agent(agent)
                } else {
                    Target::Queue(QueueId(self.random.from_to(1, facts.last_queue.0.max(1))))
                };
                Command::Reassign { item, seen, to }
            }
            Kind::Claim => Command::Claim { agent },
            Kind::Match => {
                let source = SourceId(random.from_to(1, facts.last_source.0.max(1)));
                let max = random.below(6) as u32;
                Command::Match { source: random.percent(50).then_some(source), max }
            }
            Kind::Clock => Command::Clock,
            Kind::EditAgent => match random.below(10) {
                0 => Command::DeactivateAgent { agent },
                1..3 if facts.last_agent.0 < 8 => {
                    Command::CreateAgent { spec: taste.agent(random, facts) }
                }
                // Active again, nothing else.
                3..5 => {
                    let spec = facts.agents.get(&agent)?.spec.clone();
                    Command::UpdateAgent { agent, spec }
                }
                _ => Command::UpdateAgent { agent, spec: taste.agent(random, facts) },
            },
            Kind::EditQueue => {
                let queue = QueueId(random.from_to(1, facts.last_queue.0.max(1)));
                let before = &facts.queues.get(&queue)?.spec;
                match random.below(10) {
                    0 => Command::DeactivateQueue { queue },
                    1..3 if facts.last_queue.0 < 6 => {
                        Command::CreateQueue { spec: taste.queue(random, facts, None) }
                    }
                    3..6 => {
                        let mut spec = before.clone();
                        let other = taste.queue(random, facts, Some(spec.kind));
                        match random.below(6) {
                            0 => spec.presence = other.presence,
                            1 => spec.steps = other.steps,
                            2 => spec.strategy = super::generate::strategy(random),
                            3 => spec.at_cap = other.at_cap,
                            4 if before.mode == Mode::Pull => spec.mode = Mode::Push,
                            _ => spec.mode = other.mode,
                        }
                        Command::UpdateQueue { queue, spec }
                    }
                    _ => {
                        let spec = taste.queue(random, facts, Some(before.kind));
                        Command::UpdateQueue { queue, spec }
                    }
                }
            }
            Kind::EditSource => {
                let source = SourceId(random.from_to(1, facts.last_source.0.max(1)));
                match random.below(4) {
                    0 => Command::DeactivateSource { source },
                    1 if facts.last_source.0 < 5 => {
                        Command::CreateSource { spec: taste.source(random, facts) }
                    }
                    _ => {
                        // A source keeps its kind more often than not.
                        let spec = taste.source(random, facts);
                        Command::UpdateSource { source, spec }
                    }
                }
            }
            Kind::EditRule => {
                let rule = RuleId(random.from_to(1, facts.last_rule.0.max(1)));
                match random.below(6) {
                    0 if facts.last_rule.0 > 0 => Command::DeactivateRule { rule },
                    1 if facts.last_rule.0 > 0 => {
                        Command::UpdateRule { rule, spec: taste.rule(random, facts) }
                    }
                    _ if facts.last_rule.0 < 6 => {
                        Command::CreateRule { spec: taste.rule(random, facts) }
                    }
                    _ => Command::UpdateRule { rule, spec: taste.rule(random, facts) },
                }
            }
            Kind::Settings => {
                let mut settings = taste.settings(random, now);
                if random.percent(30) {
                    settings.dispatch = match settings.dispatch {
                        routing::Dispatch::AtOnce => routing::Dispatch::ByWorker,
                        routing::Dispatch::ByWorker => routing::Dispatch::AtOnce,
                    };
                }
                if random.percent(20) {
                    settings.time_zone = Taste::new(random).zone.into();
                }
                Command::Configure { settings }
            }
            Kind::Nonsense => nonsense(random),
        })
    }

    /// An item that fits, and what its caller saw of it: mostly the truth.
    fn item(&mut self, facts: &Facts, fits: impl Fn(&Item) -> bool) -> Option<(ItemId, Seen)> {
        let random = &mut self.random;
        let any = random.percent(5);
        let fitting: Vec<&Item> = facts.items.values().filter(|i| any || fits(i)).collect();
        let item = random.pick(&fitting)?;
        let version = match random.below(10) {
            0 => None,
            1 => Some(item.version.saturating_sub(1)),
            _ => Some(item.version),
        };
        let agent = match random.below(10) {
            0 => Some(AgentId(random.from_to(1, facts.last_agent.0.max(1)))),
            1..7 => item.state.agent(),
            _ => None,
        };
        Some((item.id, Seen { agent, version }))
    }
}

/// What is asked about things that are not there.
fn nonsense(random: &mut Random) -> Command {
    match random.below(6) {
        0 => Command::SignIn { agent: AgentId(99) },
        1 => Command::DeactivateQueue { queue: QueueId(99) },
        2 => Command::DeactivateSource { source: SourceId(99) },
        3 => Command::DeactivateRule { rule: RuleId(99) },
        4 => Command::Match { source: Some(SourceId(99)), max: 1 },
        _ => Command::Cancel { item: ItemId(9_999), seen: Seen::default() },
    }
}
