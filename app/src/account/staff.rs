//! Staff sign in: a password, then the second factor where there is one; and prove again later who they are.

use super::act::{Limit, Signed, TEN_MINUTES, TOO_OFTEN, limits_of, own_path, per_address, start_session, within};
use super::{alert, factor, password};
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::means::PASSWORDS;
use crate::request::Request;
use crate::security::{self, Note};
use domain::account::Alert;
use domain::security::{FactorRule, Kind};
use store::Conn;
use store::identity::{self, Credentials, Who};
use time::Duration;

/// What an unknown name is checked against, so that it takes as long; no password fits it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Tries in ten minutes that a name has in a browser, or at an address.
const TRIES: i32 = 5;

/// How long the second factor may take after the password.
const HALF_LIFE: Duration = Duration::minutes(5);

/// What a right password leads to.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// In.
    Done(Signed),
    /// To the page that asks for the second factor.
    Code(Next),
}

/// What a password or a code (`what`) is counted by: name and browser where the account signed in there before, else name and address, which of
/// IPv6 has two sizes; whoever guesses keeps the colleague beside him in. All strangers together have a hundred an hour (OWASP ASVS 2.2.1), and
/// no place alone uses them up.
fn limits(request: &Request, login: &str, what: &str, known: bool) -> Vec<Limit> {
    let name = format!("{}{what}", limits_of(login));
    let some = |key, most| Limit { key, most, window: TEN_MINUTES, sentence: TOO_OFTEN };
    if known {
        return vec![some(format!("{name}browser:{}", hex::encode(request.browser_hash())), TRIES)];
    }
    let mut limits = per_address(request, "staff", TOO_OFTEN);
    limits.push(some(format!("{name}addr:{}", request.head().network()), TRIES));
    limits.extend(request.head().site().map(|site| some(format!("{name}addr:{site}"), TRIES * 2)));
    let all = format!("{name}all");
    limits.push(Limit { key: all, most: 100, window: Duration::hours(1), sentence: "尝试太频繁，请 1 小时后再试" });
    limits
}

/// Forgets the counters of this name and place: what strangers tried elsewhere stays counted.
async fn forget(conn: &mut Conn, limits: &[Limit], login: &str) -> Result<(), AppError> {
    let name = limits_of(login);
    for limit in limits.iter().filter(|limit| limit.key.starts_with(&name) && limit.window == TEN_MINUTES) {
        identity::forget_limit(conn, &limit.key).await?;
    }
    Ok(())
}

/// Whether a password fits; off the async threads, as long for nobody as for somebody.
async fn fits(typed: &str, found: Option<&Credentials>) -> Result<bool, AppError> {
    let hash = found.map_or_else(|| NOBODY.to_owned(), |found| found.password_hash.clone());
    let typed = typed.to_owned();
    PASSWORDS.run(move || password::verify(&typed, &hash)).await
}

/// Checks a name and a password. Whatever is wrong, the sentence and the time it takes are the same. A try counts before it is
/// compared: many at once are no more than one after the other.
///
/// # Errors
/// [`AppError::Invalid`].
pub async fn sign_in(request: &Request, form: &Form) -> Result<SignIn, AppError> {
    let services = request.services();
    let now = services.now();
    let login = form.value("login").trim();
    let mut conn = services.store.system().await?;
    let known = identity::browser_knows_login(&mut conn, &request.browser_hash(), login).await?;
    let found = identity::credentials(&mut conn, login).await?;
    // A name that is none is not written down: it may be a password in the wrong field.
    let noted = |kind| Note {
        kind,
        who: found.as_ref().map(|found| Who::Staff(found.id)),
        login: if found.is_some() { login } else { "" },
        subject: "",
        detail: "",
    };
    let limits = limits(request, login, "", known);
    within(request, &mut conn, &limits, "login", noted(Kind::Locked)).await?;
    let usable = found.as_ref().filter(|found| found.active);
    // The hash takes its time: nobody waits for a connection meanwhile.
    drop(conn);
    let right = fits(form.value("password"), usable).await?;
    let mut conn = services.store.system().await?;
    let Some(usable) = usable.filter(|_| right) else {
        security::note(request, &mut conn, noted(Kind::SignInFailed), now).await?;
        return Err(AppError::field("login", "用户名或密码不对。连续输错 5 次，10 分钟内不能再试"));
    };
    forget(&mut conn, &limits, login).await?;
    let to = form.value("back");
    let to = if own_path(to) && to.starts_with("/desk") { to } else { "/desk" };
    if usable.second_factor && services.factor_rule != FactorRule::Off {
        identity::begin_half_sign_in(&mut conn, &request.browser_hash(), usable.id, to, now + HALF_LIFE).await?;
        return Ok(SignIn::Code(Next::to("/desk/sign-in/code")));
    }
    let signed = start_session(request, &mut conn, Who::Staff(usable.id), now, Next::to(to)).await?;
    security::note(request, &mut conn, noted(Kind::SignedIn), now).await?;
    Ok(SignIn::Done(signed))
}

