//! The HTTP API under `/api/v1`: one file per operation, put together here.

pub mod agents;
pub mod announcements;
pub mod assignments;
pub mod audit;
pub mod backup;
pub mod callbacks;
pub mod claims;
pub mod contacts;
pub mod desk_link;
pub mod desks;
pub mod do_not_call;
pub mod docs;
mod document;
pub mod endpoints;
pub mod fairness;
mod figures;
pub mod health;
pub mod imports;
pub mod ingest;
pub mod items;
pub mod journal;
mod logins;
pub mod matches;
pub mod outcome_series;
pub mod outcomes;
pub mod presence;
pub mod queues;
mod recode;
pub mod reports;
pub mod rules;
pub mod schema;
pub mod session;
pub mod setup;
pub mod sheets;
pub mod sign_ins;
pub mod simulations;
pub mod sources;
pub mod stats;
pub mod strategies;
pub mod tokens;
pub mod verify;
pub mod workspace;
pub mod workspaces;

pub use document::{document, text as document_text};

use crate::app::App;
use crate::config::Limits;
use crate::http::Problem;
use crate::http::tls::OwnTls;
use crate::http::{access, request};
use crate::live;
use axum::Json;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use routing::Refusal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A created object.
pub type Answer201<T> = Result<(StatusCode, Json<T>), Problem>;

/// Whether an object may be changed: an inactive one only when the change makes it active again.
fn changeable(active: bool, wished: Option<bool>) -> Result<(), Refusal> {
    let problem = match (active, wished) {
        (_, Some(false)) => "is taken away with DELETE",
        (false, None) => "is false: send active: true with the change",
        _ => return Ok(()),
    };
    Err(Refusal::Invalid { field: "active", problem: problem.to_owned() })
}

/// Every operation, with its place in the document.
fn operations(limits: &Limits) -> OpenApiRouter<App> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(imports::start, imports::list))
        .routes(routes!(do_not_call::import::import))
        .layer(DefaultBodyLimit::max(limits.body_of("/imports")));
    let webhooks = OpenApiRouter::new()
        .routes(routes!(ingest::ingest, ingest::handshake::handshake))
        .layer(DefaultBodyLimit::max(limits.body_of("/ingest/{source_key}")));
    OpenApiRouter::new()
        .routes(routes!(session::sign_in, session::get, session::sign_out))
        .routes(routes!(setup::get, setup::create))
        .routes(routes!(setup::link))
        .routes(routes!(desk_link::get, desk_link::renew, desk_link::withdraw))
        .routes(routes!(desk_link::people::people))
        .routes(routes!(desk_link::sign_in::sign_in))
        .routes(routes!(tokens::create, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(workspace::get, workspace::update))
        .routes(routes!(workspace::furnish))
        .routes(routes!(workspaces::list, workspaces::create))
        .routes(routes!(agents::create, agents::list))
        .routes(routes!(agents::get, agents::update, agents::deactivate))
        .routes(routes!(agents::pin::set, agents::pin::remove))
        .routes(routes!(presence::sign_in))
        .routes(routes!(presence::sign_out))
        .routes(routes!(presence::heartbeat))
        .routes(routes!(presence::set_status))
        .routes(routes!(queues::create, queues::list))
        .routes(routes!(queues::get, queues::update, queues::deactivate))
        .routes(routes!(sources::create, sources::list))
        .routes(routes!(sources::get, sources::update, sources::deactivate))
        .routes(routes!(sources::rotate::rotate))
        .routes(routes!(strategies::list))
        .routes(routes!(simulations::run))
        .routes(routes!(rules::create, rules::list, rules::whole::put))
        .routes(routes!(rules::whole::export))
        .routes(routes!(rules::versions::list))
        .routes(routes!(rules::versions::get))
        .routes(routes!(rules::versions::changes))
        .routes(routes!(rules::versions::restore))
        .routes(routes!(rules::scheduled::list))
        .routes(routes!(rules::scheduled::cancel))
        .routes(routes!(rules::test::test))
        .routes(routes!(rules::get, rules::update, rules::deactivate))
        .routes(routes!(items::submit::submit, items::list::list))
        .routes(routes!(items::get::get))
        .routes(routes!(items::accept::accept))
        .routes(routes!(items::decline::decline))
        .routes(routes!(items::complete::complete))
        .routes(routes!(items::release::release))
        .routes(routes!(items::update::update))
        .routes(routes!(items::retry::retry))
        .routes(routes!(items::undo::undo))
        .routes(routes!(desks::get, desks::put))
        .routes(routes!(items::reassign::reassign))
        .routes(routes!(items::cancel::cancel))
        .routes(routes!(items::force::force))
        .routes(routes!(items::history::history))
        .routes(routes!(items::why::why))
        .routes(routes!(items::explain::explain))
        .routes(routes!(endpoints::create, endpoints::list))
        .routes(routes!(endpoints::get, endpoints::update, endpoints::remove))
        .routes(routes!(endpoints::rotate::rotate))
        .routes(routes!(endpoints::ping::run))
        .routes(routes!(endpoints::deliveries::list))
        .routes(routes!(endpoints::deliveries::get))
        .routes(routes!(endpoints::deliveries::send))
        .routes(routes!(endpoints::deliveries::send_failed))
        .routes(routes!(sheets::create, sheets::list))
        .routes(routes!(sheets::get, sheets::update, sheets::remove))
        .routes(routes!(sheets::check::run))
        .routes(routes!(sheets::sync::run))
        .routes(routes!(sheets::conflicts::list))
        .routes(routes!(sheets::resolve::run))
        .routes(routes!(claims::claim))
        .routes(routes!(matches::run))
        .routes(routes!(assignments::list::list))
        .routes(routes!(assignments::export::export))
        .routes(routes!(stats::stats))
        .routes(routes!(outcomes::outcomes))
        .routes(routes!(outcome_series::series))
        .routes(routes!(announcements::make::make, announcements::list::list))
        .routes(routes!(announcements::end::end))
        .routes(routes!(callbacks::list))
        .routes(routes!(reports::desk::desk))
        .routes(routes!(reports::export::export))
        .routes(routes!(reports::service::service))
        .routes(routes!(reports::service_export::service_export))
        .routes(routes!(backup::backup))
        .routes(routes!(fairness::fairness))
        .routes(routes!(verify::verify))
        .routes(routes!(journal::verify))
        .routes(routes!(audit::list::list))
        .routes(routes!(contacts::export::export))
        .routes(routes!(contacts::erase::erase))
        .routes(routes!(do_not_call::add::add, do_not_call::list::list))
        .routes(routes!(do_not_call::check::check))
        .routes(routes!(do_not_call::remove::remove))
        .routes(routes!(imports::get))
        .routes(routes!(imports::rejected))
        .routes(routes!(live::websocket::live))
        .routes(routes!(live::sse::events))
        .routes(routes!(document::serve))
        .layer(DefaultBodyLimit::max(limits.body_of("")))
        .merge(uploads)
        .merge(webhooks)
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (api, _) =
        OpenApiRouter::new().nest("/api/v1", operations(&app.config.limits)).split_for_parts();
    api.layer(from_fn_with_state(app.clone(), access::check))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/api/docs", get(docs::page))
        .route("/api/docs.js", get(docs::script))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(elsewhere)
        .layer(from_fn(safe_headers))
        .layer(from_fn_with_state(app.clone(), request::around))
        .with_state(app)
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This path does not take this method; /api/docs lists what it takes.",
    )
}

