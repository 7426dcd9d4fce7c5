//! `POST /rules/test`: what would become of an item, without handing one in.

use crate::api::items::calling::{CallingView, calling};
use crate::api::items::submit::NewItem;
use crate::api::items::why::verdict_name;
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Body, Problem};
use crate::submission::{Locale, Strictness, prepare};
use crate::words::{LanguageHeader, Lexicon};
use axum::Json;
use axum::extract::State;
use routing::{
    Bar, Contender, Event, Fate, ItemId, PassedOver, Settings, Skills, Step, Submission, Trace,
    Trial, Tried, Verdict,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is tried: one of the two.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialForm {
    /// An item as `POST /items` takes it.
    #[serde(default)]
    pub item: Option<NewItem>,
    /// An item that came before, by its id: as it came in, and as if its contact were new.
    #[serde(default)]
    pub past: Option<u64>,
}

/// Whether it would be queued. What else is said of one that would not be holds if it is forced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrialFate {
    Queued,
    Duplicate,
    Barred,
}

/// Why a rule would not be asked, whether its condition holds or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RulePassedOver {
    Inactive,
    /// Its queue takes nothing new.
    QueueInactive,
    /// Its queue is for another kind of work.
    OtherKind,
    /// A rule before it decides.
    Behind,
}

/// A rule, held against the item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TriedRule {
    pub rule: u64,
    pub name: String,
    pub decides: bool,
    pub passed_over: Option<RulePassedOver>,
    /// Every condition with its outcome, and what the item has.
    #[schema(value_type = schema::Trace)]
    pub when: serde_json::Value,
}

/// How an agent would stand to the item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TrialAgent {
    pub agent: u64,
    pub name: String,
    /// 1 is who would be asked first; null for who would not be.
    pub rank: Option<u32>,
    /// The first of the queue's steps, counted from 1, in which they could have it.
    pub step: Option<u8>,
    /// Seconds after which that step opens.
    pub after_secs: Option<u32>,
    /// `eligible`, `does_not_serve`, or what speaks against them, such as `away`.
    pub verdict: String,
    pub text: String,
}

/// What would become of the item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TrialView {
    pub fate: TrialFate,
    /// The item that its contact came with before.
    pub duplicate_of: Option<u64>,
    /// In the order in which they are tried.
    pub rules: Vec<TriedRule>,
    /// The rule that decides; null when none does, and the source's queue is taken.
    pub rule: Option<u64>,
    pub queue: u64,
    pub queue_name: String,
    pub priority: u8,
    /// What it would require of its agent.
    #[schema(value_type = schema::Skills)]
    pub skills: Skills,
    /// How it stands with calling hours; null when it may be called at any time.
    pub calling: Option<CallingView>,
    /// Every agent: first those who would be asked, in that order once every step is open.
    pub agents: Vec<TrialAgent>,
}

/// Which rule would decide about an item, which queue it would stand in, and who would get it: with
/// every condition's outcome, and for everybody who would not get it the cause. Nothing is changed.
#[utoipa::path(post, path = "/rules/test", tag = "rules", params(LanguageHeader),
    request_body = TrialForm, responses((status = 200, body = TrialView)))]
pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<TrialForm>,
) -> Answered<Json<TrialView>> {
    let submission = match (body.item, body.past) {
        (Some(item), None) => app.sample(&caller, item).await?,
        (None, Some(id)) => app.as_it_came(&caller, ItemId(id)).await?,
        _ => return Err(Problem::field("item", "give either item or past")),
    };
    let now = app.clock.now();
    let callable = submission.callable.clone();
    let tried = move |state: &routing::State| {
        let trial = state.try_out(now, &submission)?;
        let queue = state.facts().queues.get(&trial.queue);
        Ok::<_, routing::Refusal>((queue.map(|q| q.spec.steps.clone()).unwrap_or_default(), trial))
    };
    let (steps, trial) = app.look(caller.workspace, tried).await??;
    let words = app.lexicon(&caller).await?;
    let settings: &Settings = &*app.settings(caller.workspace).await?;
    let calling = calling(trial.queue, &callable, &words, settings, now);
    Ok(Json(view(trial, &steps, calling, &words)))
}

