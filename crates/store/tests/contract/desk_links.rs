//! The link to the list of agents, PINs, and tries that failed.

use crate::harness::{Database, NOON, Result, Workspace};
use routing::{AgentId, AgentSpec, Command};
use store::{
    Act, Actor, DeskLinkRow, PinChange, Role, Session, Tried, Tries, User, UserRow, WorkspaceId,
};

const TRIES: Tries = Tries { most: 5, pause_secs: 60, longest_secs: 200 };

crate::on_both!(links, pins, tries, tries_at_once);

fn act(act: &'static str) -> Act {
    let body = serde_json::json!({});
    Act { actor: Actor::System, act, object: "desk_link", object_id: None, body }
}

async fn links(database: &Database) -> Result<()> {
    let store = &database.store;
    let w = Workspace::create(database, "acme").await?;
    let other = Workspace::create(database, "globex").await?;
    assert_eq!(store.desk_link(w.id).await?, None);
    assert!(!store.set_desk_link(w.id, None, &act("desk_link_withdrawn"), NOON).await?);
    let link = |hash: &str| DeskLinkRow {
        hash: hash.to_owned(),
        sealed: "v1.x".to_owned(),
        made_at: NOON,
    };
    for hash in ["one", "two"] {
        let made = Some(link(hash));
        assert!(store.set_desk_link(w.id, made.as_ref(), &act("desk_link_made"), NOON).await?);
        assert_eq!(store.desk_link(w.id).await?, made);
    }
    let found = async |hash: &str| store.workspace_of_link(hash).await;
    assert_eq!((found("two").await?, found("one").await?), (Some(w.id), None));
    assert_eq!(store.desk_link(other.id).await?, None);
    assert!(store.set_desk_link(w.id, None, &act("desk_link_withdrawn"), NOON).await?);
    assert_eq!((found("two").await?, store.desk_link(w.id).await?), (None, None));
    assert_eq!(store.verify_audit(w.id).await?.rows, 4, "configured, and three acts");
    Ok(())
}

async fn pins(database: &Database) -> Result<()> {
    let store = &database.store;
    let mut w = Workspace::create(database, "acme").await?;
    w.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    let agent = AgentId(1);
    let fresh = UserRow {
        id: None,
        name: "asha #1".to_owned(),
        password_hash: String::new(),
        role: Role::Agent,
        agent: Some(agent),
        active: true,
    };
    let set = async |sealed: Option<&str>, except: Option<&str>| {
        let change = PinChange { agent, sealed, fresh: &fresh, except };
        store.set_pin(w.id, change, &act("pin_set"), NOON).await
    };
    set(None, None).await?;
    assert_eq!(
        (store.pins(w.id).await?, store.users(w.id, None, 9).await?.items.len()),
        (vec![], 0)
    );
    set(Some("v1.a"), None).await?;
    let login: User = store.user_by_name(w.id, "asha #1").await?.ok_or("no login")?;
    assert_eq!((login.agent, login.role), (Some(agent), Role::Agent));
    let begin = async |hash: &str| {
        let session = Session {
            workspace: w.id,
            user: login.id,
            hash: hash.to_owned(),
            csrf: "c".to_owned(),
            created_at: NOON,
            expires_at: NOON.plus_secs(60),
        };
        store.create_session(&session).await
    };
    let is_in = async |hash: &str| {
        Ok::<_, store::Error>(store.session_by_hash(hash, NOON).await?.is_some())
    };
    begin("s1").await?;
    begin("s2").await?;
    set(Some("v1.b"), Some("s2")).await?;
    assert_eq!((is_in("s1").await?, is_in("s2").await?), (false, true));
    assert_eq!(store.pin(w.id, agent).await?.as_deref(), Some("v1.b"));
    assert_eq!(store.pins(w.id).await?, [agent]);
    assert_eq!(store.users(w.id, None, 9).await?.items.len(), 1, "the same login");
    set(None, None).await?;
    assert_eq!((store.pin(w.id, agent).await?, is_in("s2").await?), (None, false));
    Ok(())
}

async fn tries(database: &Database) -> Result<()> {
    let store = &database.store;
    let w = Workspace::create(database, "acme").await?;
    let at = |secs: u32| NOON.plus_secs(secs);
    let count =
        async |subject: &str, secs: u32| store.count_try(w.id, subject, TRIES, at(secs)).await;
    let mut began = 0;
    // The pauses grow, to the longest.
    for pause in [60, 120, 200, 200] {
        for _ in 0..4 {
            assert_eq!(count("agent:1", began).await?, Tried::Counted { until: None });
        }
        let until = at(began + pause);
        assert_eq!(count("agent:1", began).await?, Tried::Counted { until: Some(until) });
        assert_eq!(count("agent:1", began + pause - 1).await?, Tried::Paused { until });
        assert_eq!(store.paused_until(w.id, "agent:1", at(began)).await?, Some(until));
        assert_eq!(count("agent:2", began).await?, Tried::Counted { until: None });
        store.forget_tries(w.id, "agent:2").await?;
        began += pause;
    }
    assert_eq!(store.paused_until(w.id, "agent:1", at(began)).await?, None);
    assert_eq!(store.forget_old_tries(at(began - 200)).await?, 0);
    assert_eq!(store.forget_old_tries(at(began)).await?, 1);
    for n in 0..5 {
        let until = Some(at(began + 60)).filter(|_| n == 4);
        assert_eq!(count("agent:1", began).await?, Tried::Counted { until });
    }
    Ok(())
}

async fn tries_at_once(database: &Database) -> Result<()> {
    let w: WorkspaceId = Workspace::create(database, "acme").await?.id;
    let mut trying = Vec::new();
    for _ in 0..20 {
        let store = database.store.clone();
        trying.push(tokio::spawn(async move { store.count_try(w, "agent:1", TRIES, NOON).await }));
    }
    let mut counted = 0;
    for one in trying {
        counted += u32::from(matches!(one.await??, Tried::Counted { .. }));
    }
    assert_eq!(counted, TRIES.most);
    Ok(())
}
