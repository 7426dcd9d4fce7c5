//! A running server: bound, started, announced, and stopped without losing anything.

use crate::api::{self, sign_ins};
use crate::app::App;
use crate::auth::seal::Sealer;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo;
use crate::error::Error;
use crate::fetch::{self, graph};
use crate::http::connections;
use crate::http::tls::Tls;
use crate::imports;
use crate::logs;
use crate::outgoing;
use crate::retention;
use crate::runfile::{Announcement, choose};
use crate::sheets;
use crate::workspaces::{self, FIRST, FIRST_PLACE, Missing, NewWorkspace};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use store::Compiled;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Between two rounds of forgetting old answers and sessions.
const HOUSEKEEPING: Duration = Duration::from_secs(600);

/// A server that runs in this process.
#[derive(Debug)]
pub struct Running {
    app: App,
    address: String,
    token: String,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    demo: Option<JoinHandle<()>>,
    /// One-time links, by workspace.
    links: Vec<(String, String)>,
}

impl Running {
    /// The server's root, such as `http://127.0.0.1:8080`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// An admin's token that lives as long as this server.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Takes nothing new, finishes what is under way, and closes the database.
    pub fn stop(self) -> Compiled<'static, ()> {
        Box::pin(self.wind_up())
    }

    async fn wind_up(self) {
        let limit = self.app.config.stop_timeout;
        self.stop.send_replace(true);
        let aborting = self.server.abort_handle();
        if tokio::time::timeout(limit, self.server).await.is_err() {
            tracing::warn!("requests took too long to finish; they are cut off");
            aborting.abort();
        }
        if let Some(demo) = self.demo {
            demo.abort();
        }
        self.app.dispatcher.clone().stop().await;
        self.app.store.close().await;
        tracing::info!("stopped");
    }
}

/// Runs a server until SIGTERM or SIGINT.
///
/// # Errors
/// When the database cannot be opened, the address is in use, or what was configured cannot be used.
pub fn serve(config: Config) -> Compiled<'static, Result<(), Error>> {
    Box::pin(serve_until_asked(config))
}

async fn serve_until_asked(config: Config) -> Result<(), Error> {
    logs::start(&config);
    let demo = config.demo;
    let running = start(config, Clock::system()).await?;
    greet(&running, demo);
    stop_signal().await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

/// Starts a server.
///
/// # Errors
/// When the database cannot be opened, the address is in use, or what was configured cannot be used,
/// such as the certificate.
pub fn start(config: Config, clock: Clock) -> Compiled<'static, Result<Running, Error>> {
    Box::pin(start_all(config, clock))
}

async fn start_all(config: Config, clock: Clock) -> Result<Running, Error> {
    if config.demo && !config.address.ip().is_loopback() {
        return Err(Error::DemoAddress(config.address));
    }
    let tls = match config.tls.clone() {
        Some(files) => Some(Tls::open(files, clock.clone(), config.patience).await?),
        None => None,
    };
    let listener = bind(config.address).await?;
    let running = begin(config, clock, listener, tls, For::Everybody).await?;
    announce(&running.app).await?;
    tokio::spawn(imports::resume_all(running.app.clone()));
    tokio::spawn(fetch::run(running.app.clone()));
    tokio::spawn(api::rules::scheduled::run(running.app.clone()));
    tokio::spawn(outgoing::run(running.app.clone()));
    tokio::spawn(sheets::run(running.app.clone()));
    Ok(running)
}

/// Starts a server for one command of this process: on a free loopback port, for one workspace of a
/// database that is there. It logs what goes wrong.
///
/// # Errors
/// When the database cannot be opened, or the workspace is not clear.
pub fn start_for_command(
    config: Config,
    workspace: Option<&str>,
) -> Compiled<'_, Result<Running, Error>> {
    Box::pin(async move {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let log_filter = "warn".to_owned();
        let config = Config { address, demo: false, tls: None, log_filter, ..config };
        logs::start(&config);
        let listener = bind(address).await?;
        begin(config, Clock::system(), listener, None, For::Command(workspace)).await
    })
}

