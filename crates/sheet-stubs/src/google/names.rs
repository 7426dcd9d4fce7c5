//! Names of whole columns, which move with them.

use serde_json::{Value, json};

/// A column's name. Places count from 0; the end is not in it.
pub struct Named {
    pub name: String,
    pub column: usize,
    pub end: usize,
}

/// All names of a spreadsheet.
#[derive(Default)]
pub struct Names(Vec<Named>);

impl Names {
    pub fn find(&self, name: &str) -> Option<&Named> {
        self.0.iter().find(|named| named.name == name)
    }

    /// What the service tells: numbers that are 0 are left out.
    pub fn told(&self) -> Value {
        let told = |named: &Named| {
            let mut range = json!({"endRowIndex": named.end, "endColumnIndex": named.column + 1});
            if named.column > 0 {
                range["startColumnIndex"] = json!(named.column);
            }
            json!({"namedRangeId": named.name, "name": named.name, "range": range})
        };
        json!({"namedRanges": self.0.iter().map(told).collect::<Vec<_>>()})
    }

    /// Adds and removes names, all or nothing; `rows` is where the grid ends now.
    pub fn change(&mut self, requests: &[Value], rows: usize) -> bool {
        let mut all: Vec<(String, usize, usize)> =
            self.0.iter().map(|named| (named.name.clone(), named.column, named.end)).collect();
        for request in requests {
            let new = &request["addNamedRange"]["namedRange"];
            let place = |field: &str| new["range"][field].as_u64().map(|at| at as usize);
            match (new["name"].as_str(), place("startColumnIndex"), place("endColumnIndex")) {
                (Some(name), Some(start), Some(end))
                    if end == start + 1 && all.iter().all(|(other, ..)| other != name) =>
                {
                    all.push((name.to_owned(), start, rows));
                }
                (None, ..) => {
                    let id = request["deleteNamedRange"]["namedRangeId"].as_str();
                    let Some(at) = all.iter().position(|(name, ..)| Some(name.as_str()) == id)
                    else {
                        return false;
                    };
                    all.remove(at);
                }
                _ => return false,
            }
        }
        let named = |(name, column, end)| Named { name, column, end };
        self.0 = all.into_iter().map(named).collect();
        true
    }

    pub fn point(&mut self, name: &str, column: usize) {
        self.0
            .iter_mut()
            .filter(|named| named.name == name)
            .for_each(|named| named.column = column);
    }

    pub fn insert_column(&mut self, at: usize) {
        self.0.iter_mut().filter(|named| named.column >= at).for_each(|named| named.column += 1);
    }

    pub fn insert_row(&mut self, at: usize) {
        self.0.iter_mut().filter(|named| named.end > at).for_each(|named| named.end += 1);
    }
}
