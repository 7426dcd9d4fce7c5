//! # The server
//!
//! Around the pure core: the dispatcher that decides in order and durably, the HTTP API, the live
//! stream and the access rules.

pub mod clock;
pub mod dispatcher;
