//! Events as rows of the journal, and back.
//!
//! A row holds a run of consecutive events of one batch that speak of the same item (or of none)
//! and have the same actor and time. A lead that arrives is queued and assigned in the same
//! instant, and so is one row instead of three: rows, their index entries and their hashes are
//! most of what a journal costs. A row's seq is its first event's.

use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type::Int as I, Type::Text as T, Writes};
use crate::hash::Link;
use crate::write::json;
use crate::{Batch, Entry, Error, Recorded, Result, WorkspaceId, event_text};
use routing::Event;
use std::panic::resume_unwind;

/// The version of a row's format.
const VERSION: i64 = 1;

/// The most events in one row, so that reading from its middle stays cheap.
const MOST_EVENTS: usize = 100;

static JOURNAL: Many = Many {
    sql: "INSERT INTO journal (workspace_id, seq, version, actor, at, batch, item_id, body, hash) \
          {values}",
    types: &[I, I, I, T, I, I, I, T, T],
};

/// The journal rows of a batch, and the hash of the last.
pub(crate) fn journal(
    workspace: WorkspaceId,
    seq: u64,
    head: &str,
    batch: &Batch,
) -> Result<(Writes<1>, String)> {
    let mut rows = Rows::with_room(&JOURNAL, batch.events.len() / 2);
    let mut head = head.to_owned();
    let mut seq = seq + 1;
    let together = |one: &Recorded, next: &Recorded| {
        (one.event.item(), one.actor, one.at) == (next.event.item(), next.actor, next.at)
    };
    let runs = batch.events.chunk_by(together).flat_map(|run| run.chunks(MOST_EVENTS));
    for run in runs {
        let Recorded { event, actor, at } = &run[0];
        let events: Vec<&Event> = run.iter().map(|recorded| &recorded.event).collect();
        let (body, actor) = (json(&events)?, actor.to_string());
        let item = event.item().map(|item| item.0 as i64);
        let link = Link {
            workspace: workspace.0 as i64,
            seq: seq as i64,
            version: VERSION,
            actor: &actor,
            at: at.0,
            batch: batch.id.as_i64(),
            item,
            body: &body,
        };
        head = link.hash(&head);
        let batch = link.batch;
        rows.push(cells![workspace, seq, VERSION, actor, *at, batch, item, body, head.as_str()]);
        seq += run.len() as u64;
    }
    Ok(([(&JOURNAL, rows)], head))
}

/// The rows that hold events $2 to $3; the first row may begin before, the last may end after.
pub(crate) const EVENTS_SINCE: &str = "SELECT seq, at, actor, version, body FROM journal \
    WHERE workspace_id = $1 AND seq >= (SELECT MAX(seq) FROM journal WHERE workspace_id = $1 \
    AND seq <= $2) AND seq <= $3 ORDER BY seq";

/// What [`EVENTS_SINCE`] and [`entries`] need for at most `limit` events after `after`.
pub(crate) fn span(workspace: WorkspaceId, after: u64, limit: u32) -> [crate::dialect::Cell; 3] {
    cells![workspace, after.saturating_add(1), after.saturating_add(limit.into())]
}

/// The rows that hold an item's events after $3, and perhaps one before them.
pub(crate) const ITEM_HISTORY: &str = "SELECT seq, at, actor, version, body FROM journal \
    WHERE workspace_id = $1 AND item_id = $2 AND seq >= COALESCE((SELECT MAX(seq) FROM journal \
    WHERE workspace_id = $1 AND item_id = $2 AND seq <= $3), 0) ORDER BY seq LIMIT $4";

/// The rows that hold an item's events before $3, newest first; the first may go on after it.
pub(crate) const ITEM_HISTORY_BACK: &str = "SELECT seq, at, actor, version, body FROM journal \
    WHERE workspace_id = $1 AND item_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4";

/// A thread reads at least so many rows: for fewer, starting one costs more than it saves.
const ROWS_A_THREAD: usize = 32;
/// The most threads that read one answer.
const MOST_THREADS: usize = 4;

/// The rows' events after `after`, at most `limit`. Reading them is most of what it costs to follow
/// another node, which is done under the lock: several threads share many rows.
pub(crate) fn entries<D: Db>(rows: &[D::Row], after: u64, limit: u32) -> Result<Vec<Entry>> {
    let threads = (rows.len() / ROWS_A_THREAD).clamp(1, MOST_THREADS);
    let mut parts = rows.chunks(rows.len().div_ceil(threads).max(1));
    let first = parts.next().unwrap_or_default();
    let mut entries = std::thread::scope(|scope| {
        let others: Vec<_> = parts.map(|part| scope.spawn(|| read::<D>(part, after))).collect();
        let mut entries = read::<D>(first, after)?;
        for other in others {
            entries.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok::<_, Error>(entries)
    })?;
    entries.truncate(limit as usize);
    Ok(entries)
}

fn read<D: Db>(rows: &[D::Row], after: u64) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for row in rows {
        let mut row = Columns::<D>::new(row, "journal");
        let (first, at, actor): (u64, _, _) = (row.num()?, row.time()?, row.parsed()?);
        let version = row.int()?;
        if version != VERSION {
            let problem = format!("event {first} has format {version}; use a newer fairlead");
            return Err(Error::unreadable("journal", problem));
        }
        let events: Vec<event_text::Text> = row.json()?;
        let run = (first..).zip(events).filter(|(seq, _)| *seq > after);
        entries.extend(run.map(|(seq, event_text::Text(event))| {
            let given = event.is_given();
            Entry { seq, at, actor, given, event }
        }));
    }
    Ok(entries)
}
