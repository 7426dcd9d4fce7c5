//! Who may do what: one table. A route that is not in it is refused to everybody.

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::dispatcher::Actor;
use crate::http::Problem;
use crate::words::Language;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: anybody may.
    Nothing,
    /// The source's own secret, which the operation checks.
    SourceSecret,
    /// A command on the server's own machine.
    ThisMachine,
    /// This role or a higher one. An agent may act only as itself and on its own items, which the
    /// operations check through [`Caller::acts_as`].
    Role(Role),
}

use Needs::{Nothing, SourceSecret, ThisMachine};
const AGENT: Needs = Needs::Role(Role::Agent);
const SUPERVISOR: Needs = Needs::Role(Role::Supervisor);
const ADMIN: Needs = Needs::Role(Role::Admin);

/// Every operation below `/api/v1`, and what it asks for.
#[rustfmt::skip]
pub const TABLE: &[(&str, &str, Needs)] = &[
    ("GET",    "/openapi.json",            Nothing),
    ("GET",    "/setup",                   Nothing),
    ("POST",   "/setup",                   Nothing),
    ("POST",   "/setup/link",              Nothing),
    ("POST",   "/session",                 Nothing),
    ("GET",    "/session",                 AGENT),
    ("DELETE", "/session",                 AGENT),
    ("GET",    "/desk-link",               SUPERVISOR),
    ("PUT",    "/desk-link",               SUPERVISOR),
    ("DELETE", "/desk-link",               SUPERVISOR),
    ("POST",   "/desk/people",             Nothing),
    ("POST",   "/desk/sign-in",            Nothing),
    ("GET",    "/tokens",                  ADMIN),
    ("POST",   "/tokens",                  ADMIN),
    ("DELETE", "/tokens/{id}",             ADMIN),
    ("GET",    "/workspace",               AGENT),
    ("PATCH",  "/workspace",               ADMIN),
    ("POST",   "/workspace/preset",        ADMIN),
    ("GET",    "/workspaces",              ThisMachine),
    ("POST",   "/workspaces",              ThisMachine),
    ("GET",    "/backup",                  ThisMachine),

    ("GET",    "/endpoints",               ADMIN),
    ("POST",   "/endpoints",               ADMIN),
    ("GET",    "/endpoints/{id}",          ADMIN),
    ("PATCH",  "/endpoints/{id}",          ADMIN),
    ("DELETE", "/endpoints/{id}",          ADMIN),
    ("POST",   "/endpoints/{id}/rotate-secret", ADMIN),
    ("POST",   "/endpoints/{id}/ping",     ADMIN),
    ("POST",   "/endpoints/{id}/send-failed", ADMIN),
    ("GET",    "/endpoints/{id}/deliveries", ADMIN),
    ("GET",    "/endpoints/{id}/deliveries/{delivery}", ADMIN),
    ("POST",   "/endpoints/{id}/deliveries/{delivery}/send", ADMIN),

    ("GET",    "/sheets",                  SUPERVISOR),
    ("POST",   "/sheets",                  ADMIN),
    ("GET",    "/sheets/{id}",             SUPERVISOR),
    ("PATCH",  "/sheets/{id}",             ADMIN),
    ("DELETE", "/sheets/{id}",             ADMIN),
    ("POST",   "/sheets/{id}/check",       ADMIN),
    ("POST",   "/sheets/{id}/sync",        SUPERVISOR),
    ("GET",    "/sheets/{id}/conflicts",   SUPERVISOR),
    ("POST",   "/sheets/{id}/conflicts/resolve", SUPERVISOR),

    ("GET",    "/agents",                  SUPERVISOR),
    ("POST",   "/agents",                  SUPERVISOR),
    ("GET",    "/agents/{id}",             AGENT),
    ("PATCH",  "/agents/{id}",             SUPERVISOR),
    ("DELETE", "/agents/{id}",             SUPERVISOR),
    ("PUT",    "/agents/{id}/pin",         AGENT),
    ("DELETE", "/agents/{id}/pin",         SUPERVISOR),
    ("POST",   "/agents/{id}/sign-in",     AGENT),
    ("POST",   "/agents/{id}/sign-out",    AGENT),
    ("POST",   "/agents/{id}/heartbeat",   AGENT),
    ("PUT",    "/agents/{id}/status",      AGENT),
    ("GET",    "/queues",                  AGENT),
    ("POST",   "/queues",                  SUPERVISOR),
    ("GET",    "/queues/{id}",             AGENT),
    ("PATCH",  "/queues/{id}",             SUPERVISOR),
    ("DELETE", "/queues/{id}",             SUPERVISOR),
    ("GET",    "/queues/{id}/desk",        AGENT),
    ("PUT",    "/queues/{id}/desk",        SUPERVISOR),
    ("GET",    "/sources",                 AGENT),
    ("POST",   "/sources",                 SUPERVISOR),
    ("GET",    "/sources/{id}",            AGENT),
    ("PATCH",  "/sources/{id}",            SUPERVISOR),
    ("DELETE", "/sources/{id}",            SUPERVISOR),
    ("POST",   "/sources/{id}/rotate-secret", SUPERVISOR),
    ("GET",    "/strategies",              SUPERVISOR),
    ("POST",   "/simulations",             SUPERVISOR),
    ("GET",    "/rules",                   SUPERVISOR),
    ("POST",   "/rules",                   SUPERVISOR),
    ("PUT",    "/rules",                   SUPERVISOR),
    ("GET",    "/rules/export",            SUPERVISOR),
    ("GET",    "/rules/versions",          SUPERVISOR),
    ("GET",    "/rules/versions/{version}", SUPERVISOR),
    ("GET",    "/rules/versions/{version}/changes", SUPERVISOR),
    ("POST",   "/rules/versions/{version}/restore", SUPERVISOR),
    ("GET",    "/rules/scheduled",         SUPERVISOR),
    ("DELETE", "/rules/scheduled/{id}",    SUPERVISOR),
    ("POST",   "/rules/test",              SUPERVISOR),
    ("GET",    "/rules/{id}",              SUPERVISOR),
    ("PATCH",  "/rules/{id}",              SUPERVISOR),
    ("DELETE", "/rules/{id}",              SUPERVISOR),

    ("GET",    "/ingest/{source_key}",     SourceSecret),
    ("POST",   "/ingest/{source_key}",     SourceSecret),
    ("POST",   "/items",                   SUPERVISOR),
    ("GET",    "/items",                   AGENT),
    ("GET",    "/items/{id}",              AGENT),
    ("POST",   "/items/{id}/accept",       AGENT),
    ("POST",   "/items/{id}/decline",      AGENT),
    ("POST",   "/items/{id}/complete",     AGENT),
    ("POST",   "/items/{id}/update",       AGENT),
    ("POST",   "/items/{id}/release",      AGENT),
    ("POST",   "/items/{id}/retry",        AGENT),
    ("POST",   "/items/{id}/undo",         AGENT),
    ("POST",   "/items/{id}/reassign",     SUPERVISOR),
    ("POST",   "/items/{id}/cancel",       SUPERVISOR),
    ("POST",   "/items/{id}/force",        SUPERVISOR),
    ("GET",    "/items/{id}/history",      AGENT),
    ("GET",    "/items/{id}/why",          AGENT),
    ("GET",    "/items/{id}/explain",      SUPERVISOR),
    ("POST",   "/claims",                  AGENT),
    ("POST",   "/matches",                 SUPERVISOR),
    ("GET",    "/callbacks",               AGENT),
    ("GET",    "/announcements",           AGENT),
    ("POST",   "/announcements",           SUPERVISOR),
    ("DELETE", "/announcements/{id}",      SUPERVISOR),
    ("GET",    "/assignments",             AGENT),
    ("GET",    "/assignments/export",      SUPERVISOR),
    ("GET",    "/fairness",                SUPERVISOR),
    ("GET",    "/verify",                  SUPERVISOR),
    ("GET",    "/stats",                   SUPERVISOR),
    ("GET",    "/stats/outcomes",          SUPERVISOR),
    ("GET",    "/stats/outcomes/series",   SUPERVISOR),
    ("GET",    "/reports/desk",            SUPERVISOR),
    ("GET",    "/reports/desk/export",     SUPERVISOR),
    ("GET",    "/reports/service",         SUPERVISOR),
    ("GET",    "/reports/service/export",  SUPERVISOR),
    ("GET",    "/journal/verify",          ADMIN),
    ("GET",    "/audit",                   SUPERVISOR),
    ("POST",   "/contacts/export",         ADMIN),
    ("POST",   "/contacts/erase",          ADMIN),
    ("GET",    "/do-not-call",             SUPERVISOR),
    ("POST",   "/do-not-call",             SUPERVISOR),
    ("POST",   "/do-not-call/check",       SUPERVISOR),
    ("POST",   "/do-not-call/import",      SUPERVISOR),
    ("DELETE", "/do-not-call/{id}",        SUPERVISOR),
    ("POST",   "/imports",                 SUPERVISOR),
    ("GET",    "/imports",                 SUPERVISOR),
    ("GET",    "/imports/{id}",            SUPERVISOR),
    ("GET",    "/imports/{id}/rejected",   SUPERVISOR),
    ("GET",    "/live",                    AGENT),
    ("GET",    "/events",                  AGENT),
];

