//! The one category that a text points to: by its words, and by what was made of such words before.

use super::learned::{DAYS, Learned, Lesson, Verdict};
use super::{Category, Edition, FALLBACK, Suggestion};

/// What a text points to.
#[derive(Debug, Clone)]
pub struct Fit<'a> {
    /// None where nothing fits, or several alike.
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
        best.matched.iter().copied().max_by_key(|word| (word.chars().count(), std::cmp::Reverse(*word)))
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

impl<'a> Edition<'a> {
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
