//! A Google sheet whose people sort, insert and edit while it is written to.

use crate::net::{NOW, Net, cell, change, dropped, everything, findings};
use connectors::mirror::{
    CellValue, Columns, Pushed, Role, RowChange, RowId, Sheet, Trouble,
    google::{Account, Google, Spreadsheet},
};
use serde_json::{Value, json};
use sheet_stubs::{Act, Google as Stub, Step, Table};
use std::{sync::atomic::Ordering, time::Duration};

fn stub(rows: usize) -> Stub {
    stub_of(Table::recruitment(rows))
}

fn stub_of(table: Table) -> Stub {
    Stub::start(0, table, Default::default()).unwrap()
}

fn sheet(stub: &Stub) -> Google {
    sheet_with(stub, Net::new())
}

fn sheet_with(stub: &Stub, net: Box<Net>) -> Google {
    sheet_of(stub, Columns::recruitment(), net)
}

pub fn sheet_of(stub: &Stub, columns: Columns, net: Box<Net>) -> Google {
    let spreadsheet =
        Spreadsheet { link: stub.link(), tab: None, header_row: 1, base: Some(stub.url()) };
    let account = Account::read(&stub.key_file()).unwrap();
    Google::new(spreadsheet, account, columns, net).unwrap()
}

fn id(number: usize) -> RowId {
    RowId(format!("acc{number:04}"))
}

/// The titles of the columns that were written to, the rows, and the values in them.
fn written(stub: &Stub) -> Vec<(String, usize, Value)> {
    let calls = stub.calls_of("values:batchUpdate");
    let parts = calls.iter().flat_map(|call| call.body["data"].as_array().unwrap());
    let cells = parts.flat_map(|part| {
        let title = stub.named(part["range"].as_str().unwrap()).unwrap();
        let cells = part["values"][0].as_array().unwrap().iter().enumerate();
        cells.map(move |(row, cell)| (title.clone(), row, cell.clone()))
    });
    let mut cells: Vec<_> = cells.filter(|(.., cell)| !cell.is_null()).collect();
    cells.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    cells
}

#[test]
fn all_rows_come_in_pages_and_ignored_columns_do_not() {
    let mut table = Table::recruitment(1_500);
    table.rows[700] = vec![Value::Null; 9];
    let stub = stub_of(table);
    let page = everything(&mut sheet(&stub)).unwrap();
    assert_eq!((page.rows.len(), page.faults.len()), (1_499, 0));
    assert_eq!(page.rows[1_498].id, id(1_500));
    assert_eq!(cell(&page.rows[0], "手机号"), "13800000001");
    for call in stub.calls_of("values:batchGet") {
        let computed = |(name, range): &(String, String)| name == "ranges" && range.contains("!D");
        assert!(!call.query.iter().any(computed), "{:?}", call.query);
    }
}

#[test]
fn rows_that_cannot_be_told_apart_are_left_out_and_counted() {
    let mut table = Table::recruitment(5);
    table.rows[3][0] = json!("acc0002");
    table.rows[4][0] = Value::Null;
    let stub = stub_of(table);
    let mut sheet = sheet(&stub);
    let page = everything(&mut sheet).unwrap();
    assert_eq!(page.rows.len(), 3);
    assert_eq!(page.faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [5, 6]);
    let pushed = sheet.push(&[change(&id(2), "a", "b"), change(&id(1), "a", "b")]).unwrap();
    assert_eq!(pushed, [Pushed::Ambiguous, Pushed::Written]);
    assert_eq!(stub.cell(1, "备注"), Value::Null);
}

#[test]
fn results_are_written_as_they_are_and_nothing_else() {
    let stub = stub(3);
    let mut sheet = sheet(&stub);
    let pushed = sheet.push(&[change(&id(2), "王芳", "=1+1")]).unwrap();
    assert_eq!(pushed, [Pushed::Written]);
    assert_eq!(stub.cell(1, "备注"), "=1+1");
    let expected = [
        ("备注".to_owned(), 2, json!("=1+1")),
        ("已电联".to_owned(), 2, json!(1)),
        ("已选中".to_owned(), 2, json!(1)),
        ("建联人".to_owned(), 2, json!("王芳")),
    ];
    assert_eq!(written(&stub), expected);
    let body = &stub.calls_of("values:batchUpdate")[0].body;
    assert_eq!(body["valueInputOption"], "RAW");
    let columns = Columns::recruitment();
    let cells = columns.writable().map(|(_, key)| (key, CellValue::Empty)).collect();
    let pushed = sheet.push(&[RowChange { row: id(2), cells }]).unwrap();
    assert_eq!(pushed, [Pushed::Written]);
    assert_eq!(stub.cell(1, "建联人"), "");
    assert_eq!(stub.cell(1, "选中率"), json!(0.5));
}

