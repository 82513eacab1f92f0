//! The portrait (企业画像, S-22). An owner wants to see what the city knows of the firm, correct it, and fill
//! in what only the firm knows.

use super::controls::{figure_field, yes_or_no};
use crate::form::Form;
use crate::policy::read;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{hidden, submit, textarea, whose};
use crate::ui::policy::day;
use crate::ui::{back, empty, figures, icon, section};
use domain::enterprise::size;
use domain::policy::evaluate::Missing;
use domain::policy::facts::{Fact, Facts};
use domain::policy::library::{Attribute, AttributeKind};
use domain::policy::portrait::grouped;
use domain::policy::words;
use leptos::prelude::*;
use store::policy::Shelf;

/// The page; what was typed and refused is shown again.
#[component]
pub fn PortraitPage() -> impl IntoView {
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let (facts, withheld, told, shelf) = {
            let mut ctx = request.open().await?;
            let (facts, withheld, told) = read::portrait(&mut ctx).await?;
            (facts, withheld, told, ctx.shelf.clone())
        };
        title("企业画像");
        Ok(portrait(&shelf, &facts, withheld, told, &form))
    })
}

fn portrait(shelf: &Shelf, facts: &Facts, withheld: Option<String>, told: Option<String>, form: &Form) -> AnyView {
    let library = &shelf.library;
    let known = library.attributes.values().filter(|attribute| facts.get(&attribute.code).is_some());
    let groups: Vec<AnyView> = grouped(known)
        .into_iter()
        .map(|(title, list)| {
            let rows = list.into_iter();
            let rows =
                rows.filter_map(|attribute| facts.get(&attribute.code).map(|fact| row(shelf, attribute, facts, fact, form)));
            let rows = rows.collect_view();
            view! { <h3>{title}</h3><ul class="cells fact-list">{rows}</ul> }.into_any()
        })
        .collect();
    let about_tags = told.map(|told| view! { <p class="muted">{figures(&told)}</p> });
    let tags = facts.tags.as_ref().map(|held| {
        let list =
            held.iter().map(|tag| view! { <span class="tag run">{library.tag_name(tag).to_owned()}</span> }).collect_view();
        let none = held.is_empty().then(|| view! { <span class="muted">"没有登记的资质"</span> });
        section("企业资质", view! { <p class="tags">{list}{none}</p>{about_tags} })
    });
    let known = if groups.is_empty() {
        empty("部门的数据到了会显示在这里。您也可以先自己填写。", None)
    } else {
        groups.into_any()
    };
    view! {
            {back("/me", "我的")}
            {form.summary()}
            <h1>"企业画像"</h1>
            <p class="muted">"政策按这些信息匹配。数据来自各部门，不对的可以提出来，由部门核实。"</p>
            {section("已掌握的信息", known)}
            {tags}
            {match withheld {
                Some(who) => section("自己填写", view! { <p class="muted">{icon("lock")}{who}</p> }),
                None => stated(shelf, facts, form),
            }}
    }
    .into_any()
}

/// What the enterprise states itself.
fn stated(shelf: &Shelf, facts: &Facts, form: &Form) -> AnyView {
    let library = &shelf.library;
    let own = |attribute: &&Attribute| attribute.enterprise_may_state && attribute.kind != AttributeKind::Code;
    let first = asked_first(shelf, facts);
    let rest = library.attributes.values().filter(own).filter(|attribute| !first.contains(&attribute.code.as_str()));
    let fields = |list: Vec<&Attribute>| {
        let list = list.into_iter().map(|attribute| figure_field(attribute, facts, form)).collect_view();
        view! { <div class="calc-fields">{list}</div> }
    };
    let matter: Vec<&Attribute> = first.iter().filter_map(|code| library.attributes.get(code)).filter(own).collect();
    let matter = (!matter.is_empty()).then(|| view! { <h3>"先填这几项，最影响能享受多少"</h3>{fields(matter)} });
    let groups = grouped(rest).into_iter().map(|(title, list)| view! { <h3>{title}</h3>{fields(list)} }).collect_view();
    let questions: Vec<AnyView> = library.questions.keys().map(|code| yes_or_no(library, code, facts, form)).collect();
    view! {
        <form method="post" action="/me/portrait" class="stack" novalidate>
            {whose(form)}
            {section("自己填写", view! {
                <p class="muted">"填得越全，匹配越准。申报时由部门核实。"</p>
                {matter}
                {groups}
            })}
            {section("回答几个问题", questions)}
            {submit("保存")}
        </form>
    }
    .into_any()
}

