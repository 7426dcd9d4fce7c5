//! Names for the columns that are written.
//!
//! The service writes wherever a range stands when the write arrives. A letter then means whatever
//! column people have just moved there; a named range is moved along with its column. So each
//! column that is written gets a name, and nothing else is ever written to.

use super::{grid::Grid, session::Session};
use crate::mirror::Trouble;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What all our names begin with. People see them under *Data → Named ranges*.
const OURS: &str = "fairlead_";

/// The names of columns as they stand now.
#[derive(Debug, Default)]
pub struct Names {
    /// Every name in the spreadsheet, since no two may be the same.
    taken: HashSet<String>,
    /// By the columns' places, those that are ours and hold the whole column.
    whole: HashMap<usize, String>,
    /// The ids of those that are ours but end above the last row.
    short: HashMap<usize, Vec<String>>,
}

impl Names {
    pub fn ask(session: &mut Session, grid: &Grid) -> Result<Names, Trouble> {
        let fields = "namedRanges(namedRangeId,name,range)";
        let answer = session.call(&format!("{}?fields={fields}", grid.path), None)?;
        let mut names = Names::default();
        for named in answer["namedRanges"].as_array().unwrap_or(&Vec::new()) {
            names.add(grid, named);
        }
        Ok(names)
    }

    fn add(&mut self, grid: &Grid, named: &Value) {
        let (Some(name), range) = (named["name"].as_str(), &named["range"]) else { return };
        self.taken.insert(name.to_owned());
        // Numbers that are 0 are left out, as is what has no end.
        let number = |field: &str| range[field].as_u64().unwrap_or(0);
        let at = number("startColumnIndex");
        let is_ours = name.starts_with(OURS)
            && range["sheetId"].as_i64().unwrap_or(0) == grid.sheet
            && number("startRowIndex") == 0
            && range["endColumnIndex"].as_u64() == Some(at + 1);
        if !is_ours {
            return;
        }
        match range["endRowIndex"].as_u64() {
            Some(end) if end < u64::from(grid.rows) => {
                let id = named["namedRangeId"].as_str().unwrap_or_default().to_owned();
                self.short.entry(at as usize).or_default().push(id);
            }
            _ => {
                self.whole.insert(at as usize, name.to_owned());
            }
        }
    }

    pub fn of(&self, column: usize) -> Option<&str> {
        self.whole.get(&column).map(String::as_str)
    }

    /// Names those of these columns that have no name yet, and says whether there were any: they
    /// were named where they were last seen, so the titles have to be looked at again.
    pub fn give(
        &mut self,
        session: &mut Session,
        grid: &Grid,
        columns: &BTreeSet<usize>,
    ) -> Result<bool, Trouble> {
        let mut requests = Vec::new();
        let mut given = Vec::new();
        for column in columns.iter().filter(|column| !self.whole.contains_key(column)) {
            let short = self.short.get(column).into_iter().flatten();
            requests.extend(short.map(|id| json!({"deleteNamedRange": {"namedRangeId": id}})));
            let free = |number: &u32| !self.taken.contains(&format!("{OURS}{number}"));
            let name = format!("{OURS}{}", (1..=u32::MAX).find(free).unwrap_or_default());
            let range = json!({"sheetId": grid.sheet, "startColumnIndex": column,
                "endColumnIndex": column + 1});
            requests.push(json!({"addNamedRange": {"namedRange": {"name": name, "range": range}}}));
            self.taken.insert(name.clone());
            given.push((*column, name));
        }
        if given.is_empty() {
            return Ok(false);
        }
        session
            .call(&format!("{}:batchUpdate", grid.path), Some(&json!({"requests": requests})))?;
        self.whole.extend(given);
        Ok(true)
    }
}
