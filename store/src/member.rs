//! Who may act for an enterprise (企业联系人): registered in person, added, removed, and the history of it. The changes are functions
//! with the owner's rights (`migrations/0017_members.sql`): they ask the scope themselves who may. What stands against one comes as
//! [`StoreError::Conflict`] with one of the names below.

use crate::{Conn, StoreError};
use domain::actor::{AreaCode, EnterpriseId, MemberRole, PersonId};
use domain::enterprise::Scale;
use domain::member::{Change, Paper, Told};
use domain::phone::Mobile;
use domain::uscc::Uscc;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// This account has registered as many as it may in a day.
pub const REGISTRATIONS_A_DAY: &str = "registrations_a_day";
/// The owners have added as many as they may in a day.
pub const AGENTS_A_DAY: &str = "agents_a_day";
/// The enterprise has as many members as it may have.
pub const MOST_MEMBERS: &str = "most_members";
/// They are one already.
pub const KNOWN: &str = "member_known";
/// There is an owner, and no reason was given for another one.
pub const OWNER_NEEDS_REASON: &str = "owner_needs_reason";
/// Nobody would be left who may add members.
pub const LAST_OWNER: &str = "last_owner";
/// The code is in the library already.
pub const USCC: &str = "enterprise_uscc_key";

/// A member.
#[derive(Debug, Clone)]
pub struct Member {
    pub id: PersonId,
    /// As this enterprise knows them.
    pub name: String,
    /// The mobile number, whole: mask it.
    pub phone: String,
    pub role: MemberRole,
}

/// The members of an enterprise, owners first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn, enterprise: EnterpriseId) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query!(
        "select p.id, coalesce(nullif(m.name, ''), p.name) as \"name!\", p.phone, m.role from membership m
         join person p on p.id = m.person_id where m.enterprise_id = $1 order by m.role desc, p.id",
        enterprise
    )
    .fetch_all(conn.pg())
    .await?;
    rows.into_iter().map(|row| Ok(Member { id: row.id, name: row.name, phone: row.phone, role: role(&row.role)? })).collect()
}

fn role(code: &str) -> Result<MemberRole, StoreError> {
    MemberRole::parse(code).ok_or_else(|| StoreError::Unreadable(format!("member's role {code}")))
}

/// A line of the history.
#[derive(Debug, Clone)]
pub struct Entry {
    pub at: OffsetDateTime,
    pub change: Change,
    pub enterprise: EnterpriseId,
    pub enterprise_name: String,
    /// What they were afterwards; before, where they are gone. None where the enterprise itself was entered.
    pub role: Option<MemberRole>,
    pub name: String,
    /// Masked.
    pub phone: String,
    /// Who did it: organisation and name, or the member's name.
    pub actor_name: String,
    /// What was shown in person.
    pub shown: Vec<Paper>,
    pub note: String,
    pub reason: String,
}

struct EntryRow {
    at: OffsetDateTime,
    kind: String,
    enterprise_id: EnterpriseId,
    enterprise_name: String,
    role: Option<String>,
    name: String,
    phone: String,
    actor_name: String,
    shown: Vec<String>,
    note: String,
    reason: String,
}

fn entries(rows: Vec<EntryRow>) -> Result<Vec<Entry>, StoreError> {
    let entry = |row: EntryRow| {
        let unreadable = |what: &str| StoreError::Unreadable(format!("membership event: {what}"));
        Ok(Entry {
            at: row.at,
            change: Change::parse(&row.kind).ok_or_else(|| unreadable(&row.kind))?,
            enterprise: row.enterprise_id,
            enterprise_name: row.enterprise_name,
            role: row.role.as_deref().map(role).transpose()?,
            name: row.name,
            phone: row.phone,
            actor_name: row.actor_name,
            shown: row.shown.iter().map(|code| Paper::parse(code).ok_or_else(|| unreadable(code))).collect::<Result<_, _>>()?,
            note: row.note,
            reason: row.reason,
        })
    };
    rows.into_iter().map(entry).collect()
}

