//! Excel files, new (.xlsx) and old (.xls).
//!
//! The file is read by a thread of its own that hands the rows over a bounded channel: the reader
//! of cells borrows the workbook, and so a sheet never stands in memory as a whole. (The common
//! way, one dense range, lets a file of a kilobyte with one cell at the far corner ask for
//! hundreds of gigabytes.)

use super::{
    Counts, Format, MAX_COLUMNS, MAX_ROW_BYTES, MAX_ROWS, Options, Record, Records, Source,
    TableError, packed,
};
use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, Xls, Xlsx, open_workbook_from_rs};
use std::{
    io::{BufReader, SeekFrom},
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

/// The largest file of the old format, which has to be unpacked as a whole.
const MOST_OLD: u64 = 64 << 20;
/// The largest file of the new format, packed.
const MOST_NEW: u64 = 512 << 20;

type Handed = Result<Record, TableError>;

pub fn open(
    mut source: impl Source + 'static,
    old: bool,
    options: &Options,
    counts: Arc<Counts>,
) -> Result<(Format, Records), TableError> {
    let size = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(0))?;
    let most = if old { MOST_OLD } else { MOST_NEW };
    if size > most {
        return Err(TableError::TooLarge(most));
    }
    if !old {
        packed::check(&mut BufReader::new(&mut source), packed::MOST)?;
        source.seek(SeekFrom::Start(0))?;
    }
    let source: Box<dyn Source> = Box::new(source);
    let source = BufReader::new(source);
    let wanted = options.sheet.clone();
    let (sheet_out, sheet_in) = sync_channel(1);
    let (rows_out, rows_in) = sync_channel(256);
    let reading = counts.clone();
    let work = move || {
        let told = Told { wanted, sheet: sheet_out, rows: rows_out, counts: reading };
        if old { told.read_xls(source) } else { told.read_xlsx(source) }
    };
    let thread = thread::Builder::new().name("excel".into()).spawn(work)?;
    let Ok(opened) = sheet_in.recv() else {
        // The thread is gone without a word: the file broke the parser.
        return Err(TableError::Excel("it is damaged".into()));
    };
    let sheet = opened?;
    let records = Handover { rows: rows_in, thread: Some(thread), counts };
    Ok((Format::Excel { sheet }, Box::new(records)))
}

/// The receiving end. A parser that panics on a damaged file is an error, not an early end.
struct Handover {
    rows: Receiver<Handed>,
    thread: Option<thread::JoinHandle<()>>,
    counts: Arc<Counts>,
}

impl Iterator for Handover {
    type Item = Handed;

    fn next(&mut self) -> Option<Handed> {
        if let Ok(row) = self.rows.recv() {
            if let Ok(record) = &row {
                self.counts.done.store(record.line, Ordering::Relaxed);
            }
            return Some(row);
        }
        let ended = self.thread.take()?.join();
        ended.is_err().then(|| Err(TableError::Excel("it is damaged".into())))
    }
}

/// The reading thread's ends.
struct Told {
    wanted: Option<String>,
    sheet: SyncSender<Result<String, TableError>>,
    rows: SyncSender<Handed>,
    counts: Arc<Counts>,
}

