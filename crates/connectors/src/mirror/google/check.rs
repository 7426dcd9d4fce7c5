//! From the key file to the columns, one thing after the other.

use super::{Google, written::Written};
use crate::mirror::{
    Finding, Role, Sheet, Trouble, finding::duplicates, letters::letter_of, titles::locate,
};

/// What is wrong ends the check where nothing more can be said.
pub fn check(sheet: &mut Google) -> Vec<Finding> {
    let mut found = Vec::new();
    sheet.session.reopen();
    if let Err(trouble) = look(sheet, &mut found) {
        found.push(Finding::of(&trouble));
    }
    found
}

fn look(sheet: &mut Google, found: &mut Vec<Finding>) -> Result<(), Trouble> {
    let grid = sheet.ask_grid()?;
    found.push(Finding::good("the key is valid, the spreadsheet and its sheet are there"));
    let (titles, _) = grid.get(&mut sheet.session, &[], false)?;
    let located = match locate(&sheet.columns, &titles) {
        Ok(located) => located,
        Err(wrong) => {
            found.extend(wrong);
            return Ok(());
        }
    };
    if let Some((_, at)) = located.fetched.iter().find(|(_, at)| *at >= grid.columns) {
        let what = format!("the sheet has no column {}: it has {}", letter_of(*at), grid.columns);
        found.push(Finding::wrong(what));
        return Ok(());
    }
    let written = Written::of(&sheet.columns, &located);
    let cells = written.formulas(&grid, &titles, &mut sheet.session)?;
    let computed = written.computed(&cells);
    if !computed.is_empty() {
        found.extend(computed);
        return Ok(());
    }
    found.extend(written.mixed(&cells));
    let places = written.places();
    found.push(Finding::good("every column is there once and fits its permission"));
    let page = sheet.pull(None)?;
    if page.rows.is_empty() {
        found.push(Finding::warning("the sheet has no rows that can be told apart yet"));
    } else {
        found.push(Finding::good("rows can be read"));
    }
    // Whoever may only look at the sheet is refused here, and not only at the first result.
    let (session, known) = sheet.known()?;
    known.name(session, &places)?;
    if let Some(column) = sheet.columns.with_role(Role::Unique) {
        let keys = page.rows.iter().map(|row| row.cell(column));
        found.extend(duplicates(keys, page.faults.len(), column.name()));
    }
    Ok(())
}
