//! Rows that several reads share, and how they are read.

use crate::batch_rows::note_text;
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::{
    Answered, Error, Note, NoteKind, Result, SourceRow, Token, TokenId, User, UserId, UserRow,
    WorkspaceId, WorkspaceRow,
};
use routing::{AgentId, ItemId, Source, SourceId, Time};

pub(crate) fn answered<D: Db>(row: &D::Row) -> Result<Answered> {
    let mut row = Columns::<D>::new(row, "answers");
    Ok(Answered {
        scope: row.text()?,
        key: row.text()?,
        request: row.text()?,
        status: row.num()?,
        body: row.text()?,
        item: row.opt_num()?.map(ItemId),
        keep_until: row.time()?,
    })
}

macro_rules! users {
    ($tail:literal) => {
        concat!(
            "SELECT user_id, name, password_hash, role, agent_id, active, created_at FROM users ",
            $tail
        )
    };
}

pub(crate) const USER_BY_NAME: &str = users!("WHERE workspace_id = $1 AND name = $2");
pub(crate) const USER_OF_AGENT: &str = users!("WHERE workspace_id = $1 AND agent_id = $2");
pub(crate) const USER: &str = users!("WHERE workspace_id = $1 AND user_id = $2");
pub(crate) const USERS: &str =
    users!("WHERE workspace_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3");

pub(crate) fn user<D: Db>(row: &D::Row) -> Result<User> {
    user_from::<D>(&mut Columns::new(row, "users"))
}

pub(crate) fn user_from<D: Db>(row: &mut Columns<'_, D>) -> Result<User> {
    Ok(User {
        id: UserId(row.num()?),
        name: row.text()?,
        password_hash: row.text()?,
        role: row.parsed()?,
        agent: row.opt_num()?.map(AgentId),
        active: row.flag()?,
        created_at: row.time()?,
    })
}

/// Creates or overwrites a login.
pub(crate) async fn write_user<D: Db>(
    conn: &mut D::Connection,
    workspace: WorkspaceId,
    user: &UserRow,
    now: Time,
) -> Result<UserId> {
    let UserRow { id, name, password_hash, role, agent, active } = user;
    let (name, hash) = (name.as_str(), password_hash.as_str());
    let Some(id) = *id else {
        let insert = "INSERT INTO users (workspace_id, user_id, name, password_hash, role, \
            agent_id, active, created_at) SELECT $1, COALESCE(MAX(user_id), 0) + 1, $2, $3, $4, \
            $5, $6, $7 FROM users WHERE workspace_id = $1 RETURNING user_id";
        let cells = cells![workspace, name, hash, role.as_str(), *agent, *active, now];
        let rows = D::rows(conn, insert.into(), cells.into()).await.map_err(taken("login name"))?;
        let row = rows.first().ok_or(Error::Missing("workspace"))?;
        return Columns::<D>::new(row, "users").num().map(UserId);
    };
    let update = "UPDATE users SET name = $3, password_hash = $4, role = $5, agent_id = $6, \
        active = $7 WHERE workspace_id = $1 AND user_id = $2";
    let cells = cells![workspace, id, name, hash, role.as_str(), *agent, *active];
    match D::run(conn, update.into(), cells.into()).await.map_err(taken("login name"))? {
        0 => Err(Error::Missing("user")),
        _ => Ok(id),
    }
}

/// Names what was taken.
pub(crate) fn taken(what: &'static str) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Taken(_) => Error::Taken(what),
        other => other,
    }
}

macro_rules! tokens {
    ($tail:literal) => {
        concat!(
            "SELECT workspace_id, token_id, name, role, agent_id, created_by, created_at, ",
            "revoked_at FROM tokens ",
            $tail
        )
    };
}

/// A token that is good: neither it nor its agent has been closed.
pub(crate) const TOKEN_BY_HASH: &str = tokens!(
    "WHERE hash = $1 AND revoked_at IS NULL AND (agent_id IS NULL OR EXISTS (SELECT 1 FROM agents \
     WHERE agents.workspace_id = tokens.workspace_id AND agents.agent_id = tokens.agent_id \
     AND agents.active = 1))"
);
pub(crate) const TOKENS: &str =
    tokens!("WHERE workspace_id = $1 AND token_id > $2 ORDER BY token_id LIMIT $3");

