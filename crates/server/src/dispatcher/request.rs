//! What is asked of the dispatcher, and what it answers.

use routing::{
    Answer, Code, Command, ContactKey, Event, ItemId, QueueId, Refusal, SourceId, State, Time,
};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use store::{Act, ImportStep, NewOptOut, NewSheetRow, NoteKind, Outgoing, SourceFace, UserChange};
pub use store::{Actor, WorkspaceId};
use thiserror::Error;

/// Work that is decided in order within one batch; each piece has its own result.
#[derive(Clone, Debug)]
pub struct Request {
    pub actor: Actor,
    /// Answers of the same key are given again instead of doing the work twice.
    pub idempotency: Option<IdempotencyKey>,
    pub work: Vec<Work>,
}

impl Request {
    /// One command without personal rows.
    pub fn command(actor: Actor, command: Command) -> Self {
        Request { actor, idempotency: None, work: vec![Work::from(command)] }
    }
}

/// A command, and the personal rows that are written in the same transaction when it succeeds.
#[derive(Clone, Debug)]
pub struct Work {
    pub order: Order,
    pub personal: Vec<Personal>,
    /// Whose number the work would have called: looked for on the do-not-call list.
    pub callee: Option<ContactKey>,
}

/// What is to be done.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "nearly all are commands")]
pub enum Order {
    Command(Command),
    /// A change to something that is there: the command is made of it as it stands under the
    /// lock, so that two who change different fields, on whatever nodes, do not undo each other.
    Change(Change),
    /// Several changes to the rules, made of the state under the lock: all of them, or none.
    Together(Together),
}

/// Makes a command of the state.
pub type Change = Arc<dyn Fn(&State) -> Result<Command, Refusal> + Send + Sync>;

/// Makes commands of the state.
pub type Together = Arc<dyn Fn(&State) -> Result<Vec<Command>, Refusal> + Send + Sync>;

/// What an order comes to.
#[expect(clippy::large_enum_variant, reason = "it lives for one decision, on the stack")]
pub(super) enum Commands<'a> {
    One(Cow<'a, Command>),
    Together(Vec<Command>),
}

impl Order {
    pub(super) fn commands(&self, state: &State) -> Result<Commands<'_>, Refusal> {
        match self {
            Order::Command(command) => Ok(Commands::One(Cow::Borrowed(command))),
            Order::Change(change) => change(state).map(|one| Commands::One(Cow::Owned(one))),
            Order::Together(changes) => changes(state).map(Commands::Together),
        }
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Order::Command(command) => command.fmt(f),
            Order::Change(_) => f.write_str("Change"),
            Order::Together(_) => f.write_str("Together"),
        }
    }
}

impl Work {
    /// A change, whose command is made under the lock.
    pub fn change(
        change: impl Fn(&State) -> Result<Command, Refusal> + Send + Sync + 'static,
    ) -> Self {
        Work { order: Order::Change(Arc::new(change)), personal: Vec::new(), callee: None }
    }
}

impl Work {
    /// Changes to the rules, made of the state under the lock: all are carried out, or none.
    pub fn together(
        make: impl Fn(&State) -> Result<Vec<Command>, Refusal> + Send + Sync + 'static,
        row: RulesRow,
    ) -> Self {
        let personal = vec![Personal::Rules(Box::new(row))];
        Work { order: Order::Together(Arc::new(make)), personal, callee: None }
    }
}

impl From<Command> for Work {
    fn from(command: Command) -> Self {
        Work { order: Order::Command(command), personal: Vec::new(), callee: None }
    }
}

/// What became of a piece of work; it is durable.
#[derive(Clone, Debug)]
pub struct Done {
    /// The journal's number of the last event of this work, or of the last one before it.
    pub seq: u64,
    pub at: Time,
    pub answer: Answer,
    /// Empty when nothing changed, and when an idempotency key's answer is given again.
    pub events: Vec<Event>,
}

/// Each piece of work's result, in order.
pub type Results = Vec<Result<Done, Refusal>>;

