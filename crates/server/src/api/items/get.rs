//! `GET /items/{id}`: one item.

use crate::api::items::calling::of_row;
use crate::api::items::view::{CallbackView, ContactView, DuplicateView, ItemStateName, ItemView};
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Pick, Problem, Rfc3339};
use crate::words::{LanguageHeader, Lexicon};
use axum::Json;
use axum::extract::State;
use routing::{ItemId, Refusal};
use store::{ItemFilter, ItemRow, ItemStatus, Personal};

/// The most duplicates that are shown beside their first; `GET /items?duplicate_of=` has them all.
const MAX_DUPLICATES: u32 = 20;

/// One item; an agent sees only their own.
#[utoipa::path(get, path = "/items/{id}", tag = "items", params(("id" = u64, Path), LanguageHeader),
    responses((status = 200, body = ItemView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<ItemView>> {
    let mut item = app.item_view(&caller, ItemId(id), true).await?;
    item.duplicates = duplicates(&app, &caller, ItemId(id)).await?;
    Ok(Json(item))
}

/// Who came again as the item. Nothing else about them: an agent may see the item and not them.
async fn duplicates(app: &App, caller: &Caller, first: ItemId) -> Answered<Vec<DuplicateView>> {
    let limit = MAX_DUPLICATES;
    let filter = ItemFilter { duplicate_of: Some(first), limit, ..ItemFilter::default() };
    let page = app.store.items(caller.workspace, &filter).await?;
    let duplicate = |row: ItemRow| DuplicateView {
        id: row.id.0,
        state: state_name(row.state),
        source: row.source.0,
        arrived_at: Rfc3339(row.arrived_at),
    };
    Ok(page.items.into_iter().map(duplicate).collect())
}

impl App {
    /// The item's row, if the caller may see it.
    pub async fn item_row(
        &self,
        caller: &Caller,
        item: ItemId,
        own_only: bool,
    ) -> Answered<ItemRow> {
        let row = self.store.item(caller.workspace, item).await?;
        let only = if own_only { caller.only()? } else { None };
        let row = row.filter(|row| only.is_none() || row.agent == only);
        row.ok_or_else(|| Problem {
            detail: format!("There is no item {item}."),
            ..Refusal::UnknownItem(item).into()
        })
    }

    /// The item as clients see it. `own_only`: an agent sees only their own; after an action of
    /// theirs they see what became of it.
    pub async fn item_view(
        &self,
        caller: &Caller,
        item: ItemId,
        own_only: bool,
    ) -> Answered<ItemView> {
        let row = self.item_row(caller, item, own_only).await?;
        let words = self.lexicon(caller).await?;
        let settings = self.settings(caller.workspace).await?;
        let calling = of_row(&row, &words, &settings, self.clock.now());
        let told = self.notices(caller.workspace, std::slice::from_ref(&row)).await?.remove(&item);
        let ticks = self.store.ticks(caller.workspace, item).await?;
        Ok(ItemView { calling, told, ticks, ..view(row, &words) })
    }
}

/// A row as clients see it, apart from calling hours and what supervisors were told.
pub fn view(row: ItemRow, words: &Lexicon) -> ItemView {
    let agent_name = row.agent.map(|agent| words.agent(agent));
    let held = matches!(row.state, ItemStatus::Offered | ItemStatus::Assigned | ItemStatus::Closed);
    let why = match (&row.reason, row.agent) {
        (Some(reason), Some(agent)) if held && !row.placed => {
            Some(words.reason(reason, agent, Some(row.queue))).filter(|why| !why.is_empty())
        }
        (_, Some(_)) if row.placed => Some(words.placed()),
        _ => None,
    };
    let waits = matches!(row.state, ItemStatus::Scheduled | ItemStatus::Waiting);
    let personal = row.personal.unwrap_or_default();
    ItemView {
        id: row.id.0,
        version: row.version,
        kind: row.kind,
        state: state_name(row.state),
        source: row.source.0,
        queue: Some(row.queue.0),
        agent: row.agent.map(|a| a.0),
        agent_name,
        placed: row.placed,
        until: row.until.map(Rfc3339),
        since: row.since.map(Rfc3339),
        contact: contact(&personal),
        attributes: row.attributes,
        personal: personal.attributes.into_iter().collect(),
        region: row.region.map(|c| c.as_str().to_owned()),
        language: row.language.map(|c| c.as_str().to_owned()),
        skills: row.skills,
        priority: row.priority,
        rule: row.rule.map(|r| r.0),
        arrived_at: Rfc3339(row.arrived_at),
        earliest: row.earliest.map(Rfc3339),
        disposition: row.disposition.map(|d| d.as_str().to_owned()),
        duplicate_of: row.duplicate_of.map(|i| i.0),
        duplicates: Vec::new(),
        told: None,
        attempts: row.attempts,
        why,
        calling: None,
        zones: row.callable.zones,
        ticks: Vec::new(),
        callback: row.callback.filter(|_| held || waits).map(|callback| CallbackView {
            at: Rfc3339(callback.at),
            agent: callback.agent.map(|agent| agent.0),
        }),
    }
}

/// A contact as clients see it.
pub fn contact(personal: &Personal) -> ContactView {
    ContactView {
        name: personal.name.clone(),
        phone: personal.phone.clone(),
        phone_raw: personal.phone_raw.clone(),
        phone_ok: personal.phone_ok,
        email: personal.email.clone(),
    }
}

fn state_name(status: ItemStatus) -> ItemStateName {
    match status {
        // Between arriving and being queued there is no commit, so nobody sees it.
        ItemStatus::Arrived | ItemStatus::Waiting => ItemStateName::Waiting,
        ItemStatus::Scheduled => ItemStateName::Scheduled,
        ItemStatus::Offered => ItemStateName::Offered,
        ItemStatus::Assigned => ItemStateName::Assigned,
        ItemStatus::Closed => ItemStateName::Closed,
        ItemStatus::Cancelled => ItemStateName::Cancelled,
        ItemStatus::Duplicate => ItemStateName::Duplicate,
        ItemStatus::Barred => ItemStateName::Barred,
    }
}
