//! Deletes and makes anonymous what has been kept long enough (`domain::retention`), a batch a transaction; needs the system's scope. Doing it
//! twice, or on two servers at once, does nothing more. No column that is changed here is part of a chain (`crate::audit`).

use crate::job::ATTEMPTS;
use crate::{Conn, StoreError};
use domain::retention::{Kind, Rule, Schedule};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Every time that an administrator set. Any scope may ask: how long something is kept is no secret.
///
/// # Errors
/// [`StoreError`].
pub async fn schedule(conn: &mut Conn) -> Result<Schedule, StoreError> {
    let rows = sqlx::query!("select kind, from_day, days from retention_setting order by id").fetch_all(conn.pg()).await?;
    Ok(Schedule::new(rows.into_iter().map(|row| (row.kind, row.from_day, row.days.map(i64::from)))))
}

/// What one batch came to.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Rows deleted or made anonymous.
    pub done: i64,
    /// Objects whose files go as well.
    pub objects: Vec<Uuid>,
}

/// How much there is of a kind whose time is over.
///
/// # Errors
/// [`StoreError`].
pub async fn count(conn: &mut Conn, rule: &Rule, now: OffsetDateTime) -> Result<i64, StoreError> {
    let before = rule.before(now);
    macro_rules! count {
        ($sql:literal $(, $value:expr)*) => {
            sqlx::query_scalar!(r#"select count(*) as "count!" from "# + $sql, before $(, $value)*).fetch_one(conn.pg()).await?
        };
    }
    Ok(match rule.kind {
        Kind::Session => count!("session where expires_at < $1"),
        Kind::Code => count!("login_code where expires_at < $1"),
        Kind::HalfSignIn => count!("half_sign_in where expires_at < $1"),
        Kind::Counter => count!("rate_limit where window_start < $1"),
        Kind::Browser => count!("known_browser where seen_at < $1"),
        Kind::FilingDraft => count!("filing_draft where at < $1"),
        Kind::Photo => count!(
            "photo p where issue_id is null and created_at < $1 and not exists (select from filing_draft d where p.id = any (d.photos))"
        ),
        Kind::Prepared => count!("application_prepared where at < $1"),
        Kind::File => count!(
            "application_file f where application_id is null and created_at < $1 and not exists (select from application_prepared p
                where p.enterprise_id = f.enterprise_id and p.item_id = f.prepared_for)"
        ),
        Kind::MessageRead => count!("message where read_at < $1"),
        Kind::MessageUnread => count!("message where read_at is null and created_at < $1"),
        Kind::IssueContact => {
            count!("issue where ended_at < $1 and not open and (contact_name, contact_phone) <> ('', '')")
        }
        Kind::ApplicationContact => count!(
            "application where state in ('paid', 'rejected', 'withdrawn') and state_at < $1 and (contact_name, contact_phone) <> ('', '')"
        ),
        Kind::Person => count!(
            "person p where created_at < $1 and phone not like 'gone-%' and not exists (select from membership m where m.person_id = p.id)
                and not exists (select from known_browser k where k.person_id = p.id and k.seen_at >= $1)
                and not exists (select from session s where s.person_id = p.id and s.seen_at >= $1)"
        ),
        Kind::Job => count!("job where attempts >= $2 and run_at < $1", ATTEMPTS),
        Kind::Notice => count!("outbox_aside where at < $1"),
        Kind::Delivery => count!("notice_delivery where at < $1"),
        Kind::ApiAnswer => count!("api_answer where at < $1"),
        Kind::ApiDelivery => count!("api_delivery where at < $1"),
        Kind::SecurityEvent => count!("security_event where at < least($1, now() - interval '183 days')"),
    })
}

