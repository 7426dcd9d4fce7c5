//! A batch's rows beside the journal's, from the final facts.

use crate::cell::cells;
use crate::dialect::{Many, Rows, Type::Int as I, Type::Text as T, Writes};
use crate::touched::{ItemTrace, Touched};
use crate::{Error, ItemStatus, Recorded, Result, WorkspaceId};
use routing::{
    Agent, AgentId, Code, Event, Facts, Item, ItemId, ItemState, Kind, QueueId, SourceId, Status,
    Time,
};
use routing::{Callable, Callback, ContactKey, Skills};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! items {
    ($tail:literal) => {
        Many {
            sql: concat!(
                "INSERT INTO items (workspace_id, item_id, version, kind, state, source_id, ",
                "queue_id, agent_id, placed, since, taken_day, until, region, language, priority, rule_id, ",
                "place, arrived_at, queued_at, earliest, attempts, disposition, closed_at, ",
                "duplicate_of, dedupe_source, dedupe_key, dedupe_until, attributes, nested) ",
                "{values}",
                $tail
            ),
            types: &[
                I, I, I, T, T, I, I, I, I, I, I, I, T, T, I, I, I, I, I, I, I, T, I, I, I, T, I, T, T,
            ],
        }
    };
}

/// Items that are new in the batch.
static NEW_ITEMS: Many = items!("");

/// Items that were there: what never changes is left alone.
static ITEMS: Many = items!(
    " ON CONFLICT (workspace_id, item_id) DO UPDATE SET version = excluded.version, \
     state = excluded.state, queue_id = excluded.queue_id, agent_id = excluded.agent_id, \
     placed = excluded.placed, since = excluded.since, taken_day = excluded.taken_day, \
     until = excluded.until, \
     priority = excluded.priority, rule_id = excluded.rule_id, place = excluded.place, \
     queued_at = excluded.queued_at, attempts = excluded.attempts, \
     disposition = NULLIF(COALESCE(excluded.disposition, items.disposition), ''), \
     closed_at = excluded.closed_at, nested = excluded.nested"
);

/// What of an item is kept as JSON beside its columns.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Nested {
    #[serde(default, skip_serializing_if = "Skills::is_empty")]
    pub skills: Skills,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<(routing::AgentId, Time)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visited: Vec<QueueId>,
    #[serde(default, skip_serializing_if = "Care::is_none")]
    pub care: Care,
    #[serde(default, skip_serializing_if = "Callable::is_default")]
    pub callable: Callable,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<Callback>,
}

/// How an item's holders have looked after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Care {
    pub updated_at: Time,
    pub moves: u32,
    pub told: bool,
    #[serde(default, skip_serializing_if = "is_start")]
    pub relisted_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<AgentId>,
}

fn is_start(time: &Time) -> bool {
    *time == Time(0)
}

impl Care {
    fn is_none(&self) -> bool {
        *self == Care::default()
    }
}

/// The touched items' rows: new ones, and ones that were there.
pub(crate) fn items(
    workspace: WorkspaceId,
    touched: &Touched<'_>,
    facts: &Facts,
) -> Result<Writes<2>> {
    let mut new = Rows::with_room(&NEW_ITEMS, touched.items.len());
    let mut old = Rows::default();
    // In the order of ids, so that two nodes never wait for each other's rows crosswise, and so
    // that indexes grow at their end.
    let mut ids: Vec<ItemId> = touched.items.keys().copied().collect();
    ids.sort_unstable();
    for id in ids {
        let trace = &touched.items[&id];
        let Some(item) = facts.items.get(&id) else {
            let problem = format!("item {id} has events but is not in the facts");
            return Err(Error::Unreadable { table: "batch", problem });
        };
        let rows = if trace.submitted.is_some() { &mut new } else { &mut old };
        push_item(workspace, item, trace, facts, rows)?;
    }
    Ok([(&NEW_ITEMS, new), (&ITEMS, old)])
}

