//! CSV and its kin.

use super::{
    Counts, Format, MAX_COLUMNS, MAX_ROW_BYTES, Options, Record, Records, TableError, encoding,
};
use csv::{ReaderBuilder, StringRecord};
use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

const DELIMITERS: [u8; 4] = *b",;\t|";
/// How much text the delimiter is guessed from.
const SAMPLE: u64 = 1 << 16;

pub fn open(
    mut source: impl Read + Seek + Send + 'static,
    options: &Options,
    counts: Arc<Counts>,
) -> Result<(Format, Records), TableError> {
    let total = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(0))?;
    let encoding = encoding::detect(&mut source, options)?;
    let mut sample = Vec::new();
    let text = encoding::Utf8::new(source.by_ref(), encoding, Arc::default());
    text.take(SAMPLE).read_to_end(&mut sample)?;
    source.seek(SeekFrom::Start(0))?;
    let said = said(&sample);
    let delimiter = options.delimiter.or(said).unwrap_or_else(|| guess(&sample));
    counts.total.store(total, Ordering::Relaxed);
    let left = Arc::new(AtomicU64::new(MAX_ROW_BYTES));
    let text = encoding::Utf8::new(source, encoding, counts);
    let text = Lines { text, left: left.clone(), last: b'\n' };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 13)
        .from_reader(text);
    let mut record = StringRecord::new();
    let mut skip = said.is_some();
    let mut ended = false;
    let records = std::iter::from_fn(move || {
        if ended {
            return None;
        }
        loop {
            left.store(MAX_ROW_BYTES, Ordering::Relaxed);
            let line = reader.position().line();
            return match reader.read_record(&mut record) {
                Ok(false) => None,
                Ok(true) if std::mem::take(&mut skip) => continue,
                Ok(true) => {
                    // Counted from the record's end, as empty lines before it belong to none.
                    let inside = record.iter().flat_map(str::bytes).filter(|b| *b == b'\n');
                    let line = reader.position().line().saturating_sub(1 + inside.count() as u64);
                    // Empty cells at the end mean nothing; a million of them must not cost memory.
                    let filled = |at: &usize| !record[*at].trim().is_empty();
                    let used = (0..record.len()).rev().find(filled).map_or(0, |last| last + 1);
                    if used > MAX_COLUMNS {
                        ended = true;
                        return Some(Err(TableError::TooManyColumns(used)));
                    }
                    let cells = record.iter().take(used).map(str::to_owned).collect();
                    Some(Ok(Record { line, cells }))
                }
                Err(error) => {
                    ended = true;
                    Some(Err(unreadable(error, line)))
                }
            };
        }
    });
    let format = Format::Csv { encoding: encoding.name(), delimiter: char::from(delimiter) };
    Ok((format, Box::new(records)))
}

fn unreadable(error: csv::Error, line: u64) -> TableError {
    let reason = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            TableError::RowTooLong { line }
        }
        csv::ErrorKind::Io(error) => TableError::Io(error),
        _ => TableError::Broken { line, reason },
    }
}

/// Text whose lines all end with a line feed, the last one too, so that they are counted right;
/// and an end to a record that has none, which an unclosed quotation mark makes of a whole file.
struct Lines<R> {
    text: R,
    /// How many bytes the present record may still have.
    left: Arc<AtomicU64>,
    /// The last byte as it came.
    last: u8,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.text.read(out)?;
            if read == 0 {
                let open = !out.is_empty() && !matches!(self.last, b'\n' | b'\r');
                if open {
                    out[0] = b'\n';
                    self.last = b'\n';
                }
                return Ok(usize::from(open));
            }
            let left = self.left.load(Ordering::Relaxed);
            let left = left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
            self.left.store(left, Ordering::Relaxed);
            let mut kept = 0;
            for at in 0..read {
                let byte = out[at];
                let second = byte == b'\n' && self.last == b'\r';
                self.last = byte;
                if !second {
                    out[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

/// Excel's own convention: a first line `sep=;`.
fn said(sample: &[u8]) -> Option<u8> {
    let line = sample.split(|byte| *byte == b'\n').next()?.trim_ascii();
    match line.strip_prefix(b"sep=")? {
        [delimiter] => Some(*delimiter),
        [] => Some(b'\t'),
        _ => None,
    }
}

/// The delimiter that cuts the most rows into the same number of cells, of which there are two or
/// more; a comma when none does.
fn guess(sample: &[u8]) -> u8 {
    let best = DELIMITERS.iter().map(|delimiter| (evenness(sample, *delimiter), *delimiter));
    // The first of equals wins: the comma.
    let best = best.fold((0, b','), |best, next| if next.0 > best.0 { next } else { best });
    best.1
}

/// In thousandths: the share of rows that have the header's number of cells, weighed by it.
fn evenness(sample: &[u8], delimiter: u8) -> usize {
    let whole = sample.len() < SAMPLE as usize;
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(sample);
    let mut counts: Vec<usize> =
        reader.byte_records().take(200).flatten().map(|record| record.len()).collect();
    if !whole && counts.len() > 1 {
        // The last one is cut.
        counts.pop();
    }
    let Some(header) = counts.first().copied().filter(|cells| *cells > 1) else { return 0 };
    let even = counts.iter().filter(|cells| **cells == header).count();
    1000 * even / counts.len() + header.min(50)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_guessed_or_said() {
        assert_eq!(guess(b"a,b,c\n1,2,3\n"), b',');
        assert_eq!(guess(b"a;b;c\n1,5;2,5;3\n4,5;1;2\n"), b';');
        assert_eq!(guess(b"a\tb\n1, 2\t3, 4\n"), b'\t');
        assert_eq!(guess(b"a|b\n\"1|2\"|3\n"), b'|');
        assert_eq!(guess(b"phone\n123\n"), b',');
        assert_eq!(guess(b"name;note\nA;\"x, y, z\nand, more\"\nB;z\n"), b';');
        assert_eq!(guess(b""), b',');
        assert_eq!(said(b"sep=;\r\na;b"), Some(b';'));
        assert_eq!(said(b"separate,b"), None);
    }
}
