//! The engine a command works with: a server elsewhere, the one that runs on this database, or
//! one in this process for as long as the command takes. All speak the same HTTP, so every
//! command has one way of doing its work.

use crate::api::{Api, Refused};
use crate::options::Options;
use crate::trust;
use anyhow::{Context, Error, Result, bail};
use server::{Config, Found};
use tokio::runtime::Runtime;
use ureq::http::StatusCode;

/// An engine to ask.
pub struct Engine {
    pub api: Api,
    found: Option<Place>,
    own: Option<(Runtime, server::Running)>,
}

/// Where a server was found by what it says of itself beside its database.
#[derive(Clone)]
struct Place {
    config: Config,
    /// What the command line calls the workspace, if it does.
    named: Option<String>,
    /// Which one that was: there may be more by the time that the server is looked for again.
    workspace: Option<u64>,
}

impl Place {
    fn find(&self) -> std::result::Result<Option<Found>, server::Error> {
        match self.workspace {
            Some(workspace) => server::find_again(&self.config, workspace),
            None => server::find_running(&self.config, self.named.as_deref()),
        }
    }
}

impl Engine {
    /// Finds or starts the engine.
    pub fn connect(options: &Options) -> Result<Engine> {
        if let Some(root) = &options.server {
            let Some(token) = &options.token else {
                bail!("--server needs an API token: set FAIRLEAD_TOKEN");
            };
            let authorities = trust::authorities(options.ca_cert.as_deref())?;
            let api = Api::trusting(authorities, root, token);
            return Ok(Engine { api, found: None, own: None });
        }
        let config = options.server_config();
        let named = options.workspace.clone();
        if let Some(found) = server::find_running(&config, named.as_deref())? {
            let api = Api::new(&found.address, &found.token);
            let place = Place { config, named, workspace: found.workspace };
            return Ok(Engine { api, found: Some(place), own: None });
        }
        let runtime = runtime()?;
        let running = runtime
            .block_on(server::start_for_command(config, named.as_deref()))
            .context("cannot open the database")?;
        let api = Api::new(running.address(), running.token());
        Ok(Engine { api, found: None, own: Some((runtime, running)) })
    }

    /// For a command that asks again and again.
    pub fn lasting(&self) -> Lasting {
        Lasting { api: self.api.clone(), found: self.found.clone() }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some((runtime, running)) = self.own.take() {
            runtime.block_on(running.stop());
        }
    }
}

/// An engine that is asked for longer than a server may live. One that was found beside its database
/// has another token after a restart, and perhaps another address: it is then found again.
pub struct Lasting {
    api: Api,
    found: Option<Place>,
}

impl Lasting {
    /// Asks; where the server is not the one that was found, the one that has come after it.
    pub fn ask<T>(&mut self, question: impl Fn(&Api) -> Result<T>) -> Result<T> {
        let error = match question(&self.api) {
            Err(error) if may_be_another(&error) => error,
            answered => return answered,
        };
        // What keeps it from being found says more than what was wrong with the last one; that
        // is said where none is there, or still the same.
        let again = self.found.as_ref().map(Place::find).transpose()?.flatten();
        let again = again.filter(|found| !self.api.is(&found.address, &found.token));
        let Some(again) = again else { return Err(error) };
        self.api = Api::new(&again.address, &again.token);
        question(&self.api)
    }
}

/// Whether the server may have gone and another come: it did not answer, or does not know the token.
fn may_be_another(error: &Error) -> bool {
    let refused = error.downcast_ref::<Refused>();
    refused.is_none_or(|refused| refused.status == StatusCode::UNAUTHORIZED)
}

/// The runtime of a server in this process.
pub fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}