#[test]
fn rows_are_found_again_after_sorting_and_removing() {
    let stub = stub(40);
    let mut sheet = sheet(&stub);
    everything(&mut sheet).unwrap();
    stub.reverse();
    let rows = sheet.read(&[id(1), id(40)]).unwrap();
    assert_eq!(rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), [id(1), id(40)]);
    assert_eq!(cell(&rows[0], "手机号"), "13800000001");
    stub.remove(39);
    stub.reverse();
    let pushed = sheet.push(&[change(&id(1), "a", "b"), change(&id(2), "c", "d")]).unwrap();
    assert_eq!(pushed, [Pushed::Gone, Pushed::Written]);
    assert_eq!((stub.cell(0, "account"), stub.cell(0, "备注")), (json!("acc0002"), json!("d")));
    assert_eq!(sheet.read(&[id(1)]).unwrap(), []);
}

#[test]
fn columns_are_found_again_after_they_were_moved() {
    let stub = stub(2);
    let mut sheet = sheet(&stub);
    everything(&mut sheet).unwrap();
    let insert = Act::InsertColumn { column: 0, title: "new".into() };
    stub.script().add(Step::next("values:batchGet", insert));
    let pushed = sheet.push(&[change(&id(1), "王芳", "通过")]).unwrap();
    assert_eq!(pushed, [Pushed::Written]);
    assert_eq!(stub.cell(0, "备注"), "通过");
    assert_eq!(stub.cell(0, "设备"), "iPhone");
    // In the middle of a pull there is nothing to hold on to: it has to begin again.
    let insert = Act::InsertColumn { column: 0, title: "newer".into() };
    stub.script().add(Step { after: 1, ..Step::next("values:batchGet", insert) });
    assert!(matches!(sheet.pull(None), Err(Trouble::Changed(_))));
    assert_eq!(cell(&sheet.pull(None).unwrap().rows[0], "备注"), "通过");
}

#[test]
fn a_column_that_comes_between_the_look_and_the_write_takes_nothing() {
    let stub = stub(3);
    let mut sheet = sheet(&stub);
    everything(&mut sheet).unwrap();
    // Once while the columns have no names yet, and once with them.
    for (row, new) in [(1, "new"), (2, "newer")] {
        let insert = Act::InsertColumn { column: 3, title: new.into() };
        stub.script().add(Step::next("values:batchUpdate", insert));
        let pushed = sheet.push(&[change(&id(row), "李雷", "停机")]).unwrap();
        assert_eq!(pushed, [Pushed::Written]);
        assert_eq!(stub.cell(row - 1, "备注"), "停机");
        assert_eq!(stub.cell(row - 1, "建联人"), "李雷");
        let others = ["account", "选中率", "手机号", "设备", new];
        let untouched = Table::recruitment(3);
        for title in others {
            let at = untouched.fields.iter().position(|field| field.title == title);
            let then = at.map_or(Value::Null, |at| untouched.rows[row - 1][at].clone());
            assert_eq!(stub.cell(row - 1, title), then, "{title}");
        }
    }
}

#[test]
fn a_column_that_comes_while_names_are_given_takes_nothing() {
    let stub = stub(2);
    let mut sheet = sheet(&stub);
    everything(&mut sheet).unwrap();
    let insert = Act::InsertColumn { column: 1, title: "new".into() };
    stub.script().add(Step::next("batchUpdate", insert));
    let changes = [change(&id(1), "李雷", "停机")];
    assert!(matches!(sheet.push(&changes), Err(Trouble::Changed(_))));
    assert!(stub.calls_of("values:batchUpdate").is_empty());
    assert_eq!(sheet.push(&changes).unwrap(), [Pushed::Written]);
    assert_eq!((stub.cell(0, "备注"), stub.cell(0, "new")), (json!("停机"), Value::Null));
    assert_eq!((stub.cell(0, "设备"), stub.cell(0, "选中率")), (json!("iPhone"), json!(0.5)));
}

