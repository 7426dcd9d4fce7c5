//! Errors as problem+json (RFC 9457): what, which, and what to do next.

use crate::dispatcher::SubmitError;
use crate::http::Rfc3339;
use crate::http::request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use routing::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// One field of a request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The field's path, such as `contact.phone` or `steps[0].after_secs`.
    pub field: String,
    pub problem: String,
    /// A stable name of what is wrong, for those who say it in another language: `required`,
    /// `not_editable`, `too_long`; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl FieldProblem {
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        FieldProblem { field: field.into(), problem: problem.into(), code: None }
    }
}

/// An error answer, as documented for clients.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A link that names the kind of problem; programs compare this.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What happened, to which object, and what to do next.
    pub detail: String,
    /// Also in the `X-Request-Id` header and in the server's log.
    pub request_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// What the detail names, for those who say it in another language: such as `item`, `opens`,
    /// `cause`, `disposition` or `known`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub args: Map<String, Value>,
}

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub status: StatusCode,
    pub name: &'static str,
    pub detail: String,
    pub errors: Vec<FieldProblem>,
    /// What the detail names.
    pub args: Map<String, Value>,
    /// When trying again makes sense.
    pub retry_after_secs: Option<u32>,
}

impl Problem {
    pub fn new(status: StatusCode, name: &'static str, detail: impl Into<String>) -> Self {
        Problem {
            status,
            name,
            detail: detail.into(),
            errors: Vec::new(),
            args: Map::new(),
            retry_after_secs: None,
        }
    }

    /// 422: one field of the request is wrong.
    pub fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Problem::invalid(vec![FieldProblem::new(field, problem)])
    }

    /// 422: one field of the request is wrong, in a way that has a name.
    pub fn named_field(code: &str, field: impl Into<String>, problem: impl Into<String>) -> Self {
        let code = Some(code.to_owned());
        Problem::invalid(vec![FieldProblem { code, ..FieldProblem::new(field, problem) }])
    }

    /// 422: these fields are wrong.
    pub fn invalid(errors: Vec<FieldProblem>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.field.is_empty() => one.problem.clone(),
            [one] => format!("{}: {}", one.field, one.problem),
            many => format!("{} fields need to be corrected; see errors.", many.len()),
        };
        let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail);
        problem.errors = errors;
        problem.errors.retain(|e| !e.field.is_empty());
        problem
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// A body that is too large, which says how large it may be.
    pub fn too_large(most: usize) -> Self {
        let detail = format!(
            "The body is larger than the {most} bytes that this operation takes; send less at once."
        );
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", detail)
    }

    pub fn too_many(detail: impl Into<String>, retry_after_secs: u32) -> Self {
        Problem {
            retry_after_secs: Some(retry_after_secs.max(1)),
            ..Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
        }
    }

    pub fn unavailable(detail: impl Into<String>) -> Self {
        Problem {
            retry_after_secs: Some(1),
            ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
        }
    }

    /// 500: our mistake. The cause goes to the log, never to the client.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(request_id = %request::id(), %cause, "internal error");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on the server. Try again; if it stays so, tell the operator the request id.",
        )
    }

    /// The body that goes out.
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: format!("https://fairlead.dev/problems/{}", self.name),
            title: title(self.name),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            request_id: request::id(),
            errors: self.errors.clone(),
            args: self.args.clone(),
        }
    }
}

