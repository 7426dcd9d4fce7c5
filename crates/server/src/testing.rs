//! What the HTTP tests share: a server without a socket on a database of its own, with a stopped
//! clock.

use crate::api;
use crate::app::App;
use crate::auth::seal::GivenKey;
use crate::clock::Clock;
use crate::config::Config;
use crate::http::connections;
use crate::workspaces::{self, NewWorkspace};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use routing::Time;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::WorkspaceId;
use tokio::sync::watch;
use tower::ServiceExt;

/// 2026-03-02 10:00 in Asia/Kolkata, a Monday.
pub const START: Time = Time(1_772_425_800_000);

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A server under test.
pub struct Harness {
    pub app: App,
    pub clock: Clock,
    pub workspace: WorkspaceId,
    pub admin: String,
    router: Router,
    stop: watch::Sender<bool>,
    config: Config,
    folder: PathBuf,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// The body, when the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.body
    }

    /// The problem's name.
    #[track_caller]
    pub fn problem(&self, status: u16) -> &str {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let kind = self.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert_eq!(kind, "application/problem+json");
        assert_eq!(self.body["request_id"], self.headers["x-request-id"].to_str().unwrap());
        self.body["type"].as_str().unwrap().rsplit('/').next().unwrap()
    }
}

impl Harness {
    /// On SQLite.
    pub async fn new() -> Harness {
        Harness::with(|_| {}).await
    }

    /// On SQLite, with a configuration.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Harness {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("fairlead-http-{}-{count}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        let mut config = Config { data_dir: folder.clone(), ..Config::default() };
        change(&mut config);
        Harness::begin(config, folder, Clock::stopped(START)).await
    }

    /// On a PostgreSQL database of its own, with the system's clock: there the database's counts.
    pub async fn postgres() -> Harness {
        use sqlx::{Connection, Executor};
        let admin = std::env::var("FAIRLEAD_TEST_POSTGRES").expect(
            "FAIRLEAD_TEST_POSTGRES is not set: run `cargo xtask test`, or this test with \
             `cargo xtask postgres cargo nextest run --release -p server`",
        );
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("http_{}_{count}", std::process::id());
        let mut connection = sqlx::PgConnection::connect(&admin).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(create).await.unwrap();
        let (server, _) = admin.rsplit_once('/').unwrap();
        let database_url = Some(format!("{server}/{name}"));
        let folder = std::env::temp_dir().join(format!("fairlead-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        // Nodes that share a database make no key of their own.
        let secret_key = Some(GivenKey("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".into()));
        let data_dir = folder.clone();
        let config = Config { data_dir, database_url, secret_key, ..Config::default() };
        Harness::begin(config, folder, Clock::system()).await
    }

    async fn begin(config: Config, folder: PathBuf, clock: Clock) -> Harness {
        let store = workspaces::open(&config, workspaces::Missing::Made).await.unwrap();
        let dispatcher = workspaces::start_dispatcher(store.clone(), clock.clone(), true).unwrap();
        let (stop, stopping) = watch::channel(false);
        let app = App::new(config.clone(), clock.clone(), store, dispatcher, stopping).unwrap();
        let existing = app.store.workspaces().await.unwrap();
        let workspace = match existing.first() {
            Some(row) => row.id,
            None => {
                let new = NewWorkspace {
                    name: "test".into(),
                    time_zone: "Asia/Kolkata".into(),
                    country: "IN".into(),
                };
                workspaces::create(&*app.store, &app.dispatcher, &clock, &new).await.unwrap()
            }
        };
        let admin = app.local_token(workspace).unwrap();
        let router = api::router(app.clone());
        Harness { app, clock, workspace, admin, router, stop, config, folder }
    }

    /// Another node on the same database.
    pub async fn beside(&self) -> Harness {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(format!("beside-{count}"));
        std::fs::create_dir_all(&folder).unwrap();
        let config = Config { data_dir: folder.clone(), ..self.config.clone() };
        Harness::begin(config, folder, self.clock.clone()).await
    }

    /// Stops and starts again on the same database.
    pub async fn restart(self) -> Harness {
        self.restart_with(|_| {}).await
    }

    /// The same, configured in another way.
    pub async fn restart_with(mut self, change: impl FnOnce(&mut Config)) -> Harness {
        change(&mut self.config);
        self.stop.send_replace(true);
        self.app.dispatcher.clone().stop().await;
        self.app.store.close().await;
        let (config, folder, clock) =
            (self.config.clone(), self.folder.clone(), self.clock.clone());
        Harness::begin(config, folder, clock).await
    }

    /// Stops, and removes the database.
    pub async fn end(self) {
        self.stop.send_replace(true);
        self.app.dispatcher.clone().stop().await;
        self.app.store.close().await;
        std::fs::remove_dir_all(&self.folder).unwrap();
    }

    /// Serves on a free port; answers `host:port`.
    pub async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (router, app) = (self.router.clone(), self.app.clone());
        let patience = app.config.patience;
        tokio::spawn(async move {
            connections::serve(listener, router, patience, None, app.stopped()).await;
        });
        address
    }

    pub fn advance(&self, secs: u64) {
        self.clock.advance(Duration::from_secs(secs));
    }

    /// The answer as it comes, whatever it is.
    pub async fn raw(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.raw(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body, text }
    }

    /// As the admin.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.call_as(&self.admin.clone(), method, path, body).await
    }

    /// With this token.
    pub async fn call_as(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let body = match body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        self.send(request.body(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await.expect(200)
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.call("POST", path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.body
    }

    /// A token of this role.
    pub async fn token(&self, role: &str, agent: Option<u64>) -> String {
        let body = json!({"name": role, "role": role, "agent_id": agent});
        self.post("/tokens", body).await["token"].as_str().unwrap().to_owned()
    }

    /// A push queue, a source with one routing attribute, and signed-in agents of these names.
    pub async fn office(&self, names: &[&str]) -> Office {
        let queue = self.post("/queues", json!({"name": "Leads"})).await["id"].as_u64().unwrap();
        let attributes = json!([{"name": "budget", "type": "number", "routing": true}]);
        let source = json!({"name": "Web", "queue": queue, "attributes": attributes});
        let source = self.post("/sources", source).await;
        let mut agents = Vec::new();
        for name in names {
            let agent = json!({"name": name, "queues": [queue], "capacity": {"lead": 1}});
            let id = self.post("/agents", agent).await["id"].as_u64().unwrap();
            self.post(&format!("/agents/{id}/sign-in"), Value::Null).await;
            agents.push(id);
        }
        Office {
            queue,
            source: source["id"].as_u64().unwrap(),
            secret: source["secret"].as_str().unwrap().to_owned(),
            agents,
        }
    }
}

/// What [`Harness::office`] made.
#[derive(Debug)]
pub struct Office {
    pub queue: u64,
    pub source: u64,
    pub secret: String,
    pub agents: Vec<u64>,
}
