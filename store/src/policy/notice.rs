//! What members are told of policies (S-23): a new match once, a deadline 14 and 3 days before, one digest a day at most, each as the
//! member wants it.

use crate::{Conn, StoreError};
use domain::actor::{EnterpriseId, PersonId};
use domain::policy::money::Fen;
use sqlx::Connection;
use time::{Date, OffsetDateTime};

/// Kinds of notices a member can choose: code and label.
pub const KINDS: [(&str, &str); 3] = [("new", "新匹配的政策"), ("deadline", "申报快截止"), ("application", "申请进展")];

/// How a member wants to be told of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// The kind.
    pub kind: String,
    /// In the app.
    pub in_app: bool,
    /// By SMS.
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
    let of = |kind: &str| {
        let found = rows.iter().find(|row| row.kind == kind).cloned();
        found.unwrap_or(Preference { kind: kind.to_owned(), in_app: true, sms: false })
    };
    Ok(KINDS.iter().map(|(kind, _)| of(kind)).collect())
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
        "insert into policy_subscription (person_id, enterprise_id, tag) select $1, $2, t from unnest($3::text[]) t on conflict do nothing",
        person,
        enterprise,
        tags
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Queues reminders of windows that end in 14 and in 3 days, for whoever matched before and has not applied. Needs the system's scope;
/// runs as often as one likes, and makes up for a day on which it did not run. A later window of the same item is told again.
///
/// # Errors
/// [`StoreError`].
pub async fn queue_deadlines(conn: &mut Conn, on: Date, now: OffsetDateTime) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "insert into policy_notice (enterprise_id, item_id, kind, queued_at)
         select m.enterprise_id, m.item_id, d.kind, $2
         from policy_version v
         cross join lateral (select case when v.apply_to - $1 <= 3 then 'deadline3' else 'deadline14' end as kind,
            case when v.apply_to - $1 <= 3 then 3 else 14 end as days) d
         join policy_match m on m.item_id = v.item_id and m.version = v.version
         where v.state = 'published' and v.mode <> 'automatic' and v.apply_to between $1 and $1 + 14
            -- Who came later was told of the last day with the match itself.
            and exists (select from policy_step s where s.item_id = m.item_id and s.step = 'matched' and s.enterprise_id = m.enterprise_id
                and (s.at at time zone 'Asia/Shanghai')::date <= v.apply_to - d.days)
            and not exists (select from application a where a.enterprise_id = m.enterprise_id and a.item_id = m.item_id
                and a.state <> 'withdrawn' and a.submitted_at >= coalesce(v.apply_from, v.valid_from))
         -- Within a window the same reminder comes up for eleven days at most.
         on conflict (enterprise_id, item_id, kind) do update set queued_at = excluded.queued_at, told_at = null
            where policy_notice.queued_at < excluded.queued_at - interval '12 days'",
        on,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected())
}

/// Tells up to `limit` enterprises that have something untold and no digest today: one message for each member who wants it. Needs the
/// system's scope; any number of servers may run it at once. Answers how many enterprises were told.
///
/// # Errors
/// [`StoreError`]; nothing was told then.
pub async fn tell(conn: &mut Conn, on: Date, now: OffsetDateTime, limit: i64) -> Result<usize, StoreError> {
    let mut tx = conn.pg().begin().await?;
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
    let rows = sqlx::query_as!(
        Told,
        r#"with told as (
            update policy_notice set told_at = $2 where enterprise_id = any($1) and told_at is null returning enterprise_id, item_id, kind
        )
        select t.enterprise_id, t.item_id, m.person_id, p.phone, t.kind, i.code, v.title, x.amount, v.apply_to,
            coalesce(f.in_app, true) as "in_app!", coalesce(f.sms, false) as "sms!"
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
            or exists (select from policy_subscription s where s.person_id = m.person_id and s.enterprise_id = m.enterprise_id and s.tag = any(v.tags))
        order by t.enterprise_id, m.person_id, t.kind, x.amount desc, i.code"#,
        &enterprises,
        now
    )
    .fetch_all(&mut *tx)
    .await?;
    let (mut messages, mut sms) = (Messages::default(), Vec::new());
    for mine in rows.chunk_by(|a, b| (a.enterprise_id, a.person_id) == (b.enterprise_id, b.person_id)) {
        let shown: Vec<&Told> = mine.iter().filter(|row| row.in_app).collect();
        if let Some((title, body)) = digest(&shown.iter().map(|row| row.line()).collect::<Vec<_>>()) {
            // One item leads to it, several to the list.
            let link = if let [only] = shown.as_slice() { format!("/policies/{}", only.code) } else { "/policies".to_owned() };
            messages.persons.push(mine[0].person_id);
            messages.enterprises.push(mine[0].enterprise_id);
            messages.titles.push(title);
            messages.bodies.push(body);
            messages.links.push(link);
        }
        let sent: Vec<&Told> = mine.iter().filter(|row| row.sms).collect();
        if let Some((title, _)) = digest(&sent.iter().map(|row| row.line()).collect::<Vec<_>>()) {
            sms.push(serde_json::json!({ "phone": mine[0].phone, "text": title }));
        }
    }
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
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into job (kind, payload, run_at, created_at) select 'sms_notice', payload, $2, $3 from unnest($1::jsonb[]) payload",
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
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(enterprises.len())
}

/// When an SMS that is in no hurry may go out: between eight and twenty o'clock.
fn daytime(now: OffsetDateTime) -> OffsetDateTime {
    let local = domain::calendar::local(now);
    let morning = local.replace_time(time::macros::time!(8:00));
    match local.hour() {
        ..8 => morning,
        20.. => morning + time::Duration::days(1),
        _ => now,
    }
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
    fn line(&self) -> Line<'_> {
        Line { kind: &self.kind, title: &self.title, amount: Fen(self.amount), until: self.apply_to }
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

/// One thing to tell.
struct Line<'a> {
    kind: &'a str,
    title: &'a str,
    amount: Fen,
    until: Option<Date>,
}

/// Title and text of a digest; none where there is nothing to tell.
fn digest(lines: &[Line]) -> Option<(String, String)> {
    let (new, ending): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.kind == "new");
    let mut titles = Vec::new();
    // The amounts are not added up: rules of groups and caps may pay less than all of them.
    if !new.is_empty() {
        titles.push(format!("有 {} 项政策适合您的企业", new.len()));
    }
    if !ending.is_empty() {
        titles.push(format!("{} 项政策快截止", ending.len()));
    }
    if titles.is_empty() {
        return None;
    }
    let until = |line: &Line| line.until.map_or(String::new(), |day| format!("，{}月{}日截止", u8::from(day.month()), day.day()));
    let of = |line: &&Line| {
        let money = if line.amount > Fen::ZERO { format!("（约 {}）", line.amount.words()) } else { String::new() };
        format!("{}{money}{}", line.title, until(line))
    };
    let mut body: Vec<String> = ending.iter().chain(&new).take(5).map(of).collect();
    if lines.len() > body.len() {
        body.push(format!("还有 {} 项", lines.len() - body.len()));
    }
    Some((titles.join("，"), body.join("；")))
}
