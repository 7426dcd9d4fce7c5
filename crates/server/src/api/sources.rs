//! `/sources`: where items come from.

use crate::api::{Answer201, changeable, schema};
use crate::app::App;
use crate::auth::{Caller, Role, secret};
use crate::dispatcher::{Personal, Work};
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, nullable, page_by_id};
use crate::http::{Body, Params, Pick, Problem};
use crate::submission::{Declaration, Declared, Face};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connectors::Field;
use routing::{Answer, Command, DedupeScope, Kind, QueueId, Refusal, SourceId, SourceSpec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Act, SourceRow};
use utoipa::ToSchema;

/// What can be set on a source; what is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SourceChange {
    pub name: Option<String>,
    /// The last part of its webhook's address, `/ingest/{key}`: a–z, 0–9, - and _.
    pub key: Option<String>,
    #[schema(value_type = Option<schema::Kind>)]
    pub kind: Option<Kind>,
    /// Where its items go when no rule says otherwise.
    #[schema(value_type = Option<u64>)]
    pub queue: Option<QueueId>,
    /// Whoever comes again within this time is a duplicate; 0 is never.
    pub dedupe_window_secs: Option<u32>,
    #[schema(value_type = Option<schema::DedupeScope>)]
    pub dedupe_scope: Option<DedupeScope>,
    /// What a duplicate is recognised by: `phone`, `email`, or an attribute's name.
    pub dedupe_key: Option<String>,
    /// The attributes that items carry; one that is not declared `routing` is personal.
    pub attributes: Option<Vec<Declaration>>,
    /// Their field → `phone`, `name`, `email`, `region`, `language`, `priority`, `earliest`,
    /// `skip`, or an attribute.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub map: Option<BTreeMap<String, Field>>,
    /// After so many days the person of a closed item is erased; null is never.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub retention_days: Option<Option<u32>>,
    /// The webhook's secret; one is made when absent.
    pub secret: Option<String>,
    /// Makes a new secret, which the answer shows once.
    pub rotate_secret: Option<bool>,
    /// `true` makes an inactive source active again.
    pub active: Option<bool>,
}

impl SourceChange {
    fn merge(self, spec: &mut SourceSpec) {
        macro_rules! take {
            ($($field:ident),*) => { $(if let Some(value) = self.$field { spec.$field = value; })* };
        }
        take!(name, kind, queue, dedupe_window_secs, dedupe_scope);
    }

    fn merge_face(&mut self, face: &mut Face) -> Answered<()> {
        if let Some(key) = self.dedupe_key.take() {
            face.dedupe_key = key;
        }
        if let Some(key) = self.key.take() {
            face.key = key;
        }
        if let Some(attributes) = self.attributes.take() {
            face.declared = Declared::new(attributes)?;
        }
        if let Some(map) = self.map.take() {
            face.map = map;
        }
        if let Some(days) = self.retention_days.take() {
            face.retention_days = days;
        }
        face.check()
    }

    /// The webhook's new secret: the one given, or a fresh one.
    fn secret(&self, fresh: bool) -> Answered<Option<String>> {
        match &self.secret {
            Some(given) if (16..=200).contains(&given.len()) => Ok(Some(given.clone())),
            Some(_) => Err(Problem::field("secret", "must have 16 to 200 characters")),
            None if fresh || self.rotate_secret == Some(true) => {
                Ok(Some(secret::webhook().map_err(Problem::internal)?))
            }
            None => Ok(None),
        }
    }
}

/// A source.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Source)]
pub struct SourceView {
    pub id: u64,
    /// The last part of its webhook's address, `/ingest/{key}`.
    pub key: String,
    pub active: bool,
    pub has_secret: bool,
    pub name: String,
    #[schema(value_type = schema::Kind)]
    pub kind: Kind,
    pub queue: u64,
    pub dedupe_window_secs: u32,
    #[schema(value_type = schema::DedupeScope)]
    pub dedupe_scope: DedupeScope,
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
    fn new(row: &SourceRow, secret: Option<String>) -> Answered<Self> {
        let face = Face::of(row)?;
        let spec = row.source.spec.clone();
        Ok(SourceView {
            id: row.source.id.0,
            key: face.key,
            active: row.source.active,
            has_secret: row.secret_hash.is_some(),
            name: spec.name,
            kind: spec.kind,
            queue: spec.queue.0,
            dedupe_window_secs: spec.dedupe_window_secs,
            dedupe_scope: spec.dedupe_scope,
            dedupe_key: face.dedupe_key,
            attributes: face.declared.list(),
            map: face.map.into_iter().map(|(t, ours)| (t, ours.to_string())).collect(),
            retention_days: face.retention_days,
            secret,
        })
    }
}

