//! The sheet over the page of a problem: what a command asks, its consequence in words, and what was typed kept until it has arrived.

use super::island::Page;
use super::rpc::{Given, issue_command};
use crate::carried::Carried;
use crate::error::RpcError;
use crate::filing::island::{PhotoTray, Tray};
use crate::ui::island::{Answer, Question};
use crate::ui::{face, icon};
use domain::issue::{CommandKind, Rating, RatingReason, Satisfaction};
use gloo::storage::{SessionStorage, Storage};
use leptos::either::Either;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use send_wrapper::SendWrapper;
use std::any::Any;
use web_sys::HtmlDialogElement;

/// Title, consequence, question, example and button of a command that asks for words alone.
fn words_of(kind: CommandKind) -> [&'static str; 5] {
    match kind {
        CommandKind::Object => [
            "提出异议",
            "异议可以提出一次，由市企服中心的其他人员重新审核。",
            "您为什么不同意？",
            "例如：这次反映的是另一条道路，和上次不是同一处",
            "提交异议",
        ],
        CommandKind::Reopen => [
            "重新办理",
            "问题还在或又出现了，退回办理单位重新办理，企服中心会收到提醒。",
            "现在是什么情况？",
            "例如：修好的地方昨天又开始漏水",
            "要求重新办理",
        ],
        CommandKind::Withdraw => {
            ["撤回诉求", "撤回后不再办理。想继续办，可以重新提一件。", "为什么撤回？", "例如：问题已经自行解决", "确认撤回"]
        }
        CommandKind::Supply => ["补充材料", "补充后，办理时限继续计算。", "补充说明", "只补照片或文件也可以", "提交补充"],
        CommandKind::Note => ["添加说明", "办理单位会收到提醒，办理时限不变。", "补充说明", "只补照片或文件也可以", "提交说明"],
        CommandKind::Urge => ["催办", "办理单位会收到提醒。每天可以催办一次。", "", "", "确认催办"],
        _ => ["评价", "您的评价决定这件事算不算办好。", "想说的话", "", "提交评价"],
    }
}

/// What is being typed. It outlives the sheet: closed and opened again, it is still there.
#[derive(Clone, Copy)]
struct Typed {
    kind: CommandKind,
    text: RwSignal<String>,
    solved: RwSignal<Option<bool>>,
    level: RwSignal<Option<Satisfaction>>,
    /// The face that was asked about: sent again, it is meant.
    sure: RwSignal<Option<Satisfaction>>,
    reasons: RwSignal<Vec<RatingReason>>,
    tray: Tray,
}

impl Typed {
    fn given(self) -> Given {
        let text = self.text.get();
        match self.kind {
            CommandKind::Rate => Given::Rate {
                solved: self.solved.get(),
                level: self.level.get(),
                sure: self.sure.get(),
                reasons: self.fitting(),
                comment: text,
            },
            CommandKind::Supply | CommandKind::Note => {
                Given::Supply { note: self.kind == CommandKind::Note, text, photos: self.tray.ids() }
            }
            kind => Given::Words { kind, text },
        }
    }

    /// Of the reasons that were ticked, those that the face still offers.
    fn fitting(self) -> Vec<RatingReason> {
        let offered = self.level.get().map_or(&[][..], RatingReason::fitting);
        self.reasons.get().into_iter().filter(|reason| offered.contains(reason)).collect()
    }

    fn new(page: Page, kind: CommandKind, kept: Option<Given>) -> Typed {
        let mut photos = page.photos.get_value();
        let (mut text, mut solved, mut level, mut reasons) = (String::new(), None, None, Vec::new());
        match kept {
            Some(Given::Rate { solved: said, level: face, reasons: why, comment, .. }) => {
                (text, solved, level, reasons) = (comment, said, face, why);
            }
            Some(Given::Supply { text: words, photos: ids, .. }) => (text, photos.kept) = (words, ids),
            Some(Given::Words { text: words, .. }) => text = words,
            None => {}
        }
        Typed {
            kind,
            text: RwSignal::new(text),
            solved: RwSignal::new(solved),
            level: RwSignal::new(level),
            sure: RwSignal::new(None),
            reasons: RwSignal::new(reasons),
            tray: Tray::new(&photos),
        }
    }
}

fn key(page: Page, kind: CommandKind) -> String {
    page.owner.with_value(|owner| page.number.with_value(|number| ["sheet/", owner, "/", number, "/", kind.code()].concat()))
}

/// A browser may refuse a storage.
fn storage() -> bool {
    web_sys::window().is_some_and(|window| window.session_storage().is_ok_and(|storage| storage.is_some()))
}

/// What was mounted into the dialog; dropped, it is gone.
type Mounted = StoredValue<Option<SendWrapper<Box<dyn Any>>>>;

