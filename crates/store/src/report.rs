//! What agents recorded in a period, as reports read it.

use crate::{Result, Service, WaitTarget, WorkspaceId};
use async_trait::async_trait;
use routing::{AgentId, Code, QueueId, Time};

/// A part of a period in which the local clocks do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Time,
    /// Before this time.
    pub to: Time,
    /// How far the clocks are ahead of UTC.
    pub offset_secs: i32,
}

/// An agent's results of one kind. One that was taken back is none, and neither is one that came
/// when its agent held the item no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultTally {
    pub agent: AgentId,
    pub queue: QueueId,
    /// `None` for what was recorded before results were kept with their assignments.
    pub disposition: Option<Code>,
    pub results: u64,
    /// Those whose contact was reached.
    pub contacted: u64,
    pub won: u64,
}

/// An agent's results of one hour of the local clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourTally {
    pub agent: AgentId,
    /// When the hour began, or the stretch in its middle.
    pub from: Time,
    /// What the clock's hour hand showed, 0–23.
    pub clock: u8,
    pub results: u64,
    pub contacted: u64,
    pub won: u64,
}

/// What was recorded in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tallies {
    pub results: Vec<ResultTally>,
    pub hours: Vec<HourTally>,
}

/// Somebody recorded something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestResult {
    pub at: Time,
    pub agent: AgentId,
    pub queue: QueueId,
    pub disposition: Option<Code>,
    pub won: bool,
}

/// Reports from the tables.
#[async_trait]
pub trait Reports {
    /// What agents recorded of one queue's items, or of all. Costs a scan of the assignments that
    /// ended with a result in that time, which their own index finds.
    async fn tallies(
        &self,
        workspace: WorkspaceId,
        queue: Option<QueueId>,
        period: &[Stretch],
    ) -> Result<Tallies>;

    /// The last results from `from` on and before `to`, the latest first. Costs what
    /// [`Reports::tallies`] does.
    async fn latest_results(
        &self,
        workspace: WorkspaceId,
        queue: Option<QueueId>,
        from: Time,
        to: Time,
        limit: u32,
    ) -> Result<Vec<LatestResult>>;

    /// How soon items of these queues were with somebody from `from` on and before `to`, and what
    /// was recorded of them. Costs a scan of the assignments that began and of those that ended in
    /// that time, and of the items that were ever cancelled.
    async fn service(
        &self,
        workspace: WorkspaceId,
        targets: &[WaitTarget],
        from: Time,
        to: Time,
    ) -> Result<Service>;

    /// How many items of each queue are closed with a result. Costs a scan of these items' part of
    /// an index.
    async fn closed_items(&self, workspace: WorkspaceId) -> Result<Vec<(QueueId, u64)>>;
}
