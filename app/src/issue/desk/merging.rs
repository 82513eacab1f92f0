//! 并案 (S-6). A centre's officer has seen that an enterprise filed the same thing twice, and wants to keep one: which one goes on, and why, in words
//! for the enterprise.

use super::view::path_of;
use crate::error::{AppError, Stop};
use crate::form::Form;
use crate::issue::read;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::form::{Choice, Field, choice, choices, field, hidden, submit};
use crate::ui::{back, empty};
use domain::calendar::words;
use domain::issue::CommandKind;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::issue::{MERGEABLE, Related};

const REASON: Field =
    Field { rows: 3, max: 500, ..field("merge_reason", "给企业的说明", "企业会看到这段话，至少 5 个字") };

/// An issue at the desk.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct IssueParams {
    number: String,
}

/// The page; where it is not possible now, the issue's page says where things stand.
#[component]
pub fn MergingPage() -> impl IntoView {
    let params = use_params::<IssueParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (page, others, clock) = {
            let mut ctx = request.open().await?;
            ctx.require_centre()?;
            let page = read::of_staff(&mut ctx, &number).await?;
            if !page.commands.contains(&CommandKind::Merge) && form.errors.is_empty() {
                return Err(Stop::redirect(path_of(&number)));
            }
            let others = store::issue::mergeable(&mut ctx.conn, page.detail.id, page.detail.enterprise).await?;
            (page, others, ctx.clock())
        };
        title(format!("并案 {number}"));
        Ok(merging(&page, others, &form, &clock))
    })
}

fn merging(page: &read::StaffIssue, others: Vec<Related>, form: &Form, clock: &Clock) -> AnyView {
    let path = path_of(&page.detail.number);
    let many = others.len() >= usize::try_from(MERGEABLE).unwrap_or(usize::MAX);
    let body = if others.is_empty() {
        empty("这家企业没有别的还在办理的诉求，不能并案。", None)
    } else {
        let list = others.into_iter().map(|other| Choice {
            detail: format!("{} · {} · {}提交", other.number, other.state, words::moment(other.submitted_at, clock.now)),
            ..choice(other.number.clone(), other.title)
        });
        view! {
            <form method="post" action=format!("{path}/merge") class="card stack" novalidate>
                {hidden("version", page.issue.version.to_string())}
                {choices(form, "radio", "into", "并入哪一件（那一件继续办理）", "", list.collect())}
                {many.then(|| view! { <p class="muted">{format!("只列出最近的 {MERGEABLE} 件。")}</p> })}
                {REASON.view(form)}
                {submit("并案")}
            </form>
        }
        .into_any()
    };
    view! {
        {back(path, "返回诉求")}
        {form.summary()}
        <h1>"并入同一企业的另一件"</h1>
        <p class="muted">{format!("{} {} · {}", page.detail.number, page.detail.title, page.detail.enterprise_name)}</p>
        <p>"并案后这一件结束，不再计时，也不计入指标；企业和部门都会收到通知，能从一件找到另一件。两件中较早的答复期限继续有效。"</p>
        {body}
    }
    .into_any()
}
