//! At most so many tries a minute per name and address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(60);
/// The most entries kept; beyond, the ones whose minute is over are dropped, then all refused.
const MAX_ENTRIES: usize = 50_000;

/// Counts tries in windows of a minute.
#[derive(Debug)]
pub struct Throttle {
    per_minute: u32,
    tries: Mutex<HashMap<(String, IpAddr), (Instant, u32)>>,
}

impl Throttle {
    pub fn new(per_minute: u32) -> Self {
        Throttle { per_minute, tries: Mutex::default() }
    }

    /// Counts a try, or says in how many seconds the next one is allowed.
    pub fn try_at(&self, now: Instant, name: &str, from: IpAddr) -> Result<(), u32> {
        let mut tries = self.tries.lock().unwrap_or_else(|e| e.into_inner());
        if tries.len() >= MAX_ENTRIES {
            tries.retain(|_, (began, _)| now.duration_since(*began) < WINDOW);
            if tries.len() >= MAX_ENTRIES {
                return Err(WINDOW.as_secs() as u32);
            }
        }
        let key = (name.to_lowercase(), from);
        let (began, count) = tries.entry(key).or_insert((now, 0));
        if now.duration_since(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        if *count >= self.per_minute {
            let left = WINDOW.saturating_sub(now.duration_since(*began));
            return Err(left.as_secs() as u32 + 1);
        }
        *count += 1;
        Ok(())
    }

    /// Forgets the tries of one who got in.
    pub fn succeeded(&self, name: &str, from: IpAddr) {
        let mut tries = self.tries.lock().unwrap_or_else(|e| e.into_inner());
        tries.remove(&(name.to_lowercase(), from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_within_a_minute_waits() {
        let (throttle, now, from) =
            (Throttle::new(5), Instant::now(), IpAddr::from([127, 0, 0, 1]));
        for _ in 0..5 {
            assert_eq!(throttle.try_at(now, "asha", from), Ok(()));
        }
        assert!(throttle.try_at(now, "Asha", from).is_err());
        assert_eq!(throttle.try_at(now, "ben", from), Ok(()));
        assert_eq!(throttle.try_at(now + WINDOW, "asha", from), Ok(()));
    }

    #[test]
    fn getting_in_forgets_the_tries() {
        let (throttle, now, from) =
            (Throttle::new(1), Instant::now(), IpAddr::from([127, 0, 0, 1]));
        assert_eq!(throttle.try_at(now, "asha", from), Ok(()));
        throttle.succeeded("asha", from);
        assert_eq!(throttle.try_at(now, "asha", from), Ok(()));
    }
}
