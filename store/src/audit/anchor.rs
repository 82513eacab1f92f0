//! Anchors: digests over all chains as they stood, to be kept where whoever runs the database has no hand.

use super::{Break, Walk, walk};
use crate::{Conn, StoreError};
use domain::audit::{Heads, Kind};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// All chains at one moment. Its JSON is one line of a file of anchors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Up to where it looked: what is written later has higher positions.
    pub pos: i64,
    pub issue: Root,
    pub application: Root,
    pub fact: Root,
}

/// The chains of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    pub chains: i64,
    pub events: i64,
    /// `domain::audit::Heads`, in hex.
    pub root: String,
}

impl Anchor {
    /// The chains of a kind.
    pub fn of(&self, kind: Kind) -> &Root {
        match kind {
            Kind::Issue => &self.issue,
            Kind::Application => &self.application,
            Kind::Fact => &self.fact,
        }
    }
}

impl From<Heads> for Root {
    fn from(heads: Heads) -> Root {
        let (chains, events, root) = heads.root();
        Root { chains, events, root: hex::encode(root) }
    }
}

/// An anchor, and of what kinds there is something else now.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// A sentence each.
    pub broken: Vec<String>,
}

/// Looks through everything and compares it with anchors. Answers a walk a kind, and the anchors in the order given.
///
/// # Errors
/// [`StoreError`] when the database does not answer.
pub async fn check(
    conn: &mut Conn,
    since: Option<OffsetDateTime>,
    anchors: &[Anchor],
) -> Result<(Vec<Walk>, Vec<Held>), StoreError> {
    let cuts: Vec<i64> = anchors.iter().map(|anchor| anchor.pos).collect();
    let mut held: Vec<Held> = anchors.iter().map(|anchor| Held { at: anchor.at, broken: vec![] }).collect();
    let mut walks = Vec::with_capacity(Kind::ALL.len());
    for kind in Kind::ALL {
        let mut walk = walk(conn, kind, since, &cuts).await?;
        for ((heads, anchor), held) in walk.heads.drain(..).zip(anchors).zip(&mut held) {
            let (now, then) = (Root::from(heads), anchor.of(kind));
            if now != *then {
                held.broken.push(format!(
                    "{}: there were {} chains of {} events, {} and {} of them are there, with the digest {} and not {}",
                    kind.table(),
                    then.chains,
                    then.events,
                    now.chains,
                    now.events,
                    now.root,
                    then.root
                ));
            }
        }
        walks.push(walk);
    }
    Ok((walks, held))
}

/// The position up to which everything has been written. Waits for writers, two seconds at most.
///
/// # Errors
/// [`StoreError::Busy`] when one of them takes longer.
pub async fn cut(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(r#"select audit_cut() as "pos!""#).fetch_one(conn.pg()).await?)
}

/// An anchor of now, or what is broken: of chains that do not fit none is made.
///
/// # Errors
/// As [`cut`].
pub async fn take(conn: &mut Conn, now: OffsetDateTime) -> Result<Result<Anchor, Vec<Break>>, StoreError> {
    let pos = cut(conn).await?;
    let mut roots = Vec::with_capacity(Kind::ALL.len());
    let mut broken = Vec::new();
    for kind in Kind::ALL {
        let mut walk = walk(conn, kind, None, &[pos]).await?;
        roots.push(Root::from(walk.heads.pop().unwrap_or_default()));
        broken.extend(walk.broken);
    }
    let [issue, application, fact] = <[Root; 3]>::try_from(roots).unwrap_or_else(|_| unreachable!("a root a kind"));
    Ok(if broken.is_empty() { Ok(Anchor { at: now, pos, issue, application, fact }) } else { Err(broken) })
}

/// Keeps the anchor of a day; false where there is one already.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(conn: &mut Conn, day: Date, anchor: &Anchor) -> Result<bool, StoreError> {
    let kinds = Kind::ALL.map(|kind| kind.code().to_owned());
    let (mut chains, mut events, mut roots) = (vec![], vec![], vec![]);
    for root in Kind::ALL.map(|kind| anchor.of(kind)) {
        chains.push(root.chains);
        events.push(root.events);
        roots.push(hex::decode(&root.root).map_err(|error| StoreError::Unreadable(format!("root: {error}")))?);
    }
    let done = sqlx::query!(
        "insert into audit_anchor (day, kind, at, pos, chains, events, root)
         select $1, n.kind, $2, $3, n.chains, n.events, n.root
         from unnest($4::text[], $5::bigint[], $6::bigint[], $7::bytea[]) as n (kind, chains, events, root) on conflict do nothing",
        day,
        anchor.at,
        anchor.pos,
        &kinds[..],
        &chains,
        &events,
        &roots
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The last day of which there is an anchor.
///
/// # Errors
/// [`StoreError`].
pub async fn latest(conn: &mut Conn) -> Result<Option<Date>, StoreError> {
    Ok(sqlx::query_scalar!("select max(day) from audit_anchor").fetch_one(conn.pg()).await?)
}

/// The anchors that were kept, the latest days first.
///
/// # Errors
/// [`StoreError`].
pub async fn kept(conn: &mut Conn, most: i64) -> Result<Vec<Anchor>, StoreError> {
    let rows = sqlx::query!(
        r#"select min(at) as "at!", min(pos) as "pos!", array_agg(kind order by kind) as "kinds!", array_agg(chains order by kind) as "chains!",
            array_agg(events order by kind) as "events!", array_agg(root order by kind) as "roots!"
        from audit_anchor group by day order by day desc limit $1"#,
        most
    )
    .fetch_all(conn.pg())
    .await?;
    let anchors = rows.into_iter().map(|row| {
        let root = |kind: Kind| {
            let place = row.kinds.iter().position(|code| code == kind.code());
            let root = place.and_then(|n| Some((row.chains.get(n)?, row.events.get(n)?, row.roots.get(n)?)));
            root.map(|(chains, events, root)| Root { chains: *chains, events: *events, root: hex::encode(root) })
                .ok_or_else(|| StoreError::Unreadable(format!("the anchor of {} has no {}", row.at, kind.code())))
        };
        Ok(Anchor {
            at: row.at,
            pos: row.pos,
            issue: root(Kind::Issue)?,
            application: root(Kind::Application)?,
            fact: root(Kind::Fact)?,
        })
    });
    anchors.collect()
}
