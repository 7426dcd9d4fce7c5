//! A file about to be written, read once more and held against what it is to become. The service of
//! a sheet would answer with an echo; here nobody else looks.

use super::{Edit, content::Content};
use std::collections::HashMap;

/// Whether each edit's cell reads as what was meant.
///
/// # Errors
/// When anything else reads differently: then nothing may be written.
pub fn prove(before: &Content, after: &Content, edits: &[Edit]) -> Result<Vec<bool>, &'static str> {
    const HARM: &str = "the file cannot be written without harm to the rest of it: save it as UTF-8 \
                        CSV or as .xlsx";
    let same_kind = before.format == after.format && before.titles == after.titles;
    // A quotation mark left open makes the reader count the last row's line wrong.
    let in_order = before.rows.windows(2).all(|pair| pair[0].line < pair[1].line);
    if !same_kind || !in_order || before.rows.len() != after.rows.len() {
        return Err(HARM);
    }
    let by_place: HashMap<(u64, usize), usize> =
        edits.iter().enumerate().map(|(at, edit)| ((edit.line, edit.column), at)).collect();
    let mut kept = vec![false; edits.len()];
    for (then, now) in before.rows.iter().zip(&after.rows) {
        for column in 0..then.cells.len().max(now.cells.len()) {
            // Lines are those of before: a text of several lines moves what follows it.
            if let Some(at) = by_place.get(&(then.line, column)) {
                kept[*at] = edits[*at].value.same(&after.value(now, column));
            } else if then.cells.get(column) != now.cells.get(column) {
                return Err(HARM);
            }
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mirror::{CellValue, local::Stamp};

    fn content(text: &str) -> Content {
        let stamp = Stamp { bytes: 0, modified: 0, sha256: String::new() };
        Content::read(text.into(), stamp, None).unwrap()
    }

    #[test]
    fn each_cell_is_what_was_meant_or_what_it_was() {
        let before = content("a,b\n1,2\n3,4\n");
        let edit = |value: &str| [Edit { line: 2, column: 1, value: CellValue::text(value) }];
        let prove = |after: &str, value: &str| prove(&before, &content(after), &edit(value));
        assert_eq!(prove("a,b\n1,x\n3,4\n", "x"), Ok(vec![true]));
        assert_eq!(prove("a,b\n1,\"x\ny\"\n3,4\n", "x\ny"), Ok(vec![true]));
        assert_eq!(prove("a,b\n1,2\n3,4\n", "x"), Ok(vec![false]));
        for harmed in ["a,b\n1,x\n3,5\n", "a,c\n1,x\n3,4\n", "a,b\n1,x\n", "a;b\n1;x\n3;4\n"] {
            assert!(prove(harmed, "x").is_err(), "{harmed:?}");
        }
    }
}
