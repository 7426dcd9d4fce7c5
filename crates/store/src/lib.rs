//! # The store: journal and tables
//!
//! One SQL text serves SQLite and PostgreSQL; their true differences are in `dialect.rs`. What the
//! server holds is one object-safe handle, [`Store`], implemented once and generically.
//!
//! The way of a batch: [`Journal::begin`] takes the workspace's lock and tells its seq and time;
//! the caller reads what other nodes wrote ([`Transaction::events_since`]), decides in memory, and
//! hands everything over with [`Transaction::write`], which writes the journal, and the final rows
//! of whatever the events touched; [`Transaction::commit`] makes it durable. After *any* error the
//! caller throws its state away, loads again, and asks [`Journal::batch_exists`].
//!
//! *Invariant:* the store never decides. It knows which rows an event touches, not what follows
//! from the event. It reads no clock: times come from the caller, or from the database.

mod access;
mod announcement;
mod assignment_rows;
mod audit;
mod audit_rows;
mod backend;
mod batch;
mod batch_rows;
mod cell;
mod connect;
mod contact;
mod copy;
mod desk;
mod desk_link;
mod dialect;
mod endpoint;
mod error;
mod event_text;
mod hash;
mod import;
mod journal;
mod journal_rows;
mod load;
mod lock;
mod many;
mod migrate;
mod open;
mod opt_out;
mod read;
mod report;
mod rows;
mod rules;
mod service;
mod shape;
mod sheet;
mod sql;
mod store;
mod touched;
mod transaction;
mod write;

pub use access::{NewToken, Role, Session, Token, User, UserChange};
pub use announcement::{Announcement, Announcements, NewAnnouncement};
pub use audit::{Act, AuditFilter, Audited, CONTACT_ERASED, What};
pub use batch::{
    Answered, Batch, FetchAgain, GivenUp, ImportStep, Note, NoteKind, Outgoing, Personal,
    RejectedRow, SourceFace, UserRow,
};
pub use contact::{Contacts, Held, HeldItem, HeldRow, MOST_ITEMS, Traces, Who};
pub use copy::{Copied, Restored, check_copy, copy, restore};
pub use desk::{DeskRow, DeskWrite, Desks, Wrote};
pub use desk_link::{DeskLinkRow, DeskLinks, PinChange, Tried, Tries};
pub use endpoint::{
    Attempted, Delivery, DeliveryState, Endpoint, EndpointFields, Endpoints, NewDelivery,
    NewEndpoint, News, TakenBack, Then,
};
pub use error::{Error, Result};
pub use import::{ImportJob, ImportState, NewImport};
pub use journal::{Actor, Broken, Chain, Entry, Heard, Loaded, Recorded, Written};
pub use open::{Compiled, Fault, Faults, Options, holder, open};
pub use opt_out::{ALL, NewOptOut, OptOut, OptOutFilter, OptOuts, Origin};
pub use read::{
    AgentOutcome, AgentTally, AssignmentCount, AssignmentFilter, AssignmentRow, Ended, ItemFilter,
    ItemRow, ItemStatus, Late, Page, QueueTally, SourceRow, SourceTally, WorkspaceRow,
};
pub use report::{HourTally, LatestResult, Reports, ResultTally, Stretch, Tallies};
pub use rules::{NewRuleChange, NewRuleVersion, RuleChange, RuleChangeState, RuleVersion, Rules};
pub use service::{Served, ServedBy, Service, WaitTarget};
pub use sheet::{
    Health, Marked, NewSheet, NewSheetRow, RowMark, RowState, Sheet, SheetFields, SheetFigures,
    SheetRow, Sheets, Shown,
};
pub use store::{
    Access, Audit, Imports, Journal, Outbox, Presence, Reads, Store, Transaction, Workspaces,
};

use serde::{Deserialize, Serialize};

/// A workspace: what is decided in order, and what shards.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WorkspaceId(pub u64);

/// An endpoint's id within its workspace.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct EndpointId(pub u64);

/// A sheet's id within its workspace.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SheetId(pub u64);

/// A login's id within its workspace.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UserId(pub u64);

/// A token's id within its workspace.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct TokenId(pub u64);

/// An import job's id within its workspace.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ImportId(pub u64);

/// What a batch is recognised by when nobody knows whether its commit took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BatchId(i64);

impl BatchId {
    /// From eight bytes of the operating system's randomness.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        BatchId(i64::from_be_bytes(bytes) & i64::MAX)
    }

    pub(crate) fn as_i64(self) -> i64 {
        self.0
    }
}
