//! Programmes that are known to exist and are not entered (已知未录入): nobody of us has read their text, so none of their figures is used.

use serde::Deserialize;
use std::sync::LazyLock;

/// A programme of `policies/known.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Known {
    pub title: String,
    /// 文号; empty where it is not known.
    pub no: String,
    pub issuer: String,
    pub years: String,
    /// Why it is not entered.
    pub why: String,
}

static KNOWN: LazyLock<Vec<Known>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../policies/known.json")).unwrap_or_default());

/// All of them.
pub fn known() -> &'static [Known] {
    &KNOWN
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn each_says_who_issued_it_and_why_it_is_not_entered() {
        assert!(known().len() >= 5);
        assert!(known().iter().all(|one| !one.title.is_empty() && !one.issuer.is_empty() && one.why.chars().count() > 6));
    }
}
