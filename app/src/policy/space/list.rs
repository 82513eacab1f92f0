//! The list of policies. An owner opens it with a thumb and wants to know: how much is there for me, what must I do for it, by when?

use super::card::card;
use crate::form::Form;
use crate::policy::filter::Filter;
use crate::policy::known::known;
use crate::policy::read::{self, View, tags};
use crate::policy::view::state_tag;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{hidden, select, whose};
use crate::ui::policy::day;
use crate::ui::{empty, figures, icon, section};
use domain::catalogue::{Board, Edition};
use domain::policy::evaluate::{Evaluation, Missing, Outcome, Standing};
use domain::policy::library::{AttributeKind, Library};
use domain::policy::model::{Level, Mode};
use domain::policy::money::Fen;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use store::policy::item::Ended;
use time::Date;

/// The block of the home page: the total and the first three.
#[component]
pub fn HomePolicies(view: View, today: Date) -> impl IntoView {
    let worth = |outcome: &&Outcome| matches!(outcome.standing, Standing::Payable | Standing::Applicable | Standing::Near);
    let fitting = view.evaluation.outcomes.iter().filter(|outcome| outcome.standing <= Standing::Applicable).count();
    let mut shown: Vec<&Outcome> = Vec::new();
    // One of each kind first: what is paid, what can be applied for, what is one step away.
    for standing in [Standing::Applicable, Standing::Payable, Standing::Near] {
        shown.extend(view.evaluation.outcomes.iter().find(|o| o.standing == standing && view.item(o).amount.is_money()));
    }
    if shown.is_empty() {
        shown.extend(view.evaluation.outcomes.iter().filter(worth).take(3));
    }
    let mut explainer = view.shelf.book.explainer(&view.facts);
    let cards = shown.iter().map(|outcome| card(&mut explainer, &view.shelf.library, outcome, today, true)).collect_view();
    if shown.is_empty() {
        return section(
            "为您匹配的政策",
            empty("填几项企业信息，就能看到可以享受哪些政策、多少钱。", Some(("/me/portrait", "填写企业画像"))),
        );
    }
    section(
        "为您匹配的政策",
        view! {
            <p class="policy-total">{figures(&format!("{fitting} 项符合，还可享 "))}<strong class="money">{figures(&view.evaluation.total.words())}</strong></p>
            {standing(&view)}
            <ul class="cells">{cards}</ul>
            <p class="more"><a href="/policies">"全部政策"</a></p>
        },
    )
}

/// What was applied for, approved and paid: apart from what can still be had.
fn standing(view: &View) -> Option<AnyView> {
    let parts: Vec<String> = view
        .standing()
        .into_iter()
        .filter(|(_, fen)| *fen > 0)
        .map(|(label, fen)| format!("{label} {}", Fen(fen).words()))
        .collect();
    (!parts.is_empty())
        .then(|| view! { <p class="muted"><a href="/applications">{figures(&parts.join(" · "))}</a></p> }.into_any())
}

/// An item of which there is an application in this period: where that stands, not what else could be had.
fn had(view: &View, outcome: &Outcome) -> Option<AnyView> {
    let item = view.item(outcome);
    let live = view.live.iter().find(|live| live.item_code == item.id)?;
    let (href, state) = (format!("/applications/{}", live.number), state_tag(&live.state));
    let cell = view! {
        <li class="cell">
            <a href=href>
                <span class="cell-head"><strong>{figures(&item.title)}</strong><span class="money">{figures(&Fen(live.fen()).words())}</span></span>
                <span class="tags">{state}<span class="tag quiet">{item.level.label()}</span></span>
            </a>
        </li>
    };
    Some(cell.into_any())
}

/// What the list is narrowed by.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct FilterQuery {
    board: Option<String>,
    level: Option<String>,
    mode: Option<String>,
    tag: Option<String>,
    soon: Option<String>,
    q: Option<String>,
}

impl From<FilterQuery> for Filter {
    fn from(query: FilterQuery) -> Filter {
        Filter {
            board: query.board.unwrap_or_default(),
            level: query.level.as_deref().and_then(Level::parse),
            mode: query.mode.as_deref().and_then(Mode::parse),
            soon: query.soon.as_deref() == Some("1"),
            tag: query.tag.unwrap_or_default(),
            words: query.q.unwrap_or_default().trim().chars().take(60).collect(),
        }
    }
}

/// The list.
#[component]
pub fn PoliciesPage() -> impl IntoView {
    let query = use_query::<FilterQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let (view, boards, today) = {
            let mut ctx = request.open().await?;
            let view = read::view(&mut ctx).await?;
            let boards = boards(&view, ctx.catalogue());
            (view, boards, ctx.today())
        };
        title("政策");
        Ok(list(&view, &query.into(), boards, today))
    })
}

