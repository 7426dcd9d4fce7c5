//! Over HTTP: service levels against what was counted by hand, and against the recorded side of a
//! simulation, which counts the same from the journal.

use crate::testing::{Harness, Office};
use serde_json::{Value, json};

async fn there(h: &Harness, office: &Office, is: bool) {
    let act = if is { "sign-in" } else { "sign-out" };
    h.post(&format!("/agents/{}/{act}", office.agents[0]), Value::Null).await;
}

async fn arrives(h: &Harness, office: &Office, phone: &str) -> u64 {
    let lead = json!({"source": office.source, "contact": {"phone": phone}});
    h.call("POST", "/items", lead).await.expect(201)["id"].as_u64().unwrap()
}

async fn ends(h: &Harness, item: u64, act: &str) {
    let version = h.get(&format!("/items/{item}")).await["version"].clone();
    let body = match act {
        "cancel" => json!({"version": version}),
        won => json!({"version": version, "disposition": won}),
    };
    let act = if act == "cancel" { "cancel" } else { "complete" };
    h.call("POST", &format!("/items/{item}/{act}"), body).await.expect(200);
}

/// Six answered after 0, 30, 90, 60, 100 and 0 s, two who gave up after 3 and 120 s.
async fn morning(h: &Harness) -> Office {
    // Nobody sends heartbeats here.
    h.call("PATCH", "/workspace", json!({"heartbeat_secs": 600})).await.expect(200);
    let office = h.office(&["Asha"]).await;
    let dispositions = json!([
        {"name": "won", "then": "close", "contacted": true, "won": true},
        {"name": "lost", "then": "close", "contacted": true}]);
    let target = json!({"percent": 60, "within_secs": 60, "short_secs": 5});
    let change = json!({"dispositions": dispositions, "service_target": target});
    let queue = h.call("PATCH", &format!("/queues/{}", office.queue), change).await.expect(200);
    assert_eq!(queue["service_target"], target);
    let first = arrives(h, &office, "9820000001").await;
    h.advance(40);
    ends(h, first, "won").await;
    there(h, &office, false).await;
    for (phone, waits) in [("9820000002", 30), ("9820000003", 90)] {
        let item = arrives(h, &office, phone).await;
        h.advance(waits);
        there(h, &office, true).await;
        h.advance(10);
        ends(h, item, "lost").await;
        there(h, &office, false).await;
    }
    // Not before a time that it names: it waits from then on.
    let at = h.app.clock.now().timestamp() + jiff::SignedDuration::from_secs(600);
    let later = json!({"source": office.source, "earliest": at.to_string()});
    h.call("POST", "/items", later).await.expect(201);
    h.advance(660);
    there(h, &office, true).await;
    // What was kept back came when it came, and not when it was let through.
    let again = arrives(h, &office, "9820000001").await;
    h.advance(100);
    ends(h, again - 1, "won").await;
    let kept = h.get(&format!("/items/{again}")).await;
    assert_eq!(kept["state"], "duplicate");
    let version = json!({"version": kept["version"]});
    h.call("POST", &format!("/items/{again}/force"), version).await.expect(200);
    for (phone, waits) in [("9820000004", 3), ("9820000005", 120)] {
        let item = arrives(h, &office, phone).await;
        h.advance(waits);
        ends(h, item, "cancel").await;
    }
    ends(h, again, "lost").await;
    // Given back and taken again: it was answered once.
    let last = arrives(h, &office, "9820000006").await;
    for (act, with) in [("release", json!({})), ("reassign", json!({"agent": office.agents[0]}))] {
        let mut body = with;
        body["version"] = h.get(&format!("/items/{last}")).await["version"].clone();
        h.call("POST", &format!("/items/{last}/{act}"), body).await.expect(200);
    }
    h.advance(1);
    office
}

