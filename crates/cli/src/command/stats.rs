//! `fairlead stats`: who has how much.

use crate::engine::Engine;
use crate::options::Options;
use crate::print::{self, cells};
use anyhow::Result;
use serde_json::Value;
use std::process::ExitCode;

pub fn run(options: &Options) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let stats: Value = engine.api.get("/stats")?;
    if options.json {
        print::json(&stats)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = |list: &str, fields: &[&str]| -> Vec<Vec<String>> {
        stats[list].as_array().into_iter().flatten().map(|o| cells(o, fields)).collect()
    };
    let agents =
        ["id", "name", "status", "holding", "today", "total", "daily_cap", "last_assigned_at"];
    let titles = ["id#", "agent", "status", "open#", "today#", "total#", "cap#", "last assigned"];
    println!("{}", print::table(&titles, rows("agents", &agents)));
    let queues = ["id", "name", "waiting", "scheduled", "offered", "assigned", "oldest_wait_secs"];
    let titles =
        ["id#", "queue", "waiting#", "scheduled#", "offered#", "assigned#", "oldest wait, s#"];
    println!("{}", print::table(&titles, rows("queues", &queues)));
    let sources = ["id", "name", "today", "total", "waiting"];
    let titles = ["id#", "source", "today#", "total#", "waiting#"];
    println!("{}", print::table(&titles, rows("sources", &sources)));
    Ok(ExitCode::SUCCESS)
}
