//! The outbox: turns what commands left into messages, search words, the desk's counts and live notifications, on whichever server is
//! quickest.
//!
//! `NOTIFY` is sent from here and not from the commands: at commit it takes a lock of the whole database, which would make filings
//! wait for one another.

use crate::api::webhook;
use crate::delivery::{self, Sendings};
use crate::issue::tally::{Fold, LOCK, Standing, move_mark};
use crate::{Conn, StoreError};
use domain::issue::channel::{Audience, Channel, Routes, line};
use domain::issue::notice::{Notice, Recipient};
use domain::issue::texts::addressed;
use domain::notice::daytime;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The channel of live notifications.
pub const CHANNEL: &str = "qifu_live";

/// What open pages hear of an issue that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub issue: i64,
    pub number: String,
    /// Sequence number of its last event.
    pub version: i32,
    /// Whose it is.
    pub enterprise: i64,
    /// District of the filing.
    pub area: i32,
    /// The centre responsible.
    pub centre: i32,
    /// The lead of its board, while it may accept or forward it.
    #[serde(default)]
    pub board_lead: Option<i64>,
    /// 主办.
    pub lead: Option<i64>,
    /// 协办.
    pub co: Vec<i64>,
}

/// What open pages hear of an application that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub application: i64,
    /// Whose it is.
    pub enterprise: i64,
    /// Number of its last event.
    pub version: i32,
}

/// What the others' open pages hear where somebody of staff opened an issue that they have open (`issue::work::beside`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Which issue.
    pub opened: i64,
    /// Whose account: no news to that one's own pages.
    pub by: i64,
}

/// What comes through the channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum News {
    Issue(Live),
    Application(Moved),
    Opened(Opened),
}

impl News {
    /// The version it moved to; none where nothing moved.
    pub fn version(&self) -> i32 {
        match self {
            News::Issue(live) => live.version,
            News::Application(moved) => moved.version,
            News::Opened(_) => 0,
        }
    }
}

/// Drains up to `limit` rows in one transaction and answers how many there were; none while another server is at it. Needs the
/// system's scope.
///
/// # Errors
/// [`StoreError`]; nothing is lost, the rows stay.
pub async fn drain(conn: &mut Conn, now: OffsetDateTime, limit: i64) -> Result<usize, StoreError> {
    let mut tx = conn.pg().begin().await?;
    // One at a time: the counts are folded in turn, and of two that drain at once each would wait for the other's rows.
    let turn = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "turn!""#, LOCK).fetch_one(&mut *tx).await?;
    if !turn {
        tx.rollback().await?;
        return Ok(0);
    }
    tell_applications(&mut tx, limit).await?;
    let rows = sqlx::query_as!(
        Row,
        r#"with taken as (
            delete from outbox where id in (select id from outbox order by id limit $1)
            returning id, issue_id, notices, before, after)
        select t.issue_id, t.notices, t.before as "before: Standing", t.after as "after: Standing", i.number, i.version, i.enterprise_id,
            i.area, i.centre, i.board_lead, i.lead, i.co, i.key_id, i.title, i.body, i.enterprise_name, e.uscc
        from taken t join issue i on i.id = t.issue_id join enterprise e on e.id = i.enterprise_id order by t.id"#,
        limit
    )
    .fetch_all(&mut *tx)
    .await?;
    let taken = rows.len();
    if taken > 0 {
        let mut fold = Fold::begin(&mut tx).await?;
        rows.iter().for_each(|row| fold.add(row.before.as_ref(), row.after.as_ref()));
        fold.write(&mut tx).await?;
        write_messages(&mut tx, &rows, now).await?;
        write_words(&mut tx, &rows).await?;
        let by_key: Vec<i64> = rows.iter().filter(|row| row.key_id.is_some()).map(|row| row.issue_id).collect();
        if !by_key.is_empty() {
            webhook::plan(&mut tx, &by_key, now).await?;
        }
        notify(&mut tx, rows).await?;
    }
    move_mark(&mut tx, now).await?;
    tx.commit().await?;
    Ok(taken)
}