fn push_item(
    workspace: WorkspaceId,
    item: &Item,
    trace: &ItemTrace<'_>,
    facts: &Facts,
    rows: &mut Rows,
) -> Result<()> {
    let (mut agent, mut placed, mut since, mut until, mut closed_at) = Default::default();
    let state = match item.state {
        ItemState::Arrived { earliest } => {
            until = earliest;
            ItemStatus::Arrived
        }
        ItemState::Scheduled { until: u } => {
            until = Some(u);
            ItemStatus::Scheduled
        }
        ItemState::Waiting => ItemStatus::Waiting,
        ItemState::Offered { agent: a, since: s, until: u } => {
            (agent, since, until) = (Some(a), Some(s), Some(u));
            ItemStatus::Offered
        }
        ItemState::Assigned { agent: a, since: s, placed: p } => {
            (agent, since, placed) = (Some(a), Some(s), p);
            ItemStatus::Assigned
        }
        ItemState::Closed { at } => {
            (agent, closed_at) = (trace.closed_by, Some(at));
            trace.closed_as.unwrap_or(ItemStatus::Closed)
        }
    };
    let contact = trace.submitted.and_then(|submission| submission.contact);
    let hold = contact.and_then(|contact| hold_of(facts, item.id, contact));
    let (dedupe_source, dedupe_key, dedupe_until) = match hold {
        Some(((source, contact), until)) => (Some(source), Some(key_text(contact)), Some(until)),
        None => (None, None, None),
    };
    let Item { updated_at, moves, told, relisted_at, left, .. } = *item;
    let care = Care { updated_at, moves, told, relisted_at, left };
    let unbound = item.skills.is_empty() && item.excluded.is_empty() && item.visited.is_empty();
    let bare = unbound && care.is_none() && item.callable.is_default() && item.callback.is_none();
    let nested = match bare {
        true => None,
        false => Some(json(&Nested {
            skills: item.skills.clone(),
            excluded: item.excluded.clone(),
            visited: item.visited.clone(),
            care,
            callable: item.callable.clone(),
            callback: item.callback,
        })?),
    };
    let attributes = match item.attributes.is_empty() {
        true => None,
        false => Some(json(&item.attributes)?),
    };
    rows.push(cells![
        workspace,
        item.id,
        item.version,
        kind_text(item.kind),
        state.as_str(),
        item.source,
        item.queue,
        agent,
        placed,
        since,
        item.taken_day,
        until,
        item.region.as_ref(),
        item.language.as_ref(),
        item.priority,
        item.rule,
        item.place,
        item.arrived_at,
        item.queued_at,
        trace.submitted.and_then(|s| s.earliest),
        item.attempts,
        trace.disposition.map(Code::as_str).or(trace.undone.then_some("")),
        closed_at,
        trace.duplicate_of,
        dedupe_source,
        dedupe_key,
        dedupe_until,
        attributes,
        nested,
    ]);
    Ok(())
}

static AGENTS: Many = Many {
    sql: "INSERT INTO agents (workspace_id, agent_id, active, present, status, status_reason, \
          on_shift, weight, daily_cap, total, today, idle_since, spec, last_result) {values} \
          ON CONFLICT (workspace_id, agent_id) DO UPDATE SET active = excluded.active, \
          present = excluded.present, status = excluded.status, \
          status_reason = excluded.status_reason, on_shift = excluded.on_shift, \
          weight = excluded.weight, daily_cap = excluded.daily_cap, total = excluded.total, \
          today = excluded.today, idle_since = excluded.idle_since, spec = excluded.spec, \
          last_result = excluded.last_result",
    types: &[I, I, I, I, T, T, I, I, I, I, I, I, T, T],
};

