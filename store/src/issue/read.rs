//! Reading: one issue whole, and the enterprise's own lists.

use super::write::parse;
use super::{IssueRow, RawRow, rows};
use crate::enterprise::Enterprise;
use crate::message::Message;
use crate::{Conn, Page, StoreError, cursor, parse_cursor};
use domain::actor::Actor;
use domain::calendar::WorkCalendar;
use domain::issue::{Event, Issue, evolve};
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

/// An event as it was written.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Its number, from one.
    pub seq: i32,
    pub at: OffsetDateTime,
    pub actor: Actor,
    /// The name as it was shown at the time.
    pub actor_name: String,
    pub event: Event,
}

/// A picture of an issue.
#[derive(Debug, Clone, sqlx::Type)]
#[sqlx(type_name = "photo_row")]
pub struct PhotoRow {
    pub id: Uuid,
    /// The event it came with.
    pub seq: i32,
    /// Pixels.
    pub width: i32,
    /// Pixels; 0 of a file.
    pub height: i32,
}

/// A file of an issue: a [`PhotoRow`] of no pixels stands for it, too.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct FileRow {
    pub id: Uuid,
    /// The sender's name of it.
    pub name: String,
    /// As found in its bytes.
    pub content_type: String,
    pub bytes: i64,
}

/// An issue whole.
#[derive(Debug, Clone)]
pub struct IssueDetail {
    pub id: i64,
    pub number: String,
    pub enterprise: i64,
    pub enterprise_name: String,
    /// Its code, whole.
    pub uscc: String,
    /// Its class code (S-13).
    pub enterprise_class: String,
    /// Where it is registered; the place of the issue may be elsewhere.
    pub registered: i32,
    /// The station that serves it.
    pub serving: Option<i64>,
    pub title: String,
    /// What happened.
    pub body: String,
    pub place: String,
    /// Whom to call.
    pub contact_name: String,
    /// Under which number, whole: mask it.
    pub contact_phone: String,
    /// Its events, oldest first.
    pub events: Vec<EventRow>,
    /// Its pictures, and files among them.
    pub photos: Vec<PhotoRow>,
    /// What the files are.
    pub files: Vec<FileRow>,
}

impl IssueDetail {
    /// The aggregate, by replaying the events.
    pub fn aggregate(&self, calendar: &WorkCalendar) -> Issue {
        self.events.iter().fold(Issue { serving: self.serving, ..Issue::draft(self.enterprise) }, |issue, row| {
            evolve(issue, &row.event, row.at, &row.actor, calendar)
        })
    }
}

/// An event as the database sends it along with its issue.
#[derive(Debug, sqlx::Type)]
#[sqlx(type_name = "event_row")]
struct RawEvent {
    seq: i32,
    at: OffsetDateTime,
    actor: String,
    actor_name: String,
    event: String,
}

/// One issue with its events and pictures, one query.
///
/// # Errors
/// [`StoreError::NotFound`] also where the scope may not see it.
pub async fn detail(conn: &mut Conn, number: &str) -> Result<IssueDetail, StoreError> {
    let row = sqlx::query!(
        r#"select id as "id!", number as "number!", enterprise_id as "enterprise_id!", enterprise_name as "enterprise_name!",
            uscc as "uscc!", class as "class!", registered as "registered!", serving, title as "title!", body as "body!", place as "place!",
            contact_name as "contact_name!", contact_phone as "contact_phone!", events as "events!: Vec<RawEvent>",
            photos as "photos!: Vec<PhotoRow>",
            (select json_agg(json_build_object('id', f.id, 'name', f.name, 'content_type', f.content_type, 'bytes', f.bytes))
                from photo f where f.issue_id = page.id and f.content_type is not null) as "files: Json<Vec<FileRow>>"
        from issue_page($1) page"#,
        number
    )
    .fetch_one(conn.pg())
    .await?;
    let event = |raw: RawEvent| -> Result<EventRow, StoreError> {
        let (actor, event) = (parse(&raw.actor, number)?, parse(&raw.event, number)?);
        Ok(EventRow { seq: raw.seq, at: raw.at, actor, actor_name: raw.actor_name, event })
    };
    Ok(IssueDetail {
        id: row.id,
        number: row.number,
        enterprise: row.enterprise_id,
        enterprise_name: row.enterprise_name,
        uscc: row.uscc,
        enterprise_class: row.class,
        registered: row.registered,
        serving: row.serving,
        title: row.title,
        body: row.body,
        place: row.place,
        contact_name: row.contact_name,
        contact_phone: row.contact_phone,
        events: row.events.into_iter().map(event).collect::<Result<_, _>>()?,
        photos: row.photos,
        files: row.files.map(|files| files.0).unwrap_or_default(),
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
                "tracking",
                "answered",
                "closed",
                "declined",
                "withdrawn",
                "merged",
            ],
            MineFilter::Waiting => &["awaiting_input", "answered"],
            // As the home page counts them: what waits for the enterprise is told apart.
            MineFilter::Open => &["submitted", "accepted", "dispatched", "handling", "tracking"],
            MineFilter::Ended => &["closed", "declined", "withdrawn", "merged"],
        };
        codes.iter().map(|code| (*code).to_owned()).collect()
    }
}

/// A page of an enterprise's issues in some states, the latest movement first.
macro_rules! mine_list {
    ($conn:expr, $enterprise:expr, $states:expr, $at:expr, $id:expr, $limit:expr, $condition:literal) => {
        sqlx::query_as!(
            RawRow,
            "select i.id, i.number, i.enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at,
                i.due_at, i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
             from issue i where "
                + $condition
                + "i.enterprise_id = $1 and i.state = any($2) and (i.last_event_at, i.id) < ($3, $4)
             order by i.last_event_at desc, i.id desc limit $5",
            $enterprise,
            $states,
            $at,
            $id,
            $limit
        )
        .fetch_all($conn.pg())
        .await?
    };
}

