//! # Connectors
//!
//! Where work comes from: files, and webhooks of lead sources.
//!
//! [`Table`] reads a CSV or Excel file row by row; [`Mapping`] says which column is the phone, the
//! name, …, guessed or given; [`Form`] makes a [`Lead`] of a row (or of a webhook's object), with
//! the phone normalised by [`phone`]; [`Rejects`] writes what could not be read to a CSV file.
//! [`csv_rows`] and [`Workbook`] write tables for people who want to go on with a spreadsheet.
//! [`webhook`] tells who really sent a webhook, and reads what Meta and Google send. [`mirror`] reads
//! people's own sheets, and writes results back into them. [`json_logic`] writes and reads rules'
//! conditions as others know them.
//!
//! Nothing here knows the store or the server, reads a clock, or opens a connection.

pub mod attribute;
pub mod json_logic;
mod language;
mod lead;
mod mapping;
pub mod mirror;
mod moment;
pub mod phone;
mod region;
mod rejects;
mod sheet;
mod table;
pub mod webhook;
mod zone;

pub use language::language;
pub use lead::{Contact, Form, Lead, Rejection};
pub use mapping::{Column, Field, How, Mapping, MappingError, Override};
pub use moment::{BadMoment, DayOrder, moment};
pub use phone::{Country, Phone};
pub use region::{RegionError, Regions};
pub use rejects::{Rejects, escape_formula};
pub use sheet::{Cell, Workbook, csv_rows};
pub use table::{
    Format, MAX_COLUMNS, MAX_ROW_BYTES, MAX_ROWS, Options, Progress, Row, RowProblem, Table,
    TableError, Unit, Untitled,
};
pub use zone::zones;
