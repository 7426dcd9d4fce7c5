//! A sheet that is open on this node: what is known of it stays from one reading to the next.

use super::config::{SheetConfig, SheetKind};
use super::folder;
use super::port::Port;
use super::secrets::Access;
use crate::app::App;
use crate::dispatcher::WorkspaceId;
use connectors::mirror::google::{Account, Google};
use connectors::mirror::local::{Glance, LocalFile, Stamp, glance};
use connectors::mirror::tencent::{Tencent, Tokens};
use connectors::mirror::{Columns, Sheet, Trouble};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// An open sheet.
pub struct Opened {
    /// What it was opened with: people change it.
    pub version: u32,
    pub sealed: Option<String>,
    pub kind: SheetKind,
    pub config: SheetConfig,
    adapter: Adapter,
    /// None for a file.
    pub port: Option<Port>,
    app: Option<connectors::mirror::tencent::App>,
}

enum Adapter {
    File {
        file: LocalFile,
        path: PathBuf,
        /// As it was when it was last tried, whatever came of that, or as we left it.
        tried: Glance,
    },
    /// The lock lets the whole be shared between threads; only who has all of it works with it.
    Service(Mutex<Box<dyn Sheet>>),
}

impl Opened {
    /// Opens a sheet; nothing is sent yet.
    ///
    /// # Errors
    /// Why it cannot be opened, as somebody can mend it.
    pub async fn open(
        app: &App,
        workspace: WorkspaceId,
        sheet: &store::Sheet,
    ) -> Result<Opened, Trouble> {
        let wrong = |what: String| Trouble::BadRequest(what);
        let kind = SheetKind::of(&sheet.kind)
            .ok_or_else(|| wrong("a newer fairlead made this sheet; use that version".into()))?;
        let config: SheetConfig = serde_json::from_str(&sheet.config)
            .map_err(|_| wrong("a newer fairlead made this sheet; use that version".into()))?;
        let columns = config.columns.clone();
        if kind == SheetKind::File {
            let several = app.workspace_ids().await.map_or(true, |all| all.len() > 1);
            let path = folder::allowed(app, workspace, several, &config.link, sheet.trusted);
            let path = path.map_err(|what| wrong(format!("the file {what}")))?;
            let file = LocalFile::new(path.clone(), config.tab.clone(), columns)?;
            let kept = sheet.health.stamp.as_deref();
            let kept: Option<Stamp> = kept.and_then(|text| serde_json::from_str(text).ok());
            let tried = kept.as_ref().and_then(Stamp::glance);
            let (adapter, version) = (Adapter::File { file, path, tried }, sheet.version);
            let sealed = sheet.sealed.clone();
            return Ok(Opened { version, sealed, kind, config, adapter, port: None, app: None });
        }
        let sealed = sheet.sealed.as_deref().ok_or_else(|| {
            Trouble::Auth("the sheet has no secrets yet: give it some".to_owned())
        })?;
        let access = Access::open(app, workspace, sheet.id, sealed)
            .map_err(|error| Trouble::Auth(error.to_string()))?;
        let budget = config.budget(kind, sheet.health.budget.as_deref());
        let private = app.config.private_webhooks || sheet.trusted;
        let port = Port::new(app.clock.clone(), budget, private);
        let outside = Box::new(port.clone());
        let mut own_app = None;
        let service: Box<dyn Sheet> = match access {
            Access::Tencent { app, tokens } => {
                own_app = Some(app.clone());
                Box::new(Tencent::new(&config.document(), app, tokens, columns, outside)?)
            }
            Access::Google { key_file } => {
                let account = Account::read(&key_file)?;
                Box::new(Google::new(config.spreadsheet(), account, columns, outside)?)
            }
        };
        let (adapter, version) = (Adapter::Service(Mutex::new(service)), sheet.version);
        let sealed = Some(sealed.to_owned());
        Ok(Opened { version, sealed, kind, config, adapter, port: Some(port), app: own_app })
    }

    pub fn sheet(&mut self) -> &mut dyn Sheet {
        match &mut self.adapter {
            Adapter::File { file, .. } => file,
            Adapter::Service(service) => {
                &mut **service.get_mut().unwrap_or_else(PoisonError::into_inner)
            }
        }
    }

    pub fn columns(&self) -> &Columns {
        &self.config.columns
    }

    /// The file as it was last seen.
    pub fn stamp(&self) -> Option<&Stamp> {
        match &self.adapter {
            Adapter::File { file, .. } => file.stamp(),
            Adapter::Service(_) => None,
        }
    }

    /// Whether somebody seems to have saved the file since it was last tried.
    pub fn was_saved(&self) -> bool {
        match &self.adapter {
            Adapter::File { path, tried, .. } => glance(path) != *tried,
            Adapter::Service(_) => false,
        }
    }

    /// It is read now: it is not tried again as it is when that fails.
    pub fn try_now(&mut self) {
        if let Adapter::File { path, tried, .. } = &mut self.adapter {
            *tried = glance(path);
        }
    }

    /// Something was done with it: a file that we wrote ourselves was not saved by somebody, unless
    /// it was before.
    pub fn left(&mut self, before: Option<Stamp>, was_saved: bool) {
        if let Adapter::File { file, tried, .. } = &mut self.adapter
            && file.stamp() != before.as_ref()
            && !was_saved
        {
            *tried = file.stamp().and_then(Stamp::glance);
        }
    }

    /// The secrets with renewed tokens.
    pub fn renewed(&self, tokens: Tokens) -> Option<Access> {
        Some(Access::Tencent { app: self.app.clone()?, tokens })
    }
}

/// Whether a sheet can be opened as it is configured; nothing is sent.
///
/// # Errors
/// Why not, as somebody can mend it.
pub async fn try_open(
    app: &App,
    workspace: WorkspaceId,
    sheet: &store::Sheet,
) -> Result<(), Trouble> {
    Opened::open(app, workspace, sheet).await.map(drop)
}
