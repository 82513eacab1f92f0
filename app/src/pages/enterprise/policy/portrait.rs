//! The portrait (企业画像, S-22) and what a member is told. An owner wants to see what the city knows of the firm, correct it, and fill
//! in what only the firm knows.

use crate::api::policy::tags;
use crate::render::Page;
use crate::shell::{Chrome, Tab};
use crate::ui::form::{Field, Form, field, hidden, submit};
use crate::ui::policy::day;
use crate::ui::{back, empty, icon, section};
use domain::policy::facts::{Fact, Facts};
use domain::policy::library::{Attribute, AttributeKind};
use domain::policy::words;
use leptos::prelude::*;
use store::policy::Shelf;
use store::policy::notice::{KINDS, Preference};

const DISPUTE: Field = Field {
    rows: 2, max: 300, ..field("text", "哪里不对，应该是多少", "例如：去年营业收入应为 3,860 万元")
};

/// The page. `form` holds what was typed and refused.
pub fn portrait(shelf: &Shelf, facts: &Facts, form: &Form) -> Page {
    let library = &shelf.library;
    let known = library.attributes.values().filter(|attribute| facts.get(&attribute.code).is_some());
    let rows: Vec<AnyView> =
        known.filter_map(|attribute| facts.get(&attribute.code).map(|fact| row(shelf, attribute, fact))).collect();
    let tags = facts.tags.as_ref().map(|held| {
        let list =
            held.iter().map(|tag| view! { <span class="tag run">{library.tag_name(tag).to_owned()}</span> }).collect_view();
        let none = held.is_empty().then(|| view! { <span class="muted">"没有登记的资质"</span> });
        section("企业资质", view! { <p class="tags">{list}{none}</p> })
    });
    let mine: Vec<AnyView> = library
        .attributes
        .values()
        .filter(|attribute| attribute.enterprise_may_state && attribute.kind != AttributeKind::Code)
        .map(|attribute| input(attribute, facts, form))
        .collect();
    let questions: Vec<AnyView> = library.questions.values().map(|q| question(&q.code, &q.text, facts)).collect();
    let known = if rows.is_empty() {
        empty("部门的数据到了会显示在这里。您也可以先自己填写。", None)
    } else {
        view! { <ul class="cells fact-list">{rows}</ul> }.into_any()
    };
    Page::new(
        "企业画像",
        Chrome::Space(Tab::Me),
        view! {
            {back("/me", "我的")}
            {form.summary()}
            <h1>"企业画像"</h1>
            <p class="muted">"政策按这些信息匹配。数据来自各部门，不对的可以提出来，由部门核实。"</p>
            {section("已掌握的信息", known)}
            {tags}
            <form method="post" action="/me/portrait" class="stack" novalidate>
                {section("自己填写", view! {
                    <p class="muted">"填得越全，匹配越准。申报时由部门核实。"</p>
                    <div class="calc-fields">{mine}</div>
                })}
                {section("回答几个问题", questions)}
                {submit("保存")}
            </form>
        },
    )
}

fn row(shelf: &Shelf, attribute: &Attribute, fact: &Fact) -> AnyView {
    let source = [
        fact.source.clone(),
        if fact.period.is_empty() { String::new() } else { format!("{}年", fact.period) },
        fact.on.map(|on| format!("{} 更新", day(on))).unwrap_or_default(),
    ];
    let source: Vec<String> = source.into_iter().filter(|part| !part.is_empty()).collect();
    let code = attribute.code.clone();
    let id = format!("dispute-{code}");
    let dispute = Field { name: "text", ..DISPUTE };
    let form = Form::default();
    view! {
        <li class="cell">
            <div>
                <span class="cell-head"><strong>{attribute.name.clone()}</strong><span>{words::value(&shelf.library, &attribute.code, &fact.value)}</span></span>
                <span class="muted">{source.join(" · ")}</span>
                <details>
                    <summary>"数据有误"</summary>
                    <form method="post" action="/me/portrait/dispute" class="stack" data-once="" novalidate>
                        {hidden("code", code)}
                        {hidden("key", uuid::Uuid::now_v7().to_string())}
                        {dispute_field(&id, dispute, &form)}
                        <button class="button secondary">{icon("pen")}"提交核实"</button>
                    </form>
                </details>
            </div>
        </li>
    }
    .into_any()
}

