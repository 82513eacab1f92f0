//! What signing in needs: one-time codes, persons and what they may act for, staff accounts, counters against guessing.

use super::{Who, member_role};
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, DepartmentId, Duty, EnterpriseId, MemberRole, PersonId, StaffId, StationId};
use domain::issue::Aid;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

/// Remembers the code last sent to a phone for a browser, in place of the one before. Whoever asks elsewhere disturbs nobody.
pub async fn put_login_code(
    conn: &mut Conn,
    phone: &str,
    browser: &[u8],
    code_hash: &[u8],
    expires_at: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into login_code (phone, browser, code_hash, expires_at) values ($1, $2, $3, $4)
         on conflict (phone, browser) do update set code_hash = excluded.code_hash, expires_at = excluded.expires_at, attempts = 0",
        phone,
        browser,
        code_hash,
        expires_at,
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// What a typed code turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeCheck {
    /// Right, and used up.
    Right,
    /// Wrong.
    Wrong,
    /// Too late, tried too often, or none was sent for this browser.
    Spent,
}

/// Checks a code and uses it up. Every try counts before it is compared, whichever server it came to.
pub async fn take_login_code(
    conn: &mut Conn,
    phone: &str,
    browser: &[u8],
    code_hash: &[u8],
    now: OffsetDateTime,
) -> Result<CodeCheck, StoreError> {
    let row = sqlx::query!(
        "update login_code set attempts = attempts + 1 where phone = $1 and browser = $2 returning expires_at, attempts",
        phone,
        browser
    )
    .fetch_optional(conn.pg())
    .await?;
    let Some(row) = row else { return Ok(CodeCheck::Spent) };
    if row.expires_at <= now || row.attempts > 5 {
        return Ok(CodeCheck::Spent);
    }
    // Hashes are compared, so the time of the comparison says nothing about the code.
    let used =
        sqlx::query!("delete from login_code where phone = $1 and browser = $2 and code_hash = $3", phone, browser, code_hash)
            .execute(conn.pg())
            .await?;
    Ok(if used.rows_affected() == 1 { CodeCheck::Right } else { CodeCheck::Wrong })
}

/// The person of a phone, made when it is the first time; the name stays as it is known.
pub async fn person_of_phone(conn: &mut Conn, phone: &str, name: &str, now: OffsetDateTime) -> Result<PersonId, StoreError> {
    let id = sqlx::query_scalar!(
        "insert into person (phone, name, created_at) values ($1, $2, $3)
         on conflict (phone) do update set phone = excluded.phone returning id",
        phone,
        name,
        now
    )
    .fetch_one(conn.pg())
    .await?;
    Ok(id)
}

/// An enterprise a person may act for.
#[derive(Debug, Clone)]
pub struct MyEnterprise {
    pub id: EnterpriseId,
    pub name: String,
    pub uscc: String,
    pub area: AreaCode,
    /// What the person is to it.
    pub role: MemberRole,
}

/// The enterprises a person may act for, by name.
pub async fn enterprises_of(conn: &mut Conn, person: PersonId) -> Result<Vec<MyEnterprise>, StoreError> {
    let rows = sqlx::query!(
        "select e.id, e.name, e.uscc, e.area, m.role from membership m join enterprise e on e.id = m.enterprise_id
         where m.person_id = $1 order by e.name limit 200",
        person
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| MyEnterprise { id: r.id, name: r.name, uscc: r.uscc, area: r.area, role: member_role(&r.role) })
        .collect())
}

/// Makes a person a member, as the system.
pub async fn add_member(conn: &mut Conn, person: PersonId, enterprise: EnterpriseId, role: MemberRole) -> Result<(), StoreError> {
    sqlx::query!(
        "with added as (
            insert into membership (person_id, enterprise_id, role, name) select p.id, $2, $3, p.name from person p where p.id = $1
            on conflict do nothing returning name)
         insert into membership_event (enterprise_id, person_id, at, kind, role, name, phone, actor_name)
         select $2, $1, now(), 'added', $3, a.name, left(p.phone, 3) || '****' || right(p.phone, 4), acting_name()
         from added a join person p on p.id = $1",
        person,
        enterprise,
        role.code()
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// What signing in needs of an account.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub id: StaffId,
    /// argon2id, PHC form.
    pub password_hash: String,
    /// Switched off accounts do not sign in.
    pub active: bool,
    /// A second factor was set up and confirmed.
    pub second_factor: bool,
}

/// The credentials of a sign-in name.
pub async fn credentials(conn: &mut Conn, login: &str) -> Result<Option<Credentials>, StoreError> {
    Ok(sqlx::query_as!(
        Credentials,
        r#"select id, password_hash, active,
            exists (select from second_factor f where f.staff_id = s.id and f.confirmed_at is not null) as "second_factor!"
         from staff s where login = $1"#,
        login
    )
    .fetch_optional(conn.pg())
    .await?)
}

/// Whether somebody signed in with this phone in this browser before.
pub async fn browser_knows_phone(conn: &mut Conn, browser: &[u8], phone: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from known_browser k join person p on p.id = k.person_id
            where k.browser = $1 and p.phone = $2) as "known!""#,
        browser,
        phone
    )
    .fetch_one(conn.pg())
    .await?)
}

/// Whether this account signed in in this browser before.
pub async fn browser_knows_login(conn: &mut Conn, browser: &[u8], login: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from known_browser k join staff s on s.id = k.staff_id
            where k.browser = $1 and s.login = $2) as "known!""#,
        browser,
        login
    )
    .fetch_one(conn.pg())
    .await?)
}

