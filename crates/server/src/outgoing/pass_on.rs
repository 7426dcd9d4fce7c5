//! From the journal to deliveries.

use super::topic::{Topic, told};
use crate::app::App;
use std::collections::{BTreeMap, BTreeSet};
use store::{Endpoint, EndpointId, Entry, NewDelivery, WorkspaceId};

/// Events that are looked at in one transaction.
const EVENTS: u32 = 1_000;

/// Notes what has happened since for every endpoint that is behind. Says whether any is still. What
/// fails in one workspace keeps no other waiting.
pub async fn pass_on(app: &App) -> store::Result<bool> {
    // Endpoints of a workspace are mostly at the same place: the journal is read once for them.
    let mut places: BTreeMap<(WorkspaceId, u64), Vec<Endpoint>> = BTreeMap::new();
    for (workspace, endpoint) in app.store.endpoints_behind().await? {
        places.entry((workspace, endpoint.seq)).or_default().push(endpoint);
    }
    let mut more = false;
    for ((workspace, from), endpoints) in places {
        match on(app, workspace, from, &endpoints).await {
            Ok(goes_on) => more |= goes_on,
            Err(error) => {
                tracing::warn!(workspace = workspace.0, %error, "endpoints are not told for now");
            }
        }
    }
    Ok(more)
}

async fn on(
    app: &App,
    workspace: WorkspaceId,
    from: u64,
    endpoints: &[Endpoint],
) -> store::Result<bool> {
    let entries = app.store.events_since(workspace, from, EVENTS).await?;
    let Some(last) = entries.last() else { return Ok(false) };
    let new = endpoints.iter().map(|endpoint| {
        let wanted = endpoint.topics.iter().filter_map(|name| Topic::of(name)).collect();
        (endpoint.id, entries.iter().flat_map(|entry| news(entry, &wanted)).collect())
    });
    let new: Vec<(EndpointId, Vec<NewDelivery>)> = new.collect();
    app.store.pass_on(workspace, from, last.seq, &new, app.clock.now()).await?;
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