impl Told {
    fn read_xlsx(self, source: BufReader<Box<dyn Source>>) {
        let mut book: Xlsx<_> = match open_workbook_from_rs(source) {
            Ok(book) => book,
            Err(error) => return self.refuse(unreadable(error)),
        };
        let name = match self.choose(&book) {
            Ok(name) => name,
            Err(error) => return self.refuse(error),
        };
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            Err(error) => return self.refuse(unreadable(error)),
        };
        let (_, last) = (cells.dimensions().start, cells.dimensions().end);
        self.opened(name, u64::from(last.0) + 1);
        let mut row = Gathered::default();
        loop {
            let handed = match cells.next_cell() {
                Ok(Some(cell)) => {
                    let (line, column) = cell.get_position();
                    row.add(u64::from(line) + 1, column as usize, text_of(cell.get_value()))
                }
                Ok(None) => break,
                Err(error) => Err(TableError::Broken { line: row.line, reason: error.to_string() }),
            };
            let broken = handed.is_err();
            if let Some(record) = handed.transpose()
                && self.rows.send(record).is_err()
            {
                return;
            }
            if broken {
                return;
            }
        }
        if let Some(record) = row.take() {
            // Nobody listening any more is no error.
            let _ = self.rows.send(Ok(record));
        }
    }

    fn read_xls(self, source: BufReader<Box<dyn Source>>) {
        let mut book: Xls<_> = match open_workbook_from_rs(source) {
            Ok(book) => book,
            Err(error) => return self.refuse(unreadable(error)),
        };
        let name = match self.choose(&book) {
            Ok(name) => name,
            Err(error) => return self.refuse(error),
        };
        let range = match book.worksheet_range(&name) {
            Ok(range) => range,
            Err(error) => return self.refuse(unreadable(error)),
        };
        let (first, column) = range.start().unwrap_or_default();
        self.opened(name, u64::from(first) + range.height() as u64);
        for (at, cells) in range.rows().enumerate() {
            let mut row = Gathered::default();
            let line = u64::from(first) + at as u64 + 1;
            for (right, cell) in cells.iter().enumerate() {
                if *cell == Data::Empty {
                    continue;
                }
                let text = text_of(cell);
                if let Err(error) = row.add(line, column as usize + right, text) {
                    let _ = self.rows.send(Err(error));
                    return;
                }
            }
            if let Some(record) = row.take()
                && self.rows.send(Ok(record)).is_err()
            {
                return;
            }
        }
    }

    fn choose<R: Reader<BufReader<Box<dyn Source>>>>(
        &self,
        book: &R,
    ) -> Result<String, TableError> {
        let sheets = || {
            let sheets = book.sheets_metadata().iter();
            sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone())
        };
        let Some(wanted) = &self.wanted else { return sheets().next().ok_or(TableError::Empty) };
        let same = |name: &String| name.trim().to_lowercase() == wanted.trim().to_lowercase();
        sheets().find(same).ok_or_else(|| TableError::NoSuchSheet {
            sheet: wanted.clone(),
            known: sheets().collect::<Vec<_>>().join(", "),
        })
    }

    fn opened(&self, name: String, rows: u64) {
        self.counts.total.store(rows.min(MAX_ROWS + 1), Ordering::Relaxed);
        let _ = self.sheet.send(Ok(name));
    }

    fn refuse(&self, error: TableError) {
        let _ = self.sheet.send(Err(error));
    }
}

fn unreadable(error: impl std::fmt::Display) -> TableError {
    TableError::Excel(error.to_string())
}

/// The cells of the row that is being read; they come in order.
#[derive(Default)]
struct Gathered {
    line: u64,
    bytes: u64,
    cells: Vec<String>,
}

impl Gathered {
    /// Gives the row before when the cell begins a new one.
    fn add(
        &mut self,
        line: u64,
        column: usize,
        text: String,
    ) -> Result<Option<Record>, TableError> {
        if text.is_empty() {
            return Ok(None);
        }
        if column >= MAX_COLUMNS {
            return Err(TableError::TooManyColumns(column + 1));
        }
        let done = if line == self.line { None } else { self.take() };
        self.line = line;
        self.bytes += text.len() as u64;
        if self.bytes > MAX_ROW_BYTES {
            return Err(TableError::RowTooLong { line });
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
        Ok(done)
    }

    fn take(&mut self) -> Option<Record> {
        let cells = std::mem::take(&mut self.cells);
        self.bytes = 0;
        (!cells.is_empty()).then_some(Record { line: self.line, cells })
    }
}

/// A cell as a person would have typed it.
trait Cell {
    fn as_ref(&self) -> DataRef<'_>;
}

impl Cell for Data {
    fn as_ref(&self) -> DataRef<'_> {
        match self {
            Data::Int(number) => DataRef::Int(*number),
            Data::Float(number) => DataRef::Float(*number),
            Data::String(text) => DataRef::SharedString(text),
            Data::Bool(bool) => DataRef::Bool(*bool),
            Data::DateTime(at) => DataRef::DateTime(*at),
            Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
            Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
            Data::Error(error) => DataRef::Error(error.clone()),
            Data::Empty => DataRef::Empty,
        }
    }
}

impl Cell for DataRef<'_> {
    fn as_ref(&self) -> DataRef<'_> {
        self.clone()
    }
}

fn text_of(cell: &impl Cell) -> String {
    match cell.as_ref() {
        DataRef::Int(number) => number.to_string(),
        // 9876543210 rather than 9876543210.0 or 9.87654321E9.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text,
        DataRef::SharedString(text) => text.to_owned(),
        DataRef::Bool(bool) => bool.to_string(),
        DataRef::DateTime(at) => moment(&at),
        // A formula's error is no value.
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn moment(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let value = at.as_f64();
    if at.is_duration() {
        let seconds = (value * 86_400.0).round() as i64;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    if (0.0..1.0).contains(&value) {
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    if value.fract() == 0.0 {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
