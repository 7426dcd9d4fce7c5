//! The audit: who did what to which object, before and after; and its chain.

use crate::harness::{Database, NOON, Result, Workspace, erasure};
use routing::{
    AgentId, AgentSpec, Command, Event, ItemId, QueueId, QueueSpec, Seen, SourceId, SourceSpec,
    Submission, Target,
};
use store::{Act, Actor, AuditFilter, Audited, Recorded, Role, UserId, UserRow, What};

crate::on_both!(who_did_what, acts_and_their_chain);

const ALL: AuditFilter = AuditFilter {
    actor: None,
    act: None,
    object: None,
    object_id: None,
    from: None,
    to: None,
    after: None,
    limit: 100,
};

/// One command by this actor.
async fn by(w: &mut Workspace, actor: Actor, command: Command) -> Result<()> {
    let mut tx = w.store.begin(w.id, w.now).await?;
    let at = w.now.max(w.state.facts().now);
    let handled = w.state.handle(at, command);
    handled.answer.map_err(|refusal| refusal.to_string())?;
    let mut batch = w.batch();
    let record = |event| Recorded { event, actor, at };
    batch.events.extend(handled.events.into_iter().map(record));
    batch.next_deadline = w.state.next_deadline();
    w.seq = tx.write(&batch, w.state.facts()).await?.last;
    w.state.forget_closed();
    Ok(tx.commit().await?)
}

fn words(rows: &[Audited]) -> Vec<(&str, &str, Option<u64>)> {
    rows.iter().map(|row| (row.act.as_str(), row.object.as_str(), row.object_id)).collect()
}

