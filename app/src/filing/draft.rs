//! Between the questions and the filing: what was typed and checked is kept on the server, so that the last look (请核对) is a page of its own.
//! Going back, reloading and sending twice lose nothing, pictures and files included; filed, it is gone.

use super::Side;
use super::act::{self, Checked, Filer};
use crate::access::written_for;
use crate::error::{AppError, Next, Stop};
use crate::form::{Form, WHOSE};
use crate::request::{Ctx, Request};
use domain::actor::Actor;
use store::enterprise;
use store::filing::{self, Draft};
use uuid::Uuid;

/// The answers that are kept; pictures and files besides.
const FIELDS: &[&str] =
    &["key", WHOSE, "text", "title", "suggested", "category", "place", "area", "contact_name", "contact_phone"];

/// Checks the answers, keeps them, and leads to the last look.
///
/// # Errors
/// [`AppError::Invalid`] with every fault, those of refused pictures included.
pub async fn keep(request: &Request, side: Side, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let filer = act::filer(&mut ctx, side).await?;
    let checked = match act::check(&mut ctx, &filer, form).await {
        Ok(checked) if form.errors.is_empty() => checked,
        Ok(_) => return Err(AppError::Invalid(form.errors.clone())),
        Err(AppError::Invalid(faults)) => {
            return Err(AppError::Invalid(faults.into_iter().chain(form.errors.clone()).collect()));
        }
        Err(error) => return Err(error),
    };
    let (person, staff) = match filer.actor {
        Actor::Member { person, .. } => (Some(person), None),
        Actor::Assisted { staff, .. } => (None, Some(staff)),
        Actor::Staff { .. } | Actor::Integration { .. } | Actor::System => return Err(AppError::Forbidden),
    };
    let id = checked.key;
    let given = FIELDS.iter().filter(|name| **name != "key").map(|name| ((*name).to_owned(), form.value(name).to_owned()));
    let fields = given.chain([("key".to_owned(), id.to_string())]).collect();
    let photos = checked.photos.iter().map(|kept| kept.id).collect();
    let now = ctx.now;
    filing::keep(&mut ctx.conn, &Draft { id, enterprise: filer.enterprise, person, staff, fields, photos }, now).await?;
    Ok(Next::to(side.check_of(id)))
}

/// The form as it was kept.
fn form_of(draft: Draft) -> Form {
    let photos = draft.photos.iter().map(|id| ("photo".to_owned(), id.to_string()));
    Form::new(draft.fields.into_iter().chain(photos).collect())
}

/// What was kept under an id. What is filed already leads to its receipt.
///
/// # Errors
/// [`AppError::NotFound`] for what is another one's, or gone.
async fn find(ctx: &mut Ctx, side: Side, filer: &Filer, id: &str) -> Result<Form, Stop> {
    let id = Uuid::parse_str(id).map_err(|_| AppError::NotFound)?;
    if let Some(draft) = filing::draft(&mut ctx.conn, filer.enterprise, Some(id)).await? {
        return Ok(form_of(draft));
    }
    match filing::filed(&mut ctx.conn, filer.enterprise, id).await? {
        Some(number) => Err(Stop::redirect(side.receipt(&number))),
        None => Err(AppError::NotFound.into()),
    }
}

/// What the last look shows.
///
/// # Errors
/// As [`find`]; the questions come first where there is no draft, or where what was right when it was kept is not any more.
pub async fn look(ctx: &mut Ctx, side: Side, id: Option<&str>) -> Result<(Checked, Form), Stop> {
    let filer = act::filer(ctx, side).await?;
    let id = id.ok_or_else(|| Stop::redirect(side.questions()))?;
    let form = find(ctx, side, &filer, id).await?;
    match act::check(ctx, &filer, &form).await {
        Ok(checked) => Ok((checked, form)),
        Err(AppError::Invalid(_)) => Err(Stop::redirect(side.questions_of(id))),
        Err(error) => Err(error.into()),
    }
}

/// What the questions start from where nothing was refused: the draft that was asked for, or the latest one that was not filed. `none` asks for
/// an empty form. Whether it was put back unasked, too.
///
/// # Errors
/// As [`find`].
pub async fn resume(ctx: &mut Ctx, side: Side, id: Option<&str>) -> Result<(Form, bool), Stop> {
    let filer = act::filer(ctx, side).await?;
    match id {
        Some("none") => Ok((Form::default(), false)),
        Some(id) => Ok((find(ctx, side, &filer, id).await?, false)),
        None => {
            let latest = filing::draft(&mut ctx.conn, filer.enterprise, None).await?;
            let found = latest.is_some();
            Ok((latest.map(form_of).unwrap_or_default(), found))
        }
    }
}

/// The form that is to be filed: the draft that the page of the last look names.
///
/// # Errors
/// As [`find`]; [`AppError::Refused`] where the page was written for another enterprise than the one chosen now.
pub async fn sent(request: &Request, side: Side, form: Form) -> Result<Form, Stop> {
    let id = form.value("draft").to_owned();
    if id.is_empty() {
        return Ok(form);
    }
    let mut ctx = request.open().await?;
    let filer = act::filer(&mut ctx, side).await?;
    let enterprise = enterprise::get(&mut ctx.conn, filer.enterprise).await?;
    // Another window chose another enterprise: the questions say so, and the draft waits.
    if written_for(&form, enterprise.id, &enterprise.name).is_err() {
        return Ok(form);
    }
    find(&mut ctx, side, &filer, &id).await
}
