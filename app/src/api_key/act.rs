//! Adding, replacing and ending keys. A key is shown on the answer of the form that asked for it, nowhere else.

use crate::error::{AppError, Next};
use crate::form::Form;
use crate::open311::hash_key;
use crate::request::{Ctx, Request, random_hex};
use domain::actor::{CITY, StaffId};
use domain::api_key::{self, PREFIX, Rates};
use domain::issue::Channel;
use domain::security::Kind;
use domain::text::Check;
use store::api_key::NAME;

/// Where keys are kept.
pub const PATH: &str = "/desk/admin/keys";

/// A key to be handed over, once.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub name: String,
    pub key: String,
}

/// A fresh key.
pub fn make() -> String {
    format!("{PREFIX}{}", random_hex::<20>())
}

impl Ctx {
    /// Whoever keeps keys: an administrator of the city.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for a district's.
    pub(super) fn require_key_keeper(&self) -> Result<StaffId, AppError> {
        let (staff, area) = self.require_administrator()?;
        if area == CITY { Ok(staff.id) } else { Err(AppError::Forbidden) }
    }
}

/// Adds a key.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Unproved`].
pub async fn add(request: &Request, form: &Form) -> Result<NewKey, AppError> {
    let mut ctx = request.open().await?;
    let staff = ctx.require_key_keeper()?;
    ctx.require_fresh()?;
    let mut check = Check::new();
    let name = api_key::name(&mut check, form.value("name"));
    let channel = Channel::from_code(form.value("channel")).filter(|channel| Channel::OUTER.contains(channel));
    if channel.is_none() {
        check.fault("channel", "请选择渠道");
    }
    let scopes = api_key::scopes(&mut check, form.all("scope"));
    let rates = Rates::read(&mut check, form.value("a_minute"), form.value("a_day"));
    check.finish().map_err(AppError::Invalid)?;
    let channel = channel.ok_or(AppError::NotFound)?;
    let (key, now) = (make(), ctx.now);
    let hash = hash_key(&key);
    let new = store::api_key::NewKey { name: &name, hash: &hash, channel, scopes: &scopes, rates };
    match store::api_key::add(&mut ctx.conn, &new, Some(staff), now).await {
        Err(error) if error.is_conflict_with(NAME) => return Err(AppError::field("name", "这个名称已经有了，请换一个")),
        added => added?,
    };
    let may: Vec<&str> = scopes.iter().map(|scope| scope.code()).collect();
    ctx.note(Kind::KeyAdded, &name, &format!("{}：{}", channel.label(), may.join(" "))).await?;
    Ok(NewKey { name, key })
}

/// Puts a fresh key in the place of one that leaked or was lost: the old one opens nothing from then on, on no server; what came in by it, what it took
/// from above and its webhooks stay with the new one.
///
/// # Errors
/// [`AppError::Refused`] for one that has ended, [`AppError::Unproved`].
pub async fn replace(request: &Request, id: i64) -> Result<NewKey, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_key_keeper()?;
    ctx.require_fresh()?;
    let key = make();
    let replaced = store::api_key::replace(&mut ctx.conn, id, &hash_key(&key)).await?;
    let name = replaced.ok_or_else(|| AppError::Refused("这个密钥已停用，不能更换；需要时请添加新的".to_owned()))?;
    ctx.note(Kind::KeyReplaced, &name, "").await?;
    Ok(NewKey { name, key })
}

/// Ends a key at once, on every server.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Unproved`].
pub async fn revoke(request: &Request, id: i64) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let staff = ctx.require_key_keeper()?;
    ctx.require_fresh()?;
    let now = ctx.now;
    if let Some(name) = store::api_key::revoke(&mut ctx.conn, id, Some(staff), now).await? {
        ctx.note(Kind::KeyRevoked, &name, "").await?;
    }
    Ok(Next::to(PATH).saying("密钥已停用"))
}

/// Has a delivery that was given up sent again.
///
/// # Errors
/// As [`Ctx::require_administrator`]; [`AppError::Forbidden`] for a district's.
pub async fn again(request: &Request, key: i64, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_key_keeper()?;
    let id = form.value("id").parse().unwrap_or_default();
    let now = ctx.now;
    let planned = store::api::webhook::again(&mut ctx.conn, key, id, now).await?;
    let words = if planned { "已安排重新发送" } else { "这一条不用重新发送，或订阅已取消" };
    Ok(Next::to(format!("{PATH}/{key}")).saying(words))
}