async fn find(app: &App, caller: &Caller, id: SourceId) -> Answered<SourceRow> {
    let row = app.store.source(caller.workspace, id).await?;
    Ok(row.ok_or(Refusal::UnknownSource(id))?)
}

/// The key's uniqueness is looked at here for a clear answer, and guarded by the database.
async fn key_is_free(app: &App, caller: &Caller, key: &str, own: SourceId) -> Answered<()> {
    match app.store.source_by_key(caller.workspace, key).await? {
        Some(row) if row.source.id != own => {
            Err(Problem::field("key", "is used by another source; choose another"))
        }
        _ => Ok(()),
    }
}

/// Creates a source; the answer shows its webhook's secret once.
#[utoipa::path(post, path = "/sources", tag = "sources", params(IdempotencyHeader),
    request_body = SourceChange, responses((status = 201, body = SourceView)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Create { mut body, key }: Create<SourceChange>,
) -> Answer201<SourceView> {
    let (mut spec, mut face) = (SourceSpec::default(), Face::default());
    face.key = slug(body.name.as_deref().unwrap_or_default());
    changeable(true, body.active)?;
    body.merge_face(&mut face)?;
    body.clone().merge(&mut spec);
    let _turn = app.edits.turn(caller.workspace).await;
    if key.is_none() {
        key_is_free(&app, &caller, &face.key, SourceId(0)).await?;
    }
    let secret = body.secret(true)?;
    let mut work = Work::from(Command::CreateSource { spec });
    let row = face.row(SourceId(0), secret.as_deref().map(secret::hash))?;
    work.personal.push(Personal::Source(Box::new(row)));
    let done = app.one(&caller, key, vec![work]).await?;
    app.forget_names(caller.workspace);
    let Answer::Source(id) = done.answer else { return Err(Problem::internal("not a source")) };
    // A repeated answer cannot show the secret: only its hash is kept.
    let secret = secret.filter(|_| !done.events.is_empty());
    Ok((StatusCode::CREATED, Json(SourceView::new(&find(&app, &caller, id).await?, secret)?)))
}

