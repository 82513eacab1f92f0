//! Filing a problem (提诉求, S-5, S-16): check what was typed, show it again, file it once. The same for a member and for station staff
//! with the member beside them (代办, S-3).

use super::Side;
use super::rpc::Suggested;
use super::similar;
use crate::access::written_for;
use crate::error::{AppError, Next};
use crate::form::{Form, WHOSE};
use crate::request::{Ctx, Request};
use domain::actor::{Actor, AreaCode, EnterpriseId};
use domain::area;
use domain::catalogue::{Edition, FALLBACK, Fit, Hint};
use domain::issue::{Channel, Command, MAX_PHOTOS, Submission};
use domain::phone;
use domain::security::Kind;
use domain::text::{Check, propose_title};
use store::enterprise::{self, Enterprise};
use store::identity::{self, Identity};
use store::issue::{CommandError, Filing};
use time::Duration;
use uuid::Uuid;

pub use store::photo::{Document, Kept, NewPhoto};

/// Who files, for which enterprise: the member itself, or station staff with the member (both are recorded).
#[derive(Debug, Clone)]
pub struct Filer {
    /// As the domain sees it.
    pub actor: Actor,
    /// The name a timeline shows.
    pub shown_name: String,
    /// For whom.
    pub enterprise: EnterpriseId,
    /// Who is called unless another is named.
    pub contact_name: String,
    /// Under which number.
    pub contact_phone: String,
}

/// Who files in this request.
///
/// # Errors
/// As [`Ctx::require_member`] and [`Ctx::require_station`]; [`AppError::NotFound`] for an enterprise outside the station's scope,
/// [`AppError::Refused`] for one that nobody may act for.
pub async fn filer(ctx: &mut Ctx, side: Side) -> Result<Filer, AppError> {
    match side {
        Side::Own => {
            let member = ctx.require_member()?;
            Ok(Filer {
                actor: member.actor,
                shown_name: member.person.name.clone(),
                enterprise: member.enterprise.id,
                contact_name: member.person.name,
                contact_phone: member.person.phone,
            })
        }
        Side::Beside(enterprise) => {
            let (staff, station) = ctx.require_station()?;
            enterprise::get(&mut ctx.conn, enterprise).await?;
            let members = store::member::list(&mut ctx.conn, enterprise).await?;
            let member = members.first().ok_or_else(|| AppError::Refused("这家企业还没有登记联系人，不能代办".to_owned()))?;
            Ok(Filer {
                actor: Actor::Assisted { staff: staff.id, station, person: member.id, enterprise },
                shown_name: format!("{}（{} {} 代办）", member.name, staff.organisation, staff.name),
                enterprise,
                contact_name: member.name.clone(),
                contact_phone: member.phone.clone(),
            })
        }
    }
}

/// The form as it is offered.
pub struct Offer {
    /// With a fresh key, the enterprise's address, the filer's number, where nothing else was typed.
    pub form: Form,
    /// The enterprise's name.
    pub enterprise: String,
    /// Where it is registered.
    pub registered: AreaCode,
    /// Whose draft a browser keeps: the person or staff at the keys, and the enterprise.
    pub owner: String,
}

/// The form as it is offered.
///
/// # Errors
/// As [`filer`].
pub async fn offer(ctx: &mut Ctx, side: Side, form: Form) -> Result<Offer, AppError> {
    let filer = filer(ctx, side).await?;
    let owner = draft_owner(&filer);
    let enterprise = enterprise::get(&mut ctx.conn, filer.enterprise).await?;
    if matches!(side, Side::Beside(_)) {
        ctx.note(Kind::Unmasked, &enterprise.name, "代办").await?;
    }
    let form = form
        .or("key", Uuid::now_v7().to_string())
        .or(WHOSE, filer.enterprise.to_string())
        .or("place", enterprise.address.clone())
        .or("contact_name", filer.contact_name)
        .or("contact_phone", filer.contact_phone);
    Ok(Offer { form, enterprise: enterprise.name, registered: enterprise.area, owner })
}

/// Whose draft a browser keeps.
fn draft_owner(filer: &Filer) -> String {
    match filer.actor {
        Actor::Member { person, enterprise, .. } => format!("{person}/{enterprise}"),
        Actor::Assisted { staff, enterprise, .. } => format!("staff-{staff}/{enterprise}"),
        Actor::Staff { .. } | Actor::Integration { .. } | Actor::System => String::new(),
    }
}

/// Whose draft was filed with a problem of `enterprise`.
///
/// # Errors
/// As [`Ctx::require_signed_in`].
pub fn filed_by(ctx: &Ctx, enterprise: EnterpriseId) -> Result<String, AppError> {
    Ok(match &ctx.require_signed_in()?.identity {
        Identity::Person(person) => format!("{}/{enterprise}", person.person),
        Identity::Staff(staff) => format!("staff-{}/{enterprise}", staff.id),
    })
}

/// Enterprises of the station's scope that fit the words.
///
/// # Errors
/// As [`Ctx::require_station`].
pub async fn search(ctx: &mut Ctx, words: &str) -> Result<Vec<Enterprise>, AppError> {
    ctx.require_station()?;
    if words.is_empty() { Ok(Vec::new()) } else { Ok(enterprise::search(&mut ctx.conn, words).await?) }
}