/// Checks the second factor of whoever typed a right password in this browser.
///
/// # Errors
/// [`Stop::Redirect`] to the password where that was too long ago, or never; [`AppError::Invalid`] for a code that does not fit.
pub async fn second_step(request: &Request, form: &Form) -> Result<Signed, Stop> {
    let services = request.services();
    let now = services.now();
    let browser = request.browser_hash();
    let mut conn = services.store.system().await?;
    let Some(half) = identity::half_sign_in(&mut conn, &browser, now).await? else {
        return Err(Stop::Redirect(Next::to("/desk/sign-in").saying("时间太久了，请重新输入用户名和密码")));
    };
    let who = Who::Staff(half.staff);
    let known = identity::browser_knows_login(&mut conn, &browser, &half.login).await?;
    let limits = limits(request, &half.login, "code:", known);
    within(request, &mut conn, &limits, "code", Note::of(Kind::Locked, who, &half.login)).await?;
    let said = factor::check(request, &mut conn, half.staff, &half.login, form.value("code")).await?;
    forget(&mut conn, &limits, &half.login).await?;
    if !identity::end_half_sign_in(&mut conn, &browser).await? {
        return Err(Stop::redirect("/desk/sign-in"));
    }
    let next = Next { to: half.back, flash: said };
    let signed = start_session(request, &mut conn, who, now, next).await?;
    let noted = Note { detail: "两步验证", ..Note::of(Kind::SignedIn, who, &half.login) };
    security::note(request, &mut conn, noted, now).await?;
    Ok(signed)
}

/// Proves again who is at the keys, by the password and the second factor where there is one; good for ten minutes
/// ([`crate::request::Ctx::require_fresh`]).
///
/// # Errors
/// [`AppError::Invalid`].
pub async fn confirm(request: &Request, form: &Form) -> Result<(), AppError> {
    let staff = request.open().await?.require_any_staff()?;
    request.close().await;
    let services = request.services();
    let now = services.now();
    let token = request.token_hash().ok_or(AppError::Unauthenticated)?;
    let noted = |kind| Note::of(kind, Who::Staff(staff.id), &staff.login);
    let mut conn = services.store.system().await?;
    let tries = own_tries(&staff.login, "confirm");
    within(request, &mut conn, &tries, "confirm_password", noted(Kind::Locked)).await?;
    let found = identity::credentials(&mut conn, &staff.login).await?;
    drop(conn);
    let right = fits(form.value("confirm_password"), found.as_ref()).await?;
    let mut conn = services.store.system().await?;
    if !right {
        security::note(request, &mut conn, noted(Kind::ProofFailed), now).await?;
        return Err(AppError::field("confirm_password", "密码不对"));
    }
    if staff.second_factor && services.factor_rule != FactorRule::Off {
        let code = form.value("confirm_code");
        factor::check(request, &mut conn, staff.id, &staff.login, code).await.map_err(|error| match error {
            AppError::Invalid(faults) => {
                AppError::field("confirm_code", faults.into_iter().map(|fault| fault.message).collect::<String>())
            }
            other => other,
        })?;
    }
    identity::forget_limit(&mut conn, &tries[0].key).await?;
    identity::prove_session(&mut conn, &token, now).await?;
    security::note(request, &mut conn, noted(Kind::Proved), now).await
}

