//! The palette (`⌘K`, `Ctrl+K`): a number, an enterprise, a word, or what one wants to do. By keyboard alone.

use super::pane::Shown;
use super::view::{Acts, Place};
use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;

/// More than fits on a screen nobody reads: another letter narrows it.
const MOST: usize = 12;

/// What the palette offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Opens an action of the issue that is shown, by its letter.
    Act {
        key: String,
        label: String,
    },
    Go(Place),
}

impl Offer {
    fn label(&self) -> &str {
        match self {
            Offer::Act { label, .. } => label,
            Offer::Go(place) => &place.label,
        }
    }
}

#[derive(Clone, Copy)]
pub struct Palette {
    pub dialog: NodeRef<html::Dialog>,
    pub input: NodeRef<html::Input>,
    pub words: RwSignal<String>,
    pub places: StoredValue<Vec<Place>>,
    /// What the server found for the words.
    pub found: RwSignal<Vec<Place>>,
    /// Which offer Enter takes.
    pub at: RwSignal<usize>,
    /// How many offers are listed; none until the list has come.
    pub listed: RwSignal<usize>,
    /// Whether the list is mounted.
    pub mounted: StoredValue<bool>,
    pub shown: Shown,
}

impl Palette {
    pub fn new(places: Vec<Place>, shown: Shown) -> Palette {
        Palette {
            dialog: NodeRef::new(),
            input: NodeRef::new(),
            words: RwSignal::new(String::new()),
            places: StoredValue::new(places),
            found: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
            listed: RwSignal::new(0),
            mounted: StoredValue::new(false),
            shown,
        }
    }

    /// What was found first, then actions and pages whose name has the words.
    pub fn offers(self) -> Vec<Offer> {
        let words = self.words.with(|words| words.trim().to_lowercase());
        let acts = self.shown.acts.with(|acts| acts.as_ref().map(|Acts { list, .. }| list.clone()).unwrap_or_default());
        let acts = acts.into_iter().map(|act| Offer::Act { key: act.key, label: act.label });
        let places = self.places.get_value().into_iter().map(Offer::Go);
        let named = acts.chain(places).filter(|offer| offer.label().to_lowercase().contains(&words));
        self.found.get().into_iter().map(Offer::Go).chain(named).take(MOST).collect()
    }
}

/// The dialog, closed until it is called. Its field is there from the start, so that what is typed right after the call is not lost to a
/// list that still comes over the network.
#[component]
pub fn PaletteDialog(palette: Palette) -> impl IntoView {
    view! {
        <dialog class="palette" aria-label="查找" node_ref=palette.dialog>
            <input type="text" role="combobox" aria-label="编号、企业、词，或要做的事" placeholder="编号、企业、词，或要做的事"
                aria-expanded="true" aria-controls="palette-offers" aria-autocomplete="list" autocomplete="off"
                aria-activedescendant=move || (palette.listed.get() > 0).then(|| option_id(palette.at.get()))
                node_ref=palette.input/>
        </dialog>
    }
}

/// What is offered, below the field.
#[component]
pub fn PaletteOffers(palette: Palette) -> impl IntoView {
    let offers = Memo::new(move |_| palette.offers());
    let count = move || offers.with(Vec::len);
    Effect::new(move |_| palette.listed.set(count()));
    let options = move || {
        let list = offers.get().into_iter().enumerate();
        list.map(|(index, offer)| option(palette, index, offer)).collect_view()
    };
    view! {
        <ul id="palette-offers" role="listbox" aria-label="找到的">{options}</ul>
        <p class="muted" role="status">
            {move || if count() == 0 { "没有找到。可以试试编号、企业名称，或问题里的两个字。".to_owned() } else { String::new() }}
        </p>
    }
}

fn option_id(index: usize) -> String {
    ["palette-", &index.to_string()].concat()
}

fn option(palette: Palette, index: usize, offer: Offer) -> impl IntoView {
    let label = offer.label().to_owned();
    let aside = match &offer {
        Offer::Act { key, .. } => Some(Either::Left(view! { <kbd>{key.clone()}</kbd> })),
        Offer::Go(place) => {
            (!place.detail.is_empty()).then(|| Either::Right(view! { <small class="muted">{place.detail.clone()}</small> }))
        }
    };
    let chosen = move || if palette.at.get() == index { "true" } else { "false" };
    view! {
        <li id=option_id(index) role="option" aria-selected=chosen on:click=move |_| palette.take(&offer)>
            <span>{label}</span>{aside}
        </li>
    }
}
