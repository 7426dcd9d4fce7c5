//! The live stream over real sockets: nothing missed, nothing twice, nothing that is not theirs.

use crate::auth::Caller;
use crate::live::{Guard, Place};
use crate::testing::Harness;
use axum::http::HeaderMap;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(address: &str, token: &str, query: &str) -> Result<Socket, Error> {
    let url = format!("ws://{address}/api/v1/live{query}");
    let mut request = url.into_client_request().unwrap();
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    Ok(connect_async(request).await?.0)
}

async fn next(socket: &mut Socket) -> Value {
    let bound = Duration::from_secs(20);
    loop {
        let frame = tokio::time::timeout(bound, socket.next()).await.expect("in time");
        match frame.expect("open").expect("sound") {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(_) => panic!("closed"),
            _ => {}
        }
    }
}

/// The events until the item of this number is submitted.
async fn until(socket: &mut Socket, item: u64) -> Vec<u64> {
    let mut seqs = Vec::new();
    loop {
        let message = next(socket).await;
        if message["type"] == "event" {
            seqs.push(message["seq"].as_u64().unwrap());
            if message["event"]["event"] == "submitted" && message["event"]["item"] == item {
                return seqs;
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_was_away_misses_nothing_and_hears_nothing_twice() {
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let address = h.listen().await;
    let lead = json!({"source": office.source});
    let mut socket = connect(&address, &h.admin, "").await.unwrap();
    let hello = next(&mut socket).await;
    assert_eq!(hello["type"], "hello");
    h.post("/items", lead.clone()).await;
    let first = until(&mut socket, 1).await;
    assert_eq!(first[0], hello["seq"].as_u64().unwrap() + 1);
    drop(socket);
    for _ in 0..20 {
        h.post("/items", lead.clone()).await;
    }
    let after = *first.last().unwrap();
    let mut socket = connect(&address, &h.admin, &format!("?after={after}")).await.unwrap();
    assert_eq!(next(&mut socket).await, json!({"type": "hello", "seq": after}));
    h.post("/items", lead.clone()).await;
    let rest = until(&mut socket, 22).await;
    let expected: Vec<u64> = (after + 1..=after + rest.len() as u64).collect();
    assert_eq!(rest, expected);
    let mut lost = connect(&address, &h.admin, "?after=999999").await.unwrap();
    assert_eq!(next(&mut lost).await["type"], "resync");
    h.end().await;
}

/// Lets time pass, second by second but no further than this, until the agent is not there any
/// more; gives the seconds.
async fn lapses(h: &Harness, agent: u64, at_most: u64) -> u64 {
    let waiting = async {
        let mut secs = 0;
        while h.get(&format!("/agents/{agent}")).await["present"] == true {
            if secs < at_most {
                h.advance(1);
                secs += 1;
            }
        }
        secs
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("lapses in time")
}

#[tokio::test]
async fn whoever_is_back_before_the_timeout_keeps_what_they_hold() {
    let h = Harness::new().await;
    let office = h.office(&["Asha", "Ben"]).await;
    let (asha, ben) = (office.agents[0], office.agents[1]);
    let address = h.listen().await;
    let token = h.token("agent", Some(asha)).await;
    for item in [1, 2] {
        let lead = h.post("/items", json!({"source": office.source})).await;
        assert_eq!((&lead["id"], &lead["agent"]), (&json!(item), &json!(item)));
    }
    let mut socket = connect(&address, &token, "").await.unwrap();
    next(&mut socket).await;
    let held = h.get("/items/1").await;
    drop(socket);
    // Both are silent for 80 of the 90 seconds, then Asha is heard again and Ben is not.
    for _ in 0..80 {
        h.advance(1);
        // A round trip each time, so that the node keeps pace.
        assert_eq!(h.get(&format!("/agents/{ben}")).await["present"], true);
    }
    let path = format!("/agents/{asha}/heartbeat");
    h.call_as(&token, "POST", &path, Value::Null).await.expect(204);
    assert!(lapses(&h, ben, 80).await >= 10);
    assert_eq!(h.get("/items/2").await["state"], "waiting");
    let now = h.get("/items/1").await;
    for field in ["state", "agent", "version"] {
        assert_eq!(now[field], held[field], "{field}");
    }
    let completed = json!({"version": held["version"], "disposition": "done"});
    h.call_as(&token, "POST", "/items/1/complete", completed).await.expect(200);
    // And the next is hers; until she is silent for too long herself.
    assert_eq!(h.get("/items/2").await["agent"], asha);
    lapses(&h, asha, 120).await;
    assert_eq!(h.get("/items/2").await["state"], "waiting");
    h.end().await;
}

#[tokio::test]
async fn an_agent_hears_only_of_their_own_items() {
    let h = Harness::new().await;
    let office = h.office(&["Asha", "Ben"]).await;
    let address = h.listen().await;
    let token = h.token("agent", Some(office.agents[1])).await;
    let mut socket = connect(&address, &token, "").await.unwrap();
    next(&mut socket).await;
    socket.send(Message::text(r#"{"type":"heartbeat"}"#)).await.unwrap();
    let lead = json!({"source": office.source});
    h.post("/items", lead.clone()).await;
    let second = h.post("/items", lead).await;
    let mine = next(&mut socket).await;
    assert_eq!((&mine["event"]["event"], &mine["event"]["item"]), (&json!("assigned"), &json!(2)));
    let body = json!({"version": second["version"]});
    h.post("/items/2/cancel", body).await;
    let gone = next(&mut socket).await;
    assert_eq!((&gone["event"]["event"], &gone["event"]["item"]), (&json!("cancelled"), &json!(2)));
    // The same again, from the journal.
    let after = mine["seq"].as_u64().unwrap();
    let mut socket = connect(&address, &token, &format!("?after={after}")).await.unwrap();
    next(&mut socket).await;
    assert_eq!(next(&mut socket).await["event"]["event"], "cancelled");
    h.end().await;
}

#[tokio::test]
async fn whoever_would_lapse_soon_is_pinged_sooner() {
    let h = Harness::new().await;
    h.call("PATCH", "/workspace", json!({"heartbeat_secs": 10})).await.expect(200);
    let address = h.listen().await;
    let mut socket = connect(&address, &h.admin, "").await.unwrap();
    let pinged = async {
        while let Some(frame) = socket.next().await {
            if matches!(frame.expect("sound"), Message::Ping(_)) {
                return;
            }
        }
        panic!("closed");
    };
    // Three pings are due until they lapse; the bound leaves room for a busy machine only.
    tokio::time::timeout(Duration::from_secs(9), pinged).await.expect("in time");
    h.end().await;
}

#[tokio::test]
async fn only_our_own_pages_and_known_callers_get_in() {
    let h = Harness::new().await;
    let address = h.listen().await;
    let refused = connect(&address, "fl_guess", "").await.unwrap_err();
    assert!(matches!(refused, Error::Http(answer) if answer.status() == 401));
    let plain = h.call("GET", "/live", Value::Null).await;
    assert_eq!(plain.problem(426), "upgrade_required");
    h.post("/agents", json!({"name": "Asha", "password": "a long one"})).await;
    let body = json!({"name": "asha", "password": "a long one"}).to_string();
    let request = axum::http::Request::post("/api/v1/session");
    let answer = h.send(request.body(axum::body::Body::from(body)).unwrap()).await;
    let cookie =
        answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    for (origin, status) in [("https://evil.example", 403), (&*format!("http://{address}"), 101)] {
        let mut request = format!("ws://{address}/api/v1/live").into_client_request().unwrap();
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        request.headers_mut().insert("origin", origin.parse().unwrap());
        let got = match connect_async(request).await {
            Ok((_, answer)) => answer.status().as_u16(),
            Err(Error::Http(answer)) => answer.status().as_u16(),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(got, status, "{origin}");
    }
    h.end().await;
}

#[tokio::test]
async fn server_sent_events_resume_by_their_id() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let h = Harness::new().await;
    let office = h.office(&["Asha"]).await;
    let address = h.listen().await;
    h.post("/items", json!({"source": office.source})).await;
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\nlast-event-id: 1\r\n\r\n",
        h.admin
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    let mut part = [0; 4096];
    while !text.contains("\"event\":\"assigned\"") {
        let read = tokio::time::timeout(Duration::from_secs(20), socket.read(&mut part));
        let read = read.await.expect("in time").unwrap();
        assert!(read > 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    assert!(text.contains("content-type: text/event-stream"), "{text}");
    assert!(text.contains("id: 1\ndata: {\"type\":\"hello\",\"seq\":1}"), "{text}");
    assert!(text.contains("id: 2\ndata: {\"type\":\"event\",\"seq\":2,"), "{text}");
    h.end().await;
}

#[tokio::test]
async fn a_stream_ends_with_what_it_began_with_and_places_are_counted() {
    let h = Harness::with(|config| config.limits.live_clients = 1).await;
    let made = h.post("/tokens", json!({"name": "x", "role": "supervisor"})).await;
    let token = made["token"].as_str().unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    let caller = Caller::of(&h.app, &headers, false).await.unwrap();
    let guard = Guard::new(h.app.clone(), caller, headers);
    assert!(guard.lets_in().await);
    let place = Place::take(&h.app).unwrap();
    let events = h.call("GET", "/events", Value::Null).await;
    assert_eq!(events.problem(429), "too_many_requests");
    drop(place);
    drop(Place::take(&h.app).unwrap());
    h.call("DELETE", &format!("/tokens/{}", made["id"]), Value::Null).await;
    assert!(!guard.lets_in().await);
    h.end().await;
}
