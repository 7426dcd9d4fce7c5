//! What came of assignments, in parts of a period.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Cell, Db};
use crate::{AgentOutcome, Result, WorkspaceId};
use routing::{AgentId, Time};

/// `{}` are the parts: each a span of the journal, which the assignments' primary key finds, so
/// that other times' assignments are not looked at. Everybody together is agent 0. The median is
/// the mean of the middle two of an even number.
const OUTCOMES: &str = "WITH parts (part, low, high) AS (VALUES {}), \
    had AS (SELECT p.part, s.agent_id, s.won, \
    s.contacted_at - COALESCE(s.accepted_at, s.at) AS took \
    FROM parts AS p CROSS JOIN assignments AS s WHERE s.workspace_id = $1 \
    AND s.seq >= p.low AND s.seq < p.high AND s.offer = 0), \
    counted AS (SELECT part, agent_id, won, took FROM had \
    UNION ALL SELECT part, 0, won, took FROM had), \
    tallied AS (SELECT part, agent_id, COUNT(*) AS assigned, COUNT(took) AS contacted, \
    CAST(SUM(won) AS BIGINT) AS won FROM counted GROUP BY part, agent_id), \
    ranked AS (SELECT part, agent_id, took, \
    ROW_NUMBER() OVER (PARTITION BY part, agent_id ORDER BY took) AS place, \
    COUNT(*) OVER (PARTITION BY part, agent_id) AS many FROM counted WHERE took IS NOT NULL), \
    medians AS (SELECT part, agent_id, CAST(SUM(took) AS BIGINT) / COUNT(*) AS median \
    FROM ranked WHERE place IN ((many + 1) / 2, (many + 2) / 2) GROUP BY part, agent_id) \
    SELECT CAST(t.part AS BIGINT), t.agent_id, t.assigned, t.contacted, t.won, m.median \
    FROM tallied AS t LEFT JOIN medians AS m ON m.part = t.part AND m.agent_id = t.agent_id \
    ORDER BY t.part, t.agent_id";

impl<D: Db> Backend<D> {
    pub(crate) async fn outcomes_in_parts(
        &self,
        workspace: WorkspaceId,
        edges: &[Time],
    ) -> Result<Vec<AgentOutcome>> {
        if edges.len() < 2 {
            return Ok(Vec::new());
        }
        let spans = self.first_events(workspace, edges).await?;
        // A part ends where the next begins: `$2` to `$3`, `$3` to `$4`, …
        let parts: Vec<String> = (1..spans.len())
            .map(|part| format!("({}, ${}, ${})", part - 1, part + 1, part + 2))
            .collect();
        let mut cells: Vec<Cell> = cells![workspace].into();
        cells.extend(spans.into_iter().map(Cell::from));
        let found = self.read(OUTCOMES.replace("{}", &parts.join(", ")), cells).await?;
        let outcome = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "assignments");
            Ok(AgentOutcome {
                part: row.num()?,
                agent: Some(row.num()?).filter(|agent| *agent > 0).map(AgentId),
                assigned: row.num()?,
                contacted: row.num()?,
                won: row.num()?,
                first_contact_ms: row.opt_num()?,
            })
        };
        found.iter().map(outcome).collect()
    }
}
