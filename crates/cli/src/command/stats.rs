//! `fairlead stats`: who has how much.

use crate::engine::Engine;
use crate::options::Options;
use crate::print::{self, cells};
use crate::when::local;
use anyhow::Result;
use serde_json::Value;
use std::process::ExitCode;

pub fn run(options: &Options) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let stats: Value = engine.api.get("/stats")?;
    match options.json {
        true => print::json(&stats)?,
        false => print::text(text(&stats))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The figures for people, in the workspace's zone.
fn text(stats: &Value) -> String {
    let zone = stats["workspace"]["time_zone"].as_str().unwrap_or("UTC");
    let rows = |list: &str, fields: &[&str]| -> Vec<Vec<String>> {
        stats[list].as_array().into_iter().flatten().map(|o| cells(o, fields)).collect()
    };
    let agents: Vec<Vec<String>> = stats["agents"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|agent| {
            let mut row =
                cells(agent, &["id", "name", "status", "holding", "today", "total", "daily_cap"]);
            row.push(local(&agent["last_assigned_at"], zone));
            row
        })
        .collect();
    let titles = ["id#", "agent", "status", "open#", "today#", "total#", "cap#", "last assigned"];
    let mut text = print::table(&titles, agents) + "\n";
    let queues = ["id", "name", "waiting", "scheduled", "offered", "assigned", "oldest_wait_secs"];
    let titles =
        ["id#", "queue", "waiting#", "scheduled#", "offered#", "assigned#", "oldest wait, s#"];
    text += &(print::table(&titles, rows("queues", &queues)) + "\n");
    let sources = ["id", "name", "today", "total", "duplicates", "waiting"];
    let titles = ["id#", "source", "today#", "total#", "duplicates#", "waiting#"];
    text += &(print::table(&titles, rows("sources", &sources)) + "\n");
    text + &format!("{} ({zone})\n", local(&stats["now"], zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_see_times_in_their_zone() {
        let agent = json!({"id": 1, "name": "Asha", "status": "away", "holding": 3, "today": 4,
            "total": 90, "daily_cap": null, "last_assigned_at": "2026-03-02T04:30:00.000Z"});
        let source = json!({"id": 1, "name": "META", "today": 7, "total": 200, "duplicates": 12,
            "waiting": 0});
        let stats = json!({
            "now": "2026-03-02T04:31:00.000Z", "agents": [agent], "queues": [],
            "sources": [source], "workspace": {"time_zone": "Asia/Kolkata"},
        });
        let text = text(&stats);
        for part in ["2026-03-02 10:00:00 +05:30", "90", "META", "12", "10:01:00 +05:30 (Asia/"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
