//! `/rules`: a condition over an arriving item, and what follows from it.

mod diff;
#[cfg(test)]
mod list_tests;
mod plan;
pub mod scheduled;
pub mod test;
pub mod versions;
pub mod whole;

use crate::api::{Answer201, changeable, schema};
use crate::app::App;
use crate::auth::Caller;
use crate::dispatcher::{Personal, RulesRow, Work};
use crate::http::extract::{Create, IdempotencyHeader};
use crate::http::problem::Answered;
use crate::http::wire::{Page, Paging, nullable, page_by_id};
use crate::http::{Body, Params, Pick, Problem};
use crate::submission::Locale;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{
    Answer, Command, Condition, Op, QueueId, Refusal, Rule, RuleId, RuleSpec, Skills, Value,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What can be set on a rule; what is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleChange {
    pub name: Option<String>,
    /// Rules are tried by position, then id; the first that holds decides.
    pub position: Option<i32>,
    #[schema(value_type = Option<schema::Condition>)]
    pub when: Option<Condition>,
    /// Where to; the source's own queue when null.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u64>)]
    pub queue: Option<Option<QueueId>>,
    /// 0–100.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u8>)]
    pub priority: Option<Option<u8>>,
    /// What the item then requires of its agent.
    #[schema(value_type = Option<schema::Skills>)]
    pub skills: Option<Skills>,
    /// `true` makes an inactive rule active again.
    pub active: Option<bool>,
    /// What is said of the change, with the version that it makes: at most 500 characters, no
    /// contact's name or number.
    pub note: Option<String>,
}

/// What is said of a deactivation.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Noted {
    /// Kept with the version that it makes: at most 500 characters, no contact's name or number.
    #[serde(default)]
    pub note: Option<String>,
}

/// The work, whose version is kept with a note.
fn noted(mut work: Work, note: Option<String>) -> Answered<Work> {
    let note = plan::note(note)?;
    work.personal.push(Personal::Rules(Box::new(RulesRow { note, ..RulesRow::default() })));
    Ok(work)
}

impl RuleChange {
    /// Regions are compared by their codes in the workspace's country, languages by theirs.
    fn merge(self, spec: &mut RuleSpec, locale: &Locale) {
        macro_rules! take {
            ($($field:ident),*) => { $(if let Some(value) = self.$field { spec.$field = value; })* };
        }
        take!(name, position, when, queue, priority, skills);
        coded(&mut spec.when, locale);
    }
}

/// Writes regions and languages in a condition as they are kept with items.
pub fn coded(condition: &mut Condition, locale: &Locale) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter_mut().for_each(|part| coded(part, locale));
        }
        Condition::Not(part) => coded(part, locale),
        Condition::Compare { attribute, op: Op::Eq | Op::Ne | Op::In, value }
            if matches!(attribute.as_str(), "region" | "language") =>
        {
            let of_region = attribute == "region";
            let code = |text: &mut String| {
                let code = if of_region { locale.region(text) } else { locale.language(text) };
                if let Some(code) = code {
                    *text = code.as_str().to_owned();
                }
            };
            match value {
                Value::Text(text) => code(text),
                Value::List(texts) => texts.iter_mut().for_each(code),
                Value::Number(_) | Value::Bool(_) => {}
            }
        }
        Condition::Compare { .. } => {}
    }
}

/// A rule.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Rule)]
pub struct RuleView {
    pub id: u64,
    pub active: bool,
    pub name: String,
    pub position: i32,
    #[schema(value_type = schema::Condition)]
    pub when: Condition,
    pub queue: Option<u64>,
    pub priority: Option<u8>,
    #[schema(value_type = schema::Skills)]
    pub skills: Skills,
}

impl From<&Rule> for RuleView {
    fn from(rule: &Rule) -> Self {
        let spec = rule.spec.clone();
        RuleView {
            id: rule.id.0,
            active: rule.active,
            name: spec.name,
            position: spec.position,
            when: spec.when,
            queue: spec.queue.map(|q| q.0),
            priority: spec.priority,
            skills: spec.skills,
        }
    }
}

