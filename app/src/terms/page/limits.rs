//! Limits (办理时限): what holds, what is to come, the next version.

use super::{OF_THE_CITY, coming, history, tail};
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::{LIMITS, SPANS};
use crate::terms::read::{self, Kept};
use crate::ui::{back, facts, icon, section, words};
use domain::administration::Kind;
use domain::calendar::Span;
use domain::issue::limits::{Limits, ROWS};
use domain::policy::day;
use leptos::prelude::*;

/// The limits.
#[component]
pub fn LimitsPage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let kept = read::kept(&mut *request.open().await?, Kind::Limit, SPANS).await?;
        title("办理时限");
        Ok(page(&kept, &form))
    })
}

fn says(limits: &Limits) -> String {
    let mut spans = limits.spans;
    let rows = ROWS.iter().map(|(_, name, get)| format!("{name} {}", get(&mut spans)));
    rows.collect::<Vec<_>>().join("；")
}

fn page(kept: &Kept, form: &Form) -> AnyView {
    let table = &kept.terms.limits;
    let now = table.on(kept.today);
    let mut spans = now.spans;
    let rows = ROWS.iter().map(|(_, name, get)| (*name, words(get(&mut spans).to_string()))).collect();
    let current = format!("第 {} 版，{} 起", now.version, day::text(now.from));
    let mut planned: Vec<&Limits> = table.versions().iter().filter(|limits| limits.from > kept.today).collect();
    // Of two for one day the later version holds.
    planned.reverse();
    planned.dedup_by_key(|limits| limits.from);
    planned.reverse();
    let planned = planned.into_iter().map(|limits| (limits.from, says(limits))).collect();
    let body = if kept.whole_city() {
        section("新的时限", limits_form(kept, form))
    } else {
        view! { <p class="muted">{OF_THE_CITY}</p> }.into_any()
    };
    view! {
        {back("/desk/admin", "系统管理")}
        {form.summary()}
        <h1>"办理时限"</h1>
        <p class="muted">"按工作时间计算。诉求按提交那天的时限办理，以后修改不影响它。"</p>
        {coming(form, LIMITS, kept, &says(now), planned)}
        {section("现行时限", view! { <p class="muted">{current}</p>{facts(rows)} })}
        {body}
        {history(kept)}
    }
    .into_any()
}

/// The units of a span: what is sent, what is read.
const UNITS: [(&str, &str); 3] = [("d", "工作日"), ("h", "工作小时"), ("m", "分钟")];

fn limits_form(kept: &Kept, form: &Form) -> AnyView {
    let mut spans = kept.terms.limits.on(kept.today).spans;
    let fields = ROWS.iter().map(|(code, name, get)| {
        let (number, unit) = match *get(&mut spans) {
            Span::Days(days) => (days, "d"),
            Span::Hours(hours) => (hours, "h"),
            Span::Minutes(minutes) => (minutes, "m"),
        };
        let unit_name = format!("{code}_unit");
        let form = form.clone().or(code, number.to_string()).or(&unit_name, unit);
        span(&form, code, name, unit_name)
    });
    let fields = fields.collect_view();
    view! {
        <form method="post" action=LIMITS class="stack" novalidate>
            <div class="calc-fields">{fields}</div>
            {tail(form, kept.today, kept.seen, &says(kept.terms.limits.on(kept.today)))}
        </form>
    }
    .into_any()
}

/// A number and its unit.
fn span(form: &Form, code: &'static str, name: &'static str, unit_name: String) -> AnyView {
    let error = form.error(code).map(str::to_owned);
    let bad = error.is_some();
    let fault = error.map(|error| view! { <p class="fault" id=format!("{code}-error")>{icon("warn")}{error}</p> });
    let options = UNITS.map(|(value, label)| {
        let selected = form.chosen(&unit_name, value);
        view! { <option value=value selected=selected>{label}</option> }
    });
    let options = options.into_iter().collect_view();
    let (value, described) = (form.value(code).to_owned(), bad.then(|| format!("{code}-error")));
    view! {
        <div class="field" class:bad=bad>
            <label for=code>{name}</label>
            {fault}
            <span class="row">
                <input id=code name=code type="text" inputmode="numeric" maxlength="5" value=value autocomplete="off"
                    aria-describedby=described aria-invalid=bad.then_some("true")/>
                <select name=unit_name aria-label=format!("{name}的单位")>{options}</select>
            </span>
        </div>
    }
    .into_any()
}
