//! What a list of the desk is narrowed to, and in which order it stands: read from an address, and written into one.

use super::{Flag, Queue, State, Tier};
use crate::actor::{AreaCode, DepartmentId};
use crate::calendar::SHANGHAI;
use crate::vocabulary::vocabulary;
use time::{Date, Duration, OffsetDateTime, Time};

vocabulary! {
    /// The order of a list.
    Sort {
        Urgent = "urgent", "最紧急在前";
        Newest = "newest", "最近提交在前";
        Oldest = "oldest", "最早提交在前";
    }
}

impl Sort {
    /// The order a queue has unless somebody asks for another; what is over has no clock to go by.
    pub fn of(queue: Queue) -> Sort {
        if matches!(queue, Queue::Filed | Queue::All) { Sort::Newest } else { Sort::Urgent }
    }

    /// The orders that a queue can have.
    pub fn offered(queue: Option<Queue>) -> &'static [Sort] {
        match queue {
            None | Some(Queue::Filed | Queue::All) => &[Sort::Newest, Sort::Oldest],
            Some(_) => Sort::ALL,
        }
    }
}

/// A filter; nothing in it narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// District of the filing.
    pub area: Option<AreaCode>,
    /// 主办; [`NOBODY`] for what no department has yet.
    pub department: Option<DepartmentId>,
    pub category: Option<String>,
    /// First day of filing.
    pub from: Option<Date>,
    /// Last day of filing.
    pub to: Option<Date>,
    pub flag: Option<Flag>,
    pub state: Option<State>,
    /// 办理层级.
    pub tier: Option<Tier>,
    pub sort: Option<Sort>,
}

/// In the place of a department: what is not dispatched.
pub const NOBODY: DepartmentId = 0;

/// Names of the filter in an address.
pub const NAMES: [&str; 9] = ["area", "department", "category", "from", "to", "flag", "state", "tier", "sort"];

impl Filter {
    /// Reads what an address asks for; what cannot be read narrows nothing.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Filter {
        let mut filter = Filter::default();
        for (name, value) in pairs {
            match name {
                "area" => filter.area = value.parse().ok(),
                "department" => filter.department = value.parse().ok(),
                "category" => filter.category = code(value),
                "from" => filter.from = day(value),
                "to" => filter.to = day(value),
                "flag" => filter.flag = Flag::from_code(value),
                "state" => filter.state = State::from_code(value),
                "tier" => filter.tier = Tier::from_code(value),
                "sort" => filter.sort = Sort::from_code(value),
                _ => {}
            }
        }
        filter
    }

    /// Names and values, as an address has them: no character of theirs needs an escape.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let shown = |day: Option<Date>| day.map(|day| day.to_string());
        let values = [
            self.area.map(|area| area.to_string()),
            self.department.map(|id| id.to_string()),
            self.category.clone(),
            shown(self.from),
            shown(self.to),
            self.flag.map(|flag| flag.code().to_owned()),
            self.state.map(|state| state.code().to_owned()),
            self.tier.map(|tier| tier.code().to_owned()),
            self.sort.map(|sort| sort.code().to_owned()),
        ];
        NAMES.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// `&area=330502&sort=newest`: to be added to a query; empty where nothing is asked for.
    pub fn query(&self) -> String {
        self.pairs().into_iter().map(|(name, value)| format!("&{name}={value}")).collect()
    }

    /// Whether rows are left out.
    pub fn narrows(&self) -> bool {
        Filter { sort: None, ..self.clone() } != Filter::default()
    }

    /// The instants of filing between which it looks: from, and before.
    pub fn span(&self) -> (Option<OffsetDateTime>, Option<OffsetDateTime>) {
        let begins = |day: Date| day.with_time(Time::MIDNIGHT).assume_offset(SHANGHAI);
        (self.from.map(begins), self.to.and_then(|day| day.checked_add(Duration::DAY)).map(begins))
    }
}

/// `2026-11-02`, as a field for days sends it.
pub fn day(value: &str) -> Option<Date> {
    crate::when::day(value)
}

/// A code of ours: nothing that an address or a query would read otherwise.
fn code(value: &str) -> Option<String> {
    let plain =
        !value.is_empty() && value.len() <= 60 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    plain.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    fn read(query: &str) -> Filter {
        Filter::read(query.split('&').filter_map(|pair| pair.split_once('=')))
    }

    #[test]
    fn what_cannot_be_read_narrows_nothing() {
        for query in [
            "",
            "area=湖州",
            "from=2026-13-01",
            "from=-0001-01-01",
            "to=9999-12-31",
            "flag=nothing",
            "sort=",
            "category=a'b",
            "category=",
            "other=1",
        ] {
            assert_eq!(read(query), Filter::default(), "{query}");
        }
        assert!(!read("sort=oldest").narrows() && read("flag=dissatisfied").narrows());
    }

    #[test]
    fn both_days_count_whole_on_the_city_s_clock() {
        let filter = read("from=2026-11-02&to=2026-11-08");
        assert_eq!(filter.from, Some(date!(2026 - 11 - 02)));
        assert_eq!(filter.span(), (Some(datetime!(2026-11-02 00:00 +8)), Some(datetime!(2026-11-09 00:00 +8))));
        assert_eq!(Filter { to: Some(Date::MAX), ..filter }.span().1, None, "the last day there is has no next one");
    }

    #[test]
    fn only_what_runs_is_ordered_by_its_clock() {
        assert_eq!(Sort::of(Queue::All), Sort::Newest);
        assert!(!Sort::offered(Some(Queue::All)).contains(&Sort::Urgent) && !Sort::offered(None).contains(&Sort::Urgent));
        for queue in Queue::ALL.iter().copied() {
            assert!(Sort::offered(Some(queue)).contains(&Sort::of(queue)), "{queue:?}");
        }
    }

    proptest! {
        #[test]
        fn an_address_says_what_was_read_from_it(
            area in proptest::option::of(330_500..330_530), department in proptest::option::of(1_i64..99),
            category in proptest::option::of("[a-z_]{1,12}"), day in proptest::option::of(0_i64..4000),
            flag in proptest::option::of(0..Flag::ALL.len()), state in proptest::option::of(0..State::ALL.len()),
            tier in proptest::option::of(0..Tier::ALL.len()), sort in proptest::option::of(0..Sort::ALL.len()),
        ) {
            let day = day.and_then(|days| date!(2020 - 01 - 01).checked_add(Duration::days(days)));
            let filter = Filter { area, department, category, from: day, to: day,
                flag: flag.map(|at| Flag::ALL[at]), state: state.map(|at| State::ALL[at]),
                tier: tier.map(|at| Tier::ALL[at]), sort: sort.map(|at| Sort::ALL[at]) };
            prop_assert_eq!(read(filter.query().trim_start_matches('&')), filter);
        }
    }
}
