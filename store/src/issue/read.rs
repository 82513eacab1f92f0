//! Reading: one issue whole, and the enterprise's own lists.

use super::write::parse;
use super::{IssueRow, RawRow, rows};
use crate::{Conn, Page, StoreError, cursor, parse_cursor};
use domain::actor::Actor;
use domain::calendar::WorkCalendar;
use domain::issue::{Event, Issue, evolve};
use time::OffsetDateTime;
use uuid::Uuid;

/// An event as it was written.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Its number, from one.
    pub seq: i32,
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub actor: Actor,
    /// The name as it was shown at the time.
    pub actor_name: String,
    /// What.
    pub event: Event,
}

/// A picture of an issue.
#[derive(Debug, Clone)]
pub struct PhotoRow {
    /// Its id.
    pub id: Uuid,
    /// The event it came with.
    pub seq: i32,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
}

/// An issue whole.
#[derive(Debug, Clone)]
pub struct IssueDetail {
    /// Its id.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// Whose.
    pub enterprise: i64,
    /// The enterprise's name.
    pub enterprise_name: String,
    /// Its code, whole.
    pub uscc: String,
    /// Its class code (S-13).
    pub enterprise_class: String,
    /// Title.
    pub title: String,
    /// What happened.
    pub body: String,
    /// Where.
    pub place: String,
    /// Whom to call.
    pub contact_name: String,
    /// Under which number, whole: mask it.
    pub contact_phone: String,
    /// Its events, oldest first.
    pub events: Vec<EventRow>,
    /// Its pictures.
    pub photos: Vec<PhotoRow>,
}

impl IssueDetail {
    /// The aggregate, by replaying the events.
    pub fn aggregate(&self, calendar: &WorkCalendar) -> Issue {
        self.events
            .iter()
            .fold(Issue::draft(self.enterprise), |issue, row| evolve(issue, &row.event, row.at, &row.actor, calendar))
    }
}

/// One issue with its events and pictures, three queries.
///
/// # Errors
/// [`StoreError::NotFound`] also where the scope may not see it.
pub async fn detail(conn: &mut Conn, number: &str) -> Result<IssueDetail, StoreError> {
    let head = sqlx::query!(
        "select i.id, i.number, i.enterprise_id, i.title, i.body, i.place, i.contact_name, i.contact_phone, e.name, e.uscc, e.class
         from issue i join enterprise e on e.id = i.enterprise_id where i.number = $1",
        number
    )
    .fetch_one(conn.pg())
    .await?;
    let stored = sqlx::query!(
        r#"select seq, at, actor::text as "actor!", actor_name, event::text as "event!" from issue_event where issue_id = $1 order by seq"#,
        head.id
    )
    .fetch_all(conn.pg())
    .await?;
    let mut events = Vec::with_capacity(stored.len());
    for row in stored {
        events.push(EventRow {
            seq: row.seq,
            at: row.at,
            actor: parse(&row.actor, number)?,
            actor_name: row.actor_name,
            event: parse(&row.event, number)?,
        });
    }
    let photos = sqlx::query_as!(
        PhotoRow,
        r#"select id, coalesce(seq, 1) as "seq!", width, height from photo where issue_id = $1 order by seq, ordinal"#,
        head.id
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(IssueDetail {
        id: head.id,
        number: head.number,
        enterprise: head.enterprise_id,
        enterprise_name: head.name,
        uscc: head.uscc,
        enterprise_class: head.class,
        title: head.title,
        body: head.body,
        place: head.place,
        contact_name: head.contact_name,
        contact_phone: head.contact_phone,
        events,
        photos,
    })
}

/// The number and version of an issue the scope may see: what a live page needs to know before it listens.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn versions(conn: &mut Conn, number: &str) -> Result<(i64, i32), StoreError> {
    let row = sqlx::query!("select id, version from issue where number = $1", number).fetch_one(conn.pg()).await?;
    Ok((row.id, row.version))
}

