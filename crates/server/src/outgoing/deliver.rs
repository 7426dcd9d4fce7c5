//! One delivery: signed, sent, and what follows from the answer.

use super::body::body;
use super::client::{Client, Message, PATIENCE, Reply};
use crate::app::App;
use crate::auth::seal::{Owner, Place, Purpose};
use crate::dispatcher::{Actor, WorkspaceId};
use crate::http::Problem;
use crate::http::problem::Answered;
use connectors::webhook::standard::{self, Key};
use routing::Time;
use serde_json::json;
use store::{Act, Attempted, Delivery, Endpoint, Then};

/// Pauses between the attempts of a delivery, in seconds: as Standard Webhooks recommends, ending
/// after a day.
const PAUSES: [u32; 8] = [5, 5 * 60, 30 * 60, 2 * 3600, 4 * 3600, 5 * 3600, 6 * 3600, 6 * 3600];
/// The longest that an endpoint may ask to be left alone for, in seconds.
const LONGEST_WISH_SECS: u32 = 3600;
/// Nothing is sent to an endpoint that fails for so long at most, so that what is new finds out
/// soon whether it is back.
const LONGEST_REST_SECS: u32 = 30 * 60;
/// A delivery is given up after so long.
const PATIENCE_SECS: u32 = 24 * 3600;
/// An endpoint that has failed for so long, and at least so many times in a row, is switched off: a
/// little before a delivery's day is over.
const DEAD_SECS: u32 = 23 * 3600;
const DEAD_FAILURES: u32 = 5;

/// When a delivery is tried again that this server could not send through a fault of its own.
const PUT_BACK_SECS: u32 = 60;

/// For how long other nodes leave a delivery to the one that took it: longer than it may take.
pub const LEASE_SECS: u32 = 2 * PATIENCE.as_secs() as u32 + 30;

/// Sends one delivery and notes what came of it. A failure of our own database changes nothing: the
/// lease ends, and somebody tries again.
pub async fn deliver(app: &App, client: &Client, workspace: WorkspaceId, delivery: &Delivery) {
    if let Err(error) = attempt(app, client, workspace, delivery).await {
        tracing::warn!(workspace = workspace.0, %error, "a webhook was not settled");
    }
}

async fn attempt(
    app: &App,
    client: &Client,
    workspace: WorkspaceId,
    delivery: &Delivery,
) -> store::Result<()> {
    let Some(endpoint) = app.store.endpoint(workspace, delivery.endpoint).await? else {
        return Ok(());
    };
    let id = format!("evt_{}_{}", workspace.0, delivery.id);
    let sent = match body(app, workspace, delivery.seq(), &delivery.topic).await {
        Ok(body) => send(app, client, workspace, &endpoint, id, body.to_string()).await,
        Err(problem) => Err(problem),
    };
    let at = app.clock.now();
    let (status, then) = match sent {
        Ok(answer) => (
            answer.as_ref().ok().map(|reply| reply.status),
            follow(&endpoint, delivery, &answer, at),
        ),
        // Our own trouble is not the endpoint's; another node may have none.
        Err(problem) => {
            let (endpoint, problem) = (endpoint.id.0, problem.detail);
            tracing::warn!(workspace = workspace.0, endpoint, problem, "a webhook was not sent");
            (None, Then::PutBack { due: at.plus_secs(PUT_BACK_SECS) })
        }
    };
    let attempted = Attempted { endpoint: endpoint.id, delivery: delivery.id, at, status, then };
    let endpoint = app.store.attempted(workspace, &attempted).await?;
    let why = match (status, &attempted.then) {
        (Some(410), _) => "it answered 410: it is gone for good".to_owned(),
        (_, Then::Delivered | Then::PutBack { .. }) => return Ok(()),
        _ if is_dead(&endpoint, at) => "nothing could be delivered to it for a day".to_owned(),
        _ => return Ok(()),
    };
    disable(app, workspace, &endpoint, &why, at).await
}

/// Signs and sends a body; what was answered, or why nothing was.
///
/// # Errors
/// What keeps this server from sending at all.
pub async fn send(
    app: &App,
    client: &Client,
    workspace: WorkspaceId,
    endpoint: &Endpoint,
    id: String,
    body: String,
) -> Answered<Result<Reply, String>> {
    let now = app.clock.now();
    let keys = keys(app, workspace, endpoint, now)?;
    let timestamp = now.0.div_euclid(1000);
    let signed = keys.iter().filter_map(|k| standard::sign(k, &id, timestamp, body.as_bytes()));
    let signatures = signed.collect::<Vec<_>>().join(" ");
    let message = Message { url: endpoint.url.clone(), id, timestamp, signatures, body };
    let client = client.clone();
    let sent = tokio::task::spawn_blocking(move || client.send(&message)).await;
    sent.map_err(|_| Problem::internal("the request was cut off"))
}

