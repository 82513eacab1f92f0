//! What the list of policies is narrowed to.

use domain::policy::model::{Item, Level, Mode};
use domain::text::half_width;
use time::Date;

/// What the list of policies is narrowed to; empty is everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Board's code.
    pub board: String,
    /// Level.
    pub level: Option<Level>,
    /// How the money is had.
    pub mode: Option<Mode>,
    /// Only windows that end within 30 days.
    pub soon: bool,
    /// Tag.
    pub tag: String,
    /// Words that all occur in its title, its document or its subjects.
    pub words: String,
}

impl Filter {
    /// Whether an item stays.
    pub fn lets(&self, item: &Item, today: Date) -> bool {
        let ends_soon = || item.apply.to.is_some_and(|to| to >= today && (to - today).whole_days() <= 30);
        (self.board.is_empty() || item.board == self.board)
            && self.level.is_none_or(|level| item.level == level)
            && self.mode.is_none_or(|mode| item.apply.mode == mode)
            && (!self.soon || ends_soon())
            && (self.tag.is_empty() || item.tags.contains(&self.tag))
            && self.says(item)
    }

    fn says(&self, item: &Item) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let plain = |text: &str| half_width(text).to_lowercase();
        let document = &item.document;
        let tags = item.tags.join(" ");
        let text = plain(&[&item.title, &document.title, &document.no, &document.issuer, &tags].map(String::as_str).join(" "));
        plain(&self.words).split_whitespace().all(|word| text.contains(word))
    }

    /// Whether it narrows anything.
    pub fn is_open(&self) -> bool {
        self.words.is_empty() && !self.is_chosen()
    }

    /// Whether anything but words narrows it.
    pub fn is_chosen(&self) -> bool {
        !self.board.is_empty() || self.level.is_some() || self.mode.is_some() || self.soon || !self.tag.is_empty()
    }
}
