//! `GET /assignments`: who got what, when, and why.

use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor, number_in_text};
use crate::http::{Params, Problem, Rfc3339};
use crate::words::{LanguageHeader, Lexicon, without_runners_up};
use axum::Json;
use axum::extract::State;
use routing::{AgentId, ItemId, QueueId, Reason, SourceId};
use serde::{Deserialize, Serialize};
use store::{AssignmentFilter, AssignmentRow};
use utoipa::ToSchema;

/// An item in an agent's hands, from when until when, and why theirs.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Assignment)]
pub struct AssignmentView {
    pub seq: u64,
    pub item: u64,
    pub agent: u64,
    pub agent_name: String,
    pub source: u64,
    pub queue: u64,
    pub at: Rfc3339,
    pub ended_at: Option<Rfc3339>,
    /// `completed`, `released`, `declined`, `missed`, `retry`, `reassigned`, `cancelled`,
    /// `signed_out`, `lapsed` or `deactivated`; null while it lasts.
    pub end: Option<String>,
    /// `matched`, `claimed`, `overflow`, or `placed` by a person.
    pub way: String,
    /// Whether it is (still) only an offer.
    pub offer: bool,
    #[schema(value_type = Option<schema::Reason>)]
    pub reason: Option<Reason>,
    /// The reason in one line.
    pub text: String,
    /// The agent's assignments in total before and after.
    pub count_before: u64,
    pub count_after: u64,
}

impl AssignmentView {
    /// The row as clients see it.
    pub fn new(row: AssignmentRow, words: &Lexicon) -> Self {
        let agent_name = words.agent(row.agent);
        let text = match &row.reason {
            Some(reason) => words.reason(reason, row.agent, Some(row.queue)),
            None => words.placed_with(row.agent),
        };
        AssignmentView {
            seq: row.seq,
            item: row.item.0,
            agent: row.agent.0,
            agent_name,
            source: row.source.0,
            queue: row.queue.0,
            at: Rfc3339(row.at),
            ended_at: row.ended_at.map(Rfc3339),
            end: row.end.map(|e| e.as_str().to_owned()),
            way: row.way,
            offer: row.offer,
            reason: match words.reader {
                Some(_) => row.reason.map(without_runners_up),
                None => row.reason,
            },
            text,
            count_before: row.count_before,
            count_after: row.count_after,
        }
    }
}

/// Which assignments; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    #[serde(deserialize_with = "number_in_text")]
    pub item: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub agent: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    #[serde(deserialize_with = "number_in_text")]
    pub source: Option<u64>,
    /// `true`: offers that were not accepted, too.
    pub offers: Option<String>,
    /// Entries per page, 1–500; 50 when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists assignments, newest first; an agent sees only their own.
#[utoipa::path(get, path = "/assignments", tag = "items", params(Wanted, LanguageHeader),
    responses((status = 200, body = Page<AssignmentView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Answered<Json<Page<AssignmentView>>> {
    let paging = Paging { limit: wanted.limit, cursor: wanted.cursor };
    let asked = wanted.agent.map(AgentId);
    let agent = match caller.only()? {
        Some(own) if asked.is_some_and(|asked| asked != own) => {
            return Err(Problem::forbidden("An agent sees only their own assignments."));
        }
        Some(own) => Some(own),
        None => asked,
    };
    let filter = AssignmentFilter {
        item: wanted.item.map(ItemId),
        agent,
        queue: wanted.queue.map(QueueId),
        source: wanted.source.map(SourceId),
        offers: wanted.offers.as_deref() == Some("true"),
        after: paging.after()?,
        limit: paging.limit()?,
    };
    let page = app.store.assignments(caller.workspace, &filter).await?;
    let words = app.lexicon(&caller).await?;
    let items = page.items.into_iter().map(|row| AssignmentView::new(row, &words)).collect();
    Ok(Json(Page { items, next_cursor: page.next.map(cursor) }))
}