/// The keys that count now: the endpoint's, and the one before while it is being replaced.
///
/// # Errors
/// When the endpoint's own cannot be opened.
pub fn keys(
    app: &App,
    workspace: WorkspaceId,
    endpoint: &Endpoint,
    now: Time,
) -> Answered<Vec<Key>> {
    let sealer = app.sealer().map_err(Problem::from)?;
    let owner = Owner::Endpoint(endpoint.id);
    let place = Place { workspace, owner, purpose: Purpose::SigningSecret };
    let open = |sealed: &str| {
        let secret = sealer.unseal(place, sealed).map_err(Problem::from)?;
        Key::read(&secret).map_err(Problem::internal)
    };
    let mut keys = vec![open(&endpoint.sealed)?];
    // The one before may have been sealed with a key that is lost: then it no longer signs.
    let old = endpoint.old_sealed.as_ref().filter(|(_, until)| *until > now);
    keys.extend(old.and_then(|(old, _)| open(old).ok()));
    Ok(keys)
}

fn follow(
    endpoint: &Endpoint,
    delivery: &Delivery,
    answer: &Result<Reply, String>,
    now: Time,
) -> Then {
    let (problem, wish) = match answer {
        Ok(Reply { status: 200..=299, .. }) => return Then::Delivered,
        Ok(Reply { status: status @ 300..=399, .. }) => (
            format!("it answered {status}; redirects are not followed, so give the final address"),
            None,
        ),
        Ok(Reply { status: status @ (429 | 503), retry_after_secs: wish }) => {
            (format!("it answered {status}"), *wish)
        }
        Ok(Reply { status, .. }) => (format!("it answered {status}"), None),
        Err(problem) => (problem.clone(), None),
    };
    let wish = wish.unwrap_or_default().min(LONGEST_WISH_SECS);
    let pause = |attempts: u32| {
        let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        PAUSES.get(at).copied()
    };
    let rest = pause(endpoint.failures + 1).unwrap_or(LONGEST_REST_SECS).min(LONGEST_REST_SECS);
    let paused_until = now.plus_secs(rest.max(wish));
    // Attempts that were made before it was sent again do not count.
    let tried = now.0.saturating_sub(delivery.queued_at.0) / 1000;
    let left = i64::from(PATIENCE_SECS) - tried;
    let pause = pause(delivery.attempts).unwrap_or(PAUSES[PAUSES.len() - 1]);
    // Its day is used up: one that waited for the endpoint's rest tries once more at its end.
    let last = u32::try_from(left).unwrap_or_default();
    match sooner(pause, delivery.id).min(last).max(wish) {
        pause if pause > 0 && i64::from(pause) <= left => {
            Then::Again { problem, due: now.plus_secs(pause), paused_until }
        }
        _ => Then::GiveUp { problem, paused_until },
    }
}

/// A pause cut by a tenth at most and three minutes at most, by each delivery differently: so those
/// that failed together do not all come back together.
fn sooner(pause: u32, delivery: u64) -> u32 {
    let most = (pause / 10).min(180);
    let share = delivery.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    pause - (share % u64::from(most + 1)) as u32
}

fn is_dead(endpoint: &Endpoint, now: Time) -> bool {
    let since = endpoint.failing_since.unwrap_or(now);
    endpoint.failures >= DEAD_FAILURES && since.plus_secs(DEAD_SECS) <= now
}

