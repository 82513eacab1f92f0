//! 协商办 and 会议办 (S-6). The centre's director had the departments at one table, or the joint meeting was held: what was decided is written down
//! here, who does what by when, and from then on followed. Opened at a desktop, right after the meeting, with its notes.

use super::view::path_of;
use crate::error::{AppError, Stop};
use crate::form::Form;
use crate::issue::act::beside::TASKS;
use crate::issue::read::{self, StaffIssue};
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::back;
use crate::ui::form::{Field, field, hidden, select, submit};
use domain::calendar::{local, words};
use domain::issue::{CommandKind, MOST_TASK_DAYS, MOST_TASKS, by_end_of};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;

const HELD: Field = Field { kind: "date", max: 10, ..field("held", "会议日期", "") };
const WHO: Field =
    Field { rows: 2, max: 300, ..field("who", "参加的人", "部门、姓名、职务；只有工作人员看得到") };
const DECISIONS: Field =
    Field { rows: 5, max: 2000, ..field("decisions", "决定", "只有工作人员看得到，至少 5 个字") };
const TOLD: Field =
    Field { rows: 3, max: 500, ..field("told", "给企业的说明", "企业会看到这段话，至少 5 个字") };
const WHAT: [Field; MOST_TASKS] = [what(0), what(1), what(2), what(3), what(4), what(5)];

const fn what(place: usize) -> Field {
    Field { rows: 2, max: 300, optional: true, ..field(TASKS[place][1], "做什么", "") }
}

/// An issue at the desk.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct IssueParams {
    number: String,
}

/// The page; where neither is possible now, the issue's page says where things stand.
#[component]
pub fn MeetingPage() -> impl IntoView {
    let params = use_params::<IssueParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (page, clock) = {
            let mut ctx = request.open().await?;
            ctx.require_centre()?;
            (read::of_staff(&mut ctx, &number).await?, ctx.clock())
        };
        let kind = [CommandKind::Resolve, CommandKind::Consult].into_iter().find(|kind| page.commands.contains(kind));
        let Some(kind) = kind.or((!form.errors.is_empty()).then_some(CommandKind::Consult)) else {
            return Err(Stop::redirect(path_of(&number)));
        };
        title(format!("{kind} {number}"));
        Ok(meeting(kind, &page, form, &clock))
    })
}

fn meeting(kind: CommandKind, page: &StaffIssue, form: Form, clock: &Clock) -> AnyView {
    let path = path_of(&page.detail.number);
    let form = form.or("held", local(clock.now).date().to_string());
    let (heading, said) = if kind == CommandKind::Resolve {
        ("记录会议决定", "市联席会议的决定，交给部门去办，一直跟踪到办结。")
    } else {
        ("记录协商办", "板块办不了的，由企服中心主任召集有关部门一起研究；主办部门继续办理。")
    };
    let tasks = (0..MOST_TASKS).map(|place| task(place, page, &form, clock)).collect_view();
    view! {
        {back(path.clone(), "返回诉求")}
        {form.summary()}
        <h1>{heading}</h1>
        <p class="muted">{format!("{} {}", page.detail.number, page.detail.title)}</p>
        <p>{said}</p>
        <form method="post" action=format!("{path}/{}", kind.code()) class="card stack" novalidate>
            {hidden("version", page.issue.version.to_string())}
            {HELD.view(&form)}
            {WHO.view(&form)}
            {DECISIONS.view(&form)}
            {TOLD.view(&form)}
            {tasks}
            {submit("保存并交办")}
        </form>
    }
    .into_any()
}

/// 交办事项: who does what by when. The first lies open, the others where they are wanted.
fn task(place: usize, page: &StaffIssue, form: &Form, clock: &Clock) -> AnyView {
    let [department, _, days] = TASKS[place];
    let area = page.issue.area;
    let known = clock.reference.departments.iter().filter(|known| known.serves(area));
    let departments = known.map(|known| (known.id.to_string(), known.name.clone())).collect();
    let by = (1..=MOST_TASK_DAYS).filter(|days| *days <= 10 || days % 5 == 0).filter_map(|days| {
        let due = by_end_of(days, clock.now, &clock.calendar).ok()?;
        Some((days.to_string(), format!("{}（{days} 个工作日）", words::due(due, clock.now))))
    });
    let used = TASKS[place].iter().any(|name| !form.value(name).is_empty() || form.error(name).is_some());
    let fields = view! {
        {select(form, department, "哪个部门", Some("请选择"), vec![(String::new(), departments)])}
        {WHAT[place].view(form)}
        {select(form, days, "什么时候办好", Some("请选择"), vec![(String::new(), by.collect())])}
    };
    let label = format!("交办事项 {}", place + 1);
    if place == 0 {
        return view! { <fieldset class="stack"><legend>{label}</legend>{fields}</fieldset> }.into_any();
    }
    view! { <details class="more-choices" open=used><summary>{label}</summary>{fields}</details> }.into_any()
}
