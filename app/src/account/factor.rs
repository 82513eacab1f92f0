//! The second factor of staff: setting it up, checking it, recovery codes, taking it away.

use super::{alert, totp};
use crate::access::{lacks_factor, needs_factor};
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::Request;
use crate::security::{self, Note};
use domain::account::{Alert, ONESELF};
use domain::actor::StaffId;
use domain::security::{FactorRule, Kind};
use domain::text::half_width;
use rand::RngExt;
use sha2::{Digest, Sha256};
use store::Conn;
use store::identity::{self, Who};

/// How many recovery codes there are.
pub const CODES: usize = 10;
/// How many characters a recovery code has, of an alphabet of 31: sixty bits.
const LENGTH: usize = 12;

/// Recovery codes, to be shown once: only their hashes are kept.
#[derive(Debug, Clone)]
pub struct RecoveryCodes(pub Vec<String>);

/// Where an account stands with its second factor.
#[derive(Debug, Clone)]
pub enum Standing {
    /// The installation asks nobody for one.
    Off,
    /// None; whether it has to be set up before anything else.
    None { due: bool },
    /// Offered, not confirmed: the picture as SVG, and the secret to be typed.
    Offered { picture: String, secret: String },
    /// In use, with recovery codes left; whether it may be given up.
    Set { codes: i64, optional: bool },
}

/// Where the own account stands.
///
/// # Errors
/// As [`crate::request::Ctx::require_enrolment`].
pub async fn standing(request: &Request) -> Result<Standing, AppError> {
    let (staff, rule) = {
        let ctx = request.open().await?;
        (ctx.require_enrolment()?, ctx.factor_rule)
    };
    if rule == FactorRule::Off {
        return Ok(Standing::Off);
    }
    request.close().await;
    let mut conn = request.services().store.system().await?;
    Ok(match identity::factor(&mut conn, staff.id).await? {
        None => Standing::None { due: lacks_factor(&staff, rule) },
        Some(found) if found.confirmed_at.is_some() => {
            Standing::Set { codes: found.codes, optional: !needs_factor(&staff, rule) }
        }
        Some(found) => {
            let uri = totp::uri(&found.secret, &staff.login).map_err(AppError::internal)?;
            Standing::Offered {
                picture: totp::picture(&uri).map_err(AppError::internal)?,
                secret: totp::typed(&found.secret).map_err(AppError::internal)?,
            }
        }
    })
}

/// What a form of the page led to.
#[derive(Debug, Clone)]
pub enum Done {
    /// Another page.
    Next(Next),
    /// The page again, with codes that are shown this once.
    Codes(RecoveryCodes),
}

const PAGE: &str = "/desk/account/factor";

/// The page's forms, by `do`: `start` offers a secret, `confirm` takes its first code, `codes` makes new recovery codes, `remove` gives the
/// factor up. All but `confirm`, which proves itself, ask for a fresh password: an unlocked desk must not become somebody else's account.
///
/// # Errors
/// [`AppError::Unproved`], [`AppError::Invalid`] for a code that does not fit, [`AppError::Refused`] for what cannot be now.
pub async fn act(request: &Request, form: &Form) -> Result<Done, AppError> {
    let (staff, rule) = {
        let ctx = request.open().await?;
        let staff = ctx.require_enrolment()?;
        if form.value("do") != "confirm" {
            ctx.require_fresh()?;
        }
        (staff, ctx.factor_rule)
    };
    request.close().await;
    if rule == FactorRule::Off {
        return Err(AppError::Refused("本系统没有启用两步验证".to_owned()));
    }
    let services = request.services();
    let now = services.now();
    let mut conn = services.store.system().await?;
    let noted = |kind| Note::of(kind, Who::Staff(staff.id), &staff.login);
    match form.value("do") {
        "start" => {
            let secret = totp::new_secret().map_err(AppError::internal)?;
            if !identity::offer_factor(&mut conn, staff.id, &secret, now).await? {
                return Err(AppError::Refused("已经启用了两步验证".to_owned()));
            }
            Ok(Done::Next(Next::to(PAGE)))
        }
        "confirm" => {
            let found = identity::factor(&mut conn, staff.id).await?.filter(|found| found.confirmed_at.is_none());
            let found = found.ok_or_else(|| AppError::Refused("请重新开始设置".to_owned()))?;
            let code = digits(form.value("code"));
            let step = totp::step_of(&found.secret, &code, now).map_err(AppError::internal)?;
            let step = step.ok_or_else(|| AppError::field("code", "验证码不对：请看验证器里现在的 6 位数字，手机时间要准"))?;
            if !identity::confirm_factor(&mut conn, staff.id, &found.secret, step, now).await? {
                return Err(AppError::Refused("请重新开始设置".to_owned()));
            }
            let codes = fresh_codes(&mut conn, staff.id).await?;
            if let Some(token) = request.token_hash() {
                identity::end_other_sessions(&mut conn, Who::Staff(staff.id), &token).await?;
            }
            security::note(request, &mut conn, noted(Kind::FactorSet), now).await?;
            alert::tell(services, &mut conn, Who::Staff(staff.id), &Alert::FactorSet, now).await?;
            Ok(Done::Codes(codes))
        }
        "codes" if staff.second_factor => {
            let codes = fresh_codes(&mut conn, staff.id).await?;
            security::note(request, &mut conn, noted(Kind::RecoveryMade), now).await?;
            Ok(Done::Codes(codes))
        }
        "remove" if staff.second_factor && !needs_factor(&staff, rule) => {
            identity::remove_factor(&mut conn, staff.id).await?;
            security::note(request, &mut conn, Note { detail: ONESELF, ..noted(Kind::FactorReset) }, now).await?;
            let removed = Alert::FactorRemoved { by: ONESELF.to_owned() };
            alert::tell(services, &mut conn, Who::Staff(staff.id), &removed, now).await?;
            Ok(Done::Next(Next::to(PAGE).saying("已停用两步验证")))
        }
        _ => Err(AppError::field("main", "现在不能这样做，请看页面上的说明")),
    }
}