/// Sees to at most so many rows of a kind.
///
/// # Errors
/// [`StoreError`]; nothing was changed then.
pub async fn apply(conn: &mut Conn, rule: &Rule, now: OffsetDateTime, most: i32) -> Result<Batch, StoreError> {
    let before = rule.before(now);
    // Rows are named by where they lie: one that somebody changes meanwhile lies elsewhere, and is not touched.
    macro_rules! delete {
        ($table:literal, $condition:literal $(, $value:expr)*) => {{
            let sql = sqlx::query!(
                "delete from " + $table + " where ctid = any (array(select ctid from " + $table + " where " + $condition + " limit $2))",
                before, i64::from(most) $(, $value)*
            );
            done(sql.execute(conn.pg()).await?)
        }};
    }
    Ok(match rule.kind {
        Kind::Session => delete!("session", "expires_at < $1"),
        Kind::Code => delete!("login_code", "expires_at < $1"),
        Kind::HalfSignIn => delete!("half_sign_in", "expires_at < $1"),
        Kind::Counter => delete!("rate_limit", "window_start < $1"),
        Kind::Browser => delete!("known_browser", "seen_at < $1"),
        Kind::FilingDraft => delete!("filing_draft", "at < $1"),
        // What a draft holds stays as long as the draft.
        Kind::Photo => objects(
            sqlx::query_scalar!(
                "delete from photo where id = any (array(select id from photo p where issue_id is null and created_at < $1
                        and not exists (select from filing_draft d where p.id = any (d.photos)) limit $2))
                    and issue_id is null returning id",
                before,
                i64::from(most)
            )
            .fetch_all(conn.pg())
            .await?,
        ),
        Kind::Prepared => delete!("application_prepared", "at < $1"),
        Kind::File => objects(
            sqlx::query_scalar!(
                "delete from application_file where id = any (array(select id from application_file f
                    where application_id is null and created_at < $1 and not exists (select from application_prepared p
                        where p.enterprise_id = f.enterprise_id and p.item_id = f.prepared_for) limit $2))
                    and application_id is null returning id",
                before,
                i64::from(most)
            )
            .fetch_all(conn.pg())
            .await?,
        ),
        Kind::MessageRead => delete!("message", "read_at < $1"),
        Kind::MessageUnread => delete!("message", "read_at is null and created_at < $1"),
        Kind::IssueContact => {
            let done = sqlx::query_scalar!(r#"select forget_contacts($1, $2) as "done!""#, before, most).fetch_one(conn.pg()).await?;
            Batch { done, objects: vec![] }
        }
        Kind::ApplicationContact => done(
            sqlx::query!(
                "update application set contact_name = '', contact_phone = '' where ctid = any (array(select ctid from application
                    where state in ('paid', 'rejected', 'withdrawn') and state_at < $1 and (contact_name, contact_phone) <> ('', '')
                    limit $2))",
                before,
                i64::from(most)
            )
            .execute(conn.pg())
            .await?,
        ),
        Kind::Person => forget_persons(conn, before, most).await?,
        Kind::Job => delete!("job", "attempts >= $3 and run_at < $1", ATTEMPTS),
        Kind::Notice => delete!("outbox_aside", "at < $1"),
        Kind::Delivery => delete!("notice_delivery", "at < $1"),
        Kind::ApiAnswer => delete!("api_answer", "at < $1"),
        Kind::ApiDelivery => delete!("api_delivery", "at < $1"),
        // The log only grows, but for this function.
        Kind::SecurityEvent => {
            let done =
                sqlx::query_scalar!(r#"select forget_security_events($1, $2) as "done!""#, before, most).fetch_one(conn.pg()).await?;
            Batch { done, objects: vec![] }
        }
    })
}

fn done(result: sqlx::postgres::PgQueryResult) -> Batch {
    Batch { done: i64::try_from(result.rows_affected()).unwrap_or(i64::MAX), objects: vec![] }
}

fn objects(objects: Vec<Uuid>) -> Batch {
    Batch { done: i64::try_from(objects.len()).unwrap_or(i64::MAX), objects }
}

/// Whoever filed stays as a number: issues, applications and facts refer to it. Their messages, sessions and browsers go.
async fn forget_persons(conn: &mut Conn, before: OffsetDateTime, most: i32) -> Result<Batch, StoreError> {
    let done = sqlx::query_scalar!(
        r#"with gone as (
            update person set phone = 'gone-' || id, name = '已注销' where ctid = any (array(select p.ctid from person p
                where created_at < $1 and phone not like 'gone-%' and not exists (select from membership m where m.person_id = p.id)
                    and not exists (select from known_browser k where k.person_id = p.id and k.seen_at >= $1)
                    and not exists (select from session s where s.person_id = p.id and s.seen_at >= $1)
                limit $2)) returning id),
        messages as (delete from message where person_id in (select id from gone)),
        browsers as (delete from known_browser where person_id in (select id from gone)),
        sessions as (delete from session where person_id in (select id from gone))
        select count(*) as "done!" from gone"#,
        before,
        i64::from(most)
    )
    .fetch_one(conn.pg())
    .await?;
    Ok(Batch { done, objects: vec![] })
}

/// Whether a kind has been seen to on a day.
///
/// # Errors
/// [`StoreError`].
pub async fn is_done(conn: &mut Conn, rule: &Rule, day: Date) -> Result<bool, StoreError> {
    let sql = sqlx::query_scalar!(
        r#"select exists (select from retention_run where kind = $1 and day = $2) as "done!""#,
        rule.code,
        day
    );
    Ok(sql.fetch_one(conn.pg()).await?)
}

/// Notes what a day came to; the first that says so is believed.
///
/// # Errors
/// [`StoreError`].
pub async fn note(conn: &mut Conn, rule: &Rule, day: Date, done: i64, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into retention_run (kind, day, done, at) values ($1, $2, $3, $4) on conflict do nothing",
        rule.code,
        day,
        done,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}
