//! `/tokens`: API tokens for programs.

use crate::api::{Answer201, schema};
use crate::app::App;
use crate::auth::{Caller, Role, secret};
use crate::dispatcher::Actor;
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, cursor};
use crate::http::{Params, Pick, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{AgentId, Refusal};
use serde::{Deserialize, Serialize};
use store::{NewToken, Token, TokenId};
use utoipa::ToSchema;

/// A token to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken)]
pub struct TokenRequest {
    /// What it is for.
    pub name: String,
    #[schema(value_type = schema::Role)]
    pub role: Role,
    /// The agent it acts as; required with role agent.
    #[serde(default)]
    pub agent_id: Option<u64>,
}

/// A token.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenView {
    pub id: u64,
    pub name: String,
    #[schema(value_type = schema::Role)]
    pub role: Role,
    pub agent_id: Option<u64>,
    pub created_at: Rfc3339,
    pub revoked_at: Option<Rfc3339>,
    /// The secret: shown in the answer that made it, never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        TokenView {
            id: token.id.0,
            name: token.name,
            role: token.role,
            agent_id: token.agent.map(|a| a.0),
            created_at: Rfc3339(token.created_at),
            revoked_at: token.revoked_at.map(Rfc3339),
            token: None,
        }
    }
}

/// Makes a token; the answer shows its secret once.
#[utoipa::path(post, path = "/tokens", tag = "access", params(IdempotencyHeader),
    request_body = TokenRequest, responses((status = 201, body = TokenView)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Create { body, key }: Create<TokenRequest>,
) -> Answer201<TokenView> {
    if key.is_some() {
        let problem = "cannot be used here: the secret is shown once and kept only hashed";
        return Err(Problem::field("Idempotency-Key", problem));
    }
    let name = body.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Problem::field("name", "must have 1 to 100 characters"));
    }
    let agent = body.agent_id.map(AgentId);
    match (body.role, agent) {
        (Role::Agent, None) => {
            return Err(Problem::field("agent_id", "is required with role agent"));
        }
        (_, Some(agent)) => {
            let known =
                app.look(caller.workspace, move |s| s.facts().agents.contains_key(&agent)).await?;
            if !known {
                return Err(Refusal::UnknownAgent(agent).into());
            }
        }
        _ => {}
    }
    let token = secret::token().map_err(Problem::internal)?;
    let created_by = if let Actor::User(id) = caller.actor { Some(id) } else { None };
    let hash = secret::hash(&token);
    let new = NewToken { name: name.clone(), hash, role: body.role, agent, created_by };
    let now = app.clock.now();
    let id = app.store.create_token(caller.workspace, &new, caller.actor, now).await?;
    let view = TokenView {
        id: id.0,
        name,
        role: body.role,
        agent_id: body.agent_id,
        created_at: Rfc3339(now),
        revoked_at: None,
        token: Some(token),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Lists the tokens, revoked ones too, without their secrets.
#[utoipa::path(get, path = "/tokens", tag = "access", params(Paging),
    responses((status = 200, body = Page<TokenView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<TokenView>>> {
    let page = app.store.tokens(caller.workspace, paging.after()?, paging.limit()?).await?;
    let items = page.items.into_iter().map(TokenView::from).collect();
    Ok(Json(Page { items, next_cursor: page.next.map(cursor) }))
}

/// Revokes a token at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "access", params(("id" = u64, Path)),
    responses((status = 204, description = "Revoked")))]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<StatusCode> {
    let (token, now) = (TokenId(id), app.clock.now());
    let gone = app.store.revoke_token(caller.workspace, token, caller.actor, now).await?;
    app.forget_access();
    match gone {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found(format!("There is no token {id}, or it is revoked."))),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_token_works_until_it_is_revoked() {
        let h = Harness::new().await;
        let made = h
            .call("POST", "/tokens", json!({"name": "crm", "role": "supervisor"}))
            .await
            .expect(201);
        let token = made["token"].as_str().unwrap().to_owned();
        assert!(token.starts_with("fl_"));
        h.call_as(&token, "GET", "/stats", Value::Null).await.expect(200);
        assert_eq!(
            h.call_as(&token, "GET", "/tokens", Value::Null).await.problem(403),
            "forbidden"
        );
        assert_eq!(h.get("/tokens").await["items"][0]["token"], Value::Null);
        let path = format!("/tokens/{}", made["id"]);
        assert_eq!(h.call("DELETE", &path, Value::Null).await.status, 204);
        assert_eq!(
            h.call_as(&token, "GET", "/stats", Value::Null).await.problem(401),
            "unauthorized"
        );
        assert_eq!(h.call("DELETE", &path, Value::Null).await.problem(404), "not_found");
        let nobody = json!({"name": "x", "role": "agent"});
        assert_eq!(h.call("POST", "/tokens", nobody).await.problem(422), "invalid");
        assert_eq!(
            h.call_as("fl_guess", "GET", "/stats", Value::Null).await.problem(401),
            "unauthorized"
        );
        h.end().await;
    }
}
