//! The words of messages (通知用语): ours, or those that the city has written.

use super::{OF_THE_CITY, Thing, listed, tail};
use crate::administration::table::asked;
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::TEXTS;
use crate::terms::read::{self, Kept};
use crate::terms::tables;
use crate::ui::form::{Field, field, hidden};
use crate::ui::{facts, section, words};
use domain::administration::Kind;
use domain::issue::texts::{Text, TextKey};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;

const TEMPLATE: Field = Field { max: 40, ..field("title", "模板编号", "照短信平台上审核通过的模板填写") };
const TITLE: Field = Field { max: 40, ..field("title", "标题", "") };
const BODY: Field = Field { max: 300, rows: 3, optional: true, ..field("body", "内容", "") };

/// The list.
#[component]
pub fn TextsPage() -> impl IntoView {
    let (request, asked) = (Request::current(), asked());
    reads(async move {
        let kept = read::kept(&mut *request.open().await?, Kind::Text, "").await?;
        title("通知用语和短信模板");
        Ok(listed(&tables::texts(&kept), &asked, &kept))
    })
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
    if text.body.is_empty() { text.title.clone() } else { [text.title.as_str(), text.body.as_str()].join("：") }
}

fn page(kept: &Kept, key: TextKey, form: &Form) -> AnyView {
    let texts = &kept.terms.texts;
    let action = format!("{TEXTS}/{}", key.code());
    let now = texts.on(key, kept.today);
    let planned = texts.coming(key, kept.today).into_iter().map(|(from, text)| (from, says(&text))).collect();
    let own = key.built_in();
    let template = key.is_template();
    let built_in = if template { "没有填写时" } else { "内置" };
    let said = says(&now);
    let rows = facts(vec![("现在", words(said.clone())), (built_in, words(says(&own)))]);
    let body = if kept.whole_city() {
        let places = if template {
            "短信平台只发审核过的模板，内容在平台上修改；这里只填用哪一个。".to_owned()
        } else {
            format!("发送时自动填写：{}", key.places().join(" "))
        };
        let typed = if template && texts.written(key, kept.today).is_none() { String::new() } else { now.title.clone() };
        let form = form.clone().or("title", typed).or("body", now.body.clone());
        let body = (!template).then(|| BODY.view(&form));
        let title = if template { TEMPLATE } else { TITLE };
        let revert = texts.written(key, kept.today).is_some().then(|| {
            let form = Form::default();
            section(
                if template { "恢复服务器设置" } else { "恢复内置用语" },
                view! {
                    <form method="post" action=action.clone() class="stack" novalidate>
                        {hidden("do", "revert")}
                        {tail(&form, kept.today, kept.seen, &said)}
                    </form>
                },
            )
        });
        let edit = section(
            "修改",
            view! {
                <p class="muted">{places}</p>
                <form method="post" action=action.clone() class="stack" novalidate>
                    {title.view(&form)}
                    {body}
                    {tail(&form, kept.today, kept.seen, &said)}
                </form>
            },
        );
        view! { {edit}{revert} }.into_any()
    } else {
        view! { <p class="muted">{OF_THE_CITY}</p> }.into_any()
    };
    let (list, heading) = ((TEXTS, "通知用语和短信模板"), key.label().to_owned());
    Thing { list, heading, action: &action, now: &said, planned, before: Some(section("用语", rows)), body }.view(kept, form)
}
