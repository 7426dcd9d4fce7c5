//! A file as a sheet, through a server that runs and without one.

use crate::desk::{Desk, program, said};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;

const COLUMNS: &str = r#"[
    {"column": "phone", "permission": "read", "attribute": "phone", "role": "unique"},
    {"column": "name", "permission": "read", "attribute": "name"},
    {"column": "owner", "permission": "write", "role": "owner"},
    {"column": "result", "permission": "write", "role": "result"}
]"#;
const LIST: &str =
    "phone,name,owner,result,sum\n+919876500001,Kavya,,,=1+1\n+919876500002,Ravi,,,=1+1\n";

fn files(folder: &Path) {
    std::fs::write(folder.join("columns.json"), COLUMNS).unwrap();
    std::fs::write(folder.join("list.csv"), LIST).unwrap();
}

const ADD: [&str; 11] = [
    "sheet",
    "add",
    "Calls",
    "--kind",
    "file",
    "--source",
    "file",
    "--link",
    "list.csv",
    "--columns",
    "columns.json",
];

#[test]
fn a_list_is_worked_and_says_so_itself() {
    let desk = Desk::open();
    let folder = desk.path("");
    files(&folder);
    let made = said(&desk.run(&ADD));
    assert!(made.starts_with("Sheet 1 is added"), "{made}");
    let checked = desk.run(&["sheet", "check", "calls"]);
    assert!(checked.status.success() && said(&checked).contains("ok: every column"), "{checked:?}");
    let synced = said(&desk.run(&["sheet", "sync", "Calls", "--once"]));
    assert!(synced.contains("2 rows read"), "{synced}");
    let agent = desk.send("POST", "/agents", json!({"name": "Asha", "queues": [1]}));
    desk.send("POST", &format!("/agents/{}/sign-in", agent["id"]), Value::Null);
    let items = desk.send("GET", "/items?limit=10", Value::Null);
    assert_eq!(items["items"].as_array().unwrap().len(), 2, "however often it is read");
    let item = &items["items"][0];
    let body = json!({"version": item["version"], "disposition": "won"});
    desk.send("POST", &format!("/items/{}/complete", item["id"]), body);
    desk.json(&["sheet", "sync", "1", "--once"]);
    let now = std::fs::read_to_string(folder.join("list.csv")).unwrap();
    assert_eq!(now.matches(",Asha,won,=1+1").count(), 1, "{now}");
    assert_eq!(now.replace("Asha", "").replace("won", ""), LIST, "nothing else was changed");
    let listed = desk.json(&["sheet", "list"]);
    assert_eq!((&listed[0]["name"], &listed[0]["state"]["rows"]), (&json!("Calls"), &json!(2)));
    // What is wrong is said in words, and by the exit code.
    std::fs::write(folder.join("list.csv"), now.replace("owner", "who")).unwrap();
    for command in [&["sheet", "check", "1"][..], &["sheet", "sync", "1", "--once"]] {
        let output = desk.run(command);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(said(&output).contains("no column titled “owner”"), "{output:?}");
    }
    assert!(said(&desk.run(&["sheet", "remove", "Calls"])).contains("removed"));
    assert!(said(&desk.run(&["sheet", "list"])).contains("no sheets"));
}

#[test]
fn without_a_server_the_database_itself_is_worked_on() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let own = |args: &[&str]| -> Output { program(folder.path()).args(args).output().unwrap() };
    assert!(own(&["setup", "--preset", "lead-desk"]).status.success());
    let made = own(&ADD);
    assert!(made.status.success(), "{made:?}");
    for new in [2, 0] {
        let synced = own(&["sheet", "sync", "Calls", "--once", "--json"]);
        let synced: Value = serde_json::from_slice(&synced.stdout).unwrap();
        assert_eq!((&synced["counts"]["read"], &synced["counts"]["new"]), (&json!(2), &json!(new)));
    }
    // Secrets never come as arguments, and what is wrong with them is said without them.
    let google = [
        "sheet",
        "add",
        "G",
        "--kind",
        "google",
        "--source",
        "file",
        "--link",
        "1abc",
        "--preset",
        "recruitment",
    ];
    let refused = program(folder.path())
        .args(google)
        .env("FAIRLEAD_SHEET_SECRETS", r#"{"private_key": "s3cret"}"#)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("JSON key"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}
