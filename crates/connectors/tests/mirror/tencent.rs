//! A Smart Sheet that works, and what of it is kept.

use crate::net::{Net, cell, change, dropped, everything, findings};
use connectors::mirror::{
    CellValue, Columns, Pushed, RowChange, RowId, Sheet, Trouble,
    tencent::{App, Document, Tencent, Tokens},
};
use serde_json::{Value, json};
use sheet_stubs::{Act, Field, Step, Table, Tencent as Stub};

pub fn stub(rows: usize) -> Stub {
    stub_of(Table::recruitment(rows))
}

pub fn stub_of(table: Table) -> Stub {
    Stub::start(0, table, Default::default()).unwrap()
}

pub fn app() -> App {
    App { client_id: Stub::CLIENT_ID.into(), client_secret: Stub::CLIENT_SECRET.into() }
}

pub fn tokens(stub: &Stub) -> Tokens {
    Tokens {
        access_token: stub.access_token(),
        refresh_token: Some(Stub::REFRESH_TOKEN.into()),
        open_id: Some(Stub::OPEN_ID.into()),
        expires_at: None,
    }
}

pub fn sheet(stub: &Stub) -> Tencent {
    sheet_of(stub, Columns::recruitment(), tokens(stub), Net::new())
}

pub fn sheet_of(stub: &Stub, columns: Columns, tokens: Tokens, net: Box<Net>) -> Tencent {
    let document = Document { link: stub.link(), tab: None, base: Some(stub.url()) };
    Tencent::new(&document, app(), tokens, columns, net).unwrap()
}

#[test]
fn all_rows_come_in_pages_of_a_hundred_and_ignored_columns_do_not() {
    let stub = stub(250);
    let mut sheet = sheet(&stub);
    let page = everything(&mut sheet).unwrap();
    assert_eq!(page.rows.len(), 250);
    assert_eq!(page.rows[249].id, RowId(stub.record(249)));
    assert_eq!(cell(&page.rows[249], "account"), "acc0250");
    assert_eq!(cell(&page.rows[249], "手机号"), "13800000250");
    assert_eq!(cell(&page.rows[0], "设备"), "iPhone");
    let asked = stub.calls_of("getRecords");
    assert_eq!(asked.len(), 3);
    for call in asked {
        let titles = call.body["getRecords"]["fieldTitles"].as_array().unwrap().clone();
        assert_eq!(titles.len(), 8, "{titles:?}");
        assert!(!titles.contains(&json!("选中率")));
    }
    // The document, its sheets and its fields were asked for once.
    assert_eq!(stub.calls().len(), 6);
}

#[test]
fn single_rows_are_read_again_and_missing_ones_left_out() {
    let stub = stub(150);
    let mut sheet = sheet(&stub);
    stub.edit(120, "备注", json!("edited"));
    let gone = RowId(stub.record(3));
    stub.remove(3);
    let ids: Vec<RowId> = (0..149).map(|row| RowId(stub.record(row))).chain([gone]).collect();
    let rows = sheet.read(&ids).unwrap();
    assert_eq!(rows.len(), 149);
    assert_eq!(cell(&rows[120], "备注"), "");
    assert_eq!(cell(&rows[119], "备注"), "edited");
}

#[test]
fn results_are_written_in_their_types_and_nothing_else() {
    let stub = stub(3);
    let mut sheet = sheet(&stub);
    let id = RowId(stub.record(1));
    let pushed = sheet.push(&[change(&id, "王芳", "=HYPERLINK(\"x\")")]).unwrap();
    assert_eq!(pushed, [Pushed::Written]);
    assert_eq!(stub.cell(1, "建联人"), "王芳");
    assert_eq!(stub.cell(1, "备注"), "=HYPERLINK(\"x\")");
    assert_eq!(stub.cell(1, "已电联"), json!(1));
    assert_eq!(stub.cell(1, "已选中"), json!(true));
    assert_eq!(stub.cell(1, "选中率"), json!(0.5));
    let sent = &stub.calls_of("updateRecords")[0].body["updateRecords"]["records"];
    assert_eq!(sent[0]["values"]["建联人"], json!([{"type": "text", "text": "王芳"}]));
    assert_eq!(sent[0]["values"].as_object().unwrap().len(), 4);
    // Taken back, as an undone result is.
    let columns = Columns::recruitment();
    let cells = columns.writable().map(|(_, key)| (key, CellValue::Empty)).collect();
    let pushed = sheet.push(&[RowChange { row: id, cells }]).unwrap();
    assert_eq!(pushed, [Pushed::Written]);
    assert_eq!(stub.cell(1, "建联人"), "");
}

