//! The task that fetches what was accepted, by this node or another, a few leads at a time.

use crate::app::App;
use crate::dispatcher::WorkspaceId;
use crate::fetch::accept::Wanted;
use crate::fetch::graph::Client;
use crate::fetch::lead::Missed;
use crate::fetch::{CHANNEL, lead};
use connectors::webhook::graph::{Then, Trouble};
use routing::Time;
use store::{GivenUp, Outgoing};
use tokio::task::JoinSet;

/// Leads that are fetched at once.
const AT_ONCE: usize = 8;
/// For how long other nodes leave a lead to the one that took it: longer than a fetch may take.
pub(super) const LEASE_SECS: u32 = 60;
/// A net under what wakes the task: another node's leads, a node that died.
const RECHECK_SECS: u32 = 30;
/// Not more often, whatever is due.
const BREATH_SECS: u32 = 1;
/// The first pause after a failure, the one after a limit was reached, and the longest.
const FIRST_SECS: u32 = 5;
const LIMITED_SECS: u32 = 600;
const LONGEST_SECS: u32 = 3600;
/// For how long a lead is tried, as long as Meta itself tries to send its notice.
const PATIENCE_SECS: u32 = 36 * 3600;

/// Fetches until the server stops.
pub async fn run(app: App) {
    let client = Client::new(&app.config.meta_url);
    let mut fetching = JoinSet::new();
    for turn in 0.. {
        let room = AT_ONCE.saturating_sub(fetching.len());
        let now = app.clock.now();
        match take(&app, turn, room, now).await {
            Ok(taken) => taken.into_iter().for_each(|(workspace, outgoing)| {
                fetching.spawn(one(app.clone(), client.clone(), workspace, outgoing));
            }),
            Err(error) => tracing::debug!(%error, "leads to fetch cannot be looked up"),
        }
        let full = fetching.len() >= AT_ONCE;
        let next = next_look(&app, now).await;
        tokio::select! {
            Some(_) = fetching.join_next(), if !fetching.is_empty() => {}
            () = app.fetch_wake.notified(), if !full => {}
            () = app.clock.sleep_until(next), if !full => {}
            () = app.stopped() => return,
        }
    }
}

async fn take(
    app: &App,
    turn: usize,
    room: usize,
    now: Time,
) -> store::Result<Vec<(WorkspaceId, Outgoing)>> {
    let mut taken = Vec::new();
    if room == 0 {
        return Ok(taken);
    }
    if app.store.outgoing_due(CHANNEL).await?.is_none_or(|due| due > now) {
        return Ok(taken);
    }
    let mut workspaces = app.store.workspaces().await?;
    // Another one is first each time, so that one with very many leaves room for the rest.
    let first = turn % workspaces.len().max(1);
    workspaces.rotate_left(first);
    for row in workspaces {
        let room = room.saturating_sub(taken.len());
        if room == 0 {
            break;
        }
        let (until, limit) = (now.plus_secs(LEASE_SECS), u32::try_from(room).unwrap_or(1));
        let some = app.store.take_outgoing(row.id, CHANNEL, now, until, limit).await?;
        taken.extend(some.into_iter().map(|outgoing| (row.id, outgoing)));
    }
    Ok(taken)
}

/// When to look again. It is counted from the time of the last look, so that nothing that has become
/// due since is slept over.
async fn next_look(app: &App, now: Time) -> Time {
    let due = app.store.outgoing_due(CHANNEL).await.ok().flatten();
    let latest = now.plus_secs(RECHECK_SECS);
    due.unwrap_or(latest).clamp(now.plus_secs(BREATH_SECS), latest)
}

