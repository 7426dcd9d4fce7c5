//! One run of the simulation, and many.

use super::check::{Checked, Violation};
use super::coverage::Coverage;
use super::drive::Driver;
use super::random::Random;
use super::replay::Record;
use super::shrink::shrink;
use crate::script::script;
use routing::{Command, Time};
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A run that broke an invariant, made as small as could be.
#[derive(Clone, Debug)]
pub struct Failure {
    pub seed: u64,
    /// How many commands the run had when it broke.
    pub commands: usize,
    pub violation: Violation,
    /// What is left after shrinking, with what came of it, as a scenario.
    pub script: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { seed, commands, violation, script } = self;
        writeln!(f, "seed {seed} breaks {violation}")?;
        writeln!(f, "again with: FAIRLEAD_SIM_SEED={seed} FAIRLEAD_SIM_RUNS=1")?;
        write!(f, "the {commands} commands shrank to:\n\n{script}")
    }
}

/// What the runs came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub runs: u64,
    pub commands: u64,
    pub coverage: Coverage,
    /// The first failure that was found.
    pub failure: Option<Failure>,
}

/// Plays commands with every check. The record says how far it came.
fn checked(
    mut next: impl FnMut(usize, &Checked) -> Option<(Time, Command)>,
    random: &mut Random,
    snapshot_at: usize,
) -> (Record, Coverage, Result<(), Violation>) {
    let mut checked = Checked::default();
    let mut record = Record::default();
    let mut at = 0;
    while let Some((time, command)) = next(at, &checked) {
        let result = checked.step(time, &command);
        record.commands.push((time, command));
        match result {
            Ok(handled) => record.events.push(handled.events),
            Err(violation) => return (record, checked.coverage, Err(violation)),
        }
        checked.state.forget_closed();
        at += 1;
        if at == snapshot_at {
            record.snapshot = Some((at, checked.state.canonical()));
        }
    }
    let result = record.check(&checked.state, random);
    (record, checked.coverage, result)
}

/// Plays these commands with every check.
pub fn check_commands(commands: &[(Time, Command)]) -> Result<(), Violation> {
    let mut random = Random::new(commands.len() as u64);
    let snapshot_at = random.below(commands.len() as u64) as usize;
    checked(|at, _| commands.get(at).cloned(), &mut random, snapshot_at).2
}

/// One run: what was asked, what came up, and what broke.
pub fn run_once(
    seed: u64,
    commands: usize,
) -> (Vec<(Time, Command)>, Coverage, Result<(), Violation>) {
    let mut driver = Driver::new(seed);
    let mut random = Random::new(!seed);
    let snapshot_at = random.from_to(1, commands.max(1) as u64) as usize;
    let next = |at, checked: &Checked| (at < commands).then(|| driver.next(&checked.state));
    let (record, coverage, result) = checked(next, &mut random, snapshot_at);
    (record.commands, coverage, result)
}

/// Many runs, on every core. Run number n has the seed `seed + n`. `progress` hears how many are
/// done, now and then, from any thread. Stops at the first failure, which is shrunk.
pub fn simulate(seed: u64, runs: u64, commands: usize, progress: impl Fn(u64) + Sync) -> Report {
    let next = AtomicU64::new(0);
    let done = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let report = Mutex::new(Report::default());
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let work = || {
        let mut ours = Report::default();
        while !stop.load(Ordering::Relaxed) {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= runs {
                break;
            }
            let (played, coverage, result) = run_once(seed.wrapping_add(n), commands);
            ours.runs += 1;
            ours.commands += played.len() as u64;
            ours.coverage.add(&coverage);
            if let Err(violation) = result {
                stop.store(true, Ordering::Relaxed);
                ours.failure = Some(failure(seed.wrapping_add(n), played, violation));
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(100) || done == runs {
                progress(done);
            }
        }
        // A thread that panicked has said so itself.
        let mut report = report.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        report.runs += ours.runs;
        report.commands += ours.commands;
        report.coverage.add(&ours.coverage);
        report.failure = report.failure.take().or(ours.failure);
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    report.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn failure(seed: u64, played: Vec<(Time, Command)>, violation: Violation) -> Failure {
    let commands = played.len();
    let (left, violation) = shrink(played, violation);
    let text = script(&left);
    let script = crate::script::play(&text).map_or(text, |played| played.text);
    Failure { seed, commands, violation, script }
}
