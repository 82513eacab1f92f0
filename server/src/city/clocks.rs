//! The sheets of limits (时限) and of the working calendar (工作日历): a row is read as the desk's form is. What is over stays as it was.

use super::{Column, Faults, Known, Line, Seen, Sheet, column, optional};
use domain::administration::city::City;
use domain::calendar::{Days, built_in};
use domain::issue::limits::{self, LimitTable, ROWS};
use domain::policy::day;
use domain::text::Check;

pub const LIMITS: Sheet = Sheet {
    name: "时限",
    about: "办理时限，一行一版，按工作时间计算，例如：5 个工作日、1 个工作小时、30 分钟。诉求按提交那天的一版办理。\
        起用日期写成 2027-01-01，空着是从设置这天起；已经起用的一版不能再改。",
    columns: &[
        column("from", "起用日期"),
        column("contact", "首次联系"),
        column("contact_urgent", "首次联系（紧急）"),
        column("accept", "受理"),
        column("sign", "签收"),
        column("interim", "阶段性答复"),
        column("answer_simple", "答复（简单）"),
        column("answer_ordinary", "答复（一般）"),
        column("answer_complex", "答复（复杂）"),
        column("pause_cap", "待补充最长"),
        column("return_window", "可退回"),
        column("reopen_window", "可异议、重新办理"),
        column("silent_close", "未评价可办结"),
        // Workbooks of before have no such column: then it stays as it is.
        optional("supervise", "超期后自动督办"),
    ],
    rows: || {
        let table = LimitTable::default();
        let row = |spans: &limits::Spans| {
            let mut spans = *spans;
            let cells = ROWS.iter().map(|(_, _, get)| get(&mut spans).to_string());
            std::iter::once(String::new()).chain(cells).collect()
        };
        table.versions().last().map(|limits| row(&limits.spans)).into_iter().collect()
    },
    read: read_limits,
};

pub const CALENDAR: Sheet = Sheet {
    name: "工作日历",
    about: "放假和调休上班的日子，按国务院办公厅每年的通知填写，一行一段；没有写到的日子周一至周五上班。只有一天的，最后一天可以空着。\
        “恢复”是按系统内置的安排。已经过去的日子不能再改。",
    columns: &[
        column("first", "第一天"),
        column("last", "最后一天"),
        Column { field: "kind", title: "安排", choices: &["放假", "上班", "恢复"], optional: false },
        column("note", "名称"),
    ],
    rows: || {
        let row = |days: Days| vec![day::text(days.first), day::text(days.last), days.said().to_owned(), days.note];
        built_in().into_iter().map(row).collect()
    },
    read: read_calendar,
};

fn read_limits(lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let mut days = Seen::new();
    for line in lines {
        let mut check = Check::new();
        let typed = line.get("from");
        let from = if typed.is_empty() { None } else { day::parse(&typed) };
        if from.is_none() && !typed.is_empty() {
            check.fault("from", "起用日期请按 2027-01-01 的样子填写，或者空着");
        }
        let held = known.terms.limits.on(from.unwrap_or(known.today)).spans.supervise;
        let found = limits::read(&mut check, &|field| match line.get(field) {
            none if none.is_empty() && field == "supervise" => held.to_string(),
            typed => typed,
        });
        faults.add_all(line, check);
        let Some(spans) = found else { continue };
        if let Some(row) = days.before(from.unwrap_or(known.today), line) {
            faults.add(line, format!("起用日期与第 {row} 行相同"));
        }
        if let Some(past) = from.filter(|from| *from < known.today)
            && known.terms.limits.on(past).spans != spans
        {
            faults.add(line, format!("{} 已经过去，那天起的时限不能再改：起用日期写今天以后，或者空着", day::text(past)));
        }
        city.limits.push((from, spans));
    }
    city.limits.sort_by_key(|(from, _)| from.unwrap_or(known.today));
}

fn read_calendar(lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let mut seen = Seen::new();
    for line in lines {
        let mut check = Check::new();
        let found = Days::read(&mut check, &|field| line.get(field), None);
        faults.add_all(line, check);
        let Some(days) = found else { continue };
        for day in days.each() {
            if let Some(row) = seen.before(day, line) {
                faults.add(line, format!("{} 与第 {row} 行重复", day::text(day)));
                break;
            }
        }
        let calendar = &known.terms.calendar;
        let moved = |day: &time::Date| *day < known.today && days.working.is_some_and(|now| now != calendar.is_working_day(*day));
        if let Some(past) = days.each().find(moved) {
            faults.add(line, format!("{} 已经过去，不能再改", day::text(past)));
        }
        city.days.push(days);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_has_a_column_for_every_limit() {
        let columns: Vec<(&str, &str)> = LIMITS.columns.iter().skip(1).map(|column| (column.field, column.title)).collect();
        assert_eq!(columns, ROWS.iter().map(|(code, name, _)| (*code, *name)).collect::<Vec<_>>());
    }
}
