//! Sheets: people's own tables, as rows of ours.

use crate::{Act, Result, SheetId, WorkspaceId};
use async_trait::async_trait;
use routing::{ItemId, SourceId, Time};

/// A sheet whose rows become items. What its texts say is the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub id: SheetId,
    pub name: String,
    /// `tencent`, `google` or `file`.
    pub kind: String,
    pub source: SourceId,
    /// JSON.
    pub config: String,
    /// What lets us in, sealed.
    pub sealed: Option<String>,
    /// A command on the server's machine said where it is.
    pub trusted: bool,
    /// Counts the changes that people make.
    pub version: u32,
    pub active: bool,
    /// The last event that was looked at for it.
    pub seq: u64,
    /// Who reads and writes it, until when.
    pub node: Option<String>,
    pub leased_until: Time,
    pub health: Health,
    pub created_at: Time,
}

/// How reading and writing a sheet goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// When it is read next.
    pub read_due: Time,
    /// Nothing is read or written before.
    pub paused_until: Time,
    /// Failures in a row, and what the last one was.
    pub failures: u32,
    pub trouble: Option<String>,
    pub last_read_at: Option<Time>,
    pub last_written_at: Option<Time>,
    /// JSON.
    pub budget: Option<String>,
    /// JSON.
    pub stamp: Option<String>,
}

/// A new sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSheet {
    pub id: SheetId,
    pub name: String,
    pub kind: String,
    pub source: SourceId,
    pub config: String,
    pub sealed: Option<String>,
    pub trusted: bool,
    pub active: bool,
}

/// What is changed of a sheet; the rest stays as it is then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetFields {
    pub name: Option<String>,
    pub config: Option<String>,
    pub sealed: Option<String>,
    pub trusted: Option<bool>,
    pub active: Option<bool>,
}

/// What has become of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RowState {
    /// Its item is ours to hand out.
    #[default]
    There,
    /// Somebody has marked it as done, in the sheet.
    DoneOutside,
    /// Somebody has it, in the sheet.
    OwnedOutside,
    /// It is not in the sheet any more.
    Withdrawn,
    /// It cannot become an item as it is.
    Unfit,
    /// Its person was erased: it does not come again.
    Erased,
}

impl RowState {
    pub const ALL: [RowState; 6] = {
        use RowState::*;
        [There, DoneOutside, OwnedOutside, Withdrawn, Unfit, Erased]
    };

    pub fn as_str(self) -> &'static str {
        match self {
            RowState::There => "there",
            RowState::DoneOutside => "done_outside",
            RowState::OwnedOutside => "owned_outside",
            RowState::Withdrawn => "withdrawn",
            RowState::Unfit => "unfit",
            RowState::Erased => "erased",
        }
    }
}

impl std::str::FromStr for RowState {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let known = RowState::ALL.into_iter().find(|state| state.as_str() == text);
        known.ok_or_else(|| format!("unknown state of a row “{text}”"))
    }
}

/// Whether a row's item has a result, and whether the sheet shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    #[default]
    Nothing,
    /// There is one that is not shown yet.
    NotYet,
    Result,
}

impl Shown {
    pub(crate) fn number(self) -> u8 {
        match self {
            Shown::Nothing => 0,
            Shown::NotYet => 1,
            Shown::Result => 2,
        }
    }

    pub(crate) fn of(number: u8) -> Shown {
        match number {
            0 => Shown::Nothing,
            1 => Shown::NotYet,
            _ => Shown::Result,
        }
    }
}

/// What is known of one row of a sheet. Its texts are JSON and hold people's data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRow {
    /// A keyed hash of the id.
    pub key: String,
    /// The row's id in the sheet; only of rows with an item, until its person is erased.
    pub id: Option<String>,
    pub item: Option<ItemId>,
    pub state: RowState,
    /// How often it has come as an item.
    pub comings: u32,
    /// Cells as they were last seen, or as the sheet said that it had kept them.
    pub seen: Option<String>,
    /// Cells that are being written, or were when a node died.
    pub sent: Option<String>,
    /// Where both sides say something else.
    pub conflicts: Option<String>,
    /// Where the sheet was let keep what it says.
    pub yielded: Option<String>,
    pub open_conflicts: u32,
    pub shown: Shown,
    /// The result may be taken back until then.
    pub hold_until: Option<Time>,
    /// When it is to be written.
    pub due_at: Option<Time>,
    /// Counts every change: what was made of an older one is not kept.
    pub revision: u64,
}

