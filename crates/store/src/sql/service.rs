//! Waits and results, counted from assignments and items.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Cell, Db};
use crate::{Result, Served, ServedBy, Service, WaitTarget, WorkspaceId};
use routing::{AgentId, QueueId, SourceId, Time};
use std::collections::BTreeMap;

const QUARTER_MS: i64 = 900_000;

/// The longest that an offer stands: what was accepted in a period was held out no earlier before it.
const LONGEST_OFFER_MS: i64 = 86_400_000;

/// Since when an item `i` waits to be taken for the first time.
macro_rules! waits_from {
    () => {
        "CASE WHEN i.earliest > i.arrived_at THEN i.earliest ELSE i.arrived_at END"
    };
}

/// `$2` and `$3` are the span of the journal that the assignments' primary key finds, `$4` and `$5`
/// the period; `{targets}` each queue's in milliseconds. Read once, counted twice: by whom, and by the
/// quarter of an hour.
const WAITS: &str = concat!(
    "WITH targets (queue_id, within_ms, short_ms) AS (VALUES {targets}), \
    ended AS (SELECT s.queue_id, s.source_id, s.agent_id, 1 AS taken, \
    COALESCE(s.accepted_at, s.at) AS at, CASE WHEN EXISTS (SELECT 1 FROM assignments AS e \
    WHERE e.workspace_id = s.workspace_id AND e.item_id = s.item_id AND e.seq < s.seq \
    AND e.offer = 0) THEN NULL ELSE COALESCE(s.accepted_at, s.at) - ",
    waits_from!(),
    " END AS waited FROM assignments AS s JOIN items AS i \
    ON i.workspace_id = s.workspace_id AND i.item_id = s.item_id \
    WHERE s.workspace_id = $1 AND s.seq >= $2 AND s.seq < $3 AND s.offer = 0 \
    AND COALESCE(s.accepted_at, s.at) >= $4 AND COALESCE(s.accepted_at, s.at) < $5 \
    UNION ALL SELECT i.queue_id, i.source_id, 0, 0, i.closed_at, i.closed_at - ",
    waits_from!(),
    " FROM items AS i WHERE i.workspace_id = $1 AND i.state = 'cancelled' \
    AND i.closed_at >= $4 AND i.closed_at < $5 AND i.closed_at >= ",
    waits_from!(),
    " AND NOT EXISTS (SELECT 1 FROM assignments AS e WHERE e.workspace_id = i.workspace_id \
    AND e.item_id = i.item_id AND e.offer = 0)), \
    held AS (SELECT e.queue_id, e.source_id, e.agent_id, e.at / 900000 AS quarter, e.taken, \
    CASE WHEN e.taken = 1 AND e.waited IS NOT NULL THEN 1 ELSE 0 END AS answered, \
    CASE WHEN e.taken = 1 AND e.waited <= t.within_ms THEN 1 ELSE 0 END AS answered_within, \
    CASE WHEN e.taken = 1 AND e.waited > 0 THEN e.waited ELSE 0 END AS answered_wait, \
    1 - e.taken AS abandoned, \
    CASE WHEN e.taken = 0 AND e.waited <= t.within_ms THEN 1 ELSE 0 END AS abandoned_within, \
    CASE WHEN e.taken = 0 AND e.waited < t.short_ms THEN 1 ELSE 0 END AS abandoned_short \
    FROM ended AS e JOIN targets AS t ON t.queue_id = e.queue_id) \
    SELECT queue_id, source_id, agent_id, CAST(NULL AS BIGINT) AS quarter, {sums} FROM held \
    GROUP BY queue_id, source_id, agent_id UNION ALL \
    SELECT CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), quarter, {sums} FROM held \
    GROUP BY quarter"
);

const WAIT_SUMS: &str = "CAST(SUM(taken) AS BIGINT), CAST(SUM(answered) AS BIGINT), \
    CAST(SUM(answered_within) AS BIGINT), CAST(SUM(answered_wait) AS BIGINT), \
    CAST(SUM(abandoned) AS BIGINT), CAST(SUM(abandoned_within) AS BIGINT), \
    CAST(SUM(abandoned_short) AS BIGINT)";

