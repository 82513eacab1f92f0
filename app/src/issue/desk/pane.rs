//! An issue as staff see it: the same parts on its page and beside the list.

use super::act::ActForm;
use super::view::{Acts, Clock, Head, IssueView, Problem, path_of};
use crate::issue::tag::{flag_tag, state_tag};
use crate::issue::timeline::{Photos, TimelineEntry};
use crate::ui::{facts, icon, tag, words};
use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;

/// The issue that is shown.
#[derive(Clone, Copy)]
pub struct Shown {
    pub view: RwSignal<Option<IssueView>>,
    /// The actions as they are drawn: while somebody writes, they stay what they were.
    pub acts: RwSignal<Option<Acts>>,
    /// Something was typed into an action.
    pub typed: StoredValue<bool>,
    /// An action is under way, and whether the issue moved meanwhile: its answer brings what there is then, unless it is refused.
    pub sending: StoredValue<Option<bool>>,
    /// The actions that are drawn are no longer those that there are.
    pub stale: RwSignal<bool>,
    /// What was just done, or why the issue is not here.
    pub said: RwSignal<String>,
    /// What changed by itself, for whoever does not see it.
    pub told: RwSignal<&'static str>,
    /// Counts what was done here, for whoever keeps the list beside it.
    pub done: RwSignal<u32>,
    /// The actions that are drawn, for the keyboard.
    pub panels: StoredValue<Vec<Panel>>,
    /// Where the eye is led after something was done.
    pub notice: NodeRef<html::P>,
    /// The browser has not made the issue's parts yet.
    pub asleep: StoredValue<bool>,
    /// Where they stand as the page brought them.
    #[cfg(any(feature = "ssr", feature = "desk_issue"))]
    pub place: NodeRef<html::Div>,
}

/// An action as it is drawn.
#[derive(Clone)]
pub struct Panel {
    pub key: String,
    pub details: NodeRef<html::Details>,
    pub form: NodeRef<html::Form>,
}

impl Shown {
    pub fn new(view: Option<IssueView>) -> Shown {
        Shown {
            acts: RwSignal::new(view.as_ref().map(|view| view.acts.clone())),
            view: RwSignal::new(view),
            typed: StoredValue::new(false),
            sending: StoredValue::new(None),
            stale: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            told: RwSignal::new(""),
            done: RwSignal::new(0),
            panels: StoredValue::new(Vec::new()),
            notice: NodeRef::new(),
            asleep: StoredValue::new(true),
            #[cfg(any(feature = "ssr", feature = "desk_issue"))]
            place: NodeRef::new(),
        }
    }

    pub fn number(self) -> Option<String> {
        self.view.with(|view| view.as_ref().map(|view| view.number.clone()))
    }

    pub fn number_untracked(self) -> Option<String> {
        untrack(|| self.number())
    }

    fn part<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        part: impl Fn(&IssueView) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.view.with(|view| view.as_ref().map(&part)))
    }
}

/// What was just done, said once and where the focus goes.
#[component]
pub fn Notice(shown: Shown) -> impl IntoView {
    let flash = move || !shown.said.with(String::is_empty);
    view! {
        <p class:flash=flash role="status" tabindex="-1" node_ref=shown.notice>
            {move || flash().then(|| view! { {icon("check")}<span>{shown.said.get()}</span> })}
        </p>
        <p class="hidden" role="status">{move || shown.told.get()}</p>
    }
}

/// The page's parts: all about it on the left, what may be done on the right.
#[cfg(any(feature = "ssr", feature = "desk_issue"))]
#[component]
pub fn WholeIssue(shown: Shown) -> impl IntoView {
    view! {
        <IssueHead shown whole=true/>
        <Notice shown/>
        <div class="two-columns">
            <div><IssueProblem shown/><Progress shown/></div>
            <div class="acts"><ActPanels shown/></div>
        </div>
    }
}

/// What stands beside the list until an issue is chosen.
#[cfg(any(feature = "ssr", feature = "desk"))]
pub const NOTHING_SHOWN: &str = "用 j、k 或点一行选一件诉求，这里就显示它。";

/// The parts beside the list: what happened, what may be done, how it went.
#[cfg(any(feature = "ssr", feature = "desk"))]
#[component]
pub fn Pane(shown: Shown) -> impl IntoView {
    let there = Memo::new(move |_| shown.number());
    view! {
        <Notice shown/>
        {move || match there.get() {
            None => Either::Left(view! { <p class="muted">{NOTHING_SHOWN}</p> }),
            Some(_) => {
                let parts = view! { <IssueHead shown whole=false/><IssueProblem shown/><ActPanels shown/><Progress shown/> };
                Either::Right(parts)
            }
        }}
    }
}

