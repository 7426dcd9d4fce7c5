//! Logins, tokens, sessions, workspaces.

use crate::harness::{Database, NOON, Result, Workspace};
use routing::{AgentId, AgentSpec, Command};
use store::{Act, Actor, AuditFilter, Error, NewToken, Role, Session, UserChange, UserId, UserRow};

const ADMIN: Actor = Actor::User(UserId(1));

crate::on_both!(logins, tokens, sessions, workspaces_apart);

fn login(name: &str) -> UserRow {
    UserRow {
        id: None,
        name: name.to_owned(),
        password_hash: "$argon2id$x".to_owned(),
        role: Role::Agent,
        agent: None,
        active: true,
    }
}

async fn logins(database: &Database) -> Result<()> {
    let store = &database.store;
    assert!(!store.has_admin(None).await?);
    let mut w = Workspace::create(database, "acme").await?;
    // Whoever signs in with a PIN changes nothing.
    let other = Workspace::create(database, "other").await?;
    store.create_user(other.id, &login("desk"), NOON).await?;
    assert!(!store.has_admin(None).await?);
    let admin = UserRow { role: Role::Admin, ..login("admin") };
    let id = store.create_user(w.id, &admin, NOON).await?;
    assert_eq!(id, UserId(1));
    assert!(store.has_admin(None).await? && store.has_admin(Some(w.id)).await?);
    assert!(!store.has_admin(Some(other.id)).await?);
    let again = store.create_user(w.id, &admin, NOON).await;
    assert!(matches!(again, Err(Error::Taken("login name"))), "{again:?}");
    assert_eq!(store.create_user(w.id, &login("zoe"), NOON).await?, UserId(2));

    let change = UserChange { role: Some(Role::Supervisor), ..UserChange::default() };
    store.update_user(w.id, UserId(2), &change).await?;
    let zoe = store.user_by_name(w.id, "zoe").await?.ok_or("no zoe")?;
    assert_eq!((zoe.role, zoe.active, zoe.created_at), (Role::Supervisor, true, NOON));
    assert_eq!(store.user(w.id, UserId(2)).await?, Some(zoe));
    let renamed = UserChange { name: Some("admin".into()), ..UserChange::default() };
    let renamed = store.update_user(w.id, UserId(2), &renamed).await;
    assert!(matches!(renamed, Err(Error::Taken(_))), "{renamed:?}");
    let nobody = store.update_user(w.id, UserId(9), &change).await;
    assert!(matches!(nobody, Err(Error::Missing("user"))), "{nobody:?}");

    let page = store.users(w.id, None, 1).await?;
    assert_eq!((page.items.len(), page.next), (1, Some(1)));
    let page = store.users(w.id, page.next, 1).await?;
    assert_eq!((page.items[0].id, page.next), (UserId(2), None));

    // An agent, their name and their login in one transaction; then a change of the login.
    let mut batch = w.batch();
    batch.agent_names.push((AgentId(1), "Asha".into()));
    batch.users.push(UserRow { agent: Some(AgentId(1)), ..login("asha") });
    let create = vec![Command::CreateAgent { spec: AgentSpec::default() }];
    w.act_with(&mut batch, create).await?.remove(0)?;
    assert_eq!(store.agent_names(w.id).await?, [(AgentId(1), "Asha".to_owned())]);
    let mut tx = store.begin(w.id, NOON).await?;
    let asha = tx.user_of_agent(AgentId(1)).await?.ok_or("no login")?;
    assert_eq!(tx.user_by_name("asha").await?, Some(asha.clone()));
    tx.rollback().await?;
    let mut batch = w.batch();
    let row = UserRow { id: Some(asha.id), agent: asha.agent, ..login("asha k") };
    batch.users.push(UserRow { active: false, ..row });
    w.act_with(&mut batch, Vec::new()).await?;
    assert!(!store.user(w.id, asha.id).await?.ok_or("gone")?.active);

    store.erase_agent(w.id, AgentId(1)).await?;
    assert_eq!(store.agent_names(w.id).await?, [(AgentId(1), String::new())]);
    w.check().await
}

