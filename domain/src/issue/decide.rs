//! `decide`: may this command be, and what happens then.

use super::command::{Command, CommandKind, Submission};
use super::event::{CloseBasis, Event};
use super::limits::{self, Limits};
use super::permission::may_command;
use super::table::transition;
use super::{Issue, State};
use crate::actor::{Actor, CITY};
use crate::calendar::{CalendarError, Span, WorkCalendar, words};
use crate::text::clean;
use time::OffsetDateTime;

/// Why a command was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// This actor may never do this to this issue.
    #[error("您没有“{0}”这件诉求的权限")]
    NotAllowed(&'static str),
    /// Not in this state.
    #[error("这件诉求现在是“{state}”，不能{command}。请刷新页面看最新进展")]
    WrongState {
        /// The command's label.
        command: &'static str,
        /// The state's label.
        state: &'static str,
    },
    /// A rule of the loop stands against it.
    #[error("{sentence}")]
    Rule {
        /// Stable name of the rule.
        code: &'static str,
        /// The sentence.
        sentence: String,
    },
}

fn rule<T>(code: &'static str, sentence: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Rule { code, sentence: sentence.into() })
}

impl From<CalendarError> for Refusal {
    fn from(error: CalendarError) -> Refusal {
        Refusal::Rule { code: "calendar", sentence: error.to_string() }
    }
}

/// Decides a command. Pure: the same arguments give the same answer, and a refusal changes nothing.
///
/// # Errors
/// [`Refusal`], with a sentence for the person.
pub fn decide(
    issue: &Issue,
    command: &Command,
    actor: &Actor,
    now: OffsetDateTime,
    calendar: &WorkCalendar,
) -> Result<Vec<Event>, Refusal> {
    let kind = command.kind();
    possible(issue, kind, actor, now, calendar)?;
    let limits = if kind == CommandKind::Submit { limits::in_force(now) } else { limits::by_version(issue.limits) };
    let add = |from, span| calendar.add(from, span).map(|due| due.due);
    match command {
        Command::Submit(submission) => submit(submission, limits, now, calendar),
        Command::Accept { category, level, urgency } => {
            if crate::catalogue::category(category).is_none() {
                return rule("category", "请选择一个类别");
            }
            // The clock runs since the submission, whatever the level turns out to be.
            let answer_due = add(issue.submitted_at.unwrap_or(now), limits.answer(*level))?;
            Ok(vec![Event::Accepted { category: category.clone(), level: *level, urgency: *urgency, answer_due }])
        }
        Command::Decline { reason, explanation } => {
            let explanation = worded(explanation, "不予受理的说明", 5, 500)?;
            Ok(vec![Event::Declined { reason: *reason, explanation }])
        }
        Command::Object { reason } => {
            let reason = worded(reason, "异议理由", 5, 500)?;
            // A different officer, and above a district the city's centre: never the same eyes twice.
            Ok(vec![Event::Objected { reason, centre: CITY, accept_due: add(now, limits.accept)? }])
        }
        Command::Ask { what } => {
            let what = worded(what, "要补充什么", 5, 500)?;
            Ok(vec![Event::InputAsked { what, cap: add(now, limits.pause_cap)? }])
        }
        Command::Supply { text, photos } => {
            let text = worded(text, "补充内容", if *photos > 0 { 0 } else { 2 }, 2000)?;
            let (answer_due, shifted_minutes) = shifted(issue, now, calendar)?;
            Ok(vec![Event::Supplied { text, photos: *photos, answer_due, shifted_minutes }])
        }
        Command::LapsePause => {
            let (answer_due, shifted_minutes) = shifted(issue, now, calendar)?;
            Ok(vec![Event::PauseLapsed { answer_due, shifted_minutes }])
        }
        Command::Dispatch { lead, co, note } => {
            if co.contains(lead) {
                return rule("co_is_lead", "主办部门不能同时是协办部门");
            }
            let mut unique = co.clone();
            unique.sort_unstable();
            unique.dedup();
            let note = worded(note, "交办说明", 0, 500)?;
            Ok(vec![Event::Dispatched { lead: *lead, co: unique, note, sign_due: add(now, limits.sign)? }])
        }
        Command::Sign => Ok(vec![Event::Signed { interim_due: add(now, limits.interim)? }]),
        Command::Return { reason, proposed } => {
            if Some(*proposed) == issue.lead {
                return rule("proposed_self", "请写明应由哪个其他部门办理");
            }
            Ok(vec![Event::Returned { reason: worded(reason, "退回理由", 5, 500)?, proposed: *proposed }])
        }
        Command::Progress { text } => Ok(vec![Event::Progressed { text: worded(text, "阶段性答复", 5, 2000)? }]),
        Command::Answer { text, outcome } => {
            let late = issue.answer.is_some_and(|clock| now > clock.due);
            Ok(vec![Event::Answered { text: worded(text, "答复内容", 10, 2000)?, outcome: *outcome, late }])
        }
        Command::Rate(rating) => {
            let mut rating = rating.clone();
            rating.comment = worded(&rating.comment, "评价内容", 0, 500)?;
            rating.reasons.sort_unstable();
            rating.reasons.dedup();
            let next =
                if rating.reopens() { again(issue, limits, now, calendar)? } else { Event::Closed { basis: CloseBasis::Rated } };
            Ok(vec![Event::Rated { rating }, next])
        }
        Command::Close { call_back } => {
            let note = worded(call_back, "回访记录", 5, 500)?;
            Ok(vec![Event::Closed { basis: CloseBasis::CallBack { note } }])
        }
        Command::Reopen { reason } => {
            let reason = worded(reason, "重新办理的理由", 5, 500)?;
            Ok(vec![Event::Reopened { reason }, again(issue, limits, now, calendar)?])
        }
        Command::Withdraw { reason } => Ok(vec![Event::Withdrawn { reason: worded(reason, "撤回原因", 2, 500)? }]),
    }
}