/// `$2` and `$3` are the period; results have an index of their own.
const RESULTS: &str = "WITH recorded AS (SELECT s.queue_id, s.source_id, s.agent_id, \
    s.ended_at / 900000 AS quarter, s.contacted_at, s.won, \
    s.ended_at - COALESCE(s.accepted_at, s.at) AS took FROM assignments AS s \
    WHERE s.workspace_id = $1 AND s.ended = 'completed' \
    AND s.ended_at >= $2 AND s.ended_at < $3{queue}) \
    SELECT queue_id, source_id, agent_id, CAST(NULL AS BIGINT) AS quarter, {sums} FROM recorded \
    GROUP BY queue_id, source_id, agent_id UNION ALL \
    SELECT CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), quarter, {sums} FROM recorded \
    GROUP BY quarter";

const RESULT_SUMS: &str = "COUNT(*), COUNT(contacted_at), CAST(SUM(won) AS BIGINT), \
    CAST(SUM(took) AS BIGINT)";

/// What both selects begin with.
enum Key {
    By(ServedBy),
    Quarter(Time),
}

fn key<D: Db>(row: &mut Columns<'_, D>) -> Result<Key> {
    let (queue, source) = (QueueId(row.num()?), SourceId(row.num()?));
    let agent = Some(row.num()?).filter(|agent| *agent > 0).map(AgentId);
    Ok(match row.opt_num::<i64>()? {
        Some(quarter) => Key::Quarter(Time(quarter * QUARTER_MS)),
        None => Key::By(ServedBy { queue, source, agent }),
    })
}

#[derive(Default)]
struct Sums {
    by: BTreeMap<ServedBy, Served>,
    quarters: BTreeMap<Time, Served>,
}

impl Sums {
    fn add(&mut self, key: Key, served: Served) {
        match key {
            Key::By(by) => *self.by.entry(by).or_default() += served,
            Key::Quarter(quarter) => *self.quarters.entry(quarter).or_default() += served,
        }
    }
}

impl<D: Db> Backend<D> {
    pub(crate) async fn served(
        &self,
        workspace: WorkspaceId,
        targets: &[WaitTarget],
        from: Time,
        to: Time,
    ) -> Result<Service> {
        let mut sums = Sums::default();
        if targets.is_empty() || from >= to {
            return Ok(Service::default());
        }
        let span = self.first_events(workspace, &[Time(from.0 - LONGEST_OFFER_MS), to]).await?;
        let mut values: Vec<Cell> = cells![workspace, span[0], span[1], from, to].into();
        let mut rows = Vec::new();
        for target in targets {
            let next = values.len() + 1;
            rows.push(format!("(${next}, ${}, ${})", next + 1, next + 2));
            values.extend(cells![target.queue, target.within_ms, target.short_ms]);
        }
        let select = WAITS.replace("{targets}", &rows.join(", ")).replace("{sums}", WAIT_SUMS);
        for row in &self.read(select, values).await? {
            let mut row = Columns::<D>::new(row, "assignments");
            let key = key(&mut row)?;
            let served = Served {
                assigned: row.num()?,
                answered: row.num()?,
                answered_within: row.num()?,
                answered_wait_ms: row.num()?,
                abandoned: row.num()?,
                abandoned_within: row.num()?,
                abandoned_short: row.num()?,
                ..Served::default()
            };
            sums.add(key, served);
        }
        let mut values: Vec<Cell> = cells![workspace, from, to].into();
        values.extend(targets.iter().map(|target| Cell::from(target.queue)));
        let queues: Vec<String> = (4..4 + targets.len()).map(|n| format!("${n}")).collect();
        let queues = format!(" AND s.queue_id IN ({})", queues.join(", "));
        let select = RESULTS.replace("{queue}", &queues).replace("{sums}", RESULT_SUMS);
        for row in &self.read(select, values).await? {
            let mut row = Columns::<D>::new(row, "assignments");
            let key = key(&mut row)?;
            let served = Served {
                results: row.num()?,
                contacted: row.num()?,
                won: row.num()?,
                handled_ms: row.num()?,
                ..Served::default()
            };
            sums.add(key, served);
        }
        let Sums { by, quarters } = sums;
        Ok(Service { by: by.into_iter().collect(), quarters: quarters.into_iter().collect() })
    }
}
