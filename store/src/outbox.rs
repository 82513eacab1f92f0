//! The outbox: turns what commands wanted told into messages, search words and live notifications, on whichever server is quickest.
//!
//! `NOTIFY` is sent from here and not from the commands: at commit it takes a lock of the whole database, which would make filings
//! wait for one another.

use crate::{Conn, StoreError};
use domain::issue::notice::{Notice, Recipient};
use serde::{Deserialize, Serialize};
use sqlx::Connection;
use time::OffsetDateTime;

/// The channel of live notifications.
pub const CHANNEL: &str = "qifu_live";

/// What open pages hear of an issue that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// The issue.
    pub issue: i64,
    /// Its number.
    pub number: String,
    /// Sequence number of its last event.
    pub version: i32,
    /// Whose it is.
    pub enterprise: i64,
    /// District of the filing.
    pub area: i32,
    /// The centre responsible.
    pub centre: i32,
    /// 主办.
    pub lead: Option<i64>,
    /// 协办.
    pub co: Vec<i64>,
}

/// Drains up to `limit` rows in one transaction and answers how many there were. Needs the system's scope.
///
/// # Errors
/// [`StoreError`]; nothing is lost, the rows stay.
pub async fn drain(conn: &mut Conn, now: OffsetDateTime, limit: i64) -> Result<usize, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let rows = sqlx::query!(
        r#"with taken as (
            delete from outbox where id in (select id from outbox order by id limit $1 for update skip locked)
            returning id, issue_id, notices)
        select t.issue_id, t.notices, i.number, i.version, i.enterprise_id, i.area, i.centre, i.lead, i.co, i.title, i.body,
            e.name, e.uscc
        from taken t join issue i on i.id = t.issue_id join enterprise e on e.id = i.enterprise_id order by t.id"#,
        limit
    )
    .fetch_all(&mut *tx)
    .await?;
    let taken = rows.len();
    if taken == 0 {
        return Ok(0);
    }
    let mut lives: Vec<Live> = Vec::new();
    // One column each, for one insert of all messages.
    let (mut kinds, mut ids, mut enterprises, mut issues, mut numbers, mut names, mut titles, mut bodies) =
        (vec![], vec![], vec![], vec![], vec![], vec![], vec![], vec![]);
    let (mut search_ids, mut search_tokens) = (vec![], vec![]);
    for row in rows {
        let notices: Vec<Notice> = serde_json::from_value(row.notices)
            .map_err(|error| StoreError::Unreadable(format!("outbox of issue {}: {error}", row.issue_id)))?;
        for notice in notices {
            let (kind, id) = match notice.recipient {
                Recipient::Enterprise(id) => ("enterprise", id),
                Recipient::Department(id) => ("department", id),
                Recipient::Centre(area) => ("centre", i64::from(area)),
            };
            kinds.push(kind.to_owned());
            ids.push(id);
            enterprises.push(row.enterprise_id);
            issues.push(row.issue_id);
            numbers.push(row.number.clone());
            names.push(notice.kind);
            titles.push(notice.title);
            bodies.push(notice.body);
        }
        if !search_ids.contains(&row.issue_id) {
            search_ids.push(row.issue_id);
            let text = format!("{} {} {} {} {}", row.number, row.name, row.uscc, row.title, row.body);
            search_tokens.push(domain::search::tokens(&text).join("\n"));
        }
        lives.retain(|live| live.issue != row.issue_id);
        lives.push(Live {
            issue: row.issue_id,
            number: row.number,
            version: row.version,
            enterprise: row.enterprise_id,
            area: row.area,
            centre: row.centre,
            lead: row.lead,
            co: row.co,
        });
    }
    sqlx::query!(
        "insert into message (person_id, staff_id, enterprise_id, issue_id, number, kind, title, body, created_at)
        select m.person_id, s.id, n.enterprise_id, n.issue_id, n.number, n.kind, n.title, n.body, $9
        from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[])
            as n (recipient, id, enterprise_id, issue_id, number, kind, title, body)
        left join membership m on n.recipient = 'enterprise' and m.enterprise_id = n.id
        left join staff s on s.active and ((n.recipient = 'department' and s.department_id = n.id and s.role = 'handler')
            or (n.recipient = 'centre' and s.role = 'centre' and s.area = n.id))
        where m.person_id is not null or s.id is not null",
        &kinds,
        &ids,
        &enterprises,
        &issues,
        &numbers,
        &names,
        &titles,
        &bodies,
        now
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into issue_search (issue_id, tokens)
        select n.id, array_to_tsvector(string_to_array(n.tokens, e'\\n')) from unnest($1::bigint[], $2::text[]) as n (id, tokens)
        on conflict (issue_id) do update set tokens = excluded.tokens where issue_search.tokens <> excluded.tokens",
        &search_ids,
        &search_tokens
    )
    .execute(&mut *tx)
    .await?;
    let payloads: Vec<String> = lives.iter().filter_map(|live| serde_json::to_string(live).ok()).collect();
    sqlx::query!("select pg_notify($1, payload) as sent from unnest($2::text[]) payload", CHANNEL, &payloads)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(taken)
}
