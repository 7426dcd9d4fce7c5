//! Items and assignments as lists.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Cell, Db};
use crate::write::Nested;
use crate::{
    AssignmentCount, AssignmentFilter, AssignmentRow, Error, ItemFilter, ItemRow, ItemStatus, Page,
    Personal, Result, WorkspaceId,
};
use routing::{AgentId, ItemId, Kind, QueueId, Reason, RuleId, SourceId, Time};

/// The most that one page holds.
pub(crate) const MOST: u32 = 1_000;

const ITEM: &str = "SELECT i.item_id, i.version, i.kind, i.state, i.source_id, i.queue_id, \
    i.agent_id, a.name, i.placed, i.since, i.until, i.attributes, i.region, i.language, i.nested, \
    i.priority, i.rule_id, i.arrived_at, i.queued_at, i.earliest, i.attempts, i.disposition, \
    i.closed_at, i.duplicate_of, p.item_id, p.name, p.phone, p.phone_raw, p.phone_ok, p.email, \
    p.attributes, (SELECT s.reason FROM assignments AS s WHERE s.workspace_id = i.workspace_id \
    AND s.item_id = i.item_id ORDER BY s.seq DESC LIMIT 1) FROM items AS i \
    LEFT JOIN agents AS a ON a.workspace_id = i.workspace_id AND a.agent_id = i.agent_id \
    LEFT JOIN item_personal AS p ON p.workspace_id = i.workspace_id AND p.item_id = i.item_id \
    WHERE i.workspace_id = $1";

/// Conditions of a filter, put together from fixed texts: only values come from outside.
pub(crate) struct Where {
    pub sql: String,
    pub cells: Vec<Cell>,
}

impl Where {
    pub fn new(select: &str, workspace: WorkspaceId) -> Self {
        Where { sql: select.to_owned(), cells: cells![workspace].into() }
    }

    /// `{}` in the condition is the value's place.
    pub fn and(&mut self, condition: &str, value: impl Into<Cell>) {
        self.cells.push(value.into());
        let place = format!("${}", self.cells.len());
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace("{}", &place));
    }

    pub fn and_some(&mut self, condition: &str, value: Option<impl Into<Cell>>) {
        if let Some(value) = value {
            self.and(condition, value);
        }
    }

    pub fn limit(&mut self, order: &str, limit: u32) {
        self.cells.push(Cell::from(limit));
        self.sql.push_str(&format!(" ORDER BY {order} LIMIT ${}", self.cells.len()));
    }
}

impl Where {
    /// Only these items: at least one.
    fn among(&mut self, items: &[ItemId]) {
        let first = self.cells.len() + 1;
        self.cells.extend(items.iter().map(|item| Cell::from(*item)));
        let places: Vec<_> = (first..=self.cells.len()).map(|n| format!("${n}")).collect();
        self.sql.push_str(&format!(" AND i.item_id IN ({})", places.join(", ")));
    }

    /// Only items in these states; in all when there are none.
    fn in_states(&mut self, states: &[ItemStatus]) {
        match states {
            [] => {}
            [state] => self.sql.push_str(&format!(" AND {}", in_state(*state))),
            states => {
                let all: Vec<_> = states.iter().map(|state| in_state(*state)).collect();
                self.sql.push_str(&format!(" AND ({})", all.join(" OR ")));
            }
        }
    }

    /// Only the newest `most` of a queue in each of these states, or of all. An index has each
    /// state's items in their order, and none has all: it would cost every new item its entry.
    fn newest_of_queue(&mut self, queue: QueueId, states: &[ItemStatus], most: u32) {
        let states = if states.is_empty() { &ItemStatus::ALL[..] } else { states };
        self.and("i.queue_id = {}", queue);
        self.cells.push(Cell::from(most));
        let (conditions, most) = (std::mem::take(&mut self.sql), self.cells.len());
        let newest = states.iter().map(|state| {
            format!(
                "SELECT * FROM (SELECT i.item_id FROM items AS i LEFT JOIN item_personal AS p \
                 ON p.workspace_id = i.workspace_id AND p.item_id = i.item_id \
                 WHERE i.workspace_id = $1 AND {}{conditions} \
                 ORDER BY i.item_id DESC LIMIT ${most}) AS newest",
                in_state(*state)
            )
        });
        let newest = newest.collect::<Vec<_>>().join(" UNION ALL ");
        self.sql = format!(" AND i.item_id IN ({newest})");
    }
}

