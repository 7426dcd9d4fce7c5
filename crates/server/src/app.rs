//! What every operation works with: store, dispatcher, limits, and what is kept for a moment.

use crate::api::reports::Finished;
use crate::api::setup::Pending;
use crate::auth::attempts::Attempts;
use crate::auth::password::Passwords;
use crate::auth::seal::{SealError, Sealer};
use crate::auth::throttle::Throttle;
use crate::auth::{Caller, Role, secret};
use crate::cached::Cached;
use crate::clock::Clock;
use crate::config::Config;
use crate::counts::Counts;
use crate::dispatcher::{
    Actor, Dispatcher, Done, IdempotencyKey, Request, Results, Work, WorkspaceId,
};
use crate::http::Problem;
use crate::http::metrics::Metrics;
use crate::http::problem::Answered;
use crate::http::request::RequestIds;
use crate::live::Board;
use crate::recount::Recount;
use crate::sheets::Turns;
use crate::submission::KnownSource;
use crate::words::Lexicon;
use routing::{AgentId, Command, Settings, SourceId, State};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use store::{ImportId, Session, SourceRow, Store, Token, User};
use tokio::sync::watch;

/// Agents' names.
pub type Names = Arc<BTreeMap<AgentId, String>>;

/// The server's parts together; clones are cheap.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

