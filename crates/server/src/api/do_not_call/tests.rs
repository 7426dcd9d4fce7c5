//! The list over HTTP, and what it does to items.

use crate::testing::Harness;
use axum::http::Request;
use serde_json::{Value, json};

async fn upload(h: &Harness, parts: &[(&str, &str)]) -> crate::testing::Answer {
    let mut body = String::new();
    for (name, text) in parts {
        let file = if *name == "file" { "; filename=\"dnc.csv\"" } else { "" };
        body += &format!(
            "--X\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n"
        );
    }
    body += "--X--\r\n";
    let request = Request::post("/api/v1/do-not-call/import")
        .header("authorization", format!("Bearer {}", h.admin))
        .header("content-type", "multipart/form-data; boundary=X");
    h.send(request.body(body.into()).unwrap()).await
}

fn lead(source: u64, phone: &str) -> Value {
    json!({"source": source, "contact": {"name": "Kavya Iyer", "phone": phone}})
}

#[tokio::test]
async fn who_is_listed_is_not_called() {
    kept_back(Harness::new().await).await;
}

#[tokio::test]
async fn who_is_listed_is_not_called_on_postgres() {
    kept_back(Harness::postgres().await).await;
}

async fn kept_back(h: Harness) {
    let office = h.office(&["Asha"]).await;
    let made = h.call("POST", "/do-not-call", json!({"phone": "098765 43210"})).await.expect(201);
    assert_eq!((&made["category"], &made["origin"]), (&json!("all"), &json!("person")));
    let item = h.call("POST", "/items", lead(office.source, "+91 98765 43210")).await.expect(201);
    assert_eq!((&item["state"], &item["agent"]), (&json!("barred"), &Value::Null));
    assert_eq!(h.get(&format!("/items/{}", item["id"])).await["state"], "barred");
    assert_eq!(h.get("/items?state=barred").await["items"].as_array().unwrap().len(), 1);
    let history = h.get(&format!("/items/{}/history", item["id"])).await;
    assert_eq!(
        history["items"][1]["text"],
        "The contact is on the do-not-call list: not handed out."
    );

    // Whoever asks what is kept of them is told of their entry too.
    let kept = h.call("POST", "/contacts/export", json!({"item": item["id"]})).await.expect(200);
    assert_eq!(kept["do_not_call"], json!([made]));

    // Erased, the person is still not called.
    let erase = json!({"item": item["id"], "reason": "requested"});
    h.call("POST", "/contacts/erase", erase).await.expect(200);
    let h = h.restart().await;
    let again = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    assert_eq!(again["state"], "barred");
    let path = format!("/items/{}/force", again["id"]);
    let forced = h.call("POST", &path, json!({"version": again["version"]})).await.expect(200);
    assert_eq!(forced["state"], "assigned");

    // One that is still kept back when the entry goes is routed as it came.
    let kept = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    assert_eq!(kept["state"], "barred");
    let check = |phone: &str| h.call("POST", "/do-not-call/check", json!({"phone": phone}));
    assert_eq!(check("9876543210").await.expect(200)["listed"], true);
    assert_eq!(check("9876543211").await.expect(200)["listed"], false);
    assert_eq!(check("ask for Ravi").await.problem(422), "invalid");
    // Whoever has them in hand is done with them.
    let version = json!({"version": forced["version"]});
    h.call("POST", &format!("/items/{}/cancel", again["id"]), version).await.expect(200);
    let gone = format!("/do-not-call/{}", made["id"]);
    h.call("DELETE", &gone, Value::Null).await.expect(204);
    assert_eq!(h.call("DELETE", &gone, Value::Null).await.problem(404), "not_found");
    let freed = h.get(&format!("/items/{}", kept["id"])).await;
    assert_eq!((&freed["state"], &freed["calling"]), (&json!("assigned"), &Value::Null));
    // The one whose person was erased is not: nobody could call them.
    assert_eq!(h.get(&format!("/items/{}", item["id"])).await["state"], "barred");
    // Let through, it is known: whoever comes again is its duplicate.
    let again = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    assert_eq!((&again["state"], &again["duplicate_of"]), (&json!("duplicate"), &kept["id"]));
    let audit = h.get("/audit?object=do_not_call").await;
    let acts: Vec<&Value> =
        audit["items"].as_array().unwrap().iter().map(|row| &row["act"]).collect();
    assert_eq!(acts, [&json!("do_not_call_removed"), &json!("do_not_call_added")]);
    let said = &audit["items"][0];
    let text = format!("Entry {} was taken off the do-not-call list.", said["object"]["id"]);
    assert_eq!(said["text"], text);
    assert!(!audit.to_string().contains("98765"), "{audit}");
    h.end().await;
}

