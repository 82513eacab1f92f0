//! What happened to an issue, in plain words: lines that pages render and that travel to islands, which render them again.

use crate::ui::input::Pair;
use crate::ui::{When, icon, words};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One entry of a timeline, its words chosen for whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineLine {
    /// The event's place in the issue's history: the key of the line.
    pub seq: i32,
    pub when: When,
    pub who: String,
    pub title: String,
    /// Empty where the title says it all.
    pub body: String,
    /// The whole line is for staff only.
    pub internal: bool,
    /// A note for staff only, beside what the enterprise reads; empty where there is none.
    pub note: String,
    /// Ids of the pictures and files that came with it, and what they are called.
    pub photos: Vec<Pair>,
}

/// The timeline, in the order of its lines.
#[component]
pub fn Timeline(lines: Vec<TimelineLine>) -> impl IntoView {
    let entries = lines.into_iter().map(|line| view! { <TimelineEntry line/> });
    view! { <ol class="timeline">{entries.collect_view()}</ol> }
}

/// One line of it, for whoever keeps the list.
#[component]
pub fn TimelineEntry(line: TimelineLine) -> impl IntoView {
    let mark = || view! { <span class="tag quiet">{icon("lock")}"内部"</span> };
    let body = (!line.body.is_empty()).then(|| words(line.body));
    let note = (!line.note.is_empty()).then(|| view! { <p class="internal">{mark()}{line.note}</p> });
    view! {
        <li>
            <p class="when">{line.when.view()}" · "{line.who}</p>
            <p class="what">{line.title}{line.internal.then(mark)}</p>
            {body}{note}
            <Photos photos=line.photos/>
        </li>
    }
}

