//! Files on this machine: everything but the permitted cells stays as it is.

use crate::net::{cell, change, findings};
use crate::pack;
use connectors::mirror::{
    CellValue, Columns, Pushed, RowChange, RowId, Sheet, Trouble, local::LocalFile,
};
use std::{fs, io::Read, path::PathBuf};
use tempfile::TempDir;

const HEADER: &str = "account,已电联,已选中,公式,QQ,手机号,设备,建联人,备注\r\n";

fn csv(rows: &str) -> (TempDir, PathBuf, LocalFile) {
    file("list.csv", format!("{HEADER}{rows}").as_bytes())
}

fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf, LocalFile) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let sheet = LocalFile::new(&path, None, Columns::recruitment()).unwrap();
    (folder, path, sheet)
}

fn id(text: &str) -> RowId {
    RowId(text.into())
}

/// A workbook of the recruitment list whose column D is computed.
fn workbook() -> Vec<u8> {
    let text =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let titles: String = HEADER
        .trim()
        .split(',')
        .zip('A'..)
        .map(|(title, letter)| text(&format!("{letter}1"), title))
        .collect();
    let row = |row: u32| {
        let account = text(&format!("A{row}"), &format!("acc{row}"));
        format!(
            "{account}<c r=\"B{row}\" s=\"0\"/><c r=\"D{row}\"><f>B{row}*2</f><v>0</v></c>\
             <c r=\"F{row}\"><v>1380000000{row}</v></c>"
        )
    };
    let other = text("A1", "another sheet");
    let rows = pack::sheet(&[&titles, &row(2), &row(3)]);
    pack::workbook(&[("List", &rows), ("Other", &pack::sheet(&[&other]))])
}

/// The parts of an archive by their names.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.push((part.name().unwrap().into_owned(), text));
    }
    parts
}

#[test]
fn a_csv_file_is_read_and_written_to_the_byte() {
    let rows = "a1,,,\"=B2\",,138,\"iPhone \",,\r\n\r\na2, 1 ,0,x,'-5,139,,王芳,old";
    let (_folder, path, mut sheet) = csv(rows);
    let page = sheet.pull(None).unwrap();
    assert_eq!(page.rows.len(), 2);
    assert_eq!(cell(&page.rows[1], "QQ"), "-5");
    assert!(page.rows[1].is_done(sheet.columns()) && !page.rows[0].is_done(sheet.columns()));
    let note = "=HYPERLINK(\"x\"), 通过";
    let pushed = sheet.push(&[change(&id("a1"), "李雷", note), change(&id("a3"), "x", "y")]);
    assert_eq!(pushed.unwrap(), [Pushed::Written, Pushed::Gone]);
    let after = fs::read_to_string(&path).unwrap();
    let row = "a1,1,1,\"=B2\",,138,\"iPhone \",李雷,\"'=HYPERLINK(\"\"x\"\"), 通过\"";
    assert_eq!(after, format!("{HEADER}{row}\r\n\r\na2, 1 ,0,x,'-5,139,,王芳,old"));
    // What was written is read as it was meant, not as it stands there.
    assert_eq!(cell(&sheet.read(&[id("a1")]).unwrap()[0], "备注"), note);
}

#[test]
fn a_change_of_the_file_is_noticed_and_our_own_is_not() {
    let (_folder, path, mut sheet) = csv("a1,,,,,138,,,\r\n");
    assert!(sheet.stamp().is_none());
    sheet.pull(None).unwrap();
    sheet.push(&[change(&id("a1"), "b", "c")]).unwrap();
    let stamp = sheet.stamp().unwrap().clone();
    assert!(!sheet.changed_since(&stamp).unwrap());
    let text = fs::read_to_string(&path).unwrap();
    // Saved again as it was.
    fs::write(&path, &text).unwrap();
    assert!(!sheet.changed_since(&stamp).unwrap());
    fs::write(&path, format!("{text}a2,,,,,139,,,\r\n")).unwrap();
    assert!(sheet.changed_since(&stamp).unwrap());
    assert_eq!(sheet.pull(None).unwrap().rows.len(), 2);
    fs::remove_file(&path).unwrap();
    let gone = sheet.pull(None).unwrap_err();
    assert!(matches!(&gone, Trouble::BadRequest(what) if what.contains("no file")), "{gone:?}");
    // Gone while a row was to be written, it is no fault of that row.
    let gone = sheet.push(&[change(&id("a1"), "b", "d")]).unwrap_err();
    assert!(matches!(gone, Trouble::Changed(_)), "{gone:?}");
}

