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
            // Of the form that narrows the list, which the server wrote beside this: it has the queue that is shown, however one came to it.
            <p class="search" role="search">
                <label for="q" class="hidden">"搜索编号、企业、联系人、电话、部门或关键词"</label>
                <input id="q" name="q" type="search" form="filters" value=view.words placeholder="编号、企业、电话、部门、词"
                    autocomplete="off" node_ref=list.search/>
                <input type="hidden" name="queue" form="filters" value=move || list.queue.get()/>
                <button class="button secondary" form="filters">{icon("search")}<span>"搜索"</span></button>
            </p>
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
