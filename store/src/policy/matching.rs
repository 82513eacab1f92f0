//! Matches of enterprises and items (精准匹配, S-23), kept by jobs: only differences are written, and only new matches are told.

use super::{item, portrait};
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, EnterpriseId};
use domain::policy::book::{Book, Scratch, Slot, SlotKind, Table};
use domain::policy::evaluate::Verdict;
use domain::policy::model::Item;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

/// Enterprises matched in one transaction.
const BATCH: i64 = 20_000;

/// What a run of matching did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matched {
    /// Enterprises looked at.
    pub seen: u64,
    /// Matches written that were not there.
    pub new: u64,
    /// Matches whose amount or version changed.
    pub changed: u64,
    /// Matches removed.
    pub gone: u64,
}

/// Facts of a batch of enterprises, only those that a book asks for.
struct Columns {
    ids: Vec<EnterpriseId>,
    table: Table,
}

/// Reads the batch after an enterprise, in the order of ids.
async fn columns(
    conn: &mut PgConnection,
    book: &Book,
    area: Option<AreaCode>,
    after: EnterpriseId,
) -> Result<Columns, StoreError> {
    let codes: Vec<String> = book.slots().iter().map(path_of).collect();
    let rows = sqlx::query!(
        r#"select p.enterprise_id, array(
                select case when c like 'attest.%' then p.facts -> 'attest' ->> substr(c, 8)
                    when c = 'tags' then (select string_agg(t, ',') from jsonb_array_elements_text(p.facts -> 'tags') t)
                    else p.facts -> c ->> 'value' end
                from unnest($1::text[]) with ordinality u (c, n) order by n) as "values!: Vec<Option<String>>",
            p.facts ? 'tags' as "tagged!"
        from portrait p
        where p.enterprise_id > $2 and ($3::integer is null or exists (select from enterprise e where e.id = p.enterprise_id and e.area = $3))
        order by p.enterprise_id limit $4"#,
        &codes,
        after,
        area,
        BATCH
    )
    .fetch_all(conn)
    .await?;
    let mut table = book.table(rows.len());
    let mut ids = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        ids.push(row.enterprise_id);
        for (slot, (kind, value)) in book.slots().iter().zip(&row.values).enumerate() {
            // No tags at all is known too, where the portrait has a list of them.
            let text = match (kind.kind, value) {
                (SlotKind::Tags, None) if row.tagged => "",
                (_, Some(text)) => text,
                (_, None) => continue,
            };
            // What cannot be read is unknown, as everywhere.
            if let Ok(value) = book.read(kind, text) {
                table.put(slot, at, value);
            }
        }
    }
    Ok(Columns { ids, table })
}

fn path_of(slot: &Slot) -> String {
    match slot.kind {
        SlotKind::Tags => "tags".to_owned(),
        SlotKind::Answer => format!("attest.{}", slot.code),
        _ => slot.code.clone(),
    }
}

/// The version of an item in force on a day, if one is.
async fn in_force(conn: &mut PgConnection, id: i64, on: Date) -> Result<Option<Item>, StoreError> {
    let body = sqlx::query_scalar!(
        r#"select body::text as "body!" from policy_version where item_id = $1 and state = 'published' and valid_from <= $2
            and (valid_to is null or valid_to >= $2) order by version desc limit 1"#,
        id,
        on
    )
    .fetch_optional(conn)
    .await?;
    body.map(|body| serde_json::from_str(&body).map_err(|error| StoreError::Unreadable(format!("policy {id}: {error}"))))
        .transpose()
}

