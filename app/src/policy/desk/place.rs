//! Where on the form a problem is mended, and what the form calls that place: an editor does not read the paths of a file.

use super::draft::pointer_of;
use super::sheet::{Fault, Look, Part};
use domain::policy::check::Problem;

/// Where on the form a problem is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The id of the control or the group.
    pub pointer: String,
    /// The way there, from the section on: `条件 · 第 2 项 · 数值`.
    pub name: String,
    /// The last of it.
    pub label: String,
}

/// The place of a pointer: its control or group; of a part that has neither, the end of it or the first control in it; else what is around it.
pub fn place(parts: &[Part], pointer: &str) -> Place {
    let (end, below) = (format!("{pointer}/to"), format!("{pointer}/"));
    let inside = seek(parts, &|at| at == pointer, &[]).or_else(|| seek(parts, &|at| at == end, &[]));
    let mut found = inside.or_else(|| seek(parts, &|at| at.starts_with(&below), &[]));
    let mut around = pointer;
    while let (None, Some((outer, _))) = (&found, around.rsplit_once('/')) {
        around = outer;
        found = seek(parts, &|at| !at.is_empty() && at == around, &[]);
    }
    let nowhere = || Place { pointer: pointer.to_owned(), name: "条目".to_owned(), label: "条目".to_owned() };
    found.unwrap_or_else(nowhere)
}

fn seek(parts: &[Part], wanted: &dyn Fn(&str) -> bool, above: &[&str]) -> Option<Place> {
    let place = |pointer: &str, way: &[&str]| {
        let label = way.last().copied().unwrap_or_default().to_owned();
        Some(Place { pointer: pointer.to_owned(), name: way.join(" · "), label })
    };
    parts.iter().find_map(|part| match part {
        Part::Control(control) => {
            let at = control.name.split_once(':').map_or(control.name.as_str(), |(_, at)| at);
            let visible = control.look != Look::Hidden && !control.name.starts_with("key:");
            let label = bare(&control.label);
            // A sum's only control is called as its section is.
            let own: &[&str] = if above.last() == Some(&label) { &[] } else { &[label] };
            if visible && wanted(at) { place(at, &[above, own].concat()) } else { None }
        }
        Part::Group(group) => {
            let numbered = group.pointer.rsplit('/').next().and_then(|last| last.parse::<usize>().ok());
            let nth = numbered.map(|at| format!("第 {} 项", at + 1));
            // A section, a clause, a band bear their own names; a condition or a sum in a list is called by its number.
            let named = group.pointer.is_empty() || group.anonymous || group.title.ends_with(|last: char| last.is_ascii_digit());
            let own = if named { Some(bare(&group.title)) } else { nth.as_deref() };
            let way: Vec<&str> = above.iter().copied().chain(own).collect();
            let here = !group.anonymous && !group.pointer.is_empty() && wanted(&group.pointer);
            if here { place(&group.pointer, &way) } else { seek(&group.parts, wanted, &way) }
        }
        Part::Add { .. } | Part::Become { .. } => None,
    })
}

/// A label without what is said in brackets behind it.
fn bare(label: &str) -> &str {
    label.split('（').next().unwrap_or(label)
}

/// Problems at their controls, called as the form calls them.
pub fn faults(problems: &[Problem], parts: &[Part]) -> Vec<Fault> {
    let fault = |problem: &Problem| {
        let place = place(parts, &pointer_of(&problem.place));
        Fault { pointer: place.pointer, place: place.name, sentence: problem.sentence.clone(), advice: problem.advice }
    };
    problems.iter().map(fault).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::policy::desk::draft::Draft;
    use crate::policy::desk::walk;
    use domain::policy::library::Library;
    use serde_json::json;

    fn places(of: &[&str]) -> Vec<(String, String)> {
        let text = json!({
            "id": "a", "clauses": { "c1": "第一条" },
            "condition": { "all": [
                { "num": { "attr": "revenue", "op": "ge", "value": "5" } },
                { "any": [{ "attest": { "question": "" } }, { "in_set": { "attr": "industry", "codes": [] } }] } ] },
            "amount": { "sum_of": [
                { "fixed": "" }, { "tiered": { "attr": "", "mode": "whole", "bands": [{ "from": "0", "amount": "1" }] } },
                { "by_tag": { "sme": { "fixed": "1" } } }, { "max_of": [] } ] },
        });
        let draft = Draft::from_json(&text.to_string()).unwrap();
        let (parts, _) = walk::parts(&draft, &Library::default(), Vec::new());
        of.iter().map(|at| place(&parts, &pointer_of(at))).map(|place| (place.pointer, place.name)).collect()
    }

    #[test]
    fn every_place_has_the_name_that_the_form_gives_it() {
        for (at, pointer, name) in [
            ("title", "/title", "条目 · 名称"),
            ("clauses.c1", "/clauses/c1", "条款原文 · 条款 c1 · 原文"),
            ("condition", "/condition", "条件"),
            ("condition.all[0].num.attr", "/condition/all/0/num/attr", "条件 · 第 1 项 · 指标"),
            ("condition.all[1].any[1].in_set.codes", "/condition/all/1/any/1/in_set/codes", "条件 · 第 2 项 · 第 2 项 · "),
            ("amount.sum_of[0].fixed", "/amount/sum_of/0/fixed", "金额 · 第 1 项 · 金额"),
            ("amount.sum_of[1].tiered.bands[0].amount", "/amount/sum_of/1/tiered/bands/0/amount", "金额 · 第 2 项 · 档 1 · 金额"),
            ("amount.sum_of[2].by_tag.sme.fixed", "/amount/sum_of/2/by_tag/sme/fixed", "金额 · 第 3 项 · 资质一档 · 金额"),
            // What is no control: its end, the first in it, what is around it.
            ("valid", "/valid/to", "条目 · 有效期到"),
            ("apply", "/apply/to", "兑现 · 申报到"),
            ("document", "/document/no", "文件 · 文号"),
            ("yearly_cap", "/yearly_cap/id", "与其他条目的关系 · 年度封顶的编号"),
            ("amount.sum_of[3].max_of", "/amount/sum_of/3", "金额 · 第 4 项"),
        ] {
            let found = places(&[at]).remove(0);
            assert_eq!(found.0, pointer, "{at}");
            assert!(found.1.starts_with(name), "{at}: {}", found.1);
        }
        assert_eq!(places(&["no_such_place"])[0].1, "条目");
    }

    #[test]
    fn a_single_sum_is_not_called_twice() {
        let draft = Draft::new("2026-11-24");
        let (parts, _) = walk::parts(&draft, &Library::default(), Vec::new());
        assert_eq!(place(&parts, "/amount/fixed").name, "金额");
        assert_eq!(place(&parts, "/condition/all/0/num/value").name, "条件 · 第 1 项 · 数值");
    }
}