/// Lists the sources, inactive ones too.
#[utoipa::path(get, path = "/sources", tag = "sources", params(Paging),
    responses((status = 200, body = Page<SourceView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<SourceView>>> {
    let rows = app.store.sources(caller.workspace).await?;
    let views: Answered<Vec<SourceView>> =
        rows.iter().map(|row| SourceView::new(row, None)).collect();
    let views = views?.into_iter().map(|view| (view.id, shown_to(&caller, view)));
    Ok(Json(page_by_id(views, &paging)?))
}

/// Agents need the labels of attributes, not how the source is reached.
fn shown_to(caller: &Caller, mut view: SourceView) -> SourceView {
    if caller.role == Role::Agent {
        view.map.clear();
    }
    view
}

/// One source.
#[utoipa::path(get, path = "/sources/{id}", tag = "sources", params(("id" = u64, Path)),
    responses((status = 200, body = SourceView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<SourceView>> {
    let view = SourceView::new(&find(&app, &caller, SourceId(id)).await?, None)?;
    Ok(Json(shown_to(&caller, view)))
}

/// Changes a source; fields that are absent stay as they are.
#[utoipa::path(patch, path = "/sources/{id}", tag = "sources", params(("id" = u64, Path)),
    request_body = SourceChange, responses((status = 200, body = SourceView)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(mut body): Body<SourceChange>,
) -> Answered<Json<SourceView>> {
    let source = SourceId(id);
    let _turn = app.edits.turn(caller.workspace).await;
    let row = find(&app, &caller, source).await?;
    let before = Face::of(&row)?;
    let mut face = before.clone();
    body.merge_face(&mut face)?;
    key_is_free(&app, &caller, &face.key, source).await?;
    let secret = body.secret(false)?;
    let hash = secret.as_deref().map(secret::hash).or(row.secret_hash);
    let mut work = Work::change(move |state| {
        let found = state.facts().sources.get(&source).ok_or(Refusal::UnknownSource(source))?;
        changeable(found.active, body.active)?;
        let mut spec = found.spec.clone();
        body.clone().merge(&mut spec);
        Ok(Command::UpdateSource { source, spec })
    });
    work.personal.push(Personal::Source(Box::new(face.row(source, hash)?)));
    let changed = before.changes(&face).map(|body| ("source_face_changed", body));
    let rotated = secret.as_ref().map(|_| ("secret_rotated", serde_json::json!({})));
    for (act, body) in changed.into_iter().chain(rotated) {
        let (actor, object_id) = (caller.actor, Some(id));
        work.personal.push(Personal::Act(Box::new(Act {
            actor,
            act,
            object: "source",
            object_id,
            body,
        })));
    }
    app.one(&caller, None, vec![work]).await?;
    app.forget_names(caller.workspace);
    Ok(Json(SourceView::new(&find(&app, &caller, source).await?, secret)?))
}

/// Deactivates a source: it takes nothing in any more.
#[utoipa::path(delete, path = "/sources/{id}", tag = "sources", params(("id" = u64, Path)),
    responses((status = 200, body = SourceView)))]
pub async fn deactivate(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<SourceView>> {
    let source = SourceId(id);
    app.command(&caller, Command::DeactivateSource { source }).await?;
    app.forget_names(caller.workspace);
    Ok(Json(SourceView::new(&find(&app, &caller, source).await?, None)?))
}

/// A key from a name: `Meta Lead Ads` becomes `meta-lead-ads`.
fn slug(name: &str) -> String {
    let letters = name.to_lowercase();
    let words = letters.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-");
    slug.truncate(60);
    if slug.is_empty() { "source".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_key_is_made_from_the_name() {
        assert_eq!(super::slug("Meta Lead Ads (2026)"), "meta-lead-ads-2026");
        assert_eq!(super::slug("表格"), "source");
    }
}

#[cfg(test)]
mod http_tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_secret_is_shown_once_and_can_be_changed() {
        let h = Harness::new().await;
        let queue = h.post("/queues", json!({"name": "Leads"})).await["id"].clone();
        let made = h
            .call("POST", "/sources", json!({"name": "Meta Ads", "queue": queue}))
            .await
            .expect(201);
        assert_eq!(
            (&made["key"], &made["dedupe_window_secs"]),
            (&json!("meta-ads"), &json!(86_400))
        );
        let first = made["secret"].as_str().unwrap().to_owned();
        let path = format!("/sources/{}", made["id"]);
        let seen = h.get(&path).await;
        assert_eq!((&seen["has_secret"], &seen["secret"]), (&json!(true), &Value::Null));
        let rotated = h.call("PATCH", &path, json!({"rotate_secret": true})).await.expect(200);
        assert_ne!(rotated["secret"], json!(first));
        let changed = json!({"map": {"Handy": "phone"}, "attributes": [{"name": "budget", "type": "number", "routing": true}]});
        let changed = h.call("PATCH", &path, changed).await.expect(200);
        assert_eq!(changed["map"]["Handy"], "phone");
        assert_eq!(changed["attributes"][0]["routing"], true);
        let taken = h.call("POST", "/sources", json!({"name": "Meta Ads", "queue": queue})).await;
        assert_eq!(taken.problem(422), "invalid");
        assert_eq!(taken.body["errors"][0]["field"], "key");
        let reserved = json!({"name": "X", "queue": queue, "attributes": [{"name": "phone"}]});
        assert_eq!(h.call("POST", "/sources", reserved).await.problem(422), "invalid");
        h.end().await;
    }
}