impl App {
    /// A new item as it would be handed in, with what the do-not-call list says of its contact.
    async fn sample(&self, caller: &Caller, item: NewItem) -> Answered<Submission> {
        let source = self.source_named(caller, &item.source).await?;
        let settings = self.settings(caller.workspace).await?;
        let contact_key = self.contact_key(caller.workspace).await?;
        let (face, locale) = (&source.face, Locale::of(&settings));
        let id = source.source.id;
        let strict = Strictness::Refuse;
        let prepared = prepare(id, face, &contact_key, &locale, item.into(), strict)?;
        let mut submission = prepared.submission;
        if let Some(callee) = prepared.callee {
            let entries = self.store.opt_outs_of(caller.workspace, callee).await?;
            let concerning = entries.into_iter().filter(|e| e.what.concerns(&source.source.spec));
            submission.callable.bars = Bar::together(concerning.map(|e| e.what.bar).collect());
        }
        Ok(submission)
    }

    /// An item as it came in. Its contact is left out: it would be a duplicate of itself.
    async fn as_it_came(&self, caller: &Caller, item: ItemId) -> Answered<Submission> {
        self.item_row(caller, item, false).await?;
        let first = self.store.item_history(caller.workspace, item, None, 1).await?;
        match first.items.into_iter().next().map(|entry| entry.event) {
            Some(Event::Submitted { submission, .. }) => {
                Ok(Submission { contact: None, earliest: None, ..submission })
            }
            _ => Err(Problem::internal("an item's history begins with how it came")),
        }
    }
}

fn view(trial: Trial, steps: &[Step], calling: Option<CallingView>, words: &Lexicon) -> TrialView {
    let decides = trial.rule;
    let mut behind = false;
    let rules = trial.rules.into_iter().map(|tried| {
        let view = rule(tried, decides, behind, words);
        behind |= view.decides;
        view
    });
    let rules = rules.collect();
    let duplicate_of = match trial.fate {
        Fate::Duplicate(first) => Some(first.0),
        Fate::Queued | Fate::Barred => None,
    };
    let agents = (1..).zip(trial.agents).map(|(rank, one)| agent(rank, one, steps, words));
    TrialView {
        fate: match trial.fate {
            Fate::Queued => TrialFate::Queued,
            Fate::Duplicate(_) => TrialFate::Duplicate,
            Fate::Barred => TrialFate::Barred,
        },
        duplicate_of,
        rules,
        rule: decides.map(|rule| rule.0),
        queue: trial.queue.0,
        queue_name: words.queues.get(&trial.queue).map(|q| q.spec.name.clone()).unwrap_or_default(),
        priority: trial.priority,
        skills: trial.skills,
        calling,
        agents: agents.collect(),
    }
}

fn rule(
    tried: Tried,
    decides: Option<routing::RuleId>,
    behind: bool,
    words: &Lexicon,
) -> TriedRule {
    TriedRule {
        rule: tried.rule.0,
        name: words.rule(tried.rule),
        decides: decides == Some(tried.rule),
        passed_over: match tried.passed_over {
            Some(PassedOver::Inactive) => Some(RulePassedOver::Inactive),
            Some(PassedOver::QueueInactive) => Some(RulePassedOver::QueueInactive),
            Some(PassedOver::OtherKind) => Some(RulePassedOver::OtherKind),
            None => behind.then_some(RulePassedOver::Behind),
        },
        when: serde_json::to_value::<Trace>(tried.when).unwrap_or_default(),
    }
}

