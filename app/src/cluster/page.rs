//! Opened by a centre's officer at a desktop once a day, looking for what several enterprises say at the same time; and by the department that answers
//! all of them.

use super::act::{self, Found, PATH, enterprises};
use super::listed;
use crate::administration::table::asked;
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::issue::desk::from_list;
use crate::issue::desk::view::path_of;
use crate::issue::tag::state_tag;
use crate::render::{reads, title};
use crate::request::{Clock, Ctx, Request};
use crate::ui::form::{Choice, Field, choice, choices, field, select, submit};
use crate::ui::{back, icon, section, tag};
use domain::actor::Duty;
use domain::calendar::words::moment;
use domain::issue::{Outcome, State};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use std::collections::HashMap;
use store::cluster::{self, Cluster, Member};
use store::identity::StaffIdentity;
use time::{Duration, OffsetDateTime};

const TITLE: Field = Field { max: 60, ..field("title", "共性问题", "一句话说清，例如：园区晚间照明不足") };
const ANSWER: Field =
    Field {
        rows: 6, max: 2000, ..field("answer", "统一答复", "每家企业各收到一份；不要写企业名称。至少 10 个字")
    };
const NOTE: Field = Field { rows: 2, max: 500, optional: true, ..field("note", "交办说明", "只有工作人员看得到") };

/// What was put together, and for a centre what may be.
#[component]
pub fn ClustersPage() -> impl IntoView {
    let (request, form, asked) = (Request::current(), Form::typed(), asked());
    reads(async move {
        let (found, list, table, clock) = {
            let mut ctx = request.open().await?;
            let (list, table) = listed::kept(&mut ctx, &asked, false).await?;
            let found = match ctx.require_desk()?.duty {
                Duty::Centre { .. } => Some(looked(&mut ctx).await?),
                _ => None,
            };
            (found, list, table, ctx.clock())
        };
        title("共性问题");
        let shown = if form.value("group").is_empty() { asked.value("group") } else { form.value("group") };
        let list = listed::list(&list, &table, &asked, &clock);
        Ok(front(found.as_ref(), list, shown, &form, &clock))
    })
}

/// What may belong together, and what the worker that looks each morning told of it.
struct Looked {
    groups: Vec<Found>,
    /// When an issue was found, of those that were.
    noted: HashMap<i64, OffsetDateTime>,
    /// When the worker looked last, and how many groups were new then.
    last: Option<(OffsetDateTime, i32)>,
}

impl Looked {
    /// When a group was found; none where the worker has not seen it yet.
    fn since(&self, group: &Found) -> Option<OffsetDateTime> {
        group.iter().filter_map(|(one, _)| self.noted.get(&one.id)).min().copied()
    }
}

async fn looked(ctx: &mut Ctx) -> Result<Looked, AppError> {
    let groups = act::find(ctx).await?;
    let ids: Vec<i64> = groups.iter().flatten().map(|(one, _)| one.id).collect();
    let noted = cluster::found::noted(&mut ctx.conn, &ids).await?;
    Ok(Looked { groups, noted, last: cluster::found::last(&mut ctx.conn).await? })
}