/// A state as a condition of the index that has it: assigned items have their own.
fn in_state(state: ItemStatus) -> String {
    let also = if state == ItemStatus::Assigned { "" } else { " AND i.state <> 'assigned'" };
    format!("i.state = '{}'{also}", state.as_str())
}

impl<D: Db> Backend<D> {
    pub(crate) async fn list_items(
        &self,
        workspace: WorkspaceId,
        filter: &ItemFilter,
    ) -> Result<Page<ItemRow>> {
        let limit = filter.limit.clamp(1, MOST);
        let mut query = Where::new("", workspace);
        query.and_some("i.agent_id = {}", filter.agent);
        query.and_some("i.source_id = {}", filter.source);
        query.and_some("i.duplicate_of = {}", filter.duplicate_of);
        query.and_some("p.phone = {}", filter.phone.as_deref());
        match filter.among.as_deref() {
            None => {}
            Some([]) => return Ok(Page { items: Vec::new(), next: None }),
            Some(items) => query.among(&items[..items.len().min(MOST as usize)]),
        }
        // Ids are given out in the order of arrival, so a span of time is a span of ids, and the
        // list can be cut short from either end.
        if let Some(from) = filter.from {
            match self.first_arrived(workspace, from).await? {
                Some(item) => query.and("i.item_id >= {}", item),
                None => return Ok(Page { items: Vec::new(), next: None }),
            }
        }
        if let Some(to) = filter.to
            && let Some(item) = self.first_arrived(workspace, to).await?
        {
            query.and("i.item_id < {}", item);
        }
        // An item keeps its place, also when it waits no longer: a page goes on behind it all the same.
        let (behind, order) = match filter.by_place {
            true => (
                "(i.place, i.item_id) > (SELECT a.place, a.item_id FROM items AS a \
                 WHERE a.workspace_id = $1 AND a.item_id = {})",
                "i.place, i.item_id",
            ),
            false => ("i.item_id < {}", "i.item_id DESC"),
        };
        query.and_some(behind, filter.after);
        match filter.queue {
            Some(queue) if filter.by_place => {
                query.and("i.queue_id = {}", queue);
                query.in_states(&filter.states);
            }
            Some(queue) => query.newest_of_queue(queue, &filter.states, limit + 1),
            None => query.in_states(&filter.states),
        }
        query.limit(order, limit + 1);
        let rows = self.read(format!("{ITEM}{}", query.sql), query.cells).await?;
        let items = rows.iter().map(item::<D>).collect::<Result<_>>()?;
        Ok(page(items, limit, |item: &ItemRow| item.id.0))
    }

    /// The first item that arrived at or after `at`. Ids have no gaps and are given in the order of
    /// arrival, so halving the span of ids finds it in about 20 steps over the primary key for a
    /// million items; an index over arrivals would cost every new item more than this ever does.
    async fn first_arrived(&self, workspace: WorkspaceId, at: Time) -> Result<Option<ItemId>> {
        let select = "WITH RECURSIVE halves (low, high) AS ( \
            SELECT CAST(1 AS BIGINT), last_item + 1 FROM workspaces WHERE workspace_id = $1 \
            UNION ALL \
            SELECT CASE WHEN i.arrived_at < $2 THEN i.item_id + 1 ELSE h.low END, \
            CASE WHEN i.arrived_at < $2 THEN h.high ELSE i.item_id END \
            FROM halves AS h JOIN items AS i ON i.workspace_id = $1 \
            AND i.item_id = (h.low + h.high) / 2 WHERE h.low < h.high) \
            SELECT h.low FROM halves AS h JOIN items AS i ON i.workspace_id = $1 \
            AND i.item_id = h.low WHERE h.low = h.high";
        let row = self.read_one(select, cells![workspace, at]).await?;
        row.map(|row| Columns::<D>::new(&row, "items").num().map(ItemId)).transpose()
    }

    pub(crate) async fn one_item(
        &self,
        workspace: WorkspaceId,
        id: ItemId,
    ) -> Result<Option<ItemRow>> {
        let mut query = Where::new(ITEM, workspace);
        query.and("i.item_id = {}", id);
        let row = self.read_one(query.sql, query.cells).await?;
        row.map(|row| item::<D>(&row)).transpose()
    }

