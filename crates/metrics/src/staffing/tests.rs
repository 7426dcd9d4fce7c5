//! Against tables that others printed, against each other, and against a queue that is played.

use super::{BadLoad, Load};
use std::collections::VecDeque;

fn near(left: f64, right: f64, by: f64) {
    assert!((left - right).abs() <= by, "{left} is not within {by} of {right}");
}

#[test]
fn erlang_c_is_what_its_tables_say() {
    // 10 Erlang and 12 agents: the chance to wait is 0.4494 in every printed table.
    let staffed = Load::new(200.0, 180.0, None).unwrap().with(12);
    near(staffed.waits(), 0.4494, 0.0001);
    near(staffed.mean_wait_secs().unwrap(), 0.4494 * 180.0 / 2.0, 0.01);
    near(staffed.occupancy(), 10.0 / 12.0, 1e-9);
}

#[test]
fn with_no_more_agents_than_load_nobody_is_answered_in_time_without_patience() {
    let load = Load::new(360.0, 100.0, None).unwrap();
    let staffed = load.with(10);
    assert_eq!((staffed.service_level(3_600.0), staffed.mean_wait_secs()), (0.0, None));
    assert!(load.with(11).service_level(3_600.0) > 0.9);
}

#[test]
fn endless_patience_is_erlang_c() {
    for agents in 11..=16 {
        let patient = Load::new(360.0, 100.0, Some(86_400.0)).unwrap().with(agents);
        let endless = Load::new(360.0, 100.0, None).unwrap().with(agents);
        near(patient.service_level(20.0), endless.service_level(20.0), 0.01);
    }
}

#[test]
fn whoever_comes_is_answered_or_gives_up() {
    let load = Load::new(600.0, 240.0, Some(120.0)).unwrap();
    for agents in [1, 20, 38, 40, 45, 80] {
        let staffed = load.with(agents);
        // Everybody who is answered at all is answered within a day.
        near(staffed.service_level(86_400.0), 1.0 - staffed.abandonment(), 1e-5);
    }
}

#[test]
fn the_fewest_agents_are_enough_and_one_less_is_not() {
    for patience in [None, Some(90.0)] {
        let load = Load::new(1_200.0, 300.0, patience).unwrap();
        let agents = load.agents_for(0.8, 20.0).unwrap();
        assert!(load.with(agents).service_level(20.0) >= 0.8);
        assert!(load.with(agents - 1).service_level(20.0) < 0.8);
    }
}

#[test]
fn a_load_that_says_nothing_is_refused() {
    assert_eq!(Load::new(0.0, 1.0, None), Err(BadLoad::Arrivals(0.0)));
    assert!(matches!(Load::new(f64::NAN, 1.0, None), Err(BadLoad::Arrivals(_))));
    assert_eq!(Load::new(1.0, -1.0, None), Err(BadLoad::Handling(-1.0)));
    assert_eq!(Load::new(1.0, 1.0, Some(0.0)), Err(BadLoad::Patience(0.0)));
}

#[test]
fn nobody_at_all_answers_nobody() {
    let load = Load::new(100.0, 100.0, Some(60.0)).unwrap();
    assert_eq!(load.with(0).service_level(20.0), 0.0);
    near(load.with(0).abandonment(), 1.0, 1e-9);
}

/// A seeded source of chance (xorshift64*, Vigna 2016).
struct Chance(u64);

impl Chance {
    fn exponential(&mut self, mean: f64) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        -mean * ((bits as f64 + 0.5) / (1u64 << 53) as f64).ln()
    }
}

/// First come, first served, call by call: the part answered within `within` seconds.
fn played(load: Load, agents: usize, within: f64, calls: u32) -> f64 {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let mut free_at = VecDeque::from(vec![0.0_f64; agents]);
    let (mut now, mut in_time) = (0.0, 0);
    for _ in 0..calls {
        now += chance.exponential(1.0 / load.per_sec());
        let soonest = free_at.pop_front().unwrap();
        let wait = f64::max(0.0, soonest - now);
        let patience = load.patience_secs.map(|mean| chance.exponential(mean));
        if patience.is_some_and(|patience| patience < wait) {
            free_at.push_front(soonest);
            continue;
        }
        in_time += u32::from(wait <= within);
        let until = now + wait + chance.exponential(load.handling_secs);
        let place = free_at.partition_point(|&other| other <= until);
        free_at.insert(place, until);
    }
    f64::from(in_time) / f64::from(calls)
}

#[test]
fn the_largest_loads_are_answered_too() {
    for (agents, low, high) in [(1, 0.0, 0.001), (20_000, 0.0, 0.001), (100_000, 0.999, 1.0)] {
        let load = Load::new(1_000_000.0, 300.0, Some(86_400.0)).unwrap();
        let level = load.with(agents).service_level(20.0);
        assert!((low..=high).contains(&level), "{agents}: {level}");
    }
}

#[test]
fn a_queue_that_is_played_agrees() {
    let lines = [
        (300.0, 180.0, None, 17),
        (300.0, 180.0, Some(120.0), 15),
        (300.0, 180.0, Some(40.0), 12),
        (60.0, 90.0, Some(300.0), 2),
    ];
    for (arrivals, handling, patience, agents) in lines {
        let load = Load::new(arrivals, handling, patience).unwrap();
        let formula = load.with(agents).service_level(20.0);
        near(played(load, agents as usize, 20.0, 400_000), formula, 0.01);
    }
}
