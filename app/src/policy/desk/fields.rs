//! The editor's form, from a sheet: the same component on the page and, once the form is alive, in the browser.

use super::sheet::{Control, Fault, Group, Leaf, Line, Look, Mark, Measured, Options, Part, Sheet, Tried, Verb};
use crate::ui::icon;
use leptos::prelude::*;
use leptos::web_sys::{Element, HtmlElement};

/// What the island changes without drawing the form again.
#[derive(Clone, Copy)]
pub struct Live {
    pub measured: RwSignal<Measured>,
    /// The form says more than what is stored.
    pub unsaved: RwSignal<bool>,
    /// Why nothing came of what was asked last, and whether that was a button; what was typed is still there.
    pub trouble: RwSignal<Option<(String, bool)>>,
}

impl Live {
    fn of(sheet: &Sheet) -> Live {
        Live {
            measured: RwSignal::new(sheet.measured.clone()),
            unsaved: RwSignal::new(sheet.unsaved),
            trouble: RwSignal::new(None),
        }
    }
}

/// What every part is drawn with.
#[derive(Clone, Copy)]
struct Draw {
    live: Live,
    still: StoredValue<(Vec<Options>, Vec<Fault>, String)>,
}

impl Draw {
    /// What is wrong at a control: what was refused before what was found.
    fn fault(self, pointer: &str) -> Option<String> {
        let at = |list: &[Fault]| list.iter().find(|fault| fault.pointer == pointer).map(|fault| fault.sentence.clone());
        self.still.with_value(|(_, refused, _)| at(refused)).or_else(|| self.live.measured.with(|found| at(&found.problems)))
    }

    fn options(self, list: u32) -> Options {
        self.still.with_value(|(lists, ..)| lists.get(list as usize).cloned()).unwrap_or_default()
    }

    /// Whether the focus goes on at this control or button.
    fn wants(self, name: &str) -> bool {
        self.still.with_value(|(.., focus)| focus == name)
    }
}

/// Puts the focus on an element that was just made, before another key is taken: it stands on the page once this task is done.
fn focus_when(element: Element, wanted: bool) {
    if wanted {
        queue_microtask(move || {
            use leptos::wasm_bindgen::JsCast;
            if let Some(element) = element.dyn_ref::<HtmlElement>() {
                _ = element.focus();
            }
        });
    }
}

/// Everything between the tags of the form.
#[component]
pub fn Fields(
    sheet: Sheet,
    /// The island's; none on the page.
    #[prop(optional)]
    live: Option<Live>,
) -> impl IntoView {
    let live = live.unwrap_or_else(|| Live::of(&sheet));
    let Sheet { code, writable, unsaved, lists, parts, refused, focus, .. } = sheet;
    let draw = Draw { live, still: StoredValue::new((lists, refused, focus)) };
    let carried = unsaved.then(|| view! { <input type="hidden" name="unsaved" value="1"/> });
    view! {
        // Enter in a field must not press the first button that happens to stand above.
        <button class="hidden" name="do" value="preview" tabindex="-1" aria-hidden="true">"预览"</button>
        <input type="hidden" name="code" value=code/>
        {carried}
        <div class="row sticky-actions">
            {writable.then(buttons)}
            <span role="status" class="muted">{move || live.unsaved.get().then_some("有未保存的修改")}</span>
        </div>
        {move || live.trouble.get().map(trouble)}
        <div class="stack" aria-live="polite">{move || live.measured.with(measured)}</div>
        {draw_all(parts, draw)}
    }
}

fn buttons() -> impl IntoView {
    view! {
        <button class="button" name="do" value="save">"保存草稿"</button>
        <button class="button secondary" name="do" value="preview">{icon("search")}"预览"</button>
    }
}

/// What did not arrive, with another try: the next step of whoever pressed a button, but not of whoever is typing.
fn trouble((sentence, pressed): (String, bool)) -> impl IntoView {
    view! {
        <p class="row fault" role="alert">
            {icon("warn")}{sentence}
            <button class="button small secondary" name="do" value="again" use:focus_when=pressed>"再试一次"</button>
        </p>
    }
}

