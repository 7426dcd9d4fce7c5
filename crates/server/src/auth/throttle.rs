//! At most so many tries a minute per name and address.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(60);
/// The most entries kept; beyond, the ones whose minute is over are dropped, then all of them: no
/// flood of names keeps anybody out, and argon2 slows down whoever guesses that fast.
const MAX_ENTRIES: usize = 50_000;
/// The most tries a minute from one address, for whatever names: a whole office may share one.
const PER_ADDRESS: u32 = 300;

/// A name's hash, which is short however long the name is, and an address; without a name the
/// address's own.
type Key = (Option<u64>, IpAddr);

/// Counts tries in windows of a minute.
#[derive(Debug)]
pub struct Throttle {
    per_minute: u32,
    tries: Mutex<HashMap<Key, (Instant, u32)>>,
    hasher: RandomState,
}

impl Throttle {
    pub fn new(per_minute: u32) -> Self {
        Throttle { per_minute, tries: Mutex::default(), hasher: RandomState::new() }
    }

    /// Counts a try, or says in how many seconds the next one is allowed.
    pub fn try_at(&self, now: Instant, name: &str, from: IpAddr) -> Result<(), u32> {
        self.count(now, from, &[(None, PER_ADDRESS), (self.key(name), self.per_minute)])
    }

    /// The same where the names are counted elsewhere.
    pub fn from_address(&self, now: Instant, from: IpAddr) -> Result<(), u32> {
        self.count(now, from, &[(None, PER_ADDRESS)])
    }

    fn count(&self, now: Instant, from: IpAddr, limits: &[(Option<u64>, u32)]) -> Result<(), u32> {
        let mut tries = self.tries.lock().unwrap_or_else(|e| e.into_inner());
        if tries.len() >= MAX_ENTRIES {
            tries.retain(|_, (began, _)| now.duration_since(*began) < WINDOW);
            if tries.len() >= MAX_ENTRIES {
                // Names that are being guessed at are remembered longest.
                let most = self.per_minute;
                tries.retain(|(name, _), (_, count)| name.is_some() && *count >= most);
            }
            if tries.len() >= MAX_ENTRIES {
                tries.clear();
            }
        }
        for &(name, most) in limits {
            let (began, count) = tries.entry((name, from)).or_insert((now, 0));
            if now.duration_since(*began) >= WINDOW {
                (*began, *count) = (now, 0);
            }
            if *count >= most {
                let left = WINDOW.saturating_sub(now.duration_since(*began));
                return Err(left.as_secs() as u32 + 1);
            }
            *count += 1;
        }
        Ok(())
    }

    fn key(&self, name: &str) -> Option<u64> {
        Some(self.hasher.hash_one(name.to_lowercase()))
    }

    /// Forgets the tries of one who got in.
    pub fn succeeded(&self, name: &str, from: IpAddr) {
        let mut tries = self.tries.lock().unwrap_or_else(|e| e.into_inner());
        tries.remove(&(self.key(name), from));
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
    fn an_address_that_tries_many_names_waits_and_others_do_not() {
        let (throttle, now) = (Throttle::new(5), Instant::now());
        let (here, there) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        for n in 0..PER_ADDRESS {
            assert_eq!(throttle.try_at(now, &n.to_string(), here), Ok(()));
        }
        assert!(throttle.try_at(now, "one more", here).is_err());
        assert_eq!(throttle.try_at(now, "one more", there), Ok(()));
    }

    #[test]
    fn a_flood_of_names_keeps_nobody_out() {
        let (throttle, now) = (Throttle::new(5), Instant::now());
        for n in 0..2 * MAX_ENTRIES as u32 {
            assert_eq!(throttle.try_at(now, "asha", IpAddr::from(n.to_be_bytes())), Ok(()));
        }
        assert!(throttle.tries.lock().unwrap().len() <= MAX_ENTRIES + 2);
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
