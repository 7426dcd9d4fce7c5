//! The do-not-call list as callers write and read it.

use crate::{Actor, Page, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{Bar, Code, ContactKey, ItemId, SourceSpec, Time};
use std::str::FromStr;

/// The category that is about every source, and the medium that is any.
pub const ALL: &str = "all";

/// How an entry came onto the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody added it.
    Person,
    /// It came with a file.
    Import,
    /// An agent recorded such a result.
    Result,
}

impl Origin {
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Person => "person",
            Origin::Import => "import",
            Origin::Result => "result",
        }
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let all = [Origin::Person, Origin::Import, Origin::Result];
        let found = all.into_iter().find(|origin| origin.as_str() == text);
        found.ok_or_else(|| format!("unknown origin “{text}”"))
    }
}

/// What is put on the list. Of a number it has one entry a category and medium; the newest word
/// counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOptOut {
    pub contact: ContactKey,
    pub category: Code,
    pub medium: Code,
    pub bar: Bar,
    pub origin: Origin,
    pub actor: Actor,
}

impl NewOptOut {
    /// Whether it concerns a source. One that does not say what its calls are about, or how its
    /// contacts are reached, is concerned by every entry.
    pub fn concerns(&self, source: &SourceSpec) -> bool {
        let same = |listed: &Code, own: &Option<Code>| {
            let any = |code: &Code| code.as_str() == ALL;
            any(listed) || own.as_ref().is_none_or(|own| any(own) || own == listed)
        };
        same(&self.category, &source.category) && same(&self.medium, &source.medium)
    }

    /// Whether it takes the place of another of the same contact.
    pub fn replaces(&self, other: &NewOptOut) -> bool {
        self.category == other.category && self.medium == other.medium
    }
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    pub id: u64,
    pub what: NewOptOut,
    pub added_at: Time,
}

/// Which entries are wanted; all when nothing is said.
#[derive(Clone, Debug, Default)]
pub struct OptOutFilter {
    pub category: Option<Code>,
    pub medium: Option<Code>,
    pub origin: Option<Origin>,
    /// Older than this one.
    pub after: Option<u64>,
    pub limit: u32,
}

/// The do-not-call list in the tables. It is written by a [`crate::Transaction`].
#[async_trait]
pub trait OptOuts {
    /// Newest first, also what counts no longer.
    async fn opt_outs(&self, workspace: WorkspaceId, filter: &OptOutFilter)
    -> Result<Page<OptOut>>;

    /// The entry of that id.
    async fn opt_out(&self, workspace: WorkspaceId, id: u64) -> Result<Option<OptOut>>;

    /// What the list has of one contact, also what counts no longer.
    async fn opt_outs_of(&self, workspace: WorkspaceId, contact: ContactKey)
    -> Result<Vec<OptOut>>;

    /// Of how many of these contacts the list has an entry of that category and medium.
    async fn opted_out(
        &self,
        workspace: WorkspaceId,
        contacts: &[ContactKey],
        category: &Code,
        medium: &Code,
    ) -> Result<u64>;

    /// The items that entries of this contact have barred and that are still open or kept back, the
    /// newest first, at most 1,000; not those whose person is erased.
    async fn barred_items(
        &self,
        workspace: WorkspaceId,
        contact: ContactKey,
    ) -> Result<Vec<ItemId>>;
}
