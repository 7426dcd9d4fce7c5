//! The answers kept under idempotency keys: ids and refusals, nothing personal.

use super::request::{Done, Results};
use routing::{AgentId, Answer, ItemId, QueueId, Refusal, RuleId, SourceId, Time};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    Done { seq: u64, at: Time, made: Made },
    Refused { text: String },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Made {
    Nothing,
    Agent(AgentId),
    Queue(QueueId),
    Source(SourceId),
    Rule(RuleId),
    Item(ItemId),
}

/// The results as text to keep.
pub(super) fn keep(results: &Results) -> String {
    let kept: Vec<Kept> = results
        .iter()
        .map(|result| match result {
            Ok(done) => Kept::Done { seq: done.seq, at: done.at, made: made(done.answer) },
            Err(refusal) => Kept::Refused { text: refusal.to_string() },
        })
        .collect();
    // Lists, numbers and texts always have a JSON form.
    serde_json::to_string(&kept).unwrap_or_default()
}

/// The results as they were kept; the events are not. A refusal keeps its text only.
pub(super) fn recall(text: &str) -> Option<Results> {
    let kept: Vec<Kept> = serde_json::from_str(text).ok()?;
    let results = kept.into_iter().map(|kept| match kept {
        Kept::Done { seq, at, made } => {
            Ok(Done { seq, at, answer: answer(made), events: Vec::new() })
        }
        Kept::Refused { text } => Err(Refusal::Invalid { field: "request", problem: text }),
    });
    Some(results.collect())
}

fn made(answer: Answer) -> Made {
    match answer {
        Answer::Done => Made::Nothing,
        Answer::Agent(id) => Made::Agent(id),
        Answer::Queue(id) => Made::Queue(id),
        Answer::Source(id) => Made::Source(id),
        Answer::Rule(id) => Made::Rule(id),
        Answer::Item(id) => Made::Item(id),
    }
}

fn answer(made: Made) -> Answer {
    match made {
        Made::Nothing => Answer::Done,
        Made::Agent(id) => Answer::Agent(id),
        Made::Queue(id) => Answer::Queue(id),
        Made::Source(id) => Answer::Source(id),
        Made::Rule(id) => Answer::Rule(id),
        Made::Item(id) => Answer::Item(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_recalled() {
        let results: Results = vec![
            Ok(Done { seq: 7, at: Time(5), answer: Answer::Item(ItemId(3)), events: Vec::new() }),
            Err(Refusal::UnknownSource(SourceId(9))),
        ];
        let recalled = recall(&keep(&results)).expect("readable");
        let first = recalled[0].as_ref().expect("done");
        assert_eq!((first.seq, first.answer), (7, Answer::Item(ItemId(3))));
        let refused = recalled[1].as_ref().expect_err("refused").to_string();
        assert!(refused.contains("there is no source 9"), "{refused}");
    }
}
