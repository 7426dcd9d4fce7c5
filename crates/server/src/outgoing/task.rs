//! The task that passes on what happens and delivers it, a few at a time.

use super::client::Client;
use super::deliver::{LEASE_SECS, deliver};
use super::pass_on::pass_on;
use crate::app::App;
use std::time::Duration;
use store::{Delivery, WorkspaceId};
use tokio::task::JoinSet;

/// Deliveries at once; one that is slow keeps the others from nothing.
const AT_ONCE: usize = 16;
/// How soon what happened is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Delivers until the server stops.
pub async fn run(app: App) {
    let client = Client::new(app.config.private_webhooks);
    let mut sending = JoinSet::new();
    loop {
        let more = match pass_on(&app).await {
            Ok(more) => more,
            Err(error) => {
                tracing::debug!(%error, "endpoints cannot be looked up");
                false
            }
        };
        let taken = take(&app, AT_ONCE.saturating_sub(sending.len())).await;
        let some = !taken.is_empty();
        for (workspace, delivery) in taken {
            let (app, client) = (app.clone(), client.clone());
            sending.spawn(async move { deliver(&app, &client, workspace, &delivery).await });
        }
        if app.is_stopping() {
            return;
        }
        tokio::select! {
            Some(_) = sending.join_next(), if !sending.is_empty() => {}
            () = app.clock.sleep(LOOK), if !more && !some => {}
            () = tokio::task::yield_now(), if (more || some) && sending.len() < AT_ONCE => {}
            () = app.stopped() => return,
        }
    }
}

async fn take(app: &App, room: usize) -> Vec<(WorkspaceId, Delivery)> {
    let now = app.clock.now();
    let taken = async {
        if room == 0 || app.store.deliveries_due().await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(room).unwrap_or(1);
        app.store.take_deliveries(now, now.plus_secs(LEASE_SECS), limit).await
    };
    taken.await.unwrap_or_else(|error: store::Error| {
        tracing::debug!(%error, "deliveries cannot be taken");
        Vec::new()
    })
}
