//! A result that comes when its agent holds the item no longer: it is refused, and kept as a note.

use crate::api::items::act::MAX_NOTE;
use crate::api::items::complete::Completion;
use crate::app::App;
use crate::auth::{Caller, secret};
use crate::dispatcher::{IdempotencyKey, OptOutRow, Personal, Work};
use crate::http::Problem;
use crate::http::problem::Answered;
use axum::http::StatusCode;
use routing::{AgentId, Command, ItemId};
use serde_json::Value;
use store::NoteKind;

/// The longest disposition that is kept, in characters: a queue's own are shorter.
const MAX_DISPOSITION: usize = 100;
/// The longest text that is kept, in characters: a note and some fields.
const MAX_KEPT: usize = 2 * MAX_NOTE;

/// How a completion is refused whose agent may hold the item no longer.
pub const GONE: [&str; 4] = ["stale_version", "not_holder", "not_assigned", "unknown_item"];

/// What to answer to a completion of this agent's that was refused with `problem`. Kept only for an
/// agent who had the item once; the same result that is sent again is kept once. Who asked not to be
/// called again is not, whoever has the item now.
pub async fn kept(
    app: &App,
    caller: &Caller,
    item: ItemId,
    agent: AgentId,
    body: &Completion,
    opt_out: Option<OptOutRow>,
    problem: Problem,
) -> Answered<Problem> {
    if body.disposition.chars().count() > MAX_DISPOSITION {
        return Ok(problem);
    }
    // Whoever is erased stays so.
    let row = app.store.item(caller.workspace, item).await?;
    if row.is_some_and(|row| row.personal.is_none()) {
        return Ok(problem);
    }
    let text = said(body);
    let key = secret::hash(&format!("{item} {agent} {} {text}", body.version));
    let once = IdempotencyKey {
        scope: format!("late:{agent}"),
        key,
        request: String::new(),
        keep_secs: IdempotencyKey::DAY,
    };
    let mut work = Work::from(Command::KeepResult { item, agent });
    work.personal.push(Personal::Note { kind: NoteKind::Late, text });
    work.personal.extend(opt_out.map(|row| Personal::OptOut(Box::new(row))));
    match app.work(caller, Some(once), vec![work]).await?.into_iter().next() {
        Some(Ok(_)) => Ok(Problem::new(
            StatusCode::CONFLICT,
            "too_late",
            format!(
                "Item {item} was no longer with agent {agent} when this result came, so it stays as \
                 it is; the work is kept as a note on it."
            ),
        )),
        _ => Ok(problem),
    }
}

