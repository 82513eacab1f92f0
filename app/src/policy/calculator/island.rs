//! The calculator answers in the browser, offline too: nothing is sent until the enterprise saves.

use crate::module::{Module, needs};
use leptos::prelude::*;

/// Takes over the form `#calculator`: every change is answered at once into `#calc-results`, from the data of `#calc-data`.
#[island]
pub fn Calculator() -> impl IntoView {
    needs(Module::Calculator);
    #[cfg(feature = "calculator")]
    live::attach();
}

#[cfg(feature = "calculator")]
mod live {
    use crate::islands::dom;
    use crate::policy::calculator::{Payload, results};
    use crate::policy::facts::changed;
    use domain::policy::book::Book;
    use domain::policy::evaluate::Evaluation;
    use domain::policy::facts::Facts;
    use domain::policy::model::day;
    use web_sys::{Element, HtmlInputElement};

    struct Live {
        payload: Payload,
        facts: Facts,
        book: Book,
        before: Evaluation,
        form: Element,
        output: Element,
    }

    pub fn attach() -> Option<()> {
        let data = dom::window()?.atob(&dom::by_id::<Element>("calc-data")?.text_content()?).ok()?;
        // `atob` answers one character a byte.
        let bytes: Vec<u8> = data.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let mut payload: Payload = postcard::from_bytes(&bytes).ok()?;
        let facts = payload.facts();
        let book = Book::new(std::mem::take(&mut payload.items), day::parse(&payload.as_of)?);
        let before = book.evaluate(&facts);
        let form = dom::by_id::<Element>("calculator")?;
        let output = dom::by_id::<Element>("calc-results")?;
        let live = Live { payload, facts, book, before, form: form.clone(), output };
        // Without scripts the button is the only way; with them it would only ask the server what is already shown.
        if let Some(button) = form.query_selector("button[value=calculate]").ok().flatten() {
            button.set_attribute("hidden", "").ok()?;
        }
        dom::listen(&form, "input", move |_| live.answer());
        Some(())
    }

    impl Live {
        fn answer(&self) {
            let mut pairs = Vec::new();
            for element in dom::all(&self.form, "input[name]") {
                let kind = element.get_attribute("type").unwrap_or_default();
                let checked = wasm_bindgen::JsCast::dyn_ref::<HtmlInputElement>(&element).is_some_and(HtmlInputElement::checked);
                if matches!(kind.as_str(), "radio" | "checkbox") && !checked {
                    continue;
                }
                pairs.push((element.get_attribute("name").unwrap_or_default(), dom::value(&element)));
            }
            let library = &self.payload.library;
            let (tried, faults) = changed(library, &self.facts, &pairs);
            for element in dom::all(&self.form, "input[name]") {
                let name = element.get_attribute("name").unwrap_or_default();
                let fault = faults.iter().find(|(field, _)| *field == name);
                let done = match fault {
                    Some((_, sentence)) => {
                        element.set_attribute("aria-invalid", "true").and_then(|()| element.set_attribute("title", sentence))
                    }
                    None => element.remove_attribute("aria-invalid").and_then(|()| element.remove_attribute("title")),
                };
                // A mark that cannot be set is no reason not to answer.
                _ = done;
            }
            let after = self.book.evaluate(&tried);
            self.output.set_inner_html(&results(&self.book, library, &tried, &self.before, &after));
        }
    }
}
