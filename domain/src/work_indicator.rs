//! Six work indicators (工作指标, S-29) of districts and departments, published beside the six of high-quality resolution. The paper names the first
//! three; which the others are, how each is counted and who enters it is *(assumed)*.

use crate::actor::{AreaCode, DepartmentId};
use crate::administration::Department;
use crate::issue::measure::SETTLED_ON;
use crate::text::{Check, half_width};
use crate::vocabulary::vocabulary;
use std::collections::BTreeMap;
use time::{Date, Duration, Month};

vocabulary! {
    /// A work indicator.
    WorkIndicator {
        OnSite = "on_site", "人员进驻";
        Stations = "stations", "驿站建设";
        Catalogue = "catalogue", "事项清单落地";
        Delegated = "delegated", "赋权到位";
        Visits = "visits", "走访企业";
        Training = "training", "业务培训";
    }
}

impl WorkIndicator {
    /// What is counted.
    pub fn rule(self) -> &'static str {
        match self {
            WorkIndicator::OnSite => "有人员进驻中心的部门 / 启用的部门",
            WorkIndicator::Stations => "启用的企服驿站",
            WorkIndicator::Catalogue => "区县：指定了本地责任部门的事项类别 / 全部类别；部门：由它负责的事项类别",
            WorkIndicator::Delegated => "把受理权交给中心的部门 / 启用的部门",
            WorkIndicator::Visits => "当月走访的企业",
            WorkIndicator::Training => "当月参加业务培训的人员",
        }
    }

    pub fn unit(self) -> &'static str {
        match self {
            WorkIndicator::OnSite | WorkIndicator::Delegated => "个部门",
            WorkIndicator::Stations => "个",
            WorkIndicator::Catalogue => "项",
            WorkIndicator::Visits => "家次",
            WorkIndicator::Training => "人次",
        }
    }

    /// Where it comes from.
    pub fn source(self) -> &'static str {
        if self.is_entered() { "管理员按月录入" } else { "取自系统，以定稿时为准" }
    }

    /// Whether an administrator enters it, as the system knows nothing of it.
    pub fn is_entered(self) -> bool {
        matches!(self, WorkIndicator::Visits | WorkIndicator::Training)
    }

    /// Whether it says of how many, too.
    pub fn is_share(self) -> bool {
        matches!(self, WorkIndicator::OnSite | WorkIndicator::Catalogue | WorkIndicator::Delegated)
    }
}

/// What one says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    pub value: i64,
    /// Of how many.
    pub of: Option<i64>,
}

impl Figure {
    /// `3 / 5`, or `12`.
    pub fn said(self) -> String {
        self.of.map_or_else(|| self.value.to_string(), |of| format!("{} / {of}", self.value))
    }
}

/// What the six say; without those that are not asked of whoever is measured, or were not entered.
pub type Figures = BTreeMap<WorkIndicator, Figure>;

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Area(AreaCode),
    Department(DepartmentId),
}

impl Whose {
    /// `area:330502`, `department:12`: as forms send it and settled months keep it.
    pub fn key(self) -> String {
        match self {
            Whose::Area(code) => format!("area:{code}"),
            Whose::Department(id) => format!("department:{id}"),
        }
    }

    pub fn from_key(key: &str) -> Option<Whose> {
        match key.split_once(':')? {
            ("area", code) => code.parse().ok().map(Whose::Area),
            ("department", id) => id.parse().ok().map(Whose::Department),
            _ => None,
        }
    }
}

/// The figures of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    pub whose: Whose,
    pub figures: Figures,
}

/// What the system knows of a department; `categories` are those that it is responsible for.
pub fn of_department(department: &Department, categories: i64) -> Figures {
    let share = |has: bool| Figure { value: i64::from(has), of: Some(1) };
    Figures::from([
        (WorkIndicator::OnSite, share(department.on_site)),
        (WorkIndicator::Catalogue, Figure { value: categories, of: None }),
        (WorkIndicator::Delegated, share(department.delegated)),
    ])
}

/// What the system knows of a district with these departments, so many stations, and categories of which so many have their department there.
pub fn of_area(departments: &[&Department], stations: usize, named: usize, categories: usize) -> Figures {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let share = |value: usize, of: usize| Figure { value: number(value), of: Some(number(of)) };
    let those = |has: fn(&Department) -> bool| share(departments.iter().filter(|it| has(it)).count(), departments.len());
    Figures::from([
        (WorkIndicator::OnSite, those(|it| it.on_site)),
        (WorkIndicator::Stations, Figure { value: number(stations), of: None }),
        (WorkIndicator::Catalogue, share(named, categories)),
        (WorkIndicator::Delegated, those(|it| it.delegated)),
    ])
}