#[tokio::test]
async fn every_variant_is_what_was_counted_by_hand() {
    let h = Harness::new().await;
    let office = morning(&h).await;
    let report = h.get("/reports/service").await;
    let queue = &report["queues"][0];
    let figures = &queue["figures"];
    let counted = [
        ("assigned", 7),
        ("answered", 6),
        ("answered_within", 4),
        ("abandoned", 2),
        ("abandoned_within", 1),
        ("abandoned_short", 1),
        ("results", 5),
        ("contacted", 5),
        ("won", 2),
    ];
    for (field, value) in counted {
        assert_eq!(figures[field], json!(value), "{field}: {figures}");
    }
    let shares = [
        ("service_level", 4, 8, 5_000),
        ("service_level_answered", 4, 6, 6_667),
        ("service_level_abandoned_kept", 5, 8, 6_250),
        ("service_level_short_excluded", 4, 7, 5_714),
        ("abandonment", 2, 8, 2_500),
        ("abandonment_short_excluded", 1, 7, 1_429),
        ("contact_rate", 5, 5, 10_000),
        ("conversion_of_assigned", 2, 7, 2_857),
        ("conversion_of_contacted", 2, 5, 4_000),
    ];
    for (name, part, whole, hundredths) in shares {
        let share = json!({"part": part, "whole": whole, "hundredths": hundredths});
        assert_eq!(figures["shares"][name], share, "{name}");
        let told = &report["figures"][name];
        assert!(told["formula"].as_str().unwrap().contains('÷'), "{name}: {told}");
    }
    assert_eq!(figures["means_ms"]["average_speed_of_answer"], 280_000 / 6);
    // 40, 10, 10, 100 and 123 s.
    assert_eq!(figures["means_ms"]["average_handling_time"], 283_000 / 5);
    assert_eq!((&queue["reached"], &queue["target"]["percent"]), (&json!(false), &json!(60)));
    assert_eq!(&report["all"], figures);
    assert_eq!(&report["sources"][0]["figures"], figures);
    let agent = &report["agents"][0];
    assert_eq!((&agent["name"], &agent["figures"]["answered"]), (&json!("Asha"), &json!(6)));
    assert_eq!(agent["figures"]["abandoned"], 0);
    let parts = &report["parts"];
    let sum = |list: &str| {
        let parts = parts[list].as_array().unwrap().iter();
        parts.map(|part| part.as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((sum("answered"), sum("answered_within"), sum("abandoned")), (6, 4, 2));

    let file = h.call("GET", "/reports/service/export", Value::Null).await;
    let name = "attachment; filename=\"service-queues.csv\"";
    assert_eq!(file.headers["content-disposition"], name);
    let levels = ",50.00,66.67,62.50,57.14,25.00,14.29,100.00,28.57,40.00,46.67,56.60";
    let row = format!(",60,60,5,no,7,6,4,2,1,1,5,5,2{levels}");
    let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].ends_with(",average_speed_of_answer_seconds,average_handling_time_seconds"));
    assert!(lines[1].ends_with(&row), "{}", lines[1]);
    let own = ",66.67,66.67,66.67,66.67,0.00,0.00,100.00,28.57,40.00,46.67,56.60";
    let agent = format!(",Asha,7,6,4,0,0,0,5,5,2{own}");
    for (table, end) in [("sources", levels), ("agents", &agent)] {
        let path = format!("/reports/service/export?table={table}");
        let text = h.call("GET", &path, Value::Null).await.text;
        assert!(text.trim_end().ends_with(end), "{text}");
    }
    let time = h.call("GET", "/reports/service/export?table=time&interval=day", Value::Null).await;
    assert!(time.text.trim_end().ends_with(",6,4,2,50.00,46.67"), "{}", time.text);
    let excel = h.call("GET", "/reports/service/export?table=time&format=xlsx", Value::Null).await;
    assert_eq!(excel.text[..2], *"PK");
    for wrong in ["format=pdf", "table=people", "from=2020-01-01T00:00:00Z"] {
        let wrong = format!("/reports/service/export?{wrong}");
        assert_eq!(h.call("GET", &wrong, Value::Null).await.problem(422), "invalid");
    }

    // The same from the journal, by code that shares nothing with it.
    let played = h.post("/simulations", json!({})).await;
    let recorded = &played["recorded"]["queues"][office.queue.to_string()];
    for field in ["answered", "answered_within", "abandoned", "abandoned_within", "abandoned_short"]
    {
        assert_eq!(recorded["answers"][field], figures[field], "{field}: {recorded}");
    }
    assert_eq!(recorded["work"]["handled"], figures["results"]);
    assert_eq!(recorded["work"]["talk_ms"], 283_000);
    assert_eq!(recorded["answers"]["answered_wait_ms"], 280_000);

    // Held against another target, from then on and for what was.
    let target = json!({"service_target": {"percent": 75, "within_secs": 100, "short_secs": 0}});
    h.call("PATCH", &format!("/queues/{}", office.queue), target).await.expect(200);
    let report = h.get(&format!("/reports/service?queue={}", office.queue)).await;
    let queue = &report["queues"][0];
    assert_eq!(queue["figures"]["shares"]["service_level"]["hundredths"], 7_500);
    assert_eq!(queue["figures"]["abandoned_short"], 0);
    assert_eq!(queue["reached"], true);
    h.end().await;
}

