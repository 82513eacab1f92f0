//! The catalogue of what enterprises raise (涉企服务事项分类, S-4, S-18): boards, categories, who is responsible where, and what the owner's
//! own words point to.
//!
//! It is the city's: an administrator keeps it, each line with the instant from which it holds. A line that was in force never changes, so
//! what the catalogue said at any time can be asked for ever ([`Catalogue::at`]): an issue keeps the words and the department of the time
//! it was submitted.

#[cfg(feature = "server")]
mod data;
#[cfg(feature = "server")]
mod fit;
#[cfg(feature = "server")]
mod heard;
#[cfg(feature = "server")]
mod keep;
pub mod learned;
#[cfg(test)]
mod tests;

#[cfg(feature = "server")]
pub use data::{DEPARTMENTS, Department};
#[cfg(feature = "server")]
pub use fit::Fit;
#[cfg(feature = "server")]
pub use keep::OF_THE_CITY;

use crate::actor::AreaCode;
use crate::issue::{Level, Urgency};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The board of what belongs nowhere, or to several (兜底): it is never closed.
pub const FALLBACK_BOARD: &str = "general";
/// The category of what fits none.
pub const FALLBACK: &str = "other";

/// 服务板块 with its lead department (S-4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Stable code.
    pub code: String,
    pub name: String,
    /// Code of the lead department: it accepts for departments without people on site, and handles only what is its own.
    pub lead: String,
    /// Where it stands in lists.
    pub position: i32,
    /// Whether new issues may have it.
    pub active: bool,
}

/// A kind of problem, in the owner's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Stable code, stored in issues.
    pub code: String,
    /// Board's code.
    pub board: String,
    pub name: String,
    /// Code of the department whose business it is, where no district has another.
    pub department: String,
    /// Usual difficulty.
    pub level: Level,
    /// Usual urgency.
    pub urgency: Urgency,
    /// Words that point to it; a longer one weighs more.
    pub words: Vec<String>,
    /// Where it stands in lists.
    pub position: i32,
    /// Whether new issues may have it.
    pub active: bool,
}

/// Whose business a category is in one district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsible {
    /// Category's code.
    pub category: String,
    pub area: AreaCode,
    /// Department's code; `None` for the city's default again.
    pub department: Option<String>,
}

/// Every line that ever was, each with its first instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    boards: Vec<(OffsetDateTime, Board)>,
    categories: Vec<(OffsetDateTime, Category)>,
    responsible: Vec<(OffsetDateTime, Responsible)>,
}

impl Catalogue {
    /// From its lines. Of two for the same thing and instant the later in the list holds.
    pub fn new(
        mut boards: Vec<(OffsetDateTime, Board)>,
        mut categories: Vec<(OffsetDateTime, Category)>,
        mut responsible: Vec<(OffsetDateTime, Responsible)>,
    ) -> Catalogue {
        boards.sort_by(|a, b| (&a.1.code, a.0).cmp(&(&b.1.code, b.0)));
        categories.sort_by(|a, b| (&a.1.code, a.0).cmp(&(&b.1.code, b.0)));
        responsible.sort_by(|a, b| (&a.1.category, a.1.area, a.0).cmp(&(&b.1.category, b.1.area, b.0)));
        Catalogue { boards, categories, responsible }
    }

    /// The same with further lines, which hold from an instant on.
    #[must_use]
    pub fn with(&self, at: OffsetDateTime, boards: &[Board], categories: &[Category]) -> Catalogue {
        Catalogue::new(
            self.boards.iter().cloned().chain(boards.iter().map(|board| (at, board.clone()))).collect(),
            self.categories.iter().cloned().chain(categories.iter().map(|category| (at, category.clone()))).collect(),
            self.responsible.clone(),
        )
    }

