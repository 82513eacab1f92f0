//! Setting up a city: the one door for workbook and demo. All or nothing, each thing logged; the same again changes nothing.

use super::change::{NewChange, record_in};
use super::organisation::{Expect, Put, Wish, put_in};
use super::{SettingError, settle};
use crate::identity::{self, NewStaff};
use crate::{Conn, StoreError, terms};
use domain::actor::{AreaCode, Duty, StaffId};
use domain::administration::city::{Account, City, Role};
use domain::administration::{Kind, Organisation, Tail};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use time::{Date, OffsetDateTime};

/// An account as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub login: String,
    pub name: String,
    /// The code of its role.
    pub role: String,
    /// What it is responsible for, as in [`Account::scope`].
    pub scope: String,
}

/// The accounts that are there. Needs the system's scope.
///
/// # Errors
/// [`StoreError`].
pub async fn accounts(conn: &mut Conn) -> Result<Vec<Known>, StoreError> {
    Ok(sqlx::query_as!(
        Known,
        r#"select s.login, s.name, s.role, coalesce(t.code, d.code, s.area::text, '') as "scope!"
         from staff s left join department d on d.id = s.department_id left join station t on t.id = s.station_id order by s.login"#
    )
    .fetch_all(conn.pg())
    .await?)
}

/// How a city is set up.
#[derive(Debug, Clone)]
pub struct SetUp<'a> {
    pub city: &'a City,
    /// Password hashes (argon2id, PHC form) of the accounts that are not there yet, by sign-in name.
    pub hashes: &'a HashMap<String, String>,
    /// Whether these passwords must be changed at the first sign-in.
    pub must_change: bool,
    /// Who says to be there, and why; it takes effect at once.
    pub who: &'a str,
    pub why: &'a str,
    /// The city's day.
    pub today: Date,
    pub now: OffsetDateTime,
}

/// An account of the city that is there now.
#[derive(Debug, Clone)]
pub struct Made {
    pub login: String,
    pub id: StaffId,
    pub duty: Duty,
    /// It was not there before.
    pub new: bool,
}

/// What setting up did.
#[derive(Debug, Clone, Default)]
pub struct Done {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub accounts: Vec<Made>,
}

/// Makes everything be there that the city shall have, in one transaction. Accounts that are there stay as they are. Needs the
/// system's scope.
///
/// # Errors
/// As [`super::organisation::put`]; [`SettingError::Stale`] for an account without a hash, [`StoreError::NotFound`] for one whose
/// department or station is not there.
pub async fn set_up(conn: &mut Conn, set_up: &SetUp<'_>) -> Result<Done, SettingError> {
    let mut tx = conn.pg().begin().await?;
    let done = set_up_in(&mut tx, set_up).await;
    settle(tx, done).await
}

async fn set_up_in(tx: &mut PgConnection, set_up: &SetUp<'_>) -> Result<Done, SettingError> {
    let SetUp { city, who, today, now, .. } = *set_up;
    let tail = Tail { why: set_up.why.to_owned(), from: today };
    let things = city.areas.iter().cloned().map(Organisation::Area);
    let things = things.chain(city.departments.iter().cloned().map(Organisation::Department));
    let things = things.chain(city.stations.iter().cloned().map(Organisation::Station));
    let mut done = Done::default();
    for thing in things {
        let wish = Wish { thing: &thing, expect: Expect::Either, who, tail: &tail, today, now };
        match put_in(tx, &wish).await? {
            Put::Added => done.added += 1,
            Put::Unchanged => done.unchanged += 1,
            Put::Changed | Put::Waits => done.changed += 1,
        }
    }
    terms::set_up_in(tx, set_up, &mut done).await?;
    for account in &city.accounts {
        let made = account_in(tx, set_up, account, &tail).await?;
        if made.new {
            done.added += 1;
        } else {
            done.unchanged += 1;
        }
        done.accounts.push(made);
    }
    Ok(done)
}

/// The account, made where it is not there yet.
async fn account_in(tx: &mut PgConnection, set_up: &SetUp<'_>, account: &Account, tail: &Tail) -> Result<Made, SettingError> {
    let (duty, area) = duty(tx, account).await?;
    let login = account.login.clone();
    let known = sqlx::query_scalar!("select id from staff where login = $1", login).fetch_optional(&mut *tx).await?;
    if let Some(id) = known {
        return Ok(Made { login, id, duty, new: false });
    }
    let hash = set_up.hashes.get(&login).ok_or(SettingError::Stale)?;
    let new = NewStaff { login: &login, name: &account.name, duty, password_hash: hash, must_change: set_up.must_change };
    let id = identity::add_staff_in(tx, &new, set_up.now).await?;
    let after = json!({ "login": login, "name": account.name, "role": account.role.code(), "scope": account.scope });
    let kind = Kind::Staff;
    let change = NewChange { who: set_up.who, area, kind, key: &login, before: None, after: Some(&after), tail };
    record_in(tx, &change, set_up.now).await?;
    Ok(Made { login, id, duty, new: true })
}

/// The duty of an account, its codes looked up, and the area it belongs to.
async fn duty(tx: &mut PgConnection, account: &Account) -> Result<(Duty, AreaCode), StoreError> {
    let area = || account.scope.parse::<AreaCode>().map_err(|_| StoreError::NotFound);
    Ok(match account.role {
        Role::Handler => {
            let found = sqlx::query!("select id, area from department where code = $1", account.scope).fetch_one(tx).await?;
            (Duty::Handler { department: found.id }, found.area)
        }
        Role::Station => {
            let found = sqlx::query!("select id, area from station where code = $1", account.scope).fetch_one(tx).await?;
            (Duty::Station { station: found.id, area: found.area }, found.area)
        }
        Role::Administrator => (Duty::Administrator { area: area()? }, area()?),
        Role::Centre => (Duty::Centre { area: area()? }, area()?),
        Role::Supervisor => (Duty::Supervisor { area: area()? }, area()?),
        Role::Leader => (Duty::Leader { area: area()? }, area()?),
        Role::PolicyEditor => (Duty::PolicyEditor { area: area()? }, area()?),
    })
}
