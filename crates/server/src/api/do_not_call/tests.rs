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

    // Erased, the person is still not called.
    let erase = json!({"item": item["id"], "reason": "requested"});
    h.call("POST", "/contacts/erase", erase).await.expect(200);
    let h = h.restart().await;
    let again = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    assert_eq!(again["state"], "barred");
    let path = format!("/items/{}/force", again["id"]);
    let forced = h.call("POST", &path, json!({"version": again["version"]})).await.expect(200);
    assert_eq!(forced["state"], "assigned");

    let check = |phone: &str| h.call("POST", "/do-not-call/check", json!({"phone": phone}));
    assert_eq!(check("9876543210").await.expect(200)["listed"], true);
    assert_eq!(check("9876543211").await.expect(200)["listed"], false);
    assert_eq!(check("ask for Ravi").await.problem(422), "invalid");
    let gone = format!("/do-not-call/{}", made["id"]);
    h.call("DELETE", &gone, Value::Null).await.expect(204);
    assert_eq!(h.call("DELETE", &gone, Value::Null).await.problem(404), "not_found");
    // What was kept back holds nothing: they come as anybody does.
    let free = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    assert_eq!(free["state"], "waiting");
    let audit = h.get("/audit?object=do_not_call").await;
    let acts: Vec<&Value> =
        audit["items"].as_array().unwrap().iter().map(|row| &row["act"]).collect();
    assert_eq!(acts, [&json!("do_not_call_removed"), &json!("do_not_call_added")]);
    assert!(!audit.to_string().contains("98765"), "{audit}");
    h.end().await;
}

#[tokio::test]
async fn an_entry_may_be_about_a_category_or_some_hours_or_a_time() {
    let h = Harness::new().await;
    let office = h.office(&[]).await;
    let source = format!("/sources/{}", office.source);
    h.call("PATCH", &source, json!({"category": "Loans"})).await.expect(200);
    let add = |body: Value| h.call("POST", "/do-not-call", body);
    let state = |phone: &'static str| {
        let (h, source) = (&h, office.source);
        async move { h.call("POST", "/items", lead(source, phone)).await.expect(201) }
    };
    add(json!({"phone": "9876543210", "category": "travel"})).await.expect(201);
    assert_eq!(state("9876543210").await["state"], "waiting");
    add(json!({"phone": "9876543211", "category": "loans"})).await.expect(201);
    assert_eq!(state("9876543211").await["state"], "barred");

    let hours: Vec<Value> =
        (1..=7).map(|day| json!({"day": day, "from": "03:00", "to": "03:30"})).collect();
    add(json!({"phone": "9876543212", "hours": hours})).await.expect(201);
    let at_times = state("9876543212").await;
    assert_eq!(
        (&at_times["state"], &at_times["calling"]["open"]),
        (&json!("waiting"), &json!(false))
    );
    let both = json!({"source": office.source, "contact": {"phone": "9876543212"},
        "call_hours": [{"day": 1, "from": "10:00", "to": "11:00"}]});
    h.advance(86_401);
    assert_eq!(h.call("POST", "/items", both).await.expect(201)["state"], "barred");
    let wrong =
        add(json!({"phone": "9876543213", "hours": [{"day": 8, "from": "03:00", "to": "03:30"}]}));
    assert_eq!(wrong.await.problem(422), "invalid");

    let until = "2026-03-02T00:00:00Z";
    add(json!({"phone": "9876543214", "until": until})).await.expect(201);
    let listed = h.get("/do-not-call?limit=1").await;
    assert_eq!(listed["items"][0]["until"], "2026-03-02T00:00:00.000Z");
    assert!(listed["next_cursor"].is_string());
    assert_eq!(state("9876543214").await["state"], "waiting");
    h.end().await;
}

#[tokio::test]
async fn a_result_puts_the_contact_on_the_list() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let never = json!({"name": "never again", "then": "close", "do_not_call": true});
    let queue = format!("/queues/{}", office.queue);
    h.call("PATCH", &queue, json!({"dispositions": [never]})).await.expect(200);
    let item = h.call("POST", "/items", lead(office.source, "9876543210")).await.expect(201);
    let body = json!({"version": item["version"], "disposition": "never again"});
    h.call("POST", &format!("/items/{}/complete", item["id"]), body).await.expect(200);
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
    assert_eq!(done, json!({"added": 1, "known": 1, "not_a_number": 1}));
    let next = h.call("POST", "/items", lead(office.source, "9876543211")).await.expect(201);
    assert_eq!(next["state"], "barred");
    let nothing = upload(&h, &[("file", "City,Shade\nPune,red\nDelhi,blue\n")]).await;
    assert_eq!(nothing.problem(422), "invalid");
    assert_eq!(upload(&h, &[("column", "Mobile")]).await.problem(422), "invalid");
    h.end().await;
}
