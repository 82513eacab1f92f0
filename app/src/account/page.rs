//! Signing in and the account.
//!
//! An owner opens this on a phone, with two minutes and perhaps old eyes: one number, one code, in. Staff open it once a morning on a
//! desktop: a name and a password.

use super::act::{self, CodeSent};
use crate::error::Stop;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, field, hidden, submit};
use crate::ui::{HOTLINE, HOTLINE_LINK, figures, icon, section};
use domain::calendar::local;
use domain::calendar::words::moment;
use domain::mask;
use domain::security::FactorRule;
use leptos::prelude::*;
use store::identity::{MyEnterprise, OpenSession, StaffIdentity};
use store::reference::Reference;
use time::OffsetDateTime;

const PHONE: Field =
    Field { kind: "tel", autocomplete: "tel-national", inputmode: "numeric", max: 20, ..field("phone", "手机号", "") };
const CODE: Field = Field { autocomplete: "one-time-code", inputmode: "numeric", max: 6, ..field("code", "验证码", "") };
const LOGIN: Field = Field { autocomplete: "username", max: 60, ..field("login", "用户名", "") };
const PASSWORD: Field = Field { kind: "password", autocomplete: "current-password", max: 200, ..field("password", "密码", "") };
const NEW_PASSWORD: Field = Field {
    kind: "password",
    autocomplete: "new-password",
    max: 200,
    ..field("new_password", "新密码", "至少 12 个字符，可以是几个不相干的词")
};
const REPEAT: Field =
    Field { kind: "password", autocomplete: "new-password", max: 200, ..field("repeat", "再输一次新密码", "") };

/// `/`: whoever is signed in is led to where they belong, anybody else signs in here.
#[component]
pub fn FrontPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        if request.head().token.is_some() {
            return Err(Stop::redirect(act::front(&request).await?));
        }
        Ok(view! { <SignInPage/> }.into_any())
    })
}

/// The first page of whoever is not signed in.
#[component]
pub fn SignInPage() -> impl IntoView {
    title("登录");
    let form = Form::typed();
    view! {
        <section class="card narrow">
            {form.summary()}
            <h1>"登录企服空间"</h1>
            <p class="lead">"提诉求、看进度、评服务。办事只要一部手机。"</p>
            <form method="post" action="/sign-in" novalidate>
                {hidden("back", form.value("back"))}
                {PHONE.view(&form)}
                {submit("获取验证码")}
            </form>
            <p class="muted">"验证码 10 分钟内有效。我们只用手机号确认您的身份、联系您办事。"<a href="/privacy">"隐私说明"</a></p>
        </section>
        <p class="aside"><a href="/desk/sign-in">{icon("building")}"工作人员登录"</a></p>
    }
}

/// The code that was sent. Opened without one, it leads back to the number.
#[component]
pub fn CodePage() -> impl IntoView {
    let sent = use_context::<CodeSent>();
    let form = Form::typed();
    let now = Request::current().services().now();
    reads(async move {
        let sent = sent.ok_or(Stop::redirect("/sign-in"))?;
        title("输入验证码");
        let shown = sent
            .shown
            .clone()
            .map(|code| view! { <p class="flash" role="status">"演示环境，验证码是 "<strong id="demo-code">{code}</strong></p> });
        let phone = sent.mobile.to_string();
        let resend = resend(&sent, form.value("back"), now);
        let after = sent.after.map(|after| after.unix_timestamp().to_string()).unwrap_or_default();
        let view = view! {
            <section class="card narrow">
                {form.summary()}
                <h1>"输入验证码"</h1>
                <p class="lead">"已发送到 "{mask::phone(&phone)}</p>
                {shown}
                <form method="post" action="/sign-in/code" novalidate>
                    {hidden("phone", phone.clone())}
                    {hidden("back", form.value("back"))}
                    {hidden("after", after)}
                    {CODE.view(&form)}
                    {submit("登录")}
                </form>
                {resend}
                <p><a href="/sign-in">"换一个手机号"</a></p>
            </section>
        };
        Ok(view.into_any())
    })
}

