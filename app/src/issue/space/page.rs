//! The enterprise's problems: the list, and one with everything it should know.
//!
//! An owner opens this on a phone, in a minute between two other things, wanting to know: who has it, by when, and is there anything I
//! must do?

use super::island::{LiveIssue, Shown};
use super::progress::Progress;
use crate::carried::Carried;
use crate::error::AppError;
use crate::filing::{Side, photo_question};
use crate::form::Form;
use crate::issue::read::{self, MemberIssue};
use crate::issue::related::{self, Links};
use crate::issue::timeline::{Photos, photos_of};
use crate::issue::view::issue_cell;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{HOTLINE, HOTLINE_LINK, back, empty, facts, icon, paragraph, section, words};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;
use store::issue::{FOUND_MINE, IssueRow, MineFilter};

/// Which of the list.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct ListQuery {
    filter: Option<String>,
    q: Option<String>,
    after: Option<String>,
}

/// My problems: where each stands, by when, with whom.
#[component]
pub fn IssuesPage() -> impl IntoView {
    let query = use_query::<ListQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let filter = MineFilter::from_code(query.filter.as_deref().unwrap_or(""));
        let words: String = query.q.unwrap_or_default().trim().chars().take(60).collect();
        let (page, clock) = {
            let mut ctx = request.open().await?;
            let page = if words.is_empty() {
                read::mine(&mut ctx, filter, query.after.as_deref()).await?
            } else {
                read::find_mine(&mut ctx, &words).await?
            };
            (page, ctx.clock())
        };
        title("我的诉求");
        Ok(if words.is_empty() { issues(&page, filter, &clock) } else { found(&page.rows, words, &clock) })
    })
}

/// Number or words, of all of them.
fn search(words: String) -> AnyView {
    view! {
        <form class="search" method="get" action="/issues" role="search">
            <label for="q" class="hidden">"编号或关键词"</label>
            <input id="q" name="q" type="search" value=words placeholder="编号或关键词" maxlength="60" autocomplete="off"/>
            <button class="button secondary">{icon("search")}<span>"查找"</span></button>
        </form>
    }
    .into_any()
}

fn found(rows: &[IssueRow], words: String, clock: &Clock) -> AnyView {
    let said = match rows.len() {
        0 => format!("没有找到“{words}”。可以换个词，或只输入编号的最后几位。"),
        FOUND_MINE => format!("“{words}”：只显示最近 {FOUND_MINE} 件，请多写一个词。"),
        count => format!("“{words}”：{count} 件"),
    };
    let cells = rows.iter().map(|row| issue_cell(row, clock.now, &clock.calendar, &clock.reference)).collect_view();
    view! {
        {back("/issues", "全部诉求")}
        <h1>"我的诉求"</h1>
        {search(words)}
        <p class="muted" role="status">{said}</p>
        {(!rows.is_empty()).then(|| view! { <ul class="cells card">{cells}</ul> })}
    }
    .into_any()
}

fn issues(page: &store::Page<IssueRow>, filter: MineFilter, clock: &Clock) -> AnyView {
    let filters = MineFilter::ALL.into_iter().map(|option| Chip {
        href: format!("/issues?filter={}", option.code()),
        label: option.label(),
        count: None,
        current: option == filter,
    });
    let body = if page.rows.is_empty() {
        match filter {
            MineFilter::All => empty("您提的每件诉求都会列在这里，随时看进度。", Some(("/issues/new", "提诉求"))),
            _ => empty("这一类里没有诉求。", Some(("/issues", "看全部"))),
        }
    } else {
        let cells = page.rows.iter().map(|row| issue_cell(row, clock.now, &clock.calendar, &clock.reference)).collect_view();
        view! { <ul class="cells card">{cells}</ul> }.into_any()
    };
    let next = format!("/issues?filter={}&", filter.code());
    view! {
        <h1>"我的诉求"</h1>
        {search(String::new())}
        {chips("按状态筛选", filters.collect())}
        {body}
        {more(&next, page.next.as_deref())}
    }
    .into_any()
}

/// A problem.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct IssueParams {
    number: String,
}

/// One problem: where it stands, who has it, by when, what can be done about it now.
#[component]
pub fn IssuePage() -> impl IntoView {
    let params = use_params::<IssueParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (page, links, clock) = {
            let mut ctx = request.open().await?;
            let page = read::of_member(&mut ctx, &number).await?;
            let links = related::links(&mut ctx, &page.detail).await?;
            (page, links, ctx.clock())
        };
        title(page.detail.title.clone());
        Ok(issue(&page, &links, &clock))
    })
}

fn issue(page: &MemberIssue, links: &Links, clock: &Clock) -> AnyView {
    let (detail, issue) = (&page.detail, &page.issue);
    let shown = Shown {
        number: detail.number.clone(),
        title: detail.title.clone(),
        owner: page.member.person.person.to_string(),
        progress: Progress::of(page, clock),
        photos: photo_question(&Form::default(), Side::Own),
    };
    let contact = domain::mask::contact(&detail.contact_name, &detail.contact_phone);
    let station = detail.serving.and_then(|id| clock.reference.station(id)).filter(|station| station.active).map(|station| {
        let dial = format!("tel:{}", station.phone);
        view! { <p><a class="button secondary" href=dial>{icon("phone")}<span>{station.name.clone()}" "<span class="figure">{station.phone.clone()}</span></span></a></p> }
    });
    let call = view! {
        {station}
        <p><a class="button secondary" href=HOTLINE_LINK>{icon("phone")}{HOTLINE}</a></p>
        <p class="muted">"通话时请报编号 "<span class="figure">{detail.number.clone()}</span></p>
    };
    view! {
        {back("/issues", "全部诉求")}
        <LiveIssue shown=Carried(shown)/>
        {links.own()}
        {issue.state.is_open().then(|| section("打电话问", call))}
        {section("我提的问题", view! {
            {paragraph(&detail.body)}
            <Photos photos=photos_of(detail, 1)/>
            {facts(vec![
                ("分类", words(clock.terms.catalogue_of(issue, clock.now).category_name(&issue.category).to_owned())),
                ("地点", words(if detail.place.is_empty() { "未填写".to_owned() } else { detail.place.clone() })),
                ("联系", words(contact)),
                ("怎么办理", words(issue.tier.plain().to_owned())),
            ])}
        })}
    }
    .into_any()
}