fn agent(rank: u32, one: Contender, steps: &[Step], words: &Lexicon) -> TrialAgent {
    let Contender { agent, serves, step, cause, .. } = one;
    let verdict = Verdict { agent, serves, step, cause };
    let opens = step.and_then(|step| steps.get(usize::from(step) - 1));
    TrialAgent {
        agent: agent.0,
        name: words.agent(agent),
        rank: step.map(|_| rank),
        step,
        after_secs: opens.map(|step| step.after_secs),
        text: words.verdict(&verdict),
        verdict: verdict_name(&verdict),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_trial_says_what_then_happens_and_changes_nothing() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let hot = h.post("/queues", json!({"name": "Hot"})).await["id"].clone();
        let ben = json!({"queues": [office.queue, hot]});
        h.call("PATCH", &format!("/agents/{}", office.agents[1]), ben).await.expect(200);
        let is = |op: &str, value: Value| json!({"compare": {"attribute": "budget", "op": op, "value": value}});
        let small = json!({"name": "Small", "when": is("lt", json!(10)), "queue": office.queue});
        let large =
            json!({"name": "Large", "when": is("ge", json!(1000)), "queue": hot, "priority": 50});
        let any =
            json!({"name": "Any", "when": {"not": {"all": [is("lt", json!(0))]}}, "position": 9});
        for rule in [small, large, any] {
            h.call("POST", "/rules", rule).await.expect(201);
        }
        let item = json!({"source": office.source, "attributes": {"budget": 1500}});
        let before = h.get("/stats").await;
        let trial = h.call("POST", "/rules/test", json!({"item": item})).await.expect(200);
        assert_eq!(h.get("/stats").await["feed"], before["feed"]);
        assert_eq!((&trial["fate"], &trial["rule"]), (&json!("queued"), &json!(2)));
        assert_eq!((&trial["queue"], &trial["queue_name"]), (&hot, &json!("Hot")));
        assert_eq!((&trial["priority"], &trial["calling"]), (&json!(50), &Value::Null));
        let rules = trial["rules"].as_array().unwrap();
        assert_eq!(
            rules[0]["when"],
            json!({"holds": false, "condition": "budget lt 10", "found": 1500})
        );
        assert_eq!((&rules[0]["passed_over"], &rules[1]["decides"]), (&Value::Null, &json!(true)));
        assert_eq!(
            (&rules[2]["passed_over"], &rules[2]["when"]["holds"]),
            (&json!("behind"), &json!(true))
        );
        let agents = trial["agents"].as_array().unwrap();
        assert_eq!((&agents[0]["name"], &agents[0]["rank"]), (&json!("Ben"), &json!(1)));
        assert_eq!(
            (&agents[1]["verdict"], &agents[1]["rank"]),
            (&json!("does_not_serve"), &Value::Null)
        );
        let came = h.call("POST", "/items", item).await.expect(201);
        assert_eq!(
            (&came["queue"], &came["rule"], &came["agent_name"]),
            (&hot, &json!(2), &json!("Ben"))
        );

        // What came before is tried as it came, under the rules of today.
        h.call("DELETE", "/rules/2", Value::Null).await.expect(200);
        let past = h.call("POST", "/rules/test", json!({"past": came["id"]})).await.expect(200);
        assert_eq!(
            (&past["fate"], &past["rule"], &past["priority"]),
            (&json!("queued"), &json!(3), &json!(0))
        );
        assert_eq!(past["rules"][1]["passed_over"], "inactive");
        h.end().await;
    }

    #[tokio::test]
    async fn a_contact_that_came_before_or_must_not_be_called_is_said() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let item = json!({"source": office.source, "contact": {"phone": "9820012345"}});
        let first = h.call("POST", "/items", item.clone()).await.expect(201);
        let again = h.call("POST", "/rules/test", json!({"item": item})).await.expect(200);
        assert_eq!((&again["fate"], &again["duplicate_of"]), (&json!("duplicate"), &first["id"]));
        h.call("POST", "/do-not-call", json!({"phone": "9820054321"})).await.expect(201);
        let barred = json!({"source": office.source, "contact": {"phone": "9820054321"}});
        let barred = h.call("POST", "/rules/test", json!({"item": barred})).await.expect(200);
        assert_eq!(barred["fate"], "barred");
        h.end().await;
    }

    #[tokio::test]
    async fn what_cannot_be_tried_is_said() {
        let h = Harness::new().await;
        let office = h.office(&[]).await;
        let item = json!({"source": office.source});
        for (form, field) in [
            (json!({}), "item"),
            (json!({"item": item, "past": 1}), "item"),
            (json!({"item": {"source": office.source, "priority": 101}}), "priority"),
        ] {
            let told = h.call("POST", "/rules/test", form).await;
            assert_eq!(told.problem(422), "invalid");
            assert_eq!(told.body["errors"][0]["field"], field);
        }
        assert_eq!(h.call("POST", "/rules/test", json!({"past": 99})).await.status, 404);
        h.end().await;
    }
}