/// How agents stand, without what people decided about them: that is long, and changes seldom.
static AGENT_COUNTS: Many = Many {
    sql: "UPDATE agents SET active = v.c3, present = v.c4, status = v.c5, status_reason = v.c6, \
          on_shift = v.c7, total = v.c8, today = v.c9, idle_since = v.c10, \
          last_result = v.c11 FROM {rows} AS v \
          WHERE agents.workspace_id = v.c1 AND agents.agent_id = v.c2",
    types: &[I, I, I, I, T, T, I, I, I, I, T],
};

static STANDINGS: Many = Many {
    sql: "INSERT INTO standings (workspace_id, agent_id, queue_id, clock, total, today, \
          last_turn) {values} ON CONFLICT (workspace_id, agent_id, queue_id) DO UPDATE SET \
          clock = excluded.clock, total = excluded.total, today = excluded.today, \
          last_turn = excluded.last_turn",
    types: &[I, I, I, I, I, I, I],
};

/// The touched agents' rows: whole ones of those whom somebody created or edited, how all others
/// stand, and their standings in every queue.
pub(crate) fn agents(
    workspace: WorkspaceId,
    touched: &Touched<'_>,
    events: &[Recorded],
    facts: &Facts,
) -> Result<Writes<3>> {
    let edited: BTreeSet<AgentId> = events
        .iter()
        .filter_map(|recorded| match recorded.event {
            Event::AgentCreated { agent, .. } | Event::AgentUpdated { agent, .. } => Some(agent),
            _ => None,
        })
        .collect();
    let (mut whole, mut counts) = (Rows::default(), Rows::default());
    let mut standings = Rows::default();
    let mut push = |agent: &Agent| -> Result<()> {
        let (status, reason) = match &agent.status {
            Status::Available => ("available", None),
            Status::Away { reason } => ("away", Some(reason)),
            Status::Offline => ("offline", None),
        };
        let last_result = agent.last_result.as_ref().map(json).transpose()?;
        if edited.contains(&agent.id) {
            whole.push(cells![
                workspace,
                agent.id,
                agent.active,
                agent.present,
                status,
                reason,
                agent.on_shift,
                agent.spec.weight,
                agent.spec.daily_cap,
                agent.total,
                agent.today,
                agent.idle_since,
                json(&agent.spec)?,
                last_result,
            ]);
        } else {
            counts.push(cells![
                workspace,
                agent.id,
                agent.active,
                agent.present,
                status,
                reason,
                agent.on_shift,
                agent.total,
                agent.today,
                agent.idle_since,
                last_result,
            ]);
        }
        for (queue, standing) in &agent.standings {
            let routing::Standing { clock, count, today, last_turn } = *standing;
            standings.push(cells![workspace, agent.id, *queue, clock, count, today, last_turn]);
        }
        Ok(())
    };
    if touched.everyone {
        facts.agents.values().try_for_each(&mut push)?;
    } else {
        touched.agents.iter().filter_map(|id| facts.agents.get(id)).try_for_each(push)?;
    }
    Ok([(&AGENTS, whole), (&AGENT_COUNTS, counts), (&STANDINGS, standings)])
}

static QUEUES: Many = Many {
    sql: "INSERT INTO queues (workspace_id, queue_id, name, kind, active, served, spec) {values} \
          ON CONFLICT (workspace_id, queue_id) DO UPDATE SET name = excluded.name, \
          kind = excluded.kind, active = excluded.active, served = excluded.served, \
          spec = excluded.spec",
    types: &[I, I, T, T, I, I, T],
};

static SOURCES: Many = Many {
    sql: "INSERT INTO sources (workspace_id, source_id, name, kind, queue_id, active, spec) \
          {values} ON CONFLICT (workspace_id, source_id) DO UPDATE SET name = excluded.name, \
          kind = excluded.kind, queue_id = excluded.queue_id, active = excluded.active, \
          spec = excluded.spec",
    types: &[I, I, T, T, I, I, T],
};

