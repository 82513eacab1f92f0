//! Signing in and the account.
//!
//! An owner opens this on a phone, with two minutes and perhaps old eyes: one number, one code, in. Staff open it once a morning on a
//! desktop: a name and a password.

use crate::render::Page;
use crate::shell::{Chrome, Section};
use crate::ui::form::{Field, Form, field, hidden, submit};
use crate::ui::{icon, section};
use domain::area;
use leptos::prelude::*;
use store::identity::{MyEnterprise, StaffIdentity};

const PHONE: Field =
    Field { kind: "tel", autocomplete: "tel-national", inputmode: "numeric", max: 20, ..field("phone", "手机号", "") };
const CODE: Field = Field { autocomplete: "one-time-code", inputmode: "numeric", max: 6, ..field("code", "验证码", "") };
const LOGIN: Field = Field { autocomplete: "username", max: 60, ..field("login", "用户名", "") };
const PASSWORD: Field = Field { kind: "password", autocomplete: "current-password", max: 200, ..field("password", "密码", "") };
const NEW_PASSWORD: Field = Field {
    kind: "password",
    autocomplete: "new-password",
    max: 200,
    ..field("new_password", "新密码", "至少 10 个字符，不要与用户名相同")
};
const REPEAT: Field =
    Field { kind: "password", autocomplete: "new-password", max: 200, ..field("repeat", "再输一次新密码", "") };

/// The first page of whoever is not signed in.
pub fn sign_in(form: &Form) -> Page {
    Page::new(
        "登录",
        Chrome::Plain,
        view! {
            <section class="card narrow">
                {form.summary()}
                <h1>"登录企服空间"</h1>
                <p class="lead">"提诉求、看进度、评服务。办事只要一部手机。"</p>
                <form method="post" action="/sign-in" novalidate>
                    {hidden("back", form.value("back"))}
                    {PHONE.view(form)}
                    {submit("获取验证码")}
                </form>
                <p class="muted">"验证码 10 分钟内有效。我们只用手机号确认您的身份。"</p>
            </section>
            <p class="aside"><a href="/desk/sign-in">{icon("building")}"工作人员登录"</a></p>
        },
    )
}

/// The code that was sent. `shown` is the code itself, in demo mode only.
pub fn code(form: &Form, masked: &str, shown: Option<&str>) -> Page {
    let shown = shown.map(|code| {
        let code = code.to_owned();
        view! { <p class="flash" role="status">"演示环境，验证码是 "<strong id="demo-code">{code}</strong></p> }
    });
    let masked = masked.to_owned();
    Page::new(
        "输入验证码",
        Chrome::Plain,
        view! {
            <section class="card narrow">
                {form.summary()}
                <h1>"输入验证码"</h1>
                <p class="lead">"已发送到 "{masked}</p>
                {shown}
                <form method="post" action="/sign-in/code" novalidate>
                    {hidden("phone", form.value("phone"))}
                    {hidden("back", form.value("back"))}
                    {CODE.view(form)}
                    {submit("登录")}
                </form>
                <form class="inline" method="post" action="/sign-in">
                    {hidden("phone", form.value("phone"))}
                    {hidden("back", form.value("back"))}
                    <button class="link">"没收到？重新发送"</button>
                </form>
                <p><a href="/sign-in">"换一个手机号"</a></p>
            </section>
        },
    )
}

/// Which enterprise to act for.
pub fn choose(list: &[MyEnterprise], current: Option<i64>) -> Page {
    let items = list.iter().map(|enterprise| {
        let place = area::name(enterprise.area);
        let role = if enterprise.role == domain::actor::MemberRole::Owner { "负责人" } else { "经办人" };
        let mark = (current == Some(enterprise.id)).then(|| view! { <span class="tag ok">{icon("check")}"当前"</span> });
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
    });
    let body = if list.is_empty() {
        view! {
            <p>"这个手机号还没有关联企业。"</p>
            <p>"请带营业执照到就近的企服驿站，或致电企服中心，工作人员当场为您关联。"</p>
            <form method="post" action="/sign-out"><button class="button secondary">"退出，换一个手机号"</button></form>
        }
        .into_any()
    } else {
        view! { <ul class="cells">{items.collect_view()}</ul> }.into_any()
    };
    Page::new("选择企业", Chrome::Plain, view! { <section class="card narrow"><h1>"为哪家企业办事？"</h1>{body}</section> })
}

/// Staff sign in.
pub fn staff_sign_in(form: &Form) -> Page {
    Page::new(
        "工作人员登录",
        Chrome::Plain,
        view! {
            <section class="card narrow">
                {form.summary()}
                <h1>"工作人员登录"</h1>
                <form method="post" action="/desk/sign-in" novalidate>
                    {hidden("back", form.value("back"))}
                    {LOGIN.view(form)}
                    {PASSWORD.view(form)}
                    {submit("登录")}
                </form>
            </section>
            <p class="aside"><a href="/sign-in">{icon("person")}"企业用户登录"</a></p>
        },
    )
}

/// The staff account: password, sessions.
pub fn staff_account(form: &Form, staff: &StaffIdentity) -> Page {
    let first = staff.must_change_password.then(|| view! { <p class="flash warn">"第一次登录，请先换一个自己的密码。"</p> });
    let chrome = if staff.must_change_password { Chrome::Plain } else { Chrome::Desk(Section::Account) };
    Page::new(
        "账号",
        chrome,
        view! {
            <h1>{staff.name.clone()}</h1>
            <p class="muted">{format!("{} · {} · 用户名 {}", staff.organisation, staff.duty.label(), staff.login)}</p>
            <section class="card narrow start">
                {form.summary()}
                <h2>"修改密码"</h2>
                {first}
                <form method="post" action="/desk/password" novalidate>
                    {PASSWORD.view(form)}
                    {NEW_PASSWORD.view(form)}
                    {REPEAT.view(form)}
                    {submit("保存新密码")}
                </form>
            </section>
            {leave()}
        },
    )
}

/// Signing out, here and everywhere.
pub fn leave() -> AnyView {
    section(
        "退出登录",
        view! {
            <div class="row">
                <form method="post" action="/sign-out"><button class="button secondary">{icon("out")}"退出"</button></form>
                <form method="post" action="/sign-out/everywhere"><button class="button secondary">"退出所有设备"</button></form>
            </div>
        },
    )
}
