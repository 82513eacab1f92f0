//! The enterprise's space: home, its problems, what it can do about them, messages, members.

use super::{AppError, Ctx, Member};
use crate::ui::form::Form;
use domain::actor::Actor;
use domain::issue::{Command, CommandKind, Issue, Rating, RatingReason, Satisfaction, allowed_commands};
use domain::text::FieldError;
use store::Page;
use store::enterprise::Enterprise;
use store::issue::{HomeIssues, IssueDetail, IssueRow, MineFilter};
use store::message::{Inbox, Message};
use uuid::Uuid;

/// What the home page shows: three queries besides the session's.
pub struct Home {
    /// Who it is.
    pub enterprise: Enterprise,
    /// What waits and what runs.
    pub issues: HomeIssues,
    /// The latest messages.
    pub messages: Vec<Message>,
}

/// One enterprise, one page (S-16).
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn home(ctx: &mut Ctx) -> Result<Home, AppError> {
    let member = ctx.require_member()?;
    let enterprise = store::enterprise::get(&mut ctx.conn, member.enterprise.id).await?;
    let issues = store::issue::home(&mut ctx.conn, member.enterprise.id).await?;
    let messages = store::message::list(&mut ctx.conn, inbox(&member), None, 3).await?.rows;
    Ok(Home { enterprise, issues, messages })
}

fn inbox(member: &Member) -> Inbox {
    Inbox::Person { person: member.person.person, enterprise: member.enterprise.id }
}

/// My problems, a page of them.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn issues(ctx: &mut Ctx, filter: MineFilter, after: Option<&str>) -> Result<Page<IssueRow>, AppError> {
    let member = ctx.require_member()?;
    Ok(store::issue::mine(&mut ctx.conn, member.enterprise.id, filter, after, 20).await?)
}

/// A problem with what can be done about it now.
pub struct IssuePage {
    /// The issue as it is stored.
    pub detail: IssueDetail,
    /// The issue as the rules see it.
    pub issue: Issue,
    /// What this actor may do now.
    pub commands: Vec<CommandKind>,
    /// Who looks.
    pub actor: Actor,
}

/// One problem, three queries besides the session's.
///
/// # Errors
/// [`AppError::NotFound`] for another enterprise's.
pub async fn issue(ctx: &mut Ctx, number: &str) -> Result<IssuePage, AppError> {
    let member = ctx.require_member()?;
    let detail = store::issue::detail(&mut ctx.conn, number).await?;
    let issue = detail.aggregate(&ctx.calendar);
    let commands = allowed_commands(&issue, &member.actor, ctx.now, &ctx.calendar);
    Ok(IssuePage { detail, issue, commands, actor: member.actor })
}

/// Reads a member's command from its form.
///
/// # Errors
/// [`AppError::Invalid`], or [`AppError::NotFound`] for a command that is not a member's.
pub fn read_command(kind: CommandKind, form: &Form, photos: usize) -> Result<Command, AppError> {
    let text = |name: &str| form.value(name).to_owned();
    Ok(match kind {
        CommandKind::Supply => Command::Supply { text: text("text"), photos: u8::try_from(photos).unwrap_or(u8::MAX) },
        CommandKind::Object => Command::Object { reason: text("text") },
        CommandKind::Reopen => Command::Reopen { reason: text("text") },
        CommandKind::Withdraw => Command::Withdraw { reason: text("text") },
        CommandKind::Rate => Command::Rate(rating(form)?),
        _ => return Err(AppError::NotFound),
    })
}

fn rating(form: &Form) -> Result<Rating, AppError> {
    let mut errors = Vec::new();
    let solved = match form.value("solved") {
        "yes" => true,
        "no" => false,
        _ => {
            errors.push(FieldError::new("solved", "请选择问题解决了没有"));
            false
        }
    };
    let level = Satisfaction::from_code(form.value("level"));
    if level.is_none() {
        errors.push(FieldError::new("level", "请选择满意程度"));
    }
    match level {
        Some(level) if errors.is_empty() => Ok(Rating {
            solved,
            level,
            reasons: form.all("reason").filter_map(RatingReason::from_code).collect(),
            comment: form.value("comment").to_owned(),
        }),
        _ => Err(AppError::Invalid(errors)),
    }
}

/// Gives a member's command.
///
/// # Errors
/// [`AppError::Refused`] by a rule, [`AppError::NotFound`] for another enterprise's issue.
pub async fn command(ctx: &mut Ctx, number: &str, command: &Command, photos: &[Uuid]) -> Result<Issue, AppError> {
    let member = ctx.require_member()?;
    let done =
        store::issue::execute(&mut ctx.conn, number, command, &member.actor, &member.person.name, photos, ctx.now, &ctx.calendar)
            .await?;
    Ok(done.issue)
}

/// Messages, a page of them.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn messages(ctx: &mut Ctx, after: Option<&str>) -> Result<Page<Message>, AppError> {
    let member = ctx.require_member()?;
    Ok(store::message::list(&mut ctx.conn, inbox(&member), after, 30).await?)
}

/// Marks what was shown as read.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn read_messages(ctx: &mut Ctx, up_to: i64) -> Result<(), AppError> {
    let member = ctx.require_member()?;
    Ok(store::message::mark_read(&mut ctx.conn, inbox(&member), up_to, ctx.now).await?)
}
