//! How long what is personal is kept (保存期限), by kind (个人信息保护法 第十九条: no longer than it serves its purpose; 第四十七条: then it is
//! deleted). The times here hold until the city's administrator sets another one from a day on ([`Schedule`]), within the bounds of the rule.
//!
//! Years and bounds are *(assumed)* where no rule of the city was found. What stands in events stays with them: they are the record of an official
//! matter, and chained (`audit`); what is forgotten here lies outside of the chains.

use crate::text::{Check, half_width};
use time::{Date, Duration, OffsetDateTime};

/// Days of a year, so that whole years are kept whole.
pub const YEAR: i64 = 366;

/// How many days ahead a shorter time has to be announced: what is deleted does not come back, and so somebody may still take it back
/// *(assumed)*.
pub const NOTICE: i64 = 7;

/// What is kept for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Session,
    Code,
    HalfSignIn,
    Counter,
    Browser,
    FilingDraft,
    Photo,
    Prepared,
    File,
    MessageRead,
    MessageUnread,
    IssueContact,
    ApplicationContact,
    Person,
    Job,
    Notice,
    Delivery,
    ApiAnswer,
    ApiDelivery,
    SecurityEvent,
}

/// What happens when the time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Delete,
    /// The row stays, without what tells whose it is.
    Anonymise,
}

impl Act {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Act::Delete => "delete",
            Act::Anonymise => "anonymise",
        }
    }
}

/// One kind with its time.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub kind: Kind,
    /// The stable code.
    pub code: &'static str,
    /// What it is, and from when on its time runs.
    pub what: &'static str,
    /// How long it is kept from then on.
    pub keep: Duration,
    pub act: Act,
    /// Why so long and no longer.
    pub why: &'static str,
    /// The fewest and the most days that an administrator may set; the same where nobody may, as something else hangs on it.
    pub bounds: (i64, i64),
    /// What stands against less, in words; empty for what nobody may change.
    pub least: &'static str,
}

const fn rule(kind: Kind, code: &'static str, what: &'static str, days: i64, act: Act, why: &'static str) -> Rule {
    Rule { kind, code, what, keep: Duration::days(days), act, why, bounds: (days, days), least: "" }
}

impl Rule {
    /// What an administrator may set.
    const fn within(self, least: i64, most: i64, words: &'static str) -> Rule {
        Rule { bounds: (least, most), least: words, ..self }
    }
}

/// 民法典 第一百八十八条: claims are barred after three years.
const LIMITATION: i64 = 3 * YEAR;

/// 网络安全法 第二十一条: what is logged of a network is kept for half a year at least.
const LOG: i64 = 183;

const OF_LIMITATION: &str = "诉讼时效三年（民法典第一百八十八条）";
const OF_LOG: &str = "网络日志至少六个月（网络安全法第二十一条）";

