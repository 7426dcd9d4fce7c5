//! I3: what was answered as taken in or done stands in the journal, once, whatever was killed.

use crate::ledger::{Act, Done, Promised};
use routing::{Event, ItemId, Seen, Value};
use scenario::simulation::{Broken, Violation};
use std::collections::{BTreeMap, HashSet};

/// What the journal has kept, as far as it was read.
#[derive(Debug, Default)]
pub struct Kept {
    /// Each lead's number: where it was taken in, and as which item.
    leads: BTreeMap<u64, (u64, ItemId)>,
    acts: HashSet<Done>,
    promises: u64,
}

impl Kept {
    /// Reads an event. A lead that is there twice is a broken promise already.
    pub fn read(&mut self, seq: u64, event: &Event) -> Result<(), Broken> {
        if let Event::Submitted { item, submission } = event
            && let Some(Value::Number(number)) = submission.attributes.get("number")
        {
            let number = *number as u64;
            if let Some((first, other)) = self.leads.insert(number, (seq, *item)) {
                let detail = format!("lead {number} is there twice: item {other}, event {first}");
                return broken(seq, *item, detail);
            }
        }
        self.acts.extend(done(event));
        Ok(())
    }

    /// Whether everything that was promised before event `seq` was read is there.
    pub fn hold(&mut self, promised: &Promised, seq: u64) -> Result<(), Broken> {
        for (number, item) in &promised.leads {
            match self.leads.get(number) {
                Some((_, kept)) if kept == item => {}
                Some((at, kept)) => {
                    let detail = format!("lead {number} was answered as {item} and is {kept}");
                    return broken(*at, *kept, detail);
                }
                None => {
                    let detail = format!("lead {number} was answered as item {item} and is lost");
                    return broken(seq, *item, detail);
                }
            }
        }
        for promise in &promised.acts {
            if !self.acts.contains(promise) {
                let detail = format!("{promise:?} was answered as done and is lost");
                return broken(seq, promise.item, detail);
            }
        }
        self.promises += (promised.leads.len() + promised.acts.len()) as u64;
        Ok(())
    }

    /// How many promises were held against the journal.
    pub fn promises(&self) -> u64 {
        self.promises
    }

    /// How many leads the journal has.
    pub fn leads(&self) -> u64 {
        self.leads.len() as u64
    }
}

fn done(event: &Event) -> Option<Done> {
    let (act, item, seen) = match event {
        Event::Accepted { item, seen, .. } => (Act::Accept, item, seen),
        Event::Declined { item, seen, .. } => (Act::Decline, item, seen),
        Event::Completed { item, seen, .. } => (Act::Complete, item, seen),
        Event::Released { item, seen, .. } => (Act::Release, item, seen),
        Event::Updated { item, seen, .. } => (Act::Update, item, seen),
        _ => return None,
    };
    let Seen { version: Some(version), .. } = *seen else { return None };
    Some(Done { act, item: *item, version })
}

fn broken(seq: u64, item: ItemId, detail: String) -> Result<(), Broken> {
    let violation = Violation { invariant: "I3", detail };
    Err(Broken { seq, item: Some(item), violation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use routing::{AgentId, Attributes, Submission};

    fn submitted(number: u32, item: u64) -> Event {
        let attributes: Attributes =
            [("number".to_owned(), Value::from(f64::from(number)))].into_iter().collect();
        let submission = Submission { attributes, ..Submission::default() };
        Event::Submitted { item: ItemId(item), submission }
    }

    fn released(version: u32) -> Event {
        let seen = Seen { agent: Some(AgentId(1)), version: Some(version) };
        Event::Released { item: ItemId(8), seen, agent: AgentId(1) }
    }

    fn promised(leads: &[(u64, u64)], acts: &[u32]) -> Promised {
        let act = |version: &u32| Done { act: Act::Release, item: ItemId(8), version: *version };
        Promised {
            leads: leads.iter().map(|(number, item)| (*number, ItemId(*item))).collect(),
            acts: acts.iter().map(act).collect(),
        }
    }

    fn kept() -> Kept {
        let mut kept = Kept::default();
        kept.read(10, &submitted(1, 7)).expect("the first");
        kept.read(12, &submitted(2, 8)).expect("another");
        kept.read(15, &released(3)).expect("an act");
        kept
    }

    #[test]
    fn what_is_there_holds() {
        let mut kept = kept();
        kept.hold(&promised(&[(1, 7), (2, 8)], &[3]), 15).expect("all is there");
        assert_eq!((kept.promises(), kept.leads()), (3, 2));
    }

    #[test]
    fn a_lost_lead_is_noticed() {
        let lost = kept().hold(&promised(&[(1, 7), (3, 9)], &[]), 15).expect_err("noticed");
        assert_eq!((lost.seq, lost.item, lost.violation.invariant), (15, Some(ItemId(9)), "I3"));
        assert!(lost.to_string().contains("lead 3 was answered as item 9 and is lost"), "{lost}");
    }

    #[test]
    fn a_doubled_lead_is_noticed() {
        let twice = kept().read(20, &submitted(1, 9)).expect_err("noticed");
        assert_eq!((twice.seq, twice.item), (20, Some(ItemId(9))));
        assert!(twice.to_string().contains("item 7, event 10"), "{twice}");
    }

    #[test]
    fn another_item_than_was_answered_is_noticed() {
        let other = kept().hold(&promised(&[(1, 8)], &[]), 15).expect_err("noticed");
        assert_eq!(other.item, Some(ItemId(7)));
    }

    #[test]
    fn a_lost_act_is_noticed() {
        let lost = kept().hold(&promised(&[], &[4]), 15).expect_err("noticed");
        assert_eq!(lost.item, Some(ItemId(8)));
        assert!(lost.to_string().contains("Release"), "{lost}");
    }
}