#[test]
fn of_a_workbook_only_the_cells_change() {
    let before = workbook();
    let (_folder, path, mut sheet) = file("list.xlsx", &before);
    let page = sheet.pull(None).unwrap();
    assert_eq!(page.rows.iter().map(|row| row.id.0.as_str()).collect::<Vec<_>>(), ["acc2", "acc3"]);
    assert_eq!(cell(&page.rows[0], "手机号"), "13800000002");
    assert_eq!(sheet.push(&[change(&id("acc3"), "王芳", "=1+1")]).unwrap(), [Pushed::Written]);
    let after = fs::read(&path).unwrap();
    // Once more is nothing new.
    assert_eq!(sheet.push(&[change(&id("acc3"), "王芳", "=1+1")]).unwrap(), [Pushed::Written]);
    assert!(fs::read(&path).unwrap() == after);
    let (before, after) = (parts(&before), parts(&after));
    assert_eq!(before.len(), after.len());
    for ((name, old), (same, new)) in before.iter().zip(&after) {
        assert_eq!(name, same);
        assert_eq!(old == new, name != "xl/worksheets/sheet1.xml", "{name}");
    }
    let sheet_of = |parts: &[(String, String)]| {
        let part = parts.iter().find(|(name, _)| name == "xl/worksheets/sheet1.xml");
        part.unwrap().1.clone()
    };
    let cells = "<c r=\"B3\" s=\"0\"><v>1</v></c><c r=\"C3\"><v>1</v></c><c r=\"D3\"><f>B3*2</f>\
                 <v>0</v></c><c r=\"F3\"><v>13800000003</v></c><c r=\"H3\" t=\"inlineStr\"><is>\
                 <t xml:space=\"preserve\">王芳</t></is></c><c r=\"I3\" t=\"inlineStr\"><is>\
                 <t xml:space=\"preserve\">=1+1</t></is></c>";
    let old = "<c r=\"B3\" s=\"0\"/><c r=\"D3\"><f>B3*2</f><v>0</v></c><c r=\"F3\">\
               <v>13800000003</v></c>";
    assert_eq!(sheet_of(&after), sheet_of(&before).replace(old, cells));
    let row = &sheet.read(&[id("acc3")]).unwrap()[0];
    assert_eq!((cell(row, "备注"), cell(row, "已电联")), ("=1+1".into(), "1".into()));
}

#[test]
fn a_formula_is_never_overwritten() {
    let bytes = workbook();
    let (_folder, path, _) = file("list.xlsx", &bytes);
    let columns: Columns = serde_json::from_value(serde_json::json!([
        {"column": "account", "permission": "read", "attribute": "a", "role": "unique"},
        {"column": "公式", "permission": "write", "role": "result"},
        {"column": "备注", "permission": "write", "attribute": "note"},
    ]))
    .unwrap();
    let mut sheet = LocalFile::new(&path, Some("List".into()), columns.clone()).unwrap();
    let cells = columns.writable().map(|(_, key)| (key, CellValue::text("x"))).collect();
    let pushed = sheet.push(&[RowChange { row: id("acc2"), cells }]).unwrap();
    assert!(
        matches!(&pushed[..], [Pushed::Unfit { column, .. }] if column == "公式"),
        "{pushed:?}"
    );
    assert!(fs::read(&path).unwrap() == bytes);
    let found = findings(&mut sheet).join("\n");
    assert!(found.contains("wrong: “公式” is a column that is to be written and holds"), "{found}");
    let said = sheet.pull(None).unwrap_err().to_string();
    assert!(found.contains(&said), "what a check calls wrong is not used: {said}");
}

