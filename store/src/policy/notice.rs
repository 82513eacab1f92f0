//! What members are told of policies (S-23): a new match once, a deadline 14 and 3 days before, one digest a day at most, each
//! as the member wants it.

use super::settle;
use crate::{Conn, StoreError};
use domain::actor::{EnterpriseId, PersonId};
use domain::notice::daytime;
use domain::policy::money::Fen;
use domain::policy::notice::{IN_APP, Kind, Line, Occasion, SMS, digest};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

/// Kinds of notices a member can choose: code and label.
pub const KINDS: [(&str, &str); 3] = {
    let [new, deadline, application] = [Kind::New, Kind::Deadline, Kind::Application];
    [(new.code(), new.label()), (deadline.code(), deadline.label()), (application.code(), application.label())]
};

const FORTNIGHT: i32 = days(Occasion::Fortnight);
const LAST_DAYS: i32 = days(Occasion::LastDays);

const fn days(occasion: Occasion) -> i32 {
    match occasion.days() {
        Some(days) => days,
        None => 0,
    }
}

/// How a member wants to be told of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    pub kind: String,
    pub in_app: bool,
    pub sms: bool,
}

/// A member's choices, one for every kind.
///
/// # Errors
/// [`StoreError`].
pub async fn preferences(conn: &mut Conn, person: PersonId, enterprise: EnterpriseId) -> Result<Vec<Preference>, StoreError> {
    let rows = sqlx::query_as!(
        Preference,
        "select kind, in_app, sms from policy_preference where person_id = $1 and enterprise_id = $2",
        person,
        enterprise
    )
    .fetch_all(conn.pg())
    .await?;
    let of = |kind: &Kind| {
        let found = rows.iter().find(|row| row.kind == kind.code()).cloned();
        found.unwrap_or(Preference { kind: kind.code().to_owned(), in_app: IN_APP, sms: SMS })
    };
    Ok(Kind::ALL.iter().map(of).collect())
}

/// The tags a member wants to hear of; none means all.
///
/// # Errors
/// [`StoreError`].
pub async fn subscriptions(conn: &mut Conn, person: PersonId, enterprise: EnterpriseId) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select tag from policy_subscription where person_id = $1 and enterprise_id = $2 order by tag",
        person,
        enterprise
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Sets a member's choices.
///
/// # Errors
/// [`StoreError`]; nothing was changed then.
pub async fn choose(
    conn: &mut Conn,
    person: PersonId,
    enterprise: EnterpriseId,
    preferences: &[Preference],
    tags: &[String],
) -> Result<(), StoreError> {
    let mut tx = conn.pg().begin().await?;
    for preference in preferences {
        sqlx::query!(
            "insert into policy_preference (person_id, enterprise_id, kind, in_app, sms) values ($1, $2, $3, $4, $5)
             on conflict (person_id, enterprise_id, kind) do update set in_app = excluded.in_app, sms = excluded.sms",
            person,
            enterprise,
            preference.kind,
            preference.in_app,
            preference.sms
        )
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query!(
        "delete from policy_subscription where person_id = $1 and enterprise_id = $2 and tag <> all($3)",
        person,
        enterprise,
        tags
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into policy_subscription (person_id, enterprise_id, tag) select $1, $2, t from unnest($3::text[]) t
            on conflict do nothing",
        person,
        enterprise,
        tags
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Queues the reminders of windows that end soon ([`Occasion::reminder`]), for whoever matched before and has not applied. Needs
/// the system's scope; runs as often as one likes, and makes up for a day on which it did not run. A later window of the same
/// item is told again.
///
/// # Errors
/// [`StoreError`].
pub async fn queue_deadlines(conn: &mut Conn, on: Date, now: OffsetDateTime) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "insert into policy_notice (enterprise_id, item_id, kind, queued_at)
         select m.enterprise_id, m.item_id, d.kind, $2
         from policy_version v
         cross join lateral (select case when v.apply_to - $1 <= $3 then 'deadline3' else 'deadline14' end as kind,
            case when v.apply_to - $1 <= $3 then $3 else $4 end as days) d
         join policy_match m on m.item_id = v.item_id and m.version = v.version
         where v.state = 'published' and v.mode <> 'automatic' and v.apply_to between $1 and $1 + $4
            -- Who came later was told of the last day with the match itself.
            and exists (select from policy_step s where s.item_id = m.item_id and s.step = 'matched'
                and s.enterprise_id = m.enterprise_id and (s.at at time zone 'Asia/Shanghai')::date <= v.apply_to - d.days)
            and not exists (select from application a where a.enterprise_id = m.enterprise_id and a.item_id = m.item_id
                and a.state <> 'withdrawn' and a.submitted_at >= coalesce(v.apply_from, v.valid_from))
         -- Within a window the same reminder comes up from its first day until the next one's: what is older is another window's.
         on conflict (enterprise_id, item_id, kind) do update set queued_at = excluded.queued_at, told_at = null
            where policy_notice.queued_at < excluded.queued_at - make_interval(days => $4 - $3 + 1)",
        on,
        now,
        LAST_DAYS,
        FORTNIGHT
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected())
}

/// Tells up to `limit` enterprises that have something untold and no digest today: one message for each member who wants it.
/// Needs the system's scope; any number of servers may run it at once. Answers how many enterprises were told.
///
/// # Errors
/// [`StoreError`]; nothing was told then.
pub async fn tell(conn: &mut Conn, on: Date, now: OffsetDateTime, limit: i64) -> Result<usize, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let done = tell_in(&mut tx, on, now, limit).await;
    settle(tx, done).await
}

