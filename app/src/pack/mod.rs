//! 会议材料 (S-27): for each of the city's three meetings the figures of the days since the one before, the open hard cases with what was tried, and what
//! became of the last decisions. Read by whoever prepares it and whoever chairs it; printed.

mod cases;
mod decisions;
mod page;

pub use page::{PackPage, PacksPage};

use crate::error::AppError;
use crate::issue::desk::indicators::add;
use crate::issue::desk::pressure::of;
use crate::request::{Clock, Ctx};
use domain::actor::{CITY, Duty};
use domain::calendar::midnight;
use domain::pack::{Meeting, Period};
use std::collections::HashMap;
use store::issue::measure::{self, Counts, Group, Wanted};
use store::pack::{self, Case, Figures, Held, Owed, Tried};
use time::Duration;

/// Where they are.
pub const PATH: &str = "/desk/packs";

/// Everything of a pack.
struct Pack {
    meeting: Meeting,
    organisation: String,
    /// Who printed it.
    reader: String,
    duty: Duty,
    period: Period,
    /// What stands against the days that were asked for.
    fault: Option<&'static str>,
    figures: Figures,
    indicators: Counts,
    /// Of as many days before.
    before: Counts,
    /// By what they are set side by side: name in an address, word, counts.
    groups: Vec<(&'static str, &'static str, Vec<Counts>)>,
    cases: Vec<Case>,
    /// How many cases there are.
    whole: i64,
    tried: HashMap<i64, Vec<Tried>>,
    held: Vec<Held>,
    owed: Vec<Owed>,
    clock: Clock,
}

async fn read(ctx: &mut Ctx, meeting: Meeting, from: &str, to: &str) -> Result<Pack, AppError> {
    let staff = ctx.require_record()?;
    let now = ctx.now;
    let (period, fault) = Period::read(meeting, from, to, ctx.today());
    let wanted = |period: Period| Wanted {
        from: midnight(period.from),
        until: midnight(period.to) + Duration::DAY,
        area: None,
        board: None,
        department: None,
    };
    let (these, those) = (wanted(period), wanted(period.before()));
    let conn = &mut ctx.conn;
    let boards = measure::counts(conn, &these, Group::Board, now).await?;
    let before = measure::counts(conn, &those, Group::Board, now).await?;
    let city = matches!(staff.duty, Duty::Centre { area } | Duty::Leader { area } | Duty::Supervisor { area } if area == CITY);
    let areas = if city && meeting != Meeting::Boards { measure::counts(conn, &these, Group::Area, now).await? } else { vec![] };
    let departments = match meeting {
        Meeting::Joint => measure::counts(conn, &these, Group::Department, now).await?,
        _ => vec![],
    };
    let centre = of(&staff.duty).1.centre;
    let figures = pack::figures(conn, those.from, these.from, these.until, centre, now).await?;
    let (cases, whole) = pack::cases(conn, &meeting.rule(), now).await?;
    let tried = pack::tried(conn, &cases).await?;
    let (held, owed) = pack::decisions(conn, meeting.decisions(), these.from, these.until).await?;
    let indicators = boards.iter().fold(Counts::default(), add);
    let groups = [("area", "区县", areas), ("board", "板块", boards), ("department", "部门", departments)];
    Ok(Pack {
        meeting,
        reader: format!("{} {}", staff.organisation, staff.name),
        organisation: staff.organisation,
        duty: staff.duty,
        period,
        fault,
        figures,
        indicators,
        before: before.iter().fold(Counts::default(), add),
        groups: groups.into_iter().filter(|(.., rows)| !rows.is_empty()).collect(),
        cases,
        whole,
        tried,
        held,
        owed,
        clock: ctx.clock(),
    })
}
