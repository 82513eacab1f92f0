//! Filing a problem (提诉求, S-5, S-16): check what was typed, show it again, file it once.

use super::{AppError, Ctx};
use crate::ui::form::Form;
use domain::actor::{Actor, EnterpriseId};
use domain::catalogue::{self, Suggestion};
use domain::issue::{Channel, Command, MAX_PHOTOS, Submission};
use domain::phone;
use domain::text::{Check, FieldError, propose_title};
use store::enterprise::Enterprise;
use store::issue::{Filed, Filing};
use uuid::Uuid;

/// For whom a filing is made: the member's own enterprise, or the one beside station staff (代办).
#[derive(Debug, Clone)]
pub struct Filer {
    /// As the domain sees it; in an assisted filing both are in it.
    pub actor: Actor,
    /// The name a timeline shows.
    pub shown_name: String,
    /// The enterprise.
    pub enterprise: EnterpriseId,
    /// Who is called unless another is named.
    pub contact_name: String,
    /// Under which number.
    pub contact_phone: String,
}

/// The member of this request as a filer.
///
/// # Errors
/// As [`Ctx::require_member`].
pub fn filer(ctx: &Ctx) -> Result<Filer, AppError> {
    let member = ctx.require_member()?;
    Ok(Filer {
        actor: member.actor,
        shown_name: member.person.name.clone(),
        enterprise: member.enterprise.id,
        contact_name: member.person.name,
        contact_phone: member.person.phone,
    })
}

/// The form as it is offered first: a fresh key, the enterprise's address, the filer's number.
pub fn offer(form: Form, filer: &Filer, enterprise: &Enterprise) -> Form {
    form.or("key", Uuid::now_v7().to_string())
        .or("place", enterprise.address.clone())
        .or("contact_name", filer.contact_name.clone())
        .or("contact_phone", filer.contact_phone.clone())
}

/// What was typed, validated.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Files once.
    pub key: Uuid,
    /// The content.
    pub submission: Submission,
    /// Whom to call.
    pub contact_name: String,
    /// Under which number.
    pub contact_phone: String,
    /// Pictures uploaded before, the scope's own.
    pub photos: Vec<Uuid>,
}

/// Categories that fit the words typed so far.
pub fn suggestions(form: &Form) -> Vec<Suggestion> {
    catalogue::suggest(&format!("{} {}", form.value("title"), form.value("text")))
}

/// The ids of pictures the form carries.
pub fn photo_ids(form: &Form) -> Vec<Uuid> {
    form.all("photo").filter_map(|id| Uuid::parse_str(id).ok()).collect()
}

/// Validates the form; every fault is found at once. A missing title is proposed from the text, a missing category is taken from
/// the words when they point to one.
///
/// # Errors
/// [`AppError::Invalid`].
pub async fn check(ctx: &mut Ctx, filer: &Filer, form: &Form) -> Result<Draft, AppError> {
    let enterprise = store::enterprise::get(&mut ctx.conn, filer.enterprise).await?;
    let photos = store::photo::pending(&mut ctx.conn, &photo_ids(form)).await?;
    let mut check = Check::new();
    let text = check.text("text", "遇到的问题", form.value("text"), 10, 2000);
    let title = form.value("title").trim();
    let title = if title.is_empty() { propose_title(&text, 40) } else { check.text("title", "标题", title, 2, 60) };
    let suggested = suggestions(form);
    let category = match form.value("category") {
        // Without a choice in the drop-down the radio of the suggestions counts, and without that the best suggestion.
        "" => match form.value("suggested") {
            "" | "other" => suggested.first().map_or("", |suggestion| suggestion.category.code),
            code => code,
        },
        code => code,
    };
    if catalogue::category(category).is_none() {
        check.fault("category", "请选择一个类别；拿不准就选“其他问题”");
    }
    let place = check.text("place", "地点", form.value("place"), 0, 120);
    let contact_name = check.text("contact_name", "联系人", form.value("contact_name"), 1, 30);
    let contact_phone = check.parse("contact_phone", phone::parse_contact_phone(form.value("contact_phone")));
    if photos.len() > usize::from(MAX_PHOTOS) {
        check.fault("photos", format!("照片最多 {MAX_PHOTOS} 张，请删去 {} 张", photos.len() - usize::from(MAX_PHOTOS)));
    }
    let key = Uuid::parse_str(form.value("key")).unwrap_or_else(|_| Uuid::now_v7());
    check.finish().map_err(AppError::Invalid)?;
    let channel = if let Actor::Assisted { .. } = filer.actor { Channel::Station } else { Channel::Online };
    Ok(Draft {
        key,
        submission: Submission {
            title,
            text,
            category: category.to_owned(),
            place,
            area: enterprise.area,
            channel,
            photos: u8::try_from(photos.len()).unwrap_or(MAX_PHOTOS),
        },
        contact_name,
        contact_phone: contact_phone.unwrap_or_default(),
        photos,
    })
}

/// Files what was checked. The same key again answers the first receipt.
///
/// # Errors
/// [`AppError::Invalid`] where the form was changed on the way, [`AppError::Refused`] by a rule.
pub async fn file(ctx: &mut Ctx, filer: &Filer, form: &Form) -> Result<Filed, AppError> {
    let draft = check(ctx, filer, form).await?;
    file_draft(ctx, filer, &draft).await
}

/// Files a validated draft.
///
/// # Errors
/// As [`file`].
pub async fn file_draft(ctx: &mut Ctx, filer: &Filer, draft: &Draft) -> Result<Filed, AppError> {
    let command = Command::Submit(draft.submission.clone());
    let filing = Filing {
        client_key: draft.key,
        actor: &filer.actor,
        actor_name: &filer.shown_name,
        command: &command,
        enterprise: filer.enterprise,
        contact_name: &draft.contact_name,
        contact_phone: &draft.contact_phone,
        photos: &draft.photos,
    };
    Ok(store::issue::file(&mut ctx.conn, &filing, ctx.now, &ctx.calendar).await?)
}

/// A fault of the whole form rather than of a field, shown in the summary.
pub fn as_faults(error: &AppError) -> Vec<FieldError> {
    match error {
        AppError::Invalid(errors) => errors.clone(),
        other => vec![FieldError::new("main", other.to_string())],
    }
}