async fn tell_in(tx: &mut PgConnection, on: Date, now: OffsetDateTime, limit: i64) -> Result<usize, StoreError> {
    // The day's row is the lock: of two servers one inserts it, and only that one tells.
    let enterprises = sqlx::query_scalar!(
        "insert into policy_digest (enterprise_id, day)
         select n.enterprise_id, $1 from (select distinct enterprise_id from policy_notice where told_at is null
            and not exists (select from policy_digest d where d.enterprise_id = policy_notice.enterprise_id and d.day = $1)
            order by enterprise_id limit $2) n
         on conflict do nothing returning enterprise_id",
        on,
        limit
    )
    .fetch_all(&mut *tx)
    .await?;
    if enterprises.is_empty() {
        return Ok(0);
    }
    let rows = untold(tx, &enterprises, now).await?;
    let (messages, sms) = compose(&rows)?;
    write_messages(tx, &messages, now).await?;
    sqlx::query!(
        "insert into job (kind, payload, run_at, created_at) select 'sms_notice', payload, $2, $3
            from unnest($1::jsonb[]) payload",
        &sms,
        daytime(now),
        now
    )
    .execute(&mut *tx)
    .await?;
    let reached = || rows.iter().filter(|row| row.in_app || row.sms);
    sqlx::query!(
        "insert into policy_step (enterprise_id, item_id, step, at)
         select distinct e, i, 'told', $3::timestamptz from unnest($1::bigint[], $2::bigint[]) t (e, i) on conflict do nothing",
        &reached().map(|row| row.enterprise_id).collect::<Vec<_>>(),
        &reached().map(|row| row.item_id).collect::<Vec<_>>(),
        now
    )
    .execute(tx)
    .await?;
    Ok(enterprises.len())
}

/// What these enterprises have not been told, once for each member who subscribed to it; it counts as told from here on.
async fn untold(tx: &mut PgConnection, enterprises: &[EnterpriseId], now: OffsetDateTime) -> Result<Vec<Told>, StoreError> {
    Ok(sqlx::query_as!(
        Told,
        r#"with told as (
            update policy_notice set told_at = $2 where enterprise_id = any($1) and told_at is null
            returning enterprise_id, item_id, kind
        )
        select t.enterprise_id, t.item_id, m.person_id, p.phone, t.kind, i.code, v.title, x.amount, v.apply_to,
            coalesce(f.in_app, $3) as "in_app!", coalesce(f.sms, $4) as "sms!"
        from told t
        -- What no longer matches is not told any more.
        join policy_match x on x.enterprise_id = t.enterprise_id and x.item_id = t.item_id
        join policy_item i on i.id = t.item_id
        join policy_version v on v.item_id = x.item_id and v.version = x.version and v.state = 'published'
        join membership m on m.enterprise_id = t.enterprise_id
        join person p on p.id = m.person_id
        left join policy_preference f on f.person_id = m.person_id and f.enterprise_id = m.enterprise_id
            and f.kind = case t.kind when 'new' then 'new' else 'deadline' end
        where not exists (select from policy_subscription s where s.person_id = m.person_id and s.enterprise_id = m.enterprise_id)
            or exists (select from policy_subscription s where s.person_id = m.person_id and s.enterprise_id = m.enterprise_id
                and s.tag = any(v.tags))
        order by t.enterprise_id, m.person_id, t.kind, x.amount desc, i.code"#,
        enterprises,
        now,
        IN_APP,
        SMS
    )
    .fetch_all(tx)
    .await?)
}

/// Messages and SMS of rows that lie together by enterprise and member.
fn compose(rows: &[Told]) -> Result<(Messages, Vec<Value>), StoreError> {
    let (mut messages, mut sms) = (Messages::default(), Vec::new());
    for mine in rows.chunk_by(|a, b| (a.enterprise_id, a.person_id) == (b.enterprise_id, b.person_id)) {
        let lines =
            |wanted: fn(&Told) -> bool| mine.iter().filter(|row| wanted(row)).map(Told::line).collect::<Result<Vec<_>, _>>();
        if let Some(digest) = digest(&lines(|row| row.in_app)?) {
            messages.persons.push(mine[0].person_id);
            messages.enterprises.push(mine[0].enterprise_id);
            messages.titles.push(digest.title);
            messages.bodies.push(digest.body);
            messages.links.push(digest.link);
        }
        if let Some(digest) = digest(&lines(|row| row.sms)?) {
            sms.push(json!({ "phone": mine[0].phone, "text": digest.title, "about": "policy" }));
        }
    }
    Ok((messages, sms))
}

async fn write_messages(tx: &mut PgConnection, messages: &Messages, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into message (person_id, enterprise_id, number, kind, title, body, link, created_at)
         select person, enterprise, '', 'policy', title, body, link, $6
         from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]) m (person, enterprise, title, body, link)",
        &messages.persons,
        &messages.enterprises,
        &messages.titles,
        &messages.bodies,
        &messages.links,
        now
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Something untold, and a member who may be told of it.
struct Told {
    enterprise_id: EnterpriseId,
    item_id: i64,
    person_id: PersonId,
    phone: String,
    kind: String,
    code: String,
    title: String,
    amount: i64,
    apply_to: Option<Date>,
    in_app: bool,
    sms: bool,
}

impl Told {
    fn line(&self) -> Result<Line<'_>, StoreError> {
        let known = Occasion::from_code(&self.kind);
        let occasion = known.ok_or_else(|| StoreError::Unreadable(format!("policy notice: {}", self.kind)))?;
        Ok(Line { occasion, code: &self.code, title: &self.title, amount: Fen(self.amount), until: self.apply_to })
    }
}

/// Messages, column by column.
#[derive(Default)]
struct Messages {
    persons: Vec<PersonId>,
    enterprises: Vec<EnterpriseId>,
    titles: Vec<String>,
    bodies: Vec<String>,
    links: Vec<String>,
}
