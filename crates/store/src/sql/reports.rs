//! What agents recorded, counted from their assignments.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Cell, Db};
use crate::sql::items::{MOST, Where};
use crate::{
    HourTally, LatestResult, Reports, Result, ResultTally, Service, Stretch, Tallies, WaitTarget,
    WorkspaceId,
};
use async_trait::async_trait;
use routing::{AgentId, Code, QueueId, Time};

const HOUR_MS: i64 = 3_600_000;

/// `{stretches}` are the parts of the period, each with how far its clocks are from UTC in
/// milliseconds: so an hour that the clocks show twice is two hours. Read once, counted twice: by
/// result, and by hour.
const TALLIES: &str = "WITH stretches (part, low, high, ahead) AS (VALUES {stretches}), \
    recorded AS (SELECT s.agent_id, s.queue_id, s.disposition, p.part, \
    (s.ended_at + p.ahead) / 3600000 AS hour, s.contacted_at, s.won \
    FROM stretches AS p CROSS JOIN assignments AS s WHERE s.workspace_id = $1 \
    AND s.ended = 'completed' AND s.ended_at >= p.low AND s.ended_at < p.high{queue}) \
    SELECT agent_id, queue_id, disposition, CAST(NULL AS BIGINT) AS part, \
    CAST(NULL AS BIGINT) AS hour, COUNT(*), COUNT(contacted_at), CAST(SUM(won) AS BIGINT) \
    FROM recorded GROUP BY agent_id, queue_id, disposition UNION ALL \
    SELECT agent_id, 0, CAST(NULL AS TEXT), CAST(part AS BIGINT), hour, \
    COUNT(*), COUNT(contacted_at), CAST(SUM(won) AS BIGINT) \
    FROM recorded GROUP BY agent_id, part, hour ORDER BY 1, 2, 3, 4, 5";

#[async_trait]
impl<D: Db> Reports for Backend<D> {
    async fn tallies(
        &self,
        workspace: WorkspaceId,
        queue: Option<QueueId>,
        period: &[Stretch],
    ) -> Result<Tallies> {
        let mut tallies = Tallies::default();
        if period.is_empty() {
            return Ok(tallies);
        }
        let mut values: Vec<Cell> = cells![workspace].into();
        let mut parts = Vec::new();
        for (part, stretch) in period.iter().enumerate() {
            let next = values.len() + 1;
            parts.push(format!("({part}, ${next}, ${}, ${})", next + 1, next + 2));
            let ahead = i64::from(stretch.offset_secs) * 1000;
            values.extend(cells![stretch.from, stretch.to, ahead]);
        }
        let of_queue = match queue {
            Some(queue) => {
                values.push(queue.into());
                format!(" AND s.queue_id = ${}", values.len())
            }
            None => String::new(),
        };
        let select = TALLIES.replace("{stretches}", &parts.join(", "));
        for row in &self.read(select.replace("{queue}", &of_queue), values).await? {
            let mut row = Columns::<D>::new(row, "assignments");
            let (agent, queue) = (AgentId(row.num()?), QueueId(row.num()?));
            let disposition = row.opt_text()?.map(|name| Code::new(&name));
            let (part, hour) = (row.opt_num::<usize>()?, row.opt_num::<i64>()?);
            let (results, contacted, won) = (row.num()?, row.num()?, row.num()?);
            match part.and_then(|part| period.get(part)).zip(hour) {
                Some((stretch, hour)) => {
                    let began = hour * HOUR_MS - i64::from(stretch.offset_secs) * 1000;
                    let from = Time(began).max(stretch.from);
                    let clock = u8::try_from(hour.rem_euclid(24)).unwrap_or_default();
                    tallies.hours.push(HourTally { agent, from, clock, results, contacted, won });
                }
                None => tallies.results.push(ResultTally {
                    agent,
                    queue,
                    disposition,
                    results,
                    contacted,
                    won,
                }),
            }
        }
        Ok(tallies)
    }

    async fn latest_results(
        &self,
        workspace: WorkspaceId,
        queue: Option<QueueId>,
        from: Time,
        to: Time,
        limit: u32,
    ) -> Result<Vec<LatestResult>> {
        let select = "SELECT ended_at, agent_id, queue_id, disposition, won FROM assignments \
            WHERE workspace_id = $1 AND ended = 'completed'";
        let mut query = Where::new(select, workspace);
        query.and("ended_at >= {}", from);
        query.and("ended_at < {}", to);
        query.and_some("queue_id = {}", queue);
        query.limit("ended_at DESC, seq DESC", limit.clamp(1, MOST));
        let latest = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "assignments");
            Ok(LatestResult {
                at: row.time()?,
                agent: AgentId(row.num()?),
                queue: QueueId(row.num()?),
                disposition: row.opt_text()?.map(|name| Code::new(&name)),
                won: row.flag()?,
            })
        };
        self.read(query.sql, query.cells).await?.iter().map(latest).collect()
    }

    async fn service(
        &self,
        workspace: WorkspaceId,
        targets: &[WaitTarget],
        from: Time,
        to: Time,
    ) -> Result<Service> {
        self.served(workspace, targets, from, to).await
    }

    async fn closed_items(&self, workspace: WorkspaceId) -> Result<Vec<(QueueId, u64)>> {
        // The first condition is the index's own.
        let select = "SELECT queue_id, COUNT(*) FROM items WHERE workspace_id = $1 \
            AND state <> 'assigned' AND state = 'closed' GROUP BY queue_id ORDER BY queue_id";
        let count = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "items");
            Ok((QueueId(row.num()?), row.num()?))
        };
        self.read(select, cells![workspace]).await?.iter().map(count).collect()
    }
}
