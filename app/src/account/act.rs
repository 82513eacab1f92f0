//! Signing in and out, choosing an enterprise, changing a password. Sign-in answers the same for every number and name; limits are
//! counted in PostgreSQL, so they hold across servers.

use super::password;
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::request::{Request, hash_token, random_hex};
use domain::phone::Mobile;
use domain::text::half_width;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::Conn;
use store::identity::{self, CodeCheck, Identity, STAFF_SESSION_HOURS, Who};
use time::{Duration, OffsetDateTime};

/// How long a code may be used.
const CODE_LIFE: Duration = Duration::minutes(10);

/// What an unknown name is checked against, so that it takes as long; no password fits it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A code to be sent, as a job carries it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodeMessage {
    /// The mobile number.
    pub phone: String,
    /// Six digits.
    pub code: String,
}

/// A code is on its way.
#[derive(Debug, Clone)]
pub struct CodeSent {
    /// To this number.
    pub mobile: Mobile,
    /// The code itself, in demo mode only.
    pub shown: Option<String>,
}

impl CodeSent {
    /// The code that a form answers: known by its number, shown no more.
    pub fn before(form: &Form) -> Option<CodeSent> {
        Mobile::parse(form.value("phone")).ok().map(|mobile| CodeSent { mobile, shown: None })
    }
}

/// A session that was opened: its token goes into the browser's cookie, its hash alone is kept.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The cookie's value; empty where the session ended.
    pub token: String,
    /// How long the browser keeps it, in seconds.
    pub seconds: i64,
    /// Where to.
    pub next: Next,
}

impl Signed {
    fn out() -> Signed {
        Signed { token: String::new(), seconds: 0, next: Next::to("/sign-in").saying("已退出登录") }
    }
}

/// To where whoever this is belongs: the answer of `/`.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn front(request: &Request) -> Result<&'static str, AppError> {
    let ctx = request.open().await?;
    Ok(match ctx.identity() {
        None => "/sign-in",
        Some(Identity::Person(person)) if person.enterprise.is_none() => "/enterprises",
        Some(Identity::Person(_)) => "/home",
        Some(Identity::Staff(_)) => "/desk",
    })
}

/// Counts against limits that hold across servers.
async fn within(conn: &mut Conn, key: &str, limit: i32, now: OffsetDateTime) -> Result<bool, AppError> {
    Ok(identity::hit_rate_limit(conn, key, Duration::minutes(10), limit, now).await?)
}

/// Sends a code. The answer is the same for every number: nobody learns who is a member.
///
/// # Errors
/// [`AppError::Invalid`] for no number, or too many codes.
pub async fn send_code(request: &Request, form: &Form) -> Result<CodeSent, AppError> {
    let mobile = Mobile::parse(form.value("phone")).map_err(|error| AppError::field("phone", error.to_string()))?;
    let services = request.services();
    let now = services.now();
    let mut conn = services.store.system().await?;
    let per_phone = within(&mut conn, &format!("code:phone:{mobile}"), 5, now).await?;
    let address = format!("code:addr:{}", request.head().network());
    if !per_phone || !within(&mut conn, &address, services.codes_per_address, now).await? {
        return Err(AppError::field("phone", "获取验证码太频繁，请 10 分钟后再试"));
    }
    let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
    identity::put_login_code(&mut conn, mobile.as_str(), &code_hash(&mobile, &code), now + CODE_LIFE).await?;
    let message = CodeMessage { phone: mobile.to_string(), code: code.clone() };
    let payload = serde_json::to_value(&message).map_err(AppError::internal)?;
    store::job::enqueue(&mut conn, store::job::Kind::Sms, &payload, now).await?;
    Ok(CodeSent { mobile, shown: services.demo.then_some(code) })
}

fn code_hash(mobile: &Mobile, code: &str) -> [u8; 32] {
    Sha256::digest(format!("{mobile}:{code}").as_bytes()).into()
}

/// Checks a code and opens a session.
///
/// # Errors
/// [`Stop::Redirect`] where no number travelled with it; [`AppError::Invalid`] for a code that does not fit.
pub async fn check_code(request: &Request, form: &Form) -> Result<Signed, Stop> {
    let Ok(mobile) = Mobile::parse(form.value("phone")) else { return Err(Stop::redirect("/sign-in")) };
    let typed: String = half_width(form.value("code")).chars().filter(char::is_ascii_digit).collect();
    if typed.len() != 6 {
        return Err(AppError::field("code", "请填写 6 位数字验证码").into());
    }
    let services = request.services();
    let now = services.now();
    let mut conn = services.store.system().await?;
    let key = format!("try:addr:{}", request.head().network());
    if !within(&mut conn, &key, services.codes_per_address, now).await? {
        return Err(AppError::field("code", "尝试太频繁，请 10 分钟后再试").into());
    }
    match identity::take_login_code(&mut conn, mobile.as_str(), &code_hash(&mobile, &typed), now).await? {
        CodeCheck::Right => {}
        CodeCheck::Wrong => return Err(AppError::field("code", "验证码不对，请再看一下短信").into()),
        CodeCheck::Spent => return Err(AppError::field("code", "验证码已失效，请重新获取").into()),
    }
    // A person signs in for the first time under the number's last digits, until a station knows the name.
    let name = format!("用户{}", &mobile.as_str()[7..]);
    let person = identity::person_of_phone(&mut conn, mobile.as_str(), &name, now).await?;
    let list = identity::enterprises_of(&mut conn, person).await?;
    let only = if let [only] = list.as_slice() { Some(only.id) } else { None };
    let to = match (form.value("back"), only) {
        (_, None) => "/enterprises".to_owned(),
        (back, Some(_)) if own_path(back) && !back.starts_with("/desk") => back.to_owned(),
        _ => "/home".to_owned(),
    };
    Ok(start_session(request, &mut conn, Who::Person(person, only), now, Next::to(to)).await?)
}

