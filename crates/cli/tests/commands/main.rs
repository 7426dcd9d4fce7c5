//! The commands of a lead desk, as its people and its cron use them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod desk;
mod import;
mod place;
mod sheet;

use desk::{Desk, program, said};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// A desk with Asha (META and GOOGLE) and Ben (META), and leads META, META, META, GOOGLE.
fn worked() -> Desk {
    let desk = Desk::open();
    desk.send("POST", "/agents", json!({"name": "Asha", "sources": [1, 2]}));
    desk.send("POST", "/agents", json!({"name": "Ben", "sources": [1]}));
    for source in ["META", "META", "META", "GOOGLE"] {
        desk.send("POST", "/items", json!({"source": source}));
    }
    desk
}

#[test]
fn setup_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let own = |args: &[&str]| -> Value {
        let output = program(folder.path()).args(args).arg("--json").output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let again = |made: &Value| {
        assert_eq!((&made["created"], &made["sources"]), (&json!(false), &json!([])));
        assert_eq!(made["id"], 1);
    };
    let first = own(&["setup", "--preset", "crm"]);
    assert_eq!((&first["created"], &first["id"]), (&json!(true), &json!(1)));
    assert_eq!(first["sources"].as_array().unwrap().len(), 2);
    let before = own(&["workspace", "list"]);
    again(&own(&["setup", "--preset", "crm"]));
    again(&own(&["setup", "--preset", "lead-desk", "--time-zone", "UTC", "--country", "US"]));
    assert_eq!(own(&["workspace", "list"]), before, "not an event more");
    // The same through a server that has work.
    let desk = worked();
    let (before, stats) = (desk.json(&["workspace", "list"]), desk.json(&["stats"]));
    again(&desk.json(&["setup", "--preset", "lead-desk"]));
    again(&desk.json(&["setup", "--preset", "qc-desk", "--time-zone", "UTC"]));
    assert_eq!(desk.json(&["workspace", "list"]), before);
    assert_eq!(desk.json(&["stats"])["agents"], stats["agents"]);
}

#[test]
fn a_workspace_that_was_there_is_put_where_its_preset_is() {
    let zone = |args: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| program(folder.path()).args(args).output().unwrap();
        said(&run(&["setup"]));
        said(&run(args));
        let all: Value =
            serde_json::from_slice(&run(&["workspace", "list", "--json"]).stdout).unwrap();
        all[0]["time_zone"].clone()
    };
    assert_eq!(zone(&["setup", "--preset", "crm"]), "Asia/Kolkata");
    let dubai = ["setup", "--preset", "crm", "--time-zone", "Asia/Dubai", "--country", "AE"];
    assert_eq!(zone(&dubai), "Asia/Dubai");
    assert_eq!(zone(&["setup", "--preset", "qc-desk"]), "UTC");
}

#[test]
fn figures_are_for_people_and_for_programs() {
    let desk = worked();
    let stats = said(&desk.run(&["stats"]));
    let asha = stats.lines().find(|line| line.contains("Asha")).unwrap();
    assert!(asha.contains("+05:30"), "{stats}");
    assert_eq!(desk.json(&["stats"])["agents"][0]["total"], 3);
    let fairness = said(&desk.run(&["fairness"]));
    assert!(
        fairness.contains("source GOOGLE") && fairness.contains("Ben had fewest"),
        "{fairness}"
    );
    let report = desk.json(&["fairness", "--to", "2020-01-01"]);
    assert_eq!(report["all"]["max"], 0.0);
    let turned = desk.run(&["fairness", "--from", "2020-01-02", "--to", "2020-01-01"]);
    assert!(!turned.status.success());
    assert!(String::from_utf8_lossy(&turned.stderr).contains("does not come after"), "{turned:?}");
    assert_eq!(desk.json(&["fairness"])["sources"][0]["agents"][0]["name"], "Ben");
    let board = said(&desk.run(&["monitor", "--once"]));
    assert!(board.contains("Asha") && board.contains("Newest assignments"), "{board}");
    let board = desk.json(&["monitor", "--once"]);
    assert_eq!(board["assignments"][0]["item"], 4);
    assert_eq!(board["configuration"]["dispatch"], "at_once");
    // There is no terminal here.
    let refused = desk.run(&["monitor"]);
    assert!(!refused.status.success() && refused.stdout.is_empty());
}

