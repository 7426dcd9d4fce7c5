//! What would become of a file's first rows, were it imported now.

use crate::app::App;
use crate::dispatcher::WorkspaceId;
use crate::http::problem::Answered;
use crate::imports::Maker;
use crate::imports::job::blocking;
use crate::submission::Prepared;
use connectors::Row;
use routing::{ContactKey, DedupeScope, SourceId};
use std::collections::BTreeSet;
use store::RejectedRow;

/// The rows a forecast looks at: enough to see what is wrong with a file, few enough to be at once.
pub const FORECAST_ROWS: usize = 1000;

/// Of the first rows, what would happen.
#[derive(Debug, Default)]
pub struct Forecast {
    pub imported: u64,
    /// In the file twice, or already here.
    pub duplicates: u64,
    pub rejected: Vec<RejectedRow>,
    /// Rows that would come in with a phone that cannot be called.
    pub unusable_phones: u64,
}

/// Tries the rows without importing them.
pub async fn forecast(
    app: &App,
    workspace: WorkspaceId,
    maker: Maker,
    rows: Vec<Row>,
) -> Answered<Forecast> {
    let spec = maker.source.source.spec.clone();
    let among = match spec.dedupe_scope {
        DedupeScope::Workspace => SourceId(0),
        DedupeScope::Source => maker.source.source.id,
    };
    let tried = blocking(move || Ok(rows.iter().map(|row| maker.prepare(row)).collect::<Vec<_>>()));
    let (mut forecast, mut contacts) = (Forecast::default(), Vec::new());
    for row in tried.await? {
        if let Ok(Prepared { personal, .. }) = &row {
            let unusable = personal.phone_raw.is_some() && !personal.phone_ok;
            forecast.unusable_phones += u64::from(unusable);
        }
        match row {
            Ok(prepared) if spec.dedupe_window_secs > 0 => {
                contacts.push(prepared.submission.contact);
            }
            Ok(_) => contacts.push(None),
            Err(rejected) => forecast.rejected.push(rejected),
        }
    }
    let (now, asked) = (app.clock.now(), contacts.clone());
    let mut known: BTreeSet<ContactKey> = app
        .look(workspace, move |state| {
            let holds = &state.facts().holds;
            let held = |contact: &ContactKey| {
                holds.get(&(among, *contact)).is_some_and(|first| first.until > now)
            };
            asked.into_iter().flatten().filter(held).collect()
        })
        .await?;
    for contact in contacts {
        match contact {
            Some(contact) if !known.insert(contact) => forecast.duplicates += 1,
            _ => forecast.imported += 1,
        }
    }
    Ok(forecast)
}
