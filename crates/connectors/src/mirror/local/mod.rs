//! A sheet in a file on this machine: CSV, or an Excel workbook (.xlsx).
//!
//! A row's id is the value of the column with the role `unique`. The file is read as a whole through
//! [`crate::Table`]; a push reads it again, changes the cells in place so that everything else stays as it
//! is, to the byte, and puts the new file in the place of the old one, if that is still the one that
//! was read. Whether it may have changed since is told by its [`Stamp`], which the caller keeps.
//!
//! What a workbook's formulas came to is computed by the program that opens it next, not here.

mod cells;
mod content;
mod csv;
mod proof;
mod replace;
mod stamp;
mod xlsx;

pub use stamp::{Glance, Stamp, glance};

use super::{
    CellValue, Columns, Finding, Page, PageToken, Pushed, Role, Row, RowChange, RowId, Sheet,
    Trouble, Writable,
    finding::{duplicates, mend},
    row::{answers, merged},
    titles::{Located, locate},
};
use content::{Content, Rows};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// The most changes in one push.
const BATCH: usize = 1_000;

/// A file.
pub struct LocalFile {
    path: PathBuf,
    /// The workbook's sheet; else its first.
    tab: Option<String>,
    columns: Columns,
    stamp: Option<Stamp>,
}

/// A cell to change.
struct Edit {
    /// The line or the row's number, from 1.
    line: u64,
    column: usize,
    value: CellValue,
}

impl LocalFile {
    /// Opens nothing yet.
    ///
    /// # Errors
    /// When no column tells rows apart.
    pub fn new(
        path: impl Into<PathBuf>,
        tab: Option<String>,
        columns: Columns,
    ) -> Result<Self, Trouble> {
        if columns.with_role(Role::Unique).is_none() {
            let what = "a file needs a column with the role “unique”: its rows have no ids";
            return Err(Trouble::BadRequest(what.into()));
        }
        Ok(LocalFile { path: path.into(), tab, columns, stamp: None })
    }

    /// The file as it was last pulled, or as it was left by the last push.
    pub fn stamp(&self) -> Option<&Stamp> {
        self.stamp.as_ref()
    }

    /// Whether the file's content is another than at the stamp. It is only read when its size or its
    /// time says that it may be.
    pub fn changed_since(&self, stamp: &Stamp) -> Result<bool, Trouble> {
        Ok(stamp.may_differ(&self.path)? && !stamp::read(&self.path)?.0.same_content(stamp))
    }

    fn content(&self) -> Result<Content, Trouble> {
        let (stamp, bytes) = stamp::read(&self.path)?;
        Content::read(bytes, stamp, self.tab.as_deref())
    }

    /// The file as it is right before it is written. What is wrong with all of it is no row's fault.
    fn meanwhile(&self) -> Result<(Content, Located), Trouble> {
        let look = || {
            let content = self.content()?;
            let located = self.locate(&content)?;
            Ok((content, located))
        };
        look().map_err(|trouble| match trouble {
            Trouble::BadRequest(what) => Trouble::Changed(what),
            trouble => trouble,
        })
    }

    fn locate(&self, content: &Content) -> Result<Located, Trouble> {
        let located = locate(&self.columns, &content.titles).map_err(|found| mend(&found))?;
        match located.fetched.iter().find(|(_, at)| *at >= content.titles.len()) {
            Some(_) => {
                let what = format!("the file has only {} columns", content.titles.len());
                Err(Trouble::BadRequest(what))
            }
            None => Ok(located),
        }
    }
}

impl Sheet for LocalFile {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn titles(&mut self) -> Result<Vec<String>, Trouble> {
        Ok(self.content()?.titles)
    }

    /// A file is one page.
    fn pull(&mut self, _page: Option<PageToken>) -> Result<Page, Trouble> {
        let content = self.content()?;
        let located = self.locate(&content)?;
        let rows = content.rows(&located);
        let (computed, _) = self.computed(&content, &located, &rows)?;
        if !computed.is_empty() {
            return Err(mend(&computed));
        }
        let Rows { rows, faults, .. } = rows;
        self.stamp = Some(content.stamp);
        Ok(Page { rows: rows.into_iter().map(|(_, row)| row).collect(), next: None, faults })
    }

    fn read(&mut self, rows: &[RowId]) -> Result<Vec<Row>, Trouble> {
        let content = self.content()?;
        let all = content.rows(&self.locate(&content)?).rows;
        let mut all: HashMap<RowId, Row> =
            all.into_iter().map(|(_, row)| (row.id.clone(), row)).collect();
        Ok(rows.iter().filter_map(|id| all.remove(id)).collect())
    }

    fn push(&mut self, changes: &[RowChange]) -> Result<Vec<Pushed>, Trouble> {
        if changes.len() > BATCH {
            let what = format!("{} changes in one push; the most are {BATCH}", changes.len());
            return Err(Trouble::BadRequest(what));
        }
        let (content, located) = self.meanwhile()?;
        let Rows { rows, twice, .. } = content.rows(&located);
        let lines: HashMap<&RowId, u64> = rows.iter().map(|(line, row)| (&row.id, *line)).collect();
        let (mut by_row, mut edits, mut owners) = (HashMap::new(), Vec::new(), Vec::new());
        for change in merged(changes) {
            let pushed = match lines.get(&change.row) {
                None => Pushed::Gone,
                Some(_) if twice.contains(&change.row) => Pushed::Ambiguous,
                Some(line) => match cells(&located, *line, &change) {
                    Ok(own) => {
                        let names = change.cells.iter().map(|(key, _)| key.name().to_owned());
                        owners.extend(names.map(|name| (change.row.clone(), name)));
                        edits.extend(own);
                        Pushed::Written
                    }
                    Err(pushed) => pushed,
                },
            };
            by_row.insert(change.row, pushed);
        }
        // A row of which one value does not fit is left as it is.
        let (_, verdicts) = content.edit(&edits)?;
        for ((row, column), verdict) in owners.iter().zip(verdicts) {
            if let Some(takes) = verdict {
                by_row.insert(row.clone(), Pushed::Unfit { column: column.clone(), takes });
            }
        }
        let fits = |row: &RowId| by_row.get(row) == Some(&Pushed::Written);
        let kept = edits.into_iter().zip(&owners).filter(|(_, (row, _))| fits(row));
        let (edits, owners): (Vec<Edit>, Vec<&(RowId, String)>) = kept.unzip();
        for ((row, column), kept) in owners.into_iter().zip(self.write(content, &edits)?) {
            match by_row.get_mut(row) {
                Some(Pushed::Dropped { columns }) if !kept => columns.push(column.clone()),
                Some(pushed) if !kept => {
                    *pushed = Pushed::Dropped { columns: vec![column.clone()] };
                }
                _ => {}
            }
        }
        Ok(answers(changes, &by_row))
    }

