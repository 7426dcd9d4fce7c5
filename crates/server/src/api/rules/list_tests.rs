//! Over HTTP on both databases: versions of the list of rules, the whole list, changes that wait.

use super::scheduled::round;
use crate::testing::Harness;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn is(city: &str) -> Value {
    json!({"compare": {"attribute": "city", "op": "eq", "value": city}})
}

async fn rule(h: &Harness, name: &str, note: &str) -> u64 {
    let rule = json!({"name": name, "when": is(name), "note": note});
    h.call("POST", "/rules", rule).await.expect(201)["id"].as_u64().unwrap()
}

/// Names of the rules that decide, in their order.
async fn names(h: &Harness) -> Vec<String> {
    let exported = h.get("/rules/export").await;
    let rules = exported["rules"].as_array().unwrap().iter();
    let active = rules.filter(|rule| rule["active"] == true);
    active.map(|rule| rule["name"].as_str().unwrap().to_owned()).collect()
}

async fn versions(h: &Harness) -> Vec<(u64, Value)> {
    let page = h.get("/rules/versions").await;
    let found = page["items"].as_array().unwrap().iter();
    found.map(|one| (one["version"].as_u64().unwrap(), one["note"].clone())).collect()
}

#[tokio::test]
async fn every_change_is_a_version_and_comes_back() {
    for h in [Harness::new().await, Harness::postgres().await] {
        assert_eq!(versions(&h).await, []);
        rule(&h, "Pune", "for the monsoon").await;
        let goa = rule(&h, "Goa", "").await;
        let better = json!({"name": "Goa and Daman", "note": "Daman too"});
        h.call("PATCH", &format!("/rules/{goa}"), better).await.expect(200);
        // What changes nothing is no version.
        h.call("PATCH", &format!("/rules/{goa}"), json!({"note": "again"})).await.expect(200);
        h.call("DELETE", &format!("/rules/{goa}?note=over"), Value::Null).await.expect(200);
        let expected = [
            (4, json!("over")),
            (3, json!("Daman too")),
            (2, Value::Null),
            (1, json!("for the monsoon")),
        ];
        assert_eq!(versions(&h).await, expected);
        let page = h.get("/rules/versions?limit=3").await;
        let rest = format!("/rules/versions?cursor={}", page["next_cursor"].as_str().unwrap());
        assert_eq!(h.get(&rest).await["items"][0]["version"], 1);

        let third = h.get("/rules/versions/3").await;
        assert_eq!(
            (&third["version"], &third["rules"][1]["name"]),
            (&json!(3), &json!("Goa and Daman"))
        );
        let told = h.get("/rules/versions/3/changes").await;
        let fields = json!([{"id": goa, "name": "Goa and Daman", "fields":
            [{"field": "name", "before": "Goa", "after": "Goa and Daman"}]}]);
        assert_eq!((&told["since"], &told["changed"]), (&json!(2), &fields));
        let told = h.get("/rules/versions/4/changes?since=1").await;
        assert_eq!(
            (&told["added"], &told["removed"], &told["changed"]),
            (&json!([]), &json!([]), &json!([]))
        );
        let told = h.get("/rules/versions/4/changes?since=3").await;
        assert_eq!(told["removed"][0]["name"], "Goa and Daman");
        let told = h.get("/rules/versions/1/changes").await;
        assert_eq!((&told["since"], &told["added"][0]["name"]), (&json!(0), &json!("Pune")));

        rule(&h, "Delhi", "").await;
        let body = json!({"note": "as it was"});
        let back = h.call("POST", "/rules/versions/2/restore", body.clone()).await.expect(200);
        assert_eq!(back["version"], 6);
        assert_eq!(names(&h).await, ["Pune", "Goa"]);
        assert_eq!(h.get("/rules/versions/6").await["restored"], 2);
        assert_eq!(h.get("/rules/versions/6").await["note"], "as it was");
        let again = h.call("POST", "/rules/versions/2/restore", body.clone()).await.expect(200);
        assert_eq!(again["version"], 6);
        assert_eq!(
            h.call("POST", "/rules/versions/9/restore", body).await.problem(404),
            "not_found"
        );
        assert_eq!(h.call("GET", "/rules/versions/9", Value::Null).await.status, 404);

        // Notes go around the core.
        let journal = h.app.store.events_since(h.workspace, 0, 1_000).await.unwrap();
        let journal = format!("{journal:?}");
        assert!(journal.contains("Daman") && !journal.contains("Daman too"));
        let long = json!({"name": "x", "when": is("x"), "note": "x".repeat(501)});
        assert_eq!(h.call("POST", "/rules", long).await.body["errors"][0]["field"], "note");
        h.end().await;
    }
}

