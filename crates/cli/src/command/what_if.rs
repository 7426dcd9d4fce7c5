//! `fairlead simulate --from …`: a recorded period once more, under another policy.

use crate::engine::Engine;
use crate::options::Options;
use crate::print::{self, cell};
use crate::when;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct WhatIf {
    /// Play a recorded period again from then on: a day in the workspace's zone, or an RFC 3339 time.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Until then; a day counts to its end. Until now when absent.
    #[arg(long, value_name = "TIME", requires = "from")]
    to: Option<String>,
    /// What should have been otherwise, as JSON: queues, rules, agents, settings.
    #[arg(long, value_name = "FILE", requires = "from")]
    policy: Option<PathBuf>,
    /// So many agents more, such as +2, who come and go like the one of --like.
    #[arg(long, value_name = "+N", requires = "from", allow_hyphen_values = true)]
    agents: Option<String>,
    /// Whom the added agents are like: a name or an id. The first active agent when absent.
    #[arg(long, value_name = "AGENT", requires = "agents")]
    like: Option<String>,
    /// A skill of the added agents and its level, such as hindi=6.
    #[arg(long, value_name = "SKILL=LEVEL", requires = "agents")]
    skill: Vec<String>,
    /// Answered in at most so many seconds is in time, in every queue; each queue's own target when
    /// absent.
    #[arg(long, value_name = "SECONDS", requires = "from")]
    target_secs: Option<u32>,
    /// So many items that differ are listed.
    #[arg(long, value_name = "N", default_value_t = 20, requires = "from")]
    differences: usize,
}

