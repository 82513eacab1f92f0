//! What a channel reads: the codes it files with, and how its own filings stand.

use super::wire::{Area, Category, Codes, Issue, IssueDetail, IssueList, Step};
use super::{Answer, ApiError, Caller, Entered};
use crate::open311::instant;
use crate::request::{Request, Tables};
use domain::actor::Actor;
use domain::api::{step_label, told};
use domain::issue::{Channel, CommandKind, State, allowed_commands};
use store::Conn;
use store::api::issue::{self, Row, Wanted, replayed};
use store::issue::EventRow;
use time::OffsetDateTime;

/// Categories and districts, as they are today.
///
/// # Errors
/// None but our own.
#[utoipa::path(
    get,
    path = "/api/v1/categories",
    tag = "诉求",
    operation_id = "codes",
    summary = "类别和区县的代码",
    description = "提交诉求时用的代码。不需要密钥。",
    responses((status = 200, description = "代码", body = Codes)),
    security(())
)]
pub fn codes(request: &Request) -> Result<Answer, ApiError> {
    let services = request.services();
    let Tables { terms, reference, .. } = services.tables();
    let today = terms.catalogue.at(services.now());
    let board = |code: &str| today.board(code).map_or_else(|| code.to_owned(), |board| board.name.clone());
    let category = |category: &domain::catalogue::Category| Category {
        code: category.code.clone(),
        name: category.name.clone(),
        board: board(&category.board),
    };
    let areas = reference.areas.iter().map(|area| Area { code: area.code.to_string(), name: area.name.clone() });
    let codes = Codes { categories: today.categories().into_iter().map(category).collect(), areas: areas.collect() };
    Answer::new(200, &codes)
}

/// One of the key's own filings, with what is told of it and what may be done.
///
/// # Errors
/// 404 for what did not come in by the key.
#[utoipa::path(
    get,
    path = "/api/v1/issues/{number}",
    tag = "诉求",
    operation_id = "get_issue",
    summary = "一件诉求和它的进展",
    description = "只有这个密钥提交的。进展里有办理单位写给企业的话，没有内部的，也没有企业在别处说的。",
    params(("number" = String, Path, description = "诉求编号")),
    responses(
        (status = 200, description = "诉求", body = IssueDetail),
        (status = 404, description = "没有，或不是这个密钥提交的", body = super::error::Errors),
    ),
    security(("key" = ["issues:read"]))
)]
pub async fn one(mut entered: Entered, number: &str) -> Result<Answer, ApiError> {
    let mut conn = entered.conn().await?;
    let detail = detail(&mut conn, &entered.caller, number).await?;
    conn.release();
    Answer::new(200, &detail)
}

/// As [`one`], on a connection in the scope of the key.
pub(super) async fn detail(conn: &mut Conn, caller: &Caller, number: &str) -> Result<IssueDetail, ApiError> {
    let services = caller.request.services();
    let (now, tables) = (services.now(), services.tables());
    let (row, events) = issue::get(conn, number).await?;
    let state = replayed(row.enterprise, &events, &tables.terms.calendar);
    let actor = Actor::Integration { key: caller.key.id, enterprise: row.enterprise };
    let offered = [CommandKind::Supply, CommandKind::Withdraw, CommandKind::Rate];
    let can = allowed_commands(&state, &actor, now, &tables.terms).into_iter().filter(|kind| offered.contains(kind));
    let can = can.map(|kind| kind.code().to_owned()).collect();
    let steps = events.iter().filter_map(|event| step(event, &tables)).collect();
    Ok(IssueDetail { issue: shown(row, caller.key.channel, &tables, now), can, steps })
}

/// An event, as far as a channel is told of it.
pub(super) fn step(row: &EventRow, tables: &Tables) -> Option<Step> {
    let told = told(&row.event)?;
    let kind = row.event.kind();
    Some(Step {
        seq: row.seq,
        kind: kind.to_owned(),
        label: step_label(kind)?.to_owned(),
        at: instant(row.at),
        text: Some(told.text).filter(|text| !text.is_empty()),
        due_at: told.due.map(instant),
        department: told.department.map(|id| tables.reference.department(id)),
        outcome: told.outcome.map(|outcome| outcome.code().to_owned()),
        solved: told.solved,
        level: told.level.map(|level| level.code().to_owned()),
        round: told.round,
    })
}

