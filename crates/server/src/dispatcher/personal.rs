//! The rows beside the core: checked before their command is decided, and written with it.

use super::known::Known;
use super::opt_outs;
use super::request::{Personal, Work};
use routing::{AgentId, Answer, Command, Event, ItemId, Refusal, SourceId};
use store::{
    Act, Batch, DeskWrite, NewSheetRow, Note, NoteKind, SourceFace, User, UserChange, UserRow,
    Wrote,
};

/// The most late results that are kept of one item.
const MAX_LATE: u64 = 20;

/// Refuses work whose rows could not be written: a name in use, a login without a password.
pub(super) fn admit(
    work: &Work,
    command: &Command,
    known: &Known,
    batch: &Batch,
) -> Result<(), Refusal> {
    match *command {
        Command::KeepResult { item, agent } => late(item, agent, known, batch)?,
        Command::Force { item, version, .. } => duplicate(item, version, known)?,
        _ => {}
    }
    for row in &work.personal {
        match row {
            Personal::Login(change) => login(change, agent_of(command), known, batch)?,
            Personal::Source(face) => slug(face, source_of(command), known, batch)?,
            _ => {}
        }
    }
    Ok(())
}

fn invalid(field: &'static str, problem: &str) -> Refusal {
    Refusal::Invalid { field, problem: problem.to_owned() }
}

/// Only somebody who had the item may leave a late result, and only so many are kept of one.
fn late(item: ItemId, agent: AgentId, known: &Known, batch: &Batch) -> Result<(), Refusal> {
    let late = known.late.get(&(item, agent)).copied().unwrap_or_default();
    let here = batch.notes.iter().filter(|n| n.item == item && n.kind == NoteKind::Late);
    match late.had && late.kept + (here.count() as u64) < MAX_LATE {
        true => Ok(()),
        false => Err(Refusal::NotHolder { item, agent }),
    }
}

/// The state knows open items only: whether this one is kept back stands in its row.
fn duplicate(item: ItemId, version: u32, known: &Known) -> Result<(), Refusal> {
    match known.duplicates.get(&item) {
        Some(&current) if current == version => Ok(()),
        Some(&current) => Err(Refusal::Stale { item, seen: version, current }),
        None => Err(Refusal::NotDuplicate(item)),
    }
}

fn login(
    change: &UserChange,
    agent: Option<AgentId>,
    known: &Known,
    batch: &Batch,
) -> Result<(), Refusal> {
    let exists = agent.is_some_and(|agent| {
        known.logins.contains_key(&agent) || batch.users.iter().any(|u| u.agent == Some(agent))
    });
    if !exists && change.name.is_none() {
        return Err(invalid("name", "a login needs a name"));
    }
    if !exists && change.password_hash.is_none() {
        return Err(invalid("password", "a login needs a password"));
    }
    let Some(name) = &change.name else { return Ok(()) };
    let stored = known.logins_by_name.get(name).map(|user| user.agent);
    let pending = batch.users.iter().find(|u| u.name == *name).map(|user| user.agent);
    match pending.or(stored) {
        Some(holder) if agent.is_none() || holder != agent => {
            Err(invalid("name", "is already in use; choose another"))
        }
        _ => Ok(()),
    }
}

fn slug(
    face: &SourceFace,
    source: Option<SourceId>,
    known: &Known,
    batch: &Batch,
) -> Result<(), Refusal> {
    let stored = known.source_keys.get(&face.key).copied();
    let pending = batch.sources.iter().find(|s| s.key == face.key).map(|s| s.source);
    match pending.or(stored) {
        Some(holder) if Some(holder) != source => {
            Err(invalid("key", "is already in use; choose another"))
        }
        _ => Ok(()),
    }
}

