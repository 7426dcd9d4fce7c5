//! Over HTTP: the link, the list, and who gets in by it.

use crate::testing::{Answer, Harness};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

/// As a browser that nobody is signed in on.
async fn anybody(h: &Harness, path: &str, body: Value) -> Answer {
    let request = Request::post(format!("/api/v1{path}"));
    h.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn link(h: &Harness) -> String {
    let made = h.call("PUT", "/desk-link", Value::Null).await.expect(200);
    made["path"].as_str().unwrap().strip_prefix("/desk#").unwrap().to_owned()
}

async fn try_in(h: &Harness, link: &str, agent: &Value, secret: &str) -> Answer {
    anybody(h, "/desk/sign-in", json!({"link": link, "agent": agent, "secret": secret})).await
}

/// An agent with this PIN, if any.
async fn agent(h: &Harness, name: &str, pin: Option<&str>) -> Value {
    let id = h.post("/agents", json!({"name": name})).await["id"].clone();
    if let Some(pin) = pin {
        let set = h.call("PUT", &format!("/agents/{id}/pin"), json!({"pin": pin})).await;
        assert_eq!(set.expect(200)["pin"], Value::Null);
    }
    id
}

/// The cookie of a session, and the word against forged requests.
fn session(answer: &Answer) -> (String, String) {
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (cookie, answer.body["csrf"].as_str().unwrap().to_owned())
}

async fn is_in(h: &Harness, cookie: &str) -> bool {
    let request = Request::get("/api/v1/session").header("cookie", cookie);
    h.send(request.body(Body::empty()).unwrap()).await.status == 200
}

#[tokio::test]
async fn the_link_is_made_shown_renewed_and_withdrawn() {
    for h in [Harness::new().await, Harness::postgres().await] {
        let nothing = json!({"path": null, "made_at": null});
        assert_eq!(h.get("/desk-link").await, nothing);
        let first = link(&h).await;
        assert_eq!(first.len(), 40);
        assert_eq!(h.get("/desk-link").await["path"], format!("/desk#{first}"));
        let open = async |link: &str| anybody(&h, "/desk/people", json!({"link": link})).await;
        assert_eq!(open(&first).await.expect(200), json!({"workspace": "test", "people": []}));
        let second = link(&h).await;
        assert_eq!(open(&first).await.problem(404), "unknown_link");
        open(&second).await.expect(200);
        let agents = h.token("agent", agent(&h, "Asha", None).await.as_u64()).await;
        for method in ["GET", "PUT", "DELETE"] {
            let refused = h.call_as(&agents, method, "/desk-link", Value::Null).await;
            assert_eq!(refused.problem(403), "forbidden", "{method}");
        }
        assert_eq!(h.call("DELETE", "/desk-link", Value::Null).await.status, 204);
        assert_eq!(open(&second).await.problem(404), "unknown_link");
        assert_eq!(h.get("/desk-link").await, nothing);
        let audit = h.get("/audit?object=desk_link").await;
        let acts: Vec<&Value> =
            audit["items"].as_array().unwrap().iter().map(|e| &e["act"]).collect();
        assert_eq!(acts, ["desk_link_withdrawn", "desk_link_made", "desk_link_made"]);
        assert!(!audit.to_string().contains(&second));
        h.end().await;
    }
}

#[tokio::test]
async fn the_list_has_those_who_can_sign_in_and_nobody_above_an_agent() {
    let h = Harness::new().await;
    let link = link(&h).await;
    let list = async || {
        let list = anybody(&h, "/desk/people", json!({"link": link})).await.expect(200);
        let people = list["people"].as_array().unwrap().iter();
        people.map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let asha = agent(&h, "asha", Some("4829")).await;
    agent(&h, "Nobody yet", None).await;
    let wang = agent(&h, "王芳", Some("4829")).await;
    agent(&h, "王芳", Some("5930")).await;
    for (name, role) in [("Ben", "agent"), ("Boss", "admin"), ("Lead", "supervisor")] {
        h.post("/agents", json!({"name": name, "password": "a long one", "role": role})).await;
    }
    assert_eq!(list().await, ["asha", "Ben", "王芳", "王芳"]);
    h.call("DELETE", &format!("/agents/{asha}"), Value::Null).await.expect(200);
    h.call("DELETE", &format!("/agents/{wang}/pin"), Value::Null).await;
    assert_eq!(list().await, ["Ben", "王芳"]);
    // A password, for one who had a PIN alone: they have the name of their own then.
    let path = format!("/agents/{wang}");
    assert_eq!(h.get(&path).await["login"], Value::Null);
    let above = h.call("PATCH", &path, json!({"role": "supervisor"})).await;
    assert_eq!(above.body["errors"][0]["field"], "password");
    let changed = h.call("PATCH", &path, json!({"password": "a long one"})).await.expect(200);
    assert_eq!((&changed["login"]["role"], &changed["pin"]), (&json!("agent"), &json!(false)));
    let body = json!({"name": "王芳", "password": "a long one"});
    anybody(&h, "/session", body).await.expect(200);
    for boss in ["6", "7"] {
        let refused = h.call("PUT", &format!("/agents/{boss}/pin"), json!({})).await;
        assert_eq!(refused.body["errors"][0]["field"], "pin", "{}", refused.text);
        let agent: Value = boss.parse::<u64>().unwrap().into();
        let kept_out = try_in(&h, &link, &agent, "a long one").await;
        assert_eq!(kept_out.problem(401), "unauthorized");
    }
    h.end().await;
}

#[tokio::test]
async fn a_pin_counts_with_the_link_alone() {
    for h in [Harness::new().await, Harness::postgres().await] {
        let link = link(&h).await;
        let asha = agent(&h, "Asha", Some("4829")).await;
        for name in ["asha", "asha #1"] {
            for password in ["4829", ""] {
                let body = json!({"name": name, "password": password});
                assert_eq!(anybody(&h, "/session", body).await.problem(401), "unauthorized");
            }
        }
        assert_eq!(try_in(&h, "guessed", &asha, "4829").await.problem(404), "unknown_link");
        let signed_in = try_in(&h, &link, &asha, "4829").await;
        let (cookie, _) = session(&signed_in);
        let user = &signed_in.body["user"];
        assert_eq!((&user["name"], &user["agent_id"]), (&json!("Asha"), &asha));
        assert!(signed_in.headers["set-cookie"].to_str().unwrap().contains("HttpOnly"));
        // A password counts there too.
        let ben = json!({"name": "Ben", "password": "a long one"});
        let ben = h.post("/agents", ben).await["id"].clone();
        try_in(&h, &link, &ben, "a long one").await.expect(200);
        // A renewed link lets nobody else in, and throws nobody out.
        h.call("PUT", "/desk-link", Value::Null).await.expect(200);
        assert_eq!(try_in(&h, &link, &asha, "4829").await.problem(404), "unknown_link");
        assert!(is_in(&h, &cookie).await);
        h.call("DELETE", &format!("/agents/{asha}"), Value::Null).await.expect(200);
        assert!(!is_in(&h, &cookie).await);
        h.end().await;
    }
}

#[tokio::test]
async fn wrong_tries_pause_longer_and_longer_for_one_agent_and_for_no_colleague() {
    let mut h = Harness::new().await;
    let link = link(&h).await;
    let asha = agent(&h, "Asha", Some("4829")).await;
    let ben = agent(&h, "Ben", Some("5930")).await;
    for pause in [60, 120, 240] {
        for n in 1..=5 {
            let wrong = try_in(&h, &link, &asha, "0001").await;
            assert_eq!(wrong.problem(401), "unauthorized");
            let last = wrong.headers.get("retry-after").map(|v| v.to_str().unwrap().to_owned());
            assert_eq!(last, (n == 5).then(|| pause.to_string()), "{n}");
        }
        // The count outlasts the node; the right PIN does not help either.
        h = h.restart().await;
        let paused = try_in(&h, &link, &asha, "4829").await;
        assert_eq!(paused.problem(429), "too_many_requests");
        assert_eq!(paused.headers["retry-after"], pause.to_string());
        try_in(&h, &link, &ben, "5930").await.expect(200);
        h.advance(pause);
    }
    try_in(&h, &link, &asha, "4829").await.expect(200);
    // Whoever got in begins anew; and so does who is given another PIN.
    for _ in 0..5 {
        try_in(&h, &link, &asha, "0001").await.problem(401);
    }
    assert_eq!(try_in(&h, &link, &asha, "4829").await.headers["retry-after"], "60");
    let path = format!("/agents/{asha}/pin");
    let made = h.call("PUT", &path, json!({})).await.expect(200)["pin"].clone();
    try_in(&h, &link, &asha, made.as_str().unwrap()).await.expect(200);
    h.end().await;
}

#[tokio::test]
async fn who_goes_through_the_list_from_one_address_waits_too() {
    let h = Harness::new().await;
    let link = link(&h).await;
    let asha = agent(&h, "Asha", Some("4829")).await;
    // Some are of the list, some are not.
    for n in 0..50 {
        let wrong = try_in(&h, &link, &json!(100 + n), "0001").await;
        assert_eq!(wrong.problem(401), "unauthorized", "{n}");
    }
    assert_eq!(try_in(&h, &link, &asha, "4829").await.problem(429), "too_many_requests");
    h.advance(60);
    try_in(&h, &link, &asha, "4829").await.expect(200);
    h.end().await;
}

#[tokio::test]
async fn a_new_pin_ends_other_sessions_and_agents_change_their_own() {
    let h = Harness::new().await;
    let link = link(&h).await;
    let asha = agent(&h, "Asha", Some("4829")).await;
    let ben = agent(&h, "Ben", Some("5930")).await;
    let here = try_in(&h, &link, &asha, "4829").await;
    let there = session(&try_in(&h, &link, &asha, "4829").await).0;
    let (cookie, csrf) = session(&here);
    let change = async |agent: &Value, body: Value| {
        let request = Request::put(format!("/api/v1/agents/{agent}/pin"))
            .header("cookie", &cookie)
            .header("x-fairlead-csrf", &csrf);
        h.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    for (body, field) in [
        (json!({"pin": "6041"}), "current"),
        (json!({"pin": "6041", "current": "1234"}), "current"),
        (json!({"pin": "1234", "current": "4829"}), "pin"),
    ] {
        let refused = change(&asha, body).await;
        assert_eq!(refused.problem(422), "invalid");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    let others = change(&ben, json!({"pin": "6041", "current": "5930"})).await;
    assert_eq!(others.problem(403), "forbidden");
    change(&asha, json!({"pin": "6041", "current": "4829"})).await.expect(200);
    assert_eq!((is_in(&h, &cookie).await, is_in(&h, &there).await), (true, false));
    try_in(&h, &link, &asha, "6041").await.expect(200);
    assert_eq!(try_in(&h, &link, &asha, "4829").await.problem(401), "unauthorized");
    h.call("PUT", &format!("/agents/{asha}/pin"), json!({"pin": "7152"})).await.expect(200);
    assert!(!is_in(&h, &cookie).await);
    let audit = h.get("/audit?act=pin_set").await;
    assert_eq!(audit["items"].as_array().unwrap().len(), 4);
    assert_eq!(audit["items"][0]["text"], "Asha got a PIN.");
    assert!(!audit.to_string().contains("7152"));
    let unknown = h.call("PUT", "/agents/99/pin", json!({})).await;
    assert_eq!(unknown.problem(404), "unknown_agent");
    h.end().await;
}
