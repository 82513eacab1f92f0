//! Signing in and out, choosing an enterprise. Sign-in answers the same for every number; limits are counted in PostgreSQL, so they hold
//! across servers. What only staff do is in [`super::staff`].

use super::alert;
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::request::{Ctx, Request, hash_token, random_hex};
use crate::security::{self, Note};
use domain::mask;
use domain::phone::Mobile;
use domain::security::Kind;
use domain::text::half_width;
use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use store::Conn;
use store::identity::{self, CodeCheck, Identity, STAFF_SESSION_HOURS, Who};
use time::{Duration, OffsetDateTime};

/// How long a code may be used.
pub const CODE_LIFE: Duration = Duration::minutes(10);

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
    /// When another one may be asked for.
    pub after: Option<OffsetDateTime>,
    /// Another one was asked for before that: none was sent.
    pub early: bool,
}

impl CodeSent {
    /// The code that a form answers: known by its number, shown no more.
    pub fn before(form: &Form, now: OffsetDateTime) -> Option<CodeSent> {
        let after = form.value("after").parse().ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
        // What comes back with the form may be anything: nobody waits for longer than an hour.
        let after = after.filter(|after| (*after - now).abs() <= Duration::HOUR);
        Mobile::parse(form.value("phone")).ok().map(|mobile| CodeSent { mobile, shown: None, after, early: false })
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

/// A limit that holds across servers: what is counted, how often, in which time, and what is said beyond it.
pub(super) struct Limit {
    pub key: String,
    pub most: i32,
    pub window: Duration,
    pub sentence: &'static str,
}

pub(super) const TEN_MINUTES: Duration = Duration::minutes(10);
pub(super) const TOO_OFTEN: &str = "尝试太频繁，请 10 分钟后再试";

/// Counts against each in turn; the first that is used up answers, and those after it are not touched. `lock` is written into the
/// security log by the first try beyond it.
pub(super) async fn within(
    request: &Request,
    conn: &mut Conn,
    limits: &[Limit],
    field: &str,
    lock: Note<'_>,
) -> Result<(), AppError> {
    let now = request.services().now();
    for limit in limits {
        let count = identity::count_hit(conn, &limit.key, limit.window, now).await?;
        if count == limit.most.saturating_add(1) {
            security::note(request, conn, lock, now).await?;
        }
        if count > limit.most {
            return Err(AppError::field(field, limit.sentence));
        }
    }
    Ok(())
}

/// What is noted where too many codes were asked for or tried for a phone, of whomever it is.
fn phone_note(kind: Kind, masked: &str) -> Note<'_> {
    Note { kind, who: None, login: masked, subject: masked, detail: "" }
}

const OFTEN: &str = "获取验证码太频繁，请 10 分钟后再试";
const SPENT_HERE: &str = "这个网络今天获取验证码的次数已用完，请换个网络，或到就近的企服驿站办理";
/// An address has so many times in a day what it has in ten minutes: a few of them are not to use up what the city has.
const TIMES_A_DAY: i32 = 10;
const SPENT_TODAY: &str = "这个手机号今天获取验证码的次数已用完，请明天再试，或到就近的企服驿站办理";

/// What a code is counted by. A browser in which the phone signed in before has a count of its own: whatever strangers do, its owner gets
/// in. A stranger, who was counted by address already, is counted by phone and address, in ten minutes and in a day, by phone and day (nobody's
/// phone rings all night), and with all others. One place alone does not use up a phone's day.
fn code_limits(request: &Request, mobile: &Mobile, known: bool) -> Vec<Limit> {
    let services = request.services();
    if known {
        let key = format!("code:browser:{}:{mobile}", hex::encode(request.browser_hash()));
        return vec![Limit { key, most: 5, window: TEN_MINUTES, sentence: OFTEN }];
    }
    let network = request.head().network();
    vec![
        Limit { key: format!("code:phone:{mobile}:{network}"), most: 5, window: TEN_MINUTES, sentence: OFTEN },
        Limit { key: place_key(request, mobile), most: 10, window: Duration::days(1), sentence: SPENT_TODAY },
        Limit { key: format!("code:day:{mobile}"), most: 30, window: Duration::days(1), sentence: SPENT_TODAY },
        Limit {
            key: "code:city".to_owned(),
            most: services.codes_per_city,
            window: TEN_MINUTES,
            sentence: "现在获取验证码的人太多，请 10 分钟后再试",
        },
        Limit {
            key: "code:city:day".to_owned(),
            most: services.codes_per_city_day,
            window: Duration::days(1),
            sentence: "今天获取验证码的人太多，请明天再试，或到就近的企服驿站办理",
        },
    ]
}

/// Sends a code, or says when another one may be asked for. The answer is the same for every number: nobody learns who is a member.
///
/// # Errors
/// [`AppError::Invalid`] for no number, or too many codes.
pub async fn send_code(request: &Request, form: &Form) -> Result<CodeSent, AppError> {
    let mobile = Mobile::parse(form.value("phone")).map_err(|error| AppError::field("phone", error.to_string()))?;
    let services = request.services();
    let now = services.now();
    let browser = request.browser_hash();
    let mut conn = services.store.system().await?;
    let known = identity::browser_knows_phone(&mut conn, &browser, mobile.as_str()).await?;
    let masked = mask::phone(mobile.as_str());
    if !known {
        // Before anything is written of the browser: without a cookie it is another one each time, and each would be a row.
        let mut limits = per_address(request, "code", OFTEN);
        limits.extend(per_address(request, "code", SPENT_HERE).into_iter().map(|limit| Limit {
            key: format!("{}:day", limit.key),
            most: limit.most.saturating_mul(TIMES_A_DAY),
            window: Duration::days(1),
            ..limit
        }));
        within(request, &mut conn, &limits, "phone", phone_note(Kind::Locked, &masked)).await?;
    }
    let pause = pause_key(request, &mobile);
    let early = !services.code_pause.is_zero() && identity::count_hit(&mut conn, &pause, services.code_pause, now).await? > 1;
    if early {
        let since = identity::counted_since(&mut conn, &pause).await?.unwrap_or(now);
        return Ok(CodeSent { mobile, shown: None, after: Some(since + services.code_pause), early });
    }
    within(request, &mut conn, &code_limits(request, &mobile, known), "phone", phone_note(Kind::Locked, &masked)).await?;
    let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
    let hash = code_hash(request, &mobile, &code)?;
    identity::put_login_code(&mut conn, mobile.as_str(), &browser, &hash, now + CODE_LIFE).await?;
    let message = CodeMessage { phone: mobile.to_string(), code: code.clone() };
    let payload = serde_json::to_value(&message).map_err(AppError::internal)?;
    store::job::enqueue(&mut conn, store::job::Kind::Sms, &payload, now).await?;
    let after = (!services.code_pause.is_zero()).then(|| now + services.code_pause);
    Ok(CodeSent { mobile, shown: services.demo.then_some(code), after, early })
}

/// What the pause between two codes is counted by: a browser's own, so that nobody makes another one wait.
fn pause_key(request: &Request, mobile: &Mobile) -> String {
    format!("code:pause:{}:{mobile}", hex::encode(request.browser_hash()))
}

/// What the codes of a phone in a day are counted by where they are asked for: an address, or all networks of one IPv6 site.
fn place_key(request: &Request, mobile: &Mobile) -> String {
    let head = request.head();
    format!("code:day:{mobile}:{}", head.site().unwrap_or_else(|| head.network()))
}

/// Keyed with the browser's mark, which the database does not know: six digits alone would be guessed from their hash in a moment.
fn code_hash(request: &Request, mobile: &Mobile, code: &str) -> Result<[u8; 32], AppError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(request.head().browser.as_bytes()).map_err(AppError::internal)?;
    mac.update(format!("{mobile}:{code}").as_bytes());
    Ok(mac.finalize().into_bytes().into())
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
    let browser = request.browser_hash();
    let masked = mask::phone(mobile.as_str());
    // A browser that knows the phone is not kept out by others behind its address.
    if !identity::browser_knows_phone(&mut conn, &browser, mobile.as_str()).await? {
        let limits = per_address(request, "try", TOO_OFTEN);
        within(request, &mut conn, &limits, "code", phone_note(Kind::Locked, &masked)).await?;
    }
    let hash = code_hash(request, &mobile, &typed)?;
    let fault = match identity::take_login_code(&mut conn, mobile.as_str(), &browser, &hash, now).await? {
        CodeCheck::Right => None,
        CodeCheck::Wrong => Some("验证码不对，请再看一下短信"),
        CodeCheck::Spent => Some("验证码已失效，请重新获取"),
    };
    if let Some(sentence) = fault {
        // A browser that knows the phone may fail as often as it likes.
        security::note_counted(request, &mut conn, phone_note(Kind::SignInFailed, &masked), now).await?;
        return Err(AppError::field("code", sentence).into());
    }
    // Whoever signs out again soon may sign in again, and who is the owner is here.
    for own in [pause_key(request, &mobile), place_key(request, &mobile)] {
        identity::forget_limit(&mut conn, &own).await?;
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
    let signed = start_session(request, &mut conn, Who::Person(person, only), now, Next::to(to)).await?;
    security::note(request, &mut conn, Note::of(Kind::SignedIn, Who::Person(person, only), &masked), now).await?;
    Ok(signed)
}

/// Opens a session. An older one of the same browser ends.
pub(super) async fn start_session(
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
    if identity::know_browser(conn, &request.browser_hash(), who, now).await? {
        alert::new_browser(request, conn, who, now).await?;
    }
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
        if let Some(who) = identity::end_session(&mut conn, &hash).await? {
            note_ended(request, &mut conn, who, "这台设备").await?;
        }
    }
    Ok(Signed::out())
}

