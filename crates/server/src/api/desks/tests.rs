use crate::testing::{Harness, Office};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// What a recruiting team records: the list's own columns.
fn desk() -> Value {
    json!({
        "fields": [{"name": "device"}, {"name": "QQ", "edit": true}],
        "audio_name": "{account}_{name}.mp3",
        "results": {
            "perfect": {"colour": "ok", "key": "1", "requires": ["QQ"], "writes": {
                "called": {"value": 1}, "chosen": {"value": 1}, "remark": {"value": "通过"},
                "QQ": {"input": "QQ"}, "by": {"agent": true}}},
            "reject": {"colour": "bad", "key": "2", "writes": {
                "called": {"value": 1}, "chosen": {"value": 0}, "QQ": {"input": "QQ"}}},
        },
        "script": [{"id": "device", "title": "Device", "text": "Which *phone*, {name}?", "tick": true,
            "when": {"compare": {"attribute": "device", "op": "exists", "value": true}}}],
    })
}

async fn office(h: &Harness) -> (Office, String, Value) {
    let office = h.office(&["Asha", "Ben"]).await;
    let results = json!([{"name": "perfect", "then": "close", "won": true},
        {"name": "reject", "then": "close"}, {"name": "silent", "then": "close"}]);
    let queue = json!({"mode": {"mode": "pull"}, "undo_secs": 10, "dispositions": results});
    h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
    let asha = h.token("agent", Some(office.agents[0])).await;
    let lead = json!({"source": office.source, "contact": {"name": "Li Lei"},
        "attributes": {"QQ": "10001", "device": "iPhone", "account": "a1"}});
    h.call("POST", "/items", lead).await.expect(201);
    let claim = json!({"agent_id": office.agents[0]});
    let item = h.call_as(&asha, "POST", "/claims", claim).await.expect(200);
    (office, asha, item)
}

#[tokio::test]
async fn a_result_writes_what_the_desk_says_and_undo_brings_back_what_was() {
    for h in [Harness::new().await, Harness::postgres().await] {
        let (office, asha, item) = office(&h).await;
        let path = format!("/queues/{}/desk", office.queue);
        assert_eq!(h.get(&path).await["version"], 0);
        let made = h.call("PUT", &path, json!({"version": 0, "desk": desk()})).await.expect(200);
        assert_eq!(made["version"], 1);
        let stale = h.call("PUT", &path, json!({"version": 0, "desk": desk()})).await;
        assert_eq!(stale.problem(409), "stale_version");
        // Agents read it, and change nothing.
        let read = h.call_as(&asha, "GET", &path, Value::Null).await.expect(200);
        assert_eq!(read["desk"]["results"]["perfect"]["key"], "1");
        let change = h.call_as(&asha, "PUT", &path, json!({"version": 1, "desk": desk()})).await;
        assert_eq!(change.problem(403), "forbidden");

        let at = format!("/items/{}", item["id"]);
        let tick = json!({"version": item["version"], "ticks": ["device"], "fields": {"QQ": "  "}});
        let ticked = h.call_as(&asha, "POST", &format!("{at}/update"), tick).await.expect(200);
        assert_eq!((&ticked["ticks"], &ticked["personal"].get("QQ")), (&json!(["device"]), &None));
        let complete = |fields: Value, result: &str, version: &Value| json!({"version": version, "disposition": result, "fields": fields});
        let version = ticked["version"].clone();
        let send = |body: Value| h.call_as(&asha, "POST", "/items/1/complete", body);
        let missing = send(complete(json!({}), "perfect", &version)).await;
        assert!(missing.text.contains("fields.QQ"), "{}", missing.text);
        let foreign = send(complete(json!({"device": "x"}), "perfect", &version)).await;
        assert!(foreign.text.contains("fields.device"), "{}", foreign.text);
        let done = send(complete(json!({"QQ": "222"}), "perfect", &version)).await.expect(200);
        let written = json!({"QQ": "222", "device": "iPhone", "account": "a1", "called": 1,
            "chosen": 1, "remark": "通过", "by": "Asha"});
        assert_eq!(done["personal"], written);
        let back = h.call_as(&asha, "POST", &format!("{at}/undo"), Value::Null).await.expect(200);
        let before = json!({"device": "iPhone", "account": "a1"});
        assert_eq!((&back["personal"], &back["ticks"]), (&before, &json!(["device"])));
        // A result that writes nothing brings nothing older back.
        let later = json!({"version": back["version"], "fields": {"QQ": "444"}});
        let later = h.call_as(&asha, "POST", &format!("{at}/update"), later).await.expect(200);
        send(complete(json!({}), "silent", &later["version"])).await.expect(200);
        let back = h.call_as(&asha, "POST", &format!("{at}/undo"), Value::Null).await.expect(200);
        assert_eq!(back["personal"]["QQ"], "444");
        // An empty field is left as it is.
        let typed = json!({"version": back["version"], "fields": {"QQ": "333"}});
        let typed = h.call_as(&asha, "POST", &format!("{at}/update"), typed).await.expect(200);
        let body = complete(json!({"QQ": ""}), "reject", &typed["version"]);
        let done = send(body).await.expect(200);
        assert_eq!(
            (&done["personal"]["QQ"], &done["personal"]["chosen"]),
            (&json!("333"), &json!(0))
        );
        h.end().await;
    }
}

