//! The handle that the server holds: object-safe, so that the database's type stays in this crate.

use crate::{
    Act, Actor, AgentOutcome, AgentTally, Announcements, Answered, AssignmentCount,
    AssignmentFilter, AssignmentRow, AuditFilter, Audited, Batch, BatchId, Chain, Contacts,
    DeskLinks, Desks, Endpoints, Entry, FetchAgain, GivenUp, Heard, ImportId, ImportJob,
    ImportState, ItemFilter, ItemRow, Late, Loaded, NewImport, NewToken, Note, OptOut, OptOuts,
    Outgoing, Page, QueueTally, RejectedRow, Reports, Result, Rules, Session, Sheets, SourceRow,
    SourceTally, Token, TokenId, User, UserChange, UserId, UserRow, WorkspaceId, WorkspaceRow,
    Written,
};
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use routing::{AgentId, ContactKey, Facts, ItemId, SourceId, Time};
use std::path::Path;

/// Everything together: hold it as `Arc<dyn Store>`.
#[async_trait]
pub trait Store:
    Workspaces
    + Journal
    + Reads
    + Access
    + Presence
    + Imports
    + Outbox
    + Desks
    + Announcements
    + Reports
    + DeskLinks
    + Endpoints
    + Sheets
    + Audit
    + Contacts
    + OptOuts
    + Rules
    + Send
    + Sync
    + 'static
{
    /// Brings the tables to this version. May be called by several nodes at once, and again.
    async fn migrate(&self) -> Result<()>;

    /// The migrations that are applied, by number, and the last one that this version knows.
    async fn schema(&self) -> Result<(Vec<i64>, i64)>;

    /// What is not there although the migrations make it, such as `table standings`.
    async fn missing(&self) -> Result<Vec<String>>;

    /// Takes the last `steps` migrations back.
    async fn migrate_down(&self, steps: u32) -> Result<()>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<()>;

    /// Writes how to reach this process into the 0600 file beside the SQLite database, for
    /// another `fairlead` command; see [`crate::holder`]. Without effect on PostgreSQL.
    fn announce(&self, text: &str) -> Result<()>;

    /// Copies the SQLite database, as it is at one moment, into a new file that only its owner
    /// can read; work goes on meanwhile. [`crate::Error::NotAFile`] on PostgreSQL.
    async fn copy_to(&self, path: &Path) -> Result<()>;

    /// Whether other processes may write to the same database.
    fn is_shared(&self) -> bool;

    /// Closes all connections and gives the SQLite file free.
    async fn close(&self);
}

/// The workspaces themselves.
#[async_trait]
pub trait Workspaces {
    /// Creates an empty workspace; its first command is `Configure`. `contact_key` keys the hash
    /// that duplicates are recognised by. `Taken` when the name is in use.
    async fn create_workspace(
        &self,
        name: &str,
        contact_key: [u8; 32],
        now: Time,
    ) -> Result<WorkspaceId>;

    /// In one transaction with its audit.
    async fn rename_workspace(
        &self,
        workspace: WorkspaceId,
        name: &str,
        act: &Act,
        clock: Time,
    ) -> Result<()>;

    /// All of them, by id: seqs to compare, deadlines to arm.
    async fn workspaces(&self) -> Result<Vec<WorkspaceRow>>;

    async fn workspace(&self, workspace: WorkspaceId) -> Result<WorkspaceRow>;

    async fn workspace_by_name(&self, name: &str) -> Result<Option<WorkspaceRow>>;

    /// The key of the hash that duplicates are recognised by.
    async fn contact_key(&self, workspace: WorkspaceId) -> Result<[u8; 32]>;
}

/// Writing and reading the journal.
#[async_trait]
pub trait Journal {
    /// Opens a transaction and takes the workspace's lock. `clock` is the node's time, which
    /// counts on SQLite; on PostgreSQL the database's clock does.
    async fn begin(&self, workspace: WorkspaceId, clock: Time) -> Result<Box<dyn Transaction>>;

    /// The workspace's facts from its tables, with seq and head, in one snapshot.
    async fn load(&self, workspace: WorkspaceId) -> Result<Loaded>;