#[test]
fn names_are_given_once_and_again_when_they_are_lost_or_too_short() {
    let stub = stub(2);
    let mut first = sheet(&stub);
    assert_eq!(first.push(&[change(&id(1), "a", "b")]).unwrap(), [Pushed::Written]);
    assert_eq!(sheet(&stub).push(&[change(&id(2), "a", "b")]).unwrap(), [Pushed::Written]);
    assert_eq!(stub.calls_of("batchUpdate").len(), 1, "the second one finds them");
    stub.forget_names();
    assert_eq!(first.push(&[change(&id(1), "c", "d")]).unwrap(), [Pushed::Written]);
    assert_eq!(stub.cell(0, "备注"), "d");
    let (mut row, rows) = (Table::recruitment(3).rows.remove(2), Table::recruitment(2).rows.len());
    for _ in rows..40 {
        row[0] = json!(null);
        stub.append(row.clone());
    }
    row[0] = json!("acc0099");
    stub.append(row);
    everything(&mut first).unwrap();
    assert_eq!(first.push(&[change(&id(99), "e", "f")]).unwrap(), [Pushed::Written]);
    assert_eq!(stub.cell(40, "备注"), "f");
    let requests = stub.calls_of("batchUpdate").pop().unwrap().body["requests"].clone();
    assert_eq!(requests.as_array().unwrap().len(), 8, "four go and four come: {requests}");
}

#[test]
fn what_a_write_did_to_another_row_is_put_right() {
    let stub = stub(5);
    let mut sheet = sheet(&stub);
    stub.edit(0, "建联人", json!("李雷"));
    stub.edit(0, "已选中", json!(1));
    everything(&mut sheet).unwrap();
    let before = stub.table();
    stub.script().add(Step::next("values:batchUpdate", Act::InsertRow { row: 0 }));
    let changes = [change(&id(1), "王芳", "通过"), change(&id(2), "韩梅", "拒绝")];
    let moved = Pushed::Moved { cells: Vec::new() };
    assert_eq!(sheet.push(&changes).unwrap(), [moved.clone(), moved]);
    let rows = stub.table().rows;
    assert!(rows[0].iter().all(|cell| cell.is_null() || cell == ""), "{:?}", rows[0]);
    let texts = |row: &Vec<Value>| -> Vec<String> {
        row.iter().map(|cell| if cell.is_null() { "".into() } else { cell.to_string() }).collect()
    };
    let clean = |cells: Vec<String>| cells.join("|").replace("\"\"", "");
    for (then, now) in before.rows.iter().zip(&rows[1..]) {
        assert_eq!(clean(texts(then)), clean(texts(now)));
    }
    assert_eq!(sheet.push(&changes).unwrap(), [Pushed::Written, Pushed::Written]);
    assert_eq!((stub.cell(1, "建联人"), stub.cell(2, "建联人")), (json!("王芳"), json!("韩梅")));
    // One that moves after the write takes its values along.
    let second = Step { after: 1, ..Step::next("values:batchGet", Act::InsertRow { row: 0 }) };
    stub.script().add(second);
    let pushed = sheet.push(&[change(&id(3), "王芳", "通过")]).unwrap();
    assert_eq!(pushed, [Pushed::Written]);
    let mut rows = stub.table().rows.into_iter();
    let row = rows.find(|row| row[0] == "acc0003").unwrap();
    assert_eq!((&row[7], &row[8]), (&json!("王芳"), &json!("通过")));
}

#[test]
fn what_a_write_cleared_in_another_row_is_put_back() {
    let stub = stub(3);
    let mut sheet = sheet(&stub);
    stub.edit(0, "建联人", json!("李雷"));
    stub.edit(1, "建联人", json!("王芳"));
    everything(&mut sheet).unwrap();
    stub.script().add(Step::next("values:batchUpdate", Act::InsertRow { row: 0 }));
    let columns = Columns::recruitment();
    let owner = columns.written_role(Role::Owner).unwrap();
    let clear = RowChange { row: id(2), cells: vec![(owner, CellValue::Empty)] };
    let moved = Pushed::Moved { cells: Vec::new() };
    assert_eq!(sheet.push(std::slice::from_ref(&clear)).unwrap(), [moved]);
    assert_eq!((stub.cell(1, "建联人"), stub.cell(2, "建联人")), (json!("李雷"), json!("王芳")));
    assert_eq!(sheet.push(&[clear]).unwrap(), [Pushed::Written]);
    assert_eq!((stub.cell(1, "建联人"), stub.cell(2, "建联人")), (json!("李雷"), json!("")));
}

