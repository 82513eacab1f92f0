//! One policy. An owner wants: is it for me, how much, by when, what do I bring, whom do I ask?

use super::apply::ready;
use super::card::deadline;
use super::list::{can_answer, where_to_answer};
use crate::error::AppError;
use crate::form::Form;
use crate::policy::read::{self, ItemPage};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, field, hidden, whose};
use crate::ui::policy::{amount, conditions, day};
use crate::ui::{back, facts, figures, icon, section, words as text};
use domain::calendar::local;
use domain::policy::application::State;
use domain::policy::condition::Test;
use domain::policy::evaluate::{Standing, Verdict};
use domain::policy::explain::LeafResult;
use domain::policy::facts::{Fact, Facts};
use domain::policy::model::{Item, Mode};
use domain::policy::money::Fen;
use domain::policy::words;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use time::{Date, OffsetDateTime};

const QUESTION: Field =
    Field { rows: 3, max: 500, optional: true, ..field("text", "想问什么", "不写也可以；办理单位按时限答复") };

/// The code of an item.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
pub(super) struct PolicyParams {
    pub(super) code: String,
}

/// One item; what was typed into a question that was refused is shown again.
#[component]
pub fn PolicyPage() -> impl IntoView {
    let params = use_params::<PolicyParams>().get_untracked();
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let code = params.map_err(|_| AppError::NotFound)?.code;
        let (page, now) = {
            let mut ctx = request.open().await?;
            (read::item_page(&mut ctx, &code).await?, ctx.now)
        };
        title(page.view.item(&page.outcome).title.clone());
        Ok(item(&page, &form, now))
    })
}

fn item(page: &ItemPage, form: &Form, now: OffsetDateTime) -> AnyView {
    let today = local(now).date();
    let view = &page.view;
    let item = view.item(&page.outcome);
    let library = &view.shelf.library;
    let explained = view.shelf.book.explain(page.outcome.item, &view.facts);
    let step = page.outcome.short.and_then(|at| explained.get(at)).map(|leaf| words::step(library, leaf));
    let standing = page.outcome.standing;
    let class = match standing {
        Standing::Payable | Standing::Applicable | Standing::Had => "tag ok",
        Standing::Near | Standing::Unknown => "tag warn",
        Standing::Closed | Standing::Unmet => "tag quiet",
    };
    let had = (standing == Standing::Had).then(|| had(page, item)).flatten();
    // What today's facts come to says nothing of a sum that stands.
    let formula = (item.amount.is_money() && had.is_none()).then(|| {
        let filled = words::formula(library, &item.amount, &reckoned(page, &explained));
        view! { <p class="formula">{figures(&filled)}</p> }
    });
    let worth = match had {
        Some(had) => had,
        None if standing == Standing::Near => format!("达到后约 {}", amount(item, &page.outcome)),
        None => amount(item, &page.outcome),
    };
    let others = group_note(page, item);
    let dates = facts(vec![
        ("有效期", figures(&window(item.valid.from, item.valid.to))),
        (
            if item.apply.mode.is_applied_for() { "申报时间" } else { "享受时间" },
            figures(&deadline(item, today).unwrap_or_else(|| "有效期内随时".to_owned())),
        ),
        ("兑现方式", text(item.apply.mode.label())),
        ("在哪里办", text(if item.apply.place.is_empty() { "按文件规定".to_owned() } else { item.apply.place.clone() })),
    ]);
    let materials = (!item.apply.materials.is_empty()).then(|| {
        let list = item.apply.materials.iter().map(|material| view! { <li>{figures(material)}</li> }).collect_view();
        let heading = if item.apply.mode.is_applied_for() { "要准备的材料" } else { "留存备查的资料" };
        section(heading, view! { <ul class="plain">{list}</ul> })
    });
    view! {
            {back("/policies", "全部政策")}
            {form.summary()}
            <h1>{figures(&item.title)}</h1>
            <p class="tags">
                <span class=class>{standing.label()}</span>
                <span class="tag quiet">{item.level.label()}</span>
                <span class="tag quiet">{item.apply.mode.label()}</span>
            </p>
            <div class="card amount-card">
                <p class="amount">{figures(&worth)}</p>
                {formula}
                {step.map(|step| view! { <p class="step">{icon("right")}<span>{figures(&step)}</span></p> })}
                {others}
                {act(page, item, now)}
            </div>
            {section("条件", conditions(item, &explained, library))}
            {section("时间和办理", dates)}
            {materials}
            {document(page, item)}
            {ask(item, form)}
    }
    .into_any()
}

/// What was applied for, approved or paid in this period: the figure that home and list say.
fn had(page: &ItemPage, item: &Item) -> Option<String> {
    let live = page.view.live.iter().find(|live| live.item_code == item.id).filter(|_| item.amount.is_money())?;
    let state = match State::parse(&live.state) {
        Some(state @ (State::Approved | State::Paid)) => state.label(),
        _ => Standing::Had.label(),
    };
    Some(format!("{state} {}", Fen(live.fen()).words()))
}

