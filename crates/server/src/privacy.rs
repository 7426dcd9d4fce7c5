//! No name, phone number, e-mail address or free text in the journal or in any log line.

use crate::testing::Harness;
use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

const SECRETS: [&str; 7] = [
    "Kavya",
    "9876543210",
    "kavya@example.com",
    "call me after",
    "Ashalata",
    "she was friendly",
    "zzyzx-pass",
];

/// Its own process under nextest, so the subscriber may be for all threads.
#[tokio::test]
async fn neither_journal_nor_logs_hold_anything_personal() {
    let lines = Lines::default();
    let logs = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    drop(tracing::subscriber::set_global_default(logs));
    let h = Harness::new().await;
    let office = h.office(&["Ashalata"]).await;
    h.post("/agents", json!({"name": "Ashalata B", "password": "zzyzx-pass"})).await;
    let lead = json!({"source": office.source,
        "contact": {"name": "Kavya Iyer", "phone": "+91 98765 43210", "email": "kavya@example.com"},
        "attributes": {"budget": 5, "message": "call me after six"}});
    let item = h.post("/items", lead).await;
    h.get("/items?phone=9876543210").await;
    let wrong = json!({"source": office.source, "contact": {"name": 7, "phone": "9876543210"}, "priority": "Kavya"});
    h.call("POST", "/items", wrong).await.problem(422);
    let body =
        json!({"version": item["version"], "disposition": "won", "note": "she was friendly"});
    h.post(&format!("/items/{}/complete", item["id"]), body).await;
    h.call("GET", "/items/Kavya", Value::Null).await.problem(404);
    let entries = h.app.store.events_since(h.workspace, 0, 1000).await.unwrap();
    assert!(entries.len() > 8);
    let journal: String =
        entries.iter().map(|e| serde_json::to_string(&e.event).unwrap() + "\n").collect();
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("answered"), "{logged}");
    for secret in SECRETS {
        assert!(!journal.contains(secret), "the journal holds {secret}");
        let line = logged.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "a log line holds {secret}: {line:?}");
    }
    h.end().await;
}
