//! What an enterprise's own pages show.

use crate::error::AppError;
use crate::policy::read as policies;
use crate::request::Ctx;
use domain::policy::facts::Facts;
use domain::policy::industry;
use std::collections::HashMap;
use store::enterprise::{self, Enterprise};
use store::identity::PersonIdentity;
use store::issue::{HomeIssues, HomePage};
use store::member::{self, Member};
use store::message::Message;

/// What the home page shows.
pub struct Home {
    pub enterprise: Enterprise,
    /// What waits and what runs.
    pub issues: HomeIssues,
    /// The latest messages.
    pub messages: Vec<Message>,
    /// What the problems that they are about are called, by number.
    pub titles: HashMap<String, String>,
    /// What fits it, and the money.
    pub policies: policies::View,
}

/// One enterprise, one page (S-16).
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn home(ctx: &mut Ctx) -> Result<Home, AppError> {
    ctx.require_member()?;
    let HomePage { enterprise, issues, messages } = store::issue::home_page(&mut ctx.conn).await?;
    let titles = titles(ctx, &issues, &messages).await?;
    let policies = policies::view(ctx).await?;
    Ok(Home { enterprise, issues, messages, titles, policies })
}

/// Most messages are about what the page shows anyway; the store is asked where one is not.
async fn titles(ctx: &mut Ctx, issues: &HomeIssues, messages: &[Message]) -> Result<HashMap<String, String>, AppError> {
    let shown = issues.waiting.iter().chain(&issues.open);
    let known: HashMap<String, String> = shown.map(|row| (row.number.clone(), row.title.clone())).collect();
    // What has a link of its own is about no problem.
    if messages.iter().all(|message| message.link.is_some() || known.contains_key(&message.number)) {
        return Ok(known);
    }
    Ok(store::message::titles(&mut ctx.conn, messages).await?)
}

/// Its industry as its portrait has it, by its name alone; what the register says where no department has told.
pub(super) fn industry(facts: &Facts, enterprise: &Enterprise) -> String {
    let known = facts.get("industry").map(|fact| industry::name(&fact.value).map_or_else(|| fact.value.clone(), str::to_owned));
    known.unwrap_or_else(|| enterprise.industry.clone())
}

/// Who somebody is, for whom, and who else may act.
pub struct Me {
    pub person: PersonIdentity,
    pub enterprise: Enterprise,
    /// What it does, in words.
    pub industry: String,
    pub members: Vec<Member>,
    /// The steps of issues by text message.
    pub sms: bool,
    /// Where mail goes; empty for none.
    pub mail: String,
}

/// The member, the enterprise, everybody who may act for it.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn me(ctx: &mut Ctx) -> Result<Me, AppError> {
    let me = ctx.require_member()?;
    let enterprise = enterprise::get(&mut ctx.conn, me.enterprise.id).await?;
    let today = ctx.today();
    let facts = store::policy::portrait::get(&mut ctx.conn, me.enterprise.id, today).await?;
    let industry = industry(&facts, &enterprise);
    let members = member::list(&mut ctx.conn, me.enterprise.id).await?;
    let sms = member::issue_sms(&mut ctx.conn, me.person.person).await?;
    let mail = store::delivery::address(&mut ctx.conn).await?.mail;
    Ok(Me { person: me.person, enterprise, industry, members, sms, mail })
}