/// Pictures and files by id and name, each a link to the whole of it; nothing where there are none. The thumbnail of a file is a drawing that
/// says what it is, its name and size.
#[component]
pub fn Photos(photos: Vec<Pair>) -> impl IntoView {
    let items = photos.into_iter().map(|(id, alt)| {
        let href = ["/photos/", &id].concat();
        let thumb = [&href, "/thumb"].concat();
        view! { <li><a href=href><img src=thumb alt=alt width="80" height="80" loading="lazy"/></a></li> }
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| view! { <ul class="photo-grid">{items}</ul> })
}

#[cfg(feature = "ssr")]
pub use server::{labelled, lines, photos_of, plain};

#[cfg(feature = "ssr")]
mod beside;

#[cfg(feature = "ssr")]
mod server {
    use super::TimelineLine;
    use super::beside;
    use crate::request::Clock;
    use crate::ui::input::Pair;
    use crate::ui::{When, joined};
    use domain::actor::{Actor, Duty};
    use domain::calendar::{local, words};
    use domain::issue::alarm::Owed;
    use domain::issue::supervision::Stage;
    use domain::issue::{CallBack, CloseBasis, Event, Rating};
    use domain::text::file_size;
    use store::issue::IssueDetail;
    use store::photo::Kept;
    use time::OffsetDateTime;
    use uuid::Uuid;

    /// The lines of an issue, newest first. Internal ones, and the note of a dispatch, are there only for staff who may see them.
    pub fn lines(detail: &IssueDetail, internal: bool, clock: &Clock) -> Vec<TimelineLine> {
        let said = detail.events.iter().rev().map(|row| {
            let said = describe(&row.event, clock);
            // For a department without people in the centre (S-4): `who` names the one that did.
            let fronted = matches!(row.actor, Actor::Staff { duty: Duty::Handler { .. }, .. })
                && matches!(row.event, Event::Accepted { .. });
            let title = if fronted { format!("{}（板块牵头单位代为受理）", said.title) } else { said.title };
            let title = if internal { title } else { beside::plain(&row.event).unwrap_or(title) };
            let note = match &row.event {
                Event::Dispatched { note, .. } if internal => note.clone(),
                Event::CalledBack { call, .. } if internal => call.notes.clone(),
                Event::Rated { rating: Rating { aid: Some(aid), .. } } if internal => {
                    format!("这次评价来自工作人员登录过的设备：{}，{}。", aid.name, words::moment(aid.at, clock.now))
                }
                event if internal => beside::note(event, clock),
                _ => String::new(),
            };
            // The enterprise reads it on a phone, in letters of any size.
            let shown = |text: String| if internal { text } else { joined(text.trim_start()) };
            TimelineLine {
                seq: row.seq,
                when: When::new(row.at, words::moment(row.at, clock.now)),
                who: row.actor_name.clone(),
                title: shown(title),
                body: shown(said.body),
                internal: said.internal,
                note,
                photos: photos_of(detail, row.seq),
            }
        });
        said.filter(|line| internal || !line.internal).collect()
    }

    /// The pictures that came with an event.
    pub fn photos_of(detail: &IssueDetail, seq: i32) -> Vec<Pair> {
        let own = detail.photos.iter().filter(|photo| photo.seq == seq);
        let file = |id| detail.files.iter().find(|file| file.id == id).map(|file| (file.name.as_str(), file.bytes));
        labels(own.map(|photo| (photo.id, file(photo.id))))
    }

    /// As [`photos_of`], of what is not filed yet.
    pub fn labelled(photos: &[Kept]) -> Vec<Pair> {
        let file = |kept: &Kept| kept.document.clone().map(|document| (document.name, kept.bytes));
        let found: Vec<_> = photos.iter().map(|kept| (kept.id, file(kept))).collect();
        labels(found.iter().map(|(id, file)| (*id, file.as_ref().map(|(name, bytes)| (name.as_str(), *bytes)))))
    }

    /// A picture is counted, a file has its name and size.
    fn labels<'a>(photos: impl Iterator<Item = (Uuid, Option<(&'a str, i64)>)>) -> Vec<Pair> {
        let mut pictures = 0;
        let label = |(id, file): (Uuid, Option<(&str, i64)>)| {
            let label = match file {
                Some((name, bytes)) => format!("{name}（{}）", file_size(bytes)),
                None => {
                    pictures += 1;
                    format!("照片 {pictures}")
                }
            };
            (id.to_string(), label)
        };
        photos.map(label).collect()
    }

    /// An event as the offices read it, on its own: what it is, and what was said.
    pub fn plain(event: &Event, clock: &Clock) -> (String, String) {
        let Said { title, body, .. } = describe(event, clock);
        (title, body)
    }

    pub(super) struct Said {
        pub(super) title: String,
        pub(super) body: String,
        pub(super) internal: bool,
    }

    pub(super) fn said(title: impl Into<String>, body: impl Into<String>) -> Said {
        Said { title: title.into(), body: body.into(), internal: false }
    }

    /// An event in plain words.
    fn describe(event: &Event, clock: &Clock) -> Said {
        let due = |at: &OffsetDateTime| words::due(*at, clock.now);
        let reference = &clock.reference;
        match event {
            Event::Submitted { .. } => said("提交诉求", ""),
            Event::Accepted { answer_due, level, area, .. } => {
                let place =
                    area.map(|area| format!("问题发生在{}，由{}接着办理。", reference.area(area), reference.centre(area)));
                said("已受理", format!("难易程度：{level}。最迟{}答复。{}", due(answer_due), place.unwrap_or_default()))
            }
            Event::Contacted { way, with, reached, result } => {
                let reached = if *reached { "" } else { "（未联系上）" };
                said(format!("联系企业：{way}，{with}{reached}"), result.clone())
            }
            Event::Noted { text, .. } => said("企业添加说明", text.clone()),
            Event::Urged => said("企业催办", ""),
            Event::Declined { reason, explanation } => said("不予受理", format!("{reason}。{explanation}")),
            Event::Objected { reason, centre, .. } => {
                said(format!("提出异议，由{}重新审核", reference.centre(*centre)), reason.clone())
            }
            Event::InputAsked { what, cap } => {
                said("请企业补充材料", format!("{what}\n请在{}补充，这段时间不计入办理时限。", due(cap)))
            }
            Event::Supplied { text, shifted_minutes, answer_due, .. } => {
                let moved =
                    if *shifted_minutes > 0 { format!("\n答复期限顺延到{}。", due(answer_due)) } else { String::new() };
                said("已补充材料", format!("{text}{moved}"))
            }
            Event::PauseLapsed { answer_due, .. } => {
                said("补充期限已到，继续办理", format!("恢复计时，最迟{}答复。", due(answer_due)))
            }
            Event::Dispatched { lead, co, sign_due, .. } => {
                let names: Vec<String> = co.iter().map(|id| reference.department(*id)).collect();
                let together = if names.is_empty() { String::new() } else { format!("，{}协办", names.join("、")) };
                said(format!("交给{}办理{together}", reference.department(*lead)), format!("部门应在{}签收。", due(sign_due)))
            }
            Event::Signed { .. } => said("部门已签收，开始办理", ""),
            Event::Returned { reason, proposed } => Said {
                internal: true,
                ..said("部门退回", format!("{reason}\n建议由{}办理。", reference.department(*proposed)))
            },
            Event::Progressed { text } => said("办理进展", text.clone()),
            Event::ExtensionAsked { days, reason, wanted } => Said {
                internal: true,
                ..said(format!("部门申请延期 {days} 个工作日"), format!("{reason}\n想延到{}。", due(wanted)))
            },
            Event::Extended { reason, from, answer_due, days } => {
                said(format!("答复期限延长 {days} 个工作日"), format!("{reason}\n原为{}，现为{}。", due(from), due(answer_due)))
            }
            Event::ExtensionRefused { reason } => Said { internal: true, ..said("企服中心不同意延期", reason.clone()) },
            Event::Answered { text, outcome, late, .. } => {
                let late = if *late { "（超期）" } else { "" };
                said(format!("答复：{outcome}{late}"), text.clone())
            }
            Event::Rated { rating } => rated(rating),
            Event::Closed { basis: CloseBasis::Rated } => said("已办结", "企业确认问题已解决。"),
            Event::Closed { basis: CloseBasis::CallBack { note } } => {
                let note = if note.is_empty() { String::new() } else { format!("：{note}") };
                said("已办结", format!("期限内未评价，已回访{note}"))
            }
            Event::Reopened { reason } => said("要求重新办理", reason.clone()),
            Event::Redispatched { round, answer_due, .. } => {
                said(format!("第 {round} 次办理：重新交办"), format!("最迟{}答复。", due(answer_due)))
            }
            Event::CalledBack { call, missed } => called_back(call, *missed),
            Event::Instructed { leader, text, on } => {
                let on = on.map(|on| format!("（{}）", words::day(local(on).date()))).unwrap_or_default();
                Said { internal: true, ..said(format!("领导批示：{leader}{on}"), text.clone()) }
            }
            Event::Supervised { .. }
            | Event::OrderIssued { .. }
            | Event::Explained { .. }
            | Event::Reviewed { .. }
            | Event::SignedOff { .. }
            | Event::OrderOverdue { .. } => Said { internal: true, ..supervision(event, clock) },
            Event::Inquired { question, reply_due } => {
                Said { internal: true, ..said("监督询问", format!("{question}\n请在{}回复。", due(reply_due))) }
            }
            Event::Replied { text, late } => {
                let late = if *late { "（超期）" } else { "" };
                Said { internal: true, ..said(format!("回复监督询问{late}"), text.clone()) }
            }
            Event::ReplyOverdue { due: end } => {
                Said { internal: true, ..said("监督询问超期未回复", format!("应在{}回复。", due(end))) }
            }
            Event::CallBackOverdue { due: end } => {
                Said { internal: true, ..said("回访超期", format!("应在{}回访企业。", due(end))) }
            }
            Event::Warned { step, due: end, .. } => {
                Said { internal: true, ..said(format!("预警：{step}"), format!("须在{}完成。", due(end))) }
            }
            Event::OwedWarned { owed, due: end, .. } => {
                let what = match owed {
                    Owed::Part { department } => format!("{}协办答复", clock.reference.department(*department)),
                    Owed::Task { task } => format!("交办事项 {}", task + 1),
                    Owed::Order { stage } => format!("督办单{stage}"),
                    Owed::Reply => "回复监督询问".to_owned(),
                    Owed::CallBack => "回访企业".to_owned(),
                };
                Said { internal: true, ..said(format!("预警：{what}"), format!("须在{}完成。", due(end))) }
            }
            Event::Overdue { step, due: end, .. } => {
                Said { internal: true, ..said(format!("超期：{step}"), format!("应在{}完成。", due(end))) }
            }
            Event::Escalated { rung, since, .. } => Said {
                internal: true,
                ..said(format!("无人接手，已提醒{rung}"), format!("从{}起等待。", words::moment(*since, clock.now)))
            },
            Event::Withdrawn { reason, .. } => said("已撤回", reason.clone()),
            other => beside::describe(other, clock),
        }
    }

    /// The order of supervision, which stays with the offices.
    fn supervision(event: &Event, clock: &Clock) -> Said {
        let due = |at: &OffsetDateTime| words::due(*at, clock.now);
        match event {
            Event::Supervised { reason, verify_due, explain_due, done_due } => {
                let dues = [due(verify_due), due(explain_due), due(done_due)];
                said("督办", format!("{reason}\n核实下达 {}；说明原因和措施 {}；办结确认 {}。", dues[0], dues[1], dues[2]))
            }
            Event::OrderIssued { note } => said("核实并下达督办单", note.clone()),
            Event::Explained { cause, measures, late } => {
                said(if *late { "督办答复（超期）" } else { "督办答复" }, format!("原因：{cause}\n措施：{measures}"))
            }
            Event::Reviewed { cause, responsibility, change } => {
                said("复盘", format!("原因：{cause}\n责任：{responsibility}\n要改的规则：{change}"))
            }
            Event::SignedOff { note } => said("督办销号", note.clone()),
            Event::OrderOverdue { stage: Stage::Done, due: end } => {
                said("转入联合督办", format!("应在{}办结并经企业确认。", due(end)))
            }
            Event::OrderOverdue { stage, due: end } => said(format!("督办超期：{stage}"), format!("应在{}完成。", due(end))),
            _ => said("", ""),
        }
    }

    /// What the enterprise said is no secret from it; what the offices noted beside it is their own.
    fn called_back(call: &CallBack, missed: u16) -> Said {
        match call.said {
            Some(answer) => {
                let solved = if answer.solved { "已解决" } else { "没解决" };
                said(format!("企服中心回访：{solved}，{}", answer.level), "")
            }
            None => said(format!("企服中心回访（{}）：第 {missed} 次未联系上", call.way), ""),
        }
    }

    fn rated(rating: &Rating) -> Said {
        let reasons: Vec<&str> = rating.reasons.iter().map(|reason| reason.label()).collect();
        let solved = if rating.solved { "已解决" } else { "没解决" };
        let body = [reasons.join("、"), rating.comment.clone()].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>();
        said(format!("评价：{solved}，{}", rating.level), body.join("\n"))
    }
}
