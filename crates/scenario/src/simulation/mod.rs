//! The simulation: random workspaces, every invariant checked after every command by an account
//! of its own, every run played again in every way a node may come to it. The same seed gives the
//! same run on every machine.

mod check;
mod clock;
mod compare;
mod coverage;
mod drive;
mod fairness;
mod foretell;
mod generate;
mod history;
mod hours;
mod judge;
mod leave;
mod model;
mod random;
mod renumber;
mod replay;
mod run;
mod shrink;

pub use check::{Checked, Violation};
pub use coverage::Coverage;
pub use drive::Driver;
pub use fairness::{fair_share, is_fair};
pub use history::{Broken, History};
pub use random::Random;
pub use replay::Record;
pub use run::{Failure, Report, check_commands, run_once, simulate};
