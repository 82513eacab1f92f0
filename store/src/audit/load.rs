//! The rows of a batch, and of each event the form that is hashed. It is built here out of what PostgreSQL brings itself, and not by the
//! functions that the triggers call: whoever changes these does not change what is found.

use super::{Event, Object};
use crate::StoreError;
use domain::audit::Kind;
use domain::issue::chain;
use sqlx::PgConnection;
use time::OffsetDateTime;

const REWORDED: &str = "its JSON says something twice, or is not written as it was";
const BEFORE: &str = "the hash of before the links does not fit";

struct Raw {
    object: i64,
    seq: i32,
    pos: i64,
    link: Vec<u8>,
    form: String,
}

impl From<Raw> for Event {
    fn from(raw: Raw) -> Event {
        Event { object: raw.object, seq: raw.seq, pos: raw.pos, link: raw.link, form: raw.form, fault: None }
    }
}

/// Rows behind an id, in the order of their ids; with an instant only those that moved since.
pub(super) async fn objects(
    tx: &mut PgConnection,
    kind: Kind,
    after: i64,
    since: Option<OffsetDateTime>,
    most: i64,
) -> Result<Vec<Object>, StoreError> {
    let objects = match kind {
        Kind::Issue => {
            sqlx::query_as!(
                Object,
                r#"select id, number as name, version as "tail?", to_jsonb(i) as "row!" from issue i
                where id > $1 and ($2::timestamptz is null or last_event_at >= $2) order by id limit $3"#,
                after,
                since,
                most
            )
            .fetch_all(tx)
            .await?
        }
        Kind::Application => {
            sqlx::query_as!(
                Object,
                r#"select id, number as name, seq as "tail?", (select to_jsonb(jsonb_object_agg(key, value)::text)
                    from jsonb_each(to_jsonb(a) - '{contact_name,contact_phone,item_area,department_id}'::text[])
                    where value <> 'null') as "row!" from application a
                where id > $1 and ($2::timestamptz is null
                    or exists (select from application_event e where e.application_id = a.id and e.at >= $2)) order by id limit $3"#,
                after,
                since,
                most
            )
            .fetch_all(tx)
            .await?
        }
        Kind::Fact => {
            sqlx::query_as!(
                Object,
                r#"select p.enterprise_id as id, e.uscc as name, null::integer as tail, p.facts as "row!"
                from portrait p join enterprise e on e.id = p.enterprise_id
                where p.enterprise_id > $1 and ($2::timestamptz is null or p.updated_at >= $2) order by p.enterprise_id limit $3"#,
                after,
                since,
                most
            )
            .fetch_all(tx)
            .await?
        }
    };
    Ok(objects)
}

/// Events of chains behind an id and up to another, in order; with a list only of those.
pub(super) async fn events(
    tx: &mut PgConnection,
    kind: Kind,
    after: i64,
    until: i64,
    only: Option<&[i64]>,
) -> Result<Vec<Event>, StoreError> {
    match kind {
        Kind::Issue => issue_events(tx, after, until, only).await,
        Kind::Application => {
            let rows = sqlx::query_as!(
                Raw,
                r#"select application_id as object, seq, pos, link,
                    (select jsonb_object_agg(key, value)::text from jsonb_each(to_jsonb(e) - 'link') where value <> 'null') as "form!"
                from application_event e where application_id > $1 and application_id <= $2
                    and ($3::bigint[] is null or application_id = any($3)) order by application_id, seq"#,
                after,
                until,
                only
            )
            .fetch_all(tx)
            .await?;
            Ok(rows.into_iter().map(Event::from).collect())
        }
        Kind::Fact => {
            let rows = sqlx::query_as!(
                Raw,
                r#"select enterprise_id as object, seq, pos, link,
                    (select jsonb_object_agg(key, value)::text from jsonb_each(to_jsonb(e) - 'link') where value <> 'null') as "form!"
                from fact_change e where enterprise_id > $1 and enterprise_id <= $2
                    and ($3::bigint[] is null or enterprise_id = any($3)) order by enterprise_id, seq"#,
                after,
                until,
                only
            )
            .fetch_all(tx)
            .await?;
            Ok(rows.into_iter().map(Event::from).collect())
        }
    }
}

/// Of what was filed before there were links, the chain of then is looked at as well; its text is the one that was hashed.
async fn issue_events(tx: &mut PgConnection, after: i64, until: i64, only: Option<&[i64]>) -> Result<Vec<Event>, StoreError> {
    let rows = sqlx::query!(
        r#"select e.issue_id as object, e.seq, e.pos, e.link, (select jsonb_object_agg(key, value)::text from jsonb_each(
                case when e.seq = 1 then to_jsonb(e) || jsonb_build_object('issue', (select jsonb_build_object('id', i.id,
                    'number', i.number, 'client_key', i.client_key, 'enterprise_id', i.enterprise_id, 'area', i.area, 'title', i.title,
                    'body', i.body, 'place', i.place, 'channel', i.channel, 'filed_by', i.filed_by, 'station_id', i.station_id,
                    'submitted_at', i.submitted_at) from issue i where i.id = e.issue_id))
                else to_jsonb(e) end - 'link') where value <> 'null') as "form!",
            octet_length(replace(e.actor::text || e.event::text, ' ', '')) <>
                octet_length(replace(e.actor::jsonb::text || e.event::jsonb::text, ' ', '')) as "reworded!",
            e.hash, e.at, case when e.hash is not null then e.actor::text end as actor,
            case when e.hash is not null then e.event::text end as event,
            case when e.hash is not null then (select i.client_key::text from issue i where i.id = e.issue_id) end as key
        from issue_event e where e.issue_id > $1 and e.issue_id <= $2 and ($3::bigint[] is null or e.issue_id = any($3))
        order by e.issue_id, e.seq"#,
        after,
        until,
        only
    )
    .fetch_all(tx)
    .await?;
    let mut last = (0, chain::ROOT);
    let events = rows.into_iter().map(|r| {
        if last.0 != r.object {
            last = (r.object, chain::ROOT);
        }
        let mut fault = r.reworded.then_some(REWORDED);
        if let (Some(hash), Some(actor), Some(event)) = (&r.hash, &r.actor, &r.event) {
            let seq = u32::try_from(r.seq).unwrap_or_default();
            last.1 = chain::link(&last.1, r.key.as_deref().unwrap_or_default(), seq, r.at, actor, event);
            if hash.as_slice() != last.1 {
                fault = fault.or(Some(BEFORE));
            }
        }
        Event { object: r.object, seq: r.seq, pos: r.pos, link: r.link, form: r.form, fault }
    });
    Ok(events.collect())
}
