//! `GET /live`: the live stream as a WebSocket, which also carries the agent's heartbeat.

use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::WorkspaceId;
use crate::http::problem::Answered;
use crate::http::{Params, Problem};
use crate::live::sse::After;
use crate::live::{Feed, FromClient, Guard, Message, Place};
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use std::time::{Duration, Instant};

/// The longest between two pings; an answered one is a heartbeat.
const PING: Duration = Duration::from_secs(30);
/// How many pings there are at least until whoever answers none has lapsed.
const PINGS: u32 = 3;
/// A client that says nothing for so long, or takes nothing, is gone.
const SILENCE: Duration = Duration::from_secs(75);
const SLOW: Duration = Duration::from_secs(20);
/// What a client may send at once, in bytes.
const MAX_FROM_CLIENT: usize = 4096;

/// The live stream as a WebSocket. The server sends messages, beginning with `hello`; the client
/// sends `{"type":"heartbeat"}` every 30 seconds. `after` resumes without a gap.
#[utoipa::path(get, path = "/live", tag = "live", params(After),
    responses((status = 101, description = "A WebSocket of these messages", body = Message)))]
pub async fn live(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(query): Params<After>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answered<Response> {
    let upgrade = upgrade.map_err(|_| {
        Problem::new(
            StatusCode::UPGRADE_REQUIRED,
            "upgrade_required",
            "This is a WebSocket; use GET /api/v1/events for server-sent events.",
        )
    })?;
    same_origin(&caller, &headers)?;
    let place = Place::take(&app)?;
    let feed = Feed::open(app.clone(), caller.clone(), query.after).await?;
    // Large buffers would cost half a megabyte a client.
    let upgrade = upgrade
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_message_size(MAX_FROM_CLIENT)
        .max_frame_size(MAX_FROM_CLIENT);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let guard = Guard::new(app.clone(), caller.clone(), headers);
        let mut client = Client { app, caller, guard, socket };
        client.serve(feed).await;
        drop(place);
    }))
}

/// Browsers send cookies with WebSockets of any page: only our own pages may use them.
fn same_origin(caller: &Caller, headers: &HeaderMap) -> Answered<()> {
    if caller.session.is_none() {
        return Ok(());
    }
    let text = |name| headers.get(name).and_then(|v: &axum::http::HeaderValue| v.to_str().ok());
    let origin = text(header::ORIGIN).and_then(|o| o.split_once("://")).map(|(_, host)| host);
    let host = text(header::HOST);
    if origin.is_some() && origin == host {
        return Ok(());
    }
    Err(Problem::forbidden("A page of another origin may not open the live stream."))
}

/// Until the next ping: a workspace may have people lapse sooner than we would ping them.
async fn until_ping(app: &App, workspace: WorkspaceId) -> Duration {
    let lapse = app
        .settings(workspace)
        .await
        .map_or(PING * PINGS, |settings| Duration::from_secs(u64::from(settings.heartbeat_secs)));
    PING.min(lapse / PINGS)
}

struct Client {
    app: App,
    caller: Caller,
    guard: Guard,
    socket: WebSocket,
}

impl Client {
    async fn serve(&mut self, mut feed: Feed) {
        self.heard();
        let mut ping =
            Box::pin(tokio::time::sleep(until_ping(&self.app, self.caller.workspace).await));
        let mut last_heard = Instant::now();
        loop {
            tokio::select! {
                message = feed.next() => match message {
                    Some(message) => {
                        if matches!(message, Message::Resync { .. }) {
                            self.app.metrics.live_resyncs.inc();
                        }
                        let text = serde_json::to_string(&message).unwrap_or_default();
                        if self.send(Frame::Text(text.into())).await.is_err() {
                            return;
                        }
                    }
                    None => return self.close(1001, "the server is stopping; come back").await,
                },
                frame = self.socket.recv() => match frame {
                    Some(Ok(Frame::Text(text))) => {
                        last_heard = Instant::now();
                        if serde_json::from_str::<FromClient>(&text).is_err() {
                            return self.close(1003, "send {\"type\":\"heartbeat\"} only").await;
                        }
                        self.heard();
                    }
                    Some(Ok(Frame::Pong(_) | Frame::Ping(_))) => {
                        last_heard = Instant::now();
                        self.heard();
                    }
                    Some(Ok(Frame::Binary(_))) => {
                        return self.close(1003, "send text only").await;
                    }
                    Some(Ok(Frame::Close(_)) | Err(_)) | None => return,
                },
                () = &mut ping => {
                    ping.as_mut().reset(tokio::time::Instant::now() + until_ping(&self.app, self.caller.workspace).await);
                    if last_heard.elapsed() > SILENCE {
                        return;
                    }
                    if !self.guard.lets_in().await {
                        return self.close(1008, "sign in again").await;
                    }
                    if self.send(Frame::Ping(Vec::new().into())).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn heard(&self) {
        if let Some(agent) = self.caller.agent {
            self.app.dispatcher.heard_from(self.caller.workspace, agent);
        }
    }

    async fn send(&mut self, frame: Frame) -> Result<(), ()> {
        match tokio::time::timeout(SLOW, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(()),
        }
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // An error says that the client has gone.
        let _ = self.send(Frame::Close(Some(frame))).await;
    }
}
