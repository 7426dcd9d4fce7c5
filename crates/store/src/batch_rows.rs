//! Rows that a batch brings along: personal ones, answers, names, imports, the outbox.

use crate::cell::cells;
use crate::dialect::{Many, Rows, Type::Int as I, Type::Text as T, Writes};
use crate::write::json;
use crate::{Batch, Error, NoteKind, Result, WorkspaceId};
use routing::{Event, Time};
use std::collections::HashSet;

/// Of items that the batch submits.
static NEW_PERSONAL: Many = Many {
    sql: "INSERT INTO item_personal (workspace_id, item_id, name, phone, phone_raw, phone_ok, \
          email, attributes) {values}",
    types: &[I, I, T, T, T, I, T, T],
};

/// Of items that may have such a row.
static PERSONAL: Many = Many {
    sql: "INSERT INTO item_personal (workspace_id, item_id, name, phone, phone_raw, phone_ok, \
          email, attributes) {values} ON CONFLICT (workspace_id, item_id) DO UPDATE SET \
          name = excluded.name, phone = excluded.phone, phone_raw = excluded.phone_raw, \
          phone_ok = excluded.phone_ok, email = excluded.email, attributes = excluded.attributes",
    types: &[I, I, T, T, T, I, T, T],
};

/// Who the items are about: of new items, and of others.
pub(crate) fn personal(workspace: WorkspaceId, batch: &Batch) -> Result<Writes<2>> {
    let mut new = Rows::with_room(&NEW_PERSONAL, batch.personal.len());
    let mut replaced = Rows::default();
    let mut submitted: HashSet<_> = batch
        .events
        .iter()
        .filter_map(|recorded| match recorded.event {
            Event::Submitted { item, .. } => Some(item),
            _ => None,
        })
        .collect();
    for personal in &batch.personal {
        let rows = if submitted.remove(&personal.item) { &mut new } else { &mut replaced };
        let attributes = match personal.attributes.is_empty() {
            true => None,
            false => Some(json(&personal.attributes)?),
        };
        rows.push(cells![
            workspace,
            personal.item,
            personal.name.as_deref(),
            personal.phone.as_deref(),
            personal.phone_raw.as_deref(),
            personal.phone_ok,
            personal.email.as_deref(),
            attributes,
        ]);
    }
    Ok([(&NEW_PERSONAL, new), (&PERSONAL, replaced)])
}

static NOTES: Many = Many {
    sql: "INSERT INTO item_notes (workspace_id, item_id, seq, kind, body) {values} \
          ON CONFLICT (workspace_id, item_id, seq) DO UPDATE SET body = excluded.body",
    types: &[I, I, I, T, T],
};

static AGENT_NAMES: Many = Many {
    sql: "UPDATE agents SET name = v.c3 FROM {rows} AS v \
          WHERE agents.workspace_id = v.c1 AND agents.agent_id = v.c2",
    types: &[I, I, T],
};

static FACES: Many = Many {
    sql: "UPDATE sources SET url_key = v.c3, signing = v.c4, dedupe_key = v.c9, \
          attributes = v.c10, map = v.c11, retention_days = v.c12, \
          secret_hash = CASE WHEN v.c13 = 1 THEN sources.secret_hash ELSE v.c5 END, \
          old_secret_hash = CASE WHEN v.c13 = 1 THEN sources.old_secret_hash ELSE v.c6 END, \
          old_secret_until = CASE WHEN v.c13 = 1 THEN sources.old_secret_until ELSE v.c7 END, \
          sealed = CASE WHEN v.c13 = 1 THEN sources.sealed ELSE v.c8 END FROM {rows} AS v \
          WHERE sources.workspace_id = v.c1 AND sources.source_id = v.c2",
    types: &[I, I, T, T, T, T, I, T, T, T, T, I, I],
};

// The dispatcher has looked for each key under the lock; a second answer to one key within a batch
// is the same answer.
static ANSWERS: Many = Many {
    sql: "INSERT INTO answers (workspace_id, scope, request_key, request, status, body, item_id, \
          keep_until) {values} ON CONFLICT (workspace_id, scope, request_key) DO NOTHING",
    types: &[I, T, T, T, I, T, I, I],
};

