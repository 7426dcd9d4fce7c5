//! The load: clients that send leads, agents at work, a supervisor who changes things. Each is a
//! thread with its own chance and its own kept connections, and goes on whatever nodes do.

mod agents;
mod clients;
mod edits;

use crate::ledger::Ledger;
use crate::shop::Shop;
use crate::wire::Wire;
use scenario::simulation::Random;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Clients that send leads.
const CLIENTS: u64 = 8;
/// With so many open leads nobody sends more: the account of a run must stay small.
const MOST_OPEN: u64 = 90;
/// What every personal text says, so that it is found where it must not be.
pub const MARK: &str = "quagga";
/// Between two attempts of somebody who got no answer, or has nothing to do.
const PAUSE: Duration = Duration::from_millis(25);
/// Nothing takes longer once everything runs, unless it never comes.
const BOUND: Duration = Duration::from_secs(120);

/// What all threads share.
struct Shared {
    ledger: Arc<Ledger>,
    shop: Shop,
    /// The next lead's number.
    next: AtomicU64,
    /// Nobody sends or edits any more; agents finish what is there.
    closing: AtomicBool,
    ended: AtomicBool,
}

impl Shared {
    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}

/// A running load.
pub struct Load {
    shared: Arc<Shared>,
    wire: Wire,
    senders: Vec<JoinHandle<()>>,
    agents: Vec<JoinHandle<()>>,
}

impl Load {
    pub fn start(wire: &Wire, shop: &Shop, ledger: &Arc<Ledger>, seed: u64) -> Self {
        let shared = Arc::new(Shared {
            ledger: ledger.clone(),
            shop: shop.clone(),
            next: AtomicU64::new(1),
            closing: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let mut seeds = Random::new(seed);
        let wire = wire.with_token(&shop.admin);
        let mut spawn = |work: fn(&Shared, Wire, Random, usize), wire: Wire, number: usize| {
            let (shared, random) = (shared.clone(), Random::new(seeds.number()));
            std::thread::spawn(move || work(&shared, wire, random, number))
        };
        let mut senders: Vec<_> = (0..CLIENTS)
            .map(|n| spawn(clients::send, wire.starting_at(n as usize), n as usize))
            .collect();
        senders.push(spawn(edits::edit, wire.starting_at(1), 0));
        let people = shop.people.iter().enumerate();
        let agents = people
            .map(|(n, person)| {
                spawn(agents::work, wire.with_token(&person.token).starting_at(n), n)
            })
            .collect();
        Load { shared, wire, senders, agents }
    }

    /// Sends no more, and returns once everything that was sent is answered and worked off. `Err`
    /// says what was not.
    pub fn finish(mut self) -> Result<(), String> {
        self.shared.closing.store(true, Ordering::Relaxed);
        let began = Instant::now();
        while self.senders.iter().any(|sender| !sender.is_finished()) {
            if began.elapsed() > BOUND {
                return Err("a lead is never answered, though all nodes run".to_owned());
            }
            std::thread::sleep(PAUSE);
        }
        loop {
            let open = "/items?state=waiting,offered,assigned,scheduled&limit=1";
            let first = self.wire.get(open).map(|page| page["items"][0].clone());
            if first == Some(Value::Null) {
                break;
            }
            if began.elapsed() > BOUND {
                let first = first.unwrap_or_default();
                let (item, state) = (&first["id"], &first["state"]);
                return Err(format!(
                    "item {item} is still {state} {} s after the last lead: {first}",
                    BOUND.as_secs()
                ));
            }
            std::thread::sleep(PAUSE);
        }
        self.end();
        Ok(())
    }

    fn end(&mut self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        self.shared.ended.store(true, Ordering::Relaxed);
        for thread in self.senders.drain(..).chain(self.agents.drain(..)) {
            // One that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.end();
    }
}

/// A lead, with everything personal that one may have.
fn lead(source: &str, number: u64, contact: u64, random: &mut Random) -> Value {
    let region = ["MH", "KA", "DL", "UP"][random.below(4) as usize];
    json!({
        "source": source,
        "contact": {
            "name": format!("{MARK} {contact}"),
            "phone": format!("+9198{contact:08}"),
            "email": format!("{MARK}{contact}@example.org"),
        },
        "attributes": {"number": number, "message": format!("the {MARK} asks to be called")},
        "region": region,
        "priority": random.below(4),
    })
}
