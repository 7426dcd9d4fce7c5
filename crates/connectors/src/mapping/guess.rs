//! Guessing what columns hold, from their names and their first values.

use super::{
    Column, Field, How, Mapping,
    words::{NAMES, NOT, Names, attribute_name, plain},
};
use crate::{Country, DayOrder, lead::priority, moment, phone};
use jiff::tz::TimeZone;
use std::collections::HashSet;

/// How well a column fits a field; the higher the better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Of the values, so many hundredths look like it.
    Values(u32),
    Weak,
    Part,
    Whole,
}

impl Mapping {
    /// Guesses from the headers and some rows' cells (which may be none). All columns named as
    /// phones stay phones, as the first usable number is taken; first and last name are one name;
    /// of every other field the best column is taken, and the others become attributes.
    pub fn guess(headers: &[String], rows: &[&[String]], country: Option<Country>) -> Mapping {
        let columns: Vec<Values> = (0..headers.len()).map(|at| Values::of(rows, at)).collect();
        let mut taken: Vec<Option<(Field, How)>> = vec![None; headers.len()];
        for names in &NAMES {
            let mut fits: Vec<(Fit, usize)> = Vec::new();
            for (at, header) in headers.iter().enumerate() {
                if taken[at].is_none()
                    && let Some(fit) = by_name(names, header)
                    && columns[at].may_be(&names.field, country)
                {
                    fits.push((fit, at));
                }
            }
            let Some(best) = fits.iter().map(|(fit, _)| *fit).max() else { continue };
            // Of several as good the first column is taken.
            let first = fits.iter().find(|(fit, _)| *fit == best).map(|(_, at)| *at);
            for (fit, at) in fits {
                let also = match names.field {
                    Field::Phone => fit >= Fit::Part,
                    Field::Name => fit == Fit::Whole && half_of_a_name(&headers[at]),
                    _ => false,
                };
                let whole_name = first.is_some_and(|first| !half_of_a_name(&headers[first]));
                let second_name = names.field == Field::Name && whole_name;
                if Some(at) == first || (also && !second_name) {
                    taken[at] = Some((names.field.clone(), How::ByName));
                }
            }
        }
        for field in [Field::Email, Field::Phone] {
            if taken.iter().flatten().any(|(known, _)| *known == field) {
                continue;
            }
            let fits = (0..headers.len()).filter(|at| taken[*at].is_none());
            let fits = fits.filter(|at| !refused(&plain(&headers[*at])));
            let fits = fits.map(|at| (Fit::Values(columns[at].share(&field, country)), at));
            let best = fits.max_by_key(|(fit, at)| (*fit, usize::MAX - at));
            if let Some((Fit::Values(60..), at)) = best {
                taken[at] = Some((field, How::ByValues));
            }
        }
        let mut used = HashSet::new();
        let columns = headers.iter().zip(taken).map(|(name, taken)| {
            let (field, how) = taken.unwrap_or_else(|| {
                (Field::Attribute(unused(&mut used, attribute_name(name))), How::Otherwise)
            });
            Column { name: name.clone(), field, how }
        });
        Mapping { columns: columns.collect() }
    }
}

/// `budget`, `budget_2`, …
fn unused(used: &mut HashSet<String>, name: String) -> String {
    let mut free = name.clone();
    let mut again = 2;
    while !used.insert(free.clone()) {
        free = format!("{name}_{again}");
        again += 1;
    }
    free
}

fn by_name(names: &Names, header: &str) -> Option<Fit> {
    let name = plain(header);
    if names.whole.iter().any(|whole| plain(whole) == name) {
        return Some(Fit::Whole);
    }
    if names.weak.contains(&name.as_str()) {
        return Some(Fit::Weak);
    }
    let words: Vec<&str> = name.split(' ').collect();
    let part = |part: &&str| {
        if part.is_ascii() { words.contains(part) } else { name.contains(*part) }
    };
    (names.part.iter().any(part) && !refused(&name)).then_some(Fit::Part)
}

/// Whether a word says that it is another thing.
fn refused(name: &str) -> bool {
    NOT.iter().any(|not| {
        if not.is_ascii() { name.split(' ').any(|word| word == *not) } else { name.contains(not) }
    })
}

/// First, last, given, family name.
pub fn half_of_a_name(header: &str) -> bool {
    let halves = [
        "first name",
        "last name",
        "given name",
        "family name",
        "surname",
        "fname",
        "lname",
        "姓",
        "名",
    ];
    halves.contains(&plain(header).as_str())
}

/// The values of one column that are not empty.
struct Values<'a>(Vec<&'a str>);

