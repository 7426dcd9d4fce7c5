//! An office's recorded days: agents come, go and have breaks; leads are pushed, calls held out, tasks
//! claimed; some who call give up; a node looks at the clock a little late. The same seed gives the
//! same journal.

use routing::{
    AgentId, AgentSpec, AtCap, Capacity, Code, Command, Disposition, Event, ItemId, ItemState,
    Kind, Mode, QueueId, QueueSpec, Seen, Settings, SourceId, SourceSpec, State, Status, Step,
    Strategy, Submission, Then, Time,
};
use scenario::simulation::Random;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use whatif::Entry;

pub const DAY: i64 = 86_400_000;
pub const HOUR: i64 = 3_600_000;
/// 2026-03-02 00:00 UTC.
pub const MONDAY: Time = Time(1_772_409_600_000);

pub const LEADS: QueueId = QueueId(1);
pub const CALLS: QueueId = QueueId(2);
pub const TASKS: QueueId = QueueId(3);

/// How much happens.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub agents: u64,
    pub days: i64,
    /// Mean time between two arrivals in working hours.
    pub every_ms: i64,
    /// Whether tasks are claimed; pushed otherwise.
    pub claims: bool,
}

pub const WEEK: Size = Size { agents: 6, days: 7, every_ms: 4 * 60_000, claims: true };

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Arrive,
    Come(AgentId),
    Break(AgentId),
    Back(AgentId),
    Go(AgentId),
    Claim(AgentId),
    Answer(ItemId, u32),
    Finish(ItemId, u32),
    GiveUp(ItemId),
    Clock,
}

struct Office {
    random: Random,
    size: Size,
    state: State,
    due: BinaryHeap<Reverse<(Time, Due)>>,
    /// When a look at the clock is planned.
    tick: Option<Time>,
    now: Time,
    journal: Vec<Entry>,
}

/// The state when a period begins, and what is recorded from there on.
pub fn recorded(seed: u64, size: Size) -> (State, Vec<Entry>) {
    let mut office = Office::open(seed, size);
    let begin = office.state.clone();
    office.journal.clear();
    (begin, office.record())
}

/// The same with what the office was furnished with.
#[allow(dead_code)]
pub fn from_the_first(seed: u64, size: Size) -> Vec<Entry> {
    Office::open(seed, size).record()
}

impl Office {
    fn open(seed: u64, size: Size) -> Office {
        let mut office = Office {
            random: Random::new(seed),
            size,
            state: State::default(),
            due: BinaryHeap::new(),
            tick: None,
            now: MONDAY,
            journal: Vec::new(),
        };
        office.furnish();
        office.plan();
        office
    }

    fn furnish(&mut self) {
        self.ask(Command::Configure { settings: Settings::default() });
        let result = |name: &str, then| Disposition {
            name: Code::new(name),
            label: String::new(),
            contacted: true,
            won: false,
            do_not_call: false,
            then,
        };
        let dispositions = vec![
            result("done", Then::Close),
            result("again", Then::Retry { after_secs: 3_600, max_attempts: 2 }),
        ];
        let hindi = Step { skills: [(Code::new("hindi"), 3)].into(), ..Step::default() };
        let leads = QueueSpec {
            name: "leads".into(),
            steps: vec![hindi, Step { after_secs: 90, ..Step::default() }],
            at_cap: AtCap::OverflowFewestToday,
            dispositions: dispositions.clone(),
            undo_secs: 30,
            ..QueueSpec::default()
        };
        let calls = QueueSpec {
            name: "calls".into(),
            kind: Kind::Call,
            mode: Mode::Offer { secs: 20 },
            strategy: Strategy::LongestIdle,
            dispositions: dispositions.clone(),
            ..QueueSpec::default()
        };
        let tasks = QueueSpec {
            name: "tasks".into(),
            kind: Kind::Task,
            mode: if self.size.claims { Mode::Pull } else { Mode::Push },
            dispositions,
            ..QueueSpec::default()
        };
        for (queue, spec) in (1..).map(QueueId).zip([leads, calls, tasks]) {
            let (kind, name) = (spec.kind, spec.name.clone());
            self.ask(Command::CreateQueue { spec });
            let spec = SourceSpec { name, kind, queue, ..SourceSpec::default() };
            self.ask(Command::CreateSource { spec });
        }
        for agent in 1..=self.size.agents {
            let skills = if agent % 2 == 0 { [(Code::new("hindi"), 5)].into() } else { [].into() };
            let spec = AgentSpec {
                skills,
                capacity: Capacity { lead: Some(2), task: Some(1), call: Some(1) },
                daily_cap: Some(200),
                queues: [LEADS, CALLS, TASKS].into(),
                ..AgentSpec::default()
            };
            self.ask(Command::CreateAgent { spec });
        }
    }

    /// Everybody's days: there from eight to five, with a break at noon.
    fn plan(&mut self) {
        for day in 0..self.size.days {
            for agent in (1..=self.size.agents).map(AgentId) {
                let hours = [(8, Due::Come(agent)), (12, Due::Break(agent))];
                let hours = hours.into_iter().chain([(13, Due::Back(agent)), (17, Due::Go(agent))]);
                for (hour, due) in hours {
                    let late = self.random.below(40 * 60_000) as i64;
                    self.push(Time(MONDAY.0 + day * DAY + hour * HOUR + late), due);
                }
            }
        }
        self.push(Time(MONDAY.0 + 8 * HOUR), Due::Arrive);
    }

    fn push(&mut self, at: Time, due: Due) {
        self.due.push(Reverse((at.max(self.now), due)));
    }

