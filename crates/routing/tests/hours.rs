//! Working hours and local days over clock changes.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use routing::{Hours, Shift, Time, TimeOfDay};

fn at(zone: &TimeZone, civil: &str) -> Time {
    let civil: DateTime = civil.parse().expect("a civil time");
    Time::from(zone.to_zoned(civil).expect("in range").timestamp())
}

/// One shift, from and to as (hour, minute).
fn hours(day: u8, from: (u16, u16), to: (u16, u16)) -> Hours {
    let time = |(h, m)| TimeOfDay::new(h, m).expect("a time of day");
    Hours(vec![Shift { day, from: time(from), to: time(to) }])
}

#[test]
fn no_hours_is_always() {
    assert_eq!(Hours::default().at(Time(0), &TimeZone::UTC), (true, None));
}

#[test]
fn a_shift_starts_and_ends() {
    let zone = TimeZone::get("Asia/Kolkata").expect("bundled");
    // 2026-03-02 is a Monday.
    let monday = hours(1, (9, 0), (18, 0));
    let ask = |civil| monday.at(at(&zone, civil), &zone);
    assert_eq!(ask("2026-03-02 08:59"), (false, Some(at(&zone, "2026-03-02 09:00"))));
    assert_eq!(ask("2026-03-02 09:00"), (true, Some(at(&zone, "2026-03-02 18:00"))));
    assert_eq!(ask("2026-03-02 18:00"), (false, Some(at(&zone, "2026-03-09 09:00"))));
}

#[test]
fn a_night_shift_reaches_into_the_next_day() {
    let zone = TimeZone::UTC;
    let night = hours(7, (22, 0), (6, 0));
    let ask = |civil| night.at(at(&zone, civil), &zone);
    assert_eq!(ask("2026-03-02 05:59"), (true, Some(at(&zone, "2026-03-02 06:00"))));
    assert!(!ask("2026-03-02 06:00").0);
    assert!(ask("2026-03-01 22:00").0);
}

#[test]
fn the_end_of_the_day_is_a_time() {
    let zone = TimeZone::UTC;
    let evening = hours(1, (18, 0), (24, 0));
    let ask = |civil| evening.at(at(&zone, civil), &zone);
    assert_eq!(ask("2026-03-02 23:59"), (true, Some(at(&zone, "2026-03-03 00:00"))));
    assert_eq!(TimeOfDay::new(24, 1), None);
    assert_eq!(TimeOfDay::new(9, 60), None);
}

#[test]
fn a_time_that_does_not_exist_moves_forward() {
    // On 2026-03-29 Berlin's clocks go from 02:00 to 03:00.
    let zone = TimeZone::get("Europe/Berlin").expect("bundled");
    let sunday = hours(7, (2, 30), (4, 0));
    let start = at(&zone, "2026-03-29 03:30");
    assert_eq!(sunday.at(at(&zone, "2026-03-29 01:00"), &zone), (false, Some(start)));
    assert!(sunday.at(start, &zone).0);
}

#[test]
fn times_of_day_are_read_strictly() {
    let read = |text: &str| serde_json::from_value::<TimeOfDay>(text.into());
    assert_eq!(read("09:30").expect("good").to_string(), "09:30");
    for bad in ["9:30", "24:01", "12:60", "noon", "12", "-1:00"] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
