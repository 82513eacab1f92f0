//! Policies (S-16, S-17, S-21 to S-26): libraries, items and their versions, portraits, matches, what is told, applications,
//! evaluation.

pub mod application;
pub mod evaluation;
pub mod item;
pub mod library;
pub mod matching;
pub mod notice;
pub mod portrait;

use crate::{Conn, StoreError};
use domain::policy::book::Book;
use domain::policy::library::Library;
use sqlx::{Postgres, Transaction};
use std::collections::HashMap;
use time::Date;

/// Ends a transaction as what was done in it says. A refusal rolls back at once: a transaction that is only dropped keeps its
/// locks until somebody uses its connection again.
async fn settle<T, E: From<sqlx::Error>>(tx: Transaction<'_, Postgres>, done: Result<T, E>) -> Result<T, E> {
    if done.is_ok() {
        tx.commit().await?
    } else {
        tx.rollback().await?
    }
    done
}

/// Everything in force on a day, compiled: what a server keeps, because it changes a few times a day and every page needs it.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// Tells whether it is still true ([`item::stamp`]).
    pub stamp: String,
    /// The items.
    pub book: Book,
    pub library: Library,
    /// Ids by code.
    pub ids: HashMap<String, i64>,
    /// What has ended and has no successor.
    pub ended: Vec<item::Ended>,
}

impl Default for Shelf {
    fn default() -> Shelf {
        Shelf {
            stamp: String::new(),
            book: Book::new(Vec::new(), Date::MIN),
            library: Library::default(),
            ids: HashMap::new(),
            ended: Vec::new(),
        }
    }
}

impl Shelf {
    /// Reads it anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(conn: &mut Conn, on: Date) -> Result<Shelf, StoreError> {
        let stamp = item::stamp(conn).await?;
        let published = item::in_force(conn, on).await?;
        let library = library::all(conn).await?;
        let ended = item::ended(conn, on).await?;
        let ids = published.iter().map(|published| (published.item.id.clone(), published.id)).collect();
        let book = Book::new(published.into_iter().map(|published| published.item).collect(), on).with(&library);
        Ok(Shelf { stamp, book, library, ids, ended })
    }

    /// The place of an item in the book.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.book.items().iter().position(|item| item.id == code)
    }
}
