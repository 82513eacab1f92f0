//! Finding, putting together, dispatching and answering together.

use crate::error::{AppError, Next};
use crate::form::Form;
use crate::issue::desk::work::bulk::{self, Step};
use crate::request::{Ctx, Request};
use domain::actor::{Actor, DepartmentId, Duty};
use domain::cluster::{Doc, groups};
use domain::issue::permission::may_command;
use domain::issue::{Command, CommandKind, Outcome, State};
use domain::text::{Check, FieldError};
use std::collections::{BTreeMap, BTreeSet};
use store::cluster::{self, Candidate, Cluster, Member, NewCluster};
use store::identity::StaffIdentity;
use store::issue::CommandError;

pub const PATH: &str = "/desk/clusters";

/// So many of the latest open issues are compared.
pub const COMPARED: i64 = 600;

/// So many are put together at once.
const MOST: usize = 200;

/// What may belong together: candidates with how alike they are to the first.
pub type Found = cluster::found::Group;

/// Groups of what is open, of at least two enterprises each.
///
/// # Errors
/// As [`Ctx::require_centre`].
pub async fn find(ctx: &mut Ctx) -> Result<Vec<Found>, AppError> {
    ctx.require_centre()?;
    compare(cluster::candidates(&mut ctx.conn, None, COMPARED).await?).await
}

/// Groups of these, of at least two enterprises each: for a centre that asks, and for the worker that looks each morning.
///
/// # Errors
/// [`AppError::Internal`] where the process is about to stop.
pub async fn compare(candidates: Vec<Candidate>) -> Result<Vec<Found>, AppError> {
    // A moment's work for the processor, off the threads that serve.
    let compared = tokio::task::spawn_blocking(move || {
        let docs: Vec<Doc> = candidates.iter().map(|one| Doc::of(&format!("{}\n{}", one.title, one.body))).collect();
        (groups(&docs), candidates)
    });
    let (groups, candidates) = compared.await.map_err(AppError::internal)?;
    let found = groups
        .into_iter()
        .map(|group| group.into_iter().map(|member| (candidates[member.at].clone(), member.score)).collect::<Found>());
    Ok(found.filter(|group| enterprises(group) > 1).collect())
}

/// How many enterprises a group is of.
pub fn enterprises(group: &Found) -> usize {
    group.iter().map(|(one, _)| one.enterprise).collect::<BTreeSet<_>>().len()
}

/// Puts the chosen ones together.
///
/// # Errors
/// [`AppError::Invalid`] for fewer than two, or no title.
pub async fn add(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, area) = ctx.require_centre()?;
    let mut check = Check::new();
    let title = check.text("title", "共性问题", form.value("title"), 4, 60);
    let chosen: BTreeMap<&str, i16> = form
        .all("pick")
        .map(|pick| {
            let (number, score) = pick.split_once('=').unwrap_or((pick, "100"));
            (number, score.parse::<i16>().unwrap_or(100).clamp(0, 100))
        })
        .collect();
    let numbers: Vec<String> = chosen.keys().take(MOST).map(|number| (*number).to_owned()).collect();
    let picked = cluster::picked(&mut ctx.conn, &numbers).await?;
    let firms: BTreeSet<i64> = picked.iter().map(|one| one.enterprise).collect();
    let members: Vec<(i64, i16)> =
        picked.iter().map(|one| (one.id, chosen.get(one.number.as_str()).copied().unwrap_or(100))).collect();
    if chosen.len() > MOST {
        check.fault("pick", format!("一次最多勾选 {MOST} 件"));
    } else if firms.len() < 2 {
        check.fault("pick", "共性问题至少要有两家企业的诉求，请勾选");
    }
    check.finish().map_err(AppError::Invalid)?;
    let now = ctx.now;
    let new = NewCluster { title: &title, area, by: staff.id, members: &members };
    let id = cluster::add(&mut ctx.conn, &new, now)
        .await
        .map_err(|error| if error.is_row_refused() { AppError::Forbidden } else { error.into() })?;
    Ok(Next::to(format!("{PATH}/{id}")).saying("已合成共性问题，企业看不到彼此的诉求"))
}

/// A cluster that somebody may see, with its issues.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope.
pub async fn open(ctx: &mut Ctx, id: i64) -> Result<(StaffIdentity, Cluster, Vec<Member>), AppError> {
    let staff = ctx.require_desk()?;
    let found = cluster::get(&mut ctx.conn, id).await?;
    Ok((staff, found, cluster::members(&mut ctx.conn, id).await?))
}

