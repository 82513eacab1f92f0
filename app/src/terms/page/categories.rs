//! Categories (涉企服务事项类别): what enterprises raise, the words that point to it, and whose business it is where.

use super::{ACTIVE, Thing, flag, form_or_facts, group, listed, plain, require_known, tail};
use crate::administration::table::asked;
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::{CATEGORIES, NEW};
use crate::terms::read::{self, Kept};
use crate::terms::tables;
use crate::ui::form::{Field, field, select};
use crate::ui::section;
use domain::actor::{AreaCode, CITY};
use domain::administration::Kind;
use domain::calendar::local;
use domain::catalogue::{self, Category};
use domain::issue::{Level, Urgency};
use domain::policy::day;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;

const CODE: Field = Field { max: 40, ..field("code", "编号", "小写字母、数字、短横线；以后不能改") };
const NAME: Field = Field { max: 20, ..field("name", "名称", "企业看到的名称，例如：用电报装与增容") };
const WORDS: Field = Field {
    max: 1200,
    rows: 3,
    optional: true,
    ..field("words", "指向这一类的词", "企业会怎么说，用空格或顿号分开，例如：增容、变压器；同一句里隔开说的写成“水+停”")
};
const POSITION: Field = Field { max: 5, inputmode: "numeric", ..field("position", "次序", "小的在前") };

/// The list.
#[component]
pub fn CategoriesPage() -> impl IntoView {
    let (request, asked) = (Request::current(), asked());
    reads(async move {
        let kept = read::kept(&mut *request.open().await?, Kind::Category, "").await?;
        title("事项类别");
        Ok(listed(&tables::categories(&kept), &asked, &kept))
    })
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct CategoryParams {
    code: String,
}

/// One category, or a new one.
#[component]
pub fn CategoryPage() -> impl IntoView {
    let params = use_params::<CategoryParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let code = params.map_err(|_| AppError::NotFound)?.code;
        let kept = read::kept(&mut *request.open().await?, Kind::Category, &code).await?;
        let known = kept.catalogue().category(&code);
        require_known(&kept, &code, known.is_some())?;
        title(known.map_or("新类别", |category| &category.name));
        Ok(page(&kept, known, &form))
    })
}

fn says(category: &Category, kept: &Kept) -> String {
    let board = kept.catalogue().board(&category.board).map_or(category.board.as_str(), |board| &board.name);
    let department = kept.department(&category.department);
    let standing = if category.active { "启用" } else { "停用" };
    format!(
        "{}，{board}板块，{department}，{}，{}，次序 {}，{standing}；词：{}",
        category.name,
        category.level,
        category.urgency,
        category.position,
        category.words.join("、")
    )
}

fn page(kept: &Kept, known: Option<&Category>, form: &Form) -> AnyView {
    let code = known.map_or(NEW, |category| &category.code);
    let action = format!("{CATEGORIES}/{code}");
    let planned = kept.terms.catalogue.coming_category(code, kept.now);
    let planned = planned.into_iter().map(|(from, category)| (local(from).date(), says(category, kept))).collect();
    // One that is only planned holds nothing yet.
    let now = kept.catalogue().begun_category(code).map_or_else(String::new, |category| says(category, kept));
    // What was typed belongs to the form it was typed into.
    let (whole, own) =
        if form.value("area").is_empty() { (form.clone(), Form::default()) } else { (Form::default(), form.clone()) };
    let body = form_or_facts(kept, &now, || category_form(kept, known, &whole, &action, &now));
    let heading = known.map_or_else(|| "新类别".to_owned(), |category| format!("类别：{}", category.name));
    let before = known.map(|category| districts(kept, category, &own));
    Thing { list: (CATEGORIES, "事项类别"), heading, action: &action, now: &now, planned, before, body }.view(kept, form)
}