fn title(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |f| f.to_uppercase().chain(letters).collect())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.body()).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(secs) = self.retry_after_secs {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer realm=\"fairlead\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use Refusal::*;
        let status = match &refusal {
            UnknownAgent(_) | UnknownQueue(_) | UnknownSource(_) | UnknownRule(_)
            | UnknownItem(_) | NothingWaiting(_) => StatusCode::NOT_FOUND,
            Invalid { .. } | WrongKind { .. } | UnknownDisposition { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            AgentInactive(_)
            | SourceInactive(_)
            | QueueInactive(_)
            | QueueInUse { .. }
            | NotSignedIn(_)
            | Stale { .. }
            | NotHolder { .. }
            | StillHeld { .. }
            | NotDuplicate(_)
            | NotOffered(_)
            | NotAssigned(_)
            | NotEligible { .. }
            | NothingToUndo { .. }
            | UndoTooLate(_)
            | GoneOn(_)
            | NextInHand(_)
            | CallingClosed { .. } => StatusCode::CONFLICT,
        };
        let mut detail = refusal.to_string();
        if let Some(first) = detail.get(..1).map(str::to_uppercase)
            && !matches!(refusal, Invalid { .. })
        {
            detail.replace_range(..1, &first);
            detail.push('.');
        }
        let mut problem = Problem::new(status, refusal.name(), detail);
        problem.args = args(&refusal);
        problem.errors = match refusal {
            Invalid { field, problem } => vec![FieldProblem::new(field, problem)],
            UnknownDisposition { known, .. } => {
                vec![FieldProblem::new("disposition", format!("must be one of: {known}"))]
            }
            _ => Vec::new(),
        };
        problem
    }
}

/// What a refusal names, as far as clients show it.
fn args(refusal: &Refusal) -> Map<String, Value> {
    use Refusal::*;
    let said = match refusal {
        UnknownItem(item) | NotDuplicate(item) | NotOffered(item) | NotAssigned(item)
        | UndoTooLate(item) | GoneOn(item) | NextInHand(item) => json!({"item": item}),
        Stale { item, .. }
        | NotHolder { item, .. }
        | StillHeld { item, .. }
        | NothingToUndo { item, .. } => json!({"item": item}),
        UnknownDisposition { disposition, known, .. } => {
            json!({"disposition": disposition, "known": known})
        }
        NotEligible { cause, .. } => json!({"cause": cause}),
        CallingClosed { opens, .. } => json!({"opens": Rfc3339(*opens)}),
        _ => return Map::new(),
    };
    match said {
        Value::Object(said) => said,
        _ => Map::new(),
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Busy { retry_after_secs } => Problem::too_many(
                "The workspace has more requests waiting than it takes; try again after the seconds in Retry-After.",
                retry_after_secs,
            ),
            SubmitError::Stopping => {
                Problem::unavailable("The server is stopping; try again in a moment.")
            }
            // What the database said is in the log.
            SubmitError::Refused => Problem::internal("the database refused a request"),
            SubmitError::UnknownWorkspace => {
                Problem::not_found("The workspace of this session or token is gone; sign in again.")
            }
            SubmitError::KeyReused => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request; use a new key for each.",
            ),
            SubmitError::Unavailable { in_doubt: true } => Problem::unavailable(
                "The database went away while this was stored: it may have taken effect. Send it again with the same Idempotency-Key, or look first.",
            ),
            SubmitError::Unavailable { in_doubt: false } => Problem::unavailable(
                "The database cannot be reached or has no room left, so nothing was stored; try again in a moment.",
            ),
        }
    }
}

/// What a handler answers.
pub type Answered<T> = Result<T, Problem>;

#[cfg(test)]
mod tests {
    use super::*;
    use routing::{AgentId, Cause, ItemId};

    #[test]
    fn a_refusal_says_what_and_which_and_has_a_status_of_the_client_s_kind() {
        let stale: Problem = Refusal::Stale { item: ItemId(7), seen: 2, current: 3 }.into();
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert_eq!(stale.detail, "Item 7 is at version 3, not 2; load it again and decide anew.");
        assert_eq!(stale.args, *json!({"item": 7}).as_object().unwrap());
        let opens = Refusal::CallingClosed { agent: AgentId(1), opens: routing::Time(0) };
        let body = Problem::from(opens).body();
        assert_eq!(Value::Object(body.args), json!({"opens": "1970-01-01T00:00:00.000Z"}));
        let full = Refusal::NotEligible { agent: AgentId(1), cause: Cause::AtCapacity };
        assert_eq!(Value::Object(Problem::from(full).args), json!({"cause": "at_capacity"}));
        let none: Problem = Refusal::NothingWaiting(AgentId(1)).into();
        assert_eq!((none.status, none.name), (StatusCode::NOT_FOUND, "nothing_waiting"));
    }

    #[test]
    fn titles_read_like_sentences() {
        assert_eq!(title("too_many_requests"), "Too many requests");
    }
}
