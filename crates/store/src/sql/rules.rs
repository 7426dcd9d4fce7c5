//! Versions of the list of rules, and changes that wait.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::{Db, Many, Rows, Type::Int as I, Type::Text as T};
use crate::sql::items::page;
use crate::write::json;
use crate::{
    Act, Actor, Batch, Error, NewRuleChange, NewRuleVersion, Page, Result, RuleChange,
    RuleChangeState, RuleVersion, Rules, WorkspaceId,
};
use async_trait::async_trait;
use routing::{Rule, Time};

static VERSIONS: Many = Many {
    sql: "INSERT INTO rule_versions (workspace_id, version, seq, actor, made_at, note, restored, \
          rules) {values}",
    types: &[I, I, I, T, I, T, I, T],
};

const VERSION: &str = "version, seq, actor, made_at, note, restored";
const CHANGE: &str = "change_id, due_at, actor, made_at, note, what, state, settled_at, version, \
    problem";
pub(crate) const LAST: &str =
    "SELECT COALESCE(MAX(version), 0) FROM rule_versions WHERE workspace_id = $1";
pub(crate) const WAITS: &str = "SELECT COUNT(*) FROM rule_changes \
    WHERE workspace_id = $1 AND change_id = $2 AND state = 'waiting'";

/// Adds the batch's versions, and settles the changes that became them. The workspace's lock is
/// held, so that numbers follow each other.
pub(crate) async fn write<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    seq: u64,
    now: Time,
    batch: &Batch,
) -> Result<()> {
    let mut became = Vec::new();
    if let Some(first) = batch.rule_versions.first() {
        let found = D::rows(conn, LAST.into(), cells![workspace].into()).await?;
        let found = found.first().ok_or(Error::Missing("workspace"))?;
        let mut last: u64 = Columns::<D>::new(found, "rule_versions").num()?;
        let mut rows = Rows::default();
        if last == 0 && !first.before.is_empty() {
            last = 1;
            let (actor, rules) = (Actor::System.to_string(), json(&first.before)?);
            let (none, never) = (None::<&str>, None::<i64>);
            rows.push(cells![workspace, last, seq, actor, first.at, none, never, rules]);
        }
        for version in &batch.rule_versions {
            let NewRuleVersion { event, actor, at, note, restored, change, rules, .. } = version;
            last += 1;
            let (seq, restored) = (seq + 1 + event, restored.map(|version| version as i64));
            let (actor, note, rules) = (actor.to_string(), note.as_deref(), json(rules)?);
            rows.push(cells![workspace, last, seq, actor, *at, note, restored, rules]);
            became.extend(change.map(|change| (change, last)));
        }
        D::run_many(conn, &VERSIONS, rows).await?;
    }
    for change in &batch.rule_changes {
        let became =
            became.iter().find(|(one, _)| one == change).map(|(_, version)| *version as i64);
        let done = "UPDATE rule_changes SET state = 'done', settled_at = $3, version = $4 \
            WHERE workspace_id = $1 AND change_id = $2 AND state = 'waiting'";
        D::run(conn, done.into(), cells![workspace, *change, now, became].into()).await?;
    }
    Ok(())
}

