//! What the audit says of sign-ins: who came in and went, and where somebody was kept out.

use crate::app::App;
use crate::auth::attempts::{Attempt, Refused};
use crate::dispatcher::{Actor, WorkspaceId};
use crate::http::problem::Answered;
use serde_json::json;
use std::net::IpAddr;
use std::time::Instant;
use store::{Act, UserId};

/// Acts of nobody that is known: only whose login it was about.
pub const REFUSED: [&str; 2] = ["sign_in_failed", "sign_in_limited"];

/// Somebody came in, or went.
pub async fn came_or_went(
    app: &App,
    workspace: WorkspaceId,
    user: UserId,
    act: &'static str,
    from: IpAddr,
) -> Answered<()> {
    let body = json!({ "address": from.to_string() });
    let (actor, object_id) = (Actor::User(user), Some(user.0));
    let act = Act { actor, act, object: "login", object_id, body };
    Ok(app.store.record(workspace, &act, app.clock.now()).await?)
}

/// Somebody was kept out of a login that exists. Written behind the answer: by how long that takes,
/// or by what becomes of it, nobody learns which logins there are.
pub fn kept_out(app: &App, attempt: Attempt) {
    let Some(first) = app.attempts.note(Instant::now(), attempt) else { return };
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = tell(&app, first, 1).await {
            tracing::warn!(%error, "a refused sign-in was not audited");
        }
    });
}

/// Tells of the minutes that are over.
pub async fn tell_ended(app: &App, now: Instant) -> Result<(), store::Error> {
    let mut told = Ok(());
    for (attempt, times) in app.attempts.ended(now) {
        // One that cannot be told keeps no other from it.
        told = tell(app, attempt, times).await.and(told);
    }
    told
}

async fn tell(app: &App, attempt: Attempt, times: u32) -> Result<(), store::Error> {
    let act = match attempt.refused {
        Refused::WrongPassword => REFUSED[0],
        Refused::TooManyTries => REFUSED[1],
    };
    let address = attempt.address.map(|address| address.to_string());
    let body = json!({ "address": address, "times": times });
    let (actor, object_id) = (Actor::System, Some(attempt.login.0));
    let act = Act { actor, act, object: "login", object_id, body };
    app.store.record(attempt.workspace, &act, app.clock.now()).await
}

#[cfg(test)]
mod tests {
    use super::tell_ended;
    use crate::testing::Harness;
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::{Value, json};
    use std::time::{Duration, Instant};

    #[tokio::test]
    async fn who_comes_and_goes_and_who_is_kept_out_is_audited() {
        let trusted = |config: &mut crate::Config| {
            config.trusted_proxies = vec!["0.0.0.0".parse().unwrap()];
        };
        let h = Harness::with(trusted).await;
        h.post("/agents", json!({"name": "Asha", "password": "a long one"})).await;
        let sign_in = async |name: &str, password: &str, from: &str| {
            let body = json!({"name": name, "password": password}).to_string();
            let request = Request::post("/api/v1/session").header("x-forwarded-for", from);
            h.send(request.body(Body::from(body)).unwrap()).await
        };
        let came = sign_in("asha", "a long one", "203.0.113.9").await;
        let cookie = came.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let request = Request::delete("/api/v1/session")
            .header("cookie", cookie)
            .header("x-forwarded-for", "203.0.113.9")
            .header("x-fairlead-csrf", came.body["csrf"].as_str().unwrap());
        assert_eq!(h.send(request.body(Body::empty()).unwrap()).await.status, 204);
        // Refusals are written behind the answer.
        let rows = async |due: usize| {
            let told = async {
                while h.get("/audit?object=login").await["items"].as_array().unwrap().len() < due {
                    tokio::task::yield_now().await;
                }
            };
            let patience = Duration::from_secs(30);
            tokio::time::timeout(patience, told).await.expect("refusals are audited");
        };
        for n in 0..5 {
            sign_in("asha", "wrong", "203.0.113.10").await.problem(401);
            if n == 0 {
                rows(3).await;
            }
        }
        for _ in 0..3 {
            sign_in("asha", "wrong", "203.0.113.10").await.problem(429);
        }
        rows(4).await;
        sign_in("nobody", "wrong", "203.0.113.10").await.problem(401);
        tell_ended(&h.app, Instant::now() + Duration::from_secs(60)).await.unwrap();

        let page = h.get("/audit?object=login").await;
        let told: Vec<(&str, &Value, Option<&str>, &Value)> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|e| {
                let times = &e["after"]["times"];
                let address = e["after"]["address"].as_str();
                (e["act"].as_str().unwrap(), &e["actor"]["kind"], address, times)
            })
            .collect();
        let (user, nobody) = (json!("user"), json!("nobody"));
        let (own, other) = (Some("203.0.113.9"), Some("203.0.113.10"));
        let (one, two, four) = (json!(1), json!(2), json!(4));
        assert_eq!(
            told[..4],
            [
                ("session_started", &user, own, &Value::Null),
                ("session_ended", &user, own, &Value::Null),
                ("sign_in_failed", &nobody, other, &one),
                ("sign_in_limited", &nobody, other, &one),
            ]
        );
        // Both minutes are over at once: in whatever order.
        assert_eq!(told.len(), 6);
        assert!(told.contains(&("sign_in_failed", &nobody, other, &four)), "{told:?}");
        assert!(told.contains(&("sign_in_limited", &nobody, other, &two)), "{told:?}");
        assert_eq!(page["items"][5]["object"]["name"], "asha");
        assert_eq!(page["items"][5]["text"], "asha signed in.");
        h.end().await;
    }
}