/// A row that becomes an item, with the transaction that makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSheetRow {
    pub sheet: SheetId,
    pub key: String,
    pub id: String,
    /// Filled in once it is known.
    pub item: ItemId,
    pub comings: u32,
    pub seen: String,
}

/// What an event means for the row of its item: it is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowMark {
    pub item: ItemId,
    /// When the first of its events happened.
    pub at: Time,
    pub what: Marked,
}

/// What an event says of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    Nothing,
    /// There is one, which may be taken back until then.
    Result {
        hold_until: Option<Time>,
    },
    /// It was taken back.
    TakenBack,
}

/// A sheet in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SheetFigures {
    pub rows: u64,
    pub with_item: u64,
    pub done_outside: u64,
    pub owned_outside: u64,
    pub withdrawn: u64,
    pub unfit: u64,
    pub conflicts: u64,
    /// Rows that are due now, and since when the first of them is.
    pub waiting_to_write: u64,
    pub waiting_since: Option<Time>,
}

/// Sheets in the tables.
#[async_trait]
pub trait Sheets {
    async fn sheets(&self, workspace: WorkspaceId) -> Result<Vec<Sheet>>;

    async fn sheet(&self, workspace: WorkspaceId, id: SheetId) -> Result<Option<Sheet>>;

    /// An id that no sheet of the workspace had or will have.
    async fn next_sheet(&self, workspace: WorkspaceId) -> Result<SheetId>;

    /// Adds a sheet that shows what happens from now on.
    async fn create_sheet(
        &self,
        workspace: WorkspaceId,
        new: &NewSheet,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Changes a sheet; it is read at once, whatever went wrong before.
    async fn update_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        fields: &SheetFields,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Removes a sheet and what is known of its rows. Items stay.
    async fn delete_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// Active sheets of all workspaces that have not looked at the journal's last event.
    async fn sheets_behind(&self) -> Result<Vec<(WorkspaceId, Sheet)>>;

    /// Marks the rows that the events after `from` up to `to` are about, once; whether it was this
    /// call that did it.
    async fn follow_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        from: u64,
        to: u64,
        marks: &[RowMark],
    ) -> Result<bool>;

    /// Active sheets of all workspaces that do not rest, are to be read or written, and are nobody
    /// else's now.
    async fn sheets_due(&self, node: &str, now: Time) -> Result<Vec<(WorkspaceId, Sheet)>>;

    /// Takes a sheet for a node until `until`, or goes on having it; the sheet as it is then, or
    /// `None` while another has it.
    async fn lease_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        node: &str,
        now: Time,
        until: Time,
    ) -> Result<Option<Sheet>>;

    /// Notes how it went, and until when the node has the sheet; `false` when it was another's
    /// meanwhile. What a person changed since the sheet's version stays theirs.
    async fn sheet_went(
        &self,
        workspace: WorkspaceId,
        sheet: &Sheet,
        node: &str,
        leased_until: Time,
    ) -> Result<bool>;

    /// Keeps renewed secrets, unless somebody gave others since `version`.
    async fn reseal_sheet(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        version: u32,
        sealed: &str,
    ) -> Result<bool>;

    /// All rows, by their keys.
    async fn sheet_rows(&self, workspace: WorkspaceId, id: SheetId) -> Result<Vec<SheetRow>>;

    /// One row, by its key.
    async fn sheet_row(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        key: &str,
    ) -> Result<Option<SheetRow>>;

    /// Rows that are to be written now, those that wait longest first.
    async fn sheet_rows_due(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        now: Time,
        limit: u32,
    ) -> Result<Vec<SheetRow>>;

    /// Keeps rows, each if it is still at its revision or not there yet; the keys of those that
    /// were.
    async fn keep_sheet_rows(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        rows: &[SheetRow],
    ) -> Result<Vec<String>>;

    /// Forgets rows by their keys.
    async fn forget_sheet_rows(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        keys: &[String],
    ) -> Result<()>;

    /// Rows with open conflicts, at most `limit`.
    async fn sheet_conflicts(
        &self,
        workspace: WorkspaceId,
        id: SheetId,
        limit: u32,
    ) -> Result<Vec<SheetRow>>;

    /// A workspace's sheets in figures, by their ids.
    async fn sheet_figures(
        &self,
        workspace: WorkspaceId,
        now: Time,
    ) -> Result<Vec<(SheetId, SheetFigures)>>;
}
