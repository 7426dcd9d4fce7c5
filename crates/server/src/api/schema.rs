//! The core's types as clients see them. Here for the OpenAPI document only: requests and answers
//! are read and written by the core's own types, and a test holds the two together.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A skill's name, and the level: 1 (learning) to 10 (expert).
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Skills(pub BTreeMap<String, u8>);

/// What a login or a token may do.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Supervisor,
    Admin,
}

/// What an agent says of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusName {
    Available,
    Away,
    Offline,
}

/// How much an agent may hold at once, in items of each kind; null is without limit.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Capacity {
    pub lead: Option<u32>,
    pub task: Option<u32>,
    pub call: Option<u32>,
}

/// What kind of work an item is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Lead,
    Task,
    Call,
}

/// How an item reaches its agent: at once, held out for `secs`, or claimed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum Mode {
    Push,
    Offer {
        /// How long an offer stands, 1–86,400.
        secs: u32,
    },
    Pull,
}

/// `required`: only who is connected and available gets work. `ignored`: active and within working
/// hours is enough.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Required,
    Ignored,
}

/// What happens to an item when everyone is at their daily cap.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum AtCap {
    Wait,
    OverflowFewestToday,
    Queue { queue: u64 },
}

/// Where a newcomer's count starts under `fewest_assigned`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JoinAt {
    Peers,
    Zero,
}

/// How a step picks among eligible agents.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    FairShare,
    RoundRobin,
    FewestAssigned,
    FewestToday,
    LongestIdle,
    LeastBusy,
    BestSkill,
}

/// Whom a queue considers, from `after_secs` of waiting on.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    pub after_secs: u32,
    /// Only agents whose regions contain the item's.
    pub same_region: bool,
    /// Only agents who speak the item's language.
    pub same_language: bool,
    /// Only agents with these skills, at these levels or above.
    pub skills: Skills,
    /// What the item itself requires is lowered by so many levels.
    pub relax_levels: u8,
}

/// A result that an agent can record, and what it does with the item.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "then", rename_all = "snake_case")]
pub enum Disposition {
    /// The item is done.
    Close {
        name: String,
        #[serde(default)]
        label: String,
        /// Whether the contact was reached.
        #[serde(default)]
        contacted: bool,
        /// Whether it is what the work is for: a sale, a hire.
        #[serde(default)]
        won: bool,
        /// Whether the contact is put on the do-not-call list.
        #[serde(default)]
        do_not_call: bool,
    },
    /// It comes back after `after_secs`, at most `max_attempts` times.
    Retry {
        name: String,
        #[serde(default)]
        label: String,
        /// Whether the contact was reached.
        #[serde(default)]
        contacted: bool,
        /// Whether it is what the work is for: a sale, a hire.
        #[serde(default)]
        won: bool,
        after_secs: u32,
        max_attempts: u32,
    },
    /// It goes on in another queue.
    Move {
        name: String,
        #[serde(default)]
        label: String,
        /// Whether the contact was reached.
        #[serde(default)]
        contacted: bool,
        /// Whether it is what the work is for: a sale, a hire.
        #[serde(default)]
        won: bool,
        queue: u64,
    },
}

/// What the values of an attribute are; a list is one of texts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    Text,
    Number,
    Bool,
    List,
}

/// Among which items a duplicate is looked for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DedupeScope {
    Workspace,
    Source,
}

/// What became of a delivery.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Waiting,
    Delivered,
    Failed,
}

/// How a source's webhook proves who sent it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    SharedSecret,
    Standard,
    Meta,
    Google,
}

/// When matching runs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dispatch {
    AtOnce,
    ByWorker,
}

/// From `from` until `to` on a weekday; `to` at or before `from` is on the next day.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// 1 is Monday, 7 is Sunday.
    #[schema(minimum = 1, maximum = 7)]
    pub day: u8,
    #[schema(example = "09:30")]
    pub from: String,
    #[schema(example = "18:00")]
    pub to: String,
}

/// Local days on which an agent does not work, the first and the last included.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DaysOff {
    #[schema(format = Date, example = "2026-11-08")]
    pub from: String,
    #[schema(format = Date, example = "2026-11-10")]
    pub to: String,
}

/// What happens to an item that its holder does nothing with: it goes to somebody else, and in the
/// end a supervisor is told.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Silence {
    /// For how long its holder may leave it without an update; time in which its contact may not be
    /// called does not count. Whoever left it is not eligible for it for as long again, and then gets
    /// it back when nobody has taken it, or a supervisor is told. What was left for longer when this is set goes on at once.
    #[schema(minimum = 60, maximum = 2_592_000)]
    pub after_secs: u32,
    /// Only the holder's working hours count, and no holidays; their days off do.
    pub working_hours: bool,
    /// How often it goes to somebody else; after that a supervisor is told.
    #[schema(maximum = 100)]
    pub max_moves: u32,
    /// Where it goes then; it stays with its holder when absent.
    pub then_queue: Option<u64>,
}

