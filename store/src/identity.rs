//! Who is there: sessions, one-time codes, staff credentials, counters. All but [`Store::open_session`] need the system's scope.

mod factor;
mod sign_in;

pub use factor::*;
pub use sign_in::*;

use crate::{Conn, Store, StoreError, first, is_lost};
use domain::actor::{Actor, AreaCode, DepartmentId, Duty, EnterpriseId, MemberRole, PersonId, StaffId, StationId};
use time::{Duration, OffsetDateTime};

/// How long a session lives after its last use; 90 days at most (`open_session`).
pub const SESSION_DAYS: i64 = 30;
/// How long a staff session lives, used or not: a day at work.
pub const STAFF_SESSION_HOURS: i64 = 12;

/// A person who is signed in.
#[derive(Debug, Clone)]
pub struct PersonIdentity {
    pub person: PersonId,
    pub name: String,
    /// The mobile number signed in with.
    pub phone: String,
    /// The enterprise chosen in this session.
    pub enterprise: Option<Chosen>,
    /// How many enterprises the person may choose from.
    pub enterprise_count: i64,
}

/// The enterprise a session acts for.
#[derive(Debug, Clone)]
pub struct Chosen {
    pub id: EnterpriseId,
    pub name: String,
    /// What the person is to it.
    pub role: MemberRole,
}

/// A member of staff who is signed in.
#[derive(Debug, Clone)]
pub struct StaffIdentity {
    pub id: StaffId,
    pub login: String,
    pub name: String,
    /// Duty and scope.
    pub duty: Duty,
    /// 市企服中心, 市建设局, 织里童装产业驿站 …
    pub organisation: String,
    /// The first password has not been changed yet.
    pub must_change_password: bool,
    /// A second factor was set up and confirmed.
    pub second_factor: bool,
    /// A handler whose department reviews applications.
    pub reviews: bool,
}

#[derive(Debug, Clone)]
pub enum Identity {
    Person(PersonIdentity),
    Staff(StaffIdentity),
}

/// A live session.
#[derive(Debug, Clone)]
pub struct Session {
    pub identity: Identity,
    /// Unread messages.
    pub unread: i64,
    /// Issues that wait for the enterprise chosen, a hundred at most; 0 for staff.
    pub waiting: i64,
    /// When it ends unless used.
    pub expires_at: OffsetDateTime,
    /// When whoever holds it last proved who they are: at sign-in, or since.
    pub proved_at: OffsetDateTime,
}

impl Session {
    /// The actor of the domain; `None` for a person who has not chosen an enterprise.
    pub fn actor(&self) -> Option<Actor> {
        match &self.identity {
            Identity::Person(person) => person.enterprise.as_ref().map(|chosen| Actor::Member {
                person: person.person,
                enterprise: chosen.id,
                role: chosen.role,
            }),
            Identity::Staff(staff) => Some(Actor::Staff { id: staff.id, duty: staff.duty }),
        }
    }

    /// The name a timeline shows.
    pub fn shown_name(&self) -> String {
        match &self.identity {
            Identity::Person(person) => person.name.clone(),
            Identity::Staff(staff) => format!("{} {}", staff.organisation, staff.name),
        }
    }
}

/// Duty from its columns.
pub(crate) fn duty(
    role: &str,
    area: Option<AreaCode>,
    department: Option<DepartmentId>,
    station: Option<StationId>,
) -> Result<Duty, StoreError> {
    let missing = || StoreError::Unreadable(format!("staff role {role} without its scope"));
    Ok(match role {
        "station" => Duty::Station { station: station.ok_or_else(missing)?, area: area.ok_or_else(missing)? },
        "centre" => Duty::Centre { area: area.ok_or_else(missing)? },
        "handler" => Duty::Handler { department: department.ok_or_else(missing)? },
        "supervisor" => Duty::Supervisor { area: area.ok_or_else(missing)? },
        "leader" => Duty::Leader { area: area.ok_or_else(missing)? },
        "policy_editor" => Duty::PolicyEditor { area: area.ok_or_else(missing)? },
        "administrator" => Duty::Administrator { area: area.ok_or_else(missing)? },
        other => return Err(StoreError::Unreadable(format!("staff role {other}"))),
    })
}

fn member_role(code: &str) -> MemberRole {
    if code == "owner" { MemberRole::Owner } else { MemberRole::Agent }
}

