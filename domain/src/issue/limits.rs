//! Limits (时限) of the loop, in versions, each with its first day. *(assumed)*: the city's official figures were not to be found, so the
//! first version is ours; an administrator adds others. An issue keeps the version it was submitted under.

use crate::calendar::{Span, local};
use crate::issue::{Level, Urgency};
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use time::{Date, OffsetDateTime, macros::date};

/// What is to be done within what working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spans {
    /// 首次联系.
    pub contact: Span,
    /// 首次联系 of what is urgent; versions of before have none of their own.
    #[serde(default = "urgent")]
    pub contact_urgent: Span,
    /// 受理.
    pub accept: Span,
    /// 签收.
    pub sign: Span,
    /// 阶段性答复, from the signature.
    pub interim: Span,
    /// 答复, simple.
    pub answer_simple: Span,
    /// 答复, ordinary.
    pub answer_ordinary: Span,
    /// 答复, complex.
    pub answer_complex: Span,
    /// The longest pause of 待补充.
    pub pause_cap: Span,
    /// How long a department may return a dispatch.
    pub return_window: Span,
    /// How long the enterprise may object to a decline, or reopen a closed issue.
    pub reopen_window: Span,
    /// How long an answer waits for a rating before it may be closed after a call-back.
    pub silent_close: Span,
    /// How long after its end an answer is missing before the clock puts the issue under supervision (督办) *(assumed)*; versions of before have
    /// none of their own.
    #[serde(default = "supervised")]
    pub supervise: Span,
}

/// The first day of the rule that the clock puts what is late under supervision *(assumed)*: only what becomes late from here on, so that a city
/// that is at work already does not find everything that was ever late under an order at once.
pub const SUPERVISED_FROM: Date = date!(2026 - 12 - 01);

fn supervised() -> Span {
    FIRST.spans.supervise
}

fn urgent() -> Span {
    FIRST.spans.contact_urgent
}

/// One of the spans: its stable name, what people call it, where it stands.
pub type Row = (&'static str, &'static str, fn(&mut Spans) -> &mut Span);

/// Every span, in the order of the loop.
pub const ROWS: &[Row] = &[
    ("contact", "首次联系", |spans| &mut spans.contact),
    ("contact_urgent", "首次联系（紧急）", |spans| &mut spans.contact_urgent),
    ("accept", "受理", |spans| &mut spans.accept),
    ("sign", "签收", |spans| &mut spans.sign),
    ("interim", "阶段性答复", |spans| &mut spans.interim),
    ("answer_simple", "答复（简单）", |spans| &mut spans.answer_simple),
    ("answer_ordinary", "答复（一般）", |spans| &mut spans.answer_ordinary),
    ("answer_complex", "答复（复杂）", |spans| &mut spans.answer_complex),
    ("pause_cap", "待补充最长", |spans| &mut spans.pause_cap),
    ("return_window", "可退回", |spans| &mut spans.return_window),
    ("reopen_window", "可异议、重新办理", |spans| &mut spans.reopen_window),
    ("silent_close", "未评价可办结", |spans| &mut spans.silent_close),
    ("supervise", "超期后自动督办", |spans| &mut spans.supervise),
];

impl Spans {
    /// The limit of the first contact.
    pub fn first_contact(&self, urgency: Urgency) -> Span {
        match urgency {
            Urgency::Normal => self.contact,
            Urgency::Urgent => self.contact_urgent,
        }
    }

    /// The limit of the answer.
    pub fn answer(&self, level: Level) -> Span {
        match level {
            Level::Simple => self.answer_simple,
            Level::Ordinary => self.answer_ordinary,
            Level::Complex => self.answer_complex,
        }
    }
}

/// One version of the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The version an issue remembers.
    pub version: u16,
    /// In force for issues submitted from this day on.
    pub from: Date,
    /// The limits.
    pub spans: Spans,
}

impl Deref for Limits {
    type Target = Spans;

    fn deref(&self) -> &Spans {
        &self.spans
    }
}

