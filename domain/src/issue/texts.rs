//! The words of messages on issues and on one's own account (通知用语): ours unless the city's administrator has written others, with places
//! that are filled in.

use crate::text::Check;
use crate::vocabulary::vocabulary;
use time::Date;

vocabulary! {
    /// A message: to whom, on what.
    TextKey {
        Accepted = "enterprise_accepted", "给企业：已受理";
        Declined = "enterprise_declined", "给企业：不予受理";
        InputAsked = "enterprise_input_asked", "给企业：请补充材料";
        PauseLapsed = "enterprise_pause_lapsed", "给企业：补充期限已到";
        Dispatched = "enterprise_dispatched", "给企业：已交给责任部门";
        Signed = "enterprise_signed", "给企业：部门已签收";
        Progressed = "enterprise_progressed", "给企业：办理进展";
        Solved = "enterprise_solved", "给企业：已办理，请评价";
        Answered = "enterprise_answered", "给企业：已答复，请评价";
        Closed = "enterprise_closed", "给企业：已办结";
        Redispatched = "enterprise_redispatched", "给企业：重新办理";
        Extended = "enterprise_extended", "给企业：办理延期";
        Merged = "enterprise_merged", "给企业：两件并作一件";
        Tracked = "enterprise_tracked", "给企业：挂账跟踪";
        Reported = "enterprise_reported", "给企业：跟踪答复";
        Consulted = "enterprise_consulted", "给企业：有关部门一起办";
        Referred = "enterprise_referred", "给企业：提交联席会议";
        Resolved = "enterprise_resolved", "给企业：联席会议决定";
        HandlerSupplied = "handler_supplied", "给经办：企业已补充";
        HandlerNoted = "handler_noted", "给经办：企业添加了说明";
        HandlerUrged = "handler_urged", "给经办：企业催办";
        HandlerMoved = "handler_moved", "给部门：改由其他部门办理";
        HandlerPauseLapsed = "handler_pause_lapsed", "给经办：补充期限已到";
        HandlerDispatched = "handler_dispatched", "给部门：新的交办件";
        HandlerExtended = "handler_extended", "给部门：同意延期";
        HandlerExtensionRefused = "handler_extension_refused", "给部门：不同意延期";
        HandlerRated = "handler_rated", "给部门：企业已评价";
        HandlerCalledBack = "handler_called_back", "给部门：回访不满意";
        HandlerRedispatched = "handler_redispatched", "给部门：二次交办件";
        HandlerWithdrawn = "handler_withdrawn", "给部门：企业撤回";
        HandlerMerged = "handler_merged", "给部门：交办件已并案";
        HandlerAbsorbed = "handler_absorbed", "给部门：并入一件诉求";
        HandlerTracked = "handler_tracked", "给部门：挂账跟踪";
        HandlerCo = "handler_co", "给协办部门：新的协办件";
        HandlerPart = "handler_part", "给主办部门：协办已答复";
        HandlerWaived = "handler_waived", "给部门：免去协办";
        PartOverdue = "staff_part_overdue", "给部门和企服中心：协办超期";
        HandlerDecided = "handler_decided", "给部门：协商或会议决定";
        LeaderReferred = "leader_referred", "给协调小组：提交会议办";
        TaskGiven = "handler_task", "给部门：新的交办事项";
        TaskDone = "centre_task_done", "给企服中心：交办事项已办";
        TaskConfirmed = "handler_task_confirmed", "给部门：交办事项已确认";
        TaskReturned = "handler_task_returned", "给部门：交办事项退回";
        TaskOverdue = "staff_task_overdue", "给部门、企服中心和监督：交办事项超期";
        PromiseOverdue = "supervisor_promise_overdue", "给监督：挂账件没有按承诺答复";
        CentreSubmitted = "centre_submitted", "给企服中心：新的诉求";
        BoardSubmitted = "board_submitted", "给板块牵头部门：请代为受理";
        CentreMoved = "centre_moved", "给企服中心：其他区县转来";
        CentreObjected = "centre_objected", "给企服中心：企业有异议";
        CentreReturned = "centre_returned", "给企服中心：部门退回";
        CentreExtensionAsked = "centre_extension_asked", "给企服中心：部门申请延期";
        CentreRated = "centre_rated", "给企服中心：评价不满意";
        CentreReopened = "centre_reopened", "给企服中心：重新办理";
        CentreWithdrawn = "centre_withdrawn", "给企服中心：企业撤回";
        Instructed = "staff_instructed", "给部门和企服中心：领导批示";
        Supervised = "centre_supervised", "给企服中心：要求督办";
        PutUnder = "supervisor_supervised", "给监督：列入督办";
        OrderIssued = "handler_order_issued", "给部门：督办单";
        Explained = "supervisor_explained", "给监督和企服中心：督办答复";
        Reviewed = "supervisor_reviewed", "给监督：复盘已写";
        SignedOff = "staff_signed_off", "给部门和企服中心：督办销号";
        OrderOverdue = "staff_order_overdue", "督办超期";
        Joint = "staff_joint", "转入联合督办";
        ReplyOverdue = "staff_reply_overdue", "给部门、企服中心和监督：询问超期未回复";
        CallBackOverdue = "centre_call_back_overdue", "给企服中心：回访超期";
        Inquired = "staff_inquired", "给部门和企服中心：监督询问";
        Replied = "supervisor_replied", "给监督：询问已回复";
        Warned = "staff_warned", "给办理人员：时限预警";
        Overdue = "staff_overdue", "给办理人员和企服中心：已经超期";
        Escalated = "staff_escalated", "逐级提醒：无人接手";
        AccountPassword = "account_password_changed", "给本人：密码已修改";
        AccountReset = "account_password_reset", "给本人：密码被重置";
        AccountFactor = "account_factor_set", "给本人：启用了两步验证";
        AccountFactorGone = "account_factor_removed", "给本人：两步验证已取消";
        AccountUnlocked = "account_unlocked", "给本人：登录暂停已解除";
        AccountBrowser = "account_new_browser", "给本人：新的浏览器登录";
        AccountAgent = "account_agent_added", "给负责人：新增经办人";
        SmsCode = "sms_code", "短信模板：登录验证码";
        SmsPolicy = "sms_policy", "短信模板：政策提醒";
        SmsApplication = "sms_application", "短信模板：政策申请进展";
        SmsMember = "sms_member", "短信模板：企业联系人变动";
        SmsIssue = "sms_issue", "短信模板：诉求进展";
        SmsAccount = "sms_account", "短信模板：账号安全提醒";
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub title: String,
    /// May be empty.
    pub body: String,
}

/// A place in any message, filled in when it is written to people: the issue's number and title.
pub const EVERYWHERE: [&str; 2] = ["number", "title"];
/// What stands for them until then. Nobody types these characters, and what somebody typed is freed of them.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

impl TextKey {
    /// Our own words: title, body, the places that it has besides [`EVERYWHERE`], and whether the first of them must be in the body, as
    /// it is what somebody has to say.
    const fn own(self) -> (&'static str, &'static str, &'static [&'static str], bool) {
        match self {
            TextKey::Accepted => ("诉求已受理", "最迟{due}给您答复。", &["due"], false),
            TextKey::Declined => {
                ("诉求不予受理", "{explanation} 如有不同意见，{window}内可以提出异议。", &["explanation", "window"], true)
            }
            TextKey::InputAsked => ("请您补充材料", "{what}（请在{due}前补充）", &["what", "due"], true),
            TextKey::PauseLapsed => ("补充期限已到", "已继续办理并恢复计时，您仍然可以添加说明。", &[], false),
            TextKey::Dispatched => ("诉求已交给责任部门", "部门签收后开始办理。", &[], false),
            TextKey::Signed => ("部门已签收，开始办理", "", &[], false),
            TextKey::Progressed => ("办理有新进展", "{text}", &["text"], true),
            TextKey::Solved => ("诉求已办理，请您评价", "{text}", &["text"], true),
            TextKey::Answered => ("诉求已答复，请您评价", "{text}", &["text"], true),
            TextKey::Closed => ("诉求已办结", "如问题仍在，{window}内可以要求重新办理。", &["window"], false),
            TextKey::Redispatched => ("诉求重新办理", "第 {round} 次办理，最迟{due}给您答复。", &["due", "round"], false),
            TextKey::Extended => {
                ("办理时间延长", "{reason} 答复期限延长 {days} 个工作日，最迟{due}给您答复。", &["reason", "days", "due"], true)
            }
            TextKey::Merged => (
                "您的两件诉求并作一件办理",
                "“{title}”（{number}）已并入 {into}，今后请看 {into} 的进展。{reason}",
                &["into", "reason"],
                true,
            ),
            TextKey::Tracked => {
                ("暂时不能解决，跟踪办理", "{reason} 最迟{due}告诉您进展，解决前一直跟踪。", &["reason", "due"], true)
            }
            TextKey::Reported => ("跟踪办理有新答复", "{text} 下一次最迟{due}告诉您。", &["text", "due"], true),
            TextKey::Consulted => ("企服中心召集有关部门一起办理", "{text}", &["text"], true),
            TextKey::Referred => ("诉求已提交市联席会议研究", "会议有决定后告诉您，责任部门同时继续办理。", &[], false),
            TextKey::Resolved => ("市联席会议研究了您的诉求", "{text}", &["text"], true),
            TextKey::HandlerMerged => {
                ("交办件已并案", "“{title}”（{number}）已并入 {into}，由那一件的办理部门继续办理。", &["into"], true)
            }
            TextKey::HandlerAbsorbed => ("并入一件诉求", "同一企业的 {from} 已并入这件，请一并办理和答复。", &["from"], true),
            TextKey::HandlerTracked => ("转为挂账跟踪", "请在{due}前告诉企业进展，并约定下一次。", &["due"], false),
            TextKey::HandlerCo => ("有新的协办件", "请在{due}前答复主办部门。", &["due"], false),
            TextKey::HandlerPart => ("协办部门已答复", "{text}", &["text"], true),
            TextKey::HandlerWaived => ("免去协办", "{reason}", &["reason"], true),
            TextKey::PartOverdue => {
                ("协办超期", "“{title}”（{number}）的协办应在{due}前答复主办部门，请马上处理。", &["due"], false)
            }
            TextKey::HandlerDecided => ("{level}有决定", "{text}", &["text", "level"], true),
            TextKey::LeaderReferred => ("有诉求提交会议办", "“{title}”（{number}）：{text}", &["text"], true),
            TextKey::TaskGiven => ("新的交办事项", "{text} 请在{due}前办结，并写明办理情况。", &["text", "due"], true),
            TextKey::TaskDone => ("交办事项已办，请确认", "{text}", &["text"], true),
            TextKey::TaskConfirmed => ("交办事项已确认办结", "", &[], false),
            TextKey::TaskReturned => ("交办事项退回再办", "{reason}", &["reason"], true),
            TextKey::TaskOverdue => {
                ("交办事项超期", "“{title}”（{number}）的交办事项应在{due}前办结，请马上处理。", &["due"], false)
            }
            TextKey::PromiseOverdue => {
                ("挂账件没有按承诺答复", "“{title}”（{number}）应在{due}前告诉企业进展。", &["due"], false)
            }
            TextKey::HandlerSupplied => ("企业已补充材料", "请继续办理。", &[], false),
            TextKey::HandlerNoted => ("企业添加了说明", "{text}", &["text"], true),
            TextKey::HandlerUrged => ("企业催办", "请尽快办理，并告诉企业进展。", &[], false),
            TextKey::HandlerMoved => ("交办件改由其他部门办理", "{reason}", &["reason"], true),
            TextKey::HandlerPauseLapsed => ("补充期限已到，恢复计时", "企业未补充，请按现有情况办理。", &[], false),
            TextKey::HandlerDispatched => ("有新的交办件", "请主办部门在{due}前签收。", &["due"], false),
            TextKey::HandlerExtended => ("企服中心同意延期", "请在{due}前答复。", &["due"], false),
            TextKey::HandlerExtensionRefused => ("企服中心不同意延期", "{reason}", &["reason"], true),
            TextKey::HandlerRated => ("企业已评价", "{level}：{solved}", &["level", "solved"], true),
            TextKey::HandlerCalledBack => ("回访时企业不认可", "{level}，{solved}。{text}", &["level", "solved", "text"], true),
            TextKey::HandlerRedispatched => ("二次交办件", "第 {round} 次办理，请尽快签收并重新办理。", &["round"], false),
            TextKey::HandlerWithdrawn | TextKey::CentreWithdrawn => ("企业撤回诉求", "{reason}", &["reason"], true),
            TextKey::CentreSubmitted => ("有新的诉求待受理", "请在{due}前受理。", &["due"], false),
            TextKey::BoardSubmitted => {
                ("有诉求请代为受理", "责任部门未进驻企服中心，请在{due}前受理并转交责任部门。", &["due"], false)
            }
            TextKey::CentreMoved => ("其他区县转来一件诉求", "问题发生在本辖区，已受理，请尽快交办。", &[], false),
            TextKey::CentreObjected => ("企业对不予受理提出异议", "{reason}", &["reason"], true),
            TextKey::CentreReturned => ("部门退回交办件", "{reason}", &["reason"], true),
            TextKey::CentreExtensionAsked => {
                ("部门申请延期", "{reason} 申请延长 {days} 个工作日，请在答复期限前决定。", &["reason", "days"], true)
            }
            TextKey::CentreRated => ("企业评价不满意", "{level}，已重新交办。", &["level"], false),
            TextKey::CentreReopened => ("诉求重新办理", "{reason}", &["reason"], true),
            TextKey::Instructed => ("领导批示", "{leader}：{text}", &["text", "leader"], true),
            TextKey::Supervised => ("要求督办", "{text} 请在{due}前核实并下达督办单。", &["text", "due"], true),
            TextKey::PutUnder => ("列入督办", "{text}", &["text"], true),
            TextKey::OrderIssued => {
                ("督办单", "{text} 请在{due}前说明原因和措施，在{done}前办结并经企业确认。", &["text", "due", "done"], true)
            }
            TextKey::Explained => ("督办答复", "{text}", &["text"], true),
            TextKey::Reviewed => ("复盘已写，可以销号", "{text}", &["text"], true),
            TextKey::SignedOff => ("督办单已销号", "", &[], false),
            TextKey::OrderOverdue => ("督办超期：{step}", "“{title}”（{number}）应在{due}前{step}。", &["step", "due"], false),
            TextKey::Joint => {
                ("转入联合督办", "“{title}”（{number}）应在{due}前{step}，现转入联合督办。", &["step", "due"], false)
            }
            TextKey::ReplyOverdue => {
                ("监督询问超期未回复", "“{title}”（{number}）的监督询问应在{due}前回复，请马上处理。", &["due"], false)
            }
            TextKey::CallBackOverdue => ("回访超期", "“{title}”（{number}）应在{due}前回访企业，请马上处理。", &["due"], false),
            TextKey::Inquired => ("监督询问", "{text} 请在{due}前回复。", &["text", "due"], true),
            TextKey::Replied => ("询问已回复", "{text}", &["text"], true),
            TextKey::Warned => ("预警：{step}快到期", "“{title}”（{number}）须在{due}前完成{step}。", &["step", "due"], false),
            TextKey::Overdue => {
                ("超期：{step}", "“{title}”（{number}）应在{due}前完成{step}，请马上处理。", &["step", "due"], false)
            }
            TextKey::Escalated => {
                let body = "“{title}”（{number}）从{since}起是“{state}”，超过时限还没有人接手，请督促。";
                ("有诉求无人接手", body, &["since", "state"], false)
            }
            TextKey::AccountPassword => {
                ("您的密码已修改", "{when}修改。不是您本人操作的，请马上告诉系统管理员。", &["when"], false)
            }
            TextKey::AccountReset => {
                let body = "{who} {when}重置了您的登录密码，旧密码已失效。您没有申请过的，请马上告诉市级系统管理员。";
                ("您的密码被重置", body, &["who", "when"], false)
            }
            TextKey::AccountFactor => {
                ("您启用了两步验证", "{when}启用。不是您本人操作的，请马上告诉系统管理员。", &["when"], false)
            }
            TextKey::AccountFactorGone => {
                let body = "{who} {when}取消，现在登录只要密码。不是您本人要求的，请马上告诉系统管理员。";
                ("您的两步验证已取消", body, &["who", "when"], false)
            }
            TextKey::AccountUnlocked => {
                let body = "有人用您的用户名多次输错密码，登录曾经暂停，{who} {when}解除。不是您本人输错的，请马上修改密码。";
                ("登录暂停已解除", body, &["who", "when"], false)
            }
            TextKey::AccountBrowser => {
                let body = "{when}，{device}，来自 {place}。不是您本人登录的，请马上退出那台设备。";
                ("新的浏览器登录了您的账号", body, &["when", "device", "place"], false)
            }
            TextKey::AccountAgent => {
                let body = "{who}为“{firm}”添加了经办人{name}。不是您企业安排的，请马上移除。";
                ("企业新增了经办人", body, &["name", "who", "firm"], true)
            }
            TextKey::SmsCode
            | TextKey::SmsPolicy
            | TextKey::SmsApplication
            | TextKey::SmsMember
            | TextKey::SmsIssue
            | TextKey::SmsAccount => ("按服务器设置", "", &[], false),
        }
    }

    /// Our own words.
    pub fn built_in(self) -> Text {
        let (title, body, ..) = self.own();
        Text { title: title.to_owned(), body: body.to_owned() }
    }

    /// Whether it names a template that the SMS gateway knows, and says nothing itself: the title is its name there, and our own words are
    /// that the server's settings have it.
    pub fn is_template(self) -> bool {
        use TextKey::{SmsAccount, SmsApplication, SmsCode, SmsIssue, SmsMember, SmsPolicy};
        matches!(self, SmsCode | SmsPolicy | SmsApplication | SmsMember | SmsIssue | SmsAccount)
    }

    /// Whether it is about an account and no issue: there is no number and no title to be filled in.
    fn is_of_an_account(self) -> bool {
        use TextKey::{
            AccountAgent, AccountBrowser, AccountFactor, AccountFactorGone, AccountPassword, AccountReset, AccountUnlocked,
        };
        matches!(
            self,
            AccountPassword | AccountReset | AccountFactor | AccountFactorGone | AccountUnlocked | AccountBrowser | AccountAgent
        )
    }

    /// The template of a notice by SMS, by what its job says it is about; an application's says nothing.
    pub fn template_about(about: &str) -> TextKey {
        match about {
            "policy" => TextKey::SmsPolicy,
            "member" => TextKey::SmsMember,
            "issue" => TextKey::SmsIssue,
            "account" => TextKey::SmsAccount,
            _ => TextKey::SmsApplication,
        }
    }

    /// The places it may have, as they are written: `{due}`.
    pub fn places(self) -> Vec<String> {
        if self.is_template() {
            return Vec::new();
        }
        let of_the_issue: &[&str] = if self.is_of_an_account() { &[] } else { &EVERYWHERE };
        self.own().2.iter().chain(of_the_issue).map(|name| ["{", name, "}"].concat()).collect()
    }

    /// Reads what an administrator wrote. `None` where something is wrong, which `check` knows then, by `title` and `body`.
    pub fn read(self, check: &mut Check, title: &str, body: &str) -> Option<Text> {
        if self.is_template() {
            let title = check.text("title", "模板编号", title, 1, 40);
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
            if !title.chars().all(plain) {
                check.fault("title", "模板编号照短信平台上的填写，只有字母、数字、短横线、下划线、点和冒号");
            }
            return check.is_clean().then_some(Text { title, body: String::new() });
        }
        let title = check.text("title", "标题", title, 2, 40);
        let body = check.text("body", "内容", body, 0, 300);
        let places = self.places();
        for (field, text) in [("title", &title), ("body", &body)] {
            if let Some(unknown) = unknown(text, &places) {
                check.fault(field, format!("“{unknown}”不是这里能填的内容，可以用：{}", places.join(" ")));
            }
        }
        let (.., own, needed) = self.own();
        if let (true, Some(first)) = (needed, own.first()) {
            let place = ["{", first, "}"].concat();
            if !body.contains(&place) {
                check.fault("body", format!("内容里要有 {place}，否则收到的人看不到具体的话"));
            }
        }
        check.is_clean().then_some(Text { title, body })
    }
}