async fn who_did_what(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let lead = Actor::User(UserId(1));
    let queue = |name: &str| QueueSpec { name: name.into(), ..QueueSpec::default() };
    by(&mut w, lead, Command::CreateQueue { spec: queue("Leads") }).await?;
    let spec = SourceSpec { name: "Web".into(), queue: QueueId(1), ..SourceSpec::default() };
    by(&mut w, lead, Command::CreateSource { spec }).await?;
    let spec = AgentSpec { queues: [QueueId(1)].into(), ..AgentSpec::default() };
    by(&mut w, lead, Command::CreateAgent { spec }).await?;
    let login = |name: &str, agent| UserRow {
        id: None,
        name: name.into(),
        password_hash: "$argon2id$x".into(),
        role: Role::Supervisor,
        agent,
        active: true,
    };
    w.store.create_user(w.id, &login("lead", None), NOON).await?;
    let asha = w.store.create_user(w.id, &login("asha", Some(AgentId(1))), NOON).await?;
    let agent = AgentId(1);
    // Their own doing is their day's work, another's is audited.
    by(&mut w, Actor::User(asha), Command::SignIn { agent }).await?;
    by(&mut w, Actor::User(asha), Command::SignOut { agent }).await?;
    by(&mut w, lead, Command::SignIn { agent }).await?;
    w.after_secs(60);
    by(&mut w, lead, Command::UpdateQueue { queue: QueueId(1), spec: queue("Hot leads") }).await?;
    let submission = Submission { source: SourceId(1), ..Submission::default() };
    let arrived = Actor::Source(SourceId(1));
    let item = ItemId(1);
    let before = w.store.audit(w.id, &ALL).await?.items.len();
    by(&mut w, arrived, Command::Submit { submission }).await?;
    assert_eq!(w.store.audit(w.id, &ALL).await?.items.len(), before, "a lead is not audited");
    by(&mut w, Actor::User(asha), Command::Release { item, seen: Seen::default() }).await?;
    let to = Target::Agent(agent);
    by(&mut w, lead, Command::Reassign { item, seen: Seen::default(), to }).await?;
    by(&mut w, lead, Command::Cancel { item, seen: Seen::default() }).await?;
    w.check().await?;

    let page = w.store.audit(w.id, &AuditFilter { limit: 4, ..ALL }).await?;
    assert_eq!(
        words(&page.items),
        [
            ("cancelled", "item", Some(1)),
            ("reassigned", "item", Some(1)),
            ("queue_updated", "queue", Some(1)),
            ("signed_in", "agent", Some(1)),
        ]
    );
    let What::Event { event, before } = &page.items[2].what else { panic!("an act") };
    let name = |event: &Event| match event {
        Event::QueueCreated { spec, .. } | Event::QueueUpdated { spec, .. } => spec.name.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(name(event), "Hot leads");
    assert_eq!(before.as_deref().map(name).as_deref(), Some("Leads"));
    let rest = w.store.audit(w.id, &AuditFilter { after: page.next, ..ALL }).await?;
    assert_eq!(
        words(&rest.items),
        [
            ("agent_created", "agent", Some(1)),
            ("source_created", "source", Some(1)),
            ("queue_created", "queue", Some(1)),
            ("configured", "workspace", Some(w.id.0)),
        ]
    );
    assert_eq!((rest.next, rest.items[3].actor), (None, Actor::System));
    let minute = page.items[2].at;
    for (filter, many) in [
        (AuditFilter { actor: Some(Actor::System), ..ALL }, 1),
        (AuditFilter { act: Some("signed_in".into()), ..ALL }, 1),
        (AuditFilter { object: Some("queue".into()), object_id: Some(1), ..ALL }, 2),
        (AuditFilter { object: Some("queue".into()), object_id: Some(2), ..ALL }, 0),
        (AuditFilter { from: Some(minute), ..ALL }, 3),
        (AuditFilter { to: Some(minute), ..ALL }, 5),
    ] {
        assert_eq!(w.store.audit(w.id, &filter).await?.items.len(), many, "{filter:?}");
    }
    Ok(())
}

async fn acts_and_their_chain(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "acme").await?;
    let actor = Actor::User(UserId(1));
    let body = serde_json::json!({"before": {"name": "a"}, "after": {"name": "b"}});
    let (act, object) = ("workspace_renamed", "workspace");
    let renamed = Act { actor, act, object, object_id: Some(1), body };
    w.store.record(w.id, &renamed, NOON).await?;
    // With a batch, in its transaction.
    let mut batch = w.batch();
    batch.acts.push(Act { act: "secret_rotated", object: "source", ..renamed.clone() });
    w.act_with(&mut batch, vec![Command::CreateAgent { spec: AgentSpec::default() }]).await?;
    assert!(!w.store.erased_since(w.id, 0).await?);
    let mut batch = w.batch();
    batch.personal.push(crate::harness::personal(ItemId(3), "+77010000000"));
    w.act_with(&mut batch, Vec::new()).await?;
    w.erase(ItemId(3)).await?;
    assert!(w.store.erased_since(w.id, w.seq).await?);
    assert!(!w.store.erased_since(w.id, w.seq + 1).await?);
    let rows = w.store.audit(w.id, &ALL).await?.items;
    let acts: Vec<&str> = rows.iter().map(|row| row.act.as_str()).collect();
    let newest = ["contact_erased", "secret_rotated", "agent_created", "workspace_renamed"];
    assert_eq!(acts, [&newest[..], &["configured"]].concat());
    assert_eq!((&rows[3].what, rows[3].seq), (&What::Act(renamed.body.clone()), 1));
    assert_eq!(rows[0].what, What::Act(erasure().body));
    assert_eq!(w.store.erasures().await?, [(w.id, rows[0].id)]);
    w.check().await?;

    for (change, back, row) in [
        (
            "UPDATE audit SET actor = 'user:2' WHERE audit_id = 2",
            "UPDATE audit SET actor = 'user:1' WHERE audit_id = 2",
            2,
        ),
        (
            "UPDATE audit SET body = REPLACE(body, 'b', 'c') WHERE audit_id = 4",
            "UPDATE audit SET body = REPLACE(body, 'c', 'b') WHERE audit_id = 4",
            4,
        ),
        ("DELETE FROM audit WHERE audit_id = 3", "SELECT 1", 3),
    ] {
        database.meddle(change).await?;
        let chain = w.store.verify_audit(w.id).await?;
        assert_eq!(chain.broken.map(|broken| broken.seq), Some(row), "{change}");
        database.meddle(back).await?;
    }
    Ok(())
}
