//! The desk's list as a table that is taken along: where each issue stands, whose it is and how it went. Nobody's telephone.

use super::asked::Asked;
use super::show::{holder, left};
use crate::error::AppError;
use crate::issue::read;
use crate::request::{Clock, Ctx};
use crate::sheet::{Cell, Sheet};
use domain::calendar::local;
use domain::issue::{Outcome, Satisfaction, Urgency};
use store::issue::Line;
use time::OffsetDateTime;
use time::macros::format_description;

const COLUMNS: [&str; 19] = [
    "编号",
    "标题",
    "企业",
    "区县",
    "地点",
    "类别",
    "紧急程度",
    "状态",
    "当前办理单位",
    "主办部门",
    "提交时间",
    "答复期限",
    "剩余",
    "答复时间",
    "办结时间",
    "办理结果",
    "评价",
    "标记",
    "第几次办理",
];

/// The list that is asked for, whole as far as a table may have it.
///
/// # Errors
/// As [`read::desk`].
pub async fn sheet(ctx: &mut Ctx, asked: &Asked) -> Result<Sheet, AppError> {
    let lines = read::whole(ctx, asked).await?;
    let clock = ctx.clock();
    let heading = COLUMNS.iter().map(|name| Cell::Heading((*name).to_owned())).collect();
    Ok(Sheet { name: "诉求", rows: std::iter::once(heading).chain(lines.iter().map(|line| cells(line, &clock))).collect() })
}

fn cells(line: &Line, clock: &Clock) -> Vec<Cell> {
    let row = &line.row;
    let flags: Vec<&str> = row.flags.iter().map(|flag| flag.label()).collect();
    let texts = [
        row.number.clone(),
        row.title.clone(),
        row.enterprise_name.clone(),
        clock.reference.area(line.area),
        line.place.clone(),
        clock.catalogue(row.submitted_at).category_name(&row.category).to_owned(),
        Urgency::from_code(&line.urgency).map_or("", Urgency::label).to_owned(),
        if row.returned { "退回" } else { row.state.label() }.to_owned(),
        holder(row, clock),
        row.lead.map_or_else(String::new, |id| clock.reference.department(id)),
        minute(Some(row.submitted_at)),
        minute(row.due_at),
        left(row, clock).1,
        minute(row.answered_at),
        minute(line.ended_at),
        line.outcome.as_deref().and_then(Outcome::from_code).map_or("", Outcome::label).to_owned(),
        line.rating_level.as_deref().and_then(Satisfaction::from_code).map_or("", Satisfaction::label).to_owned(),
        flags.join("、"),
    ];
    // Before the first dispatch nobody handles it a first time.
    let round = if row.round == 0 { Cell::Text(String::new()) } else { Cell::Number(f64::from(row.round)) };
    texts.into_iter().map(Cell::Text).chain([round]).collect()
}

/// `2026-11-24 09:30` on the city's clock.
fn minute(at: Option<OffsetDateTime>) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    at.and_then(|at| local(at).format(format).ok()).unwrap_or_default()
}
