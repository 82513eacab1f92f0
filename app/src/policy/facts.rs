//! Facts as a form changes them: the portrait's, the calculator's, in the browser too.

use domain::policy::facts::{Fact, Facts};
use domain::policy::library::{AttributeKind, Library};
use domain::policy::model::day;
use domain::policy::money::Decimal;

/// Facts as a form changes them: `f.<attribute>`, `q.<question>` (yes, no or empty), and, where `tags` says that they were shown, `t.<tag>`.
/// What cannot be read is a fault (field, sentence), and the fact stays as it was.
pub fn changed(library: &Library, facts: &Facts, pairs: &[(String, String)]) -> (Facts, Vec<(String, String)>) {
    let mut changed = facts.clone();
    let mut faults = Vec::new();
    let shown: Vec<&str> = pairs.iter().filter(|(name, _)| name == "tags").map(|(_, tag)| tag.as_str()).collect();
    if !shown.is_empty() {
        let tags = changed.tags.get_or_insert_default();
        tags.retain(|tag| !shown.contains(&tag.as_str()));
    }
    for (name, value) in pairs {
        match name.split_once('.') {
            Some(("f", code)) => {
                let Some(attribute) = library.attributes.get(code) else { continue };
                let text = value.trim().replace([',', '，', ' '], "");
                if text == facts.get(code).map(|fact| fact.value.as_str()).unwrap_or_default() {
                    continue;
                }
                match readable(attribute.kind, &text) {
                    Ok(()) => changed.set(code, Fact::new(text)),
                    Err(sentence) => faults.push((name.clone(), format!("{}：{sentence}", attribute.name))),
                }
            }
            Some(("q", code)) if library.questions.contains_key(code) => match value.as_str() {
                "yes" => drop(changed.attest.insert(code.to_owned(), true)),
                "no" => drop(changed.attest.insert(code.to_owned(), false)),
                _ => {}
            },
            Some(("t", tag)) if library.tags.contains_key(tag) && shown.contains(&tag) => {
                changed.tags.get_or_insert_default().insert(tag.to_owned());
            }
            _ => {}
        }
    }
    (changed, faults)
}

/// Whether a text can be the value of an attribute.
///
/// # Errors
/// A sentence for the person who wrote it.
pub fn readable(kind: AttributeKind, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    match kind {
        AttributeKind::Date => day::parse(text).map(drop).ok_or_else(|| "应为日期，如 2026-01-31".to_owned()),
        AttributeKind::Code | AttributeKind::Tag => Ok(()),
        AttributeKind::Bool if matches!(text, "true" | "false") => Ok(()),
        AttributeKind::Count if text.contains('.') => Err("应为整数".to_owned()),
        _ => match Decimal::parse(text) {
            Ok(value) if kind == AttributeKind::Count && value.micro() < 0 => Err("不能小于 0".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        },
    }
}
