//! The XML of a worksheet: `<row r="7"><c r="P7" s="3" t="s"><v>12</v></c></row>`.

use super::{Edit, xlsx::attribute};
use crate::{
    mirror::{
        CellValue,
        letters::{index_of, letter_of},
    },
    sheet::{MAX_CELL, escape},
};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// A cell as it stands in the XML.
struct Found {
    span: Range<usize>,
    style: Option<String>,
    computed: bool,
}

/// A row's cells, and where others may be put.
struct Place {
    cells: HashMap<usize, Found>,
    /// Where each cell begins, in order of the columns.
    starts: Vec<(usize, usize)>,
    end: usize,
    /// What stands before names, such as `x:`.
    prefix: String,
}

/// The XML with other cells, and for each edit that could not be made what the cell takes. A cell
/// that is computed is never touched. Texts are written as texts of the cell itself, which nothing
/// computes.
///
/// # Errors
/// When it is not a worksheet's.
pub fn change(xml: &str, edits: &[Edit]) -> Result<(String, Vec<Option<String>>), &'static str> {
    const DAMAGED: &str = "the sheet is not one that can be written to: save it anew in Excel";
    let rows = places(xml, edits).ok_or(DAMAGED)?;
    let mut pieces: Vec<(Range<usize>, usize, String)> = Vec::new();
    let mut verdicts = Vec::new();
    for edit in edits {
        let row = rows.get(&edit.line).ok_or(DAMAGED)?;
        let found = row.cells.get(&edit.column);
        if found.is_some_and(|found| found.computed) {
            verdicts.push(Some("nothing here: this cell holds a formula".to_owned()));
            continue;
        }
        if edit.value.plain().chars().count() > MAX_CELL {
            verdicts.push(Some(format!("at most {MAX_CELL} characters")));
            continue;
        }
        verdicts.push(None);
        let style = found.and_then(|found| found.style.as_deref());
        let cell = cell(&row.prefix, edit, style);
        let after = row.starts.iter().find(|(column, _)| *column > edit.column);
        let gap = after.map_or(row.end, |(_, start)| *start);
        pieces.push((found.map_or(gap..gap, |found| found.span.clone()), edit.column, cell));
    }
    pieces.sort_by_key(|(span, column, _)| (span.start, *column));
    let mut out = String::with_capacity(xml.len());
    let mut done = 0;
    for (span, _, piece) in pieces {
        out.push_str(&xml[done..span.start]);
        out.push_str(&piece);
        done = span.end;
    }
    out.push_str(&xml[done..]);
    Ok((out, verdicts))
}

/// The rows that are to be changed.
fn places(xml: &str, edits: &[Edit]) -> Option<HashMap<u64, Place>> {
    let mark = xml.len() - xml.trim_start_matches('\u{FEFF}').len();
    let mut reader = Reader::from_str(&xml[mark..]);
    let wanted: HashSet<u64> = edits.iter().map(|edit| edit.line).collect();
    let mut rows: HashMap<u64, Place> = HashMap::new();
    let (mut row, mut column) = (0_u64, 0_usize);
    let mut open: Option<(usize, Found)> = None;
    loop {
        let start = mark + reader.buffer_position() as usize;
        let event = reader.read_event().ok()?;
        let end = mark + reader.buffer_position() as usize;
        match &event {
            Event::Start(tag) if local(tag) == "row" => {
                row = attribute(tag, "r").map_or(Some(row + 1), |r| r.parse().ok())?;
                column = 0;
                if wanted.contains(&row) {
                    let name = tag.name().into_inner();
                    let prefix = name.strip_suffix("row")?.to_owned();
                    let (cells, starts) = (HashMap::new(), Vec::new());
                    rows.insert(row, Place { cells, starts, end, prefix });
                }
            }
            Event::Empty(tag) if local(tag) == "row" => {
                row = attribute(tag, "r").map_or(Some(row + 1), |r| r.parse().ok())?;
            }
            Event::Start(tag) | Event::Empty(tag) if local(tag) == "c" => {
                let told = attribute(tag, "r").map(|r| column_of(&r));
                let at = told.unwrap_or(Some(column))?;
                column = at + 1;
                let style = attribute(tag, "s");
                let found = Found { span: start..end, style, computed: false };
                match &event {
                    Event::Start(_) => open = Some((at, found)),
                    _ => keep(&mut rows, row, at, found),
                }
            }
            Event::Start(tag) | Event::Empty(tag) if local(tag) == "f" => {
                if let Some((_, found)) = &mut open {
                    found.computed = true;
                }
            }
            Event::End(tag) if tag.local_name().into_inner() == "c" => {
                let (at, mut found) = open.take()?;
                found.span.end = end;
                keep(&mut rows, row, at, found);
            }
            Event::End(tag) if tag.local_name().into_inner() == "row" => {
                if let Some(place) = rows.get_mut(&row) {
                    place.end = start;
                }
            }
            Event::Eof => return Some(rows),
            _ => {}
        }
    }
}

