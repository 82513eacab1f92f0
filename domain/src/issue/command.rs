//! What can be asked of an issue.

use super::Issue;
use super::state::*;
use crate::actor::{AreaCode, DepartmentId, EnterpriseId, StaffId};
use crate::vocabulary::vocabulary;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// The content of a new issue, already validated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// What happened, in a line.
    pub title: String,
    /// What happened, 10 to 2000 characters.
    pub text: String,
    /// Category code of the catalogue (`domain::catalogue`).
    pub category: String,
    /// Where, free text.
    pub place: String,
    /// The district of the place, whose centre takes it first; the enterprise may be registered elsewhere.
    pub area: AreaCode,
    /// How it came in.
    pub channel: Channel,
    /// How many photos came with it.
    pub photos: u8,
}

/// The enterprise's judgement of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// 问题解决了吗.
    pub solved: bool,
    /// One of five levels.
    pub level: Satisfaction,
    /// Why, coded.
    pub reasons: Vec<RatingReason>,
    /// Why, in the owner's words; may be empty.
    pub comment: String,
    /// 工作设备: what speaks for somebody of the offices beside whoever rated; never asked of them, found as they rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aid: Option<Aid>,
}

/// The browser a rating came from is one that staff had signed in with before: a station's, or a colleague's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aid {
    /// Who signed in there last.
    pub staff: StaffId,
    /// Office and name, as they were then.
    pub name: String,
    /// When they did.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Rating {
    /// Unsolved or below 基本满意: the issue goes round again.
    pub fn reopens(&self) -> bool {
        !self.solved || self.level.is_unsatisfied()
    }
}

/// 回访: what came of a call of the centre, a record of its own beside the rating (S-9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    pub way: ContactWay,
    /// What the enterprise said; `None` where nobody was reached.
    pub said: Option<Said>,
    /// Only the offices read it; may be empty where somebody was reached.
    pub notes: String,
}

/// What the enterprise said when it was called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// 问题解决了吗.
    pub solved: bool,
    /// One of five levels.
    pub level: Satisfaction,
}

impl Said {
    /// Unsolved or below 基本满意.
    pub fn unhappy(self) -> bool {
        !self.solved || self.level.is_unsatisfied()
    }
}

/// The other issue of a 并案, as far as the rules ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub number: String,
    pub enterprise: EnterpriseId,
    pub state: State,
    /// It is the very issue that is merged.
    pub itself: bool,
    /// Until when its answer, or the next one that was promised, is owed, if it is.
    pub due: Option<OffsetDateTime>,
    /// 领导批示 are owed wherever it goes on.
    pub instructed: bool,
}

impl Target {
    /// By its number alone: the store looks up the rest, under its lock.
    pub fn named(number: impl Into<String>) -> Target {
        Target { number: number.into(), enterprise: 0, state: State::Draft, itself: false, due: None, instructed: false }
    }

    /// As an issue stands.
    pub fn of(issue: &Issue, number: &str) -> Target {
        Target {
            number: number.to_owned(),
            enterprise: issue.enterprise,
            state: issue.state,
            itself: false,
            due: [issue.answer, issue.promise]
                .into_iter()
                .flatten()
                .filter(|clock| clock.runs() && issue.state.is_open())
                .map(|clock| clock.due)
                .min(),
            instructed: issue.flags.contains(&Flag::Instructed),
        }
    }
}

/// What came of departments that were called together, or of the joint meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// The day it was held.
    pub held: Date,
    /// Who was there.
    pub who: String,
    /// What was decided; only the offices read it.
    pub decisions: String,
    /// The same for the enterprise.
    pub told: String,
    /// 交办事项: who does what by when.
    pub tasks: Vec<NewTask>,
}

/// Something to do that a decision gives to a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTask {
    pub department: DepartmentId,
    pub what: String,
    /// In so many working days, to the end of the day.
    pub days: u32,
}