/// The enterprise's issues, the latest movement first.
pub async fn mine(
    conn: &mut Conn,
    enterprise: i64,
    filter: MineFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<IssueRow>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((crate::NEVER, i64::MAX));
    let (states, more) = (filter.states(), limit + 1);
    let raw = match filter {
        // What waits and what is open have indexes of their own: they are few of the thousands that an enterprise may have raised.
        MineFilter::Waiting => {
            mine_list!(conn, enterprise, &states, at, id, more, "i.state in ('awaiting_input', 'answered') and ")
        }
        MineFilter::Open => mine_list!(conn, enterprise, &states, at, id, more, "i.open and "),
        MineFilter::All | MineFilter::Ended => mine_list!(conn, enterprise, &states, at, id, more, ""),
    };
    Ok(Page::cut(rows(raw)?, limit, |row| cursor(row.last_event_at, row.id)))
}

/// What the home page shows.
#[derive(Debug, Clone)]
pub struct HomeIssues {
    /// Waiting for the enterprise: supply or rate; at most twenty, the latest movement first.
    pub waiting: Vec<IssueRow>,
    /// How many wait.
    pub waiting_count: usize,
    /// In work, the latest movement first; at most five.
    pub open: Vec<IssueRow>,
    /// How many are in work.
    pub open_count: usize,
}

/// Rows that the home page shows of what waits.
const WAITING_SHOWN: i32 = 20;
/// Rows that the home page shows of what is in work.
const OPEN_SHOWN: i32 = 5;
/// Messages that the home page shows.
const MESSAGES_SHOWN: i32 = 3;

/// The enterprise's own page.
#[derive(Debug, Clone)]
pub struct HomePage {
    pub enterprise: Enterprise,
    pub issues: HomeIssues,
    pub messages: Vec<Message>,
}

/// An issue as the database sends it along with the home page.
#[derive(Debug, sqlx::Type)]
#[sqlx(type_name = "home_row")]
struct HomeRow {
    id: i64,
    number: String,
    title: String,
    category: String,
    state: String,
    round: i32,
    centre: i32,
    lead: Option<i64>,
    submitted_at: OffsetDateTime,
    due_at: Option<OffsetDateTime>,
    warn_at: OffsetDateTime,
    late_at: OffsetDateTime,
    answered_at: Option<OffsetDateTime>,
    returned: bool,
    flags: Vec<String>,
    last_event_at: OffsetDateTime,
}

impl HomeRow {
    fn issue(self) -> Result<IssueRow, StoreError> {
        IssueRow::try_from(RawRow {
            id: self.id,
            number: self.number,
            enterprise_name: String::new(),
            title: self.title,
            category: self.category,
            state: self.state,
            round: self.round,
            centre: self.centre,
            lead: self.lead,
            submitted_at: self.submitted_at,
            due_at: self.due_at,
            warn_at: self.warn_at,
            late_at: self.late_at,
            answered_at: self.answered_at,
            returned: self.returned,
            flags: self.flags,
            last_event_at: self.last_event_at,
        })
    }
}

/// The page of the scope's own enterprise, one query: who it is, what waits for it and what runs, the latest messages. Of more than
/// 200 open issues the latest 200 are counted.
///
/// # Errors
/// [`StoreError::NotFound`] for whoever acts for no enterprise.
pub async fn home_page(conn: &mut Conn) -> Result<HomePage, StoreError> {
    let row = sqlx::query!(
        r#"select id as "id!", uscc as "uscc!", name as "name!", area as "area!", address as "address!", industry as "industry!",
            scale as "scale!", class as "class!", tags as "tags!", station_id, waiting_count as "waiting_count!",
            open_count as "open_count!", waiting as "waiting!: Vec<HomeRow>", opened as "opened!: Vec<HomeRow>",
            messages as "messages!: Vec<Message>"
        from home_page($1, $2, $3)"#,
        WAITING_SHOWN,
        OPEN_SHOWN,
        MESSAGES_SHOWN
    )
    .fetch_one(conn.pg())
    .await?;
    let rows = |list: Vec<HomeRow>| list.into_iter().map(HomeRow::issue).collect::<Result<_, _>>();
    let count = |n: i64| usize::try_from(n).unwrap_or_default();
    let issues = HomeIssues {
        waiting: rows(row.waiting)?,
        waiting_count: count(row.waiting_count),
        open: rows(row.opened)?,
        open_count: count(row.open_count),
    };
    let enterprise = Enterprise {
        id: row.id,
        uscc: row.uscc,
        name: row.name,
        area: row.area,
        address: row.address,
        industry: row.industry,
        scale: row.scale,
        class: row.class,
        tags: row.tags,
        station_id: row.station_id,
    };
    Ok(HomePage { enterprise, issues, messages: row.messages })
}

/// The issues of [`home_page`]; none for another enterprise than the scope's.
pub async fn home(conn: &mut Conn, enterprise: i64) -> Result<HomeIssues, StoreError> {
    match home_page(conn).await {
        Ok(page) if page.enterprise.id == enterprise => Ok(page.issues),
        Ok(_) | Err(StoreError::NotFound) => Ok(HomeIssues { waiting: vec![], waiting_count: 0, open: vec![], open_count: 0 }),
        Err(error) => Err(error),
    }
}

/// What a desk should know of an enterprise: the same for everyone who may read one of its issues, whichever others they may.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// Issues of the last year; of more than [`super::HISTORY`], so many.
    pub year: i64,
    /// Of these rated unsatisfied.
    pub dissatisfied: i64,
}
