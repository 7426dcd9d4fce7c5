//! `/sources`: where items come from.

pub mod rotate;
mod secrets;
mod view;

pub use view::SourceView;

use crate::api::{Answer201, changeable, schema};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::dispatcher::{Personal, Work};
use crate::fetch;
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, capped, nullable, page_by_id};
use crate::http::{Body, Params, Pick, Problem};
use crate::submission::{Declaration, Declared, Face, Secrets, Slot, sealing};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connectors::Field;
use connectors::webhook::Signing;
use routing::{Answer, Code, Command, DedupeScope, Kind, QueueId, Refusal, SourceId, SourceSpec};
use secrets::Changed;
use serde::Deserialize;
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
    #[serde(deserialize_with = "capped")]
    pub dedupe_window_secs: Option<u32>,
    #[schema(value_type = Option<schema::DedupeScope>)]
    pub dedupe_scope: Option<DedupeScope>,
    /// What its calls are about, such as `banking`: entries of the do-not-call list that name
    /// another category do not concern it. Null is everything.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub category: Option<Option<Code>>,
    /// How its contacts are reached, such as `voice` or `sms`: the same for entries that name
    /// another medium. Null is in any way.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub medium: Option<Option<Code>>,
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
    /// How its webhook proves who sent it; another kind gets another secret.
    #[schema(value_type = Option<schema::Signing>)]
    pub signing: Option<Signing>,
    /// The webhook's secret; one is made when absent. For Standard Webhooks it is the key
    /// (`whsec_…`), for Meta the verify token, for Google the key of the form.
    pub secret: Option<String>,
    /// Makes a new secret, which the answer shows once, and takes the old one away at once;
    /// `/sources/{id}/rotate-secret` keeps it for a while.
    pub rotate_secret: Option<bool>,
    /// Meta's app secret, which signs its webhooks. It is sealed and never shown; an empty text
    /// takes it out.
    pub app_secret: Option<String>,
    /// The token of the Meta page, which leads are fetched with. Sealed and never shown.
    pub page_token: Option<String>,
    /// `true` makes an inactive source active again.
    pub active: Option<bool>,
}

impl SourceChange {
    fn merge(self, spec: &mut SourceSpec) {
        macro_rules! take {
            ($($field:ident),*) => { $(if let Some(value) = self.$field { spec.$field = value; })* };
        }
        take!(name, kind, queue, dedupe_window_secs, dedupe_scope, category, medium);
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
        if let Some(signing) = self.signing {
            face.signing = signing;
        }
        face.check()
    }

    /// What becomes of the secrets. A source that is new, or is signed in another way than before,
    /// gets a fresh one.
    fn secrets(&mut self, mut before: Secrets, signing: Signing, fresh: bool) -> Answered<Changed> {
        let given = self.secret.take();
        let own = fresh || given.is_some() || self.rotate_secret == Some(true);
        if own {
            before.revoke();
        }
        let mut changed = Changed::of(before);
        if own {
            changed.own(signing, given)?;
        }
        changed.theirs("app_secret", Slot::AppSecret, self.app_secret.take())?;
        changed.theirs("page_token", Slot::PageToken, self.page_token.take())?;
        Ok(changed)
    }
}

/// What the audit calls a change of a source's secrets.
const ROTATED: &str = "secret_rotated";

/// What the audit says of a source.
fn act(caller: &Caller, id: u64, act: &'static str, body: serde_json::Value) -> Personal {
    let (actor, object_id) = (caller.actor, Some(id));
    Personal::Act(Box::new(Act { actor, act, object: "source", object_id, body }))
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
    let changed = body.secrets(Secrets::default(), face.signing, true)?;
    let mut work = Work::from(Command::CreateSource { spec });
    let row = face.row(SourceId(0), changed.secrets)?;
    work.personal.push(Personal::Source(Box::new(row)));
    work.personal.extend(sealing(&app, caller.workspace, changed.clear)?);
    let done = app.one(&caller, key, vec![work]).await?;
    app.forget_names(caller.workspace);
    let Answer::Source(id) = done.answer else { return Err(Problem::internal("not a source")) };
    // A repeated answer cannot show the secret: what was made now is not the one that counts.
    let secret = changed.shown.filter(|_| !done.events.is_empty());
    let row = find(&app, &caller, id).await?;
    Ok((StatusCode::CREATED, Json(SourceView::new(&row, secret, app.clock.now())?)))
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
    let now = app.clock.now();
    let views: Answered<Vec<SourceView>> =
        rows.iter().map(|row| SourceView::new(row, None, now)).collect();
    let views = views?.into_iter().map(|view| (view.id, shown_to(&caller, view)));
    Ok(Json(page_by_id(views, &paging)?))
}

