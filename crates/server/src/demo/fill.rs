//! Fills an empty database: queues, sources, rules, agents, logins.

use crate::app::App;
use crate::auth::Role;
use crate::demo::life;
use crate::demo::people::{self, Dice};
use crate::dispatcher::{Actor, Personal, Work, WorkspaceId};
use crate::error::Error;
use crate::furnish::{Furnishing, failed, read};
use crate::submission::{Declaration, Declared, Face};
use crate::workspaces::{self, NewWorkspace};
use connectors::attribute::Type;
use routing::{Command, QueueId, SourceId};
use serde_json::{Value, json};
use store::{UserChange, UserRow};

/// The demo's password, for everybody.
const PASSWORD: &str = "demo";

/// Makes the demo workspace.
pub async fn fill(app: &App) -> Result<(), Error> {
    let new = NewWorkspace {
        name: "demo".to_owned(),
        time_zone: "Asia/Kolkata".to_owned(),
        country: "IN".to_owned(),
    };
    let workspace = workspaces::create(&*app.store, &app.dispatcher, &app.clock, &new).await?;
    let furnishing = Furnishing { dispatcher: &app.dispatcher, workspace, actor: Actor::System };
    let queues = furnishing.queues(queues()).await?;
    let [leads, hot, calling] = queues[..] else { return Err(failed("three queues")) };
    let sources = furnishing.sources(sources(leads, calling)?).await?;
    let rules = vec![
        json!({"name": "Large budgets are offered", "position": 1, "queue": hot, "priority": 20,
            "when": {"compare": {"attribute": "budget", "op": "ge", "value": 600_000}}}),
        json!({"name": "Loans need somebody who knows them", "position": 2, "skills": {"loans": 3},
            "when": {"compare": {"attribute": "product", "op": "eq", "value": "loans"}}}),
    ];
    furnishing.rules(rules).await?;
    agents(app, workspace, &queues).await?;
    let mut dice = Dice::new();
    for _ in 0..12 {
        life::submit(app, workspace, SourceId(sources[2].id), &mut dice)
            .await
            .map_err(|p| failed(p.detail))?;
    }
    Ok(())
}

fn queues() -> Vec<Value> {
    let results = json!([
        {"name": "won", "label": "Won", "then": "close", "contacted": true, "won": true},
        {"name": "interested", "label": "Interested", "then": "retry", "after_secs": 300, "max_attempts": 3, "contacted": true},
        {"name": "no answer", "label": "No answer", "then": "retry", "after_secs": 120, "max_attempts": 2},
        {"name": "refused", "label": "Refused", "then": "close", "contacted": true},
        {"name": "wrong number", "label": "Wrong number", "then": "close"},
    ]);
    vec![
        json!({"name": "Leads", "mode": {"mode": "push"}, "strategy": "fair_share",
            "steps": [{"after_secs": 0, "same_region": true}, {"after_secs": 20, "relax_levels": 2}],
            "at_cap": {"do": "overflow_fewest_today"}, "dispositions": results}),
        json!({"name": "Hot leads", "mode": {"mode": "offer", "secs": 30}, "strategy": "longest_idle",
            "dispositions": results}),
        json!({"name": "Calling list", "kind": "call", "mode": {"mode": "pull"},
            "dispositions": results}),
    ]
}

fn sources(leads: QueueId, calling: QueueId) -> Result<Vec<(Value, Face)>, Error> {
    let sources = [("META", "lead", leads), ("GOOGLE", "lead", leads), ("FILE", "call", calling)];
    let source = |(name, kind, queue): (&str, &str, QueueId)| {
        let declared =
            |name: &str, kind, routing| Declaration { name: name.to_owned(), kind, routing };
        let declared = Declared::new(vec![
            declared("product", Type::Text, true),
            declared("budget", Type::Number, true),
            declared("message", Type::Text, false),
        ]);
        let declared = declared.map_err(|p| failed(p.detail))?;
        let face = Face { key: name.to_lowercase(), declared, ..Face::default() };
        Ok((json!({"name": name, "kind": kind, "queue": queue}), face))
    };
    sources.into_iter().map(source).collect()
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
    Furnishing { dispatcher: &app.dispatcher, workspace, actor: Actor::System }.run(work).await?;
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