#[test]
fn rows_that_cannot_be_told_apart_are_not_written() {
    let (_folder, path, mut sheet) = csv("a1,,,,,138,,,\r\na1,,,,,139,,,\r\n,,,,,140,,,\r\n");
    let page = sheet.pull(None).unwrap();
    assert_eq!((page.rows.len(), page.faults.len()), (1, 2));
    let before = fs::read(&path).unwrap();
    assert_eq!(sheet.push(&[change(&id("a1"), "b", "c")]).unwrap(), [Pushed::Ambiguous]);
    assert!(fs::read(&path).unwrap() == before);
    let found = findings(&mut sheet).join("\n");
    assert!(found.contains("look: 2 of the first rows"), "{found}");
}

#[test]
fn a_check_says_what_is_wrong() {
    let check = |name: &str, bytes: &[u8]| {
        let (_folder, path, mut sheet) = file(name, bytes);
        let found = findings(&mut sheet).join("\n");
        assert!(fs::read(path).unwrap() == bytes);
        found
    };
    let good = format!("{HEADER}a1,,,,,138,,,\r\n");
    let found = check("a.csv", good.as_bytes());
    assert_eq!(found.matches("ok: ").count(), 3, "{found}");
    assert_eq!(check("a.xlsx", &workbook()).matches("ok: ").count(), 3);
    let found = check("a.csv", good.replace("QQ", "备注").as_bytes());
    assert!(found.contains("2 columns titled “备注”") && found.contains("no column titled “QQ”"));
    assert!(check("a.csv", b"%PDF-1.7").contains("wrong: this is a PDF"));
    let (_folder, path, mut sheet) = csv("");
    assert!(findings(&mut sheet).join("\n").contains("no rows that can be told apart"));
    fs::remove_file(path).unwrap();
    let found = findings(&mut sheet);
    assert!(found[0].starts_with("wrong: there is no file /"), "{found:?}");
    assert!(found[0].contains("list.csv: put it there"), "{found:?}");
}

#[test]
fn a_cell_that_would_show_something_else_is_reported() {
    // Style 1 is a date: a 1 in such a cell is the first day of 1900.
    let rows = "<c r=\"A2\" t=\"inlineStr\"><is><t>a1</t></is></c><c r=\"B2\" s=\"1\"/>";
    let title = |letter: char, title: &str| {
        format!("<c r=\"{letter}1\" t=\"inlineStr\"><is><t>{title}</t></is></c>")
    };
    let titles: String =
        HEADER.trim().split(',').zip('A'..).map(|(name, letter)| title(letter, name)).collect();
    let book = pack::workbook(&[("List", &pack::sheet(&[&titles, rows]))]);
    let (_folder, _path, mut sheet) = file("list.xlsx", &book);
    let pushed = sheet.push(&[change(&id("a1"), "b", "c")]).unwrap();
    assert_eq!(pushed, [crate::net::dropped(&["已电联"])]);
}

#[test]
fn a_file_with_a_quotation_mark_left_open_is_not_written_to() {
    let (_folder, path, mut sheet) = csv("a1,,,,,138,,,\r\na2,\"open,,,,139,,,");
    let before = fs::read(&path).unwrap();
    for row in ["a1", "a2"] {
        let refused = sheet.push(&[change(&id(row), "b", "c")]).unwrap_err();
        assert!(matches!(refused, Trouble::BadRequest(_)), "{refused:?}");
    }
    let said = "a quotation mark (\") in line 3 is never closed";
    let found = findings(&mut sheet).join("\n");
    assert!(found.contains(&format!("wrong: {said}")), "{found}");
    // In the middle it swallows what follows.
    let (_folder, _path, mut sheet) =
        csv("a1,,,,,138,,,\r\na2,\"open,,,,139,,,\r\na3,,,,,137,,,\r\n");
    let found = findings(&mut sheet).join("\n");
    assert!(found.contains(&format!("wrong: {said}")), "{found}");
    let refused = sheet.push(&[change(&id("a1"), "b", "c")]).unwrap_err();
    assert!(refused.to_string().contains(said), "{refused}");
    assert!(fs::read(&path).unwrap() == before);
}
