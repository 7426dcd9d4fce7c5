//! One turn of a node with a sheet: write what is due, read what is due, and note how it went.

use super::Which;
use super::config::SheetKind;
use super::follow::follow;
use super::opened::Opened;
use super::{pull, push};
use crate::app::{App, Names};
use crate::auth::seal::SealError;
use crate::dispatcher::SubmitError;
use crate::http::Problem;
use connectors::mirror::{Budget, Columns, Finding, Sheet, Trouble};
use routing::Time;
use serde::Serialize;
use store::{ItemRow, SheetRow, WorkspaceId};
use utoipa::ToSchema;

/// For how long a node has a sheet while it works on it: longer than any call of an adapter.
const LEASE_SECS: u32 = 180;
/// How long somebody who asks for a turn waits until another node's is over, and how often they look.
const PATIENCE_SECS: u32 = 15;
const LOOK_MS: i64 = 500;
/// It is leased again when no more than this is left.
const LEAST_SECS: u32 = 120;
/// A file costs nothing to look at: whatever is wrong with it, it is looked at again that soon.
const LONGEST_OF_FILE_SECS: u32 = 60;
/// Batches that are written in one turn.
const MAX_BATCHES: usize = 50;

/// What was done in a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SheetCounts)]
pub struct Counts {
    /// Rows that were read.
    pub read: u32,
    /// Rows that could not be told apart from others, and were left out.
    pub left_out: u32,
    /// Rows that became items.
    pub new: u32,
    /// Items that were changed because their rows were.
    pub edited: u32,
    /// Rows that are not there any more.
    pub withdrawn: u32,
    /// Rows that somebody has marked in the sheet as done or theirs: they are not handed out.
    pub respected: u32,
    /// Rows that cannot become items as they are.
    pub unfit: u32,
    /// Rows that were written.
    pub written: u32,
    /// Cells about which people have to decide, newly found.
    pub conflicts: u32,
}

/// When the sheet is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    WhenDue,
    Now,
}

/// How a turn went.
#[derive(Clone, Debug)]
pub struct Went {
    pub counts: Counts,
    /// What is in the way, in words.
    pub trouble: Option<String>,
}

/// Why there was no turn, or why it ended.
#[derive(Debug)]
pub enum Stop {
    Trouble(Trouble),
    /// Our own: the database, the dispatcher.
    Ours(Problem),
    /// Another node has the sheet.
    Elsewhere,
    /// The service asked us to wait until then: nobody's wish shortens that.
    Resting(Time),
    /// Somebody removes the sheet.
    Leaving,
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Stop::Trouble(trouble)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Ours(problem)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Stop::Ours(error.into())
    }
}

impl From<SubmitError> for Stop {
    fn from(error: SubmitError) -> Self {
        Stop::Ours(error.into())
    }
}

/// A turn.
pub struct Pass<'a> {
    pub app: &'a App,
    pub workspace: WorkspaceId,
    pub sheet: store::Sheet,
    pub counts: Counts,
    opened: Option<Opened>,
    names: Names,
    told: Option<String>,
    has_read: bool,
    /// Whoever has an item should look at it again.
    pub shows_anew: bool,
}

/// Takes a turn with a sheet, once whoever has one on this node is through.
pub async fn run(app: &App, which: Which, reads: Reads) -> Result<Went, Stop> {
    let turn = app.sheets.turn(which);
    let mut held = turn.lock().await;
    let patience_secs = if reads == Reads::Now { PATIENCE_SECS } else { 0 };
    let mut pass = Pass::begin(app, which, held.take(), patience_secs).await?;
    if let Some(until) = pass.rests_until().filter(|_| reads == Reads::Now) {
        *held = pass.opened.take();
        return Err(Stop::Resting(until));
    }
    follow(app, which.0, &pass.sheet).await?;
    let done = pass.work(reads).await;
    if pass.shows_anew {
        app.dispatcher.reload(which.0);
    }
    let went = pass.settle(done).await;
    *held = pass.opened.take();
    went
}

