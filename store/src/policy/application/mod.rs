//! Applications (兑现申请, S-24, S-25). Version, facts and amount are frozen when it is filed; what follows is appended.

// Before the modules, which use it too.
macro_rules! select_application {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            Application,
            "select a.id, a.number, a.enterprise_id, a.enterprise_name, a.uscc, a.item_id, i.code as item_code, a.version,
                a.title, a.mode, a.facts, a.as_of, a.amount, a.approved_amount, a.paid_amount, a.state, a.seq,
                a.item_area, a.department_id, a.approved_by, a.proposed_by, a.proposed_amount,
                a.contact_name, a.contact_phone, a.note,
                a.submitted_at, a.state_at, a.notice_until, a.reason, a.rating, a.rating_comment,
                (select max(e.at) from application_event e where e.application_id = a.id and e.kind = 'supply') as supplied_at
            from application a join policy_item i on i.id = a.item_id " + $rest
            $(, $value)*
        )
    };
}

mod command;
mod files;
mod prepared;
mod queue;

pub use command::counted;
pub use command::{ApplicationError, Words, command};
pub use files::{File, add_file, files, pending_files};
pub use prepared::{NewPrepared, Prepared, prepare, prepared};
pub use queue::{Found, Reviewer, counts, found, queue};

use super::settle;
use crate::{Conn, Page, StoreError};
use domain::actor::{AreaCode, EnterpriseId, PersonId, StaffId};
use domain::calendar::WorkCalendar;
use domain::policy::application::{Standing, State, due};
use domain::policy::facts::Facts;
use domain::policy::model::{Item, Mode, Per};
use domain::policy::money::Fen;
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct NewApplication<'a> {
    /// Chosen by the form; the same key files once.
    pub client_key: Uuid,
    pub enterprise: EnterpriseId,
    pub person: PersonId,
    /// The filer's name.
    pub actor_name: &'a str,
    pub item_id: i64,
    /// The version it is computed on.
    pub item: &'a Item,
    /// The facts it is computed on.
    pub facts: &'a Facts,
    pub as_of: Date,
    pub amount: Fen,
    pub contact_name: &'a str,
    pub contact_phone: &'a str,
    pub note: &'a str,
    /// Files that were sent before.
    pub files: &'a [Uuid],
}

#[derive(Debug, Clone)]
pub struct Application {
    pub id: i64,
    pub number: String,
    pub enterprise_id: EnterpriseId,
    /// Name, as it was.
    pub enterprise_name: String,
    /// Code, as it was.
    pub uscc: String,
    pub item_id: i64,
    pub item_code: String,
    /// The version it was computed on.
    pub version: i32,
    /// The item's title.
    pub title: String,
    /// How the money is had.
    pub mode: String,
    /// The facts it was computed on, as JSON.
    pub facts: serde_json::Value,
    pub as_of: Date,
    /// Computed, fen.
    pub amount: i64,
    /// Approved, fen.
    pub approved_amount: Option<i64>,
    /// Paid, fen.
    pub paid_amount: Option<i64>,
    pub state: String,
    /// The area that keeps the item: its policy editors review what no department does.
    pub item_area: AreaCode,
    /// Whose it is to decide; none for one that the area's policy editors review.
    pub department_id: Option<i64>,
    /// Who approved it.
    pub approved_by: Option<StaffId>,
    /// Who asked for more than was computed.
    pub proposed_by: Option<StaffId>,
    /// And for how much, fen.
    pub proposed_amount: Option<i64>,
    /// Number of its last event.
    pub seq: i32,
    pub contact_name: String,
    pub contact_phone: String,
    pub note: String,
    pub submitted_at: OffsetDateTime,
    /// When the enterprise last supplied what was asked for.
    pub supplied_at: Option<OffsetDateTime>,
    /// Since when it is in its state.
    pub state_at: OffsetDateTime,
    /// Last day of the public notice.
    pub notice_until: Option<Date>,
    /// Why it was rejected, or what is asked for.
    pub reason: String,
    /// One to five.
    pub rating: Option<i16>,
    /// In words.
    pub rating_comment: String,
}

