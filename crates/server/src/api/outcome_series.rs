//! `GET /stats/outcomes/series`: the outcomes of a period, hour by hour, day by day or more.

use crate::api::outcomes::Period;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::{Params, Problem, Rfc3339};
use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{RoundMode, ToSpan, Unit, Zoned, ZonedRound};
use routing::{AgentId, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::AgentOutcome;
use utoipa::ToSchema;

pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How a period is divided, by the clocks of the workspace's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Of an hour.
    Quarter,
    Hour,
    Day,
    /// Beginning on Monday.
    Week,
    Month,
}

impl Interval {
    /// The longest periods, in days, that each divides into about a hundred parts at most.
    const LONGEST: [(Interval, i64); 4] =
        [(Interval::Hour, 2), (Interval::Day, 93), (Interval::Week, 732), (Interval::Month, 3654)];

    /// The shortest in which a period has no more than about a hundred parts.
    pub fn of(from: Time, to: Time) -> Option<Interval> {
        let fits = |(_, days): &(Interval, i64)| to.0.saturating_sub(from.0) <= days * DAY_MS;
        Interval::LONGEST.into_iter().find(fits).map(|(interval, _)| interval)
    }

    /// When the part that `at` belongs to began.
    fn begun(self, at: &Zoned) -> Result<Zoned, jiff::Error> {
        let day = at.date();
        let day = match self {
            Interval::Quarter => {
                let quarter = ZonedRound::new().smallest(Unit::Minute).increment(15);
                return at.round(quarter.mode(RoundMode::Trunc));
            }
            Interval::Hour => {
                return at.round(ZonedRound::new().smallest(Unit::Hour).mode(RoundMode::Trunc));
            }
            Interval::Day => day,
            Interval::Week => {
                day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days())?
            }
            Interval::Month => day.first_of_month(),
        };
        day.to_zoned(at.time_zone().clone())
    }

    /// When the part ends that began at `begun`: not always so many seconds later, as a day on
    /// which the clocks change has 23 or 25 hours.
    fn over(self, begun: &Zoned) -> Result<Zoned, jiff::Error> {
        let day: Date = match self {
            Interval::Quarter => return begun.checked_add(15.minutes()),
            Interval::Hour => return begun.checked_add(1.hour()),
            Interval::Day => begun.date().tomorrow()?,
            Interval::Week => begun.date().checked_add(1.week())?,
            Interval::Month => begun.date().checked_add(1.month())?,
        };
        day.to_zoned(begun.time_zone().clone())
    }

    /// `from`, where every part after it begins, and `to`.
    pub fn edges(self, from: Time, to: Time, zone: &TimeZone) -> Vec<Time> {
        let mut edges = vec![from];
        let mut begun = self.begun(&from.timestamp().to_zoned(zone.clone()));
        // An error is the end of the calendar.
        while let Ok(over) = begun.and_then(|begun| self.over(&begun)) {
            let at = Time::from(over.timestamp());
            if at >= to {
                break;
            }
            if at > from {
                edges.push(at);
            }
            begun = Ok(over);
        }
        edges.push(to);
        edges
    }
}

/// Outcomes of each part of the period, in order; each list is as long as `starts`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OutcomeLine {
    /// Assignments, and offers that were accepted.
    pub assigned: Vec<u64>,
    /// Those whose contact was reached, whenever that was.
    pub contacted: Vec<u64>,
    /// Those closed with a result that counts as won.
    pub won: Vec<u64>,
    /// The median time from getting an item to first reaching its contact.
    pub first_contact_secs: Vec<Option<u64>>,
}

impl OutcomeLine {
    fn new(parts: usize) -> Self {
        OutcomeLine {
            assigned: vec![0; parts],
            contacted: vec![0; parts],
            won: vec![0; parts],
            first_contact_secs: vec![None; parts],
        }
    }

    fn set(&mut self, outcome: &AgentOutcome) {
        self.assigned[outcome.part] = outcome.assigned;
        self.contacted[outcome.part] = outcome.contacted;
        self.won[outcome.part] = outcome.won;
        self.first_contact_secs[outcome.part] = outcome.first_contact_ms.map(|ms| ms / 1000);
    }
}

/// An agent's outcomes, part by part.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AgentLine {
    pub agent: u64,
    pub name: String,
    pub line: OutcomeLine,
}

/// The outcomes of a period, part by part.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OutcomeSeries {
    pub from: Rfc3339,
    pub to: Rfc3339,
    /// The workspace's zone, whose clocks divide the period.
    pub time_zone: String,
    pub interval: Interval,
    /// When each part begins; it ends where the next begins, the last one at `to`.
    pub starts: Vec<Rfc3339>,
    /// Everybody together.
    pub all: OutcomeLine,
    /// Whoever was assigned something in the period.
    pub agents: Vec<AgentLine>,
}

/// The outcomes of a period over time: by the hour up to two days, by the day up to three months,
/// by the week up to two years, by the month up to ten.
#[utoipa::path(get, path = "/stats/outcomes/series", tag = "workspace", params(Period),
    responses((status = 200, body = OutcomeSeries)))]
