//! Commands of the loop, read from forms and given: what a member may do about its problem, what staff may.

pub mod beside;

use crate::access::Member;
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::issue::desk::work::since::{since, weighs};
use crate::issue::desk::{back_from, carried};
use crate::request::{Ctx, Request};
use domain::actor::{Actor, DepartmentId};
use domain::issue::permission::may_command;
use domain::issue::{
    CallBack, Command, CommandKind, ContactWay, DeclineReason, Issue, Level, Outcome, Rating, RatingReason, Refusal, Said,
    Satisfaction, Urgency,
};
use domain::text::FieldError;
use domain::when::day;
use store::issue::CommandError;
use uuid::Uuid;

/// Reads a member's command from its form.
///
/// # Errors
/// [`AppError::Invalid`], or [`AppError::NotFound`] for a command that is not a member's.
pub fn read_member(kind: CommandKind, form: &Form, photos: usize) -> Result<Command, AppError> {
    let text = |name: &str| form.value(name).to_owned();
    Ok(match kind {
        CommandKind::Supply => Command::Supply { text: text("text"), photos: u8::try_from(photos).unwrap_or(u8::MAX) },
        CommandKind::Note => Command::Note { text: text("text"), photos: u8::try_from(photos).unwrap_or(u8::MAX) },
        CommandKind::Urge => Command::Urge,
        CommandKind::Object => Command::Object { reason: text("text") },
        CommandKind::Reopen => Command::Reopen { reason: text("text") },
        CommandKind::Withdraw => Command::Withdraw { reason: text("text") },
        CommandKind::Rate => Command::Rate(rating(form)?),
        _ => return Err(AppError::NotFound),
    })
}

fn rating(form: &Form) -> Result<Rating, AppError> {
    let mut errors = Vec::new();
    let solved = match form.value("solved") {
        "yes" => true,
        "no" => false,
        _ => {
            errors.push(FieldError::new("solved", "请选择问题解决了没有"));
            false
        }
    };
    let level = Satisfaction::from_code(form.value("level"));
    if level.is_none() {
        errors.push(FieldError::new("level", "请选择满意程度"));
    }
    // Asked once: whoever sends it again means it.
    if let Some(level @ (Satisfaction::VerySatisfied | Satisfaction::Satisfied)) = level
        && form.value("solved") == "no"
        && form.value("sure") != level.code()
    {
        let sentence = format!("您选了“没解决”，又选了“{level}”，请核对。确实如此，请再按一次“提交评价”");
        errors.push(FieldError::new("level", sentence));
    }
    match level {
        Some(level) if errors.is_empty() => Ok(Rating {
            solved,
            level,
            reasons: form.all("reason").filter_map(RatingReason::from_code).collect(),
            comment: form.value("comment").to_owned(),
            aid: None,
        }),
        _ => Err(AppError::Invalid(errors)),
    }
}

/// Whether a member may see the problem at all: asked before what is sent is read, so that a stranger's upload is not.
///
/// # Errors
/// [`AppError::NotFound`] for another enterprise's.
pub async fn require_own(request: &Request, number: &str) -> Result<Member, AppError> {
    let member = {
        let mut ctx = request.open().await?;
        let member = ctx.require_member()?;
        store::issue::versions(&mut ctx.conn, number).await?;
        member
    };
    request.close().await;
    Ok(member)
}

/// Gives a member's command as its form or its island sent it.
///
/// # Errors
/// [`AppError::Invalid`] for what is missing, [`AppError::Refused`] by a rule, [`AppError::Conflict`] where the problem moved on since the
/// page was shown, [`AppError::NotFound`] for another enterprise's.
pub async fn of_member(request: &Request, number: &str, kind: CommandKind, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let member = ctx.require_member()?;
    let (_, version) = store::issue::versions(&mut ctx.conn, number).await?;
    let photos = store::photo::pending(&mut ctx.conn, &form.ids("photo")).await?;
    let photos: Vec<Uuid> = photos.into_iter().map(|kept| kept.id).collect();
    let mut command = read_member(kind, form, photos.len())?;
    if let Command::Rate(rating) = &mut command {
        rating.aid = store::identity::staff_in_browser(&mut ctx.conn, &request.browser_hash()).await?;
    }
    let (actor, name) = (&member.actor, &member.person.name);
    let (now, terms) = (ctx.now, ctx.terms.clone());
    let done = store::issue::execute(&mut ctx.conn, number, &command, actor, name, &photos, now, &terms).await;
    match done.map_err(|error| refused(error, words_of(kind, true))) {
        Ok(_) => {
            request.wake_outbox();
            Ok(Next::to(format!("/issues/{number}")).saying(thanks(&command)))
        }
        // Sent twice, or somebody was quicker: the page shows where it stands now.
        Err(AppError::Refused(_)) if form.value("version").parse() != Ok(version) => {
            Err(AppError::Conflict(format!("/issues/{number}"), "这件诉求刚刚有新进展，请先看最新情况"))
        }
        Err(error) => Err(error),
    }
}