impl Store {
    /// Opens the session of a token hash: one round trip finds it, slides its expiry, and sets the scope of the connection.
    pub async fn open_session(&self, token_hash: &[u8], now: OffsetDateTime) -> Result<(Conn, Option<Session>), StoreError> {
        let mut spare = self.spare_connections();
        let (conn, row) = loop {
            let mut conn = self.acquire().await?;
            let asked = sqlx::query!(
                r#"select person_id, person_name, phone, enterprise_id, enterprise_name, member_role, enterprise_count, staff_id, login,
                staff_name, role, area, department_id, station_id, organisation, must_change_password,
                second_factor, reviews, unread as "unread!", waiting, expires_at as "expires_at!", proved_at as "proved_at!"
            from open_session($1, $2, $3::text::interval)"#,
                token_hash,
                now,
                format!("{SESSION_DAYS} days"),
            );
            match first(asked.fetch_optional(conn.pg())).await {
                Ok(row) => break (conn, row),
                Err(error) if is_lost(&error) && spare > 0 => spare -= 1,
                Err(error) => return Err(error.into()),
            }
        };
        let Some(row) = row else { return Ok((conn, None)) };
        let identity = if let Some(person) = row.person_id {
            let enterprise = match (row.enterprise_id, row.enterprise_name, row.member_role) {
                (Some(id), Some(name), Some(role)) => Some(Chosen { id, name, role: member_role(&role) }),
                _ => None,
            };
            Identity::Person(PersonIdentity {
                person,
                name: row.person_name.unwrap_or_default(),
                phone: row.phone.unwrap_or_default(),
                enterprise,
                enterprise_count: row.enterprise_count.unwrap_or(0),
            })
        } else {
            Identity::Staff(StaffIdentity {
                id: row.staff_id.unwrap_or_default(),
                login: row.login.unwrap_or_default(),
                name: row.staff_name.unwrap_or_default(),
                duty: duty(row.role.as_deref().unwrap_or(""), row.area, row.department_id, row.station_id)?,
                organisation: row.organisation.unwrap_or_default(),
                must_change_password: row.must_change_password.unwrap_or(false),
                second_factor: row.second_factor.unwrap_or(false),
                reviews: row.reviews.unwrap_or(false),
            })
        };
        let waiting = row.waiting.unwrap_or(0);
        let session = Session { identity, unread: row.unread, waiting, expires_at: row.expires_at, proved_at: row.proved_at };
        Ok((conn, Some(session)))
    }
}

/// Whose session.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// A person, acting for an enterprise or for none yet.
    Person(PersonId, Option<EnterpriseId>),
    /// A staff account.
    Staff(StaffId),
}

impl Who {
    pub(crate) fn ids(self) -> (Option<PersonId>, Option<StaffId>) {
        match self {
            Who::Person(person, _) => (Some(person), None),
            Who::Staff(staff) => (None, Some(staff)),
        }
    }
}

/// Starts a session under the hash of a fresh token.
pub async fn create_session(
    conn: &mut Conn,
    token_hash: &[u8],
    who: Who,
    now: OffsetDateTime,
    user_agent: &str,
) -> Result<(), StoreError> {
    let (person, staff) = who.ids();
    let enterprise = if let Who::Person(_, enterprise) = who { enterprise } else { None };
    let life = if staff.is_some() { Duration::hours(STAFF_SESSION_HOURS) } else { Duration::days(SESSION_DAYS) };
    let agent: String = user_agent.chars().take(200).collect();
    sqlx::query!(
        "insert into session (token_hash, person_id, enterprise_id, staff_id, created_at, seen_at, proved_at, expires_at, user_agent)
         values ($1, $2, $3, $4, $5, $5, $5, $6, $7)",
        token_hash,
        person,
        enterprise,
        staff,
        now,
        now + life,
        agent,
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Chooses the enterprise of a session; `false` when the person is no member of it.
pub async fn choose_enterprise(conn: &mut Conn, token_hash: &[u8], enterprise: EnterpriseId) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update session s set enterprise_id = $2 where token_hash = $1
         and exists (select from membership m where m.person_id = s.person_id and m.enterprise_id = $2)",
        token_hash,
        enterprise,
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends one session; answers whose it was, if there was one.
pub async fn end_session(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<Who>, StoreError> {
    let row = sqlx::query!("delete from session where token_hash = $1 returning person_id, staff_id", token_hash)
        .fetch_optional(conn.pg())
        .await?;
    Ok(row.and_then(|row| row.staff_id.map(Who::Staff).or(row.person_id.map(|person| Who::Person(person, None)))))
}

/// Ends every session of a person or a staff account (退出所有设备).
pub async fn end_all_sessions(conn: &mut Conn, who: Who) -> Result<u64, StoreError> {
    let (person, staff) = who.ids();
    let done =
        sqlx::query!("delete from session where person_id = $1 or staff_id = $2", person, staff).execute(conn.pg()).await?;
    Ok(done.rows_affected())
}

/// A session, to whoever it belongs to.
#[derive(Debug, Clone)]
pub struct OpenSession {
    pub id: i64,
    pub created_at: OffsetDateTime,
    pub seen_at: OffsetDateTime,
    /// What the browser called itself.
    pub user_agent: String,
    /// It is the one that asks.
    pub current: bool,
}

/// The live sessions of whoever has this one, the last used first.
pub async fn sessions_beside(conn: &mut Conn, token_hash: &[u8], now: OffsetDateTime) -> Result<Vec<OpenSession>, StoreError> {
    Ok(sqlx::query_as!(
        OpenSession,
        r#"select id as "id!", created_at as "created_at!", seen_at as "seen_at!", user_agent as "user_agent!",
            current as "current!" from sessions_beside($1, $2)"#,
        token_hash,
        now
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Ends a session by its number, where it is theirs.
pub async fn end_session_of(conn: &mut Conn, who: Who, id: i64) -> Result<bool, StoreError> {
    let (person, staff) = who.ids();
    let done = sqlx::query!("delete from session where id = $3 and (person_id = $1 or staff_id = $2)", person, staff, id)
        .execute(conn.pg())
        .await?;
    Ok(done.rows_affected() == 1)
}
