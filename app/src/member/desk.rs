//! Registering people in person (当场登记, S-3): somebody stands at the desk with a licence and an identity card, wants to act for a firm, and
//! has a queue behind them. Staff open this at a centre or a station; the centre reads here what its stations registered.

use super::act::areas;
use super::entry::history;
use super::read::{self, AtDesk, Desk};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, choice, choices, field, hidden, select, submit};
use crate::ui::{back, facts, icon, section, words};
use domain::actor::{AreaCode, EnterpriseId, MemberRole};
use domain::enterprise::Scale;
use domain::member::Paper;
use domain::{area, mask};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;
use store::member::Member;
use time::OffsetDateTime;

const NAME: Field = Field { max: 30, ..field("name", "姓名", "与身份证一致") };
const PHONE: Field =
    Field { kind: "tel", inputmode: "tel", max: 20, ..field("phone", "手机号", "请本人当场确认，以后用它登录") };
const NOTE: Field = Field { rows: 2, max: 200, optional: true, ..field("note", "备注", "不要写证件号码") };
const REASON: Field = Field {
    rows: 2,
    max: 200,
    optional: true,
    ..field("reason", "已有负责人，为什么再登记一位", "登记负责人时必填，例如：法定代表人变更")
};
const USCC: Field = Field { max: 24, ..field("uscc", "统一社会信用代码", "18 位，照营业执照填写") };
const FIRM: Field = Field { max: 100, ..field("name", "企业名称", "与营业执照一致") };

/// What a search takes from the address.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct SearchQuery {
    q: Option<String>,
}

/// Which enterprise somebody wants to act for, and what was registered last in the area.
#[component]
pub fn DeskMembersPage() -> impl IntoView {
    let query = use_query::<SearchQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let typed = query.q.unwrap_or_default().trim().to_owned();
        let (desk, now) = {
            let mut ctx = request.open().await?;
            (read::desk(&mut ctx, &typed).await?, ctx.now)
        };
        title("企业联系人");
        Ok(search(&typed, desk, now))
    })
}

fn search(typed: &str, desk: Desk, now: OffsetDateTime) -> AnyView {
    let items = desk.found.iter().map(|(id, name, uscc, place)| {
        let href = format!("/desk/members/{id}");
        let line = format!("{uscc} · {}", area::name(*place));
        view! { <li class="cell"><a href=href><strong>{name.clone()}</strong><span class="muted">{line}</span></a></li> }
    });
    let list = (!desk.found.is_empty()).then(|| view! { <ul class="cells card">{items.collect_view()}</ul> });
    let none = (desk.found.is_empty() && !typed.is_empty())
        .then(|| view! { <p class="muted">"没有找到。请核对名称或统一社会信用代码；只能登记本区域的企业。"</p> });
    let missing = if desk.centre {
        view! { <p><a class="button secondary" href="/desk/members/enterprise">{icon("plus")}"录入库里没有的企业"</a></p> }
            .into_any()
    } else {
        view! { <p class="muted">"库里没有的企业，请联系企服中心录入。"</p> }.into_any()
    };
    view! {
        <h1>"企业联系人：为哪家企业登记？"</h1>
        <form class="search" method="get" action="/desk/members" role="search">
            <label for="q" class="hidden">"企业名称或统一社会信用代码"</label>
            <input id="q" name="q" type="search" value=typed.to_owned() placeholder="企业名称 / 统一社会信用代码" autocomplete="off"/>
            <button class="button secondary">{icon("search")}<span>"查找"</span></button>
        </form>
        {none}
        {list}
        {missing}
        {section("本区域最近登记", history(desk.latest, now, true))}
    }
    .into_any()
}

/// An enterprise that the library lacks.
#[component]
pub fn NewEnterprisePage() -> impl IntoView {
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let (_, own) = request.open().await?.require_centre()?;
        title("录入企业");
        Ok(new_enterprise(own, &form))
    })
}

fn new_enterprise(own: AreaCode, form: &Form) -> AnyView {
    let places: Vec<(String, String)> = areas(own).map(|(code, name)| (code.to_string(), name)).collect();
    // A district's centre has one to choose from.
    let form = if let [(only, _)] = places.as_slice() { form.clone().or("area", only.clone()) } else { form.clone() };
    let scales = Scale::ALL.into_iter().map(|scale| choice(scale.code(), scale.label())).collect();
    view! {
        {back("/desk/members", "企业联系人")}
        {form.summary()}
        <section class="card narrow start">
            <h1>"录入企业"</h1>
            <p class="muted">"只录入库里没有的企业。录入后登记联系人；其他信息由部门数据补齐。"</p>
            <form method="post" action="/desk/members/enterprise" class="stack" novalidate>
                {USCC.view(&form)}
                {FIRM.view(&form)}
                {select(&form, "area", "登记在", Some("请选择"), vec![(String::new(), places)])}
                {choices(&form, "radio", "scale", "企业划型", "", scales)}
                {submit("录入")}
            </form>
        </section>
    }
    .into_any()
}

