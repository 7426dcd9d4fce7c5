//! Desks: how agents see a queue's items, and what is written into them there.

use crate::{Act, Personal, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{ItemId, QueueId, Time};
use serde_json::{Map, Value};

/// A queue's desk as it is kept: what it says is the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskRow {
    /// Counts its changes; 0 for one that nobody has made yet.
    pub version: u32,
    /// JSON.
    pub spec: String,
}

/// What a command writes of its item beside the core.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeskWrite {
    pub item: ItemId,
    /// Personal attributes; null takes one away.
    pub fields: Map<String, Value>,
    /// Who it is about from now on; of this the name, the number and the address are taken.
    pub contact: Option<Box<Personal>>,
    /// Steps of the script that are ticked, if that was said.
    pub ticks: Option<Vec<String>>,
    pub how: Wrote,
}

/// What becomes of the fields as they were before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrote {
    /// Nobody asks for them again.
    #[default]
    Plainly,
    /// The same, and nothing is written of an item whose person was erased.
    WherePersonIs,
    /// They are kept: a result may be taken back.
    WithResult,
    /// They come back: the last result was.
    Undone,
}

/// Desks in the tables.
#[async_trait]
pub trait Desks {
    /// The queue's desk, if somebody has made one.
    async fn desk(&self, workspace: WorkspaceId, queue: QueueId) -> Result<Option<DeskRow>>;

    /// Replaces the desk whose version was seen; its new version, or `None` when that was stale.
    async fn set_desk(
        &self,
        workspace: WorkspaceId,
        queue: QueueId,
        desk: &DeskRow,
        act: &Act,
        clock: Time,
    ) -> Result<Option<u32>>;

    /// How often the desks of each workspace were changed: what nodes compare.
    async fn desk_changes(&self) -> Result<Vec<(WorkspaceId, u64)>>;

    /// The steps that are ticked of an item's script.
    async fn ticks(&self, workspace: WorkspaceId, item: ItemId) -> Result<Vec<String>>;

    /// What was last noted of each of these items, of which there are at most some hundreds.
    async fn last_notes(
        &self,
        workspace: WorkspaceId,
        items: &[ItemId],
    ) -> Result<Vec<(ItemId, String)>>;
}