    /// What it says at an instant.
    pub fn at(&self, at: OffsetDateTime) -> Edition<'_> {
        Edition { all: self, at }
    }

    /// What is still to come of a board: from when, and what it says then.
    pub fn coming_board(&self, code: &str, now: OffsetDateTime) -> Vec<(OffsetDateTime, &Board)> {
        coming(lines_of(&self.boards, code, |board| board.code.as_str()), now)
    }

    /// What is still to come of a category.
    pub fn coming_category(&self, code: &str, now: OffsetDateTime) -> Vec<(OffsetDateTime, &Category)> {
        coming(lines_of(&self.categories, code, |category| category.code.as_str()), now)
    }

    /// What held of a board just before an instant; one that was not there yet, as not offered.
    pub fn board_before(&self, code: &str, at: OffsetDateTime) -> Option<Board> {
        let (there, board) = before(lines_of(&self.boards, code, |board| board.code.as_str()), at)?;
        Some(Board { active: there && board.active, ..board.clone() })
    }

    /// What held of a category just before an instant; one that was not there yet, as not offered.
    pub fn category_before(&self, code: &str, at: OffsetDateTime) -> Option<Category> {
        let (there, category) = before(lines_of(&self.categories, code, |category| category.code.as_str()), at)?;
        Some(Category { active: there && category.active, ..category.clone() })
    }

    /// What is still to come of a category's department in a district.
    pub fn coming_department(&self, category: &str, area: AreaCode, now: OffsetDateTime) -> Vec<(OffsetDateTime, Option<&str>)> {
        let of_one = |line: &&(OffsetDateTime, Responsible)| line.1.category == category && line.1.area == area;
        let own: Vec<_> = self.responsible.iter().filter(of_one).cloned().collect();
        let days = coming(&own, now).into_iter().map(|line| line.0);
        let said = |at| in_force_of(&self.responsible, category, area, at).and_then(|line| line.department.as_deref());
        days.map(|at| (at, said(at))).collect()
    }

    /// Every board's line with its first instant, by code.
    pub fn board_lines(&self) -> &[(OffsetDateTime, Board)] {
        &self.boards
    }

    /// Every category's line with its first instant, by code.
    pub fn category_lines(&self) -> &[(OffsetDateTime, Category)] {
        &self.categories
    }
}

/// The line in force at an instant, of those of one thing in their order; before all of them the first one, so that nothing that was ever
/// named is without a name.
fn in_force<T>(lines: &[(OffsetDateTime, T)], at: OffsetDateTime) -> Option<&T> {
    let later = lines.partition_point(|line| line.0 <= at);
    lines.get(later.saturating_sub(1)).map(|line| &line.1)
}

/// Of the lines of one thing, those still to come; of two for one instant the later.
fn coming<T>(lines: &[(OffsetDateTime, T)], now: OffsetDateTime) -> Vec<(OffsetDateTime, &T)> {
    let later = &lines[lines.partition_point(|line| line.0 <= now)..];
    later.chunk_by(|a, b| a.0 == b.0).filter_map(|of_a_day| of_a_day.last()).map(|line| (line.0, &line.1)).collect()
}

/// Of the lines of one thing, the last before an instant, or its first; and whether there was one.
fn before<T>(lines: &[(OffsetDateTime, T)], at: OffsetDateTime) -> Option<(bool, &T)> {
    let earlier = lines.partition_point(|line| line.0 < at);
    lines.get(earlier.saturating_sub(1)).map(|line| (earlier > 0, &line.1))
}

/// The line of a district that is in force at an instant.
fn in_force_of<'a>(
    lines: &'a [(OffsetDateTime, Responsible)],
    category: &str,
    area: AreaCode,
    at: OffsetDateTime,
) -> Option<&'a Responsible> {
    let key = (category, area);
    let from = lines.partition_point(|line| (line.1.category.as_str(), line.1.area) < key);
    let own = lines[from..].iter().take_while(|line| (line.1.category.as_str(), line.1.area) == key && line.0 <= at);
    own.last().map(|line| &line.1)
}

/// Those lines that belong to one key, of lines sorted by it.
fn lines_of<'a, T>(lines: &'a [(OffsetDateTime, T)], key: &str, of: impl Fn(&T) -> &str) -> &'a [(OffsetDateTime, T)] {
    let from = lines.partition_point(|line| of(&line.1) < key);
    let to = from + lines[from..].partition_point(|line| of(&line.1) <= key);
    &lines[from..to]
}

/// The catalogue as it is at an instant.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    all: &'a Catalogue,
    at: OffsetDateTime,
}