#[test]
fn what_could_not_be_looked_at_is_put_right_before_anything_else() {
    for trouble in [
        Step {
            after: 2,
            ..Step::next("values:batchGet", Act::Status { status: 429, retry_after: None })
        },
        Step::next("values:batchUpdate", Act::CutAfter),
    ] {
        let stub = stub(4);
        let mut sheet = sheet(&stub);
        everything(&mut sheet).unwrap();
        stub.script().add(Step::next("values:batchUpdate", Act::InsertRow { row: 0 }));
        stub.script().add(trouble);
        assert!(sheet.push(&[change(&id(2), "王芳", "通过")]).is_err());
        assert_eq!(
            (stub.cell(1, "account"), stub.cell(1, "建联人")),
            (json!("acc0001"), json!("王芳"))
        );
        let page = everything(&mut sheet).unwrap();
        assert!(page.rows.iter().all(|row| cell(row, "建联人").is_empty()), "{page:?}");
        assert_eq!(sheet.push(&[change(&id(2), "王芳", "通过")]).unwrap(), [Pushed::Written]);
        assert_eq!((stub.cell(1, "建联人"), stub.cell(2, "建联人")), (json!(""), json!("王芳")));
    }
}

#[test]
fn a_list_that_is_sorted_while_it_is_written_to_is_put_right() {
    let mut table = Table::recruitment(1_000);
    for (row, cells) in table.rows.iter_mut().enumerate() {
        (cells[7], cells[8]) = (json!(format!("李雷{row}")), json!(format!("note {row}")));
    }
    let stub = stub_of(table);
    let mut sheet = sheet(&stub);
    everything(&mut sheet).unwrap();
    let changes = [1, 2, 480, 700].map(|row| change(&id(row), "王芳", "通过"));
    // Once while the columns have no names yet, and once with them.
    for _ in 0..2 {
        let before = stub.table();
        let looks = stub.calls_of("values:batchGet").len();
        stub.script().add(Step::next("values:batchUpdate", Act::Reverse));
        let pushed = sheet.push(&changes).unwrap();
        assert!(pushed.iter().all(|one| *one == Pushed::Moved { cells: Vec::new() }), "{pushed:?}");
        let looks = &stub.calls_of("values:batchGet")[looks..];
        let asked = looks[0].query.iter().filter(|(name, _)| name == "ranges");
        let asked: Vec<&str> = asked.filter_map(|(_, range)| range.split('!').nth(1)).collect();
        let whole = ["1:1", "A2:A1021", "B2:B1021", "C2:C1021", "H2:H1021", "I2:I1021"];
        assert_eq!(asked, whole, "keys and what is written, each row once");
        let (rows, empty) = (stub.table().rows, |cell: &Value| cell.is_null() || cell == "");
        for (then, now) in before.rows.iter().rev().zip(&rows) {
            let same =
                then.iter().zip(now).all(|(then, now)| then == now || empty(then) && empty(now));
            assert!(same, "{then:?} {now:?}");
        }
    }
    assert!(sheet.push(&changes).unwrap().iter().all(|one| *one == Pushed::Written));
    assert_eq!((stub.cell(0, "备注"), stub.cell(699, "建联人")), (json!("通过"), json!("王芳")));
}

#[test]
fn cells_of_a_row_that_nobody_saw_before_are_named() {
    let stub = stub(1_400);
    let mut sheet = sheet(&stub);
    everything(&mut sheet).unwrap();
    // Far from where it was: what stands there then was not looked at right before.
    for _ in 0..1_150 {
        stub.script().add(Step::next("values:batchUpdate", Act::InsertRow { row: 0 }));
    }
    let pushed = sheet.push(&[change(&id(1_300), "王芳", "通过")]).unwrap();
    let [Pushed::Moved { cells }] = &pushed[..] else { panic!("{pushed:?}") };
    assert_eq!(cells.len(), 4);
    assert!(cells.iter().all(|cell| cell.ends_with("1301")), "{cells:?}");
    assert_eq!(stub.cell(1_299, "account"), "acc0150");
    assert_eq!(sheet.push(&[change(&id(1_300), "王芳", "通过")]).unwrap(), [Pushed::Written]);
}

