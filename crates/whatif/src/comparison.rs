//! Both sides beside each other, and every item that somebody else or at another time got.

use crate::figures::Side;
use crate::record::Entry;
use crate::run::Skipped;
use crate::tally::{First, Tally};
use routing::{AgentId, Event, ItemId, QueueId, Reason, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was recorded, and what would have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    pub recorded: Side,
    pub changed: Side,
    pub differences: Differences,
    /// Who is there on the changed side only, and whom they are like.
    pub added: BTreeMap<AgentId, AgentId>,
    /// What people configured within the period that cannot be under the policy.
    pub skipped: Vec<Skipped>,
}

/// Items whose first agent or wait differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// How many there are, shown or not.
    pub total: u64,
    pub by_kind: BTreeMap<Kind, u64>,
    /// The first ones, by when the item came to somebody on the changed side, else in the record.
    pub items: Vec<Difference>,
}

/// In what an item differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    OtherAgent,
    /// The same agent, sooner than in the record.
    Earlier,
    Later,
    /// Only in the record did somebody get it.
    OnlyRecorded,
    OnlyChanged,
}

/// An item that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub item: ItemId,
    pub kind: Kind,
    pub recorded: Option<Taken>,
    pub changed: Option<Taken>,
}

/// How an item first came to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    pub agent: AgentId,
    pub at: Time,
    pub queue: QueueId,
    pub waited_ms: u64,
    /// Why they got it; a person placed it when absent.
    pub reason: Option<Reason>,
}

impl Taken {
    fn of(first: First, reason: Option<Reason>) -> Self {
        let First { agent, at, queue, waited_ms } = first;
        Taken { agent, at, queue, waited_ms, reason }
    }
}

fn kind(recorded: Option<&First>, changed: Option<&First>) -> Option<Kind> {
    Some(match (recorded, changed) {
        (Some(was), Some(is)) if was.agent != is.agent => Kind::OtherAgent,
        (Some(was), Some(is)) if is.at < was.at => Kind::Earlier,
        (Some(was), Some(is)) if is.at > was.at => Kind::Later,
        (Some(_), None) => Kind::OnlyRecorded,
        (None, Some(_)) => Kind::OnlyChanged,
        _ => return None,
    })
}

/// Whether an item differs that comes to somebody on the changed side.
pub(crate) fn differs(recorded: &Tally, item: ItemId, changed: &First) -> bool {
    kind(recorded.firsts.get(&item), Some(changed)).is_some()
}

impl Differences {
    /// `reasons` are of the changed side, of all that can be among the first `most`.
    pub(crate) fn of(
        recorded: &Tally,
        changed: &Tally,
        entries: &[Entry],
        mut reasons: BTreeMap<ItemId, Option<Reason>>,
        most: usize,
    ) -> Self {
        let mut differences = Differences::default();
        let mut found: Vec<(Time, ItemId, Kind)> = Vec::new();
        let mut note = |item: &ItemId, was: Option<&First>, is: Option<&First>| {
            let Some(kind) = kind(was, is) else { return };
            differences.total += 1;
            *differences.by_kind.entry(kind).or_default() += 1;
            found.extend(is.or(was).map(|first| (first.at, *item, kind)));
        };
        for (item, is) in &changed.firsts {
            note(item, recorded.firsts.get(item), Some(is));
        }
        let only = recorded.firsts.iter().filter(|(item, _)| !changed.firsts.contains_key(item));
        only.for_each(|(item, was)| note(item, Some(was), None));
        found.sort_unstable();
        found.truncate(most);
        let listed: BTreeMap<ItemId, Time> = found
            .iter()
            .filter_map(|(_, item, _)| Some((*item, recorded.firsts.get(item)?.at)))
            .collect();
        let mut why = recorded_reasons(entries, &listed);
        differences.items = found
            .into_iter()
            .map(|(_, item, kind)| Difference {
                item,
                kind,
                recorded: recorded
                    .firsts
                    .get(&item)
                    .map(|first| Taken::of(*first, why.remove(&item))),
                changed: changed
                    .firsts
                    .get(&item)
                    .map(|first| Taken::of(*first, reasons.remove(&item).flatten())),
            })
            .collect();
        differences
    }
}

/// Why these items came to whom they came to at that time, by the record.
fn recorded_reasons(entries: &[Entry], items: &BTreeMap<ItemId, Time>) -> BTreeMap<ItemId, Reason> {
    let mut reasons = BTreeMap::new();
    for entry in entries {
        let (Event::Assigned { item, reason, .. } | Event::Offered { item, reason, .. }) =
            &entry.event
        else {
            continue;
        };
        // An offer that was not taken is followed by others.
        if items.get(item).is_some_and(|taken| entry.at <= *taken) {
            reasons.insert(*item, reason.clone());
        }
    }
    reasons
}
