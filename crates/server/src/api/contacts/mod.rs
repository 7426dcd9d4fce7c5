//! `/contacts`: what is kept of one person outside, to be given to them or erased. Both are asked
//! with POST: a phone number must never stand in an address, which is logged in many places.

pub mod erase;
pub mod export;
pub mod leave;
#[cfg(test)]
mod tests;

use crate::app::App;
use crate::auth::Caller;
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::submission::read_phone;
use axum::http::StatusCode;
use routing::{ItemId, Refusal};
use serde::Deserialize;
use store::{Held, MOST_ITEMS, Who};
use utoipa::ToSchema;

/// Whose data it is: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = WhoseContact)]
pub struct Whose {
    /// In any form; without a country code it is read as one of the workspace's country.
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The contact of this item: their other items are found by its phone and e-mail.
    pub item: Option<u64>,
}

impl Whose {
    async fn who(self, app: &App, caller: &Caller) -> Answered<Who> {
        match self {
            Whose { phone: Some(phone), email: None, item: None } => {
                let country = app.settings(caller.workspace).await?.country.clone();
                let number = read_phone(Some(&phone), &country).e164;
                let problem = "is not a phone number; write it as +919876543210";
                let number = number.ok_or_else(|| Problem::field("phone", problem))?;
                Ok(Who { phone: Some(number), ..Who::default() })
            }
            Whose { phone: None, email: Some(email), item: None } => {
                let email = email.trim();
                if !email.contains('@') {
                    return Err(Problem::field("email", "is not an e-mail address"));
                }
                Ok(Who { email: Some(email.to_owned()), ..Who::default() })
            }
            Whose { phone: None, email: None, item: Some(id) } => {
                let item = ItemId(id);
                let row = app.store.item(caller.workspace, item).await?;
                row.ok_or(Refusal::UnknownItem(item))?;
                Ok(Who { item: Some(item), ..Who::default() })
            }
            _ => {
                Err(Problem::field("phone", "or email or item must be given: exactly one of them"))
            }
        }
    }
}

/// Everything that is kept of them.
async fn held(app: &App, caller: &Caller, who: &Who) -> Answered<Held> {
    let held = app.store.find_contact(caller.workspace, who).await?;
    held.ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "not_one_person",
            format!(
                "More than {MOST_ITEMS} items have this contact, so it stands for many people; \
                 name them one by one, by their items."
            ),
        )
    })
}

fn ids(held: &Held) -> Vec<u64> {
    held.items.iter().map(|one| one.item.0).collect()
}
