//! Writing down what was said.

use super::read::{RowFault, read};
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::{Ctx, Request};
use domain::actor::{Actor, AreaCode, Duty};
use domain::text::Check;
use domain::when::day;
use store::identity::StaffIdentity;
use store::meeting::{self, NewMeeting, REGISTRATIONS_A_DAY};

/// Where meetings are written down.
pub const PATH: &str = "/desk/meetings";

/// What came of a table.
pub enum Filed {
    /// Everything was taken, now or before.
    Done(Next),
    /// Nothing was: these lines are wrong.
    Faulty(Vec<RowFault>),
}

impl Ctx {
    /// Whoever writes a meeting down: a centre, with its area.
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub(super) fn require_centre_of(&self) -> Result<(StaffIdentity, AreaCode), AppError> {
        let staff = self.require(crate::access::Access::Centre)?;
        match staff.duty {
            Duty::Centre { area } => Ok((staff, area)),
            _ => Err(AppError::Forbidden),
        }
    }
}

/// Whether whoever asks may at all: before a file is read.
///
/// # Errors
/// As [`Ctx::require_staff`].
pub async fn require_writer(request: &Request) -> Result<(), AppError> {
    request.open().await?.require_centre_of()?;
    request.close().await;
    Ok(())
}

/// Files every problem of a table, or none.
///
/// # Errors
/// [`AppError::Invalid`] for the meeting's name or day, or where the file is no such table; [`AppError::Refused`] by a rule.
pub async fn file(request: &Request, rows: Vec<(usize, Vec<String>)>, form: &Form) -> Result<Filed, AppError> {
    let mut ctx = request.open().await?;
    let (staff, area) = ctx.require_centre_of()?;
    let mut check = Check::new();
    let name = check.text("name", "会议名称", form.value("name"), 2, 60);
    let held = day(form.value("held"));
    match held {
        None => check.fault("held", "请选择开会的日期"),
        Some(day) if day > ctx.today() => check.fault("held", "会议还没有开，请核对日期"),
        Some(_) => {}
    }
    check.finish().map_err(AppError::Invalid)?;
    let held = held.ok_or(AppError::NotFound)?;
    let (now, tables) = (ctx.now, request.services().tables());
    let (good, mut bad) = read(rows, area, &tables, now)?;
    if !bad.is_empty() {
        return Ok(Filed::Faulty(bad));
    }
    let shown = format!("{} {}", staff.organisation, staff.name);
    let new = NewMeeting { area, name: &name, held, staff: staff.id, staff_name: &shown };
    let actor = Actor::Staff { id: staff.id, duty: staff.duty };
    let done = match meeting::file(&mut ctx.conn, &new, &good, &actor, now, &tables.terms).await {
        Err(store::issue::CommandError::Store(error)) if error.is_conflict_with(REGISTRATIONS_A_DAY) => {
            let sentence = "表里系统没有的企业太多：一个账号 24 小时内最多登记 30 家。请同事先在“企业联系人”里登记，再提交";
            return Err(AppError::Refused(sentence.to_owned()));
        }
        other => other?,
    };
    match done {
        Ok(done) => {
            request.wake_outbox();
            let words = match (done.filed, done.before) {
                (0, before) => format!("这份表的 {before} 件以前都提交过，没有变化"),
                (filed, 0) => format!("已提交 {filed} 件"),
                (filed, before) => format!("已提交 {filed} 件；另有 {before} 件以前提交过，没有变化"),
            };
            Ok(Filed::Done(Next::to(format!("{PATH}/{}", done.meeting)).saying(words)))
        }
        Err(faults) => {
            for (line, sentence) in faults {
                let said = good.iter().find(|row| row.line == line);
                let typed = said.map_or_else(Vec::new, |row| {
                    vec![
                        row.place.to_string(),
                        row.uscc.to_string(),
                        row.enterprise_name.clone(),
                        row.contact_name.clone(),
                        row.contact_phone.clone(),
                        row.submission.text.clone(),
                    ]
                });
                bad.push(RowFault { line, typed, faults: vec![sentence] });
            }
            Ok(Filed::Faulty(bad))
        }
    }
}