#[tokio::test]
async fn a_day_is_divided_as_it_is_asked_for() {
    let h = Harness::new().await;
    let office = morning(&h).await;
    let parts = |report: &Value| {
        let parts = &report["parts"];
        (parts["interval"].clone(), parts["starts"].as_array().unwrap().len())
    };
    let day = "from=2026-03-01T18:30:00Z&to=2026-03-02T18:30:00Z";
    let report = h.get(&format!("/reports/service?{day}")).await;
    assert_eq!(parts(&report), (json!("hour"), 24));
    let report = h.get(&format!("/reports/service?{day}&interval=quarter")).await;
    assert_eq!(parts(&report), (json!("quarter"), 96));
    let month = "from=2026-02-28T18:30:00Z&to=2026-03-31T18:30:00Z";
    let report = h.get(&format!("/reports/service?{month}&interval=quarter")).await;
    assert_eq!(parts(&report), (json!("quarter"), 31 * 96));
    let quarters = h.get(&format!("/reports/service?{month}")).await;
    assert_eq!(parts(&quarters), (json!("day"), 31));
    assert_eq!(report["all"], quarters["all"]);
    for (wrong, status) in [
        ("from=2026-01-01T00:00:00Z&to=2026-12-01T00:00:00Z&interval=quarter", 422),
        ("from=2020-01-01T00:00:00Z", 422),
        ("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", 422),
        ("interval=minute", 422),
        ("queue=99", 404),
    ] {
        let wrong = h.call("GET", &format!("/reports/service?{wrong}"), Value::Null).await;
        assert_eq!(wrong.status, status, "{}", wrong.text);
    }
    let asha = h.token("agent", Some(office.agents[0])).await;
    for path in ["/reports/service", "/reports/service/export"] {
        let mine = h.call_as(&asha, "GET", path, Value::Null).await;
        assert_eq!(mine.problem(403), "forbidden");
    }
    for wrong in [
        json!({"percent": 0, "within_secs": 20, "short_secs": 5}),
        json!({"percent": 80, "within_secs": 0, "short_secs": 5}),
        json!({"percent": 80, "within_secs": 20, "short_secs": 86_401}),
    ] {
        let change = json!({"service_target": wrong});
        let wrong = h.call("PATCH", &format!("/queues/{}", office.queue), change).await;
        assert_eq!(wrong.problem(422), "invalid");
        assert_eq!(wrong.body["errors"][0]["field"], "service_target");
    }
    h.end().await;
}
