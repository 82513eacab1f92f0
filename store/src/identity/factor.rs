//! The second factor of staff: secrets, recovery codes, and whoever stands between password and code.

use super::Who;
use crate::{Conn, StoreError};
use domain::actor::StaffId;
use time::OffsetDateTime;

/// The second factor of an account.
#[derive(Debug, Clone)]
pub struct Factor {
    /// The shared secret (RFC 4226, R6).
    pub secret: Vec<u8>,
    /// Since when it is asked for; none while it is only offered.
    pub confirmed_at: Option<OffsetDateTime>,
    /// Recovery codes that are left.
    pub codes: i64,
}

/// The second factor of an account, offered or confirmed.
pub async fn factor(conn: &mut Conn, staff: StaffId) -> Result<Option<Factor>, StoreError> {
    Ok(sqlx::query_as!(
        Factor,
        r#"select secret, confirmed_at,
            (select count(*) from recovery_code c where c.staff_id = f.staff_id and c.used_at is null) as "codes!"
         from second_factor f where staff_id = $1"#,
        staff
    )
    .fetch_optional(conn.pg())
    .await?)
}

/// Offers a secret in place of one that was not confirmed; `false` where one is confirmed already.
pub async fn offer_factor(conn: &mut Conn, staff: StaffId, secret: &[u8], now: OffsetDateTime) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "insert into second_factor as f (staff_id, secret, created_at) values ($1, $2, $3)
         on conflict (staff_id) do update set secret = excluded.secret, created_at = excluded.created_at, last_step = 0
            where f.confirmed_at is null",
        staff,
        secret,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Confirms an offered secret by the step of a code that fitted; `false` where it was confirmed already, or is another secret.
pub async fn confirm_factor(
    conn: &mut Conn,
    staff: StaffId,
    secret: &[u8],
    step: i64,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update second_factor set confirmed_at = $4, last_step = $3 where staff_id = $1 and secret = $2 and confirmed_at is null",
        staff,
        secret,
        step,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Uses a step up; `false` where it, or a later one, was used before: on any server, however many ask at once.
pub async fn use_step(conn: &mut Conn, staff: StaffId, step: i64) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update second_factor set last_step = $2 where staff_id = $1 and last_step < $2 and confirmed_at is not null",
        staff,
        step
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts recovery codes, by their hashes, in place of those there are.
pub async fn put_recovery_codes(conn: &mut Conn, staff: StaffId, hashes: &[Vec<u8>]) -> Result<(), StoreError> {
    sqlx::query!(
        "with gone as (delete from recovery_code where staff_id = $1)
         insert into recovery_code (staff_id, code_hash) select $1, hash from unnest($2::bytea[]) hash",
        staff,
        hashes
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Uses a recovery code up; `false` where it is none, or was used. Hashes are compared, so the time it takes says nothing.
pub async fn use_recovery_code(conn: &mut Conn, staff: StaffId, hash: &[u8], now: OffsetDateTime) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update recovery_code set used_at = $3 where staff_id = $1 and code_hash = $2 and used_at is null",
        staff,
        hash,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes the second factor of an account away, with its recovery codes; `false` where there was none.
pub async fn remove_factor(conn: &mut Conn, staff: StaffId) -> Result<bool, StoreError> {
    let gone = sqlx::query!(
        "with codes as (delete from recovery_code where staff_id = $1) delete from second_factor where staff_id = $1",
        staff
    )
    .execute(conn.pg())
    .await?;
    Ok(gone.rows_affected() == 1)
}

/// The same for somebody who lost it: their sessions end first, so whoever found it does not go on. `false` where there was none, and
/// then nothing happens. Whoever calls this has authorised it, and writes it into the security log.
pub async fn reset_second_factor(conn: &mut Conn, staff: StaffId) -> Result<bool, StoreError> {
    if factor(conn, staff).await?.is_none() {
        return Ok(false);
    }
    sqlx::query!("delete from half_sign_in where staff_id = $1", staff).execute(conn.pg()).await?;
    super::end_all_sessions(conn, Who::Staff(staff)).await?;
    remove_factor(conn, staff).await
}

/// Whose password was right in a browser.
#[derive(Debug, Clone)]
pub struct HalfSignIn {
    pub staff: StaffId,
    pub login: String,
    /// Where to, once they are in.
    pub back: String,
}

/// Remembers until when a browser may bring the second factor of an account.
pub async fn begin_half_sign_in(
    conn: &mut Conn,
    browser: &[u8],
    staff: StaffId,
    back: &str,
    until: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into half_sign_in (browser, staff_id, back, expires_at) values ($1, $2, $3, $4)
         on conflict (browser) do update set staff_id = excluded.staff_id, back = excluded.back, expires_at = excluded.expires_at",
        browser,
        staff,
        back,
        until
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Who may bring a second factor in this browser; nobody when it took too long, or the account was switched off.
pub async fn half_sign_in(conn: &mut Conn, browser: &[u8], now: OffsetDateTime) -> Result<Option<HalfSignIn>, StoreError> {
    Ok(sqlx::query_as!(
        HalfSignIn,
        "select h.staff_id as staff, t.login, h.back from half_sign_in h join staff t on t.id = h.staff_id
         where h.browser = $1 and h.expires_at > $2 and t.active",
        browser,
        now
    )
    .fetch_optional(conn.pg())
    .await?)
}

/// The half is whole, or was given up: `false` where another request was quicker.
pub async fn end_half_sign_in(conn: &mut Conn, browser: &[u8]) -> Result<bool, StoreError> {
    let done = sqlx::query!("delete from half_sign_in where browser = $1", browser).execute(conn.pg()).await?;
    Ok(done.rows_affected() == 1)
}

/// Remembers that whoever holds a session proved now who they are.
pub async fn prove_session(conn: &mut Conn, token_hash: &[u8], now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("update session set proved_at = $2 where token_hash = $1", token_hash, now).execute(conn.pg()).await?;
    Ok(())
}

/// Ends every session of an account but one.
pub async fn end_other_sessions(conn: &mut Conn, who: Who, token_hash: &[u8]) -> Result<u64, StoreError> {
    let (person, staff) = who.ids();
    let done = sqlx::query!(
        "delete from session where (person_id = $1 or staff_id = $2) and token_hash <> $3",
        person,
        staff,
        token_hash
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected())
}