/// Every kind, in the order in which it is seen to: a person is forgotten after the last browser that knew them.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule(Kind::Session, "session", "登录状态：失效之后", 0, Act::Delete, "a session that has ended serves nothing"),
    rule(Kind::Code, "code", "登录验证码：失效之后", 0, Act::Delete, "a code that has run out serves nothing"),
    rule(Kind::HalfSignIn, "half_sign_in", "等待两步验证的登录：失效之后", 0, Act::Delete, "a sign-in that was not finished serves nothing"),
    rule(Kind::Counter, "counter", "登录与上传计数：开始计数之后", 1, Act::Delete, "no limit counts longer than a day"),
    rule(Kind::Browser, "browser", "登录过的浏览器：最后一次登录之后", 400, Act::Delete, "as long as its cookie lives"),
    rule(Kind::FilingDraft, "filing_draft", "核对了还没提交的诉求：最后一次核对之后", 2, Act::Delete, "a problem left at the last step may be filed the next day")
        .within(1, 30, "第二天还要能接着提交"),
    rule(Kind::Photo, "photo", "未随诉求提交的照片和文件：上传之后", 2, Act::Delete, "a form left open over night may still be sent")
        .within(1, 30, "表单开着过夜，第二天还要能提交"),
    rule(Kind::Prepared, "prepared", "经办人备好、负责人未提交的申请：备好之后", 30, Act::Delete, "an owner has had a month to submit it")
        .within(7, 183, "负责人要有一周时间提交"),
    rule(Kind::File, "file", "未随申请提交的材料：上传之后", 2, Act::Delete, "a form left open over night may still be sent")
        .within(1, 30, "表单开着过夜，第二天还要能提交"),
    rule(Kind::MessageRead, "message_read", "已读消息：读过之后", 366, Act::Delete, "the matter itself stays on its page")
        .within(30, LIMITATION, "读过之后一个月内还要能查"),
    rule(Kind::MessageUnread, "message_unread", "未读消息：发出之后", 2 * 366, Act::Delete, "nobody will read it any more (assumed)")
        .within(LOG, LIMITATION, "半年内可能还会登录来看"),
    rule(Kind::IssueContact, "issue_contact", "诉求的联系人与电话：办结之后", LIMITATION, Act::Anonymise,
        "asked back and objected to for as long as claims may be made (民法典 第一百八十八条; assumed)")
        .within(LIMITATION, 10 * YEAR, OF_LIMITATION),
    rule(Kind::ApplicationContact, "application_contact", "申请的联系人与电话：办结之后", LIMITATION, Act::Anonymise,
        "asked back and audited for as long as claims may be made (民法典 第一百八十八条; assumed)")
        .within(LIMITATION, 10 * YEAR, OF_LIMITATION),
    rule(Kind::Person, "person", "不再代表任何企业的人员：最后一次登录之后", 400, Act::Anonymise,
        "nobody acts for an enterprise with it; what they did stays under the account's number; when they signed in last is not known for longer")
        .within(LOG, 400, "半年内可能重新为企业办事"),
    rule(Kind::Job, "job", "没有办成的后台任务：最后一次尝试之后", 30, Act::Delete, "an operator has had a month to look")
        .within(7, LOG, "运维人员要有一周时间处理"),
    rule(Kind::Notice, "notice", "系统没能处理的通知：搁置之后", 180, Act::Delete, "an operator has had half a year to look")
        .within(30, YEAR, "运维人员要有一个月时间处理"),
    rule(Kind::Delivery, "delivery", "短信和邮件的发送记录：安排发送之后", 183, Act::Delete, "whoever was not reached has asked by then")
        .within(LOG, LIMITATION, OF_LOG),
    rule(Kind::ApiAnswer, "api_answer", "给其他系统的应答：应答之后", 30, Act::Delete, "nobody sends a request of a month ago again"),
    rule(Kind::ApiDelivery, "api_delivery", "推送通知的发送记录：安排发送之后", 183, Act::Delete, "a channel that missed one has asked by then")
        .within(LOG, LIMITATION, OF_LOG),
    rule(Kind::SecurityEvent, "security_event", "安全日志：记下之后", LIMITATION, Act::Delete,
        "half a year at least (网络安全法 第二十一条); who read what is asked for as long as claims may be made (assumed)")
        .within(LOG, 10 * YEAR, OF_LOG),
];

impl Rule {
    /// The rule of a code.
    pub fn of_code(code: &str) -> Option<&'static Rule> {
        RULES.iter().find(|rule| rule.code == code)
    }

    /// What lies before this instant has been kept long enough.
    pub fn before(&self, now: OffsetDateTime) -> OffsetDateTime {
        now - self.keep
    }

    /// What it is, and from when on its time runs, apart.
    pub fn parts(&self) -> (&'static str, &'static str) {
        self.what.split_once('：').unwrap_or((self.what, ""))
    }

    /// Whether an administrator may set its time.
    pub fn may_be_set(&self) -> bool {
        self.bounds.0 < self.bounds.1
    }

    /// The rule with another time; never beyond its bounds, whatever is written somewhere.
    fn keeping(&self, days: i64) -> Rule {
        Rule { keep: Duration::days(days.clamp(self.bounds.0, self.bounds.1)), ..*self }
    }

    /// Reads a time from the fields `keep` and `unit`, in days. `None` where something is wrong, which `check` knows then.
    pub fn read(&self, check: &mut Check, keep: &str, unit: &str) -> Option<i64> {
        let number = half_width(keep).trim().parse::<i64>().ok().filter(|number| (1..=100_000).contains(number));
        let days = match (number, unit) {
            (None, _) => Err("请填写整数，例如 90".to_owned()),
            (Some(number), "day") => Ok(number),
            (Some(number), "year") => Ok(number * YEAR),
            _ => Err("请选择天或年".to_owned()),
        };
        let (least, most) = self.bounds;
        let days = days.and_then(|days| match days {
            days if days < least => Err(format!("最短 {}：{}", span(least), self.least)),
            days if days > most => Err(format!("最长 {}：不超过办事需要的时间（个人信息保护法第十九条）", span(most))),
            days => Ok(days),
        });
        days.map_err(|fault| check.fault("keep", fault)).ok()
    }
}

