//! The task that keeps sheets: follows the journal, and takes the turns that are due.

use super::follow::follow_all;
use super::pass::{self, Reads, Stop};
use super::{SheetConfig, SheetKind, Which};
use crate::app::App;
use routing::Time;
use std::collections::HashSet;
use std::path::Path;
use tokio::task::JoinSet;

/// Sheets that are worked on at once.
const AT_ONCE: usize = 16;
/// How soon what happened is looked at, in milliseconds.
const LOOK_MS: i64 = 1_000;

/// Keeps sheets until the server stops.
pub async fn run(app: App) {
    let (mut turns, mut busy) = (JoinSet::new(), HashSet::new());
    let (mut next, mut first) = (app.clock.now(), true);
    while !app.is_stopping() {
        // However soon a turn ends, nothing is looked at more often than this.
        if app.clock.now() >= next {
            if let Err(error) = follow_all(&app).await {
                tracing::debug!(%error, "sheets cannot be looked up");
            }
            match due(&app, first).await {
                Ok(due) => {
                    first = false;
                    for which in due {
                        if turns.len() < AT_ONCE && busy.insert(which) {
                            turns.spawn(turn(app.clone(), which));
                        }
                    }
                }
                Err(error) => tracing::debug!(%error, "sheets cannot be looked up"),
            }
            next = Time(app.clock.now().0.saturating_add(LOOK_MS));
        }
        tokio::select! {
            Some(ended) = turns.join_next(), if !turns.is_empty() => match ended {
                Ok(which) => drop(busy.remove(&which)),
                // Nobody knows which one its task died of.
                Err(_) if turns.is_empty() => busy.clear(),
                Err(_) => {}
            },
            () = app.clock.sleep_until(next) => {}
            () = app.stopped() => return,
        }
    }
}

/// `first`: files may have been saved while no server ran.
async fn due(app: &App, first: bool) -> store::Result<Vec<Which>> {
    let found = app.store.sheets_due(app.sheets.node(), app.clock.now()).await?;
    let near = found.into_iter().filter(|(_, sheet)| is_near(app, sheet));
    let mut due: Vec<Which> = near.map(|(workspace, sheet)| (workspace, sheet.id)).collect();
    due.extend(app.sheets.saved());
    if first {
        for workspace in app.store.workspaces().await? {
            let all = app.store.sheets(workspace.id).await?;
            let files = all.iter().filter(|sheet| sheet.active && is_file(sheet));
            let near = files.filter(|sheet| is_near(app, sheet));
            due.extend(near.map(|sheet| (workspace.id, sheet.id)));
        }
    }
    Ok(due)
}

fn is_file(sheet: &store::Sheet) -> bool {
    sheet.kind == SheetKind::File.as_str()
}

/// Whether this node can have the sheet at all: of several, some may not have its file.
fn is_near(app: &App, sheet: &store::Sheet) -> bool {
    if !is_file(sheet) || !app.store.is_shared() {
        return true;
    }
    match sheet.trusted {
        true => serde_json::from_str::<SheetConfig>(&sheet.config)
            .is_ok_and(|config| Path::new(&config.link).exists()),
        false => app.config.sheet_folder.is_some(),
    }
}

async fn turn(app: App, which: Which) -> Which {
    let (workspace, sheet) = (which.0.0, which.1.0);
    if let Err(Stop::Ours(problem)) = pass::run(&app, which, Reads::WhenDue).await {
        tracing::warn!(workspace, sheet, problem = problem.detail, "a sheet waits");
    }
    which
}