/// Whom a server is for.
#[derive(Clone, Copy)]
enum For<'a> {
    /// All workspaces, and the first one is made.
    Everybody,
    /// One command in the workspace of that name, or in the only one.
    Command(Option<&'a str>),
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|error| Error::Listen { address, error })
}

async fn begin(
    config: Config,
    clock: Clock,
    listener: TcpListener,
    tls: Option<Tls>,
    whom: For<'_>,
) -> Result<Running, Error> {
    let io = |error| Error::Io { what: "the server could not start", error };
    check(&config)?;
    let missing = match whom {
        For::Everybody => Missing::Made,
        For::Command(_) => Missing::Refused,
    };
    let store = workspaces::open(&config, missing).await?;
    let address = config.root(listener.local_addr().map_err(io)?);
    let door = match tls.is_some() && !store.is_shared() {
        true => Some(bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?),
        false => None,
    };
    let inside = door.as_ref().map(|door| door.local_addr().map_err(io)).transpose()?;
    let dispatcher =
        workspaces::start_dispatcher(store.clone(), clock.clone(), !config.no_dispatch)?;
    let (stop, stopping) = watch::channel(false);
    let app = App::new(config, clock, store, dispatcher, stopping).map_err(io)?;
    // A copy that a process was killed over.
    drop(std::fs::remove_file(app.config.data_dir.join(api::backup::PARTIAL)));
    let ready = prepare(&app, whom).await;
    let (token, links) = match ready {
        Ok(ready) => ready,
        Err(error) => {
            app.dispatcher.clone().stop().await;
            app.store.close().await;
            return Err(error);
        }
    };
    let _ = app.root.set(address.clone());
    if let Some(inside) = inside {
        let _ = app.door.set(format!("http://{inside}"));
    }
    let server = tokio::spawn(answer(app.clone(), listener, tls, door));
    tokio::spawn(keep_house(app.clone()));
    let demo = if app.config.demo { Some(tokio::spawn(demo::live(app.clone()))) } else { None };
    Ok(Running { app, address, token, stop, server, demo, links })
}

/// Whether what was configured can be used at all; better now than when the first lead comes.
fn check(config: &Config) -> Result<(), Error> {
    let invalid = |field: &str, problem: String| Error::Invalid { field: field.into(), problem };
    if config.secret_key.is_some() {
        let opened = Sealer::open(config.secret_key.as_ref(), &config.data_dir);
        opened.map_err(|error| invalid("secret_key", error.to_string()))?;
    }
    graph::address(&config.meta_url, "1").map_err(|problem| invalid("meta_url", problem))?;
    Ok(())
}

/// Answers at the address, and at the door for commands on this machine, until the server stops.
async fn answer(app: App, listener: TcpListener, tls: Option<Tls>, door: Option<TcpListener>) {
    let (router, patience) = (api::router(app.clone()), app.config.patience);
    let renewing = async {
        match &tls {
            Some(tls) => tls.keep().await,
            None => std::future::pending().await,
        }
    };
    let local = async {
        if let Some(door) = door {
            connections::serve(door, router.clone(), patience, None, app.stopped()).await;
        }
    };
    let public = connections::serve(listener, router.clone(), patience, tls.clone(), app.stopped());
    tokio::select! {
        _ = async { tokio::join!(public, local) } => {}
        () = renewing => {}
    }
}

/// Sees that there is a workspace and a way in.
async fn prepare(app: &App, whom: For<'_>) -> Result<(String, Vec<(String, String)>), Error> {
    let io = |error| Error::Io { what: "the server could not start", error };
    let serves = matches!(whom, For::Everybody);
    if serves && app.store.workspaces().await?.is_empty() {
        match make_first(app).await {
            // Of several that start at once on an empty database one makes it, for all.
            Err(Error::Store(store::Error::Taken(_))) => {}
            made => made?,
        }
    }
    let all = app.store.workspaces().await?;
    let mut links = Vec::new();
    let kept: BTreeMap<_, _> = workspaces::kept_links(&app.config.data_dir).into_iter().collect();
    for row in &all {
        if !app.store.has_admin(Some(row.id)).await? {
            let mut pending = Vec::from_iter(kept.get(&row.id).cloned());
            // A printed link that was lost is replaced by the next start's.
            let (secret, hash) = workspaces::new_link()?;
            links.push((row.name.clone(), secret));
            pending.push(hash);
            pending.into_iter().for_each(|hash| app.expect_admin(row.id, hash));
        }
    }
    let named: Vec<_> = all.iter().map(|row| (row.name.clone(), row.id)).collect();
    let chosen = match whom {
        // Its own token is for the first, which is there by now.
        For::Everybody => all.first().ok_or(Error::NoWorkspace)?.id,
        For::Command(name) => choose(named, name)?,
    };
    Ok((app.local_token(chosen).map_err(io)?, links))
}

