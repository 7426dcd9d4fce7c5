//! People's own sheets, as a source of work and as a place where its results are shown.
//!
//! The sheet lies at a service or in a file, and people go on working in it. Our database is the
//! arbiter; what is here carries cells to and fro and decides nothing.
//!
//! ```text
//!            pull, read                      push
//!  sheet ───────────────▶ Row ─▶ caller ───────────────▶ RowChange ─▶ sheet
//!    │                                                       │
//!    └─ check ─▶ Finding    Columns ──(write only)─▶ Writable┘      echo ─▶ Pushed
//! ```
//!
//! There is a [`Sheet`] for [Tencent Docs](tencent), one for [Google Sheets](google), and one for
//! [a file on this machine](local).
//!
//! - [`Columns`] says of each column what it is to us: read, written or ignored. An ignored one is
//!   not even asked for where the service can leave it out.
//! - [`Sheet::pull`] reads everything in pages. The services have no feed of changes, so the caller
//!   repeats it as its [`Budget`] allows and finds the differences. A row that is missing from one
//!   pull may only have been moved across a page's edge: [`Sheet::read`] asks for it once more.
//! - [`Sheet::push`] writes cells of [`Writable`] columns. That type is made by [`Columns`] alone,
//!   for columns with the permission to be written, and each adapter looks its place up again among
//!   *its own* writable columns: no other column can reach a request.
//! - No service here can write on a condition, so a push can cross somebody's edit. The caller reads
//!   the rows first and shows what differs as a conflict; afterwards [`Pushed`] says what the service
//!   claims to have kept, cell by cell, because it may drop a value and call that a success.
//! - Whatever goes out goes through the port [`Outside`], which also tells the time: there is no
//!   HTTP client and no clock in here. The caller's port counts calls and sets time limits.
//! - [`Trouble`] says what to do next. Its texts, and what is printed of requests, hold no secret and
//!   no cell.

mod budget;
mod cell;
mod columns;
mod finding;
pub mod google;
mod letters;
pub mod local;
mod outside;
mod preset;
mod row;
pub mod tencent;
mod titles;
mod trouble;

pub use budget::{Budget, Spent};
pub use cell::CellValue;
pub use columns::{Columns, ColumnsError, Place, Role, SheetColumn, Use, Writable};
pub use finding::{Finding, Weight};
pub use outside::{Method, Outside, Request, Response, Unreached};
pub use row::{Page, PageToken, Pushed, Row, RowChange, RowFault, RowId};
pub use trouble::Trouble;

/// A sheet that can be read in pages and written cell by cell. Calls block: they belong on a thread
/// that may wait.
pub trait Sheet: Send {
    /// What each column is to us.
    fn columns(&self) -> &Columns;

    /// The sheet's titles in their order, as they are now; those that are there twice are there
    /// twice here too.
    fn titles(&mut self) -> Result<Vec<String>, Trouble>;

    /// One page of rows; `None` begins at the start, and looks at the titles again.
    fn pull(&mut self, page: Option<PageToken>) -> Result<Page, Trouble>;

    /// These rows as they are now. One that is not in the sheet any more is left out.
    fn read(&mut self, rows: &[RowId]) -> Result<Vec<Row>, Trouble>;

    /// Writes cells of at most [`max_batch`](Sheet::max_batch) rows, and says for each change in
    /// their order what became of it. After [`Trouble::Soon`] the cells may or may not be written:
    /// push them again.
    fn push(&mut self, changes: &[RowChange]) -> Result<Vec<Pushed>, Trouble>;

    /// The most changes that one push may have.
    fn max_batch(&self) -> usize;

    /// Tokens that were renewed since they were last taken, where the service has such: keep them,
    /// the old ones may be of no use any more. Look after every call, also one that failed.
    fn take_tokens(&mut self) -> Option<tencent::Tokens> {
        None
    }

    /// Asks again where nobody let us in: somebody may have mended it since. Without this nothing is
    /// sent any more after [`Trouble::Auth`].
    fn reopen(&mut self) {}

    /// Tries everything from the secrets to the columns without writing a cell, and says what is wrong.
    fn check(&mut self) -> Vec<Finding>;
}
