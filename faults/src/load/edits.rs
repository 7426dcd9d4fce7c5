//! A supervisor who changes agents and queues, and moves work by hand, while it goes on. The team in
//! the field is left alone: its shares are judged by everybody being there.

use super::{MARK, PAUSE, Shared};
use crate::shop::{Person, Team};
use crate::wire::Wire;
use scenario::simulation::Random;
use serde_json::{Value, json};

/// Edits until the load closes, and then undoes what would keep anything from being worked off.
pub fn edit(shared: &Shared, mut wire: Wire, mut random: Random, _: usize) {
    let others: Vec<&Person> =
        shared.shop.people.iter().filter(|person| person.team != Team::Field).collect();
    while !shared.is_closing() {
        let Some(person) = random.pick(&others).copied() else { return };
        let (method, path, body) = change(shared, person, &mut random);
        let sent = match random.percent(30) {
            true => place(shared, person, &mut wire, &mut random),
            false => wire.ask(method, &path, &body, None).is_some_and(|answer| answer.is_done()),
        };
        shared.ledger.count(|counts| counts.edits += u64::from(sent));
        for _ in 0..random.from_to(1, 12) {
            std::thread::sleep(PAUSE);
        }
    }
    for person in others {
        let open = json!({"active": true, "paused": false, "capacity": {"lead": 3}});
        let path = format!("/agents/{}", person.id);
        while !shared.ended.load(std::sync::atomic::Ordering::Relaxed)
            && wire.ask("PATCH", &path, &open, None).is_none_or(|answer| !answer.is_done())
        {
            std::thread::sleep(PAUSE);
        }
    }
}

fn change(shared: &Shared, person: &Person, random: &mut Random) -> (&'static str, String, Value) {
    let agent = format!("/agents/{}", person.id);
    let (desk, ads) = (shared.shop.desk, shared.shop.ads);
    let strategies = ["round_robin", "longest_idle", "least_busy", "fewest_assigned"];
    let strategy = strategies[random.below(4) as usize];
    match random.below(8) {
        0 => ("PATCH", agent, json!({"capacity": {"lead": random.from_to(1, 5)}})),
        1 => ("PATCH", agent, json!({"paused": true})),
        2 | 3 => ("PATCH", agent, json!({"paused": false, "active": true})),
        4 if person.team == Team::Ads => {
            ("PATCH", agent, json!({"daily_cap": random.from_to(5, 60)}))
        }
        5 => ("PATCH", format!("/queues/{desk}"), json!({"strategy": strategy})),
        6 => {
            let secs = random.from_to(1, 4);
            ("PATCH", format!("/queues/{desk}"), json!({"mode": {"mode": "offer", "secs": secs}}))
        }
        7 => ("PATCH", format!("/queues/{ads}"), json!({"may_move_placed": random.percent(50)})),
        _ => ("PATCH", agent, json!({"name": format!("{MARK} {}", person.id)})),
    }
}

/// Puts something that is open with this agent, above their limits if need be, or takes it away.
fn place(shared: &Shared, to: &Person, wire: &mut Wire, random: &mut Random) -> bool {
    let (desk, ads, calls) = (shared.shop.desk, shared.shop.ads, shared.shop.calls);
    let queue = [desk, ads, calls][random.below(3) as usize];
    let path = format!("/items?state=waiting,offered,assigned&queue={queue}&limit=20");
    let Some(page) = wire.get(&path) else { return false };
    let items = page["items"].as_array().cloned().unwrap_or_default();
    let Some(item) = random.pick(&items) else { return false };
    let (id, version) = (&item["id"], &item["version"]);
    let note = format!("the {MARK} asked for it");
    let (act, body) = match random.below(10) {
        0 => ("cancel", json!({"version": version, "note": note})),
        1 => ("reassign", json!({"version": version, "queue": calls, "note": note})),
        _ => ("reassign", json!({"version": version, "agent": to.id, "note": note})),
    };
    let answer = wire.post(&format!("/items/{id}/{act}"), &body);
    let done = answer.is_some_and(|answer| answer.is_done());
    if done && act == "cancel" {
        shared.ledger.count(|counts| counts.closed += 1);
    }
    done
}