/// The field that holds a command's words.
fn words_of(kind: CommandKind, members: bool) -> &'static str {
    match kind {
        CommandKind::Rate => "comment",
        _ if members => "text",
        CommandKind::Decline => "explanation",
        CommandKind::Ask => "what",
        CommandKind::Contact => "result",
        CommandKind::Dispatch => "note",
        CommandKind::Return => "return_reason",
        CommandKind::Progress => "progress",
        CommandKind::Instruct => "instruction",
        CommandKind::Supervise => "supervision_reason",
        CommandKind::Verify => "verified",
        CommandKind::Explain => "cause",
        CommandKind::Review => "review_cause",
        CommandKind::SignOff => "sign_off_note",
        CommandKind::Inquire => "question",
        CommandKind::Reply => "reply",
        CommandKind::Extend => "extend_reason",
        CommandKind::Grant => "grant_reason",
        CommandKind::Refuse => "refuse_reason",
        CommandKind::Answer => "answer",
        CommandKind::Close => "close_note",
        CommandKind::CallBack => "call_notes",
        CommandKind::Reopen => "reopen_reason",
        _ => beside::words_of(kind),
    }
}

/// A refusal of the loop; one that is about the words is a fault of their field.
fn refused(error: CommandError, words: &str) -> AppError {
    match error {
        CommandError::Refused(Refusal::Rule { code: "text", sentence }) => AppError::field(words, sentence),
        CommandError::Refused(Refusal::Rule { code: code @ "instructed_on", sentence }) => AppError::field(code, sentence),
        other => other.into(),
    }
}

/// What the page says once a member's command was given.
fn thanks(command: &Command) -> &'static str {
    match command {
        Command::Rate(rating) if rating.reopens() => "已收到您的评价。已退回办理单位重新办理，企服中心会收到提醒。",
        Command::Rate(_) => "谢谢您的评价，这件诉求已办结。",
        Command::Note { .. } => "已添加，办理单位会收到提醒。",
        Command::Urge => "已催办，办理单位会收到提醒。",
        Command::Supply { .. } => "已补充，部门继续办理。",
        Command::Object { .. } => "异议已提交，由市企服中心重新审核。",
        Command::Reopen { .. } => "已退回办理单位重新办理，企服中心会收到提醒。",
        _ => "已撤回。",
    }
}

