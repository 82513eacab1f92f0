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

/// Queues reminders of windows that end in 14 and in 3 days, for whoever matches and has not applied. Needs the system's scope; runs
/// as often as one likes.
///
/// # Errors
/// [`StoreError`].
pub async fn queue_deadlines(conn: &mut Conn, on: Date, now: OffsetDateTime) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "insert into policy_notice (enterprise_id, item_id, kind, queued_at)
         select m.enterprise_id, m.item_id, case v.apply_to - $1 when 3 then 'deadline3' else 'deadline14' end, $2
         from policy_version v join policy_match m on m.item_id = v.item_id and m.version = v.version
         where v.state = 'published' and v.mode <> 'automatic' and v.apply_to - $1 in (3, 14)
            and not exists (select from application a where a.enterprise_id = m.enterprise_id and a.item_id = m.item_id)
         on conflict do nothing",
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
    let rows = sqlx::query!(
        r#"with told as (
            update policy_notice set told_at = $2 where enterprise_id = any($1) and told_at is null returning enterprise_id, item_id, kind
        ), stepped as (
            insert into policy_step (enterprise_id, item_id, step, at) select distinct enterprise_id, item_id, 'told', $2 from told
            on conflict do nothing
        )
        select t.enterprise_id, m.person_id, p.phone, t.kind, i.code, v.title, x.amount, v.apply_to,
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
    let mut at = 0;
    while at < rows.len() {
        let key = (rows[at].enterprise_id, rows[at].person_id);
        let end = at + rows[at..].iter().take_while(|row| (row.enterprise_id, row.person_id) == key).count();
        let mine = &rows[at..end];
        at = end;
        for (sms, wanted) in [
            (false, mine.iter().filter(|row| row.in_app).collect::<Vec<_>>()),
            (true, mine.iter().filter(|row| row.sms).collect()),
        ] {
            let lines: Vec<Line> = wanted
                .iter()
                .map(|row| Line { kind: &row.kind, title: &row.title, amount: Fen(row.amount), until: row.apply_to })
                .collect();
            let Some((title, body)) = digest(&lines) else { continue };
            if sms {
                let payload = serde_json::json!({ "phone": mine[0].phone, "text": title });
                sqlx::query!(
                    "insert into job (kind, payload, run_at, created_at) values ('sms_notice', $1, $2, $2)",
                    payload,
                    now
                )
                .execute(&mut *tx)
                .await?;
                continue;
            }
            // One item leads to it, several to the list.
            let link = if let [only] = wanted.as_slice() { format!("/policies/{}", only.code) } else { "/policies".to_owned() };
            sqlx::query!(
                "insert into message (person_id, enterprise_id, number, kind, title, body, link, created_at)
                 values ($1, $2, '', 'policy', $3, $4, $5, $6)",
                key.1,
                key.0,
                title,
                body,
                link,
                now
            )
            .execute(&mut *tx)
            .await?;
        }
    }
    tx.commit().await?;
    Ok(enterprises.len())
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
    if let Some(sum) = (!new.is_empty()).then(|| Fen(new.iter().map(|line| line.amount.0).sum())) {
        let money = if sum > Fen::ZERO { format!("，约 {}", sum.words()) } else { String::new() };
        titles.push(format!("有 {} 项政策适合您的企业{money}", new.len()));
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