/// The figures that are not known and that most money hangs on.
fn asked_first<'a>(shelf: &'a Shelf, facts: &Facts) -> Vec<&'a str> {
    let asked = shelf.book.evaluate(facts).questions;
    let codes = asked.into_iter().filter_map(|question| match question.missing {
        Missing::Attribute(code) => shelf.library.attributes.get(&code).map(|attribute| attribute.code.as_str()),
        _ => None,
    });
    codes.take(MATTER).collect()
}

/// How many figures are asked for before all others.
const MATTER: usize = 4;

fn row(shelf: &Shelf, attribute: &Attribute, facts: &Facts, fact: &Fact, form: &Form) -> AnyView {
    let beside = words::recorded(&shelf.library, &attribute.code, fact)
        .map(|words| view! { <span class="tag warn">{figures(&words)}"，申报时由审核人决定按哪个算"</span> });
    let source = [
        fact.source.clone(),
        if fact.period.is_empty() { String::new() } else { format!("{}年", fact.period) },
        fact.on.map(|on| format!("{} 更新", day(on))).unwrap_or_default(),
    ];
    let source: Vec<String> = source.into_iter().filter(|part| !part.is_empty()).collect();
    let code = attribute.code.clone();
    let id = format!("dispute-{code}");
    let fault = form.error(&id).map(str::to_owned);
    // A dispute that was refused stays open with its words; the others start empty.
    let open = fault.is_some();
    let (key, typed) = if open { (form.value("key").to_owned(), form.value("text")) } else { (String::new(), "") };
    let figure = if open { form.value("figure").to_owned() } else { String::new() };
    let key = if key.is_empty() { uuid::Uuid::now_v7().to_string() } else { key };
    view! {
        <li class="cell">
            <div>
                <span class="cell-head"><strong>{attribute.name.clone()}</strong><span>{figures(&words::value(&shelf.library, &attribute.code, &fact.value))}</span></span>
                <span class="muted">{figures(&source.join(" · "))}</span>
                {by_rule(shelf, attribute, facts)}
                {beside}
                <details open=open>
                    <summary>"数据有误"</summary>
                    <form method="post" action="/me/portrait/dispute" class="stack" novalidate>
                        {hidden("code", code)}
                        {whose(form)}
                        {hidden("key", key)}
                        {claimed_field(&id, attribute, &figure)}
                        {dispute_field(&id, typed, fault)}
                        <button class="button secondary">{icon("pen")}"提交核实"</button>
                    </form>
                </details>
            </div>
        </li>
    }
    .into_any()
}

/// Of the size: by which rule it is found, from what.
fn by_rule(shelf: &Shelf, attribute: &Attribute, facts: &Facts) -> Option<AnyView> {
    let day = shelf.book.as_of;
    let found = size::found(facts, day).filter(|_| attribute.code == "scale")?;
    let words = format!("{}：{}。{}", size::STANDARD, found.scale.label(), found.words(&shelf.library, facts, day));
    Some(view! { <span class="muted">{figures(&words)}</span> }.into_any())
}

/// The figure as the enterprise has it, in words people type.
fn claimed_field(id: &str, attribute: &Attribute, typed: &str) -> AnyView {
    let id = format!("{id}-figure");
    let label = match attribute.unit.as_str() {
        "" => "应该是".to_owned(),
        unit if attribute.kind == AttributeKind::Money => format!("应该是（{unit}，可写 500万、1.2亿）"),
        unit => format!("应该是（{unit}）"),
    };
    view! { <div class="field"><label for=id.clone()>{label}</label><input id=id name="figure" value=typed.to_owned() autocomplete="off" maxlength="40"/></div> }
        .into_any()
}

/// Many of these stand on one page: each has an id of its own.
fn dispute_field(id: &str, typed: &str, fault: Option<String>) -> AnyView {
    let (hint, error) = (format!("{id}-hint"), format!("{id}-error"));
    let bad = fault.is_some();
    let described = if bad { format!("{hint} {error}") } else { hint.clone() };
    let fault = fault.map(|message| view! { <p class="fault" id=error>{icon("warn")}{message}</p> });
    view! {
        <div class="field" class:bad=bad>
            <label for=id.to_owned()>"哪里不对"</label>
            <p class="hint" id=hint>"例如：与去年汇算清缴申报表不一致"</p>
            {fault}
            <textarea id=id.to_owned() name="text" rows="2" maxlength="300" aria-describedby=described
                aria-invalid=bad.then_some("true") inner_html=textarea(typed)></textarea>
        </div>
    }
    .into_any()
}
