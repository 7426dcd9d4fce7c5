//! Over HTTP: who did what, filtered, in words, and as a file.

use crate::testing::Harness;
use serde_json::{Value, json};

fn acts(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|e| e["act"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_change_shows_what_was_before() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let lead = h.token("supervisor", None).await;
    let path = format!("/queues/{}", office.queue);
    h.call_as(&lead, "PATCH", &path, json!({"name": "Hot leads"})).await.expect(200);
    let source = format!("/sources/{}", office.source);
    h.call_as(&lead, "PATCH", &source, json!({"rotate_secret": true, "map": {"Tel": "phone"}}))
        .await
        .expect(200);
    h.post("/items", json!({"source": office.source})).await;
    let version = h.get("/items/1").await["version"].clone();
    let cancel = json!({"version": version, "note": "for Kavya"});
    h.call_as(&lead, "POST", "/items/1/cancel", cancel).await.expect(200);
    h.call("PATCH", "/workspace", json!({"name": "Acme"})).await.expect(200);

    let page = h.call_as(&lead, "GET", "/audit", Value::Null).await.expect(200);
    assert_eq!(
        acts(&page)[..6],
        [
            "workspace_renamed",
            "cancelled",
            "secret_rotated",
            "source_face_changed",
            "queue_updated",
            "token_created",
        ]
    );
    let entry = |at: usize| &page["items"][at];
    assert_eq!(entry(0)["before"], json!({"name": "test"}));
    assert_eq!(
        (&entry(1)["object"]["kind"], &entry(1)["object"]["id"]),
        (&json!("item"), &json!(1))
    );
    assert_eq!(entry(1)["actor"]["name"], "supervisor");
    assert_eq!(entry(3)["after"], json!({"map": {"Tel": "phone"}}));
    assert_eq!(
        (&entry(4)["before"], &entry(4)["after"]),
        (&json!({"name": "Leads"}), &json!({"name": "Hot leads"}))
    );
    assert_eq!(entry(4)["text"], "Queue Hot leads was changed.");
    assert_eq!(entry(4)["at_local"], "2026-03-02T10:00:00.000+05:30");
    assert!(!page.to_string().contains("Kavya"));
    // The first settings had nothing before them; the preset agent's sign-in was no person's.
    let all = h.get("/audit?limit=500").await;
    let oldest = all["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&oldest["act"], &oldest["before"]), (&json!("configured"), &Value::Null));
    assert_eq!(oldest["after"]["time_zone"], "Asia/Kolkata");
    h.end().await;
}

#[tokio::test]
async fn filters_pages_and_a_file() {
    let h = Harness::new().await;
    let office = h.office(&["Asha", "Ben"]).await;
    let lead = h.token("supervisor", None).await;
    h.advance(3600);
    let path = format!("/agents/{}", office.agents[0]);
    let change = json!({"name": "=cmd()", "daily_cap": 5});
    h.call_as(&lead, "PATCH", &path, change).await.expect(200);
    h.call_as(&lead, "POST", &format!("{path}/sign-out"), Value::Null).await.expect(200);
    h.call("DELETE", &path, Value::Null).await.expect(200);
    let own = format!("/audit?object=agent&id={}", office.agents[0]);
    let page = h.get(&own).await;
    let found =
        ["agent_deactivated", "signed_out", "login_changed", "agent_updated", "agent_created"];
    assert_eq!(acts(&page), found);
    assert_eq!(page["items"][0]["after"], json!({"active": false}));
    assert_eq!(page["items"][2]["after"], json!({"changed": ["name"], "role": null}));
    assert_eq!(page["items"][3]["after"], json!({"daily_cap": 5}));
    let first = h.get(&format!("{own}&limit=2")).await;
    let rest = h.get(&format!("{own}&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!([acts(&first), acts(&rest)].concat(), found);
    assert_eq!(acts(&h.get("/audit?actor=token:1").await).len(), 3);
    assert_eq!(acts(&h.get("/audit?act=agent_created").await).len(), 2);
    let later = h.get("/audit?from=2026-03-02T05:00:00Z").await;
    assert_eq!(acts(&later), found[..4]);
    let before = h.get("/audit?to=2026-03-02T05:00:00Z&limit=500").await;
    assert!(!acts(&before).contains(&"agent_updated"));

    let file = h.call("GET", &format!("{own}&format=csv"), Value::Null).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 6);
    assert!(lines[0].ends_with("object_name,text,before,after"), "{}", lines[0]);
    assert!(lines[1].contains(",'=cmd(),"), "{}", lines[1]);
    assert!(lines[4].contains(r#""{""daily_cap"":null}","{""daily_cap"":5}""#), "{}", lines[4]);
    for (wrong, field) in [("actor=asha", "actor"), ("format=xml", "format"), ("id=x", "id")] {
        let answer = h.call("GET", &format!("/audit?{wrong}"), Value::Null).await;
        assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
    }
    let asha = h.token("agent", Some(office.agents[1])).await;
    assert_eq!(h.call_as(&asha, "GET", "/audit", Value::Null).await.problem(403), "forbidden");
    h.end().await;
}

#[tokio::test]
async fn whoever_asks_is_named_and_nothing_is_told_that_did_not_change() {
    let h = Harness::new().await;
    let lead = h.token("admin", None).await;
    let preset = json!({"preset": "crm"});
    h.call_as(&lead, "POST", "/workspace/preset", preset).await.expect(201);
    let agent = json!({"name": "Asha", "password": "a long one", "role": "supervisor"});
    let agent = h.call_as(&lead, "POST", "/agents", agent).await.expect(201);
    h.call_as(&lead, "POST", "/agents", json!({"name": "Ben"})).await.expect(201);
    let path = format!("/agents/{}", agent["id"]);
    let same = json!({"name": "Asha", "daily_cap": 3});
    h.call_as(&lead, "PATCH", &path, same).await.expect(200);
    let page = h.call_as(&lead, "GET", "/audit?actor=token:1", Value::Null).await.expect(200);
    let made = ["queue_created", "source_created", "source_created", "agent_created"];
    let told: Vec<&str> = acts(&page).into_iter().rev().collect();
    assert_eq!(told[..4], made);
    assert_eq!(told[4..], ["login_changed", "agent_created", "agent_updated"]);
    let login = &page["items"][2];
    assert_eq!(login["object"]["id"], agent["id"]);
    let changed = json!({"changed": ["password", "active", "role"], "role": "supervisor"});
    assert_eq!(login["after"], changed);
    h.end().await;
}

#[tokio::test]
async fn endpoints_are_called_by_their_names() {
    let h = Harness::new().await;
    let crm = json!({"name": "CRM", "url": "https://crm.example/x", "topics": ["item.assigned"]});
    let made = h.post("/endpoints", crm).await;
    let path = format!("/endpoints/{}", made["id"]);
    h.call("PATCH", &path, json!({"topics": ["sla.breached"]})).await.expect(200);
    let told = |page: &Value| {
        let entry = &page["items"][0];
        (entry["object"]["name"].clone(), entry["text"].clone())
    };
    let changed = h.get("/audit?act=endpoint_changed").await;
    assert_eq!(told(&changed), (json!("CRM"), json!("Webhook endpoint CRM was changed.")));
    h.call("DELETE", &path, Value::Null).await.expect(204);
    let removed = h.get("/audit?act=endpoint_removed").await;
    assert_eq!(told(&removed).0, "CRM");
    h.end().await;
}