#[async_trait]
impl<D: Db> Rules for Backend<D> {
    async fn rule_versions(
        &self,
        workspace: WorkspaceId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Page<RuleVersion>> {
        let select = format!(
            "SELECT {VERSION} FROM rule_versions WHERE workspace_id = $1 AND version < $2 \
             ORDER BY version DESC LIMIT $3"
        );
        let before = before.map_or(i64::MAX, |before| before as i64);
        let found = self.read(select, cells![workspace, before, i64::from(limit) + 1]).await?;
        let found: Result<Vec<_>> =
            found.iter().map(|row| version(&mut Columns::<D>::new(row, "rule_versions"))).collect();
        Ok(page(found?, limit, |version| version.version))
    }

    async fn rule_version(
        &self,
        workspace: WorkspaceId,
        number: u64,
    ) -> Result<Option<(RuleVersion, Vec<Rule>)>> {
        let select = format!(
            "SELECT {VERSION}, rules FROM rule_versions WHERE workspace_id = $1 AND version = $2"
        );
        let found = self.read_one(select, cells![workspace, number]).await?;
        let read = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "rule_versions");
            Ok((version(&mut row)?, row.json()?))
        };
        found.as_ref().map(read).transpose()
    }

    async fn rule_version_at(&self, workspace: WorkspaceId, seq: u64) -> Result<Option<u64>> {
        let select = "SELECT MAX(version) FROM rule_versions WHERE workspace_id = $1 AND seq <= $2";
        let found = self.read_one(select, cells![workspace, seq]).await?;
        let read = |row: &D::Row| Columns::<D>::new(row, "rule_versions").opt_num();
        Ok(found.as_ref().map(read).transpose()?.flatten())
    }

    async fn schedule_rules(
        &self,
        workspace: WorkspaceId,
        new: &NewRuleChange,
        mut act: Act,
        clock: Time,
    ) -> Result<RuleChange> {
        let mut locked = self.lock(workspace, clock).await?;
        let insert = format!(
            "INSERT INTO rule_changes (workspace_id, change_id, due_at, actor, made_at, note, \
             what, state) SELECT $1, COALESCE(MAX(change_id), 0) + 1, $2, $3, $4, $5, $6, \
             'waiting' FROM rule_changes WHERE workspace_id = $1 RETURNING {CHANGE}"
        );
        let (actor, note) = (act.actor.to_string(), new.note.as_deref());
        let cells = cells![workspace, new.due_at, actor, locked.now, note, new.what.as_str()];
        let rows = D::rows(&mut locked.tx, insert.into(), cells.into()).await?;
        let row = rows.first().ok_or(Error::Missing("workspace"))?;
        let made = change(&mut Columns::<D>::new(row, "rule_changes"))?;
        act.object_id = Some(made.id);
        self.commit_audited(locked, workspace, &act).await?;
        Ok(made)
    }

    async fn rule_changes(&self, workspace: WorkspaceId, limit: u32) -> Result<Vec<RuleChange>> {
        let select = format!(
            "SELECT {CHANGE} FROM rule_changes WHERE workspace_id = $1 ORDER BY \
             CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, \
             CASE WHEN state = 'waiting' THEN due_at ELSE -settled_at END, change_id LIMIT $2"
        );
        let found = self.read(select, cells![workspace, i64::from(limit)]).await?;
        found.iter().map(|row| change(&mut Columns::<D>::new(row, "rule_changes"))).collect()
    }

    async fn settle_rule_change(
        &self,
        workspace: WorkspaceId,
        id: u64,
        problem: Option<&str>,
        act: &Act,
        clock: Time,
    ) -> Result<bool> {
        let mut locked = self.lock(workspace, clock).await?;
        let state = match problem {
            Some(_) => RuleChangeState::Failed,
            None => RuleChangeState::Cancelled,
        };
        let settle = "UPDATE rule_changes SET state = $3, settled_at = $4, problem = $5 \
            WHERE workspace_id = $1 AND change_id = $2 AND state = 'waiting'";
        let cells = cells![workspace, id, state.as_str(), locked.now, problem];
        if D::run(&mut locked.tx, settle.into(), cells.into()).await? == 0 {
            locked.tx.rollback().await?;
            return Ok(false);
        }
        self.commit_audited(locked, workspace, act).await?;
        Ok(true)
    }

    async fn waiting_rule_changes(&self, limit: u32) -> Result<Vec<(WorkspaceId, RuleChange)>> {
        let select = format!(
            "SELECT workspace_id, {CHANGE} FROM rule_changes WHERE state = 'waiting' \
             ORDER BY due_at, workspace_id, change_id LIMIT $1"
        );
        let found = self.read(select, cells![i64::from(limit)]).await?;
        let read = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "rule_changes");
            Ok((WorkspaceId(row.num()?), change(&mut row)?))
        };
        found.iter().map(read).collect()
    }
}

fn version<D: Db>(row: &mut Columns<'_, D>) -> Result<RuleVersion> {
    Ok(RuleVersion {
        version: row.num()?,
        seq: row.num()?,
        actor: row.parsed()?,
        at: row.time()?,
        note: row.opt_text()?,
        restored: row.opt_num()?,
    })
}

fn change<D: Db>(row: &mut Columns<'_, D>) -> Result<RuleChange> {
    Ok(RuleChange {
        id: row.num()?,
        due_at: row.time()?,
        actor: row.parsed()?,
        made_at: row.time()?,
        note: row.opt_text()?,
        what: row.text()?,
        state: row.parsed()?,
        settled_at: row.opt_time()?,
        version: row.opt_num()?,
        problem: row.opt_text()?,
    })
}
