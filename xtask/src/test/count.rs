//! How many tests ran: read from what each runner prints at its end.

/// Tests that passed and tests that did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

impl std::ops::Add for Count {
    type Output = Count;

    fn add(self, other: Count) -> Count {
        Count { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// `Summary [  1.2s] 10 tests run: 8 passed (1 slow), 1 failed, 1 timed out, 3 skipped`.
/// Whatever ran and did not pass has failed; so have the tests that a stop left out.
pub fn nextest(text: &str) -> Option<Count> {
    let line = text.lines().rev().find(|line| line.trim_start().starts_with("Summary ["))?;
    let after = line.split_once(']')?.1.trim_start();
    let (planned, rest) = after.split_once(" run: ")?;
    // "8/10 tests" when the run was stopped.
    let planned = planned.split_whitespace().next()?.split('/').next_back()?.parse().ok()?;
    let passed = before(rest, "passed").unwrap_or(0);
    Some(Count { passed, failed: u64::checked_sub(planned, passed)? })
}

/// The sum of all `test result: ok. 5 passed; 0 failed; …` lines.
pub fn cargo_test(text: &str) -> Option<Count> {
    text.lines()
        .filter_map(|line| line.trim_start().strip_prefix("test result: "))
        .map(|line| {
            let passed = before(line, "passed")?;
            Some(Count { passed, failed: before(line, "failed")? })
        })
        .reduce(|a, b| Some(a? + b?))?
}

/// `Tests  1 failed | 11 passed | 1 skipped (13)`: all that did not pass has failed.
pub fn vitest(text: &str) -> Option<Count> {
    let line = text.lines().rev().find_map(|line| line.trim_start().strip_prefix("Tests  "))?;
    let passed = before(line, "passed").unwrap_or(0);
    let all = line.rsplit_once('(')?.1.trim_end().strip_suffix(')')?;
    let all: u64 = all.parse().ok()?;
    Some(Count { passed, failed: all.checked_sub(passed)? })
}

/// Playwright's closing lines, one kind each: `2 failed`, `1 flaky`, `1 did not run`,
/// `42 passed (1.2m)`. A flaky test has failed.
pub fn playwright(text: &str) -> Option<Count> {
    let mut found = None;
    for line in text.lines().map(str::trim) {
        let Some((number, kind)) = line.split_once(' ') else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        let count = match kind {
            "failed" | "flaky" | "did not run" | "interrupted" | "skipped" => {
                Count { passed: 0, failed: number }
            }
            "passed" => Count { passed: number, failed: 0 },
            _ if kind.starts_with("passed (") => Count { passed: number, failed: 0 },
            _ => continue,
        };
        found = Some(found.unwrap_or_default() + count);
    }
    found
}

/// The last line of a fault run: `checks: 31 passed, 1 failed`.
pub fn checks(text: &str) -> Option<Count> {
    let line = text.lines().rev().find_map(|line| line.strip_prefix("checks: "))?;
    Some(Count { passed: before(line, "passed")?, failed: before(line, "failed")? })
}

/// The number that stands before a word: `before("8 passed (1 slow), 2 failed", "failed")` is 2.
fn before(text: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: u64, failed: u64) -> Option<Count> {
        Some(Count { passed, failed })
    }

    #[test]
    fn nextest_lines() {
        let all = "     Summary [   0.012s] 3 tests run: 3 passed, 0 skipped\n";
        assert_eq!(nextest(all), count(3, 0));
        let one = "     Summary [   0.012s] 1 test run: 1 passed, 9 skipped\n";
        assert_eq!(nextest(one), count(1, 0));
        let some = "Summary [ 91.0s] 10 tests run: 7 passed (1 slow, 1 leaky), 1 failed, 2 timed \
                    out, 3 skipped";
        assert_eq!(nextest(some), count(7, 3));
        assert_eq!(nextest("Summary [ 1s] 2/9 tests run: 1 passed, 1 failed"), count(1, 8));
        assert_eq!(nextest("error: could not compile"), None);
    }

    #[test]
    fn cargo_test_lines_add_up() {
        let text = "test result: ok. 5 passed; 0 failed; 0 ignored\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(cargo_test(text), count(6, 2));
        assert_eq!(cargo_test("nothing"), None);
    }

    #[test]
    fn vitest_lines() {
        assert_eq!(vitest(" Test Files  1 passed (1)\n      Tests  12 passed (12)"), count(12, 0));
        assert_eq!(vitest("      Tests  1 failed | 11 passed | 2 skipped (14)"), count(11, 3));
        assert_eq!(vitest("no test files found"), None);
    }

    #[test]
    fn a_fault_run_s_last_line() {
        assert_eq!(checks("seed 7\n\nchecks: 31 passed, 1 failed\n"), count(31, 1));
        assert_eq!(checks("error: a node does not serve"), None);
    }

    #[test]
    fn playwright_lines() {
        assert_eq!(playwright("Running 42 tests\n  42 passed (1.2m)\n"), count(42, 0));
        assert_eq!(
            playwright("  1 failed\n    a.spec.ts:3\n  2 flaky\n  5 passed (3s)"),
            count(5, 3)
        );
        assert_eq!(playwright("Error: no tests found"), None);
    }
}