/// `shown` is the first issue of the group whose form is there; of the others there are links.
fn front(found: Option<&Looked>, list: AnyView, shown: &str, form: &Form, clock: &Clock) -> AnyView {
    let found = found.map(|looked| {
        let groups = &looked.groups;
        let open = groups.iter().position(|group| group[0].0.number == shown).unwrap_or(0);
        let group = groups.get(open).map(|group| proposal(group, looked, form, clock));
        let others = groups.iter().enumerate().filter(|(at, _)| *at != open).map(|(_, group)| {
            let href = format!("{PATH}?group={}", group[0].0.number);
            let (new, said) = since(looked, group, clock);
            view! {
                <li class="cell"><a href=href>
                    <span class="cell-head"><strong>{heading(group)}</strong>{new}</span><span class="muted">{said}</span>
                </a></li>
            }
        });
        let others: Vec<_> = others.collect();
        let others = (!others.is_empty()).then(|| view! { <ul class="cells card">{others}</ul> });
        let none = groups.is_empty().then(|| view! { <p class="muted">"现在没有相似的诉求。"</p> });
        let last = looked.last.map(|(at, new)| {
            view! { <p class="muted">{format!("系统每天早上比较一次，有新的就发消息：{}新发现 {new} 组。", moment(at, clock.now))}</p> }
        });
        view! {
            <h2>"可能是同一个问题"</h2>
            <p class="muted">"按词语和用字比较最近的在办诉求，至少两家企业。相似度是与第一件相比；是不是同一个问题由您决定。"</p>
            {last}{none}{group}{others}
        }
    });
    view! { {form.summary()}<h1>"共性问题"</h1>{list}{found} }.into_any()
}

/// A mark for what was found within a day, and when that was and how alike they are.
fn since(looked: &Looked, group: &Found, clock: &Clock) -> (Option<AnyView>, String) {
    let score = group.iter().skip(1).map(|(_, score)| *score).max().unwrap_or(0);
    let (new, said) = match looked.since(group) {
        Some(at) => (clock.now - at < Duration::DAY, format!("{}发现", moment(at, clock.now))),
        None => (true, "刚刚发现".to_owned()),
    };
    (new.then(|| tag("run", icon("plus"), "新")), format!("{said} · 相似度最高 {score}%"))
}

fn heading(group: &Found) -> String {
    format!("{}（{} 件，{} 家企业）", group[0].0.title, group.len(), enterprises(group))
}

fn proposal(group: &Found, looked: &Looked, form: &Form, clock: &Clock) -> AnyView {
    let (new, said) = since(looked, group, clock);
    let first = &group[0].0;
    let mine = form.value("group") == first.number;
    let mut offered = if mine { form.clone() } else { Form::default() };
    if !mine {
        group.iter().for_each(|(one, score)| offered.push("pick", format!("{}={score}", one.number)));
    }
    let offered = offered.or("title", first.title.clone());
    let list = group.iter().map(|(one, score)| {
        let category = clock.catalogue(clock.now).category_name(&one.category).to_owned();
        let lead = one.lead.map(|id| format!(" · {}", clock.reference.department(id))).unwrap_or_default();
        let detail = format!("相似度 {score}% · {} · {} · {category}{lead}", one.number, one.enterprise_name);
        Choice { value: format!("{}={score}", one.number), label: one.title.clone(), detail, drawing: None }
    });
    let boxes = choices(&offered, "checkbox", "pick", "合在一起的诉求", "rows", list.collect());
    let form = view! {
        <p class="tags">{new}<span class="muted">{said}</span></p>
        <form method="post" action=PATH class="stack" novalidate>
            <input type="hidden" name="group" value=first.number.clone()/>
            {TITLE.view(&offered)}
            {boxes}
            {submit("合成共性问题")}
        </form>
    };
    section(heading(group), form)
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct ClusterParams {
    cluster: i64,
}

/// One.
#[component]
pub fn ClusterPage() -> impl IntoView {
    let params = use_params::<ClusterParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let id = params.map_err(|_| AppError::NotFound)?.cluster;
        let (staff, one, members, clock) = {
            let mut ctx = request.open().await?;
            match act::open(&mut ctx, id).await {
                Ok((staff, one, members)) => (staff, one, members, ctx.clock()),
                Err(AppError::NotFound) => {
                    return Err(Stop::Redirect(Next::to(PATH).saying("没有找到这个共性问题")));
                }
                Err(error) => return Err(error.into()),
            }
        };
        title(one.title.clone());
        Ok(show(&staff, &one, &members, &form, &clock))
    })
}

