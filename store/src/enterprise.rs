//! Enterprises (企业): one enterprise, one page (S-16).

use crate::{Conn, StoreError};
use domain::actor::{AreaCode, EnterpriseId, StationId};
use domain::enterprise::{EnterpriseClass, Scale};
use domain::uscc::Uscc;
use time::OffsetDateTime;

/// An enterprise as pages show it.
#[derive(Debug, Clone)]
pub struct Enterprise {
    pub id: EnterpriseId,
    /// Its code, whole.
    pub uscc: String,
    pub name: String,
    pub area: AreaCode,
    pub address: String,
    pub industry: String,
    /// 划型 code.
    pub scale: String,
    /// Class code (S-13).
    pub class: String,
    /// Tags (S-22).
    pub tags: Vec<String>,
    /// The station that serves it.
    pub station_id: Option<StationId>,
}

/// One enterprise, if the scope may see it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(conn: &mut Conn, id: EnterpriseId) -> Result<Enterprise, StoreError> {
    Ok(sqlx::query_as!(
        Enterprise,
        "select id, uscc, name, area, address, industry, scale, class, tags, station_id from enterprise where id = $1",
        id
    )
    .fetch_one(conn.pg())
    .await?)
}

/// An enterprise to be written.
#[derive(Debug, Clone)]
pub struct NewEnterprise {
    pub uscc: Uscc,
    pub name: String,
    pub area: AreaCode,
    pub address: String,
    pub industry: String,
    /// 划型.
    pub scale: Scale,
    pub class: EnterpriseClass,
    pub tags: Vec<String>,
    /// The station that serves it.
    pub station: Option<StationId>,
}

/// What an upsert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// It is new.
    Inserted(EnterpriseId),
    /// It was there and differed.
    Updated(EnterpriseId),
    /// It was there, the same.
    Unchanged,
}

/// Writes an enterprise by its code. The same again changes nothing.
pub async fn upsert(conn: &mut Conn, new: &NewEnterprise, now: OffsetDateTime) -> Result<Upserted, StoreError> {
    let row = sqlx::query!(
        r#"insert into enterprise as e (uscc, name, area, address, industry, scale, class, tags, station_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (uscc) do update set name = excluded.name, area = excluded.area, address = excluded.address,
            industry = excluded.industry, scale = excluded.scale, class = excluded.class, tags = excluded.tags,
            station_id = coalesce(excluded.station_id, e.station_id)
         where (e.name, e.area, e.address, e.industry, e.scale, e.class, e.tags, e.station_id)
            is distinct from (excluded.name, excluded.area, excluded.address, excluded.industry, excluded.scale, excluded.class,
            excluded.tags, coalesce(excluded.station_id, e.station_id))
         returning id, (xmax = 0) as "inserted!""#,
        new.uscc.as_str(),
        new.name,
        new.area,
        new.address,
        new.industry,
        new.scale.code(),
        new.class.code(),
        &new.tags,
        new.station,
        now
    )
    .fetch_optional(conn.pg())
    .await?;
    Ok(match row {
        None => Upserted::Unchanged,
        Some(row) if row.inserted => Upserted::Inserted(row.id),
        Some(row) => Upserted::Updated(row.id),
    })
}

/// Enterprises whose name or code contains the words, for staff at a desk; at most 20.
pub async fn search(conn: &mut Conn, words: &str) -> Result<Vec<Enterprise>, StoreError> {
    Ok(sqlx::query_as!(
        Enterprise,
        "select id, uscc, name, area, address, industry, scale, class, tags, station_id from enterprise
         where strpos(name, $1) > 0 or uscc like upper($1) || '%' order by name limit 20",
        words
    )
    .fetch_all(conn.pg())
    .await?)
}
