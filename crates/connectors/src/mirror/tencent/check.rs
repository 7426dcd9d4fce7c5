//! From the token to the columns, one thing after the other.

use super::{
    Tencent,
    fields::{doubtful, unfit},
};
use crate::mirror::{Finding, Role, Sheet, Trouble, finding::duplicates, titles::locate};

/// What is wrong ends the check where nothing more can be said.
pub fn check(sheet: &mut Tencent) -> Vec<Finding> {
    let mut found = Vec::new();
    sheet.session.reopen();
    if let Err(trouble) = look(sheet, &mut found) {
        found.push(Finding::of(&trouble));
    }
    found
}

fn look(sheet: &mut Tencent, found: &mut Vec<Finding>) -> Result<(), Trouble> {
    let fields = sheet.ask_fields()?;
    found.push(Finding::good("the token is valid, the document and its sheet are there"));
    let titles: Vec<String> = fields.iter().map(|(title, _)| title.clone()).collect();
    let located = match locate(&sheet.columns, &titles) {
        Ok(located) => located,
        Err(wrong) => {
            found.extend(wrong);
            return Ok(());
        }
    };
    let before = found.len();
    found.extend(doubtful(&fields, &located));
    found.extend(unfit(&sheet.columns, &fields, &located));
    if found.len() > before {
        return Ok(());
    }
    found.push(Finding::good("every column is there once and fits its permission"));
    let page = sheet.pull(None)?;
    if page.rows.is_empty() {
        found.push(Finding::warning("the sheet has no rows yet"));
        return Ok(());
    }
    found.push(Finding::good("rows can be read"));
    if let Some(column) = sheet.columns.with_role(Role::Unique) {
        let keys = page.rows.iter().map(|row| row.cell(column));
        found.extend(duplicates(keys, 0, column.name()));
    }
    Ok(())
}
