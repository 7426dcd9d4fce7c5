//! Columns' letters, and places in the notation of spreadsheets.

/// A letter's place from 0: `A` is 0, `AA` is 26.
pub fn index_of(letter: &str) -> Option<usize> {
    let fits = (1..=3).contains(&letter.len()) && letter.bytes().all(|b| b.is_ascii_alphabetic());
    let digit = |byte: u8| usize::from(byte.to_ascii_uppercase() - b'A') + 1;
    fits.then(|| letter.bytes().fold(0, |sum, byte| sum * 26 + digit(byte)) - 1)
}

/// The letter of a place from 0.
pub fn letter_of(at: usize) -> String {
    let (mut left, mut letters) = (at + 1, Vec::new());
    while left > 0 {
        letters.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    letters.iter().rev().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_places_are_the_same_thing() {
        for (letter, at) in
            [("A", 0), ("Z", 25), ("AA", 26), ("AZ", 51), ("BA", 52), ("ZZZ", 18_277)]
        {
            assert_eq!((index_of(letter), letter_of(at)), (Some(at), letter.to_owned()));
        }
        for bad in ["", "1", "A1", "é", "AAAA"] {
            assert_eq!(index_of(bad), None, "{bad}");
        }
    }
}
