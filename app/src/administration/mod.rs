//! Administration (系统管理): an administrator keeps what the city's service is made of. The city's keeps the whole city, a district's its
//! own area. Every change says why and from which day, and stands in the log.

pub mod act;
mod hub;
mod page;
pub mod read;
pub mod table;
mod tail;
mod words;

pub use hub::AdminPage;
pub use page::{
    AreaPage, AreasPage, ChangePage, DepartmentPage, DepartmentsPage, LogPage, NewAreaPage, NewDepartmentPage, NewStationPage,
    StationPage, StationsPage,
};
pub use tail::{planned, stale, tail};
pub use words::{as_it_is, said, seen};
