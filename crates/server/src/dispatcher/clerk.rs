//! The task of one workspace. It takes whatever waits, decides it under the workspace's lock, has
//! it written in one transaction, and only then answers and tells.
//!
//! Memory is never ahead of the database where anybody can see it: looks are served by this task
//! between two batches, and what was decided and not committed is thrown away.

mod follow;

use super::batch::{Decided, Deciding};
use super::desk::{Ask, Desk, Look};
use super::known::Known;
use super::node::Node;
use super::request::{SubmitError, WorkspaceId};
use super::subscription::{Loudspeaker, Published};
use routing::{State, Time};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{BatchId, Error, Transaction};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

/// A batch takes no more requests once it has this many commands.
const MAX_BATCH: usize = 2_048;
/// Bounds on a step at the database; a connection that answers in none of them is given up.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long callers wait to hear whether a batch whose commit failed took effect.
const DOUBT_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two attempts while the database is away.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Between two attempts at a deadline that the database's clock has not reached, in milliseconds.
const EARLY_PAUSE: i64 = 20;

const UNAVAILABLE: SubmitError = SubmitError::Unavailable { in_doubt: false };

/// The committed state and its place in the journal.
struct Memory {
    state: State,
    seq: u64,
}

/// The database is away: it is not asked again before `until`.
struct Down {
    until: Instant,
    pause: Duration,
}

/// The workspace's task.
pub(super) struct Clerk {
    workspace: WorkspaceId,
    node: Arc<Node>,
    asks: mpsc::UnboundedReceiver<Ask>,
    looks: mpsc::Receiver<Look>,
    wake: Arc<Notify>,
    speaker: Loudspeaker,
    told: Arc<AtomicU64>,
    memory: Option<Memory>,
    down: Option<Down>,
    /// A deadline was tried and the database's clock was not there yet: not before this.
    early: Option<Time>,
    /// Asks for which the last batch had no room: they come first in the next.
    left: Vec<Ask>,
}

/// Why a batch was not written.
enum Failure {
    /// It was never committed.
    Never(Error),
    /// Nobody knows whether it was.
    InDoubt(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Never(error)
    }
}

impl Clerk {
    pub fn new(
        workspace: WorkspaceId,
        node: Arc<Node>,
        asks: mpsc::UnboundedReceiver<Ask>,
        looks: mpsc::Receiver<Look>,
        desk: &Desk,
    ) -> Self {
        Clerk {
            workspace,
            node,
            asks,
            looks,
            wake: desk.wake.clone(),
            speaker: desk.speaker.clone(),
            told: desk.told.clone(),
            memory: None,
            down: None,
            early: None,
            left: Vec::new(),
        }
    }

    /// Works until the node stops.
    pub async fn work(mut self) {
        let node = self.node.clone();
        while !node.is_stopping() {
            let alarm = self.alarm();
            if !self.left.is_empty() {
                self.take(None).await;
                continue;
            }
            tokio::select! {
                () = node.stopping() => break,
                Some(look) = self.looks.recv() => self.serve(look).await,
                () = self.wake.notified() => self.follow().await,
                ask = self.asks.recv() => match ask {
                    Some(ask) => self.take(Some(ask)).await,
                    None => break,
                },
                () = node.clock.sleep_until(alarm.unwrap_or_default()), if alarm.is_some() => {
                    self.take(None).await;
                }
                () = until(self.down.as_ref()), if self.down.is_some() => self.recover().await,
            }
        }
        self.left.drain(..).for_each(|ask| ask.refuse(&SubmitError::Stopping));
        self.asks.close();
        while let Ok(ask) = self.asks.try_recv() {
            ask.refuse(&SubmitError::Stopping);
        }
        self.looks.close();
        while let Ok(look) = self.looks.try_recv() {
            look(Err(SubmitError::Stopping));
        }
    }

    /// When, by this node's clock, something is due without being asked.
    fn alarm(&self) -> Option<Time> {
        let memory = self.memory.as_ref().filter(|_| self.down.is_none())?;
        let due = match memory.state.unfinished() {
            true => Time(0),
            false if self.node.dispatches => self.node.local(memory.state.next_deadline()?),
            false => return None,
        };
        Some(self.early.map_or(due, |early| due.max(early)))
    }

    fn is_down(&self) -> bool {
        self.down.as_ref().is_some_and(|down| Instant::now() < down.until)
    }

    /// Notes that the database failed: nobody asks it again for a while.
    fn failed(&mut self, error: &Error) {
        let pause = self.down.as_ref().map_or(FIRST_PAUSE, |down| down.pause * 2);
        let pause = pause.min(LONGEST_PAUSE);
        if self.down.is_none() {
            tracing::error!(workspace = self.workspace.0, %error, "the database failed");
        }
        self.down = Some(Down { until: Instant::now() + pause, pause });
        self.node.metrics.failures.inc();
        self.node.trouble();
    }

