//! What a packed workbook unpacks to.
//!
//! Sheets are streamed, a cell at a time, but the texts they share and their styles are held in
//! memory as a whole; a file of a few kilobytes can unpack to gigabytes of them, or of one cell.
//! What its directory says of their sizes may be a lie, so they are unpacked once to be measured, a
//! piece at a time.

use super::{MAX_ROW_BYTES, TableError};
use std::io::{self, Read, Seek, Write, copy, sink};
use zip::ZipArchive;

/// The most bytes that all parts but sheets and pictures may have when unpacked.
pub const MOST: u64 = 256 << 20;

/// The most bytes that all sheets may have when unpacked.
const MOST_SHEETS: u64 = 4 << 30;

/// Measures what stands between two tags of a sheet: it is held in memory as a whole.
#[derive(Default)]
struct Cells {
    since_tag: u64,
}

impl Write for Cells {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pieces = bytes.split(|byte| *byte == b'<');
        let goes_on = pieces.next().map_or(0, <[u8]>::len) as u64;
        let mut longest = self.since_tag + goes_on;
        self.since_tag = longest;
        for piece in pieces {
            self.since_tag = piece.len() as u64;
            longest = longest.max(self.since_tag);
        }
        match longest <= MAX_ROW_BYTES {
            true => Ok(bytes.len()),
            false => Err(io::ErrorKind::FileTooLarge.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fails when the parts that are held in memory are larger than `most` bytes.
pub fn check(source: &mut (impl Read + Seek), most: u64) -> Result<(), TableError> {
    let damaged = |error: zip::result::ZipError| TableError::Excel(error.to_string());
    let mut parts = ZipArchive::new(source).map_err(damaged)?;
    let (mut left, mut left_to_sheets) = (most, MOST_SHEETS);
    for index in 0..parts.len() {
        let part = parts.by_index(index).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.to_ascii_lowercase();
        if name.starts_with("xl/media/") {
            continue;
        }
        if name.starts_with("xl/worksheets/") {
            let size = copy(&mut part.take(left_to_sheets + 1), &mut Cells::default());
            let size = size.map_err(|error| match error.kind() {
                io::ErrorKind::FileTooLarge => TableError::CellTooLong,
                _ => TableError::Excel(error.to_string()),
            })?;
            left_to_sheets =
                left_to_sheets.checked_sub(size).ok_or(TableError::TooLarge(MOST_SHEETS))?;
            continue;
        }
        let unpacked = copy(&mut part.take(left + 1), &mut sink())
            .map_err(|error| TableError::Excel(error.to_string()))?;
        left = left.checked_sub(unpacked).ok_or(TableError::TooLarge(most))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// Parts of so many bytes, each of them the same.
    fn packed_of(byte: u8, parts: &[(&str, usize)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, size) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![byte; *size]).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn packed(parts: &[(&str, usize)]) -> Vec<u8> {
        packed_of(b'<', parts)
    }

    #[test]
    fn one_cell_is_not_larger_than_a_row_may_be() {
        let cell = MAX_ROW_BYTES as usize;
        for (size, fits) in [(cell, true), (cell + 1, false), (40 * cell, false)] {
            let sheet = packed_of(b' ', &[("xl/worksheets/sheet1.xml", size)]);
            let answer = check(&mut Cursor::new(sheet), 1);
            assert_eq!(answer.is_ok(), fits, "{size}: {answer:?}");
        }
    }

    fn checked(bytes: Vec<u8>) -> Result<(), TableError> {
        check(&mut Cursor::new(bytes), 1 << 20)
    }

    const SHEET: (&str, usize) = ("xl/worksheets/sheet1.xml", 4 << 20);

    #[test]
    fn large_sheets_pass_and_large_texts_do_not() {
        assert!(checked(packed(&[SHEET, ("xl/sharedStrings.xml", 1 << 20)])).is_ok());
        let texts = checked(packed(&[SHEET, ("xl/sharedStrings.xml", (1 << 20) + 1)]));
        assert!(matches!(texts, Err(TableError::TooLarge(_))), "{texts:?}");
        let two = checked(packed(&[("xl/styles.xml", 600_000), ("xl/sharedStrings.xml", 600_000)]));
        assert!(matches!(two, Err(TableError::TooLarge(_))), "{two:?}");
    }

    #[test]
    fn a_lie_about_a_size_does_not_help() {
        let size = (4_u32 << 20).to_le_bytes();
        let mut bytes = packed(&[("xl/sharedStrings.xml", 4 << 20)]);
        for at in 0..bytes.len() - 4 {
            if bytes[at..at + 4] == size {
                bytes[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
            }
        }
        assert!(checked(bytes).is_err());
    }

    #[test]
    fn damage_is_an_error() {
        assert!(checked(b"PK\x03\x04".to_vec()).is_err());
        let mut cut = packed(&[("a", 1000)]);
        cut.truncate(cut.len() - 30);
        assert!(checked(cut).is_err());
    }
}
