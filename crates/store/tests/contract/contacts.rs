//! One person: everything that is kept of them, and that it is gone everywhere when they are erased.

use crate::harness::{Database, NOON, Result, Workspace, erasure};
use routing::{
    AgentSpec, Code, Command, ItemId, QueueId, QueueSpec, Seen, SourceId, SourceSpec, Submission,
    Time,
};
use store::{
    Answered, Held, ImportStep, NewImport, Note, NoteKind, Outgoing, Personal, RejectedRow, Traces,
    Who,
};

crate::on_both!(a_person_is_gone_everywhere, closed_items_and_old_rejects);

const NAME: &str = "Kavya Iyer";
const PHONE: &str = "+919876543210";
const RAW: &str = "098765 43210";
const EMAIL: &str = "Kavya@example.com";

fn kavya(item: u64, email: Option<&str>) -> Personal {
    Personal {
        item: ItemId(item),
        name: Some(NAME.into()),
        phone: Some(PHONE.into()),
        phone_raw: Some(RAW.into()),
        phone_ok: true,
        email: email.map(str::to_owned),
        attributes: [("message".to_owned(), "call Kavya Iyer after six".into())]
            .into_iter()
            .collect(),
    }
}

fn ben(item: u64) -> Personal {
    let (name, phone) = (Some("Ben Cho".into()), Some("+919876500000".into()));
    Personal { item: ItemId(item), name, phone, phone_ok: true, ..Personal::default() }
}

/// Leads of Kavya (1, 2), of Ben (3), and of Kavya by her address alone (4).
async fn desk(database: &Database) -> Result<Workspace> {
    let mut w = Workspace::create(database, "acme").await?;
    let spec = QueueSpec { name: "Leads".into(), ..QueueSpec::default() };
    w.act(Command::CreateQueue { spec }).await?;
    let spec = SourceSpec { name: "Web".into(), queue: QueueId(1), ..SourceSpec::default() };
    w.act(Command::CreateSource { spec }).await?;
    let spec = AgentSpec { queues: [QueueId(1)].into(), ..AgentSpec::default() };
    w.act(Command::CreateAgent { spec }).await?;
    let by_mail = Personal { phone: None, phone_raw: None, ..kavya(4, Some("kavya@EXAMPLE.com")) };
    for personal in [kavya(1, Some(EMAIL)), kavya(2, None), ben(3), by_mail] {
        let mut batch = w.batch();
        batch.personal.push(personal);
        let submission = Submission { source: SourceId(1), ..Submission::default() };
        w.act_with(&mut batch, vec![Command::Submit { submission }]).await?.remove(0)?;
    }
    Ok(w)
}

