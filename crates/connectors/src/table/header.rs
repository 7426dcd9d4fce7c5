//! The columns' names.

use super::{MAX_COLUMNS, TableError, clean};
use std::collections::HashSet;

/// The most characters a name keeps.
const LONGEST: usize = 120;

/// Trimmed, inner white space as one space, none empty, no two the same (capitals aside).
pub fn names(cells: &[String]) -> Result<Vec<String>, TableError> {
    // A header often ends in delimiters that mean nothing.
    let used = cells.iter().rposition(|cell| !clean(cell).is_empty()).map_or(0, |last| last + 1);
    if used > MAX_COLUMNS {
        return Err(TableError::TooManyColumns(used));
    }
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(used);
    for (at, cell) in cells[..used].iter().enumerate() {
        let words: Vec<String> = clean(cell).split_whitespace().map(str::to_owned).collect();
        let mut base: String = words.join(" ").chars().take(LONGEST).collect();
        if base.is_empty() {
            base = format!("Column {}", at + 1);
        }
        let mut name = base.clone();
        let mut again = 2;
        while !taken.insert(name.to_lowercase()) {
            name = format!("{base} {again}");
            again += 1;
        }
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Vec<String> {
        names(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn names_are_clean_and_unique() {
        assert_eq!(
            of(&[" Phone ", "phone", "", "Phone 2", "A\n B", "", ""]),
            ["Phone", "phone 2", "Column 3", "Phone 2 2", "A B"]
        );
    }

    #[test]
    fn there_is_a_limit() {
        let many = vec!["x".to_owned(); MAX_COLUMNS + 1];
        assert!(matches!(names(&many), Err(TableError::TooManyColumns(501))));
    }
}
