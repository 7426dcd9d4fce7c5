//! A workspace's facts from its tables, in one snapshot.

use crate::backend::{Backend, begin};
use crate::cell::{Columns, cells};
use crate::dialect::{Cell, Db, Sql};
use crate::write::Nested;
use crate::{Error, Loaded, Result, WorkspaceId};
use futures_util::StreamExt;
use routing::{
    Agent, AgentId, ContactKey, Facts, Hold, Item, ItemId, ItemState, Kind, Queue, QueueId, Rule,
    RuleId, Source, SourceId, Standing, Status, Time,
};

impl<D: Db> Backend<D> {
    /// Reads everything that `Facts` holds. Items are streamed: only what is kept takes memory.
    pub(crate) async fn load_facts(&self, workspace: WorkspaceId) -> Result<Loaded> {
        let mut tx = begin(&self.readers, D::SNAPSHOT).await?;
        let mut facts = Facts::default();
        let (seq, head) = own_row::<D>(&mut tx, workspace, &mut facts).await?;
        let mut names = Vec::new();
        each::<D>(
            &mut tx,
            "SELECT agent_id, name, active, present, status, status_reason, on_shift, total, \
             today, idle_since, spec, last_result FROM agents WHERE workspace_id = $1 \
             ORDER BY agent_id",
            cells![workspace].into(),
            "agents",
            |row| {
                let id = AgentId(row.num()?);
                names.push((id, row.text()?));
                facts.agents.insert(id, agent(id, row)?);
                Ok(())
            },
        )
        .await?;
        each::<D>(
            &mut tx,
            "SELECT agent_id, queue_id, clock, total, today, last_turn FROM standings \
             WHERE workspace_id = $1 ORDER BY agent_id, queue_id",
            cells![workspace].into(),
            "standings",
            |row| {
                let (agent, queue) = (AgentId(row.num()?), QueueId(row.num()?));
                let (clock, count, today) = (row.num()?, row.num()?, row.num()?);
                let standing = Standing { clock, count, today, last_turn: row.num()? };
                if let Some(agent) = facts.agents.get_mut(&agent) {
                    agent.standings.insert(queue, standing);
                }
                Ok(())
            },
        )
        .await?;
        objects::<D>(&mut tx, workspace, &mut facts).await?;
        let mut items = Vec::new();
        each::<D>(&mut tx, ITEMS, cells![workspace].into(), "items", |row| {
            items.push(item(row)?);
            Ok(())
        })
        .await?;
        // Building a map from sorted pairs is faster than inserting one by one.
        items.sort_unstable_by_key(|item: &Item| item.id);
        facts.items = items.into_iter().map(|item| (item.id, item)).collect();
        let mut holds = Vec::new();
        each::<D>(&mut tx, HOLDS, cells![workspace, facts.now].into(), "items", |row| {
            let source = SourceId(row.num()?);
            let key = row.text()?;
            let key = u128::from_str_radix(&key, 16)
                .map_err(|e| Error::unreadable("items", format!("dedupe_key: {e}")))?;
            let hold = Hold { item: ItemId(row.num()?), until: row.time()? };
            holds.push(((source, ContactKey(key)), hold));
            Ok(())
        })
        .await?;
        facts.holds = holds.into_iter().collect();
        tx.rollback().await?;
        Ok(Loaded { facts, seq, head, names })
    }
}

async fn each<D: Db>(
    conn: &mut D::Connection,
    sql: impl Into<Sql>,
    cells: Vec<Cell>,
    table: &'static str,
    mut take: impl FnMut(&mut Columns<'_, D>) -> Result<()>,
) -> Result<()> {
    let mut rows = D::stream(conn, sql.into(), cells);
    while let Some(row) = rows.next().await {
        take(&mut Columns::new(&row?, table))?;
    }
    Ok(())
}

async fn own_row<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    facts: &mut Facts,
) -> Result<(u64, String)> {
    let select = "SELECT seq, head, settings, last_at, day_started, turn, last_agent, last_queue, \
        last_source, last_rule, last_item FROM workspaces WHERE workspace_id = $1";
    let rows = D::rows(conn, select.into(), cells![workspace].into()).await?;
    let row = rows.first().ok_or(Error::Missing("workspace"))?;
    let mut row = Columns::<D>::new(row, "workspaces");
    let (seq, head) = (row.num()?, row.text()?);
    facts.settings = row.json()?;
    facts.now = row.time()?;
    facts.day_started = row.time()?;
    facts.turn = row.num()?;
    facts.last_agent = AgentId(row.num()?);
    facts.last_queue = QueueId(row.num()?);
    facts.last_source = SourceId(row.num()?);
    facts.last_rule = RuleId(row.num()?);
    facts.last_item = ItemId(row.num()?);
    Ok((seq, head))
}

