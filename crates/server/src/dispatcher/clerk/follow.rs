//! Following: the state is kept at what the journal says, whoever wrote it.

use super::{Clerk, Memory, STEP_TIMEOUT, WRITE_TIMEOUT, in_time};
use crate::dispatcher::subscription::Published;
use routing::State;
use std::sync::atomic::Ordering;
use store::{Entry, Error, Transaction};

/// The most events of other nodes read at once.
const PAGE: u32 = 10_000;
/// Behind by more than this after a reload, subscribers are told to read the journal themselves.
const MAX_RETOLD: u64 = 20_000;

impl Clerk {
    /// Loads the state from the tables, and tells listeners what they missed meanwhile.
    pub(super) async fn load(&self) -> Result<Memory, Error> {
        let store = &self.node.store;
        let loaded = in_time(WRITE_TIMEOUT, store.load(self.workspace)).await?;
        let (seq, facts) = (loaded.seq, loaded.facts);
        // A million items take seconds: not on a thread that serves others.
        let restored = tokio::task::spawn_blocking(move || State::restore(facts)).await;
        let state = restored.map_err(|error| Error::Database(format!("not loaded: {error}")))?;
        self.node.metrics.loads.inc();
        let told = self.told.load(Ordering::Acquire);
        if told == 0 || seq < told || seq - told > MAX_RETOLD {
            self.speaker.resync();
        } else if !self.speaker.is_unheard() {
            let mut after = told;
            while after < seq {
                let events = self.read_events(after).await?;
                after = events.last().map_or(seq, |e| e.seq).min(seq);
                self.publish(events.into_iter().filter(|e| e.seq <= seq));
            }
        }
        self.told.store(seq, Ordering::Release);
        Ok(Memory { state, seq })
    }

    async fn read_events(&self, after: u64) -> Result<Vec<Entry>, Error> {
        let store = &self.node.store;
        in_time(STEP_TIMEOUT, store.events_since(self.workspace, after, PAGE)).await
    }

    /// Reads, without the lock, what other nodes committed.
    pub(super) async fn follow(&mut self) {
        if self.is_down() {
            return;
        }
        let Some(mut memory) = self.memory.take() else {
            // The error is noted; whoever asks next hears of it.
            let _ = self.load_or_fail().await;
            return;
        };
        loop {
            let events = match self.read_events(memory.seq).await {
                Ok(events) => events,
                Err(error) => {
                    self.memory = Some(memory);
                    self.failed(&error);
                    return;
                }
            };
            let last = events.len() < PAGE as usize;
            if !self.apply(&mut memory, events) {
                let _ = self.load_or_fail().await;
                return;
            }
            if last {
                break;
            }
        }
        self.memory = Some(memory);
    }

    /// Reads, under the lock, what other nodes committed.
    pub(super) async fn catch_up(
        &self,
        memory: &mut Memory,
        tx: &mut dyn Transaction,
    ) -> Result<(), Error> {
        while memory.seq < tx.seq() {
            let events = in_time(STEP_TIMEOUT, tx.events_since(memory.seq, PAGE)).await?;
            if events.is_empty() || !self.apply(memory, events) {
                return Err(Error::Unavailable("the journal has a gap".to_owned()));
            }
        }
        if memory.seq > tx.seq() {
            return Err(Error::Unavailable("the journal is behind this node".to_owned()));
        }
        Ok(())
    }

    /// Applies and tells events that stand in the journal; `false` when they do not follow.
    fn apply(&self, memory: &mut Memory, events: Vec<Entry>) -> bool {
        for entry in &events {
            if entry.seq != memory.seq + 1 {
                return false;
            }
            memory.state.apply(entry.at, &entry.event);
            memory.seq = entry.seq;
        }
        memory.state.forget_closed();
        self.node.metrics.followed.inc_by(events.len() as u64);
        self.publish(events);
        self.told.store(memory.seq, Ordering::Release);
        true
    }

    fn publish(&self, events: impl IntoIterator<Item = Entry>) {
        if self.speaker.is_unheard() {
            return;
        }
        self.speaker.publish(events.into_iter().map(|entry| Published {
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor,
            event: entry.event,
        }));
    }
}