fn shown(row: Row, channel: Channel, tables: &Tables, now: OffsetDateTime) -> Issue {
    let state = State::from_code(&row.state).unwrap_or(State::Submitted);
    let promised = state.is_open() && state != State::Tracking;
    Issue {
        external_id: Some(row.external_id).filter(|id| !id.is_empty()),
        channel: channel.code().to_owned(),
        state: state.code().to_owned(),
        state_label: state.label().to_owned(),
        open: state.is_open(),
        category_name: tables.terms.catalogue.at(now).category_name(&row.category).to_owned(),
        area: row.area.to_string(),
        area_name: tables.reference.area(row.area),
        department: row.department.map(|id| tables.reference.department(id)),
        round: row.round,
        submitted_at: instant(row.submitted_at),
        changed_at: instant(row.changed_at),
        due_at: row.due_at.filter(|_| promised).map(instant),
        number: row.number,
        title: row.title,
        text: row.text,
        category: row.category,
        place: row.place,
        enterprise_name: row.enterprise_name,
    }
}

/// How many issues a page may have, and has.
const MOST: i64 = 200;
const USUAL: i64 = 50;

/// The key's own filings, what changed first at the beginning.
///
/// # Errors
/// 422 for arguments that cannot be read.
#[utoipa::path(
    get,
    path = "/api/v1/issues",
    tag = "诉求",
    operation_id = "list_issues",
    summary = "这个密钥提交的诉求",
    description = "按变动时间从早到晚。记住 next_cursor，下次从它接着取，就只得到变动过的；最近 20 秒内的可能再次出现，不会遗漏。\
more 为 true 就接着取，为 false 就过一会儿再取。",
    params(
        ("cursor" = Option<String>, Query, description = "上一次应答里的 next_cursor"),
        ("changed_since" = Option<String>, Query, description = "从这个时间起变动过的，RFC 3339，例如 2026-11-27T00:00:00+08:00"),
        ("state" = Option<String>, Query, description = "状态代码，多个用逗号隔开"),
        ("limit" = Option<i64>, Query, description = "一页多少件，1 到 200，不填为 50"),
    ),
    responses(
        (status = 200, description = "一页诉求", body = IssueList),
        (status = 422, description = "参数不对", body = super::error::Errors),
    ),
    security(("key" = ["issues:read"]))
)]
pub async fn list(mut entered: Entered, pairs: &[(String, String)]) -> Result<Answer, ApiError> {
    let wanted = wanted(pairs)?;
    let mut conn = entered.conn().await?;
    let services = entered.caller.request.services();
    let (now, tables) = (services.now(), services.tables());
    let (rows, next_cursor, more) = issue::list(&mut conn, entered.caller.key.id, &wanted, now).await?;
    conn.release();
    let issues = rows.into_iter().map(|row| shown(row, entered.caller.key.channel, &tables, now)).collect();
    Answer::new(200, &IssueList { issues, next_cursor, more })
}

/// Reads the arguments, strictly: one that is not known is a mistake somebody wants to hear of.
fn wanted(pairs: &[(String, String)]) -> Result<Wanted, ApiError> {
    let mut wanted = Wanted { limit: USUAL, ..Wanted::default() };
    let mut faults = Vec::new();
    let mut fault = |code: &str, field: &str, message: String| {
        faults.push(super::Fault { code: code.to_owned(), field: Some(field.to_owned()), message });
    };
    for (name, value) in pairs {
        match name.as_str() {
            "cursor" if issue::is_cursor(value) => wanted.after = Some(value.clone()),
            "cursor" => fault("invalid", "cursor", "不是 next_cursor 给出的值".to_owned()),
            "changed_since" => match domain::when::instant(value) {
                Some(at) => wanted.since = Some(at),
                None => fault("invalid", "changed_since", "应为 RFC 3339 的时间，“+”在网址里写成 %2B".to_owned()),
            },
            "state" => {
                for code in value.split(',').filter(|code| !code.is_empty()) {
                    match State::from_code(code).filter(|state| *state != State::Draft) {
                        Some(_) => wanted.states.push(code.to_owned()),
                        None => fault("invalid", "state", format!("没有“{code}”这个状态")),
                    }
                }
            }
            "limit" => match value.parse() {
                Ok(limit) if (1..=MOST).contains(&limit) => wanted.limit = limit,
                _ => fault("invalid", "limit", format!("应为 1 到 {MOST}")),
            },
            other => fault("unknown_parameter", other, format!("没有“{other}”这个参数")),
        }
    }
    if faults.is_empty() { Ok(wanted) } else { Err(ApiError { status: 422, errors: faults, retry_after: None }) }
}
