//! The port of these tests: real connections, a clock that stands still.

use connectors::Field;
use connectors::mirror::{
    CellValue, Columns, Outside, Page, Pushed, Request, Response, Role, Row, RowChange, RowId,
    Sheet, Trouble, Unreached,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// When these tests begin.
pub const NOW: i64 = 1_760_000_000_000;

pub struct Net {
    pub clock: Arc<AtomicI64>,
    /// How long an answer may take.
    pub within: Duration,
}

impl Net {
    pub fn new() -> Box<Net> {
        let clock = Arc::new(AtomicI64::new(NOW));
        Box::new(Net { clock, within: Duration::from_secs(20) })
    }
}

impl Outside for Net {
    fn send(&self, request: Request) -> Result<Response, Unreached> {
        let Request { method, url, headers, body } = request;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = sheet_stubs::send(method.as_str(), &url, &headers, &body, self.within);
        let (status, headers, body) =
            answer.map_err(|error| Unreached::Failed(error.kind().to_string()))?;
        let wait = headers.iter().find(|(name, _)| name == "retry-after");
        let wait = wait.and_then(|(_, value)| value.parse().ok()).map(Duration::from_secs);
        Ok(Response { status, retry_after: wait, body: body.into_bytes() })
    }

    fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }
}

/// All pages of a sheet.
pub fn everything(sheet: &mut dyn Sheet) -> Result<Page, Trouble> {
    let mut all = sheet.pull(None)?;
    while let Some(next) = all.next {
        let page = sheet.pull(Some(next))?;
        all.rows.extend(page.rows);
        all.faults.extend(page.faults);
        all.next = page.next;
    }
    Ok(all)
}

/// A change of one row of the recruitment list: who has it, and what came of it.
pub fn change(row: &RowId, owner: &str, note: &str) -> RowChange {
    let columns = Columns::recruitment();
    let key = |role| columns.written_role(role).unwrap();
    let cells = vec![
        (key(Role::Owner), CellValue::text(owner)),
        (key(Role::Result), CellValue::text(note)),
        (key(Role::Done), CellValue::Number(1.0)),
        (columns.showing(&"selected".parse::<Field>().unwrap()).unwrap(), CellValue::Number(1.0)),
    ];
    RowChange { row: row.clone(), cells }
}

/// A cell of the recruitment list by its column's title.
pub fn cell(row: &Row, title: &str) -> String {
    let columns = Columns::recruitment();
    let column = columns.all().iter().find(|column| column.name() == title).unwrap();
    row.cell(column).plain().into_owned()
}

/// What a push that is expected to be dropped in part says.
pub fn dropped(columns: &[&str]) -> Pushed {
    Pushed::Dropped { columns: columns.iter().map(|column| (*column).to_owned()).collect() }
}

/// What a check found, as people read it.
pub fn findings(sheet: &mut dyn Sheet) -> Vec<String> {
    sheet.check().iter().map(ToString::to_string).collect()
}
