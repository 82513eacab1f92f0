//! Facts as a form changes them: the portrait's, the calculator's, in the browser too.

use domain::policy::facts::{Fact, Facts};
use domain::policy::figure;
use domain::policy::library::Library;
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
                match figure::read(attribute, value) {
                    Ok(text) if same(facts.get(code).map_or("", |fact| &fact.value), &text) => {}
                    Ok(text) => changed.set(code, Fact::new(text)),
                    Err(sentence) => faults.push((name.clone(), [&attribute.name, "：", &sentence].concat())),
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

/// Whether two texts are the same figure: `4580000.00` is `4580000`.
fn same(known: &str, text: &str) -> bool {
    known == text || Decimal::parse(known).is_ok_and(|known| Decimal::parse(text) == Ok(known))
}
