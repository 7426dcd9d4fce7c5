//! `GET /journal/verify`: whether anybody has changed what happened.

use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::http::{Params, Problem};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{Broken, Chain};
use utoipa::ToSchema;

/// Rows that one answer deals with: well below the time that a request may take.
const ROWS: u32 = 100_000;

/// No journal has so many events or rows: numbers of this size could not be counted on from.
const MOST: u64 = 1 << 53;

/// Where to go on: what the answer before said of itself.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Resume {
    /// Its `events`; from the beginning when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub events: Option<u64>,
    /// Its `rows`.
    #[serde(deserialize_with = "number_in_text")]
    pub rows: Option<u64>,
    /// Its `head`.
    pub head: Option<String>,
}

/// What reading the journal found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Verified {
    /// Events that were read so far.
    pub events: u64,
    /// Rows that were read so far; a row holds the events of one instant about one item.
    pub rows: u64,
    /// The hash of the last sound row, in hex; keep it elsewhere to compare with later.
    pub head: String,
    /// Whether the journal's end was reached. Else ask again with `events`, `rows` and `head`.
    pub done: bool,
    /// The first event of the first row that does not follow from the one before.
    pub broken_at: Option<u64>,
    pub problem: Option<String>,
    /// What the tables say otherwise than the journal, counted again from its first event. Null until
    /// the journal's end was reached, and where another audit came between two answers.
    pub differences: Option<Vec<String>>,
    /// What was found of the audit's own rows, once the journal's end was reached.
    pub audit: Option<VerifiedAudit>,
}

/// What reading the audit found: a chain of its own, for what is done beside the core.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VerifiedAudit {
    pub rows: u64,
    /// The hash of the last sound row, in hex; keep it elsewhere to compare with later.
    pub head: String,
    /// The first row that does not follow from the one before.
    pub broken_at: Option<u64>,
    pub problem: Option<String>,
}

/// Reads the journal and checks its hash chain, 100,000 rows an answer, and counts again from its
/// events what the tables say of work; then checks the audit's chain.
#[utoipa::path(get, path = "/journal/verify", tag = "workspace", params(Resume),
    responses((status = 200, body = Verified)))]
pub async fn verify(
    State(app): State<App>,
    caller: Caller,
    Params(from): Params<Resume>,
) -> Answered<Json<Verified>> {
    for (field, number) in [("events", from.events), ("rows", from.rows)] {
        if number.is_some_and(|number| number > MOST) {
            return Err(Problem::field(field, "is more than any journal has"));
        }
    }
    let start = Chain::default();
    let from = match (from.events, from.head) {
        (None, None) => start,
        (Some(events), Some(head)) => {
            Chain { events, head, rows: from.rows.unwrap_or_default(), ..start }
        }
        _ => return Err(Problem::field("head", "goes together with events: send both or none")),
    };
    let first = from.events;
    let chain = app.store.verify_on(caller.workspace, from, ROWS).await?;
    let differences = app.recount.follow(&*app.store, caller.workspace, first, &chain).await?;
    let audit = match chain.done || chain.broken.is_some() {
        true => Some(audited(app.store.verify_audit(caller.workspace).await?)),
        false => None,
    };
    let Chain { events, rows, head, done, broken } = chain;
    let (broken_at, problem) = parts(broken);
    Ok(Json(Verified { events, rows, head, done, broken_at, problem, differences, audit }))
}

fn audited(chain: Chain) -> VerifiedAudit {
    let (broken_at, problem) = parts(chain.broken);
    VerifiedAudit { rows: chain.rows, head: chain.head, broken_at, problem }
}

fn parts(broken: Option<Broken>) -> (Option<u64>, Option<String>) {
    broken.map(|broken| (broken.seq, broken.problem)).unzip()
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn an_untouched_journal_is_sound() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        h.post("/items", json!({"source": office.source})).await;
        let verified = h.get("/journal/verify").await;
        assert_eq!((&verified["broken_at"], &verified["done"]), (&Value::Null, &json!(true)));
        assert_eq!(verified["events"], h.get("/stats").await["seq"]);
        assert_eq!(verified["audit"]["broken_at"], Value::Null);
        assert_eq!(verified["differences"], json!([]));
        // On from there: nothing has been added.
        let mark = |key: &str| verified[key].to_string().replace('"', "");
        let (events, rows, head) = (mark("events"), mark("rows"), mark("head"));
        let on = h.get(&format!("/journal/verify?events={events}&rows={rows}&head={head}")).await;
        assert_eq!((&on["head"], &on["audit"]), (&verified["head"], &verified["audit"]));
        assert_eq!(on["differences"], Value::Null, "what came before was not followed again");
        let half = h.call("GET", "/journal/verify?events=3", Value::Null).await;
        assert_eq!(half.problem(422), "invalid");
        let most = format!("/journal/verify?events={}&rows=1&head={head}", u64::MAX);
        assert_eq!(h.call("GET", &most, Value::Null).await.problem(422), "invalid");
        h.end().await;
    }

    #[tokio::test]
    async fn figures_that_the_journal_does_not_say_are_named() {
        use sqlx::{Connection, Executor};
        for h in [Harness::new().await, Harness::postgres().await] {
            let office = h.office(&["Asha", "Ben"]).await;
            for _ in 0..5 {
                h.post("/items", json!({"source": office.source})).await;
            }
            assert_eq!(h.get("/journal/verify").await["differences"], json!([]));
            let url = h.app.config.database_url();
            let forge = "UPDATE agents SET total = 99 WHERE agent_id = 1; \
                DELETE FROM standings WHERE agent_id = 2";
            if url.starts_with("sqlite") {
                sqlx::SqliteConnection::connect(&url).await.unwrap().execute(forge).await.unwrap();
            } else {
                sqlx::PgConnection::connect(&url).await.unwrap().execute(forge).await.unwrap();
            }
            let verified = h.get("/journal/verify").await;
            assert_eq!(verified["broken_at"], Value::Null, "the journal is what was written");
            let said = verified["differences"].to_string();
            assert!(
                said.contains("agents 1 total is 99 in the tables and 1 by the journal"),
                "{said}"
            );
            assert!(
                said.contains("agents 2 standings 1 count is 0 in the tables and 1 by the journal"),
                "{said}"
            );
            h.end().await;
        }
    }

    #[tokio::test]
    async fn a_changed_row_is_named() {
        use sqlx::{Connection, Executor};
        let forge = "UPDATE journal SET actor = 'user:7' WHERE seq = 2";
        let forge_audit = "UPDATE audit SET actor = 'user:7' WHERE audit_id = 1";
        for h in [Harness::new().await, Harness::postgres().await] {
            h.office(&["Asha"]).await;
            let url = h.app.config.database_url();
            for forged in [forge_audit, forge] {
                if url.starts_with("sqlite") {
                    let mut around = sqlx::SqliteConnection::connect(&url).await.unwrap();
                    around.execute(forged).await.unwrap();
                } else {
                    let mut around = sqlx::PgConnection::connect(&url).await.unwrap();
                    around.execute(forged).await.unwrap();
                }
                let verified = h.get("/journal/verify").await;
                if forged == forge {
                    assert_eq!((&verified["broken_at"], &verified["rows"]), (&json!(2), &json!(1)));
                    assert!(verified["problem"].as_str().unwrap().contains("hash"), "{verified}");
                } else {
                    assert_eq!(verified["broken_at"], Value::Null);
                }
                assert_eq!(verified["audit"]["broken_at"], 1, "whatever the journal says");
            }
            h.end().await;
        }
    }
}
