use super::*;
use crate::mirror::local::{Stamp, content::Content, proof::prove};
use encoding_rs::{GB18030, WINDOWS_1252};

fn cell(line: u64, column: usize, text: &str) -> Edit {
    Edit { line, column, value: CellValue::text(text) }
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let (bytes, verdicts) = edit(text.as_bytes(), "UTF-8", ',', edits).unwrap();
    assert!(verdicts.iter().all(Option::is_none), "{verdicts:?}");
    String::from_utf8(bytes).unwrap()
}

#[test]
fn only_the_cell_changes() {
    let text = "\u{FEFF}a , \"b\",c\r\n\r\n1,\"x\r\ny\",\"3\"\"\" \r4,5,6\n7,,9";
    let after = edited(text, &[cell(3, 0, "one"), cell(5, 1, "z"), cell(6, 1, "q")]);
    assert_eq!(after, "\u{FEFF}a , \"b\",c\r\n\r\none,\"x\r\ny\",\"3\"\"\" \r4,z,6\n7,q,9");
    assert_eq!(edited(text, &[]), text);
}

#[test]
fn what_needs_quotation_marks_gets_them_and_what_had_them_keeps_them() {
    let text = "a,b\n1,\"2\"\n3,4\n";
    let edits = [cell(2, 1, "x"), cell(3, 0, "p,q"), cell(3, 1, "l\n\"m\"")];
    assert_eq!(edited(text, &edits), "a,b\n1,\"x\"\n\"p,q\",\"l\n\"\"m\"\"\"\n");
}

#[test]
fn short_rows_grow_to_the_cell() {
    let text = "a,b,c,d\n1\n2,3\n";
    let edits = [cell(2, 3, "z"), cell(2, 1, "x"), cell(3, 3, "w"), cell(3, 1, "v")];
    assert_eq!(edited(text, &edits), "a,b,c,d\n1,x,,z\n2,v,,w\n");
    let both = [cell(2, 2, "y"), cell(2, 3, "")];
    assert_eq!(edited(text, &both), "a,b,c,d\n1,,y,\n2,3\n");
}

#[test]
fn nothing_is_computed_and_everything_is_read_the_same() {
    for text in ["=1+1", "+86 138", "-", "@x", "'=1", "''=1", "'x", "x=1", "\"=1\"", "a,=b"] {
        let value = CellValue::text(text);
        let written = written(&value, ',', None);
        let mut reader =
            ::csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        assert!(!is_formula(&record[0]), "{written}");
        assert_eq!(read(&record[0]), text, "{written}");
    }
    assert_eq!(written(&CellValue::Number(-5.0), ',', None), "-5");
}

#[test]
fn the_encoding_stays() {
    let text = "账号,备注\na1,无\n";
    let (gb, ..) = GB18030.encode(text);
    let (after, _) = edit(&gb, "gb18030", ',', &[cell(2, 1, "通过")]).unwrap();
    assert_eq!(after, GB18030.encode("账号,备注\na1,通过\n").0.as_ref());
    let wide: Vec<u8> =
        [b"\xFF\xFE".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let (after, _) = edit(&wide, "UTF-16LE", ',', &[cell(2, 1, "无")]).unwrap();
    assert_eq!(after, wide);
    let (latin, ..) = WINDOWS_1252.encode("a,b\né,2\n");
    let (after, verdicts) =
        edit(&latin, "windows-1252", ',', &[cell(2, 1, "通过"), cell(2, 0, "è")]).unwrap();
    assert_eq!(after, WINDOWS_1252.encode("a,b\nè,2\n").0.as_ref());
    assert!(verdicts[0].as_deref().is_some_and(|what| what.contains("windows-1252")));
    assert_eq!(verdicts[1], None);
}

#[test]
fn what_cannot_be_written_back_is_refused() {
    assert!(edit(b"a\n\xFF\n", "UTF-8", ',', &[cell(2, 0, "x")]).is_err());
    assert!(edit(b"a\n1\n", "UTF-8", ',', &[cell(3, 0, "x")]).is_err());
}

/// Texts by chance of what is difficult: whatever the reader of tables makes of one, a cell of it can
/// be changed and nothing else is, or the change is refused.
#[test]
fn cells_are_where_the_reader_of_tables_sees_them() {
    let stamp = || Stamp { bytes: 0, modified: 0, sha256: String::new() };
    let read = |text: &[u8]| Content::read(text.to_vec(), stamp(), None);
    let mut seed = 1_u64;
    let mut below = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) as usize) % limit
    };
    let pieces = ["a", "b", ",", ",", "\"", "\"", "\n", "\r\n", "\r", " ", "é", "\"x\"", "=1"];
    let mut changed = 0;
    for _ in 0..4_000 {
        let length = below(30);
        let body: String = (0..length).map(|_| pieces[below(pieces.len())]).collect();
        let text = format!("p,q,r\n{body}");
        let Ok(before) = read(text.as_bytes()) else { continue };
        let Some(row) = before.rows.get(below(before.rows.len().max(1))) else { continue };
        let column = below(3);
        let edits = [cell(row.line, column, "z,\"=")];
        // A quotation mark left open leads the reader's count of lines astray: that is refused.
        let Ok((after, _)) = before.edit(&edits) else { continue };
        if let Ok(kept) = prove(&before, &read(&after).unwrap(), &edits) {
            assert_eq!(kept, [true], "{text:?} at {}:{column}", row.line);
            changed += 1;
        }
    }
    assert!(changed > 2_000, "{changed}");
}
