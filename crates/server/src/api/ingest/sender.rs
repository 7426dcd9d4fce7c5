//! Who sent a webhook. Keys are unique within a workspace only, so what proves the sender also tells
//! which workspace is meant.

use crate::app::App;
use crate::dispatcher::WorkspaceId;
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::submission::{KnownSource, Slot};
use axum::http::{HeaderMap, StatusCode};
use connectors::webhook::{Signing, google, meta, standard};
use std::sync::Arc;

/// The header that the source's secret comes in.
const SECRET: &str = "x-webhook-secret";
/// The header that Meta signs in.
const META_SIGNATURE: &str = "x-hub-signature-256";
/// Standard Webhooks' own.
pub const WEBHOOK_ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";

/// A source that may be meant, and its workspace.
pub type Sender = (WorkspaceId, Arc<KnownSource>);

/// The sources of that key: one per workspace at most.
pub async fn of_key(app: &App, key: &str) -> Answered<Vec<Sender>> {
    let mut senders = Vec::new();
    for workspace in app.workspace_ids().await?.iter() {
        senders.extend(app.source_by_key(*workspace, key).await?.map(|s| (*workspace, s)));
    }
    Ok(senders)
}

/// The same as they are now: another node may have given one a new secret a moment ago.
pub async fn of_key_now(app: &App, key: &str) -> Answered<Vec<Sender>> {
    for workspace in app.workspace_ids().await?.iter() {
        app.sources.forget(&(*workspace, key.to_owned()));
    }
    of_key(app, key).await
}

/// The source whose own secret stands in the header; `None` when others may be meant, whose
/// webhooks are signed.
pub fn by_secret(app: &App, senders: &[Sender], headers: &HeaderMap) -> Answered<Option<Sender>> {
    let (sent, now) = (header(headers, SECRET), app.clock.now());
    let plain = |(_, source): &&Sender| source.face.signing == Signing::SharedSecret;
    let found = senders.iter().filter(plain).find(|(_, source)| source.secrets.knows(sent, now));
    if found.is_none() && senders.iter().all(|sender| plain(&sender)) {
        return Err(stranger());
    }
    Ok(found.cloned())
}

/// The source that the body's signature, or the key in it, is of.
pub fn by_signature(
    app: &App,
    senders: &[Sender],
    headers: &HeaderMap,
    body: &[u8],
) -> Answered<Sender> {
    let mut refused = stranger();
    for (workspace, source) in senders {
        match believed(app, *workspace, source, headers, body) {
            Ok(true) => return Ok((*workspace, source.clone())),
            Ok(false) => {}
            // What is wrong with one workspace's source is not in the way of another's; but while
            // it may be the one that is meant, its sender must try again.
            Err(_) if refused.status == StatusCode::SERVICE_UNAVAILABLE => {}
            Err(problem) => refused = problem,
        }
    }
    Err(refused)
}

fn believed(
    app: &App,
    workspace: WorkspaceId,
    source: &KnownSource,
    headers: &HeaderMap,
    body: &[u8],
) -> Answered<bool> {
    match source.face.signing {
        Signing::SharedSecret => Ok(false),
        Signing::Standard => standard(app, workspace, source, headers, body),
        Signing::Meta => {
            let signature = header(headers, META_SIGNATURE);
            if signature.is_empty() {
                return Ok(false);
            }
            let id = source.source.id;
            let secret = source.secrets.open(app, workspace, id, Slot::AppSecret)?;
            Ok(secret.is_some_and(|secret| meta::verify(&secret, signature, body)))
        }
        Signing::Google => {
            let lead = google::read(body).map_err(not_json)?;
            Ok(source.secrets.knows(&lead.google_key, app.clock.now()))
        }
    }
}

fn standard(
    app: &App,
    workspace: WorkspaceId,
    source: &KnownSource,
    headers: &HeaderMap,
    body: &[u8],
) -> Answered<bool> {
    let now = app.clock.now();
    let sent = standard::Sent {
        id: header(headers, WEBHOOK_ID),
        timestamp: header(headers, TIMESTAMP),
        signatures: header(headers, SIGNATURE),
        body,
    };
    if !sent.signatures.contains("v1,") {
        return Ok(false);
    }
    let open = |slot| {
        let secret = source.secrets.open(app, workspace, source.source.id, slot)?;
        Ok::<_, Problem>(secret.and_then(|secret| standard::Key::read(&secret).ok()))
    };
    let mut keys = Vec::from_iter(open(Slot::Own)?);
    if source.secrets.old_counts(now) {
        // It may have been sealed with a key that is lost: then it no longer counts.
        keys.extend(open(Slot::OwnBefore).ok().flatten());
    }
    match standard::verify(&keys, sent, now.0.div_euclid(1000)) {
        Ok(()) if (1..=200).contains(&sent.id.len()) => Ok(true),
        Ok(()) => {
            let problem = "webhook-id must be 1 to 200 visible ASCII characters";
            Err(Problem::unauthorized(problem))
        }
        Err(why @ standard::Unbelieved::Time) => Err(Problem::unauthorized(why.to_string())),
        Err(standard::Unbelieved::Signature) => Ok(false),
    }
}

/// A header's text; empty when it is not there.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Where only JSON can come, what is none is the sender's mistake.
pub fn not_json(error: serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let detail = format!("The body is not JSON: line {line}, column {column}.");
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", detail)
}

/// Whether the key or the secret is wrong is not for strangers to know.
fn stranger() -> Problem {
    Problem::unauthorized(
        "No source has this key and secret, or the signature is not of its secret. Send the source's secret in the header X-Webhook-Secret, or sign as its kind of signing says; PATCH the source with rotate_secret: true for a new secret.",
    )
}