/// A time in words: `2 天`, `3 年`.
pub fn span(days: i64) -> String {
    if days > 0 && days % YEAR == 0 { format!("{} 年", days / YEAR) } else { format!("{days} 天") }
}

/// Every time that an administrator set, each with its first day; none is ours again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule(Vec<(&'static str, Date, Option<i64>)>);

impl Schedule {
    /// From lines: code, first day, days. Of two for one day the later in the list holds; a kind that is not known any more is nobody's.
    pub fn new(lines: impl IntoIterator<Item = (String, Date, Option<i64>)>) -> Schedule {
        let known = lines.into_iter().filter_map(|(code, from, days)| Some((Rule::of_code(&code)?.code, from, days)));
        let mut lines: Vec<_> = known.collect();
        lines.sort_by_key(|line| (line.0, line.1));
        Schedule(lines)
    }

    /// What the city has set for a day, if it has and not taken back.
    pub fn set(&self, rule: &Rule, day: Date) -> Option<i64> {
        self.0.iter().rev().find(|line| line.0 == rule.code && line.1 <= day).and_then(|line| line.2)
    }

    /// A rule as it holds on a day.
    pub fn on(&self, rule: &Rule, day: Date) -> Rule {
        self.set(rule, day).map_or(*rule, |days| rule.keeping(days))
    }

    /// Every rule as it holds on a day, in their order.
    pub fn rules(&self, day: Date) -> Vec<Rule> {
        RULES.iter().map(|rule| self.on(rule, day)).collect()
    }

    /// What waits for its day.
    pub fn coming(&self, rule: &Rule, today: Date) -> Vec<(Date, Rule)> {
        let mut days: Vec<Date> = self.0.iter().filter(|line| line.0 == rule.code && line.1 > today).map(|line| line.1).collect();
        days.dedup();
        days.into_iter().map(|day| (day, self.on(rule, day))).collect()
    }

