//! An issue.

use super::Keys;
use crate::carried::Carried;
use crate::issue::desk::browser;
use crate::issue::desk::palette::{Palette, PaletteDialog};
use crate::issue::desk::pane::Shown;
use crate::issue::desk::view::{IssueView, Place};
use crate::module::{Module, needs};
use leptos::prelude::*;

/// An issue on its page. What the server wrote of it (`children`) stays until somebody does something with it, or something happens to it.
#[island]
pub fn DeskIssue(view: Carried<IssueView>, places: Carried<Vec<Place>>, children: Children) -> impl IntoView {
    needs(Module::DeskIssue);
    let (Carried(view), Carried(places)) = (view, places);
    let shown = Shown::new(Some(view));
    let palette = Palette::new(places, shown);
    let keys = NodeRef::new();
    Effect::new(move |_| untrack(|| browser::page(shown, palette, keys)));
    view! {
        <div class="stack">
            <div class="stack" node_ref=shown.place>{children()}</div>
            <Keys details=keys/>
            <PaletteDialog palette/>
        </div>
    }
}