static IMPORTS: Many = Many {
    sql: "UPDATE imports SET done = imports.done + v.c3, imported = imports.imported + v.c4, \
          duplicates = imports.duplicates + v.c5, rejected = imports.rejected + v.c6 \
          FROM {rows} AS v WHERE imports.workspace_id = v.c1 AND imports.import_id = v.c2",
    types: &[I, I, I, I, I, I],
};

static REJECTED: Many = Many {
    sql: "INSERT INTO import_rejected (workspace_id, import_id, row_number, problem, cells) \
          {values} ON CONFLICT (workspace_id, import_id, row_number) DO NOTHING",
    types: &[I, I, I, T, T],
};

static OUTBOX: Many = Many {
    sql: "INSERT INTO outbox (workspace_id, outgoing_id, channel, object, body, attempts, due_at) \
          {values}",
    types: &[I, I, T, T, T, I, I],
};

/// All the others. `seq` is the last event's before the batch.
pub(crate) fn others(
    workspace: WorkspaceId,
    seq: u64,
    last_outgoing: u64,
    now: Time,
    batch: &Batch,
) -> Result<Writes<7>> {
    let mut notes = Rows::default();
    for note in &batch.notes {
        if note.event >= batch.events.len() as u64 {
            let problem = format!("a note speaks of event {} of the batch", note.event);
            return Err(Error::Unreadable { table: "batch", problem });
        }
        let (seq, kind) = (seq + 1 + note.event, note_text(note.kind));
        notes.push(cells![workspace, note.item, seq, kind, note.text.as_str()]);
    }
    let mut names = Rows::default();
    for (agent, name) in &batch.agent_names {
        names.push(cells![workspace, *agent, name.as_str()]);
    }
    let mut faces = Rows::default();
    for face in &batch.sources {
        faces.push(cells![
            workspace,
            face.source,
            face.key.as_str(),
            face.signing.as_str(),
            face.secret_hash.as_deref(),
            face.old_secret_hash.as_deref(),
            face.old_secret_until,
            json(&face.sealed)?,
            face.dedupe_key.as_str(),
            json(&face.attributes)?,
            json(&face.map)?,
            face.retention_days,
            face.keeps_secrets,
        ]);
    }
    let mut answers = Rows::default();
    for answer in &batch.answers {
        answers.push(cells![
            workspace,
            answer.scope.as_str(),
            answer.key.as_str(),
            answer.request.as_str(),
            answer.status,
            answer.body.as_str(),
            answer.item,
            answer.keep_until,
        ]);
    }
    let (imports, rejected) = imports(workspace, batch)?;
    let mut outbox = Rows::default();
    for (id, out) in (last_outgoing + 1..).zip(&batch.outbox) {
        let (channel, object) = (out.channel.as_str(), out.object.as_str());
        outbox.push(cells![workspace, id, channel, object, out.body.as_str(), 0u64, now]);
    }
    Ok([
        (&NOTES, notes),
        (&AGENT_NAMES, names),
        (&FACES, faces),
        (&ANSWERS, answers),
        (&IMPORTS, imports),
        (&REJECTED, rejected),
        (&OUTBOX, outbox),
    ])
}

/// Steps of one job within a batch become one row: an UPDATE takes each row once.
fn imports(workspace: WorkspaceId, batch: &Batch) -> Result<(Rows, Rows)> {
    let (mut imports, mut rejected) = (Rows::default(), Rows::default());
    let mut sums = std::collections::BTreeMap::new();
    for step in &batch.imports {
        let sum: &mut [u64; 4] = sums.entry(step.import).or_default();
        let own = [step.done, step.imported, step.duplicates, step.rejected.len() as u64];
        sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        for row in &step.rejected {
            let problem = row.problem.as_str();
            rejected.push(cells![workspace, step.import, row.row, problem, json(&row.cells)?]);
        }
    }
    for (import, [done, imported, duplicates, failed]) in sums {
        imports.push(cells![workspace, import, done, imported, duplicates, failed]);
    }
    Ok((imports, rejected))
}

pub(crate) fn note_text(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Complete => "complete",
        NoteKind::Update => "update",
        NoteKind::Reassign => "reassign",
        NoteKind::Cancel => "cancel",
        NoteKind::Force => "force",
        NoteKind::Late => "late",
        NoteKind::Other => "other",
    }
}
