//! Logins, tokens and sessions.

use crate::backend::Backend;
use crate::cell::{Columns, cells};
use crate::dialect::Db;
use crate::rows::{self, taken};
use crate::sql::items::{MOST, page};
use crate::{
    Access, Act, Actor, Error, NewToken, Page, Result, Session, Token, TokenId, User, UserChange,
    UserId, UserRow, WorkspaceId,
};
use async_trait::async_trait;
use routing::Time;
use serde_json::{Value, json};

#[async_trait]
impl<D: Db> Access for Backend<D> {
    async fn has_admin(&self, workspace: Option<WorkspaceId>) -> Result<bool> {
        let any = "SELECT 1 FROM users WHERE role = 'admin' AND active = 1 \
            AND ($1 = 0 OR workspace_id = $1) LIMIT 1";
        let cells = cells![workspace.map_or(0, |workspace| workspace.0)];
        Ok(self.read_one(any, cells).await?.is_some())
    }

    async fn create_user(
        &self,
        workspace: WorkspaceId,
        user: &UserRow,
        now: Time,
    ) -> Result<UserId> {
        let mut conn = self.writers.acquire().await?;
        rows::write_user::<D>(&mut conn, workspace, user, now).await
    }

    async fn update_user(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        change: &UserChange,
    ) -> Result<()> {
        let update = "UPDATE users SET name = COALESCE($3, name), \
            password_hash = COALESCE($4, password_hash), role = COALESCE($5, role), \
            active = COALESCE($6, active) WHERE workspace_id = $1 AND user_id = $2";
        let cells = cells![
            workspace,
            user,
            change.name.as_deref(),
            change.password_hash.as_deref(),
            change.role.map(|role| role.as_str()),
            change.active,
        ];
        match self.write_one(update, cells).await.map_err(taken("login name"))? {
            0 => Err(Error::Missing("user")),
            _ => Ok(()),
        }
    }

    async fn user(&self, workspace: WorkspaceId, user: UserId) -> Result<Option<User>> {
        let row = self.read_one(rows::USER, cells![workspace, user]).await?;
        row.map(|row| rows::user::<D>(&row)).transpose()
    }

    async fn user_by_name(&self, workspace: WorkspaceId, name: &str) -> Result<Option<User>> {
        let row = self.read_one(rows::USER_BY_NAME, cells![workspace, name]).await?;
        row.map(|row| rows::user::<D>(&row)).transpose()
    }

