//! What one transaction writes beside the facts.

use crate::{
    Act, BatchId, DeskWrite, ImportId, NewOptOut, NewRuleVersion, NewSheetRow, Recorded, Role,
    UserId,
};
use routing::{AgentId, ContactKey, ItemId, QueueId, SourceId, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One batch: everything that becomes durable together.
#[derive(Clone, Debug)]
pub struct Batch {
    pub id: BatchId,
    /// In the order in which they were applied.
    pub events: Vec<Recorded>,
    /// The state's next deadline after the batch.
    pub next_deadline: Option<Time>,
    /// Personal rows of items submitted in this batch (or replaced later).
    pub personal: Vec<Personal>,
    pub notes: Vec<Note>,
    /// New names of agents.
    pub agent_names: Vec<(AgentId, String)>,
    /// What the store keeps of sources beside their `SourceSpec`.
    pub sources: Vec<SourceFace>,
    /// Logins that are created or changed together with their agent.
    pub users: Vec<UserRow>,
    pub answers: Vec<Answered>,
    pub imports: Vec<ImportStep>,
    pub outbox: Vec<Outgoing>,
    /// What comes onto the do-not-call list; of a contact one a category and medium.
    pub opt_outs: BTreeMap<ContactKey, Vec<NewOptOut>>,
    /// Which entries of it are taken off, before those come.
    pub opt_ins: Vec<u64>,
    /// The items that it bars, and whose number that is.
    pub barred: Vec<(ContactKey, ItemId)>,
    /// What is written into items on their agents' desks, in this order.
    pub desk: Vec<DeskWrite>,
    /// The desks, as JSON, of queues that are made in this batch.
    pub queue_desks: Vec<(QueueId, String)>,
    /// Rows of sheets that become items.
    pub sheet_rows: Vec<NewSheetRow>,
    /// How the list of rules stands after each change of it, in this order.
    pub rule_versions: Vec<NewRuleVersion>,
    /// Changes of the rules that had waited for their time and are carried out.
    pub rule_changes: Vec<u64>,
    /// What was done beside the core with this batch, for the audit.
    pub acts: Vec<Act>,
}

impl Batch {
    /// An empty batch.
    pub fn new(id: BatchId) -> Self {
        Batch {
            id,
            events: Vec::new(),
            next_deadline: None,
            personal: Vec::new(),
            notes: Vec::new(),
            agent_names: Vec::new(),
            sources: Vec::new(),
            users: Vec::new(),
            answers: Vec::new(),
            imports: Vec::new(),
            outbox: Vec::new(),
            opt_outs: BTreeMap::new(),
            opt_ins: Vec::new(),
            barred: Vec::new(),
            desk: Vec::new(),
            queue_desks: Vec::new(),
            sheet_rows: Vec::new(),
            rule_versions: Vec::new(),
            rule_changes: Vec::new(),
            acts: Vec::new(),
        }
    }
}

/// Who an item is about. The row can be erased without breaking replay or the hash chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    pub item: ItemId,
    pub name: Option<String>,
    /// E.164, when the phone is usable.
    pub phone: Option<String>,
    /// As it came in.
    pub phone_raw: Option<String>,
    pub phone_ok: bool,
    pub email: Option<String>,
    /// Personal attributes, a JSON object.
    pub attributes: serde_json::Map<String, serde_json::Value>,
}

/// Which action a note came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    Complete,
    Update,
    Reassign,
    Cancel,
    /// Why a duplicate was forced through.
    Force,
    /// A result that came when its agent held the item no longer.
    Late,
    Other,
}

/// Free text that a person wrote about an item; erasable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub item: ItemId,
    /// Index into the batch's events; in what is read, the event's seq.
    pub event: u64,
    pub kind: NoteKind,
    pub text: String,
}

/// A source as its webhook sees it. Overwrites what stood there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFace {
    pub source: SourceId,
    /// The slug in `/ingest/{key}`; unique in the workspace.
    pub key: String,
    /// How the webhook proves who sent it: `shared_secret`, `standard`, `meta` or `google`.
    pub signing: String,
    /// Leaves the secrets as they stand in the table: another node may have changed them since
    /// this was read.
    pub keeps_secrets: bool,
    /// SHA-256 of the secret in hex; `None` when none is needed.
    pub secret_hash: Option<String>,
    /// The one before, and until when it counts.
    pub old_secret_hash: Option<String>,
    pub old_secret_until: Option<Time>,
    /// Secrets that must be known in clear, sealed: a JSON object by purpose.
    pub sealed: serde_json::Value,
    /// What a duplicate is recognised by: `phone`, `email`, or an attribute's name.
    pub dedupe_key: String,
    /// Declared attributes, as JSON.
    pub attributes: serde_json::Value,
    /// Their field → ours, as JSON.
    pub map: serde_json::Value,
    /// After so many days the person of a closed item is erased; `None` is never.
    pub retention_days: Option<u32>,
}

impl SourceFace {
    /// Has the secrets of a change before it.
    pub fn take_secrets(&mut self, before: SourceFace) {
        self.keeps_secrets = before.keeps_secrets;
        self.secret_hash = before.secret_hash;
        self.old_secret_hash = before.old_secret_hash;
        self.old_secret_until = before.old_secret_until;
        self.sealed = before.sealed;
    }
}

/// A login to be created (`id` is `None`) or overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    pub id: Option<UserId>,
    pub name: String,
    /// argon2id in PHC form.
    pub password_hash: String,
    pub role: Role,
    pub agent: Option<AgentId>,
    pub active: bool,
}

/// The answer to a request that carried an `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Whose key it is, such as `user:3`; keys of different callers never meet.
    pub scope: String,
    pub key: String,
    /// A hash of the request, so that a key used for another request is noticed.
    pub request: String,
    pub status: u16,
    pub body: String,
    /// The item the body speaks about: erasing the item's contact erases the body.
    pub item: Option<ItemId>,
    /// Until when at least the key is known.
    pub keep_until: Time,
}

/// How far an import has come with this batch; the counts are added to the job's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportStep {
    pub import: ImportId,
    /// Rows of the file that are dealt with.
    pub done: u64,
    pub imported: u64,
    pub duplicates: u64,
    pub rejected: Vec<RejectedRow>,
}

/// A row of a file that could not be imported; erasable with its job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Counted from 1, the header not counted.
    pub row: u64,
    pub problem: String,
    /// The row's cells.
    pub cells: Vec<String>,
}

/// An effect that will never be delivered, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUp<'a> {
    pub outgoing: u64,
    /// The source that counts it.
    pub source: SourceId,
    /// Why, in words without personal data.
    pub problem: &'a str,
    pub at: Time,
    /// The answer under which it was accepted, as scope and key: it may come once more.
    pub accepted_as: (&'a str, &'a str),
}

/// What is to be fetched at once: a channel's effects whose object begins so, for a source.
#[derive(Clone, Copy, Debug)]
pub struct FetchAgain<'a> {
    pub source: SourceId,
    pub channel: &'a str,
    pub objects: &'a str,
    pub now: Time,
}

/// An effect on the outside world; effects on one object keep their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Given by the store; 0 in a batch.
    pub id: u64,
    /// Who delivers it, such as `webhook`.
    pub channel: String,
    /// What it is about, such as `item:7`: one after the other per channel and object.
    pub object: String,
    /// JSON.
    pub body: String,
    /// How often delivery was tried.
    pub attempts: u32,
}
