//! Opened by somebody of a centre the day after a meeting, with the table of what was said.

use super::act::PATH;
use super::read::{RowFault, TITLES};
use crate::administration::table::{Column, Filter, Row, Shown, Table, asked, listed};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::{Ctx, Request};
use crate::ui::form::{Field, field, submit};
use crate::ui::{back, section};
use domain::calendar::words::day;
use domain::issue::State;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::meeting::{self, Line, Meeting};

const NAME: Field = Field { max: 60, ..field("name", "会议名称", "例如：11 月政企恳谈会") };
const HELD: Field = Field { kind: "date", max: 10, ..field("held", "开会的日期", "") };

/// The form; above it, which lines of the last table were wrong.
#[component]
pub fn MeetingsPage() -> impl IntoView {
    let (request, form, faults, asked) = (Request::current(), Form::typed(), use_context::<Vec<RowFault>>(), asked());
    reads(async move {
        let (meetings, table) = held(&mut *request.open().await?, &asked, false).await?;
        title("会议问题");
        Ok(show(&meetings, &table, &asked, faults.unwrap_or_default(), &form))
    })
}

/// The meetings of a page, or of a file (`whole`), and their list.
///
/// # Errors
/// As [`Ctx::require_centre_of`].
pub async fn held(ctx: &mut Ctx, asked: &Form, whole: bool) -> Result<(Vec<Meeting>, Table), AppError> {
    ctx.require_centre_of()?;
    let mut asked = listed(asked, whole, &[]);
    let mut part = meeting::list(&mut ctx.conn, &asked).await?;
    if part.rows.is_empty() && asked.offset > 0 {
        asked.offset = 0;
        part = meeting::list(&mut ctx.conn, &asked).await?;
    }
    let (meetings, shown) = (part.rows, Some(Shown::of(&asked, part.total)));
    let rows = meetings.iter().map(|one| {
        let mark = if one.open > 0 { "yes" } else { "no" };
        let cells = [&one.name, &one.held.to_string(), &one.issues.to_string(), &one.open.to_string(), &one.staff_name];
        Row {
            href: format!("{PATH}/{}", one.id),
            cells: cells.map(Clone::clone).to_vec(),
            marks: vec![("open", mark.to_owned())],
        }
    });
    let open = [("yes", "还有没办结的"), ("no", "全部办结")].map(|(code, label)| (code.to_owned(), label.to_owned())).to_vec();
    let table = Table {
        path: PATH,
        name: "会议问题",
        lead: "",
        columns: vec![
            Column("name", "会议"),
            Column("held", "开会日期"),
            Column("issues", "件数"),
            Column("open", "没办结"),
            Column("by", "提交人"),
        ],
        more: Vec::new(),
        filters: vec![Filter { name: "open", label: "办结情况", options: open }],
        rows: rows.collect(),
        add: None,
        shown,
    };
    Ok((meetings, table))
}

fn show(meetings: &[Meeting], table: &Table, asked: &Form, faults: Vec<RowFault>, form: &Form) -> AnyView {
    let list = table.around(asked, "还没有提交过会议的问题。", |shown| {
        let rows = shown.iter().map(|at| &meetings[*at]).map(|one| {
            let line = format!("{} 召开 · {} 件，{} 件还没办结 · {}", day(one.held), one.issues, one.open, one.staff_name);
            let name = one.name.clone();
            view! {
                <li class="cell"><a href=format!("{PATH}/{}", one.id)><strong>{name}</strong><span class="muted">{line}</span></a></li>
            }
        });
        view! { <ul class="cells">{rows.collect_view()}</ul> }.into_any()
    });
    let error = form.error("file").map(|words| view! { <p class="fault" id="file-error">{words.to_owned()}</p> });
    let bad = error.is_some();
    view! {
        {form.summary()}
        <h1>"会议问题"</h1>
        <p class="muted">"恳谈会、座谈会上企业提的问题，填进表格一次提交，每行成为一件诉求。有一行不对就都不提交；同一份表再提交不会重复。"</p>
        {(!faults.is_empty()).then(|| wrong(faults))}
        <div class="two-columns">
            <div>{section("提交过的会议", list)}</div>
            <section class="card start">
                <h2>"提交"</h2>
                <p><a href=format!("{PATH}/template")>"下载表格模板"</a></p>
                <form method="post" action=PATH enctype="multipart/form-data" class="stack" novalidate>
                    {NAME.view(form)}
                    {HELD.view(form)}
                    <div class="field" class:bad=bad>
                        <label for="file">"表格"</label>
                        <p class="hint" id="file-hint">"xlsx 或 csv，最多 300 行。序号不要改：按会议和序号认是不是同一件。"</p>
                        {error}
                        <input id="file" name="file" type="file" accept=".xlsx,.csv" aria-describedby="file-hint"/>
                    </div>
                    {submit("提交")}
                </form>
            </section>
        </div>
    }
    .into_any()
}

/// What stood in the lines that are wrong, so that nobody has to look for them.
fn wrong(faults: Vec<RowFault>) -> AnyView {
    let head = TITLES.iter().map(|title| view! { <th scope="col">{*title}</th> }).collect_view();
    let words = format!("{} 行要改，都还没有提交。请在表格里改好，再提交一次：", faults.len());
    let rows = faults.into_iter().map(|fault| {
        let cells = fault.typed.into_iter().map(|text| view! { <td>{text}</td> }).collect_view();
        view! {
            <tr><th scope="row">{format!("第 {} 行", fault.line)}</th><td class="late">{fault.faults.join("；")}</td>{cells}</tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card" role="alert">
            <h2>"有问题的行"</h2>
            <p>{words}</p>
            <div class="table-wrap" tabindex="0" role="region" aria-label="有问题的行">
                <table class="clocks">
                    <thead><tr><th scope="col">"行"</th><th scope="col">"要改什么"</th>{head}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct MeetingParams {
    meeting: i64,
}

/// What became of a meeting's problems.
#[component]
pub fn HeldMeetingPage() -> impl IntoView {
    let params = use_params::<MeetingParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let id = params.map_err(|_| AppError::NotFound)?.meeting;
        let (meeting, lines) = {
            let mut ctx = request.open().await?;
            ctx.require_centre_of()?;
            meeting::get(&mut ctx.conn, id).await?
        };
        title(meeting.name.clone());
        Ok(receipt(meeting, lines))
    })
}

fn receipt(meeting: Meeting, lines: Vec<Line>) -> AnyView {
    let about = format!(
        "{} 召开，{} 提交。共 {} 件，{} 件还没办结。",
        day(meeting.held),
        meeting.staff_name,
        meeting.issues,
        meeting.open
    );
    let rows = lines.into_iter().map(|line| {
        let state = State::from_code(&line.state).map_or("", State::label);
        view! {
            <tr>
                <th scope="row">{line.place}</th>
                <td><a href=format!("/desk/issues/{}", line.number)>{line.number.clone()}</a></td>
                <td>{line.enterprise_name}</td>
                <td>{line.title}</td>
                <td>{state}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        {back(PATH, "会议问题")}
        <h1>{meeting.name}</h1>
        <p class="muted">{about}</p>
        <div class="table-wrap" tabindex="0" role="region" aria-label="会议的问题">
            <table class="clocks">
                <thead><tr>
                    <th scope="col">"序号"</th><th scope="col">"诉求"</th><th scope="col">"企业"</th><th scope="col">"问题"</th>
                    <th scope="col">"状态"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