fn show(staff: &StaffIdentity, one: &Cluster, members: &[Member], form: &Form, clock: &Clock) -> AnyView {
    let from = from_list(&format!("clusters/{}", one.id), "");
    let rows = members.iter().map(|member| {
        let lead = member.lead.map(|id| format!(" · {}", clock.reference.department(id))).unwrap_or_default();
        let line = format!("相似度 {}% · {} · {}{lead}", member.score, member.number, member.enterprise_name);
        let mark = match member.done {
            Some(true) => Some(tag("ok", icon("check"), member.said.clone())),
            Some(false) => Some(tag("late", icon("cross"), member.said.clone())),
            None => None,
        };
        view! {
            <li class="cell"><a href=format!("{}{from}", path_of(&member.number))>
                <span class="cell-head"><strong>{member.title.clone()}</strong>{state_tag(member.state)}</span>
                <span class="muted">{line}</span>
                <span class="tags">{mark}</span>
            </a></li>
        }
    });
    let said = one.answered_at.map(|at| {
        let who = one.answered_by.clone().unwrap_or_default();
        view! { <p class="muted">{format!("{} {who} 统一答复", moment(at, clock.now))}</p> }
    });
    let act = match staff.duty {
        Duty::Centre { .. } => centre(one, members, form, clock),
        Duty::Handler { .. } => answer(one, members, form),
        _ => None,
    };
    view! {
        {back(PATH, "共性问题")}
        {form.summary()}
        <h1>{one.title.clone()}</h1>
        {said}
        <div class="two-columns">
            <div>{section("诉求", view! { <ul class="cells">{rows.collect_view()}</ul> })}</div>
            <div class="acts">{act}</div>
        </div>
    }
    .into_any()
}

/// To one department, and once one is closed, to all as a case.
fn centre(one: &Cluster, members: &[Member], form: &Form, clock: &Clock) -> Option<AnyView> {
    let waiting = members.iter().filter(|member| matches!(member.state, State::Submitted | State::Accepted)).count();
    if waiting > 0 {
        let known = clock.reference.departments.iter().map(|known| (known.id.to_string(), known.name.clone())).collect();
        let form = form.clone().or("lead", one.department.map(|id| id.to_string()).unwrap_or_default());
        let body = view! {
            <p>{format!("{waiting} 件还没有交办。一起交给一个部门，由它统一答复。")}</p>
            <form method="post" action=format!("{PATH}/{}/dispatch", one.id) class="stack" novalidate>
                {select(&form, "lead", "办理部门", Some("请选择"), vec![(String::new(), known)])}
                {NOTE.view(&form)}
                {submit("一起交办")}
            </form>
        };
        return Some(section("一起交办", body));
    }
    if let Some(case) = one.case {
        let href = format!("/cases/{case}");
        return Some(section("典型案例", view! { <p><a href=href>"已写成典型案例"</a></p> }));
    }
    let closed = members.iter().find(|member| member.state == State::Closed)?;
    let href = format!("/desk/cases/new?issue={}", closed.number);
    Some(section(
        "典型案例",
        view! {
            <p>"去掉企业信息后公开，让同类问题有据可循。"</p>
            <p><a class="button" href=href>{icon("star")}"写典型案例"</a></p>
        },
    ))
}

fn answer(one: &Cluster, members: &[Member], form: &Form) -> Option<AnyView> {
    let open = members.iter().filter(|member| matches!(member.state, State::Handling | State::Dispatched)).count();
    if open == 0 {
        return None;
    }
    let outcomes = Outcome::ALL.iter().map(|outcome| choice(outcome.code(), outcome.label())).collect();
    let body = view! {
        <p>{format!("{open} 件还没有答复。签收后的各件各得一份相同的答复，各自评价。")}</p>
        <form method="post" action=format!("{PATH}/{}/answer", one.id) class="stack" novalidate>
            {choices(form, "radio", "outcome", "办理结果", "", outcomes)}
            {ANSWER.view(form)}
            {submit("统一答复")}
        </form>
    };
    Some(section("统一答复", body))
}