fn category_form(kept: &Kept, known: Option<&Category>, form: &Form, action: &str, now: &str) -> AnyView {
    let form = match known {
        None => {
            let form = form.clone().or("level", Level::Ordinary.code()).or("urgency", Urgency::Normal.code());
            form.or("position", "900").or("active", "yes")
        }
        Some(category) => {
            let form = form.clone().or("name", category.name.clone()).or("board", category.board.clone());
            let form = form.or("department", category.department.clone()).or("level", category.level.code());
            let form = form.or("urgency", category.urgency.code()).or("words", category.words.join("、"));
            form.or("position", category.position.to_string()).or("active", flag(category.active))
        }
    };
    let boards = kept.catalogue().boards().into_iter().map(|board| (board.code.clone(), board.name.clone())).collect();
    let levels: Vec<_> = Level::ALL.iter().map(|level| (level.code(), level.label())).collect();
    let urgencies: Vec<_> = Urgency::ALL.iter().map(|urgency| (urgency.code(), urgency.label())).collect();
    view! {
        <form method="post" action=action.to_owned() class="stack" novalidate>
            {known.is_none().then(|| CODE.view(&form))}
            {NAME.view(&form)}
            {select(&form, "board", "板块", Some("请选择"), plain(boards))}
            {select(&form, "department", "责任部门（全市）", Some("请选择"), plain(kept.departments(CITY)))}
            {select(&form, "level", "通常的难易程度", None, group(&levels))}
            {select(&form, "urgency", "通常的紧急程度", None, group(&urgencies))}
            {WORDS.view(&form)}
            {POSITION.view(&form)}
            {select(&form, "active", "状态", None, group(ACTIVE))}
            {tail(&form, kept.today, kept.seen, now)}
        </form>
    }
    .into_any()
}

/// Whose business it is in each district this administrator keeps, and the form that says otherwise.
fn districts(kept: &Kept, category: &Category, form: &Form) -> AnyView {
    let today = kept.catalogue();
    let districts = kept.reference.areas.iter().map(|area| area.code).filter(|area| *area != CITY);
    let areas: Vec<AreaCode> = districts.filter(|area| kept.keeps(*area)).collect();
    let rows = areas.iter().map(|area| {
        let department = kept.department(today.route(category, *area));
        let own = today.own_department(category, *area);
        let standing = if own.is_some() { "本区县指定" } else { catalogue::OF_THE_CITY };
        let planned = kept.terms.catalogue.coming_department(&category.code, *area, kept.now);
        let planned = planned.into_iter().map(|(from, own)| {
            let own = own.map_or_else(|| catalogue::OF_THE_CITY.to_owned(), |code| kept.department(code));
            view! { <small>{format!("{} 起：{own}", day::text(local(from).date()))}</small> }
        });
        view! { <tr><td>{kept.reference.area(*area)}</td><td>{department}{planned.collect_view()}</td><td>{standing}</td></tr> }
    });
    let rows = rows.collect_view();
    let single: Option<AreaCode> = if let [only] = areas.as_slice() { Some(*only) } else { None };
    let form = form.clone().or("area", single.map_or_else(String::new, |area| area.to_string()));
    let choices = areas.iter().map(|area| (area.to_string(), kept.reference.area(*area))).collect();
    let departments = single.map_or_else(|| kept.all_departments(), |area| kept.departments(area));
    let action = format!("{CATEGORIES}/{}/department", category.code);
    let chosen: Option<AreaCode> = form.value("area").parse().ok();
    let said = |area| format!("{}由{}负责", kept.reference.area(area), kept.department(today.route(category, area)));
    let now = chosen.map_or_else(String::new, said);
    section(
        "区县责任部门",
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label="区县责任部门">
                <table class="queue">
                    <thead><tr><th scope="col">"区县"</th><th scope="col">"责任部门"</th><th scope="col">"来源"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <details class="filters" open=!form.errors.is_empty()>
                <summary>"为一个区县指定责任部门"</summary>
                <form method="post" action=action class="stack" novalidate>
                    {select(&form, "area", "区县", Some("请选择"), plain(choices))}
                    {select(&form, "own", "责任部门", Some(catalogue::OF_THE_CITY), plain(departments))}
                    {tail(&form, kept.today, kept.seen, &now)}
                </form>
            </details>
        },
    )
}
