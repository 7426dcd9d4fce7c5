//! What every request passes through: its id, its log line, its access, its errors.

pub mod access;
#[cfg(test)]
mod authority;
pub mod certificate;
pub mod connections;
pub mod csv;
pub mod extract;
pub mod metrics;
pub mod peer;
pub mod problem;
pub mod request;
pub mod tls;
pub mod wire;

pub use extract::{Body, Params, Pick};
pub use problem::Problem;
pub use wire::{Page, Rfc3339};