fn keep(rows: &mut HashMap<u64, Place>, row: u64, at: usize, found: Found) {
    if let Some(place) = rows.get_mut(&row) {
        place.starts.push((at, found.span.start));
        place.cells.insert(at, found);
    }
}

fn local<'a>(tag: &'a BytesStart<'_>) -> &'a str {
    tag.local_name().into_inner()
}

/// `P7` is 15.
fn column_of(reference: &str) -> Option<usize> {
    index_of(reference.trim_end_matches(|c: char| c.is_ascii_digit()))
}

fn cell(prefix: &str, Edit { line, column, value }: &Edit, style: Option<&str>) -> String {
    let style = style.map(|style| format!(" s=\"{}\"", escaped(style))).unwrap_or_default();
    let open = format!("<{prefix}c r=\"{}{line}\"{style}", letter_of(*column));
    let plain = value.plain();
    match value {
        _ if plain.is_empty() => format!("{open}/>"),
        CellValue::Number(_) => format!("{open}><{prefix}v>{plain}</{prefix}v></{prefix}c>"),
        CellValue::Flag(_) => format!("{open} t=\"b\"><{prefix}v>{plain}</{prefix}v></{prefix}c>"),
        _ => format!(
            "{open} t=\"inlineStr\"><{prefix}is><{prefix}t xml:space=\"preserve\">{}</{prefix}t>\
             </{prefix}is></{prefix}c>",
            escaped(&plain)
        ),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| escape(c, &mut out));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(line: u64, column: usize, value: CellValue) -> Edit {
        Edit { line, column, value }
    }

    #[test]
    fn only_the_cells_change() {
        let xml = "<x:sheetData><x:row r=\"2\" spans=\"1:4\"><x:c r=\"A2\" t=\"s\"><x:v>0</x:v></x:c>\
                   <x:c r=\"C2\" s=\"7\"/> <x:c r=\"D2\"><x:f>B2</x:f><x:v>1</x:v></x:c></x:row>\
                   </x:sheetData>";
        let edits = [
            edit(2, 2, CellValue::Number(1.0)),
            edit(2, 1, CellValue::text("=1 <&>")),
            edit(2, 3, CellValue::text("never")),
            edit(2, 4, CellValue::Flag(true)),
        ];
        let (after, verdicts) = change(xml, &edits).unwrap();
        let expected = "<x:sheetData><x:row r=\"2\" spans=\"1:4\"><x:c r=\"A2\" t=\"s\"><x:v>0</x:v>\
                        </x:c><x:c r=\"B2\" t=\"inlineStr\"><x:is><x:t xml:space=\"preserve\">=1 \
                        &lt;&amp;&gt;</x:t></x:is></x:c><x:c r=\"C2\" s=\"7\"><x:v>1</x:v></x:c> \
                        <x:c r=\"D2\"><x:f>B2</x:f><x:v>1</x:v></x:c><x:c r=\"E2\" t=\"b\"><x:v>1\
                        </x:v></x:c></x:row></x:sheetData>";
        assert_eq!(after, expected);
        let formula = Some("nothing here: this cell holds a formula".to_owned());
        assert_eq!(verdicts, [None, None, formula, None]);
        assert_eq!(change(xml, &[]).unwrap().0, xml);
    }

    #[test]
    fn cells_without_references_are_counted() {
        let xml = "\u{FEFF}<row><c/></row><row/><row><c><v>1</v></c><c><v>2</v></c></row>";
        let (after, _) = change(xml, &[edit(3, 1, CellValue::Empty)]).unwrap();
        let expected = "\u{FEFF}<row><c/></row><row/><row><c><v>1</v></c><c r=\"B3\"/></row>";
        assert_eq!(after, expected);
        assert!(change(xml, &[edit(9, 0, CellValue::Empty)]).is_err());
    }
}
