//! Sign-ins that were refused, put together so that a flood of them does not flood the audit: the
//! first of a name and an address is told at once, the others of the same minute as one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use store::{UserId, WorkspaceId};

const WINDOW: Duration = Duration::from_secs(60);
/// The most addresses that are told apart of one login and reason within a minute; all others are
/// one.
const MAX_ADDRESSES: usize = 20;
/// The most windows that are open at once; beyond, no new one is told.
const MAX_WINDOWS: usize = 10_000;

/// Why a sign-in was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    WrongPassword,
    TooManyTries,
}

/// Refused sign-ins of one login, to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    pub workspace: WorkspaceId,
    pub login: UserId,
    pub refused: Refused,
    /// `None` stands for many.
    pub address: Option<IpAddr>,
}

/// What was refused within a minute.
#[derive(Debug, Default)]
pub struct Attempts {
    /// Since when, and how many more than the first.
    open: Mutex<HashMap<Attempt, (Instant, u32)>>,
}

impl Attempts {
    /// Notes a refusal; answers what is to be told of it now.
    pub fn note(&self, now: Instant, mut attempt: Attempt) -> Option<Attempt> {
        let mut open = self.open.lock().unwrap_or_else(|e| e.into_inner());
        if !open.contains_key(&attempt) {
            let of_login =
                |other: &&Attempt| Attempt { address: attempt.address, ..**other } == attempt;
            if open.keys().filter(of_login).count() >= MAX_ADDRESSES {
                attempt.address = None;
            }
        }
        if let Some((_, more)) = open.get_mut(&attempt) {
            *more += 1;
            return None;
        }
        if open.len() >= MAX_WINDOWS {
            return None;
        }
        open.insert(attempt, (now, 0));
        Some(attempt)
    }

    /// What came after the first in minutes that are over, and how often.
    pub fn ended(&self, now: Instant) -> Vec<(Attempt, u32)> {
        let mut open = self.open.lock().unwrap_or_else(|e| e.into_inner());
        let over = open.extract_if(|_, (began, _)| now.duration_since(*began) >= WINDOW);
        over.map(|(attempt, (_, more))| (attempt, more)).filter(|(_, more)| *more > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: u32) -> Attempt {
        let (workspace, login) = (WorkspaceId(1), UserId(7));
        let address = Some(IpAddr::from(address.to_be_bytes()));
        Attempt { workspace, login, refused: Refused::WrongPassword, address }
    }

    #[test]
    fn the_first_is_told_at_once_and_the_others_when_the_minute_is_over() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        assert_eq!(attempts.note(now, from(1)), Some(from(1)));
        assert_eq!(attempts.note(now, from(1)), None);
        assert_eq!(attempts.note(now, from(1)), None);
        assert_eq!(attempts.note(now, from(2)), Some(from(2)));
        assert_eq!(attempts.ended(now + WINDOW / 2), []);
        assert_eq!(attempts.ended(now + WINDOW), [(from(1), 2)]);
        assert_eq!(attempts.note(now + WINDOW, from(1)), Some(from(1)));
    }

    #[test]
    fn a_flood_of_addresses_is_told_as_one() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let told = (0..5_000).filter_map(|n| attempts.note(now, from(n))).count();
        assert_eq!(told, MAX_ADDRESSES + 1);
        let many = Attempt { address: None, ..from(0) };
        assert_eq!(attempts.ended(now + WINDOW), [(many, 5_000 - MAX_ADDRESSES as u32 - 1)]);
    }
}
