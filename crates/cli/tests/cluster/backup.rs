//! `fairlead backup` and `restore`: beside a running server, and without one.

use crate::client::Client;
use crate::process::{Node, fairlead, run};
use crate::{eventually, furnish};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The state of each workspace, as bytes, with its seq.
async fn state(url: &str) -> Vec<(String, u64, String)> {
    let store = store::open(url, store::Options::default()).await.unwrap();
    let mut all = Vec::new();
    for row in store.workspaces().await.unwrap() {
        let loaded = store.load(row.id).await.unwrap();
        let canonical = format!("{:?}", routing::State::restore(loaded.facts).canonical());
        all.push((row.name, loaded.seq, canonical));
    }
    store.close().await;
    all
}

/// What a command that must fail says.
fn refused(url: &str, args: &[&str]) -> String {
    let output = run(url, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().unwrap().permissions().mode() & 0o777 == 0o600
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_brings_back_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let url = format!("sqlite:{}", at("live.db"));
    let node = Node::start(&url, 0);
    let token = furnish(&url, &node.address, "busy", json!({"mode": "push"})).await;
    let (ends, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let load = tokio::spawn({
        let (ends, sent, mut client) =
            (ends.clone(), sent.clone(), Client::new(&node.address, &token));
        async move {
            while !ends.load(Ordering::Relaxed) {
                let number = sent.fetch_add(1, Ordering::Relaxed);
                let contact = json!({"phone": format!("+9198{number:08}")});
                let lead = json!({"source": "web", "contact": contact});
                client.post("/items", &lead, None).await.unwrap();
            }
        }
    });
    eventually("work goes on", async || sent.load(Ordering::Relaxed) > 100).await;
    let made = tokio::task::spawn_blocking({
        let (url, copy) = (url.clone(), at("copy.db"));
        move || fairlead(&url, &["--json", "backup", &copy])
    });
    let made: Value = serde_json::from_str(&made.await.unwrap()).unwrap();
    let then = sent.load(Ordering::Relaxed);
    eventually("work went on", async || sent.load(Ordering::Relaxed) > then).await;
    ends.store(true, Ordering::Relaxed);
    load.await.unwrap();
    assert!(is_private(Path::new(&at("copy.db"))));
    // A name that is taken is not taken over by accident, nor a database that somebody has open.
    assert!(refused(&url, &["backup", &at("copy.db")]).contains("--force"));
    assert!(refused(&url, &["restore", &at("copy.db")]).contains("belongs to another running"));
    node.stop();

    let before = state(&url).await;
    let copied = state(&format!("sqlite:{}", at("copy.db"))).await;
    let busy = copied.iter().find(|(name, ..)| name == "busy").unwrap();
    let said = made["workspaces"].as_array().unwrap().iter().find(|w| w["name"] == "busy");
    assert_eq!(said.unwrap()["events"], busy.1);
    assert!(before.iter().any(|(name, seq, _)| name == "busy" && *seq > busy.1));

    let restored: Value =
        serde_json::from_str(&fairlead(&url, &["--json", "restore", &at("copy.db")])).unwrap();
    assert_eq!(state(&url).await, copied);
    let kept = format!("sqlite:{}", restored["kept"].as_str().unwrap());
    assert_eq!(state(&kept).await, before);
    // And it is served again.
    let node = Node::start(&url, 0);
    fairlead(&url, &["--workspace", "busy", "verify", "--audit"]);
    node.stop();
    // Without a server a copy of it is the same.
    std::fs::write(at("again.db"), "of yesterday").unwrap();
    fairlead(&url, &["backup", "--force", &at("again.db")]);
    assert_eq!(state(&format!("sqlite:{}", at("again.db"))).await, state(&url).await);
    // But no database is taken for yesterday's copy.
    assert!(refused(&url, &["backup", "--force", &at("live.db")]).contains("in use"));
}

#[test]
fn what_cannot_be_copied_or_put_back_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let url = format!("sqlite:{}", at("none.db"));
    assert!(refused(&url, &["backup", &at("copy.db")]).contains("none.db"));
    assert!(!Path::new(&at("none.db")).exists() && !Path::new(&at("copy.db")).exists());
    std::fs::write(at("letter.txt"), "Dear all, this is not a database.").unwrap();
    let said = refused(&url, &["restore", &at("letter.txt")]);
    assert!(said.contains("letter.txt") && said.contains("not a SQLite database"), "{said}");
    let postgres = "postgres://nobody@127.0.0.1:1/none";
    for args in [["backup", &at("copy.db")], ["restore", &at("letter.txt")]] {
        assert!(refused(postgres, &args).contains("pg_dump"), "{args:?}");
    }
    let elsewhere = ["--server", "http://127.0.0.1:1", "restore", &at("letter.txt")];
    assert!(refused(&url, &elsewhere).contains("leave out --server"));
}
