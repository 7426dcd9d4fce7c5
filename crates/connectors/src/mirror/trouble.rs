//! Why something could not be done, as the caller can act on it.

use super::{Response, Unreached};
use std::time::Duration;

/// No text holds a secret or a cell; the services' own words are left out, as they may repeat one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Too much was asked for: the whole sheet waits, for this long if the service said so.
    #[error("the service's limit of calls is reached; all of the sheet's work waits")]
    Rate { retry_after: Option<Duration> },
    /// Our own budget is used up until this Unix time in milliseconds; nothing was sent.
    #[error("the sheet's budget of calls is used up; it goes on by itself")]
    Held { until: i64 },
    /// The service does not let us in, a new token did not help: somebody has to mend the secrets or
    /// the rights. Nothing is sent until [`reopen`](super::Sheet::reopen).
    #[error("{0}")]
    Auth(String),
    /// The same request will fail again. One row may be the reason for all of a batch: push them
    /// one by one.
    #[error("{0}")]
    BadRequest(String),
    /// It may work in a moment.
    #[error("{0}")]
    Soon(String),
    /// Somebody changed the sheet's columns or the file meanwhile; nothing was written. Pull again.
    #[error("{0}")]
    Changed(String),
    /// The answer is not what the service's documentation says. Trying again does not help.
    #[error("{0}")]
    Unreadable(String),
}

impl From<Unreached> for Trouble {
    fn from(unreached: Unreached) -> Self {
        match unreached {
            Unreached::Failed(how) => Trouble::Soon(format!("the service was not reached: {how}")),
            Unreached::Held { until } => Trouble::Held { until },
        }
    }
}

impl Trouble {
    /// What a failed status says where the body does not say more; `None` for a success.
    pub(super) fn of_status(response: &Response) -> Option<Trouble> {
        let status = response.status;
        Some(match status {
            200..=299 => return None,
            429 => Trouble::Rate { retry_after: response.retry_after },
            401 | 403 => Trouble::Auth(format!("the service refuses the token (HTTP {status})")),
            408 | 425 | 500..=599 => {
                Trouble::Soon(format!("the service has a problem for now (HTTP {status})"))
            }
            404 => Trouble::BadRequest(
                "there is no such document (HTTP 404): copy its link again".into(),
            ),
            _ => Trouble::BadRequest(format!("the service refuses the request (HTTP {status})")),
        })
    }
}
