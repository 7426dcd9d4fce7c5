//! First starts on a database that nobody has used yet, all at once.

use crate::BOUND;
use crate::client::Client;
use crate::process::{Node, fairlead, postgres, run};
use serde_json::{Value, json};
use std::thread;
use std::time::Instant;

/// Waits until the list is this one: a node hears a little later of what another has made.
async fn becomes(client: &mut Client, path: &str, names: &[&str]) {
    let deadline = Instant::now() + BOUND;
    loop {
        let list = client.get(path).await.unwrap();
        let items = list["items"].as_array().unwrap();
        if items.iter().map(|one| &one["name"]).eq(names) {
            return;
        }
        assert!(Instant::now() < deadline, "{path}: {list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_presets_that_are_set_up_at_once_at_several_nodes_one_is() {
    let url = postgres("presets").await;
    let starts = [(); 2].map(|()| {
        let url = url.clone();
        thread::spawn(move || Node::start(&url, 0))
    });
    let nodes = starts.map(|start| start.join().expect("both start, and one makes the workspace"));
    let token = fairlead(&url, &["token", "create", "t", "--role", "admin"]);
    let [mut one, mut other] = nodes.each_ref().map(|n| Client::new(&n.address, token.trim()));
    let (lead_desk, crm) = (json!({"preset": "lead-desk"}), json!({"preset": "crm"}));
    let set_up = "/workspace/preset";
    let (a, b) = tokio::join!(one.post(set_up, &lead_desk, None), other.post(set_up, &crm, None));
    let sources = match (a, b) {
        (Ok(_), Err(no)) if no.contains("not_empty") => ["META", "GOOGLE", "FILE"].as_slice(),
        (Err(no), Ok(_)) if no.contains("not_empty") => &["Website", "File"],
        answers => panic!("one is set up, the other is refused: {answers:?}"),
    };
    becomes(&mut one, "/queues", &["Leads"]).await;
    becomes(&mut one, "/sources", sources).await;
    nodes.into_iter().for_each(Node::stop);
}

#[tokio::test(flavor = "multi_thread")]
async fn setup_may_run_many_times_at_once() {
    let url = postgres("setups").await;
    let server = {
        let url = url.clone();
        thread::spawn(move || Node::start(&url, 0))
    };
    let args = ["setup", "--workspace", "main", "--preset", "lead-desk", "--json"];
    let runs = [(); 4].map(|()| {
        let url = url.clone();
        thread::spawn(move || run(&url, &args))
    });
    let mut secrets = 0;
    for ran in runs.map(|ran| ran.join().unwrap()) {
        assert!(ran.status.success(), "{ran:?}");
        let made: Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(made["id"], 1);
        secrets += made["sources"].as_array().unwrap().len();
    }
    assert_eq!(secrets, 3, "one has furnished it");
    let node = server.join().expect("the server starts");
    let token = fairlead(&url, &["token", "create", "t", "--role", "admin"]);
    let mut client = Client::new(&node.address, token.trim());
    becomes(&mut client, "/queues", &["Leads"]).await;
    becomes(&mut client, "/sources", &["META", "GOOGLE", "FILE"]).await;
    node.stop();
}