/// Remembers that they signed in in this browser; whether they never did before, and did in others: somebody else may have.
pub async fn know_browser(conn: &mut Conn, browser: &[u8], who: Who, now: OffsetDateTime) -> Result<bool, StoreError> {
    let (person, staff) = who.ids();
    let new = sqlx::query_scalar!(
        r#"with before as (
            select count(*) as browsers, count(*) filter (where browser = $1) as here from known_browser
            where person_id = $2::bigint or staff_id = $3::bigint),
        kept as (insert into known_browser (browser, person_id, staff_id, seen_at) values ($1, $2, $3, $4)
            on conflict on constraint known_browser_key do update set seen_at = excluded.seen_at)
        select here = 0 and browsers > 0 as "new!" from before"#,
        browser,
        person,
        staff,
        now
    )
    .fetch_one(conn.pg())
    .await?;
    Ok(new)
}

/// Who of the staff signed in last in this browser, for the rating that a member gives in it; nobody where none ever did.
///
/// # Errors
/// When the database does not answer.
pub async fn staff_in_browser(conn: &mut Conn, browser: &[u8]) -> Result<Option<Aid>, StoreError> {
    Ok(sqlx::query_as!(Aid, r#"select staff as "staff!", name as "name!", at as "at!" from staff_in_browser($1)"#, browser)
        .fetch_optional(conn.pg())
        .await?)
}

/// Sets a password; whoever sets it for another person makes it a first password.
pub async fn set_password(conn: &mut Conn, staff: StaffId, hash: &str, must_change: bool) -> Result<(), StoreError> {
    sqlx::query!("update staff set password_hash = $2, must_change_password = $3 where id = $1", staff, hash, must_change)
        .execute(conn.pg())
        .await?;
    Ok(())
}

/// A staff account to be made.
#[derive(Debug, Clone)]
pub struct NewStaff<'a> {
    /// Sign-in name.
    pub login: &'a str,
    pub name: &'a str,
    /// Duty and scope.
    pub duty: Duty,
    /// argon2id, PHC form.
    pub password_hash: &'a str,
    /// Whether the first password must be changed.
    pub must_change: bool,
}

/// The columns of a duty's scope: area, department, station.
pub(crate) fn scope_of(duty: &Duty) -> (Option<AreaCode>, Option<DepartmentId>, Option<StationId>) {
    match *duty {
        Duty::Station { station, area } => (Some(area), None, Some(station)),
        Duty::Handler { department } => (None, Some(department), None),
        Duty::Centre { area }
        | Duty::Supervisor { area }
        | Duty::Leader { area }
        | Duty::PolicyEditor { area }
        | Duty::Administrator { area } => (Some(area), None, None),
    }
}

/// Adds a staff account.
///
/// # Errors
/// [`StoreError::Conflict`] with `staff_login_key` when the name is taken.
pub async fn add_staff(conn: &mut Conn, new: &NewStaff<'_>, now: OffsetDateTime) -> Result<StaffId, StoreError> {
    add_staff_in(conn.pg(), new, now).await
}

/// As [`add_staff`], in a transaction.
pub(crate) async fn add_staff_in(tx: &mut PgConnection, new: &NewStaff<'_>, now: OffsetDateTime) -> Result<StaffId, StoreError> {
    let (area, department, station) = scope_of(&new.duty);
    Ok(sqlx::query_scalar!(
        "insert into staff (login, name, role, area, department_id, station_id, password_hash, must_change_password, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
        new.login,
        new.name,
        new.duty.code(),
        area,
        department,
        station,
        new.password_hash,
        new.must_change,
        now
    )
    .fetch_one(tx)
    .await?)
}

/// Counts a hit against a limit shared by all servers; `false` when it is used up in the current window.
pub async fn hit_rate_limit(
    conn: &mut Conn,
    key: &str,
    window: Duration,
    limit: i32,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    Ok(count_hit(conn, key, window, now).await? <= limit)
}

/// Counts a hit, across all servers; answers how many there are in the current window, this one included.
pub async fn count_hit(conn: &mut Conn, key: &str, window: Duration, now: OffsetDateTime) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar!(
        "insert into rate_limit as r (key, window_start, count) values ($1, $2, 1)
         on conflict (key) do update set
            count = case when r.window_start <= $3 then 1 else r.count + 1 end,
            window_start = case when r.window_start <= $3 then $2 else r.window_start end
         returning count",
        key,
        now,
        now - window
    )
    .fetch_one(conn.pg())
    .await?)
}

/// Since when a key is counted; `None` where it never was.
pub async fn counted_since(conn: &mut Conn, key: &str) -> Result<Option<OffsetDateTime>, StoreError> {
    Ok(sqlx::query_scalar!("select window_start from rate_limit where key = $1", key).fetch_optional(conn.pg()).await?)
}

/// Forgets a counter.
pub async fn forget_limit(conn: &mut Conn, key: &str) -> Result<(), StoreError> {
    sqlx::query!("delete from rate_limit where key = $1", key).execute(conn.pg()).await?;
    Ok(())
}

/// Forgets the counters whose keys begin like this, as an operator does; answers how many there were. It reads every counter of a day: whoever
/// signs in forgets by name ([`forget_limit`]).
pub async fn forget_limits(conn: &mut Conn, prefix: &str) -> Result<u64, StoreError> {
    Ok(sqlx::query!("delete from rate_limit where starts_with(key, $1)", prefix).execute(conn.pg()).await?.rows_affected())
}