/// The facts that the amount is said of: as they are, or with the missing step taken.
fn reckoned(page: &ItemPage, explained: &[LeafResult<'_>]) -> Facts {
    let mut facts = page.view.facts.clone();
    let short = page.outcome.short.and_then(|at| explained.get(at)).map(|leaf| &leaf.leaf.test);
    if let Some(Test::Num { attr, value, .. }) = short {
        facts.set(attr, Fact::new(value.to_string()));
    }
    facts
}

fn window(from: Date, to: Option<Date>) -> String {
    to.map_or_else(|| format!("{} 起", day(from)), |to| format!("{} 至 {}", day(from), day(to)))
}

fn group_note(page: &ItemPage, item: &Item) -> Option<AnyView> {
    let group = item.group.as_ref()?;
    let view = &page.view;
    let others: Vec<AnyView> = view
        .evaluation
        .outcomes
        .iter()
        .filter(|outcome| outcome.item != page.outcome.item)
        .filter(|outcome| view.item(outcome).group.as_ref().is_some_and(|other| other.id == group.id))
        .map(|outcome| {
            let other = view.item(outcome);
            let href = format!("/policies/{}", other.id);
            let state = if outcome.chosen { "，现在按这项享受" } else { "" };
            view! { <li><a href=href>{figures(&other.title)}</a>{format!("（{}{state}）", outcome.standing.label())}</li> }
                .into_any()
        })
        .collect();
    (!others.is_empty()).then(|| {
        view! { <div class="group-note"><p class="muted">{format!("{}，与以下政策：", group.rule.label())}</p><ul class="plain">{others}</ul></div> }
            .into_any()
    })
}

/// What can be done now: one button.
fn act(page: &ItemPage, item: &Item, now: OffsetDateTime) -> AnyView {
    let calculator = view! { <a class="button secondary" href="/policies/calculator">"算一算"</a> };
    let code = item.id.clone();
    if page.outcome.verdict == Verdict::Eligible && !item.apply.mode.is_applied_for() {
        return view! {
            <p class="muted">{icon("check")}"纳税申报时自行享受，不用在这里申请。"</p>
            <p class="row">{calculator}</p>
        }
        .into_any();
    }
    if let Some(application) = &page.application {
        let state = application.state().ok();
        let of_now = page.outcome.standing == Standing::Had && state.is_some_and(|state| state == State::Paid);
        if state.is_some_and(State::is_open) || of_now {
            let href = format!("/applications/{}", application.number);
            let label = format!("查看申请（{}）", state.map_or("", State::label));
            return view! { <p class="row"><a class="button" href=href>{label}</a>{calculator}</p> }.into_any();
        }
    }
    if page.outcome.verdict == Verdict::Eligible && !item.apply.is_here() {
        let place = format!("{}，不在这里申请。", item.apply.place);
        return view! { <p class="muted">{icon("right")}{figures(&place)}</p><p class="row">{calculator}</p> }.into_any();
    }
    let href = format!("/policies/{code}/apply");
    if page.outcome.verdict == Verdict::Eligible && item.open_on(local(now).date()) {
        let who = page.withheld.clone().map(|who| view! { <p class="muted">{icon("lock")}{who}</p> });
        let label = match item.apply.mode {
            _ if who.is_some() => "备好申请",
            Mode::Enjoy | Mode::Automatic => "确认收款账户",
            Mode::Express => "一键申领",
            Mode::Declare => "去申报",
        };
        let ready = ready(page, now);
        return view! { {who}{ready}<p class="row"><a class="button" href=href>{label}</a>{calculator}</p> }.into_any();
    }
    // What the departments alone can tell has no control to lead to.
    let missing = (page.outcome.verdict == Verdict::Unknown)
        .then(|| page.outcome.missing.iter().find(|missing| can_answer(&page.view.shelf.library, missing)))
        .flatten()
        .map(|missing| view! { <a class="button" href=where_to_answer(missing)>"补充企业信息"</a> });
    view! { <p class="row">{missing}{calculator}</p> }.into_any()
}

fn document(page: &ItemPage, item: &Item) -> AnyView {
    let document = &item.document;
    let link = document.link().map(|url| view! { <p><a href=url.to_owned() rel="noopener external">"查看原文"</a></p> });
    let note = (!document.note.is_empty()).then(|| view! { <p class="muted">{figures(&document.note)}</p> });
    let clauses = item.clauses.values().map(|clause| view! { <li>{figures(clause)}</li> }).collect_view();
    let siblings = (!page.siblings.is_empty()).then(|| {
        let list = page.siblings.iter().map(|(code, title)| {
            let href = format!("/policies/{code}");
            view! { <li><a href=href>{figures(title)}</a></li> }
        });
        view! { <p class="muted">"同一文件的其他条目："</p><ul class="plain">{list.collect_view()}</ul> }
    });
    let number = if document.no.is_empty() { document.title.clone() } else { format!("{} {}", document.no, document.title) };
    section(
        "政策文件",
        view! {
            <p><strong>{figures(&number)}</strong></p>
            <p class="muted">{figures(&format!("{} · {}", document.issuer, document.years))}</p>
            <ul class="plain">{clauses}</ul>
            {note}
            {link}
            {siblings}
        },
    )
}

/// One tap files a question into the loop (S-26).
fn ask(item: &Item, form: &Form) -> AnyView {
    let action = format!("/policies/{}/ask", item.id);
    let form = form.clone().or("key", uuid::Uuid::now_v7().to_string());
    section(
        "问一问",
        view! {
            <form method="post" action=action class="stack" novalidate>
                {hidden("key", form.value("key"))}
                {whose(&form)}
                {QUESTION.view(&form)}
                <button class="button secondary">{icon("ask")}"提交咨询"</button>
            </form>
        },
    )
}
