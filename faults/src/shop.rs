//! The workspace that is worked in: three teams, each of which puts other invariants to the test.

use crate::Problem;
use crate::node::Product;
use crate::wire::{Answer, Wire};
use serde_json::{Value, json};

/// The workspace's name.
pub const NAME: &str = "faults";
/// How long an agent may be silent: the least that a workspace takes.
pub const HEARTBEAT_SECS: u64 = 10;
/// The agents of each team; those in the field by their weights.
const FIELD: [u64; 5] = [1, 2, 3, 5, 8];
const DESK: usize = 6;
const ADS: usize = 4;

/// Which team an agent is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Team {
    /// Pushed in fair shares, at their desk or not, without limits: nobody is ever passed over.
    Field,
    /// Offered, retried, moved on to be claimed; only who is there.
    Desk,
    /// Pushed to whoever had fewest today, above the cap when all are there.
    Ads,
}

/// An agent and the right to act as them.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: u64,
    pub token: String,
    pub team: Team,
}

/// A furnished workspace.
#[derive(Clone, Debug)]
pub struct Shop {
    pub admin: String,
    pub people: Vec<Person>,
    pub desk: u64,
    pub ads: u64,
    pub calls: u64,
}

/// Makes the workspace and an admin's token, without a node.
pub fn open(product: &Product) -> Result<String, Problem> {
    product.run(&[
        "workspace",
        "create",
        NAME,
        "--time-zone",
        "Asia/Kolkata",
        "--country",
        "IN",
    ])?;
    product.run(&["--workspace", NAME, "token", "create", "faults", "--role", "admin"])
}

impl Shop {
    /// Furnishes it over HTTP.
    pub fn furnish(wire: &mut Wire, admin: String) -> Result<Shop, Problem> {
        let settings = json!({"heartbeat_secs": HEARTBEAT_SECS, "re_offer_secs": 1});
        done(wire.ask("PATCH", "/workspace", &settings, None))?;
        let queue = |wire: &mut Wire, spec: Value| made(wire, "/queues", &spec);
        let field =
            queue(wire, json!({"name": "field", "presence": "ignored", "strategy": "fair_share"}))?;
        let calls = queue(wire, json!({"name": "calls", "mode": {"mode": "pull"}}))?;
        let results = json!([
            {"name": "done", "contacted": true, "then": "close"},
            {"name": "won", "contacted": true, "won": true, "then": "close"},
            {"name": "later", "then": "retry", "after_secs": 1, "max_attempts": 3},
            {"name": "call", "then": "move", "queue": calls},
        ]);
        let desk = queue(
            wire,
            json!({"name": "desk", "mode": {"mode": "offer", "secs": 3}, "dispositions": results,
                "strategy": "round_robin",
                "silence": {"after_secs": 60, "max_moves": 2},
                "steps": [{"after_secs": 0, "same_region": true}, {"after_secs": 1}]}),
        )?;
        let ads = queue(
            wire,
            json!({"name": "ads", "strategy": "fewest_today", "dispositions": results,
                "at_cap": {"do": "overflow_fewest_today"}}),
        )?;
        for (name, queue, window) in
            [("field", field, 0), ("web", desk, 0), ("ads", ads, 0), ("list", calls, 20)]
        {
            let number = json!({"name": "number", "type": "number", "routing": true});
            let source = json!({"name": name, "key": name, "queue": queue,
                "dedupe_window_secs": window, "attributes": [number]});
            made(wire, "/sources", &source)?;
        }
        let mut shop = Shop { admin, people: Vec::new(), desk, ads, calls };
        for weight in FIELD {
            let agent = json!({"weight": weight, "capacity": {"lead": null}, "queues": [field]});
            shop.hire(wire, Team::Field, agent)?;
        }
        for number in 0..DESK {
            let region = ["MH", "KA", "DL"][number % 3];
            let agent = json!({"capacity": {"lead": 3}, "queues": [desk, calls],
                "regions": [region]});
            shop.hire(wire, Team::Desk, agent)?;
        }
        for cap in 0..ADS {
            let agent = json!({"capacity": {"lead": 4}, "daily_cap": 10 + cap, "queues": [ads]});
            shop.hire(wire, Team::Ads, agent)?;
        }
        Ok(shop)
    }

    fn hire(&mut self, wire: &mut Wire, team: Team, mut agent: Value) -> Result<(), Problem> {
        agent["name"] = json!(format!("{team:?} {}", self.people.len()));
        let id = made(wire, "/agents", &agent)?;
        let token = json!({"name": format!("agent {id}"), "role": "agent", "agent_id": id});
        let token = done(wire.post("/tokens", &token))?;
        let token = token.body["token"].as_str().ok_or("a token without its secret")?.to_owned();
        self.people.push(Person { id, token, team });
        Ok(())
    }
}

fn done(answer: Option<Answer>) -> Result<Answer, Problem> {
    let answer = answer.ok_or("the node does not answer while the workspace is furnished")?;
    if answer.is_done() {
        return Ok(answer);
    }
    Err(format!("furnishing was answered {}: {}", answer.status, answer.body).into())
}

fn made(wire: &mut Wire, path: &str, body: &Value) -> Result<u64, Problem> {
    done(wire.post(path, body))?.id().ok_or_else(|| "what was made has no id".into())
}
