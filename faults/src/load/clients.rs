//! A client that sends leads, each under its own key, again and again until it is answered.

use super::{MOST_OPEN, PAUSE, Shared, lead};
use crate::wire::Wire;
use routing::ItemId;
use scenario::simulation::Random;
use std::sync::atomic::Ordering;

/// Sends until the load closes. What was begun is sent until it is answered.
pub fn send(shared: &Shared, mut wire: Wire, mut random: Random, _: usize) {
    while !shared.is_closing() {
        if shared.ledger.open() > MOST_OPEN {
            std::thread::sleep(PAUSE);
            continue;
        }
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        shared.ledger.count(|counts| counts.sent += 1);
        let source = ["field", "field", "web", "web", "ads", "list"][random.below(6) as usize];
        // Whoever is on the list comes again now and then.
        let again = source == "list" && number > 40 && random.percent(25);
        let contact = if again { number - random.below(40) } else { number };
        let body = lead(source, number, contact, &mut random);
        let key = format!("lead {number}");
        let Some(item) = until_answered(shared, &mut wire, &body, &key, number) else { return };
        shared.ledger.lead(number, item);
        // A client may forget that it was answered.
        if random.percent(4) {
            let Some(item) = until_answered(shared, &mut wire, &body, &key, number) else { return };
            shared.ledger.lead(number, item);
        }
    }
}

/// `None` when the run is over, or the answer was no item.
fn until_answered(
    shared: &Shared,
    wire: &mut Wire,
    body: &serde_json::Value,
    key: &str,
    number: u64,
) -> Option<ItemId> {
    while !shared.ended.load(Ordering::Relaxed) {
        match wire.ask("POST", "/items", body, Some(key)) {
            Some(answer) if answer.is_done() => {
                // A duplicate is closed as it comes.
                if answer.body["state"] == "duplicate" {
                    shared.ledger.count(|counts| counts.closed += 1);
                }
                return answer.id().map(ItemId);
            }
            Some(answer) => {
                let what = format!("lead {number} was answered {}: {}", answer.status, answer.body);
                shared.ledger.wrong(what);
                return None;
            }
            // Nobody knows whether it was taken in: the key makes it safe to ask again.
            None => {
                shared.ledger.count(|counts| counts.again += 1);
                std::thread::sleep(PAUSE);
            }
        }
    }
    None
}
