//! A period's results, put together by agent, by result and over time.

use crate::api::outcome_series::{DAY_MS, Interval};
use crate::http::Problem;
use crate::http::problem::Answered;
use jiff::tz::TimeZone;
use routing::{AgentId, Time};
use std::collections::{BTreeMap, BTreeSet};
use store::{HourTally, Stretch, Tallies};

const LONGEST_DAYS: i64 = 366;

/// Results, and what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub results: u64,
    pub contacted: u64,
    pub won: u64,
}

impl Counted {
    fn add(&mut self, results: u64, contacted: u64, won: u64) {
        self.results += results;
        self.contacted += contacted;
        self.won += won;
    }
}

/// One agent's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfAgent {
    pub counted: Counted,
    /// Hours of the local clock in which they recorded something.
    pub active_hours: u64,
}

/// Each agent's results and active hours.
pub fn by_agent(tallies: &Tallies) -> BTreeMap<AgentId, OfAgent> {
    let mut agents = BTreeMap::<AgentId, OfAgent>::new();
    for tally in &tallies.results {
        let agent = agents.entry(tally.agent).or_default();
        agent.counted.add(tally.results, tally.contacted, tally.won);
    }
    let hours: BTreeSet<(AgentId, Time)> =
        tallies.hours.iter().map(|h| (h.agent, h.from)).collect();
    for (agent, _) in hours {
        agents.entry(agent).or_default().active_hours += 1;
    }
    agents
}

/// Everybody's results in the parts that begin at `starts`, which are in order.
pub fn by_part(hours: &[HourTally], starts: &[Time]) -> Vec<Counted> {
    let mut parts = vec![Counted::default(); starts.len()];
    for hour in hours {
        let part = starts.partition_point(|start| *start <= hour.from).saturating_sub(1);
        if let Some(part) = parts.get_mut(part) {
            part.add(hour.results, hour.contacted, hour.won);
        }
    }
    parts
}

/// Everybody's results by what the hour hand showed, from 0 to 23, whatever the day.
pub fn by_clock(hours: &[HourTally]) -> Vec<u64> {
    let mut clock = vec![0; 24];
    for hour in hours {
        if let Some(results) = clock.get_mut(usize::from(hour.clock)) {
            *results += hour.results;
        }
    }
    clock
}

/// The period cut where the zone's clocks change.
pub fn stretches(from: Time, to: Time, zone: &TimeZone) -> Vec<Stretch> {
    let ahead = |at: Time| zone.to_offset(at.timestamp()).seconds();
    let changes = zone.following(from.timestamp()).map(|change| Time::from(change.timestamp()));
    let mut stretches = Vec::new();
    let mut begun = from;
    for change in changes.take_while(|change| *change < to) {
        // Some of what a zone's history tells is a new name for the same time.
        if ahead(change) != ahead(begun) {
            stretches.push(Stretch { from: begun, to: change, offset_secs: ahead(begun) });
            begun = change;
        }
    }
    stretches.push(Stretch { from: begun, to, offset_secs: ahead(begun) });
    stretches
}

/// Where the parts of a period begin; `None` when it is longer than a year: each agent's hours in it
/// are looked at.
pub fn starts(from: Time, to: Time, zone: &TimeZone) -> Option<(Interval, Vec<Time>)> {
    if to.0.saturating_sub(from.0) > LONGEST_DAYS * DAY_MS {
        return None;
    }
    let interval = Interval::of(from, to)?;
    let mut edges = interval.edges(from, to, zone);
    edges.pop();
    Some((interval, edges))
}

/// The most parts of a period: a month of quarters of an hour.
const MOST_PARTS: usize = 3_000;

/// Where the parts of a period begin: as it is asked to be divided, or else into a hundred at most.
///
/// # Errors
/// When the period is longer than a year, or would have too many parts.
pub fn begun(
    from: Time,
    to: Time,
    zone: &TimeZone,
    interval: Option<Interval>,
) -> Answered<(Interval, Vec<Time>)> {
    let (fitting, parts) = starts(from, to, zone).ok_or_else(|| {
        Problem::field("from", "must not be more than a year before `to`: ask for less")
    })?;
    let Some(interval) = interval.filter(|interval| *interval != fitting) else {
        return Ok((fitting, parts));
    };
    let mut parts = interval.edges(from, to, zone);
    parts.pop();
    if parts.len() > MOST_PARTS {
        let problem =
            format!("makes more than {MOST_PARTS} parts of this period: ask for longer ones");
        return Err(Problem::field("interval", problem));
    }
    Ok((interval, parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::from(text.parse::<jiff::Timestamp>().unwrap())
    }

    fn hour(from: &str, clock: u8, results: u64) -> HourTally {
        let (agent, from) = (AgentId(1), time(from));
        HourTally { agent, from, clock, results, contacted: 0, won: 0 }
    }

    #[test]
    fn a_period_is_cut_where_the_clocks_change() {
        let cut = |zone: &str, from: &str, to: &str| -> Vec<(String, i32)> {
            let zone = TimeZone::get(zone).unwrap();
            let parts = stretches(time(from), time(to), &zone);
            let part = |s: &Stretch| (s.from.timestamp().to_string(), s.offset_secs / 60);
            parts.iter().map(part).collect()
        };
        let autumn = cut("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        let expected =
            [("2026-10-24T22:00:00Z".to_owned(), 120), ("2026-10-25T01:00:00Z".to_owned(), 60)];
        assert_eq!(autumn, expected);
        let day = ["2026-03-01T18:30:00Z", "2026-03-02T18:30:00Z"];
        assert_eq!(cut("Asia/Kolkata", day[0], day[1]), [(day[0].to_owned(), 330)]);
        assert_eq!(cut("UTC", day[0], day[0]), [(day[0].to_owned(), 0)]);
    }

    #[test]
    fn the_hour_that_comes_twice_is_two_hours_and_one_on_the_clock() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let night = (time("2026-10-24T22:00:00Z"), time("2026-10-25T04:00:00Z"));
        let hours = [
            hour("2026-10-25T00:00:00Z", 2, 3),
            hour("2026-10-25T01:00:00Z", 2, 4),
            hour("2026-10-25T02:00:00Z", 3, 5),
        ];
        let (interval, starts) = starts(night.0, night.1, &berlin).unwrap();
        assert_eq!((interval, starts.len()), (Interval::Hour, 6));
        let parts: Vec<u64> = by_part(&hours, &starts).iter().map(|p| p.results).collect();
        assert_eq!(parts, [0, 0, 3, 4, 5, 0]);
        let clock = by_clock(&hours);
        assert_eq!((clock[2], clock[3], clock.len()), (7, 5, 24));
        let tallies = Tallies { hours: hours.into(), ..Tallies::default() };
        assert_eq!(by_agent(&tallies)[&AgentId(1)].active_hours, 3);
    }
}
