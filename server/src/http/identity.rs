//! Signing in and out, choosing an enterprise, passwords, 关怀版.

use super::context::{COOKIE, ELDER, Failure, Reply, Req, append_cookie, hash_token, internal, random_hex, redirect};
use super::forms::plain;
use crate::password;
use crate::sms::CodeMessage;
use app::api::AppError;
use app::pages::account;
use app::ui::form::Form;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::mask;
use domain::phone::Mobile;
use domain::text::FieldError;
use rand::RngExt;
use sha2::{Digest, Sha256};
use store::Conn;
use store::identity::{CodeCheck, Identity, STAFF_SESSION_HOURS, Who};
use time::{Duration, OffsetDateTime};

/// How long a code may be used.
const CODE_LIFE: Duration = Duration::minutes(10);

/// `/`: to where whoever this is belongs.
pub async fn front(req: Req) -> Reply {
    if req.token_hash().is_none() {
        return Ok(req.page(StatusCode::OK, None, || account::sign_in(&Form::default())));
    }
    let ctx = req.open().await?;
    let to = match ctx.session.as_ref().map(|session| &session.identity) {
        None => "/sign-in",
        Some(Identity::Person(person)) if person.enterprise.is_none() => "/enterprises",
        Some(Identity::Person(_)) => "/home",
        Some(Identity::Staff(_)) => "/desk",
    };
    Ok(Redirect::to(to).into_response())
}

/// The sign-in page.
pub async fn sign_in(req: Req) -> Reply {
    Ok(req.page(StatusCode::OK, None, || account::sign_in(&Form::default())))
}

/// The staff sign-in page.
pub async fn staff_sign_in(req: Req) -> Reply {
    Ok(req.page(StatusCode::OK, None, || account::staff_sign_in(&Form::default())))
}

/// The form again, with a fault of a field.
fn again(req: &Req, form: Form, field: &str, message: &str, page: impl FnOnce(&Form) -> app::render::Page) -> Response {
    let form = form.with_errors(vec![FieldError::new(field, message)]);
    req.page(StatusCode::UNPROCESSABLE_ENTITY, None, || page(&form))
}

/// Counts against limits that hold across servers.
async fn within(conn: &mut Conn, key: &str, window: Duration, limit: i32, now: OffsetDateTime) -> Result<bool, Failure> {
    Ok(store::identity::hit_rate_limit(conn, key, window, limit, now).await?)
}

/// Sends a code. The answer is the same for every number: nobody learns who is a member.
pub async fn send_code(req: Req, body: Body) -> Reply {
    let form = plain(body).await?;
    let mobile = match Mobile::parse(form.value("phone")) {
        Ok(mobile) => mobile,
        Err(error) => return Ok(again(&req, form, "phone", &error.to_string(), account::sign_in)),
    };
    let now = req.state.now();
    let mut conn = req.state.store.system().await?;
    let ten = Duration::minutes(10);
    let address = format!("code:addr:{}", req.address());
    let per_phone = within(&mut conn, &format!("code:phone:{mobile}"), ten, 5, now).await?;
    if !per_phone || !within(&mut conn, &address, ten, req.state.config.codes_per_address, now).await? {
        return Ok(again(&req, form, "phone", "获取验证码太频繁，请 10 分钟后再试", account::sign_in));
    }
    let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
    store::identity::put_login_code(&mut conn, mobile.as_str(), &code_hash(&mobile, &code), now + CODE_LIFE).await?;
    let message = CodeMessage { phone: mobile.to_string(), code: code.clone() };
    let payload = serde_json::to_value(&message).map_err(internal)?;
    store::job::enqueue(&mut conn, store::job::Kind::Sms, &payload, now).await?;
    let shown = req.state.config.demo.then_some(code);
    let form = Form::new(vec![("phone".into(), mobile.to_string()), ("back".into(), form.value("back").to_owned())]);
    let masked = mask::phone(mobile.as_str());
    Ok(req.page(StatusCode::OK, None, || account::code(&form, &masked, shown.as_deref())))
}

fn code_hash(mobile: &Mobile, code: &str) -> [u8; 32] {
    Sha256::digest(format!("{mobile}:{code}").as_bytes()).into()
}