#[test]
fn what_is_dropped_without_a_word_is_noticed() {
    let stub = stub(3);
    let mut sheet = sheet(&stub);
    let ids: Vec<RowId> = (0..2).map(|row| RowId(stub.record(row))).collect();
    let drop = Act::Drop { columns: vec!["备注".into(), "已电联".into()] };
    stub.script().add(Step::next("updateRecords", drop));
    let changes: Vec<RowChange> = ids.iter().map(|id| change(id, "王芳", "通过")).collect();
    let pushed = sheet.push(&changes).unwrap();
    assert_eq!(pushed, [dropped(&["备注", "已电联"]), dropped(&["备注", "已电联"])]);
    // The stand-in drops a bare text, as the service does; typed ones are kept.
    assert_eq!(sheet.push(&changes).unwrap(), [Pushed::Written, Pushed::Written]);
}

#[test]
fn a_choice_that_the_column_does_not_have_is_noticed_too() {
    let mut table = Table::recruitment(1);
    table.fields[8].kind = "singleSelect".into();
    table.fields[8].options = vec!["通过".into()];
    let stub = stub_of(table);
    let mut sheet = sheet(&stub);
    let id = RowId(stub.record(0));
    assert_eq!(sheet.push(&[change(&id, "a", "拒绝")]).unwrap(), [dropped(&["备注"])]);
    assert_eq!(sheet.push(&[change(&id, "a", "通过")]).unwrap(), [Pushed::Written]);
    assert_eq!(cell(&sheet.read(&[id]).unwrap()[0], "备注"), "通过");
}

#[test]
fn a_value_that_a_column_cannot_hold_stops_its_row_only() {
    let mut table = Table::recruitment(2);
    table.fields[8].kind = "number".into();
    let stub = stub_of(table);
    let mut sheet = sheet(&stub);
    let ids: Vec<RowId> = (0..2).map(|row| RowId(stub.record(row))).collect();
    let pushed = sheet.push(&[change(&ids[0], "a", "通过"), change(&ids[1], "b", "7")]).unwrap();
    let unfit = Pushed::Unfit { column: "备注".into(), takes: "numbers".into() };
    assert_eq!(pushed, [unfit, Pushed::Written]);
    assert_eq!(stub.cell(0, "建联人"), Value::Null);
    assert_eq!(stub.cell(1, "备注"), json!(7));
}

#[test]
fn more_than_a_batch_is_refused_and_a_row_that_is_gone_is_told() {
    let stub = stub(3);
    let mut sheet = sheet(&stub);
    let id = RowId(stub.record(0));
    let many = vec![change(&id, "a", "b"); sheet.max_batch() + 1];
    assert!(matches!(sheet.push(&many), Err(Trouble::BadRequest(_))));
    let other = RowId(stub.record(2));
    stub.remove(0);
    assert_eq!(sheet.push(&[change(&id, "a", "b")]).unwrap(), [Pushed::Gone]);
    let pushed = sheet.push(&[change(&other, "a", "b"), change(&id, "a", "b")]).unwrap();
    assert_eq!(pushed, [Pushed::Written, Pushed::Gone]);
    assert_eq!(stub.cell(1, "备注"), "b");
    assert_eq!(sheet.push(&[]).unwrap(), []);
    // A refusal for another reason stays one.
    let act = Act::Ret { ret: 400_009, retry_after: None };
    stub.script().add(Step::next("updateRecords", act));
    let refused = sheet.push(&[change(&other, "a", "b")]).unwrap_err();
    assert!(matches!(refused, Trouble::BadRequest(_)), "{refused:?}");
}

#[test]
fn a_good_sheet_is_found_good() {
    let stub = stub(3);
    let found = findings(&mut sheet(&stub));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|what| what.starts_with("ok: ")), "{found:?}");
    assert!(stub.calls_of("updateRecords").is_empty());
}

