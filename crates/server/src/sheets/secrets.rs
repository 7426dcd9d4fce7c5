//! What lets us into a service: given once, sealed, renewed by itself.

use super::SheetKind;
use crate::app::App;
use crate::auth::seal::{Owner, Place, Purpose, SealError};
use connectors::mirror::google::Account;
use connectors::mirror::tencent;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use store::{SheetId, WorkspaceId};

/// A sheet's secrets in clear; they never show themselves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Tencent {
        app: tencent::App,
        tokens: tencent::Tokens,
    },
    /// The file that Google Cloud hands out for a service account.
    Google {
        key_file: String,
    },
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access")
    }
}

/// As people give Tencent's: all in one object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    client_id: String,
    client_secret: String,
    access_token: String,
    refresh_token: Option<String>,
    open_id: Option<String>,
    expires_at: Option<i64>,
}

impl Access {
    /// Reads what somebody gave for a sheet of this kind.
    ///
    /// # Errors
    /// What it must be, without anything of it.
    pub fn given(kind: SheetKind, given: Value) -> Result<Access, String> {
        match kind {
            SheetKind::Tencent => {
                let given: Given = serde_json::from_value(given).map_err(|_| {
                    "must be an object with client_id, client_secret and access_token, and best \
                     with refresh_token and open_id"
                })?;
                let Given { client_id, client_secret, access_token, .. } = given;
                let app = tencent::App { client_id, client_secret };
                let Given { refresh_token, open_id, expires_at, .. } = given;
                let tokens = tencent::Tokens { access_token, refresh_token, open_id, expires_at };
                Ok(Access::Tencent { app, tokens })
            }
            SheetKind::Google => {
                let key_file = match given {
                    Value::String(text) => text,
                    object => object.to_string(),
                };
                Account::read(&key_file).map_err(|trouble| trouble.to_string())?;
                Ok(Access::Google { key_file })
            }
            SheetKind::File => Err("are not needed for a file".to_owned()),
        }
    }

    pub fn seal(
        &self,
        app: &App,
        workspace: WorkspaceId,
        id: SheetId,
    ) -> Result<String, SealError> {
        let text = serde_json::to_string(self).map_err(|_| SealError::Broken)?;
        app.sealer_of_new()?.seal(place(workspace, id), &text)
    }

    pub fn open(
        app: &App,
        workspace: WorkspaceId,
        id: SheetId,
        sealed: &str,
    ) -> Result<Access, SealError> {
        let text = app.sealer()?.unseal(place(workspace, id), sealed)?;
        serde_json::from_str(&text).map_err(|_| SealError::Broken)
    }
}

fn place(workspace: WorkspaceId, id: SheetId) -> Place {
    Place { workspace, owner: Owner::Sheet(id), purpose: Purpose::SheetAccess }
}
