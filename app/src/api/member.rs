//! The enterprise's space: home, its problems, what it can do about them, messages, members.

use super::{AppError, Ctx, Member};
use store::Page;
use store::enterprise::Enterprise;
use store::issue::HomeIssues;
use store::message::{Inbox, Message};

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

/// The staff account's messages.
///
/// # Errors
/// As [`Ctx::require_staff`].
pub async fn staff_messages(ctx: &mut Ctx, after: Option<&str>) -> Result<Page<Message>, AppError> {
    let staff = ctx.require_staff()?;
    Ok(store::message::list(&mut ctx.conn, Inbox::Staff(staff.id), after, 30).await?)
}

/// Marks what was shown as read.
///
/// # Errors
/// As [`Ctx::require_staff`].
pub async fn staff_read_messages(ctx: &mut Ctx, up_to: i64) -> Result<(), AppError> {
    let staff = ctx.require_staff()?;
    Ok(store::message::mark_read(&mut ctx.conn, Inbox::Staff(staff.id), up_to, ctx.now).await?)
}
