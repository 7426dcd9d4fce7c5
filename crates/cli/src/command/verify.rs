//! `fairlead verify`: what would keep work from reaching people, and whether the journal is whole.

use crate::api::Api;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub struct Verify {
    /// Also read the whole journal and check its hash chain.
    #[arg(long)]
    audit: bool,
}

pub fn run(options: &Options, args: Verify) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let mut problems = configuration(&engine.api)?;
    let mut audited = None;
    if args.audit {
        let chain: Value = engine.api.get("/journal/verify")?;
        audited = chain["events"].as_u64();
        if let Some(seq) = chain["broken_at"].as_u64() {
            let why = chain["problem"].as_str().unwrap_or("it does not follow from the one before");
            problems.push(format!("journal: event {seq}: {why}"));
        }
    }
    if options.json {
        print::json(&json!({ "problems": problems, "audited_events": audited }))?;
    } else if problems.is_empty() {
        println!("Everything is in order.");
        if let Some(events) = audited {
            println!("The journal's {events} events form an unbroken chain.");
        }
    } else {
        for problem in &problems {
            println!("- {problem}");
        }
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is configured such that work cannot reach anybody.
fn configuration(api: &Api) -> Result<Vec<String>> {
    let active = |list: Vec<Value>| -> Vec<Value> {
        list.into_iter().filter(|o| o["active"] == true).collect()
    };
    let agents = active(api.list("/agents")?);
    let queues = active(api.list("/queues")?);
    let sources = active(api.list("/sources")?);
    let rules = active(api.list("/rules")?);
    let name = |object: &Value| object["name"].as_str().unwrap_or("?").to_owned();
    let lists = |agent: &Value, field: &str, id: &Value| {
        agent[field].as_array().is_some_and(|ids| ids.contains(id))
    };
    let mut problems = Vec::new();
    for source in &sources {
        let served = agents
            .iter()
            .any(|a| lists(a, "sources", &source["id"]) || lists(a, "queues", &source["queue"]));
        if !served {
            problems.push(format!("source “{}”: no active agent serves it", name(source)));
        }
        let missing = secrets_missing(source);
        problems.extend(missing.map(|what| format!("source “{}”: {what}", name(source))));
        if let Some(failed) = source["fetch_failed"].as_u64().filter(|failed| *failed > 0) {
            let why = source["fetch_problem"].as_str().unwrap_or("unknown");
            let name = name(source);
            problems.push(format!(
                "source “{name}”: {failed} leads could not be fetched from Meta; the last problem: {why}"
            ));
        }
    }
    for queue in &queues {
        let by_source = |agent: &Value| {
            let fed = sources.iter().filter(|s| s["queue"] == queue["id"]);
            fed.into_iter().any(|s| lists(agent, "sources", &s["id"]))
        };
        if !agents.iter().any(|a| lists(a, "queues", &queue["id"]) || by_source(a)) {
            problems.push(format!("queue “{}”: no active agent serves it", name(queue)));
        }
    }
    for agent in &agents {
        let none = |field: &str| agent[field].as_array().is_none_or(Vec::is_empty);
        if none("queues") && none("sources") {
            problems.push(format!("agent “{}”: serves no queue and no source", name(agent)));
        }
        if agent["daily_cap"] == 0 {
            problems.push(format!("agent “{}”: their daily cap is 0", name(agent)));
        }
    }
    problems.extend(rules_never_reached(&rules));
    Ok(problems)
}

/// What a source cannot believe or fetch without.
fn secrets_missing(source: &Value) -> impl Iterator<Item = &'static str> {
    let meta = source["signing"] == "meta";
    [
        ("has_secret", true, "it has no webhook secret; rotate it to get one"),
        ("has_app_secret", meta, "Meta's app secret is missing; its webhooks are refused"),
        ("has_page_token", meta, "the Meta page's token is missing; its leads cannot be fetched"),
    ]
    .into_iter()
    .filter(|(field, needed, _)| *needed && source[*field] == false)
    .map(|(_, _, what)| what)
}

/// Rules behind one whose condition always holds. Rules stand in the order they are tried.
fn rules_never_reached(rules: &[Value]) -> Vec<String> {
    let mut sorted: Vec<&Value> = rules.iter().collect();
    sorted.sort_by_key(|r| (r["position"].as_i64(), r["id"].as_i64()));
    let always = |rule: &&Value| rule["when"] == json!({ "all": [] });
    let never = |rule: &&Value| rule["when"] == json!({ "any": [] });
    let behind = match sorted.iter().position(always) {
        Some(at) => sorted.split_off(at + 1),
        None => Vec::new(),
    };
    let says = |rule: &&Value, why: &str| {
        format!("rule “{}” can never match: {why}", rule["name"].as_str().unwrap_or("?"))
    };
    let empty = sorted.iter().filter(|r| never(r)).map(|r| says(r, "it has no condition"));
    let behind = behind.iter().map(|r| says(r, "a rule before it always holds"));
    empty.chain(behind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_s_missing_secrets_are_named() {
        let source = |signing: &str| {
            json!({ "signing": signing, "has_secret": true, "has_app_secret": false,
                "has_page_token": false })
        };
        assert_eq!(secrets_missing(&source("google")).count(), 0);
        let missing: Vec<_> = secrets_missing(&source("meta")).collect();
        assert_eq!(missing.len(), 2, "{missing:?}");
        assert!(missing[0].contains("app secret") && missing[1].contains("token"));
        assert_eq!(secrets_missing(&json!({ "has_secret": false })).count(), 1);
    }

    #[test]
    fn rules_behind_one_that_always_holds_are_named() {
        let rule = |name: &str, position: i64, when: Value| json!({ "id": position, "name": name, "position": position, "when": when });
        let rules = [
            rule("last", 3, json!({ "compare": {} })),
            rule("all", 2, json!({ "all": [] })),
            rule("none", 1, json!({ "any": [] })),
        ];
        let problems = rules_never_reached(&rules);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("“none”") && problems[1].contains("“last”"));
    }
}
