#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;
use time::macros::{date, datetime};

fn calendar() -> WorkCalendar {
    WorkCalendar::default()
}

#[test]
fn the_national_day_example() {
    let due = calendar().add(datetime!(2026-09-30 16:00 +8), Span::Days(1)).unwrap();
    assert_eq!(due.due, datetime!(2026-10-08 16:00 +8));
    assert_eq!(due.skipped, (1..=7).map(|d| holidays::date(2026, 10, d)).collect::<Vec<_>>());
}

#[test]
fn an_end_at_a_boundary_is_the_closing() {
    let add = |from, span| calendar().add(from, span).unwrap().due;
    assert_eq!(add(datetime!(2026-11-24 09:00 +8), Span::Days(1)), datetime!(2026-11-24 17:30 +8));
    assert_eq!(add(datetime!(2026-11-24 09:00 +8), Span::Hours(3)), datetime!(2026-11-24 12:00 +8));
    assert_eq!(add(datetime!(2026-11-24 12:30 +8), Span::Minutes(30)), datetime!(2026-11-24 14:00 +8));
}

#[test]
fn outside_working_time_the_count_starts_at_the_next_opening() {
    let add = |from, span| calendar().add(from, span).unwrap();
    assert_eq!(add(datetime!(2026-11-20 17:30 +8), Span::Hours(1)).due, datetime!(2026-11-23 10:00 +8));
    let weekend = add(datetime!(2026-11-21 03:00 +8), Span::Hours(1));
    assert_eq!(weekend.due, datetime!(2026-11-23 10:00 +8));
    assert_eq!(weekend.skipped, [date!(2026 - 11 - 21), date!(2026 - 11 - 22)]);
    // The same instant, written in UTC, is the same answer.
    assert_eq!(add(datetime!(2026-11-20 19:00 UTC), Span::Hours(1)).due, datetime!(2026-11-23 10:00 +8));
}

#[test]
fn make_up_days_are_at_work() {
    let calendar = calendar();
    for day in [date!(2026 - 10 - 10), date!(2026 - 02 - 28), date!(2025 - 01 - 26), date!(2024 - 02 - 18)] {
        assert!(calendar.is_working_day(day), "{day}");
    }
    for day in [date!(2026 - 02 - 23), date!(2025 - 10 - 08), date!(2024 - 06 - 10), date!(2026 - 01 - 02)] {
        assert!(!calendar.is_working_day(day), "{day}");
    }
}

#[test]
fn the_table_agrees_with_itself() {
    let days = holidays::table();
    assert!(days.windows(2).all(|pair| pair[0].0 < pair[1].0), "no day twice");
    for (day, working) in days {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        assert!(!working || weekend, "{day}: a make-up day falls on a weekend");
    }
    // The notices' own counts of days off.
    let off = |year| holidays::table().iter().filter(|(day, working)| day.year() == year && !working).count();
    assert_eq!([off(2024), off(2025), off(2026)], [28, 28, 33]);
}

#[test]
fn an_administrator_extends_the_table() {
    let extended = calendar().with_days(&[(date!(2027 - 02 - 08), false), (date!(2027 - 02 - 14), true)]);
    assert_eq!(calendar().covered_until(), date!(2026 - 12 - 31));
    assert_eq!(extended.covered_until(), date!(2027 - 12 - 31));
    assert!(!extended.is_working_day(date!(2027 - 02 - 08)) && extended.is_working_day(date!(2027 - 02 - 14)));
    assert!(!calendar().is_working_day(date!(2027 - 01 - 01)), "by law, table or not");
}

#[test]
fn a_year_shows_what_differs_from_the_plain_week() {
    let days = calendar().special_days(2026);
    assert!(days.contains(&(date!(2026 - 10 - 01), false)) && days.contains(&(date!(2026 - 10 - 10), true)));
    assert!(!days.iter().any(|day| day.0 == date!(2026 - 10 - 03)), "a Saturday that is off is nothing special");
    assert_eq!((holiday_name(date!(2026 - 10 - 01)), holiday_name(date!(2026 - 10 - 08))), (Some("国庆节"), None));
    assert_eq!(calendar().special_days(2027).len(), 2, "what the law says of weekdays: 1 January and 1 October");
    let open = calendar().with_days(&[(date!(2026 - 10 - 01), true)]);
    assert!(!open.special_days(2026).iter().any(|day| day.0 == date!(2026 - 10 - 01)), "at work on a Thursday");
}

#[test]
fn the_end_of_the_table_is_told_sixty_days_before() {
    assert!(!calendar().ends_soon(date!(2026 - 11 - 01)));
    assert!(calendar().ends_soon(date!(2026 - 11 - 02)));
    assert!(!calendar().with_days(&[(date!(2027 - 01 - 01), false)]).ends_soon(date!(2027 - 01 - 15)));
}

