//! Reference data: areas, departments, stations. Small, read at start and refreshed.

use crate::{Conn, StoreError};
use domain::actor::{AreaCode, DepartmentId, StationId};

/// 部门.
#[derive(Debug, Clone)]
pub struct Department {
    pub id: DepartmentId,
    /// Stable code (`domain::catalogue::DEPARTMENTS`).
    pub code: String,
    pub name: String,
    /// Whether it has people in the centre (S-4).
    pub on_site: bool,
}

/// 企服驿站.
#[derive(Debug, Clone)]
pub struct Station {
    pub id: StationId,
    /// Stable code.
    pub code: String,
    pub name: String,
    pub area: AreaCode,
    pub address: String,
    /// Its telephone.
    pub phone: String,
    /// Whom to ask for.
    pub contact_name: String,
}

/// Everything pages name by id.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// Departments by id.
    pub departments: Vec<Department>,
    /// Stations by id.
    pub stations: Vec<Station>,
}

impl Reference {
    /// The name of a department; its id where it is not known yet.
    pub fn department(&self, id: DepartmentId) -> String {
        self.departments.iter().find(|d| d.id == id).map_or_else(|| format!("部门 {id}"), |d| d.name.clone())
    }

    /// The department of a stable code.
    pub fn department_by_code(&self, code: &str) -> Option<&Department> {
        self.departments.iter().find(|d| d.code == code)
    }

    pub fn station(&self, id: StationId) -> Option<&Station> {
        self.stations.iter().find(|s| s.id == id)
    }
}

/// Reads it all.
pub async fn load(conn: &mut Conn) -> Result<Reference, StoreError> {
    let departments =
        sqlx::query_as!(Department, "select id, code, name, on_site from department order by id").fetch_all(conn.pg()).await?;
    let stations = sqlx::query_as!(Station, "select id, code, name, area, address, phone, contact_name from station order by id")
        .fetch_all(conn.pg())
        .await?;
    Ok(Reference { departments, stations })
}

/// Adds or renames an area.
pub async fn upsert_area(conn: &mut Conn, code: AreaCode, name: &str, short: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into area (code, name, short) values ($1, $2, $3) on conflict (code) do update set name = excluded.name, short = excluded.short",
        code,
        name,
        short
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Adds or renames a department by its code.
pub async fn upsert_department(
    conn: &mut Conn,
    code: &str,
    name: &str,
    area: AreaCode,
    on_site: bool,
) -> Result<DepartmentId, StoreError> {
    Ok(sqlx::query_scalar!(
        "insert into department (code, name, area, on_site) values ($1, $2, $3, $4)
         on conflict (code) do update set name = excluded.name, on_site = excluded.on_site returning id",
        code,
        name,
        area,
        on_site
    )
    .fetch_one(conn.pg())
    .await?)
}

/// Adds or changes a station by its code; the id in the argument is ignored.
pub async fn upsert_station(conn: &mut Conn, station: &Station) -> Result<StationId, StoreError> {
    Ok(sqlx::query_scalar!(
        "insert into station (code, name, area, address, phone, contact_name) values ($1, $2, $3, $4, $5, $6)
         on conflict (code) do update set name = excluded.name, address = excluded.address, phone = excluded.phone,
            contact_name = excluded.contact_name returning id",
        station.code,
        station.name,
        station.area,
        station.address,
        station.phone,
        station.contact_name
    )
    .fetch_one(conn.pg())
    .await?)
}
