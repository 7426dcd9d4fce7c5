//! `GET /events`: the live stream as server-sent events, for integrations.

use crate::app::App;
use crate::auth::Caller;
use crate::http::Params;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::live::{Feed, Guard, Message, Place};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;

/// Where to go on.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The number of the last event that the client has; from now on when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub after: Option<u64>,
}

/// The live stream as server-sent events; resumes by the header `Last-Event-ID`.
#[utoipa::path(get, path = "/events", tag = "live",
    params(After, ("Last-Event-ID" = Option<u64>, Header, description = "As the client got it in `id:`")),
    responses((status = 200, body = Message, content_type = "text/event-stream")))]
pub async fn events(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(query): Params<After>,
) -> Answered<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let sent = headers.get("last-event-id").and_then(|v| v.to_str().ok()?.parse().ok());
    let place = Place::take(&app)?;
    let guard = Guard::new(app.clone(), caller.clone(), headers);
    let feed = Feed::open(app, caller, sent.or(query.after)).await?;
    let stream =
        futures_util::stream::unfold((feed, guard, place), |(mut feed, mut guard, place)| async {
            let message = loop {
                tokio::select! {
                    message = feed.next() => break message?,
                    () = guard.next_look() => {}
                }
                if !guard.lets_in().await {
                    return None;
                }
            };
            let event = Event::default();
            let event = match &message {
                Message::Hello { seq } | Message::Event { seq, .. } | Message::Resync { seq } => {
                    event.id(seq.to_string())
                }
                Message::Import { .. } | Message::Announced | Message::DesksChanged => event,
            };
            let data = serde_json::to_string(&message).unwrap_or_default();
            Some((Ok(event.data(data)), (feed, guard, place)))
        });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
