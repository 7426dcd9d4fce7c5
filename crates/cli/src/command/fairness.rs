//! `fairlead fairness`: how evenly work is spread.

use crate::engine::Engine;
use crate::options::Options;
use crate::print::{self, cell};
use anyhow::Result;
use serde_json::{Value, json};
use std::process::ExitCode;

pub fn run(options: &Options) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let stats: Value = engine.api.get("/stats")?;
    if options.json {
        print::json(&json!({ "fairness": stats["fairness"], "agents": stats["agents"] }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let fairness = &stats["fairness"];
    let rows = [
        ("fewest today", "min"),
        ("most today", "max"),
        ("mean", "mean"),
        ("variance", "variance"),
        ("Jain's index (1 is even)", "jain"),
    ];
    let rows = rows.map(|(title, field)| vec![title.to_owned(), cell(&fairness[field])]);
    println!("{}", print::table(&["assigned today, active agents", "figure#"], rows));
    Ok(ExitCode::SUCCESS)
}
