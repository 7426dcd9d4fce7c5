//! Who had an item when it was of some version, and what was recorded of it then: what is asked about
//! a result that comes late or twice.

use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use routing::{AgentId, Code, Event, ItemId, Target};
use std::collections::BTreeMap;

/// How many events are read at a time.
const PAGE: u32 = 1_000;

/// An item at one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Who had it then.
    pub holder: Option<AgentId>,
    /// Who completed that version, with which disposition, and as which event.
    pub recorded: Option<(AgentId, Code, u64)>,
}

impl Past {
    /// Whether this result was recorded at that version already; `own` is the agent who asks, if an
    /// agent does.
    pub fn has(&self, own: Option<AgentId>, disposition: &Code) -> bool {
        let same = |(agent, recorded, _): &(AgentId, Code, u64)| {
            own.is_none_or(|own| own == *agent) && recorded == disposition
        };
        self.recorded.as_ref().is_some_and(same)
    }

    /// Whether the result that was recorded came with this note: with another one, or with one where
    /// there was none, it is more than the same result once more.
    pub async fn had_note(
        &self,
        app: &App,
        caller: &Caller,
        item: ItemId,
        note: Option<&str>,
    ) -> Answered<bool> {
        let said = note.map(str::trim).filter(|note| !note.is_empty());
        let (Some(said), Some((.., seq))) = (said, &self.recorded) else { return Ok(true) };
        let notes = app.store.item_notes(caller.workspace, item).await?;
        Ok(notes.iter().any(|note| note.event == *seq && note.text.trim() == said))
    }

    /// Counts the versions as the core does, to the one that is asked for.
    fn take(&mut self, now: &mut u32, wanted: u32, seq: u64, event: &Event) {
        if let Event::Completed { seen, agent, disposition, .. } = event
            && seen.version == Some(wanted)
        {
            self.recorded = Some((*agent, disposition.clone(), seq));
        }
        // What was taken back was never recorded.
        if matches!(event, Event::Undone { .. }) {
            self.recorded = None;
        }
        *now = match event {
            Event::Submitted { .. } => 1,
            Event::Forced { version, .. } => version + 1,
            _ => *now + u32::from(event.changed_item().is_some()),
        };
        if *now > wanted {
            return;
        }
        match event {
            Event::Assigned { agent, .. }
            | Event::Accepted { agent, .. }
            | Event::Undone { agent, .. }
            | Event::Reassigned { to: Target::Agent(agent), .. } => self.holder = Some(*agent),
            _ => {}
        }
    }
}

/// The item as it was at the version, from its history.
pub async fn at(app: &App, caller: &Caller, item: ItemId, version: u32) -> Answered<Past> {
    let (mut past, mut now, mut after) = (Past::default(), 0, None);
    loop {
        let page = app.store.item_history(caller.workspace, item, after, PAGE).await?;
        page.items.iter().for_each(|entry| past.take(&mut now, version, entry.seq, &entry.event));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(past),
        }
    }
}

