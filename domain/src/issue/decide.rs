//! `decide`: may this command be, and what happens then.

mod call_back;
mod case;
mod extend;
mod joint;
mod meeting;
mod merge;
mod supervise;
mod track;
mod windows;

pub use call_back::MAX_MISSED;
pub use extend::{extended_to, longest_extension};
pub use meeting::{MOST_TASK_DAYS, MOST_TASKS};
pub(super) use supervise::ordered;
pub use track::{MOST_AHEAD, by_end_of};

use case::{Case, Shifted};
use windows::{MOST_ASKS, may_dispatch, may_return, pause_left};

use super::alarm::alarms;
use super::command::{Command, CommandKind};
use super::event::{CloseBasis, Event};
use super::permission::may_command;
use super::table::transition;
use super::{Issue, Terms};
use crate::actor::{Actor, CITY, Duty, area_covers};
use crate::calendar::{CalendarError, Span, local, midnight, words};
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
        /// The state's label, or its words for the enterprise.
        state: &'static str,
    },
    /// A rule of the loop stands against it.
    #[error("{sentence}")]
    Rule {
        /// Stable name of the rule.
        code: &'static str,
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

/// What a centre is told of a problem of another district.
pub const ELSEWHERE: &str = "问题发生的地方不在本辖区，请由当地的企服中心提交";

/// Decides a command. Pure: the same arguments give the same answer, and a refusal changes nothing.
///
/// # Errors
/// [`Refusal`], with a sentence for the person.
pub fn decide(
    issue: &Issue,
    command: &Command,
    actor: &Actor,
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<Vec<Event>, Refusal> {
    let kind = command.kind();
    possible(issue, kind, actor, now, terms)?;
    let limits = terms.limits_of(issue, now);
    let case = Case { issue, limits, now, terms };
    let event = match command {
        Command::Submit(submission) => {
            if let Actor::Staff { duty: Duty::Centre { area }, .. } = actor
                && !area_covers(*area, submission.area)
            {
                return rule("area", ELSEWHERE);
            }
            case.submit(submission)?
        }
        Command::Accept { category, level, urgency, area } => case.accept(category, *level, *urgency, *area)?,
        Command::Contact { way, with, reached, result } => Event::Contacted {
            way: *way,
            with: worded(with, "联系了谁", 1, 30)?,
            reached: *reached,
            result: worded(result, "联系结果", 2, 500)?,
        },
        Command::Decline { reason, explanation } => {
            Event::Declined { reason: *reason, explanation: worded(explanation, "不予受理的说明", 5, 500)? }
        }
        // A different officer, and above a district the city's centre: never the same eyes twice.
        Command::Object { reason } => Event::Objected {
            reason: worded(reason, "异议理由", 5, 500)?,
            centre: CITY,
            accept_due: case.due(now, limits.accept)?,
        },
        Command::Ask { what } => Event::InputAsked {
            what: worded(what, "要补充什么", 5, 500)?,
            cap: case.due(now, Span::Minutes(case.pause_left()))?,
        },
        Command::Supply { text, photos } => {
            let text = worded(text, "补充内容", if *photos > 0 { 0 } else { 2 }, 2000)?;
            let Shifted { answer_due, minutes: shifted_minutes, interim_due, co_due } = case.shifted()?;
            Event::Supplied { text, photos: *photos, answer_due, shifted_minutes, interim_due, co_due }
        }
        Command::Instruct { leader, text, on } => {
            let today = local(now).date();
            let on = on.unwrap_or(today);
            if on > today {
                return rule("instructed_on", "批示日期不能晚于今天");
            }
            Event::Instructed {
                leader: worded(leader, "批示的领导", 2, 30)?,
                text: worded(text, "批示内容", 2, 500)?,
                on: Some(midnight(on)),
            }
        }
        Command::Supervise { reason } => return case.supervise(reason, actor),
        Command::Verify { note } => Event::OrderIssued { note: worded(note, "核实情况", 5, 500)? },
        Command::Explain { cause, measures } => case.explain(cause, measures)?,
        Command::Review { cause, responsibility, change } => case.review(cause, responsibility, change)?,
        Command::SignOff { note } => case.sign_off(note)?,
        Command::Inquire { question } => {
            Event::Inquired { question: worded(question, "要了解什么", 5, 500)?, reply_due: case.due(now, REPLY)? }
        }
        Command::Reply { text } => Event::Replied {
            text: worded(text, "回复", 5, 2000)?,
            late: issue.inquiry.is_some_and(|inquiry| now > inquiry.due),
        },
        Command::Merge { into, reason } => case.merge(into, reason)?,
        Command::Absorb { from } => case.absorb(from)?,
        Command::Track { days, reason } => case.track(*days, reason)?,
        Command::Report { text, days } => case.report(text, *days)?,
        Command::Part { text } => case.part(text, actor)?,
        Command::Waive { department, reason } => case.waive(*department, reason)?,
        Command::Consult(meeting) => Event::Consulted(case.decision(meeting)?),
        Command::Refer { reason } => Event::Referred { reason: worded(reason, "提请会议研究什么", 5, 1000)? },
        Command::Resolve(meeting) => Event::Resolved(case.decision(meeting)?),
        Command::Complete { task, text } => case.complete(*task, text, actor)?,
        Command::Confirm { task, done, note } => case.confirm(*task, *done, note)?,
        Command::Alarm => match alarms(issue, now, terms) {
            told if told.is_empty() => return rule("no_alarm", NO_ALARM),
            told => return Ok(told),
        },
        Command::LapsePause => {
            let Shifted { answer_due, minutes: shifted_minutes, interim_due, co_due } = case.shifted()?;
            Event::PauseLapsed { answer_due, shifted_minutes, interim_due, co_due }
        }
        Command::Note { text, photos } => {
            Event::Noted { text: worded(text, "说明", if *photos > 0 { 0 } else { 2 }, 2000)?, photos: *photos }
        }
        Command::Urge => Event::Urged,
        Command::Dispatch { lead, co, note } => case.dispatch(*lead, co, note, actor)?,
        Command::Sign => Event::Signed { interim_due: case.due(now, limits.interim)? },
        Command::Return { proposed, .. } if Some(*proposed) == issue.lead => {
            return rule("proposed_self", "请写明应由哪个其他部门办理");
        }
        Command::Return { reason, proposed } => {
            Event::Returned { reason: worded(reason, "退回理由", 5, 500)?, proposed: *proposed }
        }
        Command::Progress { text } => Event::Progressed { text: worded(text, "阶段性答复", 5, 2000)? },
        Command::Extend { days, reason } => case.extend(*days, reason)?,
        Command::Grant { reason } => case.grant(reason)?,
        Command::Refuse { reason } => Event::ExtensionRefused { reason: worded(reason, "不同意的理由", 5, 500)? },
        Command::Answer { text, outcome } => {
            let late = issue.answer.is_some_and(|clock| now > clock.due);
            let call_back_due = Some(case.due(now, call_back::WITHIN)?);
            Event::Answered { text: worded(text, "答复内容", 10, 2000)?, outcome: *outcome, late, call_back_due }
        }
        Command::Rate(rating) => return case.rate(rating),
        Command::CallBack(call) => return case.call_back(call),
        Command::Close { note } => Event::Closed { basis: CloseBasis::CallBack { note: worded(note, "办结说明", 0, 500)? } },
        Command::Reopen { reason } => {
            let reason = worded(reason, "重新办理的理由", 5, 500)?;
            return Ok(vec![Event::Reopened { reason }, case.again()?]);
        }
        Command::Withdraw { reason } => {
            let reason = worded(reason, "撤回原因", 2, 500)?;
            let call_back_due = call_back::sampled(issue).then(|| case.due(now, call_back::WITHIN)).transpose()?;
            Event::Withdrawn { reason, call_back_due }
        }
    };
    Ok(vec![event])
}

/// The commands whose button this actor gets now: allowed by role, state and window, content apart.
pub fn allowed_commands(issue: &Issue, actor: &Actor, now: OffsetDateTime, terms: &Terms) -> Vec<CommandKind> {
    super::table::TRANSITIONS
        .iter()
        .map(|row| row.command)
        // The other half of a merger comes with it, and has no button.
        .filter(|kind| *kind != CommandKind::Absorb)
        .filter(|kind| possible(issue, *kind, actor, now, terms).is_ok())
        .collect()
}

/// Everything that can be said against a command before its content is looked at.
fn possible(issue: &Issue, kind: CommandKind, actor: &Actor, now: OffsetDateTime, terms: &Terms) -> Result<(), Refusal> {
    if !may_command(actor, kind, issue) {
        return Err(Refusal::NotAllowed(kind.label()));
    }
    if !transition(kind).is_some_and(|row| row.from.contains(&issue.state)) {
        let own = matches!(actor, Actor::Member { .. } | Actor::Assisted { .. });
        let state = if own { issue.state.plain() } else { issue.state.label() };
        return Err(Refusal::WrongState { command: kind.label(), state });
    }
    stands_against(issue, kind, actor, now, terms)
}

/// The rules of a command beyond who and in which state: windows, once only, never the same eyes twice.
fn stands_against(issue: &Issue, kind: CommandKind, actor: &Actor, now: OffsetDateTime, terms: &Terms) -> Result<(), Refusal> {
    let limits = terms.limits_of(issue, now);
    let until = |from: Option<OffsetDateTime>, span: Span| -> Result<OffsetDateTime, Refusal> {
        Ok(terms.calendar.add(from.unwrap_or(now), span)?.due)
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
                let window = limits.reopen_window;
                return rule("object_late", format!("已超过 {window}的异议期限，您可以重新提一件诉求"));
            }
        }
        CommandKind::Return => {
            may_return(issue, now, limits.return_window, until(issue.dispatched_at, limits.return_window)?)?;
        }
        CommandKind::Reopen if now > until(issue.ended_at, limits.reopen_window)? => {
            return rule("reopen_late", format!("办结已超过 {}，请重新提一件诉求", limits.reopen_window));
        }
        // What may be closed for want of a rating, the clock closes; the centre also what was called bad by telephone.
        CommandKind::Close if *actor == Actor::System && issue.closes_at(terms).is_none_or(|at| now < at) => {
            return rule("close_early", "还没有到办结的时间");
        }
        CommandKind::Close => {
            let first = until(issue.answered_at, limits.silent_close)?;
            if now < first {
                return rule("close_early", format!("企业还可以评价到{}，之后经回访才能办结", words::day(first.date())));
            }
            if issue.call_back.tried_at.is_none() {
                return rule("close_uncalled", "还没有回访过企业，回访（联系不上也要记）后才能办结");
            }
        }
        CommandKind::Dispatch => may_dispatch(issue)?,
        CommandKind::Ask => {
            if issue.asks >= MOST_ASKS {
                return rule("ask_twice", "本次办理已请企业补充两次，请按现有情况办理，或直接联系企业");
            }
            if pause_left(issue, limits, terms) == 0 {
                return rule("ask_used", format!("本次办理等企业补充已满 {}，请按现有情况办理", limits.pause_cap));
            }
        }
        CommandKind::CallBack => call_back::may(issue, now)?,
        CommandKind::Extend => extend::may_ask(issue, now, terms)?,
        CommandKind::Grant | CommandKind::Refuse => extend::may_rule(issue, kind, now)?,
        CommandKind::Urge if issue.urged_at.is_some_and(|at| local(at).date() == local(now).date()) => {
            return rule("urged", "今天已经催办过，明天可以再催；急事请直接打电话");
        }
        CommandKind::Supervise | CommandKind::Verify | CommandKind::Explain | CommandKind::Review | CommandKind::SignOff => {
            supervise::may(issue, kind, now)?;
        }
        CommandKind::Merge => merge::may(issue)?,
        CommandKind::Answer => joint::may_answer(issue)?,
        CommandKind::Part | CommandKind::Waive => joint::may(issue, kind, actor)?,
        CommandKind::Consult | CommandKind::Refer | CommandKind::Resolve => meeting::may(issue, kind, actor)?,
        CommandKind::Complete | CommandKind::Confirm => meeting::may_follow(issue, kind, actor)?,
        CommandKind::Inquire if issue.inquiry.is_some() => return rule("inquired", "上一次询问还没有回复"),
        CommandKind::Inquire if issue.flags.is_empty() && issue.late_at().is_none_or(|due| now < due) => {
            return rule("not_abnormal", "这件诉求没有异常，不需要询问");
        }
        CommandKind::Reply if issue.inquiry.is_none() => return rule("not_inquired", "现在没有要回复的询问"),
        CommandKind::Alarm if issue.told_at(terms).is_none_or(|at| now < at) => return rule("no_alarm", NO_ALARM),
        CommandKind::LapsePause if issue.pause.as_ref().is_none_or(|pause| now < pause.cap) => {
            return rule("pause_runs", "还没有到补充期限");
        }
        _ => {}
    }
    Ok(())
}

const NO_ALARM: &str = "现在没有要提醒的";

/// Within which a question of supervision is answered *(assumed)*.
const REPLY: Span = Span::Days(3);

/// The most photos of one filing or one supply.
pub const MAX_PHOTOS: u8 = 9;

/// The most bytes of one photo.
pub const MAX_PHOTO_BYTES: u32 = 10 * 1024 * 1024;

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