/// The history of an enterprise's members, newest first; the latest hundred.
///
/// # Errors
/// [`StoreError`].
pub async fn history(conn: &mut Conn, enterprise: EnterpriseId) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query_as!(
        EntryRow,
        "select v.at, v.kind, v.enterprise_id, e.name as enterprise_name, v.role, v.name, v.phone, v.actor_name, v.shown, v.note, v.reason
         from membership_event v join enterprise e on e.id = v.enterprise_id
         where v.enterprise_id = $1 order by v.id desc limit 100",
        enterprise
    )
    .fetch_all(conn.pg())
    .await?;
    entries(rows)
}

/// What desks registered last in the scope's area.
///
/// # Errors
/// [`StoreError`].
pub async fn latest(conn: &mut Conn, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query_as!(
        EntryRow,
        "select v.at, v.kind, v.enterprise_id, e.name as enterprise_name, v.role, v.name, v.phone, v.actor_name, v.shown, v.note, v.reason
         from membership_event v join enterprise e on e.id = v.enterprise_id
         where v.staff_id is not null order by v.id desc limit $1",
        limit
    )
    .fetch_all(conn.pg())
    .await?;
    entries(rows)
}

/// Enterprises of an area whose name contains the words or whose code begins with them: id, name, code, area; at most 20.
///
/// # Errors
/// [`StoreError`].
pub async fn search(
    conn: &mut Conn,
    area: AreaCode,
    words: &str,
) -> Result<Vec<(EnterpriseId, String, String, AreaCode)>, StoreError> {
    let rows = sqlx::query!(
        "select id, name, uscc, area from enterprise
         where area_covers($1, area) and (strpos(name, $2) > 0 or starts_with(uscc, upper($2))) order by name limit 20",
        area,
        words
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name, row.uscc, row.area)).collect())
}

/// The enterprise of a code, if the scope may see it.
///
/// # Errors
/// [`StoreError`].
pub async fn of_code(conn: &mut Conn, code: &Uscc) -> Result<Option<(EnterpriseId, AreaCode)>, StoreError> {
    let row = sqlx::query!("select id, area from enterprise where uscc = $1", code.as_str()).fetch_optional(conn.pg()).await?;
    Ok(row.map(|row| (row.id, row.area)))
}

/// Who is told what of a change.
#[derive(Debug, Clone, Default)]
pub struct Tell {
    /// Whom it is about.
    pub member: Option<Told>,
    /// The owners beside whoever does it; of an agent who is added, that one too.
    pub owners: Option<Told>,
}

impl Tell {
    pub(crate) fn json(&self) -> Value {
        let said =
            |told: &Option<Told>| told.as_ref().map(|told| json!({ "title": told.title, "body": told.body, "link": told.link }));
        let mut all = serde_json::Map::new();
        for (whom, told) in [("member", said(&self.member)), ("owners", said(&self.owners))] {
            if let Some(told) = told {
                all.insert(whom.to_owned(), told);
            }
        }
        Value::Object(all)
    }
}

/// A person to be registered in person.
#[derive(Debug, Clone)]
pub struct Registration<'a> {
    pub mobile: &'a Mobile,
    pub name: &'a str,
    pub role: MemberRole,
    /// What was shown.
    pub shown: &'a [Paper],
    pub note: &'a str,
    /// Why there is to be another owner.
    pub reason: &'a str,
}

