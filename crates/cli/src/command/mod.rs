//! One file per command: its arguments and what it does.

pub mod backup;
pub mod contact;
pub mod desk_link;
pub mod do_not_call;
pub mod export;
pub mod fairness;
pub mod health;
pub mod import;
pub mod monitor;
pub mod openapi;
pub mod pin;
pub mod restore;
pub mod serve;
pub mod setup;
pub mod sheet;
pub mod simulate;
pub mod stats;
pub mod token;
pub mod trigger;
pub mod verify;
pub mod what_if;
pub mod worker;
pub mod workspace;