    /// Events after `after`, at most `limit`.
    async fn events_since(
        &self,
        workspace: WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Entry>>;

    /// Whether the batch's commit took effect.
    async fn batch_exists(&self, workspace: WorkspaceId, batch: BatchId) -> Result<bool>;

    /// Reads at most `rows` rows of the journal after `from`, and names the first that does not
    /// follow from the one before. Go on with what it answers until that is done or broken.
    async fn verify_on(&self, workspace: WorkspaceId, from: Chain, rows: u32) -> Result<Chain>;

    /// Reads the whole journal.
    async fn verify_chain(&self, workspace: WorkspaceId) -> Result<Chain> {
        let mut chain = Chain::default();
        while !chain.done && chain.broken.is_none() {
            chain = self.verify_on(workspace, chain, 100_000).await?;
        }
        Ok(chain)
    }

    /// What other nodes (and this one) commit. Never yields on SQLite. The stream ends only when
    /// the store is closed.
    async fn listen(&self) -> Result<BoxStream<'static, Heard>>;
}

/// A transaction that holds a workspace's lock. Dropped, it takes everything back.
#[async_trait]
pub trait Transaction: Send {
    /// The last event in the journal.
    fn seq(&self) -> u64;

    /// The batch's time: the database's clock read under the lock (SQLite: the clock handed in),
    /// never before the last event's.
    fn now(&self) -> Time;

    /// Events that others wrote; call it while its answer is not empty, when `seq` has moved.
    async fn events_since(&mut self, after: u64, limit: u32) -> Result<Vec<Entry>>;

    /// Answers already given under these (scope, key) pairs.
    async fn answers(&mut self, keys: &[(String, String)]) -> Result<Vec<Answered>>;

    /// When the agent was last heard from.
    async fn last_seen(&mut self, agent: AgentId) -> Result<Option<Time>>;

    async fn user_by_name(&mut self, name: &str) -> Result<Option<User>>;

    async fn user_of_agent(&mut self, agent: AgentId) -> Result<Option<User>>;

    /// What the tables know of an agent who comes late with an item's result.
    async fn late(&mut self, item: ItemId, agent: AgentId) -> Result<Late>;

    /// What counts of the do-not-call list about these contacts.
    async fn opt_outs(&mut self, contacts: &[ContactKey]) -> Result<Vec<OptOut>>;

    /// The open items of these numbers, which are in E.164 and differ.
    async fn open_items(&mut self, phones: &[&str]) -> Result<Vec<(String, ItemId)>>;

    /// The item's version, if it is kept back: as a duplicate, or by the do-not-call list.
    async fn duplicate(&mut self, item: ItemId) -> Result<Option<u32>>;

    /// The last version of the list of rules; 0 where none is kept.
    async fn rules_version(&mut self) -> Result<u64>;

    /// Whether that change of the rules still waits for its time.
    async fn rule_change_waits(&mut self, id: u64) -> Result<bool>;

    /// The source that has this slug.
    async fn source_by_key(&mut self, key: &str) -> Result<Option<SourceId>>;

    /// Writes the batch. `facts` is the state's after the batch, before `forget_closed`. At most
    /// once per transaction.
    async fn write(&mut self, batch: &Batch, facts: &Facts) -> Result<Written>;

    /// Makes it durable. After an error nobody knows whether it is: ask
    /// [`Journal::batch_exists`].
    async fn commit(self: Box<Self>) -> Result<()>;

    /// Takes everything back, and waits until that is done.
    async fn rollback(self: Box<Self>) -> Result<()>;
}

/// What the API reads. Reads see committed rows only.
#[async_trait]
pub trait Reads {
    async fn items(&self, workspace: WorkspaceId, filter: &ItemFilter) -> Result<Page<ItemRow>>;

    async fn item(&self, workspace: WorkspaceId, item: ItemId) -> Result<Option<ItemRow>>;

