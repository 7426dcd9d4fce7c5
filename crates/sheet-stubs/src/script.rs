//! What goes wrong, and when.

use crate::locked;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Mutex;

/// One thing that goes wrong. In JSON:
/// `{"on": "updateRecords", "after": 2, "times": 1, "act": "ret", "ret": 400007}`.
#[derive(Clone, Debug, Deserialize)]
pub struct Step {
    /// The call's name, such as `getRecords`, `updateRecords`, `token`, `values:batchUpdate`; `*`
    /// for any but those for a token.
    pub on: String,
    /// How many such calls go well first.
    #[serde(default)]
    pub after: u32,
    /// How many do not, then.
    #[serde(default = "one")]
    pub times: u32,
    #[serde(flatten)]
    pub act: Act,
}

fn one() -> u32 {
    1
}

/// What happens to a call.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// An answer with this status, and with nothing in it that a client understands.
    Status {
        status: u16,
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// Tencent's code of failure, with HTTP 200.
    Ret {
        ret: i64,
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// An answer that is not what is documented.
    Garbage,
    /// Values for these columns are not kept, and the answer is one of success.
    Drop { columns: Vec<String> },
    /// The connection is cut before anything was done.
    CutBefore,
    /// The connection is cut after everything was done.
    CutAfter,
    /// No answer comes, and nothing was done.
    Hang,
    /// The answer takes so long.
    Delay { millis: u64 },
    /// The token is not valid any more from now on.
    EndToken,
    /// Somebody writes into a cell right before: the row counts from 0, without the header.
    Edit { row: usize, column: String, value: Value },
    /// Somebody inserts an empty row right before: the row counts from 0, without the header.
    InsertRow { row: usize },
    /// Somebody sorts all rows the other way round right before.
    Reverse,
    /// Somebody inserts a column with this title right before: it counts from 0.
    InsertColumn { column: usize, title: String },
}

/// Steps, and how often their calls came.
#[derive(Default)]
pub struct Script(Mutex<Vec<(Step, u32)>>);

impl Script {
    /// Reads a list of [`Step`]s.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(json: &str) -> Result<Script, String> {
        let steps: Vec<Step> = serde_json::from_str(json).map_err(|error| error.to_string())?;
        Ok(Script(Mutex::new(steps.into_iter().map(|step| (step, 0)).collect())))
    }

    /// Adds a step that begins to count now.
    pub fn add(&self, step: Step) {
        locked(&self.0).push((step, 0));
    }

    /// What happens to this call.
    pub(crate) fn acts(&self, call: &str) -> Vec<Act> {
        let mut acts = Vec::new();
        for (step, seen) in locked(&self.0).iter_mut() {
            if step.on == call || (step.on == "*" && call != "token") {
                *seen += 1;
                if *seen > step.after && *seen - step.after <= step.times {
                    acts.push(step.act.clone());
                }
            }
        }
        acts
    }
}

impl Step {
    /// The next call of this name.
    pub fn next(on: &str, act: Act) -> Step {
        Step { on: on.to_owned(), after: 0, times: 1, act }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_waits_and_ends() {
        let script = Script::read(
            r#"[{"on": "a", "after": 1, "times": 2, "act": "cut_before"},
                {"on": "*", "act": "status", "status": 429, "retry_after": 3}]"#,
        )
        .unwrap();
        let counts: Vec<usize> =
            ["token", "a", "a", "b", "a", "a"].iter().map(|call| script.acts(call).len()).collect();
        assert_eq!(counts, [0, 1, 1, 0, 1, 0]);
        assert!(Script::read(r#"[{"on": "a", "act": "sing"}]"#).is_err());
    }
}
