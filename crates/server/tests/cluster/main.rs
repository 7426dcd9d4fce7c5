//! The dispatcher on real databases: one node on SQLite with a stopped clock, several nodes on one
//! PostgreSQL, connections cut at the worst moment.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod burst;
mod claims;
mod furnish;
mod nodes;
mod outage;
mod proxy;
mod single;