    /// An item's events, oldest first.
    async fn item_history(
        &self,
        workspace: WorkspaceId,
        item: ItemId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<Entry>>;

    /// The same, newest first: those before `before`, or from the last one on.
    async fn item_history_back(
        &self,
        workspace: WorkspaceId,
        item: ItemId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Page<Entry>>;

    /// An item's notes, oldest first, at most 1,000.
    async fn item_notes(&self, workspace: WorkspaceId, item: ItemId) -> Result<Vec<Note>>;

    async fn assignments(
        &self,
        workspace: WorkspaceId,
        filter: &AssignmentFilter,
    ) -> Result<Page<AssignmentRow>>;

    /// What each agent was assigned of each source in each queue, made from `from` on and before
    /// `to`; offers and what came back unworked do not count. Costs a scan of that time's
    /// assignments.
    async fn assignment_counts(
        &self,
        workspace: WorkspaceId,
        from: Option<Time>,
        to: Option<Time>,
    ) -> Result<Vec<AssignmentCount>>;

    /// Per agent: assignments on the local day that began at `day`, in total, and the last one's
    /// time.
    async fn agent_tallies(&self, workspace: WorkspaceId, day: Time) -> Result<Vec<AgentTally>>;

    /// What came of the assignments that agents got, in each part of a period: from one of the
    /// `edges` until before the next. Offers that were not accepted are none; parts in which nobody
    /// got anything are left out. Costs a scan of that time's assignments.
    async fn agent_outcomes(
        &self,
        workspace: WorkspaceId,
        edges: &[Time],
    ) -> Result<Vec<AgentOutcome>>;

    /// Per queue: open items by state. Costs a scan of the open items' index.
    async fn queue_tallies(&self, workspace: WorkspaceId) -> Result<Vec<QueueTally>>;

    /// Per source: items since the local day began at `day`, and in total.
    async fn source_tallies(&self, workspace: WorkspaceId, day: Time) -> Result<Vec<SourceTally>>;

    async fn agent_names(&self, workspace: WorkspaceId) -> Result<Vec<(AgentId, String)>>;

    async fn sources(&self, workspace: WorkspaceId) -> Result<Vec<SourceRow>>;

    async fn source(&self, workspace: WorkspaceId, source: SourceId) -> Result<Option<SourceRow>>;

    async fn source_by_key(&self, workspace: WorkspaceId, key: &str) -> Result<Option<SourceRow>>;

    /// The answer given under this key, if any.
    async fn answer(
        &self,
        workspace: WorkspaceId,
        scope: &str,
        key: &str,
    ) -> Result<Option<Answered>>;

    /// Forgets answers that were kept until before `now`; at most 10,000 a call. Says how many.
    async fn forget_answers(&self, now: Time) -> Result<u64>;

    /// Erases an agent's name.
    async fn erase_agent(&self, workspace: WorkspaceId, agent: AgentId) -> Result<()>;
}

/// Logins, tokens and sessions.
#[async_trait]
pub trait Access {
    /// Whether the workspace, or any when `None`, has somebody who may change everything.
    async fn has_admin(&self, workspace: Option<WorkspaceId>) -> Result<bool>;

    async fn create_user(
        &self,
        workspace: WorkspaceId,
        user: &UserRow,
        now: Time,
    ) -> Result<UserId>;

    async fn update_user(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        change: &UserChange,
    ) -> Result<()>;

    async fn user(&self, workspace: WorkspaceId, user: UserId) -> Result<Option<User>>;

    async fn user_by_name(&self, workspace: WorkspaceId, name: &str) -> Result<Option<User>>;

    /// By id.
    async fn users(
        &self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<User>>;

    /// Its making is audited as `by`'s.
    async fn create_token(
        &self,
        workspace: WorkspaceId,
        token: &NewToken,
        by: Actor,
        now: Time,
    ) -> Result<TokenId>;

    /// The token with that hash, unless it was revoked.
    async fn token_by_hash(&self, hash: &str) -> Result<Option<Token>>;

    /// By id, revoked ones too.
    async fn tokens(
        &self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<Token>>;

    /// `false` when there is none or it was revoked before. Audited as `by`'s doing.
    async fn revoke_token(
        &self,
        workspace: WorkspaceId,
        token: TokenId,
        by: Actor,
        now: Time,
    ) -> Result<bool>;

    async fn create_session(&self, session: &Session) -> Result<()>;

    /// The session with that hash and its active login, unless it has expired.
    async fn session_by_hash(&self, hash: &str, now: Time) -> Result<Option<(Session, User)>>;

    async fn extend_session(&self, hash: &str, expires_at: Time) -> Result<()>;

    async fn delete_session(&self, hash: &str) -> Result<()>;

    /// Ends all sessions of a login, but the one with the hash `except`.
    async fn delete_sessions_of(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        except: Option<&str>,
    ) -> Result<()>;

    /// Deletes sessions that expired before `now`; says how many.
    async fn delete_expired_sessions(&self, now: Time) -> Result<u64>;
}

/// When agents were last heard from, and workers.
#[async_trait]
pub trait Presence {
    /// Notes that these agents were heard from now (the database's now on PostgreSQL): one
    /// statement for all. A `SignedIn` event does the same by itself.
    async fn seen(&self, agents: &[(WorkspaceId, AgentId)], clock: Time) -> Result<()>;

    /// Present agents who were silent for longer than their workspace's `heartbeat_secs`, at most
    /// 1,000. Reread under the lock ([`Transaction::last_seen`]) before sending `Lapse`.
    async fn overdue(&self, clock: Time) -> Result<Vec<(WorkspaceId, AgentId, Time)>>;

    /// All agents of a workspace that were ever heard from.
    async fn last_seen(&self, workspace: WorkspaceId) -> Result<Vec<(AgentId, Time)>>;

    /// Notes that nothing of the source (of none, when `None`) is left that somebody could be given
    /// now. Nothing is written where that was noted within a minute.
    async fn matched(
        &self,
        workspace: WorkspaceId,
        source: Option<SourceId>,
        clock: Time,
    ) -> Result<()>;
}

/// Import jobs.
#[async_trait]
pub trait Imports {
    /// Starts a job, or finds the one with the same fingerprint that is running or failed, which
    /// then runs again: go on after its `done`.
    async fn start_import(
        &self,
        workspace: WorkspaceId,
        import: &NewImport,
        now: Time,
    ) -> Result<ImportJob>;

    /// The latest finished import of that fingerprint; one that took no row in does not count.
    async fn finished_import(
        &self,
        workspace: WorkspaceId,
        fingerprint: &str,
    ) -> Result<Option<ImportJob>>;

    async fn import(&self, workspace: WorkspaceId, import: ImportId) -> Result<Option<ImportJob>>;

    /// Newest first, at most 100.
    async fn imports(&self, workspace: WorkspaceId) -> Result<Vec<ImportJob>>;

    /// Ends a job. `total` when it was not known before.
    async fn finish_import(
        &self,
        workspace: WorkspaceId,
        import: ImportId,
        state: ImportState,
        problem: Option<&str>,
    ) -> Result<()>;

    /// Rejected rows in the file's order.
    async fn rejected_rows(
        &self,
        workspace: WorkspaceId,
        import: ImportId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<RejectedRow>>;
}

/// Effects on the outside that wait for delivery.
#[async_trait]
pub trait Outbox {
    /// Takes at most `limit` effects of the channel that are due, the first of each object only,
    /// and keeps others from taking them until `leased_until`.
    async fn take_outgoing(
        &self,
        workspace: WorkspaceId,
        channel: &str,
        now: Time,
        leased_until: Time,
        limit: u32,
    ) -> Result<Vec<Outgoing>>;

    /// Delivered: gone.
    async fn outgoing_done(&self, workspace: WorkspaceId, ids: &[u64]) -> Result<()>;

    /// Not delivered: once more at `at`.
    async fn outgoing_failed(&self, workspace: WorkspaceId, id: u64, at: Time) -> Result<()>;

    /// When the channel's first effect of any workspace is due.
    async fn outgoing_due(&self, channel: &str) -> Result<Option<Time>>;

    /// Never to be delivered: gone, counted at its source, and no longer known as accepted.
    async fn outgoing_given_up(&self, workspace: WorkspaceId, given_up: &GivenUp<'_>)
    -> Result<()>;

    /// Notes at a source why fetching does not work for now.
    async fn fetch_troubled(
        &self,
        workspace: WorkspaceId,
        source: SourceId,
        problem: &str,
        at: Time,
    ) -> Result<()>;

    /// Makes them due now, and forgets the source's trouble: it is told anew where it lasts.
    async fn fetch_again(&self, workspace: WorkspaceId, what: FetchAgain<'_>) -> Result<()>;
}

/// Who did what to which object.
#[async_trait]
pub trait Audit {
    async fn audit(&self, workspace: WorkspaceId, filter: &AuditFilter) -> Result<Page<Audited>>;

    /// Records what a person did beside the core, in a transaction of its own.
    async fn record(&self, workspace: WorkspaceId, act: &Act, clock: Time) -> Result<()>;

    /// Reads the whole audit and names the first row that does not follow from the one before.
    async fn verify_audit(&self, workspace: WorkspaceId) -> Result<Chain>;

    /// The audit's last row about an erasure, of each workspace that has one.
    async fn erasures(&self) -> Result<Vec<(WorkspaceId, u64)>>;

    /// Whether somebody was erased after the event `seq`, or might have been.
    async fn erased_since(&self, workspace: WorkspaceId, seq: u64) -> Result<bool>;
}
