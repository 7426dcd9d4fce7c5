//! Keeps the demo alive: leads come in, and agents whom nobody plays sign in and work.

use crate::api::items::submit::work;
use crate::app::App;
use crate::demo::people::{self, Dice};
use crate::dispatcher::{Actor, Request, WorkspaceId};
use crate::http::problem::Answered;
use crate::submission::{ContactIn, Incoming, Locale, Strictness, prepare};
use routing::{
    AgentId, Code, Command, ItemId, ItemState, Mode, Seen, SourceId, State, Status, Time,
};
use serde_json::Value;
use std::time::Duration;

const BEAT: Duration = Duration::from_secs(2);
/// A calling list that runs low is filled up again.
const CALLS_LOW: usize = 5;

/// Works until the server stops.
pub async fn live(app: App) {
    let Ok(Some(row)) = app.store.workspace_by_name("demo").await else { return };
    let mut dice = Dice::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            () = app.stopped() => return,
        }
        // Whatever cannot be done now is done in the next beat.
        if let Err(problem) = beat(&app, row.id, &mut dice).await {
            tracing::debug!(problem = problem.name, "the demo skipped a beat");
        }
    }
}

async fn beat(app: &App, workspace: WorkspaceId, dice: &mut Dice) -> Answered<()> {
    let (agents, sources, calls) = app
        .look(workspace, |s| {
            let agents: Vec<Player> =
                s.facts().agents.values().filter(|a| a.active).map(|a| Player::of(s, a)).collect();
            let sources: Vec<SourceId> =
                s.facts().sources.values().filter(|s| s.active).map(|s| s.id).collect();
            let calls = s
                .facts()
                .queues
                .values()
                .find(|q| q.spec.mode == Mode::Pull)
                .map_or(usize::MAX, |q| s.waiting(q.id));
            (agents, sources, calls)
        })
        .await?;
    if let [meta, google, rest @ ..] = sources.as_slice() {
        if dice.below(5) < 2 {
            let source = if dice.below(2) == 0 { *meta } else { *google };
            submit(app, workspace, source, dice).await?;
        }
        if let Some(file) = rest.first()
            && calls < CALLS_LOW
        {
            submit(app, workspace, *file, dice).await?;
        }
    }
    let now = app.clock.now();
    for player in agents {
        if app.is_played(workspace, player.agent) {
            continue;
        }
        app.dispatcher.heard_from(workspace, player.agent);
        for command in player.moves(now, dice) {
            let request = Request::command(Actor::System, command);
            // A refusal says that the floor has changed meanwhile.
            drop(app.dispatcher.submit(workspace, request).await?);
        }
    }
    Ok(())
}

/// Hands in a made-up lead.
pub async fn submit(
    app: &App,
    workspace: WorkspaceId,
    source: SourceId,
    dice: &mut Dice,
) -> Answered<()> {
    let Some(row) = app.source_by_id(workspace, source).await? else { return Ok(()) };
    let face = &row.face;
    let mut fields = people::lead(dice);
    let Value::Object(attributes) = fields["attributes"].take() else { return Ok(()) };
    let text = |field: &str| fields[field].as_str().map(str::to_owned);
    let incoming = Incoming {
        contact: ContactIn { name: text("name"), phone: text("phone"), email: text("email") },
        region: text("region"),
        language: text("language"),
        attributes: attributes.into_iter().collect(),
        ..Incoming::default()
    };
    let key = app.contact_key(workspace).await?;
    let locale = Locale::of(&*app.settings(workspace).await?);
    let prepared = prepare(source, face, &key, &locale, incoming, Strictness::Keep)?;
    let request =
        Request { actor: Actor::Source(source), idempotency: None, work: vec![work(&prepared)] };
    drop(app.dispatcher.submit(workspace, request).await?);
    Ok(())
}

/// An agent as the demo plays them.
struct Player {
    agent: AgentId,
    present: bool,
    status: Status,
    /// The first thing in their hands, and the results that may be recorded for it.
    hand: Option<(ItemId, ItemState, Vec<Code>)>,
    claims: bool,
}

impl Player {
    fn of(state: &State, agent: &routing::Agent) -> Player {
        let facts = state.facts();
        let hand = state.held(agent.id).find_map(|id| {
            let item = facts.items.get(&id)?;
            let results = facts.queues.get(&item.queue)?.spec.dispositions.iter();
            let results = results.map(|d| d.name.clone()).collect();
            Some((id, item.state, results))
        });
        let pulls = |id| facts.queues.get(id).is_some_and(|q| q.spec.mode == Mode::Pull);
        Player {
            agent: agent.id,
            present: agent.present,
            status: agent.status.clone(),
            hand,
            claims: agent.spec.queues.iter().any(pulls),
        }
    }

    fn moves(&self, now: Time, dice: &mut Dice) -> Vec<Command> {
        let agent = self.agent;
        if !self.present {
            return if dice.below(3) == 0 { vec![Command::SignIn { agent }] } else { Vec::new() };
        }
        if self.status != Status::Available {
            let back = Command::SetStatus { agent, status: Status::Available };
            return if dice.below(12) == 0 { vec![back] } else { Vec::new() };
        }
        let seen = Seen { agent: Some(agent), version: None };
        match &self.hand {
            Some((item, ItemState::Offered { .. }, _)) => match dice.below(6) {
                0 => vec![Command::Decline { item: *item, seen }],
                1..4 => vec![Command::Accept { item: *item, seen }],
                _ => Vec::new(),
            },
            Some((item, ItemState::Assigned { since, .. }, results)) => {
                let held_secs = (now.0 - since.0) / 1000;
                if results.is_empty() || held_secs < 8 + dice.below(40) as i64 {
                    return Vec::new();
                }
                let disposition = dice.pick(results).clone();
                vec![Command::Complete { item: *item, seen, disposition }]
            }
            _ if self.claims && dice.below(4) == 0 => vec![Command::Claim { agent }],
            _ if dice.below(200) == 0 => {
                let reason = Code::new(if dice.below(2) == 0 { "break" } else { "training" });
                vec![Command::SetStatus { agent, status: Status::Away { reason } }]
            }
            _ => Vec::new(),
        }
    }
}