/// Which enterprise.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct EnterpriseParams {
    enterprise: EnterpriseId,
}

/// Who may act for an enterprise, how that came about, and the form that registers somebody.
#[component]
pub fn DeskEnterprisePage() -> impl IntoView {
    let params = use_params::<EnterpriseParams>().get_untracked();
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let enterprise = params.map_err(|_| AppError::NotFound)?.enterprise;
        let (page, now) = {
            let mut ctx = request.open().await?;
            (read::at_desk(&mut ctx, enterprise).await?, ctx.now)
        };
        title(page.enterprise.name.clone());
        Ok(at_desk(page, &form, now))
    })
}

fn at_desk(page: AtDesk, form: &Form, now: OffsetDateTime) -> AnyView {
    let AtDesk { enterprise, members, history: changes, centre } = page;
    let owned = members.iter().any(|member| member.role == MemberRole::Owner);
    let rows = members.iter().map(|member| row(enterprise.id, member, centre, form)).collect_view();
    let known = if members.is_empty() {
        view! { <p class="muted">"还没有人可以为这家企业办事。"</p> }.into_any()
    } else {
        view! { <ul class="cells">{rows}</ul> }.into_any()
    };
    view! {
        {back("/desk/members", "企业联系人")}
        {form.summary()}
        <h1>{enterprise.name}</h1>
        <section class="card">
            {facts(vec![
                ("统一社会信用代码", words(enterprise.uscc)),
                ("所在区县", words(area::name(enterprise.area))),
                ("地址", words(if enterprise.address.is_empty() { "未登记".to_owned() } else { enterprise.address })),
            ])}
        </section>
        {section("企业联系人", known)}
        {section("当场登记", register(enterprise.id, owned, form))}
        {section("变更记录", history(changes, now, false))}
    }
    .into_any()
}

fn row(enterprise: EnterpriseId, member: &Member, centre: bool, form: &Form) -> AnyView {
    let line = format!("{} · {}", mask::phone(&member.phone), member.role.label());
    let out = centre.then(|| strike(enterprise, member, form));
    view! { <li class="cell"><div><strong>{member.name.clone()}</strong><span class="muted">{line}</span>{out}</div></li> }
        .into_any()
}

/// Many of these stand on one page: each has a field with an id of its own.
fn strike(enterprise: EnterpriseId, member: &Member, form: &Form) -> AnyView {
    let id = format!("why-{}", member.id);
    let (hint, error) = (format!("{id}-hint"), format!("{id}-error"));
    let fault = form.error(&id).map(str::to_owned);
    let bad = fault.is_some();
    let typed = if bad { form.value("why").to_owned() } else { String::new() };
    let described = if bad { format!("{hint} {error}") } else { hint.clone() };
    let fault = fault.map(|message| view! { <p class="fault" id=error>{icon("warn")}{message}</p> });
    view! {
        <details open=bad>
            <summary>"登记有误，取消资格"</summary>
            <form method="post" action=format!("/desk/members/{enterprise}/remove") class="stack" novalidate>
                {hidden("person", member.id.to_string())}
                <div class="field" class:bad=bad>
                    <label for=id.clone()>{format!("为什么取消{}的资格", member.name)}</label>
                    <p class="hint" id=hint>"本人和负责人都会收到通知"</p>
                    {fault}
                    <input id=id name="why" maxlength="200" value=typed autocomplete="off" aria-describedby=described
                        aria-invalid=bad.then_some("true") aria-required="true"/>
                </div>
                <button class="button secondary">"取消资格"</button>
            </form>
        </details>
    }
    .into_any()
}

fn register(enterprise: EnterpriseId, owned: bool, form: &Form) -> AnyView {
    let roles = [MemberRole::Owner, MemberRole::Agent].into_iter().map(|role| choice(role.code(), role.label())).collect();
    let papers = Paper::ALL.into_iter().map(|paper| choice(paper.code(), paper.label())).collect();
    let reason = owned.then(|| REASON.view(form));
    view! {
        <form method="post" action=format!("/desk/members/{enterprise}") class="stack narrow start" novalidate>
            {NAME.view(form)}
            {PHONE.view(form)}
            {choices(form, "radio", "role", "登记为", "", roles)}
            {choices(form, "checkbox", "shown", "当场核对了什么（不留存复印件）", "", papers)}
            {NOTE.view(form)}
            {reason}
            {submit("登记")}
        </form>
    }
    .into_any()
}