static RULES: Many = Many {
    sql: "INSERT INTO rules (workspace_id, rule_id, name, place, active, spec) {values} \
          ON CONFLICT (workspace_id, rule_id) DO UPDATE SET name = excluded.name, \
          place = excluded.place, active = excluded.active, spec = excluded.spec",
    types: &[I, I, T, I, I, T],
};

/// The touched queues', sources' and rules' rows.
pub(crate) fn objects(
    workspace: WorkspaceId,
    touched: &Touched<'_>,
    facts: &Facts,
) -> Result<Writes<3>> {
    let (mut queues, mut sources, mut rules) = (Rows::default(), Rows::default(), Rows::default());
    for queue in touched.queues.iter().filter_map(|id| facts.queues.get(id)) {
        let (name, kind) = (queue.spec.name.as_str(), kind_text(queue.spec.kind));
        let spec = json(&queue.spec)?;
        queues.push(cells![workspace, queue.id, name, kind, queue.active, queue.served, spec]);
    }
    for source in touched.sources.iter().filter_map(|id| facts.sources.get(id)) {
        let (name, kind) = (source.spec.name.as_str(), kind_text(source.spec.kind));
        let (queue, spec) = (source.spec.queue, json(&source.spec)?);
        sources.push(cells![workspace, source.id, name, kind, queue, source.active, spec]);
    }
    for rule in touched.rules.iter().filter_map(|id| facts.rules.get(id)) {
        let (name, place) = (rule.spec.name.as_str(), rule.spec.position);
        rules.push(cells![workspace, rule.id, name, place, rule.active, json(&rule.spec)?]);
    }
    Ok([(&QUEUES, queues), (&SOURCES, sources), (&RULES, rules)])
}

static SOURCE_DAYS: Many = Many {
    sql: "INSERT INTO source_days (workspace_id, source_id, day_started, items, duplicates) \
          {values} ON CONFLICT (workspace_id, source_id, day_started) DO UPDATE SET \
          items = source_days.items + excluded.items, \
          duplicates = source_days.duplicates + excluded.duplicates",
    types: &[I, I, I, I, I],
};

pub(crate) static PRESENCE: Many = Many {
    sql: "INSERT INTO presence (workspace_id, agent_id, last_seen) {values} \
          ON CONFLICT (workspace_id, agent_id) DO UPDATE SET last_seen = CASE \
          WHEN presence.last_seen > excluded.last_seen THEN presence.last_seen \
          ELSE excluded.last_seen END",
    types: &[I, I, I],
};

/// Counts of arrivals, and who was heard from by signing in.
pub(crate) fn tallies(workspace: WorkspaceId, touched: &Touched<'_>) -> Writes<2> {
    let (mut days, mut presence) = (Rows::default(), Rows::default());
    for ((source, day), (items, duplicates)) in &touched.arrivals {
        days.push(cells![workspace, *source, *day, *items, *duplicates]);
    }
    let latest: std::collections::BTreeMap<_, _> = touched.signed_in.iter().copied().collect();
    for (agent, at) in latest {
        presence.push(cells![workspace, agent, at]);
    }
    [(&SOURCE_DAYS, days), (&PRESENCE, presence)]
}

/// The key under which the item holds its contact, and until when; `None` where another does.
pub(crate) fn hold_of(
    facts: &Facts,
    item: ItemId,
    contact: ContactKey,
) -> Option<((SourceId, ContactKey), Time)> {
    let source = facts.items.get(&item)?.source;
    [(SourceId(0), contact), (source, contact)].into_iter().find_map(|key| {
        facts.holds.get(&key).filter(|hold| hold.item == item).map(|hold| (key, hold.until))
    })
}

pub(crate) fn key_text(contact: ContactKey) -> String {
    format!("{:032x}", contact.0)
}

pub(crate) fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Lead => "lead",
        Kind::Task => "task",
        Kind::Call => "call",
    }
}

pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|e| Error::Unreadable { table: "batch", problem: e.to_string() })
}