pub(crate) fn token<D: Db>(row: &D::Row) -> Result<Token> {
    let mut row = Columns::<D>::new(row, "tokens");
    Ok(Token {
        workspace: WorkspaceId(row.num()?),
        id: TokenId(row.num()?),
        name: row.text()?,
        role: row.parsed()?,
        agent: row.opt_num()?.map(AgentId),
        created_by: row.opt_num()?.map(UserId),
        created_at: row.time()?,
        revoked_at: row.opt_time()?,
    })
}

macro_rules! sources {
    ($tail:literal) => {
        concat!(
            "SELECT source_id, active, spec, url_key, signing, secret_hash, old_secret_hash, ",
            "old_secret_until, sealed, dedupe_key, attributes, map, retention_days, ",
            "fetch_failed, fetch_problem, fetch_problem_at, matched_at FROM sources ",
            $tail
        )
    };
}

pub(crate) const SOURCES: &str = sources!("WHERE workspace_id = $1 ORDER BY source_id");
pub(crate) const SOURCE: &str = sources!("WHERE workspace_id = $1 AND source_id = $2");
pub(crate) const SOURCE_BY_KEY: &str = sources!("WHERE workspace_id = $1 AND url_key = $2");

pub(crate) fn source<D: Db>(row: &D::Row) -> Result<SourceRow> {
    let mut row = Columns::<D>::new(row, "sources");
    let (id, active, spec) = (SourceId(row.num()?), row.flag()?, row.json()?);
    Ok(SourceRow {
        source: Source { id, spec, active },
        key: row.opt_text()?.unwrap_or_default(),
        signing: row.text()?,
        secret_hash: row.opt_text()?,
        old_secret_hash: row.opt_text()?,
        old_secret_until: row.opt_time()?,
        sealed: row.json()?,
        dedupe_key: row.text()?,
        attributes: row.json()?,
        map: row.json()?,
        retention_days: row.opt_num()?,
        fetch_failed: row.num()?,
        fetch_problem: row.opt_text()?,
        fetch_problem_at: row.opt_time()?,
        matched_at: row.opt_time()?,
    })
}

macro_rules! workspaces {
    ($tail:literal) => {
        concat!("SELECT workspace_id, name, settings, seq, next_deadline FROM workspaces ", $tail)
    };
}

pub(crate) const WORKSPACES: &str = workspaces!("ORDER BY workspace_id");
pub(crate) const WORKSPACE: &str = workspaces!("WHERE workspace_id = $1");
pub(crate) const WORKSPACE_BY_NAME: &str = workspaces!("WHERE name = $1");

pub(crate) fn workspace<D: Db>(row: &D::Row) -> Result<WorkspaceRow> {
    let mut row = Columns::<D>::new(row, "workspaces");
    Ok(WorkspaceRow {
        id: WorkspaceId(row.num()?),
        name: row.text()?,
        settings: row.json()?,
        seq: row.num()?,
        next_deadline: row.opt_time()?,
    })
}

pub(crate) const NOTES: &str = "SELECT item_id, seq, kind, body FROM item_notes \
    WHERE workspace_id = $1 AND item_id = $2 ORDER BY seq LIMIT 1000";

pub(crate) fn note<D: Db>(row: &D::Row) -> Result<Note> {
    let mut row = Columns::<D>::new(row, "item_notes");
    let (item, event, kind) = (ItemId(row.num()?), row.num()?, row.text()?);
    use NoteKind::{Cancel, Complete, Force, Late, Other, Reassign, Update};
    let kind = [Complete, Update, Reassign, Cancel, Force, Late]
        .into_iter()
        .find(|k| note_text(*k) == kind)
        .unwrap_or(Other);
    Ok(Note { item, event, kind, text: row.text()? })
}
