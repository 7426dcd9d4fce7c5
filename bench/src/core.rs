//! The core alone: an agent completes an item and gets the next, however many wait.

use crate::report::Report;
use crate::window::median;
use routing::{
    AgentSpec, Capacity, Code, Command, Event, Handled, ItemId, Presence, QueueId, QueueSpec, Seen,
    Settings, SourceId, SourceSpec, State, Step, Submission, Time,
};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const START: Time = Time(1_772_442_000_000);
const REGIONS: u64 = 36;
const ROUNDS: u64 = 5;

/// Measures decisions for each number of agents and each backlog.
pub fn measure(report: &mut Report, quick: bool) {
    let (backlogs, decisions): (&[u64], _) = match quick {
        true => (&[1_000, 100_000], 2_000),
        false => (&[1_000, 100_000, 1_000_000], 20_000),
    };
    for agents in [10, 1_000, 10_000] {
        let mut shop = Shop::open(agents);
        for &backlog in backlogs {
            shop.fill(backlog);
            shop.decide(decisions / ROUNDS, backlog);
            let mut rounds: Vec<f64> =
                (0..ROUNDS).map(|_| shop.decide(decisions / ROUNDS, backlog)).collect();
            let name = format!("core.decision_ns.agents_{agents}.backlog_{backlog}");
            report.add(name, median(&mut rounds), "ns");
        }
    }
    report.add_ratio(
        "core.million_to_thousand_ratio",
        "core.decision_ns.agents_10000.backlog_1000000",
        "core.decision_ns.agents_10000.backlog_1000",
    );
}

struct Shop {
    state: State,
    now: Time,
    submitted: u64,
    /// What is held, in the order in which it will be completed.
    held: VecDeque<ItemId>,
}

impl Shop {
    /// Agents who each hold one lead, serve their region first and then anybody.
    fn open(agents: u64) -> Self {
        let state = State::default();
        let mut shop = Shop { state, now: START, submitted: 0, held: VecDeque::new() };
        shop.handle(Command::Configure { settings: Settings::default() });
        let spec = QueueSpec {
            name: "leads".into(),
            presence: Presence::Ignored,
            steps: vec![Step { same_region: true, ..Step::default() }, Step::default()],
            ..QueueSpec::default()
        };
        shop.handle(Command::CreateQueue { spec });
        let spec = SourceSpec { name: "web".into(), queue: QueueId(1), ..SourceSpec::default() };
        shop.handle(Command::CreateSource { spec });
        for n in 0..agents {
            let spec = AgentSpec {
                queues: [QueueId(1)].into(),
                regions: [region(n)].into(),
                capacity: Capacity { lead: Some(1), ..Capacity::default() },
                daily_cap: Some(1_000_000),
                ..AgentSpec::default()
            };
            shop.handle(Command::CreateAgent { spec });
        }
        while (shop.held.len() as u64) < agents {
            shop.submit();
        }
        shop
    }

    fn handle(&mut self, command: Command) -> Handled {
        let handled = self.state.handle(self.now, command);
        let assigned = handled.events.iter().filter_map(|event| match event {
            Event::Assigned { item, .. } => Some(*item),
            _ => None,
        });
        self.held.extend(assigned);
        handled
    }

    fn submit(&mut self) {
        self.submitted += 1;
        self.now.0 += 1;
        let submission = Submission {
            source: SourceId(1),
            region: Some(region(self.submitted * 7)),
            ..Submission::default()
        };
        self.handle(Command::Submit { submission });
    }

    fn fill(&mut self, backlog: u64) {
        while (self.state.waiting(QueueId(1)) as u64) < backlog {
            self.submit();
        }
    }

    /// Completes so many items, each of which assigns the next; new ones take their place outside
    /// the measured time. Gives nanoseconds a decision.
    fn decide(&mut self, count: u64, backlog: u64) -> f64 {
        const PIECE: u64 = 100;
        let done = Code::new("done");
        let (mut took, mut decided) = (Duration::ZERO, 0);
        while decided < count {
            let started = Instant::now();
            for _ in 0..PIECE {
                let Some(item) = self.held.pop_front() else { break };
                let disposition = done.clone();
                self.handle(Command::Complete { item, seen: Seen::default(), disposition });
                decided += 1;
            }
            // As the dispatcher does after each batch.
            self.state.forget_closed();
            took += started.elapsed();
            self.fill(backlog);
        }
        took.as_nanos() as f64 / decided as f64
    }
}

fn region(n: u64) -> Code {
    Code::new(&format!("r{}", n % REGIONS))
}
