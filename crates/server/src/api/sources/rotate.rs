//! `POST /sources/{id}/rotate-secret`: a new secret, and the old one for as long as senders need.

use super::secrets::Changed;
use super::{ROTATED, SourceView, act, find};
use crate::api::changeable;
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::{Personal, Work};
use crate::http::problem::Answered;
use crate::http::{Body, Pick, Problem};
use crate::submission::{Face, Secrets, sealing};
use axum::Json;
use axum::extract::State;
use routing::{Command, Refusal, SourceId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// For how long the old secret counts when nobody says: a day.
const KEEP_SECS: u32 = 24 * 3600;
/// The longest, in days.
const MAX_DAYS: u32 = 30;

/// How a secret is rotated.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rotation {
    /// For how long the old secret counts beside the new one; a day when absent, 0 for not at all,
    /// at most 30 days.
    pub keep_secs: Option<u32>,
    /// The new secret; one is made when absent.
    pub secret: Option<String>,
}

/// Makes a new secret, which the answer shows once. The one before counts for a while beside it, so
/// that nothing is refused until the sender has the new one.
#[utoipa::path(post, path = "/sources/{id}/rotate-secret", tag = "sources",
    params(("id" = u64, Path)), request_body = Rotation,
    responses((status = 200, body = SourceView)))]
pub async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<Rotation>,
) -> Answered<Json<SourceView>> {
    let keep_secs = body.keep_secs.unwrap_or(KEEP_SECS);
    if keep_secs > MAX_DAYS * 24 * 3600 {
        return Err(Problem::field("keep_secs", format!("must be at most {MAX_DAYS} days")));
    }
    let source = SourceId(id);
    let _turn = app.edits.turn(caller.workspace).await;
    let row = find(&app, &caller, source).await?;
    let face = Face::of(&row)?;
    let mut secrets = Secrets::of(&row);
    let now = app.clock.now();
    match keep_secs {
        0 => secrets.revoke(),
        keep_secs => secrets.retire(now.plus_secs(keep_secs)),
    }
    let mut changed = Changed::of(secrets);
    changed.own(face.signing, body.secret)?;
    let told = json!({ "changed": ["secret"], "removed": [], "keep_secs": keep_secs });
    let mut work = Work::change(move |state| {
        let found = state.facts().sources.get(&source).ok_or(Refusal::UnknownSource(source))?;
        changeable(found.active, None)?;
        Ok(Command::UpdateSource { source, spec: found.spec.clone() })
    });
    work.personal.push(Personal::Source(Box::new(face.row(source, changed.secrets)?)));
    work.personal.extend(sealing(&app, caller.workspace, changed.clear)?);
    work.personal.push(act(&caller, id, ROTATED, told));
    app.one(&caller, None, vec![work]).await?;
    app.forget_names(caller.workspace);
    Ok(Json(SourceView::new(&find(&app, &caller, source).await?, changed.shown, now)?))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::{Value, json};

    async fn status(h: &Harness, secret: &str) -> u16 {
        let request = Request::post("/api/v1/ingest/web").header("x-webhook-secret", secret);
        h.send(request.body(Body::from(r#"{"name": "Kavya"}"#)).unwrap()).await.status.as_u16()
    }

    #[tokio::test]
    async fn the_old_secret_counts_for_a_while() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let path = format!("/sources/{}/rotate-secret", office.source);
        let rotated = h.call("POST", &path, json!({"keep_secs": 60})).await.expect(200);
        let second = rotated["secret"].as_str().unwrap().to_owned();
        assert_eq!(rotated["old_secret_until"], "2026-03-02T04:31:00.000Z");
        assert_eq!((status(&h, &office.secret).await, status(&h, &second).await), (202, 202));
        h.advance(60);
        assert_eq!((status(&h, &office.secret).await, status(&h, &second).await), (401, 202));
        let seen = h.get(&format!("/sources/{}", office.source)).await;
        assert_eq!((&seen["secret"], &seen["old_secret_until"]), (&Value::Null, &Value::Null));
        let own = "a secret of one's own";
        let body = json!({"keep_secs": 0, "secret": own});
        assert_eq!(h.call("POST", &path, body).await.expect(200)["secret"], own);
        assert_eq!((status(&h, &second).await, status(&h, own).await), (401, 202));
        let day = h.call("POST", &path, json!({})).await.expect(200);
        assert_eq!(day["old_secret_until"], "2026-03-03T04:31:00.000Z");
        let refused = h.call("POST", &path, json!({"keep_secs": 2_592_001})).await;
        assert_eq!(refused.problem(422), "invalid");
        h.end().await;
    }
}
