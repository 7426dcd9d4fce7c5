//! A source as it is shown: of its secrets only whether they are there.

use crate::api::schema;
use crate::http::Rfc3339;
use crate::http::problem::Answered;
use crate::submission::{Declaration, Face, Secrets, Slot};
use connectors::webhook::Signing;
use routing::{DedupeScope, Kind, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::SourceRow;
use utoipa::ToSchema;

/// A source.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Source)]
pub struct SourceView {
    pub id: u64,
    /// The last part of its webhook's address, `/ingest/{key}`.
    pub key: String,
    pub active: bool,
    /// How its webhook proves who sent it.
    #[schema(value_type = schema::Signing)]
    pub signing: Signing,
    pub has_secret: bool,
    /// Until when the secret before the last rotation counts too.
    pub old_secret_until: Option<Rfc3339>,
    /// Whether Meta's app secret is set.
    pub has_app_secret: bool,
    /// Whether the token of the Meta page is set.
    pub has_page_token: bool,
    /// Whether every secret is set that its kind of signing needs.
    pub is_ready: bool,
    /// Leads that Meta gave notice of and that could not be fetched.
    pub fetch_failed: u64,
    /// Why fetching last did not work, if it ever did not.
    pub fetch_problem: Option<String>,
    /// When that was.
    pub fetch_problem_at: Option<Rfc3339>,
    pub name: String,
    #[schema(value_type = schema::Kind)]
    pub kind: Kind,
    pub queue: u64,
    pub dedupe_window_secs: u32,
    #[schema(value_type = schema::DedupeScope)]
    pub dedupe_scope: DedupeScope,
    /// What its calls are about; null is everything.
    pub category: Option<String>,
    /// How its contacts are reached; null is in any way.
    pub medium: Option<String>,
    pub dedupe_key: String,
    pub attributes: Vec<Declaration>,
    pub map: BTreeMap<String, String>,
    /// After so many days the person of a closed item is erased; null is never.
    pub retention_days: Option<u32>,
    /// The webhook's secret: shown in the answer that made it, never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl SourceView {
    pub fn new(row: &SourceRow, secret: Option<String>, now: Time) -> Answered<Self> {
        let face = Face::of(row)?;
        let secrets = Secrets::of(row);
        let spec = row.source.spec.clone();
        Ok(SourceView {
            id: row.source.id.0,
            key: face.key,
            active: row.source.active,
            signing: face.signing,
            has_secret: secrets.hash.is_some(),
            old_secret_until: secrets.old_until.filter(|_| secrets.old_counts(now)).map(Rfc3339),
            has_app_secret: secrets.has(Slot::AppSecret),
            has_page_token: secrets.has(Slot::PageToken),
            is_ready: secrets.missing(face.signing).is_empty(),
            fetch_failed: row.fetch_failed,
            fetch_problem: row.fetch_problem.clone(),
            fetch_problem_at: row.fetch_problem_at.map(Rfc3339),
            name: spec.name,
            kind: spec.kind,
            queue: spec.queue.0,
            dedupe_window_secs: spec.dedupe_window_secs,
            dedupe_scope: spec.dedupe_scope,
            category: spec.category.map(|c| c.as_str().to_owned()),
            medium: spec.medium.map(|c| c.as_str().to_owned()),
            dedupe_key: face.dedupe_key,
            attributes: face.declared.list(),
            map: face.map.into_iter().map(|(t, ours)| (t, ours.to_string())).collect(),
            retention_days: face.retention_days,
            secret,
        })
    }
}
