//! I5: agents who start equal and stay eligible share as their weights say.

use super::check::{Violation, violation};
use super::random::Random;
use routing::{
    AgentId, AgentSpec, Answer, Capacity, Command, Event, ItemId, Presence, QueueId, QueueSpec,
    Seen, SourceId, SourceSpec, State, Submission, Time,
};

/// 2026-03-02 09:00 UTC.
const NINE: i64 = 1_772_442_000_000;

/// Hands out `items` items among 2 to 8 agents of weights 1 to 20, some of them finished, moved or
/// given up meanwhile; after each, for every two agents |aᵢ/wᵢ − aⱼ/wⱼ| ≤ max(1/wᵢ, 1/wⱼ).
pub fn fair_share(seed: u64, items: u64) -> Result<(), Violation> {
    let mut random = Random::new(seed);
    let mut state = State::default();
    let mut now = Time(NINE);
    let agents = random.from_to(2, 8);
    let queue = QueueSpec {
        name: "leads".into(),
        presence: if random.percent(50) { Presence::Ignored } else { Presence::Required },
        ..QueueSpec::default()
    };
    let do_it = |state: &mut State, now, command| state.handle(now, command).events;
    do_it(&mut state, now, Command::CreateQueue { spec: queue });
    let source = SourceSpec { name: "META".into(), queue: QueueId(1), ..SourceSpec::default() };
    do_it(&mut state, now, Command::CreateSource { spec: source });
    let mut weights = Vec::new();
    for agent in 1..=agents {
        let weight = random.from_to(1, 20) as u8;
        weights.push(i64::from(weight));
        let spec = AgentSpec {
            weight,
            capacity: Capacity { lead: None, ..Capacity::default() },
            queues: [QueueId(1)].into(),
            ..AgentSpec::default()
        };
        do_it(&mut state, now, Command::CreateAgent { spec });
        do_it(&mut state, now, Command::SignIn { agent: AgentId(agent) });
    }
    let mut counts = vec![0_i64; weights.len()];
    for _ in 0..items {
        now = Time(now.0 + random.below(60_000) as i64);
        let submission = Submission { source: SourceId(1), ..Submission::default() };
        let handled = state.handle(now, Command::Submit { submission });
        let Ok(Answer::Item(item)) = handled.answer else {
            return violation("I5", format!("{:?}", handled.answer));
        };
        for event in &handled.events {
            if let Event::Assigned { agent, .. } = event {
                counts[agent.0 as usize - 1] += 1;
            }
        }
        if !is_fair(&counts, &weights) {
            let detail = format!("seed {seed}: {counts:?} items by weights {weights:?}");
            return violation("I5", detail);
        }
        // Finishing does not change whose turn it is.
        if random.percent(50) {
            let item = ItemId(random.from_to(1, item.0));
            let seen = Seen::default();
            do_it(&mut state, now, Command::Cancel { item, seen });
        }
        state.forget_closed();
    }
    Ok(())
}

/// Whether for every two agents |aᵢ/wᵢ − aⱼ/wⱼ| ≤ max(1/wᵢ, 1/wⱼ), in whole numbers.
pub fn is_fair(counts: &[i64], weights: &[i64]) -> bool {
    (0..counts.len()).flat_map(|i| (0..i).map(move |j| (i, j))).all(|(i, j)| {
        let apart = counts[i] * weights[j] - counts[j] * weights[i];
        apart.abs() <= weights[i].max(weights[j])
    })
}
