//! How an item stands with calling hours, as clients see it.

use crate::http::Rfc3339;
use crate::words::Lexicon;
use routing::{Callable, Calling, QueueId, Settings, Time};
use serde::{Deserialize, Serialize};
use store::{ItemRow, ItemStatus};
use utoipa::ToSchema;

/// Whether an item's contact may be called now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Calling)]
pub struct CallingView {
    /// While it is not, nothing but a person hands the item out.
    pub open: bool,
    /// When it opens, or while it is open when it closes. Null when the zones have no hours in
    /// common, or the hours no end.
    pub until: Option<Rfc3339>,
    /// The zones by whose clocks it is counted: all in which the contact may be.
    pub zones: Vec<String>,
    /// The do-not-call list is what closes it.
    pub barred: bool,
    /// One line for people.
    pub text: String,
}

/// How an open item stands with the calling hours of its queue; nothing for one that is done.
pub fn calling(
    queue: QueueId,
    callable: &Callable,
    words: &Lexicon,
    settings: &Settings,
    now: Time,
) -> Option<CallingView> {
    let calling = Calling::of(&words.queues.get(&queue)?.spec, callable, settings, now)?;
    Some(CallingView {
        open: calling.open,
        until: calling.until.map(Rfc3339),
        barred: calling.barred,
        text: words.calling(&calling, now),
        zones: calling.zones,
    })
}

/// The same for an item as the tables have it.
pub fn of_row(
    row: &ItemRow,
    words: &Lexicon,
    settings: &Settings,
    now: Time,
) -> Option<CallingView> {
    use ItemStatus::*;
    let is_open = matches!(row.state, Arrived | Scheduled | Waiting | Offered | Assigned);
    is_open.then(|| calling(row.queue, &row.callable, words, settings, now)).flatten()
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    /// Calling hours of the whole week.
    fn week(from: &str, to: &str) -> Value {
        let days = (1..=7).map(|day| json!({"day": day, "from": from, "to": to}));
        Value::Array(days.collect())
    }

    #[tokio::test]
    async fn a_lead_waits_for_its_contact_s_calling_hours_and_says_so() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        // Ten in the morning in Kolkata is half past eleven at night in New York.
        let queue = format!("/queues/{}", office.queue);
        let hours = json!({"calling": week("08:00", "21:00"), "mode": {"mode": "pull"}});
        h.call("PATCH", &queue, hours).await.expect(200);
        let lead = json!({"source": office.source, "contact": {"phone": "+1 212 555 0123"}});
        let lead = h.call("POST", "/items", lead).await.expect(201);
        let path = format!("/items/{}", lead["id"]);
        assert_eq!(lead["calling"]["zones"], json!(["America/New_York"]));
        assert_eq!(lead["calling"]["open"], false, "{lead}");
        assert_eq!(h.get(&path).await, lead);
        assert_eq!(h.get("/items").await["items"][0], lead);
        let why = h.get(&format!("{path}/why")).await;
        assert_eq!(why["calling"], lead["calling"]);
        let text = why["calling"]["text"].as_str().unwrap();
        assert!(text.starts_with("Calling hours in America/New_York open at "), "{text}");
        let seen = h.get(&queue).await;
        assert_eq!(
            (&seen["waiting"], &seen["outside_calling"], &seen["calling_opens_at"]),
            (&json!(1), &json!(1), &lead["calling"]["until"])
        );
        let claim = json!({"agent_id": office.agents[0]});
        let refused = h.call("POST", "/claims", claim.clone()).await;
        assert_eq!(refused.problem(409), "calling_closed");
        // The same after a restart, and a person may still hand it out: the answer warns them.
        let h = h.restart().await;
        assert_eq!(h.get(&path).await, lead);
        let to = json!({"version": lead["version"], "agent": office.agents[0]});
        let placed = h.call("POST", &format!("{path}/reassign"), to).await.expect(200);
        assert_eq!(
            (&placed["state"], &placed["calling"]["open"]),
            (&json!("assigned"), &json!(false))
        );
        let version = placed["version"].clone();
        h.call("POST", &format!("{path}/release"), json!({"version": version})).await.expect(200);
        // At any time again.
        h.call("PATCH", &queue, json!({"calling": []})).await.expect(200);
        let any_time = h.get(&path).await;
        assert_eq!(any_time["calling"], Value::Null);
        // Where the contact is stays known: call backs are promised by it.
        assert_eq!(any_time["zones"], json!(["America/New_York"]));
        assert_eq!(h.get("/items").await["items"][0]["zones"], any_time["zones"]);
        h.end().await;
    }

    #[tokio::test]
    async fn where_a_contact_is_can_be_said() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let hours = json!({"calling": week("09:00", "21:00")});
        h.call("PATCH", &format!("/queues/{}", office.queue), hours).await.expect(200);
        let zones = async |lead: Value| {
            let mut body = json!({"source": office.source});
            body.as_object_mut().unwrap().extend(lead.as_object().unwrap().clone());
            let lead = h.call("POST", "/items", body).await.expect(201);
            lead["calling"]["zones"].clone()
        };
        let given = json!({"time_zone": "europe/berlin", "contact": {"phone": "9876543210"}});
        assert_eq!(zones(given).await, json!(["Europe/Berlin"]));
        let phone = json!({"contact": {"phone": "9876543211"}});
        assert_eq!(zones(phone).await, json!(["Asia/Kolkata"]));
        let anywhere = json!({"contact": {"phone": "+1 800 356 9377"}});
        assert_eq!(zones(anywhere).await.as_array().unwrap().len(), 8);
        // Holidays and wishes: not before tomorrow at noon.
        let noon = json!({"source": office.source, "contact": {"phone": "9876543212"},
            "call_hours": [{"day": 2, "from": "12:00", "to": "13:00"}], "not_on_holidays": true});
        let noon = h.call("POST", "/items", noon).await.expect(201);
        assert_eq!(noon["calling"]["until"], "2026-03-03T06:30:00.000Z", "{noon}");
        let wrong = json!({"source": office.source, "time_zone": "Mars/Olympus"});
        let answer = h.call("POST", "/items", wrong).await;
        assert_eq!(answer.problem(422), "invalid");
        assert_eq!(answer.body["errors"][0]["field"], "time_zone");
        h.end().await;
    }
}
