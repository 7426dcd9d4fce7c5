//! Plans agree with Erlang where he has an answer.

use metrics::Metric;
use metrics::staffing::Load;
use whatif::{Arrivals, Figures, Handling, Options, Plan};

/// So many calls at a steady rate, through the engine.
fn played(per_hour: f64, mean_secs: f64, patience_secs: Option<f64>, agents: u32) -> Figures {
    let hours = (100_000.0 / per_hour).ceil() as usize;
    let plan = Plan {
        arrivals: Arrivals::PerHour(vec![per_hour; hours]),
        handling: Handling::Exponential { mean_secs },
        patience_secs,
        agents,
        seed: 11,
    };
    plan.play(&Options::default()).expect("a good plan").workspace
}

fn percent(figures: &Figures, metric: Metric) -> f64 {
    figures.shares[&metric].hundredths().expect("somebody came") as f64 / 100.0
}

#[test]
fn the_service_level_is_that_of_erlang_c() {
    for (per_hour, handling, agents) in [(360.0, 240.0, 28), (120.0, 300.0, 13), (60.0, 180.0, 5)] {
        let load = Load::new(per_hour, handling, None).expect("a load").with(agents);
        let figures = played(per_hour, handling, None, agents);
        let (said, found) =
            (load.service_level(20.0) * 100.0, percent(&figures, Metric::ServiceLevel));
        println!("Erlang C {said:.2} %, played {found:.2} %");
        assert!((said - found).abs() < 1.5, "{agents} agents: {said} and {found} %");
        let occupancy = percent(&figures, Metric::Occupancy);
        assert!((load.occupancy() * 100.0 - occupancy).abs() < 1.5, "{occupancy} % occupied");
        assert_eq!((figures.waiting, figures.answers.abandoned), (0, 0));
    }
}

#[test]
fn the_service_level_is_that_of_erlang_a_where_callers_give_up() {
    for (per_hour, patience, agents) in [(360.0, 120.0, 24), (360.0, 60.0, 20), (90.0, 180.0, 7)] {
        let load = Load::new(per_hour, 240.0, Some(patience)).expect("a load").with(agents);
        let figures = played(per_hour, 240.0, Some(patience), agents);
        let (said, found) =
            (load.service_level(20.0) * 100.0, percent(&figures, Metric::ServiceLevel));
        let (gone, left) = (load.abandonment() * 100.0, percent(&figures, Metric::Abandonment));
        println!("Erlang A {said:.2} and {gone:.2} %, played {found:.2} and {left:.2} %");
        assert!((said - found).abs() < 1.5, "{agents} agents: {said} and {found} %");
        assert!((gone - left).abs() < 1.5, "{agents} agents: {gone} and {left} % gave up");
    }
}

#[test]
fn counts_come_in_their_intervals_and_fixed_times_are_fixed() {
    let plan = Plan {
        arrivals: Arrivals::Counts { interval_secs: 900, counts: vec![0, 12, 0, 3] },
        handling: Handling::Fixed { secs: 60.0 },
        patience_secs: None,
        agents: 1,
        seed: 5,
    };
    let side = plan.play(&Options::default()).expect("a good plan");
    let figures = &side.workspace;
    assert_eq!((figures.arrived, figures.work.handled), (15, 15));
    assert_eq!(figures.work.average_handling_time_ms(), Some(60_000));
    let other = Plan { seed: 6, ..plan.clone() }.play(&Options::default()).expect("a good plan");
    assert_ne!(side, other);
    let bytes = |side| serde_json::to_vec(side).expect("JSON");
    assert_eq!(bytes(&side), bytes(&plan.play(&Options::default()).expect("a good plan")));
}

#[test]
fn figures_that_say_nothing_are_named() {
    let good = Plan {
        arrivals: Arrivals::PerHour(vec![10.0]),
        handling: Handling::Fixed { secs: 60.0 },
        patience_secs: None,
        agents: 1,
        seed: 0,
    };
    let wrong = |plan: Plan| plan.play(&Options::default()).expect_err("it says nothing").field;
    assert_eq!(wrong(Plan { agents: 0, ..good.clone() }), "agents");
    assert_eq!(wrong(Plan { patience_secs: Some(0.0), ..good.clone() }), "patience_secs");
    assert_eq!(
        wrong(Plan { handling: Handling::Fixed { secs: f64::NAN }, ..good.clone() }),
        "handling"
    );
    let arrivals = Arrivals::PerHour(vec![-1.0]);
    assert_eq!(wrong(Plan { arrivals, ..good.clone() }), "arrivals");
    let arrivals = Arrivals::Counts { interval_secs: 0, counts: vec![1] };
    assert_eq!(wrong(Plan { arrivals, ..good }), "arrivals.interval_secs");
}
