//! Categories (涉企服务事项类别): what enterprises raise, the words that point to it, and whose business it is where.

use super::{ACTIVE, OF_THE_CITY, coming, flag, group, history, plain, tail};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::{CATEGORIES, NEW};
use crate::terms::read::{self, Kept};
use crate::ui::form::{Field, field, select};
use crate::ui::{back, facts, icon, section, words};
use domain::actor::{AreaCode, CITY};
use domain::administration::Kind;
use domain::calendar::local;
use domain::catalogue::{self, Category, Edition};
use domain::issue::{Level, Urgency};
use domain::policy::day;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;

const CODE: Field = Field { max: 40, ..field("code", "编号", "小写字母、数字、短横线；以后不能改") };
const NAME: Field = Field { max: 20, ..field("name", "名称", "企业看到的名称，例如：用电报装与增容") };
const WORDS: Field = Field {
    max: 1200,
    rows: 3,
    optional: true,
    ..field("words", "指向这一类的词", "企业会怎么说，用空格或顿号分开，例如：增容、变压器")
};
const POSITION: Field = Field { max: 5, inputmode: "numeric", ..field("position", "次序", "小的在前") };

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct ListQuery {
    q: Option<String>,
    board: Option<String>,
}

/// The list, by board.
#[component]
pub fn CategoriesPage() -> impl IntoView {
    let query = use_query::<ListQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let kept = read::kept(&mut *request.open().await?, Kind::Category, "").await?;
        title("事项类别");
        Ok(list(&kept, query.q.unwrap_or_default().trim(), &query.board.unwrap_or_default()))
    })
}

/// Whether a category is what was looked for: by name, code, department or word.
fn is_found(category: &Category, kept: &Kept, wanted: &str) -> bool {
    let texts = [&category.name, &category.code, &kept.department(&category.department)];
    wanted.is_empty() || texts.iter().any(|text| text.contains(wanted)) || category.words.iter().any(|word| word.contains(wanted))
}

fn row(kept: &Kept, today: Edition<'_>, begun: bool, category: &Category) -> AnyView {
    let board = today.board(&category.board).map_or_else(|| category.board.clone(), |board| board.name.clone());
    let own = if kept.whole_city() { None } else { today.own_department(category, kept.area) };
    let own = own.map(|code| view! { <small>{format!("本区：{}", kept.department(code))}</small> });
    let standing = if !begun {
        "待生效"
    } else if category.active {
        "启用"
    } else {
        "停用"
    };
    view! {
        <tr>
            <td>
                <a href=format!("{CATEGORIES}/{}", category.code)><strong>{category.name.clone()}</strong></a>
                <small>{category.code.clone()}</small>
            </td>
            <td>{board}</td>
            <td>{kept.department(&category.department)}{own}</td>
            <td>{category.level.label()}<small>{category.urgency.label()}</small></td>
            <td>{standing}</td>
        </tr>
    }
    .into_any()
}

fn list(kept: &Kept, wanted: &str, board: &str) -> AnyView {
    let today = kept.catalogue();
    let found = today
        .known_categories()
        .into_iter()
        .filter(|(_, category)| is_found(category, kept, wanted) && (board.is_empty() || category.board == board));
    let found: Vec<_> = found.collect();
    let count = format!("{} 类", found.len());
    let rows = found.into_iter().map(|(begun, category)| row(kept, today, begun, category)).collect_view();
    let mut asked = Form::default();
    asked.push("board", board);
    let boards = today.boards().into_iter().map(|board| (board.code.clone(), board.name.clone())).collect();
    let add = kept.whole_city().then(|| {
        view! { <p class="row"><a class="button" href=format!("{CATEGORIES}/{NEW}")>{icon("plus")}"新类别"</a></p> }
    });
    let lead = if kept.whole_city() {
        "新的诉求按当天的类别提交；修改只对以后提交的诉求有效。"
    } else {
        "类别全市统一，由市级管理员维护；您可以在每一类里指定本区县的责任部门。"
    };
    view! {
        {back("/desk/admin", "系统管理")}
        <h1>"事项类别"</h1>
        <p class="muted">{lead}</p>
        {add}
        <form class="filter-form" method="get" action=CATEGORIES role="search">
            <div class="field"><label for="q">"名称、部门或词"</label>
                <input id="q" name="q" type="search" value=wanted.to_owned() autocomplete="off"/></div>
            {select(&asked, "board", "板块", Some("全部"), plain(boards))}
            <p class="row"><button class="button secondary">{icon("search")}<span>"查找"</span></button><span class="muted">{count}</span></p>
        </form>
        <div class="table-wrap" tabindex="0" role="region" aria-label="事项类别">
            <table class="queue">
                <thead>
                    <tr>
                        <th scope="col">"类别"</th><th scope="col">"板块"</th><th scope="col">"责任部门"</th>
                        <th scope="col">"难易 / 紧急"</th><th scope="col">"状态"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {history(kept)}
    }
    .into_any()
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
        match known {
            None if code != NEW => return Err(AppError::NotFound.into()),
            None if !kept.whole_city() => return Err(AppError::Forbidden.into()),
            _ => {}
        }
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
    let begun = |category: &&Category| {
        kept.catalogue().known_categories().into_iter().any(|(begun, one)| begun && one.code == category.code)
    };
    let held = known.filter(begun).map_or_else(String::new, |category| says(category, kept));
    // What was typed belongs to the form it was typed into.
    let (whole, own) =
        if form.value("area").is_empty() { (form.clone(), Form::default()) } else { (Form::default(), form.clone()) };
    let body = if kept.whole_city() {
        section("修改", category_form(kept, known, &whole, &action))
    } else {
        let rows = known.map(|category| facts(vec![("现在", words(says(category, kept)))]));
        section("类别", view! { <p class="muted">{OF_THE_CITY}</p>{rows} })
    };
    let heading = known.map_or_else(|| "新类别".to_owned(), |category| format!("类别：{}", category.name));
    view! {
        {back(CATEGORIES, "事项类别")}
        {form.summary()}
        <h1>{heading}</h1>
        {coming(form, &action, kept, &held, planned)}
        {known.map(|category| districts(kept, category, &own))}
        {body}
        {history(kept)}
    }
    .into_any()
}

fn category_form(kept: &Kept, known: Option<&Category>, form: &Form, action: &str) -> AnyView {
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
            {tail(&form, kept.today, kept.seen)}
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
                    {tail(&form, kept.today, kept.seen)}
                </form>
            </details>
        },
    )
}
