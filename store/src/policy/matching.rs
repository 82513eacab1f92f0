//! Matches of enterprises and items (精准匹配, S-23), kept by jobs: only differences are written, and only new matches are told.

use super::{item, portrait};
use crate::{Conn, StoreError};
use domain::actor::EnterpriseId;
use domain::enterprise::size;
use domain::policy::book::{Book, Scratch, Slot, SlotKind, Table};
use domain::policy::condition::Test;
use domain::policy::day;
use domain::policy::evaluate::Verdict;
use domain::policy::model::Item;
use domain::policy::money::LIMIT;
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

/// Enterprises matched in one transaction.
const BATCH: i64 = 20_000;
/// Advisory locks of matching: with 0 that of the city, with an item's id that of the item.
const LOCK: i32 = 0x706f_6c69;

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

/// Reads the batch after an enterprise, in the order of ids. What is known only of a later day does not count
/// (`domain::policy::facts::Fact::counts_on`), and where a portrait does not say where the enterprise lies, the register does. Where a size is asked for,
/// it is that of the rule, by what departments have (`domain::enterprise::size`).
async fn columns(conn: &mut PgConnection, book: &Book, after: EnterpriseId) -> Result<Columns, StoreError> {
    let slots = book.slots().len();
    let scale = book.slots().iter().position(|slot| slot.code == "scale");
    let mut codes: Vec<String> = book.slots().iter().map(path_of).collect();
    codes.extend(scale.iter().flat_map(|_| size::ASKED).map(str::to_owned));
    let rows = sqlx::query!(
        r#"select p.enterprise_id, array(
                select case when c like 'attest.%' then p.facts -> 'attest' ->> substr(c, 8)
                    when c = 'tags' then (select string_agg(t, ',') from jsonb_array_elements_text(p.facts -> 'tags') t)
                    when f ->> 'on' > $4 or substring(f ->> 'period' from '^\d{4}(?:-\d{2}(?:-\d{2})?)?') collate "C"
                        > left($4, length(substring(f ->> 'period' from '^\d{4}(?:-\d{2}(?:-\d{2})?)?'))) then null
                    when c = 'area' then coalesce(f ->> 'value', e.area::text)
                    else f ->> 'value' end
                from unnest($1::text[]) with ordinality u (c, n), lateral (select case when n > $5 then coalesce(p.facts -> c -> 'recorded', p.facts -> c) else p.facts -> c end as f) v order by n) as "values!: Vec<Option<String>>",
            p.facts ? 'tags' as "tagged!"
        from portrait p join enterprise e on e.id = p.enterprise_id
        where p.enterprise_id > $2
        order by p.enterprise_id limit $3"#,
        &codes,
        after,
        BATCH,
        day::text(book.as_of),
        i64::try_from(slots).unwrap_or(i64::MAX)
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
        let known = |code: &str| row.values[slots..].iter().zip(size::ASKED).find(|(_, asked)| *asked == code)?.0.as_deref();
        if let Some(slot) = scale
            && let Some(found) = size::by(known)
            && let Ok(value) = book.read(&book.slots()[slot], found.scale.code())
        {
            table.put(slot, at, value);
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

/// Matches one batch of the city to an item, after an enterprise; answers what it did and where the next batch begins. An item
/// that is not in force loses its matches.
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
    // What is read here must still be so when it is written: facts of the batch (see `match_enterprises`), and the item's
    // version.
    let key = i32::try_from(id).unwrap_or(i32::MAX);
    sqlx::query!("select pg_advisory_xact_lock_shared($1, 0) as city, pg_advisory_xact_lock($1, $2) as item", LOCK, key)
        .execute(&mut *tx)
        .await?;
    let Some(item) = in_force(&mut tx, id, on).await? else {
        let gone = sqlx::query!("delete from policy_match where item_id = $1", id).execute(&mut *tx).await?.rows_affected();
        tx.commit().await?;
        return Ok((Matched { gone, ..Matched::default() }, None));
    };
    let version = i32::try_from(item.version).unwrap_or(i32::MAX);
    let book = Book::new(vec![item], on);
    let batch = columns(&mut tx, &book, after).await?;
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
                // What is beyond what can be held is not sure of anything.
                amounts.push(Some(scratch.low()[row]).filter(|fen| *fen < LIMIT).unwrap_or(0));
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
            select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bigint[])
                as w (enterprise_id, item_id, version, amount)
        ), written as (
            insert into policy_match (enterprise_id, item_id, version, amount, matched_at)
            select enterprise_id, item_id, version, amount, $5 from wanted
            on conflict (enterprise_id, item_id) do update
                set version = excluded.version, amount = excluded.amount, matched_at = excluded.matched_at
                where (policy_match.version, policy_match.amount) is distinct from (excluded.version, excluded.amount)
            returning enterprise_id, item_id, xmax = 0 as fresh
        ), stepped as (
            insert into policy_step (enterprise_id, item_id, step, at) select enterprise_id, item_id, 'matched', $5
                from written where fresh
            on conflict do nothing
        ), noted as (
            insert into policy_notice (enterprise_id, item_id, kind, queued_at)
                select enterprise_id, item_id, 'new', $5 from written where fresh
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

/// Matches enterprises to everything in force.
///
/// # Errors
/// [`StoreError`]; nothing was written then.
pub async fn match_enterprises(
    conn: &mut Conn,
    enterprises: &[EnterpriseId],
    on: Date,
    now: OffsetDateTime,
) -> Result<Matched, StoreError> {
    let mut tx = conn.pg().begin().await?;
    // Whoever read older facts has written before: neither a batch of an item nor another server's look at the same enterprise
    // may put back what was true a second ago.
    sqlx::query!("select pg_advisory_xact_lock($1, 0) as city", LOCK).execute(&mut *tx).await?;
    let published = item::in_force_in(&mut tx, on).await?;
    let ids: std::collections::HashMap<String, i64> = published.iter().map(|p| (p.item.id.clone(), p.id)).collect();
    let book = Book::new(published.into_iter().map(|p| p.item).collect(), on);
    let portraits = sqlx::query!(
        "select p.enterprise_id, p.facts, e.area from portrait p join enterprise e on e.id = p.enterprise_id
            where p.enterprise_id = any($1)",
        enterprises
    )
    .fetch_all(&mut *tx)
    .await?;
    let (mut firms, mut items, mut versions, mut amounts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in portraits {
        let facts = portrait::whole(Some(row.facts), row.area, on)?;
        for outcome in book.evaluate(&facts).outcomes.into_iter().filter(|outcome| outcome.verdict == Verdict::Eligible) {
            let item = &book.items()[outcome.item];
            firms.push(row.enterprise_id);
            items.push(ids[&item.id]);
            versions.push(i32::try_from(item.version).unwrap_or(i32::MAX));
            amounts.push(outcome.amount.low.0);
        }
    }
    let gone = sqlx::query!(
        "delete from policy_match m where m.enterprise_id = any($1)
            and not exists (select from unnest($2::bigint[], $3::bigint[]) w (e, i) where w.e = m.enterprise_id
                and w.i = m.item_id)",
        enterprises,
        &firms,
        &items
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let mut done = write(&mut tx, &firms, &items, &versions, &amounts, now).await?;
    done.gone = gone;
    done.seen = enterprises.len() as u64;
    tx.commit().await?;
    Ok(done)
}

/// What publishing an item would reach, as matching counts it, over the portraits this scope may see: enterprises, and fen. As of today, or
/// of its first day if that is still to come.
///
/// # Errors
/// [`StoreError`].
pub async fn preview(conn: &mut Conn, item: Item, today: Date) -> Result<(u64, i64), StoreError> {
    let on = item.valid.from.max(today);
    let book = Book::new(vec![item], on);
    let (mut after, mut count, mut sum) = (0, 0, 0_i64);
    if book.items().is_empty() {
        return Ok((0, 0));
    }
    loop {
        let batch = columns(conn.pg(), &book, after).await?;
        let (ids, amounts) = eligible(&book, &batch);
        count += ids.len() as u64;
        sum = amounts.iter().fold(sum, |sum, amount| sum.saturating_add(*amount));
        match batch.ids.last() {
            Some(last) if batch.ids.len() as i64 == BATCH => after = *last,
            _ => return Ok((count, sum)),
        }
    }
}

/// Has the city matched to every item that a new day changes: its dates begin or end, or a condition counts months. Once a day
/// for each item, whichever server is first; days on which no server ran are made up for. Answers how many items.
///
/// # Errors
/// [`StoreError`]; nothing was queued then.
pub async fn match_day(conn: &mut Conn, on: Date, now: OffsetDateTime) -> Result<usize, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let counting: Vec<i64> =
        item::in_force_in(&mut tx, on).await?.into_iter().filter(|p| counts_months(&p.item)).map(|p| p.id).collect();
    let due = sqlx::query_scalar!(
        r#"with looked as (
            update policy_item i set matched_on = $1 from policy_item old
            where old.id = i.id and coalesce(i.matched_on, (i.created_at at time zone 'Asia/Shanghai')::date) < $1
            returning i.id, coalesce(old.matched_on, (old.created_at at time zone 'Asia/Shanghai')::date) as since
        )
        select l.id as "id!" from looked l where l.id = any($2) or exists (
            select from policy_version v where v.item_id = l.id and v.state = 'published'
                and ((v.valid_from > l.since and v.valid_from <= $1) or (v.valid_to >= l.since and v.valid_to < $1)))
        order by l.id"#,
        on,
        &counting
    )
    .fetch_all(&mut *tx)
    .await?;
    for id in &due {
        sqlx::query!("select match_item_soon($1, $2) as done", id, now).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(due.len())
}

/// Whether time alone may turn a verdict.
fn counts_months(item: &Item) -> bool {
    let mut found = false;
    item.condition.leaves(&mut |leaf| found |= matches!(leaf.test, Test::Age { .. }));
    found
}
