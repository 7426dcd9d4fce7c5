//! Retention: the persons of items that closed long enough ago are erased, source by source.
//!
//! Done by every server, between other housekeeping, also where a worker dispatches. Two that meet do no harm: the
//! second finds nothing to erase, and what finds nothing is not audited.

use crate::api::contacts::leave::leave;
use crate::app::App;
use crate::dispatcher::WorkspaceId;
use routing::{SourceId, Time};
use std::collections::BTreeMap;
use store::{Act, Actor, CONTACT_ERASED, Traces};

/// Items of one transaction: the workspace is held up for as long as their rows take.
const BATCH: u32 = 500;
const DAY: i64 = 24 * 3600 * 1000;

/// Until when each source's items have been dealt with. Lost at a restart, when the first round
/// looks through all closed items again.
pub type Done = BTreeMap<(WorkspaceId, SourceId), Time>;

/// Erases what is due now in every workspace. What fails in one keeps no other waiting.
pub async fn round(app: &App, done: &mut Done) -> store::Result<()> {
    for row in app.store.workspaces().await? {
        let mut erased = 0;
        if let Err(error) = clear(app, row.id, done, &mut erased).await {
            tracing::error!(workspace = row.id.0, %error, "old items keep their persons for now");
        }
        if erased > 0 {
            tracing::info!(workspace = row.id.0, erased, "persons of old items were erased");
            app.dispatcher.reload(row.id);
        }
        if app.is_stopping() {
            break;
        }
    }
    Ok(())
}

/// Erases what is due now in one; adds of how many items to `erased`, also when it fails later.
async fn clear(
    app: &App,
    workspace: WorkspaceId,
    done: &mut Done,
    erased: &mut usize,
) -> store::Result<()> {
    for source in app.store.sources(workspace).await? {
        let Some(days) = source.retention_days else { continue };
        let before = Time(app.clock.now().0 - i64::from(days) * DAY);
        let source = source.source.id;
        let from = done.get(&(workspace, source)).copied().unwrap_or_default();
        let reached = expire(app, workspace, source, from, before, erased).await?;
        done.insert((workspace, source), reached.max(from));
        while app.store.forget_rejected(workspace, source, before).await? == 10_000
            && !app.is_stopping()
        {}
        if app.is_stopping() {
            break;
        }
    }
    Ok(())
}

/// Erases the persons of a source's items that closed from `from` on and before `before`; says
/// until when all were dealt with.
async fn expire(
    app: &App,
    workspace: WorkspaceId,
    source: SourceId,
    mut from: Time,
    before: Time,
    erased: &mut usize,
) -> store::Result<Time> {
    loop {
        let found = app.store.closed_with_person(workspace, source, from, before, BATCH).await?;
        let Some((_, last)) = found.last() else { return Ok(before) };
        from = *last;
        let items: Vec<_> = found.iter().map(|(item, _)| *item).collect();
        let act = Act {
            actor: Actor::System,
            act: CONTACT_ERASED,
            object: "source",
            object_id: Some(source.0),
            body: serde_json::json!({ "items": items, "reason": "retention" }),
        };
        let left = leave(&app.dispatcher, workspace, Actor::System, items.clone()).await;
        left.map_err(|error| store::Error::Unavailable(error.to_string()))?;
        let traces = Traces { items, ..Traces::default() };
        app.store.erase_contact(workspace, &traces, &act, app.clock.now()).await?;
        *erased += found.len();
        if found.len() < BATCH as usize {
            return Ok(before);
        }
        if app.is_stopping() {
            return Ok(from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn persons_of_old_items_are_erased_source_by_source() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let kept = h.post("/sources", json!({"name": "Kept", "queue": office.queue})).await;
        let path = format!("/sources/{}", office.source);
        let ten = json!({"retention_days": 10});
        assert_eq!(h.call("PATCH", &path, ten).await.expect(200)["retention_days"], 10);
        for wrong in [0, 40_000] {
            let answer = h.call("PATCH", &path, json!({"retention_days": wrong})).await;
            assert_eq!(answer.body["errors"][0]["field"], "retention_days", "{}", answer.text);
        }
        let lead = |source: &Value, name: &str, phone: &str| json!({"source": source, "contact": {"name": name, "phone": phone}});
        let old = h.post("/items", lead(&json!(office.source), "Kavya", "9876543210")).await;
        let other = h.post("/items", lead(&kept["id"], "Ravi", "9876543211")).await;
        for item in [&old, &other] {
            let version = h.get(&format!("/items/{}", item["id"])).await["version"].clone();
            let body = json!({"version": version, "note": "asked twice"});
            h.post(&format!("/items/{}/cancel", item["id"]), body).await;
        }
        h.advance(6 * 24 * 3600);
        let open = h.post("/items", lead(&json!(office.source), "Meera", "9876543212")).await;
        let late = h.post("/items", lead(&json!(office.source), "Nila", "9876543213")).await;
        let body = json!({"version": late["version"]});
        h.post(&format!("/items/{}/cancel", late["id"]), body).await;
        let name = async |item: &Value| {
            h.get(&format!("/items/{}", item["id"])).await["contact"]["name"].clone()
        };
        let mut done = Done::new();
        round(&h.app, &mut done).await.unwrap();
        assert_eq!(name(&old).await, "Kavya");
        h.advance(4 * 24 * 3600 + 1);
        round(&h.app, &mut done).await.unwrap();
        assert_eq!(name(&old).await, Value::Null);
        let history = h.get(&format!("/items/{}/history", old["id"])).await;
        assert!(!history.to_string().contains("asked twice"), "{history}");
        // Another source's, one that is open, and one that closed later.
        assert_eq!(name(&other).await, "Ravi");
        assert_eq!((name(&open).await, name(&late).await), (json!("Meera"), json!("Nila")));
        let audit = h.get("/audit?act=contact_erased").await["items"].clone();
        assert_eq!(audit.as_array().unwrap().len(), 1, "{audit}");
        assert_eq!(audit[0]["after"], json!({"items": [old["id"]], "reason": "retention"}));
        assert_eq!(
            (&audit[0]["actor"]["kind"], &audit[0]["object"]["name"]),
            (&json!("system"), &json!("Web"))
        );
        h.advance(10 * 24 * 3600);
        round(&h.app, &mut done).await.unwrap();
        assert_eq!((name(&open).await, name(&late).await), (json!("Meera"), Value::Null));
        h.end().await;
    }
}
