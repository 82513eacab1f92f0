//! Who may act for the enterprise (企业联系人). An owner opens this on a phone, rarely: somebody new does the errands, somebody has left. An
//! agent opens it to see what is not theirs, and whom to ask.

use super::entry::history;
use super::read::{self, Mine, One};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, choice, choices, field, hidden, submit, whose};
use crate::ui::{back, facts, figures, icon, section, words};
use domain::actor::{MemberRole, PersonId};
use domain::mask;
use domain::member::RULES;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::member::Member;
use time::OffsetDateTime;

const NAME: Field = Field { max: 30, ..field("name", "姓名", "") };
const PHONE: Field =
    Field {
        kind: "tel", inputmode: "tel", max: 20, ..field("phone", "手机号", "对方用这个手机号登录后即可办事")
    };

/// The members, what each may do, and for an owner the form that adds one.
#[component]
pub fn MembersPage() -> impl IntoView {
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let (mine, now) = {
            let mut ctx = request.open().await?;
            (read::mine(&mut ctx).await?, ctx.now)
        };
        title("企业联系人");
        Ok(page(mine, &form, now))
    })
}

/// The number of a member, whole to whoever may call it a colleague's: the owner, who keeps the list, and the member itself.
fn phone(member: &Member, role: MemberRole, me: PersonId) -> String {
    if role == MemberRole::Owner || member.id == me { member.phone.clone() } else { mask::phone(&member.phone) }
}

fn page(mine: Mine, form: &Form, now: OffsetDateTime) -> AnyView {
    let Mine { me, members, history: changes } = mine;
    let (role, person) = (me.enterprise.role, me.person.person);
    let owner = role == MemberRole::Owner;
    let count = members.len();
    let rows = members.iter().map(|member| {
        let mine = member.id == person;
        let line = format!("{} · {}", phone(member, role, person), member.role.label());
        let body = view! {
            <span class="cell-head"><strong>{member.name.clone()}</strong>{mine.then(|| view! { <span class="tag quiet">"我"</span> })}</span>
            <span class="muted">{figures(&line)}</span>
        };
        if owner || mine {
            view! { <li class="cell"><a href=format!("/me/members/{}", member.id)>{body}</a></li> }.into_any()
        } else {
            view! { <li class="cell"><div>{body}</div></li> }.into_any()
        }
    });
    let add = owner.then(|| {
        section(
            "添加经办人",
            view! {
                <form method="post" action="/me/members" class="stack" novalidate>
                    {whose(form)}
                    {NAME.view(form)}
                    {PHONE.view(form)}
                    {submit("添加")}
                </form>
            },
        )
    });
    let ask = (!owner).then(|| view! { <p class="muted">"增减联系人由负责人办理。"</p> });
    view! {
        {back("/me", "我的")}
        {form.summary()}
        <h1>"企业联系人"</h1>
        <p class="muted">{me.enterprise.name}</p>
        {section(format!("企业联系人 {count}"), view! { <ul class="cells">{rows.collect_view()}</ul>{ask} })}
        {add}
        {rights()}
        {changes.map(|changes| section("变更记录", history(changes, now, false)))}
    }
    .into_any()
}

/// What owner and agent may do, as the table of the rules has it.
fn rights() -> AnyView {
    let list = |agent: bool| {
        let items = RULES.iter().filter(|rule| rule.agent == agent).map(|rule| view! { <li>{figures(rule.label)}</li> });
        view! { <ul class="plain">{items.collect_view()}</ul> }
    };
    let rows = vec![("负责人、经办人都可以", list(true).into_any()), ("只有负责人可以", list(false).into_any())];
    section("谁能办什么", facts(rows))
}

/// Whose page.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct PersonParams {
    person: PersonId,
}

/// One member: what an owner may do about them, and they about themselves.
#[component]
pub fn MemberPage() -> impl IntoView {
    let params = use_params::<PersonParams>().get_untracked();
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let person = params.map_err(|_| AppError::NotFound)?.person;
        let one = read::one(&mut *request.open().await?, person).await?;
        title(one.member.name.clone());
        Ok(member(&one, &form))
    })
}

fn member(one: &One, form: &Form) -> AnyView {
    let Member { name, role, .. } = &one.member;
    let known = facts(vec![
        ("手机号", words(phone(&one.member, one.me.enterprise.role, one.me.person.person))),
        ("身份", words(role.label())),
        ("企业", words(one.me.enterprise.name.clone())),
    ]);
    let body = match (one.is_me(), role) {
        (true, MemberRole::Owner) if !one.other_owner => {
            let why = "您是唯一的负责人，不能退出。要换人，请先添加对方为经办人，再在对方的页面上交接。";
            view! { <p class="muted">{why}</p> }.into_any()
        }
        (true, _) => step(
            one,
            form,
            Ask { code: "remove", heading: "退出这家企业", button: "退出", quiet: true },
            "退出后，您不能再为这家企业办事。".to_owned(),
            "我确认退出".to_owned(),
        ),
        (false, MemberRole::Owner) => {
            view! { <p class="muted">"负责人之间不能互相移除。如果登记有误，请联系企服中心。"</p> }.into_any()
        }
        (false, MemberRole::Agent) => about_agent(one, form),
    };
    view! {
        {back("/me/members", "企业联系人")}
        {form.summary()}
        <h1>{name.clone()}</h1>
        <section class="card">{known}</section>
        {body}
    }
    .into_any()
}

fn about_agent(one: &One, form: &Form) -> AnyView {
    let name = &one.member.name;
    let remove = Ask { code: "remove", heading: "移除", button: "移除", quiet: false };
    let share = Ask { code: "share", heading: "增加一位负责人", button: "设为负责人", quiet: true };
    let hand_over = Ask { code: "hand_over", heading: "交接", button: "交接", quiet: true };
    view! {
        {step(one, form, remove, format!("移除后，{name}在所有设备上马上不能再为企业办事。"), format!("我确认移除{name}"))}
        {step(
            one, form, share,
            format!("{name}和您一样可以办理所有事项，您不能再移除对方。"),
            format!("我确认{name}是企业的负责人"),
        )}
        {step(
            one, form, hand_over,
            format!("{name}成为负责人，您转为经办人：不能再增减联系人、填写画像、提交大额申请。"),
            format!("我确认把企业交接给{name}"),
        )}
    }
    .into_any()
}

/// What is asked before something is done.
#[derive(Clone, Copy)]
struct Ask {
    code: &'static str,
    heading: &'static str,
    button: &'static str,
    /// Not what one mostly comes for.
    quiet: bool,
}

/// A block with its consequence in words, a box to be ticked, and the button.
fn step(one: &One, form: &Form, ask: Ask, consequence: String, confirm: String) -> AnyView {
    let Ask { code, heading, button, quiet } = ask;
    let name = match code {
        "remove" => "confirm-remove",
        "share" => "confirm-share",
        _ => "confirm-hand_over",
    };
    let class = if quiet { "button secondary" } else { "button" };
    section(
        heading,
        view! {
            <p>{consequence}</p>
            <form method="post" action=format!("/me/members/{}", one.member.id) class="stack" novalidate>
                {whose(form)}
                {hidden("do", code)}
                {choices(form, "checkbox", name, "请确认", "", vec![choice("yes", confirm)])}
                <button class=class>{icon("check")}{button}</button>
            </form>
        },
    )
}
