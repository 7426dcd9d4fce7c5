//! Whether the journal is what was written.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::hash::{GENESIS, Link};
use crate::{Broken, Chain, Error, Result, WorkspaceId};
use futures_util::StreamExt;

const ROWS: &str = "SELECT seq, kind, version, given, actor, at, batch, item_id, body, hash \
    FROM journal WHERE workspace_id = $1 ORDER BY seq";

impl<D: Db> Backend<D> {
    pub(crate) async fn verify(&self, workspace: WorkspaceId) -> Result<Chain> {
        let mut tx = self.readers.begin_with(D::SNAPSHOT).await?;
        let select = "SELECT seq, head FROM workspaces WHERE workspace_id = $1";
        let own = D::rows(&mut tx, select.into(), cells![workspace].into()).await?;
        let mut own =
            Columns::<D>::new(own.first().ok_or(Error::Missing("workspace"))?, "workspaces");
        let (last, head): (u64, String) = (own.num()?, own.text()?);
        let mut chain = Chain { rows: 0, head: GENESIS.to_owned(), broken: None };
        {
            let mut rows = D::stream(&mut tx, ROWS.into(), cells![workspace].into());
            while let Some(row) = rows.next().await {
                chain.broken = follow::<D>(workspace, &mut chain, &row?)?;
                if chain.broken.is_some() {
                    break;
                }
            }
        }
        if chain.broken.is_none() && (chain.rows != last || chain.head != head) {
            let problem = format!(
                "the workspace says that {last} events end in {head}; the journal's {} end in {}",
                chain.rows, chain.head
            );
            chain.broken = Some(Broken { seq: chain.rows.min(last) + 1, problem });
        }
        tx.rollback().await?;
        Ok(chain)
    }
}

/// Takes one row into the chain, or says why it does not follow.
fn follow<D: Db>(
    workspace: WorkspaceId,
    chain: &mut Chain,
    row: &D::Row,
) -> Result<Option<Broken>> {
    let mut row = Columns::<D>::new(row, "journal");
    let seq: u64 = row.num()?;
    if seq != chain.rows + 1 {
        let problem = format!("it is not there; event {seq} follows instead");
        return Ok(Some(Broken { seq: chain.rows + 1, problem }));
    }
    let (kind, version, given, actor) = (row.text()?, row.int()?, row.flag()?, row.text()?);
    let (at, batch, item, body) = (row.int()?, row.int()?, row.opt_int()?, row.text()?);
    let hash = row.text()?;
    let link = Link {
        workspace: workspace.0 as i64,
        seq: seq as i64,
        kind: &kind,
        version,
        given,
        actor: &actor,
        at,
        batch,
        item,
        body: &body,
    };
    let due = link.hash(&chain.head);
    if due != hash {
        let problem = format!("its hash is {hash}; by what it says it would be {due}");
        return Ok(Some(Broken { seq, problem }));
    }
    chain.rows += 1;
    chain.head = hash;
    Ok(None)
}