/// The boards that policies are under, those of before among them.
fn boards(view: &View, today: Edition<'_>) -> Vec<(String, String)> {
    let mut boards: Vec<&Board> = view.shelf.book.items().iter().filter_map(|item| today.board(&item.board)).collect();
    boards.sort_by(|a, b| (a.position, &a.code).cmp(&(b.position, &b.code)));
    boards.dedup_by(|a, b| a.code == b.code);
    boards.into_iter().map(|board| (board.code.clone(), board.name.clone())).collect()
}

fn list(view: &View, filter: &Filter, boards: Vec<(String, String)>, today: Date) -> AnyView {
    let library = &view.shelf.library;
    let mut explainer = view.shelf.book.explainer(&view.facts);
    let groups = Standing::ALL.into_iter().filter_map(|standing| {
        let of = |outcome: &&Outcome| outcome.standing == standing && filter.lets(view.item(outcome), today);
        let list: Vec<&Outcome> = view.evaluation.outcomes.iter().filter(of).collect();
        let (count, none) = (list.len(), list.is_empty());
        let mut cell = |outcome: &Outcome| match standing {
            Standing::Had => had(view, outcome),
            _ => Some(card(&mut explainer, library, outcome, today, false)),
        };
        let cards = list.into_iter().filter_map(&mut cell).collect_view();
        let lead = lead(standing);
        match standing {
            _ if none => None,
            Standing::Unmet => Some(
                view! {
                    <details class="card unmet" open=!filter.words.is_empty()><summary>{format!("{} {count}", standing.label())}</summary><ul class="cells">{cards}</ul></details>
                }
                .into_any(),
            ),
            _ => Some(section(
                format!("{} {count}", standing.label()),
                view! { <p class="muted">{lead}</p><ul class="cells long">{cards}</ul> },
            )),
        }
    });
    let groups: Vec<AnyView> = groups.collect();
    let body = match (groups.is_empty(), filter.is_open()) {
        (true, true) => empty("政策发布后会在这里，并告诉您适不适合您的企业。", None),
        (true, false) if !filter.words.is_empty() => {
            empty("没有找到这样的政策。可以换个词，或少写几个字。", Some(("/policies", "看全部")))
        }
        (true, false) => empty("没有符合筛选的政策。", Some(("/policies", "看全部"))),
        _ => groups.into_any(),
    };
    view! {
            <h1>"政策"</h1>
            <div class="card total-card">
                <p class="policy-total">"还可享"<strong class="money">{figures(&view.evaluation.total.words())}</strong></p>
                {standing(view)}
                <p class="muted">{figures(&format!("按 {} 的企业画像测算，以部门审核为准", day(today)))}</p>
                <p class="row">
                    <a class="button" href="/policies/calculator">{icon("swap")}"算一算"</a>
                    <a class="button secondary" href="/applications">"我的申请"</a>
                    <a class="button secondary" href="/me/portrait">"企业画像"</a>
                </p>
            </div>
            {filter.words.is_empty().then(|| questions(&view.evaluation, view))}
            {search(filter)}
            {filters(view, filter, boards)}
            {body}
            {past(&view.ended())}
            {not_entered()}
            <p class="more"><a href="/me/notices">"政策提醒和订阅"</a></p>
    }
    .into_any()
}

/// What has ended and what is known and not entered: said, so that nobody looks for it in vain. Not counted anywhere.
fn past(ended: &[&Ended]) -> Option<AnyView> {
    let rows = ended.iter().map(
        |one| view! { <li><strong>{figures(&one.title)}</strong>" "<small class="muted">{figures(&day(one.until))}"到期"</small></li> },
    );
    let rows = rows.collect_view();
    (!ended.is_empty()).then(|| {
        view! { <details class="card unmet"><summary>{format!("已到期、没有接续的 {}", ended.len())}</summary><ul class="plain">{rows}</ul></details> }
            .into_any()
    })
}

fn not_entered() -> AnyView {
    let rows = known().iter().map(|one| {
        let name = [one.no.as_str(), one.title.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        view! { <li><strong>{figures(&name)}</strong>" "<small class="muted">{one.issuer.clone()}" · "{figures(&one.years)}"。"{figures(&one.why)}</small></li> }
    });
    let rows = rows.collect_view();
    view! { <details class="card unmet"><summary>{format!("已知、还没有录入的 {}", known().len())}</summary><p class="muted">"这些政策还不能在这里测算。想了解，请向发文机关或 12345 咨询。"</p><ul class="plain">{rows}</ul></details> }
        .into_any()
}

fn lead(standing: Standing) -> &'static str {
    match standing {
        Standing::Payable => "不用填申报表：申报即享的在纳税申报时享受，免申即享的确认账户即可。",
        Standing::Applicable => "符合条件，按时申报。",
        Standing::Closed => "符合条件，现在不在申报时间内，不计入合计。",
        Standing::Had => "本期已申请，进展看“我的申请”；不计入“还可享”的合计。",
        Standing::Near => "只差一项，点开看差多少。",
        Standing::Unknown => "补充信息后就知道能不能享受。",
        Standing::Unmet => "",
    }
}

