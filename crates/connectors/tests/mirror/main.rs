//! Sheets, against stand-ins for their services that misbehave as the real ones do.

#![allow(clippy::unwrap_used)] // A helper of tests may panic as they do.

mod google;
mod local;
mod net;
#[path = "../excel/pack.rs"]
mod pack;
mod permission;
mod tencent;
mod tencent_trouble;
