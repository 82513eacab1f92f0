//! What comes in: a problem, and what the enterprise says of it afterwards.

use super::once::Before;
use super::wire::{IssueDetail, NewIssue, Rate, Supply, Withdraw};
use super::{Answer, ApiError, Caller, Entered, body, once, read};
use crate::error::AppError;
use crate::open311::shown_name;
use crate::request::Tables;
use domain::actor::{Actor, AreaCode, CITY};
use domain::api::{EXTERNAL_ID, is_mark};
use domain::area;
use domain::issue::{Channel, Command, Rating, RatingReason, Satisfaction, Submission};
use domain::phone::parse_contact_phone;
use domain::text::{Check, clean, propose_title};
use domain::uscc::Uscc;
use sha2::{Digest, Sha256};
use store::Conn;
use store::api::issue::{self, Giving, TAKEN};
use store::issue::{CommandError, Filing};
use time::OffsetDateTime;
use uuid::Uuid;

/// Files a problem for an enterprise.
///
/// # Errors
/// 422 with everything that is wrong, 409 where the external id is another problem's.
#[utoipa::path(
    post,
    path = "/api/v1/issues",
    tag = "诉求",
    operation_id = "file_issue",
    summary = "提交诉求",
    description = "为一家企业提交诉求。external_id 相同、内容也相同的，得到同一件诉求（200）；内容不同的拒绝（409）。",
    params(("Idempotency-Key" = Option<String>, Header, description = "同一个请求的标记，重发时不变；应答保留一个月")),
    request_body = NewIssue,
    responses(
        (status = 201, description = "已收到", body = IssueDetail),
        (status = 200, description = "以前就收到了", body = IssueDetail),
        (status = 409, description = "external_id 已是另一件诉求的", body = super::error::Errors),
        (status = 422, description = "内容不对", body = super::error::Errors),
    ),
    security(("key" = ["issues:write"]))
)]
pub async fn file(mut entered: Entered, mark: Option<&str>, bytes: &[u8]) -> Result<Answer, ApiError> {
    let mut conn = entered.conn().await?;
    let caller = &entered.caller;
    // What was filed before is known by its external id, whatever became of the answer.
    if let Before::Answer(answer) = once::begin(&mut conn, caller, mark, "file", bytes).await? {
        conn.release();
        return Ok(answer);
    }
    let done = put(&mut conn, caller, bytes).await;
    let done = once::end(&mut conn, caller, mark, done).await;
    conn.release();
    caller.request.wake_outbox();
    done
}

/// What was read and is right.
struct Checked {
    uscc: Uscc,
    enterprise_name: String,
    submission: Submission,
    /// The district that was said, or that the place names.
    area: Option<AreaCode>,
    contact: Option<(String, String)>,
}

async fn put(conn: &mut Conn, caller: &Caller, bytes: &[u8]) -> Result<Answer, ApiError> {
    let new: NewIssue = body(bytes)?;
    let services = caller.request.services();
    let (now, tables, key) = (services.now(), services.tables(), &caller.key);
    let checked = check(&new, key.channel, &tables, now)?;
    let meant = meant(&new)?;
    if let Some(answer) = before(conn, caller, &new.external_id, &meant).await? {
        return Ok(answer);
    }
    // One that is not known yet has nobody to call: it is entered only once somebody is named.
    let name = if checked.contact.is_some() { checked.enterprise_name.as_str() } else { "" };
    let found = issue::enterprise(conn, &checked.uscc, name, checked.area.unwrap_or(CITY), now).await?;
    let nobody = || ApiError::new(422, "invalid", Some("contact"), "这家企业还没有登记联系人，请填写联系人和电话");
    let Some((enterprise, registered)) = found else {
        if !checked.enterprise_name.is_empty() {
            return Err(nobody());
        }
        let sentence = "系统里还没有这家企业，请填写企业名称";
        return Err(ApiError::new(422, "invalid", Some("enterprise.name"), sentence));
    };
    let (contact_name, contact_phone) = match checked.contact {
        Some(contact) => contact,
        None => issue::contact(conn, enterprise).await?.ok_or_else(nobody)?,
    };
    let command = Command::Submit(Submission { area: checked.area.unwrap_or(registered), ..checked.submission });
    let filing = Filing {
        // Nobody can have chosen it before; that it is filed once, the external id says.
        client_key: Uuid::now_v7(),
        actor: &Actor::Integration { key: key.id, enterprise },
        actor_name: &shown_name(key.channel, &key.name),
        command: &command,
        enterprise,
        contact_name: &contact_name,
        contact_phone: &contact_phone,
        photos: &[],
        // Counted by key: an enterprise may come by other channels, too.
        most_a_day: 0,
    };
    match issue::file(conn, key.id, &new.external_id, &meant, &filing, now, &tables.terms).await {
        Ok(filed) => Answer::new(201, &read::detail(conn, caller, &filed.number).await?),
        // The same request a second time was quicker.
        Err(CommandError::Store(error)) if error.is_conflict_with(TAKEN) => {
            before(conn, caller, &new.external_id, &meant).await?.ok_or_else(|| error.into())
        }
        Err(error) => Err(ApiError::of_command(error, "text")),
    }
}

