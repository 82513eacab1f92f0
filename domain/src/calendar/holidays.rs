//! China's public holidays and make-up working days, as the State Council's yearly notices set them.
//!
//! Sources: 2024 国办发明电〔2023〕7号; 2025 国办发明电〔2024〕12号; 2026 国办发明电〔2025〕7号. The notice for 2027 was not
//! known with certainty when this was written: the table ends with 2026, and `calendar_day` rows extend it without a new
//! release.

use time::{Date, Month};

/// The last day the table covers.
pub const COVERED_UNTIL: (i32, u8, u8) = (2026, 12, 31);

/// A period of one year: year, first (month, day), last (month, day), name.
type Period = (i32, (u8, u8), (u8, u8), &'static str);

/// Periods off work, inclusive: year, first (month, day), last (month, day), name.
const OFF: &[Period] = &[
    (2024, (1, 1), (1, 1), "元旦"),
    (2024, (2, 10), (2, 17), "春节"),
    (2024, (4, 4), (4, 6), "清明节"),
    (2024, (5, 1), (5, 5), "劳动节"),
    (2024, (6, 10), (6, 10), "端午节"),
    (2024, (9, 15), (9, 17), "中秋节"),
    (2024, (10, 1), (10, 7), "国庆节"),
    (2025, (1, 1), (1, 1), "元旦"),
    (2025, (1, 28), (2, 4), "春节"),
    (2025, (4, 4), (4, 6), "清明节"),
    (2025, (5, 1), (5, 5), "劳动节"),
    (2025, (5, 31), (6, 2), "端午节"),
    (2025, (10, 1), (10, 8), "国庆节、中秋节"),
    (2026, (1, 1), (1, 3), "元旦"),
    (2026, (2, 15), (2, 23), "春节"),
    (2026, (4, 4), (4, 6), "清明节"),
    (2026, (5, 1), (5, 5), "劳动节"),
    (2026, (6, 19), (6, 21), "端午节"),
    (2026, (9, 25), (9, 27), "中秋节"),
    (2026, (10, 1), (10, 7), "国庆节"),
];

/// 调休: Saturdays and Sundays at work.
const MAKE_UP: &[(i32, u8, u8)] = &[
    (2024, 2, 4),
    (2024, 2, 18),
    (2024, 4, 7),
    (2024, 4, 28),
    (2024, 5, 11),
    (2024, 9, 14),
    (2024, 9, 29),
    (2024, 10, 12),
    (2025, 1, 26),
    (2025, 2, 8),
    (2025, 4, 27),
    (2025, 9, 28),
    (2025, 10, 11),
    (2026, 1, 4),
    (2026, 2, 14),
    (2026, 2, 28),
    (2026, 5, 9),
    (2026, 9, 20),
    (2026, 10, 10),
];

/// What a day off of the table is called.
pub fn name(day: Date) -> Option<&'static str> {
    let (month, date) = (u8::from(day.month()), day.day());
    let holds = |period: &&Period| period.0 == day.year() && (period.1..=period.2).contains(&(month, date));
    OFF.iter().find(holds).map(|period| period.3)
}

/// Days that are off by the law itself in every year (全国年节及纪念日放假办法 第二条, 2024 revision) and do not follow the moon;
/// used past the table's end.
pub(super) fn fixed_by_law(day: Date) -> bool {
    matches!((day.month(), day.day()), (Month::January, 1) | (Month::May, 1 | 2) | (Month::October, 1..=3))
}

/// The last year of the table as it is written down: first day, last day, at work, name; sorted.
#[cfg(feature = "server")]
pub(super) fn last_year() -> Vec<(Date, Date, bool, &'static str)> {
    let year = COVERED_UNTIL.0;
    let off = OFF.iter().filter(|period| period.0 == year);
    let off = off.map(|(_, first, last, name)| (date(year, first.0, first.1), date(year, last.0, last.1), false, *name));
    let make_up = MAKE_UP.iter().filter(|day| day.0 == year).map(|(_, month, day)| date(year, *month, *day));
    let mut days: Vec<_> = off.chain(make_up.map(|day| (day, day, true, "调休"))).collect();
    days.sort_unstable();
    days
}

/// A date of the table, which is written by hand and tested.
pub(super) fn date(year: i32, month: u8, day: u8) -> Date {
    Month::try_from(month)
        .ok()
        .and_then(|month| Date::from_calendar_date(year, month, day).ok())
        .expect("the table's dates exist")
}

/// Every day of the table that differs from the plain week, with `true` for a day at work, sorted by date.
pub(super) fn table() -> Vec<(Date, bool)> {
    let mut days = Vec::with_capacity(128);
    for (year, first, last, _) in OFF {
        let mut day = date(*year, first.0, first.1);
        let end = date(*year, last.0, last.1);
        while day <= end {
            days.push((day, false));
            day = day.next_day().expect("far from the end of the calendar");
        }
    }
    days.extend(MAKE_UP.iter().map(|(y, m, d)| (date(*y, *m, *d), true)));
    days.sort_by_key(|(day, _)| *day);
    days
}
