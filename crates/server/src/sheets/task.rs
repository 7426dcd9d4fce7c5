//! The task that keeps sheets: follows the journal, and takes the turns that are due.

use super::follow::follow_all;
use super::pass::{self, Reads, Stop};
use super::{SheetConfig, SheetKind, Which};
use crate::app::App;
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;
use tokio::task::JoinSet;

/// Sheets that are worked on at once.
const AT_ONCE: usize = 16;
/// How soon what happened is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Keeps sheets until the server stops.
pub async fn run(app: App) {
    let (mut turns, mut busy) = (JoinSet::new(), HashSet::new());
    while !app.is_stopping() {
        if let Err(error) = follow_all(&app).await {
            tracing::debug!(%error, "sheets cannot be looked up");
        }
        match due(&app).await {
            Ok(due) => {
                for (which, reads) in due {
                    if turns.len() < AT_ONCE && busy.insert(which) {
                        turns.spawn(turn(app.clone(), which, reads));
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "sheets cannot be looked up"),
        }
        tokio::select! {
            Some(ended) = turns.join_next(), if !turns.is_empty() => match ended {
                Ok(which) => drop(busy.remove(&which)),
                // Nobody knows which one its task died of.
                Err(_) if turns.is_empty() => busy.clear(),
                Err(_) => {}
            },
            () = app.clock.sleep(LOOK) => {}
            () = app.stopped() => return,
        }
    }
}

async fn due(app: &App) -> store::Result<Vec<(Which, Reads)>> {
    let found = app.store.sheets_due(app.sheets.node(), app.clock.now()).await?;
    let near = found.into_iter().filter(|(_, sheet)| is_near(app, sheet));
    let mut due: Vec<(Which, Reads)> =
        near.map(|(workspace, sheet)| ((workspace, sheet.id), Reads::WhenDue)).collect();
    due.extend(app.sheets.saved().into_iter().map(|which| (which, Reads::WhenDue)));
    Ok(due)
}

/// Whether this node can have the sheet at all: of several, some may not have its file.
fn is_near(app: &App, sheet: &store::Sheet) -> bool {
    if sheet.kind != SheetKind::File.as_str() || !app.store.is_shared() {
        return true;
    }
    match sheet.trusted {
        true => serde_json::from_str::<SheetConfig>(&sheet.config)
            .is_ok_and(|config| Path::new(&config.link).exists()),
        false => app.config.sheet_folder.is_some(),
    }
}

async fn turn(app: App, which: Which, reads: Reads) -> Which {
    let (workspace, sheet) = (which.0.0, which.1.0);
    if let Err(Stop::Ours(problem)) = pass::run(&app, which, reads).await {
        tracing::warn!(workspace, sheet, problem = problem.detail, "a sheet waits");
    }
    which
}
