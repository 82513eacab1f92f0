//! 工作指标 (S-29): what an administrator enters of a month.

use super::{Told, WORK, seen, write};
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::Request;
use crate::terms::read;
use domain::administration::{Kind, Tail};
use domain::text::Check;
use domain::work_indicator::{self, Figure, Figures, Whose};
use serde_json::{Value, json};
use store::issue::work_figure;
use store::terms::Line;

/// Work figures of a month for a district or a department (S-29), as long as the month is not settled.
///
/// # Errors
/// As [`super::save_board`].
pub async fn save_work(request: &Request, form: &Form) -> Result<Next, AppError> {
    let month = work_indicator::month(form.value("month")).ok_or_else(|| AppError::field("month", "请选择月份"))?;
    let (kept, works) = read::work(&mut *request.open().await?, month).await?;
    let mut check = Check::new();
    let whose = Whose::from_key(form.value("whose")).filter(|whose| kept.measures(*whose));
    let Some(work) = works.iter().find(|work| Some(work.whose) == whose) else {
        return Err(AppError::field("whose", "请选择区县或部门"));
    };
    if !work_indicator::is_open(month, kept.today) {
        return Err(AppError::field("month", "这个月不能录入：已经定稿，或者还没有到"));
    }
    let raw = |name: &str| form.value(name).to_owned();
    let entered = work_indicator::read(&mut check, &raw);
    let why = check.text("why", "数据来源", form.value("why"), 2, 200);
    check.finish().map_err(AppError::Invalid)?;
    let (key, name) = (work_indicator::month_text(month), work_figure::name(&kept.reference, work.whose));
    let mut before = work.figures.clone();
    before.retain(|indicator, _| indicator.is_entered());
    let mut after = before.clone();
    after.extend(entered.iter().map(|(indicator, value)| (*indicator, Figure { value: *value, of: None })));
    let told = |figures: &Figures| {
        let named = std::iter::once(("name".to_owned(), json!(format!("{name} {key}"))));
        let values = figures.iter().map(|(indicator, figure)| (indicator.code().to_owned(), json!(figure.value)));
        Value::Object(named.chain(values).collect())
    };
    let (area, department) = match work.whose {
        Whose::Area(area) => (area, None),
        Whose::Department(id) => (work_figure::area(&kept.reference, work.whose).ok_or(AppError::NotFound)?, Some(id)),
    };
    let told = Told {
        area,
        kind: Kind::Work,
        key: &key,
        before: (!before.is_empty()).then(|| told(&before)),
        after: told(&after),
        tail: &Tail { why, from: kept.today },
        seen: Some(seen(form, &kept)),
    };
    let page = format!("{WORK}?month={key}");
    write(request, &kept, told, &Line::Work { month, area, department, figures: &entered }, &page).await?;
    Ok(Next::to(page).saying(format!("已保存：{name} {key}")))
}