/// The first thing in braces, or a brace, that is no place.
fn unknown(text: &str, places: &[String]) -> Option<String> {
    let rest = places.iter().fold(text.to_owned(), |text, place| text.replace(place.as_str(), ""));
    let at = rest.find(['{', '}'])?;
    let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
    Some(rest[at..end].chars().take(20).collect())
}

impl Text {
    /// With its places filled in; those of [`EVERYWHERE`] are marked and come last ([`addressed`]).
    pub fn filled(&self, values: &[(&str, String)]) -> Text {
        let fill = |text: &str| {
            let mut parts = text.split('{');
            let mut filled = parts.next().unwrap_or("").to_owned();
            for part in parts {
                // In one pass: what is filled in is not looked at again.
                let (name, rest) = part.split_once('}').unwrap_or((part, ""));
                let mark = EVERYWHERE.iter().zip(MARKS).find(|known| *known.0 == name).map(|known| known.1.to_string());
                let value = values.iter().find(|value| value.0 == name).map(|value| value.1.replace(MARKS, ""));
                filled.push_str(&mark.or(value).unwrap_or_default());
                filled.push_str(rest);
            }
            filled
        };
        Text { title: fill(&self.title), body: fill(&self.body) }
    }
}

/// A filled text with the number and the title of its issue.
pub fn addressed(text: &str, number: &str, title: &str) -> String {
    text.replace(MARKS[0], number).replace(MARKS[1], title)
}

/// Every text that was ever written, each with its first day; `None` is our own words again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(Vec<(TextKey, Date, Option<Text>)>);

impl Texts {
    /// From lines; of two for one day the later in the list holds.
    pub fn new(mut lines: Vec<(TextKey, Date, Option<Text>)>) -> Texts {
        lines.sort_by_key(|line| (line.0, line.1));
        Texts(lines)
    }

    /// What the city has written, if it has and not taken back.
    pub fn written(&self, key: TextKey, day: Date) -> Option<&Text> {
        self.0.iter().rev().find(|line| line.0 == key && line.1 <= day).and_then(|line| line.2.as_ref())
    }

    /// What a message says on a day.
    pub fn on(&self, key: TextKey, day: Date) -> Text {
        self.written(key, day).cloned().unwrap_or_else(|| key.built_in())
    }

    /// What waits for its day.
    pub fn coming(&self, key: TextKey, today: Date) -> Vec<(Date, Text)> {
        let mut days: Vec<Date> = self.0.iter().filter(|line| line.0 == key && line.1 > today).map(|line| line.1).collect();
        days.dedup();
        days.into_iter().map(|day| (day, self.on(key, day))).collect()
    }
}

#[cfg(test)]
mod tests;
