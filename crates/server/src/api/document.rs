//! The OpenAPI document: `/api/v1/openapi.json`, `fairlead openapi`, `docs/openapi.json`.

use crate::api::operations;
use crate::config::Limits;
use crate::http::problem::ProblemBody;
use axum::http::header;
use axum::response::IntoResponse;
use std::sync::LazyLock;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, OpenApi, Ref, ResponseBuilder};
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Fairlead",
        description = "Hands out work to people: fairly, exactly once, at once, and can say why. Times are RFC 3339 in UTC; ids are integers; lists answer {items, next_cursor}; errors are application/problem+json.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemBody, crate::live::FromClient)),
    tags(
        (name = "items", description = "Pieces of work: in, out, and why"),
        (name = "agents", description = "The people who do the work"),
        (name = "queues", description = "Lines of waiting items"),
        (name = "sources", description = "Where items come from"),
        (name = "rules", description = "Which queue an arriving item gets"),
        (name = "imports", description = "Files in"),
        (name = "workspace", description = "Settings and figures"),
        (name = "access", description = "Sessions, tokens, the first admin"),
        (name = "live", description = "What happens, as it happens")
    )
)]
struct Base;

/// The OpenAPI 3.1 document.
pub fn document() -> OpenApi {
    let base = OpenApiRouter::with_openapi(Base::openapi());
    let (_, mut document) = base.nest("/api/v1", operations(&Limits::default())).split_for_parts();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "token",
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
    );
    let cookie = ApiKeyValue::new(crate::auth::caller::COOKIE);
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let header = ApiKeyValue::new("X-Webhook-Secret");
    components
        .add_security_scheme("webhook_secret", SecurityScheme::ApiKey(ApiKey::Header(header)));
    let none: [&str; 0] = [];
    document.security = Some(vec![
        SecurityRequirement::new("token", none),
        SecurityRequirement::new("session", none),
    ]);
    for path in document.paths.paths.values_mut() {
        for operation in operations_of(path) {
            let problem = ResponseBuilder::new()
                .description("What went wrong, with which object, and what to do next")
                .content(
                    "application/problem+json",
                    Content::new(Some(Ref::from_schema_name(ProblemBody::name()))),
                )
                .build();
            operation.responses.responses.insert("default".to_owned(), problem.into());
        }
    }
    document
}

fn operations_of(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, patch, delete, .. } = path;
    [get, post, put, patch, delete].into_iter().flatten()
}

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
});

/// The document as it is checked in.
pub fn text() -> &'static str {
    &TEXT
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "workspace",
    responses((status = 200, description = "The OpenAPI 3.1 document")), security(()))]
pub async fn serve() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The web page generates its types from the checked-in document. `FAIRLEAD_WRITE_OPENAPI=1`
    /// writes it anew.
    #[test]
    fn the_checked_in_document_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        if std::env::var_os("FAIRLEAD_WRITE_OPENAPI").is_some() {
            std::fs::write(path, text()).unwrap();
        }
        let checked_in = std::fs::read_to_string(path).unwrap();
        assert!(checked_in == text(), "docs/openapi.json is stale: run `cargo xtask openapi`");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(document()).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for part in document.to_string().split("\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name} is not described");
        }
    }
}