async fn tokens(database: &Database) -> Result<()> {
    let store = &database.store;
    let w = Workspace::create(database, "acme").await?;
    let token = |hash: &str| NewToken {
        name: "sheet".into(),
        hash: hash.into(),
        role: Role::Supervisor,
        agent: None,
        created_by: Some(UserId(1)),
    };
    let first = store.create_token(w.id, &token("aa"), ADMIN, NOON).await?;
    let second = store.create_token(w.id, &token("bb"), ADMIN, NOON).await?;
    let found = store.token_by_hash("aa").await?.ok_or("no token")?;
    assert_eq!((found.workspace, found.id, found.role), (w.id, first, Role::Supervisor));
    assert!(store.revoke_token(w.id, first, ADMIN, NOON).await?);
    assert!(!store.revoke_token(w.id, first, ADMIN, NOON).await?);
    assert_eq!(store.token_by_hash("aa").await?, None);
    let page = store.tokens(w.id, None, 10).await?;
    assert_eq!(page.items.iter().map(|t| t.id).collect::<Vec<_>>(), [first, second]);
    assert_eq!(page.items[0].revoked_at, Some(NOON));
    let audit = store.audit(w.id, &AuditFilter { limit: 2, ..AuditFilter::default() }).await?;
    let told: Vec<_> = audit.items.iter().map(|a| (a.act.as_str(), a.object_id, a.actor)).collect();
    assert_eq!(told, [("token_revoked", Some(1), ADMIN), ("token_created", Some(2), ADMIN)]);
    Ok(())
}

async fn sessions(database: &Database) -> Result<()> {
    let store = &database.store;
    let w = Workspace::create(database, "acme").await?;
    let user = store.create_user(w.id, &login("zoe"), NOON).await?;
    let session = |hash: &str| Session {
        workspace: w.id,
        user,
        hash: hash.into(),
        csrf: "c".into(),
        created_at: NOON,
        expires_at: NOON.plus_secs(60),
    };
    store.create_session(&session("s1")).await?;
    store.create_session(&session("s2")).await?;
    let (found, zoe) = store.session_by_hash("s1", NOON).await?.ok_or("no session")?;
    assert_eq!((found, zoe.name.as_str()), (session("s1"), "zoe"));
    assert_eq!(store.session_by_hash("s1", NOON.plus_secs(60)).await?, None);
    store.extend_session("s1", NOON.plus_secs(120)).await?;
    assert!(store.session_by_hash("s1", NOON.plus_secs(60)).await?.is_some());
    assert_eq!(store.delete_expired_sessions(NOON.plus_secs(60)).await?, 1);
    // Whoever is inactive is signed out.
    let change = |active| UserChange { active: Some(active), ..UserChange::default() };
    store.update_user(w.id, user, &change(false)).await?;
    assert_eq!(store.session_by_hash("s1", NOON).await?, None);
    store.update_user(w.id, user, &change(true)).await?;
    store.delete_session("s1").await?;
    assert_eq!(store.session_by_hash("s1", NOON).await?, None);
    store.create_session(&session("s3")).await?;
    store.delete_sessions_of(w.id, user, None).await?;
    assert_eq!(store.session_by_hash("s3", NOON).await?, None);
    Ok(())
}

async fn workspaces_apart(database: &Database) -> Result<()> {
    let store = &database.store;
    let mut one = Workspace::create(database, "one").await?;
    let two = Workspace::create(database, "two").await?;
    one.act(Command::CreateAgent { spec: AgentSpec::default() }).await?;
    one.check().await?;
    two.check().await?;
    let taken = store.create_workspace("two", [0; 32], NOON).await;
    assert!(matches!(taken, Err(Error::Taken("workspace name"))), "{taken:?}");
    let act = Act {
        actor: Actor::System,
        act: "workspace_renamed",
        object: "workspace",
        object_id: Some(one.id.0),
        body: serde_json::json!({}),
    };
    let audited = async || store.verify_audit(one.id).await.map(|chain| chain.rows);
    let before = audited().await?;
    let taken = store.rename_workspace(one.id, "two", &act, NOON).await;
    assert!(matches!(taken, Err(Error::Taken("workspace name"))), "{taken:?}");
    assert_eq!(audited().await?, before);
    store.rename_workspace(one.id, "first", &act, NOON).await?;
    assert_eq!(audited().await?, before + 1);
    let rows = store.workspaces().await?;
    assert_eq!(rows.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["first", "two"]);
    assert_eq!((rows[0].seq, rows[1].seq), (one.seq, two.seq));
    assert_eq!(rows[0].next_deadline, one.state.next_deadline());
    assert_eq!(store.workspace(two.id).await?, rows[1]);
    assert_eq!(store.workspace_by_name("two").await?.map(|w| w.id), Some(two.id));
    assert_eq!(store.workspace_by_name("three").await?, None);
    assert_eq!(store.contact_key(one.id).await?, [7; 32]);
    let nowhere = store.load(store::WorkspaceId(99)).await;
    assert!(matches!(nowhere, Err(Error::Missing("workspace"))));
    let nowhere = store.begin(store::WorkspaceId(99), NOON).await;
    assert!(matches!(nowhere, Err(Error::Missing("workspace"))));
    Ok(())
}