/// The parts themselves.
pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub store: Arc<dyn Store>,
    pub dispatcher: Dispatcher,
    pub metrics: Metrics,
    pub request_ids: RequestIds,
    pub passwords: Passwords,
    pub throttle: Throttle,
    pub attempts: Attempts,
    pub edits: Edits,
    pub board: Board,
    /// Wake the tasks that fetch leads, and that change rules later: there is something new to do.
    pub fetch_wake: tokio::sync::Notify,
    pub rules_wake: tokio::sync::Notify,
    /// Whose turn it is with which sheet, on this node.
    pub sheets: Turns,
    pub imports_running: Running,
    pub import_turns: tokio::sync::Semaphore,
    /// Tests of endpoints take threads that wait.
    pub pings: tokio::sync::Semaphore,
    /// Copies of the database are made one after the other.
    pub backups: tokio::sync::Mutex<()>,
    /// The tables held against the journal, for one audit at a time.
    pub recount: Recount,
    /// Held while a period is played again: it takes memory and a core.
    pub simulating: Arc<tokio::sync::Mutex<()>>,
    /// Turns true when the server stops: long answers end.
    pub stopping: watch::Receiver<bool>,
    /// Workspaces that wait for their first admin.
    pub setup: Mutex<Vec<Pending>>,
    /// Where this server is reached, such as `http://127.0.0.1:8080`.
    pub root: OnceLock<String>,
    /// Where commands on this machine reach it, if not there.
    pub door: OnceLock<String>,
    tokens: Cached<String, Token>,
    sessions: Cached<String, (Session, User)>,
    names: Cached<WorkspaceId, Names>,
    words: Cached<WorkspaceId, Arc<Lexicon>>,
    pub sources: Cached<(WorkspaceId, String), Arc<KnownSource>>,
    sources_by_id: Cached<(WorkspaceId, String), Arc<KnownSource>>,
    settings: Cached<WorkspaceId, Arc<Settings>>,
    workspaces: Cached<(), Arc<Vec<WorkspaceId>>>,
    /// How a source's objects are read, by the source and the fields' names.
    pub forms: Cached<(WorkspaceId, SourceId, String), Arc<connectors::Form>>,
    played: Cached<(WorkspaceId, AgentId), ()>,
    /// Tokens of this process alone: how commands on this machine get in.
    local: Mutex<HashMap<String, Caller>>,
    contact_keys: Cached<WorkspaceId, [u8; 32]>,
    counts: Cached<WorkspaceId, Arc<Counts>>,
    pub finished: Cached<WorkspaceId, Arc<Finished>>,
    sealer: OnceLock<Arc<Sealer>>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(
        config: Config,
        clock: Clock,
        store: Arc<dyn Store>,
        dispatcher: Dispatcher,
        stopping: watch::Receiver<bool>,
    ) -> std::io::Result<App> {
        let mut start = [0u8; 8];
        getrandom::fill(&mut start).map_err(|e| std::io::Error::other(e.to_string()))?;
        let moment = Duration::from_secs(3);
        let sheets = Turns::new(store.is_shared())?;
        let metrics = Metrics::new(|registry| dispatcher.metrics().register(registry));
        let import_turns = tokio::sync::Semaphore::new(config.limits.imports);
        Ok(App(Arc::new(Parts {
            throttle: Throttle::new(config.limits.sign_ins_per_minute),
            attempts: Attempts::default(),
            config,
            clock,
            store,
            dispatcher,
            metrics,
            request_ids: RequestIds::new(u64::from_ne_bytes(start)),
            passwords: Passwords::new(2),
            sheets,
            imports_running: Running::default(),
            import_turns,
            edits: Edits::default(),
            board: Board::default(),
            fetch_wake: tokio::sync::Notify::new(),
            rules_wake: tokio::sync::Notify::new(),
            pings: tokio::sync::Semaphore::new(4),
            backups: tokio::sync::Mutex::default(),
            recount: Recount::default(),
            simulating: Arc::default(),
            stopping,
            setup: Mutex::default(),
            root: OnceLock::new(),
            door: OnceLock::new(),
            tokens: Cached::new(moment),
            sessions: Cached::new(moment),
            names: Cached::new(moment),
            words: Cached::new(moment),
            sources: Cached::new(moment),
            sources_by_id: Cached::new(moment),
            settings: Cached::new(moment),
            workspaces: Cached::new(moment),
            forms: Cached::new(Duration::from_secs(600)),
            played: Cached::new(Duration::from_secs(180)),
            local: Mutex::default(),
            contact_keys: Cached::new(Duration::from_secs(3600)),
            counts: Cached::new(Duration::from_secs(60)),
            finished: Cached::new(Duration::from_secs(60)),
            sealer: OnceLock::new(),
        })))
    }

    /// Has work done, in order, in one batch.
    pub async fn work(
        &self,
        caller: &Caller,
        idempotency: Option<IdempotencyKey>,
        work: Vec<Work>,
    ) -> Answered<Results> {
        let request = Request { actor: caller.actor, idempotency, work };
        Ok(self.dispatcher.submit(caller.workspace, request).await?)
    }

    /// Has one piece of work done.
    pub async fn one(
        &self,
        caller: &Caller,
        idempotency: Option<IdempotencyKey>,
        work: Vec<Work>,
    ) -> Answered<Done> {
        let results = self.work(caller, idempotency, work).await?;
        let first = results.into_iter().next();
        Ok(first.ok_or_else(|| Problem::internal("no result for a piece of work"))??)
    }

    /// Carries out one command.
    pub async fn command(&self, caller: &Caller, command: Command) -> Answered<Done> {
        self.one(caller, None, vec![command.into()]).await
    }

    /// Looks at the committed state; the look holds up the workspace, so it must be quick.
    pub async fn look<R: Send + 'static>(
        &self,
        workspace: WorkspaceId,
        look: impl FnOnce(&State) -> R + Send + 'static,
    ) -> Answered<R> {
        Ok(self.dispatcher.read(workspace, look).await?)
    }

    /// Open items by queue and state.
    pub async fn counts(&self, workspace: WorkspaceId) -> Answered<Arc<Counts>> {
        if let Some(counts) = self.counts.get(&workspace).filter(|c| c.is_fresh()) {
            return Ok(counts);
        }
        let counts = Arc::new(self.look(workspace, Counts::of).await?);
        self.counts.put(workspace, counts.clone());
        Ok(counts)
    }

    /// Agents' names.
    pub async fn names(&self, workspace: WorkspaceId) -> Answered<Names> {
        if let Some(names) = self.names.get(&workspace) {
            return Ok(names);
        }
        let names: Names = Arc::new(self.store.agent_names(workspace).await?.into_iter().collect());
        self.names.put(workspace, names.clone());
        Ok(names)
    }

    /// The words to describe a workspace's events and reasons with, to anybody, in English.
    pub async fn words(&self, workspace: WorkspaceId) -> Answered<Arc<Lexicon>> {
        if let Some(known) = self.words.get(&workspace) {
            return Ok(known);
        }
        let agents = (*self.names(workspace).await?).clone();
        let known = Lexicon { agents, ..self.look(workspace, Lexicon::new).await? };
        let known = Arc::new(known);
        self.words.put(workspace, known.clone());
        Ok(known)
    }

    /// The same for the caller: in their language, and an agent's as of themselves.
    pub async fn lexicon(&self, caller: &Caller) -> Answered<Lexicon> {
        let known = self.words(caller.workspace).await?;
        let (language, reader, now) = (caller.language, caller.only()?, Some(self.clock.now()));
        Ok(Lexicon { language, reader, now, ..(*known).clone() })
    }

    /// Whose token it is.
    pub async fn caller_of(&self, token: &str) -> Answered<Option<Caller>> {
        let hash = secret::hash(token);
        if let Some(token) = self.tokens.get(&hash) {
            return Ok(Some(token.into()));
        }
        let local = self.local.lock().unwrap_or_else(|e| e.into_inner()).get(&hash).cloned();
        if local.is_some() {
            return Ok(local);
        }
        let token = self.store.token_by_hash(&hash).await?;
        if let Some(token) = &token {
            self.tokens.put(hash, token.clone());
        }
        Ok(token.map(Caller::from))
    }

    /// Makes an admin's token for this workspace that lives as long as this process.
    pub fn local_token(&self, workspace: WorkspaceId) -> std::io::Result<String> {
        let token = secret::token()?;
        let caller = Caller {
            workspace,
            actor: Actor::System,
            name: "this machine".to_owned(),
            role: Role::Admin,
            agent: None,
            session: None,
            language: Default::default(),
        };
        let mut local = self.local.lock().unwrap_or_else(|e| e.into_inner());
        local.insert(secret::hash(&token), caller);
        Ok(token)
    }

    /// The session of that cookie, and its login.
    pub async fn session(&self, cookie: &str) -> Answered<Option<(Session, User)>> {
        let hash = secret::hash(cookie);
        if let Some(session) = self.sessions.get(&hash) {
            return Ok(Some(session));
        }
        let session = self.store.session_by_hash(&hash, self.clock.now()).await?;
        if let Some(session) = &session {
            self.sessions.put(hash, session.clone());
        }
        Ok(session)
    }

    /// The source that has this key.
    pub async fn source_by_key(
        &self,
        workspace: WorkspaceId,
        key: &str,
    ) -> Answered<Option<Arc<KnownSource>>> {
        let at = (workspace, key.to_owned());
        if let Some(source) = self.sources.get(&at) {
            return Ok(Some(source));
        }
        let source = known(self.store.source_by_key(workspace, key).await?)?;
        if let Some(source) = &source {
            self.sources.put(at, source.clone());
        }
        Ok(source)
    }

    /// The source of that id.
    pub async fn source_by_id(
        &self,
        workspace: WorkspaceId,
        id: SourceId,
    ) -> Answered<Option<Arc<KnownSource>>> {
        let at = (workspace, id.to_string());
        if let Some(source) = self.sources_by_id.get(&at) {
            return Ok(Some(source));
        }
        let source = known(self.store.source(workspace, id).await?)?;
        if let Some(source) = &source {
            self.sources_by_id.put(at, source.clone());
        }
        Ok(source)
    }

    /// All workspaces.
    pub async fn workspace_ids(&self) -> Answered<Arc<Vec<WorkspaceId>>> {
        if let Some(ids) = self.workspaces.get(&()) {
            return Ok(ids);
        }
        let rows = self.store.workspaces().await?;
        let ids = Arc::new(rows.into_iter().map(|row| row.id).collect::<Vec<_>>());
        self.workspaces.put((), ids.clone());
        Ok(ids)
    }

    /// The workspace's settings.
    pub async fn settings(&self, workspace: WorkspaceId) -> Answered<Arc<Settings>> {
        if let Some(settings) = self.settings.get(&workspace) {
            return Ok(settings);
        }
        let settings = self.look(workspace, |s| Arc::new(s.facts().settings.clone())).await?;
        self.settings.put(workspace, settings.clone());
        Ok(settings)
    }

    /// Forgets which workspaces there are: one was made here.
    pub fn forget_workspaces(&self) {
        self.workspaces.clear();
    }

    /// Lets whoever has the link of this hash make the workspace's first admin.
    pub fn expect_admin(&self, workspace: WorkspaceId, hash: String) {
        let mut setup = self.setup.lock().unwrap_or_else(|e| e.into_inner());
        setup.push(Pending { workspace, hash });
    }

    /// Forgets the workspace's settings: somebody changed them here.
    pub fn forget_settings(&self, workspace: WorkspaceId) {
        self.settings.forget(&workspace);
        // Words are told in its zone.
        self.words.forget(&workspace);
    }

    /// The key of the hash that duplicates are recognised by.
    pub async fn contact_key(&self, workspace: WorkspaceId) -> Answered<[u8; 32]> {
        if let Some(key) = self.contact_keys.get(&workspace) {
            return Ok(key);
        }
        let key = self.store.contact_key(workspace).await?;
        self.contact_keys.put(workspace, key);
        Ok(key)
    }

    /// What opens sealed secrets. Its key is read when it is first needed.
    pub fn sealer(&self) -> Result<Arc<Sealer>, SealError> {
        if let Some(sealer) = self.sealer.get() {
            return Ok(sealer.clone());
        }
        let given = self.config.secret_key.as_ref();
        let sealer = Arc::new(Sealer::open(given, &self.config.data_dir)?);
        Ok(self.sealer.get_or_init(|| sealer).clone())
    }

    /// What seals new secrets. Where there is no key yet one is made; but of several nodes each
    /// would make another one.
    pub fn sealer_of_new(&self) -> Result<Arc<Sealer>, SealError> {
        match self.sealer() {
            Err(SealError::NoKey) if !self.store.is_shared() => {
                let sealer = Arc::new(Sealer::make(&self.config.data_dir)?);
                Ok(self.sealer.get_or_init(|| sealer).clone())
            }
            found => found,
        }
    }

    /// Notes that a person, not the demo, works as this agent.
    pub fn plays(&self, workspace: WorkspaceId, agent: AgentId) {
        self.played.put((workspace, agent), ());
    }

    /// Whether a person has worked as this agent a moment ago.
    pub fn is_played(&self, workspace: WorkspaceId, agent: AgentId) -> bool {
        self.played.get(&(workspace, agent)).is_some()
    }

    /// Returns once the server stops.
    pub async fn stopped(&self) {
        // An error says that whoever could stop it is gone.
        drop(self.stopping.clone().wait_for(|stopping| *stopping).await);
    }

    /// Whether the server stops.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Forgets who may come in: a token was revoked, a login changed, a session ended.
    pub fn forget_access(&self) {
        self.tokens.clear();
        self.sessions.clear();
    }

    /// Forgets agents' names, queues, sources and rules: somebody changed them here.
    pub fn forget_names(&self, workspace: WorkspaceId) {
        self.names.forget(&workspace);
        self.words.forget(&workspace);
        self.sources.clear();
        self.sources_by_id.clear();
    }
}

