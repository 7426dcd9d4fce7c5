//! From the journal to deliveries.

use super::topic::{Topic, told};
use crate::app::App;
use std::collections::BTreeSet;
use store::{Endpoint, Entry, NewDelivery, WorkspaceId};

/// Events that are looked at in one transaction.
const EVENTS: u32 = 1_000;

/// Notes what has happened since for every endpoint that is behind. Says whether any is still.
pub async fn pass_on(app: &App) -> store::Result<bool> {
    let mut more = false;
    for (workspace, endpoint) in app.store.endpoints_behind().await? {
        more |= one(app, workspace, &endpoint).await?;
    }
    Ok(more)
}

async fn one(app: &App, workspace: WorkspaceId, endpoint: &Endpoint) -> store::Result<bool> {
    let entries = app.store.events_since(workspace, endpoint.seq, EVENTS).await?;
    let Some(last) = entries.last() else { return Ok(false) };
    let wanted = endpoint.topics.iter().filter_map(|name| Topic::of(name)).collect();
    let new: Vec<NewDelivery> = entries.iter().flat_map(|entry| news(entry, &wanted)).collect();
    let (from, to, now) = (endpoint.seq, last.seq, app.clock.now());
    app.store.pass_on(workspace, endpoint.id, from, to, &new, now).await?;
    Ok(entries.len() == EVENTS as usize)
}

/// What the event becomes for somebody who wants these topics.
fn news(entry: &Entry, wanted: &BTreeSet<Topic>) -> Vec<NewDelivery> {
    let (topics, about) = told(&entry.event);
    let numbered = topics.iter().zip(0..).filter(|(topic, _)| wanted.contains(topic));
    numbered
        .map(|(topic, n)| NewDelivery {
            id: entry.seq * 10 + n,
            topic: topic.to_string(),
            object: about.object(),
        })
        .collect()
}
