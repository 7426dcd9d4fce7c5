//! A table of the board: as many of its lines and columns as have room.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Cell, Row, Table};

/// The lines of a table that are not rows: its title and its header.
pub const HEAD: u16 = 2;
/// Between two columns.
const SPACING: u16 = 2;
/// What a column that takes the room that is left has at least, as long as another can go.
const LEAST: u16 = 16;

/// A column; a title that ends in `#` heads numbers.
pub struct Column {
    pub title: &'static str,
    pub width: Constraint,
    /// Where there is too little room, the column with the least goes first; 0 stays.
    pub goes: u8,
}

/// A column that takes the room that is left, in this share.
pub fn wide(title: &'static str, share: u16) -> Column {
    Column { title, width: Constraint::Fill(share), goes: 0 }
}

/// A column of this width, and when it goes.
pub fn column(title: &'static str, width: u16, goes: u8) -> Column {
    Column { title, width: Constraint::Length(width), goes }
}

/// A table's lines: a text for each column, and how the line looks.
pub type Lines = Vec<(Vec<String>, Style)>;

/// What of a table's lines is in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// How many lines have room.
    pub room: usize,
    /// How many lines there are beyond that.
    pub beyond: usize,
}

/// Draws the lines from the one at `top` on, or the last ones that fill the area.
pub fn table(
    frame: &mut Frame<'_>,
    area: Rect,
    what: &str,
    columns: &[Column],
    lines: Lines,
    top: usize,
) -> Sight {
    let count = lines.len();
    let room = usize::from(area.height.saturating_sub(HEAD));
    let sight = Sight { room, beyond: count.saturating_sub(room) };
    let first = top.min(sight.beyond);
    let title = match sight.beyond {
        0 => format!("{what} "),
        _ => format!("{what} ({}–{} of {count}) ", (first + 1).min(count), first + room),
    };
    let block = Block::new().borders(Borders::TOP).title(Span::styled(title, Color::Cyan));
    let shown = shown(columns, area.width);
    let cells = |texts: Vec<String>| -> Vec<Cell<'static>> {
        let texts = texts.into_iter().zip(columns).enumerate().filter(|(at, _)| shown.contains(at));
        texts
            .map(|(_, (text, column))| {
                let number = column.title.ends_with('#');
                let side = if number { Alignment::Right } else { Alignment::Left };
                Cell::from(Line::from(text).alignment(side))
            })
            .collect()
    };
    let titles = columns.iter().map(|column| column.title.trim_end_matches('#').to_owned());
    let header = Row::new(cells(titles.collect())).style(Style::new().add_modifier(Modifier::DIM));
    let rows =
        lines.into_iter().skip(first).map(|(texts, style)| Row::new(cells(texts)).style(style));
    let widths = shown.iter().map(|at| columns[*at].width);
    let table = Table::new(rows.collect::<Vec<_>>(), widths.collect::<Vec<_>>());
    frame.render_widget(table.header(header).column_spacing(SPACING).block(block), area);
    sight
}

/// Which columns have room.
fn shown(columns: &[Column], width: u16) -> Vec<usize> {
    let least = |at: &usize| match columns[*at].width {
        Constraint::Length(width) => width,
        _ => LEAST,
    };
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    loop {
        let needed: u16 = shown.iter().map(|at| least(at) + SPACING).sum();
        let goes = |at: &&usize| columns[**at].goes;
        let first = shown.iter().filter(|at| goes(at) > 0).min_by_key(goes).copied();
        match first {
            Some(first) if needed > width + SPACING => shown.retain(|at| *at != first),
            _ => return shown,
        }
    }
}