/// The commands whose button this actor gets now: allowed by role, state and window, content apart.
pub fn allowed_commands(issue: &Issue, actor: &Actor, now: OffsetDateTime, calendar: &WorkCalendar) -> Vec<CommandKind> {
    super::table::TRANSITIONS
        .iter()
        .map(|row| row.command)
        .filter(|kind| possible(issue, *kind, actor, now, calendar).is_ok())
        .collect()
}

/// Everything that can be said against a command before its content is looked at.
fn possible(
    issue: &Issue,
    kind: CommandKind,
    actor: &Actor,
    now: OffsetDateTime,
    calendar: &WorkCalendar,
) -> Result<(), Refusal> {
    if !may_command(actor, kind, issue) {
        return Err(Refusal::NotAllowed(kind.label()));
    }
    if !transition(kind).is_some_and(|row| row.from.contains(&issue.state)) {
        return Err(Refusal::WrongState { command: kind.label(), state: issue.state.label() });
    }
    let limits = limits::by_version(issue.limits);
    let until = |from: Option<OffsetDateTime>, span: Span| -> Result<OffsetDateTime, Refusal> {
        Ok(calendar.add(from.unwrap_or(now), span)?.due)
    };
    match kind {
        CommandKind::Accept | CommandKind::Decline => {
            if let (Some(officer), Actor::Staff { id, .. }) = (issue.declined_by, actor)
                && officer == *id
            {
                return rule("same_officer", "企业已对您的不予受理提出异议，须由其他人员处理");
            }
        }
        CommandKind::Object => {
            if issue.objected {
                return rule("objected", "异议只能提出一次；如仍有不同意见，请致电企服中心");
            }
            if now > until(issue.ended_at, limits.reopen_window)? {
                return rule("object_late", "已超过 10 个工作日的异议期限，您可以重新提一件诉求");
            }
        }
        CommandKind::Return => {
            if issue.returns > 0 {
                return rule("return_final", "企服中心第二次交办为最终决定，不能再退回");
            }
            if issue.round > 1 {
                return rule("return_round", "二次交办件由原部门继续办理，不能退回");
            }
            let last = until(issue.dispatched_at, limits.return_window)?;
            if now > last {
                return rule("return_late", format!("退回须在交办后 1 个工作日内（{}）", words::due(last, now)));
            }
        }
        CommandKind::Reopen if now > until(issue.ended_at, limits.reopen_window)? => {
            return rule("reopen_late", "销号已超过 10 个工作日，请重新提一件诉求");
        }
        CommandKind::Close => {
            let first = until(issue.answered_at, limits.silent_close)?;
            if now < first {
                return rule("close_early", format!("企业还可以评价到{}，之后经回访才能销号", words::day(first.date())));
            }
        }
        CommandKind::Dispatch | CommandKind::Progress | CommandKind::Answer if issue.state == State::AwaitingInput => {
            let from = if kind == CommandKind::Dispatch { State::Accepted } else { State::Handling };
            if !issue.pause.as_ref().is_some_and(|pause| pause.lapsed && pause.from == from) {
                return rule("pause_holds", "正在等企业补充材料，补充后或补充期限到了再办理");
            }
        }
        CommandKind::LapsePause => match &issue.pause {
            Some(pause) if !pause.lapsed && now >= pause.cap => {}
            _ => return rule("pause_runs", "还没有到补充期限"),
        },
        _ => {}
    }
    Ok(())
}

