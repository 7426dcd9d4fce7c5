//! What a request makes of a sheet, checked.

use super::{SheetChange, SheetPreset};
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::Actor;
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::sheets::{Access, SheetConfig, SheetKind, try_open};
use axum::http::StatusCode;
use connectors::mirror::{Columns, Trouble};
use routing::{SourceId, Time};
use serde_json::{Value, json};
use store::{Health, NewSheet, Sheet, SheetFields, SheetId};

/// Sheets of a workspace.
pub const MOST: usize = 20;

/// Whether it is a command on the server's machine that asks: only there any file and address of
/// that machine may be named.
fn is_machine(caller: &Caller) -> bool {
    caller.actor == Actor::System
}

/// A new sheet.
pub async fn made(
    app: &App,
    caller: &Caller,
    id: SheetId,
    mut body: SheetChange,
) -> Answered<NewSheet> {
    let required = |field: &str| Problem::field(field, "is required");
    let kind = body.kind.ok_or_else(|| required("kind"))?;
    let source = SourceId(body.source.ok_or_else(|| required("source"))?);
    let known = app.source_by_id(caller.workspace, source).await?;
    if known.is_none_or(|known| !known.source.active) {
        return Err(Problem::field("source", "is no active source; name one by its id"));
    }
    let name = name(body.name.take())?.ok_or_else(|| required("name"))?;
    titled(kind, body.header_row)?;
    let columns = columns(&mut body)?.ok_or_else(|| required("columns"))?;
    let config = SheetConfig {
        link: body.link.take().ok_or_else(|| required("link"))?.trim().to_owned(),
        tab: given(body.tab.take()),
        header_row: body.header_row,
        base: given(body.base.take()),
        columns,
        pace: body.pace.unwrap_or_default(),
    };
    if kind != SheetKind::File && body.secrets.is_none() {
        return Err(required("secrets"));
    }
    let sealed = sealed(app, caller, id, kind, body.secrets.take())?;
    let new = NewSheet {
        id,
        name,
        kind: kind.as_str().to_owned(),
        source,
        config: serde_json::to_string(&config).map_err(Problem::internal)?,
        sealed,
        trusted: is_machine(caller),
        active: body.active.unwrap_or(true),
    };
    let NewSheet { name, kind, config, sealed, trusted, active, .. } = new.clone();
    let candidate = Sheet {
        id,
        name,
        kind,
        source,
        config,
        sealed,
        trusted,
        version: 1,
        active,
        seq: 0,
        node: None,
        leased_until: Time(0),
        health: Health::default(),
        created_at: Time(0),
    };
    check(app, caller, &candidate).await?;
    Ok(new)
}

/// What is changed of a sheet.
pub async fn changed(
    app: &App,
    caller: &Caller,
    before: &Sheet,
    mut body: SheetChange,
) -> Answered<SheetFields> {
    let kind = SheetKind::of(&before.kind)
        .ok_or_else(|| Problem::internal("a sheet of an unknown kind"))?;
    if body.kind.is_some_and(|wished| wished != kind) {
        return Err(Problem::field("kind", "cannot be changed: add another sheet"));
    }
    if body.source.is_some_and(|wished| wished != before.source.0) {
        return Err(Problem::field("source", "cannot be changed: add another sheet"));
    }
    titled(kind, body.header_row)?;
    let mut config: SheetConfig =
        serde_json::from_str(&before.config).map_err(Problem::internal)?;
    let old = config.clone();
    if let Some(link) = body.link.take() {
        config.link = link.trim().to_owned();
    }
    config.tab = body.tab.take().map_or(config.tab, |tab| given(Some(tab)));
    config.base = body.base.take().map_or(config.base, |base| given(Some(base)));
    config.header_row = body.header_row.or(config.header_row);
    config.columns = columns(&mut body)?.unwrap_or(config.columns);
    config.pace = body.pace.unwrap_or(config.pace);
    let moved = (&config.link, &config.base) != (&old.link, &old.base);
    let sealed = sealed(app, caller, before.id, kind, body.secrets.take())?;
    // What the machine's owner said of where it is holds no longer.
    let trusted = match moved || sealed.is_some() {
        true => Some(is_machine(caller)),
        false => None,
    };
    let text = serde_json::to_string(&config).map_err(Problem::internal)?;
    let candidate = Sheet {
        config: text.clone(),
        sealed: sealed.clone().or(before.sealed.clone()),
        trusted: trusted.unwrap_or(before.trusted),
        ..before.clone()
    };
    if config != old || sealed.is_some() {
        check(app, caller, &candidate).await?;
    }
    let config = (config != old).then_some(text);
    let name = name(body.name.take())?;
    Ok(SheetFields { name, config, sealed, trusted, active: body.active })
}

