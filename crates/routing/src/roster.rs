//! When an agent works: a week's hours, less days off and holidays.

use crate::agent::AgentSpec;
use crate::time::{Time, TimeOfDay, instant, tomorrow};
use crate::workspace::Settings;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hours(pub Vec<Shift>);

impl Hours {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Local days on which an agent does not work, the first and the last included. A shift that began
/// the day before goes on to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysOff {
    pub from: Date,
    pub to: Date,
}

/// A workspace's holidays and what they are called.
pub type Holidays = BTreeMap<Date, String>;

/// How many days on a shift is looked for that completes a span of working time.
const FARTHEST_DAYS: i64 = 400;

/// The working time of one agent.
#[derive(Clone, Copy, Debug)]
pub struct Roster<'a> {
    pub hours: &'a Hours,
    pub days_off: &'a [DaysOff],
    /// `None` for whoever works on holidays.
    pub holidays: Option<&'a Holidays>,
    pub zone: &'a TimeZone,
}

impl<'a> Roster<'a> {
    pub(crate) fn of(spec: &'a AgentSpec, settings: &'a Settings, zone: &'a TimeZone) -> Self {
        Roster {
            hours: &spec.hours,
            days_off: &spec.days_off,
            holidays: Some(&settings.holidays).filter(|_| !spec.works_holidays),
            zone,
        }
    }

    /// Whether `now` lies within a shift, and the next moment after `now` at which that may change.
    /// On a day with a clock change a time that does not exist moves forward with the clock.
    pub fn at(&self, now: Time) -> (bool, Option<Time>) {
        if self.is_always() {
            return (true, None);
        }
        let today = self.day_of(now);
        let mut on_shift = false;
        let mut edge: Option<Time> = None;
        // A shift of yesterday may reach into today; the next one is at most a week away.
        for day in (-1..=8).filter_map(|days: i64| today.checked_add(days.days()).ok()) {
            for (start, end) in self.shifts_of(day) {
                on_shift |= start <= now && now < end;
                for moment in [start, end].into_iter().filter(|m| *m > now) {
                    edge = Some(edge.map_or(moment, |e| e.min(moment)));
                }
            }
        }
        // Unless all of these days are off: then it is looked at again when they are over.
        let looked_at = || today.checked_add(9.days()).ok();
        let edge = edge.or_else(|| Some(instant(looked_at()?, TimeOfDay::MIDNIGHT, self.zone)));
        (on_shift, edge)
    }

    /// The moment at which the agent has worked for `secs` since `start`, or 400 days on when that
    /// is not within them.
    pub fn after(&self, start: Time, secs: u32) -> Time {
        if self.is_always() {
            return start.plus_secs(secs);
        }
        let (mut counted_to, mut left) = (start, i64::from(secs) * 1000);
        let today = self.day_of(start);
        for day in (-1..FARTHEST_DAYS).filter_map(|days| today.checked_add(days.days()).ok()) {
            let mut shifts: Vec<(Time, Time)> = self.shifts_of(day).collect();
            shifts.sort_unstable();
            for (begin, end) in shifts {
                let begin = begin.max(counted_to);
                let worked = end.0 - begin.0;
                if worked >= left {
                    return Time(begin.0 + left);
                }
                if worked > 0 {
                    left -= worked;
                    counted_to = end;
                }
            }
        }
        start.plus_secs(FARTHEST_DAYS as u32 * 86_400)
    }

    fn is_always(&self) -> bool {
        self.hours.is_empty()
            && self.days_off.is_empty()
            && self.holidays.is_none_or(BTreeMap::is_empty)
    }

    fn is_off(&self, day: Date) -> bool {
        self.holidays.is_some_and(|h| h.contains_key(&day))
            || self.days_off.iter().any(|off| off.from <= day && day <= off.to)
    }

    fn day_of(&self, time: Time) -> Date {
        time.timestamp().to_zoned(self.zone.clone()).date()
    }

    /// Start and end of the shifts that begin on that day.
    fn shifts_of(&self, day: Date) -> impl Iterator<Item = (Time, Time)> {
        let weekday = day.weekday().to_monday_one_offset() as u8;
        let always = Shift { day: weekday, from: TimeOfDay::MIDNIGHT, to: TimeOfDay::END };
        let whole_day = self.hours.is_empty().then_some(always);
        let works = !self.is_off(day);
        let shifts = self.hours.0.iter().copied().chain(whole_day);
        shifts.filter(move |shift| works && shift.day == weekday).map(move |shift| {
            let last = if shift.to <= shift.from { tomorrow(day) } else { day };
            (instant(day, shift.from, self.zone), instant(last, shift.to, self.zone))
        })
    }
}
