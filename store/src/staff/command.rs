//! Changing accounts. What may be is [`domain::staff`]'s; here it is asked under a lock, written and logged in the same
//! transaction.

use super::{Account, get_in, other_administrators_in};
use crate::administration::change::{NewChange, last_in, record_in};
use crate::identity::{NewStaff, add_staff_in, scope_of};
use crate::{Conn, StoreError};
use domain::actor::{Duty, StaffId};
use domain::administration::{Kind, Tail};
use domain::staff::{Command, Keeper, Piece, Refusal, may_take_over};
use serde_json::{Map, Value, json};
use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;

/// What is done to an account.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    Name(&'a str),
    Duty(Duty),
    HandOver,
    Unlock,
    /// A new first password: argon2id, PHC form.
    Reset(&'a str),
    /// The second factor was lost.
    ResetFactor,
    Disable,
    Enable,
}

impl Step<'_> {
    fn command(&self) -> Command {
        match self {
            Step::Name(_) => Command::Name,
            Step::Duty(_) => Command::Duty,
            Step::HandOver => Command::HandOver,
            Step::Unlock => Command::Unlock,
            Step::Reset(_) => Command::Reset,
            Step::ResetFactor => Command::ResetFactor,
            Step::Disable => Command::Disable,
            Step::Enable => Command::Enable,
        }
    }
}

/// What an administrator orders.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    pub keeper: Keeper,
    /// The name the log shows.
    pub who: &'a str,
    pub account: StaffId,
    /// The last change of the account that the administrator saw ([`crate::administration::change::last`]).
    pub seen: i64,
    pub step: Step<'a>,
    /// Who goes on with the open work; nobody, if it stays where it is.
    pub taker: Option<StaffId>,
    pub tail: &'a Tail,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Unread messages that went to the colleague.
    pub messages: i64,
    /// Pieces the colleague was told of.
    pub pieces: i64,
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> AccountError {
        if error.is_conflict_with("staff_last_administrator") {
            // Somebody disabled the other one since it was counted.
            AccountError::Refused(Refusal::LastAdministrator(Command::Disable.label()))
        } else {
            AccountError::Store(error)
        }
    }
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> AccountError {
        StoreError::from(error).into()
    }
}

/// Adds an account; answers its id.
///
/// # Errors
/// [`Refusal::Wider`] for a duty elsewhere, [`StoreError::Conflict`] with `staff_login_key` when the name is taken.
pub async fn add(
    conn: &mut Conn,
    keeper: &Keeper,
    new: &NewStaff<'_>,
    who: &str,
    tail: &Tail,
    now: OffsetDateTime,
) -> Result<StaffId, AccountError> {
    let mut tx = conn.pg().begin().await?;
    let done = add_in(&mut tx, keeper, new, who, tail, now).await;
    end(tx, done).await
}

async fn add_in(
    tx: &mut PgConnection,
    keeper: &Keeper,
    new: &NewStaff<'_>,
    who: &str,
    tail: &Tail,
    now: OffsetDateTime,
) -> Result<StaffId, AccountError> {
    let home = home(tx, new.duty).await?;
    keeper.may_grant(home)?;
    let id = add_staff_in(tx, new, now).await?;
    let account = get_in(tx, id).await?;
    let after = json!({ "login": account.login, "name": account.name, "duty": duty_words(&account) });
    let change = NewChange { who, area: home, kind: Kind::Staff, key: &account.login, before: None, after: Some(&after), tail };
    record_in(tx, &change, now).await?;
    Ok(id)
}

/// Does what is ordered, or nothing.
///
/// # Errors
/// [`AccountError`]; [`StoreError::NotFound`] for an account that the scope does not keep.
pub async fn command(conn: &mut Conn, order: &Order<'_>, now: OffsetDateTime) -> Result<Done, AccountError> {
    let mut tx = conn.pg().begin().await?;
    let done = command_in(&mut tx, order, now).await;
    end(tx, done).await
}

