//! `POST /items/{id}/complete`: an agent records a result.

use crate::api::desks::DeskVersion;
use crate::api::items::act::{act_on, seen};
use crate::api::items::view::ItemView;
use crate::api::items::{late, past};
use crate::app::App;
use crate::auth::Caller;
use crate::auth::secret;
use crate::dispatcher::{OptOutRow, Personal, Work};
use crate::http::problem::Answered;
use crate::http::{Body, Pick};
use axum::Json;
use axum::extract::State;
use routing::{Bar, Code, Command, ItemId, Refusal};
use serde::Deserialize;
use serde_json::{Map, Value};
use store::{ALL, ItemRow, NewOptOut, NoteKind, Origin};
use utoipa::ToSchema;

/// The result of the work.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// The item's version as last seen.
    pub version: u32,
    /// The name of one of the queue's dispositions.
    pub disposition: String,
    /// Kept with the item's personal data, not in the journal.
    #[serde(default)]
    pub note: Option<String>,
    /// What the agent typed into the fields that the queue's desk lets them write.
    #[serde(default)]
    pub fields: Map<String, Value>,
    /// The steps of the queue's script that are ticked; as they were when absent. What is no step
    /// that can be ticked any more is passed over, and holds no result up.
    #[serde(default)]
    pub ticks: Option<Vec<String>>,
}

/// Records a disposition, which closes the item, schedules it again or moves it on. When it went to
/// somebody else meanwhile, that is refused with 409 `too_late`, and the result is kept as a note of
/// the agent who had it at the version seen. The same result once more, because the answer was lost,
/// is answered with the item as it now is; with another note it is kept like one that came late.
#[utoipa::path(post, path = "/items/{id}/complete", tag = "items", params(("id" = u64, Path)),
    request_body = Completion, responses((status = 200, body = ItemView)))]
pub async fn complete(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Completion>,
) -> Answered<Json<ItemView>> {
    let item = ItemId(id);
    let seen = seen(&caller, body.version)?;
    let disposition = Code::new(&body.disposition);
    let opt_out = opt_out(&app, &caller, item, &disposition).await?;
    let late = opt_out.clone();
    let (fields, ticks) = written(&app, &caller, item, &disposition, &body).await?;
    let mut work = Work::from(Command::Complete { item, seen, disposition });
    if !fields.is_empty() || ticks.is_some() {
        work.personal.push(Personal::Desk { fields, ticks });
    }
    work.personal.extend(opt_out.map(|row| Personal::OptOut(Box::new(row))));
    match act_on(&app, &caller, item, work, NoteKind::Complete, body.note.clone()).await {
        Ok(view) => Ok(Json(view)),
        Err(problem) if late::GONE.contains(&problem.name) => {
            let past = past::at(&app, &caller, item, body.version).await?;
            let again = past.has(seen.agent, &Code::new(&body.disposition))
                && past.had_note(&app, &caller, item, body.note.as_deref()).await?;
            if again {
                return Ok(Json(past::became(&app, &caller, item, body.version).await?));
            }
            let Some(agent) = seen.agent.or(past.holder) else { return Err(problem) };
            Err(late::kept(&app, &caller, item, agent, &body, late, problem).await?)
        }
        Err(problem) => Err(problem),
    }
}

/// What is written with the result: into the item's fields what was typed and what the desk says,
/// and what was ticked.
async fn written(
    app: &App,
    caller: &Caller,
    item: ItemId,
    result: &Code,
    body: &Completion,
) -> Answered<(Map<String, Value>, Option<Vec<String>>)> {
    let row = app.store.item(caller.workspace, item).await?;
    let only = caller.only()?;
    // What is stale or somebody else's is refused anyway, and kept as it was typed.
    let theirs = |row: &ItemRow| only.is_none() || row.agent == only;
    let Some(row) = row.filter(|row| row.version <= body.version && theirs(row)) else {
        return Ok((Map::new(), None));
    };
    if row.version < body.version {
        let (seen, current) = (body.version, row.version);
        return Err(Refusal::Stale { item, seen, current }.into());
    }
    let DeskVersion { version, desk } = app.desk(caller.workspace, row.queue).await?;
    let typed = desk.typed(&body.fields)?;
    let ticks = body.ticks.as_ref().map(|said| desk.ticks(said));
    if version == 0 {
        return Ok((typed, ticks));
    }
    let agent = match row.agent.or(caller.only()?) {
        Some(agent) => app.lexicon(caller).await?.agent(agent),
        None => String::new(),
    };
    let has = row.personal.map(|personal| personal.attributes).unwrap_or_default();
    Ok((desk.written(result, typed, &has, &agent)?, ticks))
}

/// The contact's entry on the do-not-call list, when the result may put them on it. This node may
/// not have heard yet where the item is, so whether it does is seen under the lock.
async fn opt_out(
    app: &App,
    caller: &Caller,
    item: ItemId,
    disposition: &Code,
) -> Answered<Option<OptOutRow>> {
    let name = disposition.clone();
    let look = app.look(caller.workspace, move |state| {
        let known = state.facts().queues.values().flat_map(|queue| &queue.spec.dispositions);
        known.into_iter().any(|known| known.name == name && known.do_not_call)
    });
    if !look.await? {
        return Ok(None);
    }
    let Some(row) = app.store.item(caller.workspace, item).await? else { return Ok(None) };
    let Some(phone) = row.personal.and_then(|personal| personal.phone) else { return Ok(None) };
    let key = app.contact_key(caller.workspace).await?;
    let Some(contact) = secret::phone_key(&key, &phone) else { return Ok(None) };
    let entry = NewOptOut {
        contact,
        category: Code::new(ALL),
        medium: Code::new(ALL),
        bar: Bar::default(),
        origin: Origin::Result,
        actor: caller.actor,
    };
    Ok(Some(OptOutRow { entry, phone, result: Some((row.queue, disposition.clone())) }))
}
