//! What a contact said in several places about when to call them, taken together.

use crate::decide::MAX_SHIFTS;
use crate::roster::Shift;
use crate::{Callable, Hours, TimeOfDay};

const DAY: usize = 24 * 60;
const WEEK: usize = 7 * DAY;

impl Callable {
    /// Also keeps to these hours (any time when empty) and this wish about holidays. `None` when
    /// there is no common time, or none that can be kept as [`Hours`].
    pub fn narrowed(&self, hours: &Hours, not_on_holidays: bool) -> Option<Callable> {
        let hours = match (self.hours.is_empty(), hours.is_empty()) {
            (_, true) => self.hours.clone(),
            (true, false) => hours.clone(),
            (false, false) => {
                let both = common(&self.hours, hours);
                Some(both).filter(|h| !h.is_empty() && h.0.len() <= MAX_SHIFTS)?
            }
        };
        let not_on_holidays = self.not_on_holidays || not_on_holidays;
        Some(Callable { zones: self.zones.clone(), hours, not_on_holidays })
    }
}

/// When both are open; what goes on over midnight becomes two windows.
fn common(one: &Hours, other: &Hours) -> Hours {
    let (one, other) = (minutes(one), minutes(other));
    let mut windows = Vec::new();
    for day in 0..7 {
        let open = |at: usize| at < DAY && one[day * DAY + at] && other[day * DAY + at];
        let mut from = None;
        for at in 0..=DAY {
            match (open(at), from) {
                (true, None) => from = Some(at),
                (false, Some(start)) => {
                    let (from_time, to_time) = (time(start), time(at));
                    if let (Some(from), Some(to)) = (from_time, to_time) {
                        windows.push(Shift { day: day as u8 + 1, from, to });
                    }
                    from = None;
                }
                _ => {}
            }
        }
    }
    Hours(windows)
}

/// Each minute of a week.
fn minutes(hours: &Hours) -> Vec<bool> {
    let mut open = vec![false; WEEK];
    for Shift { day, from, to } in &hours.0 {
        let (from, to) = (from.minutes(), to.minutes());
        let start = usize::from(day.saturating_sub(1)) * DAY + from;
        let length = if to > from { to - from } else { to + DAY - from };
        (start..start + length).for_each(|minute| open[minute % WEEK] = true);
    }
    open
}

fn time(minute: usize) -> Option<TimeOfDay> {
    let minute = u16::try_from(minute).ok()?;
    TimeOfDay::new(minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(list: &[(u8, &str, &str)]) -> Hours {
        let list = list
            .iter()
            .map(|(day, from, to)| serde_json::json!({"day": day, "from": from, "to": to}));
        serde_json::from_value(list.collect()).unwrap()
    }

    #[test]
    fn hours_are_narrowed_to_what_is_common() {
        let wants = Callable {
            hours: hours(&[(1, "09:00", "18:00"), (7, "22:00", "02:00")]),
            ..Callable::default()
        };
        let listed = hours(&[(1, "00:00", "10:30"), (1, "17:00", "01:00"), (7, "20:00", "24:00")]);
        let both = wants.narrowed(&listed, true).unwrap();
        let expected = hours(&[
            (1, "00:00", "02:00"),
            (1, "09:00", "10:30"),
            (1, "17:00", "18:00"),
            (7, "22:00", "24:00"),
        ]);
        assert_eq!((both.hours, both.not_on_holidays), (expected, true));
    }

    #[test]
    fn nothing_said_narrows_nothing_and_nothing_in_common_is_never() {
        let wants = Callable { hours: hours(&[(1, "09:00", "18:00")]), ..Callable::default() };
        assert_eq!(wants.narrowed(&Hours::default(), false), Some(wants.clone()));
        assert_eq!(Callable::default().narrowed(&wants.hours, false), Some(wants.clone()));
        assert_eq!(wants.narrowed(&hours(&[(2, "09:00", "18:00")]), false), None);
    }
}
