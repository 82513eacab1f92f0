//! Reading messages.

use super::rpc::Counts;
use crate::error::AppError;
use crate::request::Ctx;
use store::Page;
use store::identity::Identity;
use store::message::{Inbox, Message};

/// The inbox of whoever is signed in: a member's of the enterprise chosen, or a staff account's.
///
/// # Errors
/// As [`Ctx::require_member`] and [`Ctx::require_staff`].
pub(super) fn inbox(ctx: &Ctx) -> Result<Inbox, AppError> {
    match ctx.require_signed_in()?.identity {
        Identity::Person(_) => {
            let member = ctx.require_member()?;
            Ok(Inbox::Person { person: member.person.person, enterprise: member.enterprise.id })
        }
        Identity::Staff(_) => Ok(Inbox::Staff(ctx.require_staff()?.id)),
    }
}

/// Messages, newest first, a page of them.
///
/// # Errors
/// As [`Ctx::require_member`] and [`Ctx::require_staff`].
pub async fn list(ctx: &mut Ctx, after: Option<&str>, limit: i64) -> Result<Page<Message>, AppError> {
    let inbox = inbox(ctx)?;
    Ok(store::message::list(&mut ctx.conn, inbox, after, limit).await?)
}

/// What a navigation counts of whoever is signed in. The session brought it.
///
/// # Errors
/// As [`Ctx::require_signed_in`].
pub fn counts(ctx: &Ctx) -> Result<Counts, AppError> {
    let session = ctx.require_signed_in()?;
    Ok(Counts { unread: session.unread, waiting: session.waiting })
}