/// The way to another code, and when there is one: the moment in words, and on a page that was just sent a countdown that needs no script.
fn resend(sent: &CodeSent, back: &str, now: OffsetDateTime) -> AnyView {
    let phone = sent.mobile.to_string();
    let left = sent.after.map(|after| (after - now).whole_seconds()).filter(|left| *left > 0);
    let words = sent.after.filter(|_| left.is_some()).map(|after| {
        let at = local(after);
        format!("{:02}:{:02}:{:02} 后可以重新发送", at.hour(), at.minute(), at.second())
    });
    // The style sheet counts a minute; any other time is said in words alone.
    let minute = left.is_some_and(|left| (58..=60).contains(&left));
    let countdown = minute.then(|| view! { <span aria-hidden="true">"（还剩 "<span class="countdown"></span>" 秒）"</span> });
    let early = sent.early.then(|| view! { <p class="fault" role="alert">{icon("warn")}"刚刚发过一条，请先查收短信"</p> });
    view! {
        {early}
        {words.map(|words| view! { <p class="hint" role="status">"没收到？"{words}{countdown}</p> })}
        <form class="inline" class:later=minute method="post" action="/sign-in">
            {hidden("phone", phone)}
            {hidden("back", back)}
            <button class="link">"重新发送验证码"</button>
        </form>
    }
    .into_any()
}

/// Which enterprise to act for.
#[component]
pub fn ChoosePage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let (list, current) = act::enterprises(&request).await?;
        let reference = request.services().tables().reference;
        title("选择企业");
        let body = if list.is_empty() {
            view! {
                <p>"这个手机号还没有关联企业。企业负责人可以在“我的”里添加您；也可以带营业执照到就近的企服驿站，工作人员当场为您登记。"</p>
                <p><a class="button" href=HOTLINE_LINK>{icon("phone")}<span>"问驿站地址："{HOTLINE}</span></a></p>
                <form method="post" action="/sign-out"><button class="button secondary">"退出，换一个手机号"</button></form>
            }
            .into_any()
        } else {
            let items =
                list.iter().map(|enterprise| choice(enterprise, current == Some(enterprise.id), &reference)).collect_view();
            view! { <ul class="cells">{items}</ul> }.into_any()
        };
        let heading = if list.is_empty() { "请先关联企业" } else { "为哪家企业办事？" };
        Ok(view! { <section class="card narrow"><h1>{heading}</h1>{body}</section> }.into_any())
    })
}

fn choice(enterprise: &MyEnterprise, current: bool, reference: &Reference) -> AnyView {
    let place = reference.area(enterprise.area);
    let role = enterprise.role.label();
    let mark = current.then(|| view! { <span class="tag ok">{icon("check")}"当前"</span> });
    view! {
        <li class="cell">
            <form method="post" action="/enterprises">
                {hidden("enterprise", enterprise.id.to_string())}
                <button>
                    <span class="cell-head"><strong>{enterprise.name.clone()}</strong>{mark}</span>
                    <span class="muted">{format!("{} · {place} · {role}", enterprise.uscc)}</span>
                </button>
            </form>
        </li>
    }
    .into_any()
}

/// Staff sign in.
#[component]
pub fn StaffSignInPage() -> impl IntoView {
    title("工作人员登录");
    let form = Form::typed();
    view! {
        <section class="card narrow">
            {form.summary()}
            <h1>"工作人员登录"</h1>
            <form method="post" action="/desk/sign-in" novalidate>
                {hidden("back", form.value("back"))}
                {LOGIN.view(&form)}
                {PASSWORD.view(&form)}
                {submit("登录")}
            </form>
        </section>
        <p class="aside"><a href="/sign-in">{icon("person")}"企业用户登录"</a></p>
    }
}