/// Many of these stand on one page: each has an id of its own.
fn dispute_field(id: &str, field: Field, _form: &Form) -> AnyView {
    view! {
        <div class="field">
            <label for=id.to_owned()>{field.label}</label>
            <p class="hint">{field.hint}</p>
            <textarea id=id.to_owned() name=field.name rows=field.rows.to_string() maxlength=field.max.to_string()></textarea>
        </div>
    }
    .into_any()
}

fn input(attribute: &Attribute, facts: &Facts, form: &Form) -> AnyView {
    let name = format!("f.{}", attribute.code);
    let typed = form.all(&name).next().map(str::to_owned);
    let value = typed.unwrap_or_else(|| facts.get(&attribute.code).map(|fact| fact.value.clone()).unwrap_or_default());
    let fault = form.error(&name).map(|message| view! { <p class="fault">{icon("warn")}{message.to_owned()}</p> });
    let bad = fault.is_some().then_some("true");
    let label =
        if attribute.unit.is_empty() { attribute.name.clone() } else { format!("{}（{}）", attribute.name, attribute.unit) };
    let kind = if attribute.kind == AttributeKind::Date { "date" } else { "text" };
    let mode = if attribute.kind == AttributeKind::Count { "numeric" } else { "decimal" };
    view! {
        <div class="field">
            <label for=name.clone()>{label}</label>
            {fault}
            <input id=name.clone() name=name.clone() type=kind inputmode=mode value=value autocomplete="off" maxlength="24" placeholder="未填" aria-invalid=bad/>
        </div>
    }
    .into_any()
}

fn question(code: &str, text: &str, facts: &Facts) -> AnyView {
    let name = format!("q.{code}");
    let answer = facts.attest.get(code).copied();
    let option = |value: &'static str, label: &'static str, checked: bool| {
        let id = format!("{name}-{value}");
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name=name.clone() value=value checked=checked/>
                <label for=id><span>{label}</span></label>
            </div>
        }
    };
    let (yes, no) = (option("yes", "是", answer == Some(true)), option("no", "否", answer == Some(false)));
    view! { <fieldset class="field choices yes-no"><legend>{text.to_owned()}</legend><div class="options">{yes}{no}</div></fieldset> }.into_any()
}

/// How and of what a member is told.
pub fn notices(shelf: &Shelf, preferences: &[Preference], subscribed: &[String]) -> Page {
    let rows = KINDS.iter().map(|(kind, label)| {
        let chosen = preferences.iter().find(|preference| preference.kind == *kind);
        let boxed = |channel: &'static str, words: &'static str, on: bool| {
            let name = format!("{channel}.{kind}");
            view! {
                <div class="choice">
                    <input type="checkbox" id=name.clone() name=name.clone() value="on" checked=on/>
                    <label for=name><span>{words}</span></label>
                </div>
            }
        };
        let in_app = boxed("in_app", "站内消息", chosen.is_none_or(|preference| preference.in_app));
        let sms = boxed("sms", "短信", chosen.is_some_and(|preference| preference.sms));
        view! { <fieldset class="field choices yes-no"><legend>{*label}</legend><div class="options">{in_app}{sms}</div></fieldset> }
    });
    let tags = tags(shelf).into_iter().map(|tag| {
        let id = format!("tag-{tag}");
        let on = subscribed.is_empty() || subscribed.contains(&tag);
        view! {
            <div class="choice">
                <input type="checkbox" id=id.clone() name="tag" value=tag.clone() checked=on/>
                <label for=id><span>{tag}</span></label>
            </div>
        }
    });
    Page::new(
        "政策提醒",
        Chrome::Space(Tab::Me),
        view! {
            {back("/me", "我的")}
            <h1>"政策提醒"</h1>
            <p class="muted">"同一项政策只提醒一次，每天最多一条。"</p>
            <form method="post" action="/me/notices" class="stack">
                {section("怎样提醒", rows.collect_view())}
                {section("只看这些主题", view! {
                    <fieldset class="field choices chips-field"><legend class="hidden">"主题"</legend><div class="options">{tags.collect_view()}</div></fieldset>
                })}
                {submit("保存")}
            </form>
        },
    )
}
