//! What an administrator does: keeps organisations, takes back what waits for its day.

use super::{read, stale};
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::Request;
use domain::administration::{Kind, Organisation, Tail};
use domain::policy::day;
use domain::text::Check;
use store::StoreError;
use store::administration::organisation::{Expect, Put, Wish};
use store::administration::{SettingError, due, organisation};
use store::identity::StaffIdentity;

/// The name of an administrator in the log.
pub fn who(staff: &StaffIdentity) -> String {
    format!("{} {}", staff.organisation, staff.name)
}

/// The page of one of a kind, or of a new one.
pub fn page(kind: Kind, key: Option<&str>) -> String {
    format!("{}/{}", read::path(kind), key.unwrap_or("new"))
}

/// Adds one of a kind (`key` is none), or changes it: today, or on the day its form says.
///
/// # Errors
/// [`AppError::Invalid`] for fields, [`AppError::Refused`] where nothing is changed or another change waits for its day,
/// [`stale`] where somebody changed it since, [`AppError::NotFound`] outside the administrator's area,
/// [`AppError::Forbidden`] for an area by anybody but the city's.
pub async fn save(request: &Request, kind: Kind, key: Option<&str>, form: &Form) -> Result<Next, AppError> {
    let (put, thing, tail) = {
        let mut ctx = request.open().await?;
        let (staff, _) = ctx.require_administrator()?;
        let kept = read::kept(&mut ctx, kind, key).await?;
        if !kept.writable {
            return Err(AppError::Forbidden);
        }
        let mut check = Check::new();
        let raw = |name: &str| form.value(name).to_owned();
        let thing = Organisation::read(kind, &mut check, &raw, kept.thing.as_ref(), &kept.areas);
        let tail = Tail::read(&mut check, form.value("why"), form.value("from"), kept.today);
        check.finish().map_err(AppError::Invalid)?;
        let (Some(thing), Some(tail)) = (thing, tail) else { return Err(AppError::NotFound) };
        let expect = match key {
            None => Expect::New,
            Some(_) => Expect::Seen(form.value("seen").parse().unwrap_or(kept.seen)),
        };
        let (who, now) = (who(&staff), ctx.now);
        let wish = Wish { thing: &thing, expect, who: &who, tail: &tail, today: kept.today, now };
        let put = organisation::put(&mut ctx.conn, &wish).await.map_err(refused)?;
        (put, thing, tail)
    };
    if put == Put::Unchanged {
        return Err(AppError::Refused("没有改动：填写的内容和现在一样".to_owned()));
    }
    // This server knows at once; the others within a minute.
    request.services().refresh_reference().await?;
    let said = match put {
        Put::Waits => format!("已记录，{} 起生效：{}", day::text(tail.from), thing.name()),
        Put::Added => format!("已增加：{}", thing.name()),
        _ => format!("已保存，立即生效：{}", thing.name()),
    };
    Ok(Next::to(read::path(kind)).saying(said))
}

/// Why a change was not made, as the form says it.
pub fn refused(error: SettingError) -> AppError {
    match error {
        SettingError::Stale => stale(),
        SettingError::Taken => AppError::field("code", "这个编号已经用过"),
        SettingError::Waiting => AppError::Refused("已有一项修改待生效：请先撤回它，或者等它生效以后再改".to_owned()),
        SettingError::Store(StoreError::Conflict(constraint)) if constraint.ends_with("_name_key") => {
            AppError::field("name", read::against(&constraint))
        }
        SettingError::Store(StoreError::Conflict(constraint))
            if matches!(constraint.as_str(), "area_pkey" | "department_code_key" | "station_code_key") =>
        {
            AppError::field("code", read::against(&constraint))
        }
        // The code is another area's: what this scope may not touch, it does not see.
        SettingError::Store(StoreError::RowRefused) => AppError::field("code", "这个编号已经用过"),
        SettingError::Store(error) => error.into(),
    }
}

/// Takes a change back before its day. Field: `note`, why.
///
/// # Errors
/// [`AppError::Invalid`] without a reason, [`AppError::NotFound`] where there is no such change within the administrator's area,
/// [`AppError::Refused`] where it does not wait any more.
pub async fn withdraw(request: &Request, change: &str, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, _) = ctx.require_administrator()?;
    let id = read::change(&mut ctx, change).await?.id;
    let mut check = Check::new();
    let note = check.text("note", "撤回原因", form.value("note"), 2, 200);
    check.finish().map_err(AppError::Invalid)?;
    let now = ctx.now;
    if !due::withdraw(&mut ctx.conn, id, &who(&staff), &note, now).await? {
        return Err(AppError::Refused("这项修改已经生效或者撤回，不用再撤回".to_owned()));
    }
    Ok(Next::to(format!("/desk/admin/log/{id}")).saying("已撤回，到那天不会生效。"))
}
