//! `GET /audit`: who did what to which object, before and after.

use super::changes::{Fields, changes};
use crate::api::items::history::{ActorNames, ActorView};
use crate::api::items::list::between;
use crate::api::sign_ins::REFUSED;
use crate::app::App;
use crate::auth::Caller;
use crate::http::csv::{self, Csv};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor, number_in_text};
use crate::http::{Params, Problem, Rfc3339};
use crate::words::{LanguageHeader, Lexicon};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use routing::{AgentId, QueueId, RuleId, SourceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{AuditFilter, Audited, What};
use utoipa::ToSchema;

/// How many are read at a time for a file.
const PAGE: u32 = 1000;

/// Something that was done.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditEntry {
    pub id: u64,
    /// The event's number in the journal; of what is done beside it, the last event's before.
    pub seq: u64,
    pub at: Rfc3339,
    /// The same on the workspace's clocks, with their offset.
    pub at_local: String,
    pub actor: ActorView,
    /// Such as `queue_updated`, `reassigned`, `token_created`.
    pub act: String,
    pub object: AuditObject,
    /// One line for people.
    pub text: String,
    /// Changed fields as they were; null when there was nothing before.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Fields>,
    /// Changed fields as they are.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Fields>,
}

/// What it was done to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditObject {
    /// `workspace`, `agent`, `queue`, `source`, `rule`, `item`, `token`, `login`, `desk_link`,
    /// `endpoint`, `import`, `contact`, `do_not_call` or `announcement`.
    pub kind: String,
    pub id: Option<u64>,
    /// As it is called now.
    pub name: Option<String>,
}

/// Which entries; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Who, as `user:3`, `token:7`, `source:2` or `system`.
    pub actor: Option<String>,
    /// The kind of object.
    pub object: Option<String>,
    /// The object's id.
    #[serde(deserialize_with = "number_in_text")]
    pub id: Option<u64>,
    /// The kind of act.
    pub act: Option<String>,
    /// Done at or after, RFC 3339.
    pub from: Option<String>,
    /// Done before, RFC 3339.
    pub to: Option<String>,
    /// `csv` for a file with everything, of any length; else a page of JSON.
    pub format: Option<String>,
    /// Entries per page, 1–500; 50 when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Wanted {
    fn filter(self) -> Answered<AuditFilter> {
        let paging = Paging { limit: self.limit, cursor: self.cursor };
        let unknown = |_| Problem::field("actor", "must be such as user:3, token:7 or system");
        let (from, to) = between(self.from.as_deref(), self.to.as_deref())?;
        Ok(AuditFilter {
            actor: self.actor.map(|actor| actor.parse().map_err(unknown)).transpose()?,
            act: self.act,
            object: self.object,
            object_id: self.id,
            from,
            to,
            after: paging.after()?,
            limit: paging.limit()?,
        })
    }
}

