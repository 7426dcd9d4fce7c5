//! What a run came to: a table of what was done, and of every check with how often it was made.

use crate::Problem;
use crate::inspect::Inspector;
use crate::ledger::Counts;
use crate::options::Place;
use scenario::simulation::Broken;

/// Every check by the name that its violations carry.
const CHECKS: [(&str, &str); 16] = [
    ("I1", "an item is in one state, with one agent at most"),
    ("I2", "capacity and cap hold, but by overflow or by hand"),
    ("I3", "what was answered is there, once"),
    ("I4", "nothing waits for whom is free"),
    ("I5", "shares stay within their bound"),
    ("I6", "nothing new goes to the inactive, absent or away"),
    ("I7", "tables and replay are the same bytes"),
    ("I8", "nobody acts on what they did not see or hold"),
    ("I9", "the given gives the decided again"),
    ("facts", "counts and clocks are as an account of its own has them"),
    ("order", "what must follow follows, in order and without gaps"),
    ("time", "what is due comes, and in time"),
    ("chain", "the journal's and the audit's hashes chain"),
    ("reasons", "every assignment has its event and its reason"),
    ("persons", "nobody outside is named in journal or logs"),
    ("stuck", "everything sent is worked off in the end"),
];

/// What was done at one place.
#[derive(Default)]
pub struct Done {
    pub kills: u32,
    pub cuts: u32,
    pub stops: u32,
}

/// What came of a place: its checks with how often each was made, and what broke.
pub struct Outcome {
    place: Place,
    lines: Vec<(&'static str, u64)>,
    checks: Vec<(&'static str, u64)>,
    problem: Option<Problem>,
}

impl Outcome {
    pub fn new(
        place: Place,
        done: &Done,
        counts: Counts,
        inspector: &Inspector,
        problem: Option<Problem>,
    ) -> Self {
        let history = &inspector.history;
        let mut lines = vec![
            ("kills", u64::from(done.kills)),
            ("times connections were cut", u64::from(done.cuts)),
            ("nodes stopped and resumed", u64::from(done.stops)),
            ("leads sent", counts.sent),
            ("leads answered", counts.leads),
            ("requests sent again with their key", counts.again),
            ("answered leads sent again", counts.replayed),
            ("agents' acts answered", counts.acts),
            ("claims", counts.claims),
            ("edits and placements", counts.edits),
            ("heartbeats", counts.heartbeats),
            ("events read", history.seq()),
        ];
        lines.extend(inspector.came.iter().map(|(what, times)| (*what, *times)));
        let made = |name: &str| match name {
            "I1" | "I9" | "order" => history.seq(),
            "I2" | "I6" => history.matches(),
            "I3" => inspector.kept.promises(),
            "I5" => history.shared(),
            "I7" => inspector.tables,
            "chain" => inspector.chain.rows,
            "reasons" => inspector.reasons,
            "persons" => history.seq() + inspector.lines,
            "stuck" => counts.closed,
            _ => history.commands(),
        };
        let checks = CHECKS.iter().map(|(name, _)| (*name, made(name))).collect();
        Outcome { place, lines, checks, problem }
    }

    fn broken(&self) -> Option<&'static str> {
        let broken = self.problem.as_ref()?.downcast_ref::<Broken>()?;
        Some(broken.violation.invariant)
    }

    /// How many checks held, and how many did not. One that was never made has not held, unless
    /// the run ended before it came to that.
    pub fn count(&self) -> (u64, u64) {
        let held = |(name, made): &&(&str, u64)| *made > 0 && self.broken() != Some(*name);
        let passed = self.checks.iter().filter(held).count() as u64;
        match self.problem {
            Some(_) => (passed, 1),
            None => (passed, self.checks.len() as u64 - passed),
        }
    }

    /// Prints the table.
    pub fn print(&self, seed: u64) {
        println!("\n{}, {} node(s), seed {seed}", self.place.name(), self.place.nodes());
        for (what, number) in &self.lines {
            println!("  {what:<68} {number:>9}");
        }
        for ((name, words), (_, made)) in CHECKS.iter().zip(&self.checks) {
            let result = match (self.broken() == Some(*name), *made) {
                (true, _) => "BROKEN",
                (false, 0) if self.problem.is_some() => "not reached",
                (false, 0) => "NEVER MADE",
                _ => "holds",
            };
            println!("  {name:<8}{words:<60} {made:>9}  {result}");
        }
        if let Some(problem) = &self.problem {
            let place = self.place.name();
            println!("  {problem}\n  again with: cargo xtask faults --only {place} --seed {seed}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::simulation::Violation;

    fn outcome(problem: Option<Problem>) -> Outcome {
        let checks = CHECKS.iter().map(|(name, _)| (*name, 1)).collect();
        Outcome { place: Place::Sqlite, lines: Vec::new(), checks, problem }
    }

    #[test]
    fn what_broke_or_was_never_checked_counts_as_failed() {
        let all = CHECKS.len() as u64;
        assert_eq!(outcome(None).count(), (all, 0));
        let violation = Violation { invariant: "I3", detail: "lost".into() };
        let broken = Broken { seq: 1, item: None, violation };
        assert_eq!(outcome(Some(broken.into())).count(), (all - 1, 1));
        assert_eq!(outcome(Some("a node does not serve".into())).count(), (all, 1));
        let mut idle = outcome(None);
        idle.checks[4].1 = 0;
        assert_eq!(idle.count(), (all - 1, 1));
        idle.problem = Some("a node does not serve".into());
        assert_eq!(idle.count(), (all - 1, 1));
    }
}