/// A command; [`super::decide`] says whether it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// 提交.
    Submit(Submission),
    /// 受理.
    Accept {
        /// Category code, corrected where needed.
        category: String,
        /// Difficulty, which sets the limit of the answer.
        level: Level,
        urgency: Urgency,
        /// Where the place really is, if not where it was filed for: another district's centre goes on with it.
        area: Option<AreaCode>,
    },
    /// 联系企业: accepting is not contacting, and only this stops the contact clock.
    Contact {
        way: ContactWay,
        /// With whom.
        with: String,
        /// Whether somebody was there: a telephone that rang in vain is noted, and the clock runs on.
        reached: bool,
        /// What was said.
        result: String,
    },
    /// 不予受理.
    Decline {
        /// Coded reason.
        reason: DeclineReason,
        /// A sentence to the enterprise.
        explanation: String,
    },
    /// 对不予受理提出异议.
    Object { reason: String },
    /// 请企业补充.
    Ask {
        /// What is missing.
        what: String,
    },
    /// 补充材料.
    Supply {
        /// The enterprise's words.
        text: String,
        /// How many photos came with them.
        photos: u8,
    },
    /// 添加说明: what the enterprise adds to an open issue unasked.
    Note {
        text: String,
        /// How many photos came with it.
        photos: u8,
    },
    /// 催办, once a day.
    Urge,
    /// 交办.
    Dispatch {
        /// 主办部门.
        lead: DepartmentId,
        /// 协办部门.
        co: Vec<DepartmentId>,
        /// Internal note to the departments; may be empty the first time, and says why where it is a ruling on what went before.
        note: String,
    },
    /// 签收.
    Sign,
    /// 退回.
    Return {
        /// Why it is not this department's.
        reason: String,
        /// Which department should have it.
        proposed: DepartmentId,
    },
    /// 阶段性答复.
    Progress {
        /// What has been done so far; the enterprise reads it.
        text: String,
    },
    /// 申请延期, at least a working day before the answer is due.
    Extend {
        /// Working days more.
        days: u32,
        /// Why it cannot be done in time.
        reason: String,
    },
    /// 同意延期.
    Grant {
        /// Why; the enterprise reads it.
        reason: String,
    },
    /// 不同意延期.
    Refuse {
        /// Why; the department reads it.
        reason: String,
    },
    /// 答复.
    Answer {
        /// What was done.
        text: String,
        /// What was reached.
        outcome: Outcome,
    },
    /// 评价.
    Rate(Rating),
    /// 销号 without a rating: ten working days after the answer, once a call-back of this answer was tried.
    Close {
        /// On what grounds; may be empty.
        note: String,
    },
    /// 回访.
    CallBack(CallBack),
    /// 重新办理.
    Reopen {
        /// What is still wrong.
        reason: String,
    },
    /// 撤回.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// 领导批示, given by a leader or recorded by the centre.
    Instruct {
        /// Who instructs.
        leader: String,
        /// What is to be done.
        text: String,
        /// The day it was given, which may be before it is written down; today where nobody says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<Date>,
    },
    /// 督办.
    Supervise { reason: String },
    /// 核实下达督办单.
    Verify { note: String },
    /// 督办答复: cause and measures.
    Explain { cause: String, measures: String },
    /// 复盘.
    Review {
        cause: String,
        /// Whose it was.
        responsibility: String,
        /// What rule changes, so that it does not happen again.
        change: String,
    },
    /// 督办销号.
    SignOff { note: String },
    /// 监督询问: supervision or discipline inspection (纪检监察) asks.
    Inquire { question: String },
    /// 回复询问.
    Reply { text: String },
    /// 并案: into another issue of the same enterprise, which goes on for both.
    Merge {
        into: Target,
        /// Why; the enterprise reads it.
        reason: String,
    },
    /// The other half of a merger, on the issue that goes on.
    Absorb { from: Target },
    /// 挂账跟踪: it cannot be solved in time.
    Track {
        /// The next answer is promised in so many working days, to the end of the day.
        days: u32,
        /// Why; the enterprise reads it.
        reason: String,
    },
    /// 跟踪答复, by the day that was promised; it promises the next.
    Report {
        /// The enterprise reads it.
        text: String,
        /// As in [`Command::Track`].
        days: u32,
    },
    /// 协办答复: what a co-department did of it; the lead reads it.
    Part { text: String },
    /// 免协办: the lead goes on without the part of a co-department.
    Waive { department: DepartmentId, reason: String },
    /// 协商办: the centre's director called departments together.
    Consult(Meeting),
    /// 会议办: to the joint meeting.
    Refer {
        /// What it is to decide; only the offices read it.
        reason: String,
    },
    /// 会议决定.
    Resolve(Meeting),
    /// 事项办结, in the words of the department that did it.
    Complete { task: u16, text: String },
    /// 确认事项, or give it back with the reason.
    Confirm { task: u16, done: bool, note: String },
    /// A limit warns, is overdue, or nobody has taken it: whatever is due by now.
    Alarm,
    /// The cap of the pause ran out: the issue is with whoever asked, and the clock runs again.
    LapsePause,
}

