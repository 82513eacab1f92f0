//! The list of what was put together, on the page and to be taken along.

use super::act::PATH;
use crate::administration::table::{Column, Filter, Row, Shown, Table, listed, names};
use crate::error::AppError;
use crate::form::Form;
use crate::request::{Clock, Ctx};
use crate::security::read::stamp;
use crate::ui::{icon, tag};
use domain::actor::Duty;
use domain::calendar::words::moment;
use leptos::prelude::*;
use store::cluster::{self, Cluster};

/// How one may stand.
const STATES: [(&str, &str); 3] = [("open", "还没有一起交办"), ("dispatched", "办理中"), ("answered", "已统一答复")];

/// How one stands: its code for the filter, and in words.
fn standing(one: &Cluster, clock: &Clock) -> (&'static str, String) {
    match (one.answered_at, one.department) {
        (Some(at), _) => ("answered", format!("{} 统一答复", moment(at, clock.now))),
        (None, Some(id)) => ("dispatched", format!("由{}办理", clock.reference.department(id))),
        (None, None) => ("open", "还没有一起交办".to_owned()),
    }
}

/// What was put together, of a page or of a file (`whole`), and its list.
///
/// # Errors
/// [`AppError::Forbidden`] for whoever is neither a centre's nor a department's.
pub async fn kept(ctx: &mut Ctx, asked: &Form, whole: bool) -> Result<(Vec<Cluster>, Table), AppError> {
    if !matches!(ctx.require_desk()?.duty, Duty::Centre { .. } | Duty::Handler { .. }) {
        return Err(AppError::Forbidden);
    }
    let clock = ctx.clock();
    let states = STATES.map(|(code, label)| (code.to_owned(), label.to_owned())).to_vec();
    let mut asked = listed(asked, whole, &[names(&clock), states.clone()].concat());
    let mut part = cluster::list(&mut ctx.conn, &asked).await?;
    if part.rows.is_empty() && asked.offset > 0 {
        asked.offset = 0;
        part = cluster::list(&mut ctx.conn, &asked).await?;
    }
    let (list, shown) = (part.rows, Some(Shown::of(&asked, part.total)));
    let rows = list.iter().map(|one| {
        let (mark, words) = standing(one, &clock);
        let cells = vec![
            one.title.clone(),
            one.issues.to_string(),
            clock.reference.area(one.area),
            one.department.map_or_else(String::new, |id| clock.reference.department(id)),
            words,
            stamp(one.created_at),
            one.answered_at.map_or_else(String::new, stamp),
            one.answered_by.clone().unwrap_or_default(),
        ];
        Row { href: format!("{PATH}/{}", one.id), cells, marks: vec![("state", mark.to_owned())] }
    });
    let table = Table {
        path: PATH,
        name: "共性问题",
        lead: "",
        columns: vec![
            Column("title", "共性问题"),
            Column("issues", "件数"),
            Column("area", "区域"),
            Column("department", "办理部门"),
            Column("state", "状态"),
            Column("created", "归并时间"),
        ],
        more: vec![Column("answered", "答复时间"), Column("by", "答复人")],
        filters: vec![Filter { name: "state", label: "状态", options: states }],
        rows: rows.collect(),
        add: None,
        shown,
    };
    Ok((list, table))
}

/// On the page.
pub(super) fn list(all: &[Cluster], table: &Table, asked: &Form, clock: &Clock) -> AnyView {
    table.around(
        asked,
        "还没有共性问题。几家企业反映同一件事时，合在一起办理、一次答复。",
        |shown| {
            let items = shown.iter().map(|at| &all[*at]).map(|one| {
                let told = one.case.map(|_| tag("ok", icon("star"), "已成案例"));
                let line = format!("{} 件 · {}", one.issues, standing(one, clock).1);
                view! {
                    <li class="cell"><a href=format!("{PATH}/{}", one.id)>
                        <span class="cell-head"><strong>{one.title.clone()}</strong>{told}</span>
                        <span class="muted">{line}</span>
                    </a></li>
                }
            });
            view! { <ul class="cells card">{items.collect_view()}</ul> }.into_any()
        },
    )
}
