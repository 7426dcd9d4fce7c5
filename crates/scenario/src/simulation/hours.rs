//! Working hours counted a second time: from every shift of the fortnight around.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use routing::{Hours, Time, TimeOfDay};

/// Whether an agent is on shift, remembered until the next moment at which that may change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shifts {
    known: Option<(Time, Time, bool)>,
}

impl Shifts {
    /// Whether `now` lies in a shift.
    pub fn on(&mut self, hours: &Hours, now: Time, zone: &TimeZone) -> bool {
        if let Some((from, until, on)) = self.known
            && from <= now
            && now < until
        {
            return on;
        }
        let (on, until) = count(hours, now, zone);
        self.known = Some((now, until, on));
        on
    }

    /// The next moment at which that may change, after [`Shifts::on`].
    pub fn edge(&self) -> Option<Time> {
        self.known.map(|(_, until, _)| until).filter(|until| until.0 < i64::MAX)
    }
}

fn count(hours: &Hours, now: Time, zone: &TimeZone) -> (bool, Time) {
    if hours.0.is_empty() {
        return (true, Time(i64::MAX));
    }
    let today = now.timestamp().to_zoned(zone.clone()).date();
    let (mut on, mut next) = (false, Time(i64::MAX));
    for day in (-2..10).filter_map(|days: i64| today.checked_add(days.days()).ok()) {
        for shift in &hours.0 {
            if day.weekday().to_monday_one_offset() != shift.day as i8 {
                continue;
            }
            let ends = if shift.to > shift.from { Ok(day) } else { day.tomorrow() };
            let (Some(from), Some(to)) =
                (moment(day, shift.from, zone), ends.ok().and_then(|d| moment(d, shift.to, zone)))
            else {
                continue;
            };
            on |= from <= now && now < to;
            for edge in [from, to] {
                if edge > now && edge < next {
                    next = edge;
                }
            }
        }
    }
    (on, next)
}

/// The moment that a clock on the wall shows this time; one that it skips comes later by as much.
fn moment(day: Date, time: TimeOfDay, zone: &TimeZone) -> Option<Time> {
    let text = time.to_string();
    let (hour, minute) = text.split_once(':')?;
    let (day, hour) = match hour.parse::<i8>().ok()? {
        24 => (day.tomorrow().ok()?, 0),
        hour => (day, hour),
    };
    let zoned = day.at(hour, minute.parse().ok()?, 0, 0).to_zoned(zone.clone()).ok()?;
    Some(Time::from(zoned.timestamp()))
}
