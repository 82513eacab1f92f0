//! What the centres' corrections teach: counted with the commands that say so, read with the terms (`migrations/0058_route_count.sql`).

use crate::{Conn, StoreError};
use domain::actor::AreaCode;
use domain::calendar::local;
use domain::catalogue::learned::{Count, DAYS, Learned};
use domain::issue::{Event, Issue, Submission, Terms};
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

/// One more to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum One {
    /// Word, guess, truth.
    Category(String, String, String),
    /// Category, area, who took it.
    Department(String, AreaCode, i64),
}

/// What an event says of the guess, of an issue that was filed with these words; `after` is the issue with the event applied. Nothing where the
/// words pointed nowhere: then there was no guess.
pub(crate) fn taught(
    event: &Event,
    after: &Issue,
    filed: Option<&Submission>,
    terms: &Terms,
    now: OffsetDateTime,
) -> Option<One> {
    match event {
        Event::Accepted { .. } => {
            let filed = filed?;
            let fit = terms.catalogue_of(after, now).fit(&format!("{}\n{}", filed.title, filed.text));
            let guess = fit.category?;
            Some(One::Category(fit.furthest()?.to_owned(), guess.code.clone(), after.category.clone()))
        }
        Event::Signed { .. } if after.round == 1 => Some(One::Department(after.category.clone(), after.area, after.lead?)),
        _ => None,
    }
}

/// Counts it.
pub(crate) async fn count(conn: &mut PgConnection, one: &One, day: Date) -> Result<(), StoreError> {
    let (kind, word, chosen, area, corrected, taker) = match one {
        One::Category(word, guess, truth) => ("category", word.as_str(), guess.as_str(), 0, Some(truth.as_str()), None),
        One::Department(category, area, taker) => ("department", "", category.as_str(), *area, None, Some(*taker)),
    };
    sqlx::query!("select count_route($1, $2, $3, $4, $5, $6, $7) as counted", day, kind, word, chosen, area, corrected, taker)
        .execute(conn)
        .await?;
    Ok(())
}

/// The count of the last days, as the router has it.
pub(crate) async fn learned(conn: &mut PgConnection) -> Result<Learned, StoreError> {
    let days = i32::try_from(DAYS).unwrap_or(i32::MAX);
    let rows = sqlx::query!(
        r#"select kind, word, chosen, area, corrected, sum(issues)::bigint as "issues!" from route_count
         where day > clock_now()::date - $1::integer group by kind, word, chosen, area, corrected"#,
        days
    )
    .fetch_all(conn)
    .await?;
    Ok(Learned::new(rows.into_iter().map(|row| match row.kind.as_str() {
        "category" => Count::Category { word: row.word, chosen: row.chosen, corrected: row.corrected, issues: row.issues },
        _ => Count::Department { category: row.chosen, area: row.area, corrected: row.corrected, issues: row.issues },
    })))
}

/// A line of the count, for whoever checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub kind: String,
    pub word: String,
    pub chosen: String,
    pub area: AreaCode,
    pub corrected: String,
    pub issues: i64,
}

/// What differs from the guess, the most frequent first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn, limit: i64) -> Result<Vec<Line>, StoreError> {
    let days = i32::try_from(DAYS).unwrap_or(i32::MAX);
    Ok(sqlx::query_as!(
        Line,
        r#"select kind, word, chosen, area, corrected, sum(issues)::bigint as "issues!" from route_count
         where day > clock_now()::date - $1::integer group by kind, word, chosen, area, corrected
         order by kind, 6 desc, word, chosen limit $2"#,
        days,
        limit
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Counts the issues of the last days, where nothing was counted yet: once, after the router came to a city that was at work already. Needs the
/// system's scope.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(conn: &mut Conn, terms: &Terms, now: OffsetDateTime) -> Result<usize, StoreError> {
    let begun = sqlx::query_scalar!(r#"select exists (select from route_count) as "begun!""#).fetch_one(conn.pg()).await?;
    if begun {
        return Ok(0);
    }
    let numbers = sqlx::query_scalar!(
        "select number from issue where submitted_at > $1 order by id desc limit 5000",
        now - Duration::days(DAYS)
    )
    .fetch_all(conn.pg())
    .await?;
    let mut counted = 0;
    for number in numbers {
        let detail = crate::issue::detail(conn, &number).await?;
        let mut issue = Issue { serving: detail.serving, ..Issue::draft(detail.enterprise) };
        let mut filed: Option<Submission> = None;
        for row in &detail.events {
            if let Event::Submitted { submission, .. } = &row.event {
                filed = Some(submission.clone());
            }
            issue = domain::issue::evolve(issue, &row.event, row.at, &row.actor, &terms.calendar);
            if let Some(one) = taught(&row.event, &issue, filed.as_ref(), terms, row.at) {
                count(conn.pg(), &one, local(row.at).date()).await?;
                counted += 1;
            }
        }
    }
    Ok(counted)
}

/// Forgets what is counted no more. Needs the system's scope.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(conn: &mut Conn) -> Result<(), StoreError> {
    sqlx::query!("delete from route_count where day < clock_now()::date - 400").execute(conn.pg()).await?;
    Ok(())
}