impl Application {
    /// Its state.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn state(&self) -> Result<State, StoreError> {
        State::parse(&self.state).ok_or_else(|| StoreError::Unreadable(format!("application {}: {}", self.number, self.state)))
    }

    /// The facts it was computed on.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn facts(&self) -> Result<Facts, StoreError> {
        super::portrait::read(self.facts.clone())
    }

    /// Until when the department is to act; none where it is not its turn.
    pub fn due(&self, calendar: &WorkCalendar) -> Option<OffsetDateTime> {
        let filed = self.supplied_at.unwrap_or(self.submitted_at);
        due(self.state().ok()?, filed, self.state_at, self.notice_until, calendar)
    }

    /// What decisions look at.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn standing(&self) -> Result<Standing, StoreError> {
        let mode = Mode::parse(&self.mode)
            .ok_or_else(|| StoreError::Unreadable(format!("application {}: {}", self.number, self.mode)))?;
        Ok(Standing {
            state: self.state()?,
            mode,
            rated: self.rating.is_some(),
            notice_until: self.notice_until,
            computed: self.amount,
            approved_by: self.approved_by,
            proposed: self.proposed_by.zip(self.proposed_amount),
        })
    }
}

#[derive(Debug, Clone)]
pub struct Event {
    /// Its number, from 1.
    pub seq: i32,
    pub at: OffsetDateTime,
    /// `submitted` or a command's code.
    pub kind: String,
    /// Who, as shown then.
    pub actor_name: String,
    /// Words.
    pub text: String,
    /// Money, fen.
    pub amount: Option<i64>,
}

/// Files an application: once for a key. Answers its number.
///
/// # Errors
/// [`StoreError::Conflict`] with `application_open_key` where another one for the item is open.
pub async fn file(conn: &mut Conn, new: &NewApplication<'_>, now: OffsetDateTime) -> Result<String, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let done = file_in(&mut tx, new, now).await;
    match settle(tx, done).await? {
        Some(number) => Ok(number),
        // The other click of a double click was quicker.
        None => of_key(conn, new.enterprise, new.client_key).await?.ok_or(StoreError::NotFound),
    }
}

async fn file_in(tx: &mut PgConnection, new: &NewApplication<'_>, now: OffsetDateTime) -> Result<Option<String>, StoreError> {
    if let Some(number) = of_key_in(tx, new.enterprise, new.client_key).await? {
        return Ok(Some(number));
    }
    let Some((id, number)) = insert(tx, new, now).await? else { return Ok(None) };
    append(tx, id, 1, "submitted", new.actor_name, new.note, Some(new.amount.0), now).await?;
    files::attach(tx, id, 1, new.enterprise, new.files).await?;
    // What was made ready has been filed.
    sqlx::query!("delete from application_prepared where enterprise_id = $1 and item_id = $2", new.enterprise, new.item_id)
        .execute(&mut *tx)
        .await?;
    sqlx::query!("select note_step($1, $2, 'applied', $3) as done", new.enterprise, new.item_id, now).execute(tx).await?;
    Ok(Some(number))
}

/// Answers id and number; nothing where the key has filed already.
async fn insert(
    tx: &mut PgConnection,
    new: &NewApplication<'_>,
    now: OffsetDateTime,
) -> Result<Option<(i64, String)>, StoreError> {
    let facts = serde_json::to_value(new.facts).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let row = sqlx::query!(
        "insert into application (number, client_key, enterprise_id, enterprise_name, uscc, area, item_id, version, title, mode,
            item_area, department_id, facts, as_of, amount, state, seq, contact_name, contact_phone, note, person_id,
            submitted_at, state_at, period)
         select 'SQ-' || to_char($14::timestamptz at time zone 'Asia/Shanghai', 'YYYY-MMDD')
                || lpad(nextval('application_number_seq')::text, 5, '0'),
            $1, e.id, e.name, e.uscc, e.area, i.id, $4, $5, $6, i.area, i.department_id, $7, $8, $9, 'submitted', 1,
            $10, $11, $12, $13, $14, $14, $15
         from enterprise e, policy_item i where e.id = $2 and i.id = $3
         on conflict (enterprise_id, client_key) do nothing returning id, number",
        new.client_key,
        new.enterprise,
        new.item_id,
        i32::try_from(new.item.version).unwrap_or(i32::MAX),
        new.item.title,
        new.item.apply.mode.code(),
        facts,
        new.as_of,
        new.amount.0,
        new.contact_name,
        new.contact_phone,
        new.note,
        new.person,
        now,
        new.item.period(new.as_of)
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| (row.id, row.number)))
}

/// The number an enterprise got for a key before.
///
/// # Errors
/// [`StoreError`].
pub async fn of_key(conn: &mut Conn, enterprise: EnterpriseId, key: Uuid) -> Result<Option<String>, StoreError> {
    of_key_in(conn.pg(), enterprise, key).await
}

