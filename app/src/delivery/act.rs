//! Changing the table, asking for another try, saying where one wants to be reached.

use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::Request;
use domain::actor::CITY;
use domain::administration::Tail;
use domain::issue::channel::{Audience, Channel, STEPS, fixed, is_mail};
use domain::phone::Mobile;
use domain::text::{Check, clean};
use store::delivery::{self, Address, Line};

/// The table.
pub const ROUTES: &str = "/desk/admin/routes";
/// The log.
pub const DELIVERIES: &str = "/desk/admin/deliveries";
/// Where somebody of staff says how to be reached.
pub const ADDRESS: &str = "/desk/notices";

/// The value of a box of the table.
pub fn cell(step: &str, audience: Audience, channel: Channel) -> String {
    format!("{step}/{}/{}", audience.code(), channel.code())
}

/// Writes what differs from what holds, of the rows that the form showed.
///
/// # Errors
/// [`AppError::Forbidden`] for a district's administrator, [`AppError::Invalid`] where nothing differs or no reason is given.
pub async fn save(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, area) = ctx.require_administrator()?;
    if area != CITY {
        return Err(AppError::Forbidden);
    }
    let routes = delivery::routes(&mut ctx.conn).await?;
    let mut lines = Vec::new();
    let audience = Audience::from_code(form.value("audience"));
    for (step, _, audiences) in STEPS {
        for audience in audiences.iter().copied().filter(|one| Some(*one) == audience) {
            if !form.chosen("shown", step) {
                continue;
            }
            for channel in Channel::ALL.iter().copied().filter(|channel| !fixed(step, audience, *channel)) {
                let told = form.chosen("on", &cell(step, audience, channel));
                if told != routes.told(step, audience, channel) {
                    lines.push(Line { step: (*step).to_owned(), audience, channel, told });
                }
            }
        }
    }
    let mut check = Check::new();
    let tail = Tail::read(&mut check, form.value("why"), "", ctx.today());
    if lines.is_empty() {
        check.fault("on", "没有改动，不用保存");
    }
    check.finish().map_err(AppError::Invalid)?;
    let (Some(tail), now) = (tail, ctx.now) else { return Err(AppError::field("why", "请填写变更原因")) };
    let who = format!("{} {}", staff.organisation, staff.name);
    delivery::put(&mut ctx.conn, &lines, &who, &tail, now).await?;
    let to = format!("{ROUTES}?audience={}", form.value("audience"));
    Ok(Next::to(to).saying(format!("已保存 {} 项改动，下一条通知起生效", lines.len())))
}

/// Has one that was given up sent again.
///
/// # Errors
/// As [`crate::request::Ctx::require_administrator`].
pub async fn again(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_administrator()?;
    let id = form.value("id").parse().unwrap_or_default();
    let planned = delivery::again(&mut ctx.conn, id).await?;
    Ok(Next::to(DELIVERIES).saying(if planned { "已安排重新发送" } else { "这一条不用重新发送" }))
}

fn mail(check: &mut Check, typed: &str) -> String {
    let mail = clean(typed);
    if !mail.is_empty() && !is_mail(&mail) {
        check.fault("mail", "邮箱写得不对，例如 zhang@huzhou.gov.cn");
    }
    mail
}

/// Where somebody of staff wants to be reached.
///
/// # Errors
/// [`AppError::Invalid`] for what is no number or no address.
pub async fn put_address(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_staff()?;
    let mut check = Check::new();
    let typed = form.value("mobile").trim();
    let mobile = if typed.is_empty() { None } else { check.parse("mobile", Mobile::parse(typed)) };
    let mobile = mobile.map(|mobile| mobile.as_str().to_owned()).unwrap_or_default();
    let address = Address { mobile, mail: mail(&mut check, form.value("mail")) };
    check.finish().map_err(AppError::Invalid)?;
    let now = ctx.now;
    delivery::put_address(&mut ctx.conn, &address, now).await?;
    Ok(Next::to(ADDRESS).saying("已保存"))
}

/// To where a member wants mail.
///
/// # Errors
/// [`AppError::Invalid`] for what is no address.
pub async fn put_mail(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_member()?;
    let mut check = Check::new();
    let address = Address { mobile: String::new(), mail: mail(&mut check, form.value("mail")) };
    check.finish().map_err(AppError::Invalid)?;
    let now = ctx.now;
    delivery::put_address(&mut ctx.conn, &address, now).await?;
    Ok(Next::to("/me").saying(if address.mail.is_empty() { "已取消邮件提醒" } else { "邮箱已保存" }))
}
