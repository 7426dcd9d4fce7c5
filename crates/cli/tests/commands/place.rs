//! Where a command works: in a database that is there, and a workspace that is clear.

use crate::desk::{Desk, program, said};
use serde_json::{Value, json};
use std::process::{Output, Stdio};

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_command_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let number = ["do-not-call", "check", "98765 43210"];
    for args in [
        &["verify", "--audit"][..],
        &["stats"],
        &["trigger"],
        &["worker", "--once"],
        &["export", "assignments"],
        &["token", "create", "cron"],
        &["workspace", "list"],
        &number,
    ] {
        let ran = program(&nowhere).current_dir(folder.path()).args(args).output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{args:?}: {ran:?}");
        let said = complained(&ran);
        assert!(said.contains("no Fairlead database at") && said.contains("nowhere"), "{said}");
        assert!(said.contains("fairlead setup") && said.contains("--server"), "{said}");
        assert!(!nowhere.exists(), "{args:?}");
    }
    // A scheduled workflow whose secrets were never set.
    let mut workflow = program(&nowhere);
    workflow.current_dir(folder.path()).arg("worker").env("GITHUB_ACTIONS", "true");
    for unset in ["FAIRLEAD_SERVER", "FAIRLEAD_TOKEN", "FAIRLEAD_DATABASE_URL"] {
        workflow.env(unset, "");
    }
    assert_eq!(workflow.output().unwrap().status.code(), Some(1));
    assert!(!nowhere.exists());
    // What is there to make one does.
    let made = program(&nowhere)
        .current_dir(folder.path())
        .args(["workspace", "create", "acme", "--time-zone", "Asia/Kolkata", "--country", "IN"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let all = program(&nowhere).current_dir(folder.path()).args(["workspace", "list"]).output();
    assert!(said(&all.unwrap()).contains("acme"));
}

#[test]
fn of_several_workspaces_none_is_taken_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| program(folder.path()).args(args).output().unwrap();
    for name in ["acme", "globex"] {
        let made = run(&["setup", "--workspace", name, "--preset", "lead-desk"]);
        assert!(made.status.success(), "{made:?}");
    }
    let file = folder.path().join("leads.csv");
    std::fs::write(&file, "Name,Phone\nA,9876543210\n").unwrap();
    let import = ["import", file.to_str().unwrap(), "--source", "META"];
    for args in [&["stats"][..], &["trigger"], &import, &["setup", "--preset", "crm"]] {
        let ran = run(args);
        assert_eq!(ran.status.code(), Some(1), "{args:?}: {ran:?}");
        assert!(complained(&ran).contains("acme, globex"), "{args:?}: {ran:?}");
    }
    let imported = run(&[&import[..], &["--workspace", "globex"]].concat());
    assert!(imported.status.success(), "{imported:?}");
    // The tables are everybody's; and what is verified is all, each by its name.
    let tables = run(&["setup"]);
    assert!(said(&tables).contains("acme, globex"), "{tables:?}");
    let verified = run(&["verify", "--audit", "--json"]);
    let verified: Value = serde_json::from_slice(&verified.stdout).unwrap();
    let names: Vec<&Value> =
        verified["workspaces"].as_array().unwrap().iter().map(|one| &one["workspace"]).collect();
    assert_eq!(names, [&json!("acme"), &json!("globex")]);
    let events = |at: usize| verified["workspaces"][at]["audited_events"].as_u64().unwrap();
    assert!(events(1) > events(0), "{verified}");
    let text = said(&run(&["verify"]));
    assert!(text.contains("Workspace “acme”:") && text.contains("Workspace “globex”:"), "{text}");
    let one = run(&["verify", "--audit", "--json", "--workspace", "acme"]);
    let one: Value = serde_json::from_slice(&one.stdout).unwrap();
    assert_eq!(one["audited_events"], events(0));
}

#[test]
fn setup_says_what_it_does_not_change() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| program(folder.path()).args(args).output().unwrap();
    let wrong = run(&["setup", "--time-zone", "Mars/Base"]);
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
    assert!(complained(&wrong).contains("IANA"), "{wrong:?}");
    assert!(run(&["setup", "--time-zone", "Asia/Kolkata", "--country", "IN"]).status.success());
    let same = run(&["setup", "--time-zone", "Asia/Kolkata"]);
    assert!(same.status.success() && complained(&same).is_empty(), "{same:?}");
    let other = run(&["setup", "--time-zone", "Europe/Berlin", "--country", "DE"]);
    assert!(other.status.success(), "{other:?}");
    let says = complained(&other);
    for part in
        ["--time-zone Europe/Berlin (it has Asia/Kolkata)", "--country DE", "changed nothing"]
    {
        assert!(says.contains(part), "{says}");
    }
    assert!(!run(&["setup", "--time-zone", "Mars/Base"]).status.success());
}

#[test]
fn whoever_stops_reading_is_no_error() {
    let desk = Desk::open();
    let file = desk.path("leads.csv");
    std::fs::write(&file, "Name,Phone\nA,9876543210\nB,9876543211\n").unwrap();
    let import = ["import", file.to_str().unwrap(), "--source", "META"];
    for args in [&["openapi"][..], &import, &["export", "assignments"], &["stats", "--json"]] {
        let mut child = desk
            .program()
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Before it has said anything.
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{args:?}: {ended:?}");
        assert_eq!(complained(&ended), "", "{args:?}");
    }
    assert_eq!(desk.json(&["stats"])["sources"][0]["total"], 2, "it was imported all the same");
}
