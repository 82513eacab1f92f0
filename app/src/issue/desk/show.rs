//! From what the readers answered to what the desk shows.

use super::actions;
use super::view::{Acts, Clock as ClockRow, Head, IssueView, ListView, Place, Problem, Row, Stamp, Tab, path_of};
use crate::form::Form;
use crate::issue::read::{Desk, StaffIssue};
use crate::issue::timeline::{lines, photos_of};
use crate::issue::view::tone;
use crate::request::Clock;
use crate::ui::When;
use domain::actor::Duty;
use domain::calendar::{local, words};
use domain::enterprise::EnterpriseClass;
use domain::issue::clock::Step;
use domain::issue::{CommandKind, Issue, Queue, State, Urgency, flags};
use domain::mask;
use store::issue::{HISTORY, IssueRow};
use time::OffsetDateTime;

/// What a queue is called. Who reads abnormal issues only is not told that these are all there are.
pub fn queue_label(queue: Queue, duty: &Duty) -> &'static str {
    match (queue, duty) {
        (Queue::All, Duty::Supervisor { .. }) => "全部异常件",
        (Queue::All, Duty::Handler { .. }) => "全部主办、在办协办",
        _ => queue.label(),
    }
}

/// The queues of a duty that there can be something in: only the leads of boards accept for others.
pub fn queues<'a>(duty: &'a Duty, clock: &'a Clock) -> impl Iterator<Item = Queue> + use<'a> {
    let leads = || {
        let Duty::Handler { department } = duty else { return false };
        let own = clock.reference.departments.iter().find(|known| known.id == *department);
        let boards = clock.catalogue(clock.now).boards();
        own.is_some_and(|own| boards.iter().any(|board| board.lead == own.code))
    };
    let leads = leads();
    Queue::of(duty).iter().copied().filter(move |queue| leads || *queue != Queue::BoardLead)
}

/// The list as it is now.
pub fn list(desk: &Desk, clock: &Clock) -> ListView {
    let (asked, duty) = (&desk.asked, &desk.staff.duty);
    // What a filter leaves of a queue nobody counts.
    let counted = !asked.filter.narrows();
    let tabs = queues(duty, clock).map(|queue| Tab {
        code: asked.code(queue),
        label: queue_label(queue, duty).to_owned(),
        count: desk.counts.of(queue).filter(|_| counted),
    });
    let heading = match desk.queue {
        Some(queue) if counted => queue_label(queue, duty).to_owned(),
        Some(queue) => format!("{}（已筛选）", queue_label(queue, duty)),
        None => "搜索结果".to_owned(),
    };
    let from = asked.from();
    ListView {
        heading,
        queue: desk.queue.map_or_else(|| asked.found(), |queue| asked.code(queue)),
        words: asked.words.clone(),
        after: asked.after.clone().unwrap_or_default(),
        tabs: tabs.collect(),
        rows: desk.page.rows.iter().map(|row| self::row(row, &from, clock)).collect(),
        next: desk.page.next.clone(),
    }
}

/// Who has an issue now.
pub fn holder(row: &IssueRow, clock: &Clock) -> String {
    match row.state {
        State::Submitted | State::Accepted => clock.reference.centre(row.centre),
        State::Dispatched | State::Handling | State::Tracking => {
            row.lead.map_or_else(String::new, |id| clock.reference.department(id))
        }
        State::AwaitingInput | State::Answered => "企业".to_owned(),
        _ => String::new(),
    }
}

fn row(row: &IssueRow, from: &str, clock: &Clock) -> Row {
    let (tone, left) = left(row, clock);
    Row {
        href: [&path_of(&row.number), from].concat(),
        number: row.number.clone(),
        filed: When::new(row.submitted_at, day(row.submitted_at)),
        title: row.title.clone(),
        enterprise: row.enterprise_name.clone(),
        category: clock.catalogue(row.submitted_at).category_name(&row.category).to_owned(),
        state: row.state,
        returned: row.returned,
        flags: row.flags.clone(),
        round: round(row.round),
        tone: tone.to_owned(),
        left,
        holder: holder(row, clock),
        stamp: stamp(row.last_event_at),
    }
}

/// What is left of a row, as tone and words; no words when no clock runs.
pub fn left(row: &IssueRow, clock: &Clock) -> (&'static str, String) {
    match row.late_at {
        Some(due) => (tone(clock.now, row.warn_at, due), clock.calendar.remaining(clock.now, due)),
        None if row.state == State::AwaitingInput => ("quiet", "暂停计时".to_owned()),
        None => ("quiet", String::new()),
    }
}

/// `11月24日`.
fn day(at: OffsetDateTime) -> String {
    let there = local(at);
    format!("{}月{}日", u8::from(there.month()), there.day())
}

fn stamp(at: OffsetDateTime) -> Stamp {
    Stamp::try_from(at.unix_timestamp_nanos() / 1000).unwrap_or(Stamp::MAX)
}

fn round(round: impl Into<i64>) -> String {
    let round = round.into();
    if round > 1 { format!("第 {round} 次办理") } else { String::new() }
}

