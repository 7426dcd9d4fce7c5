//! Working hours counted a second time: from every shift of the fortnight around, less what is off.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use routing::{AgentSpec, Bar, Callable, Holidays, Hours, QueueId, Settings, Time, TimeOfDay};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What holds from one moment until another.
#[derive(Clone, Copy, Debug)]
struct Known {
    on: bool,
    from: Time,
    until: Time,
    /// Whether a shift begins or ends then; else nothing was in sight.
    is_edge: bool,
}

/// Whether an agent is on shift, remembered until the next moment at which that may change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shifts {
    known: Option<Known>,
}

impl Shifts {
    /// Whether `now` lies in a shift.
    pub fn on(
        &mut self,
        spec: &AgentSpec,
        holidays: &Holidays,
        now: Time,
        zone: &TimeZone,
    ) -> bool {
        if let Some(known) = self.known
            && known.from <= now
            && now < known.until
        {
            return known.on;
        }
        let known = count(spec, holidays, now, zone);
        self.known = Some(known);
        known.on
    }

    /// The next moment at which that may change, after [`Shifts::on`].
    pub fn edge(&self) -> Option<Time> {
        self.known.filter(|known| known.is_edge).map(|known| known.until)
    }
}

fn count(spec: &AgentSpec, holidays: &Holidays, now: Time, zone: &TimeZone) -> Known {
    let rests = |day: Date| {
        let off = spec.days_off.iter().any(|off| (off.from..=off.to).contains(&day));
        off || (holidays.contains_key(&day) && !spec.works_holidays)
    };
    let hours = &spec.hours.0;
    let always = hours.is_empty() && spec.days_off.is_empty();
    if always && (holidays.is_empty() || spec.works_holidays) {
        return Known { on: true, from: now, until: Time(i64::MAX), is_edge: false };
    }
    let today = now.timestamp().to_zoned(zone.clone()).date();
    let (mut on, mut next) = (false, Time(i64::MAX));
    let days = (-2..10).filter_map(|days: i64| today.checked_add(days.days()).ok());
    for day in days.filter(|day| !rests(*day)) {
        let mut shifts: Vec<(TimeOfDay, TimeOfDay)> = hours
            .iter()
            .filter(|shift| day.weekday().to_monday_one_offset() == shift.day as i8)
            .map(|shift| (shift.from, shift.to))
            .collect();
        if hours.is_empty() {
            shifts.extend(TimeOfDay::new(0, 0).zip(TimeOfDay::new(24, 0)));
        }
        for (from, to) in shifts {
            let ends = if to > from { Ok(day) } else { day.tomorrow() };
            let (Some(from), Some(to)) =
                (moment(day, from, zone), ends.ok().and_then(|d| moment(d, to, zone)))
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
    // Nothing in sight: looked at again before it is too late.
    let is_edge = next < Time(i64::MAX);
    let until = if is_edge { next } else { Time(now.0 + 7 * 86_400_000) };
    Known { on, from: now, until, is_edge }
}

/// A queue, whom it calls, by whom, from when on, and how many seconds.
type Worked = (QueueId, Callable, String, Time, u32);

/// When contacts may be called, remembered for each queue until that may change.
#[derive(Clone, Debug, Default)]
pub struct CallingTimes {
    known: RefCell<BTreeMap<QueueId, BTreeMap<Callable, Known>>>,
    /// When enough of it has been worked.
    worked: RefCell<BTreeMap<Worked, Option<Time>>>,
}

impl CallingTimes {
    /// After an edit of the queue, or of the settings when `None`.
    pub fn forget(&mut self, queue: Option<QueueId>) {
        let known = self.known.get_mut();
        match queue {
            Some(queue) => drop(known.remove(&queue)),
            None => known.clear(),
        }
        self.worked.get_mut().clear();
    }

    /// Whether it is time to call, and the next moment at which that may change.
    pub fn at(
        &self,
        now: Time,
        (queue, hours): (QueueId, &Hours),
        callable: &Callable,
        settings: &Settings,
    ) -> (bool, Option<Time>) {
        let mut all = self.known.borrow_mut();
        let of_queue = all.entry(queue).or_default();
        let known = match of_queue.get(callable).filter(|k| k.from <= now && now < k.until) {
            Some(known) => *known,
            None => {
                let known = count_calling(hours, callable, settings, now);
                of_queue.insert(callable.clone(), known);
                known
            }
        };
        (known.on, known.is_edge.then_some(known.until))
    }

    /// The moment at which the worker could have called for `secs` since `start`: both on shift and
    /// in time; at most 60 days on where calling hours or the list matter, else 400, and never when
    /// the list never leaves any.
    pub fn worked(
        &self,
        (queue, hours, callable): (QueueId, &Hours, &Callable),
        worker: &AgentSpec,
        settings: &Settings,
        zone: &TimeZone,
        start: Time,
        secs: u32,
    ) -> Option<Time> {
        if callable.bars.contains(&Bar::default()) {
            return None;
        }
        let shifts = format!("{:?} {}", worker.hours, worker.works_holidays);
        let key = (queue, callable.clone(), shifts, start, secs);
        if let Some(known) = self.worked.borrow().get(&key) {
            return *known;
        }
        let (mut now, mut left) = (start, i64::from(secs) * 1000);
        let minds = !hours.is_empty()
            || !callable.hours.is_empty()
            || callable.not_on_holidays
            || !callable.bars.is_empty();
        let end = start.plus_secs(if minds { 60 } else { 400 } * 86_400);
        let until = loop {
            if now >= end {
                break end;
            }
            let works = count(worker, &settings.holidays, now, zone);
            let open = count_calling(hours, callable, settings, now);
            let until = works.until.min(open.until);
            let span = until.0 - now.0;
            if works.on && open.on && span >= left {
                break Time(now.0 + left);
            }
            left -= if works.on && open.on { span } else { 0 };
            now = until;
        };
        self.worked.borrow_mut().insert(key, Some(until));
        Some(until)
    }
}

/// It is time to call when it is so by the queue's hours, by the contact's and by all that the list
/// leaves of them, in every zone.
fn count_calling(hours: &Hours, callable: &Callable, settings: &Settings, now: Time) -> Known {
    let queue = AgentSpec { hours: hours.clone(), works_holidays: true, ..AgentSpec::default() };
    let works_holidays = !callable.not_on_holidays;
    let contact = AgentSpec { hours: callable.hours.clone(), works_holidays, ..queue.clone() };
    let names = callable.zones.iter();
    let own = callable.zones.is_empty().then_some(&settings.time_zone);
    let mut known = Known { on: true, from: now, until: Time(i64::MAX), is_edge: false };
    let mut bars = Vec::new();
    for bar in callable.bars.iter().filter(|bar| bar.until.is_none_or(|until| until > now)) {
        if bar.hours.is_empty() && !bar.not_on_holidays {
            known.on = false;
        }
        if let Some(until) = bar.until.filter(|until| *until < known.until) {
            (known.until, known.is_edge) = (until, true);
        }
        let works_holidays = !bar.not_on_holidays;
        bars.push(AgentSpec { hours: bar.hours.clone(), works_holidays, ..queue.clone() });
    }
    for zone in names.chain(own).map(|name| TimeZone::get(name).unwrap_or(TimeZone::UTC)) {
        for spec in [&queue, &contact].into_iter().chain(&bars) {
            let one = count(spec, &settings.holidays, now, &zone);
            known.on &= one.on;
            if one.until < known.until {
                (known.until, known.is_edge) = (one.until, one.is_edge);
            }
        }
    }
    known
}

/// Whether what the list says of a contact leaves no time to call them in at `now`.
pub fn barred(callable: &Callable, bars: &[Bar], settings: &Settings, now: Time) -> bool {
    let (zones, bars) = (callable.zones.clone(), bars.to_vec());
    let list = Callable { zones, bars, ..Callable::default() };
    !count_calling(&Hours::default(), &list, settings, now).on
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