/// What a command left, with the issue it was for.
struct Row {
    issue_id: i64,
    notices: serde_json::Value,
    before: Option<Standing>,
    after: Option<Standing>,
    number: String,
    version: i32,
    enterprise_id: i64,
    area: i32,
    centre: i32,
    board_lead: Option<i64>,
    lead: Option<i64>,
    co: Vec<i64>,
    key_id: Option<i64>,
    title: String,
    body: String,
    enterprise_name: String,
    uscc: String,
}

/// Messages to be written, a column each, for one insert.
#[derive(Default)]
struct Messages {
    /// Codes of departments; empty for those who are told by their id.
    codes: Vec<String>,
    kinds: Vec<String>,
    ids: Vec<i64>,
    enterprises: Vec<i64>,
    issues: Vec<i64>,
    numbers: Vec<String>,
    names: Vec<String>,
    titles: Vec<String>,
    bodies: Vec<String>,
    /// What leaves the house, besides.
    sendings: Sendings,
}

impl Sendings {
    fn push(&mut self, row: &Row, notice: &Notice, audience: Audience, channel: Channel) {
        let (id, code) = match &notice.recipient {
            Recipient::Enterprise(id) | Recipient::Department(id) => (*id, String::new()),
            Recipient::Centre(area) | Recipient::Supervisor(area) | Recipient::Leader(area) => (i64::from(*area), String::new()),
            Recipient::Board(code) => (0, code.clone()),
        };
        self.recipients.push(audience.code().to_owned());
        self.ids.push(id);
        self.codes.push(code);
        self.issues.push(row.issue_id);
        self.numbers.push(row.number.clone());
        self.areas.push(row.area);
        self.steps.push(notice.kind.clone());
        self.by.push(channel.code().to_owned());
        self.lines.push(line(&notice.kind, audience, &row.number));
    }
}

impl Messages {
    fn push(&mut self, row: &Row, notice: Notice, routes: &Routes) {
        let audience = Audience::of(&notice.recipient);
        let told = |channel| routes.told(&notice.kind, audience, channel);
        for channel in [Channel::Sms, Channel::Mail].into_iter().filter(|channel| told(*channel)) {
            self.sendings.push(row, &notice, audience, channel);
        }
        if !told(Channel::App) {
            return;
        }
        let (kind, id) = match notice.recipient {
            Recipient::Enterprise(id) => ("enterprise", id),
            Recipient::Department(id) => ("department", id),
            Recipient::Centre(area) => ("centre", i64::from(area)),
            Recipient::Supervisor(area) => ("supervisor", i64::from(area)),
            Recipient::Leader(area) => ("leader", i64::from(area)),
            Recipient::Board(code) => {
                self.codes.push(code);
                ("board", 0)
            }
        };
        self.codes.resize(self.kinds.len() + 1, String::new());
        self.kinds.push(kind.to_owned());
        self.ids.push(id);
        self.enterprises.push(row.enterprise_id);
        self.issues.push(row.issue_id);
        self.numbers.push(row.number.clone());
        self.names.push(notice.kind);
        self.titles.push(addressed(&notice.title, &row.number, &row.title));
        self.bodies.push(addressed(&notice.body, &row.number, &row.title));
    }
}