#[tokio::test]
async fn whoever_came_often_comes_back_once() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let phone = json!({"phone": "9876543210"});
    h.call("POST", "/do-not-call", phone.clone()).await.expect(201);
    let mut kept = Vec::new();
    for _ in 0..3 {
        let item = h.post("/items", lead(office.source, "9876543210")).await;
        assert_eq!(item["state"], "barred");
        kept.push(format!("/items/{}", item["id"]));
    }
    // An entry that says less takes the place of the one that left no time at all.
    let week: Vec<Value> =
        (1..=7).map(|day| json!({"day": day, "from": "00:00", "to": "00:00"})).collect();
    let less = json!({"phone": "9876543210", "hours": week});
    h.call("POST", "/do-not-call", less).await.expect(201);
    let mut states = Vec::new();
    for path in &kept {
        states.push(h.get(path).await["state"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(states, ["barred", "barred", "assigned"], "the newest, and it alone");
    // Whoever says something more, or takes that back, hands out none of the old ones.
    let more = json!({"phone": "9876543210", "category": "loans", "not_on_holidays": true});
    let more = h.call("POST", "/do-not-call", more).await.expect(201);
    h.call("DELETE", &format!("/do-not-call/{}", more["id"]), Value::Null).await.expect(204);
    for path in &kept[..2] {
        assert_eq!(h.get(path).await["state"], "barred");
    }
    h.end().await;
}

#[tokio::test]
async fn whoever_is_in_hand_already_does_not_come_back_beside() {
    let h = Harness::new().await;
    let office = h.office(&["Asha", "Ben"]).await;
    let first = h.post("/items", lead(office.source, "9811100002")).await;
    assert_eq!(first["state"], "assigned");
    let entry = h.call("POST", "/do-not-call", json!({"phone": "9811100002"})).await.expect(201);
    let second = h.post("/items", lead(office.source, "9811100002")).await;
    assert_eq!(second["state"], "barred");
    h.call("DELETE", &format!("/do-not-call/{}", entry["id"]), Value::Null).await.expect(204);
    assert_eq!(h.get(&format!("/items/{}", first["id"])).await["state"], "assigned");
    assert_eq!(h.get(&format!("/items/{}", second["id"])).await["state"], "barred");
    h.end().await;
}

#[tokio::test]
async fn whoever_comes_off_the_list_is_known_from_then_on() {
    for h in [Harness::new().await, Harness::postgres().await] {
        let office = h.office(&["Asha", "Ben"]).await;
        let phone = json!({"phone": "9811100004"});
        let entry = h.call("POST", "/do-not-call", phone).await.expect(201);
        let first = h.post("/items", lead(office.source, "9811100004")).await;
        assert_eq!(first["state"], "barred");
        h.call("DELETE", &format!("/do-not-call/{}", entry["id"]), Value::Null).await.expect(204);
        let path = format!("/items/{}", first["id"]);
        assert_eq!(h.get(&path).await["state"], "assigned");
        // Also for a node that loads what the tables say.
        let h = h.restart().await;
        let again = h.post("/items", lead(office.source, "9811100004")).await;
        assert_eq!((&again["state"], &again["duplicate_of"]), (&json!("duplicate"), &first["id"]));
        assert_eq!(h.get("/journal/verify").await["differences"], json!([]));
        h.end().await;
    }
}

#[tokio::test]
async fn nothing_stays_barred_by_what_was_taken_off_at_the_same_moment() {
    at_once(Harness::new().await).await;
}

#[tokio::test]
async fn nothing_stays_barred_by_what_was_taken_off_at_the_same_moment_on_postgres() {
    at_once(Harness::postgres().await).await;
}

async fn at_once(h: Harness) {
    let office = h.office(&["Asha", "Ben"]).await;
    let queue = json!({"dispositions": [{"name": "won", "label": "Won", "then": "close"}]});
    h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
    for round in 0..10 {
        let phone = format!("98222000{round:02}");
        let list = async |category: &str| {
            let entry = json!({"phone": phone, "category": category});
            let entry = h.call("POST", "/do-not-call", entry).await.expect(201);
            format!("/do-not-call/{}", entry["id"])
        };
        // A lead comes in while its number is taken off.
        let entry = list("all").await;
        let lead = h.call("POST", "/items", lead(office.source, &phone));
        let (came, gone) = tokio::join!(lead, h.call("DELETE", &entry, Value::Null));
        gone.expect(204);
        let item = format!("/items/{}", came.expect(201)["id"]);
        let now = h.get(&item).await;
        assert_eq!(now["state"], "assigned", "round {round}: {now}");
        h.call("POST", &format!("{item}/cancel"), json!({"version": now["version"]}))
            .await
            .expect(200);

        // Two people take two entries off.
        let (all, banking) = (list("all").await, list("banking").await);
        let kept = h.post("/items", super::tests::lead(office.source, &phone)).await;
        assert_eq!(kept["state"], "barred", "round {round}");
        let (first, second) = tokio::join!(
            h.call("DELETE", &all, Value::Null),
            h.call("DELETE", &banking, Value::Null)
        );
        first.expect(204);
        second.expect(204);
        let item = format!("/items/{}", kept["id"]);
        let now = h.get(&item).await;
        assert_eq!(now["state"], "assigned", "round {round}: {now}");
        h.call("POST", &format!("{item}/cancel"), json!({"version": now["version"]}))
            .await
            .expect(200);
    }
    h.end().await;
}

#[tokio::test]
async fn what_waits_and_what_somebody_has_follow_the_list() {
    follows(Harness::new().await).await;
}

#[tokio::test]
async fn what_waits_and_what_somebody_has_follow_the_list_on_postgres() {
    follows(Harness::postgres().await).await;
}

async fn follows(h: Harness) {
    let office = h.office(&["Asha"]).await;
    // Two of the same person: the one is Asha's, the other waits.
    let source = format!("/sources/{}", office.source);
    h.call("PATCH", &source, json!({"dedupe_window_secs": 0})).await.expect(200);
    let hers = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    let other = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    assert_eq!((&hers["state"], &other["state"]), (&json!("assigned"), &json!("waiting")));
    let read = async |h: &Harness, item: &Value| h.get(&format!("/items/{}", item["id"])).await;
    let add = json!({"phone": "+919876543210"});
    let entry = h.call("POST", "/do-not-call", add.clone()).await.expect(201);
    for item in [&hers, &other] {
        let now = read(&h, item).await;
        assert_eq!(now["state"], item["state"]);
        assert_eq!(
            (&now["calling"]["open"], &now["calling"]["barred"], &now["calling"]["until"]),
            (&json!(false), &json!(true), &Value::Null)
        );
        assert_eq!(
            now["calling"]["text"],
            "The contact is on the do-not-call list: not to be called."
        );
        let why = h.get(&format!("/items/{}/why", item["id"])).await;
        assert_eq!(why["calling"], now["calling"]);
        let history = h.get(&format!("/items/{}/history", item["id"])).await;
        let last = history["items"].as_array().unwrap().last().unwrap();
        assert_eq!(last["text"], "The contact came onto the do-not-call list: not to be called.");
    }
    // The same once more says nothing new, and nothing is handed out when she gives hers back.
    h.call("POST", "/do-not-call", add).await.expect(201);
    let now = read(&h, &hers).await;
    let release = json!({"version": now["version"]});
    h.call("POST", &format!("/items/{}/release", hers["id"]), release).await.expect(200);
    h.advance(120);
    let h = h.restart().await;
    for item in [&hers, &other] {
        assert_eq!(read(&h, item).await["state"], "waiting");
    }
    let queue = h.get(&format!("/queues/{}", office.queue)).await;
    assert_eq!((&queue["waiting"], &queue["outside_calling"]), (&json!(2), &json!(2)));

    // Weaker words of the same number and category replace it; taken off, it frees both.
    let until = h.call(
        "POST",
        "/do-not-call",
        json!({"phone": "9876543210", "until": "2031-01-01T00:00:00Z"}),
    );
    let until = until.await.expect(201);
    // Whoever still has the old entry on the screen does not take this one off.
    let old = format!("/do-not-call/{}", entry["id"]);
    assert_eq!(h.call("DELETE", &old, Value::Null).await.problem(404), "not_found");
    let text = read(&h, &other).await["calling"]["text"].clone();
    assert!(text.as_str().unwrap().contains("not to be called before"), "{text}");
    let gone = format!("/do-not-call/{}", until["id"]);
    h.call("DELETE", &gone, Value::Null).await.expect(204);
    let states: Vec<Value> = [read(&h, &hers).await, read(&h, &other).await].to_vec();
    assert!(states.iter().all(|item| item["calling"] == Value::Null), "{states:?}");
    assert!(states.iter().any(|item| item["state"] == "assigned"), "{states:?}");
    h.end().await;
}

#[tokio::test]
async fn a_duplicate_is_not_forced_past_the_list() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    let second = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    assert_eq!(second["state"], "duplicate");
    h.call("POST", "/do-not-call", json!({"phone": "9876543210"})).await.expect(201);
    let path = format!("/items/{}/force", second["id"]);
    let forced = h.call("POST", &path, json!({"version": second["version"]})).await.expect(200);
    assert_eq!((&forced["state"], &forced["calling"]["barred"]), (&json!("waiting"), &json!(true)));
    h.end().await;
}

#[tokio::test]
async fn an_entry_may_be_about_a_category_or_some_hours_or_a_time() {
    let h = Harness::new().await;
    let office = h.office(&[]).await;
    let source = format!("/sources/{}", office.source);
    let about = json!({"category": "Loans", "medium": "voice"});
    let about = h.call("PATCH", &source, about).await.expect(200);
    assert_eq!((&about["category"], &about["medium"]), (&json!("loans"), &json!("voice")));
    let add = |body: Value| h.call("POST", "/do-not-call", body);
    let state = |phone: &'static str| {
        let (h, source) = (&h, office.source);
        async move { h.call("POST", "/items", lead(source, phone)).await.expect(201) }
    };
    add(json!({"phone": "9876543210", "category": "travel"})).await.expect(201);
    assert_eq!(state("9876543210").await["state"], "waiting");
    add(json!({"phone": "9876543219", "medium": "SMS"})).await.expect(201);
    assert_eq!(state("9876543219").await["state"], "waiting");
    add(json!({"phone": "9876543211", "category": "loans", "medium": "voice"})).await.expect(201);
    assert_eq!(state("9876543211").await["state"], "barred");

    let hours: Vec<Value> =
        (1..=7).map(|day| json!({"day": day, "from": "03:00", "to": "03:30"})).collect();
    add(json!({"phone": "9876543212", "hours": hours})).await.expect(201);
    let at_times = state("9876543212").await;
    assert_eq!(
        (&at_times["state"], &at_times["calling"]["open"]),
        (&json!("waiting"), &json!(false))
    );
    assert_eq!(at_times["calling"]["barred"], true);
    let wrong =
        add(json!({"phone": "9876543213", "hours": [{"day": 8, "from": "03:00", "to": "03:30"}]}));
    assert_eq!(wrong.await.problem(422), "invalid");

    let over = add(json!({"phone": "9876543214", "until": "2026-03-02T00:00:00Z"})).await;
    assert_eq!(over.problem(422), "invalid");
    let until = "2026-03-03T00:00:00Z";
    add(json!({"phone": "9876543214", "until": until})).await.expect(201);
    assert_eq!(h.get("/do-not-call?category=loans").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(h.get("/do-not-call?medium=sms").await["items"][0]["medium"], "sms");
    assert_eq!(h.get("/do-not-call?origin=import").await["items"], json!([]));
    let unknown = h.call("GET", "/do-not-call?origin=hearsay", Value::Null).await;
    assert_eq!(unknown.problem(422), "invalid");
    let listed = h.get("/do-not-call?limit=1").await;
    assert_eq!(listed["items"][0]["until"], "2026-03-03T00:00:00.000Z");
    assert!(listed["next_cursor"].is_string());
    h.advance(86_400);
    let free = state("9876543214").await;
    assert_eq!((&free["state"], &free["calling"]), (&json!("waiting"), &Value::Null));
    // A source for everything is concerned by every entry.
    h.call("PATCH", &source, json!({"category": "all"})).await.expect(200);
    assert_eq!(state("9876543210").await["state"], "barred", "a travel entry counts now");
    h.end().await;
}

#[tokio::test]
async fn a_result_puts_the_contact_on_the_list() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let never = json!({"name": "never again", "then": "close", "do_not_call": true});
    let queue = format!("/queues/{}", office.queue);
    h.call("PATCH", &queue, json!({"dispositions": [never]})).await.expect(200);
    let source = format!("/sources/{}", office.source);
    h.call("PATCH", &source, json!({"dedupe_window_secs": 0})).await.expect(200);
    let item = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    let waits = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    let body = json!({"version": item["version"], "disposition": "never again"});
    h.call("POST", &format!("/items/{}/complete", item["id"]), body).await.expect(200);
    // What waited of theirs is held back in the same instant: she does not get it next.
    let waits = h.get(&format!("/items/{}", waits["id"])).await;
    assert_eq!((&waits["state"], &waits["calling"]["barred"]), (&json!("waiting"), &json!(true)));
    let list = h.get("/do-not-call").await;
    assert_eq!(list["items"][0]["origin"], "result");
    let next = json!({"source": office.source, "contact": {"phone": "+919876543210"}});
    assert_eq!(h.call("POST", "/items", next).await.expect(201)["state"], "barred");
    let later = json!({"name": "later", "then": "retry", "after_secs": 60, "max_attempts": 2,
        "do_not_call": true});
    let refused = h.call("PATCH", &queue, json!({"dispositions": [later]})).await;
    refused.problem(422);
    h.end().await;
}

