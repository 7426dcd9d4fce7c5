//! Workspaces, as commands on this machine make and list them.

use crate::auth::secret;
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatcher::{Actor, Dispatcher, Request};
use crate::error::Error;
use routing::{Command, Settings};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Compiled, Store, WorkspaceId};
use utoipa::ToSchema;

/// The first workspace's name.
pub const FIRST: &str = "main";

/// Its time zone and country, until somebody says where it is.
pub const FIRST_PLACE: (&str, &str) = ("UTC", "US");

/// What becomes of a database that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is made: by what sets up or serves.
    Made,
    /// An error: whoever asks about it has mistaken the place.
    Refused,
}

/// A workspace to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    pub name: String,
    /// IANA name; days and caps are counted in it.
    pub time_zone: String,
    /// ISO 3166-1 alpha-2; how a phone number without a country code is read.
    pub country: String,
}

/// A made workspace, and the path of the one-time link that makes its admin.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SetupLink {
    /// The workspace.
    pub id: u64,
    /// The path of the one-time link that makes its admin.
    pub path: String,
}

impl SetupLink {
    pub fn new(id: WorkspaceId, secret: &str) -> Self {
        SetupLink { id: id.0, path: format!("/setup#token={secret}") }
    }
}

/// A workspace in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WorkspaceSummary {
    pub id: u64,
    pub name: String,
    pub time_zone: String,
    /// The number of the last event.
    pub seq: u64,
    /// Whether somebody may change everything in it: before that, a one-time link makes its admin.
    pub has_admin: bool,
}

/// Makes a workspace in the database, and the database where there is none; its admin's link works
/// when a server runs.
///
/// # Errors
/// When the database cannot be opened, the name is in use, or the settings make no sense.
pub fn create_workspace(
    config: &Config,
    new: NewWorkspace,
) -> Compiled<'_, Result<SetupLink, Error>> {
    Box::pin(create_in_database(config, new))
}

async fn create_in_database(config: &Config, new: NewWorkspace) -> Result<SetupLink, Error> {
    let store = open(config, Missing::Made).await?;
    let clock = Clock::system();
    let made = async {
        let dispatcher = start_dispatcher(store.clone(), clock.clone(), false)?;
        let made = create(&*store, &dispatcher, &clock, &new).await;
        dispatcher.stop().await;
        let id = made?;
        let link = new_link()?;
        keep_link(&config.data_dir, id, &link.1)?;
        Ok(SetupLink::new(id, &link.0))
    }
    .await;
    store.close().await;
    made
}

/// Lists the workspaces of the database.
///
/// # Errors
/// When the database cannot be opened.
pub fn workspaces(
    config: &Config,
    missing: Missing,
) -> Compiled<'_, Result<Vec<WorkspaceSummary>, Error>> {
    Box::pin(async move {
        let store = open(config, missing).await?;
        let all = summaries(&*store).await;
        store.close().await;
        Ok(all?)
    })
}

/// All workspaces of the database.
pub async fn summaries(store: &dyn Store) -> Result<Vec<WorkspaceSummary>, store::Error> {
    let mut all = Vec::new();
    for row in store.workspaces().await? {
        all.push(WorkspaceSummary {
            id: row.id.0,
            name: row.name,
            time_zone: row.settings.time_zone,
            seq: row.seq,
            has_admin: store.has_admin(Some(row.id)).await?,
        });
    }
    Ok(all)
}

/// Makes another one-time link for a workspace that has no admin yet; the links before it end.
///
/// # Errors
/// When the link cannot be kept.
pub fn renew_link(config: &Config, workspace: u64) -> Result<SetupLink, Error> {
    let (id, link) = (WorkspaceId(workspace), new_link()?);
    keep_link(&config.data_dir, id, &link.1)?;
    Ok(SetupLink::new(id, &link.0))
}

/// Opens the database and brings its tables to this version.
pub async fn open(config: &Config, missing: Missing) -> Result<Arc<dyn Store>, Error> {
    let existing = missing == Missing::Refused;
    let options = store::Options { existing, ..store::Options::default() };
    let store = store::open(&config.database_url(), options).await?;
    if let Err(error) = store.migrate().await {
        store.close().await;
        return Err(error.into());
    }
    Ok(store)
}

/// Starts the dispatcher.
pub fn start_dispatcher(
    store: Arc<dyn Store>,
    clock: Clock,
    dispatches: bool,
) -> Result<Dispatcher, Error> {
    Dispatcher::start(store, clock, dispatches).map_err(|e| Error::Randomness(e.to_string()))
}

/// Makes a workspace and gives it its settings.
pub async fn create(
    store: &dyn Store,
    dispatcher: &Dispatcher,
    clock: &Clock,
    new: &NewWorkspace,
) -> Result<WorkspaceId, Error> {
    let invalid = |field: &str, problem: &str| Error::Invalid {
        field: field.to_owned(),
        problem: problem.to_owned(),
    };
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(invalid("name", "must have 1 to 100 characters"));
    }
    // Looked at before the row is made: a workspace without settings is of no use.
    if jiff::tz::TimeZone::get(&new.time_zone).is_err() {
        return Err(invalid("time_zone", "is not an IANA name such as Asia/Kolkata"));
    }
    let country = new.country.trim().to_uppercase();
    if !is_country(&country) {
        return Err(invalid("country", "must be a two-letter code such as IN, US or CN"));
    }
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).map_err(|e| Error::Randomness(e.to_string()))?;
    let id = store.create_workspace(name, key, clock.now()).await?;
    let settings = Settings { time_zone: new.time_zone.clone(), country, ..Settings::default() };
    let request = Request::command(Actor::System, Command::Configure { settings });
    let results = dispatcher.submit(id, request).await;
    let refused = |problem: String| Error::Invalid { field: "settings".to_owned(), problem };
    for result in results.map_err(|error| refused(error.to_string()))? {
        result.map_err(|refusal| refused(refusal.to_string()))?;
    }
    Ok(id)
}

/// Whether it is a country's two-letter code that phone numbers can be read by.
pub fn is_country(code: &str) -> bool {
    code.trim().to_uppercase().parse::<connectors::Country>().is_ok()
}

/// A fresh link's secret, and its hash.
pub fn new_link() -> Result<(String, String), Error> {
    let secret = secret::random().map_err(|e| Error::Randomness(e.to_string()))?;
    let hash = secret::hash(&secret);
    Ok((secret, hash))
}

fn links(data_dir: &Path) -> PathBuf {
    data_dir.join("setup-links")
}

/// Keeps the hash of a link until a server takes it.
fn keep_link(data_dir: &Path, workspace: WorkspaceId, hash: &str) -> Result<(), Error> {
    let folder = links(data_dir);
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join(workspace.0.to_string()), hash));
    written.map_err(|error| Error::Io { what: "the setup link could not be kept", error })
}

/// The links that were made and not used: workspace and hash.
pub fn kept_links(data_dir: &Path) -> Vec<(WorkspaceId, String)> {
    let Ok(files) = std::fs::read_dir(links(data_dir)) else { return Vec::new() };
    let link = |file: std::fs::DirEntry| {
        let id = file.file_name().to_str()?.parse().ok()?;
        Some((WorkspaceId(id), std::fs::read_to_string(file.path()).ok()?))
    };
    files.flatten().filter_map(link).collect()
}

/// A link was used: it is good for nothing any more.
pub fn forget_link(data_dir: &Path, workspace: WorkspaceId) {
    // There is none for the first workspace.
    let _ = std::fs::remove_file(links(data_dir).join(workspace.0.to_string()));
}
