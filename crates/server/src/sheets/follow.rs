//! The journal is the outbox: whose rows are to be looked at again.

use crate::app::App;
use routing::Event;
use std::collections::BTreeMap;
use store::{Entry, Marked, RowMark, Sheet, WorkspaceId};

/// Events that are looked at in one transaction.
const EVENTS: u32 = 1_000;
/// How long after a result can no longer be taken back it is shown: as long as it may take until what
/// was taken back in the last moment is seen here.
const SLACK_SECS: u32 = 5;

/// Brings every sheet that is behind on. What fails in one workspace keeps no other waiting.
pub async fn follow_all(app: &App) -> store::Result<()> {
    for (workspace, sheet) in app.store.sheets_behind().await? {
        if let Err(error) = follow(app, workspace, &sheet).await {
            tracing::warn!(workspace = workspace.0, sheet = sheet.id.0, %error,
                "a sheet does not hear what happens for now");
        }
        if app.is_stopping() {
            break;
        }
    }
    Ok(())
}

/// Marks what happened since for a sheet, to the journal's end.
pub async fn follow(app: &App, workspace: WorkspaceId, sheet: &Sheet) -> store::Result<()> {
    let mut from = sheet.seq;
    loop {
        let entries = app.store.events_since(workspace, from, EVENTS).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        let (marks, to) = (marks(&entries), last.seq);
        // Where another node was first, it goes on too.
        let moved = app.store.follow_sheet(workspace, sheet.id, from, to, &marks).await?;
        if !moved || entries.len() < EVENTS as usize {
            return Ok(());
        }
        from = to;
    }
}

/// One mark for each item: what is shown comes from the tables, so the last word about a result is
/// all that has to be known.
fn marks(entries: &[Entry]) -> Vec<RowMark> {
    let mut marks = BTreeMap::new();
    for entry in entries {
        let Some(item) = entry.event.item() else { continue };
        let what = match entry.event {
            Event::Completed { undo_until, .. } => {
                let hold_until = undo_until.map(|until| until.plus_secs(SLACK_SECS));
                Marked::Result { hold_until }
            }
            Event::Undone { .. } => Marked::TakenBack,
            Event::Assigned { .. }
            | Event::Accepted { .. }
            | Event::Released { .. }
            | Event::Returned { .. }
            | Event::RetryScheduled { .. }
            | Event::Reassigned { .. }
            | Event::WentSilent { .. }
            | Event::Cancelled { .. }
            | Event::Due { .. } => Marked::Nothing,
            _ => continue,
        };
        let new = RowMark { item, at: entry.at, what: Marked::Nothing };
        let mark = marks.entry(item).or_insert(new);
        if what != Marked::Nothing {
            mark.what = what;
        }
    }
    marks.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use routing::{AgentId, Code, ItemId, Outcome, Seen, Time};
    use store::Actor;

    fn entry(event: Event) -> Entry {
        Entry { seq: 1, given: event.is_given(), event, actor: Actor::System, at: Time(0) }
    }

    #[test]
    fn the_last_word_about_a_result_counts() {
        let (item, agent) = (ItemId(1), AgentId(1));
        let completed = |undo_until| Event::Completed {
            item,
            seen: Seen::default(),
            agent,
            disposition: Code::new("won"),
            outcome: Outcome::Closed,
            contacted: false,
            won: false,
            do_not_call: false,
            undo_until,
        };
        let undone = Event::Undone { item, agent, next: None };
        let released = Event::Released { item, seen: Seen::default(), agent };
        let of = |events: &[Event]| {
            let entries: Vec<Entry> = events.iter().cloned().map(entry).collect();
            marks(&entries).into_iter().map(|mark| mark.what).collect::<Vec<_>>()
        };
        let hold_until = Some(Time(15_000));
        let result = Marked::Result { hold_until };
        assert_eq!(of(&[completed(Some(Time(10_000)))]), [result]);
        assert_eq!(of(&[completed(None), undone.clone()]), [Marked::TakenBack]);
        assert_eq!(of(&[undone, completed(Some(Time(10_000))), released.clone()]), [result]);
        assert_eq!(of(&[released]), [Marked::Nothing]);
        assert!(of(&[Event::Due { item: ItemId(2) }, Event::ClockTicked]).len() == 1);
    }
}
