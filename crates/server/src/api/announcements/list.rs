//! `GET /announcements`: what stands.

use super::AnnouncementView;
use crate::api::agents::queues_served;
use crate::api::items::history::ActorNames;
use crate::app::App;
use crate::auth::Caller;
use crate::http::Rfc3339;
use crate::http::problem::Answered;
use crate::http::wire::Page;
use crate::words::Lexicon;
use axum::Json;
use axum::extract::State;
use store::Announcement;

/// Announcements that have not ended, the newest first; an agent sees those to everybody and to the
/// queues that they serve. The live stream says `announced` when it is time to ask again.
#[utoipa::path(get, path = "/announcements", tag = "agents",
    responses((status = 200, body = Page<AnnouncementView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Answered<Json<Page<AnnouncementView>>> {
    let workspace = caller.workspace;
    let mut stand = app.store.announcements(workspace, app.clock.now()).await?;
    let mut names = None;
    match caller.only()? {
        Some(agent) => {
            let look = move |s: &routing::State| {
                s.facts().agents.get(&agent).map(|agent| queues_served(s, agent))
            };
            let serves = app.look(workspace, look).await?.unwrap_or_default();
            stand.retain(|one| one.queue.is_none_or(|queue| serves.contains(&queue)));
        }
        None => names = Some(app.actor_names(&caller).await?),
    }
    let words = app.lexicon(&caller).await?;
    let items = stand.into_iter().map(|one| view(one, &words, names.as_ref())).collect();
    Ok(Json(Page::whole(items)))
}

/// An announcement as clients see it; without `names` who made it stays unsaid.
pub fn view(one: Announcement, words: &Lexicon, names: Option<&ActorNames>) -> AnnouncementView {
    AnnouncementView {
        id: one.id,
        queue: one.queue.map(|queue| queue.0),
        queue_name: one.queue.map(|queue| words.queue(queue)),
        text: one.text,
        by: names.map(|names| names.view(one.actor)),
        made_at: Rfc3339(one.made_at),
        ends_at: Rfc3339(one.ends_at),
    }
}
