//! A recruitment team's desk: a pull queue whose results write what its sheet shows.

use crate::testing::Harness;
use serde_json::{Value, json};
use sheet_stubs::{Script, Table, Tencent};

/// A workspace in which callers work one sheet.
pub struct Desk {
    pub h: Harness,
    pub source: u64,
    pub agents: Vec<u64>,
    tokens: Vec<String>,
    pub sheet: u64,
}

impl Desk {
    /// Agents of these names, who are there; no sheet yet.
    pub async fn open(h: Harness, names: &[&str]) -> Desk {
        h.call("PATCH", "/workspace", json!({"country": "CN"})).await.expect(200);
        let results = json!([
            {"name": "perfect", "then": "close", "contacted": true, "won": true},
            {"name": "device", "then": "close", "contacted": true},
            {"name": "no answer", "then": "retry", "after_secs": 600, "max_attempts": 3},
        ]);
        let queue = json!({"name": "Calls", "mode": {"mode": "pull"}, "undo_secs": 10, "presence": "ignored",
            "dispositions": results});
        let queue = h.post("/queues", queue).await["id"].as_u64().unwrap();
        let writes = |selected: u8, note: &str| {
            json!({"contacted": {"value": 1}, "selected": {"value": selected},
                "note": {"value": note}, "qq": {"input": "qq"}})
        };
        let desk = json!({
            "fields": [{"name": "device"}, {"name": "qq", "edit": true}],
            "results": {
                "perfect": {"writes": writes(1, "通过")},
                "device": {"writes": writes(0, "设备不符/拒绝")},
                "no answer": {"writes": writes(0, "未接/挂断")},
            },
        });
        let path = format!("/queues/{queue}/desk");
        h.call("PUT", &path, json!({"version": 0, "desk": desk})).await.expect(200);
        let source = json!({"name": "List", "queue": queue, "dedupe_window_secs": 0});
        let source = h.post("/sources", source).await["id"].as_u64().unwrap();
        let mut agents = Vec::new();
        for name in names {
            let agent = json!({"name": name, "queues": [queue], "capacity": {"lead": 1}});
            agents.push(h.post("/agents", agent).await["id"].as_u64().unwrap());
        }
        for agent in &agents {
            h.post(&format!("/agents/{agent}/sign-in"), Value::Null).await;
        }
        let mut tokens = Vec::new();
        for agent in &agents {
            tokens.push(h.token("agent", Some(*agent)).await);
        }
        Desk { h, source, agents, tokens, sheet: 0 }
    }

    /// Adds the team's sheet.
    pub async fn add(&mut self, mut sheet: Value) -> Value {
        sheet["name"] = json!("Calls");
        sheet["source"] = json!(self.source);
        sheet["preset"] = json!("recruitment");
        let made = self.h.call("POST", "/sheets", sheet).await.expect(201);
        self.sheet = made["id"].as_u64().unwrap();
        made
    }

    /// A pass that nothing is in the way of; its counts.
    pub async fn sync(&self) -> Value {
        let done = self.try_sync().await;
        assert_eq!(done["trouble"], Value::Null);
        done["counts"].clone()
    }

    pub async fn try_sync(&self) -> Value {
        self.h.post(&format!("/sheets/{}/sync", self.sheet), Value::Null).await
    }

    pub async fn state(&self) -> Value {
        self.h.get(&format!("/sheets/{}", self.sheet)).await["state"].clone()
    }

    pub async fn conflicts(&self) -> Vec<Value> {
        let list = self.h.get(&format!("/sheets/{}/conflicts", self.sheet)).await;
        list["items"].as_array().unwrap().clone()
    }

    /// The next item of this agent, counted from 0.
    pub async fn claim(&self, agent: usize) -> Value {
        let body = json!({"agent_id": self.agents[agent]});
        self.h.call_as(&self.tokens[agent], "POST", "/claims", body).await.expect(200)
    }

    /// Records this agent's result of an item as it was seen.
    pub async fn complete(
        &self,
        agent: usize,
        item: &Value,
        result: &str,
        qq: Option<&str>,
    ) -> Value {
        let mut body = json!({"version": item["version"], "disposition": result});
        if let Some(qq) = qq {
            body["fields"] = json!({"qq": qq});
        }
        self.act(agent, item, "complete", body).await
    }

    pub async fn act(&self, agent: usize, item: &Value, act: &str, body: Value) -> Value {
        let path = format!("/items/{}/{act}", item["id"]);
        self.h.call_as(&self.tokens[agent], "POST", &path, body).await.expect(200)
    }
}

impl Desk {
    /// Adds the stand-in's sheet, which may be called as often as wished.
    pub async fn add_tencent(&mut self, stub: &Tencent) -> Value {
        self.add(json!({
            "kind": "tencent", "link": stub.link(), "base": stub.url(), "secrets": secrets(stub),
            "pace": {"per_minute": 100_000, "per_day": 1_000_000},
        }))
        .await
    }

    /// Waits until results can no longer be taken back.
    pub fn settle(&self) {
        self.h.advance(16);
    }

    /// The item that a row with this number from 0 became.
    pub async fn item_of(&self, row: usize) -> Value {
        let phone = format!("%2B86138{:08}", row + 1);
        let found = self.h.get(&format!("/items?phone={phone}")).await;
        self.h.get(&format!("/items/{}", found["items"][0]["id"])).await
    }
}

pub fn tencent(rows: usize) -> Tencent {
    Tencent::start(0, Table::recruitment(rows), Script::default()).unwrap()
}

pub fn secrets(stub: &Tencent) -> Value {
    json!({"client_id": Tencent::CLIENT_ID, "client_secret": Tencent::CLIENT_SECRET,
        "access_token": stub.access_token(), "refresh_token": Tencent::REFRESH_TOKEN,
        "open_id": Tencent::OPEN_ID})
}