#[tokio::test]
async fn what_was_typed_too_late_is_kept_too() {
    let h = Harness::new().await;
    let (office, asha, item) = office(&h).await;
    let path = format!("/queues/{}/desk", office.queue);
    h.call("PUT", &path, json!({"version": 0, "desk": desk()})).await.expect(200);
    let at = format!("/items/{}", item["id"]);
    let body = json!({"version": item["version"], "agent": office.agents[1]});
    h.call("POST", &format!("{at}/reassign"), body).await.expect(200);
    let body = json!({"version": item["version"], "disposition": "perfect", "note": "nice",
        "fields": {"QQ": "222"}});
    let late = h.call_as(&asha, "POST", &format!("{at}/complete"), body).await;
    assert_eq!(late.problem(409), "too_late");
    let history = h.get(&format!("{at}/history")).await;
    let lines = history["items"].as_array().unwrap().iter();
    let notes: Vec<&Value> = lines.map(|line| &line["note"]).filter(|n| !n.is_null()).collect();
    assert_eq!(notes, [&json!("“perfect”: nice; QQ: 222")]);
    h.end().await;
}

#[tokio::test]
async fn a_desk_that_cannot_be_kept_says_why() {
    let h = Harness::new().await;
    let (office, ..) = office(&h).await;
    let path = format!("/queues/{}/desk", office.queue);
    for (change, problem) in [
        (json!({"fields": [{"name": "QQ"}, {"name": "QQ"}]}), "desk.fields"),
        (json!({"pause_secs": 31}), "desk.pause_secs"),
        (json!({"results": {"reject": {"key": "12"}}}), "one of 1 to 9 or a to z"),
        (json!({"results": {"a": {"key": "1"}, "b": {"key": "1"}}}), "key of another result"),
        (
            json!({"results": {"reject": {"requires": ["device"]}}}),
            "no field that agents may write",
        ),
        (json!({"results": {"reject": {"writes": {"x": {"value": [1]}}}}}), "a short text"),
        (
            json!({"script": [{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]}),
            "id of its own",
        ),
        (json!({"script": [{"id": "a"}]}), "needs a title"),
    ] {
        let refused = h.call("PUT", &path, json!({"version": 0, "desk": change})).await;
        assert!(refused.text.contains(problem), "{problem}: {}", refused.text);
        refused.problem(422);
    }
    let unknown = h.call("GET", "/queues/99/desk", Value::Null).await;
    assert_eq!(unknown.problem(404), "unknown_queue");
    h.end().await;
}

#[tokio::test]
async fn whoever_is_erased_is_gone_from_the_desk_too() {
    let h = Harness::new().await;
    let (office, asha, item) = office(&h).await;
    let path = format!("/queues/{}/desk", office.queue);
    h.call("PUT", &path, json!({"version": 0, "desk": desk()})).await.expect(200);
    let at = format!("/items/{}", item["id"]);
    let body =
        json!({"version": item["version"], "disposition": "perfect", "fields": {"QQ": "222"}});
    h.call_as(&asha, "POST", &format!("{at}/complete"), body).await.expect(200);
    let erase = json!({"item": item["id"], "reason": "requested"});
    h.call("POST", "/contacts/erase", erase).await.expect(200);
    let undo = h.call_as(&asha, "POST", &format!("{at}/undo"), Value::Null).await;
    assert_eq!(undo.problem(409), "nothing_to_undo");
    assert_eq!(h.get(&at).await["personal"], json!({}), "what was before is gone as well");
    h.end().await;
}

#[tokio::test]
async fn what_was_ticked_comes_with_the_result_and_holds_none_up() {
    let h = Harness::new().await;
    let (office, asha, item) = office(&h).await;
    let path = format!("/queues/{}/desk", office.queue);
    h.call("PUT", &path, json!({"version": 0, "desk": desk()})).await.expect(200);
    // While they were away from the network a step was taken out of the script.
    let body = json!({"version": item["version"], "disposition": "reject",
        "ticks": ["gone", "device"]});
    let done = h.call_as(&asha, "POST", "/items/1/complete", body).await.expect(200);
    assert_eq!((&done["state"], &done["ticks"]), (&json!("closed"), &json!(["device"])));
    h.end().await;
}

#[tokio::test]
async fn agents_who_listen_are_told_of_another_desk_wherever_it_was_changed() {
    let h = Harness::postgres().await;
    let (office, asha, _) = office(&h).await;
    let address = h.listen().await;
    let mut request = format!("ws://{address}/api/v1/live").into_client_request().unwrap();
    let bearer = format!("Bearer {asha}").parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let (mut socket, _) = connect_async(request).await.unwrap();
    let path = format!("/queues/{}/desk", office.queue);
    let mut told = async |version: u32, node: &Harness| {
        let change = json!({"version": version, "desk": desk()});
        node.call("PUT", &path, change).await.expect(200);
        let told = async {
            loop {
                // Nodes compare every two seconds.
                h.advance(1);
                let frame = tokio::time::timeout(Duration::from_millis(50), socket.next()).await;
                let Ok(frame) = frame else { continue };
                if frame.unwrap().unwrap().to_text().unwrap().contains("desks_changed") {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), told).await.expect("told in time");
    };
    told(0, &h).await;
    let other = h.beside().await;
    told(1, &other).await;
    // A queue's own results are its desk's, too.
    let label = json!({"dispositions": [{"name": "won", "label": "Sold", "then": "close"}]});
    other.call("PATCH", &format!("/queues/{}", office.queue), label).await.expect(200);
    let heard = async {
        while !socket.next().await.unwrap().unwrap().to_text().unwrap().contains("desks_changed") {}
    };
    tokio::time::timeout(Duration::from_secs(20), heard).await.expect("told in time");
    other.end().await;
    h.end().await;
}
