//! A database for one test, and a workspace whose live state is compared with its tables.

use routing::{Answer, Command, Facts, ItemId, Settings, State, Submission, Time};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{
    Act, Actor, Batch, BatchId, Entry, Faults, Options, Personal, Recorded, Store, Traces,
    WorkspaceId,
};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Noon of 2026-03-02, a Monday, UTC.
pub const NOON: Time = Time(1_772_452_800_000);

/// A database of this test's own.
pub struct Database {
    pub url: String,
    pub store: Arc<dyn Store>,
    pub faults: Arc<Faults>,
    folder: Option<tempfile::TempDir>,
}

fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The cluster that `cargo xtask test` starts.
pub fn cluster() -> Result<String> {
    std::env::var("FAIRLEAD_TEST_POSTGRES").map_err(|_| {
        "FAIRLEAD_TEST_POSTGRES is not set: run the tests through `cargo xtask test`, which starts \
         a PostgreSQL of its own"
            .into()
    })
}

impl Database {
    pub async fn sqlite() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("fairlead.db").display());
        Self::open(url, Some(folder)).await
    }

    pub async fn postgres() -> Result<Self> {
        let cluster = cluster()?;
        let name = format!("contract_{}_{}", std::process::id(), unique());
        let mut conn = PgConnection::connect(&cluster).await?;
        conn.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        conn.close().await?;
        Self::open(in_database(&cluster, &name), None).await
    }

    async fn open(url: String, folder: Option<tempfile::TempDir>) -> Result<Self> {
        let faults = Arc::new(Faults::default());
        let options = Options { faults: Some(faults.clone()), ..Options::default() };
        let store = store::open(&url, options).await?;
        store.migrate().await?;
        Ok(Database { url, store, faults, folder })
    }

    pub fn is_postgres(&self) -> bool {
        self.folder.is_none()
    }

    /// A statement around the store, as somebody with the database's password has it.
    pub async fn meddle(&self, sql: &'static str) -> Result<()> {
        if self.is_postgres() {
            PgConnection::connect(&self.url).await?.execute(sql).await?;
        } else {
            SqliteConnection::connect(&self.url).await?.execute(sql).await?;
        }
        Ok(())
    }

    /// Every cell of every table, as text.
    pub async fn everything(&self) -> Result<String> {
        let columns = "SELECT table_name || '.' || column_name FROM information_schema.columns \
            WHERE table_schema = 'public'";
        let sqlite_columns = "SELECT m.name || '.' || c.name FROM sqlite_master AS m \
            JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'";
        let select = |column: &String| {
            let table = column.split('.').next().unwrap_or_default();
            format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE {column} IS NOT NULL")
        };
        let mut cells: Vec<String> = Vec::new();
        if self.is_postgres() {
            let mut conn = PgConnection::connect(&self.url).await?;
            let columns: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut conn).await?;
            for column in &columns {
                let found = sqlx::query_scalar(AssertSqlSafe(select(column)));
                cells.extend(found.fetch_all(&mut conn).await?);
            }
        } else {
            let mut conn = SqliteConnection::connect(&self.url).await?;
            let columns = sqlx::query_scalar(sqlite_columns).fetch_all(&mut conn);
            let columns: Vec<String> = columns.await?;
            for column in &columns {
                let found = sqlx::query_scalar(AssertSqlSafe(select(column)));
                cells.extend(found.fetch_all(&mut conn).await?);
            }
        }
        Ok(cells.join("\n"))
    }

    pub async fn remove(self) -> Result<()> {
        self.store.close().await;
        if self.is_postgres() {
            let name = self.url.rsplit('/').next().unwrap_or_default();
            let mut conn = PgConnection::connect(&cluster()?).await?;
            conn.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await?;
        }
        Ok(())
    }
}

/// The same cluster, another database.
fn in_database(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').unwrap_or((url, ""));
    format!("{server}/{name}")
}

/// A workspace with its live state, as a dispatcher has it.
pub struct Workspace {
    pub store: Arc<dyn Store>,
    pub id: WorkspaceId,
    pub state: State,
    pub seq: u64,
    pub now: Time,
    batch: u64,
}

impl Workspace {
    /// A new one, configured with the default settings.
    pub async fn create(database: &Database, name: &str) -> Result<Self> {
        let id = database.store.create_workspace(name, [7; 32], NOON).await?;
        let mut workspace = Workspace {
            store: database.store.clone(),
            id,
            state: State::restore(Facts::default()),
            seq: 0,
            now: NOON,
            batch: id.0 << 32,
        };
        let settings = Settings { country: "IN".into(), ..Settings::default() };
        workspace.act(Command::Configure { settings }).await?;
        Ok(workspace)
    }

    pub fn batch(&mut self) -> Batch {
        self.batch += 1;
        Batch::new(BatchId::from_random(self.batch.to_be_bytes()))
    }

    /// One command, one transaction. A refusal is an error.
    pub async fn act(&mut self, command: Command) -> Result<Answer> {
        self.act_all(vec![command]).await?.pop().ok_or("no answer")?
    }

    /// Several commands in one transaction.
    pub async fn act_all(&mut self, commands: Vec<Command>) -> Result<Vec<Result<Answer>>> {
        let mut batch = self.batch();
        self.act_with(&mut batch, commands).await
    }

