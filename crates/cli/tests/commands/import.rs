//! Files that cannot be imported as they are, from the command line.

use crate::desk::{Desk, said};
use serde_json::json;
use std::process::Output;

/// Imports a file of this content by the source FILE, which the preset has as its third.
fn import(desk: &Desk, content: &str, more: &[&str]) -> Output {
    let file = desk.path("leads.csv");
    std::fs::write(&file, content).unwrap();
    let args = ["import", file.to_str().unwrap(), "--source", "FILE"];
    desk.run(&[&args, more].concat())
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_inactive_source_imports_nothing_and_remembers_nothing() {
    let desk = Desk::open();
    let leads = "Name,Mobile\nA,9898100011\nB,9898100012\n";
    desk.send("DELETE", "/sources/3", json!(null));
    for more in [&["--dry-run"][..], &[]] {
        let refused = import(&desk, leads, more);
        assert!(complaint(&refused).contains("inactive"), "{refused:?}");
        assert!(!said(&refused).contains("would be imported"), "{refused:?}");
    }
    desk.send("PATCH", "/sources/3", json!({"active": true}));
    let done = import(&desk, leads, &[]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(desk.json(&["stats"])["sources"][2]["total"], 2);
}

#[test]
fn an_import_of_which_no_row_came_in_has_failed() {
    let desk = Desk::open();
    let leads = "Name,Mobile\nA,9898100011,x\nB,9898100012,y\n";
    for _ in 0..2 {
        let rejected = import(&desk, leads, &[]);
        assert!(complaint(&rejected).contains("all 2 were rejected"), "{rejected:?}");
    }
    // With one row that comes in, or had come in before, it has not.
    let leads = format!("{leads}C,9898100013\n");
    assert!(import(&desk, &leads, &[]).status.success());
    assert!(import(&desk, &leads, &["--again"]).status.success());
}

#[test]
fn a_file_without_titles_loses_nobody() {
    let desk = Desk::open();
    let leads = "A,9898100011\nB,9898100012\n";
    let refused = complaint(&import(&desk, leads, &[]));
    assert!(refused.contains("column 2 begins with a phone number"), "{refused}");
    assert!(refused.contains("--first-row-is-titles"), "{refused}");
    assert_eq!(desk.json(&["stats"])["sources"][2]["total"], 0);
    assert!(import(&desk, leads, &["--first-row-is-titles"]).status.success());
    assert!(import(&desk, &format!("Name,Mobile\n{leads}"), &[]).status.success());
    let figures = &desk.json(&["stats"])["sources"][2];
    assert_eq!((&figures["total"], &figures["duplicates"]), (&json!(3), &json!(1)), "{figures}");
}
