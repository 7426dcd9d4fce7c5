//! Over HTTP: a person is given out and erased, and no page goes on showing them.

use crate::testing::{Harness, Office};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Two leads of Kavya, the first with a note, and one of Ravi.
async fn leads(h: &Harness) -> Office {
    let office = h.office(&["Asha"]).await;
    for (name, phone, email) in [
        ("Kavya Iyer", "98765 43210", Some("kavya@example.com")),
        ("Kavya Iyer", "+91 9876543210", None),
        ("Ravi Rao", "9876500000", None),
    ] {
        let contact = json!({"name": name, "phone": phone, "email": email});
        h.post(
            "/items",
            json!({"source": office.source, "contact": contact,
            "attributes": {"message": format!("call {name} after six")}}),
        )
        .await;
    }
    let version = h.get("/items/1").await["version"].clone();
    h.post("/items/1/cancel", json!({"version": version, "note": "Kavya asked twice"})).await;
    office
}

#[tokio::test]
async fn a_person_is_given_out_and_erased() {
    given_out_and_erased(Harness::new().await).await;
}

#[tokio::test]
async fn a_person_is_given_out_and_erased_on_postgres() {
    given_out_and_erased(Harness::postgres().await).await;
}

async fn given_out_and_erased(h: Harness) {
    leads(&h).await;
    let given = h.post("/contacts/export", json!({"phone": "098765 43210"})).await;
    let items = given["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["item"]["contact"]["email"], "kavya@example.com");
    assert_eq!(items[0]["item"]["personal"]["message"], "call Kavya Iyer after six");
    assert_eq!(items[0]["notes"], json!(["Kavya asked twice"]));
    assert_eq!(items[0]["history"][0]["text"], "Arrived from Web.");

    let erase = json!({"item": 2, "reason": "requested"});
    let erased = h.post("/contacts/erase", erase.clone()).await;
    assert_eq!((&erased["items"], &erased["rows"]), (&json!([1, 2]), &json!(3)));
    for path in ["/items", "/items/1", "/items/1/history", "/assignments", "/stats", "/audit"] {
        let text = h.get(path).await.to_string();
        assert!(!text.contains("Kavya") && !text.contains("9876543210"), "{path}: {text}");
    }
    let first = h.get("/items/1").await;
    assert_eq!((&first["state"], &first["contact"]["phone"]), (&json!("cancelled"), &Value::Null));
    assert_eq!(h.get("/items/3").await["contact"]["name"], "Ravi Rao");
    let history = h.get("/items/1/history").await["items"].clone();
    let before = items[0]["history"].as_array().unwrap().len();
    assert_eq!(history.as_array().unwrap().len(), before, "nobody was its duplicate any more");

    // Once more: nothing is left, and nothing is added.
    let again = h.post("/contacts/erase", erase).await;
    assert_eq!(again["rows"], 0);
    let audit = h.get("/audit?object=contact").await["items"].clone();
    let acts: Vec<&Value> = audit.as_array().unwrap().iter().map(|a| &a["act"]).collect();
    assert_eq!(acts, [&json!("contact_erased"), &json!("contact_exported")]);
    assert_eq!(audit[0]["after"], json!({"items": [1, 2], "reason": "requested"}));
    assert_eq!(h.get("/journal/verify").await["audit"]["broken_at"], Value::Null);
    h.end().await;
}

#[tokio::test]
async fn only_an_admin_and_only_one_person() {
    let h = Harness::new().await;
    leads(&h).await;
    let lead = h.token("supervisor", None).await;
    for path in ["/contacts/export", "/contacts/erase"] {
        let body = json!({"item": 1, "reason": "other"});
        assert_eq!(h.call_as(&lead, "POST", path, body).await.problem(403), "forbidden");
    }
    for (body, field) in [
        (json!({}), "phone"),
        (json!({"phone": "9876543210", "item": 1}), "phone"),
        (json!({"phone": "call me"}), "phone"),
        (json!({"email": "kavya"}), "email"),
    ] {
        let answer = h.call("POST", "/contacts/export", body).await;
        assert_eq!(answer.problem(422), "invalid");
        assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
        assert!(!answer.text.contains("call me"), "{}", answer.text);
    }
    let unknown = h.call("POST", "/contacts/export", json!({"item": 99})).await;
    assert_eq!(unknown.problem(404), "unknown_item");
    let free = json!({"item": 1, "reason": "Kavya wants it"});
    assert_eq!(h.call("POST", "/contacts/erase", free).await.problem(422), "invalid");
    let nobody = json!({"phone": "+919876543299", "reason": "requested"});
    let nothing = json!({"items": [], "cancelled": [], "rows": 0});
    assert_eq!(h.post("/contacts/erase", nobody).await, nothing);
    h.end().await;
}

#[tokio::test]
async fn nobody_works_on_a_card_without_a_person() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let lead = json!({"source": office.source, "contact": {"phone": "9811100001"}});
    for state in ["assigned", "duplicate"] {
        assert_eq!(h.post("/items", lead.clone()).await["state"], state);
    }
    let erased =
        h.post("/contacts/erase", json!({"phone": "9811100001", "reason": "mistake"})).await;
    assert_eq!((&erased["items"], &erased["cancelled"]), (&json!([1, 2]), &json!([1])), "{erased}");
    assert_eq!(h.get("/items/1").await["state"], "cancelled");
    let history = h.get("/items/1/history").await.to_string();
    assert!(history.contains("Whom it was about was erased."), "{history}");
    assert_eq!(h.get(&format!("/agents/{}", office.agents[0])).await["holding"], 0);
    // They come again, and are somebody new.
    for state in ["assigned", "duplicate"] {
        assert_eq!(h.post("/items", lead.clone()).await["state"], state);
    }
    assert_eq!(h.get("/items/4").await["duplicate_of"], 3);
    h.end().await;
}

