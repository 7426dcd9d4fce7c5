//! Versions of the list of rules, and changes of it that wait for their time.

use crate::{Act, Actor, Page, Result, WorkspaceId};
use async_trait::async_trait;
use routing::{Rule, Time};

/// How the list of rules stands after a change, in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRuleVersion {
    /// Index into the batch's events: the last one of the change.
    pub event: u64,
    pub actor: Actor,
    pub at: Time,
    pub note: Option<String>,
    /// The version whose list it is again.
    pub restored: Option<u64>,
    /// The change that had waited for this.
    pub change: Option<u64>,
    /// The list before it, which becomes the first version where none was kept.
    pub before: Vec<Rule>,
    /// All rules as they are tried, inactive ones too.
    pub rules: Vec<Rule>,
}

/// A version of the list of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleVersion {
    /// Counted from 1.
    pub version: u64,
    /// The event after which it holds.
    pub seq: u64,
    /// Who made it; the system, for what was there before versions were kept.
    pub actor: Actor,
    pub at: Time,
    pub note: Option<String>,
    pub restored: Option<u64>,
}

/// Where a change that waits has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleChangeState {
    Waiting,
    Done,
    /// It could not be carried out when its time came.
    Failed,
    Cancelled,
}

impl RuleChangeState {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleChangeState::Waiting => "waiting",
            RuleChangeState::Done => "done",
            RuleChangeState::Failed => "failed",
            RuleChangeState::Cancelled => "cancelled",
        }
    }
}

impl std::str::FromStr for RuleChangeState {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        use RuleChangeState::*;
        let found = [Waiting, Done, Failed, Cancelled].into_iter().find(|s| s.as_str() == text);
        found.ok_or_else(|| format!("{text:?} is no state of a change"))
    }
}

/// A change of the rules that is to be made later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRuleChange {
    pub due_at: Time,
    pub note: Option<String>,
    /// The server's own JSON.
    pub what: String,
}

/// A change of the rules that waits, or has waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// Counted from 1.
    pub id: u64,
    pub due_at: Time,
    pub actor: Actor,
    pub made_at: Time,
    pub note: Option<String>,
    pub what: String,
    pub state: RuleChangeState,
    pub settled_at: Option<Time>,
    /// The version that it became; none where it changed nothing.
    pub version: Option<u64>,
    /// Why it could not be carried out.
    pub problem: Option<String>,
}

/// Versions of rules in the tables.
#[async_trait]
pub trait Rules {
    /// The newest first; those before `before`.
    async fn rule_versions(
        &self,
        workspace: WorkspaceId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Page<RuleVersion>>;

    /// One version and its list.
    async fn rule_version(
        &self,
        workspace: WorkspaceId,
        version: u64,
    ) -> Result<Option<(RuleVersion, Vec<Rule>)>>;

    /// The last version that was made by the event `seq`, or before it.
    async fn rule_version_at(&self, workspace: WorkspaceId, seq: u64) -> Result<Option<u64>>;

    /// Has a change wait, in one transaction with its audit; `act` gets its id and tells whose it
    /// is.
    async fn schedule_rules(
        &self,
        workspace: WorkspaceId,
        new: &NewRuleChange,
        act: Act,
        clock: Time,
    ) -> Result<RuleChange>;

    /// Those that wait, the next first, and then those that are settled, the last first: at most
    /// `limit`.
    async fn rule_changes(&self, workspace: WorkspaceId, limit: u32) -> Result<Vec<RuleChange>>;

    /// Settles one that waits as cancelled or failed, in one transaction with its audit. `false`
    /// when it waits no longer.
    async fn settle_rule_change(
        &self,
        workspace: WorkspaceId,
        id: u64,
        problem: Option<&str>,
        act: &Act,
        clock: Time,
    ) -> Result<bool>;

    /// Those that wait of all workspaces, the next first: at most `limit`.
    async fn waiting_rule_changes(&self, limit: u32) -> Result<Vec<(WorkspaceId, RuleChange)>>;
}