/// Writes into the security log that sessions of an account ended.
async fn note_ended(request: &Request, conn: &mut Conn, who: Who, detail: &str) -> Result<(), AppError> {
    let ended = Note { detail, ..Note::of(Kind::SessionsEnded, who, "") };
    security::note(request, conn, ended, request.services().now()).await
}

/// Ends every session of whoever this is.
///
/// # Errors
/// [`AppError::Unauthenticated`].
pub async fn sign_out_everywhere(request: &Request) -> Result<Signed, AppError> {
    let who = security::who(request.open().await?.require_signed_in()?);
    request.close().await;
    let mut conn = request.services().store.system().await?;
    identity::end_all_sessions(&mut conn, who).await?;
    note_ended(request, &mut conn, who, "所有设备").await?;
    Ok(Signed::out())
}

/// Where this account is signed in, the last used first (OWASP ASVS 3.3.4).
///
/// # Errors
/// [`AppError::Unauthenticated`].
pub async fn sessions(ctx: &mut Ctx, request: &Request) -> Result<Vec<identity::OpenSession>, AppError> {
    ctx.require_signed_in()?;
    let hash = request.token_hash().ok_or(AppError::Unauthenticated)?;
    Ok(identity::sessions_beside(&mut ctx.conn, &hash, ctx.now).await?)
}