/// Reads a staff command from its form.
///
/// # Errors
/// [`AppError::Invalid`], or [`AppError::NotFound`] for a command that is not staff's.
pub fn read_staff(kind: CommandKind, form: &Form) -> Result<Command, AppError> {
    let text = |name: &str| form.value(name).to_owned();
    let missing = |field: &str, message: &str| AppError::Invalid(vec![FieldError::new(field, message)]);
    let department = |name: &str| form.value(name).parse::<DepartmentId>().ok();
    Ok(match kind {
        CommandKind::Accept => Command::Accept {
            category: text("category"),
            level: Level::from_code(form.value("level")).ok_or_else(|| missing("level", "请选择难易程度"))?,
            urgency: Urgency::from_code(form.value("urgency")).unwrap_or(Urgency::Normal),
            area: form.value("area").parse().ok(),
        },
        CommandKind::Contact => contact(form)?,
        CommandKind::Decline => Command::Decline {
            reason: DeclineReason::from_code(form.value("reason")).ok_or_else(|| missing("reason", "请选择不予受理的原因"))?,
            explanation: text("explanation"),
        },
        CommandKind::Ask => Command::Ask { what: text("what") },
        CommandKind::Dispatch => Command::Dispatch {
            lead: department("lead").ok_or_else(|| missing("lead", "请选择主办部门"))?,
            co: form.all("co").filter_map(|id| id.parse().ok()).collect(),
            note: text("note"),
        },
        CommandKind::Sign => Command::Sign,
        CommandKind::Return => Command::Return {
            reason: text("return_reason"),
            proposed: department("proposed").ok_or_else(|| missing("proposed", "请选择建议的办理部门"))?,
        },
        CommandKind::Progress => Command::Progress { text: text("progress") },
        CommandKind::Extend => Command::Extend {
            days: form.value("days").parse().map_err(|_| missing("days", "请选择延长多久"))?,
            reason: text("extend_reason"),
        },
        CommandKind::Instruct => Command::Instruct {
            leader: text("leader"),
            text: text("instruction"),
            on: match form.value("instructed_on") {
                "" => None,
                on => Some(day(on).ok_or_else(|| missing("instructed_on", "请选择批示日期"))?),
            },
        },
        CommandKind::Supervise => Command::Supervise { reason: text("supervision_reason") },
        CommandKind::Verify => Command::Verify { note: text("verified") },
        CommandKind::Explain => Command::Explain { cause: text("cause"), measures: text("measures") },
        CommandKind::Review => {
            Command::Review { cause: text("review_cause"), responsibility: text("responsibility"), change: text("rule_change") }
        }
        CommandKind::SignOff => Command::SignOff { note: text("sign_off_note") },
        CommandKind::Inquire => Command::Inquire { question: text("question") },
        CommandKind::Reply => Command::Reply { text: text("reply") },
        CommandKind::Grant => Command::Grant { reason: text("grant_reason") },
        CommandKind::Refuse => Command::Refuse { reason: text("refuse_reason") },
        CommandKind::Answer => Command::Answer {
            text: text("answer"),
            outcome: Outcome::from_code(form.value("outcome")).ok_or_else(|| missing("outcome", "请选择办理结果"))?,
        },
        CommandKind::Close => Command::Close { note: text("close_note") },
        CommandKind::CallBack => Command::CallBack(call_back(form)?),
        CommandKind::Reopen => Command::Reopen { reason: text("reopen_reason") },
        _ => return beside::read(kind, form),
    })
}

/// 回访: how, whether somebody was reached, and then what the enterprise said.
fn call_back(form: &Form) -> Result<CallBack, AppError> {
    let mut faults = Vec::new();
    let mut lacks = |field: &str, message: &str| faults.push(FieldError::new(field, message));
    let way = ContactWay::from_code(form.value("call_way"));
    if way.is_none() {
        lacks("call_way", "请选择联系方式");
    }
    let level = Satisfaction::from_code(form.value("call_level"));
    let said = match (form.value("call_solved"), level) {
        ("missed", _) => None,
        (solved @ ("yes" | "no"), Some(level)) => Some(Said { solved: solved == "yes", level }),
        ("yes" | "no", None) => {
            lacks("call_level", "请选择企业说的满意程度");
            None
        }
        _ => {
            lacks("call_solved", "请选择企业怎么说，或没联系上");
            None
        }
    };
    match way {
        Some(way) if faults.is_empty() => Ok(CallBack { way, said, notes: form.value("call_notes").to_owned() }),
        _ => Err(AppError::Invalid(faults)),
    }
}

/// 记录联系: with whom, how, whether somebody was there, what was said.
fn contact(form: &Form) -> Result<Command, AppError> {
    let mut faults = Vec::new();
    let way = ContactWay::from_code(form.value("way"));
    if way.is_none() {
        faults.push(FieldError::new("way", "请选择联系方式"));
    }
    if form.value("with").trim().is_empty() {
        faults.push(FieldError::new("with", "请填写联系了谁"));
    }
    let reached = match form.value("reached") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => {
            faults.push(FieldError::new("reached", "请选择是否联系上"));
            None
        }
    };
    match (way, reached) {
        (Some(way), Some(reached)) if faults.is_empty() => {
            Ok(Command::Contact { way, with: form.value("with").to_owned(), reached, result: form.value("result").to_owned() })
        }
        _ => Err(AppError::Invalid(faults)),
    }
}

