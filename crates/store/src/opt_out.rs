//! The do-not-call list as callers write and read it.

use crate::{Act, Actor, Page, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{Code, ContactKey, Hours, Time};
use std::str::FromStr;

/// The category that is about every source.
pub const EVERY_CATEGORY: &str = "all";

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

/// What is put on the list. Of a number it has one entry a category; the newest word counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOptOut {
    pub contact: ContactKey,
    pub category: Code,
    /// When they may be called all the same.
    pub hours: Hours,
    pub not_on_holidays: bool,
    /// Until when it counts; for ever when absent.
    pub until: Option<Time>,
    pub origin: Origin,
    pub actor: Actor,
}

impl NewOptOut {
    /// Whether they may not be called at all.
    pub fn is_never(&self) -> bool {
        self.hours.is_empty() && !self.not_on_holidays
    }

    /// Whether it concerns a source of that category; without one every entry does.
    pub fn concerns(&self, category: Option<&Code>) -> bool {
        self.category.as_str() == EVERY_CATEGORY || category.is_none_or(|own| *own == self.category)
    }
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    pub id: u64,
    pub what: NewOptOut,
    pub added_at: Time,
}

/// The do-not-call list in the tables.
#[async_trait]
pub trait OptOuts {
    /// Newest first, also what counts no longer.
    async fn opt_outs(
        &self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<OptOut>>;

    /// What the list has of one contact, one entry a category, also what counts no longer.
    async fn opt_outs_of(&self, workspace: WorkspaceId, contact: ContactKey)
    -> Result<Vec<OptOut>>;

    /// Puts entries on the list, in one transaction with the audit; says how many were new. No two
    /// of them may be of the same contact and category.
    async fn add_opt_outs(
        &self,
        workspace: WorkspaceId,
        entries: &[NewOptOut],
        act: &Act,
        clock: Time,
    ) -> Result<u64>;

    /// Takes an entry off the list; `false` when there is none of that id.
    async fn remove_opt_out(
        &self,
        workspace: WorkspaceId,
        id: u64,
        act: &Act,
        clock: Time,
    ) -> Result<bool>;
}