    fn max_batch(&self) -> usize {
        BATCH
    }

    fn check(&mut self) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Err(trouble) = self.look(&mut found) {
            found.push(Finding::of(&trouble));
        }
        found
    }
}

/// The cells of one change that may be written, and no other.
fn cells(located: &Located, line: u64, change: &RowChange) -> Result<Vec<Edit>, Pushed> {
    let edit = |(key, value): &(Writable, CellValue)| {
        let column = key.name().to_owned();
        let takes = "nothing: these columns do not let it be written".to_owned();
        let at = located.writable(key).ok_or(Pushed::Unfit { column, takes })?;
        Ok(Edit { line, column: at, value: value.clone() })
    };
    change.cells.iter().map(edit).collect()
}

impl LocalFile {
    /// Whether each cell reads as what was meant, once it is written.
    fn write(&mut self, content: Content, edits: &[Edit]) -> Result<Vec<bool>, Trouble> {
        if edits.is_empty() {
            return Ok(Vec::new());
        }
        content.sound()?;
        let (bytes, _) = content.edit(edits)?;
        if bytes == content.bytes {
            return Ok(vec![true; edits.len()]);
        }
        let after = Content::read(bytes, content.stamp.clone(), self.tab.as_deref())?;
        let kept = proof::prove(&content, &after, edits);
        let kept = kept.map_err(|what| Trouble::BadRequest(what.into()))?;
        replace::replace(&self.path, &content.stamp, &after.bytes)?;
        self.stamp = Some(stamp::read(&self.path)?.0);
        Ok(kept)
    }

    /// Columns to write of which all of the first rows' cells are formulas, and those of which some
    /// are: as if each were written, but nothing is kept of it.
    fn computed(
        &self,
        content: &Content,
        located: &Located,
        rows: &Rows,
    ) -> Result<(Vec<Finding>, Vec<Finding>), Trouble> {
        let places = self.columns.writable();
        let places: Vec<(&str, usize)> = places
            .filter_map(|(column, key)| Some((column.name(), located.writable(&key)?)))
            .collect();
        let lines: Vec<u64> = rows.rows.iter().take(BATCH).map(|(line, _)| *line).collect();
        let (mut computed, mut mixed) = (Vec::new(), Vec::new());
        if places.is_empty() || lines.is_empty() {
            return Ok((computed, mixed));
        }
        let edit = |(line, column)| Edit { line, column, value: CellValue::Empty };
        let cells = lines.iter().flat_map(|line| places.iter().map(|(_, at)| (*line, *at)));
        let (_, verdicts) = content.edit(&cells.map(edit).collect::<Vec<_>>())?;
        for (at, (name, _)) in places.iter().enumerate() {
            let own = verdicts.iter().skip(at).step_by(places.len());
            match own.filter(|verdict| verdict.is_some()).count() {
                0 => {}
                all if all == lines.len() => computed.push(Finding::wrong(format!(
                    "“{name}” is a column that is to be written and holds formulas: set its \
                     permission to read or ignore"
                ))),
                some => mixed.push(Finding::warning(format!(
                    "{some} of the first cells in “{name}” are formulas: they are left as they are, \
                     and what should stand there is shown as a conflict"
                ))),
            }
        }
        Ok((computed, mixed))
    }

    fn look(&self, found: &mut Vec<Finding>) -> Result<(), Trouble> {
        let content = self.content()?;
        found.push(Finding::good(format!("the file is there and can be read: {}", content.format)));
        let located = match locate(&self.columns, &content.titles) {
            Ok(located) => located,
            Err(wrong) => {
                found.extend(wrong);
                return Ok(());
            }
        };
        self.locate(&content)?;
        let rows = content.rows(&located);
        let (computed, mixed) = self.computed(&content, &located, &rows)?;
        if !computed.is_empty() {
            found.extend(computed);
            return Ok(());
        }
        found.extend(mixed);
        found.push(Finding::good("every column is there once and fits its permission"));
        let folder = self.path.parent().unwrap_or(Path::new("."));
        if folder.metadata().is_ok_and(|data| data.permissions().readonly()) {
            found.push(Finding::wrong("the file's folder is read-only: nothing can be written"));
        }
        if let Err(trouble) = content.sound() {
            found.push(Finding::of(&trouble));
        }
        match rows.rows.len() {
            0 => found.push(Finding::warning("the file has no rows that can be told apart yet")),
            _ => found.push(Finding::good("rows can be read")),
        }
        if let Some(column) = self.columns.with_role(Role::Unique) {
            let keys = rows.rows.iter().map(|(_, row)| row.cell(column));
            found.extend(duplicates(keys, rows.faults.len(), column.name()));
        }
        Ok(())
    }
}
