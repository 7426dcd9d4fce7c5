//! A sheet's fields: what of a record is read, and what of a change may be sent.

use super::kind::Kind;
use crate::mirror::{Columns, Finding, Place, Pushed, Row, RowChange, RowId, Use, titles::Located};
use serde_json::{Map, Value};

/// The sheet's fields, and where our columns are among them.
pub struct Fields {
    pub all: Vec<(String, Kind)>,
    pub located: Located,
}

/// Columns by letter that are not there, or whose title another field has too: cells are addressed by
/// titles, so they could be the other's.
pub fn doubtful(all: &[(String, Kind)], located: &Located) -> Vec<Finding> {
    let mut found = Vec::new();
    for (place, at) in &located.fetched {
        let (Place::Column(name) | Place::Letter(name)) = place;
        let Some((title, _)) = all.get(*at) else {
            let what = format!("the sheet has no column {name}: it has {}", all.len());
            found.push(Finding::wrong(what));
            continue;
        };
        if all.iter().filter(|(known, _)| known == title).count() > 1 {
            let what = format!("the title of the column {name} is there twice: rename one of them");
            found.push(Finding::wrong(what));
        }
    }
    found
}

/// Columns whose fields do not let happen what the configuration means to do with them.
pub fn unfit(columns: &Columns, all: &[(String, Kind)], located: &Located) -> Vec<Finding> {
    let mut found = Vec::new();
    for (column, (_, at)) in columns.fetched().zip(&located.fetched) {
        let name = column.name();
        let Some((_, kind)) = all.get(*at) else { continue };
        if column.permission == Use::Write && !kind.can_be_written() {
            found.push(Finding::wrong(format!(
                "“{name}” is a column that the sheet fills in itself (a formula, a time or a \
                 person), or one of links or pictures: it cannot be written. Set its permission to \
                 read or ignore, or make it a text column"
            )));
        } else if !kind.can_be_read() {
            found.push(Finding::wrong(format!(
                "“{name}” is a column whose cells cannot be read (pictures, files, people or a \
                 formula): ignore it, or make it a text column"
            )));
        }
    }
    found
}

impl Fields {
    /// The titles of what is fetched.
    pub fn titles(&self) -> Vec<&str> {
        self.located.fetched.iter().map(|(_, at)| self.all[*at].0.as_str()).collect()
    }

    pub fn row(&self, record: &Value) -> Option<Row> {
        let id = RowId(record["recordID"].as_str()?.to_owned());
        let cell = |at: usize| {
            let (title, kind) = &self.all[at];
            kind.decode(&record["values"][title])
        };
        let fetched = self.located.fetched.iter();
        Some(Row { id, cells: fetched.map(|(place, at)| (place.clone(), cell(*at))).collect() })
    }

    /// The values of one record by their titles: of columns that may be written, and no other.
    pub fn values(&self, change: &RowChange) -> Result<Map<String, Value>, Pushed> {
        let mut values = Map::new();
        for (key, value) in &change.cells {
            let unfit = |takes: &str| Pushed::Unfit {
                column: key.name().to_owned(),
                takes: takes.to_owned(),
            };
            let Some(at) = self.located.writable(key) else {
                return Err(unfit("nothing: these columns do not let it be written"));
            };
            let (title, kind) = &self.all[at];
            values.insert(title.clone(), kind.encode(value).map_err(unfit)?);
        }
        Ok(values)
    }

    /// What the echo of one record says about what was sent.
    pub fn verdict(&self, sent: &Map<String, Value>, echo: Option<&Value>) -> Pushed {
        let kept = |title: &String, value: &Value| {
            let kind = self.all.iter().find(|(known, _)| known == title).map(|(_, kind)| *kind);
            let kind = kind.unwrap_or(Kind::Other);
            let echoed = echo.map(|echo| &echo["values"][title]).unwrap_or(&Value::Null);
            kind.decode(value).same(&kind.decode(echoed))
        };
        let dropped: Vec<String> = sent
            .iter()
            .filter(|(title, value)| !kept(title, value))
            .map(|(t, _)| t.clone())
            .collect();
        match (echo, dropped.is_empty()) {
            (None, _) => Pushed::Dropped { columns: sent.keys().cloned().collect() },
            (Some(_), true) => Pushed::Written,
            (Some(_), false) => Pushed::Dropped { columns: dropped },
        }
    }
}
