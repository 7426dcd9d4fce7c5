//! Dates and times as people and spreadsheets write them.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// What `03/04/2025` means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOrder {
    /// The third of April, as most of the world writes.
    #[default]
    DayFirst,
    /// The fourth of March, as the United States write.
    MonthFirst,
}

/// The text is no date or time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a date or time such as 2025-04-03 14:30")]
pub struct BadMoment;

/// Reads a date or a time; one without a zone is of `zone`, one without a time is its day's start.
///
/// ```
/// use connectors::{DayOrder, moment};
/// let zone = jiff::tz::TimeZone::get("Asia/Kolkata").unwrap();
/// let at = moment("3/4/2025 2:30 pm", &zone, DayOrder::DayFirst).unwrap();
/// assert_eq!(at.to_string(), "2025-04-03T09:00:00Z");
/// ```
pub fn moment(text: &str, zone: &TimeZone, order: DayOrder) -> Result<Timestamp, BadMoment> {
    let text = text.trim();
    if text.len() > 64 {
        return Err(BadMoment);
    }
    // With a zone of its own it is exact already.
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Ok(exact);
    }
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, time.trim()),
        None => (text, ""),
    };
    let date = date_of(date, order).ok_or(BadMoment)?;
    let time = if time.is_empty() { civil::Time::midnight() } else { time_of(time)? };
    let zoned = date.to_datetime(time).to_zoned(zone.clone()).map_err(|_| BadMoment)?;
    Ok(zoned.timestamp())
}

fn date_of(text: &str, order: DayOrder) -> Option<civil::Date> {
    let text = text.trim_end_matches('日').replace(['年', '月', '/', '.'], "-");
    let parts: Vec<&str> = text.split('-').collect();
    let [first, second, third] = parts[..] else { return None };
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() <= 4);
    let (first_n, second_n, third_n) = (number(first)?, number(second)?, number(third)?);
    let (year, month, day) = if first.len() == 4 {
        (first_n, second_n, third_n)
    } else {
        // Two digits are of this century: nothing is scheduled in the last one.
        let year = if third.len() == 4 { third_n } else { 2000 + third_n };
        match order {
            // A "month" over 12 shows that it was written the other way.
            DayOrder::MonthFirst if first_n <= 12 => (year, first_n, second_n),
            DayOrder::DayFirst if second_n > 12 => (year, first_n, second_n),
            _ => (year, second_n, first_n),
        }
    };
    civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

fn time_of(text: &str) -> Result<civil::Time, BadMoment> {
    let lower = text.to_lowercase();
    let (clock, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(clock), _) => (clock.trim(), Some(0)),
        (_, Some(clock)) => (clock.trim(), Some(12)),
        _ => (lower.as_str(), None),
    };
    let mut parts = clock.split(':');
    let mut next = |or: Option<i8>| match parts.next() {
        Some(part) => {
            // Fractions of a second do not matter to a call.
            let whole = part.split('.').next().unwrap_or(part);
            whole.parse::<i8>().map_err(|_| BadMoment)
        }
        None => or.ok_or(BadMoment),
    };
    let hour = next(None)?;
    // A bare "14" is no time; "2 pm" is.
    let minute = next(half.map(|_| 0))?;
    let second = next(Some(0))?;
    let hour = match half {
        None => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return Err(BadMoment),
    };
    if parts.next().is_some() {
        return Err(BadMoment);
    }
    civil::Time::new(hour, minute, second, 0).map_err(|_| BadMoment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        moment(text, &zone, DayOrder::DayFirst).ok().map(|at| at.to_string())
    }

    #[test]
    fn dates_and_times_as_people_write_them() {
        let noon = Some("2025-04-03T04:00:00Z".to_owned());
        for text in [
            "2025-04-03 12:00",
            "2025-04-03T12:00:00",
            "2025/4/3 12:00:00.5",
            "3/4/2025 12:00 PM",
            "03.04.25 12pm",
            "2025年4月3日 12:00",
            "2025-04-03T04:00:00Z",
            "2025-04-03T12:00:00+08:00",
            "4/13/2025 12:00",
        ] {
            let expected = if text.starts_with("4/13") {
                Some("2025-04-13T04:00:00Z".to_owned())
            } else {
                noon.clone()
            };
            assert_eq!(at(text), expected, "{text}");
        }
        assert_eq!(at("2025-04-03").as_deref(), Some("2025-04-02T16:00:00Z"));
        assert_eq!(at("20-10-16").as_deref(), Some("2016-10-19T16:00:00Z"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "soon",
            "2025-02-30",
            "2025-04-03 25:00",
            "13/13/2025",
            "2025-04-03 14",
            "13:00 pm",
            "1-2",
            "99999-1-1",
            "2025-04-03 1:2:3:4",
            &"1".repeat(99),
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn the_united_states_write_the_month_first() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let at = moment("3/4/2025", &zone, DayOrder::MonthFirst).unwrap();
        assert_eq!(at.to_string(), "2025-03-04T06:00:00Z");
    }
}
