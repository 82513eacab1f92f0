//! The editor's form, alive: what its buttons do without a page, problems and reach while typing, a word before anything typed
//! is lost.
//!
//! The page's form stands until the island knows its sheet; then the browser draws the same form itself. What was typed lives
//! in the controls alone, as in any form, and is read from there.

use super::fields::{Fields, Live};
use super::sheet::{Measured, Sheet};
use crate::module::{Module, needs};
use leptos::html;
use leptos::prelude::*;

/// Where the form posts, for the island that is rendered on the page.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub struct Posts(pub String);

/// Only the server knows where the form posts; hydration leaves attributes as they came.
fn posts() -> String {
    #[cfg(feature = "ssr")]
    return use_context::<Posts>().map(|posts| posts.0).unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// The form around its fields. It has no properties: they would bring a reader of JSON into the module.
#[island]
pub fn PolicyForm(children: Children) -> impl IntoView {
    needs(Module::Editor);
    let form = NodeRef::<html::Form>::new();
    let sheet = RwSignal::new(None::<Sheet>);
    let live = Live { measured: RwSignal::new(Measured::default()), unsaved: RwSignal::new(false), trouble: RwSignal::new(None) };
    let busy = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    let desk = browser::Desk::open(form, sheet, live, busy);
    let submit = move |event| {
        #[cfg(feature = "hydrate")]
        desk.submit(&event);
        #[cfg(not(feature = "hydrate"))]
        let _: leptos::ev::SubmitEvent = event;
    };
    let input = move |_| {
        #[cfg(feature = "hydrate")]
        desk.typed();
    };
    let mut first = Some(children);
    let fields = move || match sheet.get() {
        Some(sheet) => {
            #[cfg(feature = "hydrate")]
            let sheet = desk.gives_way(sheet);
            Some(view! { <Fields sheet live/> }.into_any())
        }
        None => first.take().map(|children| view! { <div class="as-sent">{children()}</div> }.into_any()),
    };
    view! {
        <form
            node_ref=form method="post" action=posts() class="policy-editor" novalidate
            data-live=move || sheet.with(Option::is_some).then_some("") aria-busy=move || busy.get().then_some("true")
            inert=move || busy.get() on:submit=submit on:input=input
        >
            {fields}
        </form>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Live, Sheet};
    use crate::policy::desk::rpc;
    use gloo::timers::callback::Timeout;
    use leptos::ev::SubmitEvent;
    use leptos::html;
    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{BeforeUnloadEvent, FormData, HtmlButtonElement};
    use send_wrapper::SendWrapper;

    type Pairs = Vec<(String, String)>;

    /// How long nobody types before the form is measured.
    const PAUSE: u32 = 600;

    /// The form in the browser.
    #[derive(Clone, Copy)]
    pub struct Desk {
        form: NodeRef<html::Form>,
        sheet: RwSignal<Option<Sheet>>,
        live: Live,
        busy: RwSignal<bool>,
        /// The button whose change has not been done yet.
        asked: StoredValue<String>,
        /// What the page's own form said when the first sheet was asked for, until that sheet stands in its place.
        first: StoredValue<Option<Pairs>>,
        /// What was typed into the page's form while it gave way, until a sheet has it.
        late: StoredValue<Option<Pairs>>,
        /// How often the form was measured: an answer that another one overtook is not shown.
        round: StoredValue<u32>,
        pause: StoredValue<Option<SendWrapper<Timeout>>>,
        /// The page is left on purpose.
        leaving: StoredValue<bool>,
    }

    impl Desk {
        pub fn open(form: NodeRef<html::Form>, sheet: RwSignal<Option<Sheet>>, live: Live, busy: RwSignal<bool>) -> Desk {
            let desk = Desk {
                form,
                sheet,
                live,
                busy,
                asked: StoredValue::default(),
                first: StoredValue::default(),
                late: StoredValue::default(),
                round: StoredValue::default(),
                pause: StoredValue::default(),
                leaving: StoredValue::default(),
            };
            form.on_load(move |_| desk.begin());
            _ = window_event_listener(leptos::ev::beforeunload, move |event: BeforeUnloadEvent| {
                if desk.live.unsaved.get_untracked() && !desk.leaving.get_value() {
                    event.prevent_default();
                    event.set_return_value("1");
                }
            });
            desk
        }

        /// What the controls say.
        fn pairs(self) -> Pairs {
            let data = self.form.get_untracked().and_then(|form| FormData::new_with_form(&form).ok());
            let entries = data.and_then(|data| js_sys::try_iter(&data).ok().flatten());
            let pair = |entry| {
                let entry: js_sys::Array = entry;
                Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
            };
            entries.into_iter().flatten().flatten().filter_map(|entry| entry.dyn_into().ok()).filter_map(pair).collect()
        }

        /// The first sheet: what was typed since the page was sent is in it. Where it does not come, the page's form stays as
        /// it is.
        fn begin(self) {
            spawn_local(async move {
                loop {
                    let pairs = self.pairs();
                    let mut asking = pairs.clone();
                    asking.extend(focused().map(|name| ("focus".to_owned(), name)));
                    let Ok(sheet) = rpc::shape(asking).await else { return };
                    if pairs == self.pairs() {
                        self.first.set_value(Some(pairs));
                        self.live.unsaved.set(sheet.unsaved || self.live.unsaved.get_untracked());
                        self.live.measured.set(sheet.measured.clone());
                        return self.sheet.set(Some(sheet));
                    }
                }
            });
        }

        /// The form is about to be drawn. Where it is the page's own that gives way, the control that has the focus now keeps it, and what was
        /// typed since the sheet was asked for goes into the next one.
        pub fn gives_way(self, mut sheet: Sheet) -> Sheet {
            let Some(asked) = self.first.try_update_value(Option::take).flatten() else { return sheet };
            let focus = focused();
            let mut typed = self.pairs();
            if typed != asked {
                typed.extend(focus.clone().map(|name| ("focus".to_owned(), name)));
                self.late.set_value(Some(typed));
                self.again();
            }
            sheet.focus = focus.unwrap_or(sheet.focus);
            sheet
        }

        /// A button was pressed. Until the form is alive it posts as it always did.
        pub fn submit(self, event: &SubmitEvent) {
            let button = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
            let value = button.map(|button| button.value()).unwrap_or_default();
            if self.sheet.with_untracked(Option::is_none) || value == "save" {
                self.leaving.set_value(true);
                return;
            }
            event.prevent_default();
            match value.as_str() {
                "preview" => self.measure(),
                "again" => self.again(),
                _ => {
                    self.asked.set_value(value);
                    self.again();
                }
            }
        }

        /// Does what was asked last.
        fn again(self) {
            let (asked, late) = (self.asked.get_value(), self.late.get_value());
            if asked.is_empty() && late.is_none() {
                return self.measure();
            }
            let mut pairs = late.unwrap_or_else(|| self.pairs());
            if !asked.is_empty() {
                pairs.push(("do".to_owned(), asked));
            }
            // Nothing is typed into a form that is about to be drawn again.
            self.busy.set(true);
            spawn_local(async move {
                match rpc::shape(pairs).await {
                    Ok(sheet) => {
                        self.asked.set_value(String::new());
                        self.late.set_value(None);
                        self.live.trouble.set(None);
                        self.live.unsaved.set(true);
                        self.live.measured.update(|measured| measured.problems.clone_from(&sheet.measured.problems));
                        self.busy.set(false);
                        self.sheet.set(Some(sheet));
                        self.measure();
                    }
                    Err(error) => {
                        self.busy.set(false);
                        self.live.trouble.set(Some((error.sentence(), true)));
                    }
                }
            });
        }

        /// Something was typed: it is measured once nobody types for a while.
        pub fn typed(self) {
            self.live.unsaved.set(true);
            if self.sheet.with_untracked(Option::is_some) {
                self.pause.set_value(Some(SendWrapper::new(Timeout::new(PAUSE, move || self.measure()))));
            }
        }

        fn measure(self) {
            self.pause.set_value(None);
            let round = self.round.get_value() + 1;
            self.round.set_value(round);
            let pairs = self.pairs();
            spawn_local(async move {
                let found = rpc::preview(pairs).await;
                if self.round.get_value() != round {
                    return;
                }
                // What a button asked and did not get is still to be told.
                let told = !self.asked.with_value(String::is_empty);
                match found {
                    Ok(found) => self.live.measured.set(found),
                    Err(error) if !told => return self.live.trouble.set(Some((error.sentence(), false))),
                    Err(_) => {}
                }
                if !told {
                    self.live.trouble.set(None);
                }
            });
        }
    }

    /// The name of the control that is being typed into.
    fn focused() -> Option<String> {
        document().active_element().and_then(|element| element.get_attribute("name"))
    }
}
