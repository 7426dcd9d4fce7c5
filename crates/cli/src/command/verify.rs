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
    let found: Value = engine.api.get("/verify")?;
    let mut problems = problems(&found);
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
        print::json(&json!({
            "schema": found["schema"], "zone": found["zone"], "findings": found["findings"],
            "problems": problems, "audited_events": events, "audited_rows": rows,
            "retention": kept,
        }))?;
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
            println!("{}", place(&found));
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

/// The schema's version, and the zone's time now.
fn place(found: &Value) -> String {
    let (schema, zone) = (&found["schema"], &found["zone"]);
    format!(
        "Schema {} of {}; zone {} ({} now).",
        schema["applied"],
        schema["known"],
        print::cell(&zone["time_zone"]),
        print::cell(&zone["offset"])
    )
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
