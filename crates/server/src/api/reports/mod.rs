//! `/reports`: how a list is coming along and what became of it.

pub mod desk;
pub mod export;
mod finished;
mod tally;

pub use finished::Finished;

#[cfg(test)]
mod tests;
