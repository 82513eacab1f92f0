//! What changes who may act for an enterprise: registering in person at a desk, and what owners do themselves.

use super::read::{self, in_area};
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::{Ctx, Request};
use domain::actor::{AreaCode, EnterpriseId, MemberRole, PersonId, area_covers};
use domain::area;
use domain::enterprise::Scale;
use domain::mask;
use domain::member::{self as words, AGENTS_A_DAY, MOST_MEMBERS, Paper, REGISTRATIONS_A_DAY};
use domain::phone::Mobile;
use domain::text::Check;
use domain::uscc::Uscc;
use store::StoreError;
use store::member::{self, Registration, Tell};

/// The name and the phone of whoever is to become a member.
fn newcomer(check: &mut Check, form: &Form) -> (String, Option<Mobile>) {
    let name = check.text("name", "姓名", form.value("name"), 2, 30);
    if name.contains(['\n', '\t']) {
        check.fault("name", "姓名写在一行里");
    }
    (name, check.parse("phone", Mobile::parse(form.value("phone"))))
}

fn clean(check: Check) -> Result<(), AppError> {
    check.finish().map_err(AppError::Invalid)
}

/// What stood against a change, at the field where it can be mended.
fn sentence(error: StoreError) -> AppError {
    // An owner a moment ago, and none any more.
    if error.is_row_refused() {
        return AppError::Forbidden;
    }
    let StoreError::Conflict(constraint) = &error else { return error.into() };
    match constraint.as_str() {
        member::KNOWN => AppError::field("phone", "这个手机号已经是这家企业的联系人"),
        member::OWNER_NEEDS_REASON => AppError::field("reason", "企业已有负责人，请写明为什么再登记一位"),
        member::MOST_MEMBERS => AppError::Refused(format!("一家企业最多 {MOST_MEMBERS} 位联系人，请先移除不再办事的人")),
        member::REGISTRATIONS_A_DAY => {
            AppError::Refused(format!("一个账号 24 小时内最多登记 {REGISTRATIONS_A_DAY} 次，请由同事办理或明天再登记"))
        }
        member::AGENTS_A_DAY => AppError::Refused(format!("24 小时内最多添加 {AGENTS_A_DAY} 位经办人，请明天再试")),
        member::LAST_OWNER => AppError::Refused("您是唯一的负责人，请先把企业交接给别人".to_owned()),
        _ => error.into(),
    }
}

/// Who acts, as those who are told read it.
fn by(ctx: &Ctx) -> String {
    ctx.session.as_ref().map(store::identity::Session::shown_name).unwrap_or_default()
}

/// Registers a person in person.
///
/// # Errors
/// [`AppError::NotFound`] for an enterprise outside the desk's area, [`AppError::Invalid`], [`AppError::Refused`].
pub async fn register(request: &Request, enterprise: EnterpriseId, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (_, area) = ctx.require_registrar()?;
    let enterprise = in_area(&mut ctx, area, enterprise).await?;
    let mut check = Check::new();
    let (name, mobile) = newcomer(&mut check, form);
    let role = MemberRole::parse(form.value("role"));
    if role.is_none() {
        check.fault("role", "请选择登记为负责人还是经办人");
    }
    let shown: Vec<Paper> = Paper::ALL.into_iter().filter(|paper| form.chosen("shown", paper.code())).collect();
    let note = check.text("note", "备注", form.value("note"), 0, 200);
    let reason = check.text("reason", "理由", form.value("reason"), 0, 200);
    if let Some(fault) = role.and_then(|role| words::papers_fault(role, &shown, &note)) {
        check.fault("shown", fault);
    }
    clean(check)?;
    let (Some(mobile), Some(role)) = (mobile, role) else { return Err(AppError::Invalid(Vec::new())) };
    let by = by(&ctx);
    let tell = Tell {
        member: Some(words::welcome(&enterprise.name, role, &by)),
        owners: Some(words::registered(&enterprise.name, role, &name, &by)),
    };
    let new = Registration { mobile: &mobile, name: &name, role, shown: &shown, note: &note, reason: &reason };
    let now = ctx.now;
    member::register(&mut ctx.conn, enterprise.id, &new, &tell, now).await.map_err(sentence)?;
    let phone = mask::phone(mobile.as_str());
    Ok(Next::to(format!("/desk/members/{}", enterprise.id)).saying(format!("已登记。{name}用手机号 {phone} 登录后即可办理。")))
}

