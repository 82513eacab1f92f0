//! How and of what a member is told (政策提醒).

use crate::policy::read::{self, tags};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Form, submit, whose};
use crate::ui::{back, section};
use leptos::prelude::*;
use store::policy::Shelf;
use store::policy::notice::{KINDS, Preference};

/// The page.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let (preferences, subscribed, shelf) = {
            let mut ctx = request.open().await?;
            let (preferences, subscribed) = read::notices(&mut ctx).await?;
            (preferences, subscribed, ctx.shelf.clone())
        };
        title("政策提醒");
        Ok(notices(&shelf, &preferences, &subscribed))
    })
}

fn notices(shelf: &Shelf, preferences: &[Preference], subscribed: &[String]) -> AnyView {
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
    view! {
            {back("/me", "我的")}
            <h1>"政策提醒"</h1>
            <p class="muted">"同一项政策只提醒一次，每天最多一条。"</p>
            <form method="post" action="/me/notices" class="stack">
                {whose(&Form::typed())}
                {section("怎样提醒", rows.collect_view())}
                {section("只看这些主题", view! {
                    <fieldset class="field choices chips-field"><legend>"全部勾选，就是都提醒"</legend><div class="options">{tags.collect_view()}</div></fieldset>
                })}
                {submit("保存")}
            </form>
    }
    .into_any()
}
