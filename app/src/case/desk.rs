//! Opened by a centre at a desktop, after an issue was closed from which others can learn.

use super::act::{self, Draft, NEW, PATH};
use crate::administration::table::{Column, Filter, Row, Shown, Table, asked, listed, names};
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::{Ctx, Request};
use crate::ui::form::{Field, choice, choices, field, hidden, submit};
use crate::ui::{back, facts, icon};
use domain::calendar::local;
use domain::calendar::words::day;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::collections::BTreeMap;
use store::case::{self, Case};

const TITLE: Field = Field { max: 60, ..field("title", "标题", "例如：园区企业临时用电当天接通") };
const PROBLEM: Field =
    Field { max: 1000, rows: 5, ..field("problem", "问题", "不写企业名称、人名、电话和详细地址") };
const ANSWER: Field = Field { max: 1000, rows: 5, ..field("answer", "怎么解决的", "谁、做了什么、多久") };
const RULE: Field = Field { max: 300, rows: 2, ..field("rule", "依据", "按哪条规定办，以后同类问题都照此办") };

/// The cases, and where one is begun.
#[component]
pub fn DeskCasesPage() -> impl IntoView {
    let (request, form, asked) = (Request::current(), Form::typed(), asked());
    reads(async move {
        let (cases, table) = told(&mut *request.open().await?, &asked, false).await?;
        title("典型案例");
        Ok(list(&cases, &table, &asked, &form))
    })
}

/// The cases of a page, or of a file (`whole`), and their list.
///
/// # Errors
/// As [`Ctx::require_centre`].
pub async fn told(ctx: &mut Ctx, asked: &Form, whole: bool) -> Result<(Vec<Case>, Table), AppError> {
    ctx.require_centre()?;
    let clock = ctx.clock();
    let mut asked = listed(asked, whole, &names(&clock));
    let mut part = case::listed(&mut ctx.conn, &asked).await?;
    if part.rows.is_empty() && asked.offset > 0 {
        asked.offset = 0;
        part = case::listed(&mut ctx.conn, &asked).await?;
    }
    let marks = case::marks(&mut ctx.conn).await?;
    let (cases, shown) = (part.rows, Some(Shown::of(&asked, part.total)));
    let catalogue = clock.catalogue(clock.now);
    let rows = cases.iter().map(|case| {
        let department = case.department.map_or_else(String::new, |id| clock.reference.department(id));
        let cells = vec![
            case.title.clone(),
            catalogue.category_name(&case.category).to_owned(),
            clock.reference.area(case.area),
            department,
            local(case.requested_at).date().to_string(),
            local(case.published_at).date().to_string(),
            case.problem.clone(),
            case.answer.clone(),
            case.rule.clone(),
        ];
        let marks = vec![("category", case.category.clone()), ("area", case.area.to_string())];
        Row { href: format!("/cases/{}", case.id), cells, marks }
    });
    let rows = rows.collect();
    let categories: BTreeMap<String, String> =
        marks.iter().map(|(category, _)| (category.clone(), catalogue.category_name(category).to_owned())).collect();
    let areas: BTreeMap<String, String> = marks.iter().map(|(_, area)| (area.to_string(), clock.reference.area(*area))).collect();
    let table = Table {
        path: PATH,
        name: "典型案例",
        lead: "",
        columns: vec![
            Column("title", "标题"),
            Column("category", "类别"),
            Column("area", "区域"),
            Column("department", "办理部门"),
            Column("requested", "提出日期"),
            Column("published", "发布日期"),
        ],
        more: vec![Column("problem", "问题"), Column("answer", "怎么解决的"), Column("rule", "依据")],
        filters: vec![
            Filter { name: "category", label: "类别", options: categories.into_iter().collect() },
            Filter { name: "area", label: "区域", options: areas.into_iter().collect() },
        ],
        rows,
        add: None,
        shown,
    };
    Ok((cases, table))
}

fn list(cases: &[Case], table: &Table, asked: &Form, form: &Form) -> AnyView {
    let body = table.around(asked, "还没有案例。", |shown| {
        let items = shown.iter().map(|at| &cases[*at]).map(|case| {
            let line = format!("{} 发布", day(local(case.published_at).date()));
            view! {
                <li class="cell">
                    <div>
                        <a href=format!("/cases/{}", case.id)><strong>{case.title.clone()}</strong></a>
                        <span class="muted">{line}</span>
                        <form method="post" action=format!("{PATH}/{}/withdraw", case.id)>
                            <button class="button secondary">"撤下"</button>
                        </form>
                    </div>
                </li>
            }
        });
        view! { <ul class="cells card">{items.collect_view()}</ul> }.into_any()
    });
    view! {
        {form.summary()}
        <h1>"典型案例"</h1>
        <p class="muted">"从已办结的诉求里选有代表性的，去掉企业信息后公开，让同类问题有据可循。"</p>
        <form class="search" method="get" action=NEW>
            <label for="issue" class="hidden">"诉求编号"</label>
            <input id="issue" name="issue" placeholder="已办结的诉求编号" autocomplete="off" required/>
            <button class="button">{icon("plus")}<span>"写案例"</span></button>
        </form>
        {body}
    }
    .into_any()
}

/// A case is written.
#[component]
pub fn NewCasePage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    let asked = use_query_map().get_untracked().get("issue").unwrap_or_default();
    reads(async move {
        let number = if form.value("issue").is_empty() { asked } else { form.value("issue").to_owned() };
        let draft = match act::draft(&mut *request.open().await?, number.trim()).await {
            Err(AppError::Conflict(to, sentence)) => return Err(Stop::Redirect(Next::to(to).saying(sentence))),
            draft => draft?,
        };
        title("写典型案例");
        Ok(new(draft, form))
    })
}

fn new(draft: Draft, form: Form) -> AnyView {
    let source = facts(vec![
        ("诉求", view! { <a href=format!("/desk/issues/{}", draft.number)>{draft.number.clone()}</a> }.into_any()),
        ("企业", draft.whose.enterprise.clone().into_any()),
    ]);
    let form = form.or("title", draft.title).or("problem", draft.problem).or("answer", draft.answer);
    let seen = vec![choice("yes", "已去掉企业名称、人名、电话和详细地址，可以公开")];
    view! {
        {back(PATH, "典型案例")}
        {form.summary()}
        <section class="card narrow start">
            <h1>"写典型案例"</h1>
            {source}
            <form method="post" action=NEW class="stack" novalidate>
                {hidden("issue", draft.number)}
                {TITLE.view(&form)}
                {PROBLEM.view(&form)}
                {ANSWER.view(&form)}
                {RULE.view(&form)}
                {choices(&form, "checkbox", "seen", "公开前确认", "", seen)}
                {submit("发布")}
            </form>
        </section>
    }
    .into_any()
}
