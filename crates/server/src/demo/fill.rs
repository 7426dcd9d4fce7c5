//! Fills an empty database: queues, sources, rules, agents, logins.

use crate::app::App;
use crate::auth::{Role, secret};
use crate::demo::life;
use crate::demo::people::{self, Dice};
use crate::dispatcher::{Actor, Personal, Request, Work, WorkspaceId};
use crate::error::Error;
use crate::submission::{Declaration, Declared, Face};
use crate::workspaces::{self, NewWorkspace};
use connectors::attribute::Type;
use routing::{Answer, Command, QueueId, SourceId};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{UserChange, UserRow};

/// The demo's password, for everybody.
const PASSWORD: &str = "demo";

fn failed(problem: impl std::fmt::Display) -> Error {
    Error::Invalid { field: "the demo".to_owned(), problem: problem.to_string() }
}

fn read<T: DeserializeOwned>(spec: Value) -> Result<T, Error> {
    serde_json::from_value(spec).map_err(failed)
}

async fn run(app: &App, workspace: WorkspaceId, work: Vec<Work>) -> Result<Vec<Answer>, Error> {
    let request = Request { actor: Actor::System, idempotency: None, work };
    let results = app.dispatcher.submit(workspace, request).await.map_err(failed)?;
    results.into_iter().map(|result| result.map(|done| done.answer).map_err(failed)).collect()
}

/// Makes the demo workspace.
pub async fn fill(app: &App) -> Result<(), Error> {
    let new = NewWorkspace {
        name: "demo".to_owned(),
        time_zone: "Asia/Kolkata".to_owned(),
        country: "IN".to_owned(),
    };
    let workspace = workspaces::create(&*app.store, &app.dispatcher, &app.clock, &new).await?;
    let queues = queues(app, workspace).await?;
    let [leads, hot, calling] = queues[..] else { return Err(failed("three queues")) };
    let sources = sources(app, workspace, leads, calling).await?;
    let rules = [
        json!({"name": "Large budgets are offered", "position": 1, "queue": hot, "priority": 20,
            "when": {"compare": {"attribute": "budget", "op": "ge", "value": 600_000}}}),
        json!({"name": "Loans need somebody who knows them", "position": 2, "skills": {"loans": 3},
            "when": {"compare": {"attribute": "product", "op": "eq", "value": "loans"}}}),
    ];
    let rules: Result<Vec<Work>, Error> = rules
        .into_iter()
        .map(|spec| Ok(Command::CreateRule { spec: read(spec)? }.into()))
        .collect();
    run(app, workspace, rules?).await?;
    agents(app, workspace, &queues).await?;
    let mut dice = Dice::new();
    for source in [sources[2]; 12] {
        life::submit(app, workspace, source, &mut dice).await.map_err(|p| failed(p.detail))?;
    }
    Ok(())
}

async fn queues(app: &App, workspace: WorkspaceId) -> Result<Vec<QueueId>, Error> {
    let results = json!([
        {"name": "won", "label": "Won", "then": "close"},
        {"name": "interested", "label": "Interested", "then": "retry", "after_secs": 300, "max_attempts": 3},
        {"name": "no answer", "label": "No answer", "then": "retry", "after_secs": 120, "max_attempts": 2},
        {"name": "refused", "label": "Refused", "then": "close"},
        {"name": "wrong number", "label": "Wrong number", "then": "close"},
    ]);
    let specs = [
        json!({"name": "Leads", "mode": {"mode": "push"}, "strategy": "fair_share",
            "steps": [{"after_secs": 0, "same_region": true}, {"after_secs": 20, "relax_levels": 2}],
            "at_cap": {"do": "overflow_fewest_today"}, "dispositions": results}),
        json!({"name": "Hot leads", "mode": {"mode": "offer", "secs": 30}, "strategy": "longest_idle",
            "dispositions": results}),
        json!({"name": "Calling list", "kind": "call", "mode": {"mode": "pull"},
            "dispositions": results}),
    ];
    let work: Result<Vec<Work>, Error> = specs
        .into_iter()
        .map(|spec| Ok(Command::CreateQueue { spec: read(spec)? }.into()))
        .collect();
    let made = run(app, workspace, work?).await?;
    Ok(made
        .into_iter()
        .filter_map(|a| if let Answer::Queue(id) = a { Some(id) } else { None })
        .collect())
}

async fn sources(
    app: &App,
    workspace: WorkspaceId,
    leads: QueueId,
    calling: QueueId,
) -> Result<Vec<SourceId>, Error> {
    let mut work = Vec::new();
    for (name, kind, queue) in
        [("META", "lead", leads), ("GOOGLE", "lead", leads), ("FILE", "call", calling)]
    {
        let declared =
            |name: &str, kind, routing| Declaration { name: name.to_owned(), kind, routing };
        let declared = Declared::new(vec![
            declared("product", Type::Text, true),
            declared("budget", Type::Number, true),
            declared("message", Type::Text, false),
        ]);
        let face = Face {
            key: name.to_lowercase(),
            declared: declared.map_err(|p| failed(p.detail))?,
            ..Face::default()
        };
        let spec = read(json!({"name": name, "kind": kind, "queue": queue}))?;
        let mut one = Work::from(Command::CreateSource { spec });
        let secret = secret::webhook().map_err(failed)?;
        let row =
            face.row(SourceId(0), Some(secret::hash(&secret))).map_err(|p| failed(p.detail))?;
        one.personal.push(Personal::Source(Box::new(row)));
        work.push(one);
    }
    let made = run(app, workspace, work).await?;
    Ok(made
        .into_iter()
        .filter_map(|a| if let Answer::Source(id) = a { Some(id) } else { None })
        .collect())
}

async fn agents(app: &App, workspace: WorkspaceId, queues: &[QueueId]) -> Result<(), Error> {
    let hash = app.passwords.hash(PASSWORD.to_owned()).await.map_err(|p| failed(p.detail))?;
    let mut work = Vec::new();
    for (at, (name, mut spec)) in people::agents().into_iter().enumerate() {
        // Two of them work through the calling list, the others take leads.
        spec["queues"] = if at < 6 { json!([queues[0], queues[1]]) } else { json!(queues) };
        let mut one = Work::from(Command::CreateAgent { spec: read(spec)? });
        one.personal.push(Personal::AgentName(name.to_owned()));
        one.personal.push(Personal::Login(UserChange {
            name: Some(name.to_lowercase()),
            password_hash: Some(hash.clone()),
            role: Some(Role::Agent),
            active: Some(true),
        }));
        work.push(one);
    }
    run(app, workspace, work).await?;
    for (name, role) in [("admin", Role::Admin), ("supervisor", Role::Supervisor)] {
        let user = UserRow {
            id: None,
            name: name.to_owned(),
            password_hash: hash.clone(),
            role,
            agent: None,
            active: true,
        };
        app.store.create_user(workspace, &user, app.clock.now()).await?;
    }
    Ok(())
}
