//! What the pages of members show, and the sentence that says who may what an agent may not.

use crate::access::Member as Acting;
use crate::error::AppError;
use crate::request::Ctx;
use domain::actor::{AreaCode, EnterpriseId, MemberRole, PersonId};
use domain::member::Right;
use domain::security::Kind;
use store::enterprise::{self, Enterprise};
use store::member::{self, Entry, Member};

/// Why the member who asks may not do this, and who may; none where it may.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn withheld(ctx: &mut Ctx, right: Right) -> Result<Option<String>, AppError> {
    let me = ctx.require_member()?;
    if right.is_for(me.enterprise.role) {
        return Ok(None);
    }
    let members = member::list(&mut ctx.conn, me.enterprise.id).await?;
    let owners: Vec<String> =
        members.into_iter().filter(|member| member.role == MemberRole::Owner).map(|owner| owner.name).collect();
    let who = if owners.is_empty() {
        "企业还没有负责人，请带营业执照和身份证到企服驿站登记".to_owned()
    } else {
        format!("负责人：{}", owners.join("、"))
    };
    Ok(Some(format!("{}由负责人办理。{who}", right.label())))
}

/// Who may act for the enterprise chosen.
pub struct Mine {
    /// Whoever asks.
    pub me: Acting,
    pub members: Vec<Member>,
    /// What changed, newest first; to an owner only.
    pub history: Option<Vec<Entry>>,
}

/// The members of the enterprise chosen. That an owner read the numbers of others stands in the security log.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn mine(ctx: &mut Ctx) -> Result<Mine, AppError> {
    let me = ctx.require_member()?;
    let members = member::list(&mut ctx.conn, me.enterprise.id).await?;
    let history = match me.enterprise.role {
        MemberRole::Owner => Some(member::history(&mut ctx.conn, me.enterprise.id).await?),
        MemberRole::Agent => None,
    };
    // An owner reads the whole numbers of the others; one's own is no news.
    let others = members.iter().filter(|member| member.id != me.person.person).count();
    if history.is_some() && others > 0 {
        ctx.note(Kind::Unmasked, &me.enterprise.name, &format!("企业联系人 {others} 人")).await?;
    }
    Ok(Mine { me, members, history })
}

/// One of them.
pub struct One {
    /// Whoever asks.
    pub me: Acting,
    pub member: Member,
    /// Whether somebody else is an owner, too.
    pub other_owner: bool,
}

impl One {
    /// Whether they look at themselves.
    pub fn is_me(&self) -> bool {
        self.member.id == self.me.person.person
    }
}

/// A member, to an owner and to the member itself.
///
/// # Errors
/// [`AppError::NotFound`] for whoever is none of this enterprise, [`AppError::Forbidden`] for an agent who asks for somebody else.
pub async fn one(ctx: &mut Ctx, person: PersonId) -> Result<One, AppError> {
    let me = ctx.require_member()?;
    let members = member::list(&mut ctx.conn, me.enterprise.id).await?;
    let found = members.iter().find(|member| member.id == person).cloned().ok_or(AppError::NotFound)?;
    if person != me.person.person {
        ctx.require_owner()?;
        ctx.note(Kind::Unmasked, &me.enterprise.name, &format!("企业联系人 {}", found.name)).await?;
    }
    let other_owner = members.iter().any(|member| member.role == MemberRole::Owner && member.id != person);
    Ok(One { me, member: found, other_owner })
}

/// The desk where people are registered.
pub struct Desk {
    /// Enterprises that fit the words: id, name, code, area.
    pub found: Vec<(EnterpriseId, String, String, AreaCode)>,
    /// What desks of the area registered last.
    pub latest: Vec<Entry>,
    /// A centre: it may enter an enterprise that is not there.
    pub centre: bool,
}

/// Enterprises of the desk's area that fit the words, and what was registered last.
///
/// # Errors
/// As [`Ctx::require_registrar`].
pub async fn desk(ctx: &mut Ctx, words: &str) -> Result<Desk, AppError> {
    let (_, area) = ctx.require_registrar()?;
    let centre = ctx.require_centre().is_ok();
    let found = if words.is_empty() { Vec::new() } else { member::search(&mut ctx.conn, area, words).await? };
    Ok(Desk { found, latest: member::latest(&mut ctx.conn, 20).await?, centre })
}

/// An enterprise as the desk sees who may act for it.
pub struct AtDesk {
    pub enterprise: Enterprise,
    pub members: Vec<Member>,
    /// Newest first.
    pub history: Vec<Entry>,
    /// A centre: it may take somebody out.
    pub centre: bool,
}

/// An enterprise of the desk's area, with its members and their history.
///
/// # Errors
/// [`AppError::NotFound`] outside the area; as [`Ctx::require_registrar`].
pub async fn at_desk(ctx: &mut Ctx, enterprise: EnterpriseId) -> Result<AtDesk, AppError> {
    let (_, area) = ctx.require_registrar()?;
    let centre = ctx.require_centre().is_ok();
    let enterprise = in_area(ctx, area, enterprise).await?;
    let members = member::list(&mut ctx.conn, enterprise.id).await?;
    let history = member::history(&mut ctx.conn, enterprise.id).await?;
    Ok(AtDesk { enterprise, members, history, centre })
}

/// An enterprise registered in an area: whoever reads an issue may see an enterprise of elsewhere, but registers nobody for it.
pub(super) async fn in_area(ctx: &mut Ctx, area: AreaCode, id: EnterpriseId) -> Result<Enterprise, AppError> {
    let found = enterprise::get(&mut ctx.conn, id).await?;
    if domain::actor::area_covers(area, found.area) { Ok(found) } else { Err(AppError::NotFound) }
}