/// One lead, to its item or its next attempt. A failure of our own database changes nothing: the
/// lease ends, and somebody tries again.
async fn one(app: App, client: Client, workspace: WorkspaceId, outgoing: Outgoing) {
    let settled = match serde_json::from_str::<Wanted>(&outgoing.body) {
        Ok(wanted) => match lead::fetch(&app, &client, workspace, &wanted).await {
            Ok(()) => app.store.outgoing_done(workspace, &[outgoing.id]).await,
            Err(Missed::Trouble(trouble)) => {
                later(&app, workspace, &outgoing, &wanted, trouble).await
            }
            // It stays until the source is activated, which has it tried at once.
            Err(Missed::Inactive) => {
                let at = app.clock.now().plus_secs(LONGEST_SECS);
                app.store.outgoing_failed(workspace, outgoing.id, at).await
            }
        },
        // Only a newer version can have written it: that one will read it.
        Err(_) => {
            let at = app.clock.now().plus_secs(LONGEST_SECS);
            app.store.outgoing_failed(workspace, outgoing.id, at).await
        }
    };
    if let Err(error) = settled {
        tracing::warn!(workspace = workspace.0, %error, "a fetched lead was not settled");
    }
}

async fn later(
    app: &App,
    workspace: WorkspaceId,
    outgoing: &Outgoing,
    wanted: &Wanted,
    trouble: Trouble,
) -> store::Result<()> {
    let (now, source) = (app.clock.now(), wanted.source);
    let next = next_attempt(now, wanted.accepted_at, outgoing.attempts, trouble.then);
    let (lead, problem) = (wanted.lead.leadgen_id.as_str(), trouble.problem.as_str());
    let Some(next) = next else {
        tracing::error!(
            workspace = workspace.0,
            source = source.0,
            leadgen_id = lead,
            problem,
            attempts = outgoing.attempts,
            "a lead was given up; look for it at Meta"
        );
        let accepted = wanted.notice_key();
        let given_up = GivenUp {
            outgoing: outgoing.id,
            source,
            problem,
            at: now,
            accepted_as: (&accepted.scope, &accepted.key),
        };
        return app.store.outgoing_given_up(workspace, &given_up).await;
    };
    tracing::warn!(
        workspace = workspace.0,
        source = source.0,
        leadgen_id = lead,
        problem,
        attempts = outgoing.attempts,
        "a lead could not be fetched yet"
    );
    if trouble.then == Then::Mend {
        app.store.fetch_troubled(workspace, source, problem, now).await?;
    }
    app.store.outgoing_failed(workspace, outgoing.id, next).await
}

/// When to try again; `None` when it makes no sense any more.
fn next_attempt(now: Time, accepted_at: Time, attempts: u32, then: Then) -> Option<Time> {
    let doubled = FIRST_SECS.saturating_mul(1 << attempts.saturating_sub(1).min(20));
    let pause = match then {
        Then::GiveUp => return None,
        Then::TrySoon => doubled,
        // More calls would only keep the limit reached; and nobody mends a token in seconds.
        Then::TryLater | Then::Mend => doubled.max(LIMITED_SECS),
    };
    let next = now.plus_secs(pause.min(LONGEST_SECS));
    (next <= accepted_at.plus_secs(PATIENCE_SECS)).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_grow_apart_and_end_after_36_hours() {
        let (mut now, mut pauses) = (Time(0), Vec::new());
        for attempt in 1.. {
            let Some(next) = next_attempt(now, Time(0), attempt, Then::TrySoon) else { break };
            pauses.push((next.0 - now.0) / 1000);
            now = next;
        }
        assert_eq!(pauses[..5], [5, 10, 20, 40, 80]);
        assert!(pauses.iter().all(|pause| *pause <= 3600));
        let hours = now.0 / 3_600_000;
        assert!((35..=36).contains(&hours) && pauses.len() < 60, "{hours} h, {}", pauses.len());
        let limited = next_attempt(Time(0), Time(0), 1, Then::TryLater);
        assert_eq!(limited, Some(Time(600_000)));
        assert_eq!(next_attempt(Time(0), Time(0), 1, Then::GiveUp), None);
    }
}
