//! # The server
//!
//! Around the pure core: the dispatcher that decides in order and durably, the HTTP API, the live
//! stream and the access rules.
//!
//! The way of a request: [`http`] gives it an id, a time limit and a caller; one file of [`api`]
//! reads it; [`submission`] splits what is personal from what the core may see; the
//! [`dispatcher`] has it decided and made durable; [`live`] tells whoever may hear of it.
//!
//! *Invariant:* no rule about who gets what stands here; those are in the core. No SQL stands
//! here; that is in the store.

pub mod api;
mod app;
pub mod auth;
mod backup;
mod cached;
pub mod clock;
mod config;
mod counts;
mod demo;
pub mod dispatcher;
mod error;
mod fetch;
mod furnish;
pub mod http;
mod imports;
pub mod live;
mod logs;
mod outgoing;
mod presets;
#[cfg(test)]
mod privacy;
mod recount;
mod retention;
mod runfile;
mod serve;
mod sheets;
mod soundness;
mod submission;
#[cfg(test)]
mod testing;
mod words;
mod workspaces;

pub use app::App;
pub use auth::seal::GivenKey;
pub use backup::{check_copy, copy_database, restore_database};
pub use config::{Config, Limits, LogFormat};
pub use error::Error;
pub use http::certificate::CertificateFiles;
pub use http::peer::Network;
pub use presets::Preset;
pub use runfile::{Found, find_again, find_running, find_server};
pub use serve::{Running, serve, start, start_for_command, stop_signal};
pub use workspaces::{
    Missing, NewWorkspace, SetupLink, WorkspaceSummary, create_workspace, is_country, renew_link,
    workspaces,
};

pub use store::{Copied, Restored};

/// The OpenAPI 3.1 document, as checked in at `docs/openapi.json`.
pub fn openapi() -> &'static str {
    api::document_text().trim_end()
}