/// What the operation asks for; `None` when it is not in the table.
pub fn needs(method: &str, path: &str) -> Option<Needs> {
    let method = if method == "HEAD" { "GET" } else { method };
    TABLE.iter().find(|(m, p, _)| *m == method && *p == path).map(|(_, _, needs)| *needs)
}

/// Lets only those through who may, and says who they are.
pub async fn check(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match checked(&app, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn checked(app: &App, request: &mut Request) -> Result<(), Problem> {
    let path = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let path = path.unwrap_or_default();
    let path = path.strip_prefix("/api/v1").unwrap_or(&path);
    let asked = needs(request.method().as_str(), path);
    let role = match asked {
        Some(Nothing | SourceSecret) => return fits(app, path, request),
        Some(ThisMachine) => Role::Admin,
        Some(Needs::Role(role)) => role,
        None => return Err(Problem::forbidden("This operation is not open to anybody.")),
    };
    fits(app, path, request)?;
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let mut caller = Caller::of(app, request.headers(), writes).await?;
    if caller.role < role {
        return Err(Problem::forbidden(format!(
            "This needs the role {}; you are signed in as {}. Ask an admin.",
            role.as_str(),
            caller.role.as_str()
        )));
    }
    // Who is nobody in particular came by this machine's own token.
    if asked == Some(ThisMachine) && caller.actor != Actor::System {
        return Err(Problem::forbidden("Only commands on the server's own machine may do this."));
    }
    caller.language = Language::asked(request.headers());
    request.extensions_mut().insert(caller);
    Ok(())
}

/// Refuses a body that says itself that it is too large, before any of it has come.
fn fits(app: &App, path: &str, request: &Request) -> Result<(), Problem> {
    let most = app.config.limits.body_of(path);
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length > most as u64 => Err(Problem::too_large(most)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_operation_is_in_the_table_and_the_other_way_round() {
        let document = serde_json::to_value(crate::api::document()).unwrap();
        let mut documented = Vec::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            let Some(path) = path.strip_prefix("/api/v1") else { continue };
            for method in operations.as_object().unwrap().keys() {
                documented.push((method.to_uppercase(), path.to_owned()));
            }
        }
        for (method, path) in &documented {
            assert!(needs(method, path).is_some(), "{method} {path} is not in the table");
        }
        for (method, path, _) in TABLE {
            let known = documented.iter().any(|(m, p)| m == method && p == path);
            assert!(known, "{method} {path} is not documented");
        }
    }
}
