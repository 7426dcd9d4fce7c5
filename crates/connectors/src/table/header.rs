//! The columns' names.

use super::{MAX_COLUMNS, TableError, clean};
use crate::lead::is_email;
use crate::phone::{Country, PhoneProblem, normalise};
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

/// What a title is that stands for a person, as the cells below it do: its file has no titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Untitled {
    Phone,
    Email,
}

/// The first such title, and where it stands, counted from 0. Fewer than seven digits are a year or a
/// code, more than two letters a name; numbers that cannot be called count from ten digits on.
pub fn untitled(titles: &[String], country: Option<Country>) -> Option<(usize, Untitled)> {
    let phone = |title: &str| {
        let digits = title.chars().filter(|c| c.is_numeric()).count();
        let letters = title.chars().filter(|c| c.is_alphabetic()).count();
        let written = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-().'".contains(c);
        let Some(phone) = normalise(title, country) else { return false };
        let rounded = phone.problem == Some(PhoneProblem::Rounded);
        let callable = phone.usable() && digits >= 7 && letters <= 2;
        callable || rounded || (title.chars().all(written) && (10..=15).contains(&digits))
    };
    titles.iter().enumerate().find_map(|(at, title)| {
        let title = title.trim();
        match title {
            _ if is_email(title) => Some((at, Untitled::Email)),
            _ if phone(title) => Some((at, Untitled::Phone)),
            _ => None,
        }
    })
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
    fn titles_that_are_somebodys_are_told_from_names() {
        let of = |cells: &[&str]| {
            let titles: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
            untitled(&titles, "IN".parse().ok())
        };
        for somebodys in [
            "9898100011",
            "p:+919898100011",
            "+1 (415) 555-2671",
            "'09898100011",
            "९८९८१०००११",
            "9.89810E+09",
        ] {
            assert_eq!(of(&["A", somebodys]), Some((1, Untitled::Phone)), "{somebodys}");
        }
        assert_eq!(of(&["98981000111234", "B"]), Some((0, Untitled::Phone)), "not in use");
        assert_eq!(of(&["A", "B", " a.b@example.com "]), Some((2, Untitled::Email)));
        for title in [
            "Phone",
            "Phone 2",
            "2024",
            "2024-01-01",
            "01/02/2024",
            "400001",
            "A@B",
            "Mail (x@y.in)",
            "",
            "10+",
            "Lead 9898100011",
        ] {
            assert_eq!(of(&[title]), None, "{title}");
        }
    }

    #[test]
    fn there_is_a_limit() {
        let many = vec!["x".to_owned(); MAX_COLUMNS + 1];
        assert!(matches!(names(&many), Err(TableError::TooManyColumns(501))));
    }
}
