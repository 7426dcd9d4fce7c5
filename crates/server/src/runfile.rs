//! How a second command on this machine finds the running server: the server writes its address
//! and a token for each workspace into the 0600 file beside its SQLite database.

use crate::config::Config;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a running server says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The server's root, such as `http://127.0.0.1:8080`.
    pub address: String,
    /// Where commands on this machine speak to it, if not there. With TLS that is a loopback
    /// address of its own: the certificate is for the server's name, and may have ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door: Option<String>,
    pub pid: u32,
    /// Workspace → an admin's token that lives as long as this server runs.
    pub tokens: BTreeMap<String, String>,
    /// Workspace → its id, which it keeps under another name too.
    #[serde(default)]
    pub ids: BTreeMap<String, u64>,
}

impl Announcement {
    /// A line for people, which errors repeat, and one for programs.
    pub fn text(&self) -> String {
        let said = serde_json::to_string(self).unwrap_or_default();
        format!("process {} at {}\n{said}\n", self.pid, self.address)
    }

    fn read(text: &str) -> Result<Announcement, Error> {
        let said = text.lines().nth(1).ok_or(Error::Unreachable)?;
        serde_json::from_str(said).map_err(|_| Error::Unreachable)
    }

    fn found(mut self, workspace: Option<&str>) -> Result<Found, Error> {
        let names = self.tokens.keys().map(|name| (name.clone(), name.clone())).collect();
        let name = choose(names, workspace)?;
        let token = self.tokens.remove(&name).ok_or(Error::NoWorkspace)?;
        let address = self.door.unwrap_or_else(|| self.address.clone());
        Ok(Found { address, root: self.address, token, workspace: self.ids.get(&name).copied() })
    }
}

/// A running server, and the right to speak to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where to speak to it from this machine.
    pub address: String,
    /// Where people reach it.
    pub root: String,
    pub token: String,
    /// Whose token it is; `None` where an older server does not say.
    pub workspace: Option<u64>,
}

/// The server that has this configuration's SQLite database open; `None` when none has.
///
/// # Errors
/// When the workspace is not clear, or the server does not say how to reach it.
pub fn find_running(config: &Config, workspace: Option<&str>) -> Result<Option<Found>, Error> {
    let Some(said) = announced(config)? else { return Ok(None) };
    said.found(workspace).map(Some)
}

/// The one that has come in the place of a server that is gone, for the same workspace, whatever it
/// is called by now and however many others there are.
///
/// # Errors
/// When the workspace is not there, or the server does not say how to reach it.
pub fn find_again(config: &Config, workspace: u64) -> Result<Option<Found>, Error> {
    let Some(said) = announced(config)? else { return Ok(None) };
    let name = said.ids.iter().find(|(_, id)| **id == workspace).map(|(name, _)| name.clone());
    let name = name.ok_or_else(|| Error::NoSuchWorkspace(workspace.to_string()))?;
    said.found(Some(&name)).map(Some)
}

fn announced(config: &Config) -> Result<Option<Announcement>, Error> {
    let text = store::holder(&config.database_url())?;
    text.map(|text| Announcement::read(&text)).transpose()
}

/// The server that has this configuration's SQLite database open, for what concerns no workspace;
/// `None` when none has.
///
/// # Errors
/// When the server does not say how to reach it.
pub fn find_server(config: &Config) -> Result<Option<Found>, Error> {
    let Some(said) = announced(config)? else { return Ok(None) };
    let any = said.tokens.keys().next().cloned().ok_or(Error::Unreachable)?;
    said.found(Some(&any)).map(Some)
}

/// The named one; without a name the only one.
pub fn choose<T>(mut all: Vec<(String, T)>, name: Option<&str>) -> Result<T, Error> {
    let at = match name {
        Some(name) => all
            .iter()
            .position(|(known, _)| known == name)
            .ok_or_else(|| Error::NoSuchWorkspace(name.to_owned()))?,
        None if all.len() == 1 => 0,
        None if all.is_empty() => return Err(Error::NoWorkspace),
        None => {
            let names: Vec<String> = all.into_iter().map(|(name, _)| name).collect();
            return Err(Error::WhichWorkspace(names.join(", ")));
        }
    };
    Ok(all.swap_remove(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_for_people_holds_no_token() {
        let tokens = BTreeMap::from([("main".to_owned(), "fl_x".to_owned())]);
        let address = "http://127.0.0.1:1".to_owned();
        let said = Announcement { address, door: None, pid: 7, tokens, ids: BTreeMap::new() };
        let text = said.text();
        assert_eq!(text.lines().next(), Some("process 7 at http://127.0.0.1:1"));
        assert_eq!(Announcement::read(&text).unwrap(), said);
        assert!(matches!(Announcement::read("process 7"), Err(Error::Unreachable)));
    }

    #[test]
    fn the_only_workspace_needs_no_name() {
        assert_eq!(choose(vec![("main".to_owned(), 1)], None).unwrap(), 1);
        let two = || vec![("a".to_owned(), 1), ("b".to_owned(), 2)];
        assert_eq!(choose(two(), Some("b")).unwrap(), 2);
        assert!(
            matches!(choose(two(), None), Err(Error::WhichWorkspace(names)) if names == "a, b")
        );
        assert!(matches!(choose(two(), Some("c")), Err(Error::NoSuchWorkspace(_))));
    }
}
