//! The do-not-call list at the moment of deciding: what comes in is held against it under the lock.

use super::known::Known;
use routing::{Command, ContactKey, Event, State};
use std::borrow::Cow;
use store::{Batch, EVERY_CATEGORY, NewOptOut, Origin};

/// Marks a submission whose contact is not to be called, and keeps one to the hours that its contact
/// allows. The mark goes into the journal with it: every replay decides as this node did.
pub(super) fn mark(
    command: &mut Cow<'_, Command>,
    callee: Option<ContactKey>,
    state: &State,
    known: &Known,
    batch: &Batch,
) {
    let Some(callee) = callee else { return };
    let here = batch.opt_outs.iter().filter(|entry| entry.contact == callee);
    let entries: Vec<&NewOptOut> =
        known.opt_outs.get(&callee).into_iter().flatten().chain(here).collect();
    if entries.is_empty() {
        return;
    }
    let Command::Submit { submission } = command.to_mut() else { return };
    let source = state.facts().sources.get(&submission.source);
    let category = source.and_then(|source| source.spec.category.as_ref());
    for entry in entries.into_iter().filter(|entry| entry.concerns(category)) {
        let narrowed = submission.callable.narrowed(&entry.hours, entry.not_on_holidays);
        match narrowed.filter(|_| !entry.is_never()) {
            Some(callable) => submission.callable = callable,
            None => submission.do_not_call = true,
        }
    }
}

/// Puts a contact on the list for every category, when the result that was just recorded says so.
pub(super) fn add(contact: ContactKey, first: usize, batch: &mut Batch) {
    let recorded = batch.events.iter().skip(first);
    let said = |event: &Event| matches!(event, Event::Completed { do_not_call: true, .. });
    let Some(actor) = recorded.filter(|r| said(&r.event)).map(|r| r.actor).next() else { return };
    batch.opt_outs.retain(|entry| entry.contact != contact);
    batch.opt_outs.push(NewOptOut {
        contact,
        category: routing::Code::new(EVERY_CATEGORY),
        hours: Default::default(),
        not_on_holidays: false,
        until: None,
        origin: Origin::Result,
        actor,
    });
}
