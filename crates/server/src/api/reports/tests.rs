//! Over HTTP: a desk's report against what was counted by hand.

use crate::testing::Harness;
use serde_json::{Value, json};

/// A desk whose agents pull, with three results of which one is coloured.
struct Desk {
    h: Harness,
    queue: u64,
    agents: Vec<(u64, String)>,
}

impl Desk {
    async fn open(h: Harness, names: &[&str], items: u64) -> Desk {
        let office = h.office(names).await;
        let dispositions = json!([
            {"name": "perfect", "label": "Perfect", "then": "close", "contacted": true, "won": true},
            {"name": "reject", "then": "close", "contacted": true},
            {"name": "no_answer", "then": "retry", "after_secs": 60, "max_attempts": 1}]);
        let queue =
            json!({"mode": {"mode": "pull"}, "undo_secs": 60, "dispositions": dispositions});
        h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
        let desk = json!({"results": {"perfect": {"colour": "ok"}}});
        let desk = json!({"version": 0, "desk": desk});
        h.call("PUT", &format!("/queues/{}/desk", office.queue), desk).await.expect(200);
        for _ in 0..items {
            h.post("/items", json!({"source": office.source})).await;
        }
        let mut agents = Vec::new();
        for id in office.agents {
            agents.push((id, h.token("agent", Some(id)).await));
        }
        Desk { h, queue: office.queue, agents }
    }

    async fn agent(&self, who: usize, method: &str, path: &str, body: Value) -> Value {
        self.h.call_as(&self.agents[who].1, method, path, body).await.expect(200)
    }

    async fn claim(&self, who: usize) -> Value {
        self.agent(who, "POST", "/claims", json!({"agent_id": self.agents[who].0})).await
    }

    async fn record(&self, who: usize, item: &Value, name: &str) {
        let body = json!({"version": item["version"], "disposition": name});
        self.agent(who, "POST", &format!("/items/{}/complete", item["id"]), body).await;
    }
}

async fn counted_by_hand(h: Harness) {
    let desk = Desk::open(h, &["Asha", "=Ben()"], 6).await;
    let first = desk.claim(0).await;
    desk.record(0, &first, "perfect").await;
    // Taken back, and recorded as something else.
    let second = desk.claim(0).await;
    desk.record(0, &second, "perfect").await;
    let again = desk.agent(0, "POST", &format!("/items/{}/undo", second["id"]), Value::Null).await;
    desk.record(0, &again, "reject").await;
    // Put with Ben, who reaches nobody; Asha's own result comes too late.
    let third = desk.claim(0).await;
    let path = format!("/items/{}", third["id"]);
    let to = json!({"version": third["version"], "agent": desk.agents[1].0, "note": "she left"});
    let moved = desk.h.post(&format!("{path}/reassign"), to).await;
    desk.record(1, &moved, "no_answer").await;
    let late = json!({"version": third["version"], "disposition": "perfect"});
    let late = desk.h.call_as(&desk.agents[0].1, "POST", &format!("{path}/complete"), late).await;
    assert_eq!(late.problem(409), "too_late");
    // Given back, and promised: no results.
    let fourth = desk.claim(1).await;
    let version = json!({"version": fourth["version"]});
    desk.agent(1, "POST", &format!("/items/{}/release", fourth["id"]), version).await;
    let fifth = desk.claim(0).await;
    let at =
        (desk.h.app.clock.now().timestamp() + jiff::SignedDuration::from_secs(900)).to_string();
    let promise = json!({"version": fifth["version"], "at": at, "promise": "anybody"});
    desk.agent(0, "POST", &format!("/items/{}/retry", fifth["id"]), promise).await;

    let report = desk.h.get("/reports/desk").await;
    let figures = |one: &Value| json!([one["results"], one["contacted"], one["won"]]);
    assert_eq!(figures(&report), json!([3, 2, 1]));
    let asha = &report["agents"][0];
    assert_eq!((&asha["name"], figures(asha)), (&json!("Asha"), json!([2, 2, 1])));
    assert_eq!((&asha["contact_rate"], &asha["results_per_hour"]), (&json!(1.0), &json!(2.0)));
    let ben = &report["agents"][1];
    assert_eq!((&ben["name"], figures(ben)), (&json!("=Ben()"), json!([1, 0, 0])));
    let of = |name: &str| {
        let all = report["dispositions"].as_array().unwrap();
        let one = all.iter().find(|one| one["disposition"] == name).unwrap();
        json!([one["label"], one["colour"], one["results"]])
    };
    assert_eq!(of("perfect"), json!(["Perfect", "ok", 1]));
    assert_eq!(of("reject"), json!(["reject", null, 1]));
    assert_eq!(of("no_answer"), json!(["no_answer", null, 1]));
    assert_eq!(report["latest"][0]["disposition"], "no_answer");
    assert_eq!(report["latest"].as_array().unwrap().len(), 3);
    let now = &report["progress"][0];
    let expected = [
        ("done", 2),
        ("total", 6),
        ("waiting", 2),
        ("in_hands", 0),
        ("scheduled", 2),
        ("call_backs", 1),
        ("overdue", 0),
    ];
    for (field, value) in expected {
        assert_eq!(now[field], json!(value), "{field}: {now}");
    }
    let queue = desk.queue;
    assert_eq!(
        desk.h.get(&format!("/reports/desk?queue={queue}")).await["agents"],
        report["agents"]
    );
    assert_eq!(
        desk.h.call("GET", "/reports/desk?queue=99", Value::Null).await.problem(404),
        "unknown_queue"
    );
    let before =
        desk.h.get("/reports/desk?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z").await;
    assert_eq!((figures(&before), &before["agents"]), (json!([0, 0, 0]), &json!([])));
    let long = desk.h.call("GET", "/reports/desk?from=2020-01-01T00:00:00Z", Value::Null).await;
    assert_eq!(long.problem(422), "invalid");

    let file = desk.h.call("GET", "/reports/desk/export", Value::Null).await;
    let name = "attachment; filename=\"report-agents.csv\"";
    assert_eq!(file.headers["content-disposition"], name);
    let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[1].ends_with(",Asha,2,2,1,100.0,1,2.0"), "{}", lines[1]);
    assert!(lines[2].ends_with(",'=Ben(),1,0,0,0.0,1,1.0"), "{}", lines[2]);
    let results = desk.h.call("GET", "/reports/desk/export?table=results", Value::Null).await;
    assert!(results.text.contains(",Leads,perfect,Perfect,1,1,1"), "{}", results.text);
    let excel = "/reports/desk/export?table=activity&format=xlsx";
    assert_eq!(desk.h.call("GET", excel, Value::Null).await.text[..2], *"PK");
    for wrong in ["format=pdf", "table=people"] {
        let wrong = format!("/reports/desk/export?{wrong}");
        assert_eq!(desk.h.call("GET", &wrong, Value::Null).await.problem(422), "invalid");
    }
    let agent = &desk.agents[0].1;
    for path in ["/reports/desk", "/reports/desk/export"] {
        assert_eq!(desk.h.call_as(agent, "GET", path, Value::Null).await.problem(403), "forbidden");
    }
    desk.h.end().await;
}

