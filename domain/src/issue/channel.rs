//! By which way whom a step is told (通知方式): a table of step, audience and channel that administrators keep. What it does not say is as it is here.

use super::notice::{Recipient, sms};
use crate::vocabulary::vocabulary;
use std::collections::HashMap;

vocabulary! {
    /// By which way; codes are stored.
    Channel {
        App = "app", "站内消息";
        Sms = "sms", "短信";
        Mail = "mail", "邮件";
    }
}

vocabulary! {
    /// Whom; codes are stored.
    Audience {
        Enterprise = "enterprise", "企业";
        Department = "department", "办理部门";
        Centre = "centre", "企服中心";
        Board = "board", "板块牵头部门";
        Supervisor = "supervisor", "监督";
        Leader = "leader", "领导";
    }
}

impl Audience {
    /// Whose a message is.
    pub fn of(recipient: &Recipient) -> Audience {
        match recipient {
            Recipient::Enterprise(_) => Audience::Enterprise,
            Recipient::Department(_) => Audience::Department,
            Recipient::Centre(_) => Audience::Centre,
            Recipient::Board(_) => Audience::Board,
            Recipient::Supervisor(_) => Audience::Supervisor,
            Recipient::Leader(_) => Audience::Leader,
        }
    }
}

use Audience::{Board, Centre, Department, Enterprise, Leader, Supervisor};

/// Common problems that a worker found: no event of an issue, told all the same.
pub const FOUND: &str = "cluster_found";

/// Steps (kinds of events, and [`FOUND`]) that somebody is told of, their words, and whom they are told: all that there are
/// (`domain/tests/issue_told.rs`), as what is not here no administrator can switch.
#[rustfmt::skip]
pub const STEPS: &[(&str, &str, &[Audience])] = &[
    ("submitted", "新的诉求", &[Centre, Board]),
    ("accepted", "受理", &[Enterprise, Centre]),
    ("declined", "不予受理", &[Enterprise]),
    ("objected", "企业提出异议", &[Centre]),
    ("input_asked", "请企业补充", &[Enterprise]),
    ("supplied", "企业已补充", &[Department, Centre]),
    ("noted", "企业添加说明", &[Department, Centre]),
    ("urged", "企业催办", &[Department, Centre]),
    ("pause_lapsed", "补充期限已到", &[Enterprise, Department, Centre]),
    ("dispatched", "交办", &[Enterprise, Department]),
    ("signed", "签收", &[Enterprise]),
    ("returned", "部门退回", &[Centre]),
    ("progressed", "办理进展", &[Enterprise]),
    ("extension_asked", "部门申请延期", &[Centre]),
    ("extended", "同意延期", &[Enterprise, Department]),
    ("extension_refused", "不同意延期", &[Department]),
    ("answered", "答复", &[Enterprise]),
    ("rated", "企业评价", &[Department, Centre]),
    ("called_back", "回访不满意", &[Department]),
    ("call_back_overdue", "回访超期", &[Centre]),
    ("closed", "办结", &[Enterprise]),
    ("reopened", "要求重新办理", &[Centre]),
    ("redispatched", "重新办理", &[Enterprise, Department]),
    ("withdrawn", "企业撤回", &[Department, Centre]),
    ("warned", "时限预警", &[Department, Centre]),
    ("owed_warned", "协办、事项、督办、询问、回访预警", &[Department, Centre]),
    ("overdue", "已经超期", &[Department, Centre, Supervisor]),
    ("escalated", "无人接手，逐级提醒", &[Board, Centre, Leader]),
    ("instructed", "领导批示", &[Department, Centre]),
    ("inquired", "监督询问", &[Department, Centre]),
    ("replied", "询问已回复", &[Supervisor]),
    ("reply_overdue", "询问超期未回复", &[Department, Centre, Supervisor]),
    ("supervised", "要求督办", &[Centre, Supervisor]),
    ("order_issued", "下达督办单", &[Department]),
    ("explained", "督办答复", &[Supervisor, Centre]),
    ("reviewed", "复盘", &[Supervisor]),
    ("signed_off", "督办销号", &[Department, Centre]),
    ("order_overdue", "督办超期", &[Department, Centre, Supervisor]),
    ("merged", "并入另一件", &[Enterprise, Department]),
    ("absorbed", "另一件并入", &[Department]),
    ("tracked", "挂账跟踪", &[Enterprise, Department]),
    ("reported", "跟踪答复", &[Enterprise]),
    ("part_answered", "协办答复", &[Department]),
    ("part_waived", "免去协办", &[Department]),
    ("part_overdue", "协办超期", &[Department, Centre]),
    ("consulted", "协商办", &[Enterprise, Department]),
    ("referred", "提交会议办", &[Enterprise, Leader]),
    ("resolved", "会议决定", &[Enterprise, Department]),
    ("task_done", "交办事项已办", &[Centre]),
    ("task_confirmed", "交办事项确认办结", &[Department]),
    ("task_returned", "交办事项退回再办", &[Department]),
    ("task_overdue", "交办事项超期", &[Department, Centre, Supervisor]),
    (FOUND, "发现共性问题", &[Centre]),
];

