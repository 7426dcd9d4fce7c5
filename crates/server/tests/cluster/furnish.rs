//! Databases and furnished workspaces for these tests.

use futures_util::future::join_all;
use routing::{
    AgentId, AgentSpec, Answer, Code, Command, Event, ItemId, Mode, Presence, QueueId, QueueSpec,
    Settings, SourceId, SourceSpec, Submission, Time,
};
use server::clock::Clock;
use server::dispatcher::{
    Actor, Dispatcher, Done, Heard, Personal, Published, Request, Subscription, Work, WorkspaceId,
};
use sqlx::{Connection, Executor};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::Store;

/// Nothing here takes longer, unless it never comes.
pub const BOUND: Duration = Duration::from_secs(60);

/// 2026-03-02, a Monday, 09:00 UTC.
pub const MONDAY: Time = Time(1_772_442_000_000);

/// A SQLite database in a folder that goes with it.
pub struct File {
    folder: tempfile::TempDir,
}

impl File {
    pub fn new() -> Self {
        File { folder: tempfile::tempdir().unwrap() }
    }

    pub async fn open(&self, options: store::Options) -> Arc<dyn Store> {
        let path = self.folder.path().join("fairlead.db");
        open(&format!("sqlite:{}", path.display()), options).await
    }
}

/// A PostgreSQL database of this test's own.
pub async fn postgres() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let admin = std::env::var("FAIRLEAD_TEST_POSTGRES").expect(
        "FAIRLEAD_TEST_POSTGRES is not set: run `cargo xtask test`, or this test with \
         `cargo xtask postgres cargo nextest run --release -p server`",
    );
    let name = format!("cluster_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = sqlx::PgConnection::connect(&admin).await.unwrap();
    let create = format!("CREATE DATABASE {name}");
    connection.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
    let (server, _) = admin.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

pub async fn open(url: &str, options: store::Options) -> Arc<dyn Store> {
    let store = store::open(url, options).await.unwrap();
    store.migrate().await.unwrap();
    store
}

pub fn start(store: &Arc<dyn Store>, clock: &Clock) -> Dispatcher {
    Dispatcher::start(store.clone(), clock.clone(), true).unwrap()
}

/// A workspace with one queue, one source and some agents who serve it.
#[derive(Clone)]
pub struct Shop {
    pub workspace: WorkspaceId,
    pub queue: QueueId,
    pub source: SourceId,
    pub agents: Vec<AgentId>,
}

/// What the queue is like.
pub fn leads(mode: Mode, presence: Presence) -> QueueSpec {
    QueueSpec { name: "leads".into(), mode, presence, ..QueueSpec::default() }
}

impl Shop {
    pub async fn furnish(
        store: &Arc<dyn Store>,
        dispatcher: &Dispatcher,
        queue: QueueSpec,
        agents: usize,
    ) -> Self {
        let now = Clock::system().now();
        let name = format!("shop {}", now.0);
        let workspace = store.create_workspace(&name, [7; 32], now).await.unwrap();
        let mut shop =
            Shop { workspace, queue: QueueId(0), source: SourceId(0), agents: Vec::new() };
        let settings = Settings::default();
        shop.command(dispatcher, Command::Configure { settings }).await;
        let made = shop.command(dispatcher, Command::CreateQueue { spec: queue }).await;
        let Answer::Queue(queue) = made.answer else { panic!("no queue: {made:?}") };
        shop.queue = queue;
        let spec = SourceSpec { name: "web".into(), queue, ..SourceSpec::default() };
        let made = shop.command(dispatcher, Command::CreateSource { spec }).await;
        let Answer::Source(source) = made.answer else { panic!("no source: {made:?}") };
        shop.source = source;
        for _ in 0..agents {
            let spec = AgentSpec { queues: [queue].into(), ..AgentSpec::default() };
            let made = shop.command(dispatcher, Command::CreateAgent { spec }).await;
            let Answer::Agent(agent) = made.answer else { panic!("no agent: {made:?}") };
            shop.agents.push(agent);
        }
        shop
    }

    pub async fn command(&self, dispatcher: &Dispatcher, command: Command) -> Done {
        let request = Request::command(Actor::System, command);
        let mut results = dispatcher.submit(self.workspace, request).await.unwrap();
        results.remove(0).unwrap()
    }

    pub fn lead(&self, number: usize) -> Work {
        let contact = store::Personal {
            name: Some(format!("Contact {number}")),
            phone: Some(format!("+1555{number:07}")),
            phone_ok: true,
            ..store::Personal::default()
        };
        let submission = Submission {
            source: self.source,
            region: Some(Code::new("mh")),
            contact: Some(routing::ContactKey(number as u128)),
            ..Submission::default()
        };
        Work {
            personal: vec![Personal::Contact(Box::new(contact))],
            ..Command::Submit { submission }.into()
        }
    }

    pub fn lead_request(&self, number: usize) -> Request {
        let actor = Actor::Source(self.source);
        Request { actor, idempotency: None, work: vec![self.lead(number)] }
    }

    /// Submits leads, all at once, and gives what was assigned.
    pub async fn submit(
        &self,
        dispatcher: &Dispatcher,
        numbers: std::ops::Range<usize>,
    ) -> Vec<(ItemId, AgentId)> {
        let requests = numbers.map(|n| dispatcher.submit(self.workspace, self.lead_request(n)));
        let answers = join_all(requests).await;
        answers.into_iter().flat_map(|answer| answer.unwrap()).map(|r| got(&r.unwrap())).collect()
    }

    /// The bytes of the node's state.
    pub async fn state(&self, dispatcher: &Dispatcher) -> Vec<u8> {
        dispatcher.read(self.workspace, routing::State::canonical).await.unwrap()
    }

    /// The bytes of the state as the tables have it.
    pub async fn tables(&self, store: &Arc<dyn Store>) -> Vec<u8> {
        let loaded = store.load(self.workspace).await.unwrap();
        routing::State::restore(loaded.facts).canonical()
    }

    /// Checks that chain, tables and replay agree, and gives the journal.
    pub async fn audit(&self, store: &Arc<dyn Store>) -> Vec<store::Entry> {
        let chain = store.verify_chain(self.workspace).await.unwrap();
        assert_eq!(chain.broken, None);
        let mut entries = Vec::new();
        let mut replayed = routing::State::default();
        loop {
            let page = store.events_since(self.workspace, entries.len() as u64, 5_000).await;
            let page = page.unwrap();
            if page.is_empty() {
                break;
            }
            for entry in &page {
                replayed.apply(entry.at, &entry.event);
            }
            entries.extend(page);
        }
        replayed.forget_closed();
        assert_eq!(chain.events, entries.len() as u64);
        assert_eq!(
            String::from_utf8_lossy(&replayed.canonical()),
            String::from_utf8_lossy(&self.tables(store).await)
        );
        entries
    }
}

/// The item of a submission and who got it.
pub fn got(done: &Done) -> (ItemId, AgentId) {
    let Answer::Item(item) = done.answer else { panic!("no item: {done:?}") };
    let agent = done.events.iter().find_map(|event| match event {
        Event::Assigned { item: i, agent, .. } | Event::Offered { item: i, agent, .. }
            if *i == item =>
        {
            Some(*agent)
        }
        _ => None,
    });
    (item, agent.unwrap_or_default())
}

/// Hears events until one is wanted.
pub async fn hear(
    subscription: &mut Subscription,
    mut wanted: impl FnMut(&Published) -> bool,
) -> Arc<Published> {
    let hearing = async {
        loop {
            match subscription.next().await.expect("the dispatcher goes on") {
                Heard::Event(event) if wanted(&event) => return event,
                Heard::Event(_)
                | Heard::Resync
                | Heard::Reload
                | Heard::Announced
                | Heard::DesksChanged => {}
            }
        }
    };
    tokio::time::timeout(BOUND, hearing).await.expect("heard in time")
}

/// Tries again until it holds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let trying = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, trying).await.unwrap_or_else(|_| panic!("never: {what}"));
}
