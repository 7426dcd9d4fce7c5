//! What supervisors were told of items, as long as it stands.

use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::WorkspaceId;
use crate::http::problem::Answered;
use routing::{ItemId, Notice, State};
use std::collections::BTreeMap;
use store::{ItemRow, ItemStatus};

/// The most items with a notice that one page is looked for among.
const MAX_NOTICED: usize = 1_000;

impl App {
    /// The notices that stand among the items.
    pub async fn notices(
        &self,
        workspace: WorkspaceId,
        rows: &[ItemRow],
    ) -> Answered<BTreeMap<ItemId, Notice>> {
        let open = [ItemStatus::Assigned, ItemStatus::Waiting];
        let open = rows.iter().filter(|row| open.contains(&row.state));
        let ids: Vec<ItemId> = open.map(|row| row.id).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let notice = |state: &State, id: ItemId| Some((id, state.notice(id)?));
        let look = move |s: &State| ids.into_iter().filter_map(|id| notice(s, id)).collect();
        self.look(workspace, look).await
    }

    /// The newest items before `after` of which a notice stands.
    pub async fn noticed(&self, caller: &Caller, after: Option<u64>) -> Answered<Vec<ItemId>> {
        let noticed = self.look(caller.workspace, State::noticed).await?;
        let before = noticed.into_iter().filter(|id| after.is_none_or(|after| id.0 < after));
        Ok(before.take(MAX_NOTICED).collect())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Harness, Office};
    use serde_json::{Value, json};

    /// Numbers and notices of the items of which a supervisor has been told.
    async fn told(h: &Harness) -> Vec<(Value, Value)> {
        let page = h.get("/items?told=true").await;
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| (item["id"].clone(), item["told"].clone())).collect()
    }

    async fn act(h: &Harness, item: u64, act: &str, mut body: Value) -> Value {
        body["version"] = h.get(&format!("/items/{item}")).await["version"].clone();
        h.call("POST", &format!("/items/{item}/{act}"), body).await.expect(200)
    }

    async fn office(h: &Harness, queue: Value) -> Office {
        let office = h.office(&["Asha", "Ben"]).await;
        h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
        office
    }

    #[tokio::test]
    async fn what_nobody_took_from_a_silent_holder_is_told_until_somebody_has_it() {
        let h = Harness::new().await;
        let silence = json!({"after_secs": 60, "max_moves": 1});
        let office = office(&h, json!({"presence": "ignored", "silence": silence})).await;
        let [asha, ben] = [office.agents[0], office.agents[1]];
        h.post("/items", json!({"source": office.source})).await;
        for (agent, paused) in [(ben, true), (asha, true)] {
            h.call("PATCH", &format!("/agents/{agent}"), json!({"paused": paused}))
                .await
                .expect(200);
        }
        // She is silent, and Ben is not there either.
        h.advance(60);
        h.post("/items", json!({"source": office.source})).await;
        assert_eq!(h.get("/items/1").await["state"], "waiting");
        assert!(told(&h).await.is_empty());
        h.advance(60);
        let h = h.restart().await;
        h.post("/items", json!({"source": office.source})).await;
        assert_eq!(told(&h).await, [(json!(1), json!("nobody_took_it"))]);
        h.call("PATCH", &format!("/agents/{ben}"), json!({"paused": false})).await.expect(200);
        assert_eq!(h.get("/items/1").await["agent"], ben);
        assert!(told(&h).await.is_empty());
        h.end().await;
    }

    #[tokio::test]
    async fn what_silence_told_a_supervisor_stands_until_somebody_sees_to_it() {
        let h = Harness::new().await;
        // Nobody lapses while the clock is moved.
        let silence = json!({"after_secs": 600, "max_moves": 0});
        let office = office(&h, json!({"presence": "ignored", "silence": silence})).await;
        for _ in 0..3 {
            h.post("/items", json!({"source": office.source})).await;
        }
        assert_eq!(h.get("/items/1").await["agent"], office.agents[0]);
        act(&h, 2, "reassign", json!({"agent": office.agents[0]})).await;
        assert_eq!(told(&h).await, []);
        h.advance(601);
        h.post(&format!("/agents/{}/sign-in", office.agents[1]), Value::Null).await;
        let [silent, placed] = [json!("silent_too_often"), json!("placed_item_silent")];
        let all =
            [(json!(3), silent.clone()), (json!(2), placed.clone()), (json!(1), silent.clone())];
        assert_eq!(told(&h).await, all);
        assert_eq!(h.get("/items/2").await["told"], placed);
        let first = h.get("/items?told=true&limit=1").await;
        let rest = format!("/items?told=true&cursor={}", first["next_cursor"].as_str().unwrap());
        assert_eq!(first["items"][0]["id"], 3);
        assert_eq!(h.get(&rest).await["items"].as_array().unwrap().len(), 2);

        // It outlives a restart, and an update, another holder and a result end it.
        let h = h.restart().await;
        assert_eq!(told(&h).await, all);
        act(&h, 1, "update", json!({"contacted": true})).await;
        assert_eq!(told(&h).await, all[..2]);
        assert_eq!(h.get("/items/1").await["told"], Value::Null);
        act(&h, 2, "reassign", json!({"agent": office.agents[1]})).await;
        assert_eq!(told(&h).await, all[..1]);
        act(&h, 3, "complete", json!({"disposition": "won"})).await;
        assert_eq!(told(&h).await, []);
        h.end().await;
    }

    #[tokio::test]
    async fn what_was_placed_with_somebody_gone_is_told_until_they_are_back() {
        let h = Harness::new().await;
        let office = office(&h, json!({"presence": "required"})).await;
        for _ in 0..2 {
            h.post("/items", json!({"source": office.source})).await;
        }
        let placed = json!({"agent": office.agents[0]});
        act(&h, 2, "reassign", placed).await;
        let [out, back] =
            ["sign-out", "sign-in"].map(|to| format!("/agents/{}/{to}", office.agents[0]));
        h.post(&out, Value::Null).await;
        // What the machine had given out went to somebody else.
        assert_eq!(told(&h).await, [(json!(2), json!("placed_item_held_by_absent"))]);
        let events = h.get("/items/2/history").await;
        let last = events["items"].as_array().unwrap().last().unwrap();
        assert_eq!(last["event"], "supervisor_told", "{last}");
        h.post(&back, Value::Null).await;
        assert_eq!(told(&h).await, []);
        h.post(&out, Value::Null).await;
        assert_eq!(told(&h).await.len(), 1);
        act(&h, 2, "reassign", json!({"agent": office.agents[1]})).await;
        assert_eq!(told(&h).await, []);
        h.end().await;
    }
}
