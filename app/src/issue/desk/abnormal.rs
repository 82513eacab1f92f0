//! 异常件 (S-7, S-8): what supervision, discipline inspection, leaders and the centre look through, kind by kind. Opened at a desktop, wanting to
//! know: what goes wrong in my area, by which rule, and who has it. From here one issue is opened, where one asks or instructs.

use super::asked::from_list;
use super::view::path_of;
use crate::issue::tag::{flag_tag, state_tag};
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{empty, time};
use domain::calendar::words;
use domain::issue::Flag;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use store::issue::{ABNORMAL_COUNTED, IssueRow};

/// Which kind, and where its list goes on.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct KindQuery {
    kind: Option<String>,
    after: Option<String>,
}

/// The boards.
#[component]
pub fn AbnormalPage() -> impl IntoView {
    let query = use_query::<KindQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let mut ctx = request.open().await?;
        ctx.require_desk()?;
        let flag = query.kind.as_deref().and_then(Flag::from_code).unwrap_or(Flag::ALL[0]);
        let counts = store::issue::abnormal_counts(&mut ctx.conn).await?;
        let page = store::issue::abnormal(&mut ctx.conn, flag, query.after.as_deref(), 30).await?;
        let clock = ctx.clock();
        title(format!("异常件：{flag}"));
        Ok(board(flag, &counts, &page, &clock))
    })
}

fn board(flag: Flag, counts: &[(Flag, i64)], page: &store::Page<IssueRow>, clock: &Clock) -> AnyView {
    let kinds = counts.iter().map(|(kind, count)| Chip {
        href: format!("/desk/abnormal?kind={}", kind.code()),
        label: kind.label(),
        count: Some(*count),
        current: *kind == flag,
    });
    let from = from_list("abnormal", &format!("kind={}", flag.code()));
    let body = if page.rows.is_empty() {
        empty("这一类现在没有。", None)
    } else {
        let cells = page.rows.iter().map(|row| cell(row, &from, clock)).collect_view();
        view! { <ul class="cells card">{cells}</ul> }.into_any()
    };
    let next = format!("/desk/abnormal?kind={}&", flag.code());
    let many = counts.iter().any(|(_, count)| *count >= ABNORMAL_COUNTED);
    let many = many.then(|| view! { <p class="muted">{format!("每类最多数到 {ABNORMAL_COUNTED} 件。")}</p> });
    view! {
        <h1>"异常件"</h1>
        {chips("异常的种类", kinds.collect())}
        <p class="muted">
            {format!("规则：{}。", flag.rule())}
            <a href=format!("/desk?queue=all&flag={}", flag.code())>"在列表里查找、筛选、导出"</a>
        </p>
        {body}
        {many}
        {more(&next, page.next.as_deref())}
    }
    .into_any()
}

fn cell(row: &IssueRow, from: &str, clock: &Clock) -> impl IntoView + use<> {
    let who = row.lead.map_or_else(|| clock.reference.centre(row.centre), |id| clock.reference.department(id));
    let round = if row.round > 1 { format!(" · 第 {} 次办理", row.round) } else { String::new() };
    let due = row.due_at.map(|due| view! { <span class="muted">"答复期限 "{time(due, words::due(due, clock.now))}</span> });
    view! {
        <li class="cell">
            <a href=[&path_of(&row.number), from].concat()>
                <span class="cell-head"><strong>{row.title.clone()}</strong>{state_tag(row.state)}</span>
                <span class="tags">{row.flags.iter().copied().map(flag_tag).collect_view()}</span>
                <span class="muted">{format!("{} · {} · {who}{round}", row.number, row.enterprise_name)}</span>
                {due}
            </a>
        </li>
    }
}
