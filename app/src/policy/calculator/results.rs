//! What the calculator answers.

use domain::policy::book::{Book, Truth};
use domain::policy::evaluate::{Evaluation, Missing, Outcome, Standing, Verdict};
use domain::policy::explain::Explainer;
use domain::policy::facts::Facts;
use domain::policy::library::Library;
use domain::policy::money::Fen;
use domain::policy::words;
use std::fmt::Write;

/// Text into HTML.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// The one line of a card that says why.
pub fn why(explainer: &mut Explainer<'_>, library: &Library, outcome: &Outcome) -> String {
    let explained = explainer.item(outcome.item);
    match outcome.standing {
        Standing::Near => {
            outcome.short.and_then(|at| explained.get(at)).map(|leaf| words::step(library, leaf)).unwrap_or_default()
        }
        Standing::Unknown => format!("还缺：{}", missing(library, outcome)),
        Standing::Payable | Standing::Applicable if !outcome.missing.is_empty() => {
            format!("符合条件；金额还缺：{}", missing(library, outcome))
        }
        Standing::Payable | Standing::Applicable => {
            let met = explained.iter().filter(|leaf| leaf.truth == Truth::Met).count();
            if met == explained.len() { format!("符合 {met}/{met}") } else { format!("符合条件（{met} 项）") }
        }
        Standing::Unmet => explained
            .iter()
            .find(|leaf| leaf.truth == Truth::Unmet)
            .map(|leaf| format!("不符合：{}", words::requirement(library, &leaf.leaf.test)))
            .unwrap_or_default(),
    }
}

fn missing(library: &Library, outcome: &Outcome) -> String {
    let name = |missing: &Missing| match missing {
        Missing::Attribute(code) => library.attribute_name(code).to_owned(),
        Missing::Question(code) => library.question_text(code).to_owned(),
        Missing::Tags => "企业资质".to_owned(),
    };
    let list: Vec<String> = outcome.missing.iter().take(2).map(name).collect();
    let more = if outcome.missing.len() > 2 { format!(" 等 {} 项", outcome.missing.len()) } else { String::new() };
    format!("{}{more}", list.join("、"))
}

/// A difference of money with its sign.
fn difference(out: &mut String, before: Fen, after: Fen) {
    let delta = after.0 - before.0;
    if delta != 0 {
        let (class, sign) = if delta > 0 { ("up", "+") } else { ("down", "−") };
        let _ = write!(out, " <span class=\"delta {class}\">{sign}{}</span>", Fen(delta.abs()).words());
    }
}

/// Total, groups and gaps, with what changed against `before`.
pub fn results(book: &Book, library: &Library, facts: &Facts, before: &Evaluation, after: &Evaluation) -> String {
    let mut out = String::with_capacity(4_096);
    out.push_str("<p class=\"calc-total\" role=\"status\">预计可享 <strong>");
    escape(&mut out, &after.total.words());
    out.push_str("</strong>");
    difference(&mut out, before.total.low, after.total.low);
    out.push_str("</p>");
    let mut explainer = book.explainer(facts);
    for standing in Standing::ALL {
        let list: Vec<&Outcome> = after.outcomes.iter().filter(|outcome| outcome.standing == standing).collect();
        if list.is_empty() || standing == Standing::Unmet {
            continue;
        }
        let _ = write!(
            out,
            "<h2>{} <span class=\"count\">{}</span></h2><ul class=\"cells calc-list\">",
            standing.label(),
            list.len()
        );
        for outcome in list {
            let item = &book.items()[outcome.item];
            let was = before.outcomes.iter().find(|was| was.item == outcome.item);
            let moved = was.is_some_and(|was| was.standing != outcome.standing);
            let _ = write!(out, "<li class=\"cell{}\"><a href=\"/policies/", if moved { " moved" } else { "" });
            escape(&mut out, &item.id);
            out.push_str("\"><span class=\"cell-head\"><strong>");
            escape(&mut out, &item.title);
            out.push_str("</strong><span class=\"money\">");
            escape(&mut out, &if item.amount.is_money() { outcome.amount.words() } else { "非资金支持".to_owned() });
            if outcome.verdict == Verdict::Eligible && was.is_some_and(|was| was.verdict == Verdict::Eligible) {
                difference(&mut out, was.map_or(Fen::ZERO, |was| was.amount.low), outcome.amount.low);
            }
            out.push_str("</span></span><span class=\"muted\">");
            if let (true, Some(was)) = (moved, was) {
                let _ = write!(out, "原来：{}。", was.standing.label());
            }
            escape(&mut out, &why(&mut explainer, library, outcome));
            out.push_str("</span></a></li>");
        }
        out.push_str("</ul>");
    }
    out
}