/// Which of the enterprise's issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MineFilter {
    /// 全部.
    All,
    /// 待我处理: input asked or an answer to rate.
    Waiting,
    /// 办理中.
    Open,
    /// 已结束.
    Ended,
}

impl MineFilter {
    /// Every filter in the order of its chips.
    pub const ALL: [MineFilter; 4] = [MineFilter::All, MineFilter::Waiting, MineFilter::Open, MineFilter::Ended];

    /// The stable code of the URL.
    pub fn code(self) -> &'static str {
        match self {
            MineFilter::All => "all",
            MineFilter::Waiting => "waiting",
            MineFilter::Open => "open",
            MineFilter::Ended => "ended",
        }
    }

    /// The chip's words.
    pub fn label(self) -> &'static str {
        match self {
            MineFilter::All => "全部",
            MineFilter::Waiting => "待我处理",
            MineFilter::Open => "办理中",
            MineFilter::Ended => "已结束",
        }
    }

    /// From the URL; anything else is all.
    pub fn from_code(code: &str) -> MineFilter {
        MineFilter::ALL.into_iter().find(|filter| filter.code() == code).unwrap_or(MineFilter::All)
    }

    fn states(self) -> Vec<String> {
        let codes: &[&str] = match self {
            MineFilter::All => &[
                "submitted",
                "accepted",
                "dispatched",
                "handling",
                "awaiting_input",
                "answered",
                "closed",
                "declined",
                "withdrawn",
            ],
            MineFilter::Waiting => &["awaiting_input", "answered"],
            MineFilter::Open => &["submitted", "accepted", "dispatched", "handling", "awaiting_input"],
            MineFilter::Ended => &["closed", "declined", "withdrawn"],
        };
        codes.iter().map(|code| (*code).to_owned()).collect()
    }
}

/// The enterprise's issues, the latest movement first.
///
/// # Errors
/// [`StoreError`].
pub async fn mine(
    conn: &mut Conn,
    enterprise: i64,
    filter: MineFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<IssueRow>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((crate::NEVER, i64::MAX));
    let raw = sqlx::query_as!(
        RawRow,
        "select i.id, i.number, e.name as enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at,
            i.due_at, i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
         from issue i join enterprise e on e.id = i.enterprise_id
         where i.enterprise_id = $1 and i.state = any($2) and (i.last_event_at, i.id) < ($3, $4)
         order by i.last_event_at desc, i.id desc limit $5",
        enterprise,
        &filter.states(),
        at,
        id,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows(raw)?, limit, |row| cursor(row.last_event_at, row.id)))
}

/// What the home page shows.
#[derive(Debug, Clone)]
pub struct HomeIssues {
    /// Waiting for the enterprise: supply or rate.
    pub waiting: Vec<IssueRow>,
    /// In work, the latest movement first; at most five.
    pub open: Vec<IssueRow>,
    /// How many are in work.
    pub open_count: usize,
}

/// The enterprise's open issues for its home page, one query; an enterprise with more than 200 open ones sees the latest 200.
///
/// # Errors
/// [`StoreError`].
pub async fn home(conn: &mut Conn, enterprise: i64) -> Result<HomeIssues, StoreError> {
    let raw = sqlx::query_as!(
        RawRow,
        "select i.id, i.number, '' as \"enterprise_name!\", i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at,
            i.due_at, i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
         from issue i where i.enterprise_id = $1 and i.open order by i.last_event_at desc, i.id desc limit 200",
        enterprise
    )
    .fetch_all(conn.pg())
    .await?;
    let waits = |row: &IssueRow| MineFilter::Waiting.states().iter().any(|code| code == row.state.code());
    let (waiting, mut open): (Vec<_>, Vec<_>) = rows(raw)?.into_iter().partition(waits);
    let open_count = open.len();
    open.truncate(5);
    Ok(HomeIssues { waiting, open, open_count })
}

/// What a desk should know of an enterprise.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// Issues of the last year.
    pub year: i64,
    /// Of these rated unsatisfied.
    pub dissatisfied: i64,
}
