//! One lead: fetched, read as its source says, submitted under its id.

use crate::api::ingest::incoming;
use crate::api::items::submit::work;
use crate::app::App;
use crate::dispatcher::{Actor, Request, SubmitError, WorkspaceId};
use crate::fetch::accept::Wanted;
use crate::fetch::graph::Client;
use crate::http::Problem;
use crate::submission::{KnownSource, Locale, Prepared, Slot, Strictness, prepare};
use axum::http::StatusCode;
use connectors::webhook::graph::{Fields, Then, Trouble};
use routing::Refusal;
use serde_json::Value;

/// Why a lead is not there yet.
#[derive(Debug)]
pub enum Missed {
    /// Its source takes nothing in for now: that is nobody's trouble.
    Inactive,
    Trouble(Trouble),
}

impl From<Trouble> for Missed {
    fn from(trouble: Trouble) -> Self {
        Missed::Trouble(trouble)
    }
}

/// Fetches a lead and makes an item of it. Done twice, it gives one item.
pub async fn fetch(
    app: &App,
    client: &Client,
    workspace: WorkspaceId,
    wanted: &Wanted,
) -> Result<(), Missed> {
    let source = app.source_by_id(workspace, wanted.source).await.map_err(passing)?;
    let source = source.ok_or_else(|| Trouble::new(Then::GiveUp, "the source is gone"))?;
    if !source.source.active {
        return Err(Missed::Inactive);
    }
    let token = source.secrets.open(app, workspace, wanted.source, Slot::PageToken);
    let token = token.map_err(|error| Trouble::new(Then::Mend, error.to_string()))?;
    let Some(token) = token else {
        return Err(Trouble::new(Then::Mend, "the source has no page token; set one").into());
    };
    let (client, id) = (client.clone(), wanted.lead.leadgen_id.clone());
    let fields = tokio::task::spawn_blocking(move || client.lead(&id, &token)).await;
    let fields = fields.map_err(|_| Trouble::new(Then::TrySoon, "the request was cut off"))??;
    let prepared = read(app, workspace, &source, wanted, fields).await?;
    let request = Request {
        actor: Actor::Source(wanted.source),
        idempotency: Some(wanted.item_key()),
        work: vec![work(&prepared)],
    };
    let results = app.dispatcher.submit(workspace, request).await.map_err(|error| match error {
        SubmitError::UnknownWorkspace | SubmitError::Refused | SubmitError::KeyReused => {
            Trouble::new(Then::GiveUp, error.to_string())
        }
        error => Trouble::new(Then::TrySoon, error.to_string()),
    })?;
    for result in results {
        result.map_err(|refusal| match refusal {
            Refusal::SourceInactive(_) => Missed::Inactive,
            refusal => Trouble::new(Then::Mend, refusal.to_string()).into(),
        })?;
    }
    app.metrics.items_in.inc();
    Ok(())
}

async fn read(
    app: &App,
    workspace: WorkspaceId,
    source: &KnownSource,
    wanted: &Wanted,
    mut fields: Fields,
) -> Result<Prepared, Trouble> {
    let lead = &wanted.lead;
    for (name, id) in [
        ("page_id", &lead.page_id),
        ("form_id", &lead.form_id),
        ("ad_id", &lead.ad_id),
        ("adgroup_id", &lead.adgroup_id),
    ] {
        // What the lead itself says goes before the notice.
        if let Some(id) = id.clone().filter(|_| !fields.contains_key(name)) {
            fields.insert(name.to_owned(), Value::String(id));
        }
    }
    fields.insert("leadgen_id".to_owned(), Value::String(lead.leadgen_id.clone()));
    let settings = app.settings(workspace).await.map_err(passing)?;
    let contact_key = app.contact_key(workspace).await.map_err(passing)?;
    let (id, face) = (source.source.id, &source.face);
    let object = incoming(app, workspace, source, &settings, Value::Object(fields));
    let prepared = object.and_then(|incoming| {
        prepare(id, face, &contact_key, &Locale::of(&settings), incoming, Strictness::Keep)
    });
    prepared.map_err(passing)
}

/// Our own trouble: the database's passes, a lead that cannot be read does not.
fn passing(problem: Problem) -> Trouble {
    let then = match problem.status {
        StatusCode::UNPROCESSABLE_ENTITY => Then::GiveUp,
        _ => Then::TrySoon,
    };
    Trouble::new(then, problem.detail)
}