impl<'a> Edition<'a> {
    /// Boards that new issues may have, in their order.
    pub fn boards(self) -> Vec<&'a Board> {
        self.known_boards().into_iter().filter(|(begun, board)| *begun && board.active).map(|(_, board)| board).collect()
    }

    /// Categories that new issues may have, in their order.
    pub fn categories(self) -> Vec<&'a Category> {
        self.known_categories().into_iter().filter(|(begun, known)| *begun && known.active).map(|(_, known)| known).collect()
    }

    /// Every board, active or not, in its order, and whether its time has come.
    pub fn known_boards(self) -> Vec<(bool, &'a Board)> {
        self.known(&self.all.boards, |board| &board.code, |board| board.position)
    }

    /// Every category, active or not, in its order, and whether its time has come.
    pub fn known_categories(self) -> Vec<(bool, &'a Category)> {
        self.known(&self.all.categories, |category| &category.code, |category| category.position)
    }

    fn known<T>(
        self,
        lines: &'a [(OffsetDateTime, T)],
        code: impl Fn(&T) -> &String,
        position: impl Fn(&T) -> i32,
    ) -> Vec<(bool, &'a T)> {
        let of_one = lines.chunk_by(|a, b| code(&a.1) == code(&b.1));
        let mut list: Vec<_> =
            of_one.filter_map(|lines| in_force(lines, self.at).map(|line| (lines[0].0 <= self.at, line))).collect();
        list.sort_by_key(|line| position(line.1));
        list
    }

    /// A board whose time has come, active or not.
    pub fn begun_board(self, code: &str) -> Option<&'a Board> {
        self.known_boards().into_iter().find(|(begun, board)| *begun && board.code == code).map(|(_, board)| board)
    }

    /// A category whose time has come, active or not.
    pub fn begun_category(self, code: &str) -> Option<&'a Category> {
        let begun = self.lines(code).first().is_some_and(|first| first.0 <= self.at);
        self.category(code).filter(|_| begun)
    }

    /// A board, active or not.
    pub fn board(self, code: &str) -> Option<&'a Board> {
        in_force(lines_of(&self.all.boards, code, |board| board.code.as_str()), self.at)
    }

    /// A category, active or not.
    pub fn category(self, code: &str) -> Option<&'a Category> {
        in_force(self.lines(code), self.at)
    }

    fn lines(self, code: &str) -> &'a [(OffsetDateTime, Category)] {
        lines_of(&self.all.categories, code, |category| category.code.as_str())
    }

    /// Whether a new issue may have a category.
    pub fn offers(self, code: &str) -> bool {
        self.begun_category(code).is_some_and(|known| known.active)
    }

    /// The name of a category, or the code where it was never known.
    pub fn category_name<'s>(self, code: &'s str) -> &'s str
    where
        'a: 's,
    {
        self.category(code).map_or(code, |category| &category.name)
    }

    /// The code of the department whose business a category is in an area: the district's where it has said so, else the city's (S-4). It
    /// handles, whether it has people on site or not.
    pub fn route(self, category: &'a Category, area: AreaCode) -> &'a str {
        self.own_department(category, area).unwrap_or(&category.department)
    }

    /// The department that a district has named for itself.
    pub fn own_department(self, category: &Category, area: AreaCode) -> Option<&'a str> {
        in_force_of(&self.all.responsible, &category.code, area, self.at).and_then(|line| line.department.as_deref())
    }
}

/// A category that fits a text.
#[derive(Debug, Clone)]
pub struct Suggestion<'a> {
    pub category: &'a Category,
    /// Weight of the words found.
    pub score: usize,
    /// The words found.
    pub matched: Vec<&'a str>,
}

/// A suggestion as it travels to the browser, which has no catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// Category's code.
    pub code: String,
    /// Category's name.
    pub name: String,
    /// Board's name.
    pub board: String,
}

impl Hint {
    /// What a choice shows of a suggestion.
    pub fn of(suggestion: &Suggestion<'_>, edition: Edition<'_>) -> Hint {
        let Category { code, name, board, .. } = suggestion.category;
        let board = edition.board(board).map_or("", |board| &board.name);
        Hint { code: code.clone(), name: name.clone(), board: board.to_owned() }
    }
}