/// The first version.
const FIRST: Limits = Limits {
    version: 1,
    from: date!(2020 - 01 - 01),
    spans: Spans {
        contact: Span::Hours(1),
        contact_urgent: Span::Minutes(30),
        accept: Span::Days(1),
        sign: Span::Days(1),
        interim: Span::Days(3),
        answer_simple: Span::Days(5),
        answer_ordinary: Span::Days(10),
        answer_complex: Span::Days(20),
        pause_cap: Span::Days(5),
        return_window: Span::Days(1),
        reopen_window: Span::Days(10),
        silent_close: Span::Days(10),
        supervise: Span::Days(5),
    },
};

/// Every version; there is always one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitTable(Vec<Limits>);

impl Default for LimitTable {
    fn default() -> LimitTable {
        LimitTable(vec![FIRST])
    }
}

impl LimitTable {
    /// From versions; the first one of ours where there is none.
    pub fn new(mut versions: Vec<Limits>) -> LimitTable {
        versions.sort_by_key(|limits| (limits.from, limits.version));
        if versions.is_empty() { LimitTable::default() } else { LimitTable(versions) }
    }

    /// Every version, in the order in which they come into force.
    pub fn versions(&self) -> &[Limits] {
        &self.0
    }

    /// The limits in force for a submission at that instant: of two for one day the later version.
    pub fn in_force(&self, at: OffsetDateTime) -> &Limits {
        self.on(local(at).date())
    }

    /// The limits in force on a day.
    pub fn on(&self, day: Date) -> &Limits {
        self.0.iter().rev().find(|limits| limits.from <= day).unwrap_or(&self.0[0])
    }

    /// The limits of a version, if it is known here.
    pub fn by_version(&self, version: u16) -> Option<&Limits> {
        self.0.iter().find(|limits| limits.version == version)
    }
}

/// The longest limit that makes sense: half a year of working days.
const MOST_DAYS: u32 = 120;

/// Reads every span by its name: `5d`, or what people write (`5 个工作日`). `None` where something is wrong, which `check` knows then.
#[cfg(feature = "server")]
pub fn read(check: &mut crate::text::Check, raw: crate::administration::Raw<'_>) -> Option<Spans> {
    let mut spans = FIRST.spans;
    for (code, name, get) in ROWS {
        match Span::from_words(&raw(code)) {
            Ok(span) => *get(&mut spans) = span,
            Err(_) => check.fault(code, format!("{name}：请填写整数和单位，例如 5 个工作日、1 个工作小时、30 分钟")),
        }
    }
    if check.is_clean() {
        for (code, sentence) in self::check(&spans) {
            check.fault(code, sentence);
        }
    }
    check.is_clean().then_some(spans)
}

/// The spans as the log tells them.
#[cfg(feature = "server")]
pub fn told(spans: &Spans) -> serde_json::Value {
    let mut spans = *spans;
    let name = [("name".to_owned(), "办理时限".into())].into_iter();
    let rows = ROWS.iter().map(|(_, name, get)| ((*name).to_owned(), get(&mut spans).to_string().into()));
    serde_json::Value::Object(name.chain(rows).collect())
}