    fn succeeded(&mut self) {
        if self.down.take().is_some() {
            tracing::info!(workspace = self.workspace.0, "the database is back");
            self.node.trouble();
        }
    }

    async fn serve(&mut self, look: Look) {
        let loaded = match &self.memory {
            Some(_) => Ok(()),
            None if self.is_down() => Err(UNAVAILABLE),
            None => self.load_or_fail().await,
        };
        look(match (loaded, &self.memory) {
            (Err(error), _) => Err(error),
            (Ok(()), Some(memory)) => Ok(&memory.state),
            (Ok(()), None) => Err(UNAVAILABLE),
        });
    }

    async fn recover(&mut self) {
        let before = self.memory.is_some();
        self.follow().await;
        if before && self.memory.is_some() && !self.is_down() {
            self.succeeded();
        }
    }

    async fn load_or_fail(&mut self) -> Result<(), SubmitError> {
        match self.load().await {
            Ok(memory) => {
                self.memory = Some(memory);
                self.succeeded();
                Ok(())
            }
            Err(Error::Missing(_)) => Err(SubmitError::UnknownWorkspace),
            Err(error) => {
                self.failed(&error);
                Err(UNAVAILABLE)
            }
        }
    }

    /// Decides what waits, beginning with `first`; without one, what time brings.
    async fn take(&mut self, first: Option<Ask>) {
        let mut asks = std::mem::take(&mut self.left);
        asks.extend(first);
        if self.is_down() {
            asks.into_iter().for_each(|ask| ask.refuse(&UNAVAILABLE));
            return;
        }
        match self.attempt(&mut asks, true).await {
            Ok(()) => {
                self.succeeded();
                self.left = asks;
            }
            Err(Failure::InDoubt(error)) => {
                self.failed(&error);
                let in_doubt = SubmitError::Unavailable { in_doubt: true };
                asks.into_iter().for_each(|ask| ask.refuse(&in_doubt));
            }
            Err(Failure::Never(error)) if asks.len() > 1 && !error.is_transient() => {
                tracing::warn!(workspace = self.workspace.0, %error, "a batch failed; one by one");
                self.one_by_one(asks).await;
            }
            Err(Failure::Never(error)) => {
                let answer = refusal(&error);
                asks.into_iter().for_each(|ask| ask.refuse(&answer));
                if !error.is_transient() {
                    tracing::error!(workspace = self.workspace.0, %error, "a request failed");
                }
                if error.is_transient() {
                    self.failed(&error);
                    // Whoever came meanwhile need not wait for the next attempt.
                    while let Ok(ask) = self.asks.try_recv() {
                        ask.refuse(&answer);
                    }
                }
            }
        }
        if self.memory.is_none() && self.down.is_none() {
            // What time brings must not wait until somebody asks again.
            self.wake.notify_one();
        }
    }

    /// The database took the batch badly for something in it: alone, each stands or falls.
    async fn one_by_one(&mut self, asks: Vec<Ask>) {
        for ask in asks {
            let mut alone = vec![ask];
            if self.is_down() {
                alone.into_iter().for_each(|ask| ask.refuse(&UNAVAILABLE));
                continue;
            }
            let (error, in_doubt) = match self.attempt(&mut alone, false).await {
                Ok(()) => {
                    self.left.append(&mut alone);
                    continue;
                }
                Err(Failure::Never(error)) => (error, false),
                Err(Failure::InDoubt(error)) => (error, true),
            };
            tracing::error!(workspace = self.workspace.0, %error, "a request failed");
            let answer = match in_doubt {
                true => SubmitError::Unavailable { in_doubt },
                false => refusal(&error),
            };
            alone.into_iter().for_each(|ask| ask.refuse(&answer));
            if error.is_transient() {
                self.failed(&error);
            }
        }
    }

