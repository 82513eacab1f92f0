//! How long what is personal is kept, by kind (个人信息保护法 第十九条: no longer than it serves its purpose; 第四十七条: then it is deleted).
//!
//! Years are *(assumed)* where no rule of the city was found. What stands in events stays with them: they are the record of an official
//! matter, and chained (`audit`); what is forgotten here lies outside of the chains.

use time::{Duration, OffsetDateTime};

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
}

const fn rule(kind: Kind, code: &'static str, what: &'static str, days: i64, act: Act, why: &'static str) -> Rule {
    Rule { kind, code, what, keep: Duration::days(days), act, why }
}

/// 民法典 第一百八十八条: claims are barred after three years.
const LIMITATION: i64 = 3 * 366;

/// Every kind, in the order in which it is seen to: a person is forgotten after the last browser that knew them.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule(Kind::Session, "session", "会话：失效之后", 0, Act::Delete, "a session that has ended serves nothing"),
    rule(Kind::Code, "code", "登录验证码：失效之后", 0, Act::Delete, "a code that has run out serves nothing"),
    rule(Kind::HalfSignIn, "half_sign_in", "等待两步验证的登录：失效之后", 0, Act::Delete, "a sign-in that was not finished serves nothing"),
    rule(Kind::Counter, "counter", "登录与上传计数：开始计数之后", 1, Act::Delete, "no limit counts longer than a day"),
    rule(Kind::Browser, "browser", "登录过的浏览器：最后一次登录之后", 400, Act::Delete, "as long as its cookie lives"),
    rule(Kind::FilingDraft, "filing_draft", "核对了还没提交的诉求：最后一次核对之后", 2, Act::Delete, "a problem left at the last step may be filed the next day"),
    rule(Kind::Photo, "photo", "未随诉求提交的照片和文件：上传之后", 2, Act::Delete, "a form left open over night may still be sent"),
    rule(Kind::Prepared, "prepared", "经办人备好、负责人未提交的申请：备好之后", 30, Act::Delete, "an owner has had a month to submit it"),
    rule(Kind::File, "file", "未随申请提交的材料：上传之后", 2, Act::Delete, "a form left open over night may still be sent"),
    rule(Kind::MessageRead, "message_read", "已读消息：读过之后", 366, Act::Delete, "the matter itself stays on its page"),
    rule(Kind::MessageUnread, "message_unread", "未读消息：发出之后", 2 * 366, Act::Delete, "nobody will read it any more (assumed)"),
    rule(Kind::IssueContact, "issue_contact", "诉求的联系人与电话：办结之后", LIMITATION, Act::Anonymise,
        "asked back and objected to for as long as claims may be made (民法典 第一百八十八条; assumed)"),
    rule(Kind::ApplicationContact, "application_contact", "申请的联系人与电话：办结之后", LIMITATION, Act::Anonymise,
        "asked back and audited for as long as claims may be made (民法典 第一百八十八条; assumed)"),
    rule(Kind::Person, "person", "不再代表任何企业的人员：400 天未登录之后", 400, Act::Anonymise,
        "nobody acts for an enterprise with it; what they did stays under the account's number"),
    rule(Kind::Job, "job", "未能送达的任务：最后一次尝试之后", 30, Act::Delete, "an operator has had a month to look"),
    rule(Kind::Notice, "notice", "无法读取的通知：搁置之后", 180, Act::Delete, "an operator has had half a year to look"),
    rule(Kind::Delivery, "delivery", "短信和邮件的发送记录：安排发送之后", 183, Act::Delete, "whoever was not reached has asked by then"),
    rule(Kind::ApiAnswer, "api_answer", "接口的幂等应答：应答之后", 30, Act::Delete, "nobody sends a request of a month ago again"),
    rule(Kind::ApiDelivery, "api_delivery", "推送通知的发送记录：安排发送之后", 183, Act::Delete, "a channel that missed one has asked by then"),
    rule(Kind::SecurityEvent, "security_event", "安全日志：记下之后", LIMITATION, Act::Delete,
        "half a year at least (网络安全法 第二十一条); who read what is asked for as long as claims may be made (assumed)"),
];

impl Rule {
    /// What lies before this instant has been kept long enough.
    pub fn before(&self, now: OffsetDateTime) -> OffsetDateTime {
        now - self.keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_one_rule_and_browsers_are_forgotten_before_persons() {
        let codes: BTreeSet<&str> = RULES.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), RULES.len());
        let place = |kind| RULES.iter().position(|rule| rule.kind == kind).expect("has a rule");
        assert!(place(Kind::Browser) < place(Kind::Person) && place(Kind::Session) < place(Kind::Person));
        // Less than that the database refuses (0026_security_retention.sql).
        assert!(RULES[place(Kind::SecurityEvent)].keep >= Duration::days(183));
        assert!(RULES.iter().all(|rule| !rule.keep.is_negative() && !rule.why.is_empty()));
    }

    /// A delivery that is forgotten while its step may still be planned would be sent a second time.
    #[cfg(feature = "server")]
    #[test]
    fn a_delivery_is_kept_for_longer_than_its_step_is_planned() {
        let rule = RULES.iter().find(|rule| rule.kind == Kind::ApiDelivery).expect("has a rule");
        assert!(rule.keep > crate::webhook::PLANNED);
    }
}
