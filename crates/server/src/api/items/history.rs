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

/// Which lines come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryOrder {
    #[default]
    Oldest,
    Newest,
}

/// Which end of the history is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// `oldest` first when absent; a cursor goes on in the order that gave it.
    #[serde(default)]
    #[param(inline)]
    pub order: HistoryOrder,
}

/// Everything that happened to an item, oldest first unless asked otherwise.
#[utoipa::path(get, path = "/items/{id}/history", tag = "items",
    params(("id" = u64, Path), HistoryQuery, Paging, LanguageHeader), responses((status = 200, body = Page<HistoryEntry>)))]
pub async fn history(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Params(HistoryQuery { order }): Params<HistoryQuery>,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<HistoryEntry>>> {
    let (workspace, item) = (caller.workspace, ItemId(id));
    let row = app.item_row(&caller, item, true).await?;
    let (after, limit) = (paging.after()?, paging.limit()?);
    let newest = order == HistoryOrder::Newest;
    let mut page = match newest {
        false => app.store.item_history(workspace, item, after, limit).await?,
        true => app.store.item_history_back(workspace, item, after, limit).await?,
    };
    let from_the_start = if newest { page.next.is_none() } else { after.is_none() };
    if newest {
        // Each line is told by what came before it.
        page.items.reverse();
    }
    let words = app.lexicon(&caller).await?;
    let mut actors = app.actor_names(&caller).await?;
    if words.reader.is_some() {
        actors.users.retain(|id, _| caller.actor == Actor::User(store::UserId(*id)));
    }
    let notes = app.store.item_notes(workspace, item).await?;
    let notes: BTreeMap<u64, String> = notes.into_iter().map(|n| (n.event, n.text)).collect();
    let mut queue = if from_the_start { None } else { Some(row.queue) };
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
    if newest {
        items.reverse();
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

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn the_last_lines_are_there_however_long_the_history_is() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let item = h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        let mut version = item["version"].clone();
        for n in 0..60 {
            let said = json!({"version": version, "note": format!("rang {n}")});
            let path = format!("/items/{}/update", item["id"]);
            version = h.call("POST", &path, said).await.expect(200)["version"].clone();
        }
        let path = format!("/items/{}/history", item["id"]);
        let all = h.get(&format!("{path}?limit=500")).await["items"].clone();
        let mut backwards: Vec<Value> = all.as_array().unwrap().clone();
        backwards.reverse();
        let last = h.get(&format!("{path}?order=newest&limit=3")).await;
        assert_eq!(last["items"], json!(backwards[..3]));
        assert_eq!(last["items"][0]["note"], "rang 59");
        let cursor = last["next_cursor"].as_str().unwrap();
        let rest = h.get(&format!("{path}?order=newest&limit=500&cursor={cursor}")).await;
        assert_eq!(rest["items"], json!(backwards[3..]));
        assert_eq!(rest["next_cursor"], Value::Null);
        let wrong = h.call("GET", &format!("{path}?order=best"), Value::Null).await;
        assert_eq!(wrong.problem(422), "invalid");
        h.end().await;
    }
}