/// A form that was stopped to ask who is at the keys: it goes on where it was sent to.
#[derive(Debug, Clone)]
pub struct Interrupted {
    /// A path of the desk.
    pub to: String,
    /// What was typed.
    pub pairs: Vec<(String, String)>,
}

/// What the fields of the page that asks begin with; those of the form it stopped do not.
const OWN: &str = "confirm_";

impl Interrupted {
    /// A form on its way to `to`. One that went on by 307 and is sent again bears the password of then, which no page shows.
    pub fn of(to: String, form: &Form) -> Interrupted {
        let pairs = form.pairs().iter().filter(|(name, _)| !name.starts_with(OWN)).cloned().collect();
        Interrupted { to, pairs }
    }

    /// The form that the page's own form carries, if it does.
    pub fn carried(form: &Form) -> Option<Interrupted> {
        let to = form.value("confirm_to");
        (own_path(to) && to.starts_with("/desk/")).then(|| Interrupted::of(to.to_owned(), form))
    }
}

/// Where the page that asks leads to, where it stopped no form.
pub fn after_confirming(form: &Form) -> Next {
    let back = form.value("confirm_back");
    Next::to(if own_path(back) && back.starts_with("/desk") { back } else { "/desk" })
}

/// What somebody who is signed in may try: five in ten minutes.
fn own_tries(login: &str, what: &str) -> [Limit; 1] {
    [Limit { key: format!("{}{what}", limits_of(login)), most: TRIES, window: TEN_MINUTES, sentence: TOO_OFTEN }]
}

/// Changes the own password; every other session of the account ends.
///
/// # Errors
/// [`AppError::Invalid`].
pub async fn change_password(request: &Request, form: &Form) -> Result<Signed, AppError> {
    let staff = request.open().await?.require_any_staff()?;
    request.close().await;
    let services = request.services();
    let now = services.now();
    let fresh = form.value("new_password").to_owned();
    if let Some(fault) = password::fault(&fresh, &staff.login) {
        return Err(AppError::field("new_password", fault));
    }
    if form.value("repeat") != fresh {
        return Err(AppError::field("repeat", "两次输入的新密码不一样"));
    }
    if form.value("password") == fresh {
        return Err(AppError::field("new_password", "新密码不能与旧密码相同"));
    }
    let noted = |kind| Note::of(kind, Who::Staff(staff.id), &staff.login);
    let mut conn = services.store.system().await?;
    let tries = own_tries(&staff.login, "change");
    within(request, &mut conn, &tries, "password", noted(Kind::Locked)).await?;
    let found = identity::credentials(&mut conn, &staff.login).await?.ok_or(AppError::Unauthenticated)?;
    drop(conn);
    let right = fits(form.value("password"), Some(&found)).await?;
    if !right {
        let mut conn = services.store.system().await?;
        security::note(request, &mut conn, noted(Kind::ProofFailed), now).await?;
        return Err(AppError::field("password", "原密码不对"));
    }
    let hashed = PASSWORDS.run(move || password::hash(&fresh)).await?.map_err(AppError::internal)?;
    let mut conn = services.store.system().await?;
    identity::set_password(&mut conn, staff.id, &hashed, false).await?;
    identity::forget_limit(&mut conn, &tries[0].key).await?;
    identity::end_all_sessions(&mut conn, Who::Staff(staff.id)).await?;
    security::note(request, &mut conn, noted(Kind::PasswordChanged), now).await?;
    alert::tell(services, &mut conn, Who::Staff(staff.id), &Alert::PasswordChanged, now).await?;
    start_session(request, &mut conn, Who::Staff(staff.id), now, Next::to("/desk")).await
}