fn submit(submission: &Submission, limits: &Limits, now: OffsetDateTime, calendar: &WorkCalendar) -> Result<Vec<Event>, Refusal> {
    let mut submission = submission.clone();
    submission.title = worded(&submission.title, "标题", 2, 60)?;
    submission.text = worded(&submission.text, "问题描述", 10, 2000)?;
    submission.place = worded(&submission.place, "地点", 0, 120)?;
    if crate::catalogue::category(&submission.category).is_none() {
        return rule("category", "请选择一个类别");
    }
    if submission.photos > MAX_PHOTOS {
        return rule("photos", format!("照片最多 {MAX_PHOTOS} 张"));
    }
    let add = |span| calendar.add(now, span).map(|due| due.due);
    Ok(vec![Event::Submitted {
        contact_due: add(limits.contact)?,
        accept_due: add(limits.accept)?,
        answer_due: add(limits.answer(super::Level::Ordinary))?,
        limits: limits.version,
        submission,
    }])
}

/// The most photos of one filing or one supply.
pub const MAX_PHOTOS: u8 = 9;

/// The most bytes of one photo.
pub const MAX_PHOTO_BYTES: u32 = 10 * 1024 * 1024;

/// The next round at the same departments, with a full limit of its level from now.
fn again(issue: &Issue, limits: &Limits, now: OffsetDateTime, calendar: &WorkCalendar) -> Result<Event, Refusal> {
    Ok(Event::Redispatched {
        round: issue.round + 1,
        sign_due: calendar.add(now, limits.sign)?.due,
        answer_due: calendar.add(now, limits.answer(issue.level))?.due,
    })
}

/// The answer's due time moved by the pause so far, and by how many working minutes. What a lapse already moved is not moved
/// again.
fn shifted(issue: &Issue, now: OffsetDateTime, calendar: &WorkCalendar) -> Result<(OffsetDateTime, u32), Refusal> {
    let due = issue.answer.map_or(now, |clock| clock.due);
    match &issue.pause {
        Some(pause) if issue.state == State::AwaitingInput && !pause.lapsed => {
            let paused = calendar.working_between(pause.since, now.min(pause.cap));
            let minutes = u32::try_from(paused.whole_minutes()).unwrap_or(0);
            Ok((calendar.add(due, Span::Minutes(minutes))?.due, minutes))
        }
        _ => Ok((due, 0)),
    }
}

/// The cleaned text, or the sentence that says how long it must be.
fn worded(raw: &str, name: &'static str, min: usize, max: usize) -> Result<String, Refusal> {
    let text = clean(raw);
    let length = text.chars().count();
    if length == 0 && min > 0 {
        return rule("text", format!("请填写{name}"));
    }
    if length < min {
        return rule("text", format!("{name}至少写 {min} 个字，现在是 {length} 个字"));
    }
    if length > max {
        return rule("text", format!("{name}最多写 {max} 个字，现在是 {length} 个字"));
    }
    Ok(text)
}
