//! From the journal to deliveries.

use super::topic::{About, Topic, told};
use crate::app::App;
use routing::Event;
use std::collections::{BTreeMap, BTreeSet};
use store::{Endpoint, Entry, NewDelivery, News, TakenBack, WorkspaceId};

/// Events that are looked at in one transaction.
const EVENTS: u32 = 1_000;
/// How long after a result can no longer be taken back it is told: as long as it may take until what
/// was taken back in the last moment is seen here.
const SLACK_SECS: u32 = 5;

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
        let mut news = News { endpoint: endpoint.id, ..News::default() };
        entries.iter().for_each(|entry| note(&mut news, entry, &wanted));
        news
    });
    let new: Vec<News> = new.collect();
    app.store.pass_on(workspace, from, last.seq, &new, app.clock.now()).await?;
    Ok(entries.len() == EVENTS as usize)
}

/// What the event becomes for somebody who wants these topics. A result that may still be taken back
/// is told when it cannot be any more, and nothing is told of one that was.
fn note(news: &mut News, entry: &Entry, wanted: &BTreeSet<Topic>) {
    if let Event::Undone { item, .. } = entry.event {
        let object = About { item: Some(item), agent: None }.object();
        let (topic, deliveries) = (Topic::ItemCompleted.to_string(), &mut news.deliveries);
        match deliveries.iter().rposition(|told| told.object == object && told.topic == topic) {
            Some(place) => drop(deliveries.remove(place)),
            None => news.taken_back.push(TakenBack { object, topic }),
        }
    }
    let (topics, about) = told(&entry.event);
    let due = match entry.event {
        Event::Completed { undo_until, .. } => undo_until.map(|until| until.plus_secs(SLACK_SECS)),
        _ => None,
    };
    let numbered = topics.iter().zip(0..).filter(|(topic, _)| wanted.contains(topic));
    news.deliveries.extend(numbered.map(|(topic, n)| NewDelivery {
        id: entry.seq * 10 + n,
        topic: topic.to_string(),
        object: about.object(),
        due,
    }));
}