async fn find(app: &App, caller: &Caller, id: RuleId) -> Answered<Rule> {
    let rule = app.look(caller.workspace, move |s| s.facts().rules.get(&id).cloned()).await?;
    Ok(rule.ok_or(Refusal::UnknownRule(id))?)
}

/// Creates a rule.
#[utoipa::path(post, path = "/rules", tag = "rules", params(IdempotencyHeader),
    request_body = RuleChange, responses((status = 201, body = RuleView)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Create { mut body, key }: Create<RuleChange>,
) -> Answer201<RuleView> {
    let Some(when) = body.when.take() else {
        return Err(Problem::field(
            "when",
            "is required: the condition under which the rule decides",
        ));
    };
    changeable(true, body.active)?;
    let note = body.note.take();
    let spec = RuleSpec {
        name: String::new(),
        position: 0,
        when,
        queue: None,
        priority: None,
        skills: Skills::new(),
    };
    // Names of regions are read under the lock: they may have been changed a moment ago.
    let work = Work::change(move |state| {
        let mut spec = spec.clone();
        body.clone().merge(&mut spec, &Locale::of(&state.facts().settings));
        Ok(Command::CreateRule { spec })
    });
    let done = app.one(&caller, key, vec![noted(work, note)?]).await?;
    app.forget_names(caller.workspace);
    let Answer::Rule(id) = done.answer else { return Err(Problem::internal("not a rule")) };
    Ok((StatusCode::CREATED, Json((&find(&app, &caller, id).await?).into())))
}

/// Lists the rules, inactive ones too.
#[utoipa::path(get, path = "/rules", tag = "rules", params(Paging),
    responses((status = 200, body = Page<RuleView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(paging): Params<Paging>,
) -> Answered<Json<Page<RuleView>>> {
    let rules = app.look(caller.workspace, |s| s.facts().rules.clone()).await?;
    Ok(Json(page_by_id(rules.values().map(|r| (r.id.0, r.into())), &paging)?))
}

/// One rule.
#[utoipa::path(get, path = "/rules/{id}", tag = "rules", params(("id" = u64, Path)),
    responses((status = 200, body = RuleView)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
) -> Answered<Json<RuleView>> {
    Ok(Json((&find(&app, &caller, RuleId(id)).await?).into()))
}

/// Changes a rule; fields that are absent stay as they are.
#[utoipa::path(patch, path = "/rules/{id}", tag = "rules", params(("id" = u64, Path)),
    request_body = RuleChange, responses((status = 200, body = RuleView)))]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Body(mut body): Body<RuleChange>,
) -> Answered<Json<RuleView>> {
    let (rule, note) = (RuleId(id), body.note.take());
    let change = Work::change(move |state| {
        let found = state.facts().rules.get(&rule).ok_or(Refusal::UnknownRule(rule))?;
        changeable(found.active, body.active)?;
        let mut spec = found.spec.clone();
        body.clone().merge(&mut spec, &Locale::of(&state.facts().settings));
        Ok(Command::UpdateRule { rule, spec })
    });
    app.one(&caller, None, vec![noted(change, note)?]).await?;
    app.forget_names(caller.workspace);
    Ok(Json((&find(&app, &caller, rule).await?).into()))
}

/// Deactivates a rule: it no longer decides.
#[utoipa::path(delete, path = "/rules/{id}", tag = "rules", params(("id" = u64, Path), Noted),
    responses((status = 200, body = RuleView)))]