/// Whether the enterprise itself can tell: an answer, or a fact that it may state.
pub fn can_answer(library: &Library, missing: &Missing) -> bool {
    match missing {
        Missing::Attribute(code) => {
            library.attributes.get(code).is_some_and(|a| a.enterprise_may_state && a.kind != AttributeKind::Code)
        }
        Missing::Question(_) => true,
        Missing::Tags => false,
    }
}

/// The control in the portrait that takes the answer.
pub fn where_to_answer(missing: &Missing) -> String {
    match missing {
        Missing::Question(code) => format!("/me/portrait#q.{code}-yes"),
        missing => format!("/me/portrait#f.{}", missing.code()),
    }
}

/// What to ask next: answered here with one tap where it is a yes or no.
fn questions(evaluation: &Evaluation, view: &View) -> Option<AnyView> {
    let list: Vec<AnyView> = evaluation
        .questions
        .iter()
        .filter(|question| question.decides > Fen::ZERO && can_answer(&view.shelf.library, &question.missing))
        .take(3)
        .map(|question| {
            let worth = format!("如符合条件，最高 {}", question.decides.words());
            match &question.missing {
                Missing::Question(code) => {
                    let name = format!("q.{code}");
                    let text = figures(view.shelf.library.question_text(code));
                    view! {
                        <li class="cell question">
                            <form method="post" action="/me/portrait">
                                {hidden("back", "/policies")}
                                {whose(&Form::default())}
                                <p class="cell-head"><strong>{text}</strong><span class="money">{figures(&worth)}</span></p>
                                <p class="row">
                                    <button class="button secondary" name=name.clone() value="yes">"是"</button>
                                    <button class="button secondary" name=name value="no">"否"</button>
                                </p>
                            </form>
                        </li>
                    }
                    .into_any()
                }
                missing => {
                    let name = view.shelf.library.attribute_name(missing.code()).to_owned();
                    view! {
                        <li class="cell">
                            <a href=where_to_answer(missing)>
                                <span class="cell-head"><strong>{format!("{name}是多少？")}</strong><span class="money">{figures(&worth)}</span></span>
                            </a>
                        </li>
                    }
                    .into_any()
                }
            }
        })
        .collect();
    (!list.is_empty()).then(|| section("补充信息，匹配更多政策", view! { <ul class="cells">{list}</ul> }))
}

/// By name, of all that are there; what else narrows the list stays.
fn search(filter: &Filter) -> AnyView {
    let kept = |name: &'static str, value: &str| (!value.is_empty()).then(|| hidden(name, value.to_owned()));
    view! {
        <form class="search" method="get" action="/policies" role="search">
            <label for="q" class="hidden">"政策名称、文号或主题"</label>
            <input id="q" name="q" type="search" value=filter.words.clone() placeholder="名称、文号或主题" maxlength="60" autocomplete="off"/>
            {kept("board", &filter.board)}
            {kept("level", filter.level.map_or("", Level::code))}
            {kept("mode", filter.mode.map_or("", Mode::code))}
            {kept("tag", &filter.tag)}
            {kept("soon", if filter.soon { "1" } else { "" })}
            <button class="button secondary">{icon("search")}<span>"查找"</span></button>
        </form>
    }
    .into_any()
}

fn filters(view: &View, filter: &Filter, boards: Vec<(String, String)>) -> AnyView {
    let mut form = Form::default();
    form.push("board", filter.board.clone());
    form.push("level", filter.level.map_or("", Level::code));
    form.push("mode", filter.mode.map_or("", Mode::code));
    form.push("tag", filter.tag.clone());
    let levels = Level::ALL.iter().map(|level| (level.code().to_owned(), level.label().to_owned())).collect();
    let modes = Mode::ALL.iter().map(|mode| (mode.code().to_owned(), mode.label().to_owned())).collect();
    let tags = tags(&view.shelf).into_iter().map(|tag| (tag.clone(), tag)).collect();
    let plain = |list: Vec<(String, String)>| vec![(String::new(), list)];
    view! {
        <details class="filters" open=filter.is_chosen()>
            <summary>"筛选"</summary>
            <form method="get" action="/policies" class="filter-form">
                {(!filter.words.is_empty()).then(|| hidden("q", filter.words.clone()))}
                {select(&form, "board", "服务板块", Some("全部"), plain(boards))}
                {select(&form, "level", "层级", Some("全部"), plain(levels))}
                {select(&form, "mode", "兑现方式", Some("全部"), plain(modes))}
                {select(&form, "tag", "主题", Some("全部"), plain(tags))}
                <div class="choice">
                    <input type="checkbox" id="soon" name="soon" value="1" checked=filter.soon/>
                    <label for="soon"><span>{figures("30 天内截止")}</span></label>
                </div>
                <p class="row"><button class="button secondary">"筛选"</button><a class="button secondary" href="/policies">"清除"</a></p>
            </form>
        </details>
    }
    .into_any()
}
