//! Statements that take many rows: arrays that PostgreSQL unnests, or a VALUES list on SQLite.

use crate::dialect::{Cell, Many, Rows, Sql, Type};
use crate::{Error, Result};
use sqlx::Arguments;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// One array per column: one statement, however many rows.
pub(crate) fn arrays(types: &[Type], rows: Rows) -> Result<sqlx::postgres::PgArguments> {
    let count = rows.cells().len() / types.len();
    let mut ints: Vec<Vec<Option<i64>>> = Vec::new();
    let mut texts: Vec<Vec<Option<String>>> = Vec::new();
    for column in types {
        match column {
            Type::Int => ints.push(Vec::with_capacity(count)),
            Type::Text => texts.push(Vec::with_capacity(count)),
        }
    }
    let mut cells = rows.into_cells().into_iter();
    for _ in 0..count {
        let (mut int, mut text) = (ints.iter_mut(), texts.iter_mut());
        for (column, cell) in types.iter().zip(&mut cells) {
            match (column, cell) {
                (Type::Int, Cell::Int(value)) => int.next().map(|c| c.push(value)),
                (Type::Text, Cell::Text(value)) => text.next().map(|c| c.push(value)),
                (column, cell) => {
                    return Err(Error::Database(format!("{cell:?} in a column of {column:?}")));
                }
            };
        }
    }
    let mut arguments = sqlx::postgres::PgArguments::default();
    let (mut int, mut text) = (ints.into_iter(), texts.into_iter());
    for column in types {
        match column {
            Type::Int => arguments.add(int.next().unwrap_or_default()),
            Type::Text => arguments.add(text.next().unwrap_or_default()),
        }
        .map_err(|e| Error::Database(e.to_string()))?;
    }
    Ok(arguments)
}

/// Each array in a column of one SELECT list: they advance together, row by row. `FROM unnest(…)`
/// would first spool every column into a store of its own, and takes about twice as long. COPY is
/// no way out: its last message is small, the driver leaves Nagle's algorithm on, and so each
/// COPY over TCP waits 40 ms for an acknowledgement.
pub(crate) fn unnested(many: &'static Many) -> Sql {
    cached(many, 0, || {
        let columns = many.types.iter().enumerate().map(|(i, column)| match column {
            Type::Int => format!("unnest(${n}::bigint[]) AS c{n}", n = i + 1),
            Type::Text => format!("unnest(${n}::text[]) AS c{n}", n = i + 1),
        });
        let select = format!("SELECT {}", columns.collect::<Vec<_>>().join(", "));
        many.sql.replace("{values}", &select).replace("{rows}", &format!("({select})"))
    })
}

/// The most rows in one VALUES list. Larger lists are not faster, and each size is a statement.
const MOST_ROWS: usize = 128;

/// Statements for powers of two of rows, so that few statements serve every count.
pub(crate) fn chunks(many: &'static Many, rows: Rows) -> impl Iterator<Item = (Sql, Vec<Cell>)> {
    let columns = many.types.len();
    let mut cells = rows.into_cells().into_iter();
    std::iter::from_fn(move || {
        let left = cells.len() / columns;
        if left == 0 {
            return None;
        }
        let size = MOST_ROWS.min(1 << left.ilog2());
        Some((listed(many, size), cells.by_ref().take(size * columns).collect()))
    })
}

fn listed(many: &'static Many, size: usize) -> Sql {
    cached(many, size, || {
        let row = format!("({})", vec!["?"; many.types.len()].join(","));
        let values = format!("VALUES {}", vec![row; size].join(","));
        let names: Vec<String> =
            (1..=many.types.len()).map(|i| format!("column{i} AS c{i}")).collect();
        let rows = format!("(SELECT {} FROM ({values}))", names.join(", "));
        many.sql.replace("{values}", &values).replace("{rows}", &rows)
    })
}

/// Texts that were built once.
fn cached(many: &'static Many, size: usize, build: impl FnOnce() -> String) -> Sql {
    type Texts = HashMap<(usize, usize), Arc<str>>;
    static TEXTS: LazyLock<Mutex<Texts>> = LazyLock::new(Mutex::default);
    // Arrays and lists never meet under one key: an array's size is 0.
    let key = (std::ptr::from_ref(many) as usize, size);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    Sql::Built(texts.entry(key).or_insert_with(|| build().into()).clone())
}
