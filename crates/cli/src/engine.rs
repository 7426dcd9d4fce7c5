//! The engine a command works with: a server elsewhere, the one that runs on this database, or
//! one in this process for as long as the command takes. All speak the same HTTP, so every
//! command has one way of doing its work.

use crate::api::Api;
use crate::options::Options;
use crate::trust;
use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;

/// An engine to ask.
pub struct Engine {
    pub api: Api,
    own: Option<(Runtime, server::Running)>,
}

impl Engine {
    /// Finds or starts the engine.
    pub fn connect(options: &Options) -> Result<Engine> {
        if let Some(root) = &options.server {
            let Some(token) = &options.token else {
                bail!("--server needs an API token: set FAIRLEAD_TOKEN");
            };
            let authorities = trust::authorities(options.ca_cert.as_deref())?;
            return Ok(Engine { api: Api::trusting(authorities, root, token), own: None });
        }
        let config = options.server_config();
        if let Some(found) = server::find_running(&config, options.workspace.as_deref())? {
            return Ok(Engine { api: Api::new(&found.address, &found.token), own: None });
        }
        let runtime = runtime()?;
        let workspace = options.workspace.clone();
        let running = runtime
            .block_on(server::start_for_command(config, workspace.as_deref()))
            .context("cannot open the database")?;
        let api = Api::new(running.address(), running.token());
        Ok(Engine { api, own: Some((runtime, running)) })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some((runtime, running)) = self.own.take() {
            runtime.block_on(running.stop());
        }
    }
}

/// The runtime of a server in this process.
pub fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}