/// Fills the dialog and opens it. A part of the module, which comes once something is to be asked.
#[wasm_split(sheet, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
pub(super) fn ask(dialog: HtmlDialogElement, page: Page, kind: CommandKind, asked: Mounted) -> Result<(), RpcError> {
    // Closed again before it came.
    if page.open.get_untracked() != Some(kind) {
        return Ok(());
    }
    let handle = mount_to(dialog.clone().into(), move || view! { <Asked page kind/> });
    asked.set_value(Some(SendWrapper::new(Box::new(handle))));
    // Focus goes into it, Esc closes it, and closing gives the focus back: the browser sees to that.
    if !dialog.open() {
        _ = dialog.show_modal();
    }
    Ok(())
}

/// The dialog. It is empty until a button opens it: what it asks is made then, and never comes from the server, so there is only the half
/// that makes it.
#[component]
pub(super) fn Sheet(page: Page) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let asked: Mounted = StoredValue::new(None);
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        asked.set_value(None);
        match page.open.get() {
            Some(kind) => spawn_local(async move {
                if ask(dialog, page, kind, asked).await.is_err() {
                    page.open.set(None);
                    page.said.set("没有连上，请检查网络后再试".to_owned());
                }
            }),
            None => dialog.close(),
        }
    });
    view! { <dialog class="sheet" node_ref=dialog aria-labelledby="sheet-title" on:close=move |_| page.open.set(None)></dialog> }
}

#[component]
fn Asked(page: Page, kind: CommandKind) -> impl IntoView {
    let stored = storage();
    let kept = stored.then(|| SessionStorage::get::<Carried<Given>>(key(page, kind)).ok()).flatten().map(|Carried(given)| given);
    let typed = Typed::new(page, kind, kept);
    if stored {
        Effect::new(move |before: Option<()>| {
            let given = typed.given();
            if before.is_some() {
                _ = SessionStorage::set(key(page, kind), Carried(&given));
            }
        });
    }
    let error = RwSignal::new(None::<RpcError>);
    let sending = RwSignal::new(false);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let (busy, failed) = untrack(|| (typed.tray.busy(), typed.tray.failed()));
        if busy || failed {
            typed.tray.say(if busy {
                "照片或文件还在上传，传完再提交"
            } else {
                "有照片或文件没有传上去：请重试，或删除后再提交"
            });
            return;
        }
        if !sending.get_untracked() {
            sending.set(true);
            spawn_local(async move {
                give(page, typed, error).await;
                _ = sending.try_set(false);
            });
        }
    };
    let [title, lead, _, _, button] = words_of(kind);
    let label = move || match &*error.read() {
        _ if sending.get() => "正在提交…",
        Some(RpcError::Offline | RpcError::Busy | RpcError::Internal { .. }) => "再试一次",
        _ => button,
    };
    // What belongs to no field stands at the button.
    let trouble = move || match &*error.read() {
        None => None,
        Some(RpcError::Invalid(faults)) => faults.iter().find(|(field, _)| field == "main").map(|(_, words)| words.clone()),
        Some(error) => Some(error.sentence()),
    };
    view! {
        <form method="dialog" class="close-row">
            <h2 id="sheet-title" tabindex="-1" autofocus>{title}</h2>
            <button class="link">"关闭"</button>
        </form>
        <p class="lead">{lead}</p>
        <form class="stack" novalidate on:submit=send>
            {match kind {
                CommandKind::Rate => Either::Left(view! { <Rate page typed error/> }),
                _ => Either::Right(view! { <Words page typed error/> }),
            }}
            <div role="alert">{move || trouble().map(|words| view! { <p class="fault">{icon("warn")}{words}</p> })}</div>
            <div class="actions"><button class="button" type="submit" aria-disabled=move || sending.get().then_some("true")>{label}</button></div>
        </form>
    }
}

/// Sends what was typed. It is forgotten once it has arrived, and not before.
async fn give(page: Page, typed: Typed, error: RwSignal<Option<RpcError>>) {
    let version = page.progress.read_untracked().version;
    let answer = issue_command(page.number.get_value(), version, untrack(|| typed.given())).await;
    let said = match answer {
        Ok(done) => {
            page.show(done.progress);
            done.said
        }
        // Somebody was quicker, or the first try had arrived after all: the page shows where it stands.
        Err(RpcError::Conflict(sentence)) => {
            if let Err(why) = page.refresh().await {
                _ = error.try_set(Some(why));
                return;
            }
            sentence
        }
        Err(why) => {
            if why.at("level").is_some() {
                typed.sure.set(typed.level.get_untracked());
            }
            _ = error.try_set(Some(why));
            return;
        }
    };
    page.open.set(None);
    if storage() {
        SessionStorage::delete(key(page, typed.kind));
    }
    page.said.set(said);
}

/// Supplying, objecting, reopening, withdrawing: words, and pictures where they help.
#[component]
fn Words(page: Page, typed: Typed, error: RwSignal<Option<RpcError>>) -> impl IntoView {
    let supply = matches!(typed.kind, CommandKind::Supply | CommandKind::Note);
    let [_, _, label, hint, _] = words_of(typed.kind);
    let asked = page.progress.with_untracked(|now| now.asked.clone());
    let asked = (typed.kind == CommandKind::Supply && !asked.is_empty()).then(|| {
        view! { <div class="quoted"><p class="muted">"需要您补充"</p><p class="words">{asked}</p></div> }
    });
    let fault = Signal::derive(move || error.read().as_ref().and_then(|error| error.at("text")));
    let question = Question::text("text", label, hint, 4, if supply { 2000 } else { 500 });
    view! {
        {asked}
        {(typed.kind != CommandKind::Urge).then(|| view! { <Answer question value=typed.text fault/> })}
        {supply.then(|| view! { <PhotoTray tray=typed.tray fault=None/> })}
    }
}