    pub(crate) async fn list_assignments(
        &self,
        workspace: WorkspaceId,
        filter: &AssignmentFilter,
    ) -> Result<Page<AssignmentRow>> {
        let limit = filter.limit.clamp(1, MOST);
        let select = "SELECT s.seq, s.item_id, s.agent_id, COALESCE(a.name, ''), s.source_id, \
            s.queue_id, s.offer, s.at, s.accepted_at, s.ended_at, s.ended, s.way, s.reason, \
            s.count_before, s.count_after FROM assignments AS s LEFT JOIN agents AS a \
            ON a.workspace_id = s.workspace_id AND a.agent_id = s.agent_id \
            WHERE s.workspace_id = $1";
        let mut query = Where::new(select, workspace);
        query.and_some("s.item_id = {}", filter.item);
        query.and_some("s.agent_id = {}", filter.agent);
        query.and_some("s.queue_id = {}", filter.queue);
        query.and_some("s.source_id = {}", filter.source);
        query.and_some("s.way = {}", filter.way.as_deref());
        match filter.ended {
            None => {}
            Some(None) => query.sql.push_str(" AND s.ended_at IS NULL"),
            Some(Some(ended)) => query.and("s.ended = {}", ended.as_str()),
        }
        if !filter.offers {
            query.sql.push_str(" AND s.offer = 0");
        }
        if let Some(from) = filter.from {
            query.and("s.seq >= {}", self.first_event(workspace, from).await?);
        }
        if let Some(to) = filter.to {
            query.and("s.seq < {}", self.first_event(workspace, to).await?);
        }
        query.and_some("s.seq < {}", filter.after);
        query.limit("s.seq DESC", limit + 1);
        let rows = self.read(query.sql, query.cells).await?;
        let items = rows.iter().map(assignment::<D>).collect::<Result<_>>()?;
        Ok(page(items, limit, |row: &AssignmentRow| row.seq))
    }
}

impl<D: Db> Backend<D> {
    /// The first event at or after `at`, or the one that will come next.
    pub(crate) async fn first_event(&self, workspace: WorkspaceId, at: Time) -> Result<u64> {
        Ok(self.first_events(workspace, &[at]).await?[0])
    }

    /// The same for several times. A span of time is a span of the journal, found by halving it as
    /// with the arrivals; a row stands for all events up to the next row.
    pub(crate) async fn first_events(
        &self,
        workspace: WorkspaceId,
        times: &[Time],
    ) -> Result<Vec<u64>> {
        let places: Vec<String> = (0..times.len()).map(|n| format!("({n}, ${})", n + 2)).collect();
        let select = format!(
            "WITH RECURSIVE times (place, at) AS (VALUES {}), halves (place, at, low, high) AS ( \
            SELECT t.place, t.at, CAST(1 AS BIGINT), w.seq + 1 \
            FROM times AS t CROSS JOIN workspaces AS w WHERE w.workspace_id = $1 \
            UNION ALL \
            SELECT h.place, h.at, CASE WHEN (SELECT j.at FROM journal AS j \
            WHERE j.workspace_id = $1 AND j.seq <= (h.low + h.high) / 2 \
            ORDER BY j.seq DESC LIMIT 1) < h.at THEN (h.low + h.high) / 2 + 1 ELSE h.low END, \
            CASE WHEN (SELECT j.at FROM journal AS j \
            WHERE j.workspace_id = $1 AND j.seq <= (h.low + h.high) / 2 \
            ORDER BY j.seq DESC LIMIT 1) < h.at THEN h.high ELSE (h.low + h.high) / 2 END \
            FROM halves AS h WHERE h.low < h.high) \
            SELECT low FROM halves WHERE low = high ORDER BY place",
            places.join(", ")
        );
        let mut cells: Vec<Cell> = cells![workspace].into();
        cells.extend(times.iter().map(|at| Cell::from(*at)));
        let rows = self.read(select, cells).await?;
        if rows.len() < times.len() {
            return Err(Error::Missing("workspace"));
        }
        rows.iter().map(|row| Columns::<D>::new(row, "journal").num()).collect()
    }

