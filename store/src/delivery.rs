//! 通知方式 and 发送记录: the routing table, where somebody wants to be reached, what became of each text message and mail.

use crate::{Conn, Page, StoreError, cursor, job, parse_cursor};
use domain::actor::CITY;
use domain::administration::{Kind, Tail};
use domain::issue::channel::{Audience, Channel, Routes, line, mask_mail};
use domain::mask;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;

/// The routing table. Needs the system's scope, or an administrator's.
///
/// # Errors
/// [`StoreError`].
pub async fn routes(conn: &mut Conn) -> Result<Routes, StoreError> {
    routes_in(conn.pg()).await
}

pub(crate) async fn routes_in(conn: &mut PgConnection) -> Result<Routes, StoreError> {
    let rows = sqlx::query!("select step, audience, channel, told from notice_route").fetch_all(conn).await?;
    // What this version does not know any more is nobody's.
    let lines = rows
        .into_iter()
        .filter_map(|row| Some((row.step, Audience::from_code(&row.audience)?, Channel::from_code(&row.channel)?, row.told)));
    Ok(Routes::new(lines))
}

/// A line of the table that an administrator changes.
#[derive(Debug, Clone)]
pub struct Line {
    pub step: String,
    pub audience: Audience,
    pub channel: Channel,
    pub told: bool,
}

/// Writes lines, each with its change in the log of settings.
///
/// # Errors
/// [`StoreError::RowRefused`] for whoever is no administrator of the city.
pub async fn put(conn: &mut Conn, lines: &[Line], who: &str, tail: &Tail, now: OffsetDateTime) -> Result<(), StoreError> {
    let mut tx = conn.pg().begin().await?;
    for line in lines {
        sqlx::query!(
            "insert into notice_route (step, audience, channel, told, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6)
             on conflict (step, audience, channel) do update set told = excluded.told, changed_at = excluded.changed_at,
                changed_by = excluded.changed_by",
            line.step,
            line.audience.code(),
            line.channel.code(),
            line.told,
            now,
            who
        )
        .execute(&mut *tx)
        .await?;
        let key = format!("{}/{}/{}", line.step, line.audience.code(), line.channel.code());
        let (before, after) = (json!({ "told": !line.told }), json!({ "told": line.told }));
        let change = crate::administration::change::NewChange {
            who,
            area: CITY,
            kind: Kind::Route,
            key: &key,
            before: Some(&before),
            after: Some(&after),
            tail,
        };
        crate::administration::change::record_in(&mut tx, &change, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Where somebody of staff, or a member, wants to be reached; empty: not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    pub mobile: String,
    pub mail: String,
}

/// One's own.
///
/// # Errors
/// [`StoreError`].
pub async fn address(conn: &mut Conn) -> Result<Address, StoreError> {
    let found = sqlx::query_as!(
        Address,
        "select mobile, mail from notice_address where person_id = scope_id('person') or staff_id = scope_id('staff')"
    )
    .fetch_optional(conn.pg())
    .await?;
    Ok(found.unwrap_or_default())
}

/// Writes one's own.
///
/// # Errors
/// [`StoreError`].
pub async fn put_address(conn: &mut Conn, address: &Address, now: OffsetDateTime) -> Result<(), StoreError> {
    let changed = sqlx::query!(
        "update notice_address set mobile = $1, mail = $2, changed_at = $3
         where person_id = scope_id('person') or staff_id = scope_id('staff')",
        address.mobile,
        address.mail,
        now
    )
    .execute(conn.pg())
    .await?;
    if changed.rows_affected() == 0 {
        sqlx::query!(
            "insert into notice_address (person_id, staff_id, mobile, mail, changed_at)
             values (scope_id('person'), scope_id('staff'), $1, $2, $3)",
            address.mobile,
            address.mail,
            now
        )
        .execute(conn.pg())
        .await?;
    }
    Ok(())
}

/// What became of a message.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: i64,
    pub at: OffsetDateTime,
    pub number: String,
    pub step: String,
    pub audience: String,
    pub channel: String,
    pub address: String,
    pub state: String,
    pub attempts: i32,
    pub error: String,
    pub due_at: OffsetDateTime,
    pub done_at: Option<OffsetDateTime>,
}

/// Which deliveries; what is empty asks nothing.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub state: String,
    pub channel: String,
    pub audience: String,
    /// A part of the issue's number, or of the masked address.
    pub words: String,
}

/// The latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn, wanted: &Wanted, after: Option<&str>, limit: i64) -> Result<Page<Delivery>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((crate::NEVER, i64::MAX));
    let rows = sqlx::query_as!(
        Delivery,
        "select id, at, number, step, audience, channel, address, state, attempts, error, due_at, done_at from notice_delivery
         where (at, id) < ($1, $2) and ($3 = '' or state = $3) and ($4 = '' or channel = $4) and ($5 = '' or audience = $5)
            and ($6 = '' or strpos(number, $6) > 0 or strpos(address, $6) > 0) order by at desc, id desc limit $7",
        at,
        id,
        wanted.state,
        wanted.channel,
        wanted.audience,
        wanted.words,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, limit, |row| cursor(row.at, row.id)))
}

/// Has one that was given up sent again; whether it was one.
///
/// # Errors
/// [`StoreError`].
pub async fn again(conn: &mut Conn, id: i64) -> Result<bool, StoreError> {
    let done = sqlx::query!("update notice_delivery set state = 'again' where id = $1 and state in ('dead', 'off')", id);
    Ok(done.execute(conn.pg()).await?.rows_affected() == 1)
}

/// What became of a try. Needs the system's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried<'a> {
    Sent,
    /// To be tried again, unless it was the last time.
    Failed {
        attempts: i32,
        error: &'a str,
    },
    /// There is no way: nobody set one up.
    Off,
}

