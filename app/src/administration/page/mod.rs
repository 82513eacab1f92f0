//! The pages of administration.

mod log;
mod organisation;

pub use log::{ChangePage, LogPage};
pub use organisation::{
    AreaPage, AreasPage, DepartmentPage, DepartmentsPage, NewAreaPage, NewDepartmentPage, NewStationPage, StationPage,
    StationsPage,
};