/// Checks a code and opens a session.
pub async fn check_code(req: Req, body: Body) -> Reply {
    let form = plain(body).await?;
    let Ok(mobile) = Mobile::parse(form.value("phone")) else { return Ok(Redirect::to("/sign-in").into_response()) };
    let masked = mask::phone(mobile.as_str());
    let page = |form: &Form| account::code(form, &masked, None);
    let typed: String = domain::text::half_width(form.value("code")).chars().filter(char::is_ascii_digit).collect();
    if typed.len() != 6 {
        return Ok(again(&req, form, "code", "请填写 6 位数字验证码", page));
    }
    let now = req.state.now();
    let mut conn = req.state.store.system().await?;
    let key = format!("try:addr:{}", req.address());
    if !within(&mut conn, &key, Duration::minutes(10), req.state.config.codes_per_address, now).await? {
        return Ok(again(&req, form, "code", "尝试太频繁，请 10 分钟后再试", page));
    }
    match store::identity::take_login_code(&mut conn, mobile.as_str(), &code_hash(&mobile, &typed), now).await? {
        CodeCheck::Right => {}
        CodeCheck::Wrong => return Ok(again(&req, form, "code", "验证码不对，请再看一下短信", page)),
        CodeCheck::Spent => return Ok(again(&req, form, "code", "验证码已失效，请重新获取", page)),
    }
    // A person signs in for the first time under the number's last digits, until a station knows the name.
    let name = format!("用户{}", &mobile.as_str()[7..]);
    let person = store::identity::person_of_phone(&mut conn, mobile.as_str(), &name, now).await?;
    let list = store::identity::enterprises_of(&mut conn, person).await?;
    let only = if let [only] = list.as_slice() { Some(only.id) } else { None };
    let to = match (form.value("back"), only) {
        (_, None) => "/enterprises".to_owned(),
        (back, Some(_)) if own_path(back) && !back.starts_with("/desk") => back.to_owned(),
        _ => "/home".to_owned(),
    };
    start_session(&req, &mut conn, Who::Person(person, only), now, &to).await
}

/// Opens a session and sends its token, whose hash alone is kept. An older session of the same browser ends.
async fn start_session(req: &Req, conn: &mut Conn, who: Who, now: OffsetDateTime, to: &str) -> Reply {
    if let Some(old) = req.token_hash() {
        store::identity::end_session(conn, &old).await?;
    }
    let token = random_hex::<32>();
    store::identity::create_session(conn, &hash_token(&token), who, now, req.user_agent()).await?;
    let life = match who {
        Who::Person(..) => Duration::days(store::identity::SESSION_DAYS),
        Who::Staff(_) => Duration::hours(STAFF_SESSION_HOURS),
    };
    let mut response = Redirect::to(to).into_response();
    append_cookie(response.headers_mut(), &session_cookie(req, &token, life.whole_seconds()));
    Ok(response)
}

