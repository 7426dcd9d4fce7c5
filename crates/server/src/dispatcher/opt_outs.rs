//! The do-not-call list at the moment of deciding. It is not in the state: what it says of an item's
//! contact is read under the lock and put into the command, so that the journal says what was found
//! and every replay decides as this node did.

use super::known::Known;
use super::personal::item_of;
use super::request::{OptOutRow, Personal, Work};
use routing::{
    Answer, Bar, Callable, Command, ContactKey, ItemId, ItemState, SourceId, State, Time,
};
use std::borrow::Cow;
use std::collections::BTreeSet;
use store::{Batch, NewOptOut};

/// Puts into a command, which comes without, what the list says of the contact that it would have
/// called.
pub(super) fn mark(
    command: &mut Cow<'_, Command>,
    callee: Option<ContactKey>,
    state: &State,
    known: &Known,
    batch: &Batch,
) {
    let Some(callee) = callee else { return };
    let source = match &**command {
        Command::Submit { submission } | Command::Force { submission, .. } => submission.source,
        Command::SetBars { item, .. } => match state.facts().items.get(item) {
            Some(item) => item.source,
            None => return,
        },
        _ => return,
    };
    let said = bars(callee, source, state, known, batch);
    if said.is_empty() {
        return;
    }
    match command.to_mut() {
        Command::Submit { submission } | Command::Force { submission, .. } => {
            submission.callable.bars = said;
        }
        Command::SetBars { bars, .. } => *bars = said,
        _ => {}
    }
}

/// What the list says of a contact to a source: as the tables have it, and as this batch changes it.
fn bars(
    contact: ContactKey,
    source: SourceId,
    state: &State,
    known: &Known,
    batch: &Batch,
) -> Vec<Bar> {
    let Some(source) = state.facts().sources.get(&source) else { return Vec::new() };
    let here: &[NewOptOut] = batch.opt_outs.get(&contact).map_or(&[], Vec::as_slice);
    let stored = known.opt_outs.get(&contact).into_iter().flatten();
    let stored = stored.filter(|entry| !batch.opt_ins.contains(&entry.id)).map(|entry| &entry.what);
    let stored = stored.filter(|entry| !here.iter().any(|newer| newer.replaces(entry)));
    let entries = stored.chain(here).filter(|entry| entry.concerns(&source.spec));
    Bar::together(entries.map(|entry| entry.bar.clone()).collect())
}

/// Notes which item a command barred, so that it is found when the contact is taken off the list.
pub(super) fn note(
    command: &Command,
    callee: Option<ContactKey>,
    answer: Answer,
    batch: &mut Batch,
) {
    let said = |callable: &Callable| !callable.bars.is_empty();
    let item = match (command, answer) {
        (Command::Submit { submission }, Answer::Item(item)) if said(&submission.callable) => item,
        (Command::Force { item, submission, .. }, _) if said(&submission.callable) => *item,
        (Command::SetBars { item, bars }, _) if !bars.is_empty() => *item,
        _ => return,
    };
    batch.barred.extend(callee.map(|callee| (callee, item)));
}

/// Adds the entries of work that will be carried out; with a result only when that says so, and when
/// nobody has said as much before: taking the result back must not take back what others said.
pub(super) fn add(
    work: &Work,
    command: &Command,
    state: &State,
    known: &Known,
    now: Time,
    batch: &mut Batch,
) {
    for row in &work.personal {
        let Personal::OptOut(row) = row else { continue };
        if !counts(command, row, state, now) {
            continue;
        }
        let entry = &row.entry;
        let stored = known.opt_outs.get(&entry.contact).into_iter().flatten();
        let mut stored = stored.filter(|before| !batch.opt_ins.contains(&before.id));
        let said = stored.any(|b| entry.replaces(&b.what) && b.what.bar.is_for_good());
        if said && row.result.is_some() {
            continue;
        }
        let of_contact = batch.opt_outs.entry(entry.contact).or_default();
        of_contact.retain(|before| !entry.replaces(before));
        of_contact.push(entry.clone());
    }
}

/// Whether a row that comes with a result is one of never again, and the result will be kept.
fn counts(command: &Command, row: &OptOutRow, state: &State, now: Time) -> bool {
    let Some((queue, result)) = &row.result else { return true };
    let facts = state.facts();
    let queue = match command {
        // Where it is now, whatever its sender knew.
        Command::Complete { item, .. } => facts.items.get(item).map(|item| item.queue),
        _ => Some(*queue),
    };
    let queue = queue.and_then(|queue| facts.queues.get(&queue));
    let known = queue.into_iter().flat_map(|queue| &queue.spec.dispositions);
    let never_again = known.into_iter().any(|d| d.name == *result && d.do_not_call);
    never_again && state.admits(now, command)
}

/// Takes an entry off; also one that this very batch has replaced.
pub(super) fn remove(id: u64, callee: Option<ContactKey>, known: &Known, batch: &mut Batch) {
    batch.opt_ins.push(id);
    let entries = callee.and_then(|callee| known.opt_outs.get(&callee)).into_iter().flatten();
    let gone = entries.filter(|entry| entry.id == id);
    for gone in gone {
        if let Some(newer) = batch.opt_outs.get_mut(&gone.what.contact) {
            newer.retain(|entry| !entry.replaces(&gone.what));
        }
    }
}

/// What the list now says of open items whose contacts this work puts on it; not of the one that
/// the work completes.
pub(super) fn follow(
    work: &Work,
    command: &Command,
    state: &State,
    known: &Known,
    batch: &Batch,
) -> Vec<(Command, ContactKey)> {
    let mut follows = Vec::new();
    for row in &work.personal {
        let Personal::OptOut(row) = row else { continue };
        let contact = row.entry.contact;
        if !batch.opt_outs.get(&contact).is_some_and(|here| here.contains(&row.entry)) {
            continue;
        }
        let stored = known.open_items.get(&row.phone).into_iter().flatten().copied();
        let same = |personal: &&store::Personal| personal.phone.as_ref() == Some(&row.phone);
        let arrived = batch.personal.iter().filter(same).map(|personal| personal.item);
        // The one that is being completed closes.
        let ends = matches!(command, Command::Complete { .. }).then(|| item_of(command)).flatten();
        let items: BTreeSet<ItemId> =
            stored.chain(arrived).filter(|item| Some(*item) != ends).collect();
        for item in items.into_iter().filter_map(|item| state.facts().items.get(&item)) {
            let is_open = !matches!(item.state, ItemState::Closed { .. });
            let bars = bars(contact, item.source, state, known, batch);
            if is_open && item.callable.bars != bars {
                follows.push((Command::SetBars { item: item.id, bars }, contact));
            }
        }
    }
    follows
}