/// Gives all of them to one department, accepting those that are not yet.
///
/// # Errors
/// [`AppError::Invalid`] where no department was chosen; what stands against an issue is said of the issue.
pub async fn dispatch(request: &Request, id: i64, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_centre()?;
    let (staff, _, members) = open(&mut ctx, id).await?;
    let lead: DepartmentId = form.value("lead").parse().map_err(|_| AppError::field("lead", "请选择办理部门"))?;
    if ctx.reference.departments.iter().all(|known| known.id != lead) {
        return Err(AppError::field("lead", "没有这个部门，请重新选择"));
    }
    let (mut done, mut left) = (0, 0);
    for member in members {
        if !matches!(member.state, State::Submitted | State::Accepted) {
            // On its way already; what it said of it stays.
            continue;
        }
        let accepted = match member.state {
            State::Submitted => bulk::one(&mut ctx, &staff, Step::Accept, &member.number, None, "").await.map(|_| ()),
            _ => Ok(()),
        };
        let given = match accepted {
            Ok(()) => bulk::one(&mut ctx, &staff, Step::Dispatch, &member.number, Some(lead), form.value("note")).await,
            Err(why) => Err(why),
        };
        let (ok, said) = match given {
            Ok((_, said)) => (true, said),
            Err((_, said)) => (false, said),
        };
        cluster::note(&mut ctx.conn, id, member.issue, ok, &said).await?;
        if ok { done += 1 } else { left += 1 }
    }
    cluster::dispatched(&mut ctx.conn, id, lead).await?;
    request.wake_outbox();
    Ok(Next::to(format!("{PATH}/{id}")).saying(result("交办", done, left)))
}

/// Answers all of them: each gets an answer of its own, with the same words.
///
/// # Errors
/// [`AppError::Invalid`] for words that are too short; what stands against an issue is said of the issue.
pub async fn answer(request: &Request, id: i64, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, _, members) = open(&mut ctx, id).await?;
    if !matches!(staff.duty, Duty::Handler { .. }) {
        return Err(AppError::Forbidden);
    }
    let mut check = Check::new();
    let text = check.text("answer", "答复内容", form.value("answer"), 10, 2000);
    let outcome = Outcome::from_code(form.value("outcome"));
    if outcome.is_none() {
        check.fault("outcome", "请选择办理结果");
    }
    check.finish().map_err(AppError::Invalid)?;
    let outcome = outcome.ok_or_else(|| AppError::Invalid(vec![FieldError::new("outcome", "请选择办理结果")]))?;
    let command = Command::Answer { text, outcome };
    let (mut done, mut left) = (0, 0);
    for member in members.iter().filter(|member| member.state.is_open() && member.state != State::Answered) {
        let (ok, said) = match one(&mut ctx, &staff, member, &command).await? {
            Ok(()) => (true, "已答复，等企业评价".to_owned()),
            Err(why) => (false, why),
        };
        cluster::note(&mut ctx.conn, id, member.issue, ok, &said).await?;
        if ok { done += 1 } else { left += 1 }
    }
    if done > 0 {
        let (who, now) = (format!("{} {}", staff.organisation, staff.name), ctx.now);
        cluster::answered(&mut ctx.conn, id, &who, now).await?;
        request.wake_outbox();
    }
    Ok(Next::to(format!("{PATH}/{id}")).saying(result("答复", done, left)))
}

/// One of them; why not, where it is not to be.
async fn one(ctx: &mut Ctx, staff: &StaffIdentity, member: &Member, command: &Command) -> Result<Result<(), String>, AppError> {
    let actor = Actor::Staff { id: staff.id, duty: staff.duty };
    let detail = store::issue::detail(&mut ctx.conn, &member.number).await?;
    let (id, issue) = (detail.id, detail.aggregate(&ctx.calendar));
    if !may_command(&actor, CommandKind::Answer, &issue) {
        return Ok(Err("不由本部门主办".to_owned()));
    }
    let name = bulk::signed(ctx, staff, id).await?;
    let (now, terms) = (ctx.now, ctx.terms.clone());
    match store::issue::execute(&mut ctx.conn, &member.number, command, &actor, &name, &[], now, &terms).await {
        Ok(_) => Ok(Ok(())),
        Err(CommandError::Refused(refusal)) => Ok(Err(refusal.to_string())),
        Err(CommandError::Store(error)) => Err(error.into()),
    }
}

fn result(what: &str, done: usize, left: usize) -> String {
    match (done, left) {
        (0, 0) => format!("没有可以{what}的诉求"),
        (done, 0) => format!("{done} 件已{what}"),
        (done, left) => format!("{done} 件已{what}，{left} 件没有，原因在下面"),
    }
}
