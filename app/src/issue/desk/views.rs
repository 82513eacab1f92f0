//! Views that somebody keeps: a name for what a list was asked for.

use super::asked::Asked;
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::Request;
use domain::issue::Queue;
use domain::text::clean;
use store::StoreError;
use store::issue::view;

/// Keeps the list that the form asks for under its name.
///
/// # Errors
/// [`AppError::Invalid`] for a name that is missing, taken or one too many; [`AppError::Forbidden`] for a queue of another role.
pub async fn keep(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let staff = ctx.require_desk()?;
    let asked = Asked { after: None, ..Asked::of(form) };
    Queue::find(&staff.duty, &asked.queue).ok_or(AppError::Forbidden)?;
    let (name, query) = (clean(form.value("view")), asked.query());
    let refused = |words: &str| Err(AppError::field("view", words));
    if !(1..=20).contains(&name.chars().count()) {
        return refused("请给视图起个名字，最多 20 个字");
    }
    if query.len() > 400 {
        return refused("搜索的词太长，请缩短后再保存");
    }
    let now = ctx.now;
    match view::add(&mut ctx.conn, staff.id, &name, &query, now).await {
        Ok(()) => Ok(Next::to(format!("/desk?{query}")).saying(format!("已保存视图：{name}"))),
        Err(StoreError::Conflict(constraint)) if constraint == view::NAME => refused("您已有同名的视图，请换个名字"),
        Err(StoreError::Conflict(constraint)) if constraint == view::MOST => refused("最多保存 20 个视图，请先删除不用的"),
        Err(error) => Err(error.into()),
    }
}

/// Drops a view; one that is gone, or somebody else's, is none.
///
/// # Errors
/// As [`crate::request::Ctx::require_desk`].
pub async fn remove(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_desk()?;
    let gone = match form.value("id").parse() {
        Ok(id) => view::remove(&mut ctx.conn, id).await?,
        Err(_) => false,
    };
    Ok(Next::to("/desk?queue=").saying(if gone { "已删除视图" } else { "这个视图已经不在了" }))
}
