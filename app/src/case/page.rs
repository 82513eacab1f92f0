//! Opened by an owner on a phone who has a problem and wonders whether others had it, or by anybody without signing in.

use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::form::select;
use crate::ui::{back, empty, facts, icon, time, words};
use domain::calendar::local;
use domain::calendar::words::day;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query_map};
use leptos_router::params::Params;
use store::case::{self, Case};

/// The most cases on the page.
const MOST: i64 = 100;

/// All of them, or those that hold some words.
#[component]
pub fn CasesPage() -> impl IntoView {
    let request = Request::current();
    let map = use_query_map().get_untracked();
    let asked = Form::new(map.into_iter().map(|(name, value)| (name.into_owned(), value)).collect());
    reads(async move {
        let (cases, clock) = {
            let mut ctx = request.open().await?;
            (case::list(&mut ctx.conn, asked.value("q").trim(), asked.value("category"), MOST).await?, ctx.clock())
        };
        title("典型案例");
        Ok(list(&cases, &asked, &clock))
    })
}

fn list(cases: &[Case], asked: &Form, clock: &Clock) -> AnyView {
    let today = clock.catalogue(clock.now);
    let groups = today
        .boards()
        .into_iter()
        .map(|board| {
            let of_board = today.categories().into_iter().filter(|category| category.board == board.code);
            (board.name.clone(), of_board.map(|category| (category.code.clone(), category.name.clone())).collect())
        })
        .collect();
    let items = cases.iter().map(|case| {
        let line = format!(
            "{} · {} · {}",
            today.category_name(&case.category),
            clock.reference.area(case.area),
            day(local(case.closed_at).date())
        );
        view! {
            <li class="cell">
                <a href=format!("/cases/{}", case.id)><strong>{case.title.clone()}</strong><span class="muted">{line}</span></a>
            </li>
        }
    });
    let body = if cases.is_empty() {
        empty("没有符合条件的案例。", Some(("/issues/new", "提诉求")))
    } else {
        view! { <ul class="cells card">{items.collect_view()}</ul> }.into_any()
    };
    view! {
        <h1>"典型案例"</h1>
        <p class="muted">"别的企业遇到过、已经解决的问题，不写是哪家企业。"</p>
        <form class="filters" method="get" action="/cases" role="search">
            <div class="field">
                <label for="q">"问题里的词"</label>
                <input id="q" name="q" type="search" value=asked.value("q").to_owned() placeholder="例如：用电、招工" autocomplete="off"/>
            </div>
            {select(asked, "category", "类别", Some("全部类别"), groups)}
            <button class="button secondary">{icon("search")}<span>"查找"</span></button>
        </form>
        {body}
    }
    .into_any()
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct CaseParams {
    case: i64,
}

/// One.
#[component]
pub fn CasePage() -> impl IntoView {
    let params = use_params::<CaseParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let id = params.map_err(|_| AppError::NotFound)?.case;
        let (case, clock) = {
            let mut ctx = request.open().await?;
            (case::get(&mut ctx.conn, id).await?, ctx.clock())
        };
        title(case.title.clone());
        Ok(show(&case, &clock))
    })
}

fn show(case: &Case, clock: &Clock) -> AnyView {
    let today = clock.catalogue(clock.now);
    let text = |text: String| text.into_any();
    let mut rows = vec![
        ("类别", text(today.category_name(&case.category).to_owned())),
        ("区域", text(clock.reference.area(case.area))),
        ("依据", text(case.rule.clone())),
        ("办结", time(case.closed_at, day(local(case.closed_at).date())).into_any()),
    ];
    if let Some(department) = case.department {
        rows.insert(2, ("办理单位", text(clock.reference.department(department))));
    }
    let gone =
        case.withdrawn_at.map(|_| view! { <p class="flash warn">{icon("warn")}<span>"这个案例已撤下，企业看不到。"</span></p> });
    view! {
        {back("/cases", "典型案例")}
        {gone}
        <h1>{case.title.clone()}</h1>
        <section class="card"><h2>"问题"</h2>{words(case.problem.clone())}</section>
        <section class="card"><h2>"怎么解决的"</h2>{words(case.answer.clone())}</section>
        <section class="card">{facts(rows)}</section>
        <p><a class="button" href="/issues/new">"我也有问题，提诉求"</a></p>
    }
    .into_any()
}
