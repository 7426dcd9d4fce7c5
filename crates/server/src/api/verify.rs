//! `GET /verify`: whether the workspace is set up such that work reaches people.

use crate::api::desk_link;
use crate::api::logins::logins;
use crate::app::App;
use crate::auth::{Caller, Role, pin};
use crate::http::problem::Answered;
use crate::soundness::{FETCH_DAYS, Finding, Soundness, Subject};
use crate::submission::KnownSource;
use axum::Json;
use axum::extract::State;
use routing::{AgentId, Dispatch, SourceId, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::WorkspaceId;
use utoipa::ToSchema;

/// A worker that runs lets nothing wait for so long that somebody could be given.
const WORKER_MINUTES: i64 = 5;
/// The sources that are named of those for which it did.
const NAMED: usize = 5;

/// The tables' version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SchemaVersion {
    /// The last migration that is applied.
    pub applied: i64,
    /// The last one that this version of Fairlead knows.
    pub known: i64,
}

/// The workspace's zone, by the time-zone data in this version of Fairlead.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ZoneNow {
    pub time_zone: String,
    /// Its offset from UTC now, such as `+05:30`; null when the zone is not known.
    pub offset: Option<String>,
}

/// What was looked at, and what is not in order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    pub schema: SchemaVersion,
    pub zone: ZoneNow,
    /// Empty when everything is in order.
    pub findings: Vec<Finding>,
}

/// Checks schema, time-zone data and configuration: sources without agents, agents without work,
/// rules that can never match, items that no worker matches, secrets that are missing or cannot be
/// opened, leads that could not be fetched, endpoints that were switched off or cannot be signed for.
#[utoipa::path(get, path = "/verify", tag = "workspace",
    responses((status = 200, body = Verification)))]
pub async fn verify(State(app): State<App>, caller: Caller) -> Answered<Json<Verification>> {
    let (applied, known) = app.store.schema().await?;
    let schema = SchemaVersion { applied: applied.last().copied().unwrap_or_default(), known };
    let missing = app.store.missing().await?;
    if !missing.is_empty() {
        return without_tables(&app, caller.workspace, schema, &missing).await;
    }
    let rows = app.store.sources(caller.workspace).await?;
    let sources = rows.into_iter().map(|row| KnownSource::new(row).map(Arc::new));
    let sources: Vec<Arc<KnownSource>> = sources.collect::<Answered<_>>()?;
    let waiting = sources.clone();
    let unopened: BTreeMap<SourceId, String> = sources
        .iter()
        .filter_map(|known| {
            let (id, signing) = (known.source.id, known.face.signing);
            let why = known.secrets.unopened(&app, caller.workspace, id, signing)?;
            Some((id, why.to_string()))
        })
        .collect();
    let names = app.names(caller.workspace).await?;
    let logins = logins(&app, caller.workspace).await?;
    let leads = logins.iter().filter(|(_, login)| login.active && login.role != Role::Agent);
    let leads: BTreeSet<AgentId> = leads.map(|(agent, _)| *agent).collect();
    let since = Time(app.clock.now().0 - i64::from(FETCH_DAYS) * 86_400_000);
    let (zone, checked, unmatched) = app
        .look(caller.workspace, move |state| {
            let (facts, futile) = (state.facts(), state.futile_rules());
            let (names, sources, futile) = (&*names, sources.as_slice(), futile.as_slice());
            let (unopened, leads) = (&unopened, &leads);
            let soundness = Soundness { facts, names, leads, sources, unopened, since, futile };
            let by_worker = facts.settings.dispatch == Dispatch::ByWorker;
            let unmatched = if by_worker { state.unmatched_since() } else { BTreeMap::new() };
            (facts.settings.time_zone.clone(), soundness.findings(), unmatched)
        })
        .await?;
    let mut findings = Vec::new();
    let mut say = |subject: Subject, problem: String| {
        findings.push(Finding { subject, id: None, name: None, problem });
    };
    if (1..=known).any(|version| !applied.contains(&version)) || schema.applied != known {
        let SchemaVersion { applied, known } = schema;
        say(Subject::Schema, format!("the tables are at version {applied} of {known}; run setup"));
    }
    let zone = zone_now(&app, zone);
    if zone.offset.is_none() {
        let problem = format!(
            "the zone “{}” is not known; days are counted in UTC until the \
             workspace gets another",
            zone.time_zone
        );
        say(Subject::ZoneData, problem);
    }
    if let Some(problem) = without_worker(&waiting, app.clock.now(), &unmatched) {
        say(Subject::Dispatch, problem);
    }
    findings.extend(checked);
    for endpoint in app.store.endpoints(caller.workspace).await? {
        let sealed = crate::outgoing::keys(&app, caller.workspace, &endpoint, app.clock.now());
        let problem = match (endpoint.disabled, sealed) {
            (Some((why, _)), _) => {
                format!("it was switched off: {why}; mend it, then switch it on again")
            }
            (None, Err(_)) if endpoint.active => "its signing key cannot be opened, so nothing is \
                sent; give every server the FAIRLEAD_SECRET_KEY that it was sealed with, or rotate \
                the key"
                .to_owned(),
            _ => continue,
        };
        let (id, name) = (Some(endpoint.id.0), Some(endpoint.name));
        findings.push(Finding { subject: Subject::Endpoint, id, name, problem });
    }
    findings.extend(sealed_away(&app, caller.workspace).await?);
    Ok(Json(Verification { schema, zone, findings }))
}