async fn set_aside(tx: &mut PgConnection, row: &Row, error: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into outbox_aside (issue_id, notices, error, at) values ($1, $2, $3, $4)",
        row.issue_id,
        row.notices,
        error,
        now
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn write_messages(tx: &mut PgConnection, rows: &[Row], now: OffsetDateTime) -> Result<(), StoreError> {
    let mut messages = Messages::default();
    // Most of what is drained together tells somebody.
    let routes = delivery::routes_in(&mut *tx).await?;
    for row in rows {
        match Vec::<Notice>::deserialize(&row.notices) {
            Ok(notices) => notices.into_iter().for_each(|notice| messages.push(row, notice, &routes)),
            // What is behind it does not wait for somebody to mend it.
            Err(error) => set_aside(&mut *tx, row, &error.to_string(), now).await?,
        }
    }
    // By day only, and nothing of what was written: a phone lies on tables.
    delivery::plan(&mut *tx, &messages.sendings, now, daytime(now)).await?;
    if messages.ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into message (person_id, staff_id, enterprise_id, issue_id, number, kind, link, title, body, created_at)
        select m.person_id, s.id, n.enterprise_id, n.issue_id, n.number, n.kind,
            case when n.recipient = 'board' and n.kind <> 'submitted' then '/desk/messages' end, n.title, n.body, $9
        from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
            $10::text[]) as n (recipient, id, enterprise_id, issue_id, number, kind, title, body, code)
        left join membership m on n.recipient = 'enterprise' and m.enterprise_id = n.id
        left join staff s on s.active and ((n.recipient = 'department' and s.department_id = n.id and s.role = 'handler')
            or (n.recipient in ('centre', 'leader', 'supervisor') and s.role = n.recipient and s.area = n.id)
            or (n.recipient = 'board' and s.role = 'handler' and s.department_id = (select id from department d where d.code = n.code)))
        where m.person_id is not null or s.id is not null",
        &messages.kinds,
        &messages.ids,
        &messages.enterprises,
        &messages.issues,
        &messages.numbers,
        &messages.names,
        &messages.titles,
        &messages.bodies,
        now,
        &messages.codes
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// Words that search finds an issue by: those of its filing and its enterprise, so only what was not open before can lack them.
async fn write_words(tx: &mut PgConnection, rows: &[Row]) -> Result<(), StoreError> {
    let opened: BTreeMap<i64, &Row> = rows.iter().filter(|row| row.before.is_none()).map(|row| (row.issue_id, row)).collect();
    if opened.is_empty() {
        return Ok(());
    }
    let words = |row: &Row| format!("{} {} {} {} {}", row.number, row.enterprise_name, row.uscc, row.title, row.body);
    let ids: Vec<i64> = opened.keys().copied().collect();
    let tokens: Vec<String> = opened.values().map(|row| domain::search::tokens(&words(row)).join("\n")).collect();
    sqlx::query!(
        "insert into issue_search (issue_id, tokens)
        select n.id, array_to_tsvector(string_to_array(n.tokens, e'\\n')) from unnest($1::bigint[], $2::text[]) as n (id, tokens)
        on conflict (issue_id) do update set tokens = excluded.tokens where issue_search.tokens <> excluded.tokens",
        &ids,
        &tokens
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// One notification for each application that moved, as it is now.
async fn tell_applications(tx: &mut PgConnection, limit: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "with taken as (
            delete from application_moved where id in (select id from application_moved order by id limit $2) returning application_id
        ), moved as (
            select jsonb_build_object('application', a.id, 'enterprise', a.enterprise_id, 'version', a.seq)::text as payload
            from application a where a.id in (select application_id from taken)
        )
        select pg_notify($1, payload) as sent from moved",
        CHANNEL,
        limit
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// One notification for each issue, as it is now.
async fn notify(tx: &mut PgConnection, rows: Vec<Row>) -> Result<(), StoreError> {
    let lives: BTreeMap<i64, Live> = rows
        .into_iter()
        .map(|row| {
            let live = Live {
                issue: row.issue_id,
                number: row.number,
                version: row.version,
                enterprise: row.enterprise_id,
                area: row.area,
                centre: row.centre,
                board_lead: row.board_lead,
                lead: row.lead,
                co: row.co,
            };
            (row.issue_id, live)
        })
        .collect();
    let payloads: Vec<String> = lives.values().filter_map(|live| serde_json::to_string(live).ok()).collect();
    sqlx::query!("select pg_notify($1, payload) as sent from unnest($2::text[]) payload", CHANNEL, &payloads).execute(tx).await?;
    Ok(())
}