pub async fn deactivate(
    State(app): State<App>,
    caller: Caller,
    Pick(id): Pick<u64>,
    Params(Noted { note }): Params<Noted>,
) -> Answered<Json<RuleView>> {
    let rule = RuleId(id);
    let work = noted(Command::DeactivateRule { rule }.into(), note)?;
    app.one(&caller, None, vec![work]).await?;
    app.forget_names(caller.workspace);
    Ok(Json((&find(&app, &caller, rule).await?).into()))
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_rule_sends_items_elsewhere() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let hot = h.post("/queues", json!({"name": "Hot"})).await["id"].clone();
        let when = json!({"compare": {"attribute": "budget", "op": "ge", "value": 1000}});
        let rule = json!({"name": "Large", "when": when, "queue": hot, "priority": 50});
        let made = h.call("POST", "/rules", rule).await.expect(201);
        let item = json!({"source": office.source, "attributes": {"budget": 1500}});
        let item = h.call("POST", "/items", item).await.expect(201);
        assert_eq!(
            (&item["queue"], &item["rule"], &item["priority"]),
            (&hot, &made["id"], &json!(50))
        );
        let path = format!("/rules/{}", made["id"]);
        assert_eq!(h.call("DELETE", &path, Value::Null).await.expect(200)["active"], false);
        let item = json!({"source": office.source, "attributes": {"budget": 1500}});
        let item = h.call("POST", "/items", item).await.expect(201);
        assert_eq!(item["queue"], office.queue);
        assert_eq!(h.call("POST", "/rules", json!({"name": "x"})).await.problem(422), "invalid");
        h.end().await;
    }

    #[tokio::test]
    async fn a_rule_names_a_region_as_people_do() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let west = h.post("/queues", json!({"name": "West"})).await["id"].clone();
        let is = |op: &str, value: Value| json!({"compare": {"attribute": "region", "op": op, "value": value}});
        let when =
            json!({"any": [is("in", json!(["Goa", "Gujrat"])), is("eq", json!("Maharashtra"))]});
        let rule = h.post("/rules", json!({"name": "West", "when": when, "queue": west})).await;
        assert_eq!(rule["when"]["any"][1]["compare"]["value"], "mh");
        for (region, queue) in [("MH", &west), ("Gujarat", &west), ("Kerala", &json!(office.queue))]
        {
            let item = json!({"source": office.source, "region": region});
            let item = h.call("POST", "/items", item).await.expect(201);
            assert_eq!(&item["queue"], queue, "{region}");
        }
        let not = json!({"when": {"not": is("eq", json!("Keralam"))}});
        let path = format!("/rules/{}", rule["id"]);
        let changed = h.call("PATCH", &path, not).await.expect(200);
        assert_eq!(changed["when"]["not"]["compare"]["value"], "kl");
        h.end().await;
    }

    #[tokio::test]
    async fn a_language_is_the_same_however_it_is_written() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let steps = json!([{"same_language": true}]);
        h.call("PATCH", &format!("/queues/{}", office.queue), json!({"steps": steps}))
            .await
            .expect(200);
        for (agent, spoken) in [(0, json!(["Hindi", "en_IN"])), (1, json!(["मराठी"]))] {
            let path = format!("/agents/{}", office.agents[agent]);
            let body = json!({"languages": spoken, "capacity": {"lead": null}});
            h.call("PATCH", &path, body).await.expect(200);
        }
        let asha = h.get(&format!("/agents/{}", office.agents[0])).await;
        assert_eq!(asha["languages"], json!(["en", "hi"]));
        for (language, agent) in [("हिन्दी", 0), ("hi-IN", 0), ("EN", 0), ("mar", 1), ("mr_IN", 1)]
        {
            let item = json!({"source": office.source, "language": language});
            let item = h.call("POST", "/items", item).await.expect(201);
            assert_eq!(item["agent"], office.agents[agent], "{language}");
        }
        let south = h.post("/queues", json!({"name": "South"})).await["id"].clone();
        let is =
            json!({"compare": {"attribute": "language", "op": "in", "value": ["Tamil", "te-IN"]}});
        let rule = json!({"name": "South", "when": is, "queue": south});
        assert_eq!(h.post("/rules", rule).await["when"]["compare"]["value"], json!(["ta", "te"]));
        let item = json!({"source": office.source, "language": "தமிழ்"});
        assert_eq!(h.call("POST", "/items", item).await.expect(201)["queue"], south);
        h.end().await;
    }
}
