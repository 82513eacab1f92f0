//! What the centres' corrections teach (S-4): a plain count of the last 90 days, which anybody can check. Of each issue that was accepted: the word of it
//! that pointed furthest, the category the words alone pointed to, and the one the centre accepted it under. Of each that was signed: whose business
//! the catalogue said it was, and who took it.

use crate::actor::AreaCode;
use std::collections::HashMap;

/// So many days are counted.
pub const DAYS: i64 = 90;
/// Fewer than these teach nothing *(assumed)*.
pub const LEAST: i64 = 5;
/// From this share on, in percent, where most went is where the next one goes *(assumed)*.
pub const MOST: i64 = 60;

/// A line of the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Count {
    /// Issues with a word that pointed to a category, and what they were accepted under.
    Category { word: String, chosen: String, corrected: String, issues: i64 },
    /// Issues of a category in an area, and the department that took them.
    Department { category: String, area: AreaCode, corrected: String, issues: i64 },
}

/// What most of them say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// The category's, or the department's, code.
    pub to: String,
    /// So many went there …
    pub issues: i64,
    /// … of so many.
    pub of: i64,
}

/// What is to be made of a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As the words say: too few were counted, or most were left as they were.
    Kept,
    Moved(Lesson),
    /// The words were wrong as often as not, and nothing else was right: somebody has to look (兜底).
    Unsure {
        right: i64,
        of: i64,
    },
}

type Counts = Vec<(String, i64)>;

/// The count.
#[derive(Debug, Clone, Default)]
pub struct Learned {
    categories: HashMap<(String, String), Counts>,
    departments: HashMap<(String, AreaCode), Counts>,
}

impl Learned {
    pub fn new(lines: impl IntoIterator<Item = Count>) -> Learned {
        let mut learned = Learned::default();
        for line in lines {
            match line {
                Count::Category { word, chosen, corrected, issues } => {
                    add(learned.categories.entry((word, chosen)).or_default(), corrected, issues);
                }
                Count::Department { category, area, corrected, issues } => {
                    add(learned.departments.entry((category, area)).or_default(), corrected, issues);
                }
            }
        }
        learned
    }

    /// What became of the issues whose furthest word pointed to this category.
    pub fn category(&self, word: &str, chosen: &str) -> Verdict {
        let Some(counts) = self.categories.get(&(word.to_owned(), chosen.to_owned())) else { return Verdict::Kept };
        let of: i64 = counts.iter().map(|(_, issues)| issues).sum();
        let right = counts.iter().find(|(code, _)| code == chosen).map_or(0, |(_, issues)| *issues);
        match most(counts, of) {
            _ if of < LEAST => Verdict::Kept,
            Some(lesson) if lesson.to == chosen => Verdict::Kept,
            Some(lesson) => Verdict::Moved(lesson),
            None if right * 2 < of => Verdict::Unsure { right, of },
            None => Verdict::Kept,
        }
    }

    /// Who takes the issues of a category in an area, where that is not whom the catalogue names.
    pub fn department(&self, category: &str, area: AreaCode, named: &str) -> Option<Lesson> {
        let counts = self.departments.get(&(category.to_owned(), area))?;
        let of: i64 = counts.iter().map(|(_, issues)| issues).sum();
        most(counts, of).filter(|lesson| of >= LEAST && lesson.to != named)
    }
}

fn add(counts: &mut Counts, code: String, issues: i64) {
    match counts.iter_mut().find(|(known, _)| *known == code) {
        Some((_, sum)) => *sum += issues,
        None => counts.push((code, issues)),
    }
}

/// Where at least [`MOST`] percent went.
fn most(counts: &Counts, of: i64) -> Option<Lesson> {
    let (to, issues) = counts.iter().max_by_key(|(_, issues)| *issues)?;
    (issues * 100 >= of * MOST).then(|| Lesson { to: to.clone(), issues: *issues, of })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(list: &[(&str, i64)]) -> Learned {
        let line = |(to, issues): &(&str, i64)| Count::Category {
            word: "路灯".to_owned(),
            chosen: "street".to_owned(),
            corrected: (*to).to_owned(),
            issues: *issues,
        };
        Learned::new(list.iter().map(line))
    }

    #[test]
    fn what_most_were_corrected_to_is_where_the_next_goes() {
        let moved = |to: &str, issues, of| Verdict::Moved(Lesson { to: to.to_owned(), issues, of });
        for (list, verdict) in [
            (&[][..], Verdict::Kept),
            (&[("power", 4)], Verdict::Kept),
            (&[("power", 5)], moved("power", 5, 5)),
            (&[("power", 12), ("street", 2)], moved("power", 12, 14)),
            (&[("power", 2), ("street", 12)], Verdict::Kept),
            (&[("power", 4), ("water", 4), ("street", 2)], Verdict::Unsure { right: 2, of: 10 }),
            (&[("power", 5), ("street", 5)], Verdict::Kept),
        ] {
            assert_eq!(counted(list).category("路灯", "street"), verdict, "{list:?}");
        }
        let learned = counted(&[("power", 9)]);
        assert_eq!(learned.category("路灯", "water"), Verdict::Kept, "another guess");
        assert_eq!(learned.category("道路", "street"), Verdict::Kept, "another word");
    }

    #[test]
    fn a_department_that_takes_most_is_named_with_the_count() {
        let line = |to: &str, issues| Count::Department {
            category: "street".to_owned(),
            area: 330_502,
            corrected: to.to_owned(),
            issues,
        };
        let learned = Learned::new([line("jiaotong", 6), line("jiaotong", 6), line("jianshe", 2)]);
        let lesson = learned.department("street", 330_502, "jianshe");
        assert_eq!(lesson, Some(Lesson { to: "jiaotong".to_owned(), issues: 12, of: 14 }));
        assert_eq!(learned.department("street", 330_502, "jiaotong"), None, "named already");
        assert_eq!(learned.department("street", 330_503, "jianshe"), None);
    }
}
