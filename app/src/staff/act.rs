//! Adding accounts and changing them. A first password is made here and shown on the answer of the form that asked for it,
//! nowhere else: it stands in no address, no cookie, no log, and in the database as its hash.

use super::read::{self, account_id};
use crate::account::{alert, password};
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::means::PASSWORDS;
use crate::request::Request;
use domain::account::Alert;
use domain::actor::{Duty, StaffId};
use domain::administration::Tail;
use domain::security::Kind;
use domain::staff::{self as rules, Command, Keeper, Refusal};
use domain::text::Check;
use store::StoreError;
use store::identity::{NewStaff, Who};
use store::staff::{self, AccountError, Order, Step};

/// A first password to be handed over, once.
#[derive(Clone)]
pub struct FirstPassword {
    pub account: StaffId,
    /// In clear. Whoever signs in with it must choose another one first.
    pub password: String,
}

/// What a form leads to.
pub enum Done {
    /// Another page.
    Next(Next),
    /// The account's page, with its first password.
    Password(FirstPassword),
}

/// Where an account is.
pub fn path(account: StaffId) -> String {
    format!("/desk/admin/staff/{account}")
}

impl From<AccountError> for AppError {
    fn from(error: AccountError) -> AppError {
        match error {
            AccountError::Refused(Refusal::Elsewhere) => AppError::NotFound,
            AccountError::Refused(Refusal::Wider) => AppError::field("duty", Refusal::Wider.to_string()),
            AccountError::Refused(Refusal::NoColleague) => AppError::field("taker", Refusal::NoColleague.to_string()),
            AccountError::Refused(refusal) => AppError::Refused(refusal.to_string()),
            AccountError::Store(error) if error.is_conflict_with("staff_login_key") => {
                AppError::field("login", "这个用户名已经有了，请换一个")
            }
            AccountError::Store(StoreError::RowRefused) => AppError::Forbidden,
            AccountError::Store(error) => error.into(),
        }
    }
}

/// Whoever may give such a command to this account at all: asked before a body is read.
///
/// # Errors
/// [`AppError::NotFound`] for an account that the administrator does not keep, and for what is no command.
pub async fn require_kept(request: &Request, id: &str, command: &str) -> Result<(StaffId, Command), AppError> {
    let account = {
        let mut ctx = request.open().await?;
        ctx.require_administrator()?;
        staff::get(&mut ctx.conn, account_id(id)?).await?
    };
    request.close().await;
    Ok((account.id, Command::from_code(command).ok_or(AppError::NotFound)?))
}

/// A fresh first password and its hash, which takes its time: nobody waits for a connection meanwhile.
async fn first_password(request: &Request) -> Result<(String, String), AppError> {
    request.close().await;
    let made = PASSWORDS.run(|| {
        let first = password::first();
        password::hash(&first).map(|hash| (first, hash))
    });
    made.await?.map_err(AppError::internal)
}

/// Adds an account.
///
/// # Errors
/// [`AppError::Invalid`].
pub async fn add(request: &Request, form: &Form) -> Result<FirstPassword, AppError> {
    let ctx = request.open().await?;
    ctx.require_administrator()?;
    ctx.require_fresh()?;
    let mut check = Check::new();
    let login = check.parse("login", rules::login(form.value("login")));
    let name = check.text("name", "姓名", form.value("name"), 2, 30);
    let duty = named_duty(&mut check, read::duty(&ctx, form.value("duty"))?);
    let tail = Tail::read(&mut check, form.value("why"), "", ctx.today());
    drop(ctx);
    check.finish().map_err(AppError::Invalid)?;
    let (Some(login), Some(duty), Some(tail)) = (login, duty, tail) else { return Err(AppError::NotFound) };
    let (first, hash) = first_password(request).await?;
    let mut ctx = request.open().await?;
    let (me, area) = ctx.require_administrator()?;
    let (keeper, now) = (Keeper { staff: me.id, area }, ctx.now);
    let new = NewStaff { login: &login, name: &name, duty, password_hash: &hash, must_change: true };
    let account = staff::add(&mut ctx.conn, &keeper, &new, &signature(&me), &tail, now).await?;
    Ok(FirstPassword { account, password: first })
}

/// The name that the log shows.
fn signature(me: &store::identity::StaffIdentity) -> String {
    format!("{} {}", me.organisation, me.name)
}

fn named_duty(check: &mut Check, duty: Option<Duty>) -> Option<Duty> {
    if duty.is_none() {
        check.fault("duty", "请选择岗位和范围");
    }
    duty
}

