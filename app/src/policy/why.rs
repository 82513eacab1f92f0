//! Why a policy stands where it stands, in one line: on the cards of the list, in the calculator's answer.

use domain::policy::book::Truth;
use domain::policy::evaluate::{Missing, Outcome, Standing};
use domain::policy::explain::{Explainer, against};
use domain::policy::library::Library;
use domain::policy::words;

/// The one line of a card that says why.
pub fn why(explainer: &mut Explainer<'_>, library: &Library, outcome: &Outcome) -> String {
    let explained = explainer.item(outcome.item);
    match outcome.standing {
        Standing::Near => {
            outcome.short.and_then(|at| explained.get(at)).map(|leaf| words::step(library, leaf)).unwrap_or_default()
        }
        Standing::Unknown => format!("还缺：{}", missing(library, outcome)),
        Standing::Had => "本期已申请，不用重复申请".to_owned(),
        Standing::Payable | Standing::Applicable | Standing::Closed if !outcome.missing.is_empty() => {
            format!("符合条件；金额还缺：{}", missing(library, outcome))
        }
        Standing::Payable | Standing::Applicable | Standing::Closed => {
            let met = explained.iter().filter(|leaf| leaf.verdict() == Truth::Met).count();
            if met == explained.len() { format!("符合 {met}/{met}") } else { format!("符合条件（{met} 项）") }
        }
        Standing::Unmet => against(&explainer.book().items()[outcome.item].condition, &explained)
            .and_then(|at| explained.get(at))
            .map(|leaf| format!("{}（本企业：{}）", words::asked(library, leaf), words::actual(library, leaf)))
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
