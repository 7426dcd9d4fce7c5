//! `/workspaces`: all of them. Only for commands on the server's own machine, which it lets in by a
//! token that it writes into a file of its owner's alone.

use crate::api::Answer201;
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::Body;
use crate::http::problem::Answered;
use crate::http::wire::Page;
use crate::workspaces::{self, NewWorkspace, SetupLink, WorkspaceSummary};
use crate::{Error, serve};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

/// Lists the workspaces of the database.
#[utoipa::path(get, path = "/workspaces", tag = "workspace",
    responses((status = 200, body = Page<WorkspaceSummary>)))]
pub async fn list(State(app): State<App>) -> Answered<Json<Page<WorkspaceSummary>>> {
    Ok(Json(Page::whole(workspaces::summaries(&*app.store).await?)))
}

/// Makes a workspace; the answer holds the one-time link that makes its admin.
#[utoipa::path(post, path = "/workspaces", tag = "workspace", request_body = NewWorkspace,
    responses((status = 201, body = SetupLink)))]
pub async fn create(State(app): State<App>, Body(new): Body<NewWorkspace>) -> Answer201<SetupLink> {
    let made = workspaces::create(&*app.store, &app.dispatcher, &app.clock, &new).await;
    let id = made.map_err(problem)?;
    let (secret, hash) = workspaces::new_link().map_err(problem)?;
    app.forget_workspaces();
    app.expect_admin(id, hash);
    serve::announce(&app).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(SetupLink::new(id, &secret))))
}

fn problem(error: Error) -> Problem {
    match error {
        Error::Invalid { field, problem } => Problem::field(field, problem),
        Error::Store(error) => error.into(),
        error => Problem::internal(error),
    }
}