/// Makes the first workspace.
async fn make_first(app: &App) -> Result<(), Error> {
    if app.config.demo {
        return demo::fill(app).await;
    }
    let new = NewWorkspace {
        name: FIRST.to_owned(),
        time_zone: FIRST_PLACE.0.to_owned(),
        country: FIRST_PLACE.1.to_owned(),
    };
    workspaces::create(&*app.store, &app.dispatcher, &app.clock, &new).await.map(drop)
}

/// Says how commands on this machine reach this server.
pub(crate) async fn announce(app: &App) -> Result<(), Error> {
    let io = |error| Error::Io { what: "the server could not be announced", error };
    let (mut tokens, mut ids) = (BTreeMap::new(), BTreeMap::new());
    for row in app.store.workspaces().await? {
        ids.insert(row.name.clone(), row.id.0);
        tokens.insert(row.name, app.local_token(row.id).map_err(io)?);
    }
    let address = app.root.get().cloned().unwrap_or_default();
    let door = app.door.get().cloned();
    let said = Announcement { address, door, pid: std::process::id(), tokens, ids };
    app.store.announce(&said.text())?;
    Ok(())
}

/// What people see in the terminal.
fn greet(running: &Running, demo: bool) {
    println!("Fairlead runs at {}", running.address);
    println!("  API reference: {}/api/docs", running.address);
    if demo && running.links.is_empty() {
        println!("{}", demo::LOGINS);
    }
    for (workspace, secret) in &running.links {
        let address = &running.address;
        println!("Open this once to make the admin of workspace “{workspace}”:");
        println!("  {address}/setup#token={secret}");
    }
    println!("Ctrl-C stops it.");
}

/// Returns when the process is asked to stop.
pub async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

/// Forgets what nobody asks for any more.
async fn keep_house(app: App) {
    tokio::spawn(tell_of_refused(app.clone()));
    let mut expired = retention::Done::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            () = app.stopped() => return,
        }
        let now = app.clock.now();
        let settled = routing::Time(now.0 - outgoing::KEEP_DAYS * 24 * 3600 * 1000);
        while let Ok(10_000) = app.store.forget_deliveries(settled).await {}
        while let Ok(10_000) = app.store.forget_answers(now).await {}
        if let Err(error) = app.store.delete_expired_sessions(now).await {
            tracing::warn!(%error, "old sessions were not deleted");
        }
        let yesterday = routing::Time(now.0 - 24 * 3600 * 1000);
        if let Err(error) = app.store.forget_old_tries(yesterday).await {
            tracing::warn!(%error, "old tries to sign in were not forgotten");
        }
        // Also where a worker dispatches: it is no decision of its.
        if let Err(error) = retention::round(&app, &mut expired).await {
            tracing::warn!(%error, "persons of old items were not erased; trying again");
        }
    }
}

