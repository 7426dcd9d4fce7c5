//! `fairlead verify`: what would keep work from reaching people, and whether the journal is whole.

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
    let found: Value = engine.api.get("/verify")?;
    let mut problems = problems(&found);
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
        print::json(&json!({
            "schema": found["schema"], "zone": found["zone"], "findings": found["findings"],
            "problems": problems, "audited_events": audited,
        }))?;
    } else if problems.is_empty() {
        println!("Everything is in order.");
        let (schema, zone) = (&found["schema"], &found["zone"]);
        println!(
            "Schema {} of {}; zone {} ({} now).",
            schema["applied"],
            schema["known"],
            print::cell(&zone["time_zone"]),
            print::cell(&zone["offset"])
        );
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

/// The findings, a line each.
fn problems(found: &Value) -> Vec<String> {
    let line = |finding: &Value| {
        let subject = print::cell(&finding["subject"]).replace('_', " ");
        let problem = print::cell(&finding["problem"]);
        match finding["name"].as_str() {
            Some(name) => format!("{subject} “{name}”: {problem}"),
            None => format!("{subject}: {problem}"),
        }
    };
    found["findings"].as_array().into_iter().flatten().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_lines() {
        let found = json!({"findings": [
            {"subject": "rule", "id": 3, "name": "rich", "problem": "it can never match"},
            {"subject": "zone_data", "id": null, "name": null, "problem": "the zone is not known"},
        ]});
        let lines = ["rule “rich”: it can never match", "zone data: the zone is not known"];
        assert_eq!(problems(&found), lines);
    }
}