/// SHA-256 of what is meant, whichever way it was written down. It is compared for as long as the issue is kept: what is not said is no part of it, so
/// that a field that comes later changes nothing for those who do not send it.
fn meant(new: &NewIssue) -> Result<[u8; 32], ApiError> {
    Ok(Sha256::digest(serde_json::to_vec(new).map_err(AppError::internal)?).into())
}

/// The answer for what was filed before under this external id.
async fn before(conn: &mut Conn, caller: &Caller, external: &str, meant: &[u8]) -> Result<Option<Answer>, ApiError> {
    match issue::filed(conn, caller.key.id, external).await? {
        None => Ok(None),
        Some((number, same)) if same == meant => Answer::new(200, &read::detail(conn, caller, &number).await?).map(Some),
        Some((number, _)) => {
            let sentence = format!("这个编号已经提交过另外的内容（诉求 {number}）；要补充请用 supply，不是同一件请换编号");
            Err(ApiError::new(409, "external_id_taken", Some("external_id"), sentence))
        }
    }
}

/// Everything that can be said against it without asking the database, all at once.
fn check(new: &NewIssue, channel: Channel, tables: &Tables, now: OffsetDateTime) -> Result<Checked, ApiError> {
    let mut check = Check::new();
    let said = |text: &Option<String>| text.as_deref().map(clean).unwrap_or_default();
    if !is_mark(&new.external_id, EXTERNAL_ID) {
        check.fault("external_id", format!("接入方编号应为 1 到 {EXTERNAL_ID} 个可见的 ASCII 字符"));
    }
    let uscc = check.parse("enterprise.uscc", Uscc::parse(&new.enterprise.uscc));
    let enterprise_name = check.text("enterprise.name", "企业名称", &said(&new.enterprise.name), 0, 60);
    let text = check.text("text", "诉求内容", &new.text, 10, 2000);
    let title = match said(&new.title) {
        title if title.is_empty() => propose_title(&text, 40),
        title => check.text("title", "标题", &title, 2, 60),
    };
    let today = tables.terms.catalogue.at(now);
    let category = match said(&new.category) {
        code if code.is_empty() => tables.terms.route(&format!("{title} {text}"), now).code().to_owned(),
        code => code,
    };
    if !today.offers(&category) {
        check.fault("category", format!("没有“{category}”这个类别，见 /api/v1/categories"));
    }
    let place = check.text("place", "地点", &said(&new.place), 0, 120);
    let areas = &tables.reference.areas;
    let area = match said(&new.area) {
        code if code.is_empty() => area::named_in(&place, areas.iter().map(|area| (area.code, area.name.as_str()))),
        code => {
            let found = areas.iter().map(|area| area.code).find(|area| area.to_string() == code);
            if found.is_none() {
                check.fault("area", format!("没有“{code}”这个区县，见 /api/v1/categories"));
            }
            found
        }
    };
    match said(&new.channel).as_str() {
        "" => {}
        code if Channel::from_code(code) == Some(channel) => {}
        _ => check.fault("channel", format!("这个密钥的渠道是 {}（{}）", channel.code(), channel.label())),
    }
    let contact = new.contact.as_ref().map(|contact| {
        let name = check.text("contact.name", "联系人", &said(&contact.name), 0, 30);
        let phone = check.parse("contact.phone", parse_contact_phone(&contact.phone)).unwrap_or_default();
        (if name.is_empty() { "企业联系人".to_owned() } else { name }, phone)
    });
    check.finish().map_err(AppError::Invalid)?;
    let uscc = uscc.ok_or(AppError::NotFound)?;
    let title = if title.chars().count() >= 2 { title } else { today.category_name(&category).to_owned() };
    let submission = Submission { title, text, category, place, area: area.unwrap_or(CITY), channel, photos: 0 };
    Ok(Checked { uscc, enterprise_name, submission, area, contact })
}

