//! Opened by the city's administrator at a desktop, when a channel is connected, or its key is lost.

use super::act::{NewKey, PATH};
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, choice, choices, field, submit};
use crate::ui::{back, empty, icon, section, tag};
use ::time::OffsetDateTime;
use domain::calendar::words::moment;
use domain::issue::Channel;
use leptos::prelude::*;
use store::api_key::ApiKey;

const NAME: Field = Field { max: 30, ..field("name", "名称", "接入方的名字，例如：12345 热线平台") };

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
                    "请现在交给接入方的负责人，不要发到群里。没有记下的，停用后再添加一个。"
                </span>
            </div>
        }
    });
    let list = if keys.is_empty() {
        empty("还没有密钥。", None)
    } else {
        view! { <ul class="cells">{keys.into_iter().map(|key| row(&key, now)).collect_view()}</ul> }.into_any()
    };
    let channels = Channel::OUTER.iter().map(|channel| choice(channel.code(), channel.label())).collect();
    view! {
        {back("/desk/admin", "系统管理")}
        {form.summary()}
        {shown}
        <h1>"接口密钥"</h1>
        <p class="muted">"热线、会议、上级平台凭密钥提交企业诉求、查询进度（Open311 接口，地址 /open311/v2）。"</p>
        <div class="two-columns">
            <div>{section("密钥", list)}</div>
            <section class="card start">
                <h2>"添加"</h2>
                <form method="post" action=PATH class="stack" novalidate>
                    {NAME.view(form)}
                    {choices(form, "radio", "channel", "渠道", "", channels)}
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
    let end = match key.revoked_at {
        Some(at) => view! { <p class="muted">{tag("quiet", icon("lock"), "已停用")}" "{moment(at, now)}</p> }.into_any(),
        None => {
            let action = format!("{PATH}/{}/revoke", key.id);
            view! { <form method="post" action=action><button class="button secondary">"停用"</button></form> }.into_any()
        }
    };
    view! {
        <li class="cell">
            <div><span class="cell-head"><strong>{key.name.clone()}</strong></span><span class="muted">{line}</span>{end}</div>
        </li>
    }
    .into_any()
}