/// Ends one of them. One that has ended already, or was never theirs, is as good as ended.
///
/// # Errors
/// [`AppError::Unauthenticated`].
pub async fn end_session(request: &Request, form: &Form) -> Result<Next, AppError> {
    let session = request.open().await?.require_signed_in()?.clone();
    request.close().await;
    if let Ok(id) = form.value("session").parse() {
        let mut conn = request.services().store.system().await?;
        let who = security::who(&session);
        if identity::end_session_of(&mut conn, who, id).await? {
            note_ended(request, &mut conn, who, "另一台设备").await?;
        }
    }
    let to = if matches!(session.identity, Identity::Staff(_)) { "/desk/account" } else { "/me" };
    Ok(Next::to(to).saying("已退出那台设备"))
}

/// What whoever is not known is counted by first: the address, and the site of an IPv6 address with three times as much, where somebody may
/// have a network for every try.
pub(super) fn per_address(request: &Request, what: &str, sentence: &'static str) -> Vec<Limit> {
    let (head, most) = (request.head(), request.services().codes_per_address);
    let limit = |place: String, most| Limit { key: format!("{what}:addr:{place}"), most, window: TEN_MINUTES, sentence };
    let mut limits = vec![limit(head.network(), most)];
    limits.extend(head.site().map(|site| limit(site, most.saturating_mul(3))));
    limits
}

/// The beginning of every counter of a sign-in name.
pub fn limits_of(login: &str) -> String {
    let name: String = login.chars().take(60).map(|c| if c == ':' { '_' } else { c }).collect();
    format!("staff:{name}:")
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
