//! Four weeks' replay, timed: `cargo run --release -p whatif --example month -- 40 1000` is 40 agents and
//! an arrival every second of the working hours.

#[path = "../tests/office/mod.rs"]
mod office;

use office::{Size, WEEK, recorded};
use std::time::Instant;
use whatif::{Change, Entry, Options, Policy, compare, compare_by};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>().unwrap_or(1));
    let agents = numbers.next().unwrap_or(40);
    let every_ms = numbers.next().unwrap_or(20_000) as i64;
    let size = Size { agents, days: 4 * WEEK.days, every_ms, ..WEEK };
    let began = Instant::now();
    let (state, journal) = recorded(1, size);
    let submitted = journal.iter().filter(|e| matches!(e.event, routing::Event::Submitted { .. }));
    let items = submitted.count();
    println!("{items} items, {} events, made in {:.1?}", journal.len(), began.elapsed());
    println!("{} bytes an event", size_of::<Entry>());
    let policy = r#"{"queues": {"1": {"strategy": "longest_idle"}}, "add_agents": [{"like": 2}]}"#;
    let policy = Policy::read(policy).and_then(|policy| policy.change(state.facts()));
    let change = policy.expect("a policy of this office");
    let time = |what: &str, change: &Change, follow: bool| {
        let began = Instant::now();
        let compared = compare_by(state.clone(), &journal, change, &Options::default(), follow)
            .expect("a comparison");
        let took = began.elapsed();
        let (us, other) = (took.as_secs_f64() * 1e6 / items as f64, compared.differences.total);
        println!("{what}: {took:.1?}, {us:.1} µs an item, {other} differ");
    };
    time("unchanged", &Change::default(), true);
    time("unchanged, by courses", &Change::default(), false);
    time("changed", &change, true);
    let began = Instant::now();
    let compared = compare(state.clone(), &journal, &change, &Options::default());
    let json = serde_json::to_vec(&compared.expect("a comparison")).expect("JSON");
    println!("{} bytes of JSON, {:.1?}", json.len(), began.elapsed());
}
