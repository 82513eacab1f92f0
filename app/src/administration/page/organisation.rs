//! Areas, departments, stations: a list of each, and a form for one. An administrator comes here when an office was founded, renamed,
//! moved in or closed, with the paper that says so in hand.

use crate::administration::read::{self, Kept};
use crate::administration::table::asked;
use crate::administration::{act, as_it_is, planned, said, tail};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Choice, Field, choice, choices, field, select};
use crate::ui::{back, facts, section, words};
use domain::administration::{Kind, Organisation};
use domain::policy::day;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::reference::Reference;

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct KeyParams {
    key: String,
}

/// The areas.
#[component]
pub fn AreasPage() -> impl IntoView {
    list(Kind::Area)
}

/// The departments.
#[component]
pub fn DepartmentsPage() -> impl IntoView {
    list(Kind::Department)
}

/// The stations.
#[component]
pub fn StationsPage() -> impl IntoView {
    list(Kind::Station)
}

/// An area.
#[component]
pub fn AreaPage() -> impl IntoView {
    one(Kind::Area, true)
}

/// A department.
#[component]
pub fn DepartmentPage() -> impl IntoView {
    one(Kind::Department, true)
}

/// A station.
#[component]
pub fn StationPage() -> impl IntoView {
    one(Kind::Station, true)
}

/// An area to be added.
#[component]
pub fn NewAreaPage() -> impl IntoView {
    one(Kind::Area, false)
}

/// A department to be added.
#[component]
pub fn NewDepartmentPage() -> impl IntoView {
    one(Kind::Department, false)
}

/// A station to be added.
#[component]
pub fn NewStationPage() -> impl IntoView {
    one(Kind::Station, false)
}

fn list(kind: Kind) -> impl IntoView {
    let (request, asked) = (Request::current(), asked());
    reads(async move {
        let table = read::table(&mut *request.open().await?, kind).await?;
        title(kind.label());
        Ok(view! { {back("/desk/admin", "系统管理")}{table.view(&asked)} }.into_any())
    })
}

fn one(kind: Kind, known: bool) -> impl IntoView {
    let params = if known { use_params::<KeyParams>().get_untracked().map(|params| Some(params.key)) } else { Ok(None) };
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let key = params.map_err(|_| AppError::NotFound)?;
        let (kept, reference) = {
            let mut ctx = request.open().await?;
            (read::kept(&mut ctx, kind, key.as_deref()).await?, ctx.reference.clone())
        };
        let name = kept.thing.as_ref().map_or_else(|| format!("增加{}", kind.label()), |thing| thing.name().to_owned());
        title(name.clone());
        Ok(page(&kept, &name, form, &reference))
    })
}

fn page(kept: &Kept, name: &str, form: Form, reference: &Reference) -> AnyView {
    let key = kept.thing.as_ref().map(Organisation::key);
    let action = act::page(kept.kind, key.as_deref());
    let waiting = kept.planned().map(|change| planned(change, &said(change, reference)));
    let form = filled(form, kept);
    let now = kept.thing.as_ref().map_or_else(String::new, |thing| as_it_is(&thing.value(), reference));
    let fixed = kept.thing.as_ref().map(|thing| {
        let mut rows = vec![("编号", words(thing.key()))];
        if kept.kind != Kind::Area {
            rows.push(("区域", words(reference.area(thing.area()))));
        }
        facts(rows)
    });
    let fields = kept.writable.then(|| {
        view! {
            <form method="post" action=action class="stack card narrow start" novalidate>
                {fields(&form, kept)}
                {tail(&form, kept.today, kept.seen, &now)}
            </form>
        }
    });
    view! {
        {back(read::path(kept.kind), kept.kind.label())}
        {form.summary()}
        <h1>{name.to_owned()}</h1>
        {fixed.map(|fixed| view! { <section class="card">{fixed}</section> })}
        {waiting}
        {fields}
        {history(kept, reference)}
    }
    .into_any()
}

