//! Points in time and local days. Nothing here reads a clock.

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;
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
    /// The two ends of a day.
    pub(crate) const MIDNIGHT: TimeOfDay = TimeOfDay(0);
    pub(crate) const END: TimeOfDay = TimeOfDay(24 * 60);

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

pub(crate) fn tomorrow(day: civil::Date) -> civil::Date {
    day.tomorrow().unwrap_or(day)
}

/// When the clocks on the walls show this time of that day; a time that they skip comes later by as
/// much.
pub(crate) fn instant(day: civil::Date, at: TimeOfDay, zone: &TimeZone) -> Time {
    let (day, minute) = if at.0 == 24 * 60 { (tomorrow(day), 0) } else { (day, at.0) };
    let civil = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
    zone.to_ambiguous_timestamp(civil).compatible().map_or(Time(i64::MAX), Time::from)
}

/// The start of the local day that `now` lies in, and the start of the next one.
pub(crate) fn local_day(now: Time, zone: &TimeZone) -> (Time, Time) {
    let day = now.timestamp().to_zoned(zone.clone()).date();
    let begins = |day| instant(day, TimeOfDay::MIDNIGHT, zone);
    (begins(day), begins(tomorrow(day)))
}

/// The zone of that IANA name.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}