/// Checks a code of the app, or a recovery code, and uses it up; answers what is to be said about it.
///
/// # Errors
/// [`AppError::Invalid`] on the field `code`.
pub(super) async fn check(
    request: &Request,
    conn: &mut Conn,
    staff: StaffId,
    login: &str,
    typed: &str,
) -> Result<Option<String>, AppError> {
    let now = request.services().now();
    let noted = |kind, detail| Note { detail, ..Note::of(kind, Who::Staff(staff), login) };
    let found = identity::factor(conn, staff).await?.filter(|found| found.confirmed_at.is_some());
    let plain = compact(typed);
    let mut fault = "验证码不对：请看验证器里现在的 6 位数字，或用一个恢复码";
    if let Some(found) = found.filter(|_| plain.len() == 6) {
        match totp::step_of(&found.secret, &plain, now).map_err(AppError::internal)? {
            Some(step) if identity::use_step(conn, staff, step).await? => return Ok(None),
            Some(_) => fault = "这个验证码已经用过，请等验证器里出现下一个",
            None => {}
        }
    } else if plain.len() == LENGTH && identity::use_recovery_code(conn, staff, &hash(staff, &plain), now).await? {
        let left = identity::factor(conn, staff).await?.map_or(0, |found| found.codes);
        security::note(request, conn, noted(Kind::RecoveryUsed, ""), now).await?;
        return Ok(Some(format!("用掉了一个恢复码，还剩 {left} 个。手机丢了的话，请到“账号”里重新设置两步验证")));
    }
    security::note(request, conn, noted(Kind::FactorFailed, ""), now).await?;
    Err(AppError::field("code", fault))
}

/// As it was meant: half-width, small, without spaces and hyphens.
fn compact(typed: &str) -> String {
    half_width(typed).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(40).collect()
}

fn digits(typed: &str) -> String {
    half_width(typed).chars().filter(char::is_ascii_digit).take(40).collect()
}

/// Makes recovery codes in place of those there are.
async fn fresh_codes(conn: &mut Conn, staff: StaffId) -> Result<RecoveryCodes, AppError> {
    let codes: Vec<String> = (0..CODES).map(|_| recovery_code()).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash(staff, &compact(code))).collect();
    identity::put_recovery_codes(conn, staff, &hashes).await?;
    Ok(RecoveryCodes(codes))
}

/// In three groups that can be read and typed: `k9sd-m2xq-7hwp`.
fn recovery_code() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let letters: Vec<char> = (0..LENGTH).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// With the account's id, so that nobody finds two accounts by one table.
fn hash(staff: StaffId, code: &str) -> Vec<u8> {
    Sha256::digest(format!("{staff}:{code}").as_bytes()).to_vec()
}