/// The staff account: password, sessions.
#[component]
pub fn AccountPage() -> impl IntoView {
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let mut ctx = request.open().await?;
        let staff = ctx.require_any_staff()?;
        let leave = leave(&act::sessions(&mut ctx, &request).await?, ctx.now);
        let factor = second_factor(&staff, ctx.factor_rule);
        drop(ctx);
        title("账号");
        let first = staff.must_change_password.then(|| view! { <p class="flash warn">"第一次登录，请先换一个自己的密码。"</p> });
        let view = view! {
            <h1>{staff.name.clone()}</h1>
            <p class="muted">{format!("{} · {} · 用户名 {}", staff.organisation, staff.duty.label(), staff.login)}</p>
            <section class="card narrow start">
                {form.summary()}
                <h2>"修改密码"</h2>
                {first}
                <form method="post" action="/desk/password" novalidate>
                    {PASSWORD.view(&form)}
                    {NEW_PASSWORD.view(&form)}
                    {REPEAT.view(&form)}
                    {submit("保存新密码")}
                </form>
            </section>
            {factor}
            {section("提醒我的方式", view! { <p><a class="button secondary" href="/desk/notices">"手机号、邮箱"</a></p> })}
            {leave}
        };
        Ok(view.into_any())
    })
}

/// Where the second factor is set up, for whoever may.
fn second_factor(staff: &StaffIdentity, rule: FactorRule) -> Option<AnyView> {
    if staff.must_change_password || rule == FactorRule::Off {
        return None;
    }
    let (words, label) = if staff.second_factor {
        ("已启用：登录时除了密码，还要验证器里的 6 位数字。", "管理")
    } else {
        ("没有启用。启用后，别人知道了密码也登录不了。", "启用")
    };
    let body = view! {
        <p>{words}</p>
        <p><a class="button secondary" href="/desk/account/factor">{label}<span class="hidden">"两步验证"</span></a></p>
    };
    Some(section("两步验证", body))
}

/// What a browser is, as far as one recognises one's own by it.
pub(super) fn device(user_agent: &str) -> String {
    let first = |names: &[(&'static str, &'static str)], or: &'static str| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map_or(or, |(_, name)| name)
    };
    let system = first(
        &[
            ("HarmonyOS", "鸿蒙设备"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "安卓设备"),
            ("Windows", "Windows 电脑"),
            ("Mac OS", "苹果电脑"),
            ("Linux", "Linux 电脑"),
        ],
        "其他设备",
    );
    let browser = first(
        &[("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")],
        "其他浏览器",
    );
    format!("{system} · {browser}")
}

fn open_session(session: &OpenSession, now: OffsetDateTime) -> impl IntoView + use<> {
    let when = |at| moment(at, now);
    let line = format!("登录于 {}，最近使用 {}", when(session.created_at), when(session.seen_at));
    let id = session.id.to_string();
    let aside = if session.current {
        view! { <span class="tag ok">{icon("check")}"这台设备"</span> }.into_any()
    } else {
        view! {
            <form method="post" action="/sign-out/device">
                {hidden("session", id)}
                <button class="button secondary">"退出"<span class="hidden">{format!("，{line}")}</span></button>
            </form>
        }
        .into_any()
    };
    view! { <li class="cell"><div><strong>{device(&session.user_agent)}</strong><span class="muted">{figures(&line)}</span></div>{aside}</li> }
}

/// Signing out: here, on one other device, everywhere.
pub fn leave(sessions: &[OpenSession], now: OffsetDateTime) -> AnyView {
    let others = (sessions.len() > 1).then(|| {
        let rows = sessions.iter().map(|session| open_session(session, now)).collect_view();
        view! { <h3>"登录的设备"</h3><ul class="cells">{rows}</ul> }
    });
    let everywhere = (sessions.len() > 1).then(|| {
        view! { <form method="post" action="/sign-out/everywhere"><button class="button secondary">"退出所有设备"</button></form> }
    });
    section(
        "退出登录",
        view! {
            {others}
            <div class="row">
                <form method="post" action="/sign-out"><button class="button secondary">{icon("out")}"退出"</button></form>
                {everywhere}
            </div>
        },
    )
    .into_any()
}