/// Adds the rows of work that was decided; `first` is the index of its first event.
pub(super) fn add(
    work: &Work,
    command: &Command,
    answer: Answer,
    first: usize,
    known: &Known,
    batch: &mut Batch,
) {
    if let Command::Undo { item, .. } = *command {
        batch.desk.push(DeskWrite { item, how: Wrote::Undone, ..DeskWrite::default() });
    }
    let may_be_undone =
        |e: &store::Recorded| matches!(e.event, Event::Completed { undo_until: Some(_), .. });
    let undoable = batch.events.iter().skip(first).any(may_be_undone);
    let writes = work.personal.iter().any(|row| matches!(row, Personal::Desk { .. }));
    if let Some(item) = item_of(command).filter(|_| undoable && !writes) {
        // What an earlier result wrote over is no longer what comes back.
        let how = Wrote::WithResult;
        batch.desk.push(DeskWrite { item, how, ..DeskWrite::default() });
    }
    for row in &work.personal {
        match row {
            Personal::Contact(contact) => {
                if let Answer::Item(item) = answer {
                    batch.personal.push(store::Personal { item, ..(**contact).clone() });
                }
            }
            Personal::Note { kind, text } => {
                let item = item_of(command);
                // The note stands with the event that its command became.
                let became = |e: &store::Recorded| e.event.is_given() && e.event.item() == item;
                let given = batch.events.iter().skip(first).position(became);
                if let (Some(item), Some(given)) = (item, given) {
                    let event = (first + given) as u64;
                    batch.notes.push(Note { item, event, kind: *kind, text: text.clone() });
                }
            }
            Personal::Desk { fields, ticks } => {
                let how = if undoable { Wrote::WithResult } else { Wrote::Plainly };
                let (fields, ticks) = (fields.clone(), ticks.clone());
                batch.desk.extend(item_of(command).map(|item| DeskWrite {
                    item,
                    fields,
                    ticks,
                    how,
                    contact: None,
                }));
            }
            Personal::QueueDesk(spec) => {
                if let Answer::Queue(queue) = answer {
                    batch.queue_desks.push((queue, spec.clone()));
                }
            }
            Personal::Fields { item, fields, contact } => batch.desk.push(DeskWrite {
                item: *item,
                fields: fields.clone(),
                contact: contact.clone(),
                ticks: None,
                how: Wrote::WherePersonIs,
            }),
            Personal::SheetRow(row) => {
                if let Answer::Item(item) = answer {
                    batch.sheet_rows.push(NewSheetRow { item, ..(**row).clone() });
                }
            }
            Personal::AgentName(name) => {
                if let Some(agent) = made_agent(answer).or(agent_of(command)) {
                    batch.agent_names.retain(|(other, _)| *other != agent);
                    batch.agent_names.push((agent, name.clone()));
                }
            }
            Personal::Login(change) => {
                if let Some(agent) = made_agent(answer).or(agent_of(command)) {
                    add_login(agent, change, known, batch);
                }
            }
            Personal::Source(face) => {
                if let Some(source) = made_source(answer).or(source_of(command)) {
                    let mut face = SourceFace { source, ..(**face).clone() };
                    let before = batch.sources.iter().position(|s| s.source == source);
                    let before = before.map(|at| batch.sources.remove(at));
                    if let Some(before) = before.filter(|_| face.keeps_secrets) {
                        face.take_secrets(before);
                    }
                    batch.sources.push(face);
                }
            }
            Personal::Sealing(sealing) => {
                if let Some(source) = made_source(answer).or(source_of(command))
                    && let Some(face) = batch.sources.iter_mut().find(|s| s.source == source)
                {
                    (sealing.0)(source, face);
                }
            }
            Personal::Import(step) => batch.imports.push(step.clone()),
            Personal::Outgoing(outgoing) => batch.outbox.push(outgoing.clone()),
            // It came before the command, which may hand out what the entry bars.
            Personal::OptOut(_) => {}
            // With the version.
            Personal::Rules(_) => {}
            Personal::OptIn(id) => opt_outs::remove(*id, work.callee, known, batch),
            Personal::Act(act) => {
                let made = match answer {
                    Answer::Agent(agent) => Some(agent.0),
                    Answer::Queue(queue) => Some(queue.0),
                    _ => None,
                };
                batch.acts.push(Act { object_id: act.object_id.or(made), ..(**act).clone() });
            }
        }
    }
}

fn add_login(agent: AgentId, change: &UserChange, known: &Known, batch: &mut Batch) {
    let at = match batch.users.iter().position(|u| u.agent == Some(agent)) {
        Some(at) => at,
        None => {
            batch.users.push(row(agent, known.logins.get(&agent)));
            batch.users.len() - 1
        }
    };
    let user = &mut batch.users[at];
    if let Some(name) = &change.name {
        user.name.clone_from(name);
    }
    if let Some(hash) = &change.password_hash {
        user.password_hash.clone_from(hash);
    }
    user.role = change.role.unwrap_or(user.role);
    user.active = change.active.unwrap_or(user.active);
}

fn row(agent: AgentId, before: Option<&User>) -> UserRow {
    UserRow {
        id: before.map(|user| user.id),
        name: before.map(|user| user.name.clone()).unwrap_or_default(),
        password_hash: before.map(|user| user.password_hash.clone()).unwrap_or_default(),
        role: before.map(|user| user.role).unwrap_or_default(),
        agent: Some(agent),
        active: before.is_none_or(|user| user.active),
    }
}

fn made_source(answer: Answer) -> Option<SourceId> {
    if let Answer::Source(id) = answer { Some(id) } else { None }
}

fn made_agent(answer: Answer) -> Option<AgentId> {
    if let Answer::Agent(id) = answer { Some(id) } else { None }
}

fn agent_of(command: &Command) -> Option<AgentId> {
    match command {
        Command::UpdateAgent { agent, .. } | Command::DeactivateAgent { agent } => Some(*agent),
        _ => None,
    }
}

fn source_of(command: &Command) -> Option<SourceId> {
    match command {
        Command::UpdateSource { source, .. } | Command::DeactivateSource { source } => {
            Some(*source)
        }
        _ => None,
    }
}

pub(super) fn item_of(command: &Command) -> Option<ItemId> {
    match command {
        Command::Accept { item, .. }
        | Command::Decline { item, .. }
        | Command::Complete { item, .. }
        | Command::KeepResult { item, .. }
        | Command::Force { item, .. }
        | Command::Forget { item }
        | Command::Update { item, .. }
        | Command::Release { item, .. }
        | Command::Retry { item, .. }
        | Command::Undo { item, .. }
        | Command::Reassign { item, .. }
        | Command::SetBars { item, .. }
        | Command::Cancel { item, .. } => Some(*item),
        _ => None,
    }
}
