//! Words to look for: Chinese as overlapping pairs and single characters, Latin letters and digits as whole words.
//!
//! A dictionary would miss the names of enterprises, which are what staff search for; pairs find any two characters that
//! stand side by side, without a dictionary of several megabytes.

use std::collections::HashSet;

/// The most characters of a query that are looked for: every one of them costs the database a look.
const LONGEST_QUERY: usize = 100;

/// The tokens of a text, without repeats, in order of appearance; each at most 40 bytes.
pub fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // Beside the list, which keeps the order: asking that of a long text takes as long as the text squared.
    let mut known: HashSet<String> = HashSet::new();
    let mut word = String::new();
    let mut previous: Option<char> = None;
    let mut push = |token: String| {
        if !token.is_empty() && token.len() <= 40 && known.insert(token.clone()) {
            found.push(token);
        }
    };
    for character in crate::text::half_width(text).chars().flat_map(char::to_lowercase).chain([' ']) {
        if character.is_ascii_alphanumeric() {
            word.push(character);
            previous = None;
            continue;
        }
        push(std::mem::take(&mut word));
        if character.is_alphanumeric() {
            push(character.to_string());
            if let Some(before) = previous {
                push(format!("{before}{character}"));
            }
            previous = Some(character);
        } else {
            previous = None;
        }
    }
    found
}

/// The tokens that must all occur for a query, of its first hundred characters: pairs where there are pairs, else the single characters.
pub fn query_tokens(query: &str) -> Vec<String> {
    let all = tokens(&query.chars().take(LONGEST_QUERY).collect::<String>());
    let long: Vec<String> = all.iter().filter(|token| token.chars().count() > 1).cloned().collect();
    if long.is_empty() { all } else { long }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_finds_any_neighbouring_characters() {
        let text = tokens("织里童装 HZ-2026 用电增容");
        for query in ["童装", "增容", "hz", "里", "2026"] {
            assert!(query_tokens(query).iter().all(|t| text.contains(t)), "{query}");
        }
        // Once each, in order.
        assert_eq!(tokens("电电 a-A 电"), ["电", "电电", "a"]);
        assert!(!query_tokens("装用").iter().all(|t| text.contains(t)), "a space parts words");
    }

    #[test]
    fn a_query_is_looked_for_as_far_as_somebody_would_type_one() {
        // Ten thousand different characters, and a text of them: neither takes longer than reading it.
        let long: String = ('\u{4e00}'..).take(10_000).collect();
        let asked = query_tokens(&long);
        assert_eq!(asked.len(), 99, "the pairs of a hundred characters");
        let text = tokens(&long);
        assert_eq!(text.len(), 19_999);
        assert!(asked.iter().all(|token| text.contains(token)));
    }
}
