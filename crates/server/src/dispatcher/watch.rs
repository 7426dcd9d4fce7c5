//! What a node looks after without being asked: other nodes' events, deadlines of workspaces that
//! nobody uses here, who was heard from and who was not.

use super::desk::Ask;
use super::node::Node;
use futures_util::StreamExt;
use routing::AgentId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{Heard, WorkspaceId};

/// Between two comparisons of all seqs and deadlines: on a database that others write to, and on
/// one that is this process's own.
const SURVEY_SHARED: Duration = Duration::from_secs(2);
const SURVEY_OWN: Duration = Duration::from_secs(30);
/// Between two writes of who was heard from.
const PRESENCE: Duration = Duration::from_secs(5);
/// Between two attempts to listen.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Hears of other nodes' events, and sees to deadlines everywhere, until the node stops.
pub(super) async fn survey_all(node: Arc<Node>) {
    let pause = if node.store.is_shared() { SURVEY_SHARED } else { SURVEY_OWN };
    let mut warned = false;
    while !node.is_stopping() {
        match survey(&node, pause).await {
            Ok(()) => warned = false,
            Err(error) => {
                node.trouble();
                if !warned {
                    tracing::warn!(%error, "workspaces could not be compared");
                }
                warned = true;
            }
        }
        tokio::select! {
            () = node.stopping() => return,
            () = node.clock.sleep(pause) => {}
        }
    }
}

async fn survey(node: &Arc<Node>, pause: Duration) -> store::Result<()> {
    let soon = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
    let soon = node.clock.now().0.saturating_add(soon);
    for row in node.store.workspaces().await? {
        if let Some(desk) = node.opened(row.id).filter(|desk| !desk.is_deserted()) {
            if desk.told.load(Ordering::Acquire) < row.seq {
                desk.wake.notify_one();
            }
        } else if node.dispatches && row.next_deadline.is_some_and(|at| node.local(at).0 <= soon) {
            // Opened in time, its own task fires the deadline on the moment.
            if let Some(desk) = node.desk(row.id) {
                desk.wake.notify_one();
            }
        }
    }
    if node.store.is_shared() {
        tell_erasures(node).await?;
        tell_announcements(node).await?;
        tell_desks(node).await?;
    }
    Ok(())
}

/// Nor is an announcement: another node's is looked for too, and so is the end of one.
async fn tell_announcements(node: &Node) -> store::Result<()> {
    let mut stand: BTreeMap<WorkspaceId, BTreeSet<u64>> = BTreeMap::new();
    for (workspace, announcement) in node.store.announced(node.clock.now()).await? {
        stand.entry(workspace).or_default().insert(announcement);
    }
    for (workspace, desk) in node.opened_all() {
        let now = stand.remove(&workspace).unwrap_or_default();
        let mut before = desk.announced.lock().unwrap_or_else(PoisonError::into_inner);
        if *before != now {
            *before = now;
            desk.speaker.announced();
        }
    }
    Ok(())
}

/// Nor is a change of how agents see a queue's items: another node's is looked for too.
async fn tell_desks(node: &Node) -> store::Result<()> {
    for (workspace, changes) in node.store.desk_changes().await? {
        if let Some(desk) = node.opened(workspace)
            && desk.desk_changes.swap(changes, Ordering::AcqRel) < changes
        {
            desk.speaker.desks_changed();
        }
    }
    Ok(())
}

/// An erasure is no event, so another node's is looked for: what is shown of the person here must
/// go, too.
async fn tell_erasures(node: &Node) -> store::Result<()> {
    for (workspace, last) in node.store.erasures().await? {
        if let Some(desk) = node.opened(workspace)
            && desk.erased.swap(last, Ordering::AcqRel) < last
        {
            desk.speaker.reload();
        }
    }
    Ok(())
}

/// Hears what other nodes commit, as they commit it.
pub(super) async fn listen(node: Arc<Node>) {
    let mut warned = false;
    while !node.is_stopping() {
        let listening = async {
            match node.store.listen().await {
                Ok(mut heard) => {
                    warned = false;
                    while let Some(heard) = heard.next().await {
                        notice(&node, heard).await;
                    }
                }
                Err(error) if !warned => {
                    tracing::warn!(%error, "cannot listen for other nodes' events; comparing only");
                    warned = true;
                }
                Err(_) => {}
            }
        };
        tokio::select! {
            () = node.stopping() => return,
            () = listening => tokio::time::sleep(LISTEN_AGAIN).await,
        }
    }
}

async fn notice(node: &Arc<Node>, heard: Heard) {
    match heard {
        Heard::Moved { workspace, seq } => {
            if let Some(desk) = node.opened(workspace)
                && desk.told.load(Ordering::Acquire) < seq
            {
                desk.wake.notify_one();
            }
        }
        Heard::Reconnected => {
            node.trouble();
            // The next comparison tries again.
            let _ = survey(node, SURVEY_SHARED).await;
        }
    }
}

/// Writes who was heard from, and looks for who was not.
pub(super) async fn keep_presence(node: Arc<Node>) {
    let mut last = node.clock.now();
    while !node.is_stopping() {
        tokio::select! {
            () = node.stopping() => break,
            () = node.clock.sleep(PRESENCE) => {}
        }
        let now = node.clock.now();
        // The machine slept, or was far too busy: nobody could be heard meanwhile.
        if now.0.saturating_sub(last.0) > 4 * 1000 * i64::try_from(PRESENCE.as_secs()).unwrap_or(5)
            && node.clock.is_system()
        {
            node.trouble();
        }
        last = now;
        write_heard(&node).await;
        if node.dispatches && !node.is_stopping() {
            find_overdue(&node).await;
        }
    }
    write_heard(&node).await;
}

async fn write_heard(node: &Node) {
    let heard = std::mem::take(&mut *node.heard.lock().unwrap_or_else(PoisonError::into_inner));
    if heard.is_empty() {
        return;
    }
    let agents: Vec<_> = heard.into_iter().collect();
    if let Err(error) = node.store.seen(&agents, node.clock.now()).await {
        tracing::warn!(%error, "who was heard from could not be written; trying again");
        node.trouble();
        node.heard.lock().unwrap_or_else(PoisonError::into_inner).extend(agents);
    }
}

async fn find_overdue(node: &Arc<Node>) {
    let overdue = match node.store.overdue(node.clock.now()).await {
        Ok(overdue) => overdue,
        Err(_) => return node.trouble(),
    };
    let mut lapses: BTreeMap<WorkspaceId, Vec<AgentId>> = BTreeMap::new();
    for (workspace, agent, _) in overdue {
        lapses.entry(workspace).or_default().push(agent);
    }
    for (workspace, agents) in lapses {
        node.ask(workspace, Ask::Lapse(agents));
    }
}