/// The words of a step; the code where there are none.
pub fn step_label(step: &str) -> &str {
    STEPS.iter().find(|(code, ..)| *code == step).map_or(step, |(_, label, _)| label)
}

/// What holds where nobody wrote anything: everybody by a message here, an enterprise that wants them by text messages of what it waits for,
/// nobody by mail.
pub fn usual(step: &str, audience: Audience, channel: Channel) -> bool {
    match channel {
        Channel::App => true,
        Channel::Sms => audience == Enterprise && sms(step, "").is_some(),
        Channel::Mail => false,
    }
}

/// What nobody switches off: nothing happens to an enterprise's problem without a message to it, and nothing that is late without one to whoever
/// owes it.
pub fn fixed(step: &str, audience: Audience, channel: Channel) -> bool {
    // Every kind of event of what went by ends so.
    let late = step == "escalated" || step.ends_with("warned") || step.ends_with("overdue");
    channel == Channel::App && (audience == Enterprise || late)
}

/// The table, as administrators wrote it.
#[derive(Debug, Clone, Default)]
pub struct Routes(HashMap<(String, Audience, Channel), bool>);

impl Routes {
    pub fn new(lines: impl IntoIterator<Item = (String, Audience, Channel, bool)>) -> Routes {
        Routes(lines.into_iter().map(|(step, audience, channel, on)| ((step, audience, channel), on)).collect())
    }

    /// Whether a step is told to an audience by a channel.
    pub fn told(&self, step: &str, audience: Audience, channel: Channel) -> bool {
        if fixed(step, audience, channel) {
            return true;
        }
        let written = self.0.get(&(step.to_owned(), audience, channel)).copied();
        written.unwrap_or_else(|| usual(step, audience, channel))
    }
}

/// A text message or the subject of a mail, for whom it may be: number and step, nothing of what was written, as a phone lies on tables.
pub fn line(step: &str, audience: Audience, number: &str) -> String {
    match (audience, sms(step, number)) {
        (Enterprise, Some(line)) => line,
        (Enterprise, None) => format!("您的诉求 {number} 有新进展（{}），详情请登录企服空间查看。", step_label(step)),
        _ => format!("诉求 {number}：{}，请登录企服工作台查看。", step_label(step)),
    }
}

/// An address that mail may go to: something before and after one `@`, a dot behind it, nothing that a header would read otherwise.
pub fn is_mail(address: &str) -> bool {
    let plain = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte))
            && !text.starts_with('.')
    };
    let host = |text: &str| plain(text) && text.contains('.') && !text.ends_with('.') && !text.contains("..");
    address.len() <= 120 && address.split_once('@').is_some_and(|(name, domain)| plain(name) && host(domain))
}

/// `zh***@huzhou.gov.cn`.
pub fn mask_mail(address: &str) -> String {
    let (name, host) = address.split_once('@').unwrap_or((address, ""));
    format!("{}***@{host}", name.chars().take(2).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_wrote_is_as_it_was() {
        let routes = Routes::default();
        for (step, _, audiences) in STEPS {
            for audience in *audiences {
                assert!(routes.told(step, *audience, Channel::App), "{step}");
                assert!(!routes.told(step, *audience, Channel::Mail), "{step}");
                let wanted = *audience == Enterprise && sms(step, "HZ-1").is_some();
                assert_eq!(routes.told(step, *audience, Channel::Sms), wanted, "{step}");
            }
        }
    }

    #[test]
    fn what_is_written_holds_but_not_against_what_is_fixed() {
        let routes = Routes::new([
            ("overdue".to_owned(), Department, Channel::Sms, true),
            ("overdue".to_owned(), Department, Channel::App, false),
            ("answered".to_owned(), Enterprise, Channel::App, false),
            ("answered".to_owned(), Enterprise, Channel::Sms, false),
            ("submitted".to_owned(), Centre, Channel::App, false),
        ]);
        assert!(routes.told("overdue", Department, Channel::Sms) && routes.told("overdue", Department, Channel::App));
        assert!(routes.told("answered", Enterprise, Channel::App) && !routes.told("answered", Enterprise, Channel::Sms));
        assert!(!routes.told("submitted", Centre, Channel::App));
    }

    #[test]
    fn mail_goes_to_what_is_an_address_alone() {
        for good in ["zhang.wei@huzhou.gov.cn", "a@b.cn", "x_y+z@mail.example.com"] {
            assert!(is_mail(good), "{good}");
        }
        for bad in
            ["", "a", "@b.cn", "a@", "a@b", "a@b..cn", "a@b.cn\r\nbcc: x@y.cn", "张@b.cn", "a b@c.cn", "a@b.cn.", "a@b@c.cn"]
        {
            assert!(!is_mail(bad), "{bad}");
        }
        assert_eq!(mask_mail("zhang.wei@huzhou.gov.cn"), "zh***@huzhou.gov.cn");
    }

    #[test]
    fn nothing_that_was_written_leaves_the_house() {
        assert_eq!(line("overdue", Department, "HZ-1"), "诉求 HZ-1：已经超期，请登录企服工作台查看。");
        assert_eq!(line("answered", Enterprise, "HZ-1"), "您的诉求 HZ-1 已答复，请您评价，详情请登录企服空间查看。");
    }
}
