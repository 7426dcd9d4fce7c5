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
    /// Nothing is sent before.
    pub paused_until: Time,
    /// Why it was switched off by itself, and when.
    pub disabled: Option<(String, Time)>,
    pub created_at: Time,
}

/// A new endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEndpoint {
    pub id: EndpointId,
    pub name: String,
    pub url: String,
    pub topics: BTreeSet<String>,
    pub active: bool,
    pub sealed: String,
}

/// What is changed of an endpoint; the rest stays as it is then, whatever another node made of it
/// meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointFields {
    pub name: Option<String>,
    pub url: Option<String>,
    pub topics: Option<BTreeSet<String>>,
    pub active: Option<bool>,
}

/// What an event becomes for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Ten times the event's number, and which of the event's topics it is.
    pub id: u64,
    pub topic: String,
    /// What is told in order, such as `item:7`.
    pub object: String,
    /// Not before then; at once when absent.
    pub due: Option<Time>,
}

/// What happened has been taken back before anybody was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub object: String,
    /// The object's last delivery of this topic goes.
    pub topic: String,
}

/// What a span of the journal becomes for one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    pub endpoint: EndpointId,
    pub deliveries: Vec<NewDelivery>,
    pub taken_back: Vec<TakenBack>,
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

impl Delivery {
    /// The event that is told of.
    pub fn seq(&self) -> u64 {
        self.id / 10
    }
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
    /// It could not even be tried, through no fault of the endpoint: once more at `due`, as if it
    /// had not been taken. Until then nothing else is tried.
    PutBack {
        due: Time,
    },
}

/// Endpoints and deliveries in the tables.
#[async_trait]
pub trait Endpoints {
    async fn endpoints(&self, workspace: WorkspaceId) -> Result<Vec<Endpoint>>;

    async fn endpoint(&self, workspace: WorkspaceId, id: EndpointId) -> Result<Option<Endpoint>>;

    /// An id that no endpoint of the workspace had or will have.
    async fn next_endpoint(&self, workspace: WorkspaceId) -> Result<EndpointId>;

    /// Adds an endpoint that is told of what happens from now on.
    async fn create_endpoint(
        &self,
        workspace: WorkspaceId,
        new: &NewEndpoint,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Changes an endpoint and forgets its failures. Switched on again it is told of what happens
    /// from now on; switched off, what waits for it is given up.
    async fn update_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        fields: &EndpointFields,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Gives an endpoint another signing key; the one before signs too until `keep_until`.
    async fn rotate_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        sealed: &str,
        keep_until: Option<Time>,
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

    /// Notes what the events after `from` up to `to` become for endpoints, once; how many of them
    /// it was this call that did it for.
    async fn pass_on(
        &self,
        workspace: WorkspaceId,
        from: u64,
        to: u64,
        new: &[News],
        now: Time,
    ) -> Result<usize>;

    /// Active endpoints of all workspaces that do not rest and have something due.
    async fn endpoints_due(&self, now: Time) -> Result<Vec<(WorkspaceId, EndpointId)>>;

    /// Takes at most `limit` deliveries of an endpoint that are due, the first of each object
    /// only, and keeps others from taking them until `leased_until`.
    async fn take_deliveries(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        now: Time,
        leased_until: Time,
        limit: u32,
    ) -> Result<Vec<Delivery>>;

    /// Notes what an attempt came to; the endpoint as it is then.
    async fn attempted(&self, workspace: WorkspaceId, attempted: &Attempted) -> Result<Endpoint>;

    /// Switches an endpoint off for a reason; what waits for it is given up. Says whether it was on.
    async fn disable_endpoint(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        problem: &str,
        act: &Act,
        clock: Time,
    ) -> Result<bool>;

    /// An endpoint that was left alone is tried again at once.
    async fn end_rest(&self, workspace: WorkspaceId, id: EndpointId) -> Result<()>;

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

    /// Has one delivery sent again, or all that failed, and leaves the endpoint alone no longer; says
    /// how many. One that waits comes at once, behind those about the same object, unless it is due
    /// before `leased_until`: then it may be under way.
    async fn send_again(
        &self,
        workspace: WorkspaceId,
        id: EndpointId,
        delivery: Option<u64>,
        now: Time,
        leased_until: Time,
    ) -> Result<u64>;

    /// Deletes deliveries that were settled before `before`, at most 10,000 a call; how many.
    async fn forget_deliveries(&self, before: Time) -> Result<u64>;
}