/// A year of months in their order: what was done is added up, how things stand is as it was last.
pub fn year<'a>(months: impl Iterator<Item = &'a Figures>) -> Figures {
    let mut year = Figures::new();
    for (indicator, figure) in months.flatten() {
        let before = year.get(indicator).filter(|_| indicator.is_entered()).map_or(0, |figure| figure.value);
        year.insert(*indicator, Figure { value: before + figure.value, of: figure.of });
    }
    year
}

/// The first day of `2026-10`.
pub fn month(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse::<i32>().ok().filter(|year| (2000..3000).contains(year))?, month, 1).ok()
}

/// `2026-10`.
pub fn month_text(month: Date) -> String {
    format!("{}-{:02}", month.year(), u8::from(month.month()))
}

/// Whether figures of a month, told by its first day, may be entered: it has begun, and is not settled.
pub fn is_open(month: Date, today: Date) -> bool {
    month <= today && (month + Duration::days(32)).replace_day(SETTLED_ON).is_ok_and(|settled| today < settled)
}

/// More is a slip of the finger.
const MOST: i64 = 1_000_000;

/// Reads what an administrator entered; what is empty stays as it was.
pub fn read(check: &mut Check, raw: &dyn Fn(&str) -> String) -> Vec<(WorkIndicator, i64)> {
    let mut entered = Vec::new();
    for indicator in WorkIndicator::ALL.iter().filter(|indicator| indicator.is_entered()) {
        let text = half_width(&raw(indicator.code()));
        match text.trim().parse::<i64>() {
            _ if text.trim().is_empty() => {}
            Ok(value) if (0..=MOST).contains(&value) => entered.push((*indicator, value)),
            _ => check.fault(indicator.code(), format!("{indicator}请填写 0 到 {MOST} 的整数")),
        }
    }
    if entered.is_empty() && check.is_clean() {
        check.fault(WorkIndicator::Visits.code(), "请至少填写一项");
    }
    entered
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn department(on_site: bool, delegated: bool) -> Department {
        let (code, name, phone) = ("jianshe".to_owned(), "市建设局".to_owned(), String::new());
        Department { code, name, area: 330_500, on_site, delegated, active: true, phone }
    }

    #[test]
    fn a_district_and_a_department_are_measured_by_what_is_known() {
        let (both, one) = (department(true, true), department(true, false));
        let area = of_area(&[&both, &one], 4, 3, 40);
        let said: Vec<String> = area.values().map(|figure| figure.said()).collect();
        assert_eq!(said, ["2 / 2", "4", "3 / 40", "1 / 2"]);
        let own = of_department(&one, 7);
        assert_eq!(own[&WorkIndicator::Delegated], Figure { value: 0, of: Some(1) });
        assert!(!own.contains_key(&WorkIndicator::Stations), "a department builds none");
        for whose in [Whose::Area(330_502), Whose::Department(12)] {
            assert_eq!(Whose::from_key(&whose.key()), Some(whose));
        }
        assert_eq!((Whose::from_key("area:x"), Whose::from_key("330502")), (None, None));
    }

    #[test]
    fn a_year_adds_up_what_was_done_and_keeps_how_things_stand() {
        let month = |stations, visits| {
            let figure = |value| Figure { value, of: None };
            Figures::from([(WorkIndicator::Stations, figure(stations)), (WorkIndicator::Visits, figure(visits))])
        };
        let year = year([month(3, 10), month(4, 5)].iter());
        assert_eq!((year[&WorkIndicator::Stations].value, year[&WorkIndicator::Visits].value), (4, 15));
    }

    #[test]
    fn figures_are_entered_until_the_month_is_settled() {
        let october = month("2026-10").unwrap();
        assert_eq!((october, month_text(october)), (date!(2026 - 10 - 01), "2026-10".to_owned()));
        let days = [date!(2026 - 09 - 30), date!(2026 - 10 - 01), date!(2026 - 11 - 09), date!(2026 - 11 - 10)];
        assert_eq!(days.map(|today| is_open(october, today)), [false, true, true, false]);
        assert!(["", "2026", "2026-13", "9999-12", "x-1"].iter().all(|text| month(text).is_none()));
    }

    #[test]
    fn what_is_entered_is_a_whole_number() {
        let read = |visits: &'static str, training: &'static str| {
            let mut check = Check::new();
            let raw = move |name: &str| if name == "visits" { visits } else { training }.to_owned();
            let entered = read(&mut check, &raw);
            check.finish().map(|()| entered).map_err(|faults| faults.len())
        };
        assert_eq!(read("１２", ""), Ok(vec![(WorkIndicator::Visits, 12)]));
        assert_eq!(read("0", "30"), Ok(vec![(WorkIndicator::Visits, 0), (WorkIndicator::Training, 30)]));
        assert_eq!((read("", ""), read("-1", "很多"), read("", "1000001")), (Err(1), Err(2), Err(1)));
    }
}
