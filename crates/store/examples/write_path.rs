//! Measures the write path alone: leads in, assigned, durable, `in_flight` of them a transaction.
//!
//! `cargo run --release -p store --example write_path -- sqlite:/tmp/x.db [in_flight] [seconds]`
//!
//! Prints leads per second and where a batch's time goes, in microseconds.

use routing::{
    AgentId, AgentSpec, Answer, Code, Command, ContactKey, Facts, Presence, QueueId, QueueSpec,
    SourceId, SourceSpec, State, Submission, Time,
};
use std::time::{Duration, Instant};
use store::{Actor, Batch, BatchId, Options, Personal, Recorded, WorkspaceId};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Bench {
    store: std::sync::Arc<dyn store::Store>,
    workspace: WorkspaceId,
    state: State,
    run: u64,
    batches: u64,
    contacts: u64,
    spent: [Duration; 4],
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let url = args.next().ok_or("say which database")?;
    let in_flight: u64 = args.next().map_or(Ok(256), |a| a.parse())?;
    let secs: u64 = args.next().map_or(Ok(5), |a| a.parse())?;
    let store = store::open(&url, Options::default()).await?;
    store.migrate().await?;
    let run = u64::from(std::process::id()) << 32;
    let workspace = store.create_workspace(&format!("bench {run}"), [1; 32], Time(1)).await?;
    let state = State::restore(Facts::default());
    let (batches, contacts) = (0, 0);
    let mut bench =
        Bench { store, workspace, state, run, batches, contacts, spent: Default::default() };
    bench.furnish().await?;
    bench.spent = Default::default();
    let (start, before) = (Instant::now(), bench.batches);
    while start.elapsed() < Duration::from_secs(secs) {
        bench.batch((0..in_flight).map(|_| None).collect()).await?;
    }
    let (took, batches) = (start.elapsed(), bench.batches - before);
    let leads = batches * in_flight;
    println!("{:.0} leads/s, {in_flight} in flight", leads as f64 / took.as_secs_f64());
    let names = ["begin", "decide", "write", "commit"];
    for (name, spent) in names.iter().zip(bench.spent) {
        println!("  {name:7} {:6} µs a batch", spent.as_micros() / u128::from(batches.max(1)));
    }
    bench.reload().await
}

impl Bench {
    async fn furnish(&mut self) -> Result<()> {
        let (name, presence) = ("leads".to_owned(), Presence::Ignored);
        let queue = QueueSpec { name: name.clone(), presence, ..QueueSpec::default() };
        let source = SourceSpec { name, queue: QueueId(1), ..SourceSpec::default() };
        let mut commands = vec![
            Command::Configure { settings: Default::default() },
            Command::CreateQueue { spec: queue },
            Command::CreateSource { spec: source },
        ];
        for _ in 0..30 {
            let spec = AgentSpec { queues: [QueueId(1)].into(), ..AgentSpec::default() };
            commands.push(Command::CreateAgent { spec });
        }
        self.batch(commands.into_iter().map(Some).collect()).await
    }

    /// `None` is one more lead.
    async fn batch(&mut self, commands: Vec<Option<Command>>) -> Result<()> {
        self.batches += 1;
        let mut batch = Batch::new(BatchId::from_random((self.run + self.batches).to_be_bytes()));
        let started = Instant::now();
        let clock = Time(1_772_452_800_000 + self.batches as i64);
        let mut tx = self.store.begin(self.workspace, clock).await?;
        let begun = Instant::now();
        let at = tx.now();
        for command in commands {
            let command = command.unwrap_or_else(|| self.lead());
            let handled = self.state.handle(at, command);
            if let Ok(Answer::Item(item)) = handled.answer {
                let phone = format!("+9198{:08}", self.contacts);
                batch.personal.push(Personal {
                    item,
                    name: Some(format!("Contact {}", self.contacts)),
                    phone_raw: Some(phone.clone()),
                    phone: Some(phone),
                    phone_ok: true,
                    ..Personal::default()
                });
            }
            handled.answer?;
            let record = |event| Recorded { event, actor: Actor::Source(SourceId(1)), at };
            batch.events.extend(handled.events.into_iter().map(record));
        }
        let decided = Instant::now();
        tx.write(&batch, self.state.facts()).await?;
        let written = Instant::now();
        tx.commit().await?;
        self.state.forget_closed();
        let times = [started, begun, decided, written, Instant::now()];
        for (spent, span) in self.spent.iter_mut().zip(times.windows(2)) {
            *spent += span[1] - span[0];
        }
        Ok(())
    }

    fn lead(&mut self) -> Command {
        self.contacts += 1;
        let submission = Submission {
            source: SourceId(1),
            attributes: [("campaign", "spring"), ("product", "loan")].into_iter().collect(),
            region: Some(Code::new("mh")),
            contact: Some(ContactKey(
                u128::from(self.contacts).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
            )),
            ..Submission::default()
        };
        Command::Submit { submission }
    }

    /// How long a restart takes with all of these items open.
    async fn reload(&self) -> Result<()> {
        let started = Instant::now();
        let loaded = self.store.load(self.workspace).await?;
        let read = Instant::now();
        let state = State::restore(loaded.facts);
        let (items, agents) = (state.facts().items.len(), state.held(AgentId(1)).count());
        println!(
            "  load of {items} open items ({agents} of agent 1): {} ms, restore {} ms",
            (read - started).as_millis(),
            read.elapsed().as_millis()
        );
        Ok(())
    }
}
