//! Opened by the city's administrator at a desktop, when a channel is connected, or its key is lost.

use super::act::{NewKey, PATH};
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, choice, choices, field, submit};
use crate::ui::{back, empty, icon, section, tag};
use ::time::OffsetDateTime;
use domain::api_key::Scope;
use domain::calendar::words::moment;
use domain::issue::Channel;
use leptos::prelude::*;
use store::api_key::ApiKey;

const NAME: Field = Field { max: 30, ..field("name", "名称", "接入方的名字，例如：12345 热线平台") };
const A_MINUTE_FIELD: Field =
    Field { max: 5, inputmode: "numeric", optional: true, ..field("a_minute", "每分钟最多请求", "不填为 120 次") };
const A_DAY_FIELD: Field =
    Field { max: 7, inputmode: "numeric", optional: true, ..field("a_day", "每天最多请求", "不填为 20000 次") };

/// The keys, and the form that adds one.
#[component]
pub fn KeysPage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    let new = use_context::<NewKey>();
    reads(async move {
        let (keys, now) = {
            let mut ctx = request.open().await?;
            ctx.require_key_keeper()?;
            (store::api_key::list(&mut ctx.conn).await?, ctx.now)
        };
        title("接口密钥");
        Ok(show(keys, new, &form, now))
    })
}

fn show(keys: Vec<ApiKey>, new: Option<NewKey>, form: &Form, now: OffsetDateTime) -> AnyView {
    let shown = new.map(|new| {
        view! {
            <div class="flash" role="status">
                {icon("lock")}
                <span>
                    {format!("{} 的密钥，只显示这一次：", new.name)}<br/><strong id="new-key" class="secret">{new.key}</strong><br/>
                    "请现在交给接入方的负责人，不要发到群里。没有记下的，用“更换密钥”再取一个。"
                </span>
            </div>
        }
    });
    let list = if keys.is_empty() {
        empty("还没有密钥。", None)
    } else {
        view! {
            <p class="muted">"密钥泄露或丢失时用“更换密钥”：旧密钥立即失效，已提交的诉求和推送地址不变；泄露过的，请核对推送地址。停用后不能恢复。"</p>
            <ul class="cells">{keys.into_iter().map(|key| row(&key, now)).collect_view()}</ul>
        }
        .into_any()
    };
    let scopes = Scope::ALL.iter().map(|scope| choice(scope.code(), scope.label())).collect();
    let channels = Channel::OUTER.iter().map(|channel| choice(channel.code(), channel.label())).collect();
    view! {
        {back("/desk/admin", "系统管理")}
        {form.summary()}
        {shown}
        <h1>"接口密钥"</h1>
        <p class="muted">
            "热线、会议、上级平台凭密钥提交企业诉求、查询进度。接口说明："<a href="/api/v1/docs">"/api/v1/docs"</a>
            "；Open311 的地址是 /open311/v2。"
        </p>
        <div class="two-columns">
            <div>{section("密钥", list)}</div>
            <section class="card start">
                <h2>"添加"</h2>
                <form method="post" action=PATH class="stack" novalidate>
                    {NAME.view(form)}
                    {choices(form, "radio", "channel", "渠道", "", channels)}
                    {choices(form, "checkbox", "scope", "可以做什么", "", scopes)}
                    {A_MINUTE_FIELD.view(form)}
                    {A_DAY_FIELD.view(form)}
                    {submit("添加密钥")}
                </form>
            </section>
        </div>
    }
    .into_any()
}

fn row(key: &ApiKey, now: OffsetDateTime) -> AnyView {
    let channel = Channel::from_code(&key.channel).map_or_else(|| key.channel.clone(), |channel| channel.label().to_owned());
    let when = |at: Option<OffsetDateTime>, none: &str| at.map_or_else(|| none.to_owned(), |at| moment(at, now));
    let by = if key.created_by.is_empty() { "命令行".to_owned() } else { key.created_by.clone() };
    let line = format!(
        "{channel} · {by} {} 添加 · 最近使用：{} · 已提交 {} 件",
        moment(key.created_at, now),
        when(key.used_at, "未使用"),
        key.filed
    );
    let may: Vec<&str> = key.scopes.iter().filter_map(|code| Scope::from_code(code)).map(Scope::label).collect();
    let limits = format!("{} · 每分钟 {} 次，每天 {} 次", may.join("；"), key.a_minute, key.a_day);
    let webhooks = (key.webhooks > 0 || key.dead > 0).then(|| {
        let words = match key.dead {
            0 => format!("推送通知：{} 个地址", key.webhooks),
            dead => format!("推送通知：{} 个地址，{dead} 条没有送达", key.webhooks),
        };
        view! { <p><a href=format!("{PATH}/{}", key.id)>{words}</a></p> }
    });
    let end = match key.revoked_at {
        Some(at) => view! { <p class="muted">{tag("quiet", icon("lock"), "已停用")}" "{moment(at, now)}</p> }.into_any(),
        None => {
            let action = |what: &str| format!("{PATH}/{}/{what}", key.id);
            view! {
                <div class="row">
                    <form method="post" action=action("replace")><button class="button secondary">"更换密钥"</button></form>
                    <form method="post" action=action("revoke")><button class="button secondary">"停用"</button></form>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <li class="cell">
            <div><span class="cell-head"><strong>{key.name.clone()}</strong></span><span class="muted">{line}</span><span class="muted">{limits}</span>{webhooks}{end}</div>
        </li>
    }
    .into_any()
}
