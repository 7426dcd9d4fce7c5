//! Times as people read and write them: in the workspace's zone.

use crate::api::Api;
use anyhow::{Context, Result, ensure};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

/// A time from the API as the clocks of the zone show it, with its offset; `–` when there is none.
pub fn local(at: &Value, zone: &str) -> String {
    match zoned(at, zone) {
        Some(at) => at.strftime("%Y-%m-%d %H:%M:%S %:z").to_string(),
        None => "–".to_owned(),
    }
}

/// The same as a time in that zone.
pub fn zoned(at: &Value, zone: &str) -> Option<Zoned> {
    let at: Timestamp = at.as_str()?.parse().ok()?;
    Some(at.to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC)))
}

/// The workspace's zone.
pub fn zone(api: &Api) -> Result<String> {
    let workspace: Value = api.get("/workspace")?;
    Ok(workspace["time_zone"].as_str().unwrap_or("UTC").to_owned())
}

/// Which edge of a day a time without a clock stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Start,
    End,
}

/// A day in the zone (`2026-01-31`), or a time (`2026-01-31T09:30:00+05:30`), as a time.
fn moment(text: &str, zone: &str, edge: Edge) -> Result<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let says = || format!("“{text}” is neither a day such as 2026-01-31 nor an RFC 3339 time");
    let mut day: Date = text.parse().with_context(says)?;
    if edge == Edge::End {
        day = day.tomorrow().with_context(says)?;
    }
    let zone = TimeZone::get(zone).with_context(|| format!("the zone “{zone}” is not known"))?;
    let start = zone.to_zoned(day.at(0, 0, 0, 0)).with_context(says)?;
    Ok(start.timestamp())
}

/// `from` and `to` as parameters of a query.
pub fn period(api: &Api, from: Option<&str>, to: Option<&str>) -> Result<Vec<String>> {
    let edges = edges(api, from, to)?;
    Ok(edges.into_iter().map(|(name, at)| format!("{name}={at}")).collect())
}

/// `from` and `to` as the API takes them; the zone is asked for only when it is needed.
pub fn edges(
    api: &Api,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Vec<(&'static str, String)>> {
    if from.is_none() && to.is_none() {
        return Ok(Vec::new());
    }
    let zone = zone(api)?;
    let edges = [("from", from, Edge::Start), ("to", to, Edge::End)];
    let given = edges.into_iter().filter_map(|(name, text, edge)| Some((name, text?, edge)));
    let edges = given.map(|(name, text, edge)| Ok((name, moment(text, &zone, edge)?)));
    let edges: Vec<(&str, Timestamp)> = edges.collect::<Result<_>>()?;
    if let [(_, from), (_, to)] = edges[..] {
        ensure!(from < to, "--to does not come after --from: nothing lies between them");
    }
    Ok(edges.into_iter().map(|(name, at)| (name, at.to_string())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lasts_from_its_first_moment_to_the_next_day() {
        let read = |text: &str, edge| moment(text, "Asia/Kolkata", edge).unwrap().to_string();
        assert_eq!(read("2026-03-02", Edge::Start), "2026-03-01T18:30:00Z");
        assert_eq!(read("2026-03-02", Edge::End), "2026-03-02T18:30:00Z");
        assert_eq!(read("2026-03-02T09:30:00+05:30", Edge::End), "2026-03-02T04:00:00Z");
        assert!(moment("yesterday", "UTC", Edge::Start).is_err());
    }

    #[test]
    fn times_are_shown_with_their_offset() {
        let at = Value::from("2026-03-02T04:30:00.000Z");
        assert_eq!(local(&at, "Asia/Kolkata"), "2026-03-02 10:00:00 +05:30");
        assert_eq!(local(&Value::Null, "UTC"), "–");
    }
}
