//! Versions of the list of rules, and changes of it that wait.

use crate::harness::{Database, Result, Workspace};
use routing::{Command, Condition, Rule, RuleSpec, Time};
use serde_json::json;
use store::{Act, Actor, NewRuleChange, NewRuleVersion, RuleChangeState, UserId};

crate::on_both!(lists_are_kept_as_they_were, changes_wait_and_are_settled_once);

fn create(name: &str) -> Command {
    let spec = RuleSpec {
        name: name.to_owned(),
        position: 0,
        when: Condition::All(Vec::new()),
        queue: None,
        priority: None,
        skills: Default::default(),
    };
    Command::CreateRule { spec }
}

fn list(w: &Workspace) -> Vec<Rule> {
    w.state.facts().rules.values().cloned().collect()
}

fn version(event: u64, at: Time, rules: Vec<Rule>) -> NewRuleVersion {
    NewRuleVersion {
        event,
        actor: Actor::User(UserId(3)),
        at,
        note: None,
        restored: None,
        change: None,
        before: Vec::new(),
        rules,
    }
}

fn act(name: &'static str, object_id: Option<u64>) -> Act {
    let actor = Actor::User(UserId(3));
    Act { actor, act: name, object: "rule_change", object_id, body: json!({}) }
}

async fn lists_are_kept_as_they_were(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "versions").await?;
    w.act(create("before")).await?;
    let before = list(&w);
    // Two changes of one batch; what was there before them is the first version.
    let (mut batch, at) = (w.batch(), w.now);
    let note = Some("why".to_owned());
    let (after, restored) = (before.clone(), Some(1));
    batch.rule_versions = vec![
        NewRuleVersion { before: before.clone(), note: note.clone(), ..version(0, at, Vec::new()) },
        NewRuleVersion { restored, ..version(1, at, after.clone()) },
    ];
    let seq = w.seq;
    w.act_with(&mut batch, vec![create("one"), create("two")]).await?;
    let page = w.store.rule_versions(w.id, None, 2).await?;
    assert_eq!((page.items[0].version, page.items[1].version, page.next), (3, 2, Some(2)));
    assert_eq!((page.items[0].seq, page.items[0].restored), (seq + 2, Some(1)));
    assert_eq!((&page.items[1].note, page.items[1].actor), (&note, Actor::User(UserId(3))));
    let rest = w.store.rule_versions(w.id, page.next, 2).await?;
    assert_eq!((rest.items.len(), rest.items[0].version, rest.next), (1, 1, None));
    assert_eq!((rest.items[0].actor, rest.items[0].seq), (Actor::System, seq));
    let kept = w.store.rule_version(w.id, 1).await?.ok_or("no version 1")?;
    assert_eq!(kept.1, before);
    assert_eq!(w.store.rule_version(w.id, 4).await?, None);
    assert_eq!(w.store.rule_version_at(w.id, seq + 1).await?, Some(2));
    assert_eq!(w.store.rule_version_at(w.id, seq - 1).await?, None);
    let mut tx = w.store.begin(w.id, w.now).await?;
    assert_eq!(tx.rules_version().await?, 3);
    tx.rollback().await?;
    // Another workspace's begin anew.
    let other = Workspace::create(database, "other").await?;
    assert_eq!(other.store.rule_versions(other.id, None, 5).await?.items, []);
    w.check().await
}

async fn changes_wait_and_are_settled_once(database: &Database) -> Result<()> {
    let mut w = Workspace::create(database, "waiting").await?;
    let new = |secs| NewRuleChange {
        due_at: w.now.plus_secs(secs),
        note: Some("later".to_owned()),
        what: "{}".to_owned(),
    };
    let changes = [new(60), new(30), new(90)];
    for change in &changes {
        w.store.schedule_rules(w.id, change, act("rules_scheduled", None), w.now).await?;
    }
    let waiting = w.store.waiting_rule_changes(10).await?;
    let ids: Vec<_> = waiting.iter().map(|(workspace, one)| (*workspace, one.id)).collect();
    assert_eq!(ids, [(w.id, 2), (w.id, 1), (w.id, 3)]);
    assert_eq!(waiting[0].1.note.as_deref(), Some("later"));

    // One becomes a version, in the transaction of its events.
    let mut tx = w.store.begin(w.id, w.now).await?;
    assert!(tx.rule_change_waits(2).await?);
    tx.rollback().await?;
    let mut batch = w.batch();
    batch.rule_changes = vec![2];
    batch.rule_versions = vec![NewRuleVersion { change: Some(2), ..version(0, w.now, Vec::new()) }];
    w.act_with(&mut batch, vec![create("one")]).await?;
    let mut tx = w.store.begin(w.id, w.now).await?;
    assert!(!tx.rule_change_waits(2).await?);
    tx.rollback().await?;

    let cancel = act("rules_schedule_cancelled", Some(1));
    assert!(w.store.settle_rule_change(w.id, 1, None, &cancel, w.now).await?);
    assert!(!w.store.settle_rule_change(w.id, 1, None, &cancel, w.now).await?);
    let fail = act("rules_schedule_failed", Some(3));
    assert!(w.store.settle_rule_change(w.id, 3, Some("gone"), &fail, w.now).await?);
    let told = w.store.rule_changes(w.id, 10).await?;
    let mut states: Vec<_> =
        told.iter().map(|one| (one.id, one.state, one.version, one.problem.as_deref())).collect();
    states.sort_by_key(|(id, ..)| *id);
    let expected = [
        (1, RuleChangeState::Cancelled, None, None),
        (2, RuleChangeState::Done, Some(1), None),
        (3, RuleChangeState::Failed, None, Some("gone")),
    ];
    assert_eq!(states, expected);
    assert!(told.iter().all(|one| one.settled_at.is_some()));
    assert_eq!(w.store.waiting_rule_changes(10).await?, []);
    Ok(())
}
