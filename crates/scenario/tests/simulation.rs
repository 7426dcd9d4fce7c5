//! The simulation in the test command. FAIRLEAD_SIM_RUNS, FAIRLEAD_SIM_COMMANDS and
//! FAIRLEAD_SIM_SEED ask for more, longer or other runs.

use scenario::script::{play, script};
use scenario::simulation::{check_commands, fair_share, run_once, simulate};

fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

#[test]
fn every_invariant_holds_in_every_run() {
    let runs = setting("FAIRLEAD_SIM_RUNS", 10_000);
    let commands = setting("FAIRLEAD_SIM_COMMANDS", 200);
    let seed = setting("FAIRLEAD_SIM_SEED", 1);
    let began = std::time::Instant::now();
    let report = simulate(seed, runs, commands as usize, |_| {});
    let secs = began.elapsed().as_secs_f64();
    if let Some(failure) = &report.failure {
        panic!("{failure}");
    }
    println!("{} runs of {commands} commands in {secs:.1} s", report.runs);
    println!("{:.0} runs/s\n{}", report.runs as f64 / secs, report.coverage);
    if runs >= 1_000 {
        let missing = report.coverage.missing();
        assert!(missing.is_empty(), "never came up: {missing:?}");
    }
}

#[test]
fn shares_follow_weights() {
    for seed in 0..setting("FAIRLEAD_SIM_RUNS", 10_000) / 50 {
        fair_share(seed, 300).unwrap_or_else(|violation| panic!("{violation}"));
    }
}

#[test]
fn commands_survive_being_written_as_a_script() {
    for seed in 0..200 {
        let (commands, _, _) = run_once(seed, 100);
        let text = script(&commands);
        let played = play(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
        for (at, (written, read)) in commands.iter().zip(&played.commands).enumerate() {
            assert_eq!(written, read, "seed {seed}, command {at}");
        }
        assert_eq!(commands.len(), played.commands.len());
    }
}

#[test]
fn scenarios_hold_every_invariant_too() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    for entry in std::fs::read_dir(folder).expect("the folder of scenarios") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a readable scenario");
        let played = play(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if let Err(violation) = check_commands(&played.commands) {
            panic!("{}: {violation}", path.display());
        }
    }
}