/// What a command names has to be there: the place, departments that serve it, the issue that this one goes into.
async fn require_named(ctx: &mut Ctx, command: &Command, issue: &Issue) -> Result<(), AppError> {
    let departments: Vec<DepartmentId> = match command {
        Command::Dispatch { lead, co, .. } => co.iter().copied().chain([*lead]).collect(),
        Command::Return { proposed, .. } => vec![*proposed],
        Command::Consult(meeting) | Command::Resolve(meeting) => meeting.tasks.iter().map(|task| task.department).collect(),
        _ => Vec::new(),
    };
    if let Command::Accept { area: Some(area), .. } = command
        && !ctx.reference.areas.iter().any(|known| known.code == *area)
    {
        return Err(AppError::field("area", "请选择问题发生的区县"));
    }
    let serves = |id| ctx.reference.departments.iter().any(|known| known.id == id && known.serves(issue.area));
    if !departments.iter().all(|id| serves(*id)) {
        return Err(AppError::Refused("没有这个部门，请重新选择".to_owned()));
    }
    if let Command::Merge { into, .. } = command
        && store::issue::versions(&mut ctx.conn, &into.number).await.is_err()
    {
        return Err(AppError::field("into", "没有这件诉求，请从列表里选"));
    }
    Ok(())
}

/// Gives a staff command as its form or its island sent it.
///
/// # Errors
/// [`AppError::Forbidden`] for whoever may only read, [`AppError::Refused`] by a rule, [`AppError::Conflict`] where the issue moved on since
/// the page was shown, [`AppError::NotFound`] outside the scope.
pub async fn of_staff(request: &Request, number: &str, kind: CommandKind, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let staff = ctx.require_desk()?;
    let actor = Actor::Staff { id: staff.id, duty: staff.duty };
    // Whether this person may at all comes before what the form lacks.
    let detail = store::issue::detail(&mut ctx.conn, number).await?;
    let (id, issue) = (detail.id, detail.aggregate(&ctx.calendar));
    let seen = form.value("version").parse::<u32>().ok();
    let (clock, today, now) = (ctx.clock(), ctx.today(), ctx.now);
    let moved = |seen: u32| since(&detail, seen, &actor, &clock);
    if !may_command(&actor, kind, &issue) {
        // Somebody took it out of these hands while they wrote.
        return Err(seen.and_then(moved).map_or(AppError::Forbidden, AppError::Refused));
    }
    let standing = store::issue::work::standing(&mut ctx.conn, id, staff.id, today).await?;
    if let Some(words) = seen.filter(|_| weighs(kind)).and_then(|seen| moved(seen.max(standing.told))) {
        // Told once: sent again, they have read it.
        let name = format!("{} {}", staff.organisation, staff.name);
        store::issue::work::tell(&mut ctx.conn, id, staff.id, &name, issue.version, now).await?;
        return Err(AppError::Refused(words));
    }
    let command = read_staff(kind, form)?;
    require_named(&mut ctx, &command, &issue).await?;
    // What was made ready goes with what the enterprise reads next (desk::attach).
    let files = match kind {
        CommandKind::Answer | CommandKind::Progress | CommandKind::Report => {
            store::photo::meant_for(&mut ctx.conn, id, staff.id).await?
        }
        _ => Vec::new(),
    };
    let files: Vec<Uuid> = files.into_iter().map(|kept| kept.id).collect();
    // 代班: whoever stands in says for whom.
    let instead = standing.instead_of.map(|absent| format!("（代 {absent}）")).unwrap_or_default();
    let name = format!("{} {}{instead}", staff.organisation, staff.name);
    let (now, terms) = (ctx.now, ctx.terms.clone());
    let done = store::issue::execute(&mut ctx.conn, number, &command, &actor, &name, &files, now, &terms).await;
    match done.map_err(|error| refused(error, words_of(kind, false))) {
        Ok(_) => {
            request.wake_outbox();
            // A department that returned an issue does not see it any more.
            let gone = store::issue::versions(&mut ctx.conn, number).await.is_err();
            let list = crate::issue::desk::CALL_BACKS;
            let address = &request.head().path;
            let to = if kind == CommandKind::CallBack && form.value("from") == list {
                list.to_owned()
            } else if gone {
                back_from(address)
            } else {
                format!("/desk/issues/{number}{}", carried(address))
            };
            Ok(Next::to(to).saying(format!("{}：{number}", kind.label())))
        }
        Err(AppError::Refused(why)) if seen != Some(issue.version) => {
            let detail = store::issue::detail(&mut ctx.conn, number).await?;
            if let Some(words) = since(&detail, seen.unwrap_or(issue.version), &actor, &clock) {
                return Err(AppError::Refused(format!("{why}。{words}")));
            }
            let to = format!("/desk/issues/{number}{}", carried(&request.head().path));
            Err(AppError::Conflict(to, "这件诉求刚刚有新进展，请先看最新情况"))
        }
        Err(error) => Err(error),
    }
}