/// 问题解决了吗 → a face → the reasons that fit it → words. What it leads to stands there before it is sent.
#[component]
fn Rate(page: Page, typed: Typed, error: RwSignal<Option<RpcError>>) -> impl IntoView {
    let answer = page.progress.with_untracked(|now| now.answer.clone()).map(|[outcome, words, who]| {
        view! {
            <div class="quoted">
                <p class="muted">{["答复：", &outcome].concat()}</p><p class="words">{words}</p><p class="muted">{who}</p>
            </div>
        }
    });
    let at = move |field: &'static str| move || error.read().as_ref().and_then(|error| error.at(field));
    let offered = move || typed.level.get().map_or(&[][..], RatingReason::fitting).to_vec();
    let comment = Question::text("comment", "想说的话", "", 3, 500).optional();
    view! {
        {answer}
        <fieldset class="field choices big two" class:bad=move || at("solved")().is_some()>
            <legend>"问题解决了吗？"</legend>
            <Fault id="solved-error" words=Signal::derive(at("solved"))/>
            <div class="options">
                <Solved typed yes=true label="解决了"/>
                <Solved typed yes=false label="没解决"/>
            </div>
        </fieldset>
        <fieldset class="field choices faces" class:bad=move || at("level")().is_some()>
            <legend>"您满意吗？"</legend>
            <Fault id="level-error" words=Signal::derive(at("level"))/>
            <div class="options">
                {Satisfaction::ALL.iter().enumerate().map(|(index, level)| view! { <Face typed index level=*level/> }).collect_view()}
            </div>
        </fieldset>
        <Show when=move || typed.level.get().is_some()>
            <fieldset class="field choices chips">
                <legend>"为什么？（可多选）"</legend>
                <div class="options"><For each=offered key=|reason| *reason let:reason><Reason typed reason/></For></div>
            </fieldset>
        </Show>
        <Answer question=comment value=typed.text fault=Signal::derive(at("comment"))/>
        <p class="consequence" role="status">{move || consequence(typed)}</p>
    }
}

/// What a rating leads to, once that is known.
fn consequence(typed: Typed) -> Option<impl IntoView> {
    let (solved, level) = (typed.solved.get(), typed.level.get());
    let unsolved = solved == Some(false) || level.is_some_and(Satisfaction::is_unsatisfied);
    let reopens = match (solved, level) {
        (Some(solved), Some(level)) => Rating { solved, level, reasons: Vec::new(), comment: String::new(), aid: None }.reopens(),
        _ if unsolved => true,
        _ => return None,
    };
    let (symbol, words) = if reopens {
        (icon("loop"), "会退回办理单位重新办理，企服中心会收到提醒。")
    } else {
        (icon("check"), "提交后这件诉求办结。如果问题又出现，还可以要求重新办理。")
    };
    Some(view! { {symbol}<span>{words}</span> })
}

#[component]
fn Fault(id: &'static str, words: Signal<Option<String>>) -> impl IntoView {
    move || words.get().map(|words| view! { <p class="fault" id=id>{icon("warn")}{words}</p> })
}

#[component]
fn Solved(typed: Typed, yes: bool, label: &'static str) -> impl IntoView {
    let id = if yes { "solved" } else { "solved-no" };
    view! {
        <div class="choice">
            <input type="radio" id=id name="solved" prop:checked=move || typed.solved.get() == Some(yes)
                on:change=move |_| typed.solved.set(Some(yes))/>
            <label for=id><span>{label}</span></label>
        </div>
    }
}

#[component]
fn Face(typed: Typed, index: usize, level: Satisfaction) -> impl IntoView {
    let id = ["level-", level.code()].concat();
    view! {
        <div class="choice">
            <input type="radio" id=id.clone() name="level" prop:checked=move || typed.level.get() == Some(level)
                on:change=move |_| typed.level.set(Some(level))/>
            <label for=id>{face(index)}<span>{level.label()}</span></label>
        </div>
    }
}

#[component]
fn Reason(typed: Typed, reason: RatingReason) -> impl IntoView {
    let id = ["reason-", reason.code()].concat();
    let toggle = move |_| {
        typed.reasons.update(|reasons| {
            if reasons.contains(&reason) {
                reasons.retain(|known| *known != reason);
            } else {
                reasons.push(reason);
            }
        });
    };
    view! {
        <div class="choice">
            <input type="checkbox" id=id.clone() prop:checked=move || typed.reasons.read().contains(&reason) on:change=toggle/>
            <label for=id><span>{reason.label()}</span></label>
        </div>
    }
}
