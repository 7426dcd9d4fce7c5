//! # Scenarios
//!
//! Text scripts that a supervisor can read, and a simulation that plays random workspaces and
//! checks every invariant of the routing core.

pub mod script;
pub mod simulation;