impl<'a> Values<'a> {
    fn of(rows: &[&'a [String]], at: usize) -> Values<'a> {
        let cells = rows.iter().filter_map(|row| row.get(at));
        Values(cells.map(String::as_str).filter(|cell| !cell.is_empty()).collect())
    }

    /// Whether the values do not speak against a name.
    fn may_be(&self, field: &Field, country: Option<Country>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        match field {
            Field::Email => self.share(field, country) >= 30,
            // Local or broken numbers are still phones; "cellular" and "home" are not.
            Field::Phone => self.hundredths(|text| text.chars().any(|c| c.is_numeric())) >= 50,
            Field::Name => self.different() && self.hundredths(is_text) >= 50,
            Field::Region | Field::Language => self.hundredths(|text| text.len() <= 60) >= 90,
            Field::Priority => self.hundredths(|text| priority(text).is_ok()) >= 80,
            Field::Earliest => {
                let zone = TimeZone::UTC;
                self.hundredths(|text| moment(text, &zone, DayOrder::DayFirst).is_ok()) >= 80
            }
            Field::Skip | Field::Attribute(_) => true,
        }
    }

    /// In hundredths, how many values look like the field.
    fn share(&self, field: &Field, country: Option<Country>) -> u32 {
        match field {
            Field::Email => self.hundredths(crate::lead::is_email),
            Field::Phone if self.different() => self.hundredths(|text| {
                let digits = text.chars().filter(|c| c.is_numeric()).count();
                let date = moment(text, &TimeZone::UTC, DayOrder::DayFirst).is_ok();
                (7..=16).contains(&digits)
                    && !date
                    && phone::normalise(text, country).is_some_and(|phone| phone.usable())
            }),
            _ => 0,
        }
    }

    /// Ten rows of three values are categories, not names or phones.
    fn different(&self) -> bool {
        let kinds: HashSet<&&str> = self.0.iter().collect();
        self.0.len() < 10 || kinds.len() * 10 > self.0.len() * 3
    }

    fn hundredths(&self, fits: impl Fn(&str) -> bool) -> u32 {
        let fit = self.0.iter().filter(|text| fits(text)).count();
        (fit * 100 / self.0.len().max(1)) as u32
    }
}

fn is_text(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !crate::lead::is_email(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(headers: &[&str], rows: &[&[&str]]) -> Vec<String> {
        let headers: Vec<String> = headers.iter().map(|name| (*name).to_owned()).collect();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        let rows: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
        let mapping = Mapping::guess(&headers, &rows, Some("IN".parse().unwrap()));
        mapping.columns().iter().map(|column| column.field.to_string()).collect()
    }

    #[test]
    fn english_names() {
        assert_eq!(
            guessed(
                &[
                    "Lead ID",
                    "Full Name",
                    "Mobile No.",
                    "E-mail",
                    "State",
                    "Preferred Language",
                    "Priority",
                    "Callback Time",
                    "Budget"
                ],
                &[]
            ),
            [
                "lead_id", "name", "phone", "email", "region", "language", "priority", "earliest",
                "budget"
            ]
        );
    }

    #[test]
    fn chinese_and_hindi_names() {
        assert_eq!(
            guessed(
                &["客户姓名", "手机号码", "邮箱", "省份", "语言", "优先级", "回访时间", "产品名称"],
                &[]
            ),
            ["name", "phone", "email", "region", "language", "priority", "earliest", "产品名称"]
        );
        assert_eq!(
            guessed(&["ग्राहक का नाम", "मोबाइल नंबर", "ईमेल", "राज्य", "भाषा", "प्राथमिकता"], &[]),
            ["name", "phone", "email", "region", "language", "priority"]
        );
    }

    #[test]
    fn names_of_other_things_are_attributes() {
        assert_eq!(
            guessed(&["Agent Name", "Agent Phone", "Fax", "Product Name", "Phone Verified"], &[]),
            ["agent_name", "agent_phone", "fax", "product_name", "phone_verified"]
        );
    }

    #[test]
    fn the_best_column_wins_and_all_phones_count() {
        assert_eq!(
            guessed(&["Company", "Contact Name", "Office Phone", "Mobile", "City", "State"], &[]),
            ["company", "name", "phone", "phone", "city", "region"]
        );
        assert_eq!(guessed(&["Company", "City"], &[]), ["name", "region"]);
        assert_eq!(guessed(&["First Name", "Last Name"], &[]), ["name", "name"]);
        assert_eq!(guessed(&["Name", "Last Name"], &[]), ["name", "last_name"]);
    }

    #[test]
    fn values_decide_where_names_do_not() {
        let rows: &[&[&str]] = &[
            &["1", "9876543210", "a@example.org", "2025-01-02"],
            &["2", "9876543211", "b@example.org", "2025-01-03"],
            &["3", "98765 43212", "c@example.org", "2025-01-04"],
        ];
        assert_eq!(guessed(&["A", "B", "C", "D"], rows), ["a", "phone", "email", "d"]);
    }

    #[test]
    fn values_speak_against_a_name() {
        let rows: Vec<&[&str]> = (0..20)
            .map(|n| if n % 2 == 0 { &["cellular", "high"][..] } else { &["home", "x!"] })
            .collect();
        assert_eq!(guessed(&["Contact", "Priority"], &rows), ["contact", "attribute:priority"]);
    }

    #[test]
    fn attributes_of_the_same_name_are_told_apart() {
        assert_eq!(guessed(&["Deal Stage", "deal_stage"], &[]), ["deal_stage", "deal_stage_2"]);
    }
}
