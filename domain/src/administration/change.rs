//! How a change of a setting is told. Every change says why and from which day it holds; before that day, the thing stays as it was.

use crate::policy::day;
use crate::text::Check;
use crate::vocabulary::vocabulary;
use serde_json::{Map, Value};
use time::{Date, Duration};

vocabulary! {
    /// The kinds of things whose changes are logged; codes are stored and stand in the log's filter.
    Kind {
        Area = "area", "区域";
        Department = "department", "部门";
        Station = "station", "驿站";
        Staff = "staff", "工作人员";
        Board = "board", "板块";
        Category = "category", "事项类别";
        Limit = "limit", "办理时限";
        CalendarDay = "calendar_day", "工作日历";
        Text = "text", "通知用语";
        Route = "route", "通知方式";
        Retention = "retention", "保存期限";
        Security = "security", "安全设置";
        Work = "work_figure", "工作指标";
    }
}

/// The furthest day a change may wait for.
const HORIZON: Duration = Duration::days(731);

/// The end of every form that changes a setting: why, and from which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// 2 to 200 characters.
    pub why: String,
    /// Today or later.
    pub from: Date,
}

impl Tail {
    /// Reads the fields `why` and `from`; an empty day is today. `None` where something is wrong, which `check` knows then.
    pub fn read(check: &mut Check, why: &str, from: &str, today: Date) -> Option<Tail> {
        let why = check.text("why", "变更原因", why, 2, 200);
        let day = if from.trim().is_empty() { Some(today) } else { day::parse(from) };
        let fault = match day {
            None => Some("请按 2027-01-01 的样子填写生效日期"),
            Some(day) if day < today => Some("生效日期不能早于今天"),
            Some(day) if day > today + HORIZON => Some("生效日期最迟在两年之内"),
            Some(_) => None,
        };
        if let Some(fault) = fault {
            check.fault("from", fault);
            return None;
        }
        (why.chars().count() >= 2).then_some(Tail { why, from: day? })
    }
}

/// A thing with what a change changed of it, and nothing else: what was changed in between by others stays.
pub fn overlay(current: &Value, before: &Value, after: &Value) -> Value {
    let empty = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let mut fields = current.as_object().cloned().unwrap_or_default();
    for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(value)) {
        fields.insert(name.clone(), value.clone());
    }
    Value::Object(fields)
}

/// The fields a change touched: name, value before, value after. Of a thing that is added or taken away, all that say something.
pub fn fields(before: Option<&Value>, after: Option<&Value>) -> Vec<(String, Option<Value>, Option<Value>)> {
    let of = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (of(before), of(after));
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let touched = names.map(|name| (name.clone(), before.get(name).cloned(), after.get(name).cloned()));
    touched.filter(|(_, before, after)| before != after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 26);

    fn read(why: &str, from: &str) -> Result<Tail, Vec<String>> {
        let mut check = Check::new();
        let tail = Tail::read(&mut check, why, from, TODAY);
        check.finish().map_err(|faults| faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>())?;
        Ok(tail.expect("nothing stood against it"))
    }

    #[test]
    fn a_change_says_why_and_from_a_day_that_is_to_come() {
        assert_eq!(read(" 机构改革 ", ""), Ok(Tail { why: "机构改革".to_owned(), from: TODAY }));
        assert_eq!(read("机构改革", "2027-01-01").map(|tail| tail.from), Ok(date!(2027 - 01 - 01)));
        assert_eq!(read("", "2026-11-25"), Err(vec!["why".to_owned(), "from".to_owned()]));
        for wrong in ["2026-11-31", "明天", "2029-01-01", "2026-11-25"] {
            assert_eq!(read("机构改革", wrong), Err(vec!["from".to_owned()]), "{wrong}");
        }
    }

    #[test]
    fn what_others_changed_in_between_stays() {
        let before = json!({ "name": "市建设局", "on_site": true, "active": true });
        let after = json!({ "name": "市城乡建设局", "on_site": true, "active": true });
        let current = json!({ "name": "市建设局", "on_site": false, "active": true });
        assert_eq!(overlay(&current, &before, &after), json!({ "name": "市城乡建设局", "on_site": false, "active": true }));
        assert_eq!(overlay(&Value::Null, &Value::Null, &after), after);
    }

    #[test]
    fn only_what_was_touched_is_told() {
        let before = json!({ "name": "市建设局", "on_site": true });
        let after = json!({ "name": "市城乡建设局", "on_site": true });
        let told = fields(Some(&before), Some(&after));
        assert_eq!(told, [("name".to_owned(), Some(json!("市建设局")), Some(json!("市城乡建设局")))]);
        assert_eq!(fields(None, Some(&after)).len(), 2);
    }
}