#[tokio::test]
async fn nobody_comes_between_an_erasure_and_its_end() {
    at_once(Harness::new().await).await;
}

#[tokio::test]
async fn nobody_comes_between_an_erasure_and_its_end_on_postgres() {
    at_once(Harness::postgres().await).await;
}

/// A lead that arrives, a duplicate that is forced, an entry that is taken off the list and a late
/// result, each at the moment in which the person is erased.
async fn at_once(h: Harness) {
    let office = h.office(&["Asha", "Ben"]).await;
    let queue = json!({"dispositions": [{"name": "won", "label": "Won", "then": "close"}]});
    h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
    let asha = h.token("agent", Some(office.agents[0])).await;
    for round in 0..12 {
        let phone = format!("98333000{round:02}");
        let lead = json!({"source": office.source, "contact": {"phone": phone, "name": "Kavya"}});
        let erase =
            || h.call("POST", "/contacts/erase", json!({"phone": phone, "reason": "requested"}));
        let first = h.post("/items", lead.clone()).await;
        match round % 4 {
            0 => {
                let (erased, came) = tokio::join!(erase(), h.call("POST", "/items", lead.clone()));
                erased.expect(200);
                came.expect(201);
            }
            1 => {
                let second = h.post("/items", lead.clone()).await;
                let path = format!("/items/{}/force", second["id"]);
                let force = h.call("POST", &path, json!({"version": second["version"]}));
                tokio::join!(erase(), force).0.expect(200);
            }
            2 => {
                let entry = json!({"phone": phone});
                let entry = h.call("POST", "/do-not-call", entry).await.expect(201);
                let path = format!("/items/{}/cancel", first["id"]);
                let version = h.get(&format!("/items/{}", first["id"])).await["version"].clone();
                h.call("POST", &path, json!({"version": version})).await.expect(200);
                assert_eq!(h.post("/items", lead.clone()).await["state"], "barred");
                let path = format!("/do-not-call/{}", entry["id"]);
                let off = h.call("DELETE", &path, serde_json::Value::Null);
                tokio::join!(erase(), off).0.expect(200);
            }
            _ => {
                let body = json!({"version": first["version"], "agent": office.agents[1]});
                h.call("POST", &format!("/items/{}/reassign", first["id"]), body).await;
                let late =
                    json!({"version": first["version"], "disposition": "won", "note": "Kavya"});
                let path = format!("/items/{}/complete", first["id"]);
                let late = h.call_as(&asha, "POST", &path, late);
                tokio::join!(erase(), late).0.expect(200);
            }
        }
        let all = h.get("/items?limit=500").await;
        for item in all["items"].as_array().unwrap() {
            let open =
                ["waiting", "assigned", "offered"].contains(&item["state"].as_str().unwrap());
            let gone = item["contact"]["phone"].is_null();
            assert!(!(open && gone), "round {round}: a card without a person: {item}");
            let lost = item["state"] == "duplicate" && !gone;
            assert!(!lost, "round {round}: kept back behind somebody who is erased: {item}");
            let path = format!("/items/{}/history", item["id"]);
            let said = h.get(&path).await.to_string();
            assert!(!gone || !said.contains("Kavya"), "round {round}: {said}");
        }
    }
    h.end().await;
}

#[tokio::test]
async fn whoever_shows_the_person_loads_again() {
    let h = Harness::new().await;
    leads(&h).await;
    let address = h.listen().await;
    let connect = async |query: &str| {
        let url = format!("ws://{address}/api/v1/live{query}");
        let mut request = url.into_client_request().unwrap();
        let token = format!("Bearer {}", h.admin);
        request.headers_mut().insert("authorization", token.parse().unwrap());
        connect_async(request).await.unwrap().0
    };
    let mut socket = connect("").await;
    let mut next = async || -> Value {
        let message = tokio::time::timeout(std::time::Duration::from_secs(20), socket.next());
        let message = message.await.expect("in time").unwrap().unwrap();
        serde_json::from_str(message.to_text().unwrap()).unwrap()
    };
    let hello = next().await;
    assert_eq!(hello["type"], "hello");
    h.post("/contacts/erase", json!({"item": 3, "reason": "requested"})).await;
    let mut forgotten = next().await;
    while forgotten["event"]["event"] != "forgotten" {
        assert_eq!(forgotten["type"], "event", "{forgotten}");
        forgotten = next().await;
    }
    assert_eq!(forgotten["event"]["item"], 3);
    assert_eq!(next().await, json!({"type": "resync", "seq": forgotten["seq"]}));
    // Who was away meanwhile is told when they come back.
    let mut back = connect(&format!("?after={}", hello["seq"])).await;
    let first = back.next().await.unwrap().unwrap();
    assert!(first.to_text().unwrap().contains("resync"), "{first}");
    h.end().await;
}
