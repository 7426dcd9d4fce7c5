//! A sheet as it is shown: of its secrets only whether they are there.

use super::schema;
use crate::http::problem::Answered;
use crate::http::{Problem, Rfc3339};
use crate::sheets::{Pace, SheetConfig, SheetKind};
use connectors::mirror::{Budget, Columns};
use routing::Time;
use serde::Serialize;
use store::{Sheet, SheetFigures};
use utoipa::ToSchema;

/// A sheet whose rows become items, and that shows what came of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Sheet)]
pub struct SheetView {
    pub id: u64,
    pub name: String,
    pub kind: SheetKind,
    /// The source whose items its rows become.
    pub source: u64,
    /// What a browser's address bar shows, or a file's path.
    pub link: String,
    pub tab: Option<String>,
    pub header_row: Option<u32>,
    pub base: Option<String>,
    #[schema(value_type = Vec<schema::SheetColumn>)]
    pub columns: Columns,
    pub pace: Pace,
    pub active: bool,
    pub has_secrets: bool,
    pub created_at: Rfc3339,
    pub state: SheetState,
}

/// How a sheet is doing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetState {
    /// Rows that are known.
    pub rows: u64,
    /// Rows that have become items.
    pub with_item: u64,
    /// Rows that somebody has marked in the sheet as done, or as theirs: they are not handed out.
    pub done_outside: u64,
    pub owned_outside: u64,
    /// Rows that are not in the sheet any more.
    pub withdrawn: u64,
    /// Rows that cannot become items as they are.
    pub unfit: u64,
    /// Rows that the sheet does not show yet what it should of.
    pub waiting_to_write: u64,
    /// For how long the first of them has been waiting.
    pub lag_secs: u64,
    /// Cells about which people have to decide.
    pub conflicts: u64,
    /// Nothing is read or written before; null while nothing is in the way.
    pub paused_until: Option<Rfc3339>,
    /// Why it is paused; null while it is not.
    pub paused_for: Option<Pause>,
    /// What is in the way, in words.
    pub trouble: Option<String>,
    pub last_read_at: Option<Rfc3339>,
    pub last_written_at: Option<Rfc3339>,
    /// Calls to the service; null for a file.
    pub budget: Option<SheetBudget>,
}

/// Why nothing is read or written for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SheetPause)]
pub enum Pause {
    /// The service asked us to wait.
    Service,
    /// The calls that may be made are used up.
    Budget,
    /// Something is in the way, and is tried again then.
    Trouble,
    /// Calls are spread over the rest of the day.
    Pace,
}

/// Calls that were made, and how many there may be.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SheetBudget {
    /// In the last minute.
    pub minute: Spending,
    /// In the last 24 hours.
    pub day: Spending,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = SheetSpending)]
pub struct Spending {
    pub used: u32,
    pub of: u32,
}

impl SheetView {
    pub fn new(sheet: Sheet, figures: SheetFigures, now: Time) -> Answered<SheetView> {
        let kind = SheetKind::of(&sheet.kind)
            .ok_or_else(|| Problem::internal("a sheet of an unknown kind"))?;
        let config: SheetConfig = serde_json::from_str(&sheet.config).map_err(Problem::internal)?;
        let health = sheet.health;
        let calls = config.budget(kind, health.budget.as_deref());
        let paused_for = (health.paused_until > now).then(|| match &health.trouble {
            _ if calls.rests_until(now.0).is_some() => Pause::Service,
            Some(_) if health.failures > 0 => Pause::Trouble,
            _ if kind != SheetKind::File && calls.held_until(now.0).is_some() => Pause::Budget,
            Some(_) => Pause::Trouble,
            None => Pause::Pace,
        });
        let budget = (kind != SheetKind::File).then(|| {
            let (minute, day) = config.calls(kind);
            let spent = Budget::spent(&calls, now.0);
            SheetBudget {
                minute: Spending { used: spent.minute, of: minute },
                day: Spending { used: spent.day, of: day },
            }
        });
        let waiting = figures.waiting_since.map_or(0, |since| now.0.saturating_sub(since.0) / 1000);
        Ok(SheetView {
            id: sheet.id.0,
            name: sheet.name,
            kind,
            source: sheet.source.0,
            link: config.link,
            tab: config.tab,
            header_row: config.header_row,
            base: config.base,
            columns: config.columns,
            pace: config.pace,
            active: sheet.active,
            has_secrets: sheet.sealed.is_some(),
            created_at: Rfc3339(sheet.created_at),
            state: SheetState {
                rows: figures.rows,
                with_item: figures.with_item,
                done_outside: figures.done_outside,
                owned_outside: figures.owned_outside,
                withdrawn: figures.withdrawn,
                unfit: figures.unfit,
                waiting_to_write: figures.waiting_to_write,
                lag_secs: u64::try_from(waiting).unwrap_or(0),
                conflicts: figures.conflicts,
                paused_until: Some(Rfc3339(health.paused_until)).filter(|until| until.0 > now),
                paused_for,
                trouble: health.trouble,
                last_read_at: health.last_read_at.map(Rfc3339),
                last_written_at: health.last_written_at.map(Rfc3339),
                budget,
            },
        })
    }
}
