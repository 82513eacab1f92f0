//! Commands beside the lead's work, read from their forms: 并案, 挂账跟踪, 协办, 协商办, 会议办, 交办事项.

use crate::error::AppError;
use crate::form::Form;
use domain::issue::{Command, CommandKind, Meeting, NewTask, Target};
use domain::text::FieldError;
use domain::when::day;

/// Names of a task's fields in the form of a decision: department, what, in how many working days.
pub const TASKS: [[&str; 3]; domain::issue::MOST_TASKS] = [
    ["task1_department", "task1_what", "task1_days"],
    ["task2_department", "task2_what", "task2_days"],
    ["task3_department", "task3_what", "task3_days"],
    ["task4_department", "task4_what", "task4_days"],
    ["task5_department", "task5_what", "task5_days"],
    ["task6_department", "task6_what", "task6_days"],
];

/// The field that holds a command's words.
pub(super) fn words_of(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Merge => "merge_reason",
        CommandKind::Track => "track_reason",
        CommandKind::Report => "report",
        CommandKind::Part => "part",
        CommandKind::Waive => "waive_reason",
        CommandKind::Refer => "refer_reason",
        CommandKind::Consult | CommandKind::Resolve => "decisions",
        CommandKind::Complete => "task_text",
        CommandKind::Confirm => "task_note",
        _ => "main",
    }
}

pub(super) fn read(kind: CommandKind, form: &Form) -> Result<Command, AppError> {
    let text = |name: &str| form.value(name).to_owned();
    let number = |name: &str| form.value(name).parse::<u32>().ok();
    let missing = |field: &str, message: &str| AppError::Invalid(vec![FieldError::new(field, message)]);
    let task = || number("task").and_then(|place| u16::try_from(place).ok()).ok_or_else(|| missing("task", "请选择交办事项"));
    Ok(match kind {
        CommandKind::Merge => {
            let into = form.value("into").trim().to_uppercase();
            if into.is_empty() {
                return Err(missing("into", "请选择并入哪一件"));
            }
            Command::Merge { into: Target::named(into), reason: text("merge_reason") }
        }
        CommandKind::Track => Command::Track {
            days: number("track_days").ok_or_else(|| missing("track_days", "请选择最迟什么时候告诉企业"))?,
            reason: text("track_reason"),
        },
        CommandKind::Report => Command::Report {
            text: text("report"),
            days: number("next_days").ok_or_else(|| missing("next_days", "请选择下一次最迟什么时候"))?,
        },
        CommandKind::Part => Command::Part { text: text("part") },
        CommandKind::Waive => Command::Waive {
            department: form.value("waived").parse().map_err(|_| missing("waived", "请选择免去哪个部门"))?,
            reason: text("waive_reason"),
        },
        CommandKind::Consult => Command::Consult(meeting(form)?),
        CommandKind::Refer => Command::Refer { reason: text("refer_reason") },
        CommandKind::Resolve => Command::Resolve(meeting(form)?),
        CommandKind::Complete => Command::Complete { task: task()?, text: text("task_text") },
        CommandKind::Confirm => Command::Confirm {
            task: task()?,
            done: match form.value("task_done") {
                "yes" => true,
                "no" => false,
                _ => return Err(missing("task_done", "请选择办好了没有")),
            },
            note: text("task_note"),
        },
        _ => return Err(AppError::NotFound),
    })
}

/// What a meeting came to; every field that lacks something says so at once.
fn meeting(form: &Form) -> Result<Meeting, AppError> {
    let mut faults = Vec::new();
    let mut lacks = |field: &str, message: &str| faults.push(FieldError::new(field, message));
    let held = day(form.value("held"));
    if held.is_none() {
        lacks("held", "请选择会议日期");
    }
    for (name, sentence) in [("who", "请填写参加的人"), ("decisions", "请填写决定"), ("told", "请填写给企业的说明")]
    {
        if form.value(name).trim().is_empty() {
            lacks(name, sentence);
        }
    }
    let mut tasks = Vec::new();
    for names in TASKS {
        let [department, what, days] = names.map(|name| form.value(name).trim());
        if department.is_empty() && what.is_empty() && days.is_empty() {
            continue;
        }
        match (department.parse(), what.chars().count(), days.parse()) {
            (Ok(department), 4.., Ok(days)) => tasks.push(NewTask { department, what: what.to_owned(), days }),
            (Err(_), ..) => lacks(names[0], "请选择哪个部门办"),
            (_, ..4, _) => lacks(names[1], "请写明做什么，至少 4 个字"),
            _ => lacks(names[2], "请选择什么时候办好"),
        }
    }
    if tasks.is_empty() && faults.is_empty() {
        faults.push(FieldError::new(TASKS[0][0], "请至少写一件交办事项：哪个部门、做什么、什么时候办好"));
    }
    match held {
        Some(held) if faults.is_empty() => {
            let text = |name: &str| form.value(name).to_owned();
            Ok(Meeting { held, who: text("who"), decisions: text("decisions"), told: text("told"), tasks })
        }
        _ => Err(AppError::Invalid(faults)),
    }
}