/// Passes on what an office asked for.
///
/// # Errors
/// 409 where nothing is asked for, 404 for what did not come in by the key.
#[utoipa::path(
    post,
    path = "/api/v1/issues/{number}/supply",
    tag = "诉求",
    operation_id = "supply",
    summary = "补充材料",
    description = "办理单位请企业补充时，把企业的话转来，恢复计时。",
    params(
        ("number" = String, Path, description = "诉求编号"),
        ("Idempotency-Key" = Option<String>, Header, description = "同一个请求的标记，重发时不变"),
    ),
    request_body = Supply,
    responses(
        (status = 200, description = "已补充", body = IssueDetail),
        (status = 404, description = "没有，或不是这个密钥提交的", body = super::error::Errors),
        (status = 409, description = "现在不需要补充", body = super::error::Errors),
        (status = 422, description = "内容不对", body = super::error::Errors),
    ),
    security(("key" = ["issues:write"]))
)]
pub async fn supply(entered: Entered, number: &str, mark: Option<&str>, bytes: &[u8]) -> Result<Answer, ApiError> {
    give(entered, number, mark, ("supply", "text"), bytes, |bytes| {
        let Supply { text } = body(bytes)?;
        Ok(Command::Supply { text, photos: 0 })
    })
    .await
}

/// The enterprise wants nothing more.
///
/// # Errors
/// 409 for what is over, 404 for what did not come in by the key.
#[utoipa::path(
    post,
    path = "/api/v1/issues/{number}/withdraw",
    tag = "诉求",
    operation_id = "withdraw",
    summary = "撤回",
    description = "企业不再需要办理。撤回的也可能被回访。",
    params(
        ("number" = String, Path, description = "诉求编号"),
        ("Idempotency-Key" = Option<String>, Header, description = "同一个请求的标记，重发时不变"),
    ),
    request_body = Withdraw,
    responses(
        (status = 200, description = "已撤回", body = IssueDetail),
        (status = 404, description = "没有，或不是这个密钥提交的", body = super::error::Errors),
        (status = 409, description = "已经结束了", body = super::error::Errors),
        (status = 422, description = "内容不对", body = super::error::Errors),
    ),
    security(("key" = ["issues:write"]))
)]
pub async fn withdraw(entered: Entered, number: &str, mark: Option<&str>, bytes: &[u8]) -> Result<Answer, ApiError> {
    give(entered, number, mark, ("withdraw", "reason"), bytes, |bytes| {
        let Withdraw { reason } = body(bytes)?;
        Ok(Command::Withdraw { reason })
    })
    .await
}

/// What the enterprise says of the answer.
///
/// # Errors
/// 409 where there is no answer to be rated, 404 for what did not come in by the key.
#[utoipa::path(
    post,
    path = "/api/v1/issues/{number}/rate",
    tag = "诉求",
    operation_id = "rate",
    summary = "评价",
    description = "转来企业对答复的评价。没解决，或不满意、非常不满意的，退回重新办理；其余办结。",
    params(
        ("number" = String, Path, description = "诉求编号"),
        ("Idempotency-Key" = Option<String>, Header, description = "同一个请求的标记，重发时不变"),
    ),
    request_body = Rate,
    responses(
        (status = 200, description = "已评价", body = IssueDetail),
        (status = 404, description = "没有，或不是这个密钥提交的", body = super::error::Errors),
        (status = 409, description = "还没有答复，或已经评价过", body = super::error::Errors),
        (status = 422, description = "内容不对", body = super::error::Errors),
    ),
    security(("key" = ["issues:write"]))
)]
pub async fn rate(entered: Entered, number: &str, mark: Option<&str>, bytes: &[u8]) -> Result<Answer, ApiError> {
    give(entered, number, mark, ("rate", "comment"), bytes, rating).await
}

