//! Who may keep a live stream open: at most so many at once, and only while they may come in.

use crate::app::App;
use crate::auth::Caller;
use crate::http::Problem;
use crate::http::problem::Answered;
use axum::http::HeaderMap;
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Between two looks at whether a client may still come in.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// One of the places for live clients; given back when dropped.
pub struct Place(App);

impl Place {
    pub fn take(app: &App) -> Answered<Place> {
        let clients = &app.metrics.live_clients;
        if clients.inc() >= app.config.limits.live_clients {
            clients.dec();
            return Err(Problem::too_many("Too many live clients are connected; try again.", 5));
        }
        Ok(Place(app.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.metrics.live_clients.dec();
    }
}

/// A revoked token, an ended session or another role ends the streams that began with it.
pub struct Guard {
    app: App,
    caller: Caller,
    headers: HeaderMap,
    looks: Interval,
}

impl Guard {
    pub fn new(app: App, caller: Caller, headers: HeaderMap) -> Guard {
        let mut looks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Guard { app, caller, headers, looks }
    }

    /// Whether the client may still come in. A database that is away bars nobody.
    pub async fn lets_in(&self) -> bool {
        match Caller::of(&self.app, &self.headers, false).await {
            Ok(now) => now.role == self.caller.role && now.agent == self.caller.agent,
            Err(problem) => problem.status.is_server_error(),
        }
    }

    /// Returns when it is time to look again. Safe to drop while it waits; the look itself is not,
    /// for on a busy stream a dropped one might never come to its end.
    pub async fn next_look(&mut self) {
        self.looks.tick().await;
    }
}
