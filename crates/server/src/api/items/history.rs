//! `GET /items/{id}/history`: everything that happened to an item.

use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor};
use crate::http::{Params, Pick, Rfc3339};
use crate::words::{LanguageHeader, without_colleagues};
use axum::Json;
use axum::extract::State;
use routing::{Event, ItemId, Outcome, QueueId, Target};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Actor;
use utoipa::ToSchema;

/// Who caused something.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Actor)]
pub struct ActorView {
    /// `user`, `token`, `source` or `system`; `nobody` is known who was refused a sign-in.
    pub kind: String,
    pub id: Option<u64>,
    pub name: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HistoryEntry {
    pub seq: u64,
    pub at: Rfc3339,
    pub event: String,
    /// Whether it came from outside, or followed by itself.
    pub given: bool,
    pub actor: ActorView,
    /// One line for people.
    pub text: String,
    /// The note that a person wrote with it.
    pub note: Option<String>,
    /// The event as it stands in the journal; times are in milliseconds since 1970.
    pub data: serde_json::Value,
}

/// Everything that happened to an item, oldest first.
#[utoipa::path(get, path = "/items/{id}/history", tag = "items",
    params(("id" = u64, Path), Paging, LanguageHeader), responses((status = 200, body = Page<HistoryEntry>)))]
pub async fn history(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<HistoryEntry>>> {
    let (workspace, item) = (caller.workspace, ItemId(id));
    let row = app.item_row(&caller, item, true).await?;
    let (after, limit) = (paging.after()?, paging.limit()?);
    let page = app.store.item_history(workspace, item, after, limit).await?;
    let words = app.lexicon(&caller).await?;
    let mut actors = app.actor_names(&caller).await?;
    if words.reader.is_some() {
        actors.users.retain(|id, _| caller.actor == Actor::User(store::UserId(*id)));
    }
    let notes = app.store.item_notes(workspace, item).await?;
    let notes: BTreeMap<u64, String> = notes.into_iter().map(|n| (n.event, n.text)).collect();
    let mut queue = if after.is_none() { None } else { Some(row.queue) };
    let mut items = Vec::with_capacity(page.items.len());
    for entry in page.items {
        queue = queue_after(&entry.event).or(queue);
        let actor = actors.view(entry.actor);
        let text = words.event_by(&entry.event, queue, actor.name.as_deref());
        let shown = match words.reader {
            Some(own) => without_colleagues(entry.event, own),
            None => entry.event,
        };
        let data = serde_json::to_value(&shown).unwrap_or_default();
        items.push(HistoryEntry {
            seq: entry.seq,
            at: Rfc3339(entry.at),
            event: data["event"].as_str().unwrap_or_default().to_owned(),
            given: entry.given,
            actor,
            text,
            note: notes.get(&entry.seq).cloned(),
            data,
        });
    }
    Ok(Json(Page { items, next_cursor: page.next.map(cursor) }))
}

/// The queue an item is in after the event, if the event says.
pub fn queue_after(event: &Event) -> Option<QueueId> {
    match event {
        Event::Queued { queue, .. }
        | Event::Overflowed { to: queue, .. }
        | Event::Completed { outcome: Outcome::Moved { queue }, .. }
        | Event::Reassigned { to: Target::Queue(queue), .. } => Some(*queue),
        _ => None,
    }
}

/// Names of logins, tokens and sources.
#[derive(Clone, Debug, Default)]
pub struct ActorNames {
    users: BTreeMap<u64, String>,
    tokens: BTreeMap<u64, String>,
    sources: BTreeMap<u64, String>,
}

impl ActorNames {
    /// Who it was.
    pub fn view(&self, actor: Actor) -> ActorView {
        let (kind, id, names) = match actor {
            Actor::User(id) => ("user", Some(id.0), Some(&self.users)),
            Actor::Token(id) => ("token", Some(id.0), Some(&self.tokens)),
            Actor::Source(id) => ("source", Some(id.0), Some(&self.sources)),
            Actor::System => ("system", None, None),
        };
        let name = id.and_then(|id| names?.get(&id).cloned());
        ActorView { kind: kind.to_owned(), id, name }
    }

    /// What the login is called.
    pub fn user(&self, id: u64) -> Option<String> {
        self.users.get(&id).cloned()
    }

    /// What the token is called.
    pub fn token(&self, id: u64) -> Option<String> {
        self.tokens.get(&id).cloned()
    }
}

impl App {
    /// Names of who acts in the workspace.
    pub async fn actor_names(&self, caller: &Caller) -> Answered<ActorNames> {
        let workspace = caller.workspace;
        let users = self.store.users(workspace, None, 1000).await?;
        let tokens = self.store.tokens(workspace, None, 1000).await?;
        let sources = self
            .look(workspace, |s| {
                let names = s.facts().sources.iter().map(|(id, s)| (id.0, s.spec.name.clone()));
                names.collect::<BTreeMap<u64, String>>()
            })
            .await?;
        Ok(ActorNames {
            users: users.items.into_iter().map(|u| (u.id.0, u.name)).collect(),
            tokens: tokens.items.into_iter().map(|t| (t.id.0, t.name)).collect(),
            sources,
        })
    }
}
