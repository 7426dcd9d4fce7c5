//! The one place that reads the system's clock. Tests stop it and move it by hand.

use routing::Time;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Where the server takes the time from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Stopped(Arc<watch::Sender<Time>>),
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Clock(Source::System)
    }

    /// A clock that stands at `now` until [`Clock::advance`] moves it.
    pub fn stopped(now: Time) -> Self {
        Clock(Source::Stopped(Arc::new(watch::Sender::new(now))))
    }

    /// Whether this is the machine's clock.
    pub fn is_system(&self) -> bool {
        matches!(self.0, Source::System)
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now(&self) -> Time {
        match &self.0 {
            Source::System => Time::from(jiff::Timestamp::now()),
            Source::Stopped(now) => *now.borrow(),
        }
    }

    /// Moves a stopped clock forward and wakes whoever waited for that time. The system's clock
    /// does not listen.
    pub fn advance(&self, by: Duration) {
        if let Source::Stopped(now) = &self.0 {
            let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            now.send_modify(|now| now.0 = now.0.saturating_add(by));
        }
    }

    /// Returns once the time is `until` or later.
    pub async fn sleep_until(&self, until: Time) {
        match &self.0 {
            Source::System => loop {
                let left = until.0.saturating_sub(self.now().0);
                if left <= 0 {
                    return;
                }
                // The system's clock may be set while this sleeps: look again now and then.
                let left = Duration::from_millis(left.unsigned_abs()).min(Duration::from_secs(30));
                tokio::time::sleep(left).await;
            },
            Source::Stopped(now) => {
                // The sender lives in `self`, so waiting cannot fail.
                let _ = now.subscribe().wait_for(|now| *now >= until).await;
            }
        }
    }

    /// Returns once `span` has passed.
    pub async fn sleep(&self, span: Duration) {
        let span = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        self.sleep_until(Time(self.now().0.saturating_add(span))).await;
    }
}
