//! Words to look for: Chinese as overlapping pairs and single characters, Latin letters and digits as whole words.
//!
//! A dictionary would miss the names of enterprises, which are what staff search for; pairs find any two characters that
//! stand side by side, without a dictionary of several megabytes.

/// The tokens of a text, without repeats, in order of appearance; each at most 40 bytes.
pub fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut previous: Option<char> = None;
    let push = |token: String, found: &mut Vec<String>| {
        if !token.is_empty() && token.len() <= 40 && !found.contains(&token) {
            found.push(token);
        }
    };
    for character in crate::text::half_width(text).chars().flat_map(char::to_lowercase).chain([' ']) {
        if character.is_ascii_alphanumeric() {
            word.push(character);
            previous = None;
            continue;
        }
        push(std::mem::take(&mut word), &mut found);
        if character.is_alphanumeric() {
            push(character.to_string(), &mut found);
            if let Some(before) = previous {
                push(format!("{before}{character}"), &mut found);
            }
            previous = Some(character);
        } else {
            previous = None;
        }
    }
    found
}

/// The tokens that must all occur for a query: pairs where there are pairs, else the single characters.
pub fn query_tokens(query: &str) -> Vec<String> {
    let all = tokens(query);
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
        assert!(!query_tokens("装用").iter().all(|t| text.contains(t)), "a space parts words");
    }
}
