//! The calculator's page. Without WebAssembly the form is sent and answered; with it every change is answered at once.

use super::controls::{figure, yes_or_no};
use crate::form::Form;
use crate::policy::calculator::{Calculator, Input, Payload, inputs, results};
use crate::policy::facts::changed;
use crate::policy::read::{self, View};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::policy::day;
use crate::ui::{back, section};
use base64::prelude::{BASE64_STANDARD as BASE64, Engine};
use domain::policy::facts::Facts;
use domain::policy::library::Library;
use leptos::prelude::*;

/// The calculator, with the portrait's figures or with those that were typed.
#[component]
pub fn CalculatorPage() -> impl IntoView {
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let view = read::view(&mut *request.open().await?).await?;
        title("政策计算器");
        let (tried, _) = changed(&view.shelf.library, &view.facts, form.pairs());
        Ok(calculator(&view, &form, &tried))
    })
}

/// The portrait's facts in `view`, what was typed in `form`, and what that makes of the facts in `tried`.
fn calculator(view: &View, form: &Form, tried: &Facts) -> AnyView {
    let (book, library) = (&view.shelf.book, &view.shelf.library);
    let after = book.evaluate(tried);
    let answer = results(book, library, tried, &view.evaluation, &after);
    let payload = Payload::new(book, library, &view.facts, &view.evaluation);
    let data = postcard::to_allocvec(&payload).map(|bytes| BASE64.encode(bytes)).unwrap_or_default();
    let inputs = inputs(book, library, &view.evaluation);
    let fields: Vec<AnyView> = inputs
        .iter()
        .map(|input| match input {
            Input::Attribute(code) => library.attributes.get(code).map(|attribute| figure(attribute, tried, form)).into_any(),
            Input::Question(code) => yes_or_no(library, code, tried, form),
            Input::Tag(_) => ().into_any(),
        })
        .collect();
    let tags: Vec<AnyView> = inputs
        .iter()
        .filter_map(|input| if let Input::Tag(code) = input { Some(tag(library, code, tried)) } else { None })
        .collect();
    let tags = (!tags.is_empty())
        .then(|| view! { <fieldset class="field choices chips-field"><legend>"企业资质"</legend><div class="options">{tags}</div></fieldset> });
    view! {
            {back("/policies", "全部政策")}
            {form.summary()}
            <h1>"政策计算器"</h1>
            <p class="muted">{format!("按 {} 测算。改一个数，看看能多得多少；不保存就不会改动企业画像。", day(book.as_of))}</p>
            <div class="calculator">
                <form id="calculator" method="post" action="/policies/calculator" class="stack" novalidate>
                    <p class="row calc-actions">
                        <button class="button" name="do" value="calculate">"重新计算"</button>
                        <button class="button secondary" name="do" value="save">"保存到企业画像"</button>
                        <a class="button secondary" href="/policies/calculator">"还原"</a>
                    </p>
                    {section("试一试", view! { <div class="calc-fields">{fields}</div>{tags} })}
                </form>
                <section id="calc-results" class="card calc-results" aria-label="计算结果" inner_html=answer></section>
            </div>
            <script type="text/plain" id="calc-data" inner_html=data></script>
            <Calculator/>
    }
    .into_any()
}

fn tag(library: &Library, code: &str, tried: &Facts) -> AnyView {
    let name = format!("t.{code}");
    let held = tried.tags.as_ref().is_some_and(|tags| tags.contains(code));
    view! {
        <div class="choice">
            <input type="hidden" name="tags" value=code.to_owned()/>
            <input type="checkbox" id=name.clone() name=name.clone() value="on" checked=held/>
            <label for=name><span>{library.tag_name(code).to_owned()}</span></label>
        </div>
    }
    .into_any()
}