#[tokio::test]
async fn the_whole_list_is_changed_or_nothing() {
    for h in [Harness::new().await, Harness::postgres().await] {
        let (pune, goa) = (rule(&h, "Pune", "").await, rule(&h, "Goa", "").await);
        let delhi = rule(&h, "Delhi", "").await;
        let listed = |id: Value, name: &str| json!({"id": id, "name": name, "when": is(name)});
        let list = json!({"note": "north first", "version": 3, "rules": [
            listed(json!(delhi), "Delhi"), listed(Value::Null, "Agra"), listed(json!(pune), "Pune")]});
        let put = h.call("PUT", "/rules", list.clone()).await.expect(200);
        assert_eq!((&put["version"], &put["scheduled"]), (&json!(4), &Value::Null));
        assert_eq!(names(&h).await, ["Delhi", "Agra", "Pune"]);
        let told = h.get("/rules/versions/4/changes").await;
        assert_eq!(told["added"][0]["name"], "Agra");
        assert_eq!(told["removed"][0]["id"], goa);
        assert_eq!(told["changed"], json!([]));
        let moved = told["moved"].as_array().unwrap();
        assert_eq!(moved.len(), 1, "{told}");

        // Somebody else was first.
        assert_eq!(h.call("PUT", "/rules", list).await.problem(409), "rules_changed");
        // One that cannot be so leaves all as they are.
        let seq = h.app.store.load(h.workspace).await.unwrap().seq;
        let mut lost = listed(json!(pune), "Pune");
        lost["queue"] = json!(99);
        let list = json!({"rules": [listed(Value::Null, "New"), lost]});
        let refused = h.call("PUT", "/rules", list).await;
        assert_eq!(refused.problem(422), "invalid");
        assert_eq!(refused.body["errors"][0]["problem"], "“Pune”: there is no queue 99");
        let twice = json!({"rules": [listed(json!(pune), "Pune"), listed(json!(pune), "Pune")]});
        assert_eq!(h.call("PUT", "/rules", twice).await.body["errors"][0]["field"], "rules");
        let unknown = json!({"rules": [listed(json!(77), "x")]});
        assert_eq!(h.call("PUT", "/rules", unknown).await.problem(404), "unknown_rule");
        assert_eq!(h.app.store.load(h.workspace).await.unwrap().seq, seq);
        assert_eq!(versions(&h).await.len(), 4);
        h.end().await;
    }
}

