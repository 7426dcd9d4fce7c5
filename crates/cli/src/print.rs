//! What people read: tables; and JSON for programs.

use anyhow::{Context, Result};
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::Value;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Prints JSON, for `--json`.
pub fn json(value: &Value) -> Result<()> {
    line(serde_json::to_string_pretty(value)?)
}

/// Prints a line.
pub fn line(text: impl Display) -> Result<()> {
    self::text(format_args!("{text}\n"))
}

/// Prints a text as it is.
pub fn text(text: impl Display) -> Result<()> {
    stream(|out| write!(out, "{text}").context("cannot write to standard output"))
}

/// Lets `fill` write to standard output. When whoever reads it has seen enough, as `head` has, that
/// is no error, and what the command is for is done all the same.
pub fn stream(fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    until_closed(std::io::stdout().lock(), fill)
}

fn until_closed<W: Write>(out: W, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut pipe = Pipe { out, closed: false };
    let done = fill(&mut pipe).and_then(|()| Ok(pipe.flush()?));
    if pipe.closed { Ok(()) } else { done }
}

/// Notices whether nobody reads any more: another connection's broken pipe would look the same.
struct Pipe<W> {
    out: W,
    closed: bool,
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes);
        self.notice(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let flushed = self.out.flush();
        self.notice(flushed)
    }
}

impl<W> Pipe<W> {
    fn notice<T>(&mut self, done: std::io::Result<T>) -> std::io::Result<T> {
        let closes = |error: &std::io::Error| error.kind() == ErrorKind::BrokenPipe;
        self.closed |= done.as_ref().is_err_and(closes);
        done
    }
}

/// A table; columns whose title ends in `#` hold numbers.
pub fn table(titles: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(titles.iter().map(|t| t.trim_end_matches('#')));
    for row in rows {
        table.add_row(row);
    }
    for (at, title) in titles.iter().enumerate() {
        if let (true, Some(column)) = (title.ends_with('#'), table.column_mut(at)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// A JSON value as a cell.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(n) => match n.as_f64() {
            Some(f) if f.fract() != 0.0 => format!("{f:.3}"),
            _ => n.to_string(),
        },
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

/// The given fields of a JSON object as cells.
pub fn cells(object: &Value, fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| cell(&object[field])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Takes nothing, for this reason.
    struct Refuses(ErrorKind);

    impl Write for Refuses {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_a_reader_that_has_gone_is_no_error() {
        let print = |why| until_closed(Refuses(why), |out| Ok(out.write_all(b"text")?));
        assert!(print(ErrorKind::BrokenPipe).is_ok());
        assert!(print(ErrorKind::StorageFull).is_err());
        // The server's connection broke, not the reader's.
        let broke = |_: &mut dyn Write| Err(std::io::Error::from(ErrorKind::BrokenPipe).into());
        assert!(until_closed(std::io::sink(), broke).is_err());
    }

    #[test]
    fn cells_read_well() {
        let row = json!({"a": null, "b": 0.98765, "c": 3, "d": true, "e": "x"});
        assert_eq!(cells(&row, &["a", "b", "c", "d", "e"]), ["–", "0.988", "3", "yes", "x"]);
        let text = table(&["name", "n#"], [vec!["asha".into(), "3".into()]]);
        assert!(text.contains("asha") && !text.contains('#'), "{text}");
    }
}