/// Matches one batch of the city to an item, after an enterprise; answers what it did and where the next batch begins. An item that
/// is not in force loses its matches.
///
/// # Errors
/// [`StoreError`]; nothing of the batch was written then.
pub async fn match_item(
    conn: &mut Conn,
    id: i64,
    after: EnterpriseId,
    on: Date,
    now: OffsetDateTime,
) -> Result<(Matched, Option<EnterpriseId>), StoreError> {
    let mut tx = conn.pg().begin().await?;
    let Some(item) = in_force(&mut tx, id, on).await? else {
        let gone = sqlx::query!("delete from policy_match where item_id = $1", id).execute(&mut *tx).await?.rows_affected();
        tx.commit().await?;
        return Ok((Matched { gone, ..Matched::default() }, None));
    };
    let version = i32::try_from(item.version).unwrap_or(i32::MAX);
    let book = Book::new(vec![item], on);
    let batch = columns(&mut tx, &book, None, after).await?;
    let Some(last) = batch.ids.last().copied() else {
        tx.commit().await?;
        return Ok((Matched::default(), None));
    };
    let (ids, amounts) = eligible(&book, &batch);
    let gone = sqlx::query!(
        "delete from policy_match where item_id = $1 and enterprise_id > $2 and enterprise_id <= $3 and enterprise_id <> all($4)",
        id,
        after,
        last,
        &ids
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let items = vec![id; ids.len()];
    let versions = vec![version; ids.len()];
    let mut done = write(&mut tx, &ids, &items, &versions, &amounts, now).await?;
    done.seen = batch.ids.len() as u64;
    done.gone = gone;
    tx.commit().await?;
    let more = batch.ids.len() as i64 == BATCH;
    Ok((done, more.then_some(last)))
}

fn eligible(book: &Book, batch: &Columns) -> (Vec<EnterpriseId>, Vec<i64>) {
    let mut scratch = Scratch::new(book);
    let (mut ids, mut amounts) = (Vec::new(), Vec::new());
    let mut start = 0;
    while start < batch.table.rows() {
        let rows = book.run::<false>(0, &batch.table, start, &mut scratch);
        for (row, verdict) in scratch.verdicts().iter().enumerate() {
            if *verdict == 2 {
                ids.push(batch.ids[start + row]);
                amounts.push(scratch.low()[row]);
            }
        }
        start += rows;
    }
    (ids, amounts)
}

/// Writes eligible pairs: what is new or different, the step of the new ones, and that they are to be told.
async fn write(
    tx: &mut PgConnection,
    enterprises: &[i64],
    items: &[i64],
    versions: &[i32],
    amounts: &[i64],
    now: OffsetDateTime,
) -> Result<Matched, StoreError> {
    let row = sqlx::query!(
        r#"with wanted as (
            select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bigint[]) as w (enterprise_id, item_id, version, amount)
        ), written as (
            insert into policy_match (enterprise_id, item_id, version, amount, matched_at)
            select enterprise_id, item_id, version, amount, $5 from wanted
            on conflict (enterprise_id, item_id) do update set version = excluded.version, amount = excluded.amount, matched_at = excluded.matched_at
                where (policy_match.version, policy_match.amount) is distinct from (excluded.version, excluded.amount)
            returning enterprise_id, item_id, xmax = 0 as fresh
        ), stepped as (
            insert into policy_step (enterprise_id, item_id, step, at) select enterprise_id, item_id, 'matched', $5 from written where fresh
            on conflict do nothing
        ), noted as (
            insert into policy_notice (enterprise_id, item_id, kind, queued_at) select enterprise_id, item_id, 'new', $5 from written where fresh
            on conflict do nothing
        )
        select count(*) filter (where fresh) as "new!", count(*) filter (where not fresh) as "changed!" from written"#,
        enterprises,
        items,
        versions,
        amounts,
        now
    )
    .fetch_one(tx)
    .await?;
    Ok(Matched { new: row.new.unsigned_abs(), changed: row.changed.unsigned_abs(), ..Matched::default() })
}

/// Matches one enterprise to everything in force.
///
/// # Errors
/// [`StoreError`]; nothing was written then.
pub async fn match_enterprise(
    conn: &mut Conn,
    enterprise: EnterpriseId,
    on: Date,
    now: OffsetDateTime,
) -> Result<Matched, StoreError> {
    let published = item::in_force(conn, on).await?;
    let facts = portrait::get(conn, enterprise).await?;
    let ids: std::collections::HashMap<String, i64> = published.iter().map(|p| (p.item.id.clone(), p.id)).collect();
    let book = Book::new(published.into_iter().map(|p| p.item).collect(), on);
    let (mut items, mut versions, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    for outcome in book.evaluate(&facts).outcomes.into_iter().filter(|outcome| outcome.verdict == Verdict::Eligible) {
        let item = &book.items()[outcome.item];
        items.push(ids[&item.id]);
        versions.push(i32::try_from(item.version).unwrap_or(i32::MAX));
        amounts.push(outcome.amount.low.0);
    }
    let mut tx = conn.pg().begin().await?;
    let gone = sqlx::query!("delete from policy_match where enterprise_id = $1 and item_id <> all($2)", enterprise, &items)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    let mut done = write(&mut tx, &vec![enterprise; items.len()], &items, &versions, &amounts, now).await?;
    done.gone = gone;
    done.seen = 1;
    tx.commit().await?;
    Ok(done)
}

/// What publishing an item would reach, over the portraits this scope may see: enterprises, and fen.
///
/// # Errors
/// [`StoreError`].
pub async fn preview(conn: &mut Conn, item: Item, area: Option<AreaCode>) -> Result<(u64, i64), StoreError> {
    let on = item.valid.from;
    let book = Book::new(vec![item], on);
    let (mut after, mut count, mut sum) = (0, 0, 0_i64);
    if book.items().is_empty() {
        return Ok((0, 0));
    }
    loop {
        let batch = columns(conn.pg(), &book, area, after).await?;
        let (ids, amounts) = eligible(&book, &batch);
        count += ids.len() as u64;
        sum = amounts.iter().fold(sum, |sum, amount| sum.saturating_add(*amount));
        match batch.ids.last() {
            Some(last) if batch.ids.len() as i64 == BATCH => after = *last,
            _ => return Ok((count, sum)),
        }
    }
}

/// Every item the system should look at on a new day: windows open and close without anybody publishing.
///
/// # Errors
/// [`StoreError`].
pub async fn items_changing(conn: &mut Conn, on: Date) -> Result<Vec<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select distinct item_id from policy_version where state = 'published' and (valid_from = $1 or valid_to = $1 - 1) order by item_id",
        on
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Puts a job for the next batch of an item.
///
/// # Errors
/// [`StoreError`].
pub async fn continue_item(conn: &mut Conn, id: i64, after: EnterpriseId, now: OffsetDateTime) -> Result<(), StoreError> {
    crate::job::enqueue(
        conn,
        "policy_match_item",
        &Value::from(serde_json::Map::from_iter([
            ("item".to_owned(), Value::from(id)),
            ("after".to_owned(), Value::from(after)),
        ])),
        now,
    )
    .await
}
