//! `GET /do-not-call`: the entries of the list.

use crate::api::do_not_call::OptOutView;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor, number_in_text};
use crate::http::{Params, Problem};
use axum::Json;
use axum::extract::State;
use routing::Code;
use serde::Deserialize;
use store::{OptOutFilter, Origin};

/// Which entries; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct OptOutsWanted {
    /// About this category; `all` is those that are about every one.
    pub category: Option<String>,
    /// About this medium; `all` is those that are about any.
    pub medium: Option<String>,
    /// `person`, `import` or `result`.
    pub origin: Option<String>,
    /// Entries per page, 1–500; 50 when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl OptOutsWanted {
    fn filter(self) -> Answered<OptOutFilter> {
        let paging = Paging { limit: self.limit, cursor: self.cursor };
        let origin = self.origin.map(|origin| origin.parse::<Origin>()).transpose();
        Ok(OptOutFilter {
            category: self.category.as_deref().map(Code::new),
            medium: self.medium.as_deref().map(Code::new),
            origin: origin.map_err(|_| Problem::field("origin", "is person, import or result"))?,
            after: paging.after()?,
            limit: paging.limit()?,
        })
    }
}

/// Lists the entries, newest first, also those that count no longer. No numbers: they are not kept.
#[utoipa::path(get, path = "/do-not-call", tag = "do-not-call", params(OptOutsWanted),
    responses((status = 200, body = Page<OptOutView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<OptOutsWanted>,
) -> Answered<Json<Page<OptOutView>>> {
    let page = app.store.opt_outs(caller.workspace, &wanted.filter()?).await?;
    let names = app.actor_names(&caller).await?;
    let items = page.items.into_iter().map(|entry| OptOutView::new(entry, &names)).collect();
    Ok(Json(Page { items, next_cursor: page.next.map(cursor) }))
}