vocabulary! {
    /// The kind of a command, without its content: the key of the transition table. Codes stand in URLs
    /// (`/desk/issues/{number}/accept`) and logs, labels on buttons.
    CommandKind {
        Submit = "submit", "提交";
        Accept = "accept", "受理";
        Contact = "contact", "记录联系";
        Decline = "decline", "不予受理";
        Object = "object", "提出异议";
        Ask = "ask", "请企业补充";
        Supply = "supply", "补充材料";
        Note = "note", "添加说明";
        Urge = "urge", "催办";
        Dispatch = "dispatch", "交办";
        Sign = "sign", "签收";
        Return = "return", "退回";
        Progress = "progress", "阶段性答复";
        Extend = "extend", "申请延期";
        Grant = "grant", "同意延期";
        Refuse = "refuse", "不同意延期";
        Answer = "answer", "答复";
        Rate = "rate", "评价";
        CallBack = "call_back", "回访";
        Close = "close", "办结";
        Reopen = "reopen", "重新办理";
        Withdraw = "withdraw", "撤回";
        Instruct = "instruct", "领导批示";
        Supervise = "supervise", "督办";
        Verify = "verify", "下达督办单";
        Explain = "explain", "督办答复";
        Review = "review", "复盘";
        SignOff = "sign_off", "督办销号";
        Inquire = "inquire", "监督询问";
        Reply = "reply", "回复询问";
        Merge = "merge", "并案";
        Absorb = "absorb", "并入";
        Track = "track", "挂账跟踪";
        Report = "report", "跟踪答复";
        Part = "part", "协办答复";
        Waive = "waive", "免协办";
        Consult = "consult", "协商办";
        Refer = "refer", "提交会议办";
        Resolve = "resolve", "会议决定";
        Complete = "complete", "事项办结";
        Confirm = "confirm", "确认事项";
        Alarm = "alarm", "提醒";
        LapsePause = "lapse_pause", "恢复计时";
    }
}

impl Command {
    /// The kind of this command.
    pub fn kind(&self) -> CommandKind {
        match self {
            Command::Submit(_) => CommandKind::Submit,
            Command::Accept { .. } => CommandKind::Accept,
            Command::Contact { .. } => CommandKind::Contact,
            Command::Decline { .. } => CommandKind::Decline,
            Command::Object { .. } => CommandKind::Object,
            Command::Ask { .. } => CommandKind::Ask,
            Command::Supply { .. } => CommandKind::Supply,
            Command::Note { .. } => CommandKind::Note,
            Command::Urge => CommandKind::Urge,
            Command::Dispatch { .. } => CommandKind::Dispatch,
            Command::Sign => CommandKind::Sign,
            Command::Return { .. } => CommandKind::Return,
            Command::Progress { .. } => CommandKind::Progress,
            Command::Extend { .. } => CommandKind::Extend,
            Command::Grant { .. } => CommandKind::Grant,
            Command::Refuse { .. } => CommandKind::Refuse,
            Command::Answer { .. } => CommandKind::Answer,
            Command::Rate(_) => CommandKind::Rate,
            Command::CallBack(_) => CommandKind::CallBack,
            Command::Close { .. } => CommandKind::Close,
            Command::Reopen { .. } => CommandKind::Reopen,
            Command::Withdraw { .. } => CommandKind::Withdraw,
            Command::Instruct { .. } => CommandKind::Instruct,
            Command::Supervise { .. } => CommandKind::Supervise,
            Command::Verify { .. } => CommandKind::Verify,
            Command::Explain { .. } => CommandKind::Explain,
            Command::Review { .. } => CommandKind::Review,
            Command::SignOff { .. } => CommandKind::SignOff,
            Command::Inquire { .. } => CommandKind::Inquire,
            Command::Reply { .. } => CommandKind::Reply,
            Command::Merge { .. } => CommandKind::Merge,
            Command::Absorb { .. } => CommandKind::Absorb,
            Command::Track { .. } => CommandKind::Track,
            Command::Report { .. } => CommandKind::Report,
            Command::Part { .. } => CommandKind::Part,
            Command::Waive { .. } => CommandKind::Waive,
            Command::Consult(_) => CommandKind::Consult,
            Command::Refer { .. } => CommandKind::Refer,
            Command::Resolve(_) => CommandKind::Resolve,
            Command::Complete { .. } => CommandKind::Complete,
            Command::Confirm { .. } => CommandKind::Confirm,
            Command::Alarm => CommandKind::Alarm,
            Command::LapsePause => CommandKind::LapsePause,
        }
    }
}
