//! Commands of applications: one transaction locks, decides, appends and tells.

use super::Application;
use crate::policy::evaluation::spent_in;
use crate::policy::settle;
use crate::{Conn, StoreError};
use domain::actor::StaffId;
use domain::policy::application::{Command, State, within_fund};
use domain::policy::funnel::Step;
use domain::policy::money::Fen;
use domain::policy::notice::progress;
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What a command says.
#[derive(Debug, Clone, Default)]
pub struct Words<'a> {
    /// A reason, a question, a supplement, a comment.
    pub text: &'a str,
    /// Approved or paid, fen.
    pub amount: Option<i64>,
    /// Last day of a public notice.
    pub until: Option<Date>,
    /// One to five.
    pub rating: Option<i16>,
    /// Who decides; none for a member, whose commands need no second hands, and for the system.
    pub staff: Option<StaffId>,
    /// Files of a supplement.
    pub files: &'a [Uuid],
    /// For an approval: what the item's fund had to give in all.
    pub fund: Option<Fen>,
    /// For an approval: attribute, and which figure of it counts (`stated`, `recorded`), where the two differ.
    pub counts: Vec<(String, &'static str)>,
}

/// Which figures counted for the latest decision that said so: attribute, and `stated` or `recorded`.
///
/// # Errors
/// [`StoreError`].
pub async fn counted(conn: &mut Conn, id: i64) -> Result<Vec<(String, String)>, StoreError> {
    let rows = sqlx::query!(
        "select attribute, counts from application_count where application_id = $1
            and seq = (select max(seq) from application_count where application_id = $1) order by attribute",
        id
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(rows.into_iter().map(|row| (row.attribute, row.counts)).collect())
}

/// Why a command did not go through.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// A rule stands against it; the sentence is for whoever gave it.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ApplicationError {
    fn from(error: sqlx::Error) -> ApplicationError {
        ApplicationError::Store(error.into())
    }
}

/// Gives a command: one transaction locks the application, decides, appends and tells.
///
/// # Errors
/// [`ApplicationError`]; nothing was written then.
pub async fn command(
    conn: &mut Conn,
    number: &str,
    command: Command,
    words: &Words<'_>,
    actor_name: &str,
    today: Date,
    now: OffsetDateTime,
) -> Result<State, ApplicationError> {
    let mut tx = conn.pg().begin().await?;
    let done = command_in(&mut tx, number, command, words, actor_name, today, now).await;
    settle(tx, done).await
}

/// Two approvals at once must not give more than the fund has: they wait for each other, and the second counts what the first
/// gave.
async fn lock_fund(tx: &mut PgConnection, item: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtext('policy_fund'), $1::integer) as locked",
        i32::try_from(item).unwrap_or(i32::MAX)
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn command_in(
    tx: &mut PgConnection,
    number: &str,
    command: Command,
    words: &Words<'_>,
    actor_name: &str,
    today: Date,
    now: OffsetDateTime,
) -> Result<State, ApplicationError> {
    let application = select_application!("where a.number = $1 for update of a", number).fetch_one(&mut *tx).await?;
    let state = application.standing()?.decide(command, today).map_err(ApplicationError::Refused)?;
    if let Some(staff) = words.staff {
        application.standing()?.hands(command, staff, words.amount).map_err(ApplicationError::Refused)?;
    }
    let seq = application.seq + 1;
    let given = command.gives(words.amount, application.amount, application.approved_amount);
    let (approved, paid) = (given.filter(|_| command == Command::Approve), given.filter(|_| command == Command::Pay));
    // The approval takes the proposal with it.
    let (proposer, proposed) = if command == Command::Propose { (words.staff, given) } else { (None, None) };
    let reason = match command {
        // What the enterprise reads stays as it was.
        Command::Propose => application.reason.as_str(),
        _ if command.gives_reason() => words.text,
        _ => "",
    };
    if let (Some(amount), Some(fund)) = (approved, words.fund) {
        lock_fund(tx, application.item_id).await?;
        let spent = spent_in(tx, application.item_id).await?;
        within_fund(amount, fund, spent).map_err(ApplicationError::Refused)?;
    }
    sqlx::query!(
        "update application set state = $2, seq = $3, state_at = case when state = $2 then state_at else $4 end,
            approved_amount = coalesce($5, approved_amount), paid_amount = coalesce($6, paid_amount),
            notice_until = coalesce($7, notice_until), reason = $8, rating = coalesce($9, rating),
            rating_comment = case when $9::smallint is null then rating_comment else $10 end,
            rated_at = case when $9::smallint is null then rated_at else $4 end,
            approved_by = case when $5::bigint is null then approved_by else $11 end,
            proposed_by = case when $12 then $13 else proposed_by end,
            proposed_amount = case when $12 then $14 else proposed_amount end
         where id = $1",
        application.id,
        state.code(),
        seq,
        now,
        approved,
        paid,
        words.until,
        reason,
        words.rating,
        words.text,
        words.staff,
        command == Command::Propose,
        proposer,
        proposed
    )
    .execute(&mut *tx)
    .await?;
    super::append(tx, application.id, seq, command.code(), actor_name, words.text, given, now).await?;
    super::files::attach(tx, application.id, seq, application.enterprise_id, words.files).await?;
    if !words.counts.is_empty() {
        let (attributes, counts): (Vec<String>, Vec<String>) =
            words.counts.iter().map(|(attribute, counts)| (attribute.clone(), (*counts).to_owned())).unzip();
        sqlx::query!(
            "insert into application_count (application_id, seq, attribute, counts)
             select $1, $2, n.attribute, n.counts from unnest($3::text[], $4::text[]) n (attribute, counts)",
            application.id,
            seq,
            &attributes,
            &counts
        )
        .execute(&mut *tx)
        .await?;
    }
    if let Some(step) = match command {
        Command::Approve => Some(Step::Approved),
        Command::Pay => Some(Step::Paid),
        _ => None,
    } {
        sqlx::query!(
            "select note_step($1, $2, $3, $4) as done",
            application.enterprise_id,
            application.item_id,
            step.code(),
            now
        )
        .execute(&mut *tx)
        .await?;
    }
    if !command.is_members() && !command.is_internal() {
        let (title, body) = progress(&application.number, &application.title, state, given.map(Fen), words.text);
        sqlx::query!("select tell_applicant($1, 'application', $2, $3, $4) as done", application.id, title, body, now)
            .execute(&mut *tx)
            .await?;
    }
    Ok(state)
}
