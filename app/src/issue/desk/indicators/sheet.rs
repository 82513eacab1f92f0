//! The figures as a workbook.

use super::{named, read};
use crate::error::AppError;
use crate::form::Form;
use crate::request::Ctx;
use crate::sheet::{Cell, Sheet};
use store::issue::measure::Counts;

/// What the columns of [`numbers`] are called.
pub(super) const COLUMNS: [&str; 16] = [
    "应答复",
    "高质效解决",
    "按时响应",
    "按期答复",
    "已答复",
    "已解决",
    "已评价",
    "满意",
    "已办结",
    "一次办结",
    "已回访",
    "退回",
    "延期",
    "撤回",
    "不一致",
    "工作设备评价",
];

/// Every count of a row, under [`COLUMNS`].
pub(super) fn numbers(counts: &Counts) -> impl Iterator<Item = Cell> + use<> {
    let numbers = [
        counts.due,
        counts.passed,
        counts.contacted,
        counts.on_time,
        counts.answered,
        counts.solved,
        counts.rated,
        counts.content,
        counts.closed,
        counts.once,
        counts.called_back,
        counts.returned,
        counts.extended,
        counts.withdrawn,
        counts.disagreed,
        counts.aided,
    ];
    #[allow(clippy::cast_precision_loss)] // A sheet has no other numbers, and no count is that large.
    numbers.into_iter().map(|number| Cell::Number(number as f64))
}

/// The figures as workbook sheets: each group, and how they went.
///
/// # Errors
/// As the page.
pub async fn sheets(ctx: &mut Ctx, form: Form) -> Result<Vec<Sheet>, AppError> {
    let overview = read(ctx, form).await?;
    let row = |name: String, counts: &Counts| std::iter::once(Cell::Text(name)).chain(numbers(counts)).collect::<Vec<_>>();
    let sheet = |name: &'static str, rows: Vec<Vec<Cell>>| {
        let heading = std::iter::once(name).chain(COLUMNS).map(|text| Cell::Heading(text.to_owned())).collect();
        Sheet { name, rows: std::iter::once(heading).chain(rows).collect() }
    };
    let mut sheets: Vec<Sheet> = overview
        .groups
        .iter()
        .map(|(kind, label, rows)| {
            sheet(label, rows.iter().map(|counts| row(named(kind, &counts.key, &overview.clock), counts)).collect())
        })
        .collect();
    sheets.push(sheet("时间", overview.trend.iter().map(|counts| row(counts.key.clone(), counts)).collect()));
    Ok(sheets)
}
