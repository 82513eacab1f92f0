//! What an administrator keeps (系统管理): the organisations of an area, and how a change of anything is told: who, why, from which day.

mod change;
pub mod city;
mod organisation;

pub use change::{Kind, Tail, fields, overlay};
pub use organisation::{Area, Department, Organisation, Raw, Station, find_area};
