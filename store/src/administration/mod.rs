//! What an administrator keeps: the log of changes, what of it waits for its day, and the organisations themselves.

pub mod change;
pub mod city;
pub mod due;
pub mod organisation;

use crate::StoreError;
use sqlx::{Postgres, Transaction};

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// Somebody changed it since the page was shown.
    #[error("changed by somebody else meanwhile")]
    Stale,
    /// There is one with this key.
    #[error("the key is taken")]
    Taken,
    /// Another change of the same thing waits for its day.
    #[error("another change waits for its day")]
    Waiting,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SettingError {
    fn from(error: sqlx::Error) -> SettingError {
        let error = StoreError::from(error);
        if error.is_conflict_with("setting_due_open_key") { SettingError::Waiting } else { SettingError::Store(error) }
    }
}

/// Ends a transaction as its work ended.
async fn settle<T, E: From<sqlx::Error>>(tx: Transaction<'_, Postgres>, done: Result<T, E>) -> Result<T, E> {
    if done.is_ok() {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    done
}
