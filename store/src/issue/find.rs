//! An enterprise looks for its own issues.

use super::{IssueRow, RawRow, rows};
use crate::{Conn, StoreError};

/// The most that [`find_mine`] answers.
pub const FOUND_MINE: usize = 50;

/// The enterprise's own issues in which every word occurs (number, title, text, place), the latest movement first; at most
/// [`FOUND_MINE`]. Looked for in the text itself and not in the words that a worker gathers: what was filed a second ago is found, and of one
/// enterprise there are few.
pub async fn find_mine(conn: &mut Conn, enterprise: i64, words: &str) -> Result<Vec<IssueRow>, StoreError> {
    let like = |word: &str| format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let words: Vec<String> = words.split_whitespace().take(8).map(like).collect();
    let raw = sqlx::query_as!(
        RawRow,
        "select i.id, i.number, i.enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at,
            i.due_at, i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
         from issue i where i.enterprise_id = $1 and concat_ws(' ', i.number, i.title, i.body, i.place) ilike all($2)
         order by i.last_event_at desc, i.id desc limit $3",
        enterprise,
        &words,
        FOUND_MINE as i64
    )
    .fetch_all(conn.pg())
    .await?;
    rows(raw)
}
