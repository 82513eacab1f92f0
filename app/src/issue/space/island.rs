//! The page of a problem, alive: it hears that something moved and shows it, and what can be done is done on a sheet over it.

use super::progress::Progress;
use super::rpc;
use super::sheet::{self, Sheet};
use crate::carried::Carried;
use crate::error::RpcError;
use crate::filing::island::Photos;
use crate::issue::tag::plain_tag;
use crate::issue::timeline::TimelineEntry;
use crate::module::{Module, needs};
use crate::ui::{icon, tag};
use domain::issue::CommandKind;
use gloo::events::EventListener;
use gloo::timers::future::TimeoutFuture;
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use web_sys::EventSource;

/// A problem's page as it was when it was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    pub number: String,
    pub title: String,
    /// Whose words a sheet keeps: the person.
    pub owner: String,
    pub progress: Progress,
    pub photos: Photos,
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub number: StoredValue<String>,
    pub title: StoredValue<String>,
    pub owner: StoredValue<String>,
    pub photos: StoredValue<Photos>,
    pub progress: RwSignal<Progress>,
    /// What was just done, or that something moved.
    pub said: RwSignal<String>,
    /// The sheet that is open.
    pub open: RwSignal<Option<CommandKind>>,
}

impl Page {
    /// Takes what is newer.
    pub fn show(self, fresh: Progress) {
        if fresh.version > self.progress.read_untracked().version {
            self.progress.set(fresh);
        }
    }

    /// Asks again where it stands.
    pub async fn refresh(self) -> Result<(), RpcError> {
        let fresh = rpc::issue_progress(self.number.get_value()).await?;
        self.show(fresh);
        Ok(())
    }
}

/// State, who has it, what can be done, what happened.
#[island]
pub fn LiveIssue(shown: Carried<Shown>) -> impl IntoView {
    needs(Module::Issue);
    let Carried(shown) = shown;
    let page = Page {
        number: StoredValue::new(shown.number),
        title: StoredValue::new(shown.title),
        owner: StoredValue::new(shown.owner),
        photos: StoredValue::new(shown.photos),
        progress: RwSignal::new(shown.progress),
        said: RwSignal::new(String::new()),
        open: RwSignal::new(None),
    };
    // Runs in the browser only.
    Effect::new(move |_| listen(page));
    let status = NodeRef::<html::P>::new();
    // The button that was pressed is gone with what it did: the sentence about it takes the focus.
    Effect::new(move |_| {
        if !page.said.read().is_empty()
            && let Some(status) = status.get()
        {
            request_animation_frame(move || _ = status.focus());
        }
    });
    let progress = page.progress;
    let state = Memo::new(move |_| progress.with(|now| (now.state, now.round, now.late)));
    view! {
        <p class="flash" role="status" tabindex="-1" node_ref=status hidden=move || page.said.read().is_empty()>
            {icon("check")}<span>{move || page.said.get()}</span>
        </p>
        <div id="live">
            <div class="title-row">
                <h1>{page.title.get_value()}</h1>
                <p class="tags">{move || tags(state.get())}</p>
            </div>
            <p class="muted number">{page.number.get_value()}</p>
            <section class="card">{move || progress.with(standing)}<Actions page/></section>
            <section class="card">
                <h2>"办理进度"</h2>
                <ol class="timeline">
                    <For each=move || progress.read().lines.clone() key=|line| line.seq let:line><TimelineEntry line/></For>
                </ol>
            </section>
        </div>
        <Sheet page/>
    }
}

fn tags((state, round, late): (domain::issue::State, u16, bool)) -> impl IntoView {
    let round = (round > 1).then(|| tag("warn", icon("loop"), ["第 ", &round.to_string(), " 次办理"].concat()));
    (plain_tag(state), round, late.then(|| tag("late", icon("late"), "答复超期")))
}

fn standing(now: &Progress) -> impl IntoView + use<> {
    let with = now.state.is_open().then(|| view! { <span class="muted">"当前办理单位："</span> });
    let call = (!now.phone.is_empty()).then(|| {
        let dial = ["tel:", &now.phone].concat();
        view! { " "<a class="figure" href=dial>{icon("phone")}{now.phone.clone()}</a> }
    });
    let next = (!now.next.is_empty()).then(|| view! { <p>{now.next.clone()}</p> });
    view! {
        <p class="holder">{with}<strong>{now.holder.clone()}</strong>{call}</p>
        {now.bar.clone().map(|bar| bar.view())}
        {next}
    }
}

/// What can be done now: one primary button, the rest quieter. Each is a link to a page of its own, which a sheet saves.
const ACTIONS: [(CommandKind, &str, bool); 7] = [
    (CommandKind::Supply, "补充材料", true),
    (CommandKind::Rate, "去评价", true),
    (CommandKind::Object, "提出异议", true),
    (CommandKind::Reopen, "问题还在，重新办理", false),
    (CommandKind::Note, "添加说明或附件", false),
    (CommandKind::Urge, "催办", false),
    (CommandKind::Withdraw, "撤回诉求", false),
];

#[component]
fn Actions(page: Page) -> impl IntoView {
    let commands = Memo::new(move |_| page.progress.read().commands.clone());
    let link = move |(kind, label, primary): (CommandKind, &'static str, bool)| {
        let href = ["/issues/", &page.number.get_value(), "/", kind.code()].concat();
        let open = move |event: MouseEvent| {
            // With a modifier it is a link like any other.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
                event.prevent_default();
                page.said.set(String::new());
                page.open.set(Some(kind));
            }
        };
        // What the sheet is made of is on its way before the finger is lifted.
        let near = || spawn_local(async { _ = sheet::fetch().await });
        view! {
            <a class="button" class:secondary=!primary href=href on:click=open on:pointerdown=move |_| near() on:focus=move |_| near()>
                {label}
            </a>
        }
    };
    let possible = move || ACTIONS.into_iter().filter(|(kind, ..)| commands.read().contains(kind)).collect::<Vec<_>>();
    view! {
        <div class="actions" hidden=move || possible().is_empty()>
            <For each=possible key=|action| action.0 children=link/>
        </div>
    }
}

/// Hears that something moved, for as long as the page lives.
fn listen(page: Page) {
    let seen = page.progress.read_untracked().version.to_string();
    let url = ["/issues/", &page.number.get_value(), "/events?after=", &seen].concat();
    let Ok(source) = EventSource::new(&url) else { return };
    let asking = StoredValue::new(false);
    EventListener::new(&source, "moved", move |_| {
        // Several events in a row make one question.
        if asking.get_value() {
            return;
        }
        asking.set_value(true);
        spawn_local(async move {
            TimeoutFuture::new(120).await;
            asking.set_value(false);
            // Without an answer the page says what it said; the stream tells again when it is back.
            _ = page.refresh().await;
        });
    })
    .forget();
    std::mem::forget(source);
}