#[tokio::test]
async fn what_is_exported_comes_in_again() {
    let h = Harness::new().await;
    let age = json!({"compare": {"attribute": "age", "op": "lt", "value": 18}});
    h.post("/rules", json!({"name": "Young", "when": {"all": [age, {"not": is("Pune")}]}})).await;
    rule(&h, "Goa", "").await;
    for format in ["json", "json_logic"] {
        let document = h.get(&format!("/rules/export?format={format}")).await;
        assert_eq!(document["format"], format);
        // The first import numbers the places; nothing else is changed, and then nothing at all.
        let first = h.call("PUT", "/rules", document.clone()).await.expect(200)["version"].clone();
        let told = h.get(&format!("/rules/versions/{first}/changes?since=2")).await;
        for part in ["added", "removed", "changed", "moved"] {
            assert_eq!(told[part], json!([]), "{part}");
        }
        let again = h.call("PUT", "/rules", document).await.expect(200);
        assert_eq!(again["version"], first);
    }
    let document = h.get("/rules/export?format=json_logic").await;
    assert_eq!(document["rules"][1]["when"], json!({"==": [{"var": "city"}, "Goa"]}));
    let wrong =
        json!({"format": "json_logic", "rules": [{"name": "x", "when": {"and": [{"if": []}]}}]});
    let refused = h.call("PUT", "/rules", wrong).await;
    assert_eq!(refused.problem(422), "invalid");
    assert_eq!(refused.body["errors"][0]["field"], "rules[0].when");
    let starts = json!({"compare": {"attribute": "city", "op": "starts_with", "value": "P"}});
    h.post("/rules", json!({"name": "P", "when": {"any": [starts]}})).await;
    // It has position 0, so it is the first now.
    let refused = h.call("GET", "/rules/export?format=json_logic", Value::Null).await;
    assert_eq!(refused.body["errors"][0]["field"], "rules[0].when");
    let problem = refused.body["errors"][0]["problem"].as_str().unwrap();
    assert!(problem.starts_with("“P”: any.0.starts_with: "), "{problem}");
    h.end().await;
}

#[tokio::test]
async fn rules_from_before_versions_are_the_first() {
    for h in [Harness::new().await, Harness::postgres().await] {
        rule(&h, "Pune", "").await;
        h.app.store.migrate_down(1).await.unwrap();
        h.app.store.migrate().await.unwrap();
        assert_eq!(versions(&h).await, []);
        let listed = json!({"version": 0, "rules": [{"name": "Goa", "when": is("Goa")}]});
        let put = h.call("PUT", "/rules", listed).await.expect(200);
        assert_eq!(put["version"], 2);
        let first = h.get("/rules/versions/1").await;
        assert_eq!(
            (&first["by"]["kind"], &first["rules"][0]["name"]),
            (&json!("system"), &json!("Pune"))
        );
        h.call("POST", "/rules/versions/1/restore", json!({})).await.expect(200);
        assert_eq!(names(&h).await, ["Pune"]);
        h.end().await;
    }
}

/// An hour from now, or a moment where the clock cannot be put forward.
fn soon(h: &Harness) -> String {
    let secs = if h.clock.is_system() { 1 } else { 3_600 };
    crate::http::Rfc3339(h.app.clock.now().plus_secs(secs)).to_string()
}

