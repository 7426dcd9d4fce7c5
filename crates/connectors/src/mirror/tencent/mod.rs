//! Smart Sheets of Tencent Docs.
//!
//! A row's id is its record's. Cells are addressed by their field's title, so titles that are there
//! twice are refused. The service keeps no version of a record and writes on no condition; what it
//! echoes is compared cell by cell, as it drops what it does not like and calls that a success.

mod check;
mod document;
mod fields;
mod kind;
mod session;
mod tokens;

pub use document::Document;
pub use tokens::{App, Tokens};

use super::{
    Columns, Outside, Page, PageToken, Pushed, Row, RowChange, RowId, Sheet, Trouble,
    finding::mend,
    outside::{escaped, service},
    row::{answers, merged},
    titles::locate,
};
use document::{Id, tab};
use fields::Fields;
use kind::Kind;
use serde_json::{Map, Value, json};
use session::Session;
use std::collections::{HashMap, HashSet};

/// The most records in one call.
const BATCH: usize = 100;
/// The most fields that are asked for.
const FIELDS: usize = 200;

/// One sheet of one document.
pub struct Tencent {
    session: Session,
    columns: Columns,
    id: Id,
    /// The sheet's id or title as the configuration has it.
    wanted: Option<String>,
    /// Path of the sheet, once it is known.
    path: Option<String>,
    fields: Option<Fields>,
}

impl Tencent {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// When the link is not one of a Smart Sheet.
    pub fn new(
        document: &Document,
        app: App,
        tokens: Tokens,
        columns: Columns,
        outside: Box<dyn Outside>,
    ) -> Result<Self, Trouble> {
        let (id, wanted) = document.parse()?;
        let session = Session::new(outside, service(document.base())?, app, tokens);
        Ok(Tencent { session, columns, id, wanted, path: None, fields: None })
    }

    /// The sheet's path, asked for once.
    fn path(&mut self) -> Result<String, Trouble> {
        if let Some(path) = &self.path {
            return Ok(path.clone());
        }
        if let Id::Encoded(id) = &self.id {
            let path = format!("/openapi/drive/v2/util/converter?type=2&value={}", escaped(id, ""));
            let data = self.session.call(&path, None).map_err(astray)?;
            let Some(file) = data["fileID"].as_str() else { return Err(unreadable("fileID")) };
            self.id = Id::File(file.to_owned());
        }
        let (Id::File(file) | Id::Encoded(file)) = &self.id;
        let sheets = format!("/openapi/smartbook/v2/files/{}/sheets", escaped(file, "$"));
        let data = self.session.call(&sheets, None).map_err(astray)?;
        let Some(all) = data["getSheet"].as_array() else { return Err(unreadable("getSheet")) };
        let id = tab(all, self.wanted.as_deref()).map_err(Trouble::BadRequest)?;
        let path = format!("{sheets}/{}", escaped(id, "$"));
        self.path = Some(path.clone());
        Ok(path)
    }

    /// Carries out one verb of the sheet.
    fn verb(&mut self, verb: &str, arguments: Value) -> Result<Value, Trouble> {
        let path = self.path()?;
        let mut body = Map::new();
        body.insert(verb.to_owned(), arguments);
        let mut data = self.session.call(&path, Some(&Value::Object(body)))?;
        Ok(data[verb].take())
    }

    fn update(&mut self, changed: &[(RowId, Map<String, Value>)]) -> Result<Value, Trouble> {
        let record = |(row, values): &(RowId, Map<String, Value>)| json!({"recordID": row, "values": values});
        let records: Vec<Value> = changed.iter().map(record).collect();
        self.verb("updateRecords", json!({"records": records}))
    }

    /// Titles and types of all fields as they are now.
    fn ask_fields(&mut self) -> Result<Vec<(String, Kind)>, Trouble> {
        let answer = self.verb("getFields", json!({"offset": 0, "limit": FIELDS}))?;
        let Some(fields) = answer["fields"].as_array() else { return Err(unreadable("fields")) };
        let field = |field: &Value| {
            Some((field["fieldTitle"].as_str()?.to_owned(), Kind::of(&field["fieldType"])))
        };
        fields.iter().map(field).collect::<Option<_>>().ok_or_else(|| unreadable("fieldTitle"))
    }

    fn fields(&mut self) -> Result<&Fields, Trouble> {
        if self.fields.is_none() {
            let all = self.ask_fields()?;
            let titles: Vec<String> = all.iter().map(|(title, _)| title.clone()).collect();
            let located = locate(&self.columns, &titles).map_err(|found| mend(&found))?;
            let mut found = fields::doubtful(&all, &located);
            found.extend(fields::unfit(&self.columns, &all, &located));
            if !found.is_empty() {
                return Err(mend(&found));
            }
            self.fields = Some(Fields { all, located });
        }
        self.fields.as_ref().ok_or_else(|| unreadable("fields"))
    }

