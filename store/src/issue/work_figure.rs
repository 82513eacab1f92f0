//! 工作指标 (S-29): what the system knows of districts and departments, and what administrators entered of a month.

use crate::reference::Reference;
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, CITY};
use domain::catalogue::{Category, Edition};
use domain::work_indicator::{Figure, Whose, Work, WorkIndicator, of_area, of_department};
use time::Date;

/// Every district and open department with its figures of a month that is not settled, as far as the session may read what was entered.
///
/// # Errors
/// When the database does not answer.
pub async fn works(conn: &mut Conn, month: Date, reference: &Reference, catalogue: Edition<'_>) -> Result<Vec<Work>, StoreError> {
    let mut works = known(reference, catalogue);
    let rows = sqlx::query!(
        "select distinct on (area, department_id, indicator) area, department_id, indicator, value from work_figure
         where month = $1 order by area, department_id, indicator, id desc",
        month
    )
    .fetch_all(conn.pg())
    .await?;
    for row in rows {
        let whose = row.department_id.map_or(Whose::Area(row.area), Whose::Department);
        let work = works.iter_mut().find(|work| work.whose == whose);
        if let (Some(work), Some(indicator)) = (work, WorkIndicator::from_code(&row.indicator)) {
            work.figures.insert(indicator, Figure { value: row.value, of: None });
        }
    }
    Ok(works)
}

/// What the system knows.
fn known(reference: &Reference, catalogue: Edition<'_>) -> Vec<Work> {
    let categories = catalogue.categories();
    let open = || reference.departments.iter().filter(|it| it.active);
    let areas = reference.areas.iter().map(|area| {
        let departments: Vec<_> = open().filter(|it| it.area == area.code).map(|it| &it.it).collect();
        let stations = reference.stations.iter().filter(|it| it.active && it.area == area.code).count();
        // The city's departments are what a category has to begin with.
        let is_named = |it: &Category| area.code == CITY || catalogue.own_department(it, area.code).is_some();
        let named = categories.iter().filter(|it| is_named(it)).count();
        Work { whose: Whose::Area(area.code), figures: of_area(&departments, stations, named, categories.len()) }
    });
    let departments = open().map(|it| {
        let is_own = |of: &Category| {
            of.department == it.code
                || reference.areas.iter().any(|area| catalogue.own_department(of, area.code) == Some(it.code.as_str()))
        };
        let own = categories.iter().filter(|of| is_own(of)).count();
        Work { whose: Whose::Department(it.id), figures: of_department(it, i64::try_from(own).unwrap_or(i64::MAX)) }
    });
    areas.chain(departments).collect()
}

/// The area whose administrators enter its figures; none of whoever is not known.
pub fn area(reference: &Reference, whose: Whose) -> Option<AreaCode> {
    match whose {
        Whose::Area(code) => reference.areas.iter().find(|area| area.code == code).map(|area| area.code),
        Whose::Department(id) => reference.departments.iter().find(|it| it.id == id).map(|it| it.area),
    }
}

/// What it is called.
pub fn name(reference: &Reference, whose: Whose) -> String {
    match whose {
        Whose::Area(CITY) => "市本级".to_owned(),
        Whose::Area(code) => reference.area(code),
        Whose::Department(id) => reference.department(id),
    }
}