/// Opens a session. An older one of the same browser ends.
async fn start_session(
    request: &Request,
    conn: &mut Conn,
    who: Who,
    now: OffsetDateTime,
    next: Next,
) -> Result<Signed, AppError> {
    if let Some(old) = request.token_hash() {
        identity::end_session(conn, &old).await?;
    }
    let token = random_hex::<32>();
    identity::create_session(conn, &hash_token(&token), who, now, &request.head().user_agent).await?;
    let life = match who {
        Who::Person(..) => Duration::days(identity::SESSION_DAYS),
        Who::Staff(_) => Duration::hours(STAFF_SESSION_HOURS),
    };
    Ok(Signed { token, seconds: life.whole_seconds(), next })
}

/// A path of this site, nothing that leads elsewhere.
pub fn own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.contains(char::is_control)
}

/// The enterprises to choose from, and the one chosen now.
///
/// # Errors
/// As [`crate::request::Ctx::require_person`].
pub async fn enterprises(request: &Request) -> Result<(Vec<identity::MyEnterprise>, Option<i64>), AppError> {
    let mut ctx = request.open().await?;
    let person = ctx.require_person()?.clone();
    let list = identity::enterprises_of(&mut ctx.conn, person.person).await?;
    Ok((list, person.enterprise.map(|chosen| chosen.id)))
}

/// Chooses one.
///
/// # Errors
/// [`AppError::NotFound`] for one that is not theirs.
pub async fn choose(request: &Request, form: &Form) -> Result<Next, AppError> {
    request.open().await?.require_person()?;
    request.close().await;
    let enterprise: i64 = form.value("enterprise").parse().map_err(|_| AppError::NotFound)?;
    let hash = request.token_hash().ok_or(AppError::Unauthenticated)?;
    let mut conn = request.services().store.system().await?;
    if !identity::choose_enterprise(&mut conn, &hash, enterprise).await? {
        return Err(AppError::NotFound);
    }
    Ok(Next::to("/home"))
}

/// Ends this session.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn sign_out(request: &Request) -> Result<Signed, AppError> {
    if let Some(hash) = request.token_hash() {
        let mut conn = request.services().store.system().await?;
        identity::end_session(&mut conn, &hash).await?;
    }
    Ok(Signed::out())
}

/// Ends every session of whoever this is.
///
/// # Errors
/// [`AppError::Unauthenticated`].
pub async fn sign_out_everywhere(request: &Request) -> Result<Signed, AppError> {
    let who = match &request.open().await?.require_signed_in()?.identity {
        Identity::Person(person) => Who::Person(person.person, None),
        Identity::Staff(staff) => Who::Staff(staff.id),
    };
    request.close().await;
    let mut conn = request.services().store.system().await?;
    identity::end_all_sessions(&mut conn, who).await?;
    Ok(Signed::out())
}

/// Checks a name and a password. Whatever is wrong, the sentence and the time it takes are the same.
///
/// # Errors
/// [`AppError::Invalid`].
pub async fn staff_sign_in(request: &Request, form: &Form) -> Result<Signed, AppError> {
    let services = request.services();
    let now = services.now();
    let mut conn = services.store.system().await?;
    let key = format!("staff:addr:{}", request.head().network());
    if !within(&mut conn, &key, services.codes_per_address, now).await? {
        return Err(AppError::field("login", "尝试太频繁，请 10 分钟后再试"));
    }
    let found = identity::credentials(&mut conn, form.value("login").trim()).await?;
    let usable = found.filter(|found| found.active && found.locked_until.is_none_or(|until| until <= now));
    let hash = usable.as_ref().map_or_else(|| NOBODY.to_owned(), |found| found.password_hash.clone());
    let typed = form.value("password").to_owned();
    let right = tokio::task::spawn_blocking(move || password::verify(&typed, &hash)).await.map_err(AppError::internal)?;
    match usable {
        Some(found) if right => {
            identity::sign_in_succeeded(&mut conn, found.id).await?;
            let to = form.value("back");
            let to = if own_path(to) && to.starts_with("/desk") { to } else { "/desk" };
            start_session(request, &mut conn, Who::Staff(found.id), now, Next::to(to)).await
        }
        other => {
            if let Some(found) = other {
                identity::sign_in_failed(&mut conn, found.id, now).await?;
            }
            Err(AppError::field("login", "用户名或密码不对。连续输错 5 次会暂时锁定"))
        }
    }
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
    let mut conn = services.store.system().await?;
    let found = identity::credentials(&mut conn, &staff.login).await?.ok_or(AppError::Unauthenticated)?;
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
    let old = form.value("password").to_owned();
    let hashed = tokio::task::spawn_blocking(move || {
        if password::verify(&old, &found.password_hash) { password::hash(&fresh).map(Some) } else { Ok(None) }
    });
    let Some(hashed) = hashed.await.map_err(AppError::internal)?.map_err(AppError::internal)? else {
        identity::sign_in_failed(&mut conn, staff.id, now).await?;
        return Err(AppError::field("password", "原密码不对"));
    };
    identity::set_password(&mut conn, staff.id, &hashed, false).await?;
    identity::end_all_sessions(&mut conn, Who::Staff(staff.id)).await?;
    start_session(request, &mut conn, Who::Staff(staff.id), now, Next::to("/desk")).await
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_way_back_leads_nowhere_else() {
        assert!(own_path("/issues/HZ-2026-112400001?x=1"));
        for bad in ["", "https://evil.example", "//evil.example", "/\\evil.example", "/a\nb"] {
            assert!(!own_path(bad), "{bad:?}");
        }
    }
}
