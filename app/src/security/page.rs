//! The security log. An administrator opens it on a desktop when something is odd, or once a week, wanting to know who did what from where.

use super::read::{self, Asked, label};
use crate::administration::table::exports;
use crate::error::Stop;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, field, select};
use crate::ui::list::more;
use crate::ui::{back, empty, icon, time};
use ::time::OffsetDateTime;
use domain::area;
use domain::calendar::words;
use domain::security::Kind;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use store::Page;
use store::security::Row;

const LOGIN: Field = Field { max: 60, optional: true, ..field("login", "用户名", "") };
const DAY: Field = Field { kind: "date", optional: true, ..field("day", "日期", "") };

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct SecurityQuery {
    kind: Option<String>,
    login: Option<String>,
    day: Option<String>,
    after: Option<String>,
}

/// The page.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let query = use_query::<SecurityQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let asked = Asked {
            kind: query.kind.unwrap_or_default(),
            login: query.login.unwrap_or_default(),
            day: query.day.unwrap_or_default(),
        };
        let (page, now) = {
            let mut ctx = request.open().await?;
            (read::list(&mut ctx, &asked, query.after.as_deref()).await?, ctx.now)
        };
        title("安全日志");
        Ok::<_, Stop>(log(&page, &asked, now))
    })
}

fn log(page: &Page<Row>, asked: &Asked, now: OffsetDateTime) -> AnyView {
    let form = asked.form();
    let table = if page.rows.is_empty() {
        empty("没有符合条件的记录。", Some(("/desk/admin/security", "看全部")))
    } else {
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label="安全日志">
                <table class="queue">
                    <thead>
                        <tr>
                            <th scope="col">"时间"</th><th scope="col">"事件"</th><th scope="col">"账号"</th>
                            <th scope="col">"对象"</th><th scope="col">"来源"</th>
                        </tr>
                    </thead>
                    <tbody>{page.rows.iter().map(|event| row(event, now)).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let next = format!("/desk/admin/security?{}", asked.query());
    view! {
        {back("/desk/admin", "系统管理")}
        {form.summary()}
        <h1>"安全日志"</h1>
        {filters(&form)}
        <p class="row">{exports("/desk/admin/security", &form)}</p>
        {table}
        {more(&next, page.next.as_deref())}
    }
    .into_any()
}

fn filters(form: &Form) -> AnyView {
    let kinds = Kind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label().to_owned())).collect();
    view! {
        <form class="filter-form" method="get" action="/desk/admin/security">
            {select(form, "kind", "事件", Some("全部"), vec![(String::new(), kinds)])}
            {LOGIN.view(form)}
            {DAY.view(form)}
            <button class="button secondary">{icon("search")}"查找"</button>
        </form>
    }
    .into_any()
}

fn row(event: &Row, now: OffsetDateTime) -> impl IntoView + use<> {
    let place = event.area.map(|code| view! { <small>{area::name(code)}</small> });
    let login = if event.login.is_empty() { "不明".to_owned() } else { event.login.clone() };
    let detail = (!event.detail.is_empty()).then(|| view! { <small>{event.detail.clone()}</small> });
    view! {
        <tr>
            <td>{time(event.at, words::moment(event.at, now))}<small>{read::stamp(event.at)}</small></td>
            <td>{label(&event.kind)}</td>
            <td>{login}{place}</td>
            <td>{event.subject.clone()}{detail}</td>
            <td>{event.network.clone()}<small>{event.request.clone()}</small></td>
        </tr>
    }
}
