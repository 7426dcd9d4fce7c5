//! The work that is measured: a workspace's agents and the leads that come in. The baseline is
//! given the same.

use crate::Problem;
use routing::{
    AgentSpec, Answer, Code, Command, Mode, Presence, QueueSpec, Settings, SourceId, SourceSpec,
    Step, Submission,
};
use server::clock::Clock;
use server::dispatcher::{Actor, Dispatcher, Done, Personal, Request, Work, WorkspaceId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Store;

/// Who is at work, and how many states they are spread over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Team {
    pub agents: u64,
    pub states: u64,
}

/// What is judged.
pub const DESK: Team = Team { agents: 30, states: 6 };

/// A country's team, five in each of 36 states: so many that leads which come in at the same
/// moment seldom want the same agent, and the classic way's row locks seldom meet.
pub const COUNTRY: Team = Team { agents: 180, states: 36 };

impl Team {
    /// Some leads come from states without agents: these go to anyone.
    fn lead_states(self) -> u64 {
        self.states + self.states.div_ceil(9)
    }
}

/// A cap that is checked and never reached.
pub const DAILY_CAP: u32 = 100_000_000;
/// Each so manyth lead repeats the phone of the one that many before: a duplicate.
const REPEATS: u64 = 100;
const REPEAT_OF: u64 = 20_000;

/// A lead as it comes in.
#[derive(Clone, Copy, Debug)]
pub struct Lead {
    phone: u64,
    number: u64,
}

impl Lead {
    /// The lead of that number.
    pub fn number(number: u64) -> Lead {
        let repeats = number.is_multiple_of(REPEATS) && number > REPEAT_OF;
        let person = if repeats { number - REPEAT_OF + 1 } else { number };
        // Phones come in no order, so that no index has it easier than in life: multiplying by an
        // odd number modulo a power of two meets each once.
        let phone = person.wrapping_mul(0x9e37_79b9_7f4a_7c15) % (1 << 33);
        Lead { phone, number }
    }

    pub fn name(self) -> String {
        format!("Contact {}", self.phone)
    }

    /// E.164.
    pub fn phone(self) -> String {
        format!("+91{:010}", self.phone)
    }

    pub fn state(self, team: Team) -> String {
        format!("s{}", self.number.wrapping_mul(11) % team.lead_states())
    }
}

/// Counts leads up, for all who send them.
pub type Numbers = Arc<AtomicU64>;

/// The next lead.
pub fn next(numbers: &Numbers) -> Lead {
    Lead::number(numbers.fetch_add(1, Ordering::Relaxed) + 1)
}

/// Opens a database and brings its tables to this version.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, Problem> {
    let store = store::open(url, store::Options::default()).await?;
    store.migrate().await?;
    Ok(store)
}

/// Starts a dispatcher.
pub fn dispatch(store: &Arc<dyn Store>) -> Result<Dispatcher, Problem> {
    Ok(Dispatcher::start(store.clone(), Clock::system(), true)?)
}

/// A furnished workspace.
#[derive(Clone, Debug)]
pub struct Shop {
    pub team: Team,
    pub workspace: WorkspaceId,
    pub source: SourceId,
}

impl Shop {
    /// Agents who serve their state at once, and anybody when nobody there can.
    pub async fn furnish(
        store: &Arc<dyn Store>,
        node: &Dispatcher,
        name: &str,
        team: Team,
    ) -> Result<Self, Problem> {
        let now = Clock::system().now();
        let workspace = store.create_workspace(name, [7; 32], now).await?;
        let mut shop = Shop { team, workspace, source: SourceId(0) };
        let settings = Settings { country: "IN".into(), ..Settings::default() };
        shop.command(node, Command::Configure { settings }).await?;
        let spec = QueueSpec {
            name: "leads".into(),
            mode: Mode::Push,
            presence: Presence::Ignored,
            steps: vec![Step { same_region: true, ..Step::default() }, Step::default()],
            ..QueueSpec::default()
        };
        let made = shop.command(node, Command::CreateQueue { spec }).await?;
        let Answer::Queue(queue) = made.answer else { return Err("no queue was made".into()) };
        let spec = SourceSpec { name: "web".into(), queue, ..SourceSpec::default() };
        let face = store::SourceFace {
            source: SourceId(0),
            key: "web".into(),
            signing: "shared_secret".into(),
            dedupe_key: "phone".into(),
            attributes: serde_json::json!([]),
            map: serde_json::json!({}),
            retention_days: None,
            ..store::SourceFace::default()
        };
        let source = Work {
            personal: vec![Personal::Source(Box::new(face))],
            ..Command::CreateSource { spec }.into()
        };
        let made = shop.one(node, source).await?;
        let Answer::Source(source) = made.answer else { return Err("no source was made".into()) };
        shop.source = source;
        for n in 0..team.agents {
            let spec = AgentSpec {
                queues: [queue].into(),
                regions: [Code::new(&format!("s{}", n % team.states))].into(),
                daily_cap: Some(DAILY_CAP),
                ..AgentSpec::default()
            };
            let agent = Work {
                personal: vec![Personal::AgentName(format!("Agent {}", n + 1))],
                ..Command::CreateAgent { spec }.into()
            };
            shop.one(node, agent).await?;
        }
        Ok(shop)
    }

    async fn command(&self, node: &Dispatcher, command: Command) -> Result<Done, Problem> {
        self.one(node, Work::from(command)).await
    }

    async fn one(&self, node: &Dispatcher, work: Work) -> Result<Done, Problem> {
        let request = Request { actor: Actor::System, idempotency: None, work: vec![work] };
        let result = node.submit(self.workspace, request).await?.pop();
        Ok(result.ok_or("a command had no result")??)
    }

    /// A lead as work for the dispatcher.
    pub fn work(&self, lead: Lead) -> Work {
        let contact = store::Personal {
            name: Some(lead.name()),
            phone: Some(lead.phone()),
            phone_raw: Some(lead.phone()),
            phone_ok: true,
            ..store::Personal::default()
        };
        // Spread over all keys, as the keyed hash of a phone is.
        let key = u128::from(lead.phone).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let submission = Submission {
            source: self.source,
            region: Some(Code::new(&lead.state(self.team))),
            contact: Some(routing::ContactKey(key)),
            ..Submission::default()
        };
        let personal = vec![Personal::Contact(Box::new(contact))];
        Work { personal, ..Command::Submit { submission }.into() }
    }

    /// Submits one lead; it is durable when this returns.
    pub async fn submit(&self, node: &Dispatcher, lead: Lead) -> Result<Done, Problem> {
        let work = vec![self.work(lead)];
        let request = Request { actor: Actor::Source(self.source), idempotency: None, work };
        let result = node.submit(self.workspace, request).await?.pop();
        Ok(result.ok_or("a lead had no result")??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_a_hundred_repeats_a_phone_and_no_others() {
        let mut seen = std::collections::HashSet::new();
        let numbers = 1..=200_000;
        let repeats = numbers.filter(|n| !seen.insert(Lead::number(*n).phone())).count();
        assert_eq!(repeats, 1_800);
    }
}
