//! Points in time, working hours and local days. Nothing here reads a clock.

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// The same moment as a `jiff` timestamp; out of its range becomes the nearest end of it.
    pub fn timestamp(self) -> Timestamp {
        let end = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_millisecond(self.0).unwrap_or(end)
    }

    pub fn plus_secs(self, secs: u32) -> Time {
        Time(self.0.saturating_add(i64::from(secs) * 1000))
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Time(timestamp.as_millisecond())
    }
}

/// A minute of the day, written `09:30`. `24:00` is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// `None` when there is no such minute.
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        let at = hour.checked_mul(60)?.checked_add(minute)?;
        (minute < 60 && at <= 24 * 60).then_some(TimeOfDay(at))
    }

    fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        if hour.len() != 2 || minute.len() != 2 {
            return None;
        }
        TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        TimeOfDay::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("“{text}” is not a time like 09:30")))
    }
}

/// Work from `from` until `to` on a weekday; `to` at or before `from` is on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// 1 is Monday, 7 is Sunday.
    pub day: u8,
    pub from: TimeOfDay,
    pub to: TimeOfDay,
}

/// A week's working hours; none at all means always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hours(pub Vec<Shift>);

impl Hours {
    /// Whether `now` lies within a shift, and the next moment after `now` at which that may change.
    /// On a day with a clock change a time that does not exist moves forward with the clock.
    pub fn at(&self, now: Time, zone: &TimeZone) -> (bool, Option<Time>) {
        if self.0.is_empty() {
            return (true, None);
        }
        let today = now.timestamp().to_zoned(zone.clone()).date();
        let mut on_shift = false;
        let mut edge: Option<Time> = None;
        // A shift of yesterday may reach into today; the next one is at most a week away.
        for offset in -1..=8 {
            let Ok(day) = today.checked_add(offset.days()) else { continue };
            let weekday = day.weekday().to_monday_one_offset() as u8;
            for shift in self.0.iter().filter(|s| s.day == weekday) {
                let next_day = shift.to <= shift.from;
                let (start, end) = (
                    instant(day, shift.from, zone),
                    instant(if next_day { tomorrow(day) } else { day }, shift.to, zone),
                );
                on_shift |= start <= now && now < end;
                for moment in [start, end].into_iter().filter(|m| *m > now) {
                    edge = Some(edge.map_or(moment, |e| e.min(moment)));
                }
            }
        }
        (on_shift, edge)
    }
}

fn tomorrow(day: civil::Date) -> civil::Date {
    day.tomorrow().unwrap_or(day)
}

fn instant(day: civil::Date, at: TimeOfDay, zone: &TimeZone) -> Time {
    let (day, minute) = if at.0 == 24 * 60 { (tomorrow(day), 0) } else { (day, at.0) };
    let civil = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
    zone.to_ambiguous_timestamp(civil).compatible().map_or(Time(i64::MAX), Time::from)
}

/// The start of the local day that `now` lies in, and the start of the next one.
pub(crate) fn local_day(now: Time, zone: &TimeZone) -> (Time, Time) {
    let day = now.timestamp().to_zoned(zone.clone()).date();
    let midnight = TimeOfDay(0);
    (instant(day, midnight, zone), instant(tomorrow(day), midnight, zone))
}

/// The zone of that IANA name.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}