#[test]
fn the_history_of_assignments_is_exported() {
    let desk = worked();
    let csv = said(&desk.run(&["export", "assignments"]));
    let agents = |csv: &str| -> Vec<String> {
        csv.lines().skip(1).map(|line| line.split(',').nth(7).unwrap().to_owned()).collect()
    };
    assert_eq!(agents(&csv), ["Asha", "Asha", "Ben", "Asha"]);
    let google = said(&desk.run(&["export", "assignments", "--source", "google"]));
    assert_eq!(agents(&google), ["Asha"]);
    let ben = said(&desk.run(&["export", "assignments", "--agent", "Ben", "--from", "2020-01-01"]));
    assert_eq!(agents(&ben), ["Ben"]);
    assert!(agents(&said(&desk.run(&["export", "assignments", "--to", "2020-01-01"]))).is_empty());
    let file = desk.path("history.xlsx");
    let wrote = desk.run(&["export", "assignments", file.to_str().unwrap()]);
    assert!(wrote.status.success(), "{wrote:?}");
    assert!(std::fs::read(&file).unwrap().starts_with(b"PK"));
    assert_eq!(desk.json(&["export", "assignments"]).as_array().unwrap().len(), 4);
    let nobody = desk.run(&["export", "assignments", "--agent", "Zed", file.to_str().unwrap()]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("there is no agent “Zed”"));
}

#[test]
fn verify_says_by_its_exit_code_whether_all_is_in_order() {
    let desk = Desk::open();
    let found = desk.run(&["verify"]);
    assert_eq!(found.status.code(), Some(1));
    assert!(said(&found).contains("source “META”: no active agent serves it"), "{found:?}");
    desk.send("POST", "/agents", json!({"name": "Asha", "sources": [1, 2, 3]}));
    let sound = desk.run(&["verify", "--audit"]);
    assert_eq!(sound.status.code(), Some(0), "{sound:?}");
    assert!(said(&sound).contains("zone Asia/Kolkata (+05:30 now)"), "{sound:?}");
}

#[test]
fn waiting_leads_are_matched_by_trigger_and_by_the_worker() {
    let desk = worked();
    desk.send("PATCH", "/workspace", json!({"dispatch": "by_worker"}));
    let lead = |source: &str| drop(desk.send("POST", "/items", json!({"source": source})));
    ["META", "META", "GOOGLE"].into_iter().for_each(lead);
    assert_eq!(said(&desk.run(&["trigger", "--source", "1", "--max", "1"])), "1 assigned\n");
    assert_eq!(said(&desk.run(&["trigger", "--source", "META"])), "1 assigned\n");
    assert_eq!(desk.json(&["trigger"])["matched"], 1);
    assert_eq!(said(&desk.run(&["worker", "--once"])), "0 assigned\n");

    // In a scheduled workflow it runs once by itself, and takes no more than it may.
    (0..3).for_each(|_| lead("META"));
    let mut workflow = desk.program();
    workflow.arg("worker").env("GITHUB_ACTIONS", "true").env("MAX_LEADS_PER_BATCH", "2");
    let ran = workflow.output().unwrap();
    assert_eq!((ran.status.code(), said(&ran).as_str()), (Some(0), "2 assigned\n"));

    // A variable that was never set comes as an empty one.
    let mut unset = desk.program();
    unset.args(["worker", "--once"]).env("CHECK_INTERVAL", "").env("MAX_LEADS_PER_BATCH", "");
    let ran = unset.output().unwrap();
    assert_eq!((ran.status.code(), said(&ran).as_str()), (Some(0), "1 assigned\n"));

    let unknown = desk.run(&["worker", "--once", "--source", "NOWHERE"]);
    assert_eq!(unknown.status.code(), Some(1), "{unknown:?}");
}

#[test]
fn who_is_not_to_be_called_is_kept_from_the_command_line() {
    let desk = Desk::open();
    let lead = || json!({"source": "FILE", "contact": {"phone": "98765 43210"}});
    let waits = desk.send("POST", "/items", lead());
    let list = |args: &[&str]| desk.json(&[&["do-not-call"], args].concat());
    let added = list(&["add", "+919876543210", "--category", "loans"]);
    assert_eq!((&added["category"], &added["medium"]), (&json!("loans"), &json!("all")));
    let file = desk.path("register.csv");
    std::fs::write(&file, "Name,Mobile\nA,9876543210\nB,9876543211\nC,ask Ravi\n").unwrap();
    let done = said(&desk.run(&["do-not-call", "import", file.to_str().unwrap()]));
    assert!(done.contains("register.rejected.csv"), "{done}");
    let rejected = std::fs::read_to_string(desk.path("register.rejected.csv")).unwrap();
    assert_eq!(rejected, "\u{feff}row,text\r\n4,ask Ravi\r\n");
    let shown = said(&desk.run(&["do-not-call", "list", "--origin", "import"]));
    assert!(shown.contains("import") && !shown.contains("98765"), "{shown}");
    let entries = list(&["check", "98765 43210"])["entries"].clone();
    assert_eq!(entries.as_array().unwrap().len(), 2);
    let state = || desk.json(&["do-not-call", "list"]).as_array().unwrap().len();
    assert_eq!(state(), 3);
    for entry in entries.as_array().unwrap() {
        desk.json(&["do-not-call", "remove", &entry["id"].to_string()]);
    }
    assert_eq!(list(&["check", "98765 43210"])["listed"], false);
    let gone = desk.run(&["do-not-call", "remove", "99"]);
    assert_eq!(gone.status.code(), Some(1), "{gone:?}");
    assert_eq!(waits["state"], "waiting");
}

