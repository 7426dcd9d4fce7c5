//! A plan without history: arrivals at random or by count, handling times and patience from a
//! distribution, so many agents on one queue, through the same engine. Where Erlang's assumptions hold
//! it agrees with his formulas (`metrics::staffing`); it goes on where they do not: rates that change by
//! the hour, fixed handling times, a rush that is still being worked off an hour later.

use crate::Options;
use crate::chance::Chance;
use crate::figures::Side;
use crate::tally::Tally;
use routing::{
    AgentId, AgentSpec, Code, Command, Event, ItemId, ItemState, Kind, QueueId, QueueSpec, Seen,
    SourceId, SourceSpec, State, Submission, Time,
};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use thiserror::Error;

/// The most arrivals and agents of one plan.
const MOST_ARRIVALS: f64 = 5_000_000.0;
const MOST_AGENTS: u32 = 10_000;
/// A week: the longest that anything of one call may take.
const MOST_SECS: f64 = 604_800.0;
/// When the plan begins: any day does, as nobody in it has hours.
const START: Time = Time(1_767_225_600_000);

/// Who comes, how long they take, and who is there for them.
///
/// ```
/// use whatif::{Arrivals, Handling, Options, Plan};
/// use metrics::Metric;
///
/// let plan = Plan {
///     arrivals: Arrivals::PerHour(vec![30.0, 90.0, 60.0]),
///     handling: Handling::Exponential { mean_secs: 240.0 },
///     patience_secs: Some(120.0),
///     agents: 6,
///     seed: 1,
/// };
/// let side = plan.play(&Options::default()).unwrap();
/// assert!(side.workspace.shares[&Metric::ServiceLevel].hundredths().unwrap() > 5_000);
/// assert_eq!(side, plan.play(&Options::default()).unwrap());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub arrivals: Arrivals,
    pub handling: Handling,
    /// The mean of an exponential patience; nobody gives up when absent.
    #[serde(default)]
    pub patience_secs: Option<f64>,
    pub agents: u32,
    /// The same seed gives the same arrivals, times and result.
    #[serde(default)]
    pub seed: u64,
}

/// When they come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Arrivals {
    /// A mean for each hour, one after the other; within it at random (Poisson).
    PerHour(Vec<f64>),
    /// So many in each interval, as counted before; each at a random moment of it.
    Counts { interval_secs: u32, counts: Vec<u32> },
}

/// How long somebody has an item.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Handling {
    Exponential { mean_secs: f64 },
    Fixed { secs: f64 },
}

/// A figure of a plan that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {problem}")]
pub struct BadPlan {
    pub field: &'static str,
    pub problem: String,
}

impl Plan {
    /// Plays the plan until everybody who came was answered or has given up.
    ///
    /// # Errors
    /// When a figure is out of bounds, or the engine refuses the queue.
    pub fn play(&self, options: &Options) -> Result<Side, BadPlan> {
        self.check()?;
        let mut chance = Chance::new(self.seed);
        let arrivals = self.arrivals.times(&mut chance);
        let state = self.open();
        let tally = Tally::new(state.facts(), options);
        let mut day = Day { state, tally, due: BinaryHeap::new(), takes: BTreeMap::new() };
        let mut now = START;
        for at in arrivals {
            while let Some(due) = day.next_before(at) {
                day.act(due);
            }
            now = at;
            let takes = self.handling.draw(&mut chance);
            let patience = self.patience_secs.map(|mean| millis(mean * chance.exponential()));
            day.come(at, takes, patience);
        }
        while let Some(due) = day.next_before(Time(i64::MAX)) {
            now = day.act(due);
        }
        day.tally.end(now);
        Ok(Side::of(&day.tally))
    }

    fn check(&self) -> Result<(), BadPlan> {
        let bad = |field, problem: String| Err(BadPlan { field, problem });
        let expected: f64 = match &self.arrivals {
            Arrivals::PerHour(rates) => {
                match rates.iter().find(|rate| !(0.0..=1e6).contains(*rate)) {
                    Some(rate) => {
                        return bad("arrivals", format!("{rate} an hour is not 0 to 1,000,000"));
                    }
                    None => rates.iter().sum(),
                }
            }
            Arrivals::Counts { interval_secs: 0, .. } => {
                return bad("arrivals.interval_secs", "must be more than 0".to_owned());
            }
            Arrivals::Counts { counts, .. } => counts.iter().map(|count| f64::from(*count)).sum(),
        };
        if expected > MOST_ARRIVALS {
            return bad("arrivals", format!("{expected} are too many; plan a shorter time"));
        }
        if !(1..=MOST_AGENTS).contains(&self.agents) {
            return bad("agents", format!("must be 1 to {MOST_AGENTS}, not {}", self.agents));
        }
        let (Handling::Exponential { mean_secs: secs } | Handling::Fixed { secs }) = self.handling;
        let good = |secs: f64| secs > 0.0 && secs <= MOST_SECS;
        if !good(secs) {
            return bad("handling", format!("{secs} s is not more than 0 and at most {MOST_SECS}"));
        }
        match self.patience_secs {
            Some(secs) if !good(secs) => {
                bad("patience_secs", format!("{secs} is not more than 0 and at most {MOST_SECS}"))
            }
            _ => Ok(()),
        }
    }