    /// What stands against a time from a day on: a shorter one than would hold then begins a week after it was written.
    pub fn too_soon(&self, rule: &Rule, days: i64, from: Date, today: Date) -> Option<String> {
        let shorter = Duration::days(days) < self.on(rule, from).keep;
        (shorter && from < today + Duration::days(NOTICE))
            .then(|| format!("缩短保存期限会删除数据，最早从 {NOTICE} 天以后起生效，之前可以撤回"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use time::macros::date;

    #[test]
    fn every_kind_has_one_rule_and_browsers_are_forgotten_before_persons() {
        let codes: BTreeSet<&str> = RULES.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), RULES.len());
        let place = |kind| RULES.iter().position(|rule| rule.kind == kind).expect("has a rule");
        assert!(place(Kind::Browser) < place(Kind::Person) && place(Kind::Session) < place(Kind::Person));
        // Less than that the database refuses (0026_security_retention.sql).
        assert!(RULES[place(Kind::SecurityEvent)].keep >= Duration::days(183));
        assert!(RULES.iter().all(|rule| !rule.keep.is_negative() && !rule.why.is_empty()));
        for rule in RULES {
            let days = rule.keep.whole_days();
            assert!((rule.bounds.0..=rule.bounds.1).contains(&days), "{}: ours is within its bounds", rule.code);
            assert_eq!(rule.may_be_set(), !rule.least.is_empty(), "{}", rule.code);
        }
    }

    const TODAY: Date = date!(2026 - 11 - 27);

    fn read(code: &str, keep: &str, unit: &str) -> Result<i64, String> {
        let mut check = Check::new();
        let days = Rule::of_code(code).expect(code).read(&mut check, keep, unit);
        check.finish().map_err(|faults| faults[0].message.clone())?;
        Ok(days.expect("nothing stood against it"))
    }

    #[test]
    fn a_time_is_read_within_its_bounds_and_whoever_asks_for_less_hears_why_not() {
        assert_eq!(read("security_event", "183", "day"), Ok(183));
        assert_eq!(read("security_event", " ５ ", "year"), Ok(5 * YEAR));
        assert_eq!(
            read("security_event", "182", "day"),
            Err("最短 183 天：网络日志至少六个月（网络安全法第二十一条）".to_owned())
        );
        assert!(read("issue_contact", "2", "year").is_err_and(|fault| fault.contains("最短 3 年：诉讼时效三年")));
        assert!(read("issue_contact", "11", "year").is_err_and(|fault| fault.contains("最长 10 年")));
        for wrong in ["", "三", "1.5", "-3", "0", "99999999999"] {
            assert_eq!(read("photo", wrong, "day"), Err("请填写整数，例如 90".to_owned()), "{wrong}");
        }
        assert_eq!(read("photo", "3", "month"), Err("请选择天或年".to_owned()));
        assert!(read("session", "1", "day").is_err(), "a session that ended serves nothing");
        assert_eq!((span(0), span(183), span(LIMITATION)), ("0 天".to_owned(), "183 天".to_owned(), "3 年".to_owned()));
    }

    #[test]
    fn a_time_holds_from_its_day_and_is_taken_back() {
        let rule = Rule::of_code("message_read").expect("a rule");
        let (first, second) = (date!(2026 - 12 - 01), date!(2027 - 01 - 01));
        let line = |from, days| ("message_read".to_owned(), from, days);
        let lines = [line(second, None), line(first, Some(90)), ("gone".to_owned(), first, Some(9))];
        let schedule = Schedule::new(lines);
        for (day, days) in [(TODAY, YEAR), (first, 90), (date!(2026 - 12 - 31), 90), (second, YEAR)] {
            assert_eq!(schedule.on(rule, day).keep.whole_days(), days, "{day}");
        }
        let coming: Vec<(Date, i64)> =
            schedule.coming(rule, TODAY).into_iter().map(|(day, rule)| (day, rule.keep.whole_days())).collect();
        assert_eq!(coming, [(first, 90), (second, YEAR)]);
        assert_eq!(Schedule::new([line(first, Some(1))]).on(rule, first).keep.whole_days(), 30, "never beyond its bounds");
        assert_eq!(schedule.rules(first).len(), RULES.len());
    }

    #[test]
    fn what_would_delete_sooner_is_announced() {
        let rule = Rule::of_code("message_read").expect("a rule");
        let schedule = Schedule::default();
        let week = TODAY + Duration::days(NOTICE);
        assert!(schedule.too_soon(rule, 90, TODAY, TODAY).is_some());
        assert!(schedule.too_soon(rule, 90, week.previous_day().expect("a day"), TODAY).is_some());
        assert_eq!(schedule.too_soon(rule, 90, week, TODAY), None);
        assert_eq!(schedule.too_soon(rule, 2 * YEAR, TODAY, TODAY), None, "longer loses nothing");
        // What is longer only from a day on is shortened from it on, too.
        let longer = Schedule::new([("message_read".to_owned(), TODAY, Some(3 * YEAR))]);
        assert!(longer.too_soon(rule, 2 * YEAR, TODAY, TODAY).is_some());
    }

    /// A delivery that is forgotten while its step may still be planned would be sent a second time.
    #[cfg(feature = "server")]
    #[test]
    fn a_delivery_is_kept_for_longer_than_its_step_is_planned() {
        let rule = RULES.iter().find(|rule| rule.kind == Kind::ApiDelivery).expect("has a rule");
        assert!(rule.keep > crate::webhook::PLANNED);
    }
}
