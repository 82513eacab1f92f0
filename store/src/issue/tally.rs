//! The desk's counts (`migrations/0011_desk.sql`): what commands changed is folded into them in batches, and the mark up to which it is
//! known who warned and who is late moves on with time. Both need the system's scope.

use crate::StoreError;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// The advisory lock of whoever folds or moves the mark.
pub(crate) const LOCK: i64 = 1;
/// The mark moves when it is older than this: what passed since is counted by every reader.
const STALE: Duration = Duration::seconds(20);

/// How an open issue stands, as far as it is counted.
#[derive(Debug, Clone, sqlx::Type)]
#[sqlx(type_name = "standing")]
pub(crate) struct Standing {
    queue: Option<String>,
    centre: Option<i32>,
    area: Option<i32>,
    lead: Option<i64>,
    co: Option<Vec<i64>>,
    station: Option<i64>,
    enterprise_station: Option<i64>,
    warn_at: Option<OffsetDateTime>,
    late_at: Option<OffsetDateTime>,
}

impl Standing {
    /// The scopes it is counted in (`scopes_of` says the same in SQL).
    fn scopes(&self) -> Vec<(&'static str, i64)> {
        let mut list = vec![("city", 0)];
        list.extend(self.centre.map(|centre| ("centre", i64::from(centre))));
        list.extend(self.area.map(|area| ("area", i64::from(area))));
        list.extend(self.lead.map(|lead| ("lead", lead)));
        list.extend(self.co.iter().flatten().map(|co| ("co", *co)));
        list.extend(self.station.map(|station| ("station", station)));
        let other = self.enterprise_station.filter(|station| Some(*station) != self.station);
        list.extend(other.map(|station| ("station", station)));
        list
    }
}

/// The columns of `desk_tally`.
const COLUMNS: usize = 8;

/// Changes of counts, by scope.
pub(crate) struct Fold {
    mark: OffsetDateTime,
    changes: BTreeMap<(&'static str, i64), [i64; COLUMNS]>,
}

impl Fold {
    /// As of the mark there is now; the caller holds [`LOCK`].
    pub(crate) async fn begin(conn: &mut PgConnection) -> Result<Fold, StoreError> {
        let mark = sqlx::query_scalar!("select at from desk_mark").fetch_one(conn).await?;
        Ok(Fold { mark, changes: BTreeMap::new() })
    }

    /// An issue stood like this before, and stands like that now.
    pub(crate) fn add(&mut self, before: Option<&Standing>, after: Option<&Standing>) {
        for (standing, sign) in [(before, -1), (after, 1)] {
            let Some(standing) = standing else { continue };
            let Some(queue) = standing.queue.as_deref().and_then(place) else { continue };
            let passed = |at: Option<OffsetDateTime>| i64::from(at.is_some_and(|at| at <= self.mark));
            let (warned, late) = (passed(standing.warn_at), passed(standing.late_at));
            for scope in standing.scopes() {
                let change = self.changes.entry(scope).or_default();
                change[queue] += sign;
                change[6] += sign * warned;
                change[7] += sign * late;
            }
        }
    }

    /// Writes the changes, always in the same order of the rows.
    pub(crate) async fn write(self, conn: &mut PgConnection) -> Result<(), StoreError> {
        let changes: Vec<_> = self.changes.into_iter().filter(|(_, change)| change.iter().any(|n| *n != 0)).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let scopes: Vec<String> = changes.iter().map(|((scope, _), _)| (*scope).to_owned()).collect();
        let ids: Vec<i64> = changes.iter().map(|((_, id), _)| *id).collect();
        let column = |place: usize| -> Vec<i64> { changes.iter().map(|(_, change)| change[place]).collect() };
        sqlx::query!(
            "insert into desk_tally as t (scope, id, to_accept, to_dispatch, returned, to_sign, mine, to_rate, warned, late)
             select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[], $9::bigint[], $10::bigint[])
             on conflict (scope, id) do update set to_accept = t.to_accept + excluded.to_accept,
                to_dispatch = t.to_dispatch + excluded.to_dispatch, returned = t.returned + excluded.returned,
                to_sign = t.to_sign + excluded.to_sign, mine = t.mine + excluded.mine, to_rate = t.to_rate + excluded.to_rate,
                warned = t.warned + excluded.warned, late = t.late + excluded.late",
            &scopes,
            &ids,
            &column(0),
            &column(1),
            &column(2),
            &column(3),
            &column(4),
            &column(5),
            &column(6),
            &column(7)
        )
        .execute(conn)
        .await?;
        Ok(())
    }
}

/// The column of a queue.
fn place(queue: &str) -> Option<usize> {
    ["to_accept", "to_dispatch", "returned", "to_sign", "mine", "to_rate"].iter().position(|code| *code == queue)
}

/// Moves the mark to `now` where it has become old; the caller holds [`LOCK`]. What is still in the outbox is not in the counts, but in
/// the issues that are looked through, so it is taken out again.
pub(crate) async fn move_mark(conn: &mut PgConnection, now: OffsetDateTime) -> Result<(), StoreError> {
    let moved = sqlx::query!(
        r#"with mark as (select at from desk_mark where at < $1),
        passed as (
            select standing_of(i) as s, 0 as warned, 1 as late from mark, issue i where i.open and i.late_at > mark.at and i.late_at <= $2
            union all
            select standing_of(i), 1, 0 from mark, issue i where i.open and i.warn_at > mark.at and i.warn_at <= $2
            union all
            select o.after, -((o.after).warn_at > mark.at and (o.after).warn_at <= $2)::int,
                -((o.after).late_at > mark.at and (o.after).late_at <= $2)::int
            from mark, outbox o where o.after is distinct from null
            union all
            select o.before, ((o.before).warn_at > mark.at and (o.before).warn_at <= $2)::int,
                ((o.before).late_at > mark.at and (o.before).late_at <= $2)::int
            from mark, outbox o where o.before is distinct from null
        ),
        written as (
            insert into desk_tally as t (scope, id, warned, late)
            select c.scope, c.id, sum(p.warned), sum(p.late) from passed p cross join lateral scopes_of(p.s) c group by 1, 2
            having sum(p.warned) <> 0 or sum(p.late) <> 0 order by 1, 2
            on conflict (scope, id) do update set warned = t.warned + excluded.warned, late = t.late + excluded.late
        )
        update desk_mark set at = $2 where at < $1 and exists (select from passed)"#,
        now - STALE,
        now
    )
    .execute(conn)
    .await?;
    debug_assert!(moved.rows_affected() <= 1);
    Ok(())
}