#[component]
fn IssueHead(shown: Shown, whole: bool) -> impl IntoView {
    let head = shown.part(|view| (view.number.clone(), view.head.clone()));
    move || {
        head.get().map(|(number, head)| {
            let Head { title, about, state, urgent, round, flags } = head;
            let number = if whole {
                Either::Left(view! { <p class="number muted">{number}</p><h1>{title}</h1> })
            } else {
                let href = path_of(&number);
                let link = view! { <a href=href>{number}<span class="hidden">"，整页打开"</span></a> };
                Either::Right(view! { <p class="number">{link}</p><h2>{title}</h2> })
            };
            view! {
                <div class="title-row">
                    <div>{number}</div>
                    <p class="tags">
                        {state_tag(state)}
                        {urgent.then(|| tag("late", icon("warn"), "紧急"))}
                        {(!round.is_empty()).then(|| tag("warn", icon("loop"), round))}
                        {flags.into_iter().map(flag_tag).collect_view()}
                    </p>
                </div>
                <p class="muted">{about}</p>
            }
        })
    }
}

#[component]
fn IssueProblem(shown: Shown) -> impl IntoView {
    let problem = shown.part(|view| view.problem.clone());
    move || {
        problem.get().map(|Problem { body, photos, facts: rows }| {
            let rows = rows.into_iter().map(|(name, value)| (name, words(value))).collect();
            view! { <section class="card"><h2>"问题"</h2>{words(body)}<Photos photos/>{facts(rows)}</section> }
        })
    }
}

/// Its clocks, and what happened, newest first.
#[component]
fn Progress(shown: Shown) -> impl IntoView {
    let clocks = shown.part(|view| view.clocks.clone());
    let lines = move || shown.view.with(|view| view.as_ref().map(|view| view.lines.clone()).unwrap_or_default());
    // Lines stay as they are: new ones come on top, of this issue or of the next one shown.
    let key = move |seq: i32| (shown.number_untracked(), seq);
    view! {
        <section class="card"><h2>"时限"</h2>{move || clocks.get().map(clock_table)}</section>
        <section class="card">
            <h2>"办理过程"</h2>
            <ol class="timeline">
                <For each=lines key=move |line| key(line.seq) let:line><TimelineEntry line/></For>
            </ol>
        </section>
    }
}

fn clock_table(clocks: Vec<Clock>) -> impl IntoView {
    let rows = clocks.into_iter().map(|Clock { step, due, tone, status }| {
        let class = ["status ", &tone].concat();
        view! { <tr><th scope="row">{step}</th><td>{due.view()}</td><td class=class>{status}</td></tr> }
    });
    view! {
        <table class="clocks">
            <caption class="hidden">"各环节时限"</caption>
            <thead><tr><th scope="col">"环节"</th><th scope="col">"期限"</th><th scope="col">"状态"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// What this person may do now. One action is open, the others are a line each.
#[component]
fn ActPanels(shown: Shown) -> impl IntoView {
    move || {
        shown.panels.update_value(Vec::clear);
        let number = shown.number_untracked().unwrap_or_default();
        shown.acts.get().map(|acts| panels(shown, &number, acts))
    }
}

fn panels(shown: Shown, number: &str, acts: Acts) -> impl IntoView + use<> {
    if acts.list.is_empty() {
        return Either::Left(view! {
            <section class="card"><h2>"您现在可以做的"</h2><p class="muted">"这件诉求现在不需要您处理。"</p></section>
        });
    }
    let lapsed = acts.lapsed.then(|| view! { <p class="flash">{icon("clock")}<span>"补充期限已过，可以先办理"</span></p> });
    let version = acts.version.to_string();
    let list = acts.list.into_iter().map(|act| {
        let href = [&path_of(number), "/", &act.code, &acts.from].concat();
        view! { <ActForm shown act href version=version.clone()/> }
    });
    let list = list.collect_view();
    Either::Right(view! {
        <h2 class="hidden">"您现在可以做的"</h2>
        {lapsed}
        {move || shown.stale.get().then(|| view! {
            <p class="flash warn" role="status">
                {icon("bell")}<span>"这件诉求刚刚有新进展，请先看最新情况。"</span>
                <button class="link" type="button" on:click=move |_| shown.renew()>"更新操作"</button>
            </p>
        })}
        {list}
    })
}

impl Shown {
    /// Draws the actions that there are now.
    pub fn renew(self) {
        self.typed.set_value(false);
        self.stale.set(false);
        self.acts.set(self.view.with_untracked(|view| view.as_ref().map(|view| view.acts.clone())));
    }

    /// Shows an issue, or the same one after something was done here.
    pub fn show(self, view: Option<IssueView>) {
        self.view.set(view);
        self.renew();
    }

    /// The issue that is shown moved elsewhere. Whoever writes goes on writing, and is told.
    pub fn moved(self, view: IssueView) {
        // Asked for before something was done here, and answered after it.
        if self.view.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.acts.version > view.acts.version)) {
            return;
        }
        self.told.set("内容已更新");
        let same = self.acts.with_untracked(|acts| acts.as_ref() == Some(&view.acts));
        self.view.set(Some(view));
        if self.typed.get_value() {
            self.stale.set(!same);
        } else if !same {
            self.renew();
        }
    }
}
