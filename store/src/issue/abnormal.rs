//! 异常件 (S-7): boards of the issues that bear a flag, of whatever the scope may read.

use super::{IssueRow, RawRow, rows};
use crate::{Conn, NEVER, Page, StoreError, cursor, parse_cursor};
use domain::issue::Flag;

/// No more are counted of a kind.
pub const ABNORMAL_COUNTED: i64 = 1000;

/// Issues that bear a flag, the latest movement first.
pub async fn abnormal(conn: &mut Conn, flag: Flag, after: Option<&str>, limit: i64) -> Result<Page<IssueRow>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((NEVER, i64::MAX));
    let raw = sqlx::query_as!(
        RawRow,
        "select i.id, i.number, i.enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at, i.due_at,
            i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
         from issue i where i.flags <> '{}' and $1 = any(i.flags) and (i.last_event_at, i.id) < ($2, $3)
         order by i.last_event_at desc, i.id desc limit $4",
        flag.code(),
        at,
        id,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows(raw)?, limit, |row| cursor(row.last_event_at, row.id)))
}

/// How many bear each flag, in the order of [`Flag::ALL`]; of one no more than [`ABNORMAL_COUNTED`] are counted.
pub async fn abnormal_counts(conn: &mut Conn) -> Result<Vec<(Flag, i64)>, StoreError> {
    let codes: Vec<String> = Flag::ALL.iter().map(|flag| flag.code().to_owned()).collect();
    let found = sqlx::query!(
        r#"select f.code as "code!", (select count(*) from (select from issue i where i.flags <> '{}' and f.code = any(i.flags) limit $2) i)
            as "count!" from unnest($1::text[]) f (code)"#,
        &codes,
        ABNORMAL_COUNTED
    )
    .fetch_all(conn.pg())
    .await?;
    let count = |flag: Flag| found.iter().find(|row| row.code == flag.code()).map_or(0, |row| row.count);
    Ok(Flag::ALL.iter().map(|flag| (*flag, count(*flag))).collect())
}
