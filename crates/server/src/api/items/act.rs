//! What the actions on an item share: who may act, on which version, and the answer.

use crate::api::items::view::ItemView;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::dispatcher::{Personal, Work};
use crate::http::Problem;
use crate::http::problem::Answered;
use routing::{Command, ItemId, Seen};
use serde::Deserialize;
use store::NoteKind;
use utoipa::ToSchema;

/// The longest note, in characters.
pub const MAX_NOTE: usize = 2000;

/// A body that says only which version was seen.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Versioned {
    /// The item's version as last seen; a stale one is refused with 409.
    pub version: u32,
}

/// An agent acts as itself; a supervisor on anybody's item.
pub fn seen(caller: &Caller, version: u32) -> Answered<Seen> {
    let agent = match caller.role {
        Role::Agent => Some(caller.own_agent()?),
        Role::Supervisor | Role::Admin => None,
    };
    Ok(Seen { agent, version: Some(version) })
}

/// Carries out the action and answers the item as it then is.
pub async fn act(
    app: &App,
    caller: &Caller,
    item: ItemId,
    command: Command,
    note: Option<String>,
) -> Answered<ItemView> {
    let mut work = Work::from(command);
    if let Some(note) = note.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()) {
        if note.chars().count() > MAX_NOTE {
            let problem = format!("must have at most {MAX_NOTE} characters");
            return Err(Problem::field("note", problem));
        }
        let kind = match work.command {
            Command::Complete { .. } => NoteKind::Complete,
            Command::Reassign { .. } => NoteKind::Reassign,
            Command::Cancel { .. } => NoteKind::Cancel,
            _ => NoteKind::Other,
        };
        work.personal.push(Personal::Note { kind, text: note });
    }
    app.one(caller, None, vec![work]).await.map_err(|problem| hide(caller, item, problem))?;
    app.item_view(caller, item, false).await
}

/// An agent does not learn whether other agents' items exist.
fn hide(caller: &Caller, item: ItemId, problem: Problem) -> Problem {
    if caller.role == Role::Agent && problem.name == "not_holder" {
        return routing::Refusal::UnknownItem(item).into();
    }
    problem
}
