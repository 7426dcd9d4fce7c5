//! What is sent: made of the journal and the tables at the moment of sending.

use super::topic::told;
use crate::api::items::get::view;
use crate::api::items::view::ItemView;
use crate::app::App;
use crate::dispatcher::WorkspaceId;
use crate::http::problem::Answered;
use crate::http::{Problem, Rfc3339};
use crate::words::Lexicon;
use routing::{AgentId, Event};
use serde_json::{Value, json};

/// What an endpoint is told of the event `seq` under the topic.
pub async fn body(app: &App, workspace: WorkspaceId, seq: u64, topic: &str) -> Answered<Value> {
    let entries = app.store.events_since(workspace, seq.saturating_sub(1), 1).await?;
    let entry = entries.into_iter().find(|entry| entry.seq == seq);
    let entry = entry.ok_or_else(|| Problem::internal("the event is not in the journal"))?;
    // Endpoints belong to admins, so they are told what an admin may see.
    let words = app.words(workspace).await?;
    let (_, about) = told(&entry.event);
    let row = match about.item {
        Some(item) => app.store.item(workspace, item).await?,
        None => None,
    };
    let notice = app.notices(workspace, row.as_slice()).await?.into_values().next();
    let item = row.map(|row| ItemView { told: notice, ..view(row, &words) });
    let queue = item.as_ref().and_then(|item| item.queue).map(routing::QueueId);
    let event = serde_json::to_value(&entry.event).map_err(Problem::internal)?;
    let mut data = json!({
        "workspace": workspace.0,
        "seq": seq,
        "event": event["event"],
        "text": words.event(&entry.event, queue),
    });
    if let Some(agent) = about.agent {
        data["agent"] = named(agent, &words);
    }
    match &entry.event {
        Event::Completed { disposition, contacted, won, .. } => {
            data["disposition"] = disposition.as_str().into();
            data["contacted"] = (*contacted).into();
            data["won"] = (*won).into();
        }
        Event::StatusSet { status, .. } => data["status"] = json!(status),
        Event::SignedIn { .. } => data["present"] = true.into(),
        Event::SignedOut { .. } | Event::Lapsed { .. } => data["present"] = false.into(),
        _ => {}
    }
    if let Some(item) = item {
        data["item"] = serde_json::to_value(item).map_err(Problem::internal)?;
    }
    Ok(json!({ "type": topic, "timestamp": Rfc3339(entry.at), "data": data }))
}

/// What an endpoint is sent to see whether it can be reached.
pub fn ping(app: &App, workspace: WorkspaceId) -> Value {
    let data = json!({ "workspace": workspace.0, "text": "A test: nothing happened." });
    json!({ "type": "ping", "timestamp": Rfc3339(app.clock.now()), "data": data })
}

fn named(agent: AgentId, words: &Lexicon) -> Value {
    json!({ "id": agent, "name": words.agent(agent) })
}