pub async fn series(
    State(app): State<App>,
    caller: Caller,
    Params(period): Params<Period>,
) -> Answered<Json<OutcomeSeries>> {
    let workspace = caller.workspace;
    let look = |s: &routing::State| (s.facts().day_started, s.facts().settings.time_zone.clone());
    let (today, time_zone) = app.look(workspace, look).await?;
    let (from, to) = period.ends(today, app.clock.now())?;
    let interval = Interval::of(from, to).ok_or_else(|| {
        Problem::field("from", "must not be more than ten years before `to`: ask for less")
    })?;
    let zone = TimeZone::get(&time_zone).unwrap_or(TimeZone::UTC);
    let edges = interval.edges(from, to, &zone);
    let parts = edges.len() - 1;
    let found = app.store.agent_outcomes(workspace, &edges).await?;
    let mut all = OutcomeLine::new(parts);
    let mut lines: BTreeMap<AgentId, OutcomeLine> = BTreeMap::new();
    for outcome in &found {
        let line = match outcome.agent {
            Some(agent) => lines.entry(agent).or_insert_with(|| OutcomeLine::new(parts)),
            None => &mut all,
        };
        line.set(outcome);
    }
    let names = app.names(workspace).await?;
    let agents = lines.into_iter().map(|(id, line)| {
        let name = names.get(&id).cloned().unwrap_or_default();
        AgentLine { agent: id.0, name, line }
    });
    Ok(Json(OutcomeSeries {
        from: Rfc3339(from),
        to: Rfc3339(to),
        time_zone,
        interval,
        starts: edges[..parts].iter().copied().map(Rfc3339).collect(),
        all,
        agents: agents.collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Harness, START};
    use serde_json::{Value, json};

    fn time(text: &str) -> Time {
        Time::from(text.parse::<jiff::Timestamp>().unwrap())
    }

    /// The parts' lengths in hours.
    fn hours(zone: &str, from: &str, to: &str) -> (Interval, Vec<i64>) {
        let (from, to) = (time(from), time(to));
        let interval = Interval::of(from, to).unwrap();
        let edges = interval.edges(from, to, &TimeZone::get(zone).unwrap());
        (interval, edges.windows(2).map(|part| (part[1].0 - part[0].0) / 3_600_000).collect())
    }

    #[test]
    fn parts_follow_the_clocks_of_the_zone() {
        // The night of 25 October 2026 has an hour more in Berlin, that of 29 March one less.
        let autumn = hours("Europe/Berlin", "2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z");
        assert_eq!(autumn, (Interval::Day, vec![24, 25, 24]));
        let spring = hours("Europe/Berlin", "2026-03-28T11:00:00Z", "2026-03-30T22:00:00Z");
        assert_eq!(spring, (Interval::Day, vec![12, 23, 24]));
        let night = hours("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        assert_eq!(night, (Interval::Hour, vec![1; 25]));
        // Where midnight itself is skipped the day begins at one o'clock.
        let cairo = hours("Africa/Cairo", "2026-04-22T22:00:00Z", "2026-04-25T21:00:00Z");
        assert_eq!(cairo, (Interval::Day, vec![24, 23, 24]));
        // Thirty minutes between two clocks: hours go on being hours.
        let lord_howe =
            hours("Australia/Lord_Howe", "2026-04-04T14:40:00Z", "2026-04-04T17:40:00Z");
        assert_eq!(lord_howe.0, Interval::Hour);
        assert!(lord_howe.1.len() <= 4, "{lord_howe:?}");
    }

    #[test]
    fn the_longer_the_period_the_longer_its_parts_and_never_too_many() {
        let parts = |days: i64| {
            let (from, to) = (START, Time(START.0 + days * DAY_MS));
            let interval = Interval::of(from, to)?;
            Some((
                interval,
                interval.edges(from, to, &TimeZone::get("Asia/Kolkata").unwrap()).len() - 1,
            ))
        };
        for (days, expected) in [(2, Interval::Hour), (93, Interval::Day), (732, Interval::Week)] {
            let (interval, count) = parts(days).unwrap();
            assert_eq!(interval, expected, "{days}");
            assert!(count <= 122, "{days}: {count}");
        }
        let (interval, count) = parts(3653).unwrap();
        assert_eq!((interval, count), (Interval::Month, 121));
        assert_eq!(parts(3655), None);
        assert_eq!(parts(0), Some((Interval::Hour, 1)));
    }

    #[tokio::test]
    async fn a_day_on_which_the_clocks_change_is_one_part() {
        let h = Harness::new().await;
        h.call("PATCH", "/workspace", json!({"time_zone": "Europe/Berlin"})).await.expect(200);
        let office = h.office(&["Asha", "Ben"]).await;
        // Both are full with one lead, so the second goes to the other one.
        let queue = json!({"presence": "ignored"});
        h.call("PATCH", &format!("/queues/{}", office.queue), queue).await.expect(200);
        let until = |at: &str| (time(at).0 - h.app.clock.now().0) / 1000;
        // Half past midnight, and 24 hours later: still the same Sunday.
        for at in ["2026-10-24T22:30:00Z", "2026-10-25T22:30:00Z"] {
            h.advance(u64::try_from(until(at)).unwrap());
            let lead = json!({"source": office.source});
            h.call("POST", "/items", lead).await.expect(201);
        }
        let period = "from=2026-10-23T22:00:00Z&to=2026-10-26T23:00:00Z";
        let series = h.get(&format!("/stats/outcomes/series?{period}")).await;
        assert_eq!(series["interval"], "day");
        assert_eq!(series["time_zone"], "Europe/Berlin");
        let starts =
            ["2026-10-23T22:00:00.000Z", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"];
        assert_eq!(series["starts"], json!(starts));
        assert_eq!(series["all"]["assigned"], json!([0, 2, 0]));
        assert_eq!(series["all"]["first_contact_secs"], json!([null, null, null]));
        assert_eq!(series["agents"][0]["name"], "Asha");
        assert_eq!(series["agents"][0]["line"]["assigned"], json!([0, 1, 0]));
        assert_eq!(series["agents"][1]["line"]["won"], json!([0, 0, 0]));
        let long = h.call("GET", "/stats/outcomes/series?from=2001-01-01T00:00:00Z", Value::Null);
        assert_eq!(long.await.problem(422), "invalid");
        h.end().await;
    }
}
