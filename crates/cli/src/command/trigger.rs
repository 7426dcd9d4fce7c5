//! `fairlead trigger`: match what waits now.

use crate::api::Api;
use crate::engine::Engine;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub struct Trigger {
    /// Only items of this source, by name, key or number.
    #[arg(long)]
    source: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    max: u64,
}

pub fn run(options: &Options, args: Trigger) -> Result<ExitCode> {
    let engine = Engine::connect(options)?;
    let matched = match_waiting(&engine.api, args.source.as_deref(), args.max)?;
    match options.json {
        true => print::json(&json!({ "matched": matched }))?,
        false => print::line(format_args!("{matched} assigned"))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Matches what waits, `max` at most, and says how many.
pub fn match_waiting(api: &Api, source: Option<&str>, max: u64) -> Result<u64> {
    let source = source.map(source_named);
    let mut matched = 0;
    while matched < max {
        let part = (max - matched).min(1000);
        let answer: Value = api.post("/matches", &json!({ "source": source, "max": part }))?;
        match answer["matched"].as_u64().context("the server did not say how many")? {
            0 => break,
            n => matched += n,
        }
    }
    Ok(matched)
}

/// A source as the API takes it: a number is one's id.
fn source_named(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| text.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_may_be_given_by_its_number() {
        assert_eq!(source_named("12"), json!(12));
        assert_eq!(source_named("META"), json!("META"));
    }
}
