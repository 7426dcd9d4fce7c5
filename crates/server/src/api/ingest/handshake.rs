//! `GET /ingest/{source_key}`: Meta asks whether the address is ours before it sends anything.

use super::sender;
use crate::app::App;
use crate::http::problem::Answered;
use crate::http::{Params, Pick, Problem};
use axum::extract::State;
use connectors::webhook::Signing;
use serde::Deserialize;
use utoipa::IntoParams;

/// The longest challenge that is sent back.
const MAX_CHALLENGE: usize = 200;

/// What Meta asks with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Handshake {
    /// `subscribe`.
    #[serde(rename = "hub.mode", default)]
    #[param(rename = "hub.mode")]
    mode: String,
    /// What the answer's body must be.
    #[serde(rename = "hub.challenge", default)]
    #[param(rename = "hub.challenge")]
    challenge: String,
    /// The source's secret.
    #[serde(rename = "hub.verify_token", default)]
    #[param(rename = "hub.verify_token")]
    verify_token: String,
}

/// Meta's verification of a webhook's address: answers with the challenge when the verify token is
/// the secret of a source whose signing is `meta`, else with 403.
#[utoipa::path(get, path = "/ingest/{source_key}", tag = "items",
    params(("source_key" = String, Path, description = "The source's key"), Handshake),
    responses((status = 200, body = String, content_type = "text/plain")),
    security(()))]
pub async fn handshake(
    State(app): State<App>,
    Pick(key): Pick<String>,
    Params(asked): Params<Handshake>,
) -> Answered<String> {
    let senders = sender::of_key(&app, &key).await?;
    let now = app.clock.now();
    let known = senders.iter().any(|(_, source)| {
        source.face.signing == Signing::Meta && source.secrets.knows(&asked.verify_token, now)
    });
    let challenge = asked.challenge;
    let plain = challenge.len() <= MAX_CHALLENGE
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !known || asked.mode != "subscribe" || !plain {
        return Err(Problem::forbidden(
            "hub.verify_token is not the secret of a Meta source with this key; copy it from the source's page.",
        ));
    }
    Ok(challenge)
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::json;

    #[tokio::test]
    async fn the_address_is_verified_with_the_source_s_own_secret() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let meta = json!({"name": "Meta", "queue": office.queue, "signing": "meta"});
        let made = h.call("POST", "/sources", meta).await.expect(201);
        let token = made["secret"].as_str().unwrap().to_owned();
        let ask = async |key: &str, query: String| {
            let request = Request::get(format!("/api/v1/ingest/{key}?{query}"));
            h.send(request.body(Body::empty()).unwrap()).await
        };
        let query = |mode: &str, challenge: &str, token: &str| {
            format!("hub.mode={mode}&hub.challenge={challenge}&hub.verify_token={token}")
        };
        let right = ask("meta", query("subscribe", "1158201444", &token)).await;
        assert_eq!((right.status.as_u16(), right.text.as_str()), (200, "1158201444"));
        let kind = right.headers["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/plain"), "{kind}");
        for wrong in [
            query("subscribe", "1", "another"),
            query("unsubscribe", "1", &token),
            query("subscribe", "%3Cscript%3E", &token),
            String::new(),
        ] {
            assert_eq!(ask("meta", wrong).await.problem(403), "forbidden");
        }
        // A source that is signed in another way has no handshake, whatever its secret.
        let other = ask("web", query("subscribe", "1", &office.secret)).await;
        assert_eq!(other.problem(403), "forbidden");
        h.end().await;
    }
}