    pub(crate) async fn count_assignments(
        &self,
        workspace: WorkspaceId,
        from: Option<Time>,
        to: Option<Time>,
    ) -> Result<Vec<AssignmentCount>> {
        let select = "SELECT source_id, queue_id, agent_id, COUNT(*) FROM assignments AS s \
            WHERE s.workspace_id = $1 AND s.offer = 0 AND (s.ended IS NULL \
            OR s.ended NOT IN ('signed_out', 'lapsed', 'deactivated'))";
        let mut query = Where::new(select, workspace);
        if let Some(from) = from {
            query.and("s.seq >= {}", self.first_event(workspace, from).await?);
        }
        if let Some(to) = to {
            query.and("s.seq < {}", self.first_event(workspace, to).await?);
        }
        query.sql.push_str(
            " GROUP BY source_id, queue_id, agent_id ORDER BY source_id, queue_id, agent_id",
        );
        let count = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "assignments");
            Ok(AssignmentCount {
                source: SourceId(row.num()?),
                queue: QueueId(row.num()?),
                agent: AgentId(row.num()?),
                assigned: row.num()?,
            })
        };
        self.read(query.sql, query.cells).await?.iter().map(count).collect()
    }
}

/// Cuts the one row that was read beyond the page, which says that there is more.
pub(crate) fn page<T>(mut items: Vec<T>, limit: u32, key: impl Fn(&T) -> u64) -> Page<T> {
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = items.last().filter(|_| more).map(key);
    Page { items, next }
}

fn item<D: Db>(row: &D::Row) -> Result<ItemRow> {
    let mut row = Columns::<D>::new(row, "items");
    let (id, version) = (ItemId(row.num()?), row.num()?);
    let kind = match row.text()?.as_str() {
        "lead" => Kind::Lead,
        "task" => Kind::Task,
        "call" => Kind::Call,
        other => return Err(Error::unreadable("items", format!("kind “{other}”"))),
    };
    let state = row.parsed()?;
    let (source, queue) = (SourceId(row.num()?), QueueId(row.num()?));
    let (agent, agent_name) = (row.opt_num()?.map(AgentId), row.opt_text()?);
    let (placed, since, until) = (row.flag()?, row.opt_time()?, row.opt_time()?);
    let attributes = row.opt_json()?;
    let (region, language) = (row.opt_code()?, row.opt_code()?);
    let Nested { skills, callable, callback, .. } = row.opt_json()?;
    Ok(ItemRow {
        id,
        version,
        kind,
        state,
        source,
        queue,
        agent,
        agent_name,
        placed,
        since,
        until,
        attributes,
        region,
        language,
        skills,
        callable,
        callback,
        priority: row.num()?,
        rule: row.opt_num()?.map(RuleId),
        arrived_at: row.time()?,
        queued_at: row.time()?,
        earliest: row.opt_time()?,
        attempts: row.num()?,
        disposition: row.opt_code()?,
        closed_at: row.opt_time()?,
        duplicate_of: row.opt_num()?.map(ItemId),
        personal: personal(&mut row)?,
        reason: reason(&mut row)?,
    })
}

pub(crate) fn personal<D: Db>(row: &mut Columns<'_, D>) -> Result<Option<Personal>> {
    let item = row.opt_num()?.map(ItemId);
    let (name, phone, phone_raw) = (row.opt_text()?, row.opt_text()?, row.opt_text()?);
    let (phone_ok, email) = (row.opt_int()? == Some(1), row.opt_text()?);
    let attributes = row.opt_json()?;
    Ok(item.map(|item| Personal { item, name, phone, phone_raw, phone_ok, email, attributes }))
}

fn reason<D: Db>(row: &mut Columns<'_, D>) -> Result<Option<Reason>> {
    row.opt_json::<Option<Reason>>()
}

fn assignment<D: Db>(row: &D::Row) -> Result<AssignmentRow> {
    let mut row = Columns::<D>::new(row, "assignments");
    Ok(AssignmentRow {
        seq: row.num()?,
        item: ItemId(row.num()?),
        agent: AgentId(row.num()?),
        agent_name: row.text()?,
        source: SourceId(row.num()?),
        queue: QueueId(row.num()?),
        offer: row.flag()?,
        at: row.time()?,
        accepted_at: row.opt_time()?,
        ended_at: row.opt_time()?,
        end: match row.opt_text()? {
            Some(end) => Some(end.parse().map_err(|e| Error::unreadable("assignments", e))?),
            None => None,
        },
        way: row.text()?,
        reason: reason(&mut row)?,
        count_before: row.num()?,
        count_after: row.num()?,
    })
}