#[tokio::test]
async fn a_report_says_what_was_counted_by_hand() {
    counted_by_hand(Harness::new().await).await;
}

#[tokio::test]
async fn a_report_says_what_was_counted_by_hand_on_postgres() {
    counted_by_hand(Harness::postgres().await).await;
}

#[tokio::test]
async fn the_hour_that_comes_twice_is_shown_twice() {
    let h = Harness::new().await;
    h.call("PATCH", "/workspace", json!({"time_zone": "Europe/Berlin"})).await.expect(200);
    let queue = json!({"presence": "ignored"});
    let desk = Desk::open(h, &["Asha"], 3).await;
    desk.h.call("PATCH", &format!("/queues/{}", desk.queue), queue).await.expect(200);
    // Half past two before the clocks go back, half past two after it, half past three.
    for at in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"] {
        let at = at.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        desk.h.advance(u64::try_from((at - desk.h.app.clock.now().0) / 1000).unwrap());
        let item = desk.claim(0).await;
        desk.record(0, &item, "perfect").await;
    }
    desk.h.advance(22 * 3600);
    let day = "from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00Z";
    let report = desk.h.get(&format!("/reports/desk?{day}")).await;
    let activity = &report["activity"];
    assert_eq!(activity["interval"], "hour");
    let results = activity["results"].as_array().unwrap();
    assert_eq!(
        (results.len(), &results[1..6]),
        (25, json!([0, 1, 1, 1, 0]).as_array().unwrap().as_slice())
    );
    assert_eq!(activity["starts"][3], "2026-10-25T01:00:00.000Z");
    assert_eq!((&activity["clock"][2], &activity["clock"][3]), (&json!(2), &json!(1)));
    assert_eq!(report["agents"][0]["active_hours"], 3);
    let week = "from=2026-10-18T22:00:00Z&to=2026-10-25T23:00:00Z";
    let week = desk.h.get(&format!("/reports/desk?{week}")).await;
    let days = json!([0, 0, 0, 0, 0, 0, 3]);
    assert_eq!(
        (&week["activity"]["interval"], &week["activity"]["results"]),
        (&json!("day"), &days)
    );
    desk.h.end().await;
}
