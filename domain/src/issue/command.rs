//! What can be asked of an issue.

use super::state::*;
use crate::actor::{AreaCode, DepartmentId};
use serde::{Deserialize, Serialize};

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
    /// The district whose centre takes it first.
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
}

impl Rating {
    /// Unsolved or below 基本满意: the issue goes round again.
    pub fn reopens(&self) -> bool {
        !self.solved || self.level.is_unsatisfied()
    }
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
        /// Urgency.
        urgency: Urgency,
    },
    /// 不予受理.
    Decline {
        /// Coded reason.
        reason: DeclineReason,
        /// A sentence to the enterprise.
        explanation: String,
    },
    /// 对不予受理提出异议.
    Object {
        /// Why the enterprise disagrees.
        reason: String,
    },
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
    /// 交办.
    Dispatch {
        /// 主办部门.
        lead: DepartmentId,
        /// 协办部门.
        co: Vec<DepartmentId>,
        /// Internal note to the departments; may be empty.
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
    /// 答复.
    Answer {
        /// What was done.
        text: String,
        /// What was reached.
        outcome: Outcome,
    },
    /// 评价.
    Rate(Rating),
    /// 销号 without a rating: ten working days after the answer, once the centre has tried to call back.
    Close {
        /// When and how the call-back was tried, and what came of it.
        call_back: String,
    },
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
    /// The cap of the pause ran out: the clock runs again.
    LapsePause,
}

/// The kind of a command, without its content: the key of the transition table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are those of `Command`, documented there.
pub enum CommandKind {
    Submit,
    Accept,
    Decline,
    Object,
    Ask,
    Supply,
    Dispatch,
    Sign,
    Return,
    Progress,
    Answer,
    Rate,
    Close,
    Reopen,
    Withdraw,
    LapsePause,
}

impl CommandKind {
    /// What a button says.
    pub fn label(self) -> &'static str {
        match self {
            CommandKind::Submit => "提交",
            CommandKind::Accept => "受理",
            CommandKind::Decline => "不予受理",
            CommandKind::Object => "提出异议",
            CommandKind::Ask => "请企业补充",
            CommandKind::Supply => "补充材料",
            CommandKind::Dispatch => "交办",
            CommandKind::Sign => "签收",
            CommandKind::Return => "退回",
            CommandKind::Progress => "阶段性答复",
            CommandKind::Answer => "答复",
            CommandKind::Rate => "评价",
            CommandKind::Close => "销号",
            CommandKind::Reopen => "重新办理",
            CommandKind::Withdraw => "撤回",
            CommandKind::LapsePause => "恢复计时",
        }
    }

    /// The stable code used in URLs (`/desk/issues/{number}/accept`) and logs.
    pub fn code(self) -> &'static str {
        match self {
            CommandKind::Submit => "submit",
            CommandKind::Accept => "accept",
            CommandKind::Decline => "decline",
            CommandKind::Object => "object",
            CommandKind::Ask => "ask",
            CommandKind::Supply => "supply",
            CommandKind::Dispatch => "dispatch",
            CommandKind::Sign => "sign",
            CommandKind::Return => "return",
            CommandKind::Progress => "progress",
            CommandKind::Answer => "answer",
            CommandKind::Rate => "rate",
            CommandKind::Close => "close",
            CommandKind::Reopen => "reopen",
            CommandKind::Withdraw => "withdraw",
            CommandKind::LapsePause => "lapse_pause",
        }
    }
}

impl Command {
    /// The kind of this command.
    pub fn kind(&self) -> CommandKind {
        match self {
            Command::Submit(_) => CommandKind::Submit,
            Command::Accept { .. } => CommandKind::Accept,
            Command::Decline { .. } => CommandKind::Decline,
            Command::Object { .. } => CommandKind::Object,
            Command::Ask { .. } => CommandKind::Ask,
            Command::Supply { .. } => CommandKind::Supply,
            Command::Dispatch { .. } => CommandKind::Dispatch,
            Command::Sign => CommandKind::Sign,
            Command::Return { .. } => CommandKind::Return,
            Command::Progress { .. } => CommandKind::Progress,
            Command::Answer { .. } => CommandKind::Answer,
            Command::Rate(_) => CommandKind::Rate,
            Command::Close { .. } => CommandKind::Close,
            Command::Reopen { .. } => CommandKind::Reopen,
            Command::Withdraw { .. } => CommandKind::Withdraw,
            Command::LapsePause => CommandKind::LapsePause,
        }
    }
}
