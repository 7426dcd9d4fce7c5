//! `/imports`: files in.

mod rejected;
mod start;

pub use rejected::*;
pub use start::*;

use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging};
use crate::http::{Params, Pick, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{ImportId, ImportJob, ImportState, RejectedRow};
use utoipa::ToSchema;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStateName {
    /// A dry run: nothing is imported.
    Preview,
    Running,
    Done,
    Failed,
}

/// A column, and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnView {
    pub column: String,
    /// `phone`, `name`, `email`, `region`, `language`, `priority`, `earliest`, `skip`, or an
    /// attribute's name.
    pub becomes: String,
    /// Its first values that are not empty.
    pub samples: Vec<String>,
}

/// A row that could not be imported.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RejectedRowView {
    /// Counted from 1, the header not counted.
    pub row: u64,
    pub problem: String,
}

/// An import.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    /// Null for a dry run.
    pub id: Option<u64>,
    pub state: ImportStateName,
    pub file: String,
    pub source: u64,
    /// Rows in the file.
    pub total: Option<u64>,
    /// Rows dealt with. In a dry run: the first rows, at most 1,000, whose fate is counted here.
    pub done: u64,
    pub imported: u64,
    pub duplicates: u64,
    pub rejected: u64,
    /// Column → what it becomes.
    pub mapping: BTreeMap<String, String>,
    /// In a dry run: every column with its first values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnView>,
    /// The first 100; all of them are in /imports/{id}/rejected.
    pub rejected_rows: Vec<RejectedRowView>,
    /// In a dry run: rows that would be imported with a phone that cannot be called.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unusable_phones: u64,
    /// This very file was imported by this source before: this is that import, and nothing was
    /// imported again. Send `again: true` to do so. In a dry run: it would be so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub already: bool,
    /// Why it failed, if it did.
    pub problem: Option<String>,
    pub created_at: Option<Rfc3339>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl ImportView {
    /// The job as clients see it.
    pub fn new(job: ImportJob, rejected: Vec<RejectedRow>) -> Self {
        let rejected_rows =
            rejected.into_iter().map(|r| RejectedRowView { row: r.row, problem: r.problem });
        ImportView {
            id: Some(job.id.0),
            state: match job.state {
                ImportState::Running => ImportStateName::Running,
                ImportState::Done => ImportStateName::Done,
                ImportState::Failed => ImportStateName::Failed,
            },
            file: job.file,
            source: job.source.0,
            total: job.total,
            done: job.done,
            imported: job.imported,
            duplicates: job.duplicates,
            rejected: job.rejected,
            mapping: serde_json::from_value(job.mapping).unwrap_or_default(),
            columns: Vec::new(),
            rejected_rows: rejected_rows.collect(),
            unusable_phones: 0,
            already: false,
            problem: job.problem,
            created_at: Some(Rfc3339(job.created_at)),
        }
    }
}

async fn find(app: &App, caller: &Caller, id: u64) -> Answered<ImportJob> {
    let job = app.store.import(caller.workspace, ImportId(id)).await?;
    job.ok_or_else(|| Problem::not_found(format!("There is no import {id}.")))
}

/// One import and how far it is.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", params(("id" = u64, Path)),
    responses((status = 200, body = ImportView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<ImportView>> {
    let job = find(&app, &caller, id).await?;
    let rejected = app.store.rejected_rows(caller.workspace, job.id, None, 100).await?;
    Ok(Json(ImportView::new(job, rejected.items)))
}

/// Lists the latest imports, newest first.
#[utoipa::path(get, path = "/imports", tag = "imports", params(Paging),
    responses((status = 200, body = Page<ImportView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<ImportView>>> {
    let limit = paging.limit()? as usize;
    let jobs = app.store.imports(caller.workspace).await?;
    let views = jobs.into_iter().take(limit).map(|job| ImportView::new(job, Vec::new()));
    Ok(Json(Page::whole(views.collect())))
}
