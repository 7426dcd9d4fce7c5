//! Cells of an Excel workbook changed in place: in one part of the archive those cells' XML, and
//! nothing else; all other parts are copied as they are packed.

use super::Edit;
use super::cells::change;
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};
use std::io::{Cursor, Read, Write};
use zip::{ZipArchive, ZipWriter};

/// The file with other cells, and for each edit that could not be made what the cell takes.
///
/// # Errors
/// When the workbook cannot be understood.
pub fn edit(
    bytes: &[u8],
    sheet: &str,
    edits: &[Edit],
) -> Result<(Vec<u8>, Vec<Option<String>>), &'static str> {
    const DAMAGED: &str = "the workbook is not one that can be written to: save it anew in Excel";
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let book = text(&mut archive, "xl/workbook.xml").ok_or(DAMAGED)?;
    let links = text(&mut archive, "xl/_rels/workbook.xml.rels").ok_or(DAMAGED)?;
    let part = part(&book, &links, sheet).ok_or(DAMAGED)?;
    let xml = text(&mut archive, &part).ok_or(DAMAGED)?;
    let (changed, verdicts) = change(&xml, edits)?;
    if changed == xml {
        return Ok((bytes.to_vec(), verdicts));
    }
    let mut out = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at).map_err(|_| DAMAGED)?;
        let name = file.name().map_err(|_| DAMAGED)?.into_owned();
        if name.eq_ignore_ascii_case(&part) {
            out.start_file(name, file.options()).map_err(|_| DAMAGED)?;
            out.write_all(changed.as_bytes()).map_err(|_| DAMAGED)?;
        } else {
            out.raw_copy_file(file).map_err(|_| DAMAGED)?;
        }
    }
    let out = out.finish().map_err(|_| DAMAGED)?.into_inner();
    Ok((out, verdicts))
}

fn text(archive: &mut ZipArchive<Cursor<&[u8]>>, wanted: &str) -> Option<String> {
    let same = |name: &str| name.eq_ignore_ascii_case(wanted);
    let at = (0..archive.len()).find(|at| {
        archive.by_index_raw(*at).ok().and_then(|f| f.name().ok().map(|n| same(&n))) == Some(true)
    })?;
    let mut text = String::new();
    archive.by_index(at).ok()?.read_to_string(&mut text).ok()?;
    Some(text)
}

/// The name of the part that holds a sheet.
fn part(book: &str, links: &str, sheet: &str) -> Option<String> {
    let id = find(book, "sheet", |tag| {
        (attribute(tag, "name")? == sheet).then(|| attribute(tag, "id")).flatten()
    })?;
    let target = find(links, "Relationship", |tag| {
        (attribute(tag, "Id")? == id).then(|| attribute(tag, "Target")).flatten()
    })?;
    Some(match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("xl/{target}"),
    })
}

/// What the first element of a name gives that gives something.
fn find(xml: &str, name: &str, get: impl Fn(&BytesStart<'_>) -> Option<String>) -> Option<String> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{FEFF}'));
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == name => {
                if let Some(found) = get(&tag) {
                    return Some(found);
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// An attribute's value, whatever namespace its name has.
pub fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes().flatten();
    let found = all.find(|attribute| attribute.key.local_name().into_inner() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}
