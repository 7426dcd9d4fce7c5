//! What a packed workbook says it will unpack to.
//!
//! Sheets are streamed, but the texts they share and their styles are held in memory as a whole;
//! a file of a few kilobytes can unpack to gigabytes of them.

use super::TableError;
use std::io::{Read, Seek, SeekFrom};

/// The most bytes that all parts but the sheets may have when unpacked.
pub const MOST: u64 = 256 << 20;

/// Fails when the parts that are held in memory are too large.
pub fn check(source: &mut (impl Read + Seek), size: u64) -> Result<(), TableError> {
    let damaged = || TableError::Excel("it is damaged".into());
    // The end record is 22 bytes, and a comment of at most 65,535 may follow.
    let from = size.saturating_sub(22 + 65_535);
    source.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    source.read_to_end(&mut end)?;
    let at = end.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").ok_or_else(damaged)?;
    let record = end.get(at..at + 22).ok_or_else(damaged)?;
    let (length, start) = (word(record, 12), word(record, 16));
    source.seek(SeekFrom::Start(start))?;
    let mut directory = Vec::new();
    source.take(length.min(MOST_DIRECTORY)).read_to_end(&mut directory)?;
    let mut rest = directory.as_slice();
    let mut held = 0_u64;
    while rest.starts_with(b"PK\x01\x02") && rest.len() >= 46 {
        let unpacked = word(rest, 24);
        let lengths = [half(rest, 28), half(rest, 30), half(rest, 32)];
        let name = rest.get(46..46 + lengths[0]).ok_or_else(damaged)?;
        if !name.to_ascii_lowercase().starts_with(b"xl/worksheets/") {
            held += unpacked;
        }
        rest = rest.get(46 + lengths.iter().sum::<usize>()..).ok_or_else(damaged)?;
    }
    if held > MOST { Err(TableError::TooLarge(MOST)) } else { Ok(()) }
}

/// No workbook of people has a directory this long.
const MOST_DIRECTORY: u64 = 16 << 20;

fn half(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

fn word(bytes: &[u8], at: usize) -> u64 {
    let word = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    u64::from(u32::from_le_bytes(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A directory of parts with their unpacked sizes, and nothing else.
    fn directory(parts: &[(&str, u32)]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, unpacked) in parts {
            let mut entry = [0; 46];
            entry[..4].copy_from_slice(b"PK\x01\x02");
            entry[24..28].copy_from_slice(&unpacked.to_le_bytes());
            entry[28..30].copy_from_slice(&(name.len() as u16).to_le_bytes());
            out.extend(entry);
            out.extend(name.as_bytes());
        }
        let mut end = [0; 22];
        end[..4].copy_from_slice(b"PK\x05\x06");
        end[12..16].copy_from_slice(&(out.len() as u32).to_le_bytes());
        out.extend(end);
        out
    }

    fn checked(bytes: Vec<u8>) -> Result<(), TableError> {
        let size = bytes.len() as u64;
        check(&mut Cursor::new(bytes), size)
    }

    #[test]
    fn large_sheets_pass_and_large_texts_do_not() {
        let large = 1 << 30;
        let sheet = ("xl/worksheets/sheet1.xml", large);
        assert!(checked(directory(&[sheet, ("xl/sharedStrings.xml", 1000)])).is_ok());
        let texts = checked(directory(&[sheet, ("xl/sharedStrings.xml", large)]));
        assert!(matches!(texts, Err(TableError::TooLarge(MOST))));
    }

    #[test]
    fn damage_is_an_error() {
        assert!(checked(b"PK\x03\x04".to_vec()).is_err());
        let mut cut = directory(&[("a", 1)]);
        cut[28] = 255;
        assert!(checked(cut).is_err());
    }
}