#[test]
fn other_hours_and_bad_hours() {
    let short = calendar().with_hours(&[(480, 720)]).unwrap();
    assert_eq!(short.add(datetime!(2026-11-24 08:00 +8), Span::Days(1)).unwrap().due, datetime!(2026-11-24 12:00 +8));
    for bad in [&[][..], &[(720, 480)], &[(480, 720), (700, 800)], &[(480, 1500)]] {
        assert!(calendar().with_hours(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn spans_are_read_or_refused() {
    assert_eq!("5d".parse(), Ok(Span::Days(5)));
    assert_eq!(" 30m ".parse(), Ok(Span::Minutes(30)));
    for bad in ["", "d", "5", "-1d", "5天", "1.5h"] {
        assert!(bad.parse::<Span>().is_err(), "{bad}");
    }
    for (span, written, said) in
        [(Span::Days(5), "5d", "5 个工作日"), (Span::Hours(1), "1h", "1 个工作小时"), (Span::Minutes(30), "30m", "30 分钟")]
    {
        assert_eq!((String::from(span).as_str(), span.to_string().as_str()), (written, said));
        assert_eq!(written.parse(), Ok(span));
    }
    assert_eq!(calendar().add(datetime!(2026-11-24 09:00 +8), Span::Days(u32::MAX)), Err(CalendarError::TooFar));
}

#[test]
fn what_is_left_in_words() {
    let calendar = calendar();
    let due = datetime!(2026-11-27 16:00 +8);
    assert_eq!(calendar.remaining(datetime!(2026-11-25 16:00 +8), due), "还剩 2 个工作日");
    assert_eq!(calendar.remaining(datetime!(2026-11-27 11:00 +8), due), "还剩 3 小时");
    assert_eq!(calendar.remaining(datetime!(2026-11-30 16:30 +8), due), "已超期 1 个工作日");
    let closing = datetime!(2026-11-27 17:30 +8);
    assert_eq!(
        calendar.remaining(datetime!(2026-11-28 10:00 +8), closing),
        "已超期",
        "a Saturday: no minute of work has gone by"
    );
    assert_eq!(calendar.remaining(datetime!(2026-11-27 17:29:30 +8), closing), "还剩不到 1 分钟");
    assert_eq!(words::due(due, datetime!(2026-11-24 10:00 +8)), "11月27日 周五 16:00 前");
    assert_eq!(words::moment(datetime!(2026-11-23 09:05 +8), datetime!(2026-11-24 10:00 +8)), "昨天 09:05");
}

#[test]
fn warnings_come_a_day_before_or_at_four_fifths() {
    let calendar = calendar();
    let since = datetime!(2026-11-24 09:00 +8);
    let warn = |span| calendar.warn_at(since, calendar.add(since, span).unwrap().due);
    assert_eq!(warn(Span::Hours(1)), datetime!(2026-11-24 09:48 +8));
    // Two days: 80 % would be 11.2 hours, a day before the end is 7 hours in.
    assert_eq!(warn(Span::Days(2)), datetime!(2026-11-24 17:30 +8));
    assert_eq!(warn(Span::Days(10)), datetime!(2026-12-03 17:30 +8));
}

prop_compose! {
    fn instant()(seconds in 0i64..3 * 365 * 86_400) -> OffsetDateTime {
        datetime!(2024-01-01 00:00 +8) + Duration::seconds(seconds)
    }
}

proptest! {
    #[test]
    fn adding_then_measuring_gives_the_span(from in instant(), minutes in 1u32..9_000) {
        let due = calendar().add(from, Span::Minutes(minutes)).unwrap().due;
        prop_assert_eq!(calendar().working_between(from, due), Duration::minutes(i64::from(minutes)));
    }

    #[test]
    fn later_starts_and_longer_spans_end_later(
        from in instant(), gap in 0i64..500_000, minutes in 0u32..5_000, more in 0u32..5_000
    ) {
        let end = |from, minutes| calendar().add(from, Span::Minutes(minutes)).unwrap().due;
        prop_assert!(end(from, minutes) <= end(from + Duration::seconds(gap), minutes));
        prop_assert!(end(from, minutes) <= end(from, minutes + more));
    }

    #[test]
    fn a_split_span_sums_up(from in instant(), first in 1u32..4_000, second in 1u32..4_000) {
        let calendar = calendar();
        let half = calendar.add(from, Span::Minutes(first)).unwrap().due;
        prop_assert_eq!(
            calendar.add(half, Span::Minutes(second)).unwrap().due,
            calendar.add(from, Span::Minutes(first + second)).unwrap().due
        );
    }

    #[test]
    fn an_end_is_at_work_or_at_a_closing(from in instant(), minutes in 1u32..4_000) {
        let due = calendar().add(from, Span::Minutes(minutes)).unwrap().due;
        prop_assert!(calendar().is_working_time(due - Duration::seconds(1)));
    }
}
