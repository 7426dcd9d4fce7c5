//! Items whose person is about to be erased leave everybody's hands: a card that names nobody is no
//! work, and whoever comes after is not its duplicate.

use crate::dispatcher::{Dispatcher, Request, SubmitError, Work, WorkspaceId};
use routing::{Agent, Command, Item, ItemId, Refusal, Seen, State};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use store::Actor;

/// The most items that one request speaks of.
const AT_ONCE: usize = 500;

/// Cancels those of the items that are open, and forgets whose all of them were; tells which were
/// cancelled. What stands with each is seen under the lock: another node may have taken it in, or
/// given it to somebody, a moment ago. Done before the rows are erased: what fails in between is put
/// right by asking again.
pub async fn leave(
    dispatcher: &Dispatcher,
    workspace: WorkspaceId,
    actor: Actor,
    items: Vec<ItemId>,
) -> Result<Vec<ItemId>, SubmitError> {
    let items: Vec<ItemId> = BTreeSet::from_iter(items).into_iter().collect();
    let mut cancelled = Vec::new();
    for some in items.chunks(AT_ONCE) {
        let known = Arc::new(Mutex::new(BTreeSet::new()));
        let (found, asked) = (known.clone(), BTreeSet::from_iter(some.iter().copied()));
        // Decided first, and holds are looked through once, not once for each item.
        let look = Work::change(move |state| {
            *found.lock().unwrap_or_else(|e| e.into_inner()) = known_of(state, &asked);
            Ok(Command::Clock)
        });
        let cancels = some.iter().map(|&item| Work::change(move |state| cancel(state, item)));
        let forgets = some.iter().map(|&item| {
            let known = known.clone();
            Work::change(move |_| {
                match known.lock().unwrap_or_else(|e| e.into_inner()).contains(&item) {
                    true => Ok(Command::Forget { item }),
                    false => Err(Refusal::UnknownItem(item)),
                }
            })
        });
        let work: Vec<Work> = [look].into_iter().chain(cancels).chain(forgets).collect();
        // What is closed already is refused, and has left.
        let request = Request { actor, idempotency: None, work };
        let done = dispatcher.submit(workspace, request).await?;
        let ended = some.iter().zip(done.into_iter().skip(1)).filter(|(_, done)| done.is_ok());
        cancelled.extend(ended.map(|(item, _)| *item));
    }
    Ok(cancelled)
}

/// Cancels those of the items that are open and that `may_go`, as they stand under the lock; tells
/// which these were.
pub async fn cancel_open(
    dispatcher: &Dispatcher,
    workspace: WorkspaceId,
    actor: Actor,
    items: &[ItemId],
    may_go: fn(&Item) -> bool,
) -> Result<Vec<ItemId>, SubmitError> {
    let mut cancelled = Vec::new();
    for some in items.chunks(AT_ONCE) {
        let work = some.iter().map(|&item| {
            Work::change(move |state| match state.facts().items.get(&item) {
                Some(open) if may_go(open) => cancel(state, item),
                _ => Err(Refusal::UnknownItem(item)),
            })
        });
        let request = Request { actor, idempotency: None, work: work.collect() };
        let done = dispatcher.submit(workspace, request).await?;
        let ended = some.iter().zip(done).filter(|(_, done)| done.is_ok());
        cancelled.extend(ended.map(|(item, _)| *item));
    }
    Ok(cancelled)
}

fn cancel(state: &State, item: ItemId) -> Result<Command, Refusal> {
    let open = state.facts().items.get(&item).ok_or(Refusal::UnknownItem(item))?;
    Ok(Command::Cancel { item, seen: Seen { version: Some(open.version), ..Seen::default() } })
}

/// Of which of the items the state knows whose they are: open ones, those whose contact's key is
/// held, and results that may be taken back.
fn known_of(state: &State, items: &BTreeSet<ItemId>) -> BTreeSet<ItemId> {
    let facts = state.facts();
    let open = items.iter().copied().filter(|item| facts.items.contains_key(item));
    let holds = facts.holds.values().map(|hold| hold.item);
    let result = |agent: &Agent| agent.last_result.as_ref().map(|result| result.item.id);
    let results = facts.agents.values().filter_map(result);
    open.chain(holds.chain(results).filter(|item| items.contains(item))).collect()
}