/// Tries everything without writing a cell, and says what is wrong.
pub async fn check(app: &App, which: Which) -> Result<Vec<Finding>, Stop> {
    let turn = app.sheets.turn(which);
    let mut held = turn.lock().await;
    let mut pass = Pass::begin(app, which, held.take(), PATIENCE_SECS).await?;
    if let Some(until) = pass.rests_until() {
        *held = pass.opened.take();
        return Err(Stop::Resting(until));
    }
    let findings = match pass.open().await {
        Ok(()) => pass.ask(|sheet| Ok(sheet.check())).await,
        Err(Stop::Trouble(trouble)) => Ok(vec![Finding::of(&trouble)]),
        Err(stop) => Err(stop),
    };
    pass.give_back().await?;
    *held = pass.opened.take();
    findings
}

/// Has a sheet that is about to be removed, so that no other node does. Nothing is read or written.
pub async fn take(app: &App, which: Which) -> Result<(), Stop> {
    Pass::begin(app, which, None, PATIENCE_SECS).await.map(drop)
}

impl<'a> Pass<'a> {
    /// `patience_secs`: for how long it waits until another node's turn is over.
    async fn begin(
        app: &'a App,
        which: Which,
        held: Option<Opened>,
        patience_secs: u32,
    ) -> Result<Pass<'a>, Stop> {
        let (workspace, id) = which;
        let (mut now, node) = (app.clock.now(), app.sheets.node());
        let patience = now.plus_secs(patience_secs);
        let sheet = loop {
            let until = now.plus_secs(LEASE_SECS);
            match app.store.lease_sheet(workspace, id, node, now, until).await? {
                Some(sheet) => break sheet,
                None if now >= patience => return Err(Stop::Elsewhere),
                None => app.clock.sleep_until(Time(now.0.saturating_add(LOOK_MS))).await,
            }
            now = app.clock.now();
        };
        // Secrets that another node renewed are newer than those in here.
        let same =
            |opened: &Opened| opened.version == sheet.version && opened.sealed == sheet.sealed;
        let opened = held.filter(same);
        let names = app.names(workspace).await?;
        let counts = Counts::default();
        Ok(Pass {
            app,
            workspace,
            sheet,
            counts,
            opened,
            names,
            told: None,
            has_read: false,
            shows_anew: false,
        })
    }

    /// Until when the service asked to be left alone.
    fn rests_until(&self) -> Option<Time> {
        let budget: Budget = serde_json::from_str(self.sheet.health.budget.as_deref()?).ok()?;
        budget.rests_until(self.app.clock.now().0).map(Time)
    }

    async fn open(&mut self) -> Result<(), Stop> {
        if self.opened.is_none() {
            self.opened = Some(Opened::open(self.app, self.workspace, &self.sheet).await?);
        }
        Ok(())
    }

    async fn work(&mut self, reads: Reads) -> Result<(), Stop> {
        self.open().await?;
        if let Some(opened) = &mut self.opened {
            // Whoever kept us out may have thought better of it since the last turn.
            opened.sheet().reopen();
        }
        // What is due goes first: reading all of a sheet may take a while.
        self.write().await?;
        let now = self.app.clock.now();
        let saved = self.opened.as_ref().is_some_and(Opened::was_saved);
        if reads == Reads::Now || saved || self.sheet.health.read_due <= now {
            let before = self.calls();
            self.opened.iter_mut().for_each(Opened::try_now);
            pull::pull(self).await?;
            self.has_read = true;
            let calls = self.calls().saturating_sub(before);
            let now = self.app.clock.now();
            self.sheet.health.last_read_at = Some(now);
            if let Some(opened) = &self.opened {
                let secs = opened.config.read_again_secs(opened.kind, calls);
                self.sheet.health.read_due = now.plus_secs(secs);
            }
            self.write().await?;
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<(), Stop> {
        for _ in 0..MAX_BATCHES {
            if !push::push(self).await? {
                break;
            }
        }
        Ok(())
    }

    fn calls(&self) -> u32 {
        let port = self.opened.as_ref().and_then(|opened| opened.port.as_ref());
        port.map_or(0, super::port::Port::calls)
    }

    pub fn columns(&self) -> Result<Columns, Stop> {
        match &self.opened {
            Some(opened) => Ok(opened.columns().clone()),
            None => Err(lost().into()),
        }
    }

    /// The row's item; `None` of one that has none.
    pub async fn item(&self, row: &SheetRow) -> Result<Option<ItemRow>, Stop> {
        match row.item {
            Some(item) => Ok(self.app.store.item(self.workspace, item).await?),
            None => Ok(None),
        }
    }

    /// Who promised to call again.
    pub fn promised(&self, item: &ItemRow) -> Option<String> {
        self.names.get(&item.callback?.agent?).cloned()
    }

    /// Something is wrong that people should know, and work goes on.
    pub fn tell(&mut self, what: String) {
        self.told.get_or_insert(what);
    }

    /// Has the adapter do something, off the async threads, while the sheet is ours.
    pub async fn ask<R: Send + 'static>(
        &mut self,
        what: impl FnOnce(&mut dyn Sheet) -> Result<R, Trouble> + Send + 'static,
    ) -> Result<R, Stop> {
        self.hold_on().await?;
        let mut opened = self.opened.take().ok_or_else(lost)?;
        if let Some(port) = &opened.port {
            port.hold(self.sheet.leased_until);
        }
        let asked = tokio::task::spawn_blocking(move || {
            let (before, was_saved) = (opened.stamp().cloned(), opened.was_saved());
            let answer = what(opened.sheet());
            opened.left(before, was_saved);
            let tokens = opened.sheet().take_tokens();
            (opened, answer, tokens)
        });
        let (mut opened, answer, tokens) = asked.await.map_err(|_| lost())?;
        if let Some(access) = tokens.and_then(|tokens| opened.renewed(tokens)) {
            let sealed = access.seal(self.app, self.workspace, self.sheet.id);
            let sealed = sealed.map_err(|error: SealError| Problem::from(error))?;
            let (id, version) = (self.sheet.id, self.sheet.version);
            self.app.store.reseal_sheet(self.workspace, id, version, &sealed).await?;
            opened.sealed = Some(sealed);
        }
        self.opened = Some(opened);
        Ok(answer?)
    }

    /// Goes on having the sheet.
    async fn hold_on(&mut self) -> Result<(), Stop> {
        if self.app.sheets.is_leaving((self.workspace, self.sheet.id)) {
            return Err(Stop::Leaving);
        }
        let (now, node) = (self.app.clock.now(), self.app.sheets.node());
        if self.sheet.leased_until > now.plus_secs(LEAST_SECS) {
            return Ok(());
        }
        let (id, until) = (self.sheet.id, now.plus_secs(LEASE_SECS));
        let leased = self.app.store.lease_sheet(self.workspace, id, node, now, until).await?;
        let leased = leased.filter(|sheet| sheet.active && sheet.version == self.sheet.version);
        self.sheet.leased_until = leased.ok_or(Stop::Elsewhere)?.leased_until;
        Ok(())
    }

    /// Notes how it went.
    async fn settle(&mut self, done: Result<(), Stop>) -> Result<Went, Stop> {
        let now = self.app.clock.now();
        if self.counts.left_out > 0 {
            let rows = self.counts.left_out;
            self.tell(format!(
                "{rows} rows have no key of their own and were left out: fill in the column that \
                 tells rows apart, each once"
            ));
        }
        let health = &mut self.sheet.health;
        match done {
            Ok(()) => {
                // What was told stands until the sheet is read the next time.
                let stands =
                    health.trouble.take().filter(|_| health.failures == 0 && !self.has_read);
                health.trouble = self.told.take().or(stands);
                health.failures = 0;
                health.paused_until = Time(0);
                if let Some(opened) = &self.opened {
                    let spent = opened.port.as_ref().map_or(0, |p| p.budget().spent(now.0).day);
                    let gap = opened.config.write_gap_secs(opened.kind, spent);
                    if self.counts.written > 0 && gap > 0 {
                        health.paused_until = now.plus_secs(gap);
                    }
                }
            }
            Err(Stop::Trouble(trouble)) => {
                tracing::debug!(workspace = self.workspace.0, sheet = self.sheet.id.0, %trouble,
                    "a sheet rests");
                let is_file = self.sheet.kind == SheetKind::File.as_str();
                let longest = if is_file { LONGEST_OF_FILE_SECS } else { u32::MAX };
                let until = rest(&trouble, health.failures, now);
                health.paused_until = until.min(now.plus_secs(longest));
                if let (Trouble::Rate { .. }, Some(opened)) = (&trouble, &self.opened) {
                    opened.port.iter().for_each(|port| port.rest(until));
                }
                if !matches!(trouble, Trouble::Held { .. }) {
                    health.failures += 1;
                }
                health.trouble = Some(trouble.to_string());
            }
            Err(stop) => {
                self.give_back().await?;
                return Err(stop);
            }
        }
        let trouble = self.sheet.health.trouble.clone();
        self.give_back().await?;
        Ok(Went { counts: self.counts, trouble })
    }

    /// Notes what was spent and seen. Whoever asks for a turn may have the next one; by themselves
    /// other nodes leave the sheet to this one for a while.
    async fn give_back(&mut self) -> Result<(), Stop> {
        if let Some(opened) = &self.opened {
            let health = &mut self.sheet.health;
            if let Some(port) = &opened.port {
                health.budget = serde_json::to_string(&port.budget()).ok();
            }
            if let Some(stamp) = opened.stamp() {
                health.stamp = serde_json::to_string(stamp).ok();
            }
        }
        let (node, now) = (self.app.sheets.node(), self.app.clock.now());
        self.app.store.sheet_went(self.workspace, &self.sheet, node, now).await?;
        Ok(())
    }
}

