//! A Smart Sheet's service that refuses, forgets, breaks off and is edited meanwhile.

use crate::net::{NOW, Net, cell, change, everything, findings};
use crate::tencent::{app, sheet, sheet_of, stub, tokens};
use connectors::mirror::{
    Columns, Pushed, RowId, Sheet, Trouble,
    tencent::{Document, Tencent, Tokens},
};
use serde_json::json;
use sheet_stubs::{Act, Script, Step, Table, Tencent as Stub};
use std::{sync::atomic::Ordering, time::Duration};

#[test]
fn too_many_calls_pause_with_and_without_a_time() {
    let stub = stub(1);
    let mut sheet = sheet(&stub);
    let rate = |seconds: Option<u64>| {
        Some(Trouble::Rate { retry_after: seconds.map(Duration::from_secs) })
    };
    for (act, wait) in [
        (Act::Status { status: 429, retry_after: Some(17) }, Some(17)),
        (Act::Status { status: 429, retry_after: None }, None),
        (Act::Ret { ret: 400_007, retry_after: Some(3) }, Some(3)),
        (Act::Ret { ret: 400_007, retry_after: None }, None),
    ] {
        stub.script().add(Step::next("getRecords", act));
        assert_eq!(sheet.pull(None).err(), rate(wait));
    }
    assert_eq!(sheet.pull(None).unwrap().rows.len(), 1);
}

#[test]
fn a_script_can_come_from_a_file() {
    let script = Script::read(
        r#"[{"on": "getRecords", "after": 1, "times": 1, "act": "status", "status": 503}]"#,
    );
    let stub = Stub::start(0, Table::recruitment(150), script.unwrap()).unwrap();
    let mut sheet = sheet(&stub);
    let first = sheet.pull(None).unwrap();
    let again = first.next;
    assert!(matches!(sheet.pull(again), Err(Trouble::Soon(_))));
    // The page that failed can be asked for once more.
    assert_eq!(sheet.pull(again).unwrap().rows.len(), 50);
}

#[test]
fn a_token_that_ended_is_renewed_once_and_handed_out() {
    let stub = stub(1);
    let mut sheet = sheet(&stub);
    assert!(sheet.pull(None).is_ok());
    assert_eq!(sheet.take_tokens(), None);
    stub.end_token();
    assert!(sheet.pull(None).is_ok());
    let new = sheet.take_tokens().unwrap();
    assert_ne!(new.access_token, stub.access_token());
    assert_eq!(new.refresh_token.as_deref(), Some(Stub::REFRESH_TOKEN));
    assert_eq!(new.expires_at, Some(NOW + 2_592_000_000));
    assert_eq!(sheet.take_tokens(), None);
    assert_eq!(stub.calls_of("token").len(), 1);
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let stub = stub(1);
    let net = Net::new();
    let clock = net.clock.clone();
    let soon = Tokens { expires_at: Some(NOW + 600_000), ..tokens(&stub) };
    let mut sheet = sheet_of(&stub, Columns::recruitment(), soon, net);
    assert!(sheet.pull(None).is_ok());
    assert!(stub.calls_of("token").is_empty());
    clock.fetch_add(300_000, Ordering::SeqCst);
    assert!(sheet.pull(None).is_ok() && sheet.pull(None).is_ok());
    assert_eq!(stub.calls_of("token").len(), 1);
    assert!(sheet.take_tokens().is_some());
}

#[test]
fn when_a_new_token_does_not_help_nothing_more_is_sent() {
    for code in [10_302, 10_303, 10_313, 37_019] {
        let stub = stub(1);
        let mut sheet = sheet(&stub);
        let act = Act::Ret { ret: code, retry_after: None };
        stub.script().add(Step { times: 2, ..Step::next("getRecords", act) });
        let refused = sheet.pull(None).unwrap_err();
        assert!(matches!(refused, Trouble::Auth(_)), "{refused:?}");
        let calls = stub.calls().len();
        assert_eq!(sheet.pull(None).unwrap_err(), refused);
        assert_eq!(stub.calls().len(), calls);
        // The renewed token is not lost with it.
        assert!(sheet.take_tokens().is_some());
        // Asked again, as somebody may have mended it, it is sent again.
        sheet.reopen();
        assert!(sheet.pull(None).is_ok());
    }
}

#[test]
fn without_a_refresh_token_it_is_said_what_is_missing() {
    let stub = stub(1);
    let lone = |access_token: &str| Tokens {
        access_token: access_token.into(),
        refresh_token: None,
        ..tokens(&stub)
    };
    let mut sheet = sheet_of(&stub, Columns::recruitment(), lone("another"), Net::new());
    let said = sheet.pull(None).unwrap_err().to_string();
    assert!(said.contains("refuses the token") && said.contains("no refresh token"), "{said}");
    assert!(!said.contains("did not help"), "{said}");
    let ended = Tokens { expires_at: Some(NOW), ..lone(&stub.access_token()) };
    let mut sheet = sheet_of(&stub, Columns::recruitment(), ended, Net::new());
    let said = sheet.pull(None).unwrap_err().to_string();
    assert!(said.contains("has ended") && said.contains("refresh_token"), "{said}");
}