/// Registers a person for an enterprise of the desk's area.
///
/// # Errors
/// [`StoreError::RowRefused`] outside of it; [`StoreError::Conflict`] with [`REGISTRATIONS_A_DAY`], [`KNOWN`], [`OWNER_NEEDS_REASON`],
/// [`MOST_MEMBERS`].
pub async fn register(
    conn: &mut Conn,
    enterprise: EnterpriseId,
    new: &Registration<'_>,
    tell: &Tell,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let shown: Vec<String> = new.shown.iter().map(|paper| paper.code().to_owned()).collect();
    sqlx::query!(
        "select register_member($1, $2, $3, $4, $5, $6, $7, $8, $9) as done",
        enterprise,
        new.mobile.as_str(),
        new.name,
        new.role.code(),
        &shown,
        new.note,
        new.reason,
        tell.json(),
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Takes a member out at the desk of a centre, for a reason; the last owner too.
///
/// # Errors
/// [`StoreError::NotFound`] where they are none, [`StoreError::RowRefused`] outside the desk's area.
pub async fn strike(
    conn: &mut Conn,
    enterprise: EnterpriseId,
    person: PersonId,
    reason: &str,
    tell: &Tell,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let done = sqlx::query_scalar!(
        r#"select strike_member($1, $2, $3, $4, $5) as "done!""#,
        enterprise,
        person,
        reason,
        tell.json(),
        now
    )
    .fetch_one(conn.pg())
    .await?;
    if done { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Enters an enterprise that the library lacks.
///
/// # Errors
/// [`StoreError::RowRefused`] outside the desk's area; [`StoreError::Conflict`] with [`USCC`], [`REGISTRATIONS_A_DAY`].
pub async fn enter(
    conn: &mut Conn,
    code: &Uscc,
    name: &str,
    area: AreaCode,
    scale: Scale,
    now: OffsetDateTime,
) -> Result<EnterpriseId, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select enter_enterprise($1, $2, $3, $4, $5) as "id!""#,
        code.as_str(),
        name,
        area,
        scale.code(),
        now
    )
    .fetch_one(conn.pg())
    .await?)
}

/// Adds an agent to the enterprise that the session's owner has chosen. Nothing is answered about what else the phone may be.
///
/// # Errors
/// [`StoreError::RowRefused`] for whoever is no owner; [`StoreError::Conflict`] with [`AGENTS_A_DAY`], [`KNOWN`], [`MOST_MEMBERS`].
pub async fn add_agent(conn: &mut Conn, mobile: &Mobile, name: &str, tell: &Tell, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("select add_agent($1, $2, $3, $4) as done", mobile.as_str(), name, tell.json(), now).execute(conn.pg()).await?;
    Ok(())
}

/// Removes an agent, or oneself, from the enterprise chosen; in the same moment it is chosen in none of their sessions any more.
///
/// # Errors
/// [`StoreError::NotFound`] where they are none, [`StoreError::RowRefused`] for whoever may not, [`StoreError::Conflict`] with
/// [`LAST_OWNER`].
pub async fn remove(conn: &mut Conn, person: PersonId, tell: &Tell, now: OffsetDateTime) -> Result<(), StoreError> {
    let done = sqlx::query_scalar!(r#"select remove_member($1, $2, $3) as "done!""#, person, tell.json(), now)
        .fetch_one(conn.pg())
        .await?;
    if done { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Makes an agent of the enterprise chosen an owner; handing over, whoever does it is an agent afterwards.
///
/// # Errors
/// [`StoreError::NotFound`] where they are no agent, [`StoreError::RowRefused`] for whoever is no owner.
pub async fn make_owner(
    conn: &mut Conn,
    person: PersonId,
    hand_over: bool,
    tell: &Tell,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let done = sqlx::query_scalar!(r#"select make_owner($1, $2, $3, $4) as "done!""#, person, hand_over, tell.json(), now)
        .fetch_one(conn.pg())
        .await?;
    if done { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Whether a person wants the steps of issues by text message.
///
/// # Errors
/// [`StoreError::NotFound`] for somebody whom the scope does not see.
pub async fn issue_sms(conn: &mut Conn, person: PersonId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!("select issue_sms from person where id = $1", person).fetch_one(conn.pg()).await?)
}

/// The scope's own choice.
///
/// # Errors
/// [`StoreError::RowRefused`] for whoever is no member.
pub async fn choose_issue_sms(conn: &mut Conn, wanted: bool) -> Result<(), StoreError> {
    sqlx::query!("select choose_issue_sms($1) as done", wanted).execute(conn.pg()).await?;
    Ok(())
}
