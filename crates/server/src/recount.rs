//! The tables, held against the journal: what they say of work is counted again from its events.

use routing::State;
use serde_json::Value;
use std::collections::BTreeSet;
use store::{Chain, Error, Store, WorkspaceId};
use tokio::sync::Mutex;

/// Events read at once.
const PAGE: u32 = 5_000;
/// The most differences that are told; what is wrong everywhere has one cause.
const MOST: usize = 20;

/// A workspace's journal, followed from its first event on. There is one at a time: it takes as much
/// memory as the workspace's own state, which holds open work only.
#[derive(Debug, Default)]
pub struct Recount(Mutex<Option<Followed>>);

#[derive(Debug)]
struct Followed {
    workspace: WorkspaceId,
    seq: u64,
    state: State,
}

impl Recount {
    /// Follows the journal from event `from` on to where `chain` stands, and at its end names what
    /// the tables say otherwise. `None` before the end, and when what came before `from` was not
    /// followed here: another node did, or somebody else's audit came between.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn follow(
        &self,
        store: &dyn Store,
        workspace: WorkspaceId,
        from: u64,
        chain: &Chain,
    ) -> Result<Option<Vec<String>>, Error> {
        let mut kept = self.0.lock().await;
        let mut followed = match kept.take() {
            _ if from == 0 => Followed { workspace, seq: 0, state: State::default() },
            Some(known) if known.workspace == workspace && known.seq == from => known,
            _ => return Ok(None),
        };
        // A journal that was changed is told of as such.
        if chain.broken.is_some() {
            return Ok(None);
        }
        followed.read_on(store, chain.events).await?;
        if !chain.done {
            *kept = Some(followed);
            return Ok(None);
        }
        // Work goes on meanwhile: the tables are of a later moment than the chain's end.
        let loaded = store.load(workspace).await?;
        followed.read_on(store, loaded.seq).await?;
        let tables = State::restore(loaded.facts).canonical();
        let journal = followed.state.canonical();
        if tables == journal {
            return Ok(Some(Vec::new()));
        }
        let read = |facts: &[u8]| serde_json::from_slice(facts).unwrap_or(Value::Null);
        let mut said = Vec::new();
        differences(&read(&tables), &read(&journal), "", &mut said);
        Ok(Some(said))
    }
}

impl Followed {
    async fn read_on(&mut self, store: &dyn Store, to: u64) -> Result<(), Error> {
        while self.seq < to {
            let page = store.events_since(self.workspace, self.seq, PAGE).await?;
            let before = self.seq;
            for entry in page.into_iter().take_while(|entry| entry.seq <= to) {
                self.state.apply(entry.at, &entry.event);
                self.seq = entry.seq;
            }
            self.state.forget_closed();
            if self.seq == before {
                return Err(Error::Missing("event after the last one read"));
            }
        }
        Ok(())
    }
}

/// Says where two facts differ, each by its way through the objects: `agents 3 total`.
fn differences(tables: &Value, journal: &Value, at: &str, said: &mut Vec<String>) {
    if tables == journal || said.len() >= MOST {
        return;
    }
    if let (Value::Object(here), Value::Object(there)) = (tables, journal) {
        let names: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
        for name in names {
            let at = if at.is_empty() { name.clone() } else { format!("{at} {name}") };
            let of = |object: &serde_json::Map<String, Value>| object.get(name).cloned();
            match (of(here), of(there)) {
                (Some(here), Some(there)) => differences(&here, &there, &at, said),
                (Some(_), None) => said.push(format!("{at} is in the tables only")),
                _ => said.push(format!("{at} is in the journal only")),
            }
        }
        return;
    }
    let simple = |value: &Value| !matches!(value, Value::Object(_) | Value::Array(_));
    said.push(match simple(tables) && simple(journal) {
        true => format!("{at} is {tables} in the tables and {journal} by the journal"),
        false => format!("{at} differs between the tables and the journal"),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_difference_is_named_by_its_way() {
        let facts = |total: u32, extra: Value| json!({"agents": {"3": {"total": total, "spec": {"queues": [1, 2]}}}, "items": extra});
        let mut said = Vec::new();
        differences(&facts(9, json!({})), &facts(2, json!({"7": {}})), "", &mut said);
        let expected = [
            "agents 3 total is 9 in the tables and 2 by the journal",
            "items 7 is in the journal only",
        ];
        assert_eq!(said, expected);
    }
}
