//! Waits and results from the tables, against what a second implementation counts from the events.

#[path = "../../../whatif/tests/office/mod.rs"]
#[allow(dead_code)]
mod office;

use crate::harness::{Database, Result, Workspace};
use office::{Size, from_the_first};
use routing::{AgentId, Command, Event, Facts, QueueId, ServiceTarget, State, Time};
use scenario::simulation::Driver;
use std::collections::BTreeMap;
use store::{Actor, Recorded, Served, Service, WaitTarget};
use whatif::{Figures, Options, Side};

crate::on_both!(a_month_is_counted_the_same_twice, whatever_people_do);

/// A workspace whose events are known beforehand.
async fn empty(database: &Database, name: &str) -> Result<Workspace> {
    let id = database.store.create_workspace(name, [7; 32], Time(0)).await?;
    let mut workspace = Workspace::create(database, &format!("{name}, besides")).await?;
    (workspace.id, workspace.seq) = (id, 0);
    workspace.state = State::restore(Facts::default());
    Ok(workspace)
}

/// Writes what was decided elsewhere, many commands in one transaction.
async fn write(workspace: &mut Workspace, events: &[(Time, Event)]) -> Result<()> {
    let mut batch = workspace.batch();
    workspace.now = events.last().map_or(workspace.now, |(at, _)| *at);
    let mut tx = workspace.store.begin(workspace.id, workspace.now).await?;
    for (at, event) in events {
        workspace.state.apply(*at, event);
        batch.events.push(Recorded { event: event.clone(), actor: Actor::System, at: *at });
    }
    batch.next_deadline = workspace.state.next_deadline();
    let written = tx.write(&batch, workspace.state.facts()).await?;
    tx.commit().await?;
    workspace.seq = written.last;
    workspace.state.forget_closed();
    Ok(())
}

/// What the tables say of every queue from `from` on and before `to`.
async fn asked(
    workspace: &Workspace,
    target: ServiceTarget,
    from: Time,
    to: Time,
) -> Result<Service> {
    let target = |queue: &QueueId| WaitTarget {
        queue: *queue,
        within_ms: u64::from(target.within_secs) * 1_000,
        short_ms: u64::from(target.short_secs) * 1_000,
    };
    let targets: Vec<WaitTarget> = workspace.state.facts().queues.keys().map(target).collect();
    Ok(workspace.store.service(workspace.id, &targets, from, to).await?)
}

fn sum<'s>(served: impl Iterator<Item = &'s Served>) -> Served {
    served.fold(Served::default(), |mut sum, served| {
        sum += *served;
        sum
    })
}

/// The second implementation's figures, as the tables would say it.
fn served(figures: &Figures) -> Served {
    let Figures { assigned, answers, work, .. } = figures;
    Served {
        assigned: *assigned,
        answered: answers.answered,
        answered_within: answers.answered_within,
        answered_wait_ms: answers.answered_wait_ms,
        abandoned: answers.abandoned,
        abandoned_within: answers.abandoned_within,
        abandoned_short: answers.abandoned_short,
        results: work.handled,
        handled_ms: work.talk_ms,
        // Events say it too, and `reports.rs` holds it against what was counted by hand.
        contacted: 0,
        won: 0,
    }
}

fn without_outcomes(served: Served) -> Served {
    Served { contacted: 0, won: 0, ..served }
}

/// Both, of everything, of each queue and of each agent.
fn agree(tables: &Service, events: &Side, told: &str) {
    let all = sum(tables.by.iter().map(|(_, served)| served));
    assert_eq!(without_outcomes(all), served(&events.workspace), "{told}");
    assert_eq!(sum(tables.quarters.iter().map(|(_, served)| served)), all, "{told}");
    let mut queues = BTreeMap::<QueueId, Served>::new();
    let mut agents = BTreeMap::<AgentId, Served>::new();
    for (by, served) in &tables.by {
        *queues.entry(by.queue).or_default() += *served;
        if let Some(agent) = by.agent {
            *agents.entry(agent).or_default() += *served;
        }
    }
    for (queue, figures) in &events.queues {
        let tables = queues.get(queue).copied().unwrap_or_default();
        assert_eq!(without_outcomes(tables), served(figures), "{told}: queue {queue}");
    }
    for (agent, figures) in &events.agents {
        let tables = agents.get(agent).copied().unwrap_or_default();
        assert_eq!(without_outcomes(tables), served(figures), "{told}: agent {agent}");
    }
}

async fn a_month_is_counted_the_same_twice(database: &Database) -> Result<()> {
    let month = Size { agents: 6, days: 28, every_ms: 4 * 60_000, claims: true };
    let entries = from_the_first(28, month).into_iter();
    let events: Vec<(Time, Event)> = entries.map(|entry| (entry.at, entry.event)).collect();
    let mut workspace = empty(database, "office").await?;
    for events in events.chunks(200) {
        write(&mut workspace, events).await?;
    }
    let end = Time(workspace.now.0 + 1);
    for target in [20, 120].map(|within_secs| ServiceTarget { within_secs, ..Default::default() }) {
        let options = Options { target: Some(target), ..Options::default() };
        let counted = whatif::count(
            &Facts::default(),
            events.iter().map(|(at, event)| (*at, event)),
            &options,
        );
        let found = asked(&workspace, target, Time(0), end).await?;
        agree(&found, &counted, "the month");
    }
    Ok(())
}

async fn whatever_people_do(database: &Database) -> Result<()> {
    let target = ServiceTarget { within_secs: 60, short_secs: 10, percent: 80 };
    let options = Options { target: Some(target), ..Options::default() };
    let mut answered = 0;
    for seed in 0..40 {
        let mut workspace = empty(database, &format!("seed {seed}")).await?;
        let (mut driver, mut state) = (Driver::new(seed), State::default());
        let mut events: Vec<(Time, Event)> = Vec::new();
        let mut written = 0;
        for made in 1..=240 {
            let (now, command) = driver.next(&state);
            // The driver also lets through what somebody had already, which servers refuse.
            if !matches!(command, Command::Force { .. }) {
                let decided = state.handle(now, command).events;
                let at = state.facts().now;
                events.extend(decided.into_iter().map(|event| (at, event)));
                state.forget_closed();
            }
            if made % 24 == 0 && events.len() > written {
                write(&mut workspace, &events[written..]).await?;
                written = events.len();
            }
        }
        let counted = whatif::count(
            &Facts::default(),
            events.iter().map(|(at, event)| (*at, event)),
            &options,
        );
        let end = Time(workspace.now.0 + 1);
        let found = asked(&workspace, target, Time(0), end).await?;
        agree(&found, &counted, &format!("seed {seed}"));
        // Two halves are the whole, wherever the cut is.
        let half = events[events.len() / 2].0;
        let mut halves = asked(&workspace, target, Time(0), half).await?;
        halves.by.extend(asked(&workspace, target, half, end).await?.by);
        let all = |service: &Service| sum(service.by.iter().map(|(_, served)| served));
        assert_eq!(all(&halves), all(&found), "seed {seed}");
        answered += all(&found).answered;
    }
    assert!(answered > 300, "{answered} waits were compared");
    Ok(())
}