/// What the form comes to.
fn measured(found: &Measured) -> AnyView {
    let problems = (!found.problems.is_empty()).then(|| {
        let list = found.problems.iter().map(|problem| {
            let tag = if problem.advice { "建议" } else { "必改" };
            let (href, place) = (["#", &problem.pointer].concat(), problem.place.clone());
            view! { <li><span class="tag quiet">{tag}</span>" "<a href=href>{place}</a>"："{problem.sentence.clone()}</li> }
        });
        let title = ["检查 ", &found.problems.len().to_string()].concat();
        view! { <section class="card"><h2>{title}</h2><ul class="plain">{list.collect_view()}</ul></section> }
    });
    let preview = (!found.reach.is_empty()).then(|| {
        let reach = found.reach.clone();
        let list = found.tried.iter().map(tried).collect_view();
        view! {
            <section class="card"><h2>"预览"</h2><p class="policy-total"><strong class="money">{reach}</strong></p>{list}</section>
        }
    });
    view! { {problems}{preview} }.into_any()
}

/// What an enterprise would have, condition by condition.
fn tried(tried: &Tried) -> impl IntoView + use<> {
    let lines = tried.lines.iter().map(line).collect_view();
    view! {
        <details class="cell">
            <summary><strong>{tried.name.clone()}</strong>" "{tried.outcome.clone()}</summary>
            <p class="muted">{tried.formula.clone()}</p>
            <table class="conditions">
                <thead>
                    <tr><th scope="col">"要求"</th><th scope="col">"本企业"</th><th scope="col">"差距"</th><th scope="col">"依据"</th></tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </details>
    }
}

fn line(line: &Line) -> AnyView {
    let indent = |depth: u8| ["depth-", &depth.min(3).to_string()].concat();
    match line {
        Line::Joint { depth, words } => {
            let class = ["joint ", &indent(*depth)].concat();
            view! { <tr class=class><th scope="rowgroup" colspan="4">{words.clone()}"："</th></tr> }.into_any()
        }
        Line::Leaf(leaf) => {
            let Leaf { depth, mark, requirement, actual, source, gap, clause } = leaf.clone();
            let (name, class, word) = match mark {
                Mark::Met => ("check", "ok", "符合"),
                Mark::Unmet => ("cross", "late", "不符合"),
                Mark::Unknown => ("ask", "warn", "信息不足"),
            };
            let class = [&indent(depth), " ", class].concat();
            let source = (!source.is_empty()).then(|| view! { <small class="muted">{source}</small> });
            let (no_gap, no_clause) = (gap.is_empty(), clause.is_empty());
            view! {
                <tr class=class>
                    <th scope="row"><span class="mark">{icon(name)}{word}</span>{requirement}</th>
                    <td data-label="本企业">{actual}{source}</td>
                    <td data-label="差距" class:none=no_gap>{if no_gap { "—".to_owned() } else { gap }}</td>
                    <td data-label="依据" class:none=no_clause>{clause}</td>
                </tr>
            }
            .into_any()
        }
    }
}

fn draw_all(parts: Vec<Part>, draw: Draw) -> Vec<AnyView> {
    let drawn = parts.into_iter().map(|part| match part {
        Part::Group(part) => group(part, draw),
        Part::Control(part) => control(part, draw),
        Part::Add { pointer, label, kinds } => {
            let kinds = kinds.map(|list| choice_of_kind(&pointer, "种类", list, "", draw));
            view! { <p class="row add">{kinds}{button(["add|", &pointer].concat(), label, true, draw)}</p> }.into_any()
        }
        Part::Become { pointer, kinds, kind, nest } => {
            let kinds = choice_of_kind(&pointer, "换成", kinds, &kind, draw);
            let into = button(["become|", &pointer].concat(), "更改类型".to_owned(), false, draw);
            let nest = nest.then(|| button(["nest|", &pointer].concat(), "增加“满足任一”条件组".to_owned(), false, draw));
            view! { <p class="row become">{kinds}{into}{nest}</p> }.into_any()
        }
    });
    drawn.collect()
}

