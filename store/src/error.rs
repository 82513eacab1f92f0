//! What went wrong below: by SQLSTATE and by the names of constraints, never by the words of a message.

use sqlx::migrate::MigrateError;

/// What went wrong below.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row, or none this scope may see.
    #[error("not found")]
    NotFound,
    /// A constraint of this name stood against it.
    #[error("conflict with {0}")]
    Conflict(String),
    /// Row-level security, a right that was not granted, or a guard of the schema said that this scope may not.
    #[error("this scope may not write that row")]
    RowRefused,
    /// What is written stays: an append-only table, a published version, a frozen application.
    #[error("what is written stays")]
    Frozen,
    /// A character that no text of the database may have (NUL).
    #[error("a text has a character that cannot be stored")]
    Unstorable,
    /// A text that is too long to be stored or found again, or a number or day beyond what is counted with.
    #[error("a text is too long, or a number too large")]
    TooLarge,
    /// Nothing was done because others were in the way for too long, or the statement took too long; trying again may help.
    #[error("the database is busy: {0}")]
    Busy(sqlx::Error),
    /// The database starts, stops or cannot be reached.
    #[error("the database does not answer: {0}")]
    Unavailable(sqlx::Error),
    /// The migrations were squashed since this database was made.
    #[error(
        "the database was made by an earlier version of Qifu whose tables this one cannot take over: start with an empty data folder \
        (move the old one away, or set QIFU_DATA) or name an empty database in DATABASE_URL"
    )]
    Outdated,
    /// A newer binary has migrated this database.
    #[error("the database was brought up to date by a newer version of Qifu (migration {0}): start that version")]
    Newer(i64),
    /// What is stored cannot be read; the text says where.
    #[error("unreadable row: {0}")]
    Unreadable(String),
    /// Anything else, which is a fault of ours.
    #[error(transparent)]
    Db(sqlx::Error),
}

impl StoreError {
    /// Whether the constraint of this name stood against it.
    pub fn is_conflict_with(&self, constraint: &str) -> bool {
        matches!(self, StoreError::Conflict(name) if name == constraint)
    }

    /// Whether what was named is not there: a foreign key stood against it.
    pub fn is_unknown(&self) -> bool {
        matches!(self, StoreError::Conflict(name) if name.ends_with("_fkey"))
    }

    /// Whether the scope was refused the row.
    pub fn is_row_refused(&self) -> bool {
        matches!(self, StoreError::RowRefused)
    }

    /// Whether the same may succeed a moment later.
    pub fn is_passing(&self) -> bool {
        matches!(self, StoreError::Busy(_) | StoreError::Unavailable(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match &error {
            sqlx::Error::RowNotFound => StoreError::NotFound,
            sqlx::Error::PoolTimedOut => StoreError::Busy(error),
            sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => StoreError::Unavailable(error),
            sqlx::Error::Database(database) => {
                // What an index does not hold bears the index's name, and is no conflict.
                if database.code().as_deref() == Some("54000") {
                    return StoreError::TooLarge;
                }
                if let Some(constraint) = database.constraint() {
                    return StoreError::Conflict(constraint.to_owned());
                }
                match database.code().as_deref().unwrap_or_default() {
                    // insufficient_privilege, also raised by our own guards.
                    "42501" => StoreError::RowRefused,
                    // restrict_violation, raised by our own triggers; the foreign keys' own bear a constraint's name.
                    "23001" => StoreError::Frozen,
                    // character_not_in_repertoire in a text, untranslatable_character in JSON.
                    "22021" | "22P05" => StoreError::Unstorable,
                    // Beyond a column's length; numbers and instants out of range.
                    "22001" | "22003" | "22008" => StoreError::TooLarge,
                    // Serialisation, deadlock, no room left on the disk or in memory, too many connections, lock not available, cancelled by the
                    // statement's timeout.
                    "40001" | "40P01" | "53100" | "53200" | "53300" | "55P03" | "57014" => StoreError::Busy(error),
                    // Connection failures; a standby that only reads; a disk that fails; shut down by the administrator or after a crash, or still starting; ended because a transaction,
                    // or the session, was left alone.
                    "08000" | "08003" | "08006" | "25006" | "58030" | "57P01" | "57P02" | "57P03" | "25P03" | "57P05" => {
                        StoreError::Unavailable(error)
                    }
                    _ => StoreError::Db(error),
                }
            }
            _ => StoreError::Db(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> StoreError {
        match error {
            MigrateError::VersionMismatch(_) => StoreError::Outdated,
            MigrateError::VersionMissing(version) => StoreError::Newer(version),
            MigrateError::Execute(error) => error.into(),
            other => StoreError::Db(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}

/// Whether it was the connection that failed, and not what was asked.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("57P01" | "57P02" | "25P03" | "57P05")),
        _ => false,
    }
}