/// Why a request was not decided. Nothing of it has happened, but for `Unavailable { in_doubt }`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubmitError {
    #[error("too much is waiting; try again in {retry_after_secs} s")]
    Busy { retry_after_secs: u32 },
    /// The database is away. `in_doubt`: the work may have taken effect; retry it with the same
    /// idempotency key, or look first.
    #[error("the database cannot be reached; try again")]
    Unavailable { in_doubt: bool },
    /// The database took something in the request badly, and would again.
    #[error("the database refused it")]
    Refused,
    #[error("the server is stopping; try again")]
    Stopping,
    #[error("there is no such workspace")]
    UnknownWorkspace,
    #[error("this idempotency key was used for another request")]
    KeyReused,
}

/// What is kept beside the core and written in the same transaction: personal and secret things
/// that never enter a command. Ids of objects that the command makes are filled in.
#[derive(Clone, Debug)]
pub enum Personal {
    /// Who a submitted item is about.
    Contact(Box<store::Personal>),
    /// Free text about the command's item.
    Note {
        kind: NoteKind,
        text: String,
    },
    /// The name of the command's agent.
    AgentName(String),
    /// The login of the command's agent: made, or changed when there is one.
    Login(UserChange),
    /// How the command's source meets its webhook.
    Source(Box<SourceFace>),
    /// The secrets of that source, which are bound to its id: after `Source`.
    Sealing(Sealing),
    /// The desk, as JSON, of the queue that the command makes.
    QueueDesk(String),
    /// What is written into the command's item on its agent's desk.
    Desk {
        fields: Map<String, Value>,
        ticks: Option<Vec<String>>,
    },
    /// What a sheet says anew of an item, whatever the command; nothing where its person was erased.
    Fields {
        item: ItemId,
        fields: Map<String, Value>,
        /// Who it is about, where that is another number or name now.
        contact: Option<Box<store::Personal>>,
    },
    /// The row of a sheet that the submitted item is.
    SheetRow(Box<NewSheetRow>),
    /// How far an import has come.
    Import(ImportStep),
    Outgoing(Outgoing),
    /// Who comes onto the do-not-call list: with a result when that says so, else in any case.
    OptOut(Box<OptOutRow>),
    /// The entry that is taken off it, of the work's callee.
    OptIn(u64),
    /// What is kept of a change of the rules, with the version that it makes.
    Rules(Box<RulesRow>),
    /// What the audit says of these rows.
    Act(Box<Act>),
}

/// What goes with a change of the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulesRow {
    /// What its author says of it.
    pub note: Option<String>,
    /// The version whose list it brings back.
    pub restored: Option<u64>,
    /// The version that its author saw: refused as `version` where there is a newer one.
    pub seen: Option<u64>,
    /// The change that had waited for its time: refused as `change` where it waits no longer.
    pub change: Option<u64>,
}

/// An entry of the do-not-call list, and the number by which the contact's open items are found.
#[derive(Clone, Debug)]
pub struct OptOutRow {
    pub entry: NewOptOut,
    /// E.164; never written.
    pub phone: String,
    /// The queue and its result that it comes from; it counts only if that says so under the lock.
    pub result: Option<(QueueId, Code)>,
}

/// Puts sealed secrets into a source's face once its id is known.
#[derive(Clone)]
pub struct Sealing(pub Arc<Seal>);

/// What a [`Sealing`] does.
pub type Seal = dyn Fn(SourceId, &mut SourceFace) + Send + Sync;

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealing")
    }
}

/// A client's key for one request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    /// Whose key it is, such as `user:3`.
    pub scope: String,
    pub key: String,
    /// A hash of the request, so that a key used for another one is noticed.
    pub request: String,
    /// For how long the answer is kept.
    pub keep_secs: u32,
}

impl IdempotencyKey {
    /// For how long a client's own keys are known: a day.
    pub const DAY: u32 = 24 * 3600;
}
