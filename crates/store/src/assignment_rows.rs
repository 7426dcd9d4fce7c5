//! Assignments and offers as rows: what a batch opens, and what came of those of earlier batches.

use crate::cell::cells;
use crate::dialect::{Many, Rows, Type::Int as I, Type::Text as T, Writes};
use crate::touched::{Mark, Touched};
use crate::write::{hold_of, json, key_text};
use crate::{Result, WorkspaceId};
use routing::{Code, Facts};

static ASSIGNMENTS: Many = Many {
    sql: "INSERT INTO assignments (workspace_id, seq, item_id, agent_id, source_id, queue_id, \
          offer, at, accepted_at, ended_at, ended, way, reason, count_before, count_after, \
          disposition) {values}",
    types: &[I, I, I, I, I, I, I, I, I, I, T, T, T, I, I, T],
};

/// What has come of assignments that the batch itself opened.
static MARKED_NEW: Many = Many {
    sql: "UPDATE assignments SET contacted_at = v.c3, won = v.c4 FROM {rows} AS v \
          WHERE assignments.workspace_id = v.c1 AND assignments.seq = v.c2",
    types: &[I, I, I, I],
};

/// What has come of those of earlier batches; the first contact counts.
static MARKED: Many = Many {
    sql: "UPDATE assignments SET contacted_at = COALESCE(contacted_at, v.c3), won = v.c4 \
          FROM {rows} AS v WHERE assignments.workspace_id = v.c1 \
          AND assignments.item_id = v.c2 AND assignments.ended_at IS NULL",
    types: &[I, I, I, I],
};

static ACCEPTED: Many = Many {
    sql: "UPDATE assignments SET offer = 0, accepted_at = v.c3 FROM {rows} AS v \
          WHERE assignments.workspace_id = v.c1 AND assignments.item_id = v.c2 \
          AND assignments.ended_at IS NULL",
    types: &[I, I, I],
};

static ENDED: Many = Many {
    sql: "UPDATE assignments SET ended_at = v.c3, ended = v.c4, disposition = v.c5 \
          FROM {rows} AS v WHERE assignments.workspace_id = v.c1 \
          AND assignments.item_id = v.c2 AND assignments.ended_at IS NULL",
    types: &[I, I, I, T, T],
};

/// Assignments of earlier batches whose result was taken back: the item's last ones.
static REOPENED: Many = Many {
    sql: "UPDATE assignments SET ended_at = NULL, ended = NULL, disposition = NULL, \
          won = 0, contacted_at = CASE WHEN contacted_at < ended_at THEN contacted_at END \
          FROM {rows} AS v WHERE assignments.workspace_id = v.c1 AND assignments.item_id = v.c2 \
          AND assignments.seq = (SELECT MAX(a.seq) FROM assignments AS a \
          WHERE a.workspace_id = v.c1 AND a.item_id = v.c2)",
    types: &[I, I],
};

/// Items that were cancelled, or whose persons are gone, hold no key any more.
static FORGOTTEN: Many = Many {
    sql: "UPDATE items SET dedupe_until = NULL FROM {rows} AS v \
          WHERE items.workspace_id = v.c1 AND items.item_id = v.c2",
    types: &[I, I],
};

/// Items that were let through may hold their contact's key from then on.
static HELD: Many = Many {
    sql: "UPDATE items SET dedupe_source = v.c3, dedupe_key = v.c4, dedupe_until = v.c5 \
          FROM {rows} AS v WHERE items.workspace_id = v.c1 AND items.item_id = v.c2",
    types: &[I, I, I, T, I],
};

/// Whose persons are gone, who is known from now on, results that were taken back, offers of earlier batches that were
/// accepted, what came of others, what ended, and what the batch opens: what stood open ends before
/// anything new is opened for the same item. `seq` is the last event's before the batch.
pub(crate) fn assignments(
    workspace: WorkspaceId,
    seq: u64,
    touched: &Touched<'_>,
    facts: &Facts,
) -> Result<Writes<8>> {
    let (mut forgotten, mut held) = (Rows::default(), Rows::default());
    for item in &touched.forgotten {
        forgotten.push(cells![workspace, *item]);
    }
    for &(item, contact) in &touched.forced {
        if let Some(((source, contact), until)) = hold_of(facts, item, contact) {
            held.push(cells![workspace, item, source, key_text(contact), until]);
        }
    }
    let (mut accepted, mut ended) = (Rows::default(), Rows::default());
    let mut reopened = Rows::default();
    for item in &touched.reopened {
        reopened.push(cells![workspace, *item]);
    }
    let (mut marked, mut marked_new) = (Rows::default(), Rows::default());
    for (item, mark) in &touched.marked {
        marked.push(cells![workspace, *item, mark.contacted_at, mark.won]);
    }
    for (item, at) in &touched.accepted {
        accepted.push(cells![workspace, *item, *at]);
    }
    for (item, end) in &touched.ended {
        let disposition = end.disposition.map(Code::as_str);
        ended.push(cells![workspace, *item, end.at, end.how.as_str(), disposition]);
    }
    let mut rows = Rows::with_room(&ASSIGNMENTS, touched.opened.len());
    for opened in &touched.opened {
        let source = facts.items.get(&opened.item).map(|i| i.source).unwrap_or_default();
        let way = match opened.reason {
            Some(reason) => json(&reason.way)?.trim_matches('"').to_owned(),
            None => "placed".to_owned(),
        };
        let seq = seq + 1 + opened.event as u64;
        if opened.mark != Mark::default() {
            let Mark { contacted_at, won } = opened.mark;
            marked_new.push(cells![workspace, seq, contacted_at, won]);
        }
        rows.push(cells![
            workspace,
            seq,
            opened.item,
            opened.agent,
            source,
            opened.queue,
            opened.offer,
            opened.at,
            opened.accepted_at,
            opened.ended.map(|end| end.at),
            opened.ended.map(|end| end.how.as_str()),
            way,
            opened.reason.map(json).transpose()?,
            opened.count_after.saturating_sub(1),
            opened.count_after,
            opened.ended.and_then(|end| end.disposition).map(Code::as_str),
        ]);
    }
    Ok([
        (&FORGOTTEN, forgotten),
        (&HELD, held),
        (&REOPENED, reopened),
        (&ACCEPTED, accepted),
        (&MARKED, marked),
        (&ENDED, ended),
        (&ASSIGNMENTS, rows),
        (&MARKED_NEW, marked_new),
    ])
}