    async fn users(
        &self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<User>> {
        let limit = limit.clamp(1, MOST);
        let cells = cells![workspace, after.unwrap_or(0), limit + 1];
        let found = self.read(rows::USERS, cells).await?;
        let users = found.iter().map(rows::user::<D>).collect::<Result<_>>()?;
        Ok(page(users, limit, |user: &User| user.id.0))
    }

    async fn create_token(
        &self,
        workspace: WorkspaceId,
        token: &NewToken,
        by: Actor,
        now: Time,
    ) -> Result<TokenId> {
        let insert = "INSERT INTO tokens (workspace_id, token_id, name, hash, role, agent_id, \
            created_by, created_at, revoked_at) SELECT $1, COALESCE(MAX(token_id), 0) + 1, $2, \
            $3, $4, $5, $6, $7, NULL FROM tokens WHERE workspace_id = $1 RETURNING token_id";
        let NewToken { name, hash, role, agent, created_by } = token;
        let (name, hash) = (name.as_str(), hash.as_str());
        let cells = cells![workspace, name, hash, role.as_str(), *agent, *created_by, now];
        // The lock also keeps two from computing the same id.
        let mut locked = self.lock(workspace, now).await?;
        let found = D::rows(&mut locked.tx, insert.into(), cells.into()).await?;
        let row = found.first().ok_or(Error::Missing("workspace"))?;
        let id = Columns::<D>::new(row, "tokens").num()?;
        let body = json!({"role": role.as_str(), "agent": agent});
        self.commit_audited(locked, workspace, &token_act(by, "token_created", id, body)).await?;
        Ok(TokenId(id))
    }

    async fn token_by_hash(&self, hash: &str) -> Result<Option<Token>> {
        let row = self.read_one(rows::TOKEN_BY_HASH, cells![hash]).await?;
        row.map(|row| rows::token::<D>(&row)).transpose()
    }

    async fn tokens(
        &self,
        workspace: WorkspaceId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page<Token>> {
        let limit = limit.clamp(1, MOST);
        let cells = cells![workspace, after.unwrap_or(0), limit + 1];
        let found = self.read(rows::TOKENS, cells).await?;
        let tokens = found.iter().map(rows::token::<D>).collect::<Result<_>>()?;
        Ok(page(tokens, limit, |token: &Token| token.id.0))
    }

    async fn revoke_token(
        &self,
        workspace: WorkspaceId,
        token: TokenId,
        by: Actor,
        now: Time,
    ) -> Result<bool> {
        let update = "UPDATE tokens SET revoked_at = $3 WHERE workspace_id = $1 \
            AND token_id = $2 AND revoked_at IS NULL";
        let mut locked = self.lock(workspace, now).await?;
        let cells = cells![workspace, token, now];
        if D::run(&mut locked.tx, update.into(), cells.into()).await? == 0 {
            locked.tx.rollback().await?;
            return Ok(false);
        }
        let act = token_act(by, "token_revoked", token.0, json!({}));
        self.commit_audited(locked, workspace, &act).await?;
        Ok(true)
    }

    async fn create_session(&self, session: &Session) -> Result<()> {
        let insert = "INSERT INTO sessions (workspace_id, hash, user_id, csrf, created_at, \
            expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let Session { workspace, user, hash, csrf, created_at, expires_at } = session;
        let (hash, csrf) = (hash.as_str(), csrf.as_str());
        let cells = cells![*workspace, hash, *user, csrf, *created_at, *expires_at];
        self.write_one(insert, cells).await.map(drop)
    }

    async fn session_by_hash(&self, hash: &str, now: Time) -> Result<Option<(Session, User)>> {
        let select = "SELECT s.workspace_id, s.user_id, s.hash, s.csrf, s.created_at, \
            s.expires_at, u.user_id, u.name, u.password_hash, u.role, u.agent_id, u.active, \
            u.created_at FROM sessions AS s JOIN users AS u ON u.workspace_id = s.workspace_id \
            AND u.user_id = s.user_id WHERE s.hash = $1 AND s.expires_at > $2 AND u.active = 1";
        let Some(row) = self.read_one(select, cells![hash, now]).await? else { return Ok(None) };
        let mut row = Columns::<D>::new(&row, "sessions");
        let session = Session {
            workspace: WorkspaceId(row.num()?),
            user: UserId(row.num()?),
            hash: row.text()?,
            csrf: row.text()?,
            created_at: row.time()?,
            expires_at: row.time()?,
        };
        Ok(Some((session, rows::user_from::<D>(&mut row)?)))
    }

    async fn extend_session(&self, hash: &str, expires_at: Time) -> Result<()> {
        let update = "UPDATE sessions SET expires_at = $2 WHERE hash = $1";
        self.write_one(update, cells![hash, expires_at]).await.map(drop)
    }

    async fn delete_session(&self, hash: &str) -> Result<()> {
        self.write_one("DELETE FROM sessions WHERE hash = $1", cells![hash]).await.map(drop)
    }

    async fn delete_sessions_of(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        except: Option<&str>,
    ) -> Result<()> {
        let delete = "DELETE FROM sessions WHERE workspace_id = $1 AND user_id = $2 \
            AND hash <> COALESCE($3, '')";
        self.write_one(delete, cells![workspace, user, except]).await.map(drop)
    }

    async fn delete_expired_sessions(&self, now: Time) -> Result<u64> {
        self.write_one("DELETE FROM sessions WHERE expires_at <= $1", cells![now]).await
    }
}

fn token_act(actor: Actor, act: &'static str, token: u64, body: Value) -> Act {
    Act { actor, act, object: "token", object_id: Some(token), body }
}
