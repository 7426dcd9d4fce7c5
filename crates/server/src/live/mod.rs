//! The live stream: everything that happens, as it happens, to whoever may see it; resumable from
//! a journal number, without a gap and without anything twice.

mod board;
mod eyes;
mod feed;
mod guard;
pub mod sse;
#[cfg(test)]
mod tests;
pub mod websocket;

pub use board::{Board, Notice};
pub use feed::Feed;
pub use guard::{Guard, Place};

use crate::api::imports::ImportView;
use crate::http::Rfc3339;
use routing::Event;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the server sends.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = LiveMessage)]
pub enum Message {
    /// The first message: the stream goes on after this number.
    Hello { seq: u64 },
    /// Something happened. Times inside the event are in milliseconds since 1970.
    Event {
        seq: u64,
        at: Rfc3339,
        #[schema(value_type = serde_json::Value)]
        event: Event,
    },
    /// An import has come further.
    Import {
        #[serde(flatten)]
        import: ImportView,
    },
    /// Something was announced to desks, or an announcement was ended: ask what is announced.
    Announced,
    /// How agents see a queue's items was changed: ask for the desks of the queues that are shown.
    DesksChanged,
    /// The client was too slow or away too long, or a person was erased: load everything again; the
    /// stream goes on after this number.
    Resync { seq: u64 },
}

/// What a WebSocket client sends.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromClient {
    /// The agent is there; send it every 30 seconds.
    Heartbeat,
}
