//! (a) The core alone: an agent completes an item and gets the next, however many wait.

use crate::measure::Measures;
use routing::{
    AgentId, AgentSpec, Answer, Capacity, Code, Command, Event, ItemId, Presence, QueueId,
    QueueSpec, Seen, Settings, SourceId, SourceSpec, State, Step, Submission, Time,
};
use std::time::{Duration, Instant};

const START: Time = Time(1_772_442_000_000);
const REGIONS: u64 = 20;

/// Measures decisions for each number of agents and each backlog.
pub fn measure(measures: &mut Measures, quick: bool) {
    let backlogs: &[u64] = if quick { &[1_000, 100_000] } else { &[1_000, 100_000, 1_000_000] };
    for agents in [10, 1_000, 10_000] {
        let mut shop = Shop::open(agents);
        for &backlog in backlogs {
            shop.fill(backlog);
            let name = format!("core.decision_ns.agents_{agents}.backlog_{backlog}");
            // Once to warm up, then the median of five: the machine does other things too.
            shop.decisions(2_000);
            let mut rounds: Vec<f64> = (0..5).map(|_| shop.decisions(4_000)).collect();
            rounds.sort_by(f64::total_cmp);
            measures.add(name, rounds[2], "ns");
        }
    }
}

struct Shop {
    state: State,
    now: Time,
    source: SourceId,
    waiting: u64,
    submitted: u64,
    /// What is held, in the order in which it will be completed.
    held: std::collections::VecDeque<ItemId>,
}

impl Shop {
    fn open(agents: u64) -> Self {
        let mut shop = Shop {
            state: State::default(),
            now: START,
            source: SourceId(0),
            waiting: 0,
            submitted: 0,
            held: std::collections::VecDeque::new(),
        };
        shop.handle(Command::Configure { settings: Settings::default() });
        let steps = vec![Step { same_region: true, ..Step::default() }];
        let spec = QueueSpec {
            name: "leads".into(),
            presence: Presence::Ignored,
            steps,
            ..QueueSpec::default()
        };
        let queue = match shop.handle(Command::CreateQueue { spec }).0 {
            Answer::Queue(queue) => queue,
            _ => QueueId(0),
        };
        let spec = SourceSpec { name: "web".into(), queue, ..SourceSpec::default() };
        if let Answer::Source(source) = shop.handle(Command::CreateSource { spec }).0 {
            shop.source = source;
        }
        for n in 0..agents {
            let spec = AgentSpec {
                queues: [queue].into(),
                regions: [region(n), region(n + 1)].into(),
                capacity: Capacity { lead: Some(1), ..Capacity::default() },
                ..AgentSpec::default()
            };
            shop.handle(Command::CreateAgent { spec });
        }
        // Each agent gets one to begin with.
        while shop.held.len() < agents as usize {
            shop.submit();
        }
        shop
    }

    fn handle(&mut self, command: Command) -> (Answer, Option<(ItemId, AgentId)>) {
        self.now.0 += 1;
        let handled = self.state.handle(self.now, command);
        self.state.forget_closed();
        let assigned = handled.events.iter().find_map(|event| match event {
            Event::Assigned { item, agent, .. } => Some((*item, *agent)),
            _ => None,
        });
        (handled.answer.unwrap_or(Answer::Done), assigned)
    }

    fn submit(&mut self) {
        let submission = Submission {
            source: self.source,
            region: Some(region(self.submitted)),
            contact: Some(routing::ContactKey(u128::from(self.submitted))),
            ..Submission::default()
        };
        self.submitted += 1;
        match self.handle(Command::Submit { submission }).1 {
            Some((item, _)) => self.held.push_back(item),
            None => self.waiting += 1,
        }
    }

    fn fill(&mut self, backlog: u64) {
        while self.waiting < backlog {
            self.submit();
        }
    }

    /// Completes so many items, each of which assigns the next; new ones take their place outside
    /// the measured time. Gives nanoseconds a decision.
    fn decisions(&mut self, count: u64) -> f64 {
        const PIECE: u64 = 200;
        let done = Code::new("done");
        let mut took = Duration::ZERO;
        for _ in 0..count / PIECE {
            let backlog = self.waiting;
            let started = Instant::now();
            for _ in 0..PIECE {
                let Some(item) = self.held.pop_front() else { break };
                let seen = Seen::default();
                let complete = Command::Complete { item, seen, disposition: done.clone() };
                let next = self.handle(complete).1;
                self.waiting -= u64::from(next.is_some());
                self.held.extend(next.map(|(item, _)| item));
            }
            took += started.elapsed();
            self.fill(backlog);
        }
        took.as_nanos() as f64 / (count / PIECE * PIECE) as f64
    }
}

fn region(n: u64) -> Code {
    Code::new(&format!("r{}", n % REGIONS))
}