/// The form as it was typed, or as the thing is.
fn filled(form: Form, kept: &Kept) -> Form {
    let yes = |flag: bool| if flag { "yes" } else { "no" };
    match &kept.thing {
        // A new one is open; whether its people are there, somebody must say.
        None => form.or("active", "yes"),
        Some(Organisation::Area(it)) => form.or("name", &it.name).or("short", &it.short).or("phone", &it.phone),
        Some(Organisation::Department(it)) => {
            let form = form.or("name", &it.name).or("phone", &it.phone).or("on_site", yes(it.on_site));
            form.or("delegated", yes(it.delegated)).or("active", yes(it.active))
        }
        Some(Organisation::Station(it)) => {
            let form = form.or("name", &it.name).or("address", &it.address).or("phone", &it.phone);
            form.or("contact_name", &it.contact_name).or("active", yes(it.active))
        }
    }
}

fn fields(form: &Form, kept: &Kept) -> AnyView {
    let new = kept.thing.is_none();
    let name = Field { max: 40, ..field("name", "名称", "") }.view(form);
    let code = match kept.kind {
        Kind::Area => {
            Field { inputmode: "numeric", max: 6, ..field("code", "行政区划代码", "6 位数字，保存后不能改") }
        }
        _ => Field {
            max: 40, ..field("code", "编号", "小写字母、数字、短横线，例如 wuxing-jianshe；保存后不能改")
        },
    };
    let code = new.then(|| code.view(form));
    let area = (new && kept.kind != Kind::Area).then(|| {
        let areas = kept.areas.iter().map(|area| (area.code.to_string(), area.name.clone())).collect();
        select(form, "area", "所属区域（保存后不能改）", Some("请选择"), vec![(String::new(), areas)])
    });
    let phone = |label, hint| Field { kind: "tel", max: 40, optional: true, ..field("phone", label, hint) }.view(form);
    let rest = match kept.kind {
        Kind::Area => view! {
            {Field { max: 10, ..field("short", "简称", "用在窄的地方") }.view(form)}
            {phone("企服中心电话", "企业在办理页面上看到；手机号，或带区号的座机")}
        }
        .into_any(),
        Kind::Station => view! {
            {Field { max: 100, ..field("address", "地址", "") }.view(form)}
            {Field { kind: "tel", max: 40, ..field("phone", "电话", "手机号，或带区号的座机") }.view(form)}
            {Field { max: 30, ..field("contact_name", "联系人", "") }.view(form)}
            {active(form, "不再向企业显示，不再安排新的驿站专员")}
        }
        .into_any(),
        _ => view! {
            {choices(form, "radio", "on_site", "人员是否入驻企服中心", "没有入驻的，由板块牵头部门代为受理并转交", yes_no("", ""))}
            {choices(form, "radio", "delegated", "受理权力是否赋予企服中心", "", yes_no("", "没有入驻或没有赋权的，由企服中心受理后交办"))}
            {phone("电话", "企业在办理页面上看到；手机号，或带区号的座机")}
            {active(form, "不再交办新的诉求；在办的由其办完，记录都保留")}
        }
        .into_any(),
    };
    view! { {name}{code}{area}{rest} }.into_any()
}

fn yes_no(yes: &str, no: &str) -> Vec<Choice> {
    vec![Choice { detail: yes.to_owned(), ..choice("yes", "是") }, Choice { detail: no.to_owned(), ..choice("no", "否") }]
}

fn active(form: &Form, closed: &str) -> AnyView {
    let list = vec![choice("yes", "启用"), Choice { detail: closed.to_owned(), ..choice("no", "关闭") }];
    choices(form, "radio", "active", "状态", "", list)
}

/// What was changed of it, newest first.
fn history(kept: &Kept, reference: &Reference) -> Option<AnyView> {
    let rows = kept.log.iter().map(|change| {
        let about = format!("{} 起 · {} · {}", day::text(change.effective_from), change.who, read::status(change));
        view! {
            <li class="cell"><div>
                <strong>{said(change, reference)}</strong>
                <span>{change.why.clone()}</span>
                <span class="muted">{about}</span>
            </div></li>
        }
    });
    (!kept.log.is_empty()).then(|| section("变更记录", view! { <ul class="cells">{rows.collect_view()}</ul> }))
}