async fn end<T>(tx: sqlx::Transaction<'_, sqlx::Postgres>, done: Result<T, AccountError>) -> Result<T, AccountError> {
    if done.is_ok() {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    done
}

async fn command_in(tx: &mut PgConnection, order: &Order<'_>, now: OffsetDateTime) -> Result<Done, AccountError> {
    // Locked, so that two who change it see each other; not against what only refers to it, as the log does to its author.
    sqlx::query_scalar!("select id from staff where id = $1 for no key update", order.account).fetch_one(&mut *tx).await?;
    let account = get_in(tx, order.account).await?;
    let others = other_administrators_in(tx, order.account).await?;
    order.keeper.decide(order.step.command(), &account.standing(), others)?;
    if last_in(tx, Kind::Staff, &account.login).await? != order.seen {
        return Err(Refusal::Changed.into());
    }
    let (mut before, mut after) = (Map::new(), Map::new());
    let done = match order.taker {
        Some(taker) => {
            let taker = get_in(tx, taker).await?;
            let done = hand_over(tx, &account, &taker, now).await?;
            after.insert("handed_to".to_owned(), json!(format!("{}（{}）", taker.name, taker.login)));
            done
        }
        None if matches!(order.step, Step::HandOver) => return Err(Refusal::NoColleague.into()),
        None => Done::default(),
    };
    write(tx, order, &account, &mut before, &mut after).await?;
    let (before, after) = (Value::Object(before), Value::Object(after));
    let change = NewChange {
        who: order.who,
        area: account.home,
        kind: Kind::Staff,
        key: &account.login,
        before: Some(&before),
        after: Some(&after),
        tail: order.tail,
    };
    record_in(tx, &change, now).await?;
    Ok(done)
}

/// Writes the step, and what the log says of it: the fields that differ.
async fn write(
    tx: &mut PgConnection,
    order: &Order<'_>,
    account: &Account,
    before: &mut Map<String, Value>,
    after: &mut Map<String, Value>,
) -> Result<(), AccountError> {
    let mut told = |field: &str, was: Value, is: Value| {
        before.insert(field.to_owned(), was);
        after.insert(field.to_owned(), is);
    };
    match order.step {
        Step::Name(name) if name == account.name => return Err(Refusal::Same.into()),
        Step::Name(name) => {
            sqlx::query!("update staff set name = $2 where id = $1", account.id, name).execute(&mut *tx).await?;
            told("name", json!(account.name), json!(name));
        }
        Step::Duty(duty) => {
            if duty == account.duty {
                return Err(Refusal::Same.into());
            }
            let home = home(tx, duty).await?;
            order.keeper.may_grant(home)?;
            let (area, department, station) = scope_of(&duty);
            sqlx::query!(
                "update staff set role = $2, area = $3, department_id = $4, station_id = $5 where id = $1",
                account.id,
                duty.code(),
                area,
                department,
                station
            )
            .execute(&mut *tx)
            .await?;
            told("duty", json!(duty_words(account)), json!(duty_words(&get_in(tx, account.id).await?)));
        }
        Step::HandOver => {}
        Step::Unlock => {
            let counters =
                sqlx::query_scalar!(r#"select forget_staff_tries($1) as "counters!""#, account.id).fetch_one(&mut *tx).await?;
            after.insert("unlocked".to_owned(), json!(counters));
        }
        Step::Reset(hash) => {
            sqlx::query!("update staff set password_hash = $2, must_change_password = true where id = $1", account.id, hash)
                .execute(&mut *tx)
                .await?;
            // Whoever could not remember the old one has used up tries.
            sqlx::query_scalar!("select forget_staff_tries($1)", account.id).fetch_one(&mut *tx).await?;
            after.insert("password".to_owned(), json!(true));
        }
        Step::ResetFactor => {
            let reset =
                sqlx::query_scalar!(r#"select reset_staff_factor($1) as "reset!""#, account.id).fetch_one(&mut *tx).await?;
            if !reset {
                return Err(Refusal::NoFactor.into());
            }
            after.insert("factor".to_owned(), json!(true));
        }
        Step::Disable | Step::Enable => {
            let active = matches!(order.step, Step::Enable);
            sqlx::query!("update staff set active = $2 where id = $1", account.id, active).execute(&mut *tx).await?;
            told("active", json!(account.active), json!(active));
        }
    }
    Ok(())
}

/// How the log names a duty: 部门经办 · 市建设局.
fn duty_words(account: &Account) -> String {
    format!("{} · {}", account.duty.label(), account.organisation)
}

/// Where an account with this duty would belong.
///
/// # Errors
/// [`StoreError::NotFound`] for a department or a station that is not there.
async fn home(tx: &mut PgConnection, duty: Duty) -> Result<i32, StoreError> {
    let (area, department, station) = scope_of(&duty);
    let home = sqlx::query_scalar!("select staff_home($1, $2, $3, $4) as home", duty.code(), area, department, station);
    home.fetch_one(tx).await?.ok_or(StoreError::NotFound)
}

async fn hand_over(tx: &mut PgConnection, giver: &Account, taker: &Account, now: OffsetDateTime) -> Result<Done, AccountError> {
    may_take_over(&giver.standing(), &taker.standing())?;
    let codes: Vec<String> = Piece::ALL.iter().map(|piece| piece.code().to_owned()).collect();
    let (titles, bodies): (Vec<String>, Vec<String>) = Piece::ALL.iter().map(|piece| piece.handed(&giver.name)).unzip();
    Ok(sqlx::query_as!(
        Done,
        r#"select messages as "messages!", told as "pieces!" from hand_over_work($1, $2, $3, $4, $5, $6)"#,
        giver.id,
        taker.id,
        &codes,
        &titles,
        &bodies,
        now
    )
    .fetch_one(tx)
    .await?)
}
