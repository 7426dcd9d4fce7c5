//! `POST /announcements`: agents are told something.

use super::{AnnouncementView, act};
use crate::api::Answer201;
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Body, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{QueueId, Refusal};
use serde::Deserialize;
use store::NewAnnouncement;
use utoipa::ToSchema;

/// The longest text, in characters.
const MAX_CHARS: usize = 280;
/// The longest that one stands: a week.
const MAX_MINUTES: u32 = 7 * 24 * 60;

/// What is announced, to whom, and for how long.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNotice {
    /// Plain text of at most 280 characters. No contact's name or number: it stays in the audit.
    pub text: String,
    /// Only whoever serves this queue is told; everybody when absent.
    #[serde(default)]
    pub queue: Option<u64>,
    /// It ends after so many minutes, 1–10,080; 60 when absent.
    #[serde(default)]
    pub minutes: Option<u32>,
}

/// Tells all agents something, or those who serve one queue: at once on their desks, wherever they
/// are connected, until it ends or they dismiss it.
#[utoipa::path(post, path = "/announcements", tag = "agents", request_body = NewNotice,
    responses((status = 201, body = AnnouncementView)))]
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<NewNotice>,
) -> Answer201<AnnouncementView> {
    let text = body.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.chars().count() > MAX_CHARS {
        return Err(Problem::field("text", format!("must be of 1 to {MAX_CHARS} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::field("text", "must be plain text, without control characters"));
    }
    let minutes = body.minutes.unwrap_or(60);
    if !(1..=MAX_MINUTES).contains(&minutes) {
        let problem = format!("must be of 1 to {MAX_MINUTES} minutes, which is a week");
        return Err(Problem::field("minutes", problem));
    }
    let words = app.lexicon(&caller).await?;
    let queue = body.queue.map(QueueId);
    if let Some(id) = queue.filter(|id| !words.queues.contains_key(id)) {
        return Err(Refusal::UnknownQueue(id).into());
    }
    let now = app.clock.now();
    let act = act(&caller, "announced", None, body.queue, &text);
    let new = NewAnnouncement { queue, text, ends_at: now.plus_secs(minutes * 60) };
    let made = app.store.make_announcement(caller.workspace, &new, act, now).await?;
    app.dispatcher.announced(caller.workspace);
    let names = app.actor_names(&caller).await?;
    Ok((StatusCode::CREATED, Json(super::list::view(made, &words, Some(&names)))))
}
