//! The flags of `cargo xtask test`.

use crate::problem::{Outcome, Problem};

/// The groups of stages, in the order they run.
pub const GROUPS: [&str; 10] =
    ["fmt", "tidy", "clippy", "rust", "real-data", "faults", "openapi", "readme", "web", "e2e"];

pub const HELP: &str = "\
cargo xtask test [--only GROUP,…] [--sim-runs N]

  --only GROUP,…   only these groups of stages (for developers; CI runs everything):
                   fmt, tidy, clippy, rust, real-data, faults, openapi, readme, web, e2e
  --sim-runs N     simulation runs (FAIRLEAD_SIM_RUNS; 10,000 when not given)

Variables: FAIRLEAD_REAL_DATA, the folder of real data (default: ../shared/data beside the
repository); CHROMIUM, the browser's path.";

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Empty: everything.
    pub only: Vec<String>,
    pub sim_runs: Option<u64>,
    pub help: bool,
}

impl Options {
    pub fn parse(args: &[String]) -> Outcome<Options> {
        let mut options = Options::default();
        let mut args = args.iter();
        while let Some(flag) = args.next() {
            let mut value = || {
                args.next().ok_or_else(|| Problem::new(format!("{flag} needs a value\n\n{HELP}")))
            };
            match flag.as_str() {
                "--only" => {
                    for group in value()?.split(',') {
                        if !GROUPS.contains(&group) {
                            let known = GROUPS.join(", ");
                            return Err(Problem::new(format!("no group '{group}': {known}")));
                        }
                        options.only.push(group.to_owned());
                    }
                }
                "--sim-runs" => {
                    let runs = value()?;
                    options.sim_runs = Some(runs.parse().map_err(|_| {
                        Problem::new(format!("--sim-runs needs a number, not '{runs}'"))
                    })?);
                }
                "--help" | "-h" => options.help = true,
                other => return Err(Problem::new(format!("no flag '{other}'\n\n{HELP}"))),
            }
        }
        Ok(options)
    }

    /// Whether a group's stages run.
    pub fn wants(&self, group: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Outcome<Options> {
        Options::parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_are_read_and_wrong_ones_named() {
        assert!(parse("").unwrap().wants("e2e"));
        let some = parse("--only rust,web --sim-runs 5").unwrap();
        assert!(some.wants("web") && !some.wants("e2e"));
        assert_eq!(some.sim_runs, Some(5));
        assert!(parse("--only nothing").unwrap_err().to_string().contains("no group 'nothing'"));
        assert!(parse("--sim-runs many").is_err());
        assert!(parse("--fast").is_err());
    }
}