fn rating(bytes: &[u8]) -> Result<Command, ApiError> {
    let Rate { solved, level, reasons, comment } = body(bytes)?;
    let mut check = Check::new();
    let found = Satisfaction::from_code(&level);
    if found.is_none() {
        let codes: Vec<&str> = Satisfaction::ALL.iter().map(|level| level.code()).collect();
        check.fault("level", format!("满意程度应为 {} 之一", codes.join("、")));
    }
    let known: Vec<RatingReason> = reasons.iter().filter_map(|code| RatingReason::from_code(code)).collect();
    if known.len() != reasons.len() {
        let codes: Vec<&str> = RatingReason::ALL.iter().map(|reason| reason.code()).collect();
        check.fault("reasons", format!("原因应为 {} 之一", codes.join("、")));
    }
    check.finish().map_err(AppError::Invalid)?;
    let level = found.ok_or(AppError::NotFound)?;
    Ok(Command::Rate(Rating { solved, level, reasons: known, comment: comment.unwrap_or_default(), aid: None }))
}

/// Gives a command to what came in by the key. `what` names it, and the field of its words.
async fn give(
    mut entered: Entered,
    number: &str,
    mark: Option<&str>,
    (what, words): (&str, &str),
    bytes: &[u8],
    read: fn(&[u8]) -> Result<Command, ApiError>,
) -> Result<Answer, ApiError> {
    let mut conn = entered.conn().await?;
    let caller = &entered.caller;
    // Whose it is comes before what is sent.
    let (row, _) = issue::get(&mut conn, number).await?;
    let path = format!("{what} {number}");
    let before = match once::begin(&mut conn, caller, mark, &path, bytes).await? {
        Before::Answer(answer) => {
            conn.release();
            return Ok(answer);
        }
        before => before,
    };
    let done = async {
        if let Before::Done(status) = before {
            let detail = read::detail(&mut conn, caller, number).await?;
            return Ok(Answer { again: true, ..Answer::new(status, &detail)? });
        }
        let command = read(bytes)?;
        let services = caller.request.services();
        let (now, terms) = (services.now(), services.tables().terms);
        let actor = Actor::Integration { key: caller.key.id, enterprise: row.enterprise };
        let actor_name = shown_name(caller.key.channel, &caller.key.name);
        let mark = once::mark(mark)?;
        let giving = Giving { number, command: &command, actor: &actor, actor_name: &actor_name, mark };
        let given = issue::give(&mut conn, caller.key.id, &giving, now, &terms).await;
        if !given.map_err(|error| ApiError::of_command(error, words))? {
            return Err(once::under_way());
        }
        Answer::new(200, &read::detail(&mut conn, caller, number).await?)
    };
    let done = done.await;
    let done = once::end(&mut conn, caller, mark, done).await;
    conn.release();
    caller.request.wake_outbox();
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was kept with an issue is compared with what is sent for years: a digest that moves makes every repetition another content.
    #[test]
    fn what_is_meant_has_the_same_digest_for_ever() {
        let digest = |json: &str| hex::encode(meant(&serde_json::from_str(json).expect("a body")).expect("a digest"));
        let bare = r#"{"external_id":"GD-1","enterprise":{"uscc":"91330500MA2B0ABC1H"},"text":"厂区西门口连续六盏路灯不亮"}"#;
        assert_eq!(digest(bare), "c52556fddb2a53f0822828298ccd3d495910d87e037b70f5c091c4693e83c3c9");
        let null = r#"{ "text": "厂区西门口连续六盏路灯不亮", "external_id": "GD-1", "title": null, "contact": null,
            "enterprise": { "name": null, "uscc": "91330500MA2B0ABC1H" } }"#;
        assert_eq!(digest(null), digest(bare), "another way to write the same");
        let whole = r#"{"external_id":"GD-1","enterprise":{"uscc":"91330500MA2B0ABC1H","name":"湖州示例照明有限公司"},"title":"路灯不亮",
            "text":"厂区西门口连续六盏路灯不亮","category":"street","place":"西门","area":"330503","channel":"hotline",
            "contact":{"name":"陈某某","phone":"13912345678"}}"#;
        assert_eq!(digest(whole), "01b288d8c3c1a43030c128413fa376f5f32c5978e993127d013c0483aad9cde5");
    }
}