fn group(part: Group, draw: Draw) -> AnyView {
    let Group { title, hint, pointer, anonymous, verbs, parts } = part;
    let buttons = verbs.iter().map(|verb: &Verb| {
        let value = [verb.code(), "|", &pointer].concat();
        button(value, verb.label().to_owned(), false, draw)
    });
    let buttons = (!verbs.is_empty()).then(|| view! { <p class="row">{buttons.collect::<Vec<_>>()}</p> });
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> });
    let class = if pointer.is_empty() { "card group" } else { "group nested" };
    let id = (!anonymous && !pointer.is_empty()).then_some(pointer);
    let inner = draw_all(parts, draw);
    view! {
        <fieldset class=class id=id tabindex="-1">
            <legend>{title}</legend>{hint}{buttons}<div class="group-fields">{inner}</div>
        </fieldset>
    }
    .into_any()
}

fn button(value: String, label: String, plus: bool, draw: Draw) -> AnyView {
    let wanted = draw.wants(&value);
    let plus = plus.then(|| icon("plus"));
    view! {
        <button class="button small secondary" name="do" value=value use:focus_when=wanted>{plus}{label}</button>
    }
    .into_any()
}

fn choice_of_kind(pointer: &str, label: &'static str, list: u32, kind: &str, draw: Draw) -> AnyView {
    let name = ["kind:", pointer].concat();
    view! { <select name=name aria-label=label>{options(draw.options(list), kind)}</select> }.into_any()
}

fn options(list: Options, chosen: &str) -> Vec<AnyView> {
    let list = list.into_iter().map(|(value, label)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{label}</option> }.into_any()
    });
    list.collect()
}

fn control(part: Control, draw: Draw) -> AnyView {
    let Control { name, label, value, look } = part;
    if look == Look::Hidden {
        return view! { <input type="hidden" name=name value=value/> }.into_any();
    }
    // The place of a problem is the pointer; lists and keys stand where their values do.
    let pointer = name.split_once(':').map_or(name.clone(), |(_, pointer)| pointer.to_owned());
    let id = if name.starts_with("key:") { name.clone() } else { pointer.clone() };
    let wanted = draw.wants(&name);
    let fault = Memo::new(move |_| draw.fault(&pointer));
    let invalid = move || fault.with(Option::is_some).then_some("true");
    let input = match look {
        Look::Lines => lines(id.clone(), name, value, fault, wanted),
        Look::Choice(list) => {
            let mut list = draw.options(list);
            // What is not in the library stays what it is, and is said to be unknown.
            if !value.is_empty() && !list.iter().any(|(code, _)| *code == value) {
                list.push((value.clone(), [&value, "（未登记）"].concat()));
            }
            if !list.first().is_some_and(|(code, _)| code.is_empty()) {
                list.insert(0, (String::new(), "请选择".to_owned()));
            }
            let options = options(list, &value);
            view! { <select id=id.clone() name=name aria-invalid=invalid use:focus_when=wanted>{options}</select> }.into_any()
        }
        look => {
            let kind = if look == Look::Day { "date" } else { "text" };
            view! {
                <input id=id.clone() name=name type=kind value=value autocomplete="off" aria-invalid=invalid
                    use:focus_when=wanted/>
            }
            .into_any()
        }
    };
    let words = move || fault.get().map(|sentence| view! { <p class="fault">{icon("warn")}{sentence}</p> });
    view! {
        <div class="field" class:bad=move || fault.with(Option::is_some)><label for=id>{label}</label>{words}{input}</div>
    }
    .into_any()
}

/// A text of several lines: on the page between the tags, in the browser as its value.
fn lines(id: String, name: String, value: String, fault: Memo<Option<String>>, wanted: bool) -> AnyView {
    let invalid = move || fault.with(Option::is_some).then_some("true");
    #[cfg(feature = "ssr")]
    return {
        let text = crate::ui::form::textarea(&value);
        view! {
            <textarea id=id name=name rows="3" aria-invalid=invalid use:focus_when=wanted inner_html=text></textarea>
        }
        .into_any()
    };
    #[cfg(not(feature = "ssr"))]
    view! { <textarea id=id name=name rows="3" aria-invalid=invalid use:focus_when=wanted prop:value=value></textarea> }
        .into_any()
}
