//! A workspace with a queue, a source and 30 agents, through the real dispatcher.

use routing::{
    AgentSpec, Answer, Code, Command, Mode, Presence, QueueId, QueueSpec, Refusal, Settings,
    SourceId, SourceSpec, Step, Submission,
};
use server::clock::Clock;
use server::dispatcher::{
    Actor, Dispatcher, Done, Personal, Request, SubmitError, Work, WorkspaceId,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Store;

/// Anything that stops a benchmark.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The states that leads come from; the baseline has the same.
pub const STATES: [&str; 5] = ["mh", "ka", "dl", "tn", "gj"];

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
#[derive(Clone)]
pub struct Shop {
    pub workspace: WorkspaceId,
    source: SourceId,
    next: Arc<AtomicU64>,
}

impl Shop {
    /// `mode` push: 25 agents for five states, five for all; pull: everything waits.
    pub async fn furnish(
        store: &Arc<dyn Store>,
        dispatcher: &Dispatcher,
        mode: Mode,
    ) -> Result<Self, Problem> {
        let now = Clock::system().now();
        let name = format!("bench {}", now.0);
        let workspace = store.create_workspace(&name, [7; 32], now).await?;
        let next = Arc::new(AtomicU64::new(1));
        let mut shop = Shop { workspace, source: SourceId(0), next };
        shop.one(dispatcher, Command::Configure { settings: Settings::default() }).await?;
        // The lead's state first, everybody at once when nobody there is free.
        let steps = vec![Step { same_region: true, ..Step::default() }, Step::default()];
        let spec = QueueSpec {
            name: "leads".into(),
            mode,
            presence: Presence::Ignored,
            steps,
            ..QueueSpec::default()
        };
        let queue = match shop.one(dispatcher, Command::CreateQueue { spec }).await?.answer {
            Answer::Queue(queue) => queue,
            _ => QueueId(0),
        };
        let spec = SourceSpec { name: "web".into(), queue, ..SourceSpec::default() };
        if let Answer::Source(source) =
            shop.one(dispatcher, Command::CreateSource { spec }).await?.answer
        {
            shop.source = source;
        }
        for n in 0..30 {
            let regions = STATES.get(n / 5).map(|state| Code::new(state)).into_iter().collect();
            let spec = AgentSpec { queues: [queue].into(), regions, ..AgentSpec::default() };
            shop.one(dispatcher, Command::CreateAgent { spec }).await?;
        }
        Ok(shop)
    }

    async fn one(&self, dispatcher: &Dispatcher, command: Command) -> Result<Done, Problem> {
        let request = Request::command(Actor::System, command);
        match dispatcher.submit(self.workspace, request).await?.pop() {
            Some(result) => Ok(result?),
            None => Err("no result".into()),
        }
    }

    fn lead(&self) -> Work {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let contact = store::Personal {
            name: Some(format!("Contact {number}")),
            phone: Some(format!("+9198{number:08}")),
            phone_raw: Some(format!("98{number:08}")),
            phone_ok: true,
            ..store::Personal::default()
        };
        let submission = Submission {
            source: self.source,
            region: Some(Code::new(STATES[number as usize % STATES.len()])),
            contact: Some(routing::ContactKey(u128::from(number))),
            ..Submission::default()
        };
        let personal = vec![Personal::Contact(Box::new(contact))];
        Work { command: Command::Submit { submission }, personal }
    }

    /// Submits so many leads in one request, and returns when they are durable.
    pub async fn submit(&self, dispatcher: &Dispatcher, leads: usize) -> Result<(), Problem> {
        let work = (0..leads).map(|_| self.lead()).collect();
        let request = Request { actor: Actor::Source(self.source), idempotency: None, work };
        let results: Result<Vec<Result<Done, Refusal>>, SubmitError> =
            dispatcher.submit(self.workspace, request).await;
        results?.into_iter().collect::<Result<Vec<Done>, Refusal>>()?;
        Ok(())
    }
}
