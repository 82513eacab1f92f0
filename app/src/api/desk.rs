//! The desk (企服工作台): queues, one issue with its actions, messages.

use super::{AppError, Ctx};
use crate::ui::form::Form;
use domain::actor::{Actor, DepartmentId};
use domain::catalogue;
use domain::issue::permission::{may_command, sees_internal};
use domain::issue::{Command, CommandKind, DeclineReason, Issue, Level, Outcome, Urgency, allowed_commands};
use domain::text::FieldError;
use store::Page;
use store::identity::StaffIdentity;
use store::issue::{DeskCounts, History, IssueDetail, IssueRow, Queue};
use store::message::{Inbox, Message};

/// The desk's list.
pub struct Desk {
    /// Who sits there.
    pub staff: StaffIdentity,
    /// The queue shown; `None` for search results.
    pub queue: Option<Queue>,
    /// How many each queue holds.
    pub counts: DeskCounts,
    /// The rows.
    pub page: Page<IssueRow>,
    /// What was searched for.
    pub words: String,
}

/// A queue, or what a search found.
///
/// # Errors
/// [`AppError::Forbidden`] for a queue of another role.
pub async fn desk(ctx: &mut Ctx, queue: &str, words: &str, after: Option<&str>) -> Result<Desk, AppError> {
    let staff = ctx.require_desk()?;
    let own = Queue::of(&staff.duty);
    let queue = match queue {
        "" => own.first().copied(),
        code => Some(own.iter().copied().find(|q| q.code() == code).ok_or(AppError::Forbidden)?),
    }
    .ok_or(AppError::Forbidden)?;
    let counts = store::issue::counts(&mut ctx.conn, &staff.duty, ctx.now).await?;
    let words = words.trim().to_owned();
    if !words.is_empty() {
        let rows = store::issue::search(&mut ctx.conn, &words).await?;
        return Ok(Desk { staff, queue: None, counts, page: Page { rows, next: None }, words });
    }
    let page = store::issue::queue(&mut ctx.conn, &staff.duty, queue, ctx.now, after, 30).await?;
    Ok(Desk { staff, queue: Some(queue), counts, page, words })
}

/// A department proposed for a dispatch, and why.
#[derive(Debug, Clone)]
pub struct Route {
    /// The department.
    pub department: DepartmentId,
    /// The reason in a sentence.
    pub reason: String,
}

/// An issue as staff see it.
pub struct StaffIssue {
    /// Who looks.
    pub staff: StaffIdentity,
    /// The issue as it is stored.
    pub detail: IssueDetail,
    /// The issue as the rules see it.
    pub issue: Issue,
    /// What this person may do now.
    pub commands: Vec<CommandKind>,
    /// What the enterprise raised in the last year.
    pub history: History,
    /// Where to dispatch it; only for whoever may.
    pub route: Option<Route>,
    /// Whether internal notes are shown.
    pub internal: bool,
}

/// One issue: four queries besides the session's, five for whoever dispatches.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope.
pub async fn issue(ctx: &mut Ctx, number: &str) -> Result<StaffIssue, AppError> {
    let staff = ctx.require_desk()?;
    let actor = Actor::Staff { id: staff.id, duty: staff.duty };
    let detail = store::issue::detail(&mut ctx.conn, number).await?;
    let issue = detail.aggregate(&ctx.calendar);
    let commands = allowed_commands(&issue, &actor, ctx.now, &ctx.calendar);
    let history = store::issue::history(&mut ctx.conn, detail.enterprise, ctx.now).await?;
    let route = if commands.contains(&CommandKind::Dispatch) { route(ctx, &issue).await? } else { None };
    Ok(StaffIssue { internal: sees_internal(&actor), staff, detail, issue, commands, history, route })
}

/// Who should have it: the department a return proposed, else the one that had most of this category, else the catalogue's, with
/// the board's lead standing in for a department without people on site (S-4).
async fn route(ctx: &mut Ctx, issue: &Issue) -> Result<Option<Route>, AppError> {
    if let Some(department) = issue.proposed {
        return Ok(Some(Route { department, reason: "退回部门建议由其办理".to_owned() }));
    }
    let similar = store::issue::similar(&mut ctx.conn, &issue.category).await?;
    let total: i64 = similar.iter().map(|(_, count)| count).sum();
    if let Some((department, count)) = similar.first()
        && total >= 5
        && count * 2 > total
    {
        return Ok(Some(Route { department: *department, reason: format!("同类 {total} 件中 {count} 件由其办理") }));
    }
    let Some(category) = catalogue::category(&issue.category) else { return Ok(None) };
    let code = catalogue::route(category);
    let reason = if code == category.department {
        format!("“{}”一般由其办理", category.name)
    } else {
        let board = catalogue::board(category.board).map_or("", |board| board.name);
        format!("责任部门未进驻，由{board}板块牵头部门受理")
    };
    Ok(ctx.reference.department_by_code(code).map(|department| Route { department: department.id, reason }))
}

