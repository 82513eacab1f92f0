//! The one category that a text points to: by its words, and by what was made of such words before.

use super::heard::{APART, Heard};
use super::learned::{DAYS, Learned, Lesson, Verdict};
use super::{Category, Edition, FALLBACK, Suggestion};
use std::ops::Range;

/// What a text points to.
#[derive(Debug, Clone)]
pub struct Fit<'a> {
    /// None where nothing fits, or several alike that are different departments' business.
    pub category: Option<&'a Category>,
    /// What its words were found in, the best first.
    pub found: Vec<Suggestion<'a>>,
    /// The corrections that it follows.
    pub lesson: Option<Lesson>,
    /// So many were right, of so many: too few to guess.
    pub unsure: Option<(i64, i64)>,
}

impl Fit<'_> {
    /// The longest of the words that pointed to the best: what corrections are counted by.
    pub fn furthest(&self) -> Option<&str> {
        let best = self.found.first()?;
        best.matched.iter().copied().max_by_key(|word| (weight(word), std::cmp::Reverse(*word)))
    }

    /// What the corrections say, in a sentence; none where they say nothing.
    pub fn taught(&self) -> Option<String> {
        if let Some((right, of)) = self.unsure {
            return Some(format!("近 {DAYS} 天 {of} 件类似诉求只有 {right} 件归在这一类，不作猜测"));
        }
        let Lesson { issues, of, .. } = self.lesson.as_ref()?;
        let to = self.category.map_or("兜底", |category| &category.name);
        Some(format!("近 {DAYS} 天有 {issues} 件类似诉求改派到“{to}”（共 {of} 件）"))
    }

    /// The code of the category a text is filed under: 兜底's where none is meant.
    pub fn code(&self) -> &str {
        self.category.map_or(FALLBACK, |category| &category.code)
    }

    /// The share of the best in the weight of all that was found, in percent; 0 where none is meant.
    pub fn confidence(&self) -> usize {
        let all: usize = self.found.iter().map(|suggestion| suggestion.score).sum();
        match (self.category, self.found.first()) {
            (Some(_), Some(best)) => best.score * 100 / all.max(1),
            _ => 0,
        }
    }
}

/// A word of three characters says more than three words of one: the square of its length.
fn weight(word: &str) -> usize {
    word.chars().filter(|c| *c != APART).count().pow(2)
}

/// A word of a category, and where it stands in a text.
type Hit<'a> = (&'a str, Range<usize>);

impl<'a> Edition<'a> {
    /// Up to three categories whose words occur in the text, the best first; ties in the catalogue's order.
    pub fn suggest(self, text: &str) -> Vec<Suggestion<'a>> {
        let heard = Heard::of(text);
        // 我们是食品厂，招不到工人: what they are is not what is wrong, unless they say nothing else.
        let trouble = self.pointed(&heard, false);
        if trouble.is_empty() && heard.has_speaker() { self.pointed(&heard, true) } else { trouble }
    }

    fn pointed(self, heard: &Heard, speaker: bool) -> Vec<Suggestion<'a>> {
        let hits = |category: &'a Category| -> Vec<Hit<'a>> {
            let of = |word: &'a String| {
                heard.places(word, speaker).into_iter().map(|place| (word.as_str(), place)).collect::<Vec<_>>()
            };
            category.words.iter().flat_map(of).collect()
        };
        let all: Vec<(&Category, Vec<Hit>)> = self
            .categories()
            .into_iter()
            .map(|category| (category, hits(category)))
            .filter(|(_, hits)| !hits.is_empty())
            .collect();
        // 退税 says nothing where it is a part of another category's 出口退税; what stands between the parts of another's is no part of it.
        let within = |category: &Category, place: &Range<usize>| {
            let others = all.iter().filter(|(other, _)| other.code != category.code).flat_map(|(_, hits)| hits);
            others
                .filter(|(word, _)| !word.contains(APART))
                .map(|(_, around)| around)
                .any(|around| around.start <= place.start && place.end <= around.end && around != place)
        };
        let mut found: Vec<Suggestion> = Vec::new();
        for &(category, ref hits) in &all {
            let mut matched: Vec<&str> =
                hits.iter().filter(|(_, place)| !within(category, place)).map(|(word, _)| *word).collect();
            matched.dedup();
            let score: usize = matched.iter().map(|word| weight(word)).sum();
            if score > 0 {
                found.push(Suggestion { category, score, matched });
            }
        }
        found.sort_by_key(|suggestion| std::cmp::Reverse(suggestion.score));
        found.truncate(3);
        found
    }

    /// The one category that a text points to. What fits none, or several alike of different departments, is no guess: it goes to 兜底.
    pub fn fit(self, text: &str) -> Fit<'a> {
        let found = self.suggest(text);
        let category = found.first().map(|best| best.category).filter(|category| {
            let alike = found.iter().filter(|other| other.score == found[0].score);
            alike.map(|other| &other.category.department).all(|department| *department == category.department)
        });
        Fit { category, found, lesson: None, unsure: None }
    }

    /// As [`Edition::fit`], with what the centres' corrections taught: where most issues with the same word went, this one goes; where nobody was
    /// right more often than not, it goes to a person.
    pub fn fit_learned(self, text: &str, learned: &Learned) -> Fit<'a> {
        let plain = self.fit(text);
        let (Some(guess), Some(word)) = (plain.category, plain.furthest()) else { return plain };
        match learned.category(word, &guess.code) {
            Verdict::Kept => plain,
            Verdict::Unsure { right, of } => Fit { category: None, unsure: Some((right, of)), ..plain },
            Verdict::Moved(lesson) => match self.begun_category(&lesson.to).filter(|known| known.active) {
                // Corrected to 兜底 as a rule: nobody's guess.
                Some(known) if known.code == FALLBACK => Fit { category: None, lesson: Some(lesson), ..plain },
                Some(known) => {
                    let mut found = plain.found.clone();
                    let first = Suggestion { category: known, score: found[0].score, matched: found[0].matched.clone() };
                    found.retain(|suggestion| suggestion.category.code != known.code);
                    found.insert(0, first);
                    found.truncate(3);
                    Fit { category: Some(known), found, lesson: Some(lesson), unsure: None }
                }
                // It is not offered any more.
                None => plain,
            },
        }
    }
}