/// Notes what became of a try.
///
/// # Errors
/// [`StoreError`].
pub async fn tried(conn: &mut Conn, id: i64, tried: Tried<'_>, now: OffsetDateTime) -> Result<(), StoreError> {
    let (state, error, attempts) = match tried {
        Tried::Sent => ("sent", "", None),
        Tried::Failed { attempts, error } if attempts >= job::ATTEMPTS => ("dead", error, Some(attempts)),
        Tried::Failed { attempts, error } => ("failed", error, Some(attempts)),
        Tried::Off => ("off", "", None),
    };
    sqlx::query!(
        "update notice_delivery set state = $2, error = $3, attempts = coalesce($4, attempts + 1),
            done_at = case when $2 = 'sent' then $5::timestamptz end where id = $1",
        id,
        state,
        error,
        attempts,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Whom a step is told by text message or mail, a column each.
#[derive(Default)]
pub(crate) struct Sendings {
    pub recipients: Vec<String>,
    pub ids: Vec<i64>,
    pub codes: Vec<String>,
    pub issues: Vec<i64>,
    pub numbers: Vec<String>,
    pub areas: Vec<i32>,
    pub steps: Vec<String>,
    pub by: Vec<String>,
    pub lines: Vec<String>,
}

/// Plans what is to be sent, not before `due`: to each who may be reached by the channel, with its line in the log.
pub(crate) async fn plan(
    tx: &mut PgConnection,
    wanted: &Sendings,
    now: OffsetDateTime,
    due: OffsetDateTime,
) -> Result<(), StoreError> {
    if wanted.ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        r#"with told as (
            select n.*, m.person_id, s.id as staff_id
            from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::integer[], $7::text[], $8::text[], $9::text[])
                as n (recipient, id, code, issue_id, number, area, step, channel, line)
            left join membership m on n.recipient = 'enterprise' and m.enterprise_id = n.id
            left join staff s on s.active and ((n.recipient = 'department' and s.department_id = n.id and s.role = 'handler')
                or (n.recipient in ('centre', 'leader', 'supervisor') and s.role = n.recipient and s.area = n.id)
                or (n.recipient = 'board' and s.role = 'handler'
                    and s.department_id = (select d.id from department d where d.code = n.code)))
        ), reached as materialized (
            select t.*, nextval(pg_get_serial_sequence('notice_delivery', 'id')) as delivery,
                case when t.channel = 'mail' then a.mail when t.person_id is not null then p.phone else a.mobile end as address
            from told t
            left join notice_address a on a.person_id = t.person_id or a.staff_id = t.staff_id
            left join person p on p.id = t.person_id and p.issue_sms
        ), noted as (
            insert into notice_delivery (id, at, issue_id, number, area, step, audience, channel, person_id, staff_id, address, state, due_at)
            overriding system value
            select delivery, $10, issue_id, number, area, step, recipient, channel, person_id, staff_id,
                case when channel = 'mail' then left(address, 2) || '***@' || split_part(address, '@', 2)
                    else left(address, 3) || '****' || right(address, 4) end, 'waiting', $11 from reached where address <> ''
        )
        insert into job (kind, payload, run_at, created_at)
        select case channel when 'mail' then 'mail_notice' else 'sms_notice' end,
            case channel when 'mail' then jsonb_build_object('mail', address, 'text', line, 'delivery', delivery)
                else jsonb_build_object('phone', address, 'text', line, 'about', 'issue', 'delivery', delivery) end, $11, $10
        from reached where address <> ''"#,
        &wanted.recipients,
        &wanted.ids,
        &wanted.codes,
        &wanted.issues,
        &wanted.numbers,
        &wanted.areas,
        &wanted.steps,
        &wanted.by,
        &wanted.lines,
        now,
        due
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Plans once more what an administrator asked for, to where somebody may be reached now; answers how many. Needs the system's scope.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(conn: &mut Conn, now: OffsetDateTime, due: OffsetDateTime) -> Result<usize, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let rows = sqlx::query!(
        r#"select d.id, d.number, d.step, d.audience, d.channel, coalesce(case when d.channel = 'mail' then a.mail
                when d.person_id is not null then p.phone else a.mobile end, '') as "address!"
         from notice_delivery d left join notice_address a on a.person_id = d.person_id or a.staff_id = d.staff_id
         left join person p on p.id = d.person_id and p.issue_sms
         where d.state = 'again' order by d.id limit 100 for update of d skip locked"#
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &rows {
        let audience = Audience::from_code(&row.audience).unwrap_or(Audience::Centre);
        let text = line(&row.step, audience, &row.number);
        let mail = row.channel == Channel::Mail.code();
        if row.address.is_empty() {
            sqlx::query!("update notice_delivery set state = 'dead', error = '没有可以送达的号码或邮箱' where id = $1", row.id)
                .execute(&mut *tx)
                .await?;
            continue;
        }
        let payload = if mail {
            json!({ "mail": row.address, "text": text, "delivery": row.id })
        } else {
            json!({ "phone": row.address, "text": text, "about": "issue", "delivery": row.id })
        };
        let kind = if mail { job::Kind::MailNotice } else { job::Kind::SmsNotice };
        let shown = if mail { mask_mail(&row.address) } else { mask::phone(&row.address) };
        sqlx::query!(
            "insert into job (kind, payload, run_at, created_at) values ($1, $2, $3, $4)",
            kind.code(),
            payload,
            due,
            now
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "update notice_delivery set state = 'waiting', attempts = 0, error = '', address = $2, due_at = $3 where id = $1",
            row.id,
            shown,
            due
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(rows.len())
}
