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
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, ResponseBuilder, Schema};
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Fairlead",
        description = "Hands out work to people: fairly, exactly once, at once, and can say why. Times are RFC 3339 in UTC; ids are integers; lists answer {items, next_cursor}; errors are application/problem+json.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemBody, crate::live::FromClient, crate::api::schema::Compare)),
    tags(
        (name = "items", description = "Pieces of work: in, out, and why"),
        (name = "agents", description = "The people who do the work"),
        (name = "queues", description = "Lines of waiting items"),
        (name = "sources", description = "Where items come from"),
        (name = "rules", description = "Which queue an arriving item gets"),
        (name = "imports", description = "Files in"),
        (name = "sheets", description = "People's own tables: rows in, results back"),
        (name = "do-not-call", description = "Who is not to be called, or only at some hours"),
        (name = "contacts", description = "What is kept of one person: to give out, or to erase"),
        (name = "workspace", description = "Settings and figures"),
        (name = "reports", description = "How lists come along, and who did what"),
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
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_of(item) {
            operation.operation_id = Some(operation_id(method, path));
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
    say_what_is_always_there(&mut document);
    document
}

fn operations_of(path: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = path;
    let all = [("get", get), ("post", post), ("put", put), ("patch", patch), ("delete", delete)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// `post /api/v1/agents/{id}/sign-in` is `post_agents_id_sign_in`.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/api/v1");
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// Fields that answers leave out.
const LEFT_OUT: [(&str, &str); 18] = [
    ("Source", "secret"),
    ("Endpoint", "secret"),
    ("Delivery", "body"),
    ("Token", "token"),
    ("Import", "columns"),
    ("Ingested", "to_fetch"),
    ("Problem", "errors"),
    ("Reason", "runners_up"),
    ("Reason", "passed_over"),
    ("Disposition", "label"),
    ("Attribute", "type"),
    ("SheetColumn", "column"),
    ("SheetColumn", "letter"),
    ("SheetColumn", "attribute"),
    ("SheetColumn", "role"),
    ("SheetPace", "per_minute"),
    ("SheetPace", "per_day"),
    ("SheetPace", "read_secs"),
];

/// What can be null in an answer is there nevertheless, which the derive does not know. Types that
/// requests are made of are left alone.
fn say_what_is_always_there(document: &mut OpenApi) {
    let ends = ["Change", "Form", "Item", "Contact", "Claim", "Matching", "Admin", "Credentials"];
    let asked = |name: &str| {
        let new = name.starts_with("New") || name == "IngestedItem";
        let named = ends.iter().any(|end| name.ends_with(end)) && name != "Item";
        let page = name.starts_with("Page_");
        let bodies = [
            "Completion",
            "Later",
            "Placement",
            "Cancellation",
            "Versioned",
            "Step",
            "Rotation",
            "KeyRotation",
            "Restore",
            "RuleList",
            "ListedRule",
        ];
        !page && (new || named || bodies.contains(&name))
    };
    let Some(components) = &mut document.components else { return };
    for (name, schema) in &mut components.schemas {
        let RefOr::T(Schema::Object(object)) = schema else { continue };
        if asked(name) {
            continue;
        }
        let always = object
            .properties
            .keys()
            .filter(|field| !LEFT_OUT.contains(&(name.as_str(), field.as_str())));
        object.required = always.cloned().collect();
    }
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