fn agent<D: Db>(id: AgentId, row: &mut Columns<'_, D>) -> Result<Agent> {
    let (active, present, status) = (row.flag()?, row.flag()?, row.text()?);
    let reason = row.opt_code()?;
    let status = match (status.as_str(), reason) {
        ("available", None) => Status::Available,
        ("away", Some(reason)) => Status::Away { reason },
        ("offline", None) => Status::Offline,
        (status, _) => return Err(Error::unreadable("agents", format!("status “{status}”"))),
    };
    Ok(Agent {
        id,
        active,
        present,
        status,
        on_shift: row.flag()?,
        total: row.num()?,
        today: row.num()?,
        idle_since: row.time()?,
        spec: row.json()?,
        last_result: row.opt_json()?,
        standings: Default::default(),
    })
}

async fn objects<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    facts: &mut Facts,
) -> Result<()> {
    each::<D>(
        conn,
        "SELECT queue_id, active, served, spec FROM queues WHERE workspace_id = $1",
        cells![workspace].into(),
        "queues",
        |row| {
            let (id, active, served) = (QueueId(row.num()?), row.flag()?, row.num()?);
            facts.queues.insert(id, Queue { id, spec: row.json()?, active, served });
            Ok(())
        },
    )
    .await?;
    each::<D>(
        conn,
        "SELECT source_id, active, spec FROM sources WHERE workspace_id = $1",
        cells![workspace].into(),
        "sources",
        |row| {
            let (id, active) = (SourceId(row.num()?), row.flag()?);
            facts.sources.insert(id, Source { id, spec: row.json()?, active });
            Ok(())
        },
    )
    .await?;
    each::<D>(
        conn,
        "SELECT rule_id, active, spec FROM rules WHERE workspace_id = $1",
        cells![workspace].into(),
        "rules",
        |row| {
            let (id, active) = (RuleId(row.num()?), row.flag()?);
            facts.rules.insert(id, Rule { id, spec: row.json()?, active });
            Ok(())
        },
    )
    .await
}

macro_rules! open_items {
    ($state:literal) => {
        concat!(
            "SELECT item_id, version, kind, state, source_id, queue_id, agent_id, placed, since, ",
            "taken_day, until, region, language, priority, rule_id, place, arrived_at, queued_at, ",
            "attempts, attributes, nested FROM items WHERE workspace_id = $1 AND ",
            $state
        )
    };
}

/// Each half by the index that has it.
const ITEMS: &str = concat!(
    open_items!("state <> 'assigned' AND state IN ('arrived', 'scheduled', 'waiting', 'offered')"),
    " UNION ALL ",
    open_items!("state = 'assigned'")
);

const HOLDS: &str = "SELECT dedupe_source, dedupe_key, item_id, dedupe_until FROM items \
    WHERE workspace_id = $1 AND dedupe_until > $2";

fn item<D: Db>(row: &mut Columns<'_, D>) -> Result<Item> {
    let (id, version) = (ItemId(row.num()?), row.num()?);
    let kind = match row.text()?.as_str() {
        "lead" => Kind::Lead,
        "task" => Kind::Task,
        "call" => Kind::Call,
        other => return Err(Error::unreadable("items", format!("kind “{other}”"))),
    };
    let state = row.text()?;
    let (source, queue) = (SourceId(row.num()?), QueueId(row.num()?));
    let agent = row.opt_num()?.map(AgentId);
    let placed = row.flag()?;
    let (since, taken_day, until) = (row.opt_time()?, row.time()?, row.opt_time()?);
    let (region, language) = (row.opt_code()?, row.opt_code()?);
    let (priority, rule) = (row.num()?, row.opt_num()?.map(RuleId));
    let (place, arrived_at, queued_at) = (row.time()?, row.time()?, row.time()?);
    let attempts = row.num()?;
    let attributes = match row.opt_text()? {
        Some(text) => serde_json::from_str(&text)
            .map_err(|e| Error::unreadable("items", format!("attributes: {e}")))?,
        None => Default::default(),
    };
    let Nested { skills, excluded, visited, care, callable, callback } = row.opt_json()?;
    let state = item_state(&state, agent, placed, since, until)
        .ok_or_else(|| Error::unreadable("items", format!("item {id} is “{state}” by halves")))?;
    Ok(Item {
        id,
        version,
        kind,
        source,
        queue,
        state,
        attributes,
        region,
        language,
        skills,
        callable,
        priority,
        rule,
        arrived_at,
        queued_at,
        place,
        excluded,
        visited,
        taken_day,
        attempts,
        updated_at: care.updated_at,
        relisted_at: care.relisted_at,
        moves: care.moves,
        left: care.left,
        told: care.told,
        callback,
    })
}

fn item_state(
    state: &str,
    agent: Option<AgentId>,
    placed: bool,
    since: Option<Time>,
    until: Option<Time>,
) -> Option<ItemState> {
    Some(match state {
        "arrived" => ItemState::Arrived { earliest: until },
        "scheduled" => ItemState::Scheduled { until: until? },
        "waiting" => ItemState::Waiting,
        "offered" => ItemState::Offered { agent: agent?, since: since?, until: until? },
        "assigned" => ItemState::Assigned { agent: agent?, since: since?, placed },
        _ => return None,
    })
}
