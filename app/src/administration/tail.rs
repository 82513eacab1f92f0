//! The end of every form that changes a setting: why, and from which day.

use crate::error::AppError;
use crate::form::Form;
use crate::ui::form::{Field, field, hidden, submit};
use crate::ui::{icon, section};
use domain::policy::day;
use leptos::prelude::*;
use store::administration::change::Change;
use time::Date;

const WHY: Field =
    Field { rows: 2, ..field("why", "变更原因", "记入变更记录，例如：机构改革，湖编〔2026〕12 号") };
const FROM: Field =
    Field {
        kind: "date", max: 10, ..field("from", "从哪天起生效", "选今天，保存后立即生效；选以后的日期，到那天生效")
    };

/// What a form is told whose thing somebody changed since its page was shown: what was typed stays, [`tail`] says what holds now.
pub fn stale() -> AppError {
    AppError::field("seen", "您打开页面之后有人改过。您填写的内容还在，请对照现在的情况，改好后再保存")
}

/// The fields `why` and `from`, what the page showed (`seen`), and the button. Read them with `domain::administration::Tail::read`. Where
/// somebody was quicker ([`stale`]), what holds `now` in words, which whoever sends the form again has then seen.
pub fn tail(form: &Form, today: Date, seen: i64, now: &str) -> AnyView {
    let late = form.error("seen").is_some();
    let form = form.clone().or("from", day::text(today)).or("seen", seen.to_string());
    let seen = if late { seen.to_string() } else { form.value("seen").to_owned() };
    let late = late.then(|| view! { <p class="flash warn" id="seen">{icon("warn")}<span>"现在是："{now.to_owned()}</span></p> });
    view! {
        {late}
        {WHY.view(&form)}
        {FROM.view(&form)}
        {hidden("seen", seen)}
        <p class="row">{submit("保存")}</p>
    }
    .into_any()
}

/// A change of the thing that waits for its day, with the way to look at it and take it back; the thing cannot be planned twice.
pub fn planned(change: &Change, said: &str) -> AnyView {
    let when = format!("{} 起：{said}", day::text(change.effective_from));
    let href = format!("/desk/admin/log/{}", change.id);
    section(
        "待生效的修改",
        view! {
            <p><strong>{when}</strong></p>
            <p class="muted">{format!("{}：{}", change.who, change.why)}</p>
            <p><a class="button secondary" href=href>"查看，或者撤回"</a></p>
        },
    )
}