/// Whose the pictures are that a request brings.
#[derive(Debug, Clone, Copy)]
pub struct Uploader {
    /// The enterprise they will belong to.
    pub enterprise: EnterpriseId,
    /// The member who took them …
    pub person: Option<i64>,
    /// … or the staff.
    pub staff: Option<i64>,
    /// The issue whose answer they will go with, where an office sends them.
    pub meant_for: Option<i64>,
}

/// Who uploads: asked before the body is read, without holding a connection afterwards.
///
/// # Errors
/// As [`filer`].
pub async fn uploader(request: &Request, side: Side) -> Result<Uploader, AppError> {
    let uploader = {
        let mut ctx = request.open().await?;
        let filer = filer(&mut ctx, side).await?;
        match filer.actor {
            Actor::Member { person, enterprise, .. } => {
                Uploader { enterprise, person: Some(person), staff: None, meant_for: None }
            }
            Actor::Assisted { staff, enterprise, .. } => {
                Uploader { enterprise, person: None, staff: Some(staff), meant_for: None }
            }
            Actor::Staff { .. } | Actor::Integration { .. } | Actor::System => return Err(AppError::Forbidden),
        }
    };
    request.close().await;
    Ok(uploader)
}

/// Remembers a picture or a file that was stored; it waits for the form that will carry its id.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn keep_photo(request: &Request, photo: &NewPhoto) -> Result<(), AppError> {
    {
        let mut ctx = request.open().await?;
        ctx.require_signed_in()?;
        let now = ctx.now;
        store::photo::add(&mut ctx.conn, photo, now).await?;
    }
    request.close().await;
    Ok(())
}

/// What was typed, validated.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Files once.
    pub key: Uuid,
    /// The content.
    pub submission: Submission,
    /// Whom to call.
    pub contact_name: String,
    /// Under which number.
    pub contact_phone: String,
    /// Pictures and files uploaded before, the scope's own.
    pub photos: Vec<Kept>,
}

/// The most characters of a text that suggestions are made of.
const SUGGEST_MOST: usize = 2100;

/// Categories that fit the words typed so far, and the cases that resemble them. Nobody holds a connection while those are compared.
///
/// # Errors
/// [`AppError::Unauthenticated`].
pub async fn suggest(request: &Request, text: &str) -> Result<Suggested, AppError> {
    let text: String = text.chars().take(SUGGEST_MOST).collect();
    let (hints, cases) = {
        let mut ctx = request.open().await?;
        ctx.require_signed_in()?;
        let terms = ctx.terms.clone();
        let fit = terms.route(&text, ctx.now);
        (hints(&fit, ctx.catalogue()), similar::candidates(&mut ctx, &text, &fit).await?)
    };
    request.close().await;
    Ok(Suggested { hints, cases: similar::similar(text, cases).await? })
}

/// The same for the words of a form that is opened.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn suggested(ctx: &mut Ctx, form: &Form) -> Result<Suggested, AppError> {
    let words = words(form);
    let terms = ctx.terms.clone();
    let fit = terms.route(&words, ctx.now);
    Ok(Suggested { hints: hints(&fit, ctx.catalogue()), cases: similar::beside(ctx, words, &fit).await? })
}

/// What a form says of the problem.
fn words(form: &Form) -> String {
    format!("{} {}", form.value("title"), form.value("text"))
}

fn hints(fit: &Fit<'_>, today: Edition<'_>) -> Vec<Hint> {
    fit.found.iter().map(|suggestion| Hint::of(suggestion, today)).collect()
}