fn session_cookie(req: &Req, token: &str, seconds: i64) -> String {
    let secure = if req.state.config.tls { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// A path of this site, nothing that leads elsewhere.
fn own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.contains(char::is_control)
}

/// The enterprises to choose from.
pub async fn enterprises(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    let person = ctx.require_person()?.clone();
    let list = store::identity::enterprises_of(&mut ctx.conn, person.person).await?;
    let current = person.enterprise.map(|chosen| chosen.id);
    Ok(req.page(StatusCode::OK, Some(&ctx), || account::choose(&list, current)))
}

/// Chooses one.
pub async fn choose(req: Req, body: Body) -> Reply {
    let ctx = req.open().await?;
    ctx.require_person()?;
    drop(ctx);
    let form = plain(body).await?;
    let enterprise: i64 = form.value("enterprise").parse().map_err(|_| AppError::NotFound)?;
    let hash = req.token_hash().ok_or(AppError::Unauthenticated)?;
    let mut conn = req.state.store.system().await?;
    if !store::identity::choose_enterprise(&mut conn, &hash, enterprise).await? {
        return Err(AppError::NotFound.into());
    }
    Ok(Redirect::to("/home").into_response())
}

/// Ends this session.
pub async fn sign_out(req: Req) -> Reply {
    if let Some(hash) = req.token_hash() {
        let mut conn = req.state.store.system().await?;
        store::identity::end_session(&mut conn, &hash).await?;
    }
    Ok(gone(&req))
}

/// Ends every session of whoever this is.
pub async fn sign_out_everywhere(req: Req) -> Reply {
    let ctx = req.open().await?;
    let who = match ctx.session.as_ref().map(|session| &session.identity) {
        None => return Err(AppError::Unauthenticated.into()),
        Some(Identity::Person(person)) => Who::Person(person.person, None),
        Some(Identity::Staff(staff)) => Who::Staff(staff.id),
    };
    drop(ctx);
    let mut conn = req.state.store.system().await?;
    store::identity::end_all_sessions(&mut conn, who).await?;
    Ok(gone(&req))
}

fn gone(req: &Req) -> Response {
    let mut response = redirect("/sign-in", Some("已退出登录"));
    append_cookie(response.headers_mut(), &session_cookie(req, "", 0));
    response
}

/// Checks a name and a password. Whatever is wrong, the sentence and the time it takes are the same.
pub async fn staff_check(req: Req, body: Body) -> Reply {
    let form = plain(body).await?;
    let now = req.state.now();
    let mut conn = req.state.store.system().await?;
    let key = format!("staff:addr:{}", req.address());
    if !within(&mut conn, &key, Duration::minutes(10), req.state.config.codes_per_address, now).await? {
        return Ok(again(&req, form, "login", "尝试太频繁，请 10 分钟后再试", account::staff_sign_in));
    }
    let found = store::identity::credentials(&mut conn, form.value("login").trim()).await?;
    let usable = found.filter(|found| found.active && found.locked_until.is_none_or(|until| until <= now));
    let hash = usable.as_ref().map_or_else(|| NOBODY.to_owned(), |found| found.password_hash.clone());
    let password = form.value("password").to_owned();
    let right = tokio::task::spawn_blocking(move || password::verify(&password, &hash)).await.map_err(internal)?;
    match usable {
        Some(found) if right => {
            store::identity::sign_in_succeeded(&mut conn, found.id).await?;
            let to = form.value("back");
            let to = if own_path(to) && to.starts_with("/desk") { to } else { "/desk" };
            start_session(&req, &mut conn, Who::Staff(found.id), now, to).await
        }
        other => {
            if let Some(found) = other {
                store::identity::sign_in_failed(&mut conn, found.id, now).await?;
            }
            let sentence = "用户名或密码不对。连续输错 5 次会暂时锁定";
            Ok(again(&req, form, "login", sentence, account::staff_sign_in))
        }
    }
}

/// What an unknown name is checked against, so that it takes as long; no password fits it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The staff account.
pub async fn account(req: Req) -> Reply {
    let ctx = req.open().await?;
    let staff = ctx.require_staff()?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || account::staff_account(&Form::default(), &staff)))
}

/// Changes the own password; every other session of the account ends.
pub async fn change_password(req: Req, body: Body) -> Reply {
    let ctx = req.open().await?;
    let staff = ctx.require_staff()?;
    drop(ctx);
    let form = plain(body).await?;
    let now = req.state.now();
    let mut conn = req.state.store.system().await?;
    let Some(found) = store::identity::credentials(&mut conn, &staff.login).await? else {
        return Err(AppError::Unauthenticated.into());
    };
    let page = |form: &Form| account::staff_account(form, &staff);
    let fresh = form.value("new_password").to_owned();
    if let Some(fault) = password::fault(&fresh, &staff.login) {
        return Ok(again(&req, form, "new_password", fault, page));
    }
    if form.value("repeat") != fresh {
        return Ok(again(&req, form, "repeat", "两次输入的新密码不一样", page));
    }
    if form.value("password") == fresh {
        return Ok(again(&req, form, "new_password", "新密码不能与旧密码相同", page));
    }
    let old = form.value("password").to_owned();
    let hashed = tokio::task::spawn_blocking(move || {
        if password::verify(&old, &found.password_hash) { password::hash(&fresh).map(Some) } else { Ok(None) }
    });
    let Some(hashed) = hashed.await.map_err(internal)?.map_err(internal)? else {
        store::identity::sign_in_failed(&mut conn, staff.id, now).await?;
        return Ok(again(&req, form, "password", "原密码不对", page));
    };
    store::identity::set_password(&mut conn, staff.id, &hashed, false).await?;
    store::identity::end_all_sessions(&mut conn, Who::Staff(staff.id)).await?;
    start_session(&req, &mut conn, Who::Staff(staff.id), now, "/desk").await
}

/// Switches 关怀版 and goes back.
pub async fn elder(body: Body) -> Reply {
    let form = plain(body).await?;
    let on = if form.value("on") == "1" { "1" } else { "0" };
    let back = form.value("back");
    let mut response = Redirect::to(if own_path(back) { back } else { "/" }).into_response();
    append_cookie(response.headers_mut(), &format!("{ELDER}={on}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"));
    Ok(response)
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