    /// One batch: lock, catch up, decide, write, commit, answer, tell. On success the asks are
    /// answered and gone; on failure they are still there, and the state is not.
    async fn attempt(&mut self, asks: &mut Vec<Ask>, more: bool) -> Result<(), Failure> {
        let mut memory = match self.memory.take() {
            Some(memory) => memory,
            None => self.load().await?,
        };
        let node = self.node.clone();
        // Read before the batch's time is: waiting for the lock makes nobody's silence longer.
        let calm = node.calm_secs();
        let started = Instant::now();
        let begun = self.begin().await;
        node.metrics.lock_seconds.observe(started.elapsed().as_secs_f64());
        let mut tx = match begun {
            Ok(tx) => tx,
            Err(error) => {
                // Nothing was decided: what was committed still is.
                self.memory = Some(memory);
                return Err(error.into());
            }
        };
        self.catch_up(&mut memory, tx.as_mut()).await?;
        if more {
            self.collect(asks);
        }
        let known = Known::look_up(tx.as_mut(), &memory.state, asks).await?;

        let started = Instant::now();
        let id = node.next_batch_id();
        let deciding = Deciding::new(&mut memory.state, memory.seq, tx.now(), calm, &known, id);
        let decided = deciding.decide(asks);
        node.metrics.decide_seconds.observe(started.elapsed().as_secs_f64());

        if decided.is_empty() {
            tx.rollback().await?;
            let now = node.clock.now();
            self.early = asks.is_empty().then_some(Time(now.0.saturating_add(EARLY_PAUSE)));
            answer(asks, decided.answers);
            self.memory = Some(memory);
            return Ok(());
        }
        self.early = None;
        self.write(tx, &memory.state, &decided).await?;
        self.committed(memory, decided, asks);
        Ok(())
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, Error> {
        let asked = self.node.clock.now();
        let tx = in_time(STEP_TIMEOUT, self.node.store.begin(self.workspace, asked)).await?;
        self.node.set_database_time(tx.now());
        Ok(tx)
    }

    /// Takes what else waits, up to a full batch.
    fn collect(&mut self, asks: &mut Vec<Ask>) {
        let mut commands: usize = asks.iter().map(Ask::commands).sum();
        while commands < MAX_BATCH {
            let Ok(ask) = self.asks.try_recv() else { break };
            commands += ask.commands();
            asks.push(ask);
        }
    }

    async fn write(
        &self,
        mut tx: Box<dyn Transaction>,
        state: &State,
        decided: &Decided,
    ) -> Result<(), Failure> {
        let metrics = &self.node.metrics;
        let started = Instant::now();
        in_time(WRITE_TIMEOUT, tx.write(&decided.batch, state.facts())).await?;
        let written = Instant::now();
        metrics.write_seconds.observe((written - started).as_secs_f64());
        let commit = in_time(WRITE_TIMEOUT, tx.commit()).await;
        metrics.commit_seconds.observe(written.elapsed().as_secs_f64());
        match commit {
            Ok(()) => Ok(()),
            Err(error) => self.settle_doubt(decided.batch.id, error).await,
        }
    }

    /// Finds out whether a batch whose commit failed took effect. The lock is taken first: while
    /// the old transaction is still committing somewhere, it holds it.
    async fn settle_doubt(&self, batch: BatchId, error: Error) -> Result<(), Failure> {
        tracing::warn!(workspace = self.workspace.0, %error, "a commit failed; did it happen?");
        self.node.metrics.failures.inc();
        let deadline = Instant::now() + DOUBT_TIMEOUT;
        let mut pause = FIRST_PAUSE;
        loop {
            match self.find(batch).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(Failure::Never(Error::Unavailable(error.to_string()))),
                Err(again) if Instant::now() + pause > deadline => {
                    return Err(Failure::InDoubt(again));
                }
                Err(_) => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn find(&self, batch: BatchId) -> Result<bool, Error> {
        let tx = self.begin().await?;
        let exists =
            in_time(STEP_TIMEOUT, self.node.store.batch_exists(self.workspace, batch)).await;
        tx.rollback().await?;
        exists
    }

    /// The batch is durable: answers its callers, tells the listeners.
    fn committed(&mut self, mut memory: Memory, decided: Decided, asks: &mut Vec<Ask>) {
        let metrics = &self.node.metrics;
        metrics.batches.inc();
        metrics.commands.inc_by(decided.commands as u64);
        metrics.events.inc_by(decided.batch.events.len() as u64);
        metrics.batch_size.observe(decided.commands as f64);
        answer(asks, decided.answers);
        let first = memory.seq + 1;
        memory.seq += decided.batch.events.len() as u64;
        if !self.speaker.is_unheard() {
            let events = decided.batch.events.into_iter().zip(first..);
            self.speaker.publish(events.map(|(recorded, seq)| Published {
                seq,
                at: recorded.at,
                actor: recorded.actor,
                event: recorded.event,
            }));
        }
        self.told.store(memory.seq, Ordering::Release);
        memory.state.forget_closed();
        self.memory = Some(memory);
    }
}

/// What callers are told of a batch that was never committed.
fn refusal(error: &Error) -> SubmitError {
    match error {
        Error::Missing(_) => SubmitError::UnknownWorkspace,
        error if error.is_transient() => UNAVAILABLE,
        _ => SubmitError::Refused,
    }
}

/// Answers the asks that were decided; those for which the batch had no room stay.
fn answer(asks: &mut Vec<Ask>, answers: Vec<Option<Result<super::Results, SubmitError>>>) {
    for (ask, answer) in asks.drain(..answers.len()).zip(answers) {
        if let Some(answer) = answer {
            ask.answer(answer);
        }
    }
}

async fn in_time<T>(
    limit: Duration,
    step: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match timeout(limit, step).await {
        Ok(done) => done,
        Err(_) => Err(Error::Unavailable(format!("no answer in {} s", limit.as_secs()))),
    }
}

async fn until(down: Option<&Down>) {
    if let Some(down) = down {
        tokio::time::sleep_until(down.until.into()).await;
    }
}
