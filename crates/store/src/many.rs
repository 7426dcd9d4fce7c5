//! Statements that take many rows: arrays that PostgreSQL unnests, or a VALUES list on SQLite.

use crate::dialect::{Cell, Many, Rows, Sql, Type};
use crate::{Error, Result};
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// A statement for each table, with its values, as one: what is sent, waited for and begun once
/// costs less than many small ones. The parts see the tables as they were before all of them.
pub(crate) fn arrays(parts: Vec<(&'static Many, Rows)>) -> Result<(Sql, PgArguments)> {
    let mut arguments = PgArguments::default();
    let mut shapes = Vec::with_capacity(parts.len());
    for (many, rows) in parts {
        shapes.push((many, columns(many, rows, &mut arguments)?));
    }
    Ok((unnested(&shapes), arguments))
}

/// The statements in their order, as few as hold each table once at most.
pub(crate) fn by_tables(
    statements: impl IntoIterator<Item = (&'static Many, Rows)>,
) -> Vec<Vec<(&'static Many, Rows)>> {
    let mut groups: Vec<Vec<(&'static Many, Rows)>> = Vec::new();
    for (many, rows) in statements {
        match groups.last_mut() {
            Some(last) if last.iter().all(|(other, _)| other.table() != many.table()) => {
                last.push((many, rows));
            }
            _ => groups.push(vec![(many, rows)]),
        }
    }
    groups
}

/// The rows column by column: an array for each, or the value itself where all rows have the same.
/// Most columns of a large batch do, and each element of an array costs time.
fn columns(many: &'static Many, rows: Rows, arguments: &mut PgArguments) -> Result<Shape> {
    let width = many.types.len();
    let mut cells = rows.into_cells();
    let shape = known(many, same(&cells, width), cells.len() / width);
    for (place, column) in many.types.iter().enumerate() {
        let mut cells = cells.iter_mut().skip(place).step_by(width).map(std::mem::take);
        match (column, shape.has(place)) {
            (Type::Int, false) => arguments.add(cells.map(int).collect::<Result<Vec<_>>>()?),
            (Type::Int, true) => arguments.add(cells.next().map(int).transpose()?.flatten()),
            (Type::Text, false) => arguments.add(cells.map(text).collect::<Result<Vec<_>>>()?),
            (Type::Text, true) => arguments.add(cells.next().map(text).transpose()?.flatten()),
        }
        .map_err(|e| Error::Database(e.to_string()))?;
    }
    Ok(shape)
}

fn int(cell: Cell) -> Result<Option<i64>> {
    match cell {
        Cell::Int(value) => Ok(value),
        Cell::Text(_) => Err(Error::Database(format!("{cell:?} in a column of numbers"))),
    }
}

fn text(cell: Cell) -> Result<Option<String>> {
    match cell {
        Cell::Text(value) => Ok(value),
        Cell::Int(_) => Err(Error::Database(format!("{cell:?} in a column of texts"))),
    }
}

/// Which columns of a statement are one value: bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Shape(u64);

impl Shape {
    /// What one row is.
    const ROW: Shape = Shape(u64::MAX);

    fn has(self, place: usize) -> bool {
        self.0 & (1 << place) != 0
    }
}

/// Columns in which all rows have the same value.
fn same(cells: &[Cell], width: usize) -> Shape {
    let steady = |place: &usize| {
        let mut column = cells.iter().skip(*place).step_by(width);
        let first = column.next();
        column.all(|cell| Some(cell) == first)
    };
    Shape((0..width).filter(steady).fold(0, |bits, place| bits | (1 << place)))
}

/// The rows from which on it is worth a statement of its own that their columns have one value.
const MANY_ROWS: usize = 32;
/// The most shapes of one statement: each is prepared on each connection.
const MOST_SHAPES: usize = 8;

/// The shape that rows with these steady columns are sent in, one that is in use already when there
/// are enough: a steady column may always be sent as an array.
fn known(many: &'static Many, same: Shape, rows: usize) -> Shape {
    static SHAPES: LazyLock<Mutex<HashMap<usize, Vec<Shape>>>> = LazyLock::new(Mutex::default);
    if rows == 1 {
        return Shape::ROW;
    }
    // Without any array, there would be one row.
    let same =
        if same.0.count_ones() as usize == many.types.len() { Shape(same.0 & !1) } else { same };
    let mut shapes = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
    let shapes = shapes.entry(std::ptr::from_ref(many) as usize).or_default();
    let fits = |shape: &&Shape| shape.0 & !same.0 == 0;
    let best = shapes.iter().filter(fits).max_by_key(|shape| shape.0.count_ones());
    match best.copied() {
        Some(best) if best == same => best,
        _ if rows >= MANY_ROWS && shapes.len() < MOST_SHAPES => {
            shapes.push(same);
            same
        }
        best => best.unwrap_or(Shape(0)),
    }
}

/// Each array in a column of one SELECT list: they advance together, row by row. `FROM unnest(…)`
/// would first spool every column into a store of its own, and takes about twice as long. COPY is
/// no way out: its last message is small, the driver leaves Nagle's algorithm on, and so each
/// COPY over TCP waits 40 ms for an acknowledgement.
fn unnested(parts: &[(&'static Many, Shape)]) -> Sql {
    let forms = parts.iter().map(|(many, shape)| (*many, Form::Arrays(*shape)));
    cached(forms, || {
        let mut before = 0;
        let mut texts = Vec::with_capacity(parts.len());
        for (many, shape) in parts {
            texts.push(filled(many, *shape, before));
            before += many.types.len();
        }
        let last = texts.pop().unwrap_or_default();
        let with = texts.iter().enumerate().map(|(n, text)| format!("w{n} AS ({text})"));
        match with.collect::<Vec<_>>() {
            none if none.is_empty() => last,
            with => format!("WITH {} {last}", with.join(", ")),
        }
    })
}

/// A statement's text, with so many values before its own.
fn filled(many: &Many, shape: Shape, before: usize) -> String {
    let columns = many.types.iter().enumerate().map(|(place, column)| {
        let (n, value, name) = (place + 1, before + place + 1, column.postgres());
        match shape.has(place) {
            true => format!("${value}::{name} AS c{n}"),
            false => format!("unnest(${value}::{name}[]) AS c{n}"),
        }
    });
    let select = format!("SELECT {}", columns.collect::<Vec<_>>().join(", "));
    many.sql.replace("{values}", &select).replace("{rows}", &format!("({select})"))
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
    cached([(many, Form::List(size))], || {
        let row = format!("({})", vec!["?"; many.types.len()].join(","));
        let values = format!("VALUES {}", vec![row; size].join(","));
        let names: Vec<String> =
            (1..=many.types.len()).map(|i| format!("column{i} AS c{i}")).collect();
        let rows = format!("(SELECT {} FROM ({values}))", names.join(", "));
        many.sql.replace("{values}", &values).replace("{rows}", &rows)
    })
}

/// How rows enter a statement.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Arrays(Shape),
    /// So many rows.
    List(usize),
}

/// Texts that were built once.
fn cached(
    forms: impl IntoIterator<Item = (&'static Many, Form)>,
    build: impl FnOnce() -> String,
) -> Sql {
    type Texts = HashMap<Vec<(usize, Form)>, Arc<str>>;
    static TEXTS: LazyLock<Mutex<Texts>> = LazyLock::new(Mutex::default);
    let key = forms.into_iter().map(|(many, form)| (std::ptr::from_ref(many) as usize, form));
    let key = key.collect();
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    Sql::Built(texts.entry(key).or_insert_with(|| build().into()).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::cells;

    static MANY: Many =
        Many { sql: "INSERT INTO t {values}", types: &[Type::Int, Type::Text, Type::Int] };

    /// How these rows are sent.
    fn sent(rows: impl IntoIterator<Item = (i64, &'static str, i64)>) -> String {
        let mut all = Rows::default();
        rows.into_iter().for_each(|(a, b, c)| all.push(cells![a, b, c]));
        let (sql, _) = arrays(vec![(&MANY, all)]).expect("cells of their columns' types");
        let Sql::Built(sql) = sql else { panic!("a fixed text: {sql:?}") };
        sql.trim_start_matches("INSERT INTO t SELECT ").to_owned()
    }

    #[test]
    fn what_all_rows_say_is_sent_once() {
        let arrays = "unnest($1::bigint[]) AS c1, unnest($2::text[]) AS c2, \
            unnest($3::bigint[]) AS c3";
        let mixed = "$1::bigint AS c1, $2::text AS c2, unnest($3::bigint[]) AS c3";
        assert_eq!(sent([(1, "a", 1), (1, "a", 2)]), arrays, "no shape for so few rows");
        assert_eq!(sent((0..32).map(|n| (1, "a", n))), mixed);
        assert_eq!(sent([(1, "a", 1), (1, "a", 2)]), mixed, "a shape that is there");
        assert_eq!(sent([(1, "a", 1), (1, "b", 2)]), arrays);
        assert_eq!(sent([(1, "a", 1), (1, "a", 1)]), arrays, "two rows stay two");
        let row = "$1::bigint AS c1, $2::text AS c2, $3::bigint AS c3";
        assert_eq!(sent([(1, "a", 1)]), row);
    }

    #[test]
    fn statements_for_different_tables_are_one() {
        static INSERT: Many = Many { sql: "INSERT INTO t (a) {values}", types: &[Type::Int] };
        static UPDATE: Many = Many {
            sql: "UPDATE u SET a = v.c2 FROM {rows} AS v WHERE u.b = v.c1",
            types: &[Type::Int, Type::Int],
        };
        let (mut ones, mut twos, mut more) = (Rows::default(), Rows::default(), Rows::default());
        ones.push(cells![1i64]);
        twos.push(cells![1i64, 2i64]);
        more.push(cells![3i64]);
        let groups = by_tables([(&INSERT, ones), (&UPDATE, twos), (&INSERT, more)]);
        let texts = groups.into_iter().map(|group| match arrays(group).expect("numbers") {
            (Sql::Built(text), _) => text.to_string(),
            (fixed, _) => panic!("a fixed text: {fixed:?}"),
        });
        assert_eq!(
            texts.collect::<Vec<_>>(),
            [
                "WITH w0 AS (INSERT INTO t (a) SELECT $1::bigint AS c1) UPDATE u SET a = v.c2 \
                 FROM (SELECT $2::bigint AS c1, $3::bigint AS c2) AS v WHERE u.b = v.c1",
                "INSERT INTO t (a) SELECT $1::bigint AS c1",
            ]
        );
    }

    #[test]
    fn a_cell_of_another_type_is_refused() {
        let mut rows = Rows::default();
        rows.push(cells!["a", "b", 1i64]);
        let refused = arrays(vec![(&MANY, rows)]).expect_err("a text among numbers");
        assert!(refused.to_string().contains("in a column of numbers"), "{refused}");
    }
}