    fn records(&mut self, mut arguments: Value) -> Result<(Vec<Row>, Value), Trouble> {
        let titles = self.fields()?.titles();
        arguments["fieldTitles"] = json!(titles);
        let answer = self.verb("getRecords", arguments)?;
        let Some(records) = answer["records"].as_array() else {
            return Err(unreadable("records"));
        };
        let fields = self.fields()?;
        let rows = records.iter().map(|record| fields.row(record)).collect::<Option<_>>();
        Ok((rows.ok_or_else(|| unreadable("recordID"))?, answer))
    }
}

/// A document that is asked for and refused: the link may name another, or none.
fn astray(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::BadRequest(what) => Trouble::BadRequest(format!(
            "{what} for this document: is the link right? Copy it from the browser again, it looks \
             like https://docs.qq.com/smartsheet/…?tab=…"
        )),
        trouble => trouble,
    }
}

fn unreadable(what: &str) -> Trouble {
    Trouble::Unreadable(format!("Tencent Docs' answer has no {what}"))
}

impl Sheet for Tencent {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn titles(&mut self) -> Result<Vec<String>, Trouble> {
        Ok(self.ask_fields()?.into_iter().map(|(title, _)| title).collect())
    }

    fn pull(&mut self, page: Option<PageToken>) -> Result<Page, Trouble> {
        if page.is_none() {
            self.fields = None;
        }
        let offset = page.map_or(0, |PageToken(offset)| offset);
        let (rows, answer) = self.records(json!({"offset": offset, "limit": BATCH}))?;
        let end = offset + rows.len() as u64;
        let told = answer["hasMore"].as_bool();
        let more = told.unwrap_or_else(|| answer["total"].as_u64().is_some_and(|all| all > end));
        let next = (more && !rows.is_empty()).then_some(PageToken(end));
        Ok(Page { rows, next, faults: Vec::new() })
    }

    fn read(&mut self, rows: &[RowId]) -> Result<Vec<Row>, Trouble> {
        let mut found = Vec::new();
        for some in rows.chunks(BATCH) {
            let arguments = json!({"recordIDs": some, "offset": 0, "limit": BATCH});
            let (rows, _) = self.records(arguments)?;
            if rows.iter().any(|row| !some.contains(&row.id)) {
                let what = "Tencent Docs answered with other rows than those asked for";
                return Err(Trouble::Unreadable(what.into()));
            }
            found.extend(rows);
        }
        Ok(found)
    }

    fn push(&mut self, changes: &[RowChange]) -> Result<Vec<Pushed>, Trouble> {
        if changes.len() > BATCH {
            let what = format!("{} changes in one push; the most are {BATCH}", changes.len());
            return Err(Trouble::BadRequest(what));
        }
        let fields = self.fields()?;
        let (mut by_row, mut sent) = (HashMap::new(), Vec::new());
        for change in merged(changes) {
            match fields.values(&change) {
                Ok(values) if values.is_empty() => drop(by_row.insert(change.row, Pushed::Written)),
                Ok(values) => sent.push((change.row, values)),
                Err(pushed) => drop(by_row.insert(change.row, pushed)),
            }
        }
        if sent.is_empty() {
            return Ok(answers(changes, &by_row));
        }
        let mut answer = self.update(&sent);
        if matches!(answer, Err(Trouble::BadRequest(_))) {
            // One row that was removed is refused with all others: without it they can be written.
            let ids: Vec<RowId> = sent.iter().map(|(row, _)| row.clone()).collect();
            let there: HashSet<RowId> = self.read(&ids)?.into_iter().map(|row| row.id).collect();
            if there.len() < sent.len() {
                sent.retain(|(row, _)| there.contains(row));
                answer =
                    if sent.is_empty() { Ok(json!({"records": []})) } else { self.update(&sent) };
            }
        }
        let answer = answer?;
        let Some(echoes) = answer["records"].as_array() else { return Err(unreadable("records")) };
        let fields = self.fields()?;
        for (row, values) in sent {
            let echo = echoes.iter().find(|echo| echo["recordID"].as_str() == Some(&row.0));
            by_row.insert(row, fields.verdict(&values, echo));
        }
        if by_row.values().any(|pushed| matches!(pushed, Pushed::Dropped { .. })) {
            // A field may have become another: look again before the next write.
            self.fields = None;
        }
        Ok(answers(changes, &by_row))
    }

    fn max_batch(&self) -> usize {
        BATCH
    }

    fn reopen(&mut self) {
        self.session.reopen();
    }

    fn check(&mut self) -> Vec<super::Finding> {
        check::check(self)
    }

    fn take_tokens(&mut self) -> Option<Tokens> {
        self.session.take_tokens()
    }
}
