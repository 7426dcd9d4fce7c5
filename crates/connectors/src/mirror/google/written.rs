//! Columns that are to be written, and whether the sheet computes them itself.

use super::{
    grid::{BLOCK, Grid, Part},
    session::Session,
};
use crate::mirror::{CellValue, Columns, Finding, Trouble, Use, titles::Located};
use std::collections::BTreeSet;

/// The columns that are to be written, with their places.
pub struct Written<'a>(Vec<(&'a str, usize)>);

/// What the first rows of a column hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    filled: usize,
    formulas: usize,
}

impl<'a> Written<'a> {
    pub fn of(columns: &'a Columns, located: &Located) -> Self {
        let all = columns.fetched().zip(&located.fetched);
        let written = all.filter(|(column, _)| column.permission == Use::Write);
        Written(written.map(|(column, (_, at))| (column.name(), *at)).collect())
    }

    pub fn places(&self) -> BTreeSet<usize> {
        self.0.iter().map(|(_, at)| *at).collect()
    }

    /// How many formulas are among the first rows' cells, column by column. A text that begins with
    /// an equals sign is none: it is shown as it is written.
    pub fn formulas(
        &self,
        grid: &Grid,
        titles: &[String],
        session: &mut Session,
    ) -> Result<Vec<Cells>, Trouble> {
        let first = grid.header_row + 1;
        let rows = (first, grid.rows.min(first.saturating_add(BLOCK - 1)));
        if self.0.is_empty() || rows.0 > rows.1 {
            return Ok(vec![Cells::default(); self.0.len()]);
        }
        let parts: Vec<Part> =
            self.0.iter().map(|(_, column)| Part { column: *column, rows }).collect();
        let (now, written) = grid.get(session, &parts, true)?;
        // A title may be a formula itself.
        let same = |(now, title): (&String, &String)| now == title || now.starts_with('=');
        if now.len() != titles.len() || !now.iter().zip(titles).all(same) {
            return Err(Trouble::Changed("somebody changed the sheet's columns".into()));
        }
        let seems = |cell: &CellValue| cell.plain().starts_with('=');
        let shown = match written.iter().flatten().any(seems) {
            true => grid.get(session, &parts, false)?.1,
            false => written.clone(),
        };
        let cells = written.iter().zip(&shown).map(|(written, shown)| {
            let filled = written.iter().filter(|cell| **cell != CellValue::Empty).count();
            let is_one = |at: usize| seems(&written[at]) && shown.get(at) != Some(&written[at]);
            Cells { filled, formulas: (0..written.len()).filter(|at| is_one(*at)).count() }
        });
        Ok(cells.collect())
    }

    /// Columns that hold nothing but formulas.
    pub fn computed(&self, cells: &[Cells]) -> Vec<Finding> {
        let all = self.0.iter().zip(cells);
        let computed =
            all.filter(|(_, cells)| cells.formulas > 0 && cells.formulas == cells.filled);
        computed
            .map(|((name, _), _)| {
                Finding::wrong(format!(
                    "“{name}” holds formulas, which would be overwritten: set its permission to read \
                     or ignore"
                ))
            })
            .collect()
    }

    /// Columns in which some cells are formulas.
    pub fn mixed(&self, cells: &[Cells]) -> Vec<Finding> {
        let all = self.0.iter().zip(cells);
        let mixed = all.filter(|(_, cells)| cells.formulas > 0 && cells.formulas < cells.filled);
        mixed
            .map(|((name, _), cells)| {
                let count = cells.formulas;
                Finding::warning(format!(
                    "{count} of the first cells in “{name}” are formulas: a result is written over \
                     them, so move them into a column of their own"
                ))
            })
            .collect()
    }
}
