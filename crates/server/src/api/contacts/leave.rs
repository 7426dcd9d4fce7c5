//! Items whose person is about to be erased leave everybody's hands: a card that names nobody is no
//! work, and whoever comes after is not its duplicate.

use crate::dispatcher::{Dispatcher, Request, SubmitError, Work, WorkspaceId};
use routing::{Command, ItemId, Refusal, Seen, State};
use std::collections::BTreeSet;
use store::Actor;

/// Cancels those of the items that are open, and forgets whose all of them were. Done before the
/// rows are erased: what fails in between is put right by asking again.
pub async fn leave(
    dispatcher: &Dispatcher,
    workspace: WorkspaceId,
    actor: Actor,
    items: Vec<ItemId>,
) -> Result<Vec<ItemId>, SubmitError> {
    let (open, known) = dispatcher.read(workspace, move |state| known(state, items)).await?;
    let cancels = open.iter().map(|&item| Work::change(move |state| cancel(state, item)));
    let forgets = known.into_iter().map(|item| Work::from(Command::Forget { item }));
    let work: Vec<Work> = cancels.chain(forgets).collect();
    if !work.is_empty() {
        // What was closed meanwhile is refused, and has left already.
        dispatcher.submit(workspace, Request { actor, idempotency: None, work }).await?;
    }
    Ok(open)
}

/// Which of the items are open, and of which the state knows whose they are.
fn known(state: &State, items: Vec<ItemId>) -> (Vec<ItemId>, BTreeSet<ItemId>) {
    let items: BTreeSet<ItemId> = items.into_iter().collect();
    let facts = state.facts();
    let open: Vec<ItemId> =
        items.iter().filter(|item| facts.items.contains_key(item)).copied().collect();
    let holds = facts.holds.values().map(|hold| hold.item);
    let results =
        facts.agents.values().filter_map(|agent| Some(agent.last_result.as_ref()?.item.id));
    let known = holds.chain(results).chain(open.iter().copied());
    let known = known.filter(|item| items.contains(item)).collect();
    (open, known)
}

fn cancel(state: &State, item: ItemId) -> Result<Command, Refusal> {
    let open = state.facts().items.get(&item).ok_or(Refusal::UnknownItem(item))?;
    Ok(Command::Cancel { item, seen: Seen { version: Some(open.version), ..Seen::default() } })
}
