//! The stages of one run: timed, counted, and summed up at the end.

use super::count::Count;
use crate::problem::{Outcome, Problem};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

/// What a stage gives when it could do its work.
pub enum Done {
    /// It only checks: nothing to count when all is well.
    Checked,
    /// It ran tests.
    Counted(Count),
    /// It had nothing to work on, which is allowed for this stage only.
    Absent(String),
}

struct Entry {
    name: &'static str,
    secs: f64,
    count: Count,
    note: String,
}

/// The stages so far.
#[derive(Default)]
pub struct Ledger(Vec<Entry>);

impl Ledger {
    /// Runs a stage whatever happened before; true when it went well. A panic is a failure.
    pub fn stage(&mut self, name: &'static str, work: impl FnOnce() -> Outcome<Done>) -> bool {
        println!("\n──── {name} ────");
        let start = Instant::now();
        let done = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err(Problem::new("the stage itself panicked")));
        let (count, note) = match done {
            Ok(Done::Checked) => (Count::default(), "ok".to_owned()),
            Ok(Done::Counted(Count { passed: 0, failed: 0 })) => {
                (Count { passed: 0, failed: 1 }, "FAILED: ran no test".to_owned())
            }
            Ok(Done::Counted(count)) if count.failed == 0 => (count, "ok".to_owned()),
            Ok(Done::Counted(count)) => (count, "FAILED".to_owned()),
            Ok(Done::Absent(why)) => (Count::default(), format!("DID NOT RUN: {why}")),
            Err(problem) => {
                println!("{problem}");
                let first = problem.to_string();
                let first = first.lines().next().unwrap_or("").to_owned();
                (Count { passed: 0, failed: 1 }, format!("FAILED: {first}"))
            }
        };
        let secs = start.elapsed().as_secs_f64();
        println!("──── {name}: {note} ({secs:.1} s)");
        let well = count.failed == 0;
        self.0.push(Entry { name, secs, count, note });
        well
    }

    /// Prints the table and, as the very last line, the count; true when nothing failed.
    pub fn close(self) -> bool {
        println!("\n{:<20} {:>8} {:>8} {:>7}  result", "stage", "seconds", "passed", "failed");
        let mut sum = Count::default();
        let mut secs = 0.0;
        for Entry { name, secs: took, count, note } in &self.0 {
            let Count { passed, failed } = count;
            println!("{name:<20} {took:>8.1} {passed:>8} {failed:>7}  {note}");
            sum = sum + *count;
            secs += took;
        }
        println!("{:<20} {secs:>8.1}", "all");
        if let Some(first) = self.0.iter().find(|entry| entry.count.failed > 0) {
            println!("first failure: {} ({})", first.name, first.note);
        }
        println!("{} passed, {} failed", sum.passed, sum.failed);
        sum.failed == 0 && sum.passed > 0
    }
}

/// The count of a runner that ended with `success`: without a count the stage fails, and so it
/// does when the runner is unhappy though every test passed.
pub fn counted(count: Option<Count>, success: bool) -> Outcome<Done> {
    match count {
        None => Err(Problem::new("the runner gave no count of tests")),
        Some(count) if !success && count.failed == 0 => {
            println!("every test passed, and yet the runner ended with an error");
            Ok(Done::Counted(count + Count { passed: 0, failed: 1 }))
        }
        Some(count) => Ok(Done::Counted(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_fails_by_problem_panic_failed_test_or_no_test() {
        let mut ledger = Ledger::default();
        let ok = Count { passed: 2, failed: 0 };
        assert!(ledger.stage("good", || Ok(Done::Counted(ok))));
        assert!(ledger.stage("check", || Ok(Done::Checked)));
        assert!(ledger.stage("absent", || Ok(Done::Absent("no folder".into()))));
        assert!(!ledger.stage("none", || Ok(Done::Counted(Count::default()))));
        assert!(!ledger.stage("bad", || Err(Problem::new("broken"))));
        assert!(!ledger.stage("panic", || panic!("expected in this test")));
        assert!(!ledger.close());
    }

    #[test]
    fn a_runner_without_a_count_or_with_an_error_fails() {
        assert!(counted(None, true).is_err());
        let ok = Some(Count { passed: 2, failed: 0 });
        let Ok(Done::Counted(count)) = counted(ok, false) else { panic!("no count") };
        assert_eq!(count, Count { passed: 2, failed: 1 });
    }

    #[test]
    fn nothing_run_is_not_success() {
        assert!(!Ledger::default().close());
    }
}
