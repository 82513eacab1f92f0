//! Above the desk's list: the views that somebody keeps, and one form that narrows the list, puts it in order, takes it along and keeps it.
//! Written by the server; which queue is shown the list beside it says (`island/list.rs`), as it turns without a new page.

use super::asked::Asked;
use super::show::queue_label;
use crate::administration::table::query;
use crate::filing::categories;
use crate::form::Form;
use crate::request::Clock;
use crate::ui::form::hidden;
use crate::ui::icon;
use domain::actor::{AreaCode, CITY, Duty};
use domain::issue::filter::{NOBODY, Sort};
use domain::issue::{Flag, Queue, State, Tier};
use leptos::prelude::*;
use store::issue::view::View;

/// A drop-down of the filter. Its id is not its name: an action of the issue beside the list has controls of these names, too.
fn select(
    form: &Form,
    name: &'static str,
    label: &'static str,
    none: &'static str,
    groups: Vec<(String, Vec<(String, String)>)>,
) -> AnyView {
    let id = ["by-", name].concat();
    let options = groups.into_iter().map(|(group, list)| {
        let list = list.into_iter().map(|(value, label)| {
            let selected = form.chosen(name, &value);
            view! { <option value=value selected=selected>{label}</option> }
        });
        let list = list.collect_view();
        if group.is_empty() { list.into_any() } else { view! { <optgroup label=group>{list}</optgroup> }.into_any() }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name><option value="">{none}</option>{options.collect_view()}</select>
        </div>
    }
    .into_any()
}

/// Whose area bounds what somebody reads; `None` where no area does.
fn bound(duty: &Duty) -> Option<AreaCode> {
    match duty {
        Duty::Centre { area } | Duty::Leader { area } | Duty::Supervisor { area } | Duty::Station { area, .. } => Some(*area),
        _ => None,
    }
}

/// The choices of this person, as drop-downs; those that would choose among one are left out.
fn choices(asked: &Asked, queue: Option<Queue>, duty: &Duty, form: &Form, clock: &Clock) -> Vec<AnyView> {
    let one = |list: Vec<(String, String)>| vec![(String::new(), list)];
    let code = |code: &str, label: &str| (code.to_owned(), label.to_owned());
    let mut list = Vec::new();
    if bound(duty).is_none_or(|area| area == CITY) {
        let areas = clock.reference.areas.iter().map(|area| (area.code.to_string(), area.name.clone())).collect();
        list.push(select(form, "area", "区县", "全部", one(areas)));
    }
    if !matches!(duty, Duty::Handler { .. }) {
        let near = |area: AreaCode| bound(duty).is_none_or(|own| own == CITY || area == own || area == CITY);
        let known = clock.reference.departments.iter().filter(|department| near(department.area));
        let known = known.map(|department| (department.id.to_string(), department.name.clone()));
        let departments = std::iter::once((NOBODY.to_string(), "尚未交办".to_owned())).chain(known).collect();
        list.push(select(form, "department", "主办部门", "全部", one(departments)));
    }
    list.push(select(form, "category", "类别", "全部", categories(clock.catalogue(clock.now))));
    let flags = Flag::ALL.iter().map(|flag| code(flag.code(), flag.label())).collect();
    list.push(select(form, "flag", "标记", "全部", one(flags)));
    let states = State::FILED.iter().map(|state| code(state.code(), state.label())).collect();
    list.push(select(form, "state", "状态", "全部", one(states)));
    let tiers = Tier::ALL.iter().map(|tier| code(tier.code(), tier.label())).collect();
    list.push(select(form, "tier", "办理层级", "全部", one(tiers)));
    for (name, label) in [("from", "提交日期从"), ("to", "到")] {
        let value = form.value(name).to_owned();
        let id = ["by-", name].concat();
        list.push(
            view! { <div class="field"><label for=id.clone()>{label}</label><input id=id name=name type="date" value=value/></div> }
                .into_any(),
        );
    }
    let words = !asked.words.is_empty();
    let offered = Sort::offered(queue.filter(|_| !words));
    let sorts = offered.iter().map(|sort| code(sort.code(), sort.label())).collect();
    list.push(select(form, "sort", "排序", "默认", one(sorts)));
    list
}

/// What the list is narrowed to, in words.
fn narrowed(asked: &Asked, clock: &Clock) -> String {
    let filter = &asked.filter;
    let day = |day: Option<time::Date>, word: &str| day.map(|day| format!("{word}{day}"));
    let parts = [
        filter.area.map(|area| clock.reference.area(area)),
        filter.department.map(|id| if id == NOBODY { "尚未交办".to_owned() } else { clock.reference.department(id) }),
        filter.category.as_ref().map(|code| clock.catalogue(clock.now).category_name(code).to_owned()),
        filter.flag.map(|flag| flag.label().to_owned()),
        filter.state.map(|state| state.label().to_owned()),
        filter.tier.map(|tier| tier.label().to_owned()),
        day(filter.from, "从 "),
        day(filter.to, "到 "),
        filter.sort.map(|sort| sort.label().to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The bar. `typed` is the form that was refused, if one was: a name for a view.
pub fn bar(asked: &Asked, queue: Option<Queue>, duty: &Duty, views: &[View], typed: &Form, clock: &Clock) -> AnyView {
    let pairs = asked.filter.pairs().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let form = Form::new(pairs);
    let choices = choices(asked, queue, duty, &form, clock);
    let said = narrowed(asked, clock);
    let clear = (!said.is_empty()).then(|| {
        let kept = [("queue", asked.queue.clone()), ("q", asked.words.clone())];
        let href = format!("/desk?{}", query(&Form::default(), &kept));
        view! { <a class="button secondary" href=href>"清除"</a> }
    });
    let fault = typed.error("view").map(|words| view! { <p class="fault">{icon("warn")}{words.to_owned()}</p> });
    let bad = fault.is_some();
    let called = typed.value("view").to_owned();
    let offered = queue.map_or("", |queue| queue_label(queue, duty));
    view! {
        {kept(asked, views)}
        <details class="filters" open=bad>
            <summary>"筛选、排序、导出"{(!said.is_empty()).then(|| view! { <strong>{["：", &said].concat()}</strong> })}</summary>
            <form id="filters" class="stack" method="get" action="/desk">
                <div class="filter-form">{choices}</div>
                <p class="row">
                    <button class="button">"应用"</button>
                    {clear}
                    <button class="button secondary" formaction="/desk/table" name="as" value="xlsx">{icon("down")}"导出 xlsx"</button>
                    <button class="button secondary" formaction="/desk/table" name="as" value="csv">{icon("down")}"导出 csv"</button>
                    <span class="muted">"最多导出 5,000 件，导出会记入安全日志"</span>
                </p>
                <div class="field" class:bad=bad>
                    <label for="view">"存为视图（最多 20 个，只有您自己看得到）"</label>
                    {fault}
                    <p class="row">
                        <input id="view" name="view" maxlength="20" autocomplete="off" value=called placeholder=offered
                            aria-invalid=bad.then_some("true")/>
                        <button class="button secondary" formaction="/desk/views" formmethod="post">{icon("star")}"保存"</button>
                    </p>
                </div>
            </form>
            {removal(views)}
        </details>
    }
    .into_any()
}

/// The views as links.
fn kept(asked: &Asked, views: &[View]) -> Option<AnyView> {
    if views.is_empty() {
        return None;
    }
    let own = asked.query();
    let items = views.iter().map(|view| {
        let current = (view.query == own).then_some("page");
        let (href, name) = (format!("/desk?{}", view.query), view.name.clone());
        view! { <li><a href=href aria-current=current>{icon("star")}{name}</a></li> }
    });
    Some(view! { <nav class="chips" aria-label="我的视图"><ul>{items.collect_view()}</ul></nav> }.into_any())
}

fn removal(views: &[View]) -> Option<AnyView> {
    if views.is_empty() {
        return None;
    }
    let items = views.iter().map(|kept| {
        let label = format!("删除“{}”", kept.name);
        view! {
            <form method="post" action="/desk/views/remove">
                {hidden("id", kept.id.to_string())}
                <button class="link">{label}</button>
            </form>
        }
    });
    Some(view! { <p class="muted">"我的视图"</p><div class="row">{items.collect_view()}</div> }.into_any())
}