    /// Decides into `batch` and writes it with whatever stands in it already.
    pub async fn act_with(
        &mut self,
        batch: &mut Batch,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Answer>>> {
        let mut tx = self.store.begin(self.id, self.now).await?;
        assert_eq!(tx.seq(), self.seq, "somebody else wrote");
        // Not the database's clock: a story tells its own time.
        let at = self.now.max(self.state.facts().now);
        let mut answers = Vec::new();
        for command in commands {
            let handled = self.state.handle(at, command);
            let record = |event| Recorded { event, actor: Actor::System, at };
            batch.events.extend(handled.events.into_iter().map(record));
            answers.push(handled.answer.map_err(|refusal| refusal.to_string().into()));
        }
        batch.next_deadline = self.state.next_deadline();
        let written = tx.write(batch, self.state.facts()).await?;
        tx.commit().await?;
        self.seq = written.last;
        self.state.forget_closed();
        Ok(answers)
    }

    /// Erases the person of one item; says how many rows that were.
    pub async fn erase(&self, item: ItemId) -> Result<u64> {
        let traces = Traces { items: vec![item], ..Traces::default() };
        Ok(self.store.erase_contact(self.id, &traces, &erasure(), self.now).await?)
    }

    /// Throws the live state away and loads it, as after any error.
    pub async fn reload(&mut self) -> Result<()> {
        let loaded = self.store.load(self.id).await?;
        self.state = State::restore(loaded.facts);
        self.seq = loaded.seq;
        Ok(())
    }

    /// The same workspace on another node.
    pub fn other_node(&self) -> Self {
        Workspace {
            store: self.store.clone(),
            id: self.id,
            state: State::restore(Facts::default()),
            seq: 0,
            now: self.now,
            batch: self.batch + (1 << 31),
        }
    }

    /// Applies what others wrote.
    pub async fn catch_up(&mut self) -> Result<()> {
        let mut tx = self.store.begin(self.id, self.now).await?;
        loop {
            let entries = tx.events_since(self.seq, 2).await?;
            let Some(last) = entries.last() else { break };
            self.seq = last.seq;
            for entry in entries {
                self.state.apply(entry.at, &entry.event);
            }
        }
        assert_eq!(self.seq, tx.seq());
        self.state.forget_closed();
        Ok(tx.rollback().await?)
    }

    /// An item that is about somebody.
    pub async fn submit_person(&mut self, submission: Submission) -> Result<ItemId> {
        let item = ItemId(self.state.facts().last_item.0 + 1);
        let mut batch = self.batch();
        batch.personal.push(personal(item, "+77010000000"));
        self.act_with(&mut batch, vec![Command::Submit { submission }]).await?.remove(0)?;
        Ok(item)
    }

    pub async fn submit(&mut self, submission: Submission) -> Result<ItemId> {
        match self.act(Command::Submit { submission }).await? {
            Answer::Item(item) => Ok(item),
            other => Err(format!("submit answered {other:?}").into()),
        }
    }

    pub fn after_secs(&mut self, secs: u32) {
        self.now = self.now.plus_secs(secs);
    }

    pub async fn journal(&self) -> Result<Vec<Entry>> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(0, |e| e.seq);
            let more = self.store.events_since(self.id, after, 1_000).await?;
            if more.is_empty() {
                return Ok(entries);
            }
            entries.extend(more);
        }
    }

    /// Live, loaded and replayed are the same bytes, the given events decide the decided ones, and
    /// the chain holds.
    pub async fn check(&self) -> Result<()> {
        let live = text(&self.state);
        let loaded = self.store.load(self.id).await?;
        assert_eq!(loaded.seq, self.seq);
        assert_eq!(text(&State::restore(loaded.facts)), live, "loaded is not live");
        let entries = self.journal().await?;
        assert_eq!(entries.len() as u64, self.seq);
        let mut applied = State::restore(Facts::default());
        for entry in &entries {
            applied.apply(entry.at, &entry.event);
            applied.forget_closed();
        }
        assert_eq!(text(&applied), live, "replayed is not live");
        let chain = self.store.verify_chain(self.id).await?;
        assert_eq!(chain.broken, None);
        assert_eq!((chain.events, chain.head), (self.seq, loaded.head));
        assert_eq!(self.store.verify_audit(self.id).await?.broken, None);
        Ok(())
    }
}

fn text(state: &State) -> String {
    String::from_utf8_lossy(&state.canonical()).into_owned()
}

/// What is audited of an erasure.
pub fn erasure() -> Act {
    let body = serde_json::json!({"reason": "requested"});
    let (act, object) = (store::CONTACT_ERASED, "contact");
    Act { actor: Actor::System, act, object, object_id: None, body }
}

/// A contact for an item.
pub fn personal(item: ItemId, phone: &str) -> Personal {
    Personal {
        item,
        name: Some("Асель 王".to_owned()),
        phone: Some(phone.to_owned()),
        phone_raw: Some(phone.replace('+', "00")),
        phone_ok: true,
        email: None,
        attributes: [("note".to_owned(), "from \"the\" fair".into())].into_iter().collect(),
    }
}