/// Lists who did what to which object, newest first: every change of the configuration, what
/// somebody did to another's work or presence, and what is done beside the queues: sign-ins, tokens,
/// secrets, imports, what was exported or erased.
#[utoipa::path(get, path = "/audit", tag = "workspace", params(Wanted, LanguageHeader),
    responses((status = 200, body = Page<AuditEntry>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(mut wanted): Params<Wanted>,
) -> Answered<Response> {
    let format = wanted.format.take();
    let mut filter = wanted.filter()?;
    let endpoints = app.store.endpoints(caller.workspace).await?;
    let names = Names {
        words: app.lexicon(&caller).await?,
        actors: app.actor_names(&caller).await?,
        endpoints: endpoints.into_iter().map(|endpoint| (endpoint.id.0, endpoint.name)).collect(),
    };
    match format.as_deref() {
        None | Some("json") => {
            let page = app.store.audit(caller.workspace, &filter).await?;
            let items = page.items.into_iter().map(|row| names.entry(row)).collect();
            Ok(Json(Page { items, next_cursor: page.next.map(cursor) }).into_response())
        }
        Some("csv") => {
            filter.limit = PAGE;
            let titles = Csv::new(&TITLES).into_text().into_bytes();
            let source = Source { app, workspace: caller.workspace, filter, names };
            Ok(csv::file("audit.csv", csv::in_parts(titles, source, Source::part).await?))
        }
        Some(_) => Err(Problem::field("format", "must be csv or json")),
    }
}

/// Where the lines of a file come from.
struct Source {
    app: App,
    workspace: store::WorkspaceId,
    filter: AuditFilter,
    names: Names,
}

impl Source {
    /// The next page's lines, and whatever makes the page after it.
    async fn part(mut self) -> Answered<(Vec<u8>, Option<Self>)> {
        let page = self.app.store.audit(self.workspace, &self.filter).await?;
        let mut lines = Csv::default();
        page.items.into_iter().for_each(|row| lines.line(cells(self.names.entry(row))));
        self.filter.after = page.next;
        Ok((lines.into_text().into_bytes(), page.next.is_some().then_some(self)))
    }
}

/// Who and what is called how.
struct Names {
    words: Lexicon,
    actors: ActorNames,
    endpoints: BTreeMap<u64, String>,
}

impl Names {
    fn entry(&self, row: Audited) -> AuditEntry {
        let object = AuditObject {
            name: self.object(&row.object, row.object_id).or_else(|| called_then(&row)),
            kind: row.object,
            id: row.object_id,
        };
        let text = match &row.what {
            What::Event { event, .. } => self.words.event(event, None),
            What::Act(_) => self.words.act(&row.act, object.name.as_deref().unwrap_or_default()),
        };
        let (before, after) = changes(&row.what);
        let mut actor = self.actors.view(row.actor);
        if REFUSED.contains(&row.act.as_str()) {
            actor.kind = "nobody".to_owned();
        }
        AuditEntry {
            id: row.id,
            seq: row.seq,
            at: Rfc3339(row.at),
            at_local: self.words.local(row.at),
            actor,
            act: row.act,
            object,
            text,
            before,
            after,
        }
    }

    fn object(&self, kind: &str, id: Option<u64>) -> Option<String> {
        let id = id?;
        match kind {
            "agent" => Some(self.words.agent(AgentId(id))),
            "queue" => Some(self.words.queue(QueueId(id))),
            "source" => Some(self.words.source(SourceId(id))),
            "rule" => Some(self.words.rule(RuleId(id))),
            "token" => self.actors.token(id),
            "endpoint" => self.endpoints.get(&id).cloned(),
            "login" => self.actors.user(id),
            // An entry has no name, and must have none.
            "do_not_call" => Some(id.to_string()),
            _ => None,
        }
    }
}

/// What a sheet, or an endpoint that was removed, was called then, or else its number.
fn called_then(row: &Audited) -> Option<String> {
    let id = row.object_id.filter(|_| matches!(&*row.object, "endpoint" | "sheet"))?;
    let told = match &row.what {
        What::Act(body) => [&body["name"], &body["before"]["name"], &body["after"]["name"]],
        What::Event { .. } => return None,
    };
    let name = told.into_iter().find_map(|name| name.as_str());
    Some(name.map_or_else(|| id.to_string(), str::to_owned))
}

const TITLES: [&str; 14] = [
    "id",
    "seq",
    "at",
    "at_local",
    "actor",
    "actor_id",
    "actor_name",
    "act",
    "object",
    "object_id",
    "object_name",
    "text",
    "before",
    "after",
];

fn cells(entry: AuditEntry) -> [String; 14] {
    let number = |id: Option<u64>| id.map(|id| id.to_string()).unwrap_or_default();
    let json = |fields: Option<Fields>| {
        fields.map(|fields| serde_json::Value::Object(fields).to_string()).unwrap_or_default()
    };
    [
        entry.id.to_string(),
        entry.seq.to_string(),
        entry.at.to_string(),
        entry.at_local,
        entry.actor.kind,
        number(entry.actor.id),
        entry.actor.name.unwrap_or_default(),
        entry.act,
        entry.object.kind,
        number(entry.object.id),
        entry.object.name.unwrap_or_default(),
        entry.text,
        json(entry.before),
        json(entry.after),
    ]
}