/// The item as it now is, for whoever recorded its result before; without the person when it has
/// gone on since and is not with them.
pub async fn became(app: &App, caller: &Caller, item: ItemId, version: u32) -> Answered<ItemView> {
    let mut view = app.item_view(caller, item, false).await?;
    let own = caller.only()?.map(|own| own.0);
    if own.is_some() && view.agent != own && view.version > version + 1 {
        view.contact = Default::default();
        view.personal = BTreeMap::new();
    }
    Ok(view)
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_result_whose_answer_was_lost_is_answered_again() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let asha = h.token("agent", Some(office.agents[0])).await;
        let results = json!({"dispositions": [
            {"name": "won", "label": "Won", "then": "close"},
            {"name": "later", "label": "Later", "then": "retry", "after_secs": 60, "max_attempts": 3}]});
        h.call("PATCH", &format!("/queues/{}", office.queue), results).await.expect(200);
        let lead = || json!({"source": office.source, "contact": {"phone": "9876543210", "name": "Kavya"}});
        let item = h.call("POST", "/items", lead()).await.expect(201);
        let path = format!("/items/{}", item["id"]);
        let complete = format!("{path}/complete");
        let body = |disposition: &str| json!({"version": item["version"], "disposition": disposition, "note": "signed"});
        let done = h.call_as(&asha, "POST", &complete, body("won")).await.expect(200);
        let again = h.call_as(&asha, "POST", &complete, body("Won")).await.expect(200);
        assert_eq!(again, done);
        // Also through a system that speaks for the agents.
        assert_eq!(h.call("POST", &complete, body("won")).await.expect(200)["state"], "closed");
        // With more to say it is work of its own, which is not lost.
        let more =
            json!({"version": item["version"], "disposition": "won", "note": "signed, with Ravi"});
        let more = h.call_as(&asha, "POST", &complete, more).await;
        assert_eq!(more.problem(409), "too_late");
        // Another result is another matter, and another's is not theirs.
        let other = h.call_as(&asha, "POST", &complete, body("later")).await;
        assert_eq!(other.problem(409), "too_late");
        let ben = h.token("agent", Some(office.agents[1])).await;
        let never = h.call_as(&ben, "POST", &complete, body("won")).await;
        assert_eq!(never.problem(404), "unknown_item");
        let history = h.get(&format!("{path}/history")).await;
        let notes: Vec<&Value> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| &line["note"])
            .filter(|note| !note.is_null())
            .collect();
        let kept = ["signed", "“won”: signed, with Ravi", "“later”: signed"];
        assert_eq!(notes, kept.map(|note| json!(note)).iter().collect::<Vec<_>>());
        h.end().await;
    }

    #[tokio::test]
    async fn who_asks_again_sees_no_person_whom_somebody_else_has_by_now() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let asha = h.token("agent", Some(office.agents[0])).await;
        let results = json!({"dispositions": [
            {"name": "later", "label": "Later", "then": "retry", "after_secs": 60, "max_attempts": 3}]});
        h.call("PATCH", &format!("/queues/{}", office.queue), results).await.expect(200);
        let contact = json!({"name": "Kavya Rao", "phone": "9845000007"});
        let lead =
            json!({"source": office.source, "contact": contact, "attributes": {"x": "hush"}});
        let item = h.call("POST", "/items", lead).await.expect(201);
        let path = format!("/items/{}", item["id"]);
        let body = json!({"version": item["version"], "disposition": "later"});
        let complete = format!("{path}/complete");
        let later = h.call_as(&asha, "POST", &complete, body.clone()).await.expect(200);
        let moved = json!({"version": later["version"], "agent": office.agents[1]});
        h.call("POST", &format!("{path}/reassign"), moved).await.expect(200);
        let again = h.call_as(&asha, "POST", &complete, body).await;
        assert!(!again.text.contains("Kavya") && !again.text.contains("hush"), "{}", again.text);
        assert_eq!(again.expect(200)["agent"], office.agents[1]);
        h.end().await;
    }

    #[tokio::test]
    async fn late_work_that_comes_through_another_system_is_kept_as_its_agents() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben", "Chitra"]).await;
        let item = h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        let path = format!("/items/{}", item["id"]);
        let mut version = item["version"].clone();
        for agent in [1, 2] {
            let body = json!({"version": version, "agent": office.agents[agent]});
            let moved = h.call("POST", &format!("{path}/reassign"), body).await.expect(200);
            version = moved["version"].clone();
        }
        let late = |seen: &Value| json!({"version": seen, "disposition": "Sold", "note": "signed"});
        let complete = format!("{path}/complete");
        let refused = h.call("POST", &complete, late(&item["version"])).await;
        assert_eq!(refused.problem(409), "too_late");
        let again = h.call("POST", &complete, late(&item["version"])).await;
        assert_eq!(again.problem(409), "too_late");
        let now = h.get(&path).await;
        assert_eq!((&now["version"], &now["agent"]), (&version, &json!(office.agents[2])));
        // At the version before anybody had it nobody can have worked on it.
        assert_eq!(h.call("POST", &complete, late(&json!(1))).await.problem(409), "stale_version");
        let history = h.get(&format!("{path}/history")).await;
        let kept: Vec<(&Value, &Value)> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["event"] == "result_kept")
            .map(|line| (&line["text"], &line["note"]))
            .collect();
        let text = json!("Asha's result came after Chitra had it: kept as a note.");
        assert_eq!(kept, [(&text, &json!("“Sold”: signed"))]);
        h.end().await;
    }
}
