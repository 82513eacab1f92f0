//! Where what owners write goes (S-4): sentences as they are typed, each with the department whose business it is.

use domain::catalogue::{Catalogue, FALLBACK};
use std::collections::{HashMap, HashSet};
use time::macros::datetime;

/// A sentence a line, and who may have it: codes of departments, `-` for nobody's guess (兜底).
const SENTENCES: &str = include_str!("routing/sentences.txt");

/// From so many percent on somebody relies on it.
const SURE: usize = 50;

#[test]
fn what_owners_write_goes_to_whose_business_it_is() {
    let catalogue = Catalogue::built_in();
    let today = catalogue.at(datetime!(2026-11-27 09:00 +8));
    let (mut missed, mut of) = (Vec::new(), 0);
    for line in SENTENCES.lines() {
        let (text, who) = line.split_once('|').expect("a sentence, and who");
        let fit = today.fit(text);
        let department = fit.category.map_or("-", |category| today.route(category, 330_502));
        of += 1;
        if !who.split(',').any(|known| known == department) {
            assert!(department == "-" || fit.confidence() < SURE, "{text}: {department}, {} %, not {who}", fit.confidence());
            missed.push(format!("{text}: {department}, not {who}"));
        }
    }
    assert!(of >= 300, "{of} sentences");
    assert!(missed.len() * 20 <= of, "{} of {of}:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn every_category_has_words_that_a_form_would_take_and_no_two_share_one() {
    let catalogue = Catalogue::built_in();
    let mut whose: HashMap<&str, &str> = HashMap::new();
    for category in catalogue.at(datetime!(2026-11-27 09:00 +8)).categories() {
        assert!((1..=200).contains(&category.words.len()), "{}: {} words", category.code, category.words.len());
        for word in &category.words {
            assert!((2..=20).contains(&word.chars().count()) && *word == word.to_lowercase(), "{}: {word}", category.code);
            let other = whose.insert(word, &category.code);
            assert_eq!(other, None, "{word} is also {}'s", category.code);
        }
    }
}

/// What the table has words for is a category, and each stands once.
#[test]
fn every_line_of_words_is_a_categorys() {
    let catalogue = Catalogue::built_in();
    let today = catalogue.at(datetime!(2026-11-27 09:00 +8));
    let lines: Vec<&str> = include_str!("../src/catalogue/words.txt").lines().collect();
    let codes: HashSet<&str> = lines.iter().filter_map(|line| line.split_once(": ")).map(|(code, _)| code).collect();
    assert_eq!(codes.len(), lines.len(), "a line without a code, or one twice");
    assert!(codes.iter().all(|code| today.offers(code)) && codes.contains(FALLBACK));
    assert_eq!(codes.len(), today.categories().len());
}
