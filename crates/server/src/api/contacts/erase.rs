//! `POST /contacts/erase`: one person is forgotten; the work that was done stays.

use super::leave::{cancel_open, leave};
use super::{Whose, held, ids};
use crate::app::App;
use crate::auth::Caller;
use crate::http::Body;
use crate::http::problem::Answered;
use axum::Json;
use axum::extract::State;
use routing::ItemId;
use serde::{Deserialize, Serialize};
use store::{Act, CONTACT_ERASED, Held, Traces};
use utoipa::ToSchema;

/// Why somebody is erased. A code, for a sentence would name the person again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// They asked for it.
    Requested,
    /// They no longer agree to be called.
    ConsentWithdrawn,
    /// They should never have been in here.
    Mistake,
    Other,
}

/// Who is to be erased, and why. Exactly one of phone, email and item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ErasureForm)]
pub struct Erasure {
    /// In any form; without a country code it is read as one of the workspace's country.
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    /// The contact of this item: their other items are found by its phone and e-mail.
    #[serde(default)]
    pub item: Option<u64>,
    pub reason: ErasureReason,
}

/// What was erased.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Erased {
    /// The items that no longer say whom they are about.
    pub items: Vec<u64>,
    /// Those of them that were open: nobody can work on them now.
    pub cancelled: Vec<u64>,
    /// Rows that held something of the person; 0 when there was nothing (left) to erase.
    pub rows: u64,
}

impl Erased {
    fn add(&mut self, more: Erased) {
        self.items.extend(more.items);
        self.cancelled.extend(more.cancelled);
        self.rows += more.rows;
    }
}

/// How often somebody is looked for who goes on coming in while they are erased.
const MOST_LOOKS: usize = 5;

/// Erases a person everywhere: contacts, personal attributes, notes on their items, rejected rows
/// of files, kept answers, what waits to be sent. Items, assignments and the journal stay; items that
/// are open are cancelled, and whoever comes again is not their duplicate. Asked again it changes
/// nothing. That it was done is audited, without the person.
#[utoipa::path(post, path = "/contacts/erase", tag = "contacts", request_body = Erasure,
    responses((status = 200, body = Erased)))]
pub async fn erase(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<Erasure>,
) -> Answered<Json<Erased>> {
    let Erasure { phone, email, item, reason } = body;
    let who = Whose { phone, email, item }.who(&app, &caller).await?;
    let mut found = held(&app, &caller, &who).await?;
    // Once the item says no more who it was about, they are looked for by this.
    let who = found.whoever(&who);
    let mut erased = Erased { items: Vec::new(), cancelled: Vec::new(), rows: 0 };
    for _ in 0..MOST_LOOKS {
        erased.add(forget(&app, &caller, &found, reason).await?);
        // What came in of them meanwhile was known as theirs, and goes too.
        match app.store.find_contact(caller.workspace, &who).await? {
            Some(more) if !more.is_empty() => found = more,
            _ => break,
        }
    }
    if erased.rows > 0 {
        app.dispatcher.reload(caller.workspace);
    }
    Ok(Json(erased))
}

/// Erases what was found.
async fn forget(
    app: &App,
    caller: &Caller,
    found: &Held,
    reason: ErasureReason,
) -> Answered<Erased> {
    let workspace = caller.workspace;
    let items = ids(found);
    let about: Vec<ItemId> = found.items.iter().map(|one| one.item).collect();
    let mut left = leave(&app.dispatcher, workspace, caller.actor, about.clone()).await?;
    let act = Act {
        actor: caller.actor,
        act: CONTACT_ERASED,
        object: "contact",
        object_id: None,
        body: serde_json::json!({ "items": items, "reason": reason }),
    };
    let traces = Traces::from(found);
    let rows = app.store.erase_contact(workspace, &traces, &act, app.clock.now()).await?;
    // What was let through in between is about nobody now; from here on nothing is.
    left.extend(cancel_open(&app.dispatcher, workspace, caller.actor, &about, |_| true).await?);
    Ok(Erased { items, cancelled: left.into_iter().map(|item| item.0).collect(), rows })
}
