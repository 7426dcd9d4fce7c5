//! `/reports`: how a list is coming along and what became of it.

pub mod desk;
pub mod export;
mod file;
mod finished;
pub mod service;
pub mod service_export;
mod tally;

pub use finished::Finished;

#[cfg(test)]
mod service_tests;
#[cfg(test)]
mod tests;
