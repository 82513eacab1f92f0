//! The actions of this person now, each with its consequence in words. One is open, the others a line.

use crate::filing::categories;
use crate::issue::read::StaffIssue;
use crate::ui::form::{Field, Form, choice, choices, field, hidden, select};
use crate::ui::{icon, section};
use domain::calendar::{Span, WorkCalendar, words};
use domain::catalogue;
use domain::issue::limits;
use domain::issue::{CommandKind, DeclineReason, Level, Outcome, State, Urgency};
use leptos::prelude::*;
use store::reference::Reference;
use time::OffsetDateTime;

const EXPLANATION: Field = Field { rows: 3, max: 500, ..field("explanation", "给企业的说明", "企业会看到这段话") };
const WHAT: Field = Field {
    rows: 3, max: 500, ..field("what", "请企业补充什么", "例如：请补充用电户号和现有变压器容量")
};
const NOTE: Field = Field { rows: 2, max: 500, optional: true, ..field("note", "交办说明", "只有工作人员看得到") };
const RETURN: Field = Field {
    rows: 3, max: 500, ..field("return_reason", "为什么不属于本部门", "例如：该路段由属地镇街养护")
};
const PROGRESS: Field = Field { rows: 3, max: 2000, ..field("progress", "目前做了什么", "企业会看到这段话") };
const ANSWER: Field =
    Field {
        rows: 5, max: 2000, ..field("answer", "答复内容", "做了什么、结果怎样、企业接下来要做什么。至少 10 个字")
    };
const CALL: Field = Field { rows: 3, max: 500, ..field("call_back", "回访记录", "何时、怎样联系，企业怎么说") };
const REOPEN: Field = Field { rows: 3, max: 500, ..field("reopen_reason", "重新办理的理由", "") };

/// The panel.
pub fn actions(
    page: &StaffIssue,
    form: &Form,
    open: Option<&str>,
    now: OffsetDateTime,
    calendar: &WorkCalendar,
    reference: &Reference,
) -> AnyView {
    let within = |span: Span| calendar.add(now, span).map(|due| words::due(due.due, now)).unwrap_or_default();
    let limits = limits::by_version(page.issue.limits);
    // Values the form offers when nothing was typed yet.
    let form = form
        .clone()
        .or("category", page.issue.category.clone())
        .or("level", catalogue::category(&page.issue.category).map_or(Level::Ordinary, |c| c.level).code())
        .or("urgency", Urgency::Normal.code())
        .or("lead", page.route.as_ref().map(|route| route.department.to_string()).unwrap_or_default());
    let departments = |form: &Form, name, label| {
        let list = reference.departments.iter().map(|d| (d.id.to_string(), d.name.clone())).collect();
        select(form, name, label, Some("请选择"), vec![(String::new(), list)])
    };
    let mut panels: Vec<AnyView> = Vec::new();
    // Asking goes last: what moves the issue on is what one came for, and the first is open.
    let (asking, moving): (Vec<_>, Vec<_>) = page.commands.iter().copied().partition(|kind| *kind == CommandKind::Ask);
    for kind in moving.into_iter().chain(asking) {
        let (key, consequence, body) = match kind {
            CommandKind::Accept => (
                "a",
                "受理后企业立即收到通知；答复期限从提交时起算。".to_owned(),
                view! {
                    {select(&form, "category", "类别", None, categories())}
                    {choices(&form, "radio", "level", "难易程度", "chips", Level::ALL.iter().map(|level| {
                        let span = match limits.answer(*level) { Span::Days(days) => days, Span::Hours(_) | Span::Minutes(_) => 0 };
                        choice(level.code(), format!("{level}（{span} 个工作日）"))
                    }).collect())}
                    {choices(&form, "radio", "urgency", "紧急程度", "chips", Urgency::ALL.iter().map(|u| choice(u.code(), u.label())).collect())}
                }
                .into_any(),
            ),
            CommandKind::Decline => (
                "n",
                "企业会收到原因和说明，可以在 10 个工作日内提出异议。".to_owned(),
                view! {
                    {select(&form, "reason", "原因", Some("请选择"), vec![(String::new(),
                        DeclineReason::ALL.iter().map(|r| (r.code().to_owned(), r.label().to_owned())).collect())])}
                    {EXPLANATION.view(&form)}
                }
                .into_any(),
            ),
            CommandKind::Ask => (
                "q",
                "发出后办理时限暂停，最多 5 个工作日。".to_owned(),
                WHAT.view(&form),
            ),
            CommandKind::Dispatch => (
                "d",
                format!("交办后主办部门须在{}签收。", within(limits.sign)),
                view! {
                    {page.route.as_ref().map(|route| view! {
                        <p class="flash">{icon("send")}<span>{format!("建议：{}。{}", reference.department(route.department), route.reason)}</span></p>
                    })}
                    {departments(&form, "lead", "主办部门")}
                    <details class="more-choices">
                        <summary>"协办部门"</summary>
                        {choices(&form, "checkbox", "co", "协办部门（可多选）", "chips", reference.departments.iter()
                            .map(|d| choice(d.id.to_string(), d.name.clone())).collect())}
                    </details>
                    {NOTE.view(&form)}
                }
                .into_any(),
            ),
            CommandKind::Sign => {
                ("s", format!("签收后开始办理，须在{}给出阶段性答复。", within(limits.interim)), ().into_any())
            }
            CommandKind::Return => (
                "r",
                "退回后由企服中心重新交办；中心第二次交办为最终决定。".to_owned(),
                view! { {RETURN.view(&form)}{departments(&form, "proposed", "建议由谁办理")} }.into_any(),
            ),
            CommandKind::Progress => ("p", "企业马上看到进展。".to_owned(), PROGRESS.view(&form)),
            CommandKind::Answer => (
                "w",
                "答复后由企业评价；不满意会重新交办给本部门。".to_owned(),
                view! {
                    {choices(&form, "radio", "outcome", "办理结果", "chips", Outcome::ALL.iter().map(|o| choice(o.code(), o.label())).collect())}
                    {ANSWER.view(&form)}
                }
                .into_any(),
            ),
            CommandKind::Close => ("c", "企业 10 个工作日未评价，回访后可以销号。".to_owned(), CALL.view(&form)),
            CommandKind::Reopen => ("o", "按二次交办件重新办理，企业和部门都会收到通知。".to_owned(), REOPEN.view(&form)),
            _ => continue,
        };
        let first = panels.is_empty();
        let shown = open.map_or(first, |code| code == kind.code());
        let danger = matches!(kind, CommandKind::Decline | CommandKind::Return);
        let action = format!("/desk/issues/{}/{}", page.detail.number, kind.code());
        panels.push(
            view! {
                <details class="card act" open=shown name="act">
                    <summary data-key=key accesskey=key>{kind.label()}<kbd>{key}</kbd></summary>
                    <form method="post" action=action novalidate>
                        {hidden("version", page.issue.version.to_string())}
                        <p class="hint">{consequence}</p>
                        {body}
                        <button class="button" class:danger=danger>{kind.label()}</button>
                    </form>
                </details>
            }
            .into_any(),
        );
    }
    if panels.is_empty() {
        return section("您现在可以做的", view! { <p class="muted">"这件诉求现在不需要您处理。"</p> });
    }
    let lapsed = page.issue.state == State::AwaitingInput && page.issue.pause.as_ref().is_some_and(|pause| pause.lapsed);
    let lapsed = lapsed.then(|| view! { <p class="flash">{icon("clock")}<span>"补充期限已过，可以先办理"</span></p> });
    view! { <h2 class="hidden">"您现在可以做的"</h2>{lapsed}{panels} }.into_any()
}
