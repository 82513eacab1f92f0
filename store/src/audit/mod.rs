//! Whether the record is what was written: every link of every chain recomputed, what lists show compared with what the events say, and
//! anchors kept before compared with what is there now. Needs the system's scope.
//!
//! A batch of chains is read in one snapshot, so commands may go on meanwhile, and no more than a batch is in memory.

mod anchor;
mod load;
mod rules;

pub use anchor::{Anchor, Held, Root, check, cut, keep, kept, latest, take};

use crate::{Conn, StoreError};
use domain::audit::{Heads, Kind, Link, ROOT, link};
use serde::Serialize;
use sqlx::{Connection, Executor};
use time::OffsetDateTime;

/// Chains that are read at once.
const BATCH: i64 = 500;

/// The first place of a kind that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The table to look into.
    pub table: &'static str,
    /// The number of an issue or an application, the code (统一社会信用代码) of an enterprise; an id in brackets where there is no such row.
    pub object: String,
    /// The number of the event.
    pub seq: i32,
    /// What is not as it should be, in a sentence.
    pub what: String,
}

/// What came of looking through the chains of a kind.
#[derive(Debug, Clone)]
pub struct Walk {
    pub kind: Kind,
    /// Chains looked at.
    pub chains: i64,
    /// And events in them.
    pub events: i64,
    pub broken: Option<Break>,
    /// Over the heads as they stood at each position asked for.
    pub heads: Vec<Heads>,
}

/// One event, as the chain sees it.
struct Event {
    object: i64,
    seq: i32,
    pos: i64,
    link: Vec<u8>,
    /// The hashed form (0018_audit.sql).
    form: String,
    /// Its JSON is not what it says it is, or the chain of before does not fit.
    fault: Option<&'static str>,
}

/// What the events of a chain add up to: the row beside them.
struct Object {
    id: i64,
    name: String,
    /// The number that its last event should have; none where the row does not say it.
    tail: Option<i32>,
    row: serde_json::Value,
}

/// Looks through all chains of a kind, or through those that moved since an instant. `cuts` are positions whose heads are wanted.
///
/// # Errors
/// [`StoreError`] when the database does not answer; what does not fit is an answer.
pub async fn walk(conn: &mut Conn, kind: Kind, since: Option<OffsetDateTime>, cuts: &[i64]) -> Result<Walk, StoreError> {
    let mut walk = Walk { kind, chains: 0, events: 0, broken: None, heads: vec![Heads::default(); cuts.len()] };
    let mut after = 0;
    loop {
        let mut tx = conn.pg().begin().await?;
        tx.execute("set transaction isolation level repeatable read, read only; set local bytea_output = 'hex'").await?;
        let objects = load::objects(&mut tx, kind, after, since, BATCH).await?;
        let last = i64::try_from(objects.len()).unwrap_or(i64::MAX) < BATCH;
        // Behind the last row there may be events of one that is gone.
        let until = if last { i64::MAX } else { objects.last().map_or(i64::MAX, |object| object.id) };
        let wanted: Option<Vec<i64>> = since.map(|_| objects.iter().map(|object| object.id).collect());
        let events = load::events(&mut tx, kind, after, until, wanted.as_deref()).await?;
        tx.commit().await?;
        walk.batch(&objects, &events, cuts);
        if last {
            return Ok(walk);
        }
        after = until;
    }
}

/// One issue's chain, in whatever scope may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub events: usize,
    /// The last link, in hex: what stands for all before it.
    pub head: String,
    pub broken: Option<Break>,
}

/// Looks through the chain of one issue that the scope may read.
///
/// # Errors
/// [`StoreError::NotFound`] outside the scope.
pub async fn of_issue(conn: &mut Conn, id: i64) -> Result<Chain, StoreError> {
    let mut tx = conn.pg().begin().await?;
    tx.execute("set local bytea_output = 'hex'").await?;
    let objects = load::objects(&mut tx, Kind::Issue, id - 1, None, 1).await?;
    let events = load::events(&mut tx, Kind::Issue, id - 1, id, None).await?;
    tx.commit().await?;
    let object = objects.first().filter(|object| object.id == id).ok_or(StoreError::NotFound)?;
    let head = events.last().map_or_else(String::new, |event| hex::encode(&event.link));
    Ok(Chain { events: events.len(), head, broken: broken(Kind::Issue, object, &events) })
}

impl Walk {
    /// Objects and events, both in the order of ids.
    fn batch(&mut self, objects: &[Object], mut events: &[Event], cuts: &[i64]) {
        for object in objects {
            let before = events.partition_point(|event| event.object < object.id);
            self.orphans(&events[..before], cuts);
            let own = events[before..].partition_point(|event| event.object == object.id);
            let chain = &events[before..before + own];
            events = &events[before + own..];
            self.count(chain, cuts);
            if self.broken.is_none() {
                self.broken = broken(self.kind, object, chain);
            }
        }
        self.orphans(events, cuts);
    }

    fn orphans(&mut self, events: &[Event], cuts: &[i64]) {
        for chain in events.chunk_by(|one, other| one.object == other.object) {
            self.count(chain, cuts);
            let (kind, first) = (self.kind, &chain[0]);
            self.broken.get_or_insert_with(|| Break {
                table: kind.object(),
                object: format!("({})", first.object),
                seq: first.seq,
                what: "there are events, but the row they belong to is gone".to_owned(),
            });
        }
    }

    fn count(&mut self, chain: &[Event], cuts: &[i64]) {
        self.chains += 1;
        self.events += i64::try_from(chain.len()).unwrap_or(i64::MAX);
        for (cut, heads) in cuts.iter().zip(&mut self.heads) {
            let mut within = chain.iter().filter(|event| event.pos <= *cut);
            let count = i64::try_from(within.clone().count()).unwrap_or(i64::MAX);
            if let Some(head) = within.next_back()
                && let Ok(link) = <&Link>::try_from(head.link.as_slice())
            {
                heads.add(head.object, head.seq, link, count);
            }
        }
    }
}

/// The first place of a chain that does not fit: a link, then a missing tail, then the row beside it.
fn broken(kind: Kind, object: &Object, chain: &[Event]) -> Option<Break> {
    let at = |table, seq, what: String| Some(Break { table, object: object.name.clone(), seq, what });
    let mut previous = ROOT;
    for (event, expected) in chain.iter().zip(1..) {
        if event.seq != expected {
            return at(kind.table(), expected, format!("event {expected} is missing, {} is there", event.seq));
        }
        let link = link(&previous, kind, &event.form);
        if event.link != link {
            return at(kind.table(), event.seq, "what is stored is not what was written".to_owned());
        }
        if let Some(fault) = event.fault {
            return at(kind.table(), event.seq, fault.to_owned());
        }
        previous = link;
    }
    let last = chain.last().map_or(0, |event| event.seq);
    if let Some(tail) = object.tail.filter(|tail| *tail != last) {
        let what = format!("the row of {} is at event {tail}, the last event there is is {last}", kind.object());
        return at(kind.table(), last + 1, what);
    }
    let differs = rules::differs(kind, object, chain);
    differs.and_then(|what| at(kind.object(), last, what))
}