/// What a desk keeps of people beside their items.
async fn traces_beside(w: &mut Workspace) -> Result<()> {
    let new = NewImport {
        file: "leads.csv".into(),
        fingerprint: "f00".into(),
        source: SourceId(1),
        total: None,
        mapping: serde_json::json!({}),
    };
    let job = w.store.start_import(w.id, &new, NOON).await?;
    let row = |row, cells: &[&str]| RejectedRow {
        row,
        problem: format!("{} is no time", cells[0]),
        cells: cells.iter().map(|&cell| cell.into()).collect(),
    };
    let answered = |key: &str, body: &str| Answered {
        scope: "token:1".into(),
        key: key.into(),
        request: "h".into(),
        status: 201,
        body: body.into(),
        item: None,
        keep_until: NOON,
    };
    let out = |object: &str, body: &str| Outgoing {
        id: 0,
        channel: "webhook".into(),
        object: object.into(),
        body: body.into(),
        attempts: 0,
    };
    let mut batch = w.batch();
    let note = |item, event, text: &str| Note {
        item: ItemId(item),
        event,
        kind: NoteKind::Cancel,
        text: text.into(),
    };
    batch.notes = vec![note(2, 0, "Kavya Iyer asked twice"), note(3, 1, "Ben is away")];
    batch.imports.push(ImportStep {
        import: job.id,
        done: 3,
        rejected: vec![
            row(1, &["Kavya", "0091-98765-43210"]),
            row(2, &["kavya iyer", "12"]),
            row(3, &["Ben", "98765 00000"]),
        ],
        ..ImportStep::default()
    });
    batch.answers = vec![
        answered("lead-9876543210", "[]"),
        answered("b", r#"{"email":"KAVYA@example.com"}"#),
        answered("c", r#"{"name":"Ben Cho"}"#),
    ];
    batch.outbox = vec![
        out("item:2", "{}"),
        out("endpoint:1", r#"{"phone":"+919876543210"}"#),
        out("item:3", r#"{"name":"Ben Cho"}"#),
    ];
    let seen = Seen::default();
    let cancel = |item| Command::Cancel { item: ItemId(item), seen };
    for answer in w.act_with(&mut batch, vec![cancel(2), cancel(3)]).await? {
        answer?;
    }
    Ok(())
}

fn counts(held: &Held) -> (Vec<u64>, usize, usize, usize) {
    let items = held.items.iter().map(|one| one.item.0).collect();
    (items, held.answers.len(), held.rejected.len(), held.outbox.len())
}

async fn a_person_is_gone_everywhere(database: &Database) -> Result<()> {
    let mut w = desk(database).await?;
    traces_beside(&mut w).await?;
    let by = |who: Who| {
        let (store, id) = (w.store.clone(), w.id);
        async move {
            let held = store.find_contact(id, &who).await?;
            Result::Ok(held.expect("one person"))
        }
    };
    let phone = by(Who { phone: Some(PHONE.into()), ..Who::default() }).await?;
    assert_eq!(counts(&phone), (vec![1, 2], 2, 2, 2));
    assert_eq!(phone.items[0].personal, Some(kavya(1, Some(EMAIL))));
    assert_eq!(phone.items[1].notes[0].text, "Kavya Iyer asked twice");
    let email = by(Who { email: Some("KAVYA@example.com".into()), ..Who::default() }).await?;
    assert_eq!(counts(&email).0, [1, 4]);
    let item = by(Who { item: Some(ItemId(1)), ..Who::default() }).await?;
    assert_eq!(counts(&item), (vec![1, 2, 4], 2, 2, 2));
    let nobody = by(Who { phone: Some("+14155550100".into()), ..Who::default() }).await?;
    assert_eq!(nobody, Held::default());

    let before = database.everything().await?;
    for trace in ["Kavya Iyer", "9876543210", "98765 43210", "98765-43210", "avya@"] {
        assert!(before.contains(trace), "{trace}");
    }
    let traces = Traces::from(&item);
    let gone = w.store.erase_contact(w.id, &traces, &erasure(), w.now).await?;
    // Three persons, a note, two answers, two rejected rows, two effects.
    assert_eq!(gone, 10);
    let after = database.everything().await?.to_lowercase();
    for trace in ["kavya", "iyer", "9876543210", "98765 43210", "98765-43210", "@example"] {
        assert!(!after.contains(trace), "{trace} is still somewhere");
    }
    assert!(after.contains("ben cho") && after.contains("98765 00000"));
    // The work stays: items, who had them, what happened, how many were rejected.
    assert!(w.store.item(w.id, ItemId(1)).await?.is_some());
    assert_eq!(w.store.imports(w.id).await?[0].rejected, 3);
    w.check().await?;
    let again = by(Who { item: Some(ItemId(1)), ..Who::default() }).await?;
    assert_eq!((again.items.len(), again.items[0].personal.as_ref()), (1, None));
    let audited = w.store.erasures().await?;
    assert_eq!(w.store.erase_contact(w.id, &traces, &erasure(), w.now).await?, 0);
    assert_eq!(w.store.erasures().await?, audited);
    Ok(())
}

async fn closed_items_and_old_rejects(database: &Database) -> Result<()> {
    let mut w = desk(database).await?;
    traces_beside(&mut w).await?;
    let (agent, from, to) = (routing::AgentId(1), Time(0), Time(i64::MAX));
    let closed = |from, to, limit| w.store.closed_with_person(w.id, SourceId(1), from, to, limit);
    let cancelled = closed(from, to, 10).await?;
    assert_eq!(cancelled.iter().map(|(item, _)| item.0).collect::<Vec<_>>(), [2, 3]);
    let at = cancelled[0].1;
    assert_eq!(closed(from, to, 1).await?, cancelled[..1]);
    assert!(closed(from, at, 10).await?.is_empty());
    assert_eq!(w.store.closed_with_person(w.id, SourceId(2), from, to, 10).await?, []);
    w.erase(ItemId(2)).await?;
    w.after_secs(3600);
    w.act(Command::SignIn { agent }).await?;
    let (seen, disposition) = (Seen::default(), Code::new("won"));
    w.act(Command::Complete { item: ItemId(1), seen, disposition }).await?;
    let closed = w.store.closed_with_person(w.id, SourceId(1), at, to, 10).await?;
    assert_eq!(closed.iter().map(|(item, _)| item.0).collect::<Vec<_>>(), [3, 1]);
    assert!(closed[1].1 > at);

    assert_eq!(w.store.forget_rejected(w.id, SourceId(1), NOON).await?, 0);
    assert_eq!(w.store.forget_rejected(w.id, SourceId(2), NOON.plus_secs(1)).await?, 0);
    assert_eq!(w.store.forget_rejected(w.id, SourceId(1), NOON.plus_secs(1)).await?, 3);
    assert_eq!(w.store.forget_rejected(w.id, SourceId(1), NOON.plus_secs(1)).await?, 0);
    let rows = w.store.rejected_rows(w.id, w.store.imports(w.id).await?[0].id, None, 10).await?;
    assert!(rows.items.iter().all(|row| row.cells.is_empty() && row.problem == "erased"));
    Ok(())
}
