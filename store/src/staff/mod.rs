//! Accounts of staff as administrators keep them; row-level security shows each what it keeps.

// Before the modules, which use it too.
macro_rules! select_account {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"select s.id, s.login, s.name, s.role, s.area, s.department_id, s.station_id, s.active,
                s.must_change_password, s.created_at,
                staff_home(s.role, s.area, s.department_id, s.station_id) as "home!",
                coalesce(case s.role when 'handler' then d.name when 'station' then t.name when 'centre' then a.name || '企服中心'
                    else a.name end, '') as "organisation!"
            from staff s left join department d on d.id = s.department_id left join station t on t.id = s.station_id
            left join area a on a.code = s.area "# + $rest
            $(, $value)*
        )
    };
}

mod command;

pub use command::{AccountError, Done, Order, Step, add, command};

use crate::identity::duty;
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, DepartmentId, Duty, StaffId, StationId};
use domain::staff::{self, State, Work};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: StaffId,
    pub login: String,
    pub name: String,
    /// Duty and scope.
    pub duty: Duty,
    /// Whose administrators keep it.
    pub home: AreaCode,
    /// 市企服中心, 市建设局, 织里童装产业驿站 …
    pub organisation: String,
    pub active: bool,
    /// The first password has not been changed yet.
    pub must_change_password: bool,
    pub created_at: OffsetDateTime,
}

impl Account {
    /// What decisions look at.
    pub fn standing(&self) -> staff::Account {
        staff::Account { id: self.id, duty: self.duty, home: self.home, active: self.active }
    }

    pub fn state(&self) -> State {
        match (self.active, self.must_change_password) {
            (false, _) => State::Disabled,
            (true, true) => State::First,
            (true, false) => State::Active,
        }
    }
}

struct Row {
    id: StaffId,
    login: String,
    name: String,
    role: String,
    area: Option<AreaCode>,
    department_id: Option<DepartmentId>,
    station_id: Option<StationId>,
    active: bool,
    must_change_password: bool,
    created_at: OffsetDateTime,
    home: AreaCode,
    organisation: String,
}

impl Row {
    fn account(self) -> Result<Account, StoreError> {
        Ok(Account {
            duty: duty(&self.role, self.area, self.department_id, self.station_id)?,
            id: self.id,
            login: self.login,
            name: self.name,
            home: self.home,
            organisation: self.organisation,
            active: self.active,
            must_change_password: self.must_change_password,
            created_at: self.created_at,
        })
    }
}

/// The most accounts that are listed: a city has a tenth of it.
const MOST: i64 = 20_000;

/// The accounts that the scope keeps, by sign-in name.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn) -> Result<Vec<Account>, StoreError> {
    let rows = select_account!("order by s.login limit $1", MOST).fetch_all(conn.pg()).await?;
    rows.into_iter().map(Row::account).collect()
}

/// An account.
///
/// # Errors
/// [`StoreError::NotFound`], also for one that the scope does not keep.
pub async fn get(conn: &mut Conn, id: StaffId) -> Result<Account, StoreError> {
    get_in(conn.pg(), id).await
}

async fn get_in(tx: &mut PgConnection, id: StaffId) -> Result<Account, StoreError> {
    select_account!("where s.id = $1", id).fetch_one(tx).await?.account()
}

/// The accounts in use of the same duty and scope: who may go on with what another one began.
///
/// # Errors
/// [`StoreError`].
pub async fn colleagues(conn: &mut Conn, id: StaffId) -> Result<Vec<Account>, StoreError> {
    let rows = select_account!(
        "join staff o on o.id = $1 and (s.role, s.area, s.department_id, s.station_id) is not distinct from
            (o.role, o.area, o.department_id, o.station_id)
        where s.id <> $1 and s.active order by s.login limit 200",
        id
    );
    rows.fetch_all(conn.pg()).await?.into_iter().map(Row::account).collect()
}

/// How many administrators of the city are in use besides this one.
///
/// # Errors
/// [`StoreError`].
pub async fn other_administrators(conn: &mut Conn, id: StaffId) -> Result<i64, StoreError> {
    other_administrators_in(conn.pg(), id).await
}

async fn other_administrators_in(tx: &mut PgConnection, id: StaffId) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from staff where id <> $1 and active and role = 'administrator' and area % 100 = 0"#,
        id
    )
    .fetch_one(tx)
    .await?)
}

/// How much is open in an account's name.
///
/// # Errors
/// [`StoreError::RowRefused`] for one's own account, and for one that the scope does not keep.
pub async fn work(conn: &mut Conn, id: StaffId) -> Result<Work, StoreError> {
    Ok(sqlx::query_as!(
        Work,
        r#"select unread as "unread!", drafts as "drafts!", submitted as "submitted!", proposals as "proposals!",
            entries as "entries!", assigned as "assigned!" from staff_work($1)"#,
        id
    )
    .fetch_one(conn.pg())
    .await?)
}

/// In how many places an account cannot sign in for a while, because of tries.
///
/// # Errors
/// As [`work`].
pub async fn locks(conn: &mut Conn, id: StaffId, now: OffsetDateTime) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(r#"select staff_tries($1, $2) as "locks!""#, id, now).fetch_one(conn.pg()).await?)
}

/// Whether an account has a second factor, or is about to set one up.
///
/// # Errors
/// As [`work`].
pub async fn has_factor(conn: &mut Conn, id: StaffId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(r#"select staff_factor($1) as "there!""#, id).fetch_one(conn.pg()).await?)
}