/// How soon a queue's items should be with somebody, which figures hold their waits against. Nothing is
/// decided by it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceTarget {
    /// The part that should be; 80 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    pub percent: u8,
    /// After at most so many seconds, up to 30 days; 20 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_592_000)]
    pub within_secs: u32,
    /// Who gives up in less than this had not really come; 5 when absent.
    #[serde(default)]
    #[schema(maximum = 86_400)]
    pub short_secs: u32,
}

/// What supervisors are told of an item: the person it was placed with is gone, or does nothing
/// with it; it has left silent holders as often as its queue allows, and this one is silent too; or
/// it left a silent holder, nobody has taken it, and it cannot go back to them.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    PlacedItemHeldByAbsent,
    PlacedItemSilent,
    SilentTooOften,
    NobodyTookIt,
}

/// How an attribute is compared with a value.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Contains,
    StartsWith,
    In,
    Exists,
}

/// A comparison of one attribute, or of `region`, `language`, `source`, `priority`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    pub attribute: String,
    pub op: Op,
    /// Text, number, true or false, or a list of texts.
    pub value: serde_json::Value,
}

/// A condition tree, at most 8 deep and with at most 100 parts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(no_recursion)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Compare),
}

/// One evaluated condition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(no_recursion)]
pub struct Trace {
    pub holds: bool,
    /// `all`, `any`, `not`, or the comparison, such as `budget gt 1000`.
    pub condition: String,
    /// What the item had, for a comparison; absent when it had nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Trace>,
}

/// How an item found its agent; `back` is to whom it left for their silence, above their cap.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Matched,
    Claimed,
    Overflow,
    Back,
}

/// The agent who would have been next, and what they were compared by.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RunnerUp {
    pub agent: u64,
    pub key: (u64, u64),
}

/// Why this agent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    pub way: Way,
    /// Which of the queue's steps found the agent, counted from 1.
    pub step: u8,
    pub strategy: Strategy,
    /// What the winner was compared by; less goes first.
    pub key: (u64, u64),
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runners_up: Vec<RunnerUp>,
    /// Causes, each with the number of agents passed over for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub passed_over: Vec<(serde_json::Value, u32)>,
}

/// Who keeps a promise to call.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Promise {
    Anybody,
    /// An agent's id.
    Agent(u64),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::DeserializeOwned;

    /// What the core writes, the mirror reads and writes the same.
    fn mirrored<M: Serialize + DeserializeOwned>(original: impl Serialize) {
        let written = serde_json::to_value(original).unwrap();
        let mirror: M = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(mirror).unwrap(), written);
    }

    #[test]
    fn the_documented_types_are_the_core_s() {
        use routing as core;
        for mode in [core::Mode::Push, core::Mode::Offer { secs: 30 }, core::Mode::Pull] {
            mirrored::<Mode>(mode);
        }
        let queue = core::QueueId(2);
        let at_cap = core::AtCap::Queue { queue };
        for at_cap in [core::AtCap::Wait, core::AtCap::OverflowFewestToday, at_cap] {
            mirrored::<AtCap>(at_cap);
        }
        mirrored::<Silence>(core::Silence { then_queue: Some(queue), ..Default::default() });
        mirrored::<ServiceTarget>(core::ServiceTarget::default());
        mirrored::<Notice>(core::Notice::PlacedItemHeldByAbsent);
        mirrored::<Notice>(core::Notice::PlacedItemSilent);
        mirrored::<Notice>(core::Notice::SilentTooOften);
        mirrored::<Notice>(core::Notice::NobodyTookIt);
        use connectors::webhook::Signing as Sent;
        for signing in [Sent::SharedSecret, Sent::Standard, Sent::Meta, Sent::Google] {
            mirrored::<Signing>(signing);
        }
        use store::DeliveryState as Kept;
        for state in [Kept::Waiting, Kept::Delivered, Kept::Failed] {
            mirrored::<DeliveryState>(state.as_str());
        }
        let day = "2026-11-08".parse().unwrap();
        mirrored::<DaysOff>(core::DaysOff { from: day, to: day });
        mirrored::<Step>(core::Step::default());
        let retry = core::Then::Retry { after_secs: 5, max_attempts: 2 };
        for then in [core::Then::Close, retry, core::Then::Move { queue }] {
            let label = "Done".to_owned();
            mirrored::<Disposition>(core::Disposition {
                name: core::Code::new("done"),
                label,
                contacted: true,
                won: true,
                do_not_call: then == core::Then::Close,
                then,
            });
        }
        mirrored::<Condition>(core::Condition::Not(Box::new(core::Condition::All(vec![
            core::Condition::Compare {
                attribute: "budget".into(),
                op: core::Op::Ge,
                value: 5.0.into(),
            },
        ]))));
        mirrored::<Reason>(core::Reason {
            way: core::Way::Overflow,
            step: 1,
            strategy: core::Strategy::LeastBusy,
            key: core::Key(1, 2),
            runners_up: vec![core::RunnerUp { agent: core::AgentId(1), key: core::Key(1, 3) }],
            passed_over: vec![(core::Cause::LacksSkill(core::Code::new("loans")), 2)],
        });
    }
}
