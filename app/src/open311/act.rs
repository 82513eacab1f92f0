//! What comes in.

use super::read::is_area;
use super::{Faults, by_mark, client_key, fault, faults_of, open};
use crate::request::{Request, Tables};
use domain::actor::{Actor, AreaCode, CITY, EnterpriseId};
use domain::api_key::FILINGS_A_DAY;
use domain::area;
use domain::issue::{Channel, Command, Submission};
use domain::open311::{AREA, ENTERPRISE_NAME, Report, USCC};
use domain::text::propose_title;
use serde_json::{Value, json};
use store::Conn;
use store::api_key::Found;
use store::issue::Filing;
use store::{identity, open311};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Files a problem for an enterprise. `mark` is what the channel calls this filing: the same again is the same problem.
///
/// # Errors
/// 403 without a key in force; 404 for an unknown service; 400 with everything that is wrong; 429 above what a key may file in a day.
pub async fn report(request: &Request, pairs: &[(String, String)], mark: Option<&str>) -> Result<Value, Faults> {
    let (mut conn, key) = open(request, pairs).await?;
    let key = key.ok_or_else(|| fault(403, "api_key is required"))?;
    let mark = match mark {
        None => Uuid::now_v7(),
        Some(mark) => Uuid::parse_str(mark).map_err(|_| fault(400, "Idempotency-Key: a UUID"))?,
    };
    let report = Report::parse(pairs)?;
    let services = request.services();
    let (now, tables) = (services.now(), services.tables());
    let today = tables.terms.catalogue.at(now);
    if !today.offers(&report.service) {
        return Err(fault(404, format!("service_code {} was not found", report.service)));
    }
    if report.area.is_some_and(|area| !is_area(&tables, area)) {
        return Err(fault(400, format!("attribute[{AREA}]: one of the values of the service definition")));
    }
    if let Some(number) = by_mark(&mut conn, &key, mark).await? {
        return Ok(receipt(&number));
    }
    let counted = format!("api:filing:{}", key.id);
    let allowed = identity::hit_rate_limit(&mut conn, &counted, Duration::days(1), FILINGS_A_DAY, now).await;
    if !allowed.map_err(faults_of)? {
        return Err(fault(429, format!("at most {FILINGS_A_DAY} requests a day by one key, please try again tomorrow")));
    }
    let (enterprise, registered) = whose(&mut conn, &report, &tables, now).await?;
    let (contact_name, contact_phone) = contact(&mut conn, &report, enterprise).await?;
    let name = today.category_name(&report.service);
    let submission = Submission {
        title: title(&report.description, name),
        text: text(&report.description, name),
        category: report.service.clone(),
        place: report.place.clone(),
        area: report.area.or_else(|| named(&tables, &report.place)).unwrap_or(registered),
        channel: key.channel,
        photos: 0,
    };
    let number = file(&mut conn, &key, mark, enterprise, (&contact_name, &contact_phone), submission, &tables, now).await?;
    conn.release();
    request.wake_outbox();
    Ok(receipt(&number))
}

fn receipt(number: &str) -> Value {
    json!([{
        "service_request_id": number,
        "service_notice": "已收到，企服中心受理后交责任单位办理，可凭编号查询进度",
        "account_id": null,
    }])
}

/// What a timeline shows as whoever filed.
pub(crate) fn shown_name(channel: Channel, name: &str) -> String {
    if channel == Channel::Open311 { name.to_owned() } else { format!("{}（{name}）", channel.label()) }
}

#[allow(clippy::too_many_arguments)] // Each is a different thing.
async fn file(
    conn: &mut Conn,
    key: &Found,
    mark: Uuid,
    enterprise: EnterpriseId,
    (contact_name, contact_phone): (&str, &str),
    submission: Submission,
    tables: &Tables,
    now: OffsetDateTime,
) -> Result<String, Faults> {
    let actor = Actor::Integration { key: key.id, enterprise };
    let shown = shown_name(key.channel, &key.name);
    let command = Command::Submit(submission);
    let filing = Filing {
        client_key: client_key(key, mark),
        actor: &actor,
        actor_name: &shown,
        command: &command,
        enterprise,
        contact_name,
        contact_phone,
        photos: &[],
        // Counted by key: an enterprise may come by other channels, too.
        most_a_day: 0,
    };
    Ok(open311::file(conn, key.id, &filing, now, &tables.terms).await.map_err(faults_of)?.number)
}

/// The enterprise: one that is known, or one that is entered now by what the channel says of it.
async fn whose(
    conn: &mut Conn,
    report: &Report,
    tables: &Tables,
    now: OffsetDateTime,
) -> Result<(EnterpriseId, AreaCode), Faults> {
    if let Some(found) = open311::enterprise(conn, &report.uscc).await.map_err(faults_of)? {
        return Ok(found);
    }
    if report.enterprise_name.is_empty() {
        return Err(fault(
            400,
            format!("attribute[{USCC}] is not known here yet: attribute[{ENTERPRISE_NAME}] is required with it"),
        ));
    }
    let area = report.area.or_else(|| named(tables, &report.place)).unwrap_or(CITY);
    let id = open311::enter(conn, &report.uscc, &report.enterprise_name, area, now).await.map_err(faults_of)?;
    Ok((id, area))
}

/// Whom to call: as the channel says, else a member of the enterprise.
async fn contact(conn: &mut Conn, report: &Report, enterprise: EnterpriseId) -> Result<(String, String), Faults> {
    let named = if report.contact_name.is_empty() { "企业联系人".to_owned() } else { report.contact_name.clone() };
    if !report.contact_phone.is_empty() {
        return Ok((named, report.contact_phone.clone()));
    }
    match open311::contact(conn, enterprise).await.map_err(faults_of)? {
        Some(known) => Ok(known),
        None => Err(fault(400, "phone is required: nobody of the enterprise is registered here yet")),
    }
}

/// The district that an address names.
fn named(tables: &Tables, place: &str) -> Option<AreaCode> {
    area::named_in(place, tables.reference.areas.iter().map(|area| (area.code, area.name.as_str())))
}

fn title(description: &str, category: &str) -> String {
    let title = propose_title(description, 40);
    if title.chars().count() >= 2 { title } else { category.to_owned() }
}

/// A hotline's note may be shorter than what an owner is asked for: what kind of problem it is stands before it.
fn text(description: &str, category: &str) -> String {
    if description.chars().count() >= 10 { description.to_owned() } else { format!("{category}方面的问题：{description}") }
}
