//! `/healthz`, `/readyz`, `/metrics`: for those who keep the server running.

use crate::app::App;
use crate::http::Problem;
use crate::http::problem::Answered;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use std::time::Duration;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers too, and the server is not stopping.
pub async fn readyz(State(app): State<App>) -> Answered<&'static str> {
    if *app.stopping.borrow() {
        return Err(Problem::unavailable("The server is stopping."));
    }
    match tokio::time::timeout(Duration::from_secs(2), app.store.ping()).await {
        Ok(Ok(())) => Ok("ready\n"),
        _ => Err(Problem::unavailable("The database does not answer.")),
    }
}

/// Figures in the Prometheus text format.
pub async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.text())
}
