//! The islands of the desk: the list with an issue beside it, and an issue on a page of its own.

use super::browser;
use super::list::{List, More, Rows, Tabs};
use super::palette::{Palette, PaletteDialog};
use super::pane::{Pane, Shown, WholeIssue};
use super::view::{IssueView, ListView, Place};
use crate::module::{Module, needs};
use crate::ui::icon;
use leptos::html;
use leptos::prelude::*;

/// The desk: the list, and from 1,100 px the issue one stands on beside it.
#[island]
pub fn DeskList(view: ListView, places: Vec<Place>) -> impl IntoView {
    needs(Module::Desk);
    let shown = Shown::new(None);
    let list = List::new(&view, shown);
    let palette = Palette::new(places, shown);
    Effect::new(move |_| untrack(|| browser::list(list, palette)));
    view! {
        <div class="stack">
            <div class="title-row">
                <h1>{view.organisation}</h1>
                <form class="search" method="get" action="/desk" role="search">
                    <label for="q" class="hidden">"搜索编号、企业或关键词"</label>
                    <input id="q" name="q" type="search" value=view.words placeholder="编号 / 企业 / 关键词" autocomplete="off"
                        node_ref=list.search/>
                    <button class="button secondary">{icon("search")}<span>"搜索"</span></button>
                </form>
            </div>
            <Tabs list/>
            <div class="split">
                <div class="stack">
                    <Rows list/>
                    <More list/>
                </div>
                <section class="pane stack" aria-label="选中的诉求"><Pane shown/></section>
            </div>
            <p class="hidden" role="status">{move || list.told.get()}</p>
            <Keys details=list.keys/>
            <PaletteDialog palette/>
        </div>
    }
}

/// An issue on its page.
#[island]
pub fn DeskIssue(view: IssueView, places: Vec<Place>) -> impl IntoView {
    needs(Module::Desk);
    let shown = Shown::new(Some(view));
    let palette = Palette::new(places, shown);
    let keys = NodeRef::new();
    Effect::new(move |_| untrack(|| browser::page(shown, palette, keys)));
    view! {
        <div class="stack">
            <WholeIssue shown/>
            <Keys details=keys/>
            <PaletteDialog palette/>
        </div>
    }
}

/// The help on the keyboard: a line for everybody and, opened by `?`, every key. The letters of actions stand beside the actions.
#[component]
fn Keys(details: NodeRef<html::Details>) -> impl IntoView {
    view! {
        <details class="keys muted" node_ref=details>
            <summary>"键盘：j / k 上下移动，Enter 打开，/ 搜索，Ctrl+K 查找，? 全部按键"</summary>
            <dl>
                <dt><kbd>"j"</kbd>" "<kbd>"k"</kbd></dt><dd>"工作台：下一件、上一件；屏幕够宽时右边同时显示"</dd>
                <dt><kbd>"Enter"</kbd></dt><dd>"打开选中的诉求"</dd>
                <dt><kbd>"/"</kbd></dt><dd>"工作台：搜索"</dd>
                <dt><kbd>"a"</kbd>"–"<kbd>"z"</kbd></dt><dd>"打开标着这个字母的操作"</dd>
                <dt><kbd>"Esc"</kbd></dt><dd>"离开正在填的地方，回到列表"</dd>
                <dt><kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd></dt><dd>"按编号、企业、词查找，或直接去某一页（苹果电脑按 ⌘K）"</dd>
                <dt><kbd>"?"</kbd></dt><dd>"显示这张表"</dd>
            </dl>
        </details>
    }
}