/// An issue, and what may be done about it; `from` leads back to its list. `form` holds what was typed into the action that was refused, `open`, if one was.
pub fn issue(page: &StaffIssue, form: &Form, open: Option<CommandKind>, from: &str, clock: &Clock) -> IssueView {
    let (detail, issue) = (&page.detail, &page.issue);
    let class = EnterpriseClass::parse(&detail.enterprise_class).map_or("", EnterpriseClass::label);
    let more = if page.history.year >= HISTORY { "以上" } else { "" };
    let history = format!("近一年 {} 件{more}，{} 件不满意（各部门合计）", page.history.year, page.history.dissatisfied);
    IssueView {
        number: detail.number.clone(),
        stamp: detail.events.last().map_or(0, |event| stamp(event.at)),
        head: Head {
            title: detail.title.clone(),
            about: format!("{} · {} · {class} · {history}", detail.enterprise_name, detail.uscc),
            state: issue.state,
            urgent: issue.urgency == Urgency::Urgent,
            round: round(issue.round),
            flags: issue.flags.to_vec(),
        },
        problem: Problem { body: detail.body.clone(), photos: photos_of(detail, 1), facts: facts(page, clock) },
        clocks: clocks(issue, clock),
        lines: lines(detail, page.internal, clock),
        acts: Acts { from: from.to_owned(), ..actions::acts(page, form, open, clock) },
    }
}

fn facts(page: &StaffIssue, clock: &Clock) -> Vec<(String, String)> {
    let (detail, issue) = (&page.detail, &page.issue);
    let department = issue.lead.map_or_else(|| "尚未交办".to_owned(), |id| clock.reference.department(id));
    let co: Vec<String> = issue.co.iter().map(|id| clock.reference.department(*id)).collect();
    let category = clock.terms.catalogue_of(issue, clock.now).category_name(&issue.category);
    let level = format!("{}{}", issue.tier, if issue.referred { "，等会议决定" } else { "" });
    let mut facts = vec![
        ("类别", format!("{category} · {} · {}", issue.level, issue.urgency)),
        ("地点", format!("{} {}", clock.reference.area(issue.area), detail.place)),
        ("联系", mask::contact(&detail.contact_name, &page.phone)),
        ("登记地", clock.reference.area(detail.registered)),
        ("渠道", issue.channel.label().to_owned()),
        ("受理", clock.reference.centre(issue.centre)),
        ("主办", department),
        ("层级", level),
        ("协办", if co.is_empty() { "无".to_owned() } else { co.join("、") }),
    ];
    if let Some(at) = issue.urged_at {
        facts.push(("催办", format!("{} 次，最近 {}", issue.urges, words::moment(at, clock.now))));
    }
    if let Some(assignee) = &page.beside.assignee {
        facts.push(("经办人", assignee.name.clone()));
    }
    if !page.beside.viewers.is_empty() {
        facts.push(("也在看", viewers(page)));
    }
    let flags = flags(page, clock);
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(flags).collect()
}

/// Who else has it open.
fn viewers(page: &StaffIssue) -> String {
    let said = page.beside.viewers.iter().map(|viewer| match viewer.ago / 60 {
        0 => format!("{} 正在查看", viewer.name),
        minutes => format!("{} 于 {minutes} 分钟前打开", viewer.name),
    });
    said.collect::<Vec<_>>().join("；")
}

/// Every flag it ever bore: by which rule, since when, when it went, and each time by which event and whose it was (S-7).
fn flags(page: &StaffIssue, clock: &Clock) -> Vec<(String, String)> {
    let events = page.detail.events.iter().map(|row| (&row.event, row.at, &row.actor));
    let raised = flags::raised(Issue::draft(page.detail.enterprise), events, &clock.calendar);
    let said = raised.into_iter().map(|raised| {
        let moment = |at| words::moment(at, clock.now);
        let gone = raised.cleared.map_or_else(String::new, |(seq, at)| format!("，{} 消除{}", moment(at), evidence(page, seq)));
        let from = evidence(page, raised.seq);
        (raised.flag.label().to_owned(), format!("{}：{} 起{from}{gone}", raised.flag.rule(), moment(raised.at)))
    });
    said.collect()
}

/// The event that raised a flag or ended it; whose it was is for those who read every line.
fn evidence(page: &StaffIssue, seq: u32) -> String {
    let row = page.detail.events.iter().find(|row| u32::try_from(row.seq) == Ok(seq));
    match row.filter(|_| page.internal) {
        Some(row) => format!("（第 {seq} 条 · {}）", row.actor_name),
        None => format!("（第 {seq} 条）"),
    }
}

/// The clocks of every step.
fn clocks(issue: &Issue, at: &Clock) -> Vec<ClockRow> {
    let Clock { now, calendar, .. } = at;
    let rows = issue.clocks().map(|(step, clock)| {
        let (tone, status) = match clock.met {
            Some(met) if met <= clock.due => ("ok", format!("{} 完成", words::moment(met, *now))),
            Some(met) => ("late", format!("{} 完成，{}", words::moment(met, *now), calendar.remaining(met, clock.due))),
            None if !issue.state.is_open() => ("quiet", "未完成".to_owned()),
            None if issue.pause.is_some() && matches!(step, Step::Answer | Step::Interim) => {
                ("quiet", "待企业补充，暂停计时".to_owned())
            }
            None if issue.state == State::Tracking && matches!(step, Step::Answer | Step::Interim) => {
                let tone = if *now > clock.due { "late" } else { "quiet" };
                (tone, format!("{}，挂账跟踪中", calendar.remaining(*now, clock.due)))
            }
            None => (tone(*now, Some(clock.warn), clock.due), calendar.remaining(*now, clock.due)),
        };
        ClockRow {
            step: step.label().to_owned(),
            due: When::new(clock.due, words::due(clock.due, *now)),
            tone: tone.to_owned(),
            status,
        }
    });
    rows.collect()
}

/// An issue that the palette found.
pub fn place(row: &IssueRow) -> Place {
    Place {
        href: path_of(&row.number),
        label: format!("{} {}", row.number, row.title),
        detail: format!("{} · {}", row.enterprise_name, row.state),
    }
}