async fn disable(
    app: &App,
    workspace: WorkspaceId,
    endpoint: &Endpoint,
    why: &str,
    now: Time,
) -> store::Result<()> {
    let (workspace_id, id) = (workspace.0, endpoint.id.0);
    let act = Act {
        actor: Actor::System,
        act: "endpoint_disabled",
        object: "endpoint",
        object_id: Some(id),
        body: json!({ "before": { "active": true }, "after": { "active": false, "why": why } }),
    };
    // Those that were under way together all find it dead; it is switched off once.
    if app.store.disable_endpoint(workspace, endpoint.id, why, &act, now).await? {
        tracing::error!(workspace = workspace_id, endpoint = id, why, "a webhook was switched off");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use store::{DeliveryState, EndpointId};

    fn endpoint(failures: u32) -> Endpoint {
        Endpoint {
            id: EndpointId(1),
            name: "CRM".into(),
            url: "https://crm.example/hook".into(),
            topics: BTreeSet::new(),
            active: true,
            sealed: String::new(),
            old_sealed: None,
            seq: 0,
            failures,
            failing_since: (failures > 0).then_some(Time(0)),
            paused_until: Time(0),
            disabled: None,
            created_at: Time(0),
        }
    }

    fn delivery(attempts: u32) -> Delivery {
        Delivery {
            endpoint: EndpointId(1),
            id: 70,
            topic: "item.assigned".into(),
            object: "item:7".into(),
            state: DeliveryState::Waiting,
            attempts,
            queued_at: Time(0),
            due_at: Time(0),
            status: None,
            problem: None,
            settled_at: None,
        }
    }

    #[test]
    fn attempts_grow_apart_and_end_after_a_day() {
        let (mut now, mut pauses) = (Time(0), Vec::new());
        for attempt in 1.. {
            match follow(&endpoint(attempt - 1), &delivery(attempt), &Ok(reply(500)), now) {
                Then::Again { due, .. } => {
                    pauses.push((due.0 - now.0) / 1000);
                    now = due;
                }
                then => {
                    assert!(matches!(then, Then::GiveUp { .. }), "{then:?}");
                    break;
                }
            }
        }
        for (pause, full) in pauses.iter().zip(PAUSES) {
            assert!((full - (full / 10).min(180)..=full).contains(&(*pause as u32)), "{pauses:?}");
        }
        assert_eq!(pauses.len(), PAUSES.len() + 1);
        assert_eq!(now.0, i64::from(PATIENCE_SECS) * 1000);
        assert!(is_dead(&endpoint(8), now) && !is_dead(&endpoint(2), now));
    }

    #[test]
    fn what_waited_for_the_endpoint_s_rest_has_its_whole_day() {
        let at = |hours: i64| Time(hours * 3_600_000);
        match follow(&endpoint(8), &delivery(8), &Ok(reply(500)), at(19)) {
            Then::Again { due, .. } => assert_eq!(due, at(24)),
            then => panic!("{then:?}"),
        }
        for (attempts, hours) in [(9, 24), (9, 30)] {
            let then = follow(&endpoint(9), &delivery(attempts), &Ok(reply(500)), at(hours));
            assert!(matches!(then, Then::GiveUp { .. }), "{then:?}");
        }
    }

    fn reply(status: u16) -> Reply {
        Reply { status, retry_after_secs: None }
    }

    #[test]
    fn an_endpoint_is_left_alone_for_as_long_as_it_asks() {
        let due = |status, secs, attempts| {
            let reply = Reply { status, retry_after_secs: Some(secs) };
            match follow(&endpoint(0), &delivery(attempts), &Ok(reply), Time(0)) {
                Then::Again { due, paused_until, .. } => (due.0 / 1000, paused_until.0 / 1000),
                then => panic!("{then:?}"),
            }
        };
        assert_eq!(due(503, 120, 1), (120, 120));
        assert_eq!(due(429, 1_000_000, 1), (3600, 3600));
        assert_eq!(due(500, 120, 1), (5, 5), "only where it is busy");
        assert!(due(429, 1, 4).0 > 6_000, "no sooner than without");
    }

    #[test]
    fn deliveries_that_failed_together_come_back_apart() {
        let pauses: BTreeSet<u32> = (70..170).map(|id| sooner(1800, id)).collect();
        assert!(pauses.len() > 50, "{pauses:?}");
        assert!(pauses.iter().all(|pause| (1620..=1800).contains(pause)), "{pauses:?}");
        assert_eq!(sooner(5, 71), 5);
    }

    #[test]
    fn only_a_2xx_is_a_delivery() {
        let then = |answer| follow(&endpoint(0), &delivery(1), &answer, Time(0));
        assert_eq!(then(Ok(reply(204))), Then::Delivered);
        for answer in [Ok(reply(302)), Ok(reply(400)), Ok(reply(500)), Err("no answer".to_owned())]
        {
            assert!(matches!(then(answer), Then::Again { due: Time(5000), .. }));
        }
    }
}
