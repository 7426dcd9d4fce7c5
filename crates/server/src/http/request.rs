//! Around every request: its id, its time limit, its log line and its figures. Query strings are
//! never logged: they may carry a phone number.

use crate::app::App;
use crate::http::Problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

tokio::task_local! {
    static ID: String;
}

/// The id of the request that is being answered; `-` outside of one.
pub fn id() -> String {
    ID.try_with(Clone::clone).unwrap_or_else(|_| "-".to_owned())
}

/// Paths whose answers go on for as long as the client stays, or that read a whole file,
/// history, the whole journal or the whole database.
const WITHOUT_TIME_LIMIT: [&str; 8] = [
    "/api/v1/live",
    "/api/v1/events",
    "/api/v1/imports",
    "/api/v1/do-not-call/import",
    "/api/v1/assignments/export",
    "/api/v1/journal/verify",
    "/api/v1/backup",
    "/api/v1/simulations",
];

/// Gives the request an id, a time limit, a log line and its place in the metrics.
pub async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.request_ids.next();
    ID.scope(id.clone(), observed(app, id, request, next)).await
}

async fn observed(app: App, id: String, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let path = path.unwrap_or_else(|| "other".to_owned());
    let limit = app.config.request_timeout;
    let mut response = if WITHOUT_TIME_LIMIT.contains(&path.as_str()) {
        next.run(request).await
    } else {
        match tokio::time::timeout(limit, next.run(request)).await {
            Ok(response) => response,
            Err(_) => timed_out(limit).into_response(),
        }
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let (status, took) = (response.status(), began.elapsed());
    app.metrics.answered(method.as_str(), &path, status.as_u16(), took);
    let (status, took_us) = (status.as_u16(), took.as_micros() as u64);
    if status >= 500 {
        tracing::warn!(request_id = %id, %method, path, status, took_us, "answered");
    } else {
        tracing::debug!(request_id = %id, %method, path, status, took_us, "answered");
    }
    response
}

fn timed_out(limit: Duration) -> Problem {
    let secs = limit.as_secs();
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "timed_out",
        format!(
            "The request took longer than {secs} s. It may still take effect: look before sending it again, or use an Idempotency-Key."
        ),
    )
}

/// Request ids: a random start, so that two nodes or runs do not share one, and a count.
#[derive(Debug)]
pub struct RequestIds {
    start: u64,
    count: AtomicU64,
}

impl RequestIds {
    pub fn new(start: u64) -> Self {
        RequestIds { start, count: AtomicU64::new(0) }
    }

    fn next(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}{:08x}", self.start as u32, count as u32)
    }
}
