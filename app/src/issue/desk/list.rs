//! The desk's list: queues as tabs, a row for each issue, what changed marked with a word.

use super::view::{ListView, Row, Tab};
use crate::issue::tag::{flag_tag, state_tag};
use crate::ui::{empty, icon, tag};
use leptos::html;
use leptos::prelude::*;

/// Why a row stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    None,
    New,
    Moved,
    /// It does not belong to the queue any more; it stays while it is being looked at.
    Gone,
}

/// A row, as it is now.
#[derive(Clone)]
pub struct Line {
    pub number: String,
    pub row: ArcRwSignal<Row>,
    pub mark: ArcRwSignal<Mark>,
}

impl Line {
    pub fn new(row: Row, mark: Mark) -> Line {
        Line { number: row.number.clone(), row: ArcRwSignal::new(row), mark: ArcRwSignal::new(mark) }
    }
}

/// The list as it is shown.
#[derive(Clone, Copy)]
pub struct List {
    pub heading: RwSignal<String>,
    pub queue: RwSignal<String>,
    pub words: StoredValue<String>,
    pub after: StoredValue<String>,
    /// The part of the address that asks for the list.
    pub address: StoredValue<String>,
    pub tabs: RwSignal<Vec<Tab>>,
    pub lines: RwSignal<Vec<Line>>,
    pub next: RwSignal<Option<String>>,
    /// Where the keyboard stands.
    pub at: RwSignal<Option<String>>,
    /// Where it is led.
    pub focus: RwSignal<Option<String>>,
    /// What changed, for whoever does not see the marks.
    pub told: RwSignal<String>,
    /// The issue beside the list.
    pub shown: super::pane::Shown,
    pub search: NodeRef<html::Input>,
    pub keys: NodeRef<html::Details>,
    /// Where the issue is shown.
    pub pane: NodeRef<html::Section>,
}

impl List {
    pub fn new(view: &ListView, shown: super::pane::Shown) -> List {
        List {
            heading: RwSignal::new(view.heading.clone()),
            queue: RwSignal::new(view.queue.clone()),
            words: StoredValue::new(view.words.clone()),
            after: StoredValue::new(view.after.clone()),
            address: StoredValue::new(String::new()),
            tabs: RwSignal::new(view.tabs.clone()),
            lines: RwSignal::new(view.rows.iter().map(|row| Line::new(row.clone(), Mark::None)).collect()),
            next: RwSignal::new(view.next.clone()),
            at: RwSignal::new(None),
            focus: RwSignal::new(None),
            told: RwSignal::new(String::new()),
            shown,
            search: NodeRef::new(),
            keys: NodeRef::new(),
            pane: NodeRef::new(),
        }
    }
}

/// The queues, with how many each holds.
#[component]
pub fn Tabs(list: List) -> impl IntoView {
    let tabs = list.tabs.get_untracked().into_iter().enumerate().map(|(index, tab)| {
        let (href, code, clicked) = (tab.href(), tab.code.clone(), tab.code.clone());
        let counted = tab.count.is_some();
        let count = move || list.tabs.with(|tabs| tabs.get(index).and_then(|tab| tab.count));
        view! {
            <li>
                <a href=href aria-current=move || list.queue.with(|queue| *queue == code).then_some("page")
                    on:click=move |event| list.turn(&clicked, &event)>
                    {tab.label}{counted.then(|| view! { <span class="count">{count}</span> })}
                </a>
            </li>
        }
    });
    view! { <nav class="chips" aria-label="工作队列"><ul>{tabs.collect_view()}</ul></nav> }
}

/// The rows, or why there are none.
#[component]
pub fn Rows(list: List) -> impl IntoView {
    let some = Memo::new(move |_| list.lines.with(|lines| !lines.is_empty()));
    move || {
        if some.get() {
            return view! { <Table list/> }.into_any();
        }
        if list.queue.with(|queue| queue.starts_with('&')) {
            empty("没有找到。可以试试编号、企业名称，或问题里的两个字。", Some(("/desk", "回到工作台")))
        } else {
            empty("暂无待办事项。", None)
        }
    }
}

#[component]
fn Table(list: List) -> impl IntoView {
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=move || list.heading.get()>
            <table class="queue">
                <thead>
                    <tr>
                        <th scope="col">"编号"</th><th scope="col">"标题与企业"</th><th scope="col">"类别"</th>
                        <th scope="col">"状态"</th><th scope="col">"剩余"</th><th scope="col">"当前办理单位"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || list.lines.get() key=|line| line.number.clone() let:line>
                        <LineRow list line/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn LineRow(list: List, line: Line) -> impl IntoView {
    let Line { number, row, mark } = line;
    let link = NodeRef::<html::A>::new();
    Effect::new({
        let number = number.clone();
        move |_| {
            if list.focus.with(|focus| focus.as_ref() == Some(&number))
                && let Some(link) = link.get_untracked()
            {
                _ = link.focus();
                // Once: a row that is drawn again later must not take the focus from elsewhere.
                list.focus.set(None);
            }
        }
    });
    let (first, drawn) = (row.get_untracked(), row.clone());
    let (shown, clicked, stood) = (number.clone(), number.clone(), number.clone());
    let current = move || list.shown.view.with(|view| view.as_ref().is_some_and(|view| view.number == shown));
    view! {
        <tr>
            <td class="number">
                <a href=move || row.with(|row| row.href.clone()) node_ref=link aria-current=move || current().then_some("true")
                    on:click=move |event| list.pick(&clicked, &event) on:focus=move |_| list.at.set(Some(stood.clone()))>{number}</a>
                <small>{first.filed.view()}</small>
            </td>
            {move || cells(drawn.get(), mark.get())}
        </tr>
    }
}

fn cells(row: Row, mark: Mark) -> impl IntoView {
    let pressing = matches!(row.tone.as_str(), "late" | "warn");
    let left = (!row.left.is_empty()).then(|| icon(if pressing { "late" } else { "clock" }));
    let mark = match mark {
        Mark::None => None,
        Mark::New => Some(tag("run", icon("plus"), "新到")),
        Mark::Moved => Some(tag("run", icon("bell"), "有更新")),
        Mark::Gone => Some(tag("quiet", icon("check"), "已离开本列")),
    };
    view! {
        <td><strong>{row.title}</strong><small>{row.enterprise}</small></td>
        <td>{row.category}</td>
        <td class="tags">
            {state_tag(row.state)}
            {row.returned.then(|| tag("warn", icon("undo"), "退回"))}
            {row.flags.into_iter().map(flag_tag).collect_view()}
            {mark}
            {(!row.round.is_empty()).then(|| view! { <small>{row.round}</small> })}
        </td>
        <td class=["status ", &row.tone].concat()>{left}{row.left}</td>
        <td>{row.holder}</td>
    }
}

/// The way to the next page of the list.
#[component]
pub fn More(list: List) -> impl IntoView {
    move || {
        list.next.get().map(|next| {
            let href = ["/desk?queue=", &list.queue.get(), "&after=", &next].concat();
            view! { <p class="more"><a class="button secondary" href=href>"更多"</a></p> }
        })
    }
}