async fn of_key_in(conn: &mut PgConnection, enterprise: EnterpriseId, key: Uuid) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!("select number from application where enterprise_id = $1 and client_key = $2", enterprise, key)
        .fetch_optional(conn)
        .await?)
}

#[allow(clippy::too_many_arguments)] // Each is a column.
async fn append(
    tx: &mut PgConnection,
    id: i64,
    seq: i32,
    kind: &str,
    actor_name: &str,
    text: &str,
    amount: Option<i64>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into application_event (application_id, seq, at, kind, actor_name, text, amount)
            values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        seq,
        now,
        kind,
        actor_name,
        text,
        amount
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// One application.
///
/// # Errors
/// [`StoreError::NotFound`] outside the scope.
pub async fn get(conn: &mut Conn, number: &str) -> Result<Application, StoreError> {
    Ok(select_application!("where a.number = $1", number).fetch_one(conn.pg()).await?)
}

/// What happened to it, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn events(conn: &mut Conn, id: i64) -> Result<Vec<Event>, StoreError> {
    Ok(sqlx::query_as!(
        Event,
        "select seq, at, kind, actor_name, text, amount from application_event where application_id = $1 order by seq desc",
        id
    )
    .fetch_all(conn.pg())
    .await?)
}

/// An enterprise's applications, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn mine(
    conn: &mut Conn,
    enterprise: EnterpriseId,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Application>, StoreError> {
    let before: i64 = after.and_then(|c| c.parse().ok()).unwrap_or(i64::MAX);
    let rows = select_application!(
        "where a.enterprise_id = $1 and a.id < $2 order by a.id desc limit $3",
        enterprise,
        before,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, limit, |application| application.id.to_string()))
}

/// What an enterprise has applied for and was not refused: for each item the newest.
#[derive(Debug, Clone)]
pub struct Live {
    pub item_code: String,
    pub number: String,
    pub as_of: Date,
    pub period: Option<String>,
    pub state: String,
    /// Computed, fen.
    pub amount: i64,
    pub approved_amount: Option<i64>,
    pub paid_amount: Option<i64>,
    pub title: String,
    pub state_at: OffsetDateTime,
    /// The enterprise said what it thinks of it.
    pub rated: bool,
}

impl Live {
    /// What waits for the enterprise: to supply what was asked for, to rate, once, what was approved or paid.
    pub fn waits(&self) -> bool {
        match State::parse(&self.state) {
            Some(State::AwaitingInput) => true,
            Some(State::Approved | State::Paid) => !self.rated,
            _ => false,
        }
    }

    /// What it comes to by now, fen: paid, approved, or computed.
    pub fn fen(&self) -> i64 {
        self.paid_amount.or(self.approved_amount).unwrap_or(self.amount)
    }

    /// Whether it is for the period of an item that a day lies in: as it was said when it was filed, or by the item as it is now, whose window a
    /// later version may have moved.
    pub fn is_of(&self, item: &Item, today: Date) -> bool {
        let now = item.period(today);
        let begun = item.apply.per == Per::Once || item.apply.from.is_none_or(|from| from <= self.as_of);
        self.period.as_ref() == Some(&now)
            || (begun && item.period(self.as_of) == now)
            || State::parse(&self.state).is_some_and(State::is_open)
    }
}

/// Applications of an enterprise that were neither rejected nor withdrawn, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn live(conn: &mut Conn, enterprise: EnterpriseId) -> Result<Vec<Live>, StoreError> {
    Ok(sqlx::query_as!(
        Live,
        r#"select i.code as item_code, a.number, a.as_of, a.period, a.state, a.amount, a.approved_amount, a.paid_amount,
            a.title, a.state_at, a.rating is not null as "rated!"
            from application a join policy_item i on i.id = a.item_id
            where a.enterprise_id = $1 and a.state not in ('rejected', 'withdrawn') order by a.id desc"#,
        enterprise
    )
    .fetch_all(conn.pg())
    .await?)
}

/// The newest application of an enterprise for an item.
///
/// # Errors
/// [`StoreError`].
pub async fn of_item(conn: &mut Conn, enterprise: EnterpriseId, item: i64) -> Result<Option<Application>, StoreError> {
    Ok(select_application!("where a.enterprise_id = $1 and a.item_id = $2 order by a.id desc limit 1", enterprise, item)
        .fetch_optional(conn.pg())
        .await?)
}
