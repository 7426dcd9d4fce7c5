//! # The routing core
//!
//! Who gets which piece of work, and why. Pure: no I/O, no clock, no chance; time arrives with
//! every command, and the same commands at the same times give the same events on every machine.
//!
//! [`State::handle`] takes a [`Command`], returns the [`Event`]s that followed or a named
//! [`Refusal`], and has applied them. [`State::apply`] takes an event that somebody else decided.

pub mod agent;
mod apply;
mod attribute;
mod command;
mod decide;
mod eligibility;
mod event;
mod explain;
mod id;
mod index;
pub mod item;
mod line;
mod matching;
pub mod queue;
mod reason;
mod refusal;
pub mod rule;
pub mod source;
mod state;
mod strategy;
mod time;
pub mod workspace;

pub use agent::{Agent, AgentSpec, Capacity, Code, Skills, Standing, Status};
pub use attribute::{Attributes, MAX_ATTRIBUTES, MAX_TEXT, Value};
pub use command::{Command, Seen, Target};
pub use decide::MAX_MATCHES;
pub use event::{Event, Notice, Outcome, Returned};
pub use explain::Verdict;
pub use id::{AgentId, ItemId, QueueId, RuleId, SourceId};
pub use item::{ContactKey, Hold, Item, ItemState, Submission};
pub use queue::{AtCap, Disposition, JoinAt, Kind, Mode, Presence, Queue, QueueSpec, Step, Then};
pub use reason::{Cause, MAX_RUNNERS_UP, Reason, RunnerUp, Way};
pub use refusal::Refusal;
pub use rule::{Condition, Op, Rule, RuleSpec, Trace};
pub use source::{DedupeScope, Source, SourceSpec};
pub use state::{Answer, Facts, Handled, State};
pub use strategy::{Candidate, Key, Strategy, TICK};
pub use time::{Hours, Shift, Time, TimeOfDay};
pub use workspace::{Dispatch, Settings};