/// What agents sign in with from the list, and cannot be opened.
async fn sealed_away(app: &App, workspace: WorkspaceId) -> Answered<Vec<Finding>> {
    let mut found = Vec::new();
    let names = app.names(workspace).await?;
    let sealer = app.sealer();
    let is_shut = |place, sealed: &str| {
        sealer.as_ref().map_or(true, |sealer| sealer.unseal(place, sealed).is_err())
    };
    let key = "give every server the FAIRLEAD_SECRET_KEY that it was sealed with";
    if let Some(link) = app.store.desk_link(workspace).await?
        && is_shut(desk_link::place(workspace), &link.sealed)
    {
        let problem = format!("it cannot be opened, so nobody can be shown it; {key}, or renew it");
        found.push(Finding { subject: Subject::DeskLink, id: None, name: None, problem });
    }
    for agent in app.store.pins(workspace).await? {
        let Some(sealed) = app.store.pin(workspace, agent).await? else { continue };
        if is_shut(pin::place(workspace, agent), &sealed) {
            let problem =
                format!("their PIN cannot be opened, so it counts no more; {key}, or set it anew");
            let (id, name) = (Some(agent.0), names.get(&agent).cloned());
            found.push(Finding { subject: Subject::Agent, id, name, problem });
        }
    }
    Ok(found)
}

/// What is said of items that somebody could be given, where matching is a worker's and none has come
/// to the end of them for some minutes: whatever else was assigned meanwhile, by people or by a worker
/// for another source. `unmatched` says since when they have been in their queues.
fn without_worker(
    sources: &[Arc<KnownSource>],
    now: Time,
    unmatched: &BTreeMap<SourceId, Time>,
) -> Option<String> {
    let late = |known: &&Arc<KnownSource>| {
        let since = *unmatched.get(&known.source.id)?;
        let since = known.row.matched_at.map_or(since, |matched| matched.max(since));
        let minutes = now.0.saturating_sub(since.0) / 60_000;
        (minutes >= WORKER_MINUTES).then_some(minutes)
    };
    let late: Vec<(i64, &str)> = sources
        .iter()
        .filter_map(|known| Some((late(&known)?, known.source.spec.name.as_str())))
        .collect();
    let minutes = late.iter().map(|(minutes, _)| minutes).max()?;
    let mut of: Vec<&str> = late.iter().take(NAMED).map(|(_, name)| *name).collect();
    if late.len() > NAMED {
        of.push("…");
    }
    let of = of.join(", ");
    Some(format!(
        "items of {of} wait that somebody could be given, and no worker has matched them for \
         {minutes} min: is one running, for all sources? Start `fairlead worker`, or set dispatch \
         to at_once"
    ))
}

fn zone_now(app: &App, time_zone: String) -> ZoneNow {
    let zone = jiff::tz::TimeZone::get(&time_zone).ok();
    let now = app.clock.now().timestamp();
    let offset = zone.map(|zone| now.to_zoned(zone).strftime("%:z").to_string());
    ZoneNow { time_zone, offset }
}

