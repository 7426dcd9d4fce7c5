//! What was asked for on the command line.

use crate::Problem;
use std::path::PathBuf;

pub const HELP: &str = "\
cargo xtask bench [--only PART]… [--quick] [--json FILE]

Measures Fairlead and the classic way beside it, prints a table, and judges the ratios.
PART is core, durable, baseline, cluster, http or idle; all when none is named.
--quick takes seconds and judges nothing: it shows that everything still runs.
--json FILE writes [{name, value, unit}, …].

Called without xtask, it also takes --fairlead PATH (the built binary; the one beside this program
when absent), --in-flight N (that number alone, to profile it) and --postgres URL (a superuser's; FAIRLEAD_TEST_POSTGRES when absent).";

/// The parts of a run.
pub const PARTS: [&str; 6] = ["core", "durable", "baseline", "cluster", "http", "idle"];

/// What to measure, how long, and with what.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub only: Vec<String>,
    pub quick: bool,
    pub json: Option<PathBuf>,
    /// Only this many leads in flight.
    pub in_flight: Option<usize>,
    fairlead: Option<PathBuf>,
    postgres: Option<String>,
}

impl Options {
    /// Reads the arguments; `None` when help was asked for.
    pub fn read(mut args: impl Iterator<Item = String>) -> Result<Option<Self>, Problem> {
        let mut options = Options::default();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--only" => options.only.extend(value()?.split(',').map(str::to_owned)),
                "--quick" => options.quick = true,
                "--json" => options.json = Some(value()?.into()),
                "--in-flight" => options.in_flight = Some(value()?.parse()?),
                "--fairlead" => options.fairlead = Some(value()?.into()),
                "--postgres" => options.postgres = Some(value()?),
                "--help" | "-h" => return Ok(None),
                other => return Err(format!("no flag '{other}'\n\n{HELP}").into()),
            }
        }
        if let Some(part) = options.only.iter().find(|part| !PARTS.contains(&part.as_str())) {
            return Err(format!("no part '{part}'; there are: {}", PARTS.join(", ")).into());
        }
        Ok(Some(options))
    }

    /// Whether a part is to be measured.
    pub fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    /// The PostgreSQL to measure on.
    pub fn postgres(&self) -> Result<String, Problem> {
        let told = self.postgres.clone().or_else(|| std::env::var("FAIRLEAD_TEST_POSTGRES").ok());
        told.ok_or_else(|| {
            "FAIRLEAD_TEST_POSTGRES is not set: run `cargo xtask bench`, which starts one".into()
        })
    }

    /// The built product.
    pub fn fairlead(&self) -> Result<PathBuf, Problem> {
        let binary = match &self.fairlead {
            Some(path) => path.clone(),
            None => std::env::current_exe()?.with_file_name("fairlead"),
        };
        if binary.is_file() {
            return Ok(binary);
        }
        let path = binary.display();
        Err(format!("{path} is not there: run `cargo build --release -p fairlead` first").into())
    }
}
