//! `fairlead verify`: what would keep work from reaching people, and whether the journal is whole.

use crate::api::Api;
use crate::chain::Audited;
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
        let chain = Audited::read(&engine.api)?;
        problems.extend(chain.problems());
        audited = Some(chain);
    }
    let kept = retention(&engine.api)?;
    if options.json {
        let events = audited.as_ref().map(|chain| &chain.journal["events"]);
        let rows = audited.as_ref().map(|chain| &chain.journal["rows"]);
        print::json(&json!({ "problems": problems, "audited_events": events,
            "audited_rows": rows, "retention": kept }))?;
    } else {
        if let Some(chain) = &audited {
            println!("{}", chain.words());
        }
        for source in &kept {
            println!("{}", keeps(source));
        }
        problems.iter().for_each(|problem| println!("- {problem}"));
        if problems.is_empty() {
            println!("Everything is in order.");
        }
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The sources whose closed items lose their person after some days.
fn retention(api: &Api) -> Result<Vec<Value>> {
    let sources = api.list("/sources")?;
    let kept = sources.iter().filter(|source| !source["retention_days"].is_null());
    Ok(kept.map(|s| json!({ "source": s["name"], "days": s["retention_days"] })).collect())
}

fn keeps(source: &Value) -> String {
    let name = source["source"].as_str().unwrap_or("?");
    format!("Source “{name}”: persons are erased {} days after their item closed.", source["days"])
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
        if source["has_secret"] == false {
            problems.push(format!(
                "source “{}”: it has no webhook secret; rotate it to get one",
                name(source)
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
