//! Views of the desk's list that somebody of staff keeps under a name; row-level security shows nobody another's.

use crate::{Conn, StoreError};
use domain::actor::StaffId;
use time::OffsetDateTime;

/// A view that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub id: i64,
    pub name: String,
    /// As it stands in the address of the list.
    pub query: String,
}

/// The constraint that says that twenty are enough.
pub const MOST: &str = "desk_view_most";
/// The constraint that says that a name is taken.
pub const NAME: &str = "desk_view_name_key";

/// Those of whoever asks, in the order they were made.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn) -> Result<Vec<View>, StoreError> {
    Ok(sqlx::query_as!(View, "select id, name, query from desk_view order by id").fetch_all(conn.pg()).await?)
}

/// Keeps one.
///
/// # Errors
/// [`StoreError`]; of the constraints [`NAME`] and [`MOST`].
pub async fn add(conn: &mut Conn, staff: StaffId, name: &str, query: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("insert into desk_view (staff_id, name, query, created_at) values ($1, $2, $3, $4)", staff, name, query, now)
        .execute(conn.pg())
        .await?;
    Ok(())
}

/// Drops one; whether there was one of whoever asks.
///
/// # Errors
/// [`StoreError`].
pub async fn remove(conn: &mut Conn, id: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query!("delete from desk_view where id = $1", id).execute(conn.pg()).await?.rows_affected() == 1)
}
