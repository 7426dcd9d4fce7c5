//! Whether the journal is what was written.

use crate::backend::{Backend, begin};
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::hash::Link;
use crate::{Broken, Chain, Error, Result, WorkspaceId};
use futures_util::StreamExt;
use serde::de::IgnoredAny;

/// What stands after the row whose last event is $2 and whose hash is $3: a row that somebody put
/// in between that row's events is read too. No row has more than 100 events.
const ROWS: &str = "SELECT seq, version, actor, at, batch, item_id, body, hash FROM journal \
    WHERE workspace_id = $1 AND seq > COALESCE((SELECT MAX(b.seq) FROM journal AS b \
    WHERE b.workspace_id = $1 AND b.seq > $2 - 100 AND b.seq <= $2 AND b.hash = $3), $2) \
    ORDER BY seq LIMIT $4";

impl<D: Db> Backend<D> {
    /// Follows the chain on from where `chain` stands, for at most `most` rows.
    pub(crate) async fn verify_journal(
        &self,
        workspace: WorkspaceId,
        mut chain: Chain,
        most: u32,
    ) -> Result<Chain> {
        // The journal grows meanwhile: its rows and what the workspace says are of one moment.
        let mut tx = begin(&self.readers, D::SNAPSHOT).await?;
        let select = "SELECT seq, head FROM workspaces WHERE workspace_id = $1";
        let own = D::rows(&mut tx, select.into(), cells![workspace].into()).await?;
        let mut own =
            Columns::<D>::new(own.first().ok_or(Error::Missing("workspace"))?, "workspaces");
        let (last, head): (u64, String) = (own.num()?, own.text()?);
        let before = chain.rows;
        {
            let cells = cells![workspace, chain.events, chain.head.as_str(), most];
            let mut rows = D::stream(&mut tx, ROWS.into(), cells.into());
            while let Some(row) = rows.next().await {
                chain.broken = follow::<D>(workspace, &mut chain, &row?)?;
                if chain.broken.is_some() {
                    break;
                }
            }
        }
        chain.done = chain.broken.is_none() && chain.rows - before < u64::from(most);
        if chain.done && (chain.events != last || chain.head != head) {
            let problem = format!(
                "the workspace says that {last} events end in {head}; the journal's {} end in {}",
                chain.events, chain.head
            );
            chain.broken = Some(Broken { seq: chain.events.min(last) + 1, problem });
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
    if seq != chain.events + 1 {
        let problem = format!("it is not there; event {seq} follows instead");
        return Ok(Some(Broken { seq: chain.events + 1, problem }));
    }
    let (version, actor, at) = (row.int()?, row.text()?, row.int()?);
    let (batch, item, body, hash) = (row.int()?, row.opt_int()?, row.text()?, row.text()?);
    let link = Link {
        workspace: workspace.0 as i64,
        seq: seq as i64,
        version,
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
    let Ok(events) = serde_json::from_str::<Vec<IgnoredAny>>(&body) else {
        return Ok(Some(Broken { seq, problem: "it holds no list of events".to_owned() }));
    };
    chain.events += events.len() as u64;
    chain.rows += 1;
    chain.head = hash;
    Ok(None)
}
