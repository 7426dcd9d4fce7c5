//! Import jobs.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::sql::items::{MOST, page};
use crate::{
    Error, ImportId, ImportJob, ImportState, Imports, NewImport, Page, RejectedRow, Result,
    WorkspaceId, write,
};
use async_trait::async_trait;
use routing::{SourceId, Time};

macro_rules! jobs {
    ($tail:literal) => {
        concat!(
            "SELECT import_id, state, file, fingerprint, source_id, total, done, imported, ",
            "duplicates, rejected, mapping, problem, created_at FROM imports ",
            "WHERE workspace_id = $1 ",
            $tail
        )
    };
}

#[async_trait]
impl<D: Db> Imports for Backend<D> {
    async fn start_import(
        &self,
        workspace: WorkspaceId,
        import: &NewImport,
        now: Time,
    ) -> Result<ImportJob> {
        let insert = "INSERT INTO imports (workspace_id, import_id, state, file, fingerprint, \
            source_id, total, done, imported, duplicates, rejected, mapping, problem, \
            created_at) SELECT $1, COALESCE(MAX(import_id), 0) + 1, 'running', $2, $3, $4, $5, \
            0, 0, 0, 0, $6, NULL, $7 FROM imports WHERE workspace_id = $1";
        let NewImport { file, fingerprint, source, total, mapping } = import;
        let (file, fingerprint) = (file.as_str(), fingerprint.as_str());
        let resume = "UPDATE imports SET state = 'running', problem = NULL \
            WHERE workspace_id = $1 AND state = 'failed' AND import_id = (SELECT MAX(import_id) \
            FROM imports WHERE workspace_id = $1 AND fingerprint = $2)";
        let running = jobs!("AND fingerprint = $2 AND state = 'running'");
        for _ in 0..10 {
            let mut conn = self.writers.acquire().await?;
            D::run(&mut conn, resume.into(), cells![workspace, fingerprint].into()).await?;
            let found = D::rows(&mut conn, running.into(), cells![workspace, fingerprint].into());
            if let Some(row) = found.await?.first() {
                return job::<D>(row);
            }
            let mapping = write::json(mapping)?;
            let cells = cells![workspace, file, fingerprint, *source, *total, mapping, now];
            match D::run(&mut conn, insert.into(), cells.into()).await {
                // Another has just started one: perhaps the same.
                Ok(_) | Err(Error::Taken(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Unavailable("others start imports at the same moment".to_owned()))
    }

    async fn finished_import(
        &self,
        workspace: WorkspaceId,
        fingerprint: &str,
    ) -> Result<Option<ImportJob>> {
        // One that took no row in has done nothing that could be done twice.
        let select = jobs!(
            "AND fingerprint = $2 AND state = 'done' AND (imported > 0 OR duplicates > 0 \
             OR rejected = 0) ORDER BY import_id DESC LIMIT 1"
        );
        let row = self.read_one(select, cells![workspace, fingerprint]).await?;
        row.map(|row| job::<D>(&row)).transpose()
    }

    async fn import(&self, workspace: WorkspaceId, import: ImportId) -> Result<Option<ImportJob>> {
        let select = jobs!("AND import_id = $2");
        let row = self.read_one(select, cells![workspace, import]).await?;
        row.map(|row| job::<D>(&row)).transpose()
    }

    async fn imports(&self, workspace: WorkspaceId) -> Result<Vec<ImportJob>> {
        let select = jobs!("ORDER BY import_id DESC LIMIT 100");
        self.read(select, cells![workspace]).await?.iter().map(job::<D>).collect()
    }

    async fn finish_import(
        &self,
        workspace: WorkspaceId,
        import: ImportId,
        state: ImportState,
        problem: Option<&str>,
    ) -> Result<()> {
        let update = "UPDATE imports SET state = $3, problem = $4, \
            total = CASE WHEN $3 = 'done' THEN done ELSE total END \
            WHERE workspace_id = $1 AND import_id = $2";
        match self.write_one(update, cells![workspace, import, state.as_str(), problem]).await? {
            0 => Err(Error::Missing("import")),
            _ => Ok(()),
        }
    }

    async fn rejected_rows(
        &self,
        workspace: WorkspaceId,
        import: ImportId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<RejectedRow>> {
        let limit = limit.clamp(1, MOST);
        let select = "SELECT row_number, problem, cells FROM import_rejected \
            WHERE workspace_id = $1 AND import_id = $2 AND row_number > $3 \
            ORDER BY row_number LIMIT $4";
        let cells = cells![workspace, import, after.unwrap_or(0), limit + 1];
        let found = self.read(select, cells).await?;
        let rejected = |row: &D::Row| {
            let mut row = Columns::<D>::new(row, "import_rejected");
            Ok(RejectedRow { row: row.num()?, problem: row.text()?, cells: row.json()? })
        };
        let rows = found.iter().map(rejected).collect::<Result<_>>()?;
        Ok(page(rows, limit, |row: &RejectedRow| row.row))
    }
}

fn job<D: Db>(row: &D::Row) -> Result<ImportJob> {
    let mut row = Columns::<D>::new(row, "imports");
    Ok(ImportJob {
        id: ImportId(row.num()?),
        state: row.parsed()?,
        file: row.text()?,
        fingerprint: row.text()?,
        source: SourceId(row.num()?),
        total: row.opt_num()?,
        done: row.num()?,
        imported: row.num()?,
        duplicates: row.num()?,
        rejected: row.num()?,
        mapping: row.json()?,
        problem: row.opt_text()?,
        created_at: row.time()?,
    })
}
