//! 回访 (S-9): who is to be called back, the one that is owed first; and what else waits for the centre's word.

use crate::{Conn, Page, StoreError, cursor, parse_cursor};
use domain::actor::AreaCode;
use domain::issue::{Satisfaction, State};
use time::OffsetDateTime;

/// An issue that is to be called back.
#[derive(Debug, Clone)]
pub struct CallBackRow {
    pub id: i64,
    pub number: String,
    pub title: String,
    pub enterprise_name: String,
    pub state: State,
    pub due: OffsetDateTime,
    /// How often nobody was reached.
    pub missed: i32,
    pub answered_at: Option<OffsetDateTime>,
    /// The department that answered.
    pub lead: Option<i64>,
    /// What the enterprise said when it rated.
    pub rating: Option<Satisfaction>,
}

/// Its columns, as the macro reads them.
struct Raw {
    id: i64,
    number: String,
    title: String,
    enterprise_name: String,
    state: String,
    due: OffsetDateTime,
    call_back_missed: Option<i32>,
    answered_at: Option<OffsetDateTime>,
    lead: Option<i64>,
    rating_level: Option<String>,
}

impl TryFrom<Raw> for CallBackRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<CallBackRow, StoreError> {
        let unknown = || StoreError::Unreadable(format!("issue {} in state {}", raw.number, raw.state));
        Ok(CallBackRow {
            state: State::from_code(&raw.state).ok_or_else(unknown)?,
            rating: raw.rating_level.as_deref().and_then(Satisfaction::from_code),
            id: raw.id,
            number: raw.number,
            title: raw.title,
            enterprise_name: raw.enterprise_name,
            due: raw.due,
            missed: raw.call_back_missed.unwrap_or_default(),
            answered_at: raw.answered_at,
            lead: raw.lead,
        })
    }
}

/// What the centre of an area is to call back, the city's all. Row-level security holds besides.
pub async fn call_backs(
    conn: &mut Conn,
    area: AreaCode,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<CallBackRow>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((OffsetDateTime::UNIX_EPOCH, 0));
    let raw = sqlx::query_as!(
        Raw,
        r#"select i.id, i.number, i.title, i.enterprise_name, i.state, i.call_back_due as "due!", i.call_back_missed, i.answered_at,
            i.lead, i.rating_level
         from issue i where i.call_back_due is not null and (i.call_back_due, i.id) > ($1, $2) and ($3 % 100 = 0 or i.centre = $3)
         order by i.call_back_due, i.id limit $4"#,
        at,
        id,
        area,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    let rows = raw.into_iter().map(CallBackRow::try_from).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Page::cut(rows, limit, |row| cursor(row.due, row.id)))
}

/// How many are owed, and of these how many by now; no more than [`COUNTED`] are counted.
pub async fn call_backs_owed(conn: &mut Conn, area: AreaCode, now: OffsetDateTime) -> Result<(i64, i64), StoreError> {
    let row = sqlx::query!(
        r#"select count(*) as "owed!", count(*) filter (where due < $2) as "late!" from
            (select i.call_back_due as due from issue i where i.call_back_due is not null and ($1 % 100 = 0 or i.centre = $1)
             order by i.call_back_due limit $3) i"#,
        area,
        now,
        COUNTED
    )
    .fetch_one(conn.pg())
    .await?;
    Ok((row.owed, row.late))
}

/// See [`call_backs_owed`].
pub const COUNTED: i64 = 1000;

/// An issue whose department asked for more time.
#[derive(Debug, Clone)]
pub struct ExtensionRow {
    pub number: String,
    pub title: String,
    pub enterprise_name: String,
    pub lead: Option<i64>,
    /// The answer's promise, as long as nobody grants more.
    pub due: Option<OffsetDateTime>,
    /// Working days more.
    pub days: i32,
}

/// What the centre of an area is to rule on, the earliest promise first; at most a hundred.
pub async fn extensions(conn: &mut Conn, area: AreaCode) -> Result<Vec<ExtensionRow>, StoreError> {
    Ok(sqlx::query_as!(
        ExtensionRow,
        r#"select i.number, i.title, i.enterprise_name, i.lead, i.due_at as due, i.extension as "days!"
         from issue i where i.extension is not null and i.open and ($1 % 100 = 0 or i.centre = $1)
         order by i.due_at, i.id limit 100"#,
        area
    )
    .fetch_all(conn.pg())
    .await?)
}
