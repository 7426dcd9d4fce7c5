//! Working hours and local days over clock changes.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use routing::{DaysOff, Holidays, Hours, Roster, Shift, Time, TimeOfDay};

fn at(zone: &TimeZone, civil: &str) -> Time {
    let civil: DateTime = civil.parse().expect("a civil time");
    Time::from(zone.to_zoned(civil).expect("in range").timestamp())
}

/// One shift, from and to as (hour, minute).
fn hours(day: u8, from: (u16, u16), to: (u16, u16)) -> Hours {
    let time = |(h, m)| TimeOfDay::new(h, m).expect("a time of day");
    Hours(vec![Shift { day, from: time(from), to: time(to) }])
}

fn roster<'a>(hours: &'a Hours, zone: &'a TimeZone) -> Roster<'a> {
    Roster { hours, days_off: &[], holidays: None, zone }
}

#[test]
fn no_hours_is_always() {
    let (hours, zone) = (Hours::default(), TimeZone::UTC);
    let always = roster(&hours, &zone);
    assert_eq!(always.at(Time(0)), (true, None));
    assert_eq!(always.after(Time(5), 60), Time(60_005));
}

#[test]
fn a_shift_starts_and_ends() {
    let zone = TimeZone::get("Asia/Kolkata").expect("bundled");
    // 2026-03-02 is a Monday.
    let monday = hours(1, (9, 0), (18, 0));
    let ask = |civil| roster(&monday, &zone).at(at(&zone, civil));
    assert_eq!(ask("2026-03-02 08:59"), (false, Some(at(&zone, "2026-03-02 09:00"))));
    assert_eq!(ask("2026-03-02 09:00"), (true, Some(at(&zone, "2026-03-02 18:00"))));
    assert_eq!(ask("2026-03-02 18:00"), (false, Some(at(&zone, "2026-03-09 09:00"))));
}

#[test]
fn a_night_shift_reaches_into_the_next_day() {
    let zone = TimeZone::UTC;
    let night = hours(7, (22, 0), (6, 0));
    let ask = |civil| roster(&night, &zone).at(at(&zone, civil));
    assert_eq!(ask("2026-03-02 05:59"), (true, Some(at(&zone, "2026-03-02 06:00"))));
    assert!(!ask("2026-03-02 06:00").0);
    assert!(ask("2026-03-01 22:00").0);
}

#[test]
fn the_end_of_the_day_is_a_time() {
    let zone = TimeZone::UTC;
    let evening = hours(1, (18, 0), (24, 0));
    let ask = |civil| roster(&evening, &zone).at(at(&zone, civil));
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
    let sunday = roster(&sunday, &zone);
    assert_eq!(sunday.at(at(&zone, "2026-03-29 01:00")), (false, Some(start)));
    assert!(sunday.at(start).0);
}

fn off(from: &str, to: &str) -> DaysOff {
    DaysOff { from: from.parse().expect("a day"), to: to.parse().expect("a day") }
}

#[test]
fn on_a_day_off_no_shift_begins() {
    let zone = TimeZone::UTC;
    let night = hours(1, (22, 0), (6, 0));
    // 2026-03-02 and 2026-03-09 are Mondays.
    let days_off = [off("2026-03-03", "2026-03-09")];
    let night = Roster { days_off: &days_off, ..roster(&night, &zone) };
    assert!(night.at(at(&zone, "2026-03-03 05:00")).0, "a shift that has begun goes on");
    assert!(!night.at(at(&zone, "2026-03-09 23:00")).0);
    let (on_shift, edge) = night.at(at(&zone, "2026-03-09 23:00"));
    assert_eq!((on_shift, edge), (false, Some(at(&zone, "2026-03-16 22:00"))));
}

#[test]
fn a_holiday_is_off_for_whoever_does_not_work_on_it() {
    let zone = TimeZone::get("Asia/Kolkata").expect("bundled");
    let hours = Hours::default();
    let holidays = Holidays::from([("2026-11-08".parse().expect("a day"), "Diwali".to_owned())]);
    let all = Roster { holidays: Some(&holidays), ..roster(&hours, &zone) };
    assert!(!all.at(at(&zone, "2026-11-08 10:00")).0);
    assert_eq!(all.at(at(&zone, "2026-11-08 10:00")).1, Some(at(&zone, "2026-11-09 00:00")));
    assert!(all.at(at(&zone, "2026-11-09 00:00")).0);
    assert!(roster(&hours, &zone).at(at(&zone, "2026-11-08 10:00")).0);
}

#[test]
fn long_leave_is_looked_at_again() {
    let zone = TimeZone::UTC;
    let hours = Hours::default();
    let days_off = [off("2026-03-01", "2026-04-15")];
    let away = Roster { days_off: &days_off, ..roster(&hours, &zone) };
    let mut now = at(&zone, "2026-03-05 12:00");
    while let (false, Some(next)) = away.at(now) {
        assert!(next > now);
        now = next;
    }
    assert_eq!(now, at(&zone, "2026-04-16 00:00"));
}

#[test]
fn working_time_is_counted_over_nights_and_days_off() {
    let zone = TimeZone::get("Europe/Berlin").expect("bundled");
    let time = |h, m| TimeOfDay::new(h, m).expect("a time of day");
    let shift = |day, from, to| Shift { day, from: time(from, 0), to: time(to, 0) };
    // Monday to Friday from 9 to 18, and on Mondays 17 to 20 as well, which counts once.
    let mut week: Vec<Shift> = (1..=5).map(|day| shift(day, 9, 18)).collect();
    week.push(shift(1, 17, 20));
    let week = Hours(week);
    let days_off = [off("2026-03-03", "2026-03-03")];
    let roster = Roster { days_off: &days_off, ..roster(&week, &zone) };
    let hour = 3600;
    let after = |from, hours| roster.after(at(&zone, from), hours * hour);
    assert_eq!(after("2026-03-02 10:00", 2), at(&zone, "2026-03-02 12:00"));
    assert_eq!(after("2026-03-02 17:00", 3), at(&zone, "2026-03-02 20:00"));
    assert_eq!(after("2026-03-02 17:00", 4), at(&zone, "2026-03-04 10:00"));
    // Over the weekend on which clocks go forward.
    assert_eq!(after("2026-03-27 17:00", 2), at(&zone, "2026-03-30 10:00"));
    assert_eq!(after("2026-03-28 12:00", 1), at(&zone, "2026-03-30 10:00"));
    // Who never works is not waited for for ever.
    let never = [off("2026-01-01", "2028-01-01")];
    let start = at(&zone, "2026-03-02 10:00");
    let waited = Roster { days_off: &never, ..roster }.after(start, 60);
    assert_eq!(waited, start.plus_secs(400 * 24 * hour));
}

#[test]
fn times_of_day_are_read_strictly() {
    let read = |text: &str| serde_json::from_value::<TimeOfDay>(text.into());
    assert_eq!(read("09:30").expect("good").to_string(), "09:30");
    for bad in ["9:30", "24:01", "12:60", "noon", "12", "-1:00"] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
