//! Telling people of their own account (账号安全提醒): in the city's words, here and by text message where they want such, which waits for the day
//! as any other does.

use super::page::device;
use crate::error::AppError;
use crate::request::{Request, Services};
use domain::account::{Alert, NEW_BROWSERS_A_DAY};
use domain::notice::daytime;
use store::Conn;
use store::identity::{self, Who};
use time::{Duration, OffsetDateTime};

/// Tells somebody of what was done to their account; `conn` is the system's.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn tell(services: &Services, conn: &mut Conn, who: Who, alert: &Alert, now: OffsetDateTime) -> Result<(), AppError> {
    let text = alert.text(&services.tables().terms.texts, now);
    let link = match who {
        Who::Person(..) => "/me",
        Who::Staff(_) => "/desk/account",
    };
    store::message::alert(conn, who, &text, link, now, daytime(now)).await?;
    Ok(())
}

/// Tells somebody that they signed in in a browser in which they never did before: perhaps it was somebody else.
pub(super) async fn new_browser(request: &Request, conn: &mut Conn, who: Who, now: OffsetDateTime) -> Result<(), AppError> {
    let account = match who {
        Who::Person(person, _) => format!("person:{person}"),
        Who::Staff(staff) => format!("staff:{staff}"),
    };
    let counted = format!("alert:browser:{account}");
    if !identity::hit_rate_limit(conn, &counted, Duration::days(1), NEW_BROWSERS_A_DAY, now).await? {
        return Ok(());
    }
    let head = request.head();
    let alert = Alert::NewBrowser { device: device(&head.user_agent), place: head.network() };
    tell(request.services(), conn, who, &alert, now).await
}