/// The result in words, with all that was typed.
fn said(body: &Completion) -> String {
    let note = body.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let typed = body.fields.iter().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(format!("{name}: {}", text.trim())),
        other => Some(format!("{name}: {other}")),
    });
    let all: Vec<String> = note.map(str::to_owned).into_iter().chain(typed).collect();
    let result = format!("“{}”", body.disposition.trim());
    let text = if all.is_empty() { result } else { format!("{result}: {}", all.join("; ")) };
    text.chars().take(MAX_KEPT).collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn late_work_is_kept() {
        keeps(Harness::new().await).await;
    }

    #[tokio::test]
    async fn late_work_is_kept_on_postgres() {
        keeps(Harness::postgres().await).await;
    }

    /// Kavya's task goes from Asha to Ben, who closes it.
    async fn keeps(h: Harness) {
        let office = h.office(&["Asha", "Ben", "Chitra"]).await;
        let (ben, chitra) = (office.agents[1], office.agents[2]);
        let asha = h.token("agent", Some(office.agents[0])).await;
        let lead = json!({"source": office.source, "contact": {"phone": "9876543210"}});
        let item = h.call("POST", "/items", lead).await.expect(201);
        let path = format!("/items/{}", item["id"]);
        let complete = format!("{path}/complete");
        let body = json!({"version": item["version"], "agent": ben});
        let moved = h.call("POST", &format!("{path}/reassign"), body).await.expect(200);

        let result =
            |note: &str| json!({"version": item["version"], "disposition": "Sold", "note": note});
        let first = h.call_as(&asha, "POST", &complete, result("Kavya signed")).await;
        assert_eq!(first.problem(409), "too_late");
        assert!(first.body["detail"].as_str().unwrap().contains("kept as a note"));
        let again = h.call_as(&asha, "POST", &complete, result("Kavya signed")).await;
        assert_eq!(again.problem(409), "too_late");
        let other = h.token("agent", Some(chitra)).await;
        let never = h.call_as(&other, "POST", &complete, result("me too")).await;
        assert_eq!(never.problem(409), "stale_version");
        let now = h.get(&path).await;
        assert_eq!((&now["version"], &now["agent"]), (&moved["version"], &json!(ben)));

        // Ben's own mistake is no late work.
        let holder = h.token("agent", Some(ben)).await;
        let stale = h.call_as(&holder, "POST", &complete, result("")).await;
        assert_eq!(stale.problem(409), "stale_version");
        let body = json!({"version": moved["version"], "disposition": "won"});
        h.call_as(&holder, "POST", &complete, body).await.expect(200);
        let h = h.restart().await;
        let closed = h.call_as(&asha, "POST", &complete, result("")).await;
        assert_eq!(closed.problem(409), "too_late");

        let history = h.get(&format!("{path}/history")).await;
        let kept: Vec<(&Value, &Value)> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["event"] == "result_kept")
            .map(|line| (&line["text"], &line["note"]))
            .collect();
        let (with_ben, too_late) = (
            json!("Asha's result came after Ben had it: kept as a note."),
            json!("Asha's result came too late: kept as a note."),
        );
        assert_eq!(
            kept,
            [(&with_ben, &json!("“Sold”: Kavya signed")), (&too_late, &json!("“Sold”"))]
        );
        let person = h.post("/contacts/export", json!({"phone": "9876543210"})).await;
        assert!(person.to_string().contains("Kavya signed"), "{person}");
        let erase = json!({"phone": "9876543210", "reason": "requested"});
        h.post("/contacts/erase", erase).await;
        let history = h.get(&format!("{path}/history")).await.to_string();
        assert!(!history.contains("Kavya") && !history.contains("Sold"), "{history}");
        // Nor does a late result bring any of it back.
        let after = h.call_as(&asha, "POST", &complete, result("Kavya again")).await;
        assert_eq!(after.problem(404), "unknown_item");
        let history = h.get(&format!("{path}/history")).await.to_string();
        assert!(!history.contains("Kavya"), "{history}");
        h.end().await;
    }

    #[tokio::test]
    async fn who_asked_not_to_be_called_is_not_however_late_the_result() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let results = json!({"dispositions": [{"name": "never again", "label": "Never again",
            "then": "close", "do_not_call": true}]});
        h.call("PATCH", &format!("/queues/{}", office.queue), results).await.expect(200);
        let asha = h.token("agent", Some(office.agents[0])).await;
        let lead = json!({"source": office.source, "contact": {"phone": "9876543210"}});
        let item = h.post("/items", lead).await;
        let path = format!("/items/{}", item["id"]);
        let moved = json!({"version": item["version"], "agent": office.agents[1]});
        h.call("POST", &format!("{path}/reassign"), moved).await.expect(200);
        let late = json!({"version": item["version"], "disposition": "never again"});
        let answer = h.call_as(&asha, "POST", &format!("{path}/complete"), late).await;
        assert_eq!(answer.problem(409), "too_late");
        // Whoever has it now sees it, and whatever else comes goes to nobody.
        assert_eq!(h.get(&path).await["calling"]["barred"], true);
        let check = json!({"phone": "9876543210"});
        assert_eq!(h.post("/do-not-call/check", check).await["listed"], true);
        h.end().await;
    }

    #[tokio::test]
    async fn only_so_much_late_work_is_kept_of_an_item() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let asha = h.token("agent", Some(office.agents[0])).await;
        let item = h.call("POST", "/items", json!({"source": office.source})).await.expect(201);
        let version = item["version"].clone();
        h.call("POST", "/items/1/cancel", json!({"version": version})).await.expect(200);
        let late = async |n: u32| {
            let body = json!({"version": version, "disposition": format!("result {n}")});
            h.call_as(&asha, "POST", "/items/1/complete", body).await
        };
        for n in 0..20 {
            assert_eq!(late(n).await.problem(409), "too_late");
        }
        assert_eq!(late(20).await.problem(404), "unknown_item");
        let long = json!({"version": version, "disposition": "x".repeat(101)});
        let long = h.call_as(&asha, "POST", "/items/1/complete", long).await;
        assert_eq!(long.problem(404), "unknown_item");
        h.end().await;
    }
}
