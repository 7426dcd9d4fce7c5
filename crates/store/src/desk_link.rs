//! Signing in from a list: the link that opens it, the PINs that count there, and tries that failed.

use crate::{Act, Result, UserRow, WorkspaceId};
use async_trait::async_trait;
use routing::{AgentId, Time};

/// A workspace's link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskLinkRow {
    /// SHA-256 of its token, in hex.
    pub hash: String,
    /// The token, sealed: it is shown again to those who may hand it out.
    pub sealed: String,
    pub made_at: Time,
}

/// How often something may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// So many in a row; then there is a pause.
    pub most: u32,
    /// The first pause. Each is twice as long as the one before.
    pub pause_secs: u32,
    /// The longest pause.
    pub longest_secs: u32,
}

/// Whether one more try is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It is, and it was counted. `until`: it was the last before a pause.
    Counted { until: Option<Time> },
    /// It is not, before that time.
    Paused { until: Time },
}

/// A PIN that is set or taken away.
#[derive(Clone, Copy, Debug)]
pub struct PinChange<'a> {
    pub agent: AgentId,
    /// Its hash, sealed; none takes it away.
    pub sealed: Option<&'a str>,
    /// The login of an agent who has none yet.
    pub fresh: &'a UserRow,
    /// The hash of the session that goes on.
    pub except: Option<&'a str>,
}

/// Links, PINs and tries in the tables.
#[async_trait]
pub trait DeskLinks {
    async fn desk_link(&self, workspace: WorkspaceId) -> Result<Option<DeskLinkRow>>;

    /// Whose link has a token of this hash.
    async fn workspace_of_link(&self, hash: &str) -> Result<Option<WorkspaceId>>;

    /// Makes or replaces the link, or takes it away; `false` when there was none to take away.
    async fn set_desk_link(
        &self,
        workspace: WorkspaceId,
        link: Option<&DeskLinkRow>,
        act: &Act,
        clock: Time,
    ) -> Result<bool>;

    /// The agents who have a PIN.
    async fn pins(&self, workspace: WorkspaceId) -> Result<Vec<AgentId>>;

    /// An agent's PIN: its hash, sealed.
    async fn pin(&self, workspace: WorkspaceId, agent: AgentId) -> Result<Option<String>>;

    /// Sets an agent's PIN or takes it away, and ends the agent's sessions.
    async fn set_pin(
        &self,
        workspace: WorkspaceId,
        change: PinChange<'_>,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Counts a try before it is made, so that those who try at once do not get more of them.
    async fn count_try(
        &self,
        workspace: WorkspaceId,
        subject: &str,
        tries: Tries,
        now: Time,
    ) -> Result<Tried>;

    /// Until when there is a pause, if there is one.
    async fn paused_until(
        &self,
        workspace: WorkspaceId,
        subject: &str,
        now: Time,
    ) -> Result<Option<Time>>;

    /// Forgets what was tried: somebody got in.
    async fn forget_tries(&self, workspace: WorkspaceId, subject: &str) -> Result<()>;

    /// Forgets tries of those who tried last before `before`; says of how many.
    async fn forget_old_tries(&self, before: Time) -> Result<u64>;
}
