//! The words of messages (通知用语): ours, or those that the city has written.

use super::{OF_THE_CITY, coming, history, tail};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::TEXTS;
use crate::terms::read::{self, Kept};
use crate::ui::form::{Field, field, hidden};
use crate::ui::{back, facts, section, words};
use domain::administration::Kind;
use domain::issue::texts::{Text, TextKey};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;

const TITLE: Field = Field { max: 40, ..field("title", "标题", "") };
const BODY: Field = Field { max: 300, rows: 3, optional: true, ..field("body", "内容", "") };

/// The list.
#[component]
pub fn TextsPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let kept = read::kept(&mut *request.open().await?, Kind::Text, "").await?;
        title("通知用语");
        Ok(list(&kept))
    })
}

fn list(kept: &Kept) -> AnyView {
    let texts = &kept.terms.texts;
    let rows = TextKey::ALL.iter().map(|key| {
        let text = texts.on(*key, kept.today);
        let own = if texts.written(*key, kept.today).is_some() { "本市" } else { "内置" };
        view! {
            <tr>
                <td><a href=format!("{TEXTS}/{}", key.code())><strong>{key.label()}</strong></a></td>
                <td>{text.title}<small>{text.body}</small></td>
                <td>{own}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        {back("/desk/admin", "系统管理")}
        <h1>"通知用语"</h1>
        <p class="muted">"花括号里的内容发送时自动填写。修改只对以后发出的消息有效。"</p>
        <div class="table-wrap" tabindex="0" role="region" aria-label="通知用语">
            <table class="queue">
                <thead><tr><th scope="col">"消息"</th><th scope="col">"标题和内容"</th><th scope="col">"来源"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {history(kept)}
    }
    .into_any()
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct TextParams {
    code: String,
}

/// One message.
#[component]
pub fn TextPage() -> impl IntoView {
    let params = use_params::<TextParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let code = params.map_err(|_| AppError::NotFound)?.code;
        let mut ctx = request.open().await?;
        ctx.require_administrator()?;
        let key = TextKey::from_code(&code).ok_or(AppError::NotFound)?;
        let kept = read::kept(&mut ctx, Kind::Text, &code).await?;
        drop(ctx);
        title(key.label());
        Ok(page(&kept, key, &form))
    })
}

fn says(text: &Text) -> String {
    [text.title.as_str(), text.body.as_str()].join("：")
}

fn page(kept: &Kept, key: TextKey, form: &Form) -> AnyView {
    let texts = &kept.terms.texts;
    let action = format!("{TEXTS}/{}", key.code());
    let now = texts.on(key, kept.today);
    let planned = texts.coming(key, kept.today).into_iter().map(|(from, text)| (from, says(&text))).collect();
    let own = key.built_in();
    let rows = facts(vec![("现在", words(says(&now))), ("内置", words(says(&own)))]);
    let body = if kept.whole_city() {
        let places = format!("发送时自动填写：{}", key.places().join(" "));
        let form = form.clone().or("title", now.title.clone()).or("body", now.body.clone());
        let revert = texts.written(key, kept.today).is_some().then(|| {
            let form = Form::default();
            section(
                "恢复内置用语",
                view! {
                    <form method="post" action=action.clone() class="stack" novalidate>
                        {hidden("do", "revert")}
                        {tail(&form, kept.today, kept.seen)}
                    </form>
                },
            )
        });
        let edit = section(
            "修改",
            view! {
                <p class="muted">{places}</p>
                <form method="post" action=action.clone() class="stack" novalidate>
                    {TITLE.view(&form)}
                    {BODY.view(&form)}
                    {tail(&form, kept.today, kept.seen)}
                </form>
            },
        );
        view! { {edit}{revert} }.into_any()
    } else {
        view! { <p class="muted">{OF_THE_CITY}</p> }.into_any()
    };
    view! {
        {back(TEXTS, "通知用语")}
        {form.summary()}
        <h1>{key.label()}</h1>
        {coming(form, &action, kept, &says(&now), planned)}
        {rows}
        {body}
        {history(kept)}
    }
    .into_any()
}
