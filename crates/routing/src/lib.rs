//! # The routing core
//!
//! Who gets which piece of work, and why. Pure: no I/O, no clock, no chance; time arrives with
//! every command, and the same commands at the same times give the same events on every machine.
//!
//! [`State::handle`] takes a [`Command`], applies the [`Event`]s that follow and returns them with
//! the answer, or with a named [`Refusal`]. [`State::apply`] takes an event decided elsewhere.
//!
//! ```
//! use routing::*;
//!
//! let nine = Time(1_772_420_400_000);
//! let mut state = State::default();
//! state.handle(nine, Command::Configure { settings: Settings::default() });
//! let queue = QueueSpec { name: "leads".into(), ..QueueSpec::default() };
//! state.handle(nine, Command::CreateQueue { spec: queue });
//! let source = SourceSpec { name: "META".into(), queue: QueueId(1), ..SourceSpec::default() };
//! state.handle(nine, Command::CreateSource { spec: source });
//! let asha = AgentSpec { queues: [QueueId(1)].into(), ..AgentSpec::default() };
//! state.handle(nine, Command::CreateAgent { spec: asha });
//! state.handle(nine, Command::SignIn { agent: AgentId(1) });
//!
//! let submission = Submission { source: SourceId(1), ..Submission::default() };
//! let handled = state.handle(nine, Command::Submit { submission });
//! assert_eq!(handled.answer, Ok(Answer::Item(ItemId(1))));
//! // Submitted (given); queued and assigned (decided), with the reason.
//! assert!(matches!(&handled.events[2], Event::Assigned { agent: AgentId(1), reason, .. }
//!     if reason.way == Way::Matched));
//! ```

pub mod agent;
mod apply;
mod attribute;
mod bar;
mod calling;
mod command;
mod decide;
mod eligibility;
mod event;
mod explain;
mod futile;
mod id;
mod implication;
mod index;
pub mod item;
mod line;
mod matching;
mod notice;
pub mod queue;
mod reason;
mod refusal;
mod roster;
pub mod rule;
pub mod source;
mod state;
mod strategy;
mod time;
mod trial;
pub mod workspace;

pub use agent::{Agent, AgentSpec, Capacity, Code, LastResult, Skills, Standing, Status};
pub use attribute::{Attributes, MAX_ATTRIBUTES, MAX_TEXT, Value};
pub use bar::Bar;
pub use calling::{Callable, Calling, OutsideCalling};
pub use command::{Command, Seen, Target};
pub use decide::MAX_MATCHES;
pub use event::{Event, Notice, Outcome, Returned};
pub use explain::{Contender, Verdict};
pub use futile::Futile;
pub use id::{AgentId, ItemId, QueueId, RuleId, SourceId};
pub use item::{Callback, ContactKey, Hold, Item, ItemState, Promise, Submission};
pub use queue::{
    AtCap, Disposition, JoinAt, Kind, Mode, Presence, Queue, QueueSpec, ServiceTarget, Silence,
    Step, Then,
};
pub use reason::{Cause, MAX_RUNNERS_UP, Reason, RunnerUp, Way};
pub use refusal::Refusal;
pub use roster::{DaysOff, Holidays, Hours, Roster, Shift};
pub use rule::{Condition, Op, PassedOver, Rule, RuleSpec, Trace};
pub use source::{DedupeScope, Source, SourceSpec};
pub use state::{Answer, Facts, Handled, State};
pub use strategy::{Candidate, Key, Strategy, TICK};
pub use time::{Time, TimeOfDay};
pub use trial::{Fate, Trial, Tried};
pub use workspace::{Dispatch, Settings};