#[test]
fn a_name_that_somebody_gave_to_another_column_is_not_used() {
    let stub = stub(2);
    let mut sheet = sheet(&stub);
    assert_eq!(sheet.push(&[change(&id(1), "a", "b")]).unwrap(), [Pushed::Written]);
    for name in 1..5 {
        stub.point(&format!("fairlead_{name}"), 3);
    }
    assert_eq!(sheet.push(&[change(&id(2), "a", "b")]).unwrap(), [Pushed::Written]);
    assert_eq!((stub.cell(1, "选中率"), stub.cell(1, "备注")), (json!(0.5), json!("b")));
}

#[test]
fn what_is_dropped_without_a_word_is_noticed() {
    let stub = stub(1);
    let mut sheet = sheet(&stub);
    let drop = Act::Drop { columns: vec!["备注".into()] };
    stub.script().add(Step::next("values:batchUpdate", drop));
    assert_eq!(sheet.push(&[change(&id(1), "a", "b")]).unwrap(), [dropped(&["备注"])]);
    let long = "x".repeat(50_001);
    let pushed = sheet.push(&[change(&id(1), "a", &long)]).unwrap();
    assert!(matches!(&pushed[..], [Pushed::Unfit { column, .. }] if column == "备注"));
}

#[test]
fn tokens_are_renewed_before_they_end_and_once_on_an_error() {
    let stub = stub(1);
    let net = Net::new();
    let clock = net.clock.clone();
    let mut sheet = sheet_with(&stub, net);
    assert!(sheet.pull(None).is_ok() && sheet.pull(None).is_ok());
    assert_eq!(stub.calls_of("token").len(), 1);
    clock.store(NOW + 3_540_000, Ordering::SeqCst);
    assert!(sheet.pull(None).is_ok());
    assert_eq!(stub.calls_of("token").len(), 2);
    stub.script().add(Step::next("spreadsheet", Act::EndToken));
    assert!(sheet.pull(None).is_ok());
    assert_eq!(stub.calls_of("token").len(), 3);
    let closed = Act::Status { status: 403, retry_after: None };
    stub.script().add(Step::next("spreadsheet", closed));
    let refused = sheet.pull(None).unwrap_err();
    assert!(refused.to_string().contains("share the sheet with calls@stand-in"), "{refused}");
    let calls = stub.calls().len();
    assert_eq!(sheet.pull(None).unwrap_err(), refused);
    assert_eq!(stub.calls().len(), calls);
    sheet.reopen();
    assert!(sheet.pull(None).is_ok());
    sheet.reopen();
    assert!(sheet.pull(None).is_ok());
    assert_eq!(stub.calls_of("token").len(), 4, "a token that works is kept");
    stub.script().add(Step::next("spreadsheet", Act::Status { status: 403, retry_after: None }));
    assert!(sheet.pull(None).is_err());
    // Whoever checks it has mended it.
    assert!(findings(&mut sheet)[0].starts_with("ok: "));
    assert!(sheet.pull(None).is_ok());
}

#[test]
fn the_service_s_troubles_say_what_to_do() {
    let stub = stub(2);
    let mut sheet = sheet(&stub);
    everything(&mut sheet).unwrap();
    let changes = [change(&id(1), "a", "b")];
    let next = |act: Act| stub.script().add(Step::next("values:batchUpdate", act));
    next(Act::Status { status: 429, retry_after: Some(9) });
    let rate = Trouble::Rate { retry_after: Some(Duration::from_secs(9)) };
    assert_eq!(sheet.push(&changes), Err(rate));
    next(Act::Status { status: 503, retry_after: None });
    assert!(matches!(sheet.push(&changes), Err(Trouble::Soon(_))));
    next(Act::Ret { ret: 0, retry_after: None });
    assert!(matches!(sheet.push(&changes), Err(Trouble::BadRequest(_))));
    next(Act::Garbage);
    assert!(matches!(sheet.push(&changes), Err(Trouble::Unreadable(_))));
    assert_eq!(stub.cell(0, "备注"), Value::Null);
    next(Act::CutAfter);
    assert!(matches!(sheet.push(&changes), Err(Trouble::Soon(_))));
    assert_eq!(stub.cell(0, "备注"), "b");
    assert_eq!(sheet.push(&changes).unwrap(), [Pushed::Written]);
}

