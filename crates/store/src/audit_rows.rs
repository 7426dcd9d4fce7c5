//! What of a batch is audited, and how a row joins the audit's chain.

use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type::Int as I, Type::Text as T};
use crate::hash::{GENESIS, Link};
use crate::write::json;
use crate::{Act, Actor, Batch, Recorded, Result, WorkspaceId};
use routing::{AgentId, Event, Time};
use std::collections::HashSet;

/// The version of a row's hash.
const VERSION: i64 = 1;

static AUDIT: Many = Many {
    sql: "INSERT INTO audit (workspace_id, audit_id, at, actor, act, object, object_id, seq, body, \
          hash) {values}",
    types: &[I, I, I, T, T, T, I, I, T, T],
};

static USERS: Many = Many {
    sql: "SELECT v.c2, v.c3 FROM {rows} AS v JOIN users AS u ON u.workspace_id = v.c1 \
          AND u.user_id = v.c2 AND u.agent_id = v.c3",
    types: &[I, I, I],
};

static TOKENS: Many = Many {
    sql: "SELECT v.c2, v.c3 FROM {rows} AS v JOIN tokens AS t ON t.workspace_id = v.c1 \
          AND t.token_id = v.c2 AND t.agent_id = v.c3",
    types: &[I, I, I],
};

/// A row that waits for its place in the chain; without a body it stands for the event `seq`.
pub(crate) struct Line<'a> {
    pub at: Time,
    pub actor: Actor,
    pub act: &'a str,
    pub object: &'a str,
    pub object_id: Option<u64>,
    pub seq: u64,
    pub body: Option<String>,
}

impl Line<'_> {
    pub fn of(act: &Act, seq: u64, at: Time) -> Result<Line<'_>> {
        let Act { actor, act, object, object_id, body } = act;
        let (actor, object_id, body) = (*actor, *object_id, Some(json(body)?));
        Ok(Line { at, actor, act, object, object_id, seq, body })
    }
}

/// What the row is called and what it is about, for an event that is audited: whatever changes the
/// configuration, and what a person did to another's work or presence.
fn audited(
    workspace: WorkspaceId,
    event: &Event,
) -> Option<(&'static str, &'static str, Option<u64>)> {
    use Event::*;
    Some(match event {
        Configured { .. } => ("configured", "workspace", Some(workspace.0)),
        AgentCreated { agent, .. } => ("agent_created", "agent", Some(agent.0)),
        AgentUpdated { agent, .. } => ("agent_updated", "agent", Some(agent.0)),
        AgentDeactivated { agent } => ("agent_deactivated", "agent", Some(agent.0)),
        QueueCreated { queue, .. } => ("queue_created", "queue", Some(queue.0)),
        QueueUpdated { queue, .. } => ("queue_updated", "queue", Some(queue.0)),
        QueueDeactivated { queue } => ("queue_deactivated", "queue", Some(queue.0)),
        SourceCreated { source, .. } => ("source_created", "source", Some(source.0)),
        SourceUpdated { source, .. } => ("source_updated", "source", Some(source.0)),
        SourceDeactivated { source } => ("source_deactivated", "source", Some(source.0)),
        RuleCreated { rule, .. } => ("rule_created", "rule", Some(rule.0)),
        RuleUpdated { rule, .. } => ("rule_updated", "rule", Some(rule.0)),
        RuleDeactivated { rule } => ("rule_deactivated", "rule", Some(rule.0)),
        SignedIn { agent } => ("signed_in", "agent", Some(agent.0)),
        SignedOut { agent } => ("signed_out", "agent", Some(agent.0)),
        StatusSet { agent, .. } => ("status_set", "agent", Some(agent.0)),
        Released { item, .. } => ("released", "item", Some(item.0)),
        Reassigned { item, .. } => ("reassigned", "item", Some(item.0)),
        Forced { item, .. } => ("forced", "item", Some(item.0)),
        Cancelled { item, .. } => ("cancelled", "item", Some(item.0)),
        _ => return None,
    })
}

/// Acts whose event says how an object is configured from then on.
pub(crate) const CONFIGURES: &str = "'configured', 'agent_created', 'agent_updated', \
    'queue_created', 'queue_updated', 'source_created', 'source_updated', 'rule_created', \
    'rule_updated'";

