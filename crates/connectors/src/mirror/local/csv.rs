//! Cells of a CSV file changed in place: every byte that does not belong to one of them stays.

use super::Edit;
use crate::{mirror::CellValue, sheet::is_formula};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::ops::Range;

/// The file with other cells, and for each edit that could not be made what the cell takes.
///
/// # Errors
/// When the file cannot be written back as it was.
pub fn edit(
    bytes: &[u8],
    encoding: &str,
    delimiter: char,
    edits: &[Edit],
) -> Result<(Vec<u8>, Vec<Option<String>>), &'static str> {
    let encoding = Encoding::for_label(encoding.as_bytes()).unwrap_or(UTF_8);
    let mark = Encoding::for_bom(bytes).map_or(0, |(_, length)| length);
    let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]);
    let text = text.filter(|text| encoded(encoding, text).as_deref() == Some(&bytes[mark..]));
    let text = text.ok_or("the file's encoding cannot be written back: save it as UTF-8")?;
    let (records, _) = records(&text, delimiter);
    let mut pieces: Vec<(Range<usize>, String)> = Vec::new();
    let mut verdicts = Vec::new();
    for edit in edits {
        let found = records.binary_search_by_key(&edit.line, |record| record.line).ok();
        let Some(cells) = found.map(|at| &records[at].cells) else {
            return Err("a row is not where it was read: save the file as plain CSV");
        };
        let cell =
            written(&edit.value, delimiter, cells.get(edit.column).map(|c| &text[c.clone()]));
        if encoded(encoding, &cell).is_none() {
            verdicts
                .push(Some(format!("characters of {} only: save it as UTF-8", encoding.name())));
            continue;
        }
        verdicts.push(None);
        match cells.get(edit.column) {
            Some(span) => pieces.push((span.clone(), cell)),
            None => {
                // The row ends before: it gets the cells in between too.
                let end = cells.last().map_or(0, |span| span.end);
                let missing = edit.column + 1 - cells.len();
                pieces.push((end..end, delimiter.to_string().repeat(missing) + &cell));
            }
        }
    }
    join_ends(&mut pieces, delimiter);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (span, piece) in pieces {
        out.push_str(&text[done..span.start]);
        out.push_str(&piece);
        done = span.end;
    }
    out.push_str(&text[done..]);
    let out = encoded(encoding, &out).ok_or("the file's encoding cannot be written back")?;
    Ok(([&bytes[..mark], &out].concat(), verdicts))
}

/// Whether every quotation mark is closed.
///
/// # Errors
/// Which line holds the one that is not.
pub fn whole(bytes: &[u8], encoding: &str, delimiter: char) -> Result<(), u64> {
    let encoding = Encoding::for_label(encoding.as_bytes()).unwrap_or(UTF_8);
    let mark = Encoding::for_bom(bytes).map_or(0, |(_, length)| length);
    let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
    records(&text, delimiter).1.map_or(Ok(()), Err)
}

/// Sorts the pieces; of several beyond one row's end each adds only what the one before lacks.
fn join_ends(pieces: &mut Vec<(Range<usize>, String)>, delimiter: char) {
    pieces.sort_by_key(|(span, piece)| {
        let lead = piece.chars().take_while(|c| *c == delimiter).count();
        (span.start, span.end, if span.is_empty() { lead } else { 0 })
    });
    let mut joined: Vec<(Range<usize>, String)> = Vec::new();
    let mut had = 0;
    for (span, piece) in pieces.drain(..) {
        let lead = piece.chars().take_while(|c| *c == delimiter).count();
        match joined.last_mut() {
            Some((last, text)) if span.is_empty() && *last == span && lead > 0 => {
                text.extend(piece.chars().skip(had));
            }
            _ => joined.push((span, piece)),
        }
        had = lead;
    }
    *pieces = joined;
}

/// A cell's text as its file has it, without the apostrophe that keeps a spreadsheet from computing
/// it.
pub fn read(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_guarded(rest) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet would compute it, or it looks like a text that was kept from that: both get
/// an apostrophe, so that whatever is written is read the same.
fn is_guarded(text: &str) -> bool {
    is_formula(text.trim_start_matches('\''))
}

/// A value as it stands in the file; quoted where it has to be or the cell was.
fn written(value: &CellValue, delimiter: char, before: Option<&str>) -> String {
    let text = value.plain();
    let text = match value {
        CellValue::Text(_) if is_guarded(&text) => format!("'{text}"),
        _ => text.into_owned(),
    };
    let special = |c: char| c == delimiter || matches!(c, '"' | '\r' | '\n');
    let quoted = before.is_some_and(|before| before.starts_with('"'));
    match quoted || text.contains(special) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

struct Record {
    /// Where it begins, from 1, as the reader of tables counts.
    line: u64,
    cells: Vec<Range<usize>>,
}

/// Every record with the places of its cells, read as the reader of tables does: a quotation mark
/// means something at a cell's start only, and empty lines are no records. And the line of a
/// quotation mark that is left open.
fn records(text: &str, delimiter: char) -> (Vec<Record>, Option<u64>) {
    let mut records = Vec::new();
    let (mut line, mut begun, mut start, mut quoted, mut opened) = (1, 1, 0, false, 1);
    let mut cells = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let newline = matches!(c, '\r' | '\n');
        let next = chars.peek().map(|(_, next)| *next);
        // Both halves of a line end count as one.
        let ends_line = newline && !(c == '\r' && next == Some('\n'));
        if ends_line {
            line += 1;
        }
        if quoted {
            if c == '"' && next == Some('"') {
                chars.next();
            } else if c == '"' {
                quoted = false;
            }
        } else if c == '"' && at == start {
            (quoted, opened) = (true, line);
        } else if c == delimiter {
            cells.push(start..at);
            start = at + c.len_utf8();
        } else if newline {
            let end = at;
            if !cells.is_empty() || end > start {
                cells.push(start..end);
                records.push(Record { line: begun, cells: std::mem::take(&mut cells) });
            }
            start = at + 1;
            begun = line;
        }
    }
    if !cells.is_empty() || text.len() > start {
        cells.push(start..text.len());
        records.push(Record { line: begun, cells });
    }
    (records, quoted.then_some(opened))
}

/// `None` for what the encoding has no bytes for.
fn encoded(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    if encoding == UTF_16LE {
        return Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    if encoding == UTF_16BE {
        return Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    let (bytes, _, unmappable) = encoding.encode(text);
    (!unmappable).then(|| bytes.into_owned())
}

#[cfg(test)]
mod tests;