/// The web page, for every path that is not the API's.
async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return Problem::not_found("There is no such operation; /api/docs lists them all.")
            .into_response();
    }
    if !matches!(*request.method(), axum::http::Method::GET | axum::http::Method::HEAD) {
        return method_not_allowed().await.into_response();
    }
    webui::serve(path, request.headers()).map(axum::body::Body::from)
}

/// What no browser should do with any answer.
async fn safe_headers(request: Request, next: middleware::Next) -> Response {
    use axum::http::{HeaderValue, header};
    let is_api = request.uri().path().starts_with("/api/v1/");
    let own_tls = request.extensions().get::<OwnTls>().is_some();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if own_tls {
        // A month: for those who come every day as good as for ever, and there is a way back.
        let month = HeaderValue::from_static("max-age=2592000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, month);
    }
    if is_api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use axum::Error;
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::Value;

    #[tokio::test]
    async fn whatever_a_client_does_wrong_is_a_problem_and_never_a_500() {
        let h = Harness::new().await;
        assert_eq!(h.call("GET", "/nowhere", Value::Null).await.problem(404), "not_found");
        assert_eq!(h.call("PUT", "/agents", Value::Null).await.problem(405), "method_not_allowed");
        let anonymous = Request::get("/api/v1/agents").body(Body::empty()).unwrap();
        let answer = h.send(anonymous).await;
        assert_eq!(answer.problem(401), "unauthorized");
        assert!(answer.headers.contains_key("www-authenticate"));
        let send = |kind: &str, body: Vec<u8>| {
            let request = Request::post("/api/v1/agents")
                .header("authorization", format!("Bearer {}", h.admin))
                .header("content-type", kind);
            h.send(request.body(Body::from(body)).unwrap())
        };
        let json = "application/json";
        assert_eq!(send("text/plain", b"{}".to_vec()).await.problem(415), "unsupported_media_type");
        assert_eq!(send(json, b"{\"name\": ".to_vec()).await.problem(400), "bad_request");
        assert_eq!(send(json, vec![b'"', 0xc3, 0x28, b'"']).await.problem(400), "bad_request");
        assert_eq!(send(json, b"[]".to_vec()).await.problem(422), "invalid");
        assert_eq!(send(json, vec![b' '; 1 << 20]).await.problem(413), "payload_too_large");
        h.end().await;
    }

    #[tokio::test]
    async fn those_who_keep_the_server_running_are_answered() {
        let h = Harness::new().await;
        let get = |path: &str| h.send(Request::get(path).body(Body::empty()).unwrap());
        assert_eq!(get("/healthz").await.text, "ok\n");
        assert_eq!(get("/readyz").await.text, "ready\n");
        let metrics = get("/metrics").await.text;
        assert!(metrics.contains("fairlead_http_requests_total{"), "{metrics}");
        assert!(get("/api/docs").await.text.contains("/api/docs.js"));
        assert_eq!(get("/api/v1/openapi.json").await.expect(200)["openapi"], "3.1.0");
        assert_eq!(get("/").await.status, 200);
        h.end().await;
    }

    #[tokio::test]
    async fn a_body_that_says_it_is_too_large_is_refused_before_it_comes() {
        let h = Harness::new().await;
        for (path, length) in [("/items", 300 << 10), ("/ingest/web", 5 << 20)] {
            let request = Request::post(format!("/api/v1{path}"))
                .header("authorization", format!("Bearer {}", h.admin))
                .header("content-length", length.to_string());
            // The body itself never ends.
            let body = Body::from_stream(futures_util::stream::pending::<Result<&str, Error>>());
            assert_eq!(h.send(request.body(body).unwrap()).await.problem(413), "payload_too_large");
        }
        h.end().await;
    }

    #[tokio::test]
    async fn the_character_that_no_database_keeps_is_refused_or_left_out() {
        for h in [Harness::new().await, Harness::postgres().await] {
            let office = h.office(&[]).await;
            let nul = serde_json::json!({"name": "a\u{0}b"});
            for path in ["/agents", "/queues", "/sources", "/tokens"] {
                assert_eq!(
                    h.call("POST", path, nul.clone()).await.problem(422),
                    "invalid",
                    "{path}"
                );
            }
            let sign_in = serde_json::json!({"name": "a\u{0}b", "password": "x"}).to_string();
            let request = Request::post("/api/v1/session").body(Body::from(sign_in)).unwrap();
            assert_eq!(h.send(request).await.problem(422), "invalid");
            let strange = Request::post("/api/v1/ingest/a%00b").body(Body::from("{}")).unwrap();
            assert_eq!(h.send(strange).await.problem(404), "not_found");
            assert_eq!(
                h.call("GET", "/items?phone=%00", Value::Null).await.problem(422),
                "invalid"
            );
            // A lead is never lost for it; a backslash before it makes it another text.
            let leads = r#"[{"name": "A\u0000nu", "state": "m\u0000h", "note": "a\\u0000"}]"#;
            let request = Request::post("/api/v1/ingest/web")
                .header("x-webhook-secret", &office.secret)
                .body(Body::from(leads))
                .unwrap();
            let id = h.send(request).await.expect(202)["items"][0]["id"].clone();
            let item = h.get(&format!("/items/{id}")).await;
            assert_eq!((&item["contact"]["name"], &item["region"]), (&"Anu".into(), &"mh".into()));
            assert_eq!(item["personal"]["note"], r"a\u0000");
            h.end().await;
        }
    }

    #[tokio::test]
    async fn workspaces_are_made_and_listed_only_on_this_machine() {
        let h = Harness::new().await;
        let admin = h.token("admin", None).await;
        let new = serde_json::json!({"name": "Acme", "time_zone": "UTC", "country": "US"});
        assert_eq!(
            h.call_as(&admin, "GET", "/workspaces", Value::Null).await.problem(403),
            "forbidden"
        );
        let refused = h.call_as(&admin, "POST", "/workspaces", new.clone()).await;
        assert_eq!(refused.problem(403), "forbidden");
        let made = h.call("POST", "/workspaces", new.clone()).await.expect(201);
        let link = made["path"].as_str().unwrap().split_once('=').unwrap().1.to_owned();
        assert_eq!(h.call("POST", "/workspaces", new).await.problem(409), "taken");
        let body = serde_json::json!({"token": link, "name": "Root", "password": "a long one"});
        let request = Request::post("/api/v1/setup").body(Body::from(body.to_string())).unwrap();
        assert_eq!(h.send(request).await.expect(201)["workspace"]["name"], "Acme");
        let all = h.get("/workspaces").await;
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
        assert_eq!(
            (&all["items"][1]["name"], &all["items"][1]["has_admin"]),
            (&"Acme".into(), &true.into())
        );
        h.end().await;
    }
}