#[test]
fn a_link_to_no_document_is_said_to_be_one() {
    let stub = stub(1);
    for link in ["DOther".to_owned(), "300000000$Other".to_owned()] {
        let document = Document { link, tab: None, base: Some(stub.url()) };
        let columns = Columns::recruitment();
        let sheet = Tencent::new(&document, app(), tokens(&stub), columns, Net::new());
        let said = sheet.unwrap().pull(None).unwrap_err().to_string();
        assert!(said.contains("code 400") && said.contains("is the link right?"), "{said}");
    }
}

#[test]
fn no_secret_is_in_what_is_said() {
    let stub = stub(1);
    stub.end_token();
    let wrong = Tokens { refresh_token: Some("old-s3cret".into()), ..tokens(&stub) };
    let mut sheet = sheet_of(&stub, Columns::recruitment(), wrong, Net::new());
    let said = format!("{:?} {:?}", sheet.pull(None).unwrap_err(), findings(&mut sheet));
    assert!(said.contains("sign in again") && !said.contains("s3cret"), "{said}");
}

#[test]
fn a_connection_that_breaks_off_is_tried_again_without_harm() {
    let stub = stub(3);
    let mut sheet = sheet(&stub);
    let ids: Vec<RowId> = (0..3).map(|row| RowId(stub.record(row))).collect();
    let changes: Vec<_> = ids.iter().map(|id| change(id, "王芳", "通过")).collect();
    for (act, done) in [(Act::CutBefore, false), (Act::CutAfter, true)] {
        stub.edit(0, "备注", json!("before"));
        stub.script().add(Step::next("updateRecords", act));
        assert!(matches!(sheet.push(&changes), Err(Trouble::Soon(_))));
        assert_eq!(stub.cell(0, "备注") == "通过", done);
        assert_eq!(sheet.push(&changes).unwrap(), vec![Pushed::Written; 3]);
        assert_eq!(stub.cell(2, "备注"), "通过");
    }
}

#[test]
fn an_answer_that_does_not_come_is_given_up() {
    let stub = stub(1);
    let mut net = Net::new();
    net.within = Duration::from_millis(200);
    let mut sheet = sheet_of(&stub, Columns::recruitment(), tokens(&stub), net);
    stub.script().add(Step::next("getRecords", Act::Hang));
    assert!(matches!(sheet.pull(None), Err(Trouble::Soon(_))));
    stub.script().add(Step::next("getRecords", Act::Delay { millis: 20 }));
    assert!(sheet.pull(None).is_ok());
    stub.script().add(Step::next("getRecords", Act::Garbage));
    assert!(matches!(sheet.pull(None), Err(Trouble::Unreadable(_))));
}

#[test]
fn somebody_s_edit_shows_when_the_row_is_read_before_it_is_written() {
    let stub = stub(2);
    let mut sheet = sheet(&stub);
    let before = everything(&mut sheet).unwrap().rows;
    let edit = Act::Edit { row: 0, column: "备注".into(), value: json!("mine") };
    stub.script().add(Step::next("getRecords", edit));
    let ids: Vec<RowId> = before.iter().map(|row| row.id.clone()).collect();
    let now = sheet.read(&ids).unwrap();
    let columns = sheet.columns();
    let names: Vec<&str> =
        now[0].differing(&before[0], columns).into_iter().map(|column| column.name()).collect();
    assert_eq!((names, cell(&now[0], "备注")), (vec!["备注"], "mine".into()));
    assert!(now[1].differing(&before[1], columns).is_empty());
}

#[test]
fn a_column_renamed_meanwhile_is_noticed_and_looked_for_again() {
    let stub = stub(1);
    let mut sheet = sheet(&stub);
    let id = RowId(stub.record(0));
    assert_eq!(sheet.push(&[change(&id, "a", "b")]).unwrap(), [Pushed::Written]);
    stub.rename("备注", "Notes");
    let pushed = sheet.push(&[change(&id, "a", "c")]).unwrap();
    assert_eq!(pushed, [crate::net::dropped(&["备注"])]);
    let refused = sheet.push(&[change(&id, "a", "c")]).unwrap_err();
    assert!(refused.to_string().contains("no column titled “备注”"), "{refused}");
    assert_eq!(stub.cell(0, "Notes"), "b");
}

#[test]
fn what_could_not_be_tried_is_not_called_good() {
    let stub = stub(1);
    let mut sheet = sheet(&stub);
    for act in [Act::CutBefore, Act::Status { status: 429, retry_after: None }] {
        stub.script().add(Step::next("converter", act));
        let found = findings(&mut sheet);
        assert!(found.len() == 1 && found[0].starts_with("wrong: "), "{found:?}");
        assert!(found[0].contains("nothing more was tried"), "{found:?}");
    }
    assert!(findings(&mut sheet)[0].starts_with("ok: "));
}