    fn soon(&mut self, from_ms: u64, to_ms: u64, due: Due) {
        let after = self.random.from_to(from_ms, to_ms) as i64;
        self.push(Time(self.now.0 + after), due);
    }

    fn ask(&mut self, command: Command) {
        let events = self.state.handle(self.now, command).events;
        self.state.forget_closed();
        for event in &events {
            self.react(event);
        }
        for event in events {
            let seq = self.journal.last().map_or(1, |entry| entry.seq + 1);
            self.journal.push(Entry { seq, at: self.now, event });
        }
        if let Some(deadline) = self.state.next_deadline()
            && self.tick.is_none_or(|tick| deadline < tick)
        {
            self.tick = Some(deadline);
            // A node is late by some milliseconds.
            let late = self.random.below(40) as i64;
            self.push(Time(deadline.0 + late), Due::Clock);
        }
    }

    fn version(&self, item: ItemId) -> u32 {
        self.state.facts().items.get(&item).map_or(0, |item| item.version)
    }

    fn react(&mut self, event: &Event) {
        match event {
            Event::Offered { item, .. } => {
                let version = self.version(*item);
                if !self.random.percent(8) {
                    self.soon(1_000, 9_000, Due::Answer(*item, version));
                }
            }
            Event::Assigned { item, .. } | Event::Accepted { item, .. } => {
                let version = self.version(*item);
                self.soon(60_000, 20 * 60_000, Due::Finish(*item, version));
            }
            Event::Queued { item, queue: CALLS, .. } => {
                self.soon(20_000, 10 * 60_000, Due::GiveUp(*item));
            }
            Event::OfferMissed { agent, .. } => self.soon(30_000, 300_000, Due::Back(*agent)),
            _ => {}
        }
    }

    fn record(mut self) -> Vec<Entry> {
        let end = Time(MONDAY.0 + self.size.days * DAY);
        while let Some(Reverse((at, due))) = self.due.pop().filter(|Reverse((at, _))| *at < end) {
            self.now = at;
            self.act(due);
        }
        self.journal
    }

    /// Where an item is, if nothing has happened to it since this version.
    fn still(&self, item: ItemId, version: u32) -> Option<ItemState> {
        let item = self.state.facts().items.get(&item)?;
        (item.version == version).then_some(item.state)
    }

    fn act(&mut self, due: Due) {
        match due {
            Due::Clock => {
                self.tick = None;
                self.ask(Command::Clock);
            }
            Due::Arrive => self.arrive(),
            Due::Come(agent) => {
                self.ask(Command::SignIn { agent });
                if self.size.claims {
                    self.soon(1_000, 20_000, Due::Claim(agent));
                }
            }
            Due::Break(agent) => {
                let status = Status::Away { reason: Code::new("lunch") };
                self.ask(Command::SetStatus { agent, status });
            }
            Due::Back(agent) => {
                self.ask(Command::SetStatus { agent, status: Status::Available });
            }
            Due::Go(agent) => self.ask(Command::SignOut { agent }),
            Due::Claim(agent) => {
                if self.state.facts().agents.get(&agent).is_some_and(|agent| agent.present) {
                    self.ask(Command::Claim { agent });
                    self.soon(5_000, 90_000, Due::Claim(agent));
                }
            }
            Due::Answer(item, version) => {
                if let Some(ItemState::Offered { agent, .. }) = self.still(item, version) {
                    let seen = Seen { agent: Some(agent), version: Some(version) };
                    let answer = match self.random.percent(10) {
                        true => Command::Decline { item, seen },
                        false => Command::Accept { item, seen },
                    };
                    self.ask(answer);
                }
            }
            Due::Finish(item, version) => {
                if let Some(ItemState::Assigned { agent, .. }) = self.still(item, version) {
                    self.finish(item, agent, version);
                }
            }
            Due::GiveUp(item) => {
                let state = self.state.facts().items.get(&item).map(|item| item.state);
                if matches!(state, Some(ItemState::Waiting | ItemState::Offered { .. })) {
                    self.ask(Command::Cancel { item, seen: Seen::default() });
                }
            }
        }
    }

    fn finish(&mut self, item: ItemId, agent: AgentId, version: u32) {
        let seen = Seen { agent: Some(agent), version: Some(version) };
        match self.random.below(20) {
            0 => self.ask(Command::Release { item, seen }),
            1 => {
                self.ask(Command::Update { item, seen, contacted: true, by_other: false });
                self.soon(30_000, 300_000, Due::Finish(item, version + 1));
            }
            2 => {
                let until = Time(self.now.0 + 2 * HOUR);
                self.ask(Command::Retry { item, seen, until, promise: None });
            }
            3..5 => self.ask(Command::Complete { item, seen, disposition: Code::new("again") }),
            n => {
                self.ask(Command::Complete { item, seen, disposition: Code::new("done") });
                if n == 5 {
                    self.ask(Command::Undo { item, agent });
                    let version = self.version(item);
                    self.soon(10_000, 60_000, Due::Finish(item, version));
                }
            }
        }
    }

    fn arrive(&mut self) {
        let source = SourceId(self.random.from_to(1, 3));
        let skills =
            if self.random.percent(30) { [(Code::new("hindi"), 2)].into() } else { [].into() };
        let submission = Submission { source, skills, ..Submission::default() };
        self.ask(Command::Submit { submission });
        let next = self.random.from_to(1, 2 * self.size.every_ms as u64) as i64;
        let of_day = (self.now.0 + next - MONDAY.0) % DAY;
        // Nobody comes at night.
        let late = if of_day > 18 * HOUR { DAY + 8 * HOUR - of_day } else { 0 };
        self.push(Time(self.now.0 + next + late), Due::Arrive);
    }
}