#[test]
fn a_worker_ends_cleanly_when_it_is_asked_to() {
    let desk = worked();
    desk.send("PATCH", "/workspace", json!({"dispatch": "by_worker"}));
    for signal in ["-TERM", "-INT"] {
        desk.send("POST", "/items", json!({"source": "META"}));
        let mut worker = desk
            .program()
            .arg("worker")
            .env("CHECK_INTERVAL", "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(worker.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "1 assigned");
        // The next pass finds what has come since.
        desk.send("POST", "/items", json!({"source": "META"}));
        assert_eq!(lines.next().unwrap().unwrap(), "1 assigned");
        let pid = worker.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(worker.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_worker_finds_the_server_again_that_has_come_in_the_place_of_the_one_it_knew() {
    let mut desk = worked();
    desk.send("PATCH", "/workspace", json!({"dispatch": "by_worker"}));
    desk.send("POST", "/items", json!({"source": "META"}));
    let mut worker = desk
        .program()
        .arg("worker")
        .env("CHECK_INTERVAL", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(worker.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "1 assigned");
    desk.restart();
    desk.send("POST", "/items", json!({"source": "META"}));
    assert_eq!(lines.next().unwrap().unwrap(), "1 assigned");
    // Another workspace, and another name for the first, do not lead it astray.
    let zone = ["--time-zone", "UTC", "--country", "IN"];
    desk.json(&[&["workspace", "create", "two"], &zone[..]].concat());
    desk.send("PATCH", "/workspace", json!({"name": "renamed"}));
    desk.restart();
    desk.send("POST", "/items", json!({"source": "META"}));
    assert_eq!(lines.next().unwrap().unwrap(), "1 assigned");
    let pid = worker.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(worker.wait().unwrap().code(), Some(0));
}

#[test]
fn a_worker_outlasts_a_server_that_is_away() {
    let desk = Desk::open();
    let nowhere = ["--server", "http://127.0.0.1:1", "--token", "flt_none", "worker"];
    let once = desk.program().args(nowhere).arg("--once").output().unwrap();
    assert_eq!(once.status.code(), Some(1), "{once:?}");
    let mut worker = desk
        .program()
        .args(nowhere)
        .env("CHECK_INTERVAL", "1")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The question about the workspace, and two passes.
    let lines = BufReader::new(worker.stderr.take().unwrap()).lines();
    let said: Vec<String> = lines.take(3).map(Result::unwrap).collect();
    assert!(said.iter().all(|line| line.contains("127.0.0.1:1")), "{said:?}");
    let pid = worker.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(worker.wait().unwrap().code(), Some(0));
}

#[test]
fn the_desk_link_and_pins_are_handed_out() {
    let desk = worked();
    let none = desk.run(&["desk-link", "show"]);
    assert!(!none.status.success() && none.stdout.is_empty());
    assert!(String::from_utf8_lossy(&none.stderr).contains("desk-link renew"), "{none:?}");
    let made = said(&desk.run(&["desk-link", "renew"]));
    assert!(made.starts_with("http://127.0.0.1:") && made.contains("/desk#"), "{made}");
    assert_eq!(said(&desk.run(&["desk-link", "show"])), made);
    let pin = said(&desk.run(&["pin", "set", "asha"]));
    let link = made.trim().split_once('#').unwrap().1;
    let sign_in = |pin: &str| {
        let body = json!({"link": link, "agent": 1, "secret": pin});
        desk.send("POST", "/desk/sign-in", body)["user"]["name"].clone()
    };
    assert_eq!(sign_in(pin.trim()), "Asha");
    let other = desk.json(&["pin", "set", "1"])["pin"].as_str().unwrap().to_owned();
    assert_eq!(sign_in(&other), "Asha");
    assert!(said(&desk.run(&["pin", "remove", "Asha"])).contains("Asha has no PIN"));
    let unknown = desk.run(&["pin", "set", "Zoe"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no agent “Zoe”"), "{unknown:?}");
    assert!(desk.run(&["desk-link", "withdraw"]).status.success());
    assert!(!desk.run(&["desk-link", "show"]).status.success());
}