#[test]
fn what_is_wrong_with_a_sheet_is_said_in_plain_words() {
    let check = |change: &dyn Fn(&mut Table)| {
        let mut table = Table::recruitment(3);
        change(&mut table);
        findings(&mut sheet(&stub_of(table))).join("\n")
    };
    let note = Field { title: "备注".into(), kind: "text".into(), options: Vec::new() };
    let found = check(&|table| {
        table.fields.push(note.clone());
        table.rows.iter_mut().for_each(|row| row.push(Value::Null));
    });
    assert!(found.contains("wrong: the sheet has 2 columns titled “备注”"), "{found}");
    let found = check(&|table| table.fields[4].title = "企鹅".into());
    assert!(found.contains("wrong: the sheet has no column titled “QQ”"), "{found}");
    for own in ["formula", "createdTime", "modifiedUser"] {
        let found = check(&|table| table.fields[8].kind = own.into());
        assert!(found.contains("wrong: “备注” is a column that the sheet fills in"), "{found}");
    }
    let found = check(&|table| table.fields[6].kind = "image".into());
    assert!(found.contains("wrong: “设备” is a column whose cells cannot be read"), "{found}");
    let found = check(&|table| table.rows[1][0] = json!("acc0001"));
    assert!(found.contains("look: 1 of the first rows have the same “account”"), "{found}");
    let found = check(&|table| table.rows.clear());
    assert!(found.contains("look: the sheet has no rows yet"), "{found}");
}

#[test]
fn a_sheet_that_is_not_there_is_named() {
    let stub = stub(1);
    let document = |link: &str, tab: &str| Document {
        link: link.into(),
        tab: Some(tab.into()),
        base: Some(stub.url()),
    };
    let check = |document: &Document| {
        let columns = Columns::recruitment();
        let mut sheet = Tencent::new(document, app(), tokens(&stub), columns, Net::new()).unwrap();
        findings(&mut sheet).join("\n")
    };
    let found = check(&document(&stub.link(), "Calls"));
    assert!(found.contains("no sheet “Calls”; it has: 名单"), "{found}");
    assert!(check(&document(&stub.link(), "名单")).starts_with("ok: "));
    let found = check(&document("DUnknown", "名单"));
    assert!(found.contains("wrong: Tencent Docs refuses the request (code 400100)"), "{found}");
}

#[test]
fn a_letter_whose_title_is_there_twice_is_refused() {
    let mut table = Table::recruitment(1);
    table.fields[3].title = "备注".into();
    let stub = stub_of(table);
    let columns: Columns = serde_json::from_value(json!([
        {"column": "account", "permission": "read", "attribute": "account"},
        {"letter": "I", "permission": "write", "attribute": "note"},
    ]))
    .unwrap();
    let mut sheet = sheet_of(&stub, columns.clone(), tokens(&stub), Net::new());
    let (_, key) = columns.writable().next().unwrap();
    let cells = vec![(key, CellValue::text("x"))];
    let refused = sheet.push(&[RowChange { row: RowId(stub.record(0)), cells }]).unwrap_err();
    assert!(refused.to_string().contains("the title of the column I is there twice"), "{refused}");
    assert!(findings(&mut sheet).join("\n").contains("wrong: the title of the column I"));
    assert!(stub.calls_of("updateRecords").is_empty());
}

#[test]
fn what_a_check_calls_wrong_is_not_used() {
    let stub = stub(2);
    let columns = |permission: &str| -> Columns {
        let computed = json!({"column": "选中率", "permission": permission, "attribute": "rate"});
        let phone = json!({"column": "手机号", "permission": "read", "attribute": "phone"});
        serde_json::from_value(json!([phone, computed])).unwrap()
    };
    for (permission, word) in [("write", "cannot be written"), ("read", "cannot be read")] {
        let mut sheet = sheet_of(&stub, columns(permission), tokens(&stub), Net::new());
        let said = sheet.pull(None).unwrap_err().to_string();
        assert!(said.contains(word), "{said}");
        assert!(findings(&mut sheet).join(" ").contains(&said), "the same words");
    }
    assert!(stub.calls_of("getRecords").is_empty());
}