/// Whether it can be opened as it is; nothing is sent for that.
async fn check(app: &App, caller: &Caller, candidate: &Sheet) -> Answered<()> {
    try_open(app, caller.workspace, candidate).await.map_err(|trouble| {
        let field = if matches!(trouble, Trouble::Auth(_)) { "secrets" } else { "link" };
        Problem::field(field, trouble.to_string())
    })
}

/// Refuses a sheet that is kept here already: each of its rows would come twice.
pub async fn alone(
    app: &App,
    caller: &Caller,
    id: SheetId,
    kind: &str,
    config: &str,
) -> Answered<()> {
    let of = SheetKind::of(kind).ok_or_else(|| Problem::internal("a sheet of an unknown kind"))?;
    let own: SheetConfig = serde_json::from_str(config).map_err(Problem::internal)?;
    let all = app.store.sheets(caller.workspace).await?;
    let same = all.iter().filter(|other| other.id != id && other.kind == kind).find(|other| {
        serde_json::from_str::<SheetConfig>(&other.config)
            .is_ok_and(|other| own.is_same(of, &other))
    });
    match same {
        None => Ok(()),
        Some(Sheet { id, name, .. }) => {
            let detail = format!(
                "This sheet is here already, as “{name}” (sheet {}): its rows would come twice. \
                 Change that one, or remove it first.",
                id.0
            );
            Err(Problem::new(StatusCode::CONFLICT, "sheet_exists", detail))
        }
    }
}

/// Refuses a row of titles where there is only one place for them.
fn titled(kind: SheetKind, header_row: Option<u32>) -> Answered<()> {
    match (kind, header_row) {
        (SheetKind::Google, _) | (_, None) => Ok(()),
        (SheetKind::File, Some(_)) => {
            Err(Problem::field("header_row", "is for Google: a file has its titles in row 1"))
        }
        (SheetKind::Tencent, Some(_)) => {
            Err(Problem::field("header_row", "is for Google: a Smart Sheet's fields have titles"))
        }
    }
}

fn name(name: Option<String>) -> Answered<Option<String>> {
    let name = name.map(|name| name.trim().to_owned());
    match &name {
        Some(name) if name.is_empty() || name.chars().count() > 100 => {
            Err(Problem::field("name", "must have 1 to 100 characters"))
        }
        _ => Ok(name),
    }
}

fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn columns(body: &mut SheetChange) -> Answered<Option<Columns>> {
    match (body.columns.take(), body.preset) {
        (Some(_), Some(_)) => {
            Err(Problem::field("preset", "cannot be given together with columns: choose one"))
        }
        (None, Some(SheetPreset::Recruitment)) => Ok(Some(Columns::recruitment())),
        (columns, None) => Ok(columns),
    }
}

fn sealed(
    app: &App,
    caller: &Caller,
    id: SheetId,
    kind: SheetKind,
    secrets: Option<Value>,
) -> Answered<Option<String>> {
    let Some(secrets) = secrets.filter(|secrets| !secrets.is_null()) else { return Ok(None) };
    let access =
        Access::given(kind, secrets).map_err(|problem| Problem::field("secrets", problem))?;
    Ok(Some(access.seal(app, caller.workspace, id)?))
}

/// What the audit says of a sheet. Where it is may hold a key of the other side and is left out.
pub fn told(name: &str, kind: &str, active: bool) -> Value {
    json!({ "name": name, "kind": kind, "active": active })
}

/// What the audit says of a change: which parts are others now.
pub fn difference(before: &Sheet, fields: &SheetFields) -> Value {
    let mut after = json!({});
    if let Some(name) = fields.name.as_ref().filter(|name| **name != before.name) {
        after["name"] = json!(name);
    }
    if let Some(active) = fields.active.filter(|active| *active != before.active) {
        after["active"] = json!(active);
    }
    if fields.config.is_some() {
        after["config"] = json!("changed");
    }
    if fields.sealed.is_some() {
        after["secrets"] = json!("changed");
    }
    json!({ "before": told(&before.name, &before.kind, before.active), "after": after })
}
