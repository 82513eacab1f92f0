//! Evaluation of a policy (政策评估, S-25): how far it came on the way from match to money.

use crate::{Conn, StoreError};
use domain::policy::funnel::Step;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// The figures of an item.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// Steps in their order, and how many enterprises came to each.
    pub funnel: Vec<(String, i64)>,
    /// Approved, fen.
    pub approved: i64,
    /// Paid, fen.
    pub paid: i64,
    /// What the matched enterprises could have, fen.
    pub matched: i64,
    /// Median days from publication to payment.
    pub median_days: Option<f64>,
    /// Mean of the ratings, one to five, and how many.
    pub rating: Option<(f64, i64)>,
    /// By district: code, matched, applied, paid enterprises, paid fen.
    pub districts: Vec<Row>,
    /// By section of industry, likewise.
    pub industries: Vec<Row>,
    /// Problems raised about it (S-26): questions asked from its page bear its title.
    pub questions: i64,
    /// When it was first published.
    pub published_at: Option<OffsetDateTime>,
}

/// A row of a breakdown.
#[derive(Debug, Clone)]
pub struct Row {
    /// District's code, or the letter of the industry's section.
    pub key: String,
    /// Enterprises matched.
    pub matched: i64,
    /// Enterprises that applied.
    pub applied: i64,
    /// Enterprises paid.
    pub paid: i64,
    /// Paid, fen.
    pub amount: i64,
}

/// The steps of the funnel: code and label, in their order.
pub const STEPS: [(&str, &str); Step::ALL.len()] = {
    let mut steps = [("", ""); Step::ALL.len()];
    let mut at = 0;
    while at < steps.len() {
        steps[at] = (Step::ALL[at].code(), Step::ALL[at].label());
        at += 1;
    }
    steps
};

/// The figures of an item.
///
/// # Errors
/// [`StoreError`].
pub async fn of_item(conn: &mut Conn, item: i64) -> Result<Evaluation, StoreError> {
    let steps = sqlx::query!(r#"select step, count(*) as "count!" from policy_step where item_id = $1 group by step"#, item)
        .fetch_all(conn.pg())
        .await?;
    let count = |code: &str| steps.iter().find(|row| row.step == code).map_or(0, |row| row.count);
    let funnel = Step::ALL.iter().map(|step| (step.code().to_owned(), count(step.code()))).collect();
    let money = sqlx::query!(
        r#"select coalesce(sum(approved_amount) filter (where state in ('approved', 'paid')), 0)::bigint as "approved!",
            coalesce(sum(paid_amount), 0)::bigint as "paid!",
            avg(rating)::double precision as rating, count(rating) as "ratings!",
            (select coalesce(sum(amount), 0)::bigint from policy_match where item_id = $1) as "matched!",
            (select min(published_at) from policy_version where item_id = $1) as published_at
        from application where item_id = $1"#,
        item
    )
    .fetch_one(conn.pg())
    .await?;
    let median_days = sqlx::query_scalar!(
        "select percentile_cont(0.5) within group (order by extract(epoch from s.at - v.published_at) / 86400)
        from policy_step s, (select min(published_at) as published_at from policy_version where item_id = $1) v
        where s.item_id = $1 and s.step = 'paid'",
        item
    )
    .fetch_one(conn.pg())
    .await?;
    let districts = districts(conn, item).await?;
    let industries = industries(conn, item).await?;
    let questions = sqlx::query_scalar!(r#"select policy_questions($1) as "count!""#, item).fetch_one(conn.pg()).await?;
    Ok(Evaluation {
        funnel,
        approved: money.approved,
        paid: money.paid,
        matched: money.matched,
        median_days,
        rating: money.rating.map(|mean| (mean, money.ratings)),
        districts,
        industries,
        questions,
        published_at: money.published_at,
    })
}

async fn districts(conn: &mut Conn, item: i64) -> Result<Vec<Row>, StoreError> {
    Ok(sqlx::query_as!(
        Row,
        r#"select e.area::text as "key!", count(*) filter (where s.step = 'matched') as "matched!",
            count(*) filter (where s.step = 'applied') as "applied!", count(*) filter (where s.step = 'paid') as "paid!",
            (select coalesce(sum(a.paid_amount), 0)::bigint from application a
                where a.item_id = $1 and a.area = e.area) as "amount!"
        from policy_step s join enterprise e on e.id = s.enterprise_id where s.item_id = $1 group by e.area order by e.area"#,
        item
    )
    .fetch_all(conn.pg())
    .await?)
}

async fn industries(conn: &mut Conn, item: i64) -> Result<Vec<Row>, StoreError> {
    Ok(sqlx::query_as!(
        Row,
        r#"select k.section as "key!", count(*) filter (where k.step = 'matched') as "matched!",
            count(*) filter (where k.step = 'applied') as "applied!", count(*) filter (where k.step = 'paid') as "paid!",
            coalesce(sum(k.amount) filter (where k.step = 'paid'), 0)::bigint as "amount!"
        from (select s.step, coalesce(left(p.facts -> 'industry' ->> 'value', 1), '?') as section,
                (select sum(a.paid_amount) from application a
                    where a.item_id = s.item_id and a.enterprise_id = s.enterprise_id) as amount
            from policy_step s left join portrait p on p.enterprise_id = s.enterprise_id where s.item_id = $1) k
        group by k.section order by k.section"#,
        item
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Notes that an enterprise came to a step.
///
/// # Errors
/// [`StoreError::RowRefused`] for another enterprise, or a step this scope does not take.
pub async fn note_step(conn: &mut Conn, enterprise: i64, item: i64, step: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("select note_step($1, $2, $3, $4) as done", enterprise, item, step, now).execute(conn.pg()).await?;
    Ok(())
}

/// Approved and paid money of an item in all applications, fen: what its budget has already given.
///
/// # Errors
/// [`StoreError`].
pub async fn spent(conn: &mut Conn, item: i64) -> Result<i64, StoreError> {
    spent_in(conn.pg(), item).await
}

/// As [`spent`], inside a transaction.
pub(super) async fn spent_in(conn: &mut PgConnection, item: i64) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(sum(coalesce(paid_amount, approved_amount))
            filter (where state in ('approved', 'paid')), 0)::bigint as "spent!"
        from application where item_id = $1"#,
        item
    )
    .fetch_one(conn)
    .await?)
}

/// Notes that a problem was raised about an item from its page.
///
/// # Errors
/// [`StoreError`].
pub async fn note_question(
    conn: &mut Conn,
    number: &str,
    item: i64,
    enterprise: i64,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into policy_question_asked (issue_number, item_id, enterprise_id, at) values ($1, $2, $3, $4)
            on conflict do nothing",
        number,
        item,
        enterprise,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}
