//! Logins, tokens, sessions.

use crate::{TokenId, UserId, WorkspaceId};
use routing::{AgentId, Time};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What somebody may do.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    Agent,
    Supervisor,
    Admin,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Agent => "agent",
            Role::Supervisor => "supervisor",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "agent" => Ok(Role::Agent),
            "supervisor" => Ok(Role::Supervisor),
            "admin" => Ok(Role::Admin),
            _ => Err(format!("unknown role “{text}”")),
        }
    }
}

/// A login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: String,
    /// Empty for one without a password.
    pub password_hash: String,
    pub role: Role,
    pub agent: Option<AgentId>,
    pub active: bool,
    pub created_at: Time,
}

impl User {
    /// Whether anybody can sign in by this login's name. Agents who have a PIN alone cannot.
    pub fn has_password(&self) -> bool {
        !self.password_hash.is_empty()
    }
}

/// What changes about a login; `None` leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    pub name: Option<String>,
    pub password_hash: Option<String>,
    pub role: Option<Role>,
    pub active: Option<bool>,
}

/// A token to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    pub name: String,
    /// SHA-256 of the secret, in hex.
    pub hash: String,
    pub role: Role,
    pub agent: Option<AgentId>,
    pub created_by: Option<UserId>,
}

/// An API token; its secret was shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub workspace: WorkspaceId,
    pub id: TokenId,
    pub name: String,
    pub role: Role,
    pub agent: Option<AgentId>,
    pub created_by: Option<UserId>,
    pub created_at: Time,
    pub revoked_at: Option<Time>,
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub workspace: WorkspaceId,
    pub user: UserId,
    /// SHA-256 of the cookie's secret, in hex.
    pub hash: String,
    pub csrf: String,
    pub created_at: Time,
    pub expires_at: Time,
}