    /// One queue, and everybody at their desk.
    fn open(&self) -> State {
        let mut state = State::default();
        let (queue, kind) = (QueueId(1), Kind::Call);
        let spec = QueueSpec { name: "plan".into(), kind, ..QueueSpec::default() };
        state.handle(START, Command::CreateQueue { spec });
        let spec = SourceSpec { name: "plan".into(), kind, queue, ..SourceSpec::default() };
        state.handle(START, Command::CreateSource { spec });
        for agent in (1..=u64::from(self.agents)).map(AgentId) {
            let spec = AgentSpec { queues: [queue].into(), ..AgentSpec::default() };
            state.handle(START, Command::CreateAgent { spec });
            state.handle(START, Command::SignIn { agent });
        }
        state
    }
}

impl Arrivals {
    fn times(&self, chance: &mut Chance) -> Vec<Time> {
        const HOUR_MS: f64 = 3_600_000.0;
        let mut times = Vec::new();
        match self {
            Arrivals::PerHour(rates) => {
                for (hour, rate) in rates.iter().enumerate().filter(|(_, rate)| **rate > 0.0) {
                    // Whatever has passed, the next one is as far away as ever: each hour for itself.
                    let mut of_hour = chance.exponential() * HOUR_MS / rate;
                    while of_hour < HOUR_MS {
                        times.push(Time(START.0 + (hour as f64 * HOUR_MS + of_hour) as i64));
                        of_hour += chance.exponential() * HOUR_MS / rate;
                    }
                }
            }
            Arrivals::Counts { interval_secs, counts } => {
                let interval_ms = f64::from(*interval_secs) * 1_000.0;
                for (place, count) in counts.iter().enumerate() {
                    let begins = place as f64 * interval_ms;
                    times
                        .extend((0..*count).map(|_| {
                            Time(START.0 + (begins + chance.part() * interval_ms) as i64)
                        }));
                }
                times.sort_unstable();
            }
        }
        times
    }
}

impl Handling {
    fn draw(&self, chance: &mut Chance) -> i64 {
        match self {
            Handling::Exponential { mean_secs } => millis(mean_secs * chance.exponential()),
            Handling::Fixed { secs } => millis(*secs),
        }
    }
}

fn millis(secs: f64) -> i64 {
    (secs * 1_000.0).round() as i64
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Done(ItemId, AgentId),
    GivesUp(ItemId),
}

struct Day<'a> {
    state: State,
    tally: Tally<'a>,
    due: BinaryHeap<Reverse<(Time, Due)>>,
    /// How long each of those takes who have not been answered.
    takes: BTreeMap<ItemId, i64>,
}

impl Day<'_> {
    fn come(&mut self, at: Time, takes: i64, patience: Option<i64>) {
        let item = ItemId(self.state.facts().last_item.0 + 1);
        self.takes.insert(item, takes);
        if let Some(patience) = patience {
            self.due.push(Reverse((Time(at.0 + patience), Due::GivesUp(item))));
        }
        let submission = Submission { source: SourceId(1), ..Submission::default() };
        self.ask(at, Command::Submit { submission });
    }

    fn next_before(&mut self, at: Time) -> Option<(Time, Due)> {
        let Reverse((when, _)) = self.due.peek()?;
        if *when > at {
            return None;
        }
        self.due.pop().map(|Reverse(due)| due)
    }

    fn act(&mut self, (at, due): (Time, Due)) -> Time {
        match due {
            Due::Done(item, agent) => {
                let seen = Seen { agent: Some(agent), version: None };
                self.ask(at, Command::Complete { item, seen, disposition: Code::new("done") });
            }
            Due::GivesUp(item) => {
                let state = self.state.facts().items.get(&item).map(|item| item.state);
                if state == Some(ItemState::Waiting) {
                    self.takes.remove(&item);
                    self.ask(at, Command::Cancel { item, seen: Seen::default() });
                }
            }
        }
        at
    }

    fn ask(&mut self, at: Time, command: Command) {
        for event in self.state.handle(at, command).events {
            self.tally.saw(at, &event);
            if let Event::Assigned { item, agent, .. } = event {
                let takes = self.takes.remove(&item).unwrap_or_default();
                self.due.push(Reverse((Time(at.0 + takes), Due::Done(item, agent))));
            }
        }
        self.state.forget_closed();
    }
}
