//! What an administrator may write into the calendar, read from a form or from a row of a workbook alike.

use super::{WorkCalendar, holidays};
use crate::policy::day;
use crate::text::Check;
use crate::when;
use serde_json::{Value, json};
use time::Date;

/// The most days that are set at once: the longest holiday is shorter.
const MOST_DAYS: i64 = 31;

/// Days in a row that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    pub first: Date,
    pub last: Date,
    /// At work, off, or as the built-in table has it.
    pub working: Option<bool>,
    /// What people call them.
    pub note: String,
}

impl Days {
    /// Reads the fields `first`, `last` (empty for one day), `kind` and `note`; none before `earliest`. `None` where something is wrong,
    /// which `check` knows then.
    pub fn read(check: &mut Check, raw: &dyn Fn(&str) -> String, earliest: Option<Date>) -> Option<Days> {
        let first = when::day(&raw("first")).filter(|first| earliest.is_none_or(|earliest| *first >= earliest));
        if first.is_none() {
            let words = if earliest.is_some() {
                "请填写今天或以后的日期"
            } else {
                "请按 2027-01-01 的样子填写第一天"
            };
            check.fault("first", words);
        }
        let typed = raw("last");
        let last = if typed.trim().is_empty() { first } else { when::day(&typed) };
        let fits = |last: &Date| first.is_none_or(|first| *last >= first && (*last - first).whole_days() < MOST_DAYS);
        let last = last.filter(fits);
        if first.is_some() && last.is_none() {
            check.fault("last", format!("最后一天不能早于第一天，一次最多 {MOST_DAYS} 天"));
        }
        let working = match raw("kind").trim() {
            "off" | "放假" => Some(Some(false)),
            "work" | "上班" => Some(Some(true)),
            "plain" | "恢复" => Some(None),
            _ => None,
        };
        if working.is_none() {
            check.fault("kind", "请选择放假、上班或恢复");
        }
        let note = check.text("note", "名称", &raw("note"), 2, 20);
        check.is_clean().then_some(Days { first: first?, last: last?, working: working?, note })
    }

    /// What is done with the days.
    pub fn said(&self) -> &'static str {
        match self.working {
            Some(true) => "上班",
            Some(false) => "放假",
            None => "恢复",
        }
    }

    /// As the log tells it.
    pub fn told(&self) -> Value {
        json!({ "name": self.note, "first": day::text(self.first), "last": day::text(self.last), "day": self.said() })
    }

    /// Every day of them.
    pub fn each(&self) -> impl Iterator<Item = Date> + use<> {
        let last = self.last;
        std::iter::successors(Some(self.first), |day| day.next_day()).take_while(move |day| *day <= last)
    }

    /// Whether a day is so already: as an administrator set it (`set`: at work or off, and its name), or in the built-in table.
    pub fn holds_on(&self, day: Date, set: Option<(bool, &str)>) -> bool {
        let built_in = WorkCalendar::default();
        let covered = day <= built_in.covered_until();
        match (self.working, set) {
            (None, set) => set.is_none(),
            (Some(working), Some((now, note))) => working == now && note == self.note,
            (Some(working), None) => {
                let name = holidays::name(day).filter(|_| !working);
                covered && built_in.is_working_day(day) == working && name.is_none_or(|name| name == self.note)
            }
        }
    }
}

/// The last year of the built-in table.
pub fn built_in() -> Vec<Days> {
    let days = holidays::last_year().into_iter();
    days.map(|(first, last, working, note)| Days { first, last, working: Some(working), note: note.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn read(pairs: &[(&str, &str)], earliest: Option<Date>) -> Result<Days, Vec<String>> {
        let raw = |name: &str| pairs.iter().find(|pair| pair.0 == name).map_or(String::new(), |pair| pair.1.to_owned());
        let mut check = Check::new();
        let days = Days::read(&mut check, &raw, earliest);
        check.finish().map_err(|faults| faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>())?;
        Ok(days.expect("nothing stood against it"))
    }

    #[test]
    fn days_are_read_from_a_form_and_from_a_sheet() {
        let spring = [("first", "2027-02-06"), ("last", "2027-02-12"), ("kind", "放假"), ("note", "春节")];
        let days = read(&spring, Some(date!(2026 - 11 - 26))).expect("it is right");
        assert_eq!((days.each().count(), days.working, days.said()), (7, Some(false), "放假"));
        let one = read(&[("first", "2027-02-13"), ("kind", "work"), ("note", "春节调休")], None).expect("it is right");
        assert_eq!((one.first, one.working), (one.last, Some(true)));
        assert_eq!(read(&spring, Some(date!(2027 - 03 - 01))), Err(vec!["first".to_owned()]));
        let wrong = [("first", "2027-02-06"), ("last", "2027-04-01"), ("kind", "")];
        assert_eq!(read(&wrong, None), Err(vec!["last".to_owned(), "kind".to_owned(), "note".to_owned()]));
    }

    #[test]
    fn what_is_so_already_is_known() {
        let off = |first, note: &str| Days { first, last: first, working: Some(false), note: note.to_owned() };
        for days in built_in() {
            assert!(days.each().all(|day| days.holds_on(day, None)), "{days:?}");
        }
        let (eve, new_year) = (date!(2026 - 01 - 05), date!(2027 - 01 - 01));
        assert!(!off(eve, "元旦").holds_on(eve, None), "a working day");
        assert!(!off(date!(2026 - 01 - 01), "新年").holds_on(date!(2026 - 01 - 01), None), "another name");
        assert!(!off(new_year, "元旦").holds_on(new_year, None), "past the table it is written down, off by law or not");
        assert!(off(new_year, "元旦").holds_on(new_year, Some((false, "元旦"))));
        assert!(!off(new_year, "元旦").holds_on(new_year, Some((true, "元旦"))));
        let back = Days { working: None, ..off(eve, "恢复") };
        assert!(back.holds_on(eve, None) && !back.holds_on(eve, Some((false, "元旦"))));
    }
}
