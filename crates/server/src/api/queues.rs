//! `/queues`: lines of waiting items.

use crate::api::{Answer201, changeable, schema};
use crate::app::App;
use crate::auth::Caller;
use crate::counts::{QueueCounts, Staff};
use crate::dispatcher::Work;
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, nullable, page_by_id};
use crate::http::{Body, Params, Pick, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{
    Answer, AtCap, Command, Disposition, Hours, JoinAt, Kind, Mode, Presence, Queue, QueueId,
    QueueSpec, Refusal, ServiceTarget, Silence, Step, Strategy, Time,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What can be set on a queue; what is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueueChange {
    pub name: Option<String>,
    #[schema(value_type = Option<schema::Kind>)]
    pub kind: Option<Kind>,
    #[schema(value_type = Option<schema::Mode>)]
    pub mode: Option<Mode>,
    #[schema(value_type = Option<schema::Presence>)]
    pub presence: Option<Presence>,
    #[schema(value_type = Option<Vec<schema::Step>>)]
    pub steps: Option<Vec<Step>>,
    #[schema(value_type = Option<schema::Strategy>)]
    pub strategy: Option<Strategy>,
    #[schema(value_type = Option<schema::AtCap>)]
    pub at_cap: Option<AtCap>,
    #[schema(value_type = Option<schema::JoinAt>)]
    pub join_at: Option<JoinAt>,
    #[schema(value_type = Option<Vec<schema::Disposition>>)]
    pub dispositions: Option<Vec<Disposition>>,
    pub may_move_placed: Option<bool>,
    /// Null: holders may leave their items alone.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<schema::Silence>)]
    pub silence: Option<Option<Silence>>,
    /// Calling hours by the clocks of each item's contact; at any time when empty.
    #[schema(value_type = Option<Vec<schema::Shift>>)]
    pub calling: Option<Hours>,
    /// For how many seconds whoever recorded a result may take it back, 0 (never) to 60.
    pub undo_secs: Option<u32>,
    /// For how many seconds a call back that is due is kept for the agent who promised it.
    pub callback_grace_secs: Option<u32>,
    /// What its service level is held against.
    #[schema(value_type = Option<schema::ServiceTarget>)]
    pub service_target: Option<ServiceTarget>,
    /// `true` makes an inactive queue active again.
    pub active: Option<bool>,
}

impl QueueChange {
    fn merge(self, spec: &mut QueueSpec) {
        macro_rules! take {
            ($($field:ident),*) => { $(if let Some(value) = self.$field { spec.$field = value; })* };
        }
        take!(
            name,
            kind,
            mode,
            presence,
            steps,
            strategy,
            at_cap,
            join_at,
            dispositions,
            may_move_placed,
            silence,
            calling,
            undo_secs,
            callback_grace_secs,
            service_target
        );
    }
}

/// A queue and how it stands.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Queue)]
pub struct QueueView {
    pub id: u64,
    pub active: bool,
    /// Items waiting in it now.
    pub waiting: u64,
    /// How many of them may not be called yet.
    pub outside_calling: u64,
    /// When the first of those may be.
    pub calling_opens_at: Option<Rfc3339>,
    /// How long the oldest of them has waited.
    pub oldest_wait_secs: Option<u64>,
    /// Active agents who can get its items.
    pub agents: u64,
    /// Those of them who are there: signed in where presence is required, at work and not paused.
    pub staffed: u64,
    /// Those of them who would get an item now.
    pub free: u64,
    pub name: String,
    #[schema(value_type = schema::Kind)]
    pub kind: Kind,
    #[schema(value_type = schema::Mode)]
    pub mode: Mode,
    #[schema(value_type = schema::Presence)]
    pub presence: Presence,
    #[schema(value_type = Vec<schema::Step>)]
    pub steps: Vec<Step>,
    #[schema(value_type = schema::Strategy)]
    pub strategy: Strategy,
    #[schema(value_type = schema::AtCap)]
    pub at_cap: AtCap,
    #[schema(value_type = schema::JoinAt)]
    pub join_at: JoinAt,
    #[schema(value_type = Vec<schema::Disposition>)]
    pub dispositions: Vec<Disposition>,
    pub may_move_placed: bool,
    #[schema(value_type = Option<schema::Silence>)]
    pub silence: Option<Silence>,
    /// Calling hours by the clocks of each item's contact; at any time when empty.
    #[schema(value_type = Vec<schema::Shift>)]
    pub calling: Hours,
    /// For how many seconds whoever recorded a result may take it back; 0: never.
    pub undo_secs: u32,
    /// For how many seconds a call back that is due is kept for the agent who promised it.
    pub callback_grace_secs: u32,
    /// What its service level is held against.
    #[schema(value_type = schema::ServiceTarget)]
    pub service_target: ServiceTarget,
}

impl QueueView {
    fn new(queue: &Queue, counts: &QueueCounts, staff: Staff, now: Time) -> Self {
        let spec = queue.spec.clone();
        QueueView {
            id: queue.id.0,
            active: queue.active,
            waiting: counts.waiting,
            outside_calling: counts.outside_calling.waiting as u64,
            calling_opens_at: counts.outside_calling.opens.map(Rfc3339),
            oldest_wait_secs: counts.oldest_wait_secs(now),
            agents: staff.agents,
            staffed: staff.there,
            free: staff.free,
            name: spec.name,
            kind: spec.kind,
            mode: spec.mode,
            presence: spec.presence,
            steps: spec.steps,
            strategy: spec.strategy,
            at_cap: spec.at_cap,
            join_at: spec.join_at,
            dispositions: spec.dispositions,
            may_move_placed: spec.may_move_placed,
            silence: spec.silence,
            calling: spec.calling,
            undo_secs: spec.undo_secs,
            callback_grace_secs: spec.callback_grace_secs,
            service_target: spec.service_target,
        }
    }
}

async fn view(app: &App, caller: &Caller, id: QueueId) -> Answered<QueueView> {
    let now = app.clock.now();
    let counts = app.counts(caller.workspace).await?;
    let look =
        move |s: &routing::State| s.facts().queues.get(&id).map(|q| (q.clone(), Staff::of(s, q)));
    let (queue, staff) =
        app.look(caller.workspace, look).await?.ok_or(Refusal::UnknownQueue(id))?;
    Ok(QueueView::new(&queue, &counts.queue(id), staff, now))
}

/// Creates a queue.
#[utoipa::path(post, path = "/queues", tag = "queues", params(IdempotencyHeader),
    request_body = QueueChange, responses((status = 201, body = QueueView)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Create { body, key }: Create<QueueChange>,
) -> Answer201<QueueView> {
    let mut spec = QueueSpec::default();
    changeable(true, body.active)?;
    body.merge(&mut spec);
    let work = vec![Command::CreateQueue { spec }.into()];
    let done = app.one(&caller, key, work).await?;
    app.forget_names(caller.workspace);
    let Answer::Queue(id) = done.answer else { return Err(Problem::internal("not a queue")) };
    Ok((StatusCode::CREATED, Json(view(&app, &caller, id).await?)))
}

/// Lists the queues, inactive ones too.
#[utoipa::path(get, path = "/queues", tag = "queues", params(Paging),
    responses((status = 200, body = Page<QueueView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<QueueView>>> {
    let now = app.clock.now();
    let counts = app.counts(caller.workspace).await?;
    let look = |s: &routing::State| -> Vec<(Queue, Staff)> {
        s.facts().queues.values().map(|queue| (queue.clone(), Staff::of(s, queue))).collect()
    };
    let queues = app.look(caller.workspace, look).await?;
    let all = queues
        .iter()
        .map(|(q, staff)| (q.id.0, QueueView::new(q, &counts.queue(q.id), *staff, now)));
    Ok(Json(page_by_id(all, &paging)?))
}

/// One queue.
#[utoipa::path(get, path = "/queues/{id}", tag = "queues", params(("id" = u64, Path)),
    responses((status = 200, body = QueueView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<QueueView>> {
    Ok(Json(view(&app, &caller, QueueId(id)).await?))
}

/// Changes a queue; fields that are absent stay as they are.
#[utoipa::path(patch, path = "/queues/{id}", tag = "queues", params(("id" = u64, Path)),
    request_body = QueueChange, responses((status = 200, body = QueueView)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(body): Body<QueueChange>,
) -> Answered<Json<QueueView>> {
    let queue = QueueId(id);
    let change = Work::change(move |state| {
        let found = state.facts().queues.get(&queue).ok_or(Refusal::UnknownQueue(queue))?;
        changeable(found.active, body.active)?;
        let mut spec = found.spec.clone();
        body.clone().merge(&mut spec);
        Ok(Command::UpdateQueue { queue, spec })
    });
    app.one(&caller, None, vec![change]).await?;
    app.forget_names(caller.workspace);
    Ok(Json(view(&app, &caller, queue).await?))
}

/// Deactivates a queue: nothing new enters it.
#[utoipa::path(delete, path = "/queues/{id}", tag = "queues", params(("id" = u64, Path)),
    responses((status = 200, body = QueueView)))]
pub async fn deactivate(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<QueueView>> {
    let queue = QueueId(id);
    app.command(&caller, Command::DeactivateQueue { queue }).await?;
    app.forget_names(caller.workspace);
    Ok(Json(view(&app, &caller, queue).await?))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_queue_is_made_changed_and_deactivated() {
        let h = Harness::new().await;
        let body = json!({
            "name": "Hot", "mode": {"mode": "offer", "secs": 30}, "strategy": "longest_idle",
            "steps": [{"same_region": true}, {"after_secs": 20}],
            "dispositions": [{"name": "Won", "label": "Won", "then": "close"}],
        });
        let made = h.call("POST", "/queues", body).await.expect(201);
        assert_eq!(made["mode"], json!({"mode": "offer", "secs": 30}));
        assert_eq!(made["dispositions"][0]["name"], "won");
        let path = format!("/queues/{}", made["id"]);
        let changed = h.call("PATCH", &path, json!({"mode": {"mode": "pull"}})).await.expect(200);
        assert_eq!((&changed["mode"]["mode"], &changed["name"]), (&json!("pull"), &json!("Hot")));
        assert_eq!(h.call("DELETE", &path, Value::Null).await.expect(200)["active"], false);
        for (body, field) in [
            (json!({"name": "x", "mode": {"mode": "offer"}}), "mode.secs"),
            (json!({"name": "x", "steps": [{"after_sec": 1}]}), "steps[0].after_sec"),
            (json!({"name": "x", "strategy": "lottery"}), "strategy"),
        ] {
            let answer = h.call("POST", "/queues", body).await;
            assert_eq!(answer.problem(422), "invalid");
            assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.text);
        }
        h.end().await;
    }

    #[tokio::test]
    async fn who_serves_a_queue_is_counted_as_they_come_and_go() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben", "Chen", "Dora"]).await;
        let path = format!("/queues/{}", office.queue);
        let staff = async || {
            let queue = h.get(&path).await;
            ["agents", "staffed", "free"].map(|field| queue[field].as_u64().unwrap())
        };
        assert_eq!(staff().await, [4, 4, 4]);
        let [asha, ben, chen, dora] = office.agents[..] else { panic!("four") };
        // One has as much as they can take, one is paused, one has left, one works here no more.
        let item = json!({"source": office.source});
        assert_eq!(h.post("/items", item).await["agent"], asha);
        h.call("PATCH", &format!("/agents/{ben}"), json!({"paused": true})).await.expect(200);
        assert_eq!(staff().await, [4, 3, 2]);
        h.post(&format!("/agents/{chen}/sign-out"), Value::Null).await;
        assert_eq!(staff().await, [4, 2, 1]);
        h.call("DELETE", &format!("/agents/{dora}"), Value::Null).await.expect(200);
        assert_eq!(staff().await, [3, 1, 0]);
        h.end().await;
    }

    #[tokio::test]
    async fn whose_region_it_is_depends_on_the_item_and_skills_do_not() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let path = format!("/queues/{}", office.queue);
        let asha = format!("/agents/{}", office.agents[0]);
        let set = async |steps: Value| {
            let queue = h.call("PATCH", &path, json!({"steps": steps})).await.expect(200);
            queue["agents"].as_u64().unwrap()
        };
        assert_eq!(set(json!([{"same_region": true}])).await, 2);
        h.call("PATCH", &asha, json!({"skills": {"kyc": 3}})).await.expect(200);
        assert_eq!(set(json!([{"skills": {"kyc": 4}}])).await, 0);
        assert_eq!(set(json!([{"skills": {"kyc": 3}}])).await, 1);
        assert_eq!(set(json!([{"skills": {"kyc": 3}}, {"after_secs": 60}])).await, 2);
        h.end().await;
    }
}