/// What agents also do themselves, many times a day: it is audited when another does it.
fn own_agent(event: &Event) -> Option<AgentId> {
    match event {
        Event::SignedIn { agent }
        | Event::SignedOut { agent }
        | Event::StatusSet { agent, .. }
        | Event::Released { agent, .. } => Some(*agent),
        _ => None,
    }
}

/// Adds the batch's rows, of which most batches have none.
pub(crate) async fn write<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    seq: u64,
    now: Time,
    batch: &Batch,
) -> Result<()> {
    let found = batch.events.iter().zip(seq + 1..).filter_map(|(recorded, seq)| {
        audited(workspace, &recorded.event)
            .map(|(act, object, id)| (recorded, seq, act, object, id))
    });
    let found: Vec<_> = found.collect();
    if found.is_empty() && batch.acts.is_empty() {
        return Ok(());
    }
    let own = by_themselves::<D>(conn, workspace, found.iter().map(|(one, ..)| *one)).await?;
    let mut lines = Vec::new();
    for (recorded, seq, act, object, object_id) in found {
        let Recorded { event, actor, at } = recorded;
        let another = own_agent(event)
            .is_none_or(|agent| *actor != Actor::System && !own.contains(&(*actor, agent)));
        if another {
            let (actor, at) = (*actor, *at);
            lines.push(Line { at, actor, act, object, object_id, seq, body: None });
        }
    }
    let last = seq + batch.events.len() as u64;
    for act in &batch.acts {
        lines.push(Line::of(act, last, now)?);
    }
    if lines.is_empty() {
        return Ok(());
    }
    add::<D>(conn, workspace, lines).await
}

/// Which of these were done by the agent's own login or token.
async fn by_themselves<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    recorded: impl Iterator<Item = &Recorded>,
) -> Result<HashSet<(Actor, AgentId)>> {
    let (mut users, mut tokens) = (Rows::default(), Rows::default());
    for Recorded { event, actor, .. } in recorded {
        match (own_agent(event), actor) {
            (Some(agent), Actor::User(id)) => users.push(cells![workspace, *id, agent]),
            (Some(agent), Actor::Token(id)) => tokens.push(cells![workspace, *id, agent]),
            _ => {}
        }
    }
    let mut own = HashSet::new();
    for row in D::rows_many(conn, &USERS, users).await? {
        let mut row = Columns::<D>::new(&row, "users");
        own.insert((Actor::User(crate::UserId(row.num()?)), AgentId(row.num()?)));
    }
    for row in D::rows_many(conn, &TOKENS, tokens).await? {
        let mut row = Columns::<D>::new(&row, "tokens");
        own.insert((Actor::Token(crate::TokenId(row.num()?)), AgentId(row.num()?)));
    }
    Ok(own)
}

/// Adds rows to the chain. The workspace's lock is held.
pub(crate) async fn add<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    lines: Vec<Line<'_>>,
) -> Result<()> {
    let last = "SELECT audit_id, hash FROM audit WHERE workspace_id = $1 \
        ORDER BY audit_id DESC LIMIT 1";
    let found = D::rows(conn, last.into(), cells![workspace].into()).await?;
    let (mut id, mut head) = match found.first() {
        Some(row) => {
            let mut row = Columns::<D>::new(row, "audit");
            (row.num::<u64>()?, row.text()?)
        }
        None => (0, GENESIS.to_owned()),
    };
    let mut rows = Rows::default();
    for line in lines {
        id += 1;
        head = hash(workspace, id, &head, &line);
        let Line { at, actor, act, object, object_id, seq, body } = line;
        let (actor, hash) = (actor.to_string(), head.as_str());
        rows.push(cells![workspace, id, at, actor, act, object, object_id, seq, body, hash]);
    }
    D::run_many(conn, &AUDIT, rows).await
}

/// The row's hash in hex, over the row before and every column: the journal's own way. Neither an
/// act's nor an object's name has a blank in it.
pub(crate) fn hash(workspace: WorkspaceId, id: u64, previous: &str, line: &Line<'_>) -> String {
    let what = match &line.body {
        Some(body) => format!("{} {} {body}", line.act, line.object),
        None => format!("{} {}", line.act, line.object),
    };
    let link = Link {
        workspace: workspace.0 as i64,
        seq: id as i64,
        version: VERSION,
        actor: &line.actor.to_string(),
        at: line.at.0,
        batch: line.seq as i64,
        item: line.object_id.map(|id| id as i64),
        body: &what,
    };
    link.hash(previous)
}
