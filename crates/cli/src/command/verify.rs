//! `fairlead verify`: what would keep work from reaching people, and whether the journal is whole.

use crate::api::Api;
use crate::chain::Audited;
use crate::command::workspace::Database;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use server::Missing;
use std::process::ExitCode;

#[derive(Args)]
pub struct Verify {
    /// Also read the whole journal, check its hash chain, and hold the tables against what happened;
    /// of every workspace, unless one is named.
    #[arg(long)]
    audit: bool,
}

pub fn run(options: &Options, args: Verify) -> Result<ExitCode> {
    let names = several(options)?;
    let sound = match &names[..] {
        [] => {
            let verified = Verified::read(options, args.audit)?;
            match options.json {
                true => print::json(&verified.for_programs())?,
                false => verified.print()?,
            }
            verified.problems.is_empty()
        }
        names => all(options, names, args.audit)?,
    };
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The workspaces' names, where none is chosen and there are several.
fn several(options: &Options) -> Result<Vec<String>> {
    if options.server.is_some() || options.workspace.is_some() {
        return Ok(Vec::new());
    }
    let all = Database::open(options)?.workspaces(Missing::Refused)?;
    let names: Vec<String> = all.into_iter().map(|workspace| workspace.name).collect();
    Ok(if names.len() > 1 { names } else { Vec::new() })
}

/// Verifies one after the other; whether all are in order.
fn all(options: &Options, names: &[String], audit: bool) -> Result<bool> {
    let (mut sound, mut said) = (true, Vec::new());
    for name in names {
        let options = Options { workspace: Some(name.clone()), ..options.clone() };
        let verified = Verified::read(&options, audit)?;
        sound &= verified.problems.is_empty();
        if options.json {
            let mut one = verified.for_programs();
            one["workspace"] = name.as_str().into();
            said.push(one);
        } else {
            print::line(format_args!("Workspace “{name}”:"))?;
            verified.print()?;
        }
    }
    if options.json {
        print::json(&json!({ "workspaces": said }))?;
    }
    Ok(sound)
}

/// What was found in one workspace.
struct Verified {
    found: Value,
    audited: Option<Audited>,
    /// The sources whose persons are erased after some days.
    kept: Vec<Value>,
    problems: Vec<String>,
}

impl Verified {
    fn read(options: &Options, audit: bool) -> Result<Verified> {
        let engine = Engine::connect(options)?;
        let api = &engine.api;
        let found: Value = api.get("/verify")?;
        let mut problems = problems(&found);
        // What is not there cannot be read.
        let findings = found["findings"].as_array();
        let whole = findings.into_iter().flatten().all(|finding| finding["subject"] != "schema");
        let audited = if audit && whole { Some(Audited::read(api)?) } else { None };
        problems.extend(audited.iter().flat_map(Audited::problems));
        let kept = if whole { retention(api)? } else { Vec::new() };
        Ok(Verified { found, audited, kept, problems })
    }

    fn for_programs(&self) -> Value {
        let (found, journal) = (&self.found, self.audited.as_ref().map(|chain| &chain.journal));
        json!({
            "schema": found["schema"], "zone": found["zone"], "findings": found["findings"],
            "problems": self.problems, "audited_events": journal.map(|chain| &chain["events"]),
            "audited_rows": journal.map(|chain| &chain["rows"]), "audited": journal,
            "retention": self.kept,
        })
    }

    fn print(&self) -> Result<()> {
        if let Some(chain) = &self.audited {
            print::line(chain.words())?;
        }
        for source in &self.kept {
            print::line(keeps(source))?;
        }
        for problem in &self.problems {
            print::line(format_args!("- {problem}"))?;
        }
        if self.problems.is_empty() {
            print::line(format_args!("Everything is in order.\n{}", place(&self.found)))?;
        }
        Ok(())
    }
}

/// The sources whose closed items lose their person after some days.
fn retention(api: &Api) -> Result<Vec<Value>> {
    let sources = api.list("/sources")?;
    let kept = sources.iter().filter(|source| !source["retention_days"].is_null());
    Ok(kept.map(|s| json!({ "source": s["name"], "days": s["retention_days"] })).collect())
}

fn keeps(source: &Value) -> String {
    let name = source["source"].as_str().unwrap_or("?");
    let days = match &source["days"] {
        one if *one == 1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    format!("Source “{name}”: persons are erased {days} after their item closed.")
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
    fn one_day_is_no_days() {
        let said = |days: u32| keeps(&json!({"source": "META", "days": days}));
        assert_eq!(said(1), "Source “META”: persons are erased 1 day after their item closed.");
        assert!(said(30).contains("erased 30 days after"));
    }

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