/// Waits until then, has two nodes look at once, and says what became of the change.
async fn pass(h: &Harness, beside: &Harness, id: &Value) -> Value {
    if !h.clock.is_system() {
        h.advance(3_600);
    }
    let began = Instant::now();
    loop {
        let (one, other) = tokio::join!(round(&h.app), round(&beside.app));
        one.and(other).unwrap();
        let listed = h.get("/rules/scheduled").await;
        let found = listed["items"].as_array().unwrap().iter().find(|one| one["id"] == *id);
        let found = found.unwrap().clone();
        if found["state"] != "waiting" {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{found}");
        tokio::task::yield_now().await;
    }
}

/// The list becomes this: where another node made the change, this one hears of it a moment later.
async fn becomes(h: &Harness, wanted: &[&str]) {
    let began = Instant::now();
    while names(h).await != wanted && began.elapsed() < Duration::from_secs(20) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(names(h).await, wanted);
}

async fn waits(h: Harness, beside: impl AsyncFn(&Harness) -> Option<Harness>) {
    let queue = h.post("/queues", json!({"name": "Leads"})).await["id"].clone();
    rule(&h, "Pune", "").await;
    let other = beside(&h).await;
    let node = other.as_ref().unwrap_or(&h);
    let list = |at: &str, queue: &Value| json!({"note": "next month", "at": at, "rules": [{"name": "Goa", "when": is("Goa"), "queue": queue}]});
    let put = h.call("PUT", "/rules", list(&soon(&h), &queue)).await.expect(200);
    let change = put["scheduled"].clone();
    assert_eq!((&change["state"], &change["rules"]), (&json!("waiting"), &json!(1)));
    if !h.clock.is_system() {
        round(&h.app).await.unwrap();
    }
    assert_eq!(names(&h).await, ["Pune"]);
    let done = pass(&h, node, &change["id"]).await;
    assert_eq!((&done["state"], &done["version"]), (&json!("done"), &json!(2)));
    becomes(&h, &["Goa"]).await;
    assert_eq!(versions(&h).await[0], (2, json!("next month")));

    // A version, later.
    let body = json!({"at": soon(&h)});
    let put = h.call("POST", "/rules/versions/1/restore", body).await.expect(200);
    assert_eq!(put["scheduled"]["restores"], 1);
    assert_eq!(pass(&h, node, &put["scheduled"]["id"]).await["version"], 3);
    becomes(&h, &["Pune"]).await;

    // Its queue goes before its time comes: nothing is changed, and people see why.
    let put = h.call("PUT", "/rules", list(&soon(&h), &queue)).await.expect(200);
    h.call("DELETE", &format!("/queues/{queue}"), Value::Null).await.expect(200);
    let failed = pass(&h, node, &put["scheduled"]["id"]).await;
    assert_eq!(failed["state"], "failed");
    let problem = failed["problem"].as_str().unwrap();
    assert!(problem.contains("“Goa”: queue 1 is inactive"), "{problem}");
    assert_eq!((names(&h).await, versions(&h).await.len()), (vec!["Pune".to_owned()], 3));
    let audited = h.get("/audit?object=rule_change").await;
    assert_eq!(audited["items"][0]["act"], "rules_schedule_failed");

    // Cancelled, it stays as it is.
    let empty = json!({"at": soon(&h), "rules": []});
    let put = h.call("PUT", "/rules", empty).await.expect(200);
    let path = format!("/rules/scheduled/{}", put["scheduled"]["id"]);
    assert_eq!(h.call("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(h.call("DELETE", &path, Value::Null).await.problem(404), "not_found");
    let cancelled = pass(&h, node, &put["scheduled"]["id"]).await;
    assert_eq!((&cancelled["state"], names(&h).await.len()), (&json!("cancelled"), 1));

    for (body, field) in [
        (json!({"at": "2020-01-01T00:00:00Z", "rules": []}), "at"),
        (list(&soon(&h), &queue), "rules"),
        (json!({"at": soon(&h), "version": 3, "rules": []}), "version"),
    ] {
        let refused = h.call("PUT", "/rules", body).await;
        assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.text);
    }
    if let Some(other) = other {
        other.end().await;
    }
    h.end().await;
}

#[tokio::test]
async fn a_change_waits_for_its_time() {
    waits(Harness::new().await, async |_| None).await;
    waits(Harness::postgres().await, async |h| Some(h.beside().await)).await;
}

#[tokio::test]
async fn a_change_is_made_late_when_no_node_ran_at_its_time() {
    let h = Harness::new().await;
    rule(&h, "Pune", "").await;
    let list = json!({"at": soon(&h), "rules": []});
    let change = h.call("PUT", "/rules", list).await.expect(200)["scheduled"].clone();
    let h = h.restart().await;
    h.advance(7_200);
    assert_eq!(names(&h).await, ["Pune"]);
    let done = pass(&h, &h, &change["id"]).await;
    assert_eq!((&done["state"], &done["version"]), (&json!("done"), &json!(2)));
    assert_eq!(names(&h).await, [""; 0]);
    h.end().await;
}
