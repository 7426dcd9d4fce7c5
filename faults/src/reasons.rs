//! Every assignment has its event and its reason; and nobody outside is named in the journal.

use crate::load::MARK;
use routing::{AgentId, Event, ItemId, Reason, Target};
use scenario::simulation::{Broken, Violation};
use std::collections::BTreeMap;
use store::AssignmentRow;

/// Who was given what for which reason, by the event that says so; none when a person placed it.
#[derive(Debug, Default)]
pub struct Given(BTreeMap<u64, (ItemId, AgentId, Option<Reason>)>);

impl Given {
    pub fn read(&mut self, seq: u64, event: &Event) {
        let given = match event {
            Event::Offered { item, agent, reason, .. }
            | Event::Assigned { item, agent, reason } => (*item, *agent, Some(reason.clone())),
            Event::Reassigned { item, to: Target::Agent(agent), .. } => (*item, *agent, None),
            _ => return,
        };
        self.0.insert(seq, given);
    }

    /// Whether the table's row says what its event says; it is then accounted for.
    pub fn explain(&mut self, row: &AssignmentRow) -> Result<(), Broken> {
        let broken = |detail| Err(broken("reasons", row.seq, row.item, detail));
        match self.0.remove(&row.seq) {
            Some((item, agent, reason))
                if (item, agent) == (row.item, row.agent) && reason == row.reason =>
            {
                Ok(())
            }
            Some(event) => broken(format!("the table has {row:?}, the journal {event:?}")),
            None => broken(format!("no event gave agent {} the item", row.agent)),
        }
    }

    /// Whether every event's row was there. A person may place an item where it is already.
    pub fn all_explained(&self) -> Result<(), Broken> {
        match self.0.iter().find(|(_, (_, _, reason))| reason.is_some()) {
            None => Ok(()),
            Some((seq, (item, agent, _))) => {
                let detail = format!("the table does not have what agent {agent} was given");
                Err(broken("reasons", *seq, *item, detail))
            }
        }
    }
}

/// Whether a text names anybody of the load: by name, address or number.
pub fn names_somebody(text: &str) -> bool {
    text.contains("+9198") || text.to_lowercase().contains(MARK)
}

/// Whether an event names nobody.
pub fn impersonal(seq: u64, event: &Event) -> Result<(), Broken> {
    let text = serde_json::to_string(event).unwrap_or_default();
    if !names_somebody(&text) {
        return Ok(());
    }
    Err(broken("persons", seq, event.item().unwrap_or_default(), text))
}

fn broken(invariant: &'static str, seq: u64, item: ItemId, detail: String) -> Broken {
    let violation = Violation { invariant, detail };
    Broken { seq, item: Some(item).filter(|item| item.0 > 0), violation }
}

#[cfg(test)]
mod tests {
    use super::*;
    use routing::{Code, Key, QueueId, SourceId, Status, Strategy, Time, Way};

    fn reason(step: u8) -> Reason {
        let (way, strategy) = (Way::Matched, Strategy::FairShare);
        Reason {
            way,
            step,
            strategy,
            key: Key(0, 0),
            runners_up: Vec::new(),
            passed_over: Vec::new(),
        }
    }

    fn row(seq: u64, agent: u64, step: u8) -> AssignmentRow {
        AssignmentRow {
            seq,
            item: ItemId(4),
            agent: AgentId(agent),
            agent_name: String::new(),
            source: SourceId(1),
            queue: QueueId(1),
            offer: false,
            at: Time(0),
            accepted_at: None,
            ended_at: None,
            end: None,
            way: "matched".into(),
            reason: Some(reason(step)),
            count_before: 0,
            count_after: 1,
        }
    }

    fn given() -> Given {
        let mut given = Given::default();
        let (item, agent) = (ItemId(4), AgentId(2));
        given.read(9, &Event::Assigned { item, agent, reason: reason(1) });
        given
    }

    #[test]
    fn rows_and_events_that_differ_are_noticed() {
        let mut truth = given();
        truth.explain(&row(9, 2, 1)).expect("the same");
        truth.all_explained().expect("all are there");
        for other in [row(8, 2, 1), row(9, 1, 1), row(9, 2, 2)] {
            let noticed = given().explain(&other).expect_err("noticed");
            assert_eq!((noticed.seq, noticed.violation.invariant), (other.seq, "reasons"));
        }
        let missing = given().all_explained().expect_err("noticed");
        assert_eq!((missing.seq, missing.item), (9, Some(ItemId(4))));
    }

    #[test]
    fn somebody_s_name_in_the_journal_is_noticed() {
        let said = |reason: &str| Event::StatusSet {
            agent: AgentId(1),
            status: Status::Away { reason: Code::new(reason) },
        };
        impersonal(3, &said("lunch")).expect("nobody is named");
        for leak in ["with Quagga 7", "+919800000007"] {
            let noticed = impersonal(3, &said(leak)).expect_err("noticed");
            assert_eq!((noticed.seq, noticed.violation.invariant), (3, "persons"));
        }
    }
}
