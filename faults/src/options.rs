//! What was asked for on the command line.

use crate::Problem;
use std::path::PathBuf;

pub const HELP: &str = "\
cargo xtask faults [--only PLACE] [--kills N] [--seed N] [--binary PATH]

Kills nodes of the built product at random moments while clients and agents are at work, starts
them again, and checks every invariant (I1-I9) from the journal and the tables. PLACE is sqlite
(one node) or postgres (three nodes on a throw-away PostgreSQL, whose connections are cut and whose
nodes are stopped for longer than a heartbeat, too); both when none is named.
--kills N   kills a place (50)
--seed N    repeats the choices of an earlier run, whose seed was printed
--binary P  another `fairlead` than the release build

Called without xtask, it also takes --postgres URL (a superuser's; FAIRLEAD_TEST_POSTGRES when
absent) and --folder PATH, where databases and logs are kept (a new one in the system's, which is
removed, when absent).";

/// Where nodes are killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One node on a file of its own.
    Sqlite,
    /// Three nodes on one database.
    Postgres,
}

impl Place {
    pub fn name(self) -> &'static str {
        match self {
            Place::Sqlite => "sqlite",
            Place::Postgres => "postgres",
        }
    }

    pub fn nodes(self) -> usize {
        match self {
            Place::Sqlite => 1,
            Place::Postgres => 3,
        }
    }
}

/// What to kill, how often, and with which chances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub places: Vec<Place>,
    pub kills: u32,
    pub seed: Option<u64>,
    pub binary: Option<PathBuf>,
    pub folder: Option<PathBuf>,
    postgres: Option<String>,
}

impl Options {
    /// Reads the arguments; `None` when help was asked for.
    pub fn read(mut args: impl Iterator<Item = String>) -> Result<Option<Self>, Problem> {
        let mut options = Options {
            places: vec![Place::Sqlite, Place::Postgres],
            kills: 50,
            seed: None,
            binary: None,
            folder: None,
            postgres: None,
        };
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value\n\n{HELP}"));
            let number = |text: String| {
                text.parse::<u64>().map_err(|_| format!("{arg} needs a number, not '{text}'"))
            };
            match arg.as_str() {
                "--only" => options.places = vec![place(&value()?)?],
                "--kills" => options.kills = u32::try_from(number(value()?)?)?,
                "--seed" => options.seed = Some(number(value()?)?),
                "--binary" => options.binary = Some(value()?.into()),
                "--folder" => options.folder = Some(value()?.into()),
                "--postgres" => options.postgres = Some(value()?),
                "--help" | "-h" => return Ok(None),
                other => return Err(format!("no flag '{other}'\n\n{HELP}").into()),
            }
        }
        Ok(Some(options))
    }

    /// The PostgreSQL to make a database on.
    pub fn postgres(&self) -> Result<String, Problem> {
        let told = self.postgres.clone().or_else(|| std::env::var("FAIRLEAD_TEST_POSTGRES").ok());
        told.ok_or_else(|| {
            "FAIRLEAD_TEST_POSTGRES is not set: run `cargo xtask faults`, which starts one".into()
        })
    }
}

fn place(name: &str) -> Result<Place, String> {
    let all = [Place::Sqlite, Place::Postgres];
    let found = all.into_iter().find(|place| place.name() == name);
    found.ok_or_else(|| format!("no place '{name}'; there are: sqlite, postgres"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Options>, Problem> {
        Options::read(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_are_read_and_wrong_ones_named() {
        let all = read("").unwrap().unwrap();
        assert_eq!((all.places.len(), all.kills, all.seed), (2, 50, None));
        let one = read("--only sqlite --kills 4 --seed 7").unwrap().unwrap();
        assert_eq!((one.places, one.kills, one.seed), (vec![Place::Sqlite], 4, Some(7)));
        assert!(read("--help").unwrap().is_none());
        assert!(read("--only oracle").unwrap_err().to_string().contains("no place 'oracle'"));
        assert!(read("--kills many").unwrap_err().to_string().contains("not 'many'"));
        assert!(read("--fast").is_err());
    }
}
