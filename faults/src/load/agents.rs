//! An agent at work: signs in, is heard from, takes what is offered, claims, finishes, and is at
//! times away, silent or careless.

use super::{MARK, PAUSE, Shared};
use crate::ledger::{Act, Done};
use crate::shop::{HEARTBEAT_SECS, Person, Team};
use crate::wire::Wire;
use routing::ItemId;
use scenario::simulation::Random;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Between two heartbeats.
const BEAT: Duration = Duration::from_secs(3);

struct Agent<'a> {
    shared: &'a Shared,
    person: &'a Person,
    wire: Wire,
    random: Random,
    present: bool,
    beat: Instant,
    claims: u64,
}

/// Works until the load has ended.
pub fn work(shared: &Shared, wire: Wire, random: Random, number: usize) {
    let person = &shared.shop.people[number];
    let beat = Instant::now();
    let mut agent = Agent { shared, person, wire, random, present: false, beat, claims: 0 };
    while !shared.ended.load(Ordering::Relaxed) {
        agent.be_there();
        let busy = agent.look();
        if !busy && (agent.person.team != Team::Desk || !agent.claim()) {
            agent.idle();
        }
    }
}

impl Agent<'_> {
    /// Signs in, and says from time to time that they are still there.
    fn be_there(&mut self) {
        let id = self.person.id;
        if !self.present {
            let answer = self.wire.post(&format!("/agents/{id}/sign-in"), &json!({}));
            self.present = answer.is_some_and(|answer| answer.is_done());
            self.beat = Instant::now();
        } else if self.beat.elapsed() > BEAT {
            // Refused when they have lapsed: then they sign in again.
            let answer = self.wire.post(&format!("/agents/{id}/heartbeat"), &json!({}));
            match answer {
                Some(answer) => {
                    self.present = answer.is_done();
                    self.shared.ledger.count(|counts| counts.heartbeats += 1);
                }
                None => std::thread::sleep(PAUSE),
            }
            self.beat = Instant::now();
        }
    }

    /// Sees to what they hold; whether there was anything.
    fn look(&mut self) -> bool {
        let Some(page) = self.wire.get("/items?state=offered,assigned&limit=20") else {
            std::thread::sleep(PAUSE);
            return true;
        };
        let items = page["items"].as_array().cloned().unwrap_or_default();
        items.iter().for_each(|item| self.see_to(item));
        !items.is_empty()
    }

    fn see_to(&mut self, item: &Value) {
        let offered = item["state"] == "offered";
        let chance = self.random.below(100);
        // Nobody in the field gives anything back: they would be passed over for it.
        let careful = self.shared.is_closing() || self.person.team == Team::Field;
        let act = match (offered, chance) {
            (true, 0..6) if !careful => return,
            (true, 6..20) if !careful => Act::Decline,
            (true, _) => Act::Accept,
            (false, 0..6) if !careful => Act::Release,
            (false, 6..12) => Act::Update,
            (false, _) => Act::Complete,
        };
        self.act(act, item);
    }

    fn act(&mut self, act: Act, item: &Value) {
        let (Some(id), Some(version)) = (item["id"].as_u64(), item["version"].as_u64()) else {
            return;
        };
        let (name, mut body) = match act {
            Act::Accept => ("accept", json!({})),
            Act::Decline => ("decline", json!({})),
            Act::Release => ("release", json!({})),
            Act::Update => ("update", json!({"note": format!("the {MARK} was not there")})),
            Act::Complete => {
                let closing = self.shared.is_closing();
                let result = match self.random.below(10) {
                    0 if !closing && self.person.team == Team::Desk => "later",
                    1 if !closing && self.person.team != Team::Field => "call",
                    2 => "won",
                    _ => "done",
                };
                ("complete", json!({"disposition": result, "note": format!("{MARK} was glad")}))
            }
        };
        body["version"] = json!(version);
        let Some(answer) = self.wire.post(&format!("/items/{id}/{name}"), &body) else { return };
        // What somebody else has meanwhile, or another version, is refused: looked at again.
        if answer.is_done() {
            let version = u32::try_from(version).unwrap_or_default();
            self.shared.ledger.act(Done { act, item: ItemId(id), version });
            if act == Act::Complete && answer.body["state"] == "closed" {
                self.shared.ledger.count(|counts| counts.closed += 1);
            }
        }
    }

    /// Takes the next one that waits to be called; whether there was one.
    fn claim(&mut self) -> bool {
        self.claims += 1;
        let (id, key) = (self.person.id, format!("claim {} {}", self.person.id, self.claims));
        let asked = json!({"agent_id": id});
        while !self.shared.ended.load(Ordering::Relaxed) {
            if let Some(answer) = self.wire.ask("POST", "/claims", &asked, Some(&key)) {
                self.shared.ledger.count(|counts| counts.claims += u64::from(answer.is_done()));
                return answer.is_done();
            }
            self.shared.ledger.count(|counts| counts.again += 1);
            std::thread::sleep(PAUSE);
        }
        false
    }

    /// Has nothing to do: is available again, or goes for a while.
    fn idle(&mut self) {
        let id = self.person.id;
        let closing = self.shared.is_closing();
        match self.random.below(400) {
            0..4 if !closing && self.person.team != Team::Field => {
                self.wire.post(&format!("/agents/{id}/sign-out"), &json!({}));
                self.present = false;
            }
            // Longer than anybody may be silent.
            4 if !closing => {
                let began = Instant::now();
                let silent = Duration::from_secs(HEARTBEAT_SECS + 6);
                while began.elapsed() < silent && !self.shared.is_closing() {
                    std::thread::sleep(PAUSE);
                }
            }
            // A missed offer has set them away.
            5..60 => {
                let status = json!({"status": "available"});
                self.wire.ask("PUT", &format!("/agents/{id}/status"), &status, None);
            }
            _ => {}
        }
        std::thread::sleep(PAUSE);
    }
}