/// Nothing else can be looked at where tables are not as the migrations make them.
async fn without_tables(
    app: &App,
    workspace: WorkspaceId,
    schema: SchemaVersion,
    missing: &[String],
) -> Answered<Json<Verification>> {
    let own = app.store.workspaces().await?.into_iter().find(|row| row.id == workspace);
    let zone = own.map_or_else(|| "UTC".to_owned(), |row| row.settings.time_zone);
    let problem = format!(
        "the database lacks {}, which version {} makes; put a copy back with `fairlead restore`, \
         or pg_restore. Nothing else was checked",
        missing.join(", "),
        schema.known
    );
    let finding = Finding { subject: Subject::Schema, id: None, name: None, problem };
    let zone = zone_now(app, zone);
    Ok(Json(Verification { schema, zone, findings: vec![finding] }))
}

#[cfg(test)]
mod tests {
    use crate::auth::seal::GivenKey;
    use crate::soundness::FETCH_DAYS;
    use crate::testing::Harness;
    use serde_json::{Value, json};

    async fn problems(h: &Harness) -> Vec<String> {
        let found = h.get("/verify").await;
        let findings = found["findings"].as_array().unwrap();
        let line = |finding: &Value| {
            let (subject, name) = (&finding["subject"], finding["name"].as_str().unwrap_or("-"));
            format!(
                "{} {name}: {}",
                subject.as_str().unwrap(),
                finding["problem"].as_str().unwrap()
            )
        };
        findings.iter().map(line).collect()
    }

    #[tokio::test]
    async fn a_link_and_pins_that_another_key_sealed_are_named() {
        let mut h = Harness::new().await;
        h.office(&["Asha"]).await;
        h.call("PUT", "/desk-link", Value::Null).await.expect(200);
        h.call("PUT", "/agents/1/pin", json!({})).await.expect(200);
        let about_seals = async |h: &Harness| {
            let mut found = problems(h).await;
            found.retain(|line| line.contains("cannot be opened"));
            found
        };
        assert!(about_seals(&h).await.is_empty());
        let other = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned();
        h = h.restart_with(|config| config.secret_key = Some(GivenKey(other))).await;
        let found = about_seals(&h).await;
        assert!(found[0].starts_with("desk_link -: it cannot be opened"), "{found:?}");
        assert!(found[1].starts_with("agent Asha: their PIN cannot be opened"), "{found:?}");
        assert_eq!(h.call("GET", "/desk-link", Value::Null).await.problem(503), "sealed");
        h.end().await;
    }

    #[tokio::test]
    async fn a_sound_workspace_has_no_findings() {
        let h = Harness::new().await;
        h.office(&["Asha"]).await;
        let found = h.get("/verify").await;
        assert_eq!(found["findings"], json!([]));
        assert_eq!(found["schema"]["applied"], found["schema"]["known"]);
        assert_eq!(found["zone"], json!({"time_zone": "Asia/Kolkata", "offset": "+05:30"}));
        h.end().await;
    }

    #[tokio::test]
    async fn a_table_that_is_gone_is_named() {
        use sqlx::{Connection, Executor};
        for h in [Harness::new().await, Harness::postgres().await] {
            h.office(&["Asha"]).await;
            let url = h.app.config.database_url();
            let gone = "DROP TABLE standings; ALTER TABLE agents DROP COLUMN today";
            if url.starts_with("sqlite") {
                sqlx::SqliteConnection::connect(&url).await.unwrap().execute(gone).await.unwrap();
            } else {
                sqlx::PgConnection::connect(&url).await.unwrap().execute(gone).await.unwrap();
            }
            // The state is loaded again where it must be: from tables that are not there.
            let h = h.restart().await;
            let found = problems(&h).await;
            let lacks =
                "schema -: the database lacks column today of table agents, table standings, ";
            assert!(found.len() == 1 && found[0].starts_with(lacks), "{found:?}");
            h.end().await;
        }
    }

