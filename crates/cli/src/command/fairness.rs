//! `fairlead fairness`: how evenly work is spread, and who is next.

use crate::engine::Engine;
use crate::options::Options;
use crate::print::{self, cell, cells};
use crate::when::period;
use anyhow::Result;
use clap::Args;
use serde_json::Value;
use std::process::ExitCode;

#[derive(Args)]
pub struct Fairness {
    /// Count only what was assigned from then on: a day in the workspace's zone, or an RFC 3339
    /// time.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Count only what was assigned until then; a day counts to its end.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

const FIGURES: [&str; 5] = ["min", "max", "mean", "variance", "jain"];

pub fn run(options: &Options, args: Fairness) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let query = period(&engine.api, args.from.as_deref(), args.to.as_deref())?;
    let report: Value = engine.api.get(&format!("/fairness?{}", query.join("&")))?;
    match options.json {
        true => print::json(&report)?,
        false => print::text(text(&report))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The report for people.
fn text(report: &Value) -> String {
    let mut rows = vec![row("everything", &report["all"], "")];
    for (kind, list) in [("source", "sources"), ("queue", "queues")] {
        for spread in report[list].as_array().into_iter().flatten() {
            let name = format!("{kind} {}", cell(&spread["name"]));
            let next = spread["next"]["name"].as_str().unwrap_or("nobody");
            rows.push(row(&name, &spread["fairness"], next));
        }
    }
    let titles = ["assigned ÷ weight", "min#", "max#", "mean#", "variance#", "Jain#", "next"];
    let mut text = print::table(&titles, rows) + "\nJain's index: 1 is even, 1/n is all to one.\n";
    for spread in report["sources"].as_array().into_iter().flatten() {
        text += &format!("\nSource {}\n", cell(&spread["name"]));
        let agents = spread["agents"].as_array().into_iter().flatten();
        let rows = agents.map(|agent| {
            let fields =
                ["rank", "agent", "name", "assigned", "weight", "share", "counted", "against"];
            cells(agent, &fields)
        });
        let titles =
            ["next#", "id#", "agent", "assigned#", "weight#", "share#", "counted#", "against"];
        text += &(print::table(&titles, rows) + "\n");
        if spread["agents"].as_array().into_iter().flatten().any(differs) {
            text += "Counted is over the whole queue, and a newcomer starts level with the least \
                     of the others.\n";
        }
        let why = spread["next"]["text"].as_str();
        text += &format!("{}\n", why.unwrap_or("Nobody is free and eligible: its items wait."));
    }
    text
}

/// Whether the strategy compares another number than what somebody has had.
fn differs(agent: &Value) -> bool {
    !agent["counted"].is_null() && agent["counted"] != agent["assigned"]
}

fn row(name: &str, fairness: &Value, next: &str) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    row.extend(cells(fairness, &FIGURES));
    row.push(next.to_owned());
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_see_the_figures_and_who_is_next_and_why() {
        let even = json!({"min": 1.0, "max": 2.0, "mean": 1.5, "variance": 0.25, "jain": 0.9});
        let agents = json!([
            {"agent": 2, "name": "Ben", "weight": 1, "assigned": 1, "share": 1.0, "rank": 1, "counted": 21, "against": null},
            {"agent": 1, "name": "Asha", "weight": 1, "assigned": 2, "share": 2.0, "rank": null, "counted": null, "against": "away"},
        ]);
        let meta = json!({"name": "META", "fairness": even, "agents": agents,
            "next": {"name": "Ben", "text": "Step 1, anybody: Ben had fewest (1)."}});
        let google = json!({"name": "GOOGLE", "fairness": even, "agents": [], "next": null});
        let report = json!({"all": even, "sources": [meta, google], "queues": []});
        let text = text(&report);
        let line = |has: &str| text.lines().find(|line| line.contains(has)).unwrap_or_default();
        assert!(line("source META").trim_end().ends_with("Ben"), "{text}");
        assert!(line("source META").contains("0.250"), "{text}");
        assert!(line("Asha").contains("away"), "{text}");
        assert!(line(" 21 ").contains("Ben") && text.contains("a newcomer starts level"), "{text}");
        assert!(text.contains("Ben had fewest (1)."));
        assert!(text.contains("Nobody is free and eligible"));
    }
}
