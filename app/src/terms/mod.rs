//! What issues are decided by (`domain::issue::Terms`), as administrators keep it: boards, categories and whose business they are, limits,
//! the working calendar, the words of messages; and how long what is personal is kept. Each line holds from its day; what was filed before keeps what held then.

pub mod act;
mod page;
pub mod read;
pub mod tables;

pub use page::{
    BoardPage, BoardsPage, CalendarPage, CategoriesPage, CategoryPage, LimitsPage, RetentionPage, RetentionsPage, TextPage,
    TextsPage, WorkFiguresPage,
};