/// Takes a member out at the desk of a centre.
///
/// # Errors
/// [`AppError::NotFound`] outside the area, and for whoever is no member; [`AppError::Invalid`] without a reason.
pub async fn strike(request: &Request, enterprise: EnterpriseId, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (_, area) = ctx.require_centre()?;
    let enterprise = in_area(&mut ctx, area, enterprise).await?;
    let person: PersonId = form.value("person").parse().map_err(|_| AppError::NotFound)?;
    let members = member::list(&mut ctx.conn, enterprise.id).await?;
    let found = members.into_iter().find(|member| member.id == person).ok_or(AppError::NotFound)?;
    let mut check = Check::new();
    let field = format!("why-{person}");
    let reason = check.text(&field, "理由", form.value("why"), 4, 200);
    clean(check)?;
    let tell = Tell {
        member: Some(words::farewell(&enterprise.name)),
        owners: Some(words::struck(&enterprise.name, &found.name, &by(&ctx), &reason)),
    };
    let now = ctx.now;
    member::strike(&mut ctx.conn, enterprise.id, person, &reason, &tell, now).await.map_err(sentence)?;
    Ok(Next::to(format!("/desk/members/{}", enterprise.id)).saying(format!("已取消{}的资格。", found.name)))
}

/// Enters an enterprise that the library lacks.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Refused`]; [`AppError::Conflict`] leads to the one that is there already.
pub async fn enter(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (_, own) = ctx.require_centre()?;
    let mut check = Check::new();
    let code = check.parse("uscc", Uscc::parse(form.value("uscc")));
    let name = check.text("name", "企业名称", form.value("name"), 2, 100);
    if name.contains(['\n', '\t']) {
        check.fault("name", "企业名称写在一行里");
    }
    let within = form.value("area").parse().ok().filter(|area| areas(own).any(|(code, _)| code == *area));
    if within.is_none() {
        check.fault("area", "请选择登记在哪个区县");
    }
    let scale = Scale::parse(form.value("scale"));
    if scale.is_none() {
        check.fault("scale", "请选择企业划型");
    }
    clean(check)?;
    let (Some(code), Some(within), Some(scale)) = (code, within, scale) else { return Err(AppError::Invalid(Vec::new())) };
    let now = ctx.now;
    match member::enter(&mut ctx.conn, &code, &name, within, scale, now).await {
        Ok(id) => Ok(Next::to(format!("/desk/members/{id}")).saying("已录入，可以登记联系人了。")),
        Err(error) if error.is_conflict_with(member::USCC) => Err(match member::of_code(&mut ctx.conn, &code).await? {
            Some((id, area)) if area_covers(own, area) => {
                AppError::Conflict(format!("/desk/members/{id}"), "这家企业已经在库里，请核对后登记联系人")
            }
            _ => AppError::field("uscc", "这家企业已经在库里，登记在别的区县，请联系市企服中心"),
        }),
        Err(error) => Err(sentence(error)),
    }
}

/// The districts that a centre may enter enterprises in.
pub fn areas(own: AreaCode) -> impl Iterator<Item = (AreaCode, String)> {
    area::districts().filter(move |code| area_covers(own, *code)).map(|code| (code, area::name(code)))
}