/// Has the audit told of sign-ins that were refused, once their minute is over.
async fn tell_of_refused(app: App) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(10)) => {}
            () = app.stopped() => return,
        }
        if let Err(error) = sign_ins::tell_ended(&app, Instant::now()).await {
            tracing::warn!(%error, "the audit was not told of refused sign-ins");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;
    use crate::runfile::{find_again, find_running};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    async fn get(address: &str, token: &str, path: &str) -> String {
        let host = address.trim_start_matches("http://");
        let mut socket = TcpStream::connect(host).await.unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn config(folder: &std::path::Path) -> Config {
        Config {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: folder.to_owned(),
            limits: Limits { live_clients: 2, ..Limits::default() },
            ..Config::default()
        }
    }

    #[tokio::test]
    async fn a_demo_is_served_found_and_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { demo: true, ..config(folder.path()) };
        assert_eq!(find_running(&config, None).unwrap(), None);
        let running = start(config.clone(), Clock::system()).await.unwrap();
        let found = find_running(&config, Some("demo")).unwrap().expect("running");
        assert_eq!(found.address, running.address());
        assert_eq!(find_again(&config, found.workspace.unwrap()).unwrap(), Some(found.clone()));
        assert!(matches!(find_again(&config, 9), Err(Error::NoSuchWorkspace(_))));
        let stats = get(&found.address, &found.token, "/api/v1/stats").await;
        assert!(stats.starts_with("HTTP/1.1 200"), "{stats}");
        assert_eq!(stats.matches("\"daily_cap\":120").count(), 8, "{stats}");
        let again = start(config.clone(), Clock::system()).await;
        assert!(
            matches!(again, Err(Error::Store(store::Error::Held { holder, .. })) if holder.contains(&found.address) && !holder.contains("fl_"))
        );
        running.stop().await;
        assert_eq!(find_running(&config, None).unwrap(), None);
    }

    #[tokio::test]
    async fn the_demo_is_for_loopback_only() {
        let folder = tempfile::tempdir().unwrap();
        let address = SocketAddr::from(([0, 0, 0, 0], 0));
        let config = Config { demo: true, address, ..config(folder.path()) };
        assert!(matches!(start(config, Clock::system()).await, Err(Error::DemoAddress(_))));
    }

    #[tokio::test]
    async fn a_command_gets_a_server_of_its_own_and_new_workspaces_have_links() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let new = |name: &str, zone: &str| NewWorkspace {
            name: name.to_owned(),
            time_zone: zone.to_owned(),
            country: "in".to_owned(),
        };
        let made =
            workspaces::create_workspace(&config, new("acme", "Asia/Kolkata")).await.unwrap();
        assert!(made.path.starts_with("/setup#token="));
        let wrong = workspaces::create_workspace(&config, new("x", "Mars/Olympus")).await;
        assert!(matches!(wrong, Err(Error::Invalid { field, .. }) if field == "time_zone"));
        workspaces::create_workspace(&config, new("globex", "UTC")).await.unwrap();
        let all = workspaces::workspaces(&config, Missing::Refused).await.unwrap();
        let names: Vec<String> = all.into_iter().map(|w| w.name).collect();
        assert_eq!(names, ["acme", "globex"]);
        let running = start_for_command(config.clone(), Some("globex")).await.unwrap();
        let answer = get(running.address(), running.token(), "/api/v1/workspace").await;
        assert!(answer.contains("\"name\":\"globex\""), "{answer}");
        let setup = get(running.address(), running.token(), "/api/v1/setup").await;
        assert!(setup.contains("\"needed\":true"), "{setup}");
        running.stop().await;
        let missing = start_for_command(config.clone(), Some("nowhere")).await;
        assert!(matches!(missing, Err(Error::NoSuchWorkspace(_))));
        let unclear = start_for_command(config, None).await;
        assert!(
            matches!(unclear, Err(Error::WhichWorkspace(names)) if names == "acme, globex"),
            "a command takes none by itself"
        );
    }

    #[tokio::test]
    async fn a_command_makes_no_database_and_no_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&folder.path().join("elsewhere"));
        let absent = start_for_command(config.clone(), None).await.unwrap_err();
        assert!(
            matches!(&absent, Error::Store(store::Error::Absent(at)) if at.contains("elsewhere"))
        );
        let list = workspaces::workspaces(&config, Missing::Refused).await.unwrap_err();
        assert_eq!(list.to_string(), absent.to_string());
        assert!(!config.data_dir.exists());
        // Tables and nothing in them, as a set-up that broke off leaves them.
        assert!(workspaces::workspaces(&config, Missing::Made).await.unwrap().is_empty());
        let empty = start_for_command(config.clone(), None).await;
        assert!(matches!(empty, Err(Error::NoWorkspace)));
        assert!(workspaces::workspaces(&config, Missing::Refused).await.unwrap().is_empty());
    }
}