/// What stands against limits: the name of the span, and a sentence.
pub fn check(spans: &Spans) -> Vec<(&'static str, String)> {
    let mut spans = *spans;
    let mut faults = Vec::new();
    for (code, name, get) in ROWS {
        let sentence = match *get(&mut spans) {
            Span::Days(0) | Span::Hours(0) | Span::Minutes(0) => format!("{name}的时限须大于 0"),
            Span::Days(days) if days > MOST_DAYS => format!("{name}的时限最长 {MOST_DAYS} 个工作日"),
            Span::Hours(hours) if hours > MOST_DAYS => format!("{name}超过 {MOST_DAYS} 小时，请用工作日写"),
            Span::Minutes(minutes) if minutes > MOST_DAYS => format!("{name}超过 {MOST_DAYS} 分钟，请用小时或工作日写"),
            _ => continue,
        };
        faults.push((*code, sentence));
    }
    // Compared as lengths of the plain day: a calendar may have other hours, but then for all of them.
    let length = |span| crate::calendar::WorkCalendar::default().length(span);
    for (code, shorter, longer, sentence) in [
        ("answer_ordinary", spans.answer_simple, spans.answer_ordinary, "一般件的答复时限不能短于简单件"),
        ("answer_complex", spans.answer_ordinary, spans.answer_complex, "复杂件的答复时限不能短于一般件"),
        ("contact", spans.contact, spans.answer_simple, "首次联系的时限不能长于答复"),
        ("contact_urgent", spans.contact_urgent, spans.contact, "紧急件的首次联系时限不能长于普通件"),
        ("accept", spans.accept, spans.answer_simple, "受理的时限不能长于答复"),
    ] {
        if length(shorter) > length(longer) {
            faults.push((code, sentence.to_owned()));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_submission_takes_the_version_of_its_day() {
        let later = |version, from, days| Limits { version, from, spans: Spans { accept: Span::Days(days), ..FIRST.spans } };
        let table = LimitTable::new(vec![
            later(3, date!(2027 - 01 - 01), 3),
            FIRST,
            later(2, date!(2026 - 12 - 01), 2),
            later(4, date!(2027 - 01 - 01), 4),
        ]);
        for (at, version) in [
            (datetime!(2019-01-01 09:00 +8), 1),
            (datetime!(2026-11-30 23:59 +8), 1),
            (datetime!(2026-11-30 16:00 UTC), 2),
            (datetime!(2026-12-31 23:59 +8), 2),
            (datetime!(2027-01-01 00:00 +8), 4),
        ] {
            assert_eq!(table.in_force(at).version, version, "{at}");
        }
        assert_eq!(table.by_version(3).map(|limits| limits.accept), Some(Span::Days(3)), "what was never in force is known too");
        assert_eq!(table.by_version(9), None);
        assert_eq!(LimitTable::new(Vec::new()).versions(), [FIRST]);
    }

    #[cfg(feature = "server")]
    #[test]
    fn limits_are_read_as_people_write_them() {
        let mut check = crate::text::Check::new();
        let written = |code: &str| {
            let mut spans = FIRST.spans;
            ROWS.iter().find(|row| row.0 == code).map_or_else(String::new, |row| row.2(&mut spans).to_string())
        };
        assert_eq!(read(&mut check, &written), Some(FIRST.spans));
        assert_eq!(
            read(&mut check, &|code| if code.starts_with("contact") { "３０分钟".to_owned() } else { "2d".to_owned() })
                .map(|it| it.contact),
            Some(Span::Minutes(30))
        );
        for wrong in ["", "5", "五个工作日", "5 天", "-1d", "5 个"] {
            let mut check = crate::text::Check::new();
            let raw = |code: &str| if code == "sign" { wrong.to_owned() } else { written(code) };
            assert_eq!(read(&mut check, &raw), None, "{wrong}");
            assert_eq!(check.finish().err().map(|faults| faults[0].field.clone()), Some("sign".to_owned()), "{wrong}");
        }
    }

    #[test]
    fn limits_that_make_no_sense_are_refused_with_their_name() {
        assert_eq!(check(&FIRST.spans), []);
        let faulty = |change: fn(&mut Spans)| {
            let mut spans = FIRST.spans;
            change(&mut spans);
            check(&spans).into_iter().map(|fault| fault.0).collect::<Vec<_>>()
        };
        assert_eq!(faulty(|spans| spans.sign = Span::Minutes(0)), ["sign"]);
        assert_eq!(faulty(|spans| spans.answer_complex = Span::Days(200)), ["answer_complex"]);
        assert_eq!(faulty(|spans| spans.answer_ordinary = Span::Days(4)), ["answer_ordinary"]);
        assert_eq!(faulty(|spans| spans.contact = Span::Days(6)), ["contact"]);
        assert_eq!(faulty(|spans| spans.contact = Span::Minutes(500)), ["contact"]);
        assert_eq!(faulty(|spans| spans.contact_urgent = Span::Hours(2)), ["contact_urgent"]);
    }
}
