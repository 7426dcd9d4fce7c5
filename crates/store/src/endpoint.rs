//! Webhooks out: endpoints, and what became of each telling.

use crate::{Act, EndpointId, Page, Result, WorkspaceId};
use async_trait::async_trait;
use routing::Time;
use std::collections::BTreeSet;

/// Somebody who is told over HTTP of what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub id: EndpointId,
    pub name: String,
    pub url: String,
    /// What they are told of.
    pub topics: BTreeSet<String>,
    pub active: bool,
    /// The signing key, sealed.
    pub sealed: String,
    /// The key before, and until when it signs too.
    pub old_sealed: Option<(String, Time)>,
    /// The last event that was looked at for them.
    pub seq: u64,
    /// Failures in a row, and since when.
    pub failures: u32,
    pub failing_since: Option<Time>,
    /// Why it was switched off by itself, and when.
    pub disabled: Option<(String, Time)>,
    pub created_at: Time,
}

/// A new endpoint, or what one becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointFace {
    pub name: String,
    pub url: String,
    pub topics: BTreeSet<String>,
    pub active: bool,
    pub sealed: String,
    pub old_sealed: Option<(String, Time)>,
}

/// What an event becomes for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Ten times the event's number, and which of the event's topics it is.
    pub id: u64,
    pub topic: String,
    /// What is told in order, such as `item:7`.
    pub object: String,
}

impl Delivery {
    /// The event that is told of.
    pub fn seq(&self) -> u64 {
        self.id / 10
    }
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    Delivered,
    Failed,
}

impl DeliveryState {
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
        }
    }
}

impl std::str::FromStr for DeliveryState {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "waiting" => Ok(DeliveryState::Waiting),
            "delivered" => Ok(DeliveryState::Delivered),
            "failed" => Ok(DeliveryState::Failed),
            _ => Err(format!("“{text}” is no state of a delivery")),
        }
    }
}

/// One telling of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub endpoint: EndpointId,
    pub id: u64,
    pub topic: String,
    pub object: String,
    pub state: DeliveryState,
    pub attempts: u32,
    /// Since when it is tried.
    pub queued_at: Time,
    /// When it is tried next, while it waits.
    pub due_at: Time,
    /// The last answer's HTTP status; `None` when there was none.
    pub status: Option<u16>,
    pub problem: Option<String>,
    pub settled_at: Option<Time>,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempted {
    pub endpoint: EndpointId,
    pub delivery: u64,
    pub at: Time,
    pub status: Option<u16>,
    pub then: Then,
}

/// What follows from an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    Delivered,
    /// Once more at `due`; nothing else is sent to the endpoint before `paused_until`.
    Again {
        problem: String,
        due: Time,
        paused_until: Time,
    },
    /// Not any more.
    GiveUp {
        problem: String,
        paused_until: Time,
    },
}

/// Endpoints and deliveries in the tables.
#[async_trait]
pub trait Endpoints {
    async fn endpoints(&self, workspace: WorkspaceId) -> Result<Vec<Endpoint>>;

    async fn endpoint(&self, workspace: WorkspaceId, id: EndpointId) -> Result<Option<Endpoint>>;

    /// Adds an endpoint that is told of what happens from now on.
    async fn create_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        face: &EndpointFace,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Changes an endpoint and forgets its failures. Switched on again it is told of what happens
    /// from now on; switched off, what waits for it is given up.
    async fn update_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        face: &EndpointFace,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Removes an endpoint and its deliveries.
    async fn delete_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Active endpoints of all workspaces that have not looked at the journal's last event.
    async fn endpoints_behind(&self) -> Result<Vec<(WorkspaceId, Endpoint)>>;

    /// Notes what the events after `from` up to `to` become for the endpoint, once: whether it was
    /// this call that did.
    async fn pass_on(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        from: u64,
        to: u64,
        new: &[NewDelivery],
        now: Time,
    ) -> Result<bool>;

    /// Takes at most `limit` deliveries that are due, the first of each object of an endpoint
    /// only, and keeps others from taking them until `leased_until`.
    async fn take_deliveries(
        &self,
        now: Time,
        leased_until: Time,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, Delivery)>>;

    /// When the first delivery of any workspace is due.
    async fn deliveries_due(&self) -> Result<Option<Time>>;

    /// Notes what an attempt came to; the endpoint as it is then.
    async fn attempted(&self, workspace: WorkspaceId, attempted: &Attempted) -> Result<Endpoint>;

    /// Switches an endpoint off for a reason; what waits for it is given up.
    async fn disable_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        problem: &str,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Newest first, beginning before the delivery `after`.
    async fn deliveries(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        state: Option<DeliveryState>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<Delivery>>;

    async fn delivery(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        delivery: u64,
    ) -> Result<Option<Delivery>>;

    /// Has one delivery sent again, or all that failed; says how many.
    async fn send_again(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        delivery: Option<u64>,
        now: Time,
    ) -> Result<u64>;

    /// Deletes deliveries that were settled before `before`, at most 10,000 a call; how many.
    async fn forget_deliveries(&self, before: Time) -> Result<u64>;
}