pub fn run(options: &Options, from: &str, args: &WhatIf) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let mut form = Map::new();
    for (name, at) in when::edges(&engine.api, Some(from), args.to.as_deref())? {
        form.insert(name.to_owned(), at.into());
    }
    let mut policy = match &args.policy {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            let policy = serde_json::from_str(&text);
            policy.with_context(|| format!("{}: not a JSON object", path.display()))?
        }
        None => Map::new(),
    };
    if let Some(more) = &args.agents {
        let added = added(&engine, more, args.like.as_deref(), &args.skill)?;
        let all = policy.entry("add_agents").or_insert_with(|| json!([]));
        all.as_array_mut().context("add_agents of the policy must be a list")?.push(added);
    }
    form.insert("policy".into(), policy.into());
    form.insert("target_secs".into(), args.target_secs.into());
    form.insert("max_differences".into(), args.differences.into());
    let report: Value = engine.api.post("/simulations", &form.into())?;
    match options.json {
        true => print::json(&report)?,
        false => print::text(text(&report))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// `+2` agents like one that there is.
fn added(engine: &Engine, more: &str, like: Option<&str>, skills: &[String]) -> Result<Value> {
    let count: u32 = match more.trim_start_matches('+').parse() {
        Ok(count) if count > 0 => count,
        _ => bail!(
            "--agents takes how many more, such as +2; take some away with a policy's remove_agents"
        ),
    };
    let agents = engine.api.list("/agents")?;
    let named = |agent: &&Value| match like {
        Some(like) => agent["name"] == like || agent["id"] == like.parse().unwrap_or(0_u64),
        None => agent["active"] == true,
    };
    let like = agents.iter().find(named).context("there is no agent of that name or id")?;
    let mut added = json!({ "like": like["id"], "count": count });
    let mut levels = Map::new();
    for skill in skills {
        let (name, level) = skill.split_once('=').unwrap_or((skill, ""));
        let level: u8 = level.parse().with_context(|| {
            format!("--skill {skill}: write the skill and its level, such as hindi=6")
        })?;
        levels.insert(name.trim().to_owned(), level.into());
    }
    if !levels.is_empty() {
        added["skills"] = levels.into();
    }
    Ok(added)
}

/// Both sides, for people.
fn text(report: &Value) -> String {
    let zone = report["time_zone"].as_str().unwrap_or("UTC");
    let mut text = format!(
        "{} – {}: {} events\n\n",
        when::local(&report["from"], zone),
        when::local(&report["to"], zone),
        report["events"]
    );
    let (was, is) = (&report["recorded"], &report["changed"]);
    let mut rows = Vec::new();
    both(&mut rows, "everything", &was["workspace"], &is["workspace"]);
    for (kind, list, names) in
        [("queue", "queues", &report["queues"]), ("agent", "agents", &report["agents"])]
    {
        let ids = is[list].as_object().into_iter().chain(was[list].as_object());
        let mut ids: Vec<&String> = ids.flat_map(Map::keys).collect();
        ids.sort_by_key(|id| id.parse::<u64>().unwrap_or_default());
        ids.dedup();
        for id in ids {
            let name = match names[id].as_str() {
                Some(name) => format!("{kind} {name}"),
                None => format!("{kind} {id}, added"),
            };
            both(&mut rows, &name, &was[list][id], &is[list][id]);
        }
    }
    let in_time = match report["target_secs"].as_u64() {
        Some(secs) => format!("in {secs} s#"),
        None => "in time#".to_owned(),
    };
    let titles =
        ["", "", "arrived#", "assigned#", &in_time, "mean wait#", "90 % within#", "waiting#"];
    text += &(print::table(&titles, rows) + "\n");
    let items = if report["different"] == 1 { "item" } else { "items" };
    text += &format!("\n{} {items} would have gone otherwise.\n", report["different"]);
    let name = |taken: &Value| match report["agents"][taken["agent"].to_string()].as_str() {
        _ if taken.is_null() => "nobody".to_owned(),
        Some(name) => name.to_owned(),
        None => format!("{}, added", taken["agent"]),
    };
    for one in report["differences"].as_array().into_iter().flatten() {
        let (was, is) = (&one["recorded"], &one["changed"]);
        text += &format!(
            "  {} {} after {} → {} after {}. {}\n",
            one["item"],
            name(was),
            seconds(&was["waited_ms"]),
            name(is),
            seconds(&is["waited_ms"]),
            is["text"].as_str().unwrap_or_default()
        );
    }
    for one in report["skipped"].as_array().into_iter().flatten() {
        text += &format!("  left out, event {}: {}\n", one["seq"], cell(&one["problem"]));
    }
    text
}

/// A part of the workspace as it was and as it would have been.
fn both(rows: &mut Vec<Vec<String>>, name: &str, was: &Value, is: &Value) {
    for (side, figures, name) in [("was", was, name), ("would be", is, "")] {
        let share = &figures["shares"]["service_level"];
        let part = |key: &str| share[key].as_f64();
        let in_time = match (part("part"), part("whole")) {
            (Some(part), Some(whole)) if whole > 0.0 => format!("{:.1} %", 100.0 * part / whole),
            _ => "–".to_owned(),
        };
        rows.push(vec![
            name.to_owned(),
            side.to_owned(),
            cell(&figures["arrived"]),
            cell(&figures["assigned"]),
            in_time,
            seconds(&figures["waits"]["mean_ms"]),
            seconds(&figures["waits"]["p90_ms"]),
            cell(&figures["waiting"]),
        ]);
    }
}

fn seconds(ms: &Value) -> String {
    match ms.as_u64() {
        Some(ms) => format!("{:.1} s", ms as f64 / 1000.0),
        None => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_and_what_differs_are_shown_by_name() {
        let side = |assigned: u64, in_time: u64| {
            let figures = json!({"arrived": 4, "assigned": assigned, "waiting": 4 - assigned,
                "shares": {"service_level": {"part": in_time, "whole": 4}},
                "waits": {"mean_ms": 1500, "p90_ms": 20_000}});
            json!({"workspace": figures, "queues": {"3": figures}, "agents": {"7": figures}})
        };
        let report = json!({
            "from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z", "time_zone": "UTC",
            "events": 40, "target_secs": 20, "agents": {"7": "Asha"}, "queues": {"3": "Sales"},
            "recorded": side(3, 2), "changed": side(4, 4), "different": 1,
            "differences": [{"item": 12, "kind": "only_changed", "recorded": null,
                "changed": {"agent": 8, "waited_ms": 900, "text": "Step 1, anybody."}}],
            "skipped": [{"seq": 5, "problem": "queue 9 is not there"}],
        });
        let text = text(&report).split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            "everything was 4 3 50.0 %",
            "queue Sales was",
            "agent Asha was",
            "would be 4 4 100.0 %",
            "1 item would have gone otherwise.",
            "12 nobody after – → 8, added after 0.9 s. Step 1, anybody.",
            "left out, event 5: queue 9 is not there",
        ] {
            assert!(text.contains(said), "{said} is not in\n{text}");
        }
    }
}