/// Validates the form; every fault is found at once. A missing title is proposed from the text, a missing category is taken from
/// the words when they point to one, and is 兜底's when they do not.
///
/// # Errors
/// [`AppError::Invalid`].
pub(super) async fn check(ctx: &mut Ctx, filer: &Filer, form: &Form) -> Result<Checked, AppError> {
    let enterprise = enterprise::get(&mut ctx.conn, filer.enterprise).await?;
    written_for(form, enterprise.id, &enterprise.name)?;
    let photos = store::photo::pending(&mut ctx.conn, &form.ids("photo")).await?;
    let mut check = Check::new();
    let text = check.text("text", "遇到的问题", form.value("text"), 10, 2000);
    let title = form.value("title").trim();
    let title = if title.is_empty() { propose_title(&text, 40) } else { check.text("title", "标题", title, 2, 60) };
    let terms = ctx.terms.clone();
    let today = terms.catalogue.at(ctx.now);
    let category = match form.value("category") {
        // Without a choice in the drop-down the radio of the suggestions counts, and without that what the words point to.
        "" => match form.value("suggested") {
            // 其他 / 不知道 is an answer: the centre classifies it.
            "other" => FALLBACK.to_owned(),
            "" => terms.route(&words(form), ctx.now).code().to_owned(),
            code => code.to_owned(),
        },
        code => code.to_owned(),
    };
    if !today.offers(&category) {
        check.fault("category", "请选择一个类别；拿不准就选“其他问题”");
    }
    let place = check.text("place", "地点", form.value("place"), 0, 120);
    let area = place_area(ctx, form.value("area"), &place, enterprise.area);
    if area.is_none() {
        check.fault("area", "请选择问题发生的区县");
    }
    let contact_name = check.text("contact_name", "联系人", form.value("contact_name"), 1, 30);
    let contact_phone = check.parse("contact_phone", phone::parse_contact_phone(form.value("contact_phone")));
    if photos.len() > usize::from(MAX_PHOTOS) {
        check.fault("photos", format!("照片和文件最多 {MAX_PHOTOS} 个，请删去 {} 个", photos.len() - usize::from(MAX_PHOTOS)));
    }
    let key = Uuid::parse_str(form.value("key")).unwrap_or_else(|_| Uuid::now_v7());
    check.finish().map_err(AppError::Invalid)?;
    let channel = if let Actor::Assisted { .. } = filer.actor { Channel::Station } else { Channel::Online };
    Ok(Checked {
        key,
        submission: Submission {
            title,
            text,
            category,
            place,
            area: area.unwrap_or(enterprise.area),
            channel,
            photos: u8::try_from(photos.len()).unwrap_or(MAX_PHOTOS),
        },
        contact_name,
        contact_phone: contact_phone.unwrap_or_default(),
        photos,
    })
}

/// The district whose centre takes it: the one chosen, else the one that the place names, else where the enterprise is registered.
fn place_area(ctx: &Ctx, chosen: &str, place: &str, registered: AreaCode) -> Option<AreaCode> {
    let areas = &ctx.reference.areas;
    if chosen.is_empty() {
        let named = area::named_in(place, areas.iter().map(|area| (area.code, area.name.as_str())));
        return Some(named.unwrap_or(registered));
    }
    areas.iter().map(|area| area.code).find(|code| code.to_string() == chosen)
}

/// Files what was checked, and forgets its draft. The same key again answers the first receipt.
///
/// # Errors
/// [`AppError::Invalid`] where the form was changed on the way, [`AppError::Refused`] by a rule.
pub async fn file(request: &Request, side: Side, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let filer = filer(&mut ctx, side).await?;
    let number = put(&mut ctx, &filer, form, request.services().filings_per_day).await?;
    if let Ok(key) = Uuid::parse_str(form.value("key")) {
        store::filing::forget(&mut ctx.conn, key).await?;
    }
    request.wake_outbox();
    Ok(Next::to(side.receipt(&number)))
}

/// Counts a picture or a file against what an account may send in a day; `false` when that is used up.
///
/// # Errors
/// [`AppError::Unauthenticated`].
pub async fn may_upload(request: &Request) -> Result<bool, AppError> {
    let session = request.session().ok_or(AppError::Unauthenticated)?;
    let key = match &session.identity {
        Identity::Person(person) => format!("upload:person:{}", person.person),
        Identity::Staff(staff) => format!("upload:staff:{}", staff.id),
    };
    let services = request.services();
    let mut conn = services.store.system().await?;
    let allowed = identity::hit_rate_limit(&mut conn, &key, Duration::days(1), services.uploads_per_day, services.now()).await?;
    conn.release();
    Ok(allowed)
}

/// Files a problem raised from another page of the member's, with what is known of it; answers its number. `key` files once.
///
/// # Errors
/// As [`file`].
pub async fn raise(request: &Request, key: &str, category: &str, title: &str, text: &str) -> Result<String, AppError> {
    let mut ctx = request.open().await?;
    let filer = filer(&mut ctx, Side::Own).await?;
    let pairs = [("key", key), ("title", title), ("text", text), ("category", category)];
    let form = Form::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
    let form = offer(&mut ctx, Side::Own, form).await?.form;
    let number = put(&mut ctx, &filer, &form, request.services().filings_per_day).await?;
    request.wake_outbox();
    Ok(number)
}

async fn put(ctx: &mut Ctx, filer: &Filer, form: &Form, most_a_day: i32) -> Result<String, AppError> {
    let checked = check(ctx, filer, form).await?;
    let command = Command::Submit(checked.submission.clone());
    let photos: Vec<Uuid> = checked.photos.iter().map(|kept| kept.id).collect();
    let filing = Filing {
        client_key: checked.key,
        actor: &filer.actor,
        actor_name: &filer.shown_name,
        command: &command,
        enterprise: filer.enterprise,
        contact_name: &checked.contact_name,
        contact_phone: &checked.contact_phone,
        photos: &photos,
        most_a_day,
    };
    let (now, terms) = (ctx.now, ctx.terms.clone());
    match store::issue::file(&mut ctx.conn, &filing, now, &terms).await {
        Ok(filed) => Ok(filed.number),
        Err(CommandError::Store(error)) if error.is_conflict_with("issue_most_a_day") => {
            Err(AppError::Refused(format!("今天已提交 {most_a_day} 件，请明天再提，或致电企服中心一次说明，内容还在")))
        }
        Err(error) => Err(error.into()),
    }
}