#[tokio::test]
async fn a_file_of_numbers_is_put_on_the_list() {
    let h = Harness::new().await;
    let office = h.office(&[]).await;
    h.call("POST", "/do-not-call", json!({"phone": "9876543210"})).await.expect(201);
    let csv = "Name,Mobile\nA,9876543210\nB,9876543211\nC,ask Ravi\nD,+91 98765 43211\n";
    let done = upload(&h, &[("file", csv)]).await.expect(200);
    let rejected = json!([{"row": 4, "text": "ask Ravi"}]);
    assert_eq!(done, json!({"added": 1, "known": 1, "not_a_number": 1, "rejected": rejected}));
    let next = h.call("POST", "/items", lead(office.source, "9876543211")).await.expect(201);
    assert_eq!(next["state"], "barred");
    let nothing = upload(&h, &[("file", "City,Shade\nPune,red\nDelhi,blue\n")]).await;
    assert_eq!(nothing.problem(422), "invalid");
    assert_eq!(upload(&h, &[("column", "Mobile")]).await.problem(422), "invalid");

    // A bare list has no head, and a person may have two numbers.
    let bare = upload(&h, &[("file", "9876543220\n9876543221\n9876543222\n")]).await.expect(200);
    assert_eq!((&bare["added"], &bare["not_a_number"]), (&json!(3), &json!(0)));
    let csv = "Name,Phone,Mobile\nA,,9876543230\nB,9876543231,9876543232\n";
    let both = upload(&h, &[("file", csv)]).await.expect(200);
    assert_eq!((&both["added"], &both["not_a_number"]), (&json!(3), &json!(0)));
    let one = "Phone,Mobile\n9876543240,9876543241\n";
    let one = upload(&h, &[("column", "Phone"), ("file", one)]).await.expect(200);
    assert_eq!(one["added"], 1);
    h.end().await;
}
