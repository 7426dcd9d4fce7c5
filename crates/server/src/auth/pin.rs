//! PINs: what agents sign in with from the list of their names.
//!
//! Few digits are soon guessed, so a PIN counts with the desk link alone, tries are counted in the
//! database, and its argon2id hash is sealed: whoever has the database alone has nothing to guess at.

use crate::auth::seal::{Owner, Place, Purpose};
use crate::http::Problem;
use routing::AgentId;
use std::ops::RangeInclusive;
use store::WorkspaceId;

/// How many digits a PIN has.
pub const DIGITS: RangeInclusive<usize> = 4..=8;
/// How many a made one has.
const MADE: usize = 6;

/// Where an agent's PIN belongs.
pub fn place(workspace: WorkspaceId, agent: AgentId) -> Place {
    Place { workspace, owner: Owner::Agent(agent), purpose: Purpose::Pin }
}

/// Whether somebody may choose this PIN.
///
/// # Errors
/// When it is none, or what everybody tries first.
pub fn check(pin: &str) -> Result<(), Problem> {
    let digits = pin.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !DIGITS.contains(&pin.len()) {
        return Err(Problem::field("pin", "must be 4 to 8 digits"));
    }
    if is_first_guess(pin) {
        let problem = "is what everybody tries first; choose one without a row of digits";
        return Err(Problem::field("pin", problem));
    }
    Ok(())
}

/// A fresh PIN.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn make() -> std::io::Result<String> {
    loop {
        let mut pin = String::with_capacity(MADE);
        while pin.len() < MADE {
            let mut bytes = [0u8; 16];
            getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
            // The last six values would make some digits likelier than others.
            let fair = bytes.iter().filter(|byte| **byte < 250);
            pin.extend(fair.map(|byte| char::from(b'0' + byte % 10)).take(MADE - pin.len()));
        }
        if !is_first_guess(&pin) {
            return Ok(pin);
        }
    }
}

/// `1111`, `1234`, `9876`, `2020`.
fn is_first_guess(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let steps = |by: i16| digits.windows(2).all(|two| i16::from(two[1]) - i16::from(two[0]) == by);
    let pairs = digits.chunks(2).all(|two| digits.starts_with(two));
    steps(0) || steps(1) || steps(-1) || pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for pin in ["0000", "1234", "9876", "345678", "1212", "202020", "77777777"] {
            assert!(check(pin).unwrap_err().detail.contains("tries first"), "{pin}");
        }
        for pin in ["123", "123456789", "12a4", "１２３４", "", "12 4"] {
            assert!(check(pin).unwrap_err().detail.contains("4 to 8 digits"), "{pin}");
        }
        for pin in ["4829", "1235", "90909191", "120012"] {
            assert_eq!(check(pin), Ok(()), "{pin}");
        }
    }

    #[test]
    fn made_pins_have_every_digit_and_differ() {
        let made: Vec<String> = (0..200).map(|_| make().unwrap()).collect();
        assert!(made.iter().all(|pin| pin.len() == MADE && check(pin).is_ok()));
        assert!(made.iter().any(|pin| *pin != made[0]));
        let all = made.concat();
        assert!(('0'..='9').all(|digit| all.contains(digit)));
    }
}