    #[tokio::test]
    async fn that_no_worker_matches_is_told_once_something_has_waited() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let queue = format!("/queues/{}", office.queue);
        h.call("PATCH", &queue, json!({"presence": "ignored"})).await.expect(200);
        h.call("PATCH", "/workspace", json!({"dispatch": "by_worker"})).await.expect(200);
        h.post("/items", json!({"source": office.source})).await;
        h.post("/matches", json!({})).await;
        // Nobody has room for a second: it waits for a person and not for a worker.
        h.post("/items", json!({"source": office.source})).await;
        h.advance(3_600);
        assert!(problems(&h).await.is_empty());
        let asha = format!("/agents/{}", office.agents[0]);
        h.call("PATCH", &asha, json!({"capacity": {"lead": 9}})).await.expect(200);
        let says = "dispatch -: items of Web wait that somebody could be given, and no worker has \
            matched them for 60 min";
        let found = problems(&h).await;
        assert!(found.len() == 1 && found[0].starts_with(says), "{found:?}");
        // A worker is late by no more than its interval.
        h.post("/items", json!({"source": office.source})).await;
        h.post("/matches", json!({"max": 1})).await;
        assert!(problems(&h).await.is_empty());
        h.advance(300);
        assert_eq!(problems(&h).await.len(), 1);
        h.post("/matches", json!({})).await;
        assert!(problems(&h).await.is_empty());
        h.end().await;
    }

    #[tokio::test]
    async fn that_no_worker_matches_is_told_whatever_else_is_assigned() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let queue = format!("/queues/{}", office.queue);
        h.call("PATCH", &queue, json!({"presence": "ignored"})).await.expect(200);
        h.call("PATCH", "/workspace", json!({"dispatch": "by_worker"})).await.expect(200);
        let asha = format!("/agents/{}", office.agents[0]);
        h.call("PATCH", &asha, json!({"capacity": {"lead": 9}})).await.expect(200);
        let ads = json!({"name": "Ads", "key": "ads", "queue": office.queue});
        let ads = h.post("/sources", ads).await["id"].clone();
        let item = h.post("/items", json!({"source": office.source})).await;
        h.post("/items", json!({"source": office.source})).await;
        h.post("/items", json!({"source": ads})).await;
        h.advance(600);
        // By a person.
        let place = json!({"agent": office.agents[0], "version": item["version"]});
        h.call("POST", &format!("/items/{}/reassign", item["id"]), place).await.expect(200);
        let found = problems(&h).await;
        assert!(found.len() == 1 && found[0].contains("items of Web, Ads wait"), "{found:?}");
        // By a worker, for another source.
        h.post("/matches", json!({"source": ads})).await;
        let found = problems(&h).await;
        assert!(found.len() == 1 && found[0].contains("items of Web wait"), "{found:?}");
        // By one that takes too few at once to come to an end.
        for _ in 0..3 {
            h.post("/items", json!({"source": ads})).await;
        }
        h.advance(600);
        h.post("/matches", json!({"max": 2})).await;
        let found = problems(&h).await;
        assert!(found.len() == 1 && found[0].contains("items of Ads wait"), "{found:?}");
        h.post("/matches", json!({})).await;
        assert!(problems(&h).await.is_empty());
        h.end().await;
    }

    #[tokio::test]
    async fn what_nobody_could_be_given_waits_without_blame() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let queue = format!("/queues/{}", office.queue);
        h.call("PATCH", &queue, json!({"presence": "ignored"})).await.expect(200);
        let asha = format!("/agents/{}", office.agents[0]);
        h.call("PATCH", &asha, json!({"capacity": {"lead": 0}})).await.expect(200);
        h.call("PATCH", "/workspace", json!({"dispatch": "by_worker"})).await.expect(200);
        h.post("/items", json!({"source": office.source})).await;
        h.advance(3_600);
        // A worker runs, finds nobody, and has not come by again since somebody has room.
        h.post("/matches", json!({})).await;
        h.call("PATCH", &asha, json!({"capacity": {"lead": 9}})).await.expect(200);
        h.advance(200);
        assert!(problems(&h).await.is_empty());
        h.advance(100);
        assert_eq!(problems(&h).await.len(), 1);
        h.end().await;
    }

    #[tokio::test]
    async fn who_leads_need_not_serve_anything() {
        let h = Harness::new().await;
        h.office(&["Asha"]).await;
        for (name, role) in [("Lead", "supervisor"), ("Root", "admin"), ("Ben", "agent")] {
            h.post("/agents", json!({"name": name, "password": "a long one", "role": role})).await;
        }
        let idle = ["agent Ben: serves no queue and no source; give them one"];
        assert_eq!(problems(&h).await, idle);
        h.end().await;
    }

    #[tokio::test]
    async fn secrets_that_are_missing_or_sealed_away_are_named() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let meta = json!({"name": "Ads", "queue": office.queue, "signing": "meta"});
        let ads = h.post("/sources", meta).await["id"].as_u64().unwrap();
        let missing = [
            "source Ads: Meta's app secret is missing, so its webhooks are refused; set it",
            "source Ads: the Meta page's token is missing, so no lead is fetched; set it",
        ];
        assert_eq!(problems(&h).await, missing);
        let secrets = json!({"app_secret": "app-secret", "page_token": "EAAGtoken"});
        h.call("PATCH", &format!("/sources/{ads}"), secrets).await.expect(200);
        assert!(problems(&h).await.is_empty());
        let (source, at) = (routing::SourceId(ads), h.app.clock.now());
        h.app.store.fetch_troubled(h.workspace, source, "no right (code 200)", at).await.unwrap();
        let found = problems(&h).await;
        assert!(found[0].ends_with("(0 were given up so far): no right (code 200)"), "{found:?}");
        h.advance(u64::from(FETCH_DAYS) * 86_400 + 1);
        assert!(problems(&h).await.is_empty());
        // The database came without the folder that the key lies in.
        std::fs::remove_file(h.app.config.data_dir.join("secret.key")).unwrap();
        let h = h.restart().await;
        let found = problems(&h).await;
        assert!(found[0].contains("FAIRLEAD_SECRET_KEY") && found.len() == 1, "{found:?}");
        h.end().await;
    }

    #[tokio::test]
    async fn what_keeps_work_from_people_is_named() {
        let h = Harness::new().await;
        let office = h.office(&["Asha"]).await;
        let lonely = h.post("/queues", json!({"name": "Lonely"})).await["id"].clone();
        h.post("/sources", json!({"name": "META", "queue": lonely})).await;
        h.post("/agents", json!({"name": "Ben"})).await;
        h.post("/agents", json!({"name": "Chen", "queues": [office.queue], "daily_cap": 0})).await;
        let tasks = h.post("/queues", json!({"name": "Tasks", "kind": "task"})).await["id"].clone();
        let has = |attribute: &str, op: &str, value: Value| json!({"compare": {"attribute": attribute, "op": op, "value": value}});
        let rich = has("budget", "ge", json!(1000));
        for (position, name, when, queue) in [
            (1, "rich", rich.clone(), Value::Null),
            (2, "richer", has("budget", "gt", json!(5000)), Value::Null),
            (
                3,
                "same",
                json!({"all": [rich.clone(), has("language", "eq", json!("hi"))]}),
                Value::Null,
            ),
            (4, "none", json!({"any": []}), Value::Null),
            (
                5,
                "both",
                json!({"all": [has("region", "eq", json!("mh")), has("region", "eq", json!("gj"))]}),
                Value::Null,
            ),
            (6, "elsewhere", has("source", "eq", json!("Gogle")), Value::Null),
            (7, "typo", has("bugdet", "lt", json!(5)), Value::Null),
            (9, "tasks", has("priority", "gt", json!(6)), tasks.clone()),
            (10, "fine", has("budget", "lt", json!(1000)), Value::Null),
            (11, "all", json!({"all": []}), Value::Null),
            (12, "last", has("language", "eq", json!("ta")), Value::Null),
        ] {
            let rule = json!({"name": name, "position": position, "when": when, "queue": queue});
            h.post("/rules", rule).await;
        }
        let overflow = json!({"name": "More", "at_cap": {"do": "overflow_fewest_today"}});
        let more = h.post("/queues", overflow).await["id"].clone();
        h.post("/agents", json!({"name": "Dev", "queues": [more], "daily_cap": 0})).await;
        let expected = [
            "source META: no active agent serves it; add it, or its queue, to an agent",
            "queue Lonely: no active agent serves it; add it, or a source of it, to an agent",
            "queue Tasks: no active agent serves it; add it, or a source of it, to an agent",
            "agent Ben: serves no queue and no source; give them one",
            "agent Chen: their daily cap is 0, so nothing comes to them",
            "agent Dev: their daily cap is 0, so they get only what comes when all are at their cap",
            "rule richer: it can never match: rule “rich” before it decides all that it would",
            "rule same: it can never match: rule “rich” before it decides all that it would",
            "rule none: it can never match: its condition holds for nothing",
            "rule both: it can never match: its condition holds for nothing",
            "rule elsewhere: it can never match: there is no active source “Gogle”",
            "rule tasks: it can never match: its queue holds tasks, which no active source sends",
            "rule last: it can never match: rule “all” before it decides all that it would",
            "rule typo: it names the attribute “bugdet”, which no active source declares as \
             routing; declare it there, or correct the rule",
        ];
        assert_eq!(problems(&h).await, expected);
        h.end().await;
    }
}
