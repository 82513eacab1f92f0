//! Opening messages, and marking them as read.

use super::read::inbox;
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::Request;
use store::message::Inbox;

/// Marks what was shown as read: everything up to the newest message of the page (`up_to`). `page` is where the form stands.
///
/// # Errors
/// As [`crate::request::Ctx::require_member`] and [`crate::request::Ctx::require_staff`]; [`AppError::Conflict`] where the page showed the messages of
/// another enterprise than the one chosen now, whose own nobody has seen.
pub async fn mark_read(request: &Request, form: &Form, page: &str) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let inbox = inbox(&ctx)?;
    if let Inbox::Person { .. } = inbox {
        let written = ctx.require_member()?.require_form(form);
        written.map_err(|_| AppError::Conflict(page.to_owned(), "您在别的窗口切换了企业，这里是现在这家的消息，请看过再标"))?;
    }
    let (up_to, now) = (form.value("up_to").parse().unwrap_or(0), ctx.now);
    store::message::mark_read(&mut ctx.conn, inbox, up_to, now).await?;
    Ok(Next::to(page))
}

/// Opens a message: it counts as read, and leads to what it is about. `page` is the list, where a form that names none leads back to;
/// `base` is where problems open for whoever reads it.
///
/// # Errors
/// As [`mark_read`]; [`AppError::NotFound`] for somebody else's.
pub async fn open(request: &Request, form: &Form, page: &str, base: &str) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let inbox = inbox(&ctx)?;
    let Ok(id) = form.value("id").parse() else { return Ok(Next::to(page)) };
    let now = ctx.now;
    let (number, link) = store::message::open(&mut ctx.conn, inbox, id, now).await?;
    Ok(Next::to(link.unwrap_or_else(|| format!("{base}/{number}"))))
}