/// Adds an agent. The answer is the same whatever else the phone may be.
///
/// # Errors
/// [`AppError::Forbidden`] for an agent; [`AppError::Invalid`], [`AppError::Refused`].
pub async fn add(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let me = ctx.require_owner()?;
    me.require_form(form)?;
    let mut check = Check::new();
    let (name, mobile) = newcomer(&mut check, form);
    clean(check)?;
    let mobile = mobile.ok_or_else(|| AppError::Invalid(Vec::new()))?;
    let welcome = words::welcome(&me.enterprise.name, MemberRole::Agent, &me.person.name);
    let now = ctx.now;
    let texts = request.services().tables().terms.texts.clone();
    let owners = words::agent_added(&texts, ctx.today(), &me.enterprise.name, &name, &me.person.name);
    let tell = Tell { member: Some(welcome), owners: Some(owners) };
    member::add_agent(&mut ctx.conn, &mobile, &name, &tell, now).await.map_err(sentence)?;
    Ok(Next::to("/me/members").saying(format!("已添加{name}。对方用手机号 {} 登录后即可办事。", mask::phone(mobile.as_str()))))
}

/// What is done about a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Out, or leaving.
    Remove,
    /// One more owner.
    Share,
    /// The owner instead of me.
    HandOver,
}

/// Removes a member, leaves, makes another owner or hands over; all of it only when it was confirmed.
///
/// # Errors
/// [`AppError::NotFound`] for whoever is no member of this enterprise, [`AppError::Forbidden`] for whoever may not,
/// [`AppError::Invalid`] unconfirmed, [`AppError::Refused`] for the last owner.
pub async fn change(request: &Request, person: PersonId, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let one = read::one(&mut ctx, person).await?;
    one.me.require_form(form)?;
    let step = match form.value("do") {
        "remove" => Step::Remove,
        "share" => Step::Share,
        "hand_over" => Step::HandOver,
        _ => return Err(AppError::field("main", "请选择要办理的事项")),
    };
    if step != Step::Remove {
        ctx.require_owner()?;
    } else if !one.is_me() && one.member.role == MemberRole::Owner {
        return Err(AppError::Refused("负责人之间不能互相移除。如果登记有误，请联系企服中心".to_owned()));
    }
    let confirm = format!("confirm-{}", form.value("do"));
    if form.value(&confirm) != "yes" {
        return Err(AppError::field(confirm, "请先勾选确认"));
    }
    let (firm, name) = (one.me.enterprise.name.clone(), one.member.name.clone());
    let now = ctx.now;
    if step == Step::Remove {
        let mine = one.is_me();
        let tell = if mine {
            Tell { member: None, owners: Some(words::left(&firm, &name)) }
        } else {
            Tell { member: Some(words::farewell(&firm)), owners: None }
        };
        member::remove(&mut ctx.conn, person, &tell, now).await.map_err(sentence)?;
        return Ok(if mine {
            Next::to("/enterprises").saying(format!("您已退出“{firm}”。"))
        } else {
            Next::to("/me/members").saying(format!("已移除{name}，对方不能再为企业办事。"))
        });
    }
    let tell = Tell {
        member: Some(words::promoted(&firm, &one.me.person.name)),
        owners: Some(words::owner_changed(&firm, &name, &one.me.person.name)),
    };
    let hand_over = step == Step::HandOver;
    member::make_owner(&mut ctx.conn, person, hand_over, &tell, now).await.map_err(sentence)?;
    let said = if hand_over { "已交接，您现在是经办人。" } else { "已设为负责人。" };
    Ok(Next::to("/me/members").saying(said))
}

/// Whether the steps of issues come by text message: each member's own choice.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn choose_sms(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_member()?;
    let wanted = form.value("issue_sms") == "on";
    store::member::choose_issue_sms(&mut ctx.conn, wanted).await?;
    Ok(Next::to("/me").saying(if wanted {
        "已开通，诉求有进展时发短信给您。"
    } else {
        "已关闭，不再发短信。"
    }))
}
