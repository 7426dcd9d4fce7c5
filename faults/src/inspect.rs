//! Reads what is left in the database, and holds everything against everything.

use crate::Problem;
use crate::ledger::Promised;
use crate::promises::Kept;
use crate::reasons::{Given, impersonal, names_somebody};
use crate::shop::NAME;
use routing::{Command, Event, State, Way};
use scenario::simulation::{Broken, History, Violation};
use std::collections::BTreeMap;
use std::path::Path;
use store::{AssignmentFilter, Chain, Store, WorkspaceId};

/// Events and rows read at once.
const PAGE: u32 = 5_000;
const ROWS: u32 = 100_000;

/// What has been read of a workspace, so that the next look reads only what is new.
#[derive(Default)]
pub struct Inspector {
    url: String,
    pub history: History,
    pub kept: Kept,
    given: Given,
    pub chain: Chain,
    /// How often the tables were held against the replay.
    pub tables: u64,
    /// Assignments and offers whose reason was found in the journal.
    pub reasons: u64,
    /// How often came what makes a run worth something.
    pub came: BTreeMap<&'static str, u64>,
    /// Items that were open at the last look.
    pub open: u64,
    /// Lines of the nodes' logs that were read.
    pub lines: u64,
}

impl Inspector {
    pub fn new(url: &str) -> Self {
        Inspector { url: url.to_owned(), ..Inspector::default() }
    }

    /// Reads what is new. Everything promised must be there, and the tables be what the journal
    /// says. On SQLite no node may run.
    pub async fn look(&mut self, promised: &Promised) -> Result<(), Problem> {
        let store = store::open(&self.url, store::Options::default()).await?;
        let looked = self.look_into(&*store, promised).await;
        store.close().await;
        looked
    }

    async fn look_into(&mut self, store: &dyn Store, promised: &Promised) -> Result<(), Problem> {
        let workspace = workspace(store).await?;
        let loaded = store.load(workspace).await?;
        while self.history.seq() < loaded.seq {
            let page = store.events_since(workspace, self.history.seq(), PAGE).await?;
            if page.is_empty() {
                return Err(self.broken("chain", "the journal ends early".to_owned()));
            }
            for entry in page.into_iter().take_while(|entry| entry.seq <= loaded.seq) {
                self.kept.read(entry.seq, &entry.event)?;
                self.given.read(entry.seq, &entry.event);
                impersonal(entry.seq, &entry.event)?;
                if let Some(what) = worth_counting(&entry.event) {
                    *self.came.entry(what).or_default() += 1;
                }
                self.history.read(entry.seq, entry.at, entry.event)?;
            }
        }
        self.history.settle()?;
        self.kept.hold(promised, loaded.seq)?;
        let now = loaded.facts.now;
        self.open = loaded.facts.items.len() as u64;
        let mut tables = State::restore(loaded.facts);
        self.history.agrees(&tables)?;
        self.tables += 1;
        // Whoever takes over looks at every item again.
        let left = tables.handle(now, Command::Clock).events;
        if left.iter().any(|event| event.is_match()) {
            return Err(self.broken("I4", format!("a restart finds {left:?}")));
        }
        self.follow_chain(store, workspace).await
    }

    async fn follow_chain(
        &mut self,
        store: &dyn Store,
        workspace: WorkspaceId,
    ) -> Result<(), Problem> {
        self.chain.done = false;
        while !self.chain.done {
            self.chain = store.verify_on(workspace, self.chain.clone(), ROWS).await?;
            if let Some(broken) = &self.chain.broken {
                return Err(self.broken("chain", format!("{}: {}", broken.seq, broken.problem)));
            }
        }
        Ok(())
    }

    /// Once nobody works any more: the whole chain anew, the audit's, every assignment's reason.
    pub async fn look_closely(&mut self, sent: u64) -> Result<(), Problem> {
        let store = store::open(&self.url, store::Options::default()).await?;
        let looked = self.look_closely_into(&*store, sent).await;
        store.close().await;
        looked
    }

    async fn look_closely_into(&mut self, store: &dyn Store, sent: u64) -> Result<(), Problem> {
        let workspace = workspace(store).await?;
        let whole = store.verify_chain(workspace).await?;
        if whole != self.chain {
            return Err(self.broken("chain", format!("{whole:?} was {:?}", self.chain)));
        }
        if let Some(broken) = store.verify_audit(workspace).await?.broken {
            return Err(self.broken("chain", format!("audit {}: {}", broken.seq, broken.problem)));
        }
        if self.kept.leads() != sent {
            let detail = format!("{sent} leads were sent, {} are there", self.kept.leads());
            return Err(self.broken("I3", detail));
        }
        let mut filter = AssignmentFilter { offers: true, limit: 1_000, ..Default::default() };
        loop {
            let page = store.assignments(workspace, &filter).await?;
            for row in &page.items {
                self.given.explain(row)?;
                self.reasons += 1;
            }
            filter.after = page.next;
            if filter.after.is_none() {
                break;
            }
        }
        Ok(self.given.all_explained()?)
    }

    /// Nobody is named in the nodes' logs, and no node panicked.
    pub fn read_log(&mut self, log: &Path) -> Result<(), Problem> {
        for line in std::fs::read_to_string(log)?.lines() {
            self.lines += 1;
            if names_somebody(line) {
                return Err(self.broken("persons", format!("a log line says: {line}")));
            }
            if line.contains("panicked at") {
                return Err(format!("a node panicked: {line}").into());
            }
        }
        Ok(())
    }

    /// An invariant that does not hold as of the last event read.
    pub fn broken(&self, invariant: &'static str, detail: String) -> Problem {
        let violation = Violation { invariant, detail };
        Broken { seq: self.history.seq(), item: None, violation }.into()
    }
}

/// What a run should bring, by the name it has in the report.
fn worth_counting(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::Duplicate { .. } => "duplicates",
        Event::Declined { .. } => "offers declined",
        Event::OfferMissed { .. } => "offers missed",
        Event::Lapsed { .. } => "agents lapsed",
        Event::Returned { .. } => "items returned from the absent",
        Event::WentSilent { .. } => "items taken from the silent",
        Event::Due { .. } => "items back when they were due",
        Event::Reassigned { .. } => "items placed by a person",
        Event::Assigned { reason, .. } if reason.way == Way::Overflow => "items above the cap",
        _ => return None,
    })
}

async fn workspace(store: &dyn Store) -> Result<WorkspaceId, Problem> {
    let row = store.workspace_by_name(NAME).await?;
    Ok(row.ok_or("the workspace is gone")?.id)
}
