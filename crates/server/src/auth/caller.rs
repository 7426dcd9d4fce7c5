//! The caller of a request: from an API token, or from the session cookie of a browser.

use crate::app::App;
use crate::auth::secret;
use crate::dispatcher::{Actor, WorkspaceId};
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::words::Language;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use routing::AgentId;
use store::{Session, Token, User};

pub use store::Role;

/// The session cookie's name.
pub const COOKIE: &str = "fairlead_session";
/// The header that a page repeats the session's CSRF value in when it writes.
pub const CSRF_HEADER: &str = "x-fairlead-csrf";

/// Who asks, and for which workspace.
#[derive(Clone, Debug)]
pub struct Caller {
    pub workspace: WorkspaceId,
    pub actor: Actor,
    /// The login's or the token's name.
    pub name: String,
    pub role: Role,
    pub agent: Option<AgentId>,
    /// The session's CSRF value and hash; `None` for a token.
    pub session: Option<(String, String)>,
    /// The language they want lines in.
    pub language: Language,
}

impl Caller {
    /// Who sent these headers. Writes with a cookie need the CSRF header.
    pub async fn of(app: &App, headers: &HeaderMap, writes: bool) -> Answered<Caller> {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(|v| {
                let (scheme, token) = v.split_once(' ')?;
                scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
            });
            let token = token.filter(|t| t.starts_with(secret::TOKEN_PREFIX));
            let caller = match token {
                Some(token) => app.caller_of(token).await?,
                None => None,
            };
            return caller.ok_or_else(|| {
                Problem::unauthorized("This token is unknown or revoked; create another one.")
            });
        }
        let Some(cookie) = cookie(headers) else {
            return Err(Problem::unauthorized(
                "Sign in, or send an API token in the header Authorization: Bearer fl_…",
            ));
        };
        let Some((session, user)) = app.session(cookie).await? else {
            return Err(Problem::unauthorized("The session has ended; sign in again."));
        };
        if writes {
            let sent = headers.get(CSRF_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
            if !secret::same(sent, &session.csrf) {
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "csrf",
                    "Writing with a session needs its csrf value (GET /api/v1/session) in the header X-Fairlead-CSRF.",
                ));
            }
        }
        if let Some(agent) = user.agent {
            app.plays(session.workspace, agent);
        }
        Ok(Caller::from((session, user)))
    }

    /// An agent may act only as itself; others for anybody.
    pub fn acts_as(&self, agent: AgentId) -> Answered<()> {
        if self.role > Role::Agent || self.agent == Some(agent) {
            return Ok(());
        }
        Err(Problem::forbidden("An agent may act only as itself; use your own agent id."))
    }

    /// The agent that this caller is.
    pub fn own_agent(&self) -> Answered<AgentId> {
        self.agent.ok_or_else(|| {
            Problem::forbidden("This login belongs to no agent, so it can do no agent's work.")
        })
    }

    /// Whose items this caller is restricted to; `None` for everybody's.
    pub fn only(&self) -> Answered<Option<AgentId>> {
        if self.role == Role::Agent { self.own_agent().map(Some) } else { Ok(None) }
    }
}

impl From<Token> for Caller {
    fn from(token: Token) -> Self {
        Caller {
            workspace: token.workspace,
            actor: Actor::Token(token.id),
            name: token.name,
            role: token.role,
            agent: token.agent,
            session: None,
            language: Language::default(),
        }
    }
}

impl From<(Session, User)> for Caller {
    fn from((session, user): (Session, User)) -> Self {
        Caller {
            workspace: session.workspace,
            actor: Actor::User(user.id),
            name: user.name,
            role: user.role,
            agent: user.agent,
            session: Some((session.csrf, session.hash)),
            language: Language::default(),
        }
    }
}

/// The session cookie's value.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .filter(|value| !value.is_empty())
}

/// Set by [`crate::http::access::check`], which has already refused whoever may not.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(|| Problem::unauthorized("Sign in."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        let value = "theme=dark; fairlead_session=abc; fairlead_session2=x";
        headers.insert(header::COOKIE, HeaderValue::from_static(value));
        assert_eq!(cookie(&headers), Some("abc"));
    }
}