/// Gives a command; `account` and `command` are those of [`require_kept`].
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Refused`].
pub async fn command(request: &Request, account: StaffId, command: Command, form: &Form) -> Result<Done, AppError> {
    let ctx = request.open().await?;
    ctx.require_administrator()?;
    ctx.require_fresh()?;
    let mut check = Check::new();
    let name = if command == Command::Name { check.text("name", "姓名", form.value("name"), 2, 30) } else { String::new() };
    let duty = match command {
        Command::Duty => named_duty(&mut check, read::duty(&ctx, form.value("duty"))?),
        _ => None,
    };
    let taker = taker(&mut check, command, form.value("taker"));
    let tail = Tail::read(&mut check, form.value("why"), "", ctx.today());
    drop(ctx);
    check.finish().map_err(AppError::Invalid)?;
    let tail = tail.ok_or(AppError::NotFound)?;
    let first = if command == Command::Reset { Some(first_password(request).await?) } else { None };
    let step = match (command, duty, &first) {
        (Command::Name, ..) => Step::Name(&name),
        (Command::Duty, Some(duty), _) => Step::Duty(duty),
        (Command::HandOver, ..) => Step::HandOver,
        (Command::Unlock, ..) => Step::Unlock,
        (Command::Reset, _, Some((_, hash))) => Step::Reset(hash),
        (Command::ResetFactor, ..) => Step::ResetFactor,
        (Command::Disable, ..) => Step::Disable,
        (Command::Enable, ..) => Step::Enable,
        (Command::Duty | Command::Reset, ..) => return Err(AppError::NotFound),
    };
    let mut ctx = request.open().await?;
    let (me, area) = ctx.require_administrator()?;
    let who = signature(&me);
    let seen = form.value("seen").parse().unwrap_or(-1);
    let order = Order { keeper: Keeper { staff: me.id, area }, who: &who, account, seen, step, taker, tail: &tail };
    let now = ctx.now;
    let done = staff::command(&mut ctx.conn, &order, now).await?;
    if let Some(kind) = noted(command) {
        let login = staff::get(&mut ctx.conn, account).await?.login;
        ctx.note(kind, &login, &tail.why).await?;
    }
    drop(ctx);
    request.close().await;
    if let Some(told) = told_owner(command, who) {
        let services = request.services();
        let mut system = services.store.system().await?;
        alert::tell(services, &mut system, Who::Staff(account), &told, now).await?;
    }
    if let Some((password, _)) = first {
        return Ok(Done::Password(FirstPassword { account, password }));
    }
    Ok(Done::Next(Next::to(path(account)).saying(told(command, done, taker.is_some()))))
}

/// What of it stands in the security log: how somebody gets in.
fn noted(command: Command) -> Option<Kind> {
    match command {
        Command::Reset => Some(Kind::PasswordReset),
        Command::ResetFactor => Some(Kind::FactorReset),
        Command::Unlock => Some(Kind::Unlocked),
        _ => None,
    }
}

/// What of it the account's owner is told.
fn told_owner(command: Command, by: String) -> Option<Alert> {
    match command {
        Command::Reset => Some(Alert::PasswordReset { by }),
        Command::ResetFactor => Some(Alert::FactorRemoved { by }),
        Command::Unlock => Some(Alert::Unlocked { by }),
        _ => None,
    }
}

/// Who goes on with the open work; nobody where it stays.
fn taker(check: &mut Check, command: Command, value: &str) -> Option<StaffId> {
    match command {
        Command::HandOver if value.is_empty() => {
            check.fault("taker", "请选择接手的同事");
            None
        }
        Command::HandOver | Command::Duty | Command::Disable if !value.is_empty() => {
            let taker = value.parse().ok();
            if taker.is_none() {
                check.fault("taker", Refusal::NoColleague.to_string());
            }
            taker
        }
        _ => None,
    }
}

/// What was done, in a sentence.
fn told(command: Command, done: staff::Done, handed: bool) -> String {
    let words = match command {
        Command::Name => "姓名已修改",
        Command::Duty => "岗位已调整，这个账号的登录已全部退出",
        Command::HandOver => "工作已移交",
        Command::Unlock => "已解除，现在可以再试",
        Command::Reset => "密码已重置",
        Command::ResetFactor => "两步验证已取消，登录已全部退出；请本人下次登录后重新设置",
        Command::Disable => "账号已停用，登录已全部退出",
        Command::Enable => "账号已启用，用原来的密码登录",
    };
    if handed {
        format!("{words}。未读消息转交 {} 条，另外提醒 {} 项", done.messages, done.pieces)
    } else {
        words.to_owned()
    }
}