fn known(row: Option<SourceRow>) -> Answered<Option<Arc<KnownSource>>> {
    row.map(|row| KnownSource::new(row).map(Arc::new)).transpose()
}

impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        tracing::error!(request_id = %crate::http::request::id(), %error, "a sealed secret");
        let detail = match error {
            SealError::NoKey => {
                "The server has no key to seal or open secrets with. Let its operator set FAIRLEAD_SECRET_KEY."
            }
            _ => {
                "The server cannot open or seal secrets with the key it has. Its log says why; tell the operator."
            }
        };
        Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "sealed", detail)
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Taken(what) => Problem::new(
                axum::http::StatusCode::CONFLICT,
                "taken",
                format!("This {what} is already in use; choose another."),
            ),
            store::Error::Missing(what) => Problem::not_found(format!("There is no such {what}.")),
            error if error.is_transient() => {
                tracing::warn!(request_id = %crate::http::request::id(), %error, "store");
                Problem::unavailable(
                    "The database cannot be reached or has no room left; try again in a moment.",
                )
            }
            error => Problem::internal(error),
        }
    }
}

/// Read-change-write of what the core does not know takes turns per workspace on this node, so that
/// two edits of different fields do not undo each other. What it knows is changed under the lock.
#[derive(Debug, Default)]
pub struct Edits(Mutex<HashMap<WorkspaceId, Arc<tokio::sync::Mutex<()>>>>);

impl Edits {
    /// Waits for one's turn, which lasts until the answer is dropped.
    pub async fn turn(&self, workspace: WorkspaceId) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(|e| e.into_inner());
            turns.entry(workspace).or_default().clone()
        };
        turn.lock_owned().await
    }
}

/// Imports that run in this process, so that none runs twice.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashSet<(WorkspaceId, ImportId)>>);

impl Running {
    /// `false` when it runs already.
    pub fn begin(&self, workspace: WorkspaceId, import: ImportId) -> bool {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).insert((workspace, import))
    }

    pub fn end(&self, workspace: WorkspaceId, import: ImportId) {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).remove(&(workspace, import));
    }
}