/// Reads a staff command from its form.
///
/// # Errors
/// [`AppError::Invalid`], or [`AppError::NotFound`] for a command that is not staff's.
pub fn read_command(kind: CommandKind, form: &Form) -> Result<Command, AppError> {
    let text = |name: &str| form.value(name).to_owned();
    let missing = |field: &str, message: &str| AppError::Invalid(vec![FieldError::new(field, message)]);
    let department = |name: &str| form.value(name).parse::<DepartmentId>().ok();
    Ok(match kind {
        CommandKind::Accept => Command::Accept {
            category: text("category"),
            level: Level::from_code(form.value("level")).ok_or_else(|| missing("level", "请选择难易程度"))?,
            urgency: Urgency::from_code(form.value("urgency")).unwrap_or(Urgency::Normal),
        },
        CommandKind::Decline => Command::Decline {
            reason: DeclineReason::from_code(form.value("reason")).ok_or_else(|| missing("reason", "请选择不予受理的原因"))?,
            explanation: text("explanation"),
        },
        CommandKind::Ask => Command::Ask { what: text("what") },
        CommandKind::Dispatch => Command::Dispatch {
            lead: department("lead").ok_or_else(|| missing("lead", "请选择主办部门"))?,
            co: form.all("co").filter_map(|id| id.parse().ok()).collect(),
            note: text("note"),
        },
        CommandKind::Sign => Command::Sign,
        CommandKind::Return => Command::Return {
            reason: text("return_reason"),
            proposed: department("proposed").ok_or_else(|| missing("proposed", "请选择建议的办理部门"))?,
        },
        CommandKind::Progress => Command::Progress { text: text("progress") },
        CommandKind::Answer => Command::Answer {
            text: text("answer"),
            outcome: Outcome::from_code(form.value("outcome")).ok_or_else(|| missing("outcome", "请选择办理结果"))?,
        },
        CommandKind::Close => Command::Close { call_back: text("call_back") },
        CommandKind::Reopen => Command::Reopen { reason: text("reopen_reason") },
        _ => return Err(AppError::NotFound),
    })
}

/// Gives a staff command.
///
/// # Errors
/// [`AppError::Forbidden`] for whoever may only read, [`AppError::Refused`] by a rule, [`AppError::NotFound`] outside the scope.
pub async fn command(ctx: &mut Ctx, number: &str, kind: CommandKind, form: &Form) -> Result<Issue, AppError> {
    let staff = ctx.require_desk()?;
    let actor = Actor::Staff { id: staff.id, duty: staff.duty };
    // Whether this person may at all comes before what the form lacks.
    let issue = store::issue::detail(&mut ctx.conn, number).await?.aggregate(&ctx.calendar);
    if !may_command(&actor, kind, &issue) {
        return Err(AppError::Forbidden);
    }
    let command = read_command(kind, form)?;
    let departments: Vec<DepartmentId> = match &command {
        Command::Dispatch { lead, co, .. } => co.iter().copied().chain([*lead]).collect(),
        Command::Return { proposed, .. } => vec![*proposed],
        _ => Vec::new(),
    };
    if departments.iter().any(|id| !ctx.reference.departments.iter().any(|known| known.id == *id)) {
        return Err(AppError::Refused("没有这个部门，请重新选择".to_owned()));
    }
    let name = format!("{} {}", staff.organisation, staff.name);
    let done = store::issue::execute(&mut ctx.conn, number, &command, &actor, &name, &[], ctx.now, &ctx.calendar).await?;
    Ok(done.issue)
}

/// The staff account's messages.
///
/// # Errors
/// As [`Ctx::require_staff`].
pub async fn messages(ctx: &mut Ctx, after: Option<&str>) -> Result<Page<Message>, AppError> {
    let staff = ctx.require_staff()?;
    Ok(store::message::list(&mut ctx.conn, Inbox::Staff(staff.id), after, 30).await?)
}

/// Marks what was shown as read.
///
/// # Errors
/// As [`Ctx::require_staff`].
pub async fn read_messages(ctx: &mut Ctx, up_to: i64) -> Result<(), AppError> {
    let staff = ctx.require_staff()?;
    Ok(store::message::mark_read(&mut ctx.conn, Inbox::Staff(staff.id), up_to, ctx.now).await?)
}
