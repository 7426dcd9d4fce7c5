//! Whom the sheet means by the names in its owners' column.

use super::pass::{Pass, Stop};
use connectors::mirror::{Columns, Row};
use routing::{AgentId, Presence, SourceId, State, Status};
use std::collections::{BTreeSet, HashMap};

/// Agents who can be given what is theirs already, by their names in small letters.
pub struct Owners(HashMap<String, AgentId>);

impl Owners {
    pub async fn of(pass: &Pass<'_>) -> Result<Owners, Stop> {
        let source = pass.sheet.source;
        let there = pass.app.look(pass.workspace, move |state| who_is_there(state, source)).await?;
        let names = pass.app.names(pass.workspace).await?;
        let (mut owners, mut twice) = (HashMap::new(), BTreeSet::new());
        for (agent, name) in names.iter() {
            let name = name.trim().to_lowercase();
            if !name.is_empty() && owners.insert(name.clone(), *agent).is_some() {
                twice.insert(name);
            }
        }
        // Two of one name: nobody knows who is meant.
        owners.retain(|name, agent| !twice.contains(name) && there.contains(agent));
        Ok(Owners(owners))
    }

    /// The agent who has the row; none of one that is done, or whose owner is nobody who is there.
    pub fn of_row(&self, row: &Row, columns: &Columns) -> Option<AgentId> {
        let owner = row.owner(columns).filter(|_| !row.is_done(columns))?;
        self.0.get(&owner.trim().to_lowercase()).copied()
    }
}

/// Who may be handed something by a person, in the source's own queue.
fn who_is_there(state: &State, source: SourceId) -> BTreeSet<AgentId> {
    let facts = state.facts();
    let queue = facts.sources.get(&source).and_then(|known| facts.queues.get(&known.spec.queue));
    let Some(queue) = queue else { return BTreeSet::new() };
    let ignored = queue.spec.presence == Presence::Ignored;
    let there = facts.agents.values().filter(|agent| {
        let at_work = agent.active && !agent.spec.paused && agent.on_shift;
        at_work && (ignored || agent.present && agent.status == Status::Available)
    });
    there.map(|agent| agent.id).collect()
}
