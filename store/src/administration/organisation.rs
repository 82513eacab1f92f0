//! Areas, departments and stations as they are kept: read whole, written with the log in one transaction, at once or on their day.

use super::change::{NewChange, last_in, record_in};
use super::{SettingError, due, settle};
use crate::{Conn, StoreError};
use domain::administration::{Area, Department, Kind, Organisation, Station, Tail};
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

/// What must be true of a thing for it to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Nothing: it is added, or changed.
    Either,
    /// There is none with its key yet.
    New,
    /// Its last change is this one ([`super::change::last`]).
    Seen(i64),
}

/// A thing as it shall be, and who says so.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    pub thing: &'a Organisation,
    pub expect: Expect,
    /// As in [`NewChange::who`].
    pub who: &'a str,
    pub tail: &'a Tail,
    /// The city's day.
    pub today: Date,
    pub now: OffsetDateTime,
}

/// What became of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is so already.
    Unchanged,
    /// It is so now; there was none before.
    Added,
    /// It is so now.
    Changed,
    /// It will be so on its day.
    Waits,
}

/// Makes a thing as it shall be, at once or on its day, and logs it.
///
/// # Errors
/// [`SettingError::Stale`], [`SettingError::Taken`], [`SettingError::Waiting`]; [`StoreError::Conflict`] with `area_name_key`,
/// `department_name_key` or `station_name_key` for a name that is taken in the area; [`StoreError::RowRefused`] for another area's.
pub async fn put(conn: &mut Conn, wish: &Wish<'_>) -> Result<Put, SettingError> {
    let mut tx = conn.pg().begin().await?;
    let done = put_in(&mut tx, wish).await;
    settle(tx, done).await
}

pub(super) async fn put_in(tx: &mut PgConnection, wish: &Wish<'_>) -> Result<Put, SettingError> {
    let Wish { thing, expect, who, tail, today, now } = *wish;
    let (kind, key) = (thing.kind(), thing.key());
    let current = find_in(tx, kind, &key).await?;
    match expect {
        Expect::Either => {}
        Expect::New if current.is_some() => return Err(SettingError::Taken),
        Expect::New if due::waits_in(tx, kind, &key).await? => return Err(SettingError::Waiting),
        Expect::New => {}
        Expect::Seen(_) if current.is_none() => return Err(StoreError::NotFound.into()),
        Expect::Seen(seen) if last_in(tx, kind, &key).await? != seen => return Err(SettingError::Stale),
        Expect::Seen(_) => {}
    }
    if current.as_ref() == Some(thing) {
        return Ok(Put::Unchanged);
    }
    let (before, after) = (current.as_ref().map(Organisation::value), thing.value());
    let new = NewChange { who, area: thing.area(), kind, key: &key, before: before.as_ref(), after: Some(&after), tail };
    let change = record_in(tx, &new, now).await?;
    if tail.from > today {
        due::plan_in(tx, change, &new).await?;
        return Ok(Put::Waits);
    }
    write_in(tx, thing).await?;
    Ok(if before.is_some() { Put::Changed } else { Put::Added })
}

/// Writes a thing by its key. Code and area of one that is there stay.
pub(super) async fn write_in(tx: &mut PgConnection, thing: &Organisation) -> Result<(), SettingError> {
    let done = match thing {
        Organisation::Area(Area { code, name, short, phone }) => {
            sqlx::query!(
                "insert into area (code, name, short, phone) values ($1, $2, $3, $4)
                 on conflict (code) do update set name = excluded.name, short = excluded.short, phone = excluded.phone",
                code,
                name,
                short,
                phone
            )
            .execute(tx)
            .await
        }
        Organisation::Department(Department { code, name, area, on_site, delegated, active, phone }) => {
            sqlx::query!(
                "insert into department (code, name, area, on_site, delegated, active, phone) values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (code) do update set name = excluded.name, on_site = excluded.on_site, delegated = excluded.delegated,
                    active = excluded.active, phone = excluded.phone",
                code,
                name,
                area,
                on_site,
                delegated,
                active,
                phone
            )
            .execute(tx)
            .await
        }
        Organisation::Station(Station { code, name, area, address, phone, contact_name, active }) => {
            sqlx::query!(
                "insert into station (code, name, area, address, phone, contact_name, active) values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (code) do update set name = excluded.name, address = excluded.address, phone = excluded.phone,
                    contact_name = excluded.contact_name, active = excluded.active",
                code,
                name,
                area,
                address,
                phone,
                contact_name,
                active
            )
            .execute(tx)
            .await
        }
    };
    done?;
    Ok(())
}

/// A thing, locked until the transaction ends; none outside the scope.
pub(super) async fn find_in(tx: &mut PgConnection, kind: Kind, key: &str) -> Result<Option<Organisation>, StoreError> {
    Ok(match kind {
        Kind::Area => {
            let code: i32 = key.parse().map_err(|_| StoreError::NotFound)?;
            sqlx::query_as!(Area, "select code, name, short, phone from area where code = $1 for update", code)
                .fetch_optional(tx)
                .await?
                .map(Organisation::Area)
        }
        Kind::Department => sqlx::query_as!(
            Department,
            "select code, name, area, on_site, delegated, active, phone from department where code = $1 for update",
            key
        )
        .fetch_optional(tx)
        .await?
        .map(Organisation::Department),
        Kind::Station => sqlx::query_as!(
            Station,
            "select code, name, area, address, phone, contact_name, active from station where code = $1 for update",
            key
        )
        .fetch_optional(tx)
        .await?
        .map(Organisation::Station),
        _ => None,
    })
}

/// Every area, the city first.
///
/// # Errors
/// [`StoreError`].
pub async fn areas(conn: &mut Conn) -> Result<Vec<Area>, StoreError> {
    Ok(sqlx::query_as!(Area, "select code, name, short, phone from area order by code").fetch_all(conn.pg()).await?)
}

/// Every department, closed ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn departments(conn: &mut Conn) -> Result<Vec<Department>, StoreError> {
    let sql = sqlx::query_as!(
        Department,
        "select code, name, area, on_site, delegated, active, phone from department order by area, code"
    );
    Ok(sql.fetch_all(conn.pg()).await?)
}

/// Every station, closed ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn stations(conn: &mut Conn) -> Result<Vec<Station>, StoreError> {
    let sql = sqlx::query_as!(
        Station,
        "select code, name, area, address, phone, contact_name, active from station order by area, code"
    );
    Ok(sql.fetch_all(conn.pg()).await?)
}
