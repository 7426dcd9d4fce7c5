//! The task that passes on what happens and delivers it, a few at a time.

use super::client::Client;
use super::deliver::{LEASE_SECS, deliver};
use super::pass_on::pass_on;
use crate::app::App;
use std::collections::HashMap;
use std::time::Duration;
use store::{EndpointId, WorkspaceId};
use tokio::task::JoinSet;

/// Deliveries at once; and of one endpoint, so that a slow one leaves room for the others.
const AT_ONCE: usize = 32;
const AT_ONCE_EACH: usize = 4;
/// How soon what happened is looked at.
const LOOK: Duration = Duration::from_secs(1);

type Whom = (WorkspaceId, EndpointId);

/// What is under way.
#[derive(Default)]
struct Sending {
    tasks: JoinSet<Whom>,
    each: HashMap<Whom, usize>,
    /// Who had the last turn: the next one begins behind it.
    last: Option<Whom>,
}

/// Delivers until the server stops.
pub async fn run(app: App) {
    let client = Client::new(app.config.private_webhooks);
    let mut sending = Sending::default();
    while !app.is_stopping() {
        let more = pass_on(&app).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "endpoints cannot be looked up");
            false
        });
        if let Err(error) = sending.begin(&app, &client).await {
            tracing::debug!(%error, "deliveries cannot be taken");
        }
        tokio::select! {
            Some(ended) = sending.tasks.join_next(), if !sending.tasks.is_empty() => {
                sending.ended(ended.ok());
            }
            () = app.clock.sleep(LOOK), if !more => {}
            () = tokio::task::yield_now(), if more => {}
            () = app.stopped() => return,
        }
    }
}

impl Sending {
    /// Begins what there is room for, each endpoint in its turn.
    async fn begin(&mut self, app: &App, client: &Client) -> store::Result<()> {
        if self.tasks.len() >= AT_ONCE {
            return Ok(());
        }
        let now = app.clock.now();
        let due = app.store.endpoints_due(now).await?;
        let (behind, before): (Vec<Whom>, Vec<Whom>) =
            due.into_iter().partition(|whom| Some(*whom) > self.last);
        for whom in behind.into_iter().chain(before) {
            let (all, own) = (self.tasks.len(), self.each.get(&whom).copied().unwrap_or_default());
            let room = AT_ONCE.saturating_sub(all).min(AT_ONCE_EACH.saturating_sub(own));
            if room == 0 {
                continue;
            }
            let (workspace, endpoint) = whom;
            let (until, limit) = (now.plus_secs(LEASE_SECS), u32::try_from(room).unwrap_or(1));
            let taken = app.store.take_deliveries(workspace, endpoint, now, until, limit).await?;
            self.last = Some(whom);
            for delivery in taken {
                *self.each.entry(whom).or_default() += 1;
                let (app, client) = (app.clone(), client.clone());
                self.tasks.spawn(async move {
                    deliver(&app, &client, workspace, &delivery).await;
                    whom
                });
            }
        }
        Ok(())
    }

    /// One has ended; nobody knows which when its task died.
    fn ended(&mut self, whom: Option<Whom>) {
        match whom {
            Some(whom) => {
                if let Some(left) = self.each.get_mut(&whom) {
                    *left = left.saturating_sub(1);
                }
            }
            None if self.tasks.is_empty() => self.each.clear(),
            None => {}
        }
        self.each.retain(|_, left| *left > 0);
    }
}