/// The thread that had the adapter is gone, and it with it.
fn lost() -> Trouble {
    Trouble::Soon("work on the sheet was cut off".to_owned())
}

/// Until when a sheet rests after a trouble.
fn rest(trouble: &Trouble, failures: u32, now: Time) -> Time {
    let doubled = |first: u32, most: u32| first.saturating_mul(1 << failures.min(10)).min(most);
    let secs = match trouble {
        Trouble::Rate { retry_after: Some(wait) } => {
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).clamp(1, 24 * 3600)
        }
        Trouble::Rate { retry_after: None } => doubled(60, 900),
        Trouble::Held { until } => return Time(*until).max(now.plus_secs(1)),
        // Somebody has to mend it: here, which ends the rest, or there, which nobody tells us.
        Trouble::Auth(_) => doubled(300, 3600),
        Trouble::BadRequest(_) | Trouble::Unreadable(_) => doubled(60, 900),
        Trouble::Soon(_) => doubled(5, 300),
        Trouble::Changed(_) => doubled(2, 300),
    };
    now.plus_secs(secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_rest_is_as_long_as_the_service_says_or_grows() {
        let secs = |trouble: Trouble, failures| rest(&trouble, failures, Time(0)).0 / 1000;
        let rate = |secs| Trouble::Rate { retry_after: secs };
        assert_eq!(secs(rate(Some(Duration::from_secs(7))), 9), 7);
        assert_eq!((secs(rate(None), 0), secs(rate(None), 9)), (60, 900));
        let soon = || Trouble::Soon(String::new());
        assert_eq!((secs(soon(), 0), secs(soon(), 1), secs(soon(), 30)), (5, 10, 300));
        assert_eq!(secs(Trouble::Held { until: 9_000 }, 3), 9);
        let auth = || Trouble::Auth(String::new());
        assert_eq!((secs(auth(), 0), secs(auth(), 9)), (300, 3600));
    }
}