#[test]
fn what_a_check_calls_wrong_is_not_used() {
    let mut table = Table::recruitment(3);
    table.fields[8].kind = "formula".into();
    (0..3).for_each(|row| table.rows[row][8] = json!(1));
    let stub = stub_of(table);
    let mut sheet = sheet(&stub);
    for said in [sheet.pull(None).err(), sheet.push(&[change(&id(1), "a", "b")]).err()] {
        assert!(
            matches!(&said, Some(Trouble::BadRequest(what)) if what.contains("formulas")),
            "{said:?}"
        );
    }
    assert!(stub.calls_of("values:batchUpdate").is_empty());
    assert!(findings(&mut sheet).join(" ").contains("wrong: “备注” holds formulas"));
}

#[test]
fn a_text_that_looks_like_a_formula_is_none() {
    let stub = stub(2);
    let mut sheet = sheet(&stub);
    for row in 1..3 {
        let pushed = sheet.push(&[change(&id(row), "a", "=1+1")]).unwrap();
        assert_eq!(pushed, [Pushed::Written]);
    }
    assert!(sheet.pull(None).is_ok());
    let found = findings(&mut sheet).join(" ");
    assert!(!found.contains("formulas"), "{found}");
}

#[test]
fn a_check_says_what_is_wrong() {
    let check = |change: &dyn Fn(&mut Table)| {
        let mut table = Table::recruitment(3);
        change(&mut table);
        let stub = stub_of(table);
        let found = findings(&mut sheet(&stub)).join("\n");
        assert!(stub.calls_of("values:batchUpdate").is_empty());
        found
    };
    let found = check(&|_| {});
    assert_eq!(found.matches("ok: ").count(), 3, "{found}");
    let found = check(&|table| table.fields[8].title = "qq".into());
    assert!(found.contains("2 columns titled “QQ”") && found.contains("no column titled “备注”"));
    let found = check(&|table| {
        table.fields[8].kind = "formula".into();
        table.rows[1][8] = json!(1);
    });
    assert!(found.contains("wrong: “备注” holds formulas"), "{found}");
    let found = check(&|table| table.rows[2][0] = Value::Null);
    assert!(found.contains("look: 1 of the first rows"), "{found}");
}

#[test]
fn a_check_of_a_sheet_that_may_only_be_looked_at_says_so() {
    let stub = stub(3);
    let refused = Act::Status { status: 403, retry_after: None };
    stub.script().add(Step::next("batchUpdate", refused));
    let mut sheet = sheet(&stub);
    let found = findings(&mut sheet).join("\n");
    assert!(found.contains("ok: rows can be read"), "{found}");
    assert!(found.contains("wrong: ") && found.contains("share the sheet with calls@"), "{found}");
    assert!(found.contains("as an editor"), "{found}");
    // Shared as it should be, its columns have their names from the check on.
    let found = findings(&mut sheet).join("\n");
    assert!(!found.contains("wrong"), "{found}");
    assert_eq!(sheet.push(&[change(&id(1), "a", "b")]).unwrap(), [Pushed::Written]);
    assert_eq!(stub.calls_of("batchUpdate").len(), 2);
}

#[test]
fn titles_below_the_last_row_are_told_in_plain_words() {
    let stub = stub(3);
    let link = stub.link();
    let spreadsheet = Spreadsheet { link, tab: None, header_row: 99, base: Some(stub.url()) };
    let account = Account::read(&stub.key_file()).unwrap();
    let mut sheet = Google::new(spreadsheet, account, Columns::recruitment(), Net::new()).unwrap();
    let found = findings(&mut sheet).join("\n");
    assert!(found.contains("has no row 99") && found.contains("it has 24 rows"), "{found}");
    assert!(
        matches!(sheet.pull(None), Err(Trouble::BadRequest(what)) if what.contains("no row 99"))
    );
}
