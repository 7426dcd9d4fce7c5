//! `/assignments`: who got what, when, and why.

pub mod export;
pub mod list;

use crate::api::schema;
use crate::http::Rfc3339;
use crate::words::{Lexicon, without_runners_up};
use routing::Reason;
use serde::{Deserialize, Serialize};
use store::AssignmentRow;
use utoipa::ToSchema;

/// An item in an agent's hands, from when until when, and why theirs.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Assignment)]
pub struct AssignmentView {
    pub seq: u64,
    pub item: u64,
    pub agent: u64,
    pub agent_name: String,
    pub source: u64,
    pub source_name: String,
    pub queue: u64,
    pub queue_name: String,
    pub at: Rfc3339,
    /// The same moment as the workspace's clocks show it, with the offset from UTC, such as
    /// `2026-01-31T15:00:00.000+05:30`.
    pub at_local: String,
    pub ended_at: Option<Rfc3339>,
    /// `completed`, `released`, `declined`, `missed`, `retry`, `reassigned`, `cancelled`,
    /// `signed_out`, `lapsed`, `deactivated` or `silent`; null while it lasts.
    pub end: Option<String>,
    /// `matched`, `claimed`, `overflow`, or `placed` by a person.
    pub way: String,
    /// Whether it is (still) only an offer.
    pub offer: bool,
    #[schema(value_type = Option<schema::Reason>)]
    pub reason: Option<Reason>,
    /// The reason in one line.
    pub text: String,
    /// The agent's assignments in total before and after.
    pub count_before: u64,
    pub count_after: u64,
}

impl AssignmentView {
    /// The row as clients see it.
    pub fn new(row: AssignmentRow, words: &Lexicon) -> Self {
        let agent_name = words.agent(row.agent);
        let text = match &row.reason {
            Some(reason) => words.reason(reason, row.agent, Some(row.queue)),
            None => words.placed_with(row.agent),
        };
        AssignmentView {
            source_name: words.source(row.source),
            queue_name: words.queue(row.queue),
            at_local: words.local(row.at),
            seq: row.seq,
            item: row.item.0,
            agent: row.agent.0,
            agent_name,
            source: row.source.0,
            queue: row.queue.0,
            at: Rfc3339(row.at),
            ended_at: row.ended_at.map(Rfc3339),
            end: row.end.map(|e| e.as_str().to_owned()),
            way: row.way,
            offer: row.offer,
            reason: match words.reader {
                Some(_) => row.reason.map(without_runners_up),
                None => row.reason,
            },
            text,
            count_before: row.count_before,
            count_after: row.count_after,
        }
    }
}
