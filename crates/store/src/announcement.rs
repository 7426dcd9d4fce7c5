//! Announcements: short notices to agents' desks.

use crate::{Act, Actor, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{QueueId, Time};

/// What is told to whom, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnnouncement {
    /// Whoever serves it is told; everybody when absent.
    pub queue: Option<QueueId>,
    pub text: String,
    pub ends_at: Time,
}

/// An announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Never given twice in a workspace.
    pub id: u64,
    pub queue: Option<QueueId>,
    pub text: String,
    pub actor: Actor,
    pub made_at: Time,
    pub ends_at: Time,
}

/// Announcements in the tables.
#[async_trait]
pub trait Announcements {
    /// Those that have not ended, the newest first, at most 1,000.
    async fn announcements(&self, workspace: WorkspaceId, now: Time) -> Result<Vec<Announcement>>;

    /// Makes one, in one transaction with its audit; `act` gets its id. Those that ended a month ago
    /// go.
    async fn make_announcement(
        &self,
        workspace: WorkspaceId,
        new: &NewAnnouncement,
        act: Act,
        clock: Time,
    ) -> Result<Announcement>;

    /// Ends one before its time, in one transaction with its audit. `false` when it has ended.
    async fn end_announcement(
        &self,
        workspace: WorkspaceId,
        id: u64,
        act: &Act,
        clock: Time,
    ) -> Result<bool>;

    /// Of each workspace which have not ended, by id: what nodes compare.
    async fn announced(&self, now: Time) -> Result<Vec<(WorkspaceId, u64)>>;
}
