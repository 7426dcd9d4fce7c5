//! From the core's types into cells, and from a row's columns back.

use crate::dialect::{Cell, Db};
use crate::{EndpointId, Error, ImportId, Result, SheetId, TokenId, UserId, WorkspaceId};
use routing::{AgentId, Code, ItemId, QueueId, RuleId, SourceId, Time};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// Cells in order, from anything that is one.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { [$($crate::dialect::Cell::from($value)),*] };
}
pub(crate) use cells;

macro_rules! ints {
    ($($type:ty: $get:expr),* $(,)?) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                #[allow(clippy::redundant_closure_call)]
                Cell::Int(Some(($get)(value)))
            }
        }
        impl From<Option<$type>> for Cell {
            fn from(value: Option<$type>) -> Self {
                value.map_or(Cell::Int(None), Cell::from)
            }
        }
    )*};
}

// Ids and counters stay below 2^63: the core counts up from 1.
ints! {
    i64: |v| v,
    u64: |v| v as i64,
    u32: i64::from,
    u16: i64::from,
    u8: i64::from,
    i32: i64::from,
    bool: i64::from,
    Time: |v: Time| v.0,
    AgentId: |v: AgentId| v.0 as i64,
    QueueId: |v: QueueId| v.0 as i64,
    SourceId: |v: SourceId| v.0 as i64,
    RuleId: |v: RuleId| v.0 as i64,
    ItemId: |v: ItemId| v.0 as i64,
    WorkspaceId: |v: WorkspaceId| v.0 as i64,
    EndpointId: |v: EndpointId| v.0 as i64,
    SheetId: |v: SheetId| v.0 as i64,
    UserId: |v: UserId| v.0 as i64,
    TokenId: |v: TokenId| v.0 as i64,
    ImportId: |v: ImportId| v.0 as i64,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(Some(text))
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        Cell::Text(text.map(str::to_owned))
    }
}

impl From<Option<&Code>> for Cell {
    fn from(code: Option<&Code>) -> Self {
        Cell::from(code.map(Code::as_str))
    }
}

/// A row's columns, read from left to right.
pub(crate) struct Columns<'r, D: Db> {
    row: &'r D::Row,
    table: &'static str,
    next: usize,
}

impl<'r, D: Db> Columns<'r, D> {
    pub fn new(row: &'r D::Row, table: &'static str) -> Self {
        Columns { row, table, next: 0 }
    }

    pub fn opt_int(&mut self) -> Result<Option<i64>> {
        self.next += 1;
        D::int(self.row, self.next - 1)
    }

    pub fn opt_text(&mut self) -> Result<Option<String>> {
        self.next += 1;
        D::text(self.row, self.next - 1)
    }

    pub fn int(&mut self) -> Result<i64> {
        self.opt_int()?.ok_or_else(|| self.missing())
    }

    pub fn text(&mut self) -> Result<String> {
        self.opt_text()?.ok_or_else(|| self.missing())
    }

    /// A number of a narrower type.
    pub fn num<T: TryFrom<i64>>(&mut self) -> Result<T> {
        let int = self.int()?;
        T::try_from(int).map_err(|_| self.wrong(format!("{int} is out of range")))
    }

    pub fn opt_num<T: TryFrom<i64>>(&mut self) -> Result<Option<T>> {
        let Some(int) = self.opt_int()? else { return Ok(None) };
        T::try_from(int).map(Some).map_err(|_| self.wrong(format!("{int} is out of range")))
    }

    pub fn flag(&mut self) -> Result<bool> {
        Ok(self.int()? != 0)
    }

    pub fn time(&mut self) -> Result<Time> {
        self.int().map(Time)
    }

    pub fn opt_time(&mut self) -> Result<Option<Time>> {
        Ok(self.opt_int()?.map(Time))
    }

    pub fn opt_code(&mut self) -> Result<Option<Code>> {
        Ok(self.opt_text()?.map(|text| Code::new(&text)))
    }

    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        let text = self.text()?;
        serde_json::from_str(&text).map_err(|e| self.wrong(e))
    }

    /// NULL is the default.
    pub fn opt_json<T: DeserializeOwned + Default>(&mut self) -> Result<T> {
        let Some(text) = self.opt_text()? else { return Ok(T::default()) };
        serde_json::from_str(&text).map_err(|e| self.wrong(e))
    }

    pub fn parsed<T: FromStr<Err = String>>(&mut self) -> Result<T> {
        let text = self.text()?;
        text.parse().map_err(|e| self.wrong(e))
    }

    fn missing(&self) -> Error {
        self.wrong("a value is missing")
    }

    fn wrong(&self, problem: impl std::fmt::Display) -> Error {
        Error::unreadable(self.table, format!("column {}: {problem}", self.next))
    }
}
