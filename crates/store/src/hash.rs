//! The chain over the journal: SHA-256 over the previous row's hash and every column.

use sha2::{Digest, Sha256};

/// The hash that stands before the first row.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The columns of a journal row that its hash covers.
#[derive(Clone, Debug)]
pub(crate) struct Link<'a> {
    pub workspace: i64,
    pub seq: i64,
    pub version: i64,
    pub actor: &'a str,
    pub at: i64,
    pub batch: i64,
    pub item: Option<i64>,
    pub body: &'a str,
}

impl Link<'_> {
    /// The row's hash in hex. Numbers are eight bytes, texts stand behind their length, an absent
    /// item is one byte 0 and a present one 1 and its number: no two rows have the same bytes.
    pub fn hash(&self, previous: &str) -> String {
        let mut sha = Sha256::new();
        let mut text = |text: &str| {
            sha.update((text.len() as u64).to_be_bytes());
            sha.update(text.as_bytes());
        };
        text(previous);
        text(self.actor);
        text(self.body);
        let numbers = [self.workspace, self.seq, self.version, self.at, self.batch];
        numbers.iter().for_each(|number| sha.update(number.to_be_bytes()));
        match self.item {
            None => sha.update([0]),
            Some(item) => {
                sha.update([1]);
                sha.update(item.to_be_bytes());
            }
        }
        hex(&sha.finalize())
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// Bytes from hex.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| (c as char).to_digit(16);
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    bytes.chunks(2).map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link<'static> {
        Link {
            workspace: 1,
            seq: 2,
            version: 1,
            actor: "system",
            at: 5,
            batch: 6,
            item: Some(7),
            body: "[{}]",
        }
    }

    #[test]
    fn every_column_counts() {
        let others = [
            Link { workspace: 2, ..link() },
            Link { seq: 3, ..link() },
            Link { version: 2, ..link() },
            Link { actor: "user:1", ..link() },
            Link { at: 6, ..link() },
            Link { batch: 7, ..link() },
            Link { item: None, ..link() },
            Link { item: Some(0), ..link() },
            Link { body: "[{ }]", ..link() },
            // A letter that moves from one column to the next.
            Link { actor: "system[", body: "{}]", ..link() },
        ];
        let mut hashes: Vec<String> = others.iter().map(|l| l.hash(GENESIS)).collect();
        hashes.push(link().hash(GENESIS));
        hashes.push(link().hash(&link().hash(GENESIS)));
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), others.len() + 2);
        assert_eq!(link().hash(GENESIS), link().hash(GENESIS));
    }

    #[test]
    fn hex_goes_both_ways() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
        assert_eq!(unhex("000aff"), Some(vec![0, 10, 255]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("zz"), None);
    }
}
