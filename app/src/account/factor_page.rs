//! The second factor, and proving again who one is. Staff open these at a desktop with their phone beside them, on the way to something
//! else: one field, one button, and then on.

use super::factor::{self, RecoveryCodes, Standing};
use super::staff::Interrupted;
use crate::error::Stop;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, field, hidden, submit};
use crate::ui::{back, icon, section};
use domain::security::FactorRule;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;

const CODE: Field =
    Field {
        autocomplete: "one-time-code", max: 20, ..field("code", "验证码", "验证器里现在的 6 位数字，或一个恢复码")
    };
const FIRST: Field =
    Field { autocomplete: "one-time-code", inputmode: "numeric", max: 10, ..field("code", "验证器里的 6 位数字", "") };
const PASSWORD: Field =
    Field { kind: "password", autocomplete: "current-password", max: 200, ..field("confirm_password", "密码", "") };
const AGAIN: Field =
    Field {
        autocomplete: "one-time-code", max: 20, ..field("confirm_code", "验证码", "验证器里现在的 6 位数字，或一个恢复码")
    };

/// Staff whose password was right bring the second factor.
#[component]
pub fn StaffCodePage() -> impl IntoView {
    title("两步验证");
    let form = Form::typed();
    view! {
        <section class="card narrow">
            {form.summary()}
            <h1>"两步验证"</h1>
            <p class="lead">"密码对了。请打开手机上的验证器。"</p>
            <form method="post" action="/desk/sign-in/code" novalidate>
                {CODE.view(&form)}
                {submit("登录")}
            </form>
            <p class="muted">"手机和恢复码都不在手边的，请联系管理员。"</p>
        </section>
        <p class="aside"><a href="/desk/sign-in">{icon("left")}"换一个账号"</a></p>
    }
}

/// Setting the second factor up, and what can be done about it afterwards.
#[component]
pub fn FactorPage() -> impl IntoView {
    let request = Request::current();
    let (form, codes) = (Form::typed(), use_context::<RecoveryCodes>());
    reads(async move {
        let standing = factor::standing(&request).await?;
        title("两步验证");
        let body = match codes {
            Some(RecoveryCodes(codes)) => shown_once(codes),
            None => match standing {
                Standing::Off => view! { <p>"本系统没有启用两步验证。"</p> }.into_any(),
                Standing::None { due } => begin(due),
                Standing::Offered { picture, secret } => offered(picture, secret, &form),
                Standing::Set { codes, optional } => set(codes, optional),
            },
        };
        Ok::<_, Stop>(view! { {back("/desk/account", "账号")}{form.summary()}<h1>"两步验证"</h1>{body} }.into_any())
    })
}

/// A form that is only a button.
fn button(command: &'static str, label: &'static str, class: &'static str) -> AnyView {
    view! {
        <form method="post" action="/desk/account/factor">
            {hidden("do", command)}
            <button class=class>{label}</button>
        </form>
    }
    .into_any()
}

fn begin(due: bool) -> AnyView {
    let first = due.then(|| view! { <p class="flash warn">"您的岗位要先启用两步验证，才能使用工作台。"</p> });
    view! {
        {first}
        <section class="card narrow start">
            <p>"启用后，登录时除了密码，还要手机验证器里的 6 位数字，每 30 秒换一次。"</p>
            <p>"先在手机上装一个验证器（支持 TOTP 的都可以），再开始。"</p>
            {button("start", "开始设置", "button")}
        </section>
    }
    .into_any()
}

fn offered(picture: String, secret: String, form: &Form) -> AnyView {
    view! {
        <section class="card narrow start">
            <h2>"一、用验证器扫码"</h2>
            <div class="qr" role="img" aria-label="二维码，内容就是下面的密钥" inner_html=picture></div>
            <p>"不能扫码的，在验证器里选“手动输入”，类型“基于时间”，密钥："</p>
            <p><code class="secret">{secret}</code></p>
            <h2>"二、输入验证器里的数字"</h2>
            <form method="post" action="/desk/account/factor" novalidate>
                {hidden("do", "confirm")}
                {FIRST.view(form)}
                {submit("启用")}
            </form>
        </section>
    }
    .into_any()
}

fn shown_once(codes: Vec<String>) -> AnyView {
    let items = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    view! {
        <section class="card narrow start">
            <p class="flash" role="status">{icon("check")}"两步验证已启用。"</p>
            <h2>"恢复码"</h2>
            <p><strong>"只显示这一次。"</strong>"请抄下来或打印，放在手机以外的地方。手机不在时，一个恢复码可以代替一次验证码。"</p>
            <ol class="codes">{items}</ol>
            <p><a class="button" href="/desk">"记好了，去工作台"</a></p>
        </section>
    }
    .into_any()
}

fn set(codes: i64, optional: bool) -> AnyView {
    let few = (codes < 3).then(|| view! { <p class="flash warn">"恢复码快用完了，请换一组新的。"</p> });
    let phone = if optional {
        "换手机的，请先停用，再用新手机重新启用。"
    } else {
        "换手机的，请联系管理员重置，再用新手机重新启用。"
    };
    let remove = optional.then(|| button("remove", "停用两步验证", "button secondary"));
    section(
        "已启用",
        view! {
            {few}
            <p>{format!("还有 {codes} 个恢复码可用。换一组新的，旧的就都不能用了。")}</p>
            <p class="muted">{phone}</p>
            <div class="row">{button("codes", "换一组恢复码", "button secondary")}{remove}</div>
        },
    )
}

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct ConfirmQuery {
    back: Option<String>,
}

/// Who is at the keys? Asked before what cannot be taken back. The form that was stopped is carried, and goes on afterwards.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let query = use_query::<ConfirmQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    let (form, stopped) = (Form::typed(), use_context::<Interrupted>());
    reads(async move {
        let factor = {
            let ctx = request.open().await?;
            ctx.require_any_staff()?.second_factor && ctx.factor_rule != FactorRule::Off
        };
        title("确认身份");
        let form = form.or("confirm_back", query.back.unwrap_or_default());
        let (words, label) = if stopped.is_some() {
            ("这一步做了就不能收回，而您上次输入密码已经超过 10 分钟。刚才填写的内容都在，确认后直接继续。", "确认并继续")
        } else {
            ("确认后 10 分钟内不用再输入。", "确认")
        };
        let carried = stopped.map(|Interrupted { to, pairs }| {
            let pairs = pairs.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
            view! { {hidden("confirm_to", to)}{pairs.collect_view()} }
        });
        let view = view! {
            <section class="card narrow start">
                {form.summary()}
                <h1>"请确认是您本人"</h1>
                <p>{words}</p>
                <form method="post" action="/desk/confirm" novalidate>
                    {carried}
                    {hidden("confirm_back", form.value("confirm_back"))}
                    {PASSWORD.view(&form)}
                    {factor.then(|| AGAIN.view(&form))}
                    {submit(label)}
                </form>
            </section>
        };
        Ok(view.into_any())
    })
}