/// Agents need the labels of attributes, not how the source is reached.
fn shown_to(caller: &Caller, mut view: SourceView) -> SourceView {
    if caller.role == Role::Agent {
        view.map.clear();
        view.fetch_problem = None;
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
    let row = find(&app, &caller, SourceId(id)).await?;
    let view = SourceView::new(&row, None, app.clock.now())?;
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
    let activates = body.active == Some(true) && !row.source.active;
    let new_token = body.page_token.is_some();
    let resigned = before.signing != face.signing;
    let changed = body.secrets(Secrets::of(&row), face.signing, resigned)?;
    let mut work = Work::change(move |state| {
        let found = state.facts().sources.get(&source).ok_or(Refusal::UnknownSource(source))?;
        changeable(found.active, body.active)?;
        let mut spec = found.spec.clone();
        body.clone().merge(&mut spec);
        Ok(Command::UpdateSource { source, spec })
    });
    let faced = before.changes(&face).map(|body| act(&caller, id, "source_face_changed", body));
    let rotated = changed.told().map(|body| act(&caller, id, ROTATED, body));
    let mut row = face.row(source, changed.secrets)?;
    row.keeps_secrets = rotated.is_none();
    work.personal.push(Personal::Source(Box::new(row)));
    work.personal.extend(sealing(&app, caller.workspace, changed.clear)?);
    work.personal.extend(faced.into_iter().chain(rotated));
    app.one(&caller, None, vec![work]).await?;
    app.forget_names(caller.workspace);
    // What waits for either is fetched now.
    if activates || new_token {
        fetch::again(&app, caller.workspace, source).await?;
    }
    let row = find(&app, &caller, source).await?;
    Ok(Json(SourceView::new(&row, changed.shown, app.clock.now())?))
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
    let row = find(&app, &caller, source).await?;
    Ok(Json(SourceView::new(&row, None, app.clock.now())?))
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
    async fn the_audit_names_secrets_and_never_holds_one() {
        let h = Harness::new().await;
        let queue = h.post("/queues", json!({"name": "Leads"})).await["id"].clone();
        let made = h.post("/sources", json!({"name": "Ads", "queue": queue})).await;
        let path = format!("/sources/{}", made["id"]);
        let meta = json!({"signing": "meta", "app_secret": "app-secret", "page_token": "EAAG"});
        let token = h.call("PATCH", &path, meta).await.expect(200)["secret"].clone();
        h.call("PATCH", &path, json!({"page_token": ""})).await.expect(200);
        let rotate = format!("{path}/rotate-secret");
        let second = h.call("POST", &rotate, json!({"keep_secs": 60})).await.expect(200);
        let audit = h.get("/audit?object=source").await;
        let after: Vec<&Value> =
            audit["items"].as_array().unwrap().iter().map(|entry| &entry["after"]).collect();
        let rotated = json!({"changed": ["secret"], "removed": [], "keep_secs": 60});
        let removed = json!({"changed": [], "removed": ["page_token"]});
        let changed = json!({"changed": ["secret", "app_secret", "page_token"], "removed": []});
        let signing = json!({"signing": "meta"});
        for told in [&rotated, &removed, &changed, &signing] {
            assert!(after.contains(&told), "{told}: {after:?}");
        }
        let text = audit.to_string();
        for secret in [&token, &second["secret"], &json!("app-secret"), &json!("EAAG")] {
            assert!(!text.contains(secret.as_str().unwrap()), "{text}");
        }
        h.end().await;
    }

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
        let told = h.get("/audit?act=secret_rotated").await;
        assert_eq!(told["items"].as_array().unwrap().len(), 1);
        assert_eq!(told["items"][0]["after"], json!({"changed": ["secret"], "removed": []}));
        let long = json!({"dedupe_window_secs": 10_000_000_000_u64});
        let long = h.call("PATCH", &path, long).await;
        assert_eq!(long.problem(422), "invalid");
        assert!(long.text.contains("0 to 31622400"), "{}", long.text);
        let reserved = json!({"name": "X", "queue": queue, "attributes": [{"name": "phone"}]});
        assert_eq!(h.call("POST", "/sources", reserved).await.problem(422), "invalid");
        h.end().await;
    }
}
