//! The configured columns held against a sheet's real titles.

use super::{Columns, Finding, Place, Role, SheetColumn, Use, Writable, letters::index_of};
use std::collections::HashMap;

/// Where each column is, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Read and written columns in the configuration's order.
    pub fetched: Vec<(Place, usize)>,
    /// The columns that may be written, and no other.
    writable: HashMap<Place, usize>,
    /// The column with the role `unique`.
    pub key: Option<(Place, usize)>,
}

impl Located {
    /// Where a column that may be written is; `None` for a key of other columns than these.
    pub fn writable(&self, key: &Writable) -> Option<usize> {
        self.writable.get(key.place()).copied()
    }
}

/// Finds each column, or says which ones cannot be found without doubt.
pub fn locate(columns: &Columns, titles: &[String]) -> Result<Located, Vec<Finding>> {
    let mut found: HashMap<usize, &str> = HashMap::new();
    let mut located = Located { fetched: Vec::new(), writable: HashMap::new(), key: None };
    let mut wrong = Vec::new();
    for column in columns.fetched() {
        let at = match at(column, titles) {
            Ok(at) => at,
            Err(what) => {
                wrong.push(Finding::wrong(what));
                continue;
            }
        };
        if let Some(other) = found.insert(at, column.name()) {
            let what = format!("“{other}” and “{}” are the same column", column.name());
            wrong.push(Finding::wrong(format!("{what}: keep one of them in the configuration")));
        }
        located.fetched.push((column.place.clone(), at));
        if column.permission == Use::Write {
            located.writable.insert(column.place.clone(), at);
        }
        if column.role == Some(Role::Unique) {
            located.key = Some((column.place.clone(), at));
        }
    }
    if wrong.is_empty() { Ok(located) } else { Err(wrong) }
}

fn at(column: &SheetColumn, titles: &[String]) -> Result<usize, String> {
    let title = match &column.place {
        Place::Letter(letter) => {
            return index_of(letter).ok_or(format!("“{letter}” is not a column's letter"));
        }
        Place::Column(title) => title,
    };
    let wanted = folded(title);
    let mut same = (0..titles.len()).filter(|at| folded(&titles[*at]) == wanted);
    match (same.next(), same.count()) {
        (Some(at), 0) => Ok(at),
        (Some(_), more) => Err(format!(
            "the sheet has {} columns titled “{title}”: rename those that are not meant",
            more + 1
        )),
        (None, _) => Err(format!(
            "the sheet has no column titled “{title}”: rename it back, or change the configuration"
        )),
    }
}

/// A title without what people do not see.
fn folded(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(titles: &[&str]) -> Vec<String> {
        titles.iter().map(|title| (*title).to_owned()).collect()
    }

    fn wrong(columns: &Columns, header: &[&str]) -> Vec<String> {
        let found = locate(columns, &titles(header)).unwrap_err();
        found.into_iter().map(|finding| finding.what).collect()
    }

    const SHEET: [&str; 9] =
        ["account", "已电联", "已选中", "公式", "qq ", "手机号", "设备", "建联人", "备注"];

    #[test]
    fn columns_are_found_wherever_they_were_moved_to() {
        let columns = Columns::recruitment();
        let located = locate(&columns, &titles(&SHEET)).unwrap();
        let key = Some((Place::Column("account".into()), 0));
        assert_eq!((&located.key, located.fetched.len()), (&key, 8));
        let place = |located: &Located| {
            columns.writable().map(|(_, key)| located.writable(&key)).collect::<Option<Vec<_>>>()
        };
        assert_eq!(place(&located), Some(vec![1, 2, 4, 7, 8]));
        let mut moved = SHEET;
        moved.reverse();
        let located = locate(&columns, &titles(&moved)).unwrap();
        assert_eq!(place(&located), Some(vec![7, 6, 4, 1, 0]));
    }

    #[test]
    fn doubt_is_an_error_in_plain_words() {
        let columns = Columns::recruitment();
        let mut twice = SHEET.to_vec();
        twice.push("备注");
        let found = wrong(&columns, &twice);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("the sheet has 2 columns titled “备注”"), "{found:?}");
        let found = wrong(&columns, &SHEET[1..]);
        assert!(found[0].contains("no column titled “account”"), "{found:?}");
        let both: Columns = serde_json::from_value(serde_json::json!([
            {"column": "account", "permission": "read", "attribute": "a"},
            {"letter": "A", "permission": "write", "role": "done"},
        ]))
        .unwrap();
        assert!(wrong(&both, &SHEET)[0].contains("“account” and “A” are the same column"));
    }

    #[test]
    fn a_key_of_other_columns_opens_nothing() {
        let other: Columns = serde_json::from_value(serde_json::json!([
            {"column": "account", "permission": "read", "attribute": "a"},
            {"column": "手机号", "permission": "write", "role": "done"},
        ]))
        .unwrap();
        let (_, key) = other.writable().next().unwrap();
        let located = locate(&Columns::recruitment(), &titles(&SHEET)).unwrap();
        assert_eq!(located.writable(&key), None);
    }
}
