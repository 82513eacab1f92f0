//! The list.

use super::Keys;
use crate::carried::Carried;
use crate::issue::desk::browser;
use crate::issue::desk::list::{List, More, Rows, Tabs};
use crate::issue::desk::palette::{Palette, PaletteDialog};
use crate::issue::desk::pane::{NOTHING_SHOWN, Shown};
use crate::issue::desk::view::{ListView, Place};
use crate::module::{Module, needs};
use crate::ui::icon;
use leptos::prelude::*;

/// The desk: the list, and from 1,100 px the issue one stands on beside it.
#[island]
pub fn DeskList(view: Carried<ListView>, places: Carried<Vec<Place>>) -> impl IntoView {
    needs(Module::Desk);
    let (Carried(view), Carried(places)) = (view, places);
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
                <section class="pane stack" aria-label="选中的诉求" node_ref=list.pane>
                    <p class="muted">{NOTHING_SHOWN}</p>
                </section>
            </div>
            <p class="hidden" role="status">{move || list.told.get()}</p>
            <Keys details=list.keys/>
            <PaletteDialog palette/>
        </div>
    }
}
