//! Reference data: areas, departments, stations. Small, read at start and refreshed.

use crate::administration::organisation;
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, CITY, DepartmentId, StationId};
use domain::administration::{self, Area};
use std::ops::Deref;

/// A thing as it is kept, with the id that rows refer to.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    pub id: i64,
    pub it: T,
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.it
    }
}

/// 部门.
pub type Department = Kept<administration::Department>;
/// 企服驿站.
pub type Station = Kept<administration::Station>;

/// Everything pages name by id.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// Areas by code, the city first.
    pub areas: Vec<Area>,
    /// Departments by id.
    pub departments: Vec<Department>,
    /// Stations by id.
    pub stations: Vec<Station>,
}

impl Reference {
    /// The name of an area; its code where it is not known.
    pub fn area(&self, code: AreaCode) -> String {
        self.areas.iter().find(|area| area.code == code).map_or_else(|| code.to_string(), |area| area.name.clone())
    }

    /// The centre of an area: 市企服中心, 吴兴区企服中心.
    pub fn centre(&self, code: AreaCode) -> String {
        if code == CITY { "市企服中心".to_owned() } else { format!("{}企服中心", self.area(code)) }
    }

    /// The name of a department; its id where it is not known yet.
    pub fn department(&self, id: DepartmentId) -> String {
        self.departments.iter().find(|d| d.id == id).map_or_else(|| format!("部门 {id}"), |d| d.name.clone())
    }

    /// The telephone of a centre; `None` where nobody gave one.
    pub fn centre_phone(&self, code: AreaCode) -> Option<&str> {
        self.areas.iter().find(|area| area.code == code).map(|area| area.phone.as_str()).filter(|phone| !phone.is_empty())
    }

    /// The telephone of a department; `None` where nobody gave one.
    pub fn department_phone(&self, id: DepartmentId) -> Option<&str> {
        self.departments.iter().find(|d| d.id == id).map(|d| d.phone.as_str()).filter(|phone| !phone.is_empty())
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
    let areas = organisation::areas(conn).await?;
    let departments = sqlx::query!("select id, code, name, area, on_site, delegated, active, phone from department order by id")
        .map(|row| Kept {
            id: row.id,
            it: administration::Department {
                code: row.code,
                name: row.name,
                area: row.area,
                on_site: row.on_site,
                delegated: row.delegated,
                active: row.active,
                phone: row.phone,
            },
        })
        .fetch_all(conn.pg())
        .await?;
    let stations = sqlx::query!("select id, code, name, area, address, phone, contact_name, active from station order by id")
        .map(|row| Kept {
            id: row.id,
            it: administration::Station {
                code: row.code,
                name: row.name,
                area: row.area,
                address: row.address,
                phone: row.phone,
                contact_name: row.contact_name,
                active: row.active,
            },
        })
        .fetch_all(conn.pg())
        .await?;
    Ok(Reference { areas, departments, stations })
}
