//! Ranges such as `'Tab'!A2:B10`.

/// Places from 0, both ends included; an end that is not said is `None`.
#[derive(Debug, PartialEq, Eq)]
pub struct Range {
    pub tab: String,
    pub columns: (usize, Option<usize>),
    pub rows: (usize, Option<usize>),
}

/// `None` for what is no range.
pub fn read(text: &str) -> Option<Range> {
    let (tab, cells) = match text.strip_prefix('\'') {
        Some(quoted) => {
            let (tab, cells) = quoted.rsplit_once("'!")?;
            (tab.replace("''", "'"), cells)
        }
        None => text.split_once('!').map(|(tab, cells)| (tab.to_owned(), cells))?,
    };
    let (first, last) = cells.split_once(':').unwrap_or((cells, cells));
    let ((left, top), (right, bottom)) = (end(first)?, end(last)?);
    Some(Range { tab, columns: (left.unwrap_or(0), right), rows: (top.unwrap_or(0), bottom) })
}

/// Column and row of one end.
fn end(text: &str) -> Option<(Option<usize>, Option<usize>)> {
    let letters = text.len() - text.trim_start_matches(|c: char| c.is_ascii_uppercase()).len();
    let (column, row) = text.split_at(letters);
    if text.is_empty() {
        return None;
    }
    let column = (!column.is_empty())
        .then(|| column.bytes().fold(0, |sum, b| sum * 26 + usize::from(b - b'A') + 1) - 1);
    let row = match row {
        "" => None,
        row => Some(row.parse::<usize>().ok()?.checked_sub(1)?),
    };
    Some((column, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        let range = |columns, rows| Some(Range { tab: "It's".into(), columns, rows });
        assert_eq!(read("'It''s'!A2:AB10"), range((0, Some(27)), (1, Some(9))));
        assert_eq!(read("It's!P7"), range((15, Some(15)), (6, Some(6))));
        assert_eq!(read("'It''s'!1:1"), range((0, None), (0, Some(0))));
        assert_eq!(read("'It''s'!C:C"), range((2, Some(2)), (0, None)));
        for bad in ["P7", "'x'!", "'x'!p7", "'x'!A0", "x!A1:"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
